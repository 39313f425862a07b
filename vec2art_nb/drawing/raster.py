"""A drawing as PNG, painted by matplotlib's Agg renderer without pyplot, figures or global state."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.drawing.layers import CURVE4, LINETO, MOVETO, PathLayer, Style
from vec2art_nb.errors import OutputError, ParameterError

if TYPE_CHECKING:
    from vec2art_nb.drawing.model import Drawing

# A larger picture would take gigabytes; Agg itself stops at 2**23 pixels a side.
_MAX_PIXELS = 400_000_000

# Agg gives up above some number of cells, which are pixels that an outline crosses; a stroke has two outlines. The
# number differs between versions of matplotlib, the smallest known is 4 million. Small pieces are no slower.
_PIXELS_PER_PIECE = 100_000

# Agg paints nothing for a line of no length, whatever its caps.
_DOT_LENGTH = 1e-3

# Lines in a few inks and their soft edges look the same with so many.
_DISPLAY_COLORS = 64


def display_png(drawing: Drawing, side: int) -> bytes:
    """PNG bytes for a notebook: at most ``side`` pixels long, in few colours, about a third of the usual size."""
    from PIL import Image

    image = Image.open(io.BytesIO(png(drawing, min(1.0, side / max(drawing.size)))))
    method = Image.Quantize.FASTOCTREE if image.mode == "RGBA" else Image.Quantize.MEDIANCUT
    buffer = io.BytesIO()
    image.quantize(_DISPLAY_COLORS, method).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def png(drawing: Drawing, scale: float) -> bytes:
    """PNG bytes, RGB when there is a page, else RGBA."""
    from PIL import Image

    pixels = rgba(drawing, scale)
    image = Image.fromarray(pixels[:, :, :3].copy() if drawing.background is not None else pixels)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def rgba(drawing: Drawing, scale: float) -> NDArray[np.uint8]:
    """The painted drawing, (height, width, 4), straight alpha."""
    if not (isinstance(scale, int | float) and math.isfinite(scale) and scale > 0):
        raise ParameterError(f"scale must be a number above 0, got {scale!r}; leave it out for 1 pixel per px")
    width, height = (max(1, round(side * scale)) for side in drawing.size)
    if width * height > _MAX_PIXELS or max(width, height) >= 1 << 23:
        raise OutputError(f"a PNG of {width}×{height} pixels is too large; choose a scale below {scale:g}, or save SVG")
    canvas = _Canvas(width, height, scale)
    if drawing.background is not None:
        canvas.pixels[:] = (*bytes.fromhex(drawing.background[1:]), 255)
    for layer in drawing.painted.layers:
        for style, vertices, codes in painted_runs(layer):
            canvas.paint(drawing.painted.styles[style], vertices, codes)
    return canvas.pixels


def painted_runs(layer: PathLayer) -> Iterator[tuple[int, NDArray[np.float64], NDArray[np.uint8]]]:
    """Style, vertices and codes (of ``matplotlib.path``) of each run of paths that is painted as one shape.

    Closed paths end in a line to their start, which looks the same with round caps and can be cut into pieces;
    dots get a length that Agg can see.
    """
    if not len(layer):
        return
    points = layer.points.astype(np.float64)
    begins = np.flatnonzero(layer.codes == MOVETO)
    ends = np.append(begins[1:], len(points))
    path = np.searchsorted(layer.offsets, begins, side="right") - 1
    low, high = np.minimum.reduceat(points, begins), np.maximum.reduceat(points, begins)
    dots = (low == high).all(axis=1)
    extended = dots | layer.closed[path]
    extra = points[begins[extended]]
    extra[dots[extended], 0] += _DOT_LENGTH
    positions = ends[extended]
    vertices = np.insert(points, positions, extra, axis=0)
    codes = np.insert(layer.codes, positions, LINETO)
    offsets = layer.offsets + np.searchsorted(positions, layer.offsets, side="right")
    runs = layer.runs()
    for first, last in zip(runs[:-1].tolist(), runs[1:].tolist(), strict=True):
        part = slice(offsets[first], offsets[last])
        yield int(layer.styles[first]), vertices[part], codes[part]


def _rgb(color: str) -> tuple[float, float, float]:
    red, green, blue = bytes.fromhex(color[1:])
    return red / 255, green / 255, blue / 255


class _Canvas:
    """Pixels that paths are painted on. ``left`` and ``top`` place it on the page, in pixels."""

    def __init__(self, width: int, height: int, scale: float, left: int = 0, top: int = 0) -> None:
        from matplotlib.backends.backend_agg import RendererAgg
        from matplotlib.transforms import Affine2D

        # At 72 dots an inch, matplotlib's points are pixels.
        renderer: Any = RendererAgg
        self._renderer = renderer(width, height, 72)
        self._scale = scale
        self._size = (width, height)
        # Agg's y goes up.
        self._transform: Any = Affine2D().scale(scale, -scale).translate(-left, height + top)
        self.pixels: NDArray[np.uint8] = np.asarray(self._renderer.buffer_rgba())

    def paint(self, style: Style, vertices: NDArray[np.float64], codes: NDArray[np.uint8]) -> None:
        stroked = style.stroke is not None and style.width > 0
        pieces = list(self._pieces(vertices, codes)) if stroked else []
        if style.opacity < 1 and len(pieces) + (style.fill is not None) > 1:
            self._paint_aside(style, vertices, codes)
            return
        if style.fill is not None:
            self._draw(vertices, codes, 0, style.fill, style.opacity, fill=True)
        for piece_vertices, piece_codes in pieces:
            self._draw(piece_vertices, piece_codes, style.width, style.stroke or "", style.opacity, fill=False)

    def _paint_aside(self, style: Style, vertices: NDArray[np.float64], codes: NDArray[np.uint8]) -> None:
        """Paint opaque on a canvas of its own, then lay that on this one: opacity holds for the shape as a whole."""
        from PIL import Image

        margin = style.width / 2 + 1 / self._scale
        left, top = np.floor((vertices.min(axis=0) - margin) * self._scale).clip(0, self._size).astype(int).tolist()
        right, bottom = np.ceil((vertices.max(axis=0) + margin) * self._scale).clip(0, self._size).astype(int).tolist()
        if left >= right or top >= bottom:
            return
        aside = _Canvas(right - left, bottom - top, self._scale, left, top)
        aside.paint(Style(style.stroke, style.fill, style.width), vertices, codes)
        aside.pixels[:, :, 3] = np.rint(aside.pixels[:, :, 3] * style.opacity)
        region = self.pixels[top:bottom, left:right]
        region[:] = np.asarray(Image.alpha_composite(Image.fromarray(region.copy()), Image.fromarray(aside.pixels)))

    def _pieces(
        self, vertices: NDArray[np.float64], codes: NDArray[np.uint8]
    ) -> Iterator[tuple[NDArray[np.float64], NDArray[np.uint8]]]:
        """Cut what is too much for Agg at once, at points on the line; round caps hide the cuts."""
        # What lies outside the canvas is clipped before it costs anything.
        reach = sum(self._size) / self._scale
        steps = np.abs(np.diff(vertices, axis=0, prepend=vertices[:1])).sum(axis=1).clip(max=reach)
        steps[codes == MOVETO] = 0
        # A join or cap costs about as many cells as a pixel of line.
        piece = (np.cumsum(steps * self._scale + 1) // _PIXELS_PER_PIECE).astype(np.int64)
        if piece[-1] == 0:
            yield vertices, codes
            return
        on_line = codes != CURVE4
        on_line[np.flatnonzero(~on_line)[2::3]] = True
        anchors = np.flatnonzero(on_line)
        cuts = anchors[1:][np.diff(piece[anchors]) > 0]
        for begin, last in zip([0, *cuts], [*cuts, len(vertices) - 1], strict=True):
            piece_codes = codes[begin : last + 1].copy()
            piece_codes[0] = MOVETO
            yield vertices[begin : last + 1], piece_codes

    def _draw(
        self,
        vertices: NDArray[np.float64],
        codes: NDArray[np.uint8],
        width: float,
        color: str,
        opacity: float,
        *,
        fill: bool,
    ) -> None:
        from matplotlib.path import Path

        path = Path(vertices, codes)
        # Else the user's matplotlibrc would decide.
        path.should_simplify = False
        graphics: Any = self._renderer.new_gc()
        graphics.set_capstyle("round")
        graphics.set_joinstyle("round")
        graphics.set_snap(False)
        graphics.set_linewidth(width * self._scale)
        graphics.set_alpha(opacity)
        graphics.set_foreground((*_rgb(color), opacity), isRGBA=True)
        try:
            self._renderer.draw_path(graphics, path, self._transform, (*_rgb(color), opacity) if fill else None)
        except OverflowError as error:
            raise OutputError(
                "a filled shape is too large for a PNG of this scale; choose a smaller one, or save SVG"
            ) from error
