"""Thin lines: the two edges of a line become the one stroke that somebody drew.

A pen line has an edge on either side, so its outline is two strokes beside each other. Where two edges face each other
at a small distance, one of them is moved to the middle and the other is left out.

References
----------
Steger (1998), An unbiased detector of curvilinear structures, IEEE TPAMI 20(2) (a line has a pair of edges, and its
middle is between them, which a blurred ridge is not when the two sides differ).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import copied, empty, empty_like, full, zeros
from vec2art_nb.kernels._jit import (
    ReadF32,
    ReadI16,
    ReadI32,
    ReadI64,
    ReadU8,
    WriteF32,
    WriteI32,
    WriteI64,
    WriteU8,
    jitted,
    kernel,
)
from vec2art_nb.kernels.strokes import Chains

# For the type checker these are any numbers, as all is between kernels.
_i64: Any = np.int64
_i32: Any = np.int32
_u64: Any = np.uint64
_f32: Any = np.float32

NONE = -1

# Normals of the two sides of a line are opposite within 37°, and an edge faces its partner within half a pixel or so.
_OPPOSITE = 0.8
_BESIDE = 0.9

# What becomes of a point.
_ALONE, _MIDDLE, _GONE = np.uint8(0), np.uint8(1), np.uint8(2)

# Shorter runs of points without a partner belong to the line around them: its tips, and where another line joins it.
_TIP = 4

# Fewer points in a row are no line.
_LEAST = 3

# Points on either side over which moves are evened out.
_GLIDE = 4


def middle_lines(
    chains: Chains, dx: NDArray[np.int16], dy: NDArray[np.int16], widest_px: float, dark: bool, light: bool
) -> Chains:
    """Draw lines that are at most ``widest_px`` wide by one stroke along their middle.

    Parameters
    ----------
    chains : Chains
        Edges, their points about a pixel apart and in the picture.
    dx, dy : (H, W) int16
        The gradient that they come from.
    widest_px : float
        Distance of the two edges of a line, at most.
    dark, light : bool
        Whether dark lines on light ground, and light ones on dark, are drawn so.

    Returns
    -------
    Chains
        Edges without a partner are as they were. Of two that face each other, what the longer stroke has is kept.
    """
    height, width = dx.shape
    count = len(chains.points)
    at = full((height, width), NONE, np.int32)
    partners = empty(count, np.int32)
    states = zeros(count, np.uint8)
    place_points(chains.points, height, width, at)
    find_partners(chains.points, dx, dy, height, width, widest_px, dark, light, at, partners)
    # Longest first, then in order: so that a line is drawn by one stroke and not by bits of both its edges.
    order = np.argsort(-np.diff(chains.offsets), kind="stable")
    choose_sides(order, chains.offsets, chains.closed, partners, states)
    tip = max(_TIP, math.ceil(1.6 * widest_px))
    points = empty((count, 2), np.float32)
    offsets = empty(count + 2, np.int64)
    closed = empty(count + 1, np.uint8)
    turned = empty(int(np.diff(chains.offsets).max(initial=0)), np.int64)
    moves = empty_like(points)
    made = copy_middles(*chains, height, width, partners, states, tip, turned, moves, points, offsets, closed)
    return Chains(copied(points[: offsets[made]]), copied(offsets[: made + 1]), copied(closed[:made]))


@kernel
def place_points(points: ReadF32, height: int, width: int, at: WriteI32) -> None:
    """Write the index of each point into its pixel; of several in one pixel the last."""
    for i in range(_i64(points.size // 2)):
        x = min(max(_i64(points[2 * i]), 0), width - 1)
        y = min(max(_i64(points[2 * i + 1]), 0), height - 1)
        at[y * width + x] = _i32(i)


@jitted
def _normal(points: Any, i: Any, dx: Any, dy: Any, height: int, width: int) -> tuple[Any, Any]:
    x = min(max(_i64(points[2 * i]), 0), width - 1)
    y = min(max(_i64(points[2 * i + 1]), 0), height - 1)
    p = _u64(y * width + x)
    a, b = _f32(dx[p]), _f32(dy[p])
    length = np.sqrt(a * a + b * b)
    scale = _f32(1) / length if length > _f32(0) else _f32(0)
    return a * scale, b * scale


@kernel
def find_partners(
    points: ReadF32,
    dx: ReadI16,
    dy: ReadI16,
    height: int,
    width: int,
    widest: float,
    dark: bool,
    light: bool,
    at: ReadI32,
    partners: WriteI32,
) -> None:
    """The nearest point that faces each point across a thin line; -1: none. See `middle_lines`.

    Parameters
    ----------
    at : (H, W) int32
        As `place_points` wrote it.
    partners : (N,) int32, written
    """
    steps = _i64(2 * widest + 1)
    for i in range(_i64(partners.size)):
        partners[i] = NONE
        nx, ny = _normal(points, i, dx, dy, height, width)
        px, py = points[2 * i], points[2 * i + 1]
        nearest = widest
        for side in range(2):
            if (side == 0 and not dark) or (side == 1 and not light):
                continue
            # The normal points to the bright side: a dark line is behind it.
            ux, uy = (-nx, -ny) if side == 0 else (nx, ny)
            for step in range(2, steps + 2):
                x = _i64(px + _f32(0.5) * step * ux)
                y = _i64(py + _f32(0.5) * step * uy)
                if x < 1 or y < 1 or x >= width - 1 or y >= height - 1:
                    break
                for near in range(5):
                    # The pixel and its neighbours by sides.
                    row = y + (1 if near == 1 else 0) - (1 if near == 2 else 0)
                    column = x + (1 if near == 3 else 0) - (1 if near == 4 else 0)
                    j = _i64(at[row * width + column])
                    if j < 0 or j == i:
                        continue
                    vx, vy = points[2 * j] - px, points[2 * j + 1] - py
                    ahead, beside = vx * ux + vy * uy, abs(vx * uy - vy * ux)
                    if ahead < _f32(0.5) or ahead > nearest or beside > _f32(_BESIDE):
                        continue
                    mx, my = _normal(points, j, dx, dy, height, width)
                    if mx * nx + my * ny > -_f32(_OPPOSITE):
                        continue
                    nearest = ahead
                    partners[i] = _i32(j)


@kernel
def choose_sides(order: ReadI64, offsets: ReadI64, closed: ReadU8, partners: ReadI32, states: WriteU8) -> None:
    """Say of each point whether it stays, moves to the middle, or goes.

    Parameters
    ----------
    order : (S,) int64
        The strokes, the most important first.
    partners : (N,) int32
        As `find_partners` wrote them.
    states : (N,) uint8, all 0, written
    """
    for k in range(_i64(order.size)):
        stroke = order[k]
        first, size = offsets[stroke], offsets[stroke + 1] - offsets[stroke]
        # Round a loop from a tip on, or a bit of the far side would come first.
        start = _i64(0)
        while closed[stroke] != 0 and start < size - 1 and partners[first + start] >= 0:
            start += 1
        for turn in range(size):
            i = first + (start + turn) % size
            j = _i64(partners[i])
            if states[i] != _ALONE or j < 0:
                continue
            if states[j] == _MIDDLE:
                states[i] = _GONE
                continue
            states[i] = _MIDDLE
            states[j] = _GONE


@jitted
def _move_gently(kept: Any, moves: Any, begin: int, end: int, height: int, width: int) -> None:
    """Move points by the mean move of those around, so that a stroke glides from an edge into the middle of a line."""
    for axis in range(2):
        most = _f32(width) if axis == 0 else _f32(height)
        total = 0.0
        low = begin
        high = begin
        for k in range(begin, end):
            while high < min(k + _GLIDE + 1, end):
                total += moves[2 * high + axis]
                high += 1
            while low < k - _GLIDE:
                total -= moves[2 * low + axis]
                low += 1
            moved = kept[2 * k + axis] + _f32(total / (high - low))
            kept[2 * k + axis] = min(max(moved, _f32(0)), most)


@kernel
def copy_middles(
    points: ReadF32,
    offsets: ReadI64,
    closed: ReadU8,
    height: int,
    width: int,
    partners: ReadI32,
    states: WriteU8,
    tip: int,
    turned: WriteI64,
    moves: WriteF32,
    kept: WriteF32,
    kept_offsets: WriteI64,
    kept_closed: WriteU8,
) -> int:
    """Write the strokes that are left; returns how many. See `middle_lines`.

    Parameters
    ----------
    states : (N,) uint8
        As `choose_sides` wrote them; changed.
    tip : int
        Runs of points without partner that are at most so long, beside a middle, go with it.
    turned : (longest stroke,) int64, scratch
        The points of a stroke in order; a loop begins after a point that goes.
    moves : (N, 2) float32, scratch
        How far each point goes to the middle.
    kept, kept_offsets, kept_closed : (N, 2) float32, (N + 2,) int64, (N + 1,) uint8, written
    """
    count = _i64(0)
    n = _i64(0)
    kept_offsets[0] = 0
    for stroke in range(_i64(closed.size)):
        first, size = offsets[stroke], offsets[stroke + 1] - offsets[stroke]
        around = closed[stroke] != 0
        start = _i64(0)
        cut = False
        for k in range(size):
            if states[first + k] == _GONE:
                cut = True
                start = k + 1 if around else start
        for k in range(size):
            turned[k] = first + (start + k) % size
        # A middle of a point or two is chance, as at the tip of a line.
        k = _i64(0)
        while k < size:
            begin = k
            while k < size and states[turned[k]] == _MIDDLE:
                k += 1
            if k - begin < _LEAST:
                for j in range(begin, k):
                    states[turned[j]] = _ALONE
            k += 1
        # Runs that are short: without a partner they go, when they touch what does; gone, within a middle, they stay.
        k = _i64(0)
        while k < size:
            state = states[turned[k]]
            begin = k
            while k < size and states[turned[k]] == state:
                k += 1
            before = states[turned[begin - 1]] if begin > 0 else _GONE
            after = states[turned[k]] if k < size else _GONE
            touches = before != _ALONE or after != _ALONE
            inside = before == _MIDDLE and after == _MIDDLE
            if state == _ALONE and k - begin <= tip and touches and (cut or inside) and k - begin < size:
                for j in range(begin, k):
                    states[turned[j]] = _GONE
        k = _i64(0)
        begin_at = n
        gap = _i64(0)
        while k <= size:
            gone = k == size or states[turned[min(k, size - 1)]] == _GONE
            if gone:
                gap += 1
            # A gap of a few points in a middle does not end the stroke.
            if (gap > tip or k == size) and n > begin_at:
                if n - begin_at >= 2:
                    _move_gently(kept, moves, begin_at, n, height, width)
                    kept_closed[count] = 1 if around and not cut else 0
                    count += 1
                    kept_offsets[count] = n
                else:
                    n = begin_at
                begin_at = n
            if not gone:
                i = turned[k]
                for axis in range(2):
                    moved = _f32(0)
                    if states[i] == _MIDDLE:
                        moved = _f32(0.5) * (points[2 * _i64(partners[i]) + axis] - points[2 * i + axis])
                    kept[2 * n + axis] = points[2 * i + axis]
                    moves[2 * n + axis] = moved
                n += 1
                gap = _i64(0)
            k += 1
        n = begin_at
    return int(count)
