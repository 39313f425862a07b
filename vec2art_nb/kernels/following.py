"""Strokes written out: edges one after the other, with what connects them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import copied, empty
from vec2art_nb.kernels._jit import ReadF32, ReadI32, ReadI64, ReadU8, WriteF32, WriteI64, WriteU8, jitted, kernel
from vec2art_nb.kernels.centering import Centered
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


def followed(
    centered: Centered,
    mask: NDArray[np.uint8],
    partners: NDArray[np.int32],
    targets: NDArray[np.float32],
    is_aimed: NDArray[np.uint8],
    tips: NDArray[np.int32],
    dropped: NDArray[np.uint8],
    min_length_px: float,
) -> PenStrokes:
    """The strokes; see `follow_edges` and `long_enough`."""
    edges = len(dropped)
    room = int(most_points(centered.points, centered.offsets, centered.ends, partners, targets, is_aimed, tips))
    points = empty((room, 3), np.float32)
    offsets = empty(edges + 1, np.int64)
    closed = empty(edges, np.uint8)
    strokes = follow_edges(
        mask, *mask.shape, centered.points, centered.offsets, centered.ends, partners, targets, is_aimed, tips,
        dropped, points, offsets, closed,
    )  # fmt: skip
    return long_enough(points, offsets[: strokes + 1], closed[:strokes], mask.shape, min_length_px)


def long_enough(
    points: NDArray[np.float32],
    offsets: NDArray[np.int64],
    closed: NDArray[np.uint8],
    shape: tuple[int, ...],
    min_length_px: float,
) -> PenStrokes:
    """Keep the strokes whose ink, with the pen's round ends, has this length; all is moved into the picture.

    Parameters
    ----------
    points : (at least N, 3) float32
        x, y, half the width.
    offsets : (S + 1,) int64
    closed : (S,) uint8
    shape : height, width
    """
    count = int(offsets[-1])
    places = empty((count, 2), np.float32)
    half_widths = empty(count, np.float32)
    out_offsets = empty(len(offsets), np.int64)
    out_closed = empty(len(closed), np.uint8)
    kept = int(keep_long(points, offsets, closed, *shape, min_length_px, places, half_widths, out_offsets, out_closed))
    count = int(out_offsets[kept])
    return PenStrokes(
        copied(places[:count]), copied(half_widths[:count]), copied(out_offsets[: kept + 1]), copied(out_closed[:kept])
    )


@kernel
def keep_long(
    points: ReadF32,
    offsets: ReadI64,
    closed: ReadU8,
    height: int,
    width: int,
    least: float,
    places: WriteF32,
    half_widths: WriteF32,
    out_offsets: WriteI64,
    out_closed: WriteU8,
) -> int:
    """Copy the strokes that are long enough; returns how many. See `long_enough`.

    Parameters
    ----------
    places : (N, 2) float32, written
        Lines drawn on may leave the picture by a little: they are moved to its border.
    half_widths : (N,) float32, written
    out_offsets : (S + 1,) int64, written
    out_closed : (S,) uint8, written
    """
    n = _i64(0)
    strokes = _i64(0)
    out_offsets[0] = 0
    for s in range(closed.size):
        first = n
        length = 0.0
        thickest = _f32(0)
        for k in range(offsets[s], offsets[s + 1]):
            x = min(max(points[3 * k], _f32(0)), _f32(width))
            y = min(max(points[3 * k + 1], _f32(0)), _f32(height))
            if n > first:
                dx, dy = _f64(x) - places[2 * n - 2], _f64(y) - places[2 * n - 1]
                length += np.sqrt(dx * dx + dy * dy)
            places[2 * n] = x
            places[2 * n + 1] = y
            half_widths[n] = points[3 * k + 2]
            thickest = max(thickest, points[3 * k + 2])
            n += 1
        if closed[s]:
            # Closed strokes count their closing side, others the pen's round ends.
            dx, dy = _f64(places[2 * first]) - places[2 * n - 2], _f64(places[2 * first + 1]) - places[2 * n - 1]
            length += np.sqrt(dx * dx + dy * dy)
        else:
            length += 2.0 * thickest
        if length < least:
            n = first
            continue
        out_closed[strokes] = closed[s]
        strokes += 1
        out_offsets[strokes] = n
    return int(strokes)


@kernel
def most_points(
    edge_points: ReadF32,
    edge_offsets: ReadI64,
    ends: ReadF32,
    partners: ReadI32,
    targets: ReadF32,
    is_aimed: ReadU8,
    tips: ReadI32,
) -> int:
    """How many points `follow_edges` writes at most.

    Parameters
    ----------
    edge_points, edge_offsets, ends : see `vec2art_nb.kernels.centering.Centered`
    partners, targets, is_aimed, tips : as `pair_ends` and `bridge_ends` wrote them
    """
    total = _f64(edge_offsets[edge_offsets.size - 1])
    for end in range(partners.size):
        a = 6 * _i64(end)
        first, stop = edge_offsets[end >> 1], edge_offsets[(end >> 1) + 1]
        total += 4.0
        if partners[end] >= 0:
            # Half of two legs, each up to twice as long as the gap.
            b = 6 * _i64(partners[end])
            total += 2.0 * (abs(_f64(ends[a]) - ends[b]) + abs(_f64(ends[a + 1]) - ends[b + 1]))
        elif stop > first and ends[a + 4] > _f32(0):
            x = _f64(targets[2 * end]) if is_aimed[end] else _f64(ends[a])
            y = _f64(targets[2 * end + 1]) if is_aimed[end] else _f64(ends[a + 1])
            near = 3 * (first if end & 1 == 0 else stop - 1)
            total += abs(edge_points[near] - x) + abs(edge_points[near + 1] - y)
        if tips[end] >= 0:
            # To the tip's edge, up to its end, and some way across the ink.
            stub = _i64(tips[end]) >> 1
            b, c = 6 * stub, 6 * (stub ^ 1)
            total += 4.0 * (abs(_f64(ends[a]) - ends[b]) + abs(_f64(ends[a + 1]) - ends[b + 1]))
            total += 2.0 * (abs(_f64(ends[c]) - ends[b]) + abs(_f64(ends[c + 1]) - ends[b + 1]))
            total += 32.0 * (ends[b + 4] + ends[c + 4]) + 100.0
            total += edge_offsets[(stub >> 1) + 1] - edge_offsets[stub >> 1]
    # Room that is not written to costs nothing, and a bound on paths round bends is no proof: twice as much.
    return int(2.0 * total)


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
