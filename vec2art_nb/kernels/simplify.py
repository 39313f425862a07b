"""Polylines with fewer vertices, never farther from the points left out than a tolerance.

References
----------
Douglas, Peucker (1973), Algorithms for the reduction of the number of points required to represent a digitized line or
its caricature, Cartographica 10(2). The distance is that to the segment, not to the line: strokes may double back.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.kernels._jit import ReadF32, ReadI64, ReadU8, WriteF32, WriteI64, jitted, kernel
from vec2art_nb.kernels.strokes import Chains

# For the type checker these are any numbers, as all is between kernels.
_i64: Any = np.int64
_u64: Any = np.uint64
_f32: Any = np.float32


def douglas_peucker(
    points: NDArray[np.float32], offsets: NDArray[np.int64], closed: NDArray[np.uint8], tolerance_px: float
) -> Chains:
    """Keep the vertices that matter: what is left out is at most ``tolerance_px`` from the new polyline.

    Open strokes keep their ends. Closed ones are split at two points far from each other, and begin at one of these,
    so that the point where tracing happened to start is no vertex for that reason alone.
    """
    longest = int(np.diff(offsets).max(initial=0))
    turned = np.empty((longest + 1, 2), np.float32)
    stack = np.empty(longest + 2, np.int64)
    kept_points = np.empty((len(points) + 1, 2), np.float32)
    kept_offsets = np.empty_like(offsets)
    total = simplify_strokes(points, offsets, closed, tolerance_px, turned, stack, kept_points, kept_offsets)
    return Chains(kept_points[:total].copy(), kept_offsets, closed)


@jitted
def _farthest_point(points: Any, size: int, reference: int) -> int:
    """The point that is farthest from the reference point; the first of equals."""
    most = _f32(-1)
    found = reference
    for i in range(size):
        vx = points[2 * i] - points[2 * reference]
        vy = points[2 * i + 1] - points[2 * reference + 1]
        squared = vx * vx + vy * vy
        if squared > most:
            most = squared
            found = i
    return found


@jitted
def _split(points: Any, start: int, end: int, squared_tolerance: float) -> int:
    """The point between start and end that is farthest from their segment, or ``end`` when all are near enough."""
    one = _u64(1)
    two = _u64(2)
    a = two * _u64(start)
    b = two * _u64(end)
    x = points[a]
    y = points[a + one]
    ux = points[b] - x
    uy = points[b + one] - y
    length = ux * ux + uy * uy
    # Distances are compared times the segment's length: no division.
    scale = length if length > _f32(0) else _f32(1)
    most = squared_tolerance * scale
    found = end
    for i in range(_u64(start) + one, _u64(end)):
        vx = points[two * i] - x
        vy = points[two * i + one] - y
        along = vx * ux + vy * uy
        across = vx * uy - vy * ux
        distance = across * across
        if along <= _f32(0):
            distance = (vx * vx + vy * vy) * scale
        elif along >= length:
            vx -= ux
            vy -= uy
            distance = (vx * vx + vy * vy) * scale
        if distance > most:
            most = distance
            found = _i64(i)
    return found


@jitted
def _simplify(points: Any, squared_tolerance: float, stack: Any, depth: int, kept: Any, n: int) -> int:
    """Copy the vertices to keep, from the second on through the points on the stack; returns the number of points."""
    start = _i64(0)
    while depth > 0:
        target = stack[depth - 1]
        middle = _split(points, start, target, squared_tolerance)
        if middle != target:
            stack[depth] = middle
            depth += 1
            continue
        kept[2 * n] = points[2 * target]
        kept[2 * n + 1] = points[2 * target + 1]
        n += 1
        start = target
        depth -= 1
    return n


@kernel
def simplify_strokes(
    points: ReadF32,
    offsets: ReadI64,
    closed: ReadU8,
    tolerance: float,
    turned: WriteF32,
    stack: WriteI64,
    kept_points: WriteF32,
    kept_offsets: WriteI64,
) -> int:
    """Douglas–Peucker on every stroke; returns the number of points kept.

    Parameters
    ----------
    points : (N, 2) float32
    offsets : (S + 1,) int64
    closed : (S,) uint8
    tolerance : float32
        In the unit of the points.
    turned : (longest stroke + 1, 2) float32, scratch
        A stroke; a loop is turned so that it begins and ends at an anchor.
    stack : (longest stroke + 2,) int64, scratch
    kept_points : (N + 1, 2) float32, written
        One more than can be kept: a loop's first point is written again, and overwritten.
    kept_offsets : (S + 1,) int64, written
    """
    squared_tolerance = tolerance * tolerance
    n = 0
    kept_offsets[0] = 0
    for stroke in range(closed.size):
        start = offsets[stroke]
        size = offsets[stroke + 1] - start
        if size > 0:
            # Every stroke is copied, so that the helpers are compiled for one kind of array only.
            for i in range(2 * size):
                turned[i] = points[2 * start + i]
            middle = size - 1
            last = size - 1
            if closed[stroke] != 0 and size > 1:
                opposite = _farthest_point(turned, size, _i64(0))
                anchor = _farthest_point(turned, size, opposite)
                first = min(anchor, opposite)
                middle = max(anchor, opposite) - first
                last = size
                for i in range(size + 1):
                    k = start + (first + i if first + i < size else first + i - size)
                    turned[2 * i] = points[2 * k]
                    turned[2 * i + 1] = points[2 * k + 1]
            kept_points[2 * n] = turned[0]
            kept_points[2 * n + 1] = turned[1]
            n += 1
            if middle > 0:
                stack[0] = last
                stack[1] = middle
                n = _simplify(turned, squared_tolerance, stack, 2 if middle < last else 1, kept_points, n)
                n -= 1 if last == size else 0  # A loop's first point again.
        kept_offsets[stroke + 1] = n
    return n
