"""Drawing: layers of paths, a table of styles, a page. It knows nothing of images or widgets."""

from __future__ import annotations

import math
import os
import re
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.drawing.recipe import Recipe
from vec2art_nb.errors import DrawingError

if TYPE_CHECKING:
    import pandas
    from matplotlib.axes import Axes

MOVETO, LINETO, CURVE4 = 1, 2, 4

# Float32 has no parts of a pixel beyond this, and the grid of the SVG writer counts on it.
MAX_COORDINATE = 2.0**24

# The frames for the viewer number styles with 16 bits.
MAX_STYLES = 65_535

# Above this a notebook shows a PNG: browsers draw large SVGs slowly, and notebooks carry them in their file.
SVG_DISPLAY_BYTES = 500_000

# Longer side in pixels of the PNG that stands for a heavy drawing, and of the one beside a light one's SVG.
_HEAVY_SIDE, _LIGHT_SIDE = 2000, 1000

_COLOR = re.compile(r"#[0-9a-f]{6}")


def _check_color(name: str, color: str | None) -> None:
    if color is not None and not (isinstance(color, str) and _COLOR.fullmatch(color)):
        raise DrawingError(f"{name} must be a colour like #1b1b1f in lower case, or None for no paint, got {color!r}")


@dataclass(frozen=True, slots=True)
class Style:
    """How paths are painted. Lines have round caps and joins; fills follow the nonzero rule."""

    stroke: str | None
    fill: str | None = None
    #: px, of the whole line
    width: float = 1.0
    #: of fill and stroke together, 0 … 1
    opacity: float = 1.0

    def __post_init__(self) -> None:
        _check_color("stroke", self.stroke)
        _check_color("fill", self.fill)
        if not (math.isfinite(self.width) and 0 <= self.width <= MAX_COORDINATE):
            raise DrawingError(f"width must be a number of px from 0 up, got {self.width!r}")
        if not 0 <= self.opacity <= 1:
            raise DrawingError(f"opacity must be between 0 and 1, got {self.opacity!r}")


@dataclass(frozen=True, eq=False)
class PathLayer:
    """Paths as ragged arrays. What is handed over is checked, kept without a copy, and shown read-only.

    Parameters
    ----------
    name : str
    points : (N, 2) float32
        px in the plane where pixel (x, y) covers [x, x + 1) × [y, y + 1); control points of curves included.
    codes : (N,) uint8
        As in ``matplotlib.path``: 1 MOVETO, 2 LINETO, 4 CURVE4 (in threes: two control points and the end).
        Each path begins with a MOVETO; further ones begin further subpaths of it.
    offsets : (P + 1,) int64
        Where each path begins in ``points``, then N. A path has at least one point.
    styles : (P,) int32
        Index into the style table of the drawing.
    closed : (P,) bool
        Whether the subpaths of a path return to where they began.

    Consecutive paths of one style are painted together, as one shape.
    """

    name: str
    points: NDArray[np.float32]
    codes: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    styles: NDArray[np.int32]
    closed: NDArray[np.bool_]

    def __post_init__(self) -> None:
        for name, dtype in _DTYPES.items():
            array = getattr(self, name)
            if not isinstance(array, np.ndarray) or array.dtype != dtype:
                got = f"{array.dtype} array" if isinstance(array, np.ndarray) else type(array).__name__
                raise self._error(f"{name} must be a {dtype} array, got {got}")
            view = np.ascontiguousarray(array).view()
            view.flags.writeable = False
            object.__setattr__(self, name, view)
        self._check_shapes()
        if len(self.points):
            self._check_points()
            self._check_codes()

    def _error(self, message: str) -> DrawingError:
        return DrawingError(f"layer {self.name!r}: {message}")

    def _check_shapes(self) -> None:
        count = len(self.styles) if self.styles.ndim == 1 else -1
        length = len(self.points) if self.points.ndim == 2 else -1
        wanted = {
            "points": (length, 2),
            "codes": (length,),
            "offsets": (count + 1,),
            "styles": (count,),
            "closed": (count,),
        }
        for name, shape in wanted.items():
            if getattr(self, name).shape != shape:
                raise self._error(f"{name} must have shape {shape}, got {getattr(self, name).shape}")
        if self.offsets[0] != 0 or self.offsets[-1] != length or (np.diff(self.offsets) < 1).any():
            raise self._error(
                f"offsets must rise from 0 to the number of points, {length}, by at least 1 for each path"
            )
        if count and self.styles.min() < 0:
            raise self._error("styles must not be negative")

    def _check_points(self) -> None:
        # Written so that NaN, for which no comparison holds, is refused too.
        largest = np.abs(self.points).max()
        if not largest <= MAX_COORDINATE:
            raise self._error(f"points must be finite and within ±{MAX_COORDINATE:.0f} px, got one of {largest}")

    def _check_codes(self) -> None:
        if not ((self.codes == MOVETO) | (self.codes == LINETO) | (self.codes == CURVE4)).all():
            raise self._error("codes must be 1 (MOVETO), 2 (LINETO) or 4 (CURVE4, in threes)")
        if (self.codes[self.offsets[:-1]] != MOVETO).any():
            raise self._error("each path must begin with code 1 (MOVETO)")
        curve = np.zeros(len(self.codes) + 2, np.int8)
        np.equal(self.codes, CURVE4, out=curve[1:-1].view(np.bool_))
        edges = np.flatnonzero(np.diff(curve))
        if ((edges[1::2] - edges[::2]) % 3).any():
            raise self._error("code 4 (CURVE4) must come in threes: two control points and the end")

    def __len__(self) -> int:
        return len(self.styles)

    def __repr__(self) -> str:
        return f"PathLayer({self.name!r}, {len(self)} paths, {len(self.points)} points)"

    def __reduce__(self) -> tuple[Any, ...]:
        # Built anew, because NumPy unpickles (and copies) a read-only array as a writable one.
        return PathLayer, tuple(getattr(self, field.name) for field in fields(self))

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays."""
        return sum(getattr(self, name).nbytes for name in _DTYPES)

    def runs(self) -> NDArray[np.int64]:
        """The first path of each run of consecutive paths of one style, then the number of paths."""
        changes = np.flatnonzero(np.diff(self.styles)) + 1
        return np.concatenate(([0], changes, [len(self)])) if len(self) else np.zeros(1, np.int64)


_DTYPES = {
    "points": np.dtype(np.float32),
    "codes": np.dtype(np.uint8),
    "offsets": np.dtype(np.int64),
    "styles": np.dtype(np.int32),
    "closed": np.dtype(np.bool_),
}


def _join(layers: tuple[PathLayer, ...]) -> PathLayer:
    starts = np.cumsum([0, *(len(layer.points) for layer in layers)])
    offsets = [layer.offsets[:-1] + start for layer, start in zip(layers, starts[:-1], strict=True)]
    return PathLayer(
        name="paths",
        points=np.concatenate([np.empty((0, 2), np.float32), *(layer.points for layer in layers)]),
        codes=np.concatenate([np.empty(0, np.uint8), *(layer.codes for layer in layers)]),
        offsets=np.concatenate([*offsets, starts[-1:]]).astype(np.int64, copy=False),
        styles=np.concatenate([np.empty(0, np.int32), *(layer.styles for layer in layers)]),
        closed=np.concatenate([np.empty(0, np.bool_), *(layer.closed for layer in layers)]),
    )


@dataclass(frozen=True, eq=False, repr=False)
class Drawing:
    """The result of a job: paths with styles on a page.

    ``size`` is (width, height) in px of the source image. ``background`` is the colour of the page, None for no page.
    ``notes`` say what a person should know about it: why it is empty, for example.
    """

    size: tuple[int, int]
    layers: tuple[PathLayer, ...] = ()
    styles: tuple[Style, ...] = ()
    background: str | None = None
    recipe: Recipe | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        width, height = (int(side) for side in self.size)
        if not (1 <= width <= MAX_COORDINATE and 1 <= height <= MAX_COORDINATE):
            raise DrawingError(f"size must be (width, height) of at least 1 px each, got {self.size}")
        _check_color("background", self.background)
        if len(self.styles) > MAX_STYLES:
            raise DrawingError(
                f"a drawing has at most {MAX_STYLES} styles, got {len(self.styles)}; merge similar colours"
            )
        for layer in self.layers:
            if len(layer) and layer.styles.max() >= len(self.styles):
                raise DrawingError(
                    f"layer {layer.name!r}: style {layer.styles.max()} is used, but there are {len(self.styles)} styles"
                )
        for name, value in (("size", (width, height)), ("layers", tuple(self.layers)), ("styles", tuple(self.styles))):
            object.__setattr__(self, name, value)

    def __len__(self) -> int:
        return sum(len(layer) for layer in self.layers)

    def __repr__(self) -> str:
        return f"Drawing({self.size[0]}×{self.size[1]} px, {len(self)} paths, {self.vertices} points)"

    @property
    def vertices(self) -> int:
        """How many points there are, control points of curves included."""
        return sum(len(layer.points) for layer in self.layers)

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays."""
        return sum(layer.nbytes for layer in self.layers)

    @cached_property
    def paths(self) -> PathLayer:
        """All layers joined into one, in painting order."""
        return self.layers[0] if len(self.layers) == 1 else _join(self.layers)

    def with_recipe(self, recipe: Recipe | None) -> Drawing:
        """The same drawing with another recipe."""
        return replace(self, recipe=recipe)

    def to_svg(self, precision: int = 2) -> str:
        """The drawing as SVG text.

        Parameters
        ----------
        precision : int
            Digits after the point, 0 … 4; coordinates are rounded to a grid of ``10**-precision`` px.
        """
        return self.to_svg_bytes(precision).decode()

    def to_svg_bytes(self, precision: int = 2) -> bytes:
        """The drawing as SVG in UTF-8; the same bytes for the same drawing on every machine."""
        from vec2art_nb.drawing import svg

        return svg.document(self, precision)

    def digest(self) -> str:
        """32 hexadecimal digits that stand for what is seen: size, page, paths to 0.01 px, styles and painting order.

        Recipe, version and notes do not enter, so it names the picture and not its making.
        """
        import xxhash

        from vec2art_nb.drawing import svg

        digest = xxhash.xxh3_128(b"%d %d\n" % self.size)
        for part in svg.body(self, 2):
            digest.update(part)
        return digest.hexdigest()

    def to_png(self, scale: float = 1.0) -> bytes:
        """The drawing as PNG, ``scale`` pixels for each px; transparent where there is no page."""
        from vec2art_nb.drawing import raster

        return raster.png(self, scale)

    def save(self, path: str | os.PathLike[str], *, precision: int = 2, scale: float = 1.0) -> None:
        """Write the drawing to a file: ``.svg``, ``.svgz`` or ``.png``.

        The file appears whole or not at all. ``precision`` is for SVG (see ``to_svg``), ``scale`` for PNG.

        Raises
        ------
        OutputError
            The file cannot be written there, or its suffix stands for no format that is known.
        """
        from vec2art_nb.drawing import output

        output.save(self, path, precision=precision, scale=scale)

    def to_frame(self) -> pandas.DataFrame:
        """A pandas table with one row for each path, in painting order.

        Columns: ``layer``; ``vertices`` (points, control points included); ``length`` (px along the curve, closing line
        included); ``closed``; ``stroke`` and ``fill`` (missing when not painted); ``width`` (px); ``x_min``, ``y_min``,
        ``x_max``, ``y_max`` (px; bounds of the curve itself, without the width of its line).
        """
        from vec2art_nb.drawing import table

        return table.frame(self)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw on matplotlib axes (new ones by default), y down, and return them; line widths follow the zoom."""
        from vec2art_nb.drawing import plot

        return plot.plot(self, ax)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        from vec2art_nb.drawing import raster

        bundle: dict[str, Any] = {"text/plain": repr(self)}
        svg = self.to_svg()
        if len(svg) > SVG_DISPLAY_BYTES:
            return {**bundle, "image/png": raster.display_png(self, _HEAVY_SIDE)}
        # JupyterLab shows no SVG in a notebook that somebody else saved, until it is trusted: it falls back to the PNG.
        return {**bundle, "image/svg+xml": svg, "image/png": raster.display_png(self, _LIGHT_SIDE)}
