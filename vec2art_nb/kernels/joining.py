"""Edges become strokes: through each junction goes the best continuation, and small gaps are bridged."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import empty, full, zeros
from vec2art_nb.kernels._jit import (
    ReadF32,
    ReadI32,
    ReadI64,
    ReadU8,
    WriteF32,
    WriteI32,
    WriteU8,
    jitted,
    kernel,
)
from vec2art_nb.kernels.centering import Centered
from vec2art_nb.kernels.following import AIMED, VIA, PenStrokes, followed
from vec2art_nb.kernels.probing import DOT, FREE
from vec2art_nb.kernels.skeleton_graph import KEPT, SkeletonGraph

# For the type checker these are any numbers, as all is between kernels.
_i64: Any = np.int64
_f64: Any = np.float64
_f32: Any = np.float32

NONE = -1
_MOST = 16  # Ends of one junction that each end is compared with: noise can make one junction of a thousand ends.
_CELL_MOST = 24  # The same for gaps.
_LONGEST_SHARED = 8  # Radii that lines may run together before each is taken to end.
_LONGEST_TIP = 6  # Radii that the tip of a sharp turn may be long.
_BESIDE = 0.3  # Cosine of the largest angle between lines that lie on each other in it.
_ONWARD = 0.85  # Cosine of the largest angle by which they miss it.
_DOUBLE = 1.05  # Ink so many times wider than the pen has two lines in it.
_NOISE = 0.2  # px, what noise adds to that.
_TIP = 1.4  # Where they turn they are hardly wider than one.
_APART = -0.7  # Cosine of the largest angle between lines that such a tip is drawn from.
_STRAIGHT = 1.93  # Twice the cosine of half of 30°: what goes on straight.


def joined(
    graph: SkeletonGraph,
    centered: Centered,
    mask: NDArray[np.uint8],
    join_angle_deg: float,
    bridge_px: float,
    min_length_px: float = 0.0,
) -> PenStrokes:
    """Join edges through junctions and over gaps.

    Parameters
    ----------
    graph, centered
        The edges.
    mask : (H, W) uint8
        1 is ink: no corner leaves it.
    join_angle_deg : float
        A stroke turns by no more than this at a junction of three or more; where two edges meet they are always one.
    bridge_px : float
        Ends are joined over a gap in the ink up to this long, when they point at each other.
    min_length_px : float
        Strokes whose ink, with the pen's round ends, is shorter are left out.
    """
    edges = len(graph.states)
    partners = full(2 * edges, NONE, np.int32)
    targets = zeros((2 * edges, 2), np.float32)
    is_aimed = zeros(2 * edges, np.uint8)
    tips = full(2 * edges, NONE, np.int32)
    members = empty(2 * edges, np.int32)
    firsts = full(len(graph.degrees), NONE, np.int32)
    count = int(list_members(graph.nodes, graph.states, graph.degrees, firsts, members))
    members = members[:count]
    # Correctly rounded to float32, the cosine is the same on every machine.
    cosine = float(np.float32(math.cos(math.radians(join_angle_deg / 2))))
    dropped = zeros(edges, np.uint8)
    cross_along(
        members, firsts, graph.nodes, graph.degrees, graph.reaches, centered.ends, centered.offsets, partners, dropped
    )
    pair_ends(
        members, graph.nodes, centered.points, centered.ends, centered.offsets, graph.reaches, cosine, partners,
        targets, is_aimed, tips, dropped,
    )  # fmt: skip
    if bridge_px > 0:
        bridge_ends(graph.nodes, graph.states, centered.ends, bridge_px, partners)
    return followed(centered, mask, partners, targets, is_aimed, tips, dropped, min_length_px)


@kernel
def list_members(nodes: ReadI32, states: ReadU8, degrees: ReadI32, firsts: WriteI32, members: WriteI32) -> int:
    """List the ends that meet others, junction by junction, within each in the order of the edges; returns how many.

    Parameters
    ----------
    nodes, states, degrees : see `vec2art_nb.kernels.skeleton_graph.SkeletonGraph`
    firsts : (n,) int32, -1, written
        Where in ``members`` those of a junction begin.
    members : (2 E,) int32, written
    """
    count = _i64(0)
    # Each junction's place is kept for it when its first end comes; meanwhile ``firsts`` is where its next end goes.
    for end in range(nodes.size):
        node = _i64(nodes[end])
        if node >= 0 and states[end >> 1] == KEPT and degrees[node] > 1:
            if firsts[node] < 0:
                firsts[node] = count
                count += degrees[node]
            members[firsts[node]] = end
            firsts[node] += 1
    at = _i64(0)
    while at < count:
        node = _i64(nodes[members[at]])
        firsts[node] = at
        at += degrees[node]
    return int(count)


@jitted
def continuation(ends: Any, a: int, b: int) -> Any:
    """How well a line goes on from one end to another: twice the cosine of half the turn, -2 … 2."""
    dx = _f64(ends[6 * b]) - ends[6 * a]
    dy = _f64(ends[6 * b + 1]) - ends[6 * a + 1]
    distance = np.sqrt(dx * dx + dy * dy)
    facing = -(_f64(ends[6 * a + 2]) * ends[6 * b + 2] + _f64(ends[6 * a + 3]) * ends[6 * b + 3])
    score = np.sqrt(max(2.0 * (1.0 + facing), 0.0))
    if distance > 1.0:
        # Both the way across and the directions must allow it.
        leaving = (ends[6 * a + 2] * dx + ends[6 * a + 3] * dy) / distance
        arriving = -(ends[6 * b + 2] * dx + ends[6 * b + 3] * dy) / distance
        score = min(score, leaving + arriving)
    return score


@kernel
def cross_along(
    members: ReadI32,
    firsts: ReadI32,
    nodes: ReadI32,
    degrees: ReadI32,
    reaches: ReadF32,
    ends: ReadF32,
    edge_offsets: ReadI64,
    partners: WriteI32,
    dropped: WriteU8,
) -> None:
    """Pair lines that run into each other for a while and part again: both go on, what is between is not drawn.

    At a small angle two lines share their ink for a long way, and the skeleton has one edge there. Two lines are the
    better reading when each goes on straight across it.

    Parameters
    ----------
    members : (K,) int32
        Ends, junction by junction.
    firsts : (n,) int32
        Where in ``members`` those of a junction begin.
    nodes, degrees, reaches : see `vec2art_nb.kernels.skeleton_graph.SkeletonGraph`
    ends, edge_offsets : see `vec2art_nb.kernels.centering.Centered`
    partners : (2 E,) int32, written
    dropped : (E,) uint8, written
        1 for the edges between.
    """
    arms = np.empty(4, np.int64)
    for e in range(_i64(dropped.size)):
        a, b = _i64(nodes[2 * e]), _i64(nodes[2 * e + 1])
        if a < 0 or a == b or edge_offsets[e + 1] == edge_offsets[e] or degrees[a] != 3 or degrees[b] != 3:
            continue
        reach = max(reaches[a], reaches[b])
        if edge_offsets[e + 1] - edge_offsets[e] > _LONGEST_SHARED * reach:
            continue
        n = 0
        taken = False
        for side in range(2):
            first = _i64(firsts[nodes[2 * e + side]])
            for k in range(first, first + 3):
                if members[k] != 2 * e + side and n < 4:
                    arms[n] = members[k]
                    taken = taken or partners[members[k]] >= 0 or members[k] >> 1 == e
                    n += 1
        if taken or n != 4:
            continue
        straight, crossed = 2.0, 2.0
        for k in range(4):
            # The first arm of one junction with each of the other's, then the second.
            score = continuation(ends, arms[k >> 1], arms[2 + (k & 1)])
            if k == 0 or k == 3:
                straight = min(straight, score)
            else:
                crossed = min(crossed, score)
        if max(straight, crossed) < _STRAIGHT:
            continue
        if crossed > straight:
            arms[2], arms[3] = arms[3], arms[2]
        for k in range(2):
            partners[arms[k]] = arms[k + 2]
            partners[arms[k + 2]] = arms[k]
        dropped[e] = 1


@jitted
def _folded(members: Any, start: int, edge_points: Any, ends: Any, edge_offsets: Any, reach: float) -> Any:
    """Of three ends that meet, the one whose short edge is the tip of a sharp turn between the others; -1: none.

    The pen went up and came down again: two lines that run into one short one, which ends there. Side by side they are
    wider than the pen, narrowing to the tip; a line that merely ends has the pen's width throughout. They may lie on
    each other for most of the way: then they are wider where they meet, and both point at the tip.
    """
    found = _i64(-1)
    for i in range(3):
        stub = _i64(members[start + i])
        a = _i64(members[start + (i + 1) % 3])
        b = _i64(members[start + (i + 2) % 3])
        e = stub >> 1
        first, stop = edge_offsets[e], edge_offsets[e + 1]
        is_leaf = ends[6 * (stub ^ 1) + 5] == _f32(FREE)
        beside = ends[6 * a + 2] * ends[6 * b + 2] + ends[6 * a + 3] * ends[6 * b + 3]
        if not is_leaf or stop - first > _LONGEST_TIP * reach or a >> 1 == e or b >> 1 == e or beside <= _APART:
            continue
        total = 0.0
        for k in range(first, stop):
            total += edge_points[3 * k + 2]
        tip = 6 * (stub ^ 1)
        straight = 2.0
        for k in range(2):
            arm = 6 * (b if k else a)
            dx = _f64(ends[tip]) - ends[arm]
            dy = _f64(ends[tip + 1]) - ends[arm + 1]
            distance = np.sqrt(dx * dx + dy * dy)
            if distance > 0.0:
                straight = min(straight, (ends[arm + 2] * dx + ends[arm + 3] * dy) / distance)
        pen = _f64(min(ends[6 * a + 4], ends[6 * b + 4]))
        wide = ends[6 * stub + 4]
        thin = edge_points[3 * (stop - 1 if stub & 1 == 0 else first) + 2]
        double = _DOUBLE * pen + _NOISE
        is_double = total > double * (stop - first) or (wide > double and beside >= _BESIDE and straight >= _ONWARD)
        if is_double and thin <= min(_TIP * pen + _NOISE, wide):
            found = start + i
    return found


@kernel
def pair_ends(
    members: ReadI32,
    nodes: ReadI32,
    edge_points: ReadF32,
    ends: ReadF32,
    edge_offsets: ReadI64,
    reaches: ReadF32,
    cosine: float,
    partners: WriteI32,
    targets: WriteF32,
    is_aimed: WriteU8,
    tips: WriteI32,
    dropped: WriteU8,
) -> None:
    """Pair the ends at each junction, the best continuation first; those left over aim at what goes through.

    Parameters
    ----------
    members : (K,) int32
        Ends (twice the edge, plus one for its last), junction by junction.
    nodes : (E, 2) int32
        The junctions of the ends.
    edge_points, ends, edge_offsets
        See `vec2art_nb.kernels.centering.Centered`.
    reaches : (n,) float32
        By junction, px.
    cosine : float32
        Of half the largest turn.
    partners : (2 E,) int32, -1, written
    targets : (2 E, 2) float32, written
        Where an end without a partner goes.
    is_aimed : (2 E,) uint8, zero, written
        `AIMED` where ``targets`` says so; `VIA` where the way to the partner goes by the target.
    tips : (2 E,) int32, -1, written
        For `VIA`: twice the end of the tip's edge at the junction, plus one where the way is at its left (seen from
        the junction, y downwards).
    dropped : (E,) uint8, written
        1 for edges that are not drawn.
    """
    total = _i64(members.size)
    start = _i64(0)
    while start < total:
        stop = start
        junction = _i64(nodes[members[start]])
        while stop < total and nodes[members[stop]] == junction:
            stop += 1
        count = stop - start
        reach = max(_f64(reaches[junction]), 1.0)
        if count == 2 and partners[members[start]] < 0 and partners[members[start + 1]] < 0:
            partners[members[start]] = members[start + 1]
            partners[members[start + 1]] = members[start]
            start = stop
            continue
        if count == 3:
            stub = _folded(members, start, edge_points, ends, edge_offsets, reach)
            if stub >= 0:
                tip = 6 * (_i64(members[stub]) ^ 1)
                dropped[members[stub] >> 1] = 1
                first = start + (1 if stub == start else 0)
                second = start + (1 if stub == start + 2 else 2)
                partners[members[first]] = members[second]
                partners[members[second]] = members[first]
                base = 6 * _i64(members[stub])
                ux, uy = _f64(ends[tip]) - ends[base], _f64(ends[tip + 1]) - ends[base + 1]
                aside = 0.0
                for i in (first, second):
                    # Which of them is further to the left.
                    end = 6 * _i64(members[i])
                    side = ux * (_f64(ends[end + 1]) - ends[base + 1]) - uy * (_f64(ends[end]) - ends[base])
                    aside += side if i == first else -side
                for i in (first, second):
                    targets[2 * members[i]] = ends[tip]
                    targets[2 * members[i] + 1] = ends[tip + 1]
                    is_aimed[members[i]] = VIA
                    tips[members[i]] = 2 * members[stub] + ((aside < 0.0) == (i == first))
                start = stop
                continue
        center_x = 0.0
        center_y = 0.0
        for i in range(start, stop):
            a = 6 * _i64(members[i])
            center_x += ends[a] + ends[a + 2] * reach
            center_y += ends[a + 1] + ends[a + 3] * reach
        center_x /= count
        center_y /= count
        while True:
            found = 0.0
            first = _i64(-1)
            second = _i64(-1)
            for i in range(start, stop):
                if partners[members[i]] >= 0:
                    continue
                a = 6 * _i64(members[i])
                for j in range(i + 1, min(stop, i + _MOST)):
                    if partners[members[j]] >= 0:
                        continue
                    b = 6 * _i64(members[j])
                    score = continuation(ends, _i64(members[i]), _i64(members[j]))
                    thinner = min(ends[a + 4], ends[b + 4])
                    thicker = max(max(ends[a + 4], ends[b + 4]), _f32(0.1))
                    value = score - 0.2 * (1.0 - thinner / thicker)
                    if score >= 2.0 * cosine and value > found:
                        found = value
                        first = i
                        second = _i64(j)
            if first < 0:
                break
            partners[members[first]] = members[second]
            partners[members[second]] = members[first]
            if count > _MOST:
                # One look at a junction that noise has made; more would cost the square of its ends.
                break
        for i in range(start, stop):
            if partners[members[i]] >= 0:
                continue
            end = _i64(members[i])
            a = 6 * end
            x, y, tx, ty = _f64(ends[a]), _f64(ends[a + 1]), _f64(ends[a + 2]), _f64(ends[a + 3])
            nearest = 4.0 * reach + 3.0
            hit = False
            for j in range(max(start, i - _MOST), min(stop, i + _MOST)):
                other = _i64(partners[members[j]])
                if other <= members[j]:
                    continue
                # Where the ray out of this end meets the straight line between the paired ones.
                b, c = 6 * _i64(members[j]), 6 * other
                ux, uy = _f64(ends[c]) - ends[b], _f64(ends[c + 1]) - ends[b + 1]
                cross = tx * uy - ty * ux
                if abs(cross) < 1e-6:
                    continue
                vx, vy = _f64(ends[b]) - x, _f64(ends[b + 1]) - y
                along = (vx * uy - vy * ux) / cross
                part = (vx * ty - vy * tx) / cross
                if -0.3 <= part <= 1.3 and 0.0 < along < nearest:
                    nearest = along
                    hit = True
            if not hit:
                nearest = max((center_x - x) * tx + (center_y - y) * ty, 0.0)
                nearest = min(nearest, 2.5 * reach + 1.0)
            if nearest > 0.0:
                targets[2 * end] = x + nearest * tx
                targets[2 * end + 1] = y + nearest * ty
                is_aimed[end] = AIMED
        start = stop


@kernel
def bridge_ends(nodes: ReadI32, states: ReadU8, ends: ReadF32, bridge: float, partners: WriteI32) -> None:
    """Pair the free ends that are each other's best over a gap.

    Parameters
    ----------
    nodes, states : see `vec2art_nb.kernels.skeleton_graph.SkeletonGraph`
    ends : (E, 2, 6) float32
    bridge : float32
        Longest gap in the ink, px.
    partners : (2 E,) int32, written
    """
    free = np.empty(partners.size, np.int32)
    count = _i64(0)
    largest, left, top, right, bottom = _f32(0), _f32(1e9), _f32(1e9), _f32(-1e9), _f32(-1e9)
    for end in range(partners.size):
        a = 6 * _i64(end)
        if states[end >> 1] == KEPT and nodes[end] >= 0 and ends[a + 5] > _f32(0) and partners[end] < 0:
            free[count] = end
            count += 1
            largest = max(largest, ends[a + 4])
            left, right = min(left, ends[a]), max(right, ends[a])
            top, bottom = min(top, ends[a + 1]), max(bottom, ends[a + 1])
    if count < 2:
        return
    # Whatever is near enough stands in one of the nine cells round an end. Large empty pictures get larger cells.
    cell = bridge + _f32(2) * largest + _f32(1)
    while (_f64(right - left) / cell + 3) * (_f64(bottom - top) / cell + 3) > 16.0 * count + 1024.0:
        cell *= _f32(2)
    across = _i64((right - left) / cell) + 3
    starts = np.zeros(across * (_i64((bottom - top) / cell) + 3) + 2, np.int64)
    cells = np.empty(count, np.int64)
    for i in range(count):
        a = 6 * _i64(free[i])
        cells[i] = (_i64((ends[a + 1] - top) / cell) + 1) * across + _i64((ends[a] - left) / cell) + 1
        starts[cells[i] + 2] += 1
    for k in range(1, starts.size):
        starts[k] += starts[k - 1]
    ordered = np.empty(count, np.int32)
    for i in range(count):
        # Afterwards a cell's own entry is where the cell begins, and the next entry where it ends.
        ordered[starts[cells[i] + 1]] = free[i]
        starts[cells[i] + 1] += 1
    choices = np.full(count, NONE, np.int32)
    scores = np.zeros(count, np.float32)
    for i in range(count):
        a = 6 * _i64(ordered[i])
        here = (_i64((ends[a + 1] - top) / cell) + 1) * across + _i64((ends[a] - left) / cell) + 1
        for row in range(3):
            low, high = starts[here + (row - 1) * across - 1], starts[here + (row - 1) * across + 2]
            for j in range(low, min(high, low + _CELL_MOST)):
                b = 6 * _i64(ordered[j])
                dx = _f64(ends[b]) - ends[a]
                dy = _f64(ends[b + 1]) - ends[a + 1]
                longest = bridge + ends[a + 4] + ends[b + 4]
                squared = dx * dx + dy * dy
                if i == j or squared > longest * longest or squared <= 0.0:
                    continue
                distance = np.sqrt(squared)
                gap = distance - ends[a + 4] - ends[b + 4]
                is_dot = ends[a + 5] == _f32(DOT) or ends[b + 5] == _f32(DOT)
                leaving = (ends[a + 2] * dx + ends[a + 3] * dy) / distance
                arriving = -(ends[b + 2] * dx + ends[b + 3] * dy) / distance
                if is_dot or leaving < 0.7 or arriving < 0.7:
                    continue
                score = _f32((leaving + arriving) / (1.0 + max(gap, 0.0)))
                if score > scores[i]:
                    scores[i] = score
                    choices[i] = j
    for i in range(count):
        j = _i64(choices[i])
        if j > i and choices[j] == i:
            partners[ordered[i]] = ordered[j]
            partners[ordered[j]] = ordered[i]
