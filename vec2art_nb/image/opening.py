"""The front door: finds out what was handed in, and sends it where it can be read."""

from __future__ import annotations

import difflib
import io
import itertools
import os
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vec2art_nb.errors import ImageError, ImageFileError
from vec2art_nb.image import gallery
from vec2art_nb.image.arrays import pixels_of_array
from vec2art_nb.image.decoding import decode_file, decode_image, shortened
from vec2art_nb.image.source import MAX_PIXELS, Source, check_size, source_of

if TYPE_CHECKING:
    from PIL.Image import Image

# TIFF inside, but what Pillow would read of them is a thumbnail.
_RAW_SUFFIX = re.compile(r"\.(3fr|arw|cr2|dcr|dng|erf|iiq|kdc|mef|nef|nrw|orf|pef|rw2|sr2|srf|srw)", re.IGNORECASE)


def open_image(image: object, *, max_pixels: int = MAX_PIXELS) -> Source:
    """Open a picture, whatever form it comes in.

    Parameters
    ----------
    image : path, bytes, file object, NumPy array, PIL image, name of a sample, or Source
        Files and bytes may hold PNG, JPEG, WebP, TIFF, BMP, GIF, AVIF, JPEG 2000, PPM or QOI, whatever their suffix
        says. A file object is read from its beginning and left open; a stream that cannot seek, from where it stands.
        An array is (height, width) or (height, width, 1 to 4): bool; uint8 or uint16; another integer type with values
        up to 255 (read as 8 bit) or 65535 (16 bit); or floats from 0 to 1. Two channels are grey and alpha. It is
        copied. A name from `vec2art_nb.samples` counts when there is no file of that name.
    max_pixels : int
        Larger pictures are refused, files before they are decoded.

    Raises
    ------
    ImageError
        The picture cannot be used; the message says why and what to do. For files it is an `ImageFileError`.
    """
    if isinstance(image, Source):
        check_size(image.width, image.height, repr(image.name), max_pixels)
        return image
    if isinstance(image, str | os.PathLike):
        return _open_path(image, max_pixels)
    if isinstance(image, memoryview) and image.ndim != 1:
        image = np.asarray(image)
    if isinstance(image, bytes | bytearray | memoryview):
        return source_of(decode_file(io.BytesIO(image), "the data", max_pixels), "image")
    # Whoever has a PIL image has imported PIL; everybody else need not.
    pillow = sys.modules.get("PIL.Image")
    if pillow is not None and isinstance(image, pillow.Image):
        return _open_pillow_image(image, max_pixels)
    if isinstance(image, np.ndarray) or hasattr(image, "__array__") or hasattr(image, "__array_interface__"):
        return source_of(pixels_of_array(image, "the array", max_pixels), "array")
    if hasattr(image, "read"):
        return _open_stream(image, max_pixels)
    raise ImageError(
        f"image must be a path, bytes, a file object, a NumPy array, a PIL image or the name of a sample, "
        f"got {type(image).__name__}"
    )


def _open_path(given: str | os.PathLike[Any], max_pixels: int) -> Source:
    text = os.fsdecode(given)
    if re.match(r"(?i)data:\w*[/;,]|[a-z][a-z0-9+.-]+://", text):
        raise ImageError(f"{shortened(text)} is a URL; download it first and give the path of the file, or its bytes")
    if re.match(r"\s*<[?!a-zA-Z]", text):
        raise ImageError("image is a string of markup, not a path; SVG is vector art already, no need to trace it")
    try:
        path = Path(text).expanduser()
        is_folder = path.is_dir()
        exists = path.exists()
    except (OSError, ValueError, RuntimeError) as reason:
        raise ImageFileError(f"{shortened(text)} cannot be used as a path: {reason}") from reason
    if is_folder:
        raise ImageFileError(f"{text!r} is a directory; give one file in it" if text else "the path is empty")
    if not exists and isinstance(given, str) and gallery.is_known(text):
        return open_image(gallery.load(text), max_pixels=max_pixels)
    if exists and _RAW_SUFFIX.fullmatch(path.suffix):
        raise ImageFileError(f"{text!r} is a camera raw file; develop it to TIFF or JPEG first")
    try:
        with path.open("rb") as file:
            # A pipe cannot seek: `<(…)` in a shell.
            readable = file if file.seekable() else io.BytesIO(_read_all(file, repr(text), max_pixels))
            pixels = decode_file(readable, repr(text), max_pixels)
    except (FileNotFoundError, NotADirectoryError) as reason:
        raise ImageFileError(f"no such file: {shortened(text)}{_near_names(path)}") from reason
    except ImageError:
        raise
    except (OSError, ValueError) as reason:
        raise ImageFileError(f"{text!r} cannot be read: {getattr(reason, 'strerror', None) or reason}") from reason
    return source_of(pixels, path.stem)


def _near_names(path: Path) -> str:
    """Say what may have been meant by a path that leads nowhere."""
    if not path.parent.is_dir():
        return f"; there is no folder {str(path.parent)!r}"
    names: list[str] = []
    with suppress(OSError), os.scandir(path.parent) as entries:
        # A cut, because a folder of a million files would keep a typing error waiting.
        names += [entry.name for entry in itertools.islice(entries, 10_000)]
    if len(path.parts) == 1:
        names += gallery.names()
    by_lower_case = {name.lower(): name for name in sorted(names)}
    near = difflib.get_close_matches(path.name.lower(), by_lower_case, n=3)
    return f"; did you mean {' or '.join(repr(by_lower_case[name]) for name in near)}?" if near else ""


def _open_stream(stream: Any, max_pixels: int) -> Source:
    given = getattr(stream, "name", None)
    label, name = (repr(given), Path(given).stem) if isinstance(given, str) and given else ("the file object", "image")
    if label == "'<stdin>'":
        label, name = "standard input", "stdin"
    with suppress(Exception):  # A stream that cannot seek is read from where it stands.
        stream.seek(0)
    data = io.BytesIO(_read_all(stream, label, max_pixels))
    return source_of(decode_file(data, label, max_pixels), name)


def _read_all(stream: Any, label: str, max_pixels: int) -> bytes:
    """Read a stream to its end, unless it is longer than any picture of the allowed size has reason to be."""
    limit = 64 * 1024 * 1024 + 8 * max_pixels
    pieces: list[bytes] = []
    size = 0
    try:
        while size <= limit and (piece := stream.read(16 * 1024 * 1024)):
            if isinstance(piece, str):
                raise ImageFileError(f"{label} is opened as text; open it with mode 'rb'")
            pieces.append(bytes(piece))
            size += len(piece)
    except ImageError:
        raise
    except Exception as reason:
        raise ImageFileError(f"{label} cannot be read: {reason}") from reason
    if size > limit:
        raise ImageFileError(f"{label} goes on after {limit / 1e6:.0f} MB; save it as a file, and check what it is")
    return b"".join(pieces)


def _open_pillow_image(image: Image, max_pixels: int) -> Source:
    given = getattr(image, "filename", "")
    filename = os.fsdecode(given) if isinstance(given, str | bytes) else ""
    label = f"the PIL image from {filename!r}" if filename else "the PIL image"
    return source_of(decode_image(image, label, max_pixels), Path(filename).stem or "image")
