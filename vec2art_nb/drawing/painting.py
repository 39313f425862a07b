"""Drawings made plain: lines of varying width as filled outlines, marks as paths.

What writes SVG, PNG or frames knows only paths of one width; here the rest is turned into those.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.drawing.layers import MOVETO, SHAPES, MarkLayer, PathLayer, Style
from vec2art_nb.drawing.shapes import as_paths

if TYPE_CHECKING:
    from vec2art_nb.drawing.model import Drawing

# How far the outline of a line may be from the true one, in px.
_TOLERANCE = 0.05

# So many circles of one size in a row are written as dots of a round pen, a fifth of the bytes of their outlines.
_DOTS = 4

_CIRCLE = SHAPES.index("circle")


def outlined(drawing: Drawing) -> Drawing:
    """The same picture without lines of varying width: they become filled outlines."""
    if all(not isinstance(layer, PathLayer) or layer.widths is None for layer in drawing.layers):
        return drawing
    styles = list(drawing.styles)
    layers = tuple(
        _outlines(layer, layer.widths, styles) if isinstance(layer, PathLayer) and layer.widths is not None else layer
        for layer in drawing.layers
    )
    return replace(drawing, layers=layers, styles=tuple(styles))


@dataclass(frozen=True, eq=False)
class Painted:
    """What is painted, in order, and the styles that it names."""

    layers: tuple[PathLayer, ...]
    styles: tuple[Style, ...]


def painted(drawing: Drawing) -> Painted:
    """The same picture as paths of one width only."""
    drawing = outlined(drawing)
    styles = list(drawing.styles)
    layers = tuple(_dots(layer, styles) if isinstance(layer, MarkLayer) else layer for layer in drawing.layers)
    return Painted(layers, tuple(styles))


def _outlines(layer: PathLayer, widths: NDArray[np.float32], styles: list[Style]) -> PathLayer:
    from vec2art_nb.kernels.outlines import outline_paths

    points, codes, offsets = outline_paths(layer.points, layer.codes, layer.offsets, layer.closed, widths, _TOLERANCE)
    table = list(styles)
    filled = _restyled(layer.styles, styles, lambda style: Style(None, table[style].stroke, 0.0, table[style].opacity))
    return PathLayer(layer.name, points, codes, offsets, filled, np.ones(len(layer), np.bool_))


def _restyled(index: NDArray[np.int32], styles: list[Style], change: Callable[[int], Style]) -> NDArray[np.int32]:
    """The index of a changed style for each style in use; changed styles are appended to the table."""
    used, place = np.unique(index, return_inverse=True)
    first = len(styles)
    styles += [change(style) for style in used.tolist()]
    return (first + place).astype(np.int32)


def _dots(layer: MarkLayer, styles: list[Style]) -> PathLayer:
    dotted = _dotted(layer, styles)
    if not dotted.any():
        return as_paths(layer)
    # A dot is a path of one point, as wide as its pen.
    outlines = as_paths(layer.chosen(~dotted))
    sizes = np.ones(len(layer), np.int64)
    sizes[~dotted] = np.diff(outlines.offsets)
    offsets = np.zeros(len(layer) + 1, np.int64)
    np.cumsum(sizes, out=offsets[1:])
    points = np.empty((offsets[-1], 2), np.float32)
    codes = np.full(offsets[-1], MOVETO, np.uint8)
    dots = np.zeros(offsets[-1], np.bool_)
    dots[offsets[:-1][dotted]] = True
    points[dots] = layer.centers[dotted]
    points[~dots], codes[~dots] = outlines.points, outlines.codes

    index = layer.styles.copy()
    index[dotted] = _pens(layer.styles[dotted], layer.radii[dotted], styles)
    return PathLayer(layer.name, points, codes, offsets, index, ~dotted)


def _pens(index: NDArray[np.int32], radii: NDArray[np.float32], styles: list[Style]) -> NDArray[np.int32]:
    """The style of the pen that draws each dot; pens are appended to the table. Equal dots mostly follow each other."""
    changes = np.flatnonzero((np.diff(index) != 0) | (np.diff(radii) != 0)) + 1
    begins = np.concatenate(([0], changes))
    pens: dict[Style, int] = {}
    run_pens = []
    for style, radius in zip(index[begins].tolist(), radii[begins].tolist(), strict=True):
        pen = Style(styles[style].fill, None, 2 * radius, styles[style].opacity)
        run_pens.append(pens.setdefault(pen, len(styles) + len(pens)))
    styles += pens
    return np.repeat(np.array(run_pens, np.int32), np.diff(np.append(begins, len(index))))


def _dotted(layer: MarkLayer, styles: list[Style]) -> NDArray[np.bool_]:
    """Which marks are written as dots: circles without a line, many of one size in a row."""
    plain = np.array([style.stroke is None and style.fill is not None for style in styles], np.bool_)
    circles = (layer.shapes == _CIRCLE) & plain[layer.styles] & (layer.radii > 0)
    alike = circles[1:] & circles[:-1] & (layer.radii[1:] == layer.radii[:-1]) & (layer.styles[1:] == layer.styles[:-1])
    begins = np.flatnonzero(np.concatenate(([True], ~alike)))
    lengths = np.diff(np.append(begins, len(layer)))
    dotted = circles & np.repeat(lengths >= _DOTS, lengths)
    # What is translucent is painted as one shape, or overlaps would darken: then all of a run are dots, or none.
    opaque = np.array([style.opacity == 1 for style in styles], np.bool_)
    runs = layer.runs()
    whole = np.isin(runs[:-1], begins) & np.isin(runs[1:], np.append(begins, len(layer)))
    uniform = whole & (np.searchsorted(begins, runs[1:]) - np.searchsorted(begins, runs[:-1]) == 1)
    result: NDArray[np.bool_] = dotted & (opaque[layer.styles] | np.repeat(uniform, np.diff(runs)))
    return result
