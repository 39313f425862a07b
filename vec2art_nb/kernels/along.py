"""Values known at the points of a chain, brought to the curves fitted to it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.kernels._jit import ReadF32, ReadI32, ReadI64, ReadU8, WriteF32, jitted, kernel

# For the type checker these are any numbers, as all is between kernels.
_i64: Any = np.int64
_f64: Any = np.float64

_LINETO, _CURVE4 = 2, 4  # As in matplotlib.path.

# A curve is measured at so many places.
_PARTS = 8


def values_along(
    chain_points: NDArray[np.float32],
    chain_offsets: NDArray[np.int64],
    chain_values: NDArray[np.float32],
    points: NDArray[np.float32],
    codes: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    strokes: NDArray[np.int32],
) -> NDArray[np.float32]:
    """A value for each vertex and control point, so that along each path the values of its chain are followed.

    Along a Bézier the value is the Bernstein polynomial of its four values, and these are fitted by least squares to
    the chain's; at vertices it is the chain's there. Where no value of the chain is negative, none here is.

    A path need not begin where its chain does (a closed one may begin anywhere), it may run the other way, leave out
    points, and cover only a part; several paths may follow one chain.

    Parameters
    ----------
    chain_points : (N, 2) float32
    chain_offsets : (S + 1,) int64
        No chain that a path follows is empty.
    chain_values : (N,) float32
        Finite.
    points : (M, 2) float32
    codes : (M,) uint8
        As in ``matplotlib.path``: 1 MOVETO, 2 LINETO, 4 CURVE4 in threes.
    offsets : (P + 1,) int64
    strokes : (P,) int32
        The chain that each path follows.

    Returns
    -------
    values : (M,) float32
    """
    values = np.empty(len(points), np.float32)
    follow_chains(chain_points, chain_offsets, chain_values, points, codes, offsets, strokes, values)
    return values


@jitted
def _nearest(chain: Any, first: int, count: int, x: float, y: float) -> int:
    """The point of the chain that is nearest; the first of equals."""
    found: int = _i64(0)
    least = np.inf
    for i in range(count):
        dx = _f64(chain[2 * (first + i)]) - x
        dy = _f64(chain[2 * (first + i) + 1]) - y
        squared = dx * dx + dy * dy
        if squared < least:
            least = squared
            found = i
    return found


@jitted
def _is_loop(chain: Any, first: int, count: int) -> bool:
    """Whether the chain's ends are as near each other as its other points, about."""
    total = 0.0
    gap = 0.0
    for i in range(count):
        k = first + (i + 1 if i + 1 < count else 0)
        dx = _f64(chain[2 * k]) - _f64(chain[2 * (first + i)])
        dy = _f64(chain[2 * k + 1]) - _f64(chain[2 * (first + i) + 1])
        gap = math.sqrt(dx * dx + dy * dy)
        total += gap
    result: bool = count > 2 and gap * count <= 3.0 * total
    return result


@jitted
def _advance(
    chain: Any, first: int, count: int, is_loop: bool, start: int, step: int, length: float, x: float, y: float
) -> tuple[int, float]:
    """How many points further along the chain (x, y) is, about ``length`` away, and how far off that is, squared."""
    longest = 1.5 * length + 4.0
    here = start % count
    px, py = _f64(chain[2 * (first + here)]), _f64(chain[2 * (first + here) + 1])
    found = _i64(0)
    least = np.inf
    gone = 0.0
    k = _i64(0)
    while k <= count and gone <= longest:
        # Where a chain passes twice, the way there decides.
        late = 0.25 * (gone - length)
        cost = (px - x) * (px - x) + (py - y) * (py - y) + late * late
        if cost < least:
            least = cost
            found = k
        k += 1
        here += step
        if here < 0 or here >= count:
            if not is_loop:
                break
            here = count - 1 if here < 0 else _i64(0)
        qx, qy = _f64(chain[2 * (first + here)]), _f64(chain[2 * (first + here) + 1])
        gone += math.sqrt((qx - px) * (qx - px) + (qy - py) * (qy - py))
        px, py = qx, qy
    return found, least


@jitted
def _measure(points: Any, at: int, is_curve: bool, lengths: Any) -> float:
    """The length of the line or curve from the point before ``at``; of a curve, ``lengths`` takes that of its parts."""
    x0, y0 = _f64(points[2 * at - 2]), _f64(points[2 * at - 1])
    x1, y1 = _f64(points[2 * at]), _f64(points[2 * at + 1])
    if not is_curve:
        return math.sqrt((x1 - x0) * (x1 - x0) + (y1 - y0) * (y1 - y0))
    x2, y2 = _f64(points[2 * at + 2]), _f64(points[2 * at + 3])
    x3, y3 = _f64(points[2 * at + 4]), _f64(points[2 * at + 5])
    px, py = x0, y0
    total = 0.0
    lengths[0] = 0.0
    for k in range(1, _PARTS + 1):
        t = k / _PARTS
        s = 1.0 - t
        qx = s * s * s * x0 + 3.0 * s * s * t * x1 + 3.0 * s * t * t * x2 + t * t * t * x3
        qy = s * s * s * y0 + 3.0 * s * s * t * y1 + 3.0 * s * t * t * y2 + t * t * t * y3
        total += math.sqrt((qx - px) * (qx - px) + (qy - py) * (qy - py))
        lengths[k] = total
        px, py = qx, qy
    return total


@jitted
def _fit(
    chain: Any, values: Any, first: int, count: int, start: int, step: int, advance: int, lengths: Any
) -> tuple[float, float]:
    """The two inner values of the Bernstein polynomial through the end values that is nearest to those between."""
    v0 = _f64(values[first + start % count])
    v3 = _f64(values[first + (start + step * advance) % count])
    low, high = min(v0, v3), max(v0, v3)
    c11, c12, c22, r1, r2 = 0.0, 0.0, 0.0, 0.0, 0.0
    total = 0.0
    for turn in range(2):
        gone = 0.0
        part = _i64(0)
        here = start % count
        px, py = _f64(chain[2 * (first + here)]), _f64(chain[2 * (first + here) + 1])
        for _ in range(1, advance):
            here = (here + step) % count
            qx, qy = _f64(chain[2 * (first + here)]), _f64(chain[2 * (first + here) + 1])
            gone += math.sqrt((qx - px) * (qx - px) + (qy - py) * (qy - py))
            px, py = qx, qy
            if turn == 1 and total > 0.0:
                # Where the curve has gone as great a share of its length.
                along = gone / total * lengths[_PARTS]
                while part < _PARTS - 1 and lengths[part + 1] < along:
                    part += 1
                width = lengths[part + 1] - lengths[part]
                t = (part + (min(1.0, (along - lengths[part]) / width) if width > 0.0 else 0.0)) / _PARTS
                s = 1.0 - t
                b1, b2 = 3.0 * s * s * t, 3.0 * s * t * t
                value = _f64(values[first + here])
                low, high = min(low, value), max(high, value)
                rest = value - s * s * s * v0 - t * t * t * v3
                c11 += b1 * b1
                c12 += b1 * b2
                c22 += b2 * b2
                r1 += b1 * rest
                r2 += b2 * rest
        here = (here + step) % count
        qx, qy = _f64(chain[2 * (first + here)]), _f64(chain[2 * (first + here) + 1])
        total = gone + math.sqrt((qx - px) * (qx - px) + (qy - py) * (qy - py))
    v1, v2 = (2.0 * v0 + v3) / 3.0, (v0 + 2.0 * v3) / 3.0
    determinant = c11 * c22 - c12 * c12
    if advance > 3 and determinant > 1e-6:
        v1 = (c22 * r1 - c12 * r2) / determinant
        v2 = (c11 * r2 - c12 * r1) / determinant
    # Some way beyond, or the polynomial would not reach a peak; but what is a width stays one.
    margin = 0.5 * (high - low)
    least = max(0.0, low - margin) if low >= 0.0 else low - margin
    return min(high + margin, max(least, v1)), min(high + margin, max(least, v2))


@kernel
def follow_chains(
    chain_points: ReadF32,
    chain_offsets: ReadI64,
    chain_values: ReadF32,
    points: ReadF32,
    codes: ReadU8,
    offsets: ReadI64,
    strokes: ReadI32,
    values: WriteF32,
) -> None:
    """Values for the points of each path.

    Parameters
    ----------
    chain_points : (N, 2) float32
    chain_offsets : (S + 1,) int64
    chain_values : (N,) float32
    points : (M, 2) float32
    codes : (M,) uint8
    offsets : (P + 1,) int64
    strokes : (P,) int32
    values : (M,) float32, written
    """
    lengths = np.empty(_PARTS + 1)
    for path in range(strokes.size):
        chain = _i64(strokes[path])
        first = chain_offsets[chain]
        count = chain_offsets[chain + 1] - first
        is_loop = _is_loop(chain_points, first, count)
        begin, stop = offsets[path], offsets[path + 1]
        position = _i64(0)
        direction = _i64(0)
        i = begin
        while i < stop:
            if codes[i] != _LINETO and codes[i] != _CURVE4:
                position = _nearest(chain_points, first, count, points[2 * i], points[2 * i + 1])
                values[i] = chain_values[first + position]
                direction = 0
                i += 1
                continue
            is_curve = codes[i] == _CURVE4
            last = i + 2 if is_curve else i
            length = _measure(points, i, is_curve, lengths)
            x, y = _f64(points[2 * last]), _f64(points[2 * last + 1])
            step = direction if direction != 0 else _i64(1)
            advance, off = _advance(chain_points, first, count, is_loop, position, step, length, x, y)
            if direction == 0:
                back, back_off = _advance(chain_points, first, count, is_loop, position, _i64(-1), length, x, y)
                # Where both would do, a later segment decides.
                if back_off + 1.0 < off:
                    direction = _i64(-1)
                elif off + 1.0 < back_off:
                    direction = _i64(1)
                step = _i64(-1) if direction < 0 else _i64(1)
                advance = back if direction < 0 else advance
            end = (position + step * advance) % count
            if is_curve:
                values[i], values[i + 1] = _fit(
                    chain_points, chain_values, first, count, position, step, advance, lengths
                )
            values[last] = chain_values[first + end]
            position = end
            i = last + 1
