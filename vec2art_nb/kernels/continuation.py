"""Strokes that go on where another one ends: joined through junctions and over gaps, by good continuation.

Linking stops where the gradient turns round: at a junction, where dark and bright change sides, where a contour fades
for a few pixels. A person sees one line there, and so does this: two loose ends become one when each goes on in the
direction of the other, and neither has a better one.

References
----------
Wertheimer (1923), Untersuchungen zur Lehre von der Gestalt II, Psychologische Forschung 4 (good continuation);
Parent, Zucker (1989), Trace inference, curvature consistency, and curve detection, IEEE TPAMI 11(8) (co-circularity:
two tangents belong to one arc when they make equal angles with the line between them).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from vec2art_nb.buffers import copied, empty, full, zeros
from vec2art_nb.kernels._jit import (
    ReadF32,
    ReadI32,
    ReadI64,
    ReadU8,
    WriteF32,
    WriteI32,
    WriteI64,
    WriteU8,
    kernel,
)
from vec2art_nb.kernels.strokes import Chains

# For the type checker these are any numbers, as all is between kernels.
_i64: Any = np.int64
_i32: Any = np.int32
_u64: Any = np.uint64
_f32: Any = np.float32

NONE = -1

# An end's direction is taken between its last points and those this far behind. Blur bends a line where it meets
# another, and the last two or three points lie.
_BACK = 7

# Ends this near are the same place: what is between them says nothing about direction.
_NEAR = 1.5

# Cosine of the greatest angle between the direction of one end and the other's continuation: 45°.
_FACING = 0.7071

# How far beside an end's own line the other may lie, and how much farther for each pixel between them (20°).
_BESIDE, _SPREAD = 0.8, 0.36

# Ends may overlap by so much: both sides of a junction are often drawn up to its middle.
_OVERLAP = 2.0

# A loop is closed when it is at least so many times as long as its gap.
_LOOP = 6.0

# Sides of cells are at least 2 to the power of this: few ends share one, and few cells are empty.
_SMALLEST_CELL = 3


def join_strokes(chains: Chains, gap_px: float, size: tuple[int, int]) -> Chains:
    """Join open strokes whose ends go on in each other.

    Parameters
    ----------
    chains : Chains
        Whatever direction they run in: a stroke is turned round where that is needed.
    gap_px : float
        How far from each other ends may be. 0 joins nothing, and the strokes come back as they are.
    size : (int, int)
        Height and width of the picture in pixels.

    Returns
    -------
    Chains
        In the order of each one's first part. A gap is filled with points about a pixel apart.
    """
    strokes = len(chains.closed)
    if gap_px <= 0 or strokes == 0:
        return chains
    height, width = size
    # Cells of a power of two: a shift finds them. Ends within the gap of each other are in cells that touch.
    shift = max(_SMALLEST_CELL, (math.ceil(gap_px) - 1).bit_length())
    across = (width >> shift) + 3
    ends = empty((2 * strokes, 4), np.float32)
    places = empty(2 * strokes, np.int32)
    starts = zeros(((height >> shift) + 3) * across + 1, np.int32)
    order = empty(2 * strokes, np.int32)
    partners = full(2 * strokes, NONE, np.int32)
    best = empty(2 * strokes, np.int32)
    costs = empty(2 * strokes, np.float32)
    found = find_ends(*chains, shift, across, ends, places, starts, order)
    joints = match_ends(chains.offsets, gap_px, across, found, ends, places, starts, order, best, costs, partners)
    if joints == 0:
        return chains
    room = len(chains.points) + joints * (math.ceil(gap_px) + 1)
    points = empty((room, 2), np.float32)
    offsets = empty(strokes + 1, np.int64)
    closed = empty(strokes, np.uint8)
    visited = zeros(strokes, np.uint8)
    count = copy_joined(*chains, partners, visited, points, offsets, closed)
    return Chains(copied(points[: offsets[count]]), copied(offsets[: count + 1]), copied(closed[:count]))


@kernel
def find_ends(
    points: ReadF32,
    offsets: ReadI64,
    closed: ReadU8,
    shift: int,
    across: int,
    ends: WriteF32,
    places: WriteI32,
    starts: WriteI32,
    order: WriteI32,
) -> int:
    """List the ends of open strokes, start and end of stroke s as 2 s and 2 s + 1, and sort them into cells.

    Parameters
    ----------
    points, offsets, closed : as in `Chains`
    shift, across : int
        The binary logarithm of the side of the square cells in px, and how many cells there are in a row.
    ends : (2 S, 4) float32, written
        x, y, and the unit direction in which the stroke would go on; (0, 0) where it has none.
    places : (2 S,) int32, written
        The cell of each end; -1 for strokes that have none.
    starts : (rows * across + 1,) int32, all 0, written
        Where the ends of each cell begin in ``order``.
    order : (2 S,) int32, written
        The ends, cell after cell.

    Returns
    -------
    int
        How many ends there are.
    """
    one, two, three = _u64(1), _u64(2), _u64(3)
    for s in range(_u64(closed.size)):
        first, last = _u64(offsets[s]), _u64(offsets[s + one]) - one
        if closed[s] != 0 or offsets[s + one] - offsets[s] < 2:
            places[s << one] = places[s << one | one] = NONE
            continue
        reach = min(_u64(_BACK), last - first)
        # From the mean of the far half to that of the near half: less of the noise of single points.
        half = max(reach >> one, one)
        for side in range(two):
            ux, uy = _f32(0), _f32(0)
            for k in range(half):
                near = (last - k if side == one else first + k) << one
                far = (last - reach + k if side == one else first + reach - k) << one
                ux += points[near] - points[far]
                uy += points[near | one] - points[far | one]
            length = np.sqrt(ux * ux + uy * uy)
            scale = _f32(1) / length if length > _f32(0) else _f32(0)
            tip = (last if side == one else first) << one
            e = s << one | side
            ends[e << two] = points[tip]
            ends[e << two | one] = points[tip | one]
            ends[e << two | two] = ux * scale
            ends[e << two | three] = uy * scale
            place = ((_i64(points[tip | one]) >> shift) + 1) * across + (_i64(points[tip]) >> shift) + 1
            places[e] = _i32(place)
            starts[_u64(place)] += _i32(1)
    # Where each cell ends; then each end, from the last to the first, takes the place before.
    found = _i32(0)
    for cell in range(_u64(starts.size)):
        found += starts[cell]
        starts[cell] = found
    for k in range(_u64(places.size)):
        e = _u64(places.size) - one - k
        if places[e] >= 0:
            cell = _u64(places[e])
            starts[cell] -= _i32(1)
            order[_u64(starts[cell])] = _i32(e)
    return int(found)


@kernel
def match_ends(
    offsets: ReadI64,
    gap: float,
    across: int,
    found: int,
    ends: ReadF32,
    places: ReadI32,
    starts: ReadI32,
    order: ReadI32,
    best: WriteI32,
    costs: WriteF32,
    partners: WriteI32,
) -> int:
    """Make partners of ends that are each other's best continuation; returns how many pairs.

    Parameters
    ----------
    gap : float32
        Greatest distance between ends in px.
    across, found, ends, places, starts, order : as for `find_ends`, and as it wrote them
    best, costs : (2 S,) int32, float32, scratch
    partners : (2 S,) int32, changed
        The end that each is joined to; -1: none.
    """
    one, two, three = _u64(1), _u64(2), _u64(3)
    count = _i64(partners.size)
    for e in range(count):
        best[e] = _i32(NONE)
        costs[e] = _f32(1e9)
    for k in range(_u64(found)):
        e = _u64(order[k])
        p = e << two
        ex, ey, ux, uy = ends[p], ends[p | one], ends[p | two], ends[p | three]
        cell = _u64(places[e])
        below = cell + _u64(across)
        # All is symmetric, so each pair is looked at once: what follows in this cell and in the next, and below.
        for ahead_below in range(2):
            first = _u64(starts[below - one]) if ahead_below else k + one
            last = _u64(starts[below + two]) if ahead_below else _u64(starts[cell + two])
            for at in range(first, last):
                other = _u64(order[at])
                q = other << two
                vx, vy = ends[q] - ex, ends[q | one] - ey
                wx, wy = ends[q | two], ends[q | three]
                distance = np.sqrt(vx * vx + vy * vy)
                facing = -(ux * wx + uy * wy)
                if (distance > gap) | (facing < _f32(_FACING)):
                    continue
                ahead, beside = vx * ux + vy * uy, abs(vx * uy - vy * ux)
                ahead_f, beside_f = -(vx * wx + vy * wy), abs(vx * wy - vy * wx)
                least = min(ahead, ahead_f)
                # An arc that goes on bends the same way at both ends, so each may lie beside the other's line.
                limit = _f32(_BESIDE) + _f32(_SPREAD) * distance
                if least < -_f32(_OVERLAP) or max(beside, beside_f) > limit:
                    continue
                if other >> one == e >> one:
                    s = e >> one
                    if _f32(offsets[s + one] - offsets[s]) < _f32(_LOOP) * (distance + _f32(1)):
                        continue
                cost = distance + _f32(2) * max(beside, beside_f) + _f32(6) * (_f32(1) - facing)
                # Of equals the first, so that the order of the cells decides nothing.
                if cost < costs[e] or (cost == costs[e] and _i64(other) < _i64(best[e])):
                    costs[e] = cost
                    best[e] = _i32(other)
                if cost < costs[other] or (cost == costs[other] and _i64(e) < _i64(best[other])):
                    costs[other] = cost
                    best[other] = _i32(e)
    pairs = 0
    for e in range(count):
        f = _i64(best[e])
        if f > e and _i64(best[f]) == e:
            partners[e] = _i32(f)
            partners[f] = _i32(e)
            pairs += 1
    return pairs


@kernel
def copy_joined(
    points: ReadF32,
    offsets: ReadI64,
    closed: ReadU8,
    partners: WriteI32,
    visited: WriteU8,
    joined: WriteF32,
    joined_offsets: WriteI64,
    joined_closed: WriteU8,
) -> int:
    """Write the strokes, those with partners one after the other; returns how many there are.

    Parameters
    ----------
    points, offsets, closed : as in `Chains`
    partners : (2 S,) int32
        As `match_ends` left them.
    visited : (S,) uint8, all 0, scratch
    joined : (N + pairs * (gap + 1), 2) float32, written
    joined_offsets : (S + 1,) int64, written
    joined_closed : (S,) uint8, written
    """
    n = _i64(0)
    count = _i64(0)
    joined_offsets[0] = 0
    for s in range(_i64(closed.size)):
        if visited[s] != 0:
            continue
        # Back to where the joined stroke begins; round a loop back to here.
        start = 2 * s
        while partners[start] != NONE:
            start = _i64(partners[start]) ^ 1
            if start >> 1 == s:
                break
        e = start
        begin = n
        is_loop = partners[start] != NONE
        while True:
            stroke = e >> 1
            visited[stroke] = 1
            first, last = offsets[stroke], offsets[stroke + 1] - 1
            source, target = _u64(2 * first), _u64(2 * n)
            size = _u64(last - first + 1)
            if e & 1 == 0:
                for k in range(_u64(2) * size):
                    joined[target + k] = points[source + k]
            else:
                for k in range(size):
                    i = source + _u64(2) * (size - _u64(1) - k)
                    joined[target + _u64(2) * k] = points[i]
                    joined[target + _u64(2) * k + _u64(1)] = points[i + _u64(1)]
            n += last - first + 1
            e = _i64(partners[e ^ 1])
            if e == NONE:
                break
            # The gap is filled, and points that overlap are left out.
            tip = offsets[(e >> 1) + 1] - 1 if (e & 1) == 1 else offsets[e >> 1]
            ax, ay = joined[2 * n - 2], joined[2 * n - 1]
            vx, vy = points[2 * tip] - ax, points[2 * tip + 1] - ay
            while n - begin > 2:
                px, py = joined[2 * n - 4], joined[2 * n - 3]
                if (ax - px) * vx + (ay - py) * vy >= _f32(0):
                    break
                n -= 1
                ax, ay = px, py
                vx, vy = points[2 * tip] - ax, points[2 * tip + 1] - ay
            distance = np.sqrt(vx * vx + vy * vy)
            pieces = _i64(distance + _f32(0.5))
            for k in range(1, pieces):
                t = _f32(k) / _f32(pieces)
                joined[2 * n] = ax + t * vx
                joined[2 * n + 1] = ay + t * vy
                n += 1
            if e >> 1 == start >> 1:
                break
            if distance < _f32(0.5) and n - begin > 1:
                n -= 1
        joined_closed[count] = 1 if is_loop else closed[s]
        count += 1
        joined_offsets[count] = n
    return int(count)
