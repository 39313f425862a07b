"""The ink of strokes: one colour, or that of the picture below each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from vec2art_nb import srgb
from vec2art_nb.backends.stages.curves import Strokes
from vec2art_nb.backends.stages.page import rgb
from vec2art_nb.image import Source
from vec2art_nb.params import Color, Params, param

ColorSource = Literal["ink", "mean"]

# Light is summed as whole numbers: the same sum on every machine, whatever order NumPy adds in.
_WHITE = 1 << 20

# Colours nearer than this in every channel become one style, which keeps the style table and the SVG small.
_STEP = 8


class InkParams(Params):
    """The ink."""

    color_source: ColorSource = param(
        "ink", "One ink for all strokes, or each in the mean colour of the picture there.", group="Ink"
    )
    stroke_color: Color = param("#1b1b1f", "The ink.", group="Ink", needs={"color_source": "ink"})


@dataclass(frozen=True, eq=False)
class Ink:
    """A small table of colours, and which of them each stroke has: (S,) int32."""

    colors: tuple[str, ...]
    choice: NDArray[np.int32]


def ink(strokes: Strokes, source: Source, *, color_source: ColorSource, stroke_color: Color, background: Color) -> Ink:
    """The colour of each stroke."""
    if color_source == "ink":
        return Ink((stroke_color,), np.zeros(len(strokes.closed), np.int32))
    colors, choice = mean_colors(source, rgb(background), strokes.points, strokes.offsets)
    return Ink(tuple(f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in colors.tolist()), choice)


def mean_colors(
    source: Source, background: tuple[int, int, int], points: NDArray[np.float32], offsets: NDArray[np.int64]
) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """The mean colour below each stroke, in linear light, over the page's colour.

    Parameters
    ----------
    points : (N, 2) float32
        Vertices in the pixel plane, all within the picture.
    offsets : (S + 1,) int64
        Where each stroke begins and ends in ``points``; none is empty.

    Returns
    -------
    colors : (K, 3) uint8
        The colours that occur, in sRGB.
    choice : (S,) int32
        Which of them each stroke has.
    """
    if len(offsets) < 2:
        return np.empty((0, 3), np.uint8), np.empty(0, np.int32)
    column = np.clip(points[:, 0].astype(np.intp), 0, source.width - 1)
    row = np.clip(points[:, 1].astype(np.intp), 0, source.height - 1)
    light = _light(source.pixels[row, column], background)
    sums = np.add.reduceat(light, offsets[:-1], axis=0)
    means = sums / np.diff(offsets)[:, None] / _WHITE
    stored = srgb.stored(means)
    coarse = np.minimum((stored.astype(np.int32) + _STEP // 2) // _STEP * _STEP, 255)
    packed = coarse[:, 0] << 16 | coarse[:, 1] << 8 | coarse[:, 2]
    unique, choice = np.unique(packed, return_inverse=True)
    colors = np.stack([unique >> 16, unique >> 8 & 255, unique & 255], axis=1).astype(np.uint8)
    return colors, choice.astype(np.int32)


def _light(pixels: NDArray[np.uint8 | np.uint16], background: tuple[int, int, int]) -> NDArray[np.int64]:
    """Linear light of (N, C) pixels, composited; (N, 3)."""
    levels = np.iinfo(pixels.dtype).max + 1
    table = np.rint(srgb.linear_light(levels) * _WHITE).astype(np.int64)
    light = table[pixels[:, :3]] if pixels.shape[1] >= 3 else np.repeat(table[pixels], 3, axis=1)
    if pixels.shape[1] < 4:
        return light
    behind = np.rint(srgb.linear_light(256)[list(background)] * _WHITE).astype(np.int64)
    alpha = pixels[:, 3:].astype(np.int64)
    return (light * alpha + behind * (levels - 1 - alpha)) // (levels - 1)
