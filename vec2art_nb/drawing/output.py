"""Writing drawings to files: whole or not at all."""

from __future__ import annotations

import gzip
import io
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from vec2art_nb.errors import OutputError

if TYPE_CHECKING:
    from vec2art_nb.drawing.model import Drawing

SUFFIXES = (".svg", ".svgz", ".png")


def save(drawing: Drawing, path: str | os.PathLike[str], *, precision: int, scale: float) -> None:
    """Write in the format that the suffix names."""
    target = _target(path)
    suffix = target.suffix.lower()
    if suffix == ".png":
        content = drawing.to_png(scale)
    elif suffix == ".svg":
        content = drawing.to_svg_bytes(precision)
    else:
        content = compressed(drawing.to_svg_bytes(precision))
    write_whole(target, content)


def compressed(content: bytes) -> bytes:
    """Gzip without time or name, so that equal content gives equal bytes."""
    buffer = io.BytesIO()
    # Not gzip.compress: with mtime=0 its header depends on the Python version and the platform.
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, mtime=0) as file:
        file.write(content)
    return buffer.getvalue()


def _target(path: str | os.PathLike[str]) -> Path:
    try:
        target = Path(os.fsdecode(path)).expanduser()
    except (TypeError, RuntimeError) as error:
        raise OutputError(f"cannot write to {path!r}: {error}") from error
    if target.suffix.lower() not in SUFFIXES:
        got = f"the suffix {target.suffix}" if target.suffix else "no suffix"
        raise OutputError(f"cannot write {target}: it has {got}; end the name in one of {', '.join(SUFFIXES)}")
    return target


def write_whole(target: Path, content: bytes) -> None:
    """Write ``content`` to a temporary name beside ``target``, then rename it.

    An existing file keeps its permissions, a new one gets what the umask gives. A link is followed, so it stays a link.

    Raises
    ------
    OutputError
        It cannot be written there; nothing was left behind, and an existing file is as it was.
    """
    try:
        target_mode = _mode(target)
        real = Path(os.path.realpath(target))
        temporary = real.with_name(f".vec2art-{secrets.token_hex(6)}.part")
        try:
            # Not tempfile, which would make the result readable by its owner only.
            with temporary.open("xb") as file:
                file.write(content)
            if target_mode is not None:
                temporary.chmod(target_mode)
            temporary.replace(real)
        except BaseException:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
    except OutputError:
        raise
    except (OSError, ValueError) as error:
        raise OutputError(f"cannot write {target}: {_reason(target, error)}") from error


def _mode(target: Path) -> int | None:
    """Permissions of the file that stands there, None when there is none."""
    try:
        found = target.stat().st_mode
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(found):
        raise OutputError(f"cannot write {target}: it is a folder; add a file name")
    if not stat.S_ISREG(found):
        raise OutputError(f"cannot write {target}: it is not a regular file; choose another name")
    return stat.S_IMODE(found)


def _reason(target: Path, error: OSError | ValueError) -> str:
    parent = target.parent
    if isinstance(error, NotADirectoryError):
        return f"{parent} is not a folder; choose another place"
    if isinstance(error, FileNotFoundError) and not parent.is_dir():
        return f"there is no folder {parent}; make it first, or choose another place"
    if isinstance(error, PermissionError):
        return f"writing in {parent} is not allowed; choose another place, or change its permissions"
    text = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return f"{text}; choose another place or name"
