"""What a drawing consists of: styles, layers of paths, layers of marks. Ragged arrays, checked and read-only."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar, cast

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.errors import DrawingError

MOVETO, LINETO, CURVE4 = 1, 2, 4

# Float32 has no parts of a pixel beyond this, and the grid of the SVG writer counts on it.
MAX_COORDINATE = 2.0**24

_COLOR = re.compile(r"#[0-9a-f]{6}")


def check_color(name: str, color: str | None) -> None:
    """Refuse what is neither a colour in its normal form nor None."""
    if color is not None and not (isinstance(color, str) and _COLOR.fullmatch(color)):
        raise DrawingError(f"{name} must be a colour like #1b1b1f in lower case, or None for no paint, got {color!r}")


@dataclass(frozen=True, slots=True)
class Style:
    """How paths and marks are painted. Lines have round caps and joins; fills follow the nonzero rule."""

    stroke: str | None
    fill: str | None = None
    #: px, of the whole line
    width: float = 1.0
    #: of fill and stroke together, 0 … 1
    opacity: float = 1.0

    def __post_init__(self) -> None:
        check_color("stroke", self.stroke)
        check_color("fill", self.fill)
        if not (math.isfinite(self.width) and 0 <= self.width <= MAX_COORDINATE):
            raise DrawingError(f"width must be a number of px from 0 up, got {self.width!r}")
        if not 0 <= self.opacity <= 1:
            raise DrawingError(f"opacity must be between 0 and 1, got {self.opacity!r}")

    def widened(self, factor: float) -> Style:
        """The same with a line that is ``factor`` times as wide."""
        if self.stroke is None:
            return self
        return Style(self.stroke, self.fill, self.width * factor, self.opacity)


class Layer:
    """What layers of paths and of marks share. What is handed over is checked, kept without a copy, shown read-only."""

    name: str
    styles: NDArray[np.int32]

    _dtypes: ClassVar[Mapping[str, np.dtype[Any]]] = {}

    def __len__(self) -> int:
        return len(self.styles)

    def runs(self) -> NDArray[np.int64]:
        """The first item of each run of consecutive items of one style, then the number of items."""
        changes = np.flatnonzero(np.diff(self.styles)) + 1
        return np.concatenate(([0], changes, [len(self)])) if len(self) else np.zeros(1, np.int64)

    def _check_arrays(self) -> None:
        for name in self._arrays():
            array, dtype = getattr(self, name), self._dtypes[name]
            if not isinstance(array, np.ndarray) or array.dtype != dtype:
                got = f"{array.dtype} array" if isinstance(array, np.ndarray) else type(array).__name__
                raise self._error(f"{name} must be a {dtype} array, got {got}")
            view = np.ascontiguousarray(array).view()
            view.flags.writeable = False
            object.__setattr__(self, name, view)

    def _arrays(self) -> list[str]:
        return list(self._dtypes)

    def _error(self, message: str) -> DrawingError:
        return DrawingError(f"layer {self.name!r}: {message}")

    def _check_shapes(self, wanted: Mapping[str, tuple[int, ...]]) -> None:
        for name, shape in wanted.items():
            if getattr(self, name).shape != shape:
                raise self._error(f"{name} must have shape {shape}, got {getattr(self, name).shape}")

    def _check_points(self, name: str) -> None:
        values = getattr(self, name)
        # Written so that NaN, for which no comparison holds, is refused too.
        largest = np.maximum(values.max(initial=0), -values.min(initial=0))
        if not largest <= MAX_COORDINATE:
            raise self._error(f"{name} must be finite and within ±{MAX_COORDINATE:.0f} px, got one of {largest}")

    def _check_lengths(self, name: str) -> None:
        values = getattr(self, name)
        if not (values.min(initial=0) >= 0 and values.max(initial=0) <= MAX_COORDINATE):
            raise self._error(f"{name} must be numbers of px from 0 up")

    def __reduce__(self) -> tuple[Any, ...]:
        # Built anew, because NumPy unpickles (and copies) a read-only array as a writable one.
        return type(self), tuple(getattr(self, field.name) for field in fields(cast(Any, self)))

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays."""
        return sum(getattr(self, name).nbytes for name in self._arrays())


@dataclass(frozen=True, eq=False)
class PathLayer(Layer):
    """Paths as ragged arrays.

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
    widths : (N,) float32, optional
        Width of the line at each point in px, instead of the style's; along a curve it is the cubic Bernstein
        polynomial of its four values, as the curve is of its four points.

    Consecutive paths of one style are painted together, as one shape.
    """

    name: str
    points: NDArray[np.float32]
    codes: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    styles: NDArray[np.int32]
    closed: NDArray[np.bool_]
    widths: NDArray[np.float32] | None = None

    _dtypes: ClassVar[Mapping[str, np.dtype[Any]]] = {
        "points": np.dtype(np.float32),
        "codes": np.dtype(np.uint8),
        "offsets": np.dtype(np.int64),
        "styles": np.dtype(np.int32),
        "closed": np.dtype(np.bool_),
        "widths": np.dtype(np.float32),
    }

    def __post_init__(self) -> None:
        self._check_arrays()
        count = len(self.styles) if self.styles.ndim == 1 else -1
        length = len(self.points) if self.points.ndim == 2 else -1
        self._check_shapes({"points": (length, 2), "codes": (length,), "offsets": (count + 1,), "styles": (count,)})
        self._check_shapes({"closed": (count,)} if self.widths is None else {"closed": (count,), "widths": (length,)})
        if self.offsets[0] != 0 or self.offsets[-1] != length or (np.diff(self.offsets) < 1).any():
            raise self._error(
                f"offsets must rise from 0 to the number of points, {length}, by at least 1 for each path"
            )
        if count and self.styles.min() < 0:
            raise self._error("styles must not be negative")
        self._check_points("points")
        if self.widths is not None:
            self._check_lengths("widths")
        if length:
            self._check_codes()

    def _arrays(self) -> list[str]:
        return [name for name in self._dtypes if name != "widths" or self.widths is not None]

    def _check_codes(self) -> None:
        if not ((self.codes == MOVETO) | (self.codes == LINETO) | (self.codes == CURVE4)).all():
            raise self._error("codes must be 1 (MOVETO), 2 (LINETO) or 4 (CURVE4, in threes)")
        if (self.codes[self.offsets[:-1]] != MOVETO).any():
            raise self._error("each path must begin with code 1 (MOVETO)")
        curve = np.zeros(len(self.codes) + 2, np.bool_)
        np.equal(self.codes, CURVE4, out=curve[1:-1])
        edges = np.flatnonzero(curve[1:] != curve[:-1])
        if ((edges[1::2] - edges[::2]) % 3).any():
            raise self._error("code 4 (CURVE4) must come in threes: two control points and the end")

    def scaled(self, across: float, down: float) -> PathLayer:
        """Every point farther from the corner by these factors; widths by their mean."""
        widths = None if self.widths is None else self.widths * np.float32((across * down) ** 0.5)
        return replace(self, points=self.points * np.array([across, down], np.float32), widths=widths)

    def __repr__(self) -> str:
        return f"PathLayer({self.name!r}, {len(self)} paths, {len(self.points)} points)"


#: The shapes of marks; a mark names one by its place here.
SHAPES = ("circle", "square", "diamond", "triangle", "hexagon", "cross", "line")


@dataclass(frozen=True, eq=False)
class MarkLayer(Layer):
    """Marks: many small shapes, each a copy of one of a few, moved, turned and scaled.

    Parameters
    ----------
    name : str
    shapes : (M,) uint8
        Index into :data:`SHAPES`.
    centers : (M, 2) float32
        px in the plane where pixel (x, y) covers [x, x + 1) × [y, y + 1).
    radii : (M,) float32
        px from the centre to the farthest corner, before any line of the style is added.
    angles : (M,) float32
        Degrees, clockwise as seen, since y points down.
    styles : (M,) int32
        Index into the style table of the drawing.

    Consecutive marks of one style are painted together, as one shape.
    """

    name: str
    shapes: NDArray[np.uint8]
    centers: NDArray[np.float32]
    radii: NDArray[np.float32]
    angles: NDArray[np.float32]
    styles: NDArray[np.int32]

    _dtypes: ClassVar[Mapping[str, np.dtype[Any]]] = {
        "shapes": np.dtype(np.uint8),
        "centers": np.dtype(np.float32),
        "radii": np.dtype(np.float32),
        "angles": np.dtype(np.float32),
        "styles": np.dtype(np.int32),
    }

    def __post_init__(self) -> None:
        self._check_arrays()
        count = len(self.styles) if self.styles.ndim == 1 else -1
        self._check_shapes({name: (count, 2) if name == "centers" else (count,) for name in self._dtypes})
        if count and self.styles.min() < 0:
            raise self._error("styles must not be negative")
        if count and self.shapes.max() >= len(SHAPES):
            raise self._error(f"shapes must be 0 … {len(SHAPES) - 1}: {', '.join(SHAPES)}")
        self._check_points("centers")
        self._check_points("angles")
        self._check_lengths("radii")

    def scaled(self, across: float, down: float) -> MarkLayer:
        """Every centre farther from the corner by these factors; radii by their mean."""
        centers = self.centers * np.array([across, down], np.float32)
        return replace(self, centers=centers, radii=self.radii * np.float32((across * down) ** 0.5))

    def __repr__(self) -> str:
        return f"MarkLayer({self.name!r}, {len(self)} marks)"

    def chosen(self, mask: NDArray[np.bool_]) -> MarkLayer:
        """The marks for which ``mask``, (M,), is true."""
        return MarkLayer(self.name, *(getattr(self, name)[mask] for name in self._dtypes))
