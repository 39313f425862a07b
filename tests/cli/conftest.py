"""A picture, and a backend whose stages take no time."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Literal

import numpy as np
import pytest
from PIL import Image

from vec2art_nb import backends
from vec2art_nb.backends import Backend
from vec2art_nb.drawing import Drawing, PathLayer, Style
from vec2art_nb.image import Source
from vec2art_nb.params import Color, Palette, Params, param


class FrameParams(Params):
    margin: int = param(2, "Distance from the border, 100 % sure.", group="Frame", ge=0, le=9, unit="px")
    width: float = param(1.5, "Width of the line.", group="Frame", gt=0, soft=(0.1, 8), unit="px")
    closed: bool = param(True, "Close the frame.", group="Frame")
    ink: Color = param("#123456", "Colour of the line.", group="Ink", needs={"colors": "ink"})
    colors: Literal["ink", "inks"] = param("ink", "Where the colour comes from.", group="Ink")
    inks: Palette = param(("red", "blue"), "The pens.", group="Ink", needs={"colors": "inks", "closed": True})
    repeats: Literal[1, 2] = param(1, "How many frames.", group="Ink")


def drawing(
    source: Source,
    *,
    margin: int,
    width: float,
    closed: bool,
    ink: Color,
    colors: Literal["ink", "inks"],
    inks: Palette,
    repeats: Literal[1, 2],
) -> Drawing:
    """A frame just within the picture."""
    right, bottom = source.width - margin, source.height - margin
    corners = np.array([[margin, margin], [right, margin], [right, bottom], [margin, bottom]], np.float32)
    layer = PathLayer(
        "frame",
        np.tile(corners, (repeats, 1)),
        np.tile(np.array([1, 2, 2, 2], np.uint8), repeats),
        np.arange(0, 4 * repeats + 1, 4),
        np.zeros(repeats, np.int32),
        np.full(repeats, closed),
    )
    style = Style(stroke=ink if colors == "ink" else inks[0], fill=None, width=width)
    notes = ("The frame has no width.",) if margin == 9 else ()
    return Drawing((source.width, source.height), (layer,), (style,), notes=notes)


@pytest.fixture
def frame() -> Iterator[Backend]:
    """The backend ``frame``, known for as long as the test runs."""
    made = Backend("frame", "A frame", FrameParams, (drawing,), {"thick": {"width": 4, "margin": 5}})
    yield backends.register(made)
    del backends._loaded["frame"]


def png(width: int = 40, height: int = 30) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.full((height, width, 3), 200, np.uint8)).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def photo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A picture in the current folder, which is empty otherwise."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    monkeypatch.chdir(folder)
    path = Path("photo.png")
    path.write_bytes(png())
    return path


class Terminal(io.StringIO):
    """Standard error, when a person looks at it."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    stream = Terminal()
    # pytest puts its own stream in place of sys.stderr when the test itself begins.
    monkeypatch.setattr("vec2art_nb.cli.terminal.sys", SimpleNamespace(stderr=stream))
    return stream


@pytest.fixture
def standard_input(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    def provide(content: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))

    return provide


@pytest.fixture
def start(repository: Path) -> Callable[..., subprocess.Popen[bytes]]:
    """Start the command in a process of its own."""

    def begin(*arguments: str, **options: object) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "PYTHONPATH": str(repository)}
        environment.pop("PYTHONUNBUFFERED", None)  # people have a buffer, and what is left in it matters
        command = [sys.executable, "-m", "vec2art_nb", *arguments]
        return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, **options)  # type: ignore[call-overload]

    return begin
