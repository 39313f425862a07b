"""Keys that mean the same in every process: what a result on disk is found by."""

from __future__ import annotations

import os
import struct
import sys
import time
from collections.abc import Hashable, Iterator
from functools import cache
from hashlib import blake2b
from pathlib import Path
from types import MappingProxyType
from typing import Any

import vec2art_nb
from vec2art_nb.graph import Key

DIGEST_BYTES = 16

_PACKAGE = "vec2art_nb"

# Source that was changed later may be loaded in part.
_LOADED_AT_S = time.time()

# Of digests that are remembered: the keys of some hundred renders.
_MOST_REMEMBERED = 4096

# By the key's identity, since keys of 1, 1.0 and True are equal. Holding the key keeps its identity from being reused.
_remembered: dict[int, tuple[Key, bytes | None]] = {}


class _UnknownError(Exception):
    """A part of a key that does not mean the same in every process."""


def key_digest(key: Hashable) -> bytes | None:
    """128 bits that name a stage's result in every process that runs the same source.

    None for the result of a stage that is not vec2art_nb's own: nobody knows what its code depends on.
    """
    return _key_digest(key) if isinstance(key, Key) else None


def _key_digest(key: Key) -> bytes | None:
    known = _remembered.get(id(key))
    if known is not None:
        return known[1]
    try:
        digest = blake2b(b"".join(_told_key(key)), digest_size=DIGEST_BYTES).digest()
    except _UnknownError:
        digest = None
    if len(_remembered) >= _MOST_REMEMBERED:
        _remembered.clear()
    _remembered[id(key)] = key, digest
    return digest


def _told_key(key: Key) -> Iterator[bytes]:
    function = key.stage.function
    module, name = function.__module__, function.__qualname__
    source = source_digest()
    # A function that only says that it is ours, one made by a test for instance, is not found under its name.
    if (
        source is None
        or module.partition(".")[0] != _PACKAGE
        or getattr(sys.modules.get(module), name, None) is not function
    ):
        raise _UnknownError
    yield source
    yield from _told(f"{module}.{name}")
    yield from _told(key.values)
    for upstream in key.upstream:
        if isinstance(upstream, Key):
            digest = _key_digest(upstream)
            if digest is None:
                raise _UnknownError
            yield b"k" + digest
        else:
            yield from _told(upstream)


def _told(value: object) -> Iterator[bytes]:
    """A value so that no two different ones read alike, and equal ones of different types do not either."""
    if value is None:
        yield b"n"
    elif type(value) is bool:
        yield b"b1" if value else b"b0"
    elif type(value) is int:
        yield b"i%d;" % value
    elif type(value) is float:
        yield b"f" + struct.pack("<d", value)
    elif type(value) is str:
        text = value.encode("utf-8", "surrogatepass")
        yield b"s%d;" % len(text) + text
    elif type(value) is tuple:
        yield b"t%d;" % len(value)
        for part in value:
            yield from _told(part)
    else:
        raise _UnknownError


@cache
def source_digest() -> bytes | None:
    """Digest of the package's source and of the libraries that compute with it; None when that cannot be said."""
    digest = blake2b(digest_size=DIGEST_BYTES)
    folder = Path(vec2art_nb.__file__).parent
    files = sorted(_source_files(folder))
    for path in files:
        digest.update(path[len(str(folder)) :].replace(os.sep, "/").encode() + b"\0")
        with open(path, "rb") as file:
            content = file.read()
        digest.update(b"%d;" % len(content) + content)
    for name, version in _libraries().items():
        digest.update(f"{name} {version}\0".encode())
    return digest.digest() if files and source_is_as_loaded() else None


def source_is_as_loaded() -> bool:
    """Whether no file of the package was changed since it was loaded."""
    folder = Path(vec2art_nb.__file__).parent
    for path in _source_files(folder):
        status = os.stat(path)
        if max(status.st_mtime, status.st_ctime) > _LOADED_AT_S:
            return False
    return True


def _source_files(folder: Path | str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".py"):
                yield entry.path
            elif "." not in entry.name and not entry.name.startswith("__") and entry.is_dir():
                yield from _source_files(entry.path)


def _libraries() -> MappingProxyType[str, Any]:
    from importlib import metadata

    names = ("numpy", "numba", "pillow")
    return MappingProxyType({"python": sys.version_info[:2], **{name: metadata.version(name) for name in names}})
