"""Skeleton edges moved to the true middle of the pen's line, and their widths measured.

A skeleton has the grid's staircase, leans aside where lines meet or turn sharply, and stops somewhere near a line's
end. So only its direction is used: across it, the two outlines of the ink are found between the pixels, and the point
goes to their middle. Where the ink is wider than on either side (at a corner, near a junction) no such middle means
anything; those points are left out, and the legs are drawn on until they meet.

References
----------
Savitzky, Golay (1964), Smoothing and differentiation of data by simplified least squares, Analytical Chemistry 36(8).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import copied, empty, zeros
from vec2art_nb.kernels._jit import (
    ReadF32,
    ReadI32,
    ReadI64,
    ReadU8,
    WriteF32,
    WriteI64,
    WriteU8,
    kernel,
)
from vec2art_nb.kernels.connecting import connect, end_tangent
from vec2art_nb.kernels.probing import AT_JUNCTION, DOT, END, FREE, PAD, extend_ends, probe_across
from vec2art_nb.kernels.skeleton_graph import KEPT, SkeletonGraph

# For the type checker these are any numbers, as all is between kernels.
_i64: Any = np.int64
_f64: Any = np.float64
_f32: Any = np.float32
_u8: Any = np.uint8

_BUMP = _f32(1.12)  # Ink that is wider than this many times what it is on both sides is a corner or a junction.
_SLACK = _f32(0.3)  # px, what noise adds to that.
_DOT = 4  # Points of the largest loop that is none.
_LEG = 8  # Points that the directions beside a gap are taken from.


class Centered(NamedTuple):
    """Edges on the middle of the ink.

    Attributes
    ----------
    points : (M, 3) float32
        x, y in the pixel plane, and half the width of the ink there; px.
    offsets : (E + 1,) int64
        An edge that was pruned has no points.
    ends : (E, 2, 6) float32
        Of either end of each edge: x, y, direction out of the edge (unit length), half the width, and whether it is at
        a junction (0), free (1), or the edge a dot (2).
    """

    points: NDArray[np.float32]
    offsets: NDArray[np.int64]
    ends: NDArray[np.float32]


def centered(
    graph: SkeletonGraph,
    pixels: NDArray[np.int32],
    radii: NDArray[np.float32],
    lightness: NDArray[np.int16],
    mask: NDArray[np.uint8],
) -> Centered:
    """Move the kept edges of a skeleton to the middle of the ink.

    Parameters
    ----------
    graph, pixels, radii : as in `vec2art_nb.kernels.skeleton_graph`
    lightness : (H, W) int16
        Ink is dark.
    mask : (H, W) uint8
        1 is ink.
    """
    height, width = lightness.shape
    edges, count = len(graph.states), len(graph.chain)
    longest = int(np.diff(graph.offsets).max(initial=0))
    middles = empty((count, 2), np.float32)
    widths = empty(count, np.float32)
    trusted = zeros(count, np.uint8)
    probe_across(
        lightness, mask, height, width, pixels, radii, graph.chain, graph.offsets, graph.nodes, graph.states, longest,
        middles, widths, trusted,
    )  # fmt: skip
    trust_points(graph.offsets, graph.nodes, graph.states, graph.degrees, middles, widths, radii, graph.chain, trusted)
    # A corner drawn on is at most as many times longer than what it replaces.
    points = empty((7 * count + 2 * edges + 64, 3), np.float32)
    offsets = empty(edges + 1, np.int64)
    ends = zeros((edges, 2, END), np.float32)
    total = write_edges(
        mask, height, width, graph.offsets, graph.nodes, graph.states, graph.degrees, middles, widths, trusted,
        longest, points, offsets, ends,
    )  # fmt: skip
    points = copied(points[:total])
    extend_ends(lightness, mask, height, width, offsets, points, ends)
    return Centered(points, offsets, ends)


@kernel
def trust_points(
    offsets: ReadI64,
    nodes: ReadI32,
    states: ReadU8,
    degrees: ReadI32,
    middles: ReadF32,
    widths: WriteF32,
    radii: ReadF32,
    chain: ReadI32,
    trusted: WriteU8,
) -> None:
    """Trust no middle where the ink is wider than on both sides, near junctions, and where an end runs into a corner.

    Parameters
    ----------
    offsets, nodes, states, degrees, chain
        See `vec2art_nb.kernels.skeleton_graph.SkeletonGraph`.
    middles : (N, 2) float32
    widths : (N,) float32, written
        Afterwards known for every point of a kept edge.
    radii : (n,) float32
    trusted : (N,) uint8, written
        As `probe_across` wrote it; 0 for more points afterwards, but at least two of each edge stay 1.
    """
    for e in range(_i64(states.size)):
        if states[e] != KEPT:
            continue
        first = offsets[e]
        m = offsets[e + 1] - first
        is_loop = nodes[2 * e] < 0
        blots = _i64(0)
        for i in range(m):
            here = widths[first + i]
            if trusted[first + i] == 0:
                continue
            away = max(_i64(here + _f32(0.5)), 2)
            low, high = i - away, i + away
            if is_loop:
                low = (low + 4 * m) % m
                high = (high + 4 * m) % m
            before = widths[first + low] if low >= 0 else _f32(0)
            beyond = widths[first + high] if high < m else _f32(0)
            beside = max(before, beyond)
            if beside > _f32(0) and here > _BUMP * beside + _SLACK:
                trusted[first + i] = 2
                blots += 1
        for i in range(m if blots > 0 else 0):
            if trusted[first + i] == 2:
                away = _i64(_f32(0.4) * widths[first + i])
                for k in range(max(i - away, 0), min(i + away, m - 1) + 1):
                    trusted[first + k] = min(trusted[first + k], _u8(2)) & _u8(2)
        for i in range(m if blots > 0 else 0):
            trusted[first + i] &= _u8(1)
        if not is_loop:
            for side in range(2):
                at = first + (m - 1 if side else 0)
                step = _i64(1 - 2 * side)
                trim = _f32(1.5)
                node = _i64(nodes[2 * e + side])
                if degrees[node] > 1:
                    trim = radii[chain[at]] - _f32(0.5)
                else:
                    # Where the ink narrows at once, a skeleton runs into a corner of the line's end.
                    inner = widths[at + step * min(_i64(_f32(2) * radii[chain[at]]) + 3, m // 2)]
                    away = min(_i64(_f32(0.5) * inner + _f32(1.5)), m // 3)
                    while away > 0 and widths[at + step * away] > _f32(0.85) * inner:
                        away -= 1
                    if away > 0:
                        trim = max(trim, _f32(away) + _f32(0.5))
                trim = min(trim, _f32(0.35) * _f32(m))
                for k in range(min(_i64(_f32(2) * trim) + 1, m)):
                    dx = middles[2 * (at + step * k)] - middles[2 * at]
                    dy = middles[2 * (at + step * k) + 1] - middles[2 * at + 1]
                    if dx * dx + dy * dy < trim * trim:
                        trusted[at + step * k] = 0
        known = _i64(0)
        for i in range(m):
            known += _i64(trusted[first + i])
        if known < 2:
            # Too short to know better: where its middle half is thinnest it is least disturbed.
            thinnest = first + m // 2
            for i in range(m // 4, m - m // 4):
                if _f32(0) < widths[first + i] < widths[thinnest] or widths[thinnest] < _f32(0):
                    thinnest = first + i
            for i in range(m):
                trusted[first + i] = is_loop or abs(first + i - thinnest) <= 1 or m <= 2
        for i in range(m):
            if widths[first + i] < _f32(0):
                widths[first + i] = max(_f32(2) * radii[chain[first + i]] - _f32(1), _f32(1))


@kernel
def write_edges(
    mask: ReadU8,
    height: int,
    width: int,
    edge_offsets: ReadI64,
    nodes: ReadI32,
    states: ReadU8,
    degrees: ReadI32,
    middles: ReadF32,
    widths: ReadF32,
    trusted: ReadU8,
    longest: int,
    points: WriteF32,
    offsets: WriteI64,
    ends: WriteF32,
) -> int:
    """Write the trusted middles, smoothed, and what connects them; returns the number of points.

    Parameters
    ----------
    mask : (H, W) uint8
    edge_offsets, nodes, states, degrees
        See `vec2art_nb.kernels.skeleton_graph.SkeletonGraph`.
    middles, widths, trusted : as `trust_points` left them
    longest : int
        Points of the longest edge.
    points : (M, 3) float32, written
    offsets : (E + 1,) int64, written
    ends : (E, 2, 6) float32, written
    """
    size = longest + 2 * PAD
    cx = np.empty(size)
    cy = np.empty(size)
    cw = np.empty(size)
    sx = np.empty(size)
    sy = np.empty(size)
    sw = np.empty(size)
    known = np.empty(size, np.uint8)
    total = _i64(0)
    offsets[0] = 0
    for e in range(_i64(states.size)):
        source = edge_offsets[e]
        count = edge_offsets[e + 1] - source
        offsets[e + 1] = total
        if states[e] != KEPT:
            continue
        is_loop = nodes[2 * e] < 0
        # A loop begins where it is trusted, so that the gap before its first point is like any other.
        turn = _i64(0)
        while is_loop and turn < count - 1 and trusted[source + turn] == 0:
            turn += 1
        pad = min(_i64(PAD), count) if is_loop else _i64(0)
        m = count + 2 * pad
        along = (turn - pad + count) % count
        for i in range(m):
            k = source + along
            along = along + 1 if along + 1 < count else _i64(0)
            cx[i] = middles[2 * k]
            cy[i] = middles[2 * k + 1]
            cw[i] = 0.5 * widths[k]
            known[i] = trusted[k]
            sx[i] = cx[i]
            sy[i] = cy[i]
            sw[i] = cw[i]
        # Quadratic over seven points, where all seven are known.
        run = _i64(0)
        for last in range(m):
            run = run + 1 if known[last] != 0 else _i64(0)
            if run >= 7:
                i = last - 3
                x, y, w = 7.0 * cx[i], 7.0 * cy[i], 7.0 * cw[i]
                for k in range(1, 4):
                    weight = 7.0 - k * k
                    x += weight * (cx[i - k] + cx[i + k])
                    y += weight * (cy[i - k] + cy[i + k])
                    w += weight * (cw[i - k] + cw[i + k])
                sx[i] = x / 21.0
                sy[i] = y / 21.0
                sw[i] = w / 21.0

        start = total
        begin = pad
        while begin < m - 1 and known[begin] == 0:
            begin += 1
        final = pad + count if is_loop else m - 1
        previous = _i64(-1)
        for i in range(begin, final + 1):
            if known[i] == 0:
                continue
            if previous >= 0 and i - previous > 2:
                low = previous
                while low > 0 and previous - low < _LEG and known[low - 1] != 0:
                    low -= 1
                high = i
                while high < m - 1 and high - i < _LEG and known[high + 1] != 0:
                    high += 1
                ax, ay = end_tangent(sx, sy, previous, low)
                bx, by = end_tangent(sx, sy, i, high)
                total = connect(
                    mask, height, width, sx[previous], sy[previous], ax, ay, sw[previous],
                    sx[i], sy[i], bx, by, sw[i], points, total,
                )  # fmt: skip
            previous = _i64(i)
            if is_loop and i == final:
                break
            if total > start:
                # Points that fall together say nothing of the direction.
                dx = sx[i] - points[3 * total - 3]
                dy = sy[i] - points[3 * total - 2]
                if dx * dx + dy * dy < 0.09:
                    continue
            points[3 * total] = sx[i]
            points[3 * total + 1] = sy[i]
            points[3 * total + 2] = sw[i]
            total += 1
        free_first = not is_loop and degrees[nodes[2 * e]] <= 1
        free_last = not is_loop and degrees[nodes[2 * e + 1]] <= 1
        # A square of four pixels is a loop round nothing.
        is_dot = (count <= _DOT and is_loop) or (count <= 2 and free_first and free_last)
        if is_dot or not is_loop:
            for side in range(2):
                near = previous if side else begin
                step = _i64(-1 if side else 1)
                far = near
                steps = max(_i64(4), min(_i64(2.0 * sw[near]), _i64(10)))
                while 0 <= far + step < m and known[far + step] != 0 and abs(far + step - near) <= steps:
                    far += step
                tx, ty = end_tangent(sx, sy, near, far)
                if abs(far - near) < 3:
                    # Too few points to tell a direction: that of the edge as a whole.
                    tx = cx[m - 1 if side else 0] - cx[0 if side else m - 1]
                    ty = cy[m - 1 if side else 0] - cy[0 if side else m - 1]
                    length = np.sqrt(tx * tx + ty * ty)
                    tx = tx / length if length > 0.0 else 2.0 * side - 1.0
                    ty = ty / length if length > 0.0 else 0.0
                a = END * (2 * e + side)
                ends[a] = sx[near]
                ends[a + 1] = sy[near]
                ends[a + 2] = tx
                ends[a + 3] = ty
                ends[a + 4] = sw[near]
                is_free = free_last if side else free_first
                ends[a + 5] = FREE if is_free else AT_JUNCTION
                if is_dot:
                    # A line of hardly any length, to be moved to the middle of its ink.
                    ends[a] = cx[0]
                    ends[a + 1] = cy[0]
                    ends[a + 2] = 2.0 * side - 1.0
                    ends[a + 3] = 0.0
                    ends[a + 5] = DOT
            if is_dot:
                # Moved later, as its ends are.
                total = start
                for _ in range(2):
                    points[3 * total] = cx[0]
                    points[3 * total + 1] = cy[0]
                    points[3 * total + 2] = cw[0]
                    total += 1
        offsets[e + 1] = total
    return int(total)
