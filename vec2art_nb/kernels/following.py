"""Strokes written out: edges one after the other, with what connects them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.kernels._jit import ReadF32, ReadI32, ReadI64, ReadU8, WriteF32, WriteI64, WriteU8, jitted, kernel
from vec2art_nb.kernels.connecting import connect

# For the type checker these are any numbers, as all is between kernels.
_i64: Any = np.int64
_f64: Any = np.float64
_f32: Any = np.float32

# What an end without a partner aims at, and how a way to a partner may go.
AIMED, VIA = 1, 2


class PenStrokes(NamedTuple):
    """Strokes with the width of the pen.

    Attributes
    ----------
    points : (N, 2) float32
        px in the pixel plane, about one apart. A closed stroke does not repeat its first point.
    half_widths : (N,) float32
        px.
    offsets : (S + 1,) int64
    closed : (S,) uint8
    """

    points: NDArray[np.float32]
    half_widths: NDArray[np.float32]
    offsets: NDArray[np.int64]
    closed: NDArray[np.uint8]


def long_enough(strokes: PenStrokes, min_length_px: float) -> PenStrokes:
    """Leave out strokes whose ink, with the pen's round ends, is shorter than ``min_length_px``."""
    count = len(strokes.closed)
    if count == 0 or min_length_px <= 0:
        return strokes
    starts, stops = strokes.offsets[:-1], strokes.offsets[1:]
    sides = np.hypot(*np.diff(strokes.points, axis=0, append=strokes.points[-1:]).T).astype(np.float64)
    sides[stops - 1] = 0
    # Closed strokes count their closing side.
    back = np.hypot(*(strokes.points[stops - 1] - strokes.points[starts]).T)
    thickest = 2 * np.maximum.reduceat(strokes.half_widths, starts)
    lengths = np.add.reduceat(sides, starts) + np.where(strokes.closed, back, thickest)
    kept = lengths >= min_length_px
    if kept.all():
        return strokes
    sizes = (stops - starts)[kept]
    of_points = np.repeat(kept, stops - starts)
    offsets = np.concatenate(([0], np.cumsum(sizes)))
    return PenStrokes(strokes.points[of_points], strokes.half_widths[of_points], offsets, strokes.closed[kept])


@jitted
def _beside(edge_points: Any, first: int, count: int, end: int, k: int, offset: float, pen: float, out: Any) -> None:
    """The k-th point of a tip's edge from the junction, moved aside to where a pen's outline is that of the ink."""
    at = 3 * (first + (k if end & 1 == 0 else count - 1 - k))
    low, high = max(k - 2, 0), min(k + 2, count - 1)
    a = 3 * (first + (low if end & 1 == 0 else count - 1 - low))
    b = 3 * (first + (high if end & 1 == 0 else count - 1 - high))
    dx, dy = _f64(edge_points[b]) - edge_points[a], _f64(edge_points[b + 1]) - edge_points[a + 1]
    length = np.sqrt(dx * dx + dy * dy)
    away = max(edge_points[at + 2] - pen, 0.0) * offset / length if length > 0.0 else 0.0
    out[0] = edge_points[at] - away * dy
    out[1] = edge_points[at + 1] + away * dx


@jitted
def _by_tip(
    mask: Any, height: int, width: int, edge_points: Any, edge_offsets: Any, ends: Any, tips: Any,
    out: int, following: int, points: Any, n: int,
) -> int:  # fmt: skip
    """Write the way from one end up to a tip and down to another end; returns the number of points.

    Both lines are in the ink of the tip's edge, each half a pen from its own outline.
    """
    place = np.empty(2)
    other = np.empty(2)
    stub = _i64(tips[out]) >> 1
    tip = 6 * (stub ^ 1)
    first = edge_offsets[stub >> 1]
    count = edge_offsets[(stub >> 1) + 1] - first
    a, b = 6 * out, 6 * following
    pen = min(_f64(ends[a + 4]), _f64(ends[b + 4]))
    for leg in range(2):
        offset = 1.0 - 2.0 * (tips[following if leg else out] & 1)
        if leg == 0:
            _beside(edge_points, first, count, stub, 0, offset, pen, place)
            _beside(edge_points, first, count, stub, min(_i64(5), count - 1), offset, pen, other)
            dx, dy = place[0] - other[0], place[1] - other[1]
            length = np.sqrt(dx * dx + dy * dy)
            if length > 0.0:
                n = connect(
                    mask, height, width,
                    _f64(ends[a]), _f64(ends[a + 1]), _f64(ends[a + 2]), _f64(ends[a + 3]), _f64(ends[a + 4]),
                    place[0], place[1], dx / length, dy / length, pen, points, n,
                )  # fmt: skip
        for i in range(count):
            k = count - 1 - i if leg else _i64(i)
            _beside(edge_points, first, count, stub, k, offset, pen, place)
            points[3 * n] = place[0]
            points[3 * n + 1] = place[1]
            points[3 * n + 2] = pen
            n += 1
        if leg == 0:
            # The tip itself, and what is between.
            for side in range(2):
                _beside(edge_points, first, count, stub, count - 1, 1.0 - 2.0 * (tips[following] & 1), pen, other)
                from_x, from_y = _f64(points[3 * n - 3]), _f64(points[3 * n - 2])
                x = other[0] if side else _f64(ends[tip])
                y = other[1] if side else _f64(ends[tip + 1])
                steps = _i64(np.sqrt((x - from_x) ** 2 + (y - from_y) ** 2) + 0.5)
                for k in range(1, steps):
                    points[3 * n] = from_x + (x - from_x) * k / steps
                    points[3 * n + 1] = from_y + (y - from_y) * k / steps
                    points[3 * n + 2] = pen
                    n += 1
                if side == 0:
                    points[3 * n] = x
                    points[3 * n + 1] = y
                    points[3 * n + 2] = pen
                    n += 1
        else:
            _beside(edge_points, first, count, stub, min(_i64(5), count - 1), offset, pen, other)
            dx, dy = place[0] - other[0], place[1] - other[1]
            length = np.sqrt(dx * dx + dy * dy)
            if length > 0.0:
                n = connect(
                    mask, height, width, place[0], place[1], dx / length, dy / length, pen,
                    _f64(ends[b]), _f64(ends[b + 1]), _f64(ends[b + 2]), _f64(ends[b + 3]), _f64(ends[b + 4]),
                    points, n,
                )  # fmt: skip
    return n


@kernel
def follow_edges(
    mask: ReadU8,
    height: int,
    width: int,
    edge_points: ReadF32,
    edge_offsets: ReadI64,
    ends: ReadF32,
    partners: ReadI32,
    targets: ReadF32,
    is_aimed: ReadU8,
    tips: ReadI32,
    done: WriteU8,
    points: WriteF32,
    offsets: WriteI64,
    closed: WriteU8,
) -> int:
    """Write the strokes: edges one after the other, with what connects them; returns how many.

    Parameters
    ----------
    mask : (H, W) uint8
    edge_points, edge_offsets, ends : see `vec2art_nb.kernels.centering.Centered`
    partners, targets, is_aimed, tips : as `pair_ends` and `bridge_ends` wrote them
    done : (E,) uint8, used up
        1 for the edges that are not drawn.
    points : (N, 3) float32, written
        x, y, half the width.
    offsets : (at least S + 1,) int64, written
    closed : (at least S,) uint8, written
    """
    n = _i64(0)
    strokes = _i64(0)
    offsets[0] = 0
    edges = _i64(done.size)
    # Strokes with ends first, then what is left: loops.
    for loops in range(2):
        for seed in range(2 * edges):
            e = _i64(seed >> 1)
            if done[e] or edge_offsets[e] == edge_offsets[e + 1] or (loops == 0 and partners[seed] >= 0):
                continue
            is_plain_loop = ends[12 * e + 4] == _f32(0) and ends[12 * e + 10] == _f32(0)
            if loops == 0 and is_plain_loop:
                continue
            first = n
            end = _i64(seed)
            is_closed = loops == 1
            while True:
                e = end >> 1
                done[e] = 1
                low, high = edge_offsets[e], edge_offsets[e + 1]
                a = 6 * end
                if not is_plain_loop and partners[end] < 0:
                    # How it begins: at the true end, or at the stroke that it leaves.
                    x = targets[2 * end] if is_aimed[end] else ends[a]
                    y = targets[2 * end + 1] if is_aimed[end] else ends[a + 1]
                    near = low if end & 1 == 0 else high - 1
                    dx, dy = _f64(edge_points[3 * near]) - x, _f64(edge_points[3 * near + 1]) - y
                    steps = _i64(np.sqrt(dx * dx + dy * dy) + 0.5)
                    for k in range(steps):
                        points[3 * n] = x + dx * k / steps
                        points[3 * n + 1] = y + dy * k / steps
                        points[3 * n + 2] = ends[a + 4]
                        n += 1
                for k in range(low, high):
                    i = 3 * (k if end & 1 == 0 else high - 1 - (k - low))
                    points[3 * n] = edge_points[i]
                    points[3 * n + 1] = edge_points[i + 1]
                    points[3 * n + 2] = edge_points[i + 2]
                    n += 1
                if is_plain_loop:
                    break
                out = end ^ 1
                a = 6 * out
                if partners[out] < 0:
                    x = targets[2 * out] if is_aimed[out] else ends[a]
                    y = targets[2 * out + 1] if is_aimed[out] else ends[a + 1]
                    from_x, from_y = _f64(points[3 * n - 3]), _f64(points[3 * n - 2])
                    dx, dy = x - from_x, y - from_y
                    steps = _i64(np.sqrt(dx * dx + dy * dy) + 0.5)
                    for k in range(1, steps + 1):
                        points[3 * n] = from_x + dx * k / steps
                        points[3 * n + 1] = from_y + dy * k / steps
                        points[3 * n + 2] = ends[a + 4]
                        n += 1
                    break
                following = _i64(partners[out])
                b = 6 * following
                if is_aimed[out] == VIA:
                    n = _by_tip(mask, height, width, edge_points, edge_offsets, ends, tips, out, following, points, n)
                else:
                    n = connect(
                        mask, height, width,
                        _f64(ends[a]), _f64(ends[a + 1]), _f64(ends[a + 2]), _f64(ends[a + 3]), _f64(ends[a + 4]),
                        _f64(ends[b]), _f64(ends[b + 1]), _f64(ends[b + 2]), _f64(ends[b + 3]), _f64(ends[b + 4]),
                        points, n,
                    )  # fmt: skip
                if following >> 1 == seed >> 1:
                    break
                end = following
            if n - first < 2:
                # A lone point: a dot.
                for k in range(3):
                    points[3 * n + k] = points[3 * n - 3 + k]
                points[3 * n] += _f32(0.2)
                n += 1
            closed[strokes] = is_closed and n - first > 3
            strokes += 1
            offsets[strokes] = n
    return int(strokes)
