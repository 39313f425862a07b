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

from vec2art_nb.buffers import copied, empty, empty_like
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
    columns = empty((3, longest + 1), np.float32)
    stack = empty(longest + 2, np.int64)
    kept_points = empty((len(points) + 1, 2), np.float32)
    kept_offsets = empty_like(offsets)
    total = simplify_strokes(
        points, offsets, closed, tolerance_px, longest + 1, columns, stack, kept_points, kept_offsets
    )
    return Chains(copied(kept_points[:total]), kept_offsets, closed)


@jitted
def _farthest_point(columns: Any, room: int, size: int, reference: int) -> int:
    """The point that is farthest from the reference point; the first of equals."""
    most = _f32(-1)
    found = reference
    for i in range(size):
        vx = columns[i] - columns[reference]
        vy = columns[room + i] - columns[room + reference]
        squared = vx * vx + vy * vy
        if squared > most:
            most = squared
            found = i
    return found


@kernel
def simplify_strokes(
    points: ReadF32,
    offsets: ReadI64,
    closed: ReadU8,
    tolerance: float,
    room: int,
    columns: WriteF32,
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
    room : int
        One more than the points of the longest stroke.
    columns : (3, room) float32, scratch
        x and y of a stroke, a loop turned so that it begins and ends at an anchor; and distances.
    stack : (room + 1,) int64, scratch
    kept_points : (N + 1, 2) float32, written
        One more than can be kept: a loop's first point is written again, and overwritten.
    kept_offsets : (S + 1,) int64, written
    """
    one, two = _u64(1), _u64(2)
    squared_tolerance = tolerance * tolerance
    down = _u64(room)
    distances = _u64(2 * room)
    # The bits of positive floats are ordered as these are, and the greatest of integers is found eight at a time.
    bits = columns.view(np.int32)
    n = _u64(0)
    kept_offsets[n] = 0
    for stroke in range(_u64(closed.size)):
        first = _u64(offsets[stroke])
        size = _u64(offsets[stroke + one]) - first
        if size == 0:
            kept_offsets[stroke + one] = _i64(n)
            continue
        for i in range(size):
            columns[i] = points[two * (first + i)]
            columns[down + i] = points[two * (first + i) + one]
        # A point alone, or many in one place, has nothing between its ends.
        stack[_u64(0)] = _i64(size - one)
        depth = _u64(size > one)
        is_loop = closed[stroke] != 0 and size > one
        if is_loop:
            opposite = _farthest_point(columns, room, _i64(size), _i64(0))
            anchor = _farthest_point(columns, room, _i64(size), opposite)
            turn = first + _u64(min(anchor, opposite))
            stop = first + size
            for i in range(size + one):
                k = turn + i if turn + i < stop else turn + i - size
                columns[i] = points[two * k]
                columns[down + i] = points[two * k + one]
            stack[_u64(0)] = _i64(size)
            stack[one] = abs(anchor - opposite)
            depth = two if stack[one] > 0 else _u64(0)
        kept_points[two * n] = columns[_u64(0)]
        kept_points[two * n + one] = columns[down]
        n += one
        start = _u64(0)
        while depth > _u64(0):
            end = _u64(stack[depth - one])
            x, y = columns[start], columns[down + start]
            ux, uy = columns[end] - x, columns[down + end] - y
            length = ux * ux + uy * uy
            # Distances are compared times the segment's length: no division.
            scale = length if length > _f32(0) else _f32(1)
            for i in range(start + one, end):
                vx, vy = columns[i] - x, columns[down + i] - y
                along = vx * ux + vy * uy
                across = vx * uy - vy * ux
                wx, wy = vx - ux, vy - uy
                before = (vx * vx + vy * vy) * scale
                behind = (wx * wx + wy * wy) * scale
                beside = across * across
                off_end = behind if along >= length else beside
                columns[distances + i] = before if along <= _f32(0) else off_end
            largest = np.int32(0)
            for i in range(start + one, end):
                largest = max(largest, bits[distances + i])
            if np.int32(largest).view(np.float32) > squared_tolerance * scale:
                middle = start + one
                while bits[distances + middle] != largest:
                    middle += one
                stack[depth] = _i64(middle)
                depth += one
                continue
            kept_points[two * n] = columns[end]
            kept_points[two * n + one] = columns[down + end]
            n += one
            start = end
            depth -= one
        if is_loop and stack[one] > 0:
            n -= one  # A loop's first point again.
        kept_offsets[stroke + one] = _i64(n)
    return int(n)
