"""Which strokes are contours and which are texture: short ones in a crowd are left out.

References
----------
Grigorescu, Petkov, Westenberg (2003), Contour detection based on nonclassical receptive field inhibition, IEEE TIP
12(7): an edge among many others means less. Here strokes are weighed and not pixels.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import copied, empty, empty_like, zeros
from vec2art_nb.kernels._jit import ReadF32, ReadI16, ReadI64, ReadU8, WriteF32, WriteI64, WriteU8, jitted, kernel
from vec2art_nb.kernels.strokes import Chains

# For the type checker these are any numbers, as all is between kernels.
_i64: Any = np.int64
_u64: Any = np.uint64
_f32: Any = np.float32

CELL = 16  # Side in px of the squares in which points are counted; 3×3 of them are a stroke's surroundings.

# Stroke points per square pixel that do not crowd: four lines side by side across the surroundings.
_CALM = 0.045

# How much longer a stroke must be for each such density above that.
_STEEPNESS = 4.0

# A stroke with twice the contrast of its surroundings needs half the length, and so on within these bounds.
_FAINTEST, _STRONGEST = 0.5, 4.0

# Closed outlines are things, and letters: they count as so many times as long.
_CLOSED = 3.0


def keep_contours(
    chains: Chains, dx: NDArray[np.int16], dy: NDArray[np.int16], min_length_px: float, declutter: float
) -> Chains:
    """Leave out strokes that are shorter than ``min_length_px``, or short and faint for the crowd that they stand in.

    Parameters
    ----------
    chains : Chains
        Closed strokes count their closing side.
    dx, dy : (H, W) int16
        The gradient.
    min_length_px : float
        Shortest stroke that is kept anywhere.
    declutter : float
        0 looks at lengths only. At 1 a stroke among foliage has to be several times as long, or to stand out.
    """
    height, width = dx.shape
    rows, columns = height // CELL + 3, width // CELL + 3
    counts, sums, crowd, contrast = zeros((4, rows, columns), np.float32)
    strokes = len(chains.closed)
    if declutter > 0:
        count_points(chains.points, dx, dy, height, width, columns, counts, sums)
        sum_around(counts, sums, rows, columns, crowd, contrast)
    points = empty_like(chains.points)
    offsets = empty(strokes + 1, np.int64)
    closed = empty(strokes, np.uint8)
    kept = copy_contours(
        *chains, dx, dy, height, width, min_length_px, declutter, columns, crowd, contrast, points, offsets, closed
    )
    if kept == strokes:
        return chains
    return Chains(copied(points[: offsets[kept]]), copied(offsets[: kept + 1]), copied(closed[:kept]))


# Only numbers are handed to these: arrays would cost more than what they do.
@jitted
def _pixel(x: Any, y: Any, height: int, width: int) -> Any:
    return _u64(min(max(_i64(y), 0), height - 1) * width + min(max(_i64(x), 0), width - 1))


@jitted
def _cell(x: Any, y: Any, columns: int) -> Any:
    return _u64((_i64(y) // CELL + 1) * columns + _i64(x) // CELL + 1)


@jitted
def _magnitude(dx: Any, dy: Any) -> Any:
    a, b = _f32(dx), _f32(dy)
    return np.sqrt(a * a + b * b)


@kernel
def count_points(
    points: ReadF32,
    dx: ReadI16,
    dy: ReadI16,
    height: int,
    width: int,
    columns: int,
    counts: WriteF32,
    sums: WriteF32,
) -> None:
    """Count points in cells and add up the gradient there, with a border of empty cells; every eighth point."""
    for i in range(_u64(0), _u64(points.size), _u64(16)):
        x, y = points[i], points[i + _u64(1)]
        cell = _cell(x, y, columns)
        p = _pixel(x, y, height, width)
        counts[cell] += _f32(8)
        sums[cell] += _f32(8) * _magnitude(dx[p], dy[p])


@kernel
def sum_around(counts: ReadF32, sums: ReadF32, rows: int, columns: int, crowd: WriteF32, contrast: WriteF32) -> None:
    """Points per square pixel and their mean gradient in the 3×3 cells around each; those of the border stay 0."""
    for row in range(1, rows - 1):
        for column in range(1, columns - 1):
            count, total = _f32(0), _f32(0)
            for near in range(9):
                cell = (row + near // 3 - 1) * columns + column + near % 3 - 1
                count += counts[cell]
                total += sums[cell]
            crowd[row * columns + column] = count * _f32(1 / (9 * CELL * CELL))
            contrast[row * columns + column] = total / max(count, _f32(1))


@kernel
def copy_contours(
    points: ReadF32,
    offsets: ReadI64,
    closed: ReadU8,
    dx: ReadI16,
    dy: ReadI16,
    height: int,
    width: int,
    min_length: float,
    declutter: float,
    columns: int,
    crowd: ReadF32,
    contrast: ReadF32,
    kept_points: WriteF32,
    kept_offsets: WriteI64,
    kept_closed: WriteU8,
) -> int:
    """Copy the strokes that are long enough for where they stand; returns how many.

    Parameters
    ----------
    points, offsets, closed : as in `Chains`
    dx, dy, min_length, declutter : see `keep_contours`
    columns, crowd, contrast : as `sum_around` wrote them
    kept_points, kept_offsets, kept_closed : as large as the first three, written
    """
    one, two, eight = _u64(1), _u64(2), _u64(8)
    kept = _u64(0)
    n = _u64(0)
    kept_offsets[kept] = 0
    for stroke in range(_u64(closed.size)):
        start = _u64(offsets[stroke])
        end = _u64(offsets[stroke + one])
        outstanding, closure, least = _f32(1), _f32(1), min_length
        length = _f32(0)
        i = start
        previous = end - one if closed[stroke] != 0 else start
        is_weighed = declutter <= _f32(0)
        # A stroke is measured only as far as it takes to know that it is long enough, first for any place.
        while True:
            while i < end and length * outstanding * closure < least:
                vx = points[two * i] - points[two * previous]
                vy = points[two * i + one] - points[two * previous + one]
                length += np.sqrt(vx * vx + vy * vy)
                previous = i
                i += one
            if is_weighed or length < min_length:
                break
            is_weighed = True
            crowding, around, own, count = _f32(0), _f32(0), _f32(0), _f32(0)
            for k in range(start, end, eight):
                x, y = points[two * k], points[two * k + one]
                cell = _cell(x, y, columns)
                p = _pixel(x, y, height, width)
                crowding += crowd[cell]
                around += contrast[cell]
                own += _magnitude(dx[p], dy[p])
                count += _f32(1)
            excess = max(_f32(0), crowding / count * _f32(1 / _CALM) - _f32(1))
            outstanding = min(max(own / max(around, _f32(1)), _f32(_FAINTEST)), _f32(_STRONGEST))
            closure = _f32(_CLOSED) if closed[stroke] != 0 else _f32(1)
            least = min_length * (_f32(1) + declutter * _f32(_STEEPNESS) * excess)
        if length * outstanding * closure < least:
            continue
        for i in range(two * start, two * end):
            kept_points[two * (n - start) + i] = points[i]
        n += end - start
        kept_closed[kept] = closed[stroke]
        kept += one
        kept_offsets[kept] = _i64(n)
    return int(kept)
