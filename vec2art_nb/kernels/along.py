"""Values known at the points of chains: freed from short peaks, and brought to the curves fitted to the chains."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import empty, empty_like
from vec2art_nb.kernels._jit import ReadF32, ReadI32, ReadI64, ReadU8, WriteF32, jitted, kernel

# For the type checker these are any numbers, as all is between kernels.
_i64: Any = np.int64
_f32: Any = np.float32
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
    values = empty(len(points), np.float32)
    follow_chains(chain_points, chain_offsets, chain_values, points, codes, offsets, strokes, values)
    return values


def without_peaks(
    values: NDArray[np.float32], offsets: NDArray[np.int64], least_reach: int, largest_reach: int
) -> NDArray[np.float32]:
    """Values along each chain without peaks shorter than these are wide: a morphological opening along it.

    Parameters
    ----------
    values : (N,) float32
        Half widths, in steps from one point to the next; finite.
    offsets : (S + 1,) int64
    least_reach, largest_reach : int
        A chain is opened with so many points on either side as it is wide in the mean, but within these.

    Returns
    -------
    opened : (N,) float32
    """
    opened = empty_like(values)
    longest = int(np.diff(offsets).max(initial=0)) + 2 * largest_reach
    open_chains(values, offsets, least_reach, largest_reach, empty(longest, np.float32), opened)
    return opened


@kernel
def open_chains(
    values: ReadF32,
    offsets: ReadI64,
    least_reach: int,
    largest_reach: int,
    work: WriteF32,
    opened: WriteF32,
) -> None:
    """Erosion, then dilation along each chain, in a time that grows with the logarithm of how far they reach.

    Parameters
    ----------
    values : (N,) float32
    offsets : (S + 1,) int64
    least_reach, largest_reach : int
    work : (W,) float32, written
        At least the points of the longest chain and two reaches more.
    opened : (N,) float32, written
    """
    infinity = _f32(np.inf)
    for chain in range(offsets.size - 1):
        first = offsets[chain]
        count = offsets[chain + 1] - first
        total = 0.0
        for i in range(first, first + count):
            total += _f64(values[i])
            opened[i] = values[i]
        # Half to even, as NumPy rounds.
        wide = np.rint(2.0 * total / max(count, 1))
        reach = _i64(min(max(wide, _f64(least_reach)), _f64(largest_reach)))
        window = 2 * reach + 1
        # A dilation is the erosion of what is negated.
        for _ in range(2):
            length = count + 2 * reach
            for k in range(reach):
                work[k] = infinity
                work[length - 1 - k] = infinity
            for i in range(count):
                work[reach + i] = opened[first + i]
            # The least of two values, of four, of eight …, then of the window as two of these that overlap.
            span = _i64(1)
            while 2 * span <= window:
                length -= span
                for k in range(length):
                    work[k] = min(work[k], work[k + span])
                span *= 2
            for i in range(count):
                opened[first + i] = -min(work[i], work[i + window - span])


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
            # Mostly a path begins where its chain does.
            if least == 0.0:
                break
    return found


@jitted
def _gather(chain: Any, first: int, count: int, gone: Any) -> bool:
    """How far each point is along the chain, there and round to the first again; whether the chain is a loop.

    It is one when its ends are as near each other as its other points, about.
    """
    total, gap = 0.0, 0.0
    gone[0] = 0.0
    px, py = _f64(chain[2 * first]), _f64(chain[2 * first + 1])
    for i in range(1, count + 1):
        k = first + (i if i < count else 0)
        qx, qy = _f64(chain[2 * k]), _f64(chain[2 * k + 1])
        gap = math.sqrt((qx - px) * (qx - px) + (qy - py) * (qy - py))
        total += gap
        gone[i] = total
        px, py = qx, qy
    result: bool = count > 2 and gap * count <= 3.0 * total
    return result


@jitted
def _advance(
    chain: Any, gone: Any, first: int, count: int, is_loop: bool, start: int, step: int, length: float,
    x: float, y: float,
) -> tuple[int, float]:  # fmt: skip
    """How many points further along the chain (x, y) is, about ``length`` away, and how far off that is, squared."""
    longest = 1.5 * length + 4.0
    here = start % count
    begin = gone[here]
    found = _i64(0)
    least = np.inf
    done = 0.0
    k = _i64(0)
    while k <= count and done <= longest:
        # Where a chain passes twice, the way there decides.
        late = 0.25 * (done - length)
        if late > 0.0 and late * late >= least:
            break
        px, py = _f64(chain[2 * (first + here)]), _f64(chain[2 * (first + here) + 1])
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
            begin -= step * gone[count]
        done = step * (gone[here] - begin)
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
    values: Any, gone: Any, first: int, count: int, start: int, step: int, advance: int, lengths: Any
) -> tuple[float, float]:
    """The two inner values of the Bernstein polynomial through the end values that is nearest to those between."""
    here = start % count
    end = (start + step * advance) % count
    v0 = _f64(values[first + here])
    v3 = _f64(values[first + end])
    low, high = min(v0, v3), max(v0, v3)
    c11, c12, c22, r1, r2 = 0.0, 0.0, 0.0, 0.0, 0.0
    begin = gone[here]
    total = step * (gone[end] - begin)
    if (end - here) * step <= 0 and advance > 0:
        total += gone[count]
    part = _i64(0)
    for _ in range(1, advance):
        here += step
        if here < 0 or here >= count:
            here = count - 1 if here < 0 else _i64(0)
            begin -= step * gone[count]
        value = _f64(values[first + here])
        low, high = min(low, value), max(high, value)
        if total > 0.0:
            # Where the curve has gone as great a share of its length.
            along = step * (gone[here] - begin) / total * lengths[_PARTS]
            while part < _PARTS - 1 and lengths[part + 1] < along:
                part += 1
            width = lengths[part + 1] - lengths[part]
            t = (part + (min(1.0, (along - lengths[part]) / width) if width > 0.0 else 0.0)) / _PARTS
            s = 1.0 - t
            b1, b2 = 3.0 * s * s * t, 3.0 * s * t * t
            rest = value - s * s * s * v0 - t * t * t * v3
            c11 += b1 * b1
            c12 += b1 * b2
            c22 += b2 * b2
            r1 += b1 * rest
            r2 += b2 * rest
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
    longest = _i64(0)
    for chain in range(chain_offsets.size - 1):
        longest = max(longest, chain_offsets[chain + 1] - chain_offsets[chain])
    gone = np.empty(longest + 1)
    gathered = _i64(-1)
    is_loop = False
    for path in range(strokes.size):
        chain = _i64(strokes[path])
        first = chain_offsets[chain]
        count = chain_offsets[chain + 1] - first
        # Paths of one chain mostly follow each other.
        if chain != gathered:
            is_loop = _gather(chain_points, first, count, gone)
            gathered = chain
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
            advance, off = _advance(chain_points, gone, first, count, is_loop, position, step, length, x, y)
            if direction == 0:
                back, back_off = _advance(chain_points, gone, first, count, is_loop, position, _i64(-1), length, x, y)
                # Where both would do, a later segment decides.
                if back_off + 1.0 < off:
                    direction = _i64(-1)
                elif off + 1.0 < back_off:
                    direction = _i64(1)
                step = _i64(-1) if direction < 0 else _i64(1)
                advance = back if direction < 0 else advance
            end = (position + step * advance) % count
            if is_curve:
                values[i], values[i + 1] = _fit(chain_values, gone, first, count, position, step, advance, lengths)
            values[last] = chain_values[first + end]
            position = end
            i = last + 1
