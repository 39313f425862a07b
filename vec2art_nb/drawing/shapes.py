"""The outlines of marks: unit shapes, and marks turned into paths."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.drawing.layers import CURVE4, LINETO, MOVETO, SHAPES, MarkLayer, PathLayer

_HALF, _ROOT_3 = math.sqrt(0.5), math.sqrt(3.0)

# Half the width of an arm of the cross, and half the thickness of the line, for a farthest corner at distance 1.
_ARM, _THICKNESS = 0.28, 0.16

_ARM_END, _LINE_END = math.sqrt(1 - _ARM**2), math.sqrt(1 - _THICKNESS**2)

#: Corners of each shape in the order of :data:`SHAPES`, clockwise as seen, the farthest at distance 1; None: a circle.
OUTLINES: dict[str, tuple[tuple[float, float], ...] | None] = {
    "circle": None,
    "square": ((-_HALF, -_HALF), (_HALF, -_HALF), (_HALF, _HALF), (-_HALF, _HALF)),
    "diamond": ((0, -1), (1, 0), (0, 1), (-1, 0)),
    "triangle": ((0, -1), (_ROOT_3 / 2, 0.5), (-_ROOT_3 / 2, 0.5)),
    "hexagon": ((0, -1), (_ROOT_3 / 2, -0.5), (_ROOT_3 / 2, 0.5), (0, 1), (-_ROOT_3 / 2, 0.5), (-_ROOT_3 / 2, -0.5)),
    "cross": (
        *((-_ARM, -_ARM_END), (_ARM, -_ARM_END), (_ARM, -_ARM), (_ARM_END, -_ARM), (_ARM_END, _ARM), (_ARM, _ARM)),
        *((_ARM, _ARM_END), (-_ARM, _ARM_END), (-_ARM, _ARM), (-_ARM_END, _ARM), (-_ARM_END, -_ARM), (-_ARM, -_ARM)),
    ),
    "line": (
        *((-_LINE_END, -_THICKNESS), (_LINE_END, -_THICKNESS)),
        *((_LINE_END, _THICKNESS), (-_LINE_END, _THICKNESS)),
    ),
}

# Angles have this many steps a degree; the frames for the viewer have the same.
ANGLE_STEPS = 64

# Four cubic curves of this handle make a circle to 0.03 % of its radius.
_HANDLE = 4 / 3 * (math.sqrt(2) - 1)

_QUARTERS = ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))


def area(shape: str) -> float:
    """The area of a mark of radius 1."""
    corners = OUTLINES[shape]
    if corners is None:
        return math.pi
    return 0.5 * sum(x * b - a * y for (x, y), (a, b) in zip(corners, (*corners[1:], corners[0]), strict=True))


def _circle() -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    points: list[tuple[float, float]] = [_QUARTERS[0]]
    for (x, y), (a, b) in zip(_QUARTERS, (*_QUARTERS[1:], _QUARTERS[0]), strict=True):
        points += [(x + _HANDLE * a, y + _HANDLE * b), (a + _HANDLE * x, b + _HANDLE * y), (a, b)]
    return np.array(points), np.array([MOVETO, *[CURVE4] * 12], np.uint8)


@cache
def unit_paths() -> tuple[tuple[NDArray[np.float64], NDArray[np.uint8]], ...]:
    """Points (K, 2) and codes of each shape, in the order of :data:`SHAPES`."""
    paths = []
    for shape in SHAPES:
        corners = OUTLINES[shape]
        if corners is None:
            paths.append(_circle())
        else:
            paths.append((np.array(corners), np.array([MOVETO, *[LINETO] * (len(corners) - 1)], np.uint8)))
    return tuple(paths)


@cache
def _sines() -> NDArray[np.float64]:
    """The sine of every angle that there is, in 30 bits: the same numbers whatever mathematical library is at work."""
    exact: NDArray[np.float64] = np.sin(np.arange(360 * ANGLE_STEPS) * (np.pi / (180 * ANGLE_STEPS)))
    return np.asarray(np.rint(exact * 2.0**30) / 2.0**30)


def angle_steps(angles: NDArray[np.float32]) -> NDArray[np.int64]:
    """Angles in degrees as steps of the turn, from 0 up to 360 degrees."""
    return np.rint(angles.astype(np.float64) * ANGLE_STEPS).astype(np.int64) % (360 * ANGLE_STEPS)


def as_paths(marks: MarkLayer) -> PathLayer:
    """Each mark as the closed path of its outline."""
    sizes = np.array([len(points) for points, _ in unit_paths()])
    offsets = np.zeros(len(marks) + 1, np.int64)
    np.cumsum(sizes[marks.shapes], out=offsets[1:])
    points = np.empty((offsets[-1], 2), np.float32)
    codes = np.empty(offsets[-1], np.uint8)
    steps = angle_steps(marks.angles)
    sine, cosine = _sines()[steps], _sines()[(steps + 90 * ANGLE_STEPS) % (360 * ANGLE_STEPS)]
    for shape in np.unique(marks.shapes).tolist():
        unit, unit_codes = unit_paths()[shape]
        chosen = np.flatnonzero(marks.shapes == shape)
        places = offsets[chosen][:, None] + np.arange(len(unit))
        radius, sin, cos = (values[chosen][:, None] for values in (marks.radii.astype(np.float64), sine, cosine))
        points[places, 0] = marks.centers[chosen, :1] + radius * (unit[:, 0] * cos - unit[:, 1] * sin)
        points[places, 1] = marks.centers[chosen, 1:] + radius * (unit[:, 0] * sin + unit[:, 1] * cos)
        codes[places] = unit_codes
    return PathLayer(marks.name, points, codes, offsets, marks.styles, np.ones(len(marks), np.bool_))
