"""Three small backends for the browser tests: they draw at once, and their drawings are easy to tell apart."""

from __future__ import annotations

import time
from typing import Literal

import numpy as np
from soft_picture import picture

from vec2art_nb import backends
from vec2art_nb.drawing import SHAPES, Drawing, MarkLayer, PathLayer, Style
from vec2art_nb.image import Source
from vec2art_nb.params import Color, Palette, Params, param

# Notebooks take the picture from here too.
__all__ = ["RingsParams", "drawing", "picture"]

Shape = Literal["round", "square"]


class RingsParams(Params):
    count: int = param(12, "How many rings.", group="Rings", ge=0, le=400, soft=(1, 60))
    wobble: float = param(0.0, "How far they leave the circle.", group="Rings", ge=0, le=50, soft=(0, 10), unit="px")
    style: Shape = param("round", "Their shape.", group="Rings")
    corner: float = param(
        0.5, "How square they are.", group="Rings", ge=0, le=1, soft=(0, 1), needs={"style": "square"}
    )
    stroke_width: float = param(2.0, "Width of the pen.", group="Ink", gt=0, le=100, soft=(0.5, 8), unit="px")
    inks: Palette = param(("#101018",), "The pens, in turn.", group="Ink")
    background: Color = param("#ffffff", "The page.", group="Ink")
    fails: bool = param(False, "Raise an error in the stage.", group="Trouble")
    work_ms: float = param(4.0, "Milliseconds that it takes.", group="Trouble", ge=0, le=5000, soft=(0, 100))


def drawing(
    source: Source,
    *,
    count: int,
    wobble: float,
    style: Shape,
    corner: float,
    stroke_width: float,
    inks: Palette,
    background: Color,
    fails: bool,
    work_ms: float,
) -> Drawing:
    """Rings around the middle of the picture."""
    if fails:
        raise RuntimeError("the rings were asked to fail")
    time.sleep(work_ms / 1000)
    turn = np.linspace(0, 2 * np.pi, 65, dtype=np.float32)
    radius = np.linspace(4, min(source.width, source.height) / 2 - 8, max(count, 1), dtype=np.float32)[:count, None]
    radius = radius + wobble * np.sin(9 * turn)
    if style == "square":
        radius = radius * (1 - corner * 0.25 * np.cos(4 * turn))
    x, y = source.width / 2 + radius * np.cos(turn), source.height / 2 + radius * np.sin(turn)
    points = np.stack([x, y], axis=-1).astype(np.float32).reshape(-1, 2)
    codes = np.tile(np.array([1] + [2] * 64, np.uint8), count)
    layer = PathLayer(
        "rings",
        points,
        codes,
        np.arange(count + 1, dtype=np.int64) * 65,
        np.arange(count, dtype=np.int32) % len(inks),
        np.ones(count, np.bool_),
    )
    styles = tuple(Style(stroke=ink, width=stroke_width) for ink in inks)
    notes = () if count else ("There are no rings: raise count.",)
    return Drawing((source.width, source.height), (layer,), styles, background, notes=notes)


class DotsParams(Params):
    stroke_width: float = param(3.0, "Width of the pen.", group="Dots", gt=0, le=100, soft=(0.5, 8), unit="px")


def dots(source: Source, *, stroke_width: float) -> Drawing:
    """One line across."""
    points = np.array([[0, 0], [source.width, source.height]], np.float32)
    layer = PathLayer(
        "line",
        points,
        np.array([1, 2], np.uint8),
        np.array([0, 2], np.int64),
        np.zeros(1, np.int32),
        np.zeros(1, np.bool_),
    )
    return Drawing((source.width, source.height), (layer,), (Style("#aa0000", width=stroke_width),), "#ffffff")


class MarksParams(Params):
    radius: float = param(28.0, "Radius of the marks.", group="Marks", gt=0, le=100, soft=(1, 30), step=0.1, unit="px")
    turn: float = param(
        0.0, "How far each is turned against the one before.", group="Marks", ge=0, le=360, soft=(0, 90)
    )
    stroke_width: float = param(0.0, "Width of their outlines.", group="Marks", ge=0, le=20, soft=(0, 8), unit="px")
    opacity: float = param(1.0, "Of marks and outlines.", group="Marks", ge=0, le=1, soft=(0, 1))


def marks(source: Source, *, radius: float, turn: float, stroke_width: float, opacity: float) -> Drawing:
    """Each shape once, in a row that is not quite level, so that each stands differently between the pixels."""
    count = len(SHAPES)
    number = np.arange(count, dtype=np.float32)
    layer = MarkLayer(
        "marks",
        np.arange(count, dtype=np.uint8),
        np.stack([40.3 + 66.1 * number, 100.4 + 13.7 * number], axis=-1).astype(np.float32),
        np.full(count, radius, np.float32),
        turn * number,
        np.zeros(count, np.int32),
    )
    style = Style("#c02020" if stroke_width else None, "#101018", stroke_width, opacity)
    return Drawing((source.width, source.height), (layer,), (style,), "#ffffff")


backends.register(backends.Backend("marks", "Marks", MarksParams, (marks,)))
backends.register(
    backends.Backend("rings", "Rings", RingsParams, (drawing,), {"many": {"count": 40}, "thick": {"stroke_width": 6.0}})
)
backends.register(backends.Backend("line", "A line", DotsParams, (dots,)))
