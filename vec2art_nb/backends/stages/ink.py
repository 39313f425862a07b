"""The ink of strokes: one colour, or those of the picture below each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.backends.stages import palette as palettes
from vec2art_nb.backends.stages.curves import Curves, Strokes
from vec2art_nb.backends.stages.page import rgb
from vec2art_nb.backends.stages.palette import Dither, PaletteMethod, PaletteParams, PaletteTable, painted
from vec2art_nb.backends.stages.sampling import dominant_light, mean_light
from vec2art_nb.backends.stages.subject import Subject
from vec2art_nb.drawing import PathLayer
from vec2art_nb.image import Source
from vec2art_nb.params import Color, Palette, param

ColorSource = Literal["ink", "mean", "dominant", "gradient"]

SAMPLED: tuple[ColorSource, ...] = ("mean", "dominant", "gradient")


class InkParams(PaletteParams):
    """The ink."""

    color_source: ColorSource = param(
        "ink",
        "One ink for all strokes, or the colour of the picture there: its mean, the most frequent one, or one that "
        "changes along the stroke.",
        group="Ink",
    )
    stroke_color: Color = param("#1b1b1f", "The ink.", group="Ink", needs={"color_source": "ink"})
    gradient_stops: int = param(
        4, "Parts of a stroke that have a colour each.", group="Ink", ge=2, le=32, soft=(2, 12),
        needs={"color_source": "gradient"},
    )  # fmt: skip
    palette: PaletteMethod = palettes.palette_choice(needs={"color_source": SAMPLED})


@dataclass(frozen=True, eq=False)
class Ink:
    """A small table of colours, and which of them each stroke has.

    Attributes
    ----------
    colors : tuple of "#rrggbb"
    choice : (S × stops,) int32
        Index into ``colors`` for each of a stroke's ``stops`` parts of equal length.
    stops : int
        1 where each stroke has one colour.
    middles : (S × stops, 2) float32 or None
        The point in the middle of each part, in px; None where each stroke has one colour.
    """

    colors: tuple[str, ...]
    choice: NDArray[np.int32]
    stops: int = 1
    middles: NDArray[np.float32] | None = None


def palette(
    source: Source,
    subject: Subject,
    *,
    color_source: ColorSource,
    palette: PaletteMethod,
    palette_size: int,
    palette_colors: Palette,
    background: Color,
) -> PaletteTable:
    """The colours that the strokes are drawn in; with one ink nothing is looked for."""
    if color_source == "ink":
        return palettes.NO_PALETTE
    return palettes.palette(
        source,
        subject,
        palette=palette,
        palette_size=palette_size,
        palette_colors=palette_colors,
        background=background,
    )


def ink(
    strokes: Strokes,
    source: Source,
    palette: PaletteTable,
    *,
    color_source: ColorSource,
    stroke_color: Color,
    gradient_stops: int,
    dither: Dither,
    background: Color,
) -> Ink:
    """The colour of each stroke."""
    count = len(strokes.closed)
    if color_source == "ink":
        return Ink((stroke_color,), np.zeros(count, np.int32))
    if count == 0:
        return Ink((), np.empty(0, np.int32))
    behind = rgb(background)
    if color_source == "gradient":
        from vec2art_nb.kernels.sampling import equal_parts

        offsets, middles = equal_parts(strokes.points, strokes.offsets, strokes.closed, gradient_stops)
        light = mean_light(source, behind, strokes.points, offsets)
        return Ink(*painted(light, middles, palette, dither), gradient_stops, middles)
    sampled = dominant_light if color_source == "dominant" else mean_light
    light = sampled(source, behind, strokes.points, strokes.offsets)
    middles = strokes.points[(strokes.offsets[:-1] + strokes.offsets[1:]) // 2]
    return Ink(*painted(light, middles, palette, dither))


def stroke_layer(name: str, curves: Curves, ink: Ink) -> PathLayer:
    """The strokes as a layer of paths, whose styles are the ink's colours.

    Where colour changes along the stroke, each path is cut into parts of equal length. Pieces follow each other along
    the stroke, and neighbours of one colour stay in one piece.
    """
    if ink.stops == 1:
        styles = ink.choice[curves.strokes]
        return PathLayer(name, curves.points, curves.codes, curves.offsets, styles, curves.closed, curves.widths)
    from vec2art_nb.kernels.pieces import cut, part_middles

    parts = _styles_of_parts(
        part_middles(curves.points, curves.codes, curves.offsets, curves.closed, ink.stops), curves.strokes, ink
    )
    pieces = cut(
        curves.points, curves.codes, curves.offsets, curves.closed, curves.widths, parts[:, 1:] != parts[:, :-1]
    )
    styles = parts[pieces.paths, pieces.parts]
    return PathLayer(name, pieces.points, pieces.codes, pieces.offsets, styles, pieces.closed, pieces.widths)


def _styles_of_parts(middles: NDArray[np.float32], strokes: NDArray[np.int32], ink: Ink) -> NDArray[np.int32]:
    """The style of each part of each path, (P, stops): that of the part of the stroke that is nearest to it.

    A closed path may begin elsewhere than its stroke, a hand may have drawn it backwards or beyond its end.
    """
    assert ink.middles is not None
    of_stroke = ink.middles.reshape(-1, ink.stops, 2)[strokes]
    choice = ink.choice.reshape(-1, ink.stops)[strokes]
    of_path = middles.reshape(-1, ink.stops, 2)
    nearest = np.empty(of_path.shape[:2], np.int64)
    for part in range(ink.stops):
        apart = of_stroke - of_path[:, part, None]
        nearest[:, part] = (apart * apart).sum(axis=2).argmin(axis=1)
    return np.take_along_axis(choice, nearest, axis=1)
