"""A backend that draws at once and needs no kernel, and studios that nobody looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal

import numpy as np
import pytest

from vec2art_nb import backends
from vec2art_nb.drawing import Drawing, PathLayer, Style
from vec2art_nb.image import Source
from vec2art_nb.params import Color, Palette, Params, param

Mode = Literal["line", "wave"]


class LineParams(Params):
    """One parameter of each kind."""

    count: int = param(3, "How many lines.", group="Lines", ge=0, le=100, soft=(1, 20))
    slope: float = param(0.5, "How steep they are.", group="Lines", ge=0, le=10, soft=(0, 1), step=0.1, unit="px")
    mode: Mode = param("line", "Straight or not.", group="Lines")
    height: float = param(2.0, "Height of the waves.", group="Waves", ge=0, le=9, soft=(0, 5), needs={"mode": "wave"})
    dashed: bool = param(False, "Interrupt them.", group="Waves")
    ink: Color = param("#101010", "The pen.", group="Ink")
    inks: Palette = param(("#ff0000", "#00ff00"), "More pens.", group="Ink")
    fails: bool = param(False, "Fail on purpose.", group="Ink")


def lines(
    source: Source,
    *,
    count: int,
    slope: float,
    mode: Mode,
    height: float,
    dashed: bool,
    ink: Color,
    inks: Palette,
    fails: bool,
) -> Drawing:
    """As many slanted lines as asked for."""
    if fails:
        raise ZeroDivisionError("asked to fail")
    starts = np.arange(count, dtype=np.float32)
    points = np.stack([starts * 0, starts, starts * 0 + source.width, starts + slope], axis=-1).reshape(-1, 2)
    layer = PathLayer(
        "lines",
        points.astype(np.float32),
        np.tile(np.array([1, 2], np.uint8), count),
        np.arange(count + 1, dtype=np.int64) * 2,
        np.zeros(count, np.int32),
        np.zeros(count, np.bool_),
    )
    return Drawing((source.width, source.height), (layer,), (Style(ink),), "#ffffff")


class PlainParams(Params):
    """Another backend's only parameter."""

    width: float = param(1.0, "Width of the line.", group="Line", gt=0, le=9, soft=(0.5, 4))


def plain(source: Source, *, width: float) -> Drawing:
    """An empty page."""
    return Drawing((source.width, source.height))


@pytest.fixture(autouse=True)
def _backends() -> Iterator[None]:
    """The two backends, known for as long as a test runs."""
    presets = {"many": {"count": 9}, "steep": {"slope": 1.0, "count": 5}}
    backends.register(backends.Backend("lines", "Lines", LineParams, (lines,), presets))
    backends.register(backends.Backend("plain", "Nothing", PlainParams, (plain,)))
    yield
    del backends._loaded["lines"], backends._loaded["plain"]


@pytest.fixture
def picture() -> np.ndarray:
    return np.full((8, 12, 3), 200, np.uint8)


@pytest.fixture
def make_studio(picture: np.ndarray) -> Iterator[Callable[..., Any]]:
    from vec2art_nb.ui import Studio

    made: list[Studio] = []

    def make(**parameters: Any) -> Studio:
        made.append(Studio(picture, "lines", **parameters))
        return made[-1]

    yield make
    for studio in made:
        studio.close()
