"""Recipe: everything needed to make a drawing again, and how it is read back from a saved SVG."""

from __future__ import annotations

import gzip
import io
import json
import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from xml.parsers import expat

from vec2art_nb.errors import RecipeError

#: Namespace of the element in ``<metadata>`` that holds the recipe; a namespace, so that editors carry it along.
NAMESPACE = "urn:vec2art-nb:recipe"

_FORMAT = 1
_CHUNK = 1 << 16
_GZIP_MAGIC = b"\x1f\x8b"

# Bounds for files from strangers: a recipe is a kilobyte, and stands near the top of the file.
_MAX_RECIPE_CHARACTERS = 1 << 20
_MAX_FILE_BYTES = 1 << 28


@dataclass(frozen=True)
class Recipe:
    """Backend, parameters and image of a drawing, and the version of vec2art_nb that made it."""

    backend: str
    params: Mapping[str, Any]
    image_digest: str
    image_size: tuple[int, int]
    version: str

    def __post_init__(self) -> None:
        try:
            # Through JSON once, so that a recipe equals the one that is read back, and nobody else holds its values.
            params = json.loads(json.dumps(dict(self.params), allow_nan=False))
        except (TypeError, ValueError) as error:
            raise RecipeError(f"the parameters of a recipe must be plain JSON values: {error}") from error
        width, height = self.image_size
        object.__setattr__(self, "params", params)
        object.__setattr__(self, "image_size", (int(width), int(height)))

    def to_json(self) -> str:
        """One line of ASCII, the same for equal recipes, safe to place in XML and HTML as it is."""
        # Not asdict: it copies every value, which took a tenth of a millisecond of each SVG.
        text = json.dumps({"format": _FORMAT, **vars(self)}, sort_keys=True, separators=(",", ":"), allow_nan=False)
        # These can only stand inside JSON strings, where an escape means the same.
        return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")

    @classmethod
    def from_json(cls, text: str) -> Recipe:
        """Read what ``to_json`` wrote; anything else is a RecipeError."""
        try:
            found = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise RecipeError(f"the recipe is damaged, it is not JSON: {error}") from error
        if not isinstance(found, dict):
            raise RecipeError(f"the recipe is damaged: expected a JSON object, got {type(found).__name__}")
        if found.get("format") != _FORMAT:
            raise RecipeError(
                f"the recipe has format {found.get('format')!r}, this vec2art_nb reads {_FORMAT}; update vec2art_nb"
            )
        for name, kind in (("backend", str), ("params", dict), ("image_digest", str), ("version", str)):
            if not isinstance(found.get(name), kind):
                raise RecipeError(f"the recipe is damaged: {name} is missing or not a {kind.__name__}")
        size = found.get("image_size")
        if not (isinstance(size, list) and len(size) == 2 and all(type(side) is int for side in size)):
            raise RecipeError("the recipe is damaged: image_size is missing or not two whole numbers")
        return cls(found["backend"], found["params"], found["image_digest"], (size[0], size[1]), found["version"])


def open_recipe(svg: str | bytes | os.PathLike[str]) -> Recipe:
    """Read the recipe out of an SVG that vec2art_nb made.

    Parameters
    ----------
    svg : path, str or bytes
        A file (``.svg`` or ``.svgz``), the text of an SVG, or its bytes, compressed or not.

    Raises
    ------
    RecipeError
        There is no such file, it is no SVG, it is damaged or unsafe, or it carries no recipe.
    """
    if isinstance(svg, str) and svg.lstrip("\ufeff \t\r\n").startswith("<"):
        return _from_stream(io.BytesIO(svg.lstrip("\ufeff \t\r\n").encode(errors="replace")), "the text", "utf-8")
    if isinstance(svg, bytes):
        return _from_stream(io.BytesIO(svg), "the bytes", None)
    if not isinstance(svg, str | os.PathLike):
        raise RecipeError(f"expected the path, text or bytes of an SVG, got {type(svg).__name__}")
    path = Path(svg).expanduser()
    try:
        with path.open("rb") as file:
            return _from_stream(file, str(path), None)
    except (OSError, ValueError) as error:
        if isinstance(error, RecipeError):
            raise
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise RecipeError(f"cannot read a recipe from {path}: {reason}; give the path or the text of an SVG") from error


def _from_stream(stream: BinaryIO, source: str, encoding: str | None) -> Recipe:
    reader = _RecipeReader(encoding)
    start = stream.read(2)
    stream.seek(0)
    try:
        text = reader.read(gzip.GzipFile(fileobj=stream) if start == _GZIP_MAGIC else stream)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise RecipeError(f"{source}: the compressed SVG is damaged: {error}") from error
    except expat.ExpatError as error:
        raise RecipeError(f"{source} is not a whole SVG: {error}") from error
    except (LookupError, UnicodeError) as error:
        raise RecipeError(f"{source} is not readable text: {error}") from error
    except _UnsafeXmlError as error:
        raise RecipeError(f"{source} is not read: {error}") from error
    if text is None:
        raise RecipeError(
            f"{source} carries no recipe: it was not saved by vec2art_nb with one, or an editor removed its <metadata>"
        )
    return Recipe.from_json(text)


class _UnsafeXmlError(Exception):
    """The file declares entities, the tool of XML bombs, or is too large to be honest."""


class _RecipeReader:
    """Streams XML through expat until the recipe has been read; builds no tree and expands no entities."""

    def __init__(self, encoding: str | None) -> None:
        self._text: list[str] | None = None
        self._length = 0
        self._recipe: str | None = None
        # "}" can stand in no XML name, so it parts namespace and name safely.
        parser = expat.ParserCreate(encoding, "}")
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._entity
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        self._parser = parser

    def read(self, stream: Any) -> str | None:
        size = 0
        while self._recipe is None:
            chunk = stream.read(_CHUNK)
            size += len(chunk)
            if size > _MAX_FILE_BYTES:
                raise _UnsafeXmlError(f"there is no recipe in the first {_MAX_FILE_BYTES >> 20} MB")
            self._parser.Parse(chunk, not chunk)
            if not chunk:
                break
        return self._recipe

    def _doctype(self, name: str, system: str | None, public: str | None, has_internal_subset: int) -> None:
        # A plain doctype, as many editors write it, is harmless: expat does not fetch it.
        if has_internal_subset:
            raise _UnsafeXmlError("it has an internal DTD, which an SVG does not need and XML bombs do")

    def _entity(self, *declaration: object) -> None:
        raise _UnsafeXmlError("it declares entities, which an SVG does not need and XML bombs do")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == f"{NAMESPACE}}}recipe" and self._recipe is None:
            self._text = []

    def _characters(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)
            self._length += len(text)
            if self._length > _MAX_RECIPE_CHARACTERS:
                raise _UnsafeXmlError(f"its recipe is longer than {_MAX_RECIPE_CHARACTERS} characters")

    def _end(self, name: str) -> None:
        if self._text is not None and name == f"{NAMESPACE}}}recipe":
            self._recipe = "".join(self._text)
            self._text = None
