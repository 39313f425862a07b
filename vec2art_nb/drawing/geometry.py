"""Lengths and bounds of paths, measured on the curves themselves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.drawing.layers import CURVE4, LINETO, MOVETO, PathLayer

# Pieces a curve is cut into when it is measured.
_PIECES = 32


def _curves(layer: PathLayer, points: NDArray[np.float64]) -> tuple[NDArray[np.int64], list[NDArray[np.float64]]]:
    """Where the first control point of each curve stands, and the four points of all curves."""
    controls = np.flatnonzero(layer.codes == CURVE4)[::3]
    return controls, [points[controls + shift] for shift in (-1, 0, 1, 2)]


def _at(curve: list[NDArray[np.float64]], t: float | NDArray[np.float64]) -> NDArray[np.float64]:
    p0, p1, p2, p3 = curve
    s = 1 - t
    result: NDArray[np.float64] = s * s * s * p0 + 3 * s * s * t * p1 + 3 * s * t * t * p2 + t * t * t * p3
    return result


def _distances(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    result: NDArray[np.float64] = np.hypot(a[:, 0] - b[:, 0], a[:, 1] - b[:, 1])
    return result


def _curve_lengths(curve: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Arc lengths from chords of 1/32 and 1/16 of the curve, extrapolated (Richardson)."""
    fine = np.zeros(len(curve[0]))
    coarse = np.zeros(len(curve[0]))
    before_last = last = curve[0]
    for piece in range(1, _PIECES + 1):
        point = _at(curve, piece / _PIECES)
        fine += _distances(last, point)
        if piece % 2 == 0:
            coarse += _distances(before_last, point)
            before_last = point
        last = point
    result: NDArray[np.float64] = fine + (fine - coarse) / 3
    return result


def lengths(layer: PathLayer) -> NDArray[np.float64]:
    """Length of each path in px, the closing lines of closed paths included."""
    if not len(layer):
        return np.zeros(0)
    points = layer.points.astype(np.float64)
    pieces = np.zeros(len(points))
    lines = np.flatnonzero(layer.codes == LINETO)
    pieces[lines] = _distances(points[lines], points[lines - 1])
    controls, curve = _curves(layer, points)
    pieces[controls] = _curve_lengths(curve)

    begins = np.flatnonzero(layer.codes == MOVETO)
    ends = np.append(begins[1:], len(points)) - 1
    closes = layer.closed[np.searchsorted(layer.offsets, begins, side="right") - 1]
    pieces[begins] = np.where(closes, _distances(points[begins], points[ends]), 0.0)
    result: NDArray[np.float64] = np.add.reduceat(pieces, layer.offsets[:-1])
    return result


def bounds(layer: PathLayer) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Least and greatest (x, y) that the line of each path reaches; (P, 2) each, in px."""
    if not len(layer):
        return np.zeros((0, 2)), np.zeros((0, 2))
    reached = layer.points.astype(np.float64)
    controls, curve = _curves(layer, reached)
    # A control point is off the curve: each is replaced by one of the two places where the curve turns, axis by axis.
    for shift, t in enumerate(_turns(curve)):
        reached[controls + shift] = _at(curve, t)
    starts = layer.offsets[:-1]
    return np.minimum.reduceat(reached, starts), np.maximum.reduceat(reached, starts)


def _turns(curve: list[NDArray[np.float64]]) -> list[NDArray[np.float64]]:
    """The two t in [0, 1] where the derivative vanishes; an end of the curve where there is none."""
    p0, p1, p2, p3 = curve
    a = p3 - p0 + 3 * (p1 - p2)
    b = 2 * (p0 - 2 * p1 + p2)
    c = p1 - p0
    # Citardauq and the usual formula together: exact also where a is nearly or quite zero.
    with np.errstate(divide="ignore", invalid="ignore"):
        q = -0.5 * (b + np.copysign(np.sqrt(np.maximum(b * b - 4 * a * c, 0)), b))
        roots = [q / a, c / q]
    return [np.where((root > 0) & (root < 1), root, 0.0) for root in roots]
