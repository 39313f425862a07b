"""A skeleton's pixels as a graph: nodes where lines end or meet, edges between them, hairs pruned.

The pixels stand in a list in scan order, so that all that follows touches some ten thousand entries and not a million
pixels. Two pixels are neighbours when they share a side, or a corner with no third pixel between them: a staircase then
has no junctions.
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
    WriteI32,
    WriteI64,
    WriteU8,
    jitted,
    kernel,
)
from vec2art_nb.kernels.bit_planes import bit_length, lowest_bit

# For the type checker these are any numbers, as all is between kernels.
_i64: Any = np.int64
_u64: Any = np.uint64
_f32: Any = np.float32
_i32: Any = np.int32
_u8: Any = np.uint8

NONE = -1
KEPT, INNER, PRUNED = 0, 1, 2

# A neighbour's bit among a pixel's links; the bit that links it back is four places away.
_EAST, _WEST = 1 << 0, 1 << 4
_NORTH_WEST, _NORTH, _NORTH_EAST = 1 << 5, 1 << 6, 1 << 7


class SkeletonGraph(NamedTuple):
    """Edges of a skeleton as ragged arrays.

    Attributes
    ----------
    chain : (N,) int32
        Positions in the list of pixels, edge after edge, ends included.
    offsets : (E + 1,) int64
        Where each edge begins in ``chain``, then N.
    nodes : (E, 2) int32
        The cluster at either end: the position in the list of pixels of the cluster's first pixel. -1 for loops.
    states : (E,) uint8
        ``KEPT``, ``INNER`` (within a cluster of junctions) or ``PRUNED``.
    degrees : (n,) int32
        For a cluster's first pixel: how many ends of kept edges it joins.
    reaches : (n,) float32
        For a cluster's first pixel: px, the largest distance to the page within the cluster.
    """

    chain: NDArray[np.int32]
    offsets: NDArray[np.int64]
    nodes: NDArray[np.int32]
    states: NDArray[np.uint8]
    degrees: NDArray[np.int32]
    reaches: NDArray[np.float32]


def skeleton_graph(
    pixels: NDArray[np.int32], radii: NDArray[np.float32], width: int, prune: float, merge: float = 2.0
) -> SkeletonGraph:
    """Link the pixels of a skeleton, merge junctions that are one, prune hairs.

    Parameters
    ----------
    pixels : (n,) int32
        Indices into the flat picture, in scan order.
    radii : (n,) float32
        px, the distance of each to the page.
    width : int
        Of the picture.
    prune : float
        A side branch goes when it reaches less far out of its junction's disc of ink than this many times half the
        width: its own, or the disc's when it narrows towards a corner.
    merge : float
        Junctions are one when they are nearer than this many radii, or one lies at the other's rim.
    """
    count = len(pixels)
    links, degrees = zeros((2, count), np.uint8)
    above, below = empty((2, count), np.int32)
    ends = link_pixels(pixels, width, links, above, below, degrees)
    # Loops repeat no point; every other edge has two ends, which may be shared. A lone pixel is an edge of one point.
    chain = empty(count + ends + 1, np.int32)
    most = ends // 2 + count // 4 + 1
    offsets = empty(most + 1, np.int64)
    nodes = empty((most, 2), np.int32)
    used = zeros(count, np.uint8)
    edges = int(trace_edges(links, above, below, degrees, used, chain, offsets, nodes))
    offsets = copied(offsets[: edges + 1])
    chain, nodes = copied(chain[: offsets[-1]]), copied(nodes[:edges])
    states = zeros(edges, np.uint8)
    cluster = np.arange(count, dtype=np.int32)
    roots = empty((edges, 2), np.int32)
    cluster_degrees = zeros(count, np.int32)
    reaches = zeros(count, np.float32)
    longest = zeros((count, 2), np.float32)
    spans, middles = empty((2, edges), np.float32)
    prune_edges(
        pixels, radii, width, degrees, chain, offsets, prune, merge,
        nodes, states, cluster, roots, cluster_degrees, reaches, longest, spans, middles,
    )  # fmt: skip
    return SkeletonGraph(chain, offsets, nodes, states, cluster_degrees, reaches)


@kernel
def link_pixels(pixels: ReadI32, width: int, links: WriteU8, above: WriteI32, below: WriteI32, degrees: WriteU8) -> int:
    """Find each pixel's neighbours; returns how many ends the edges between nodes have.

    Parameters
    ----------
    pixels : (n,) int32
        Indices into the flat picture, in scan order.
    links : (n,) uint8, zero, written
        A bit for each neighbour: east, then clockwise.
    above, below : (n,) int32, written
        Positions in the list of the first neighbour in the row above, and in the row below, where there is one.
    degrees : (n,) uint8, written
    """
    n = _i64(pixels.size)
    row_start = _i64(0)
    # Where the row above was read to.
    j = _i64(0)
    for i in range(n):
        pixel = _i64(pixels[i])
        if pixel >= row_start + width:
            row_start = pixel // width * width
        x = pixel - row_start
        east = i + 1 < n and x + 1 < width and _i64(pixels[i + 1]) == pixel + 1
        if east:
            links[i] |= _u8(_EAST)
            links[i + 1] |= _u8(_WEST)
        north = pixel - width
        least = north - 1 if x > 0 else north
        while _i64(pixels[j]) < least:
            j += 1
        k = j
        corner = _i64(pixels[k]) < north
        if corner:
            k += 1
        if _i64(pixels[k]) == north:
            above[i] = k
            below[k] = i
            links[i] |= _u8(_NORTH)
            links[k] |= _u8(_NORTH >> 4)
            continue
        # With no pixel in between, corners count.
        if not east and x + 1 < width and _i64(pixels[k]) == north + 1:
            above[i] = k
            below[k] = i
            links[i] |= _u8(_NORTH_EAST)
            links[k] |= _u8(_NORTH_EAST >> 4)
        if corner and not links[i] & _u8(_WEST):
            above[i] = k - 1
            if not links[k - 1] & _u8(_NORTH_EAST >> 4):
                below[k - 1] = i
            links[i] |= _u8(_NORTH_WEST)
            links[k - 1] |= _u8(_NORTH_WEST >> 4)
    ends = _i64(0)
    for i in range(n):
        degree = _u8(0)
        for d in range(8):
            degree += (links[i] >> _u8(d)) & _u8(1)
        degrees[i] = degree
        if degree != 2:
            # A lone pixel is an edge with both its ends.
            ends += _i64(degree) if degree != 0 else 2
    return int(ends)


@jitted
def _walk(
    i: int, d: int, links: Any, above: Any, below: Any, degrees: Any, used: Any, chain: Any, n: int
) -> tuple[int, int]:
    """Follow a line from pixel i in direction d to its next node; returns that node and the length of the chain."""
    while True:
        used[i] |= _u8(1 << d)
        if d & 3 == 0:
            j = i + 1 - (d >> 1)
        elif d < 4:
            # Of two neighbours in a row the left one stands first.
            j = _i64(below[i]) + (_i64(d == 1) & _i64(links[i] >> _u8(3)))
        else:
            j = _i64(above[i]) + (_i64(d == 7) & _i64(links[i] >> _u8(5)))
        back = (d + 4) & 7
        used[j] |= _u8(1 << back)
        chain[n] = j
        n += 1
        if degrees[j] != 2:
            return j, n
        d = _i64(bit_length(_u64(links[j]) & ~(_u64(1) << _u64(back)))) - 1
        i = j
        if used[i] & _u8(1 << d):
            return i, n


@kernel
def trace_edges(
    links: ReadU8,
    above: ReadI32,
    below: ReadI32,
    degrees: ReadU8,
    used: WriteU8,
    chain: WriteI32,
    offsets: WriteI64,
    nodes: WriteI32,
) -> int:
    """List the edges; returns how many.

    Parameters
    ----------
    links, above, below, degrees : as `link_pixels` wrote them
    used : (n,) uint8, zero, scratch
        A bit for each direction that was followed.
    chain : (N,) int32, written
    offsets : (at least E + 1,) int64, written
    nodes : (at least E, 2) int32, written
        The pixels at both ends; -1 for a loop, which does not repeat its first point.
    """
    n = _i64(0)
    edges = _i64(0)
    offsets[0] = 0
    for i in range(_i64(degrees.size)):
        if degrees[i] == 2:
            continue
        for d in range(8):
            if not (links[i] & ~used[i]) & _u8(1 << d):
                continue
            chain[n] = i
            last, n = _walk(_i64(i), _i64(d), links, above, below, degrees, used, chain, n + 1)
            nodes[2 * edges] = i
            nodes[2 * edges + 1] = last
            edges += 1
            offsets[edges] = n
        if degrees[i] == 0:
            chain[n] = i
            n += 1
            nodes[2 * edges] = i
            nodes[2 * edges + 1] = i
            edges += 1
            offsets[edges] = n
    for i in range(_i64(degrees.size)):
        if degrees[i] != 2 or used[i] != 0:
            continue
        # Ends where it began, with the first pixel again.
        d = _i64(bit_length(lowest_bit(_u64(links[i])))) - 1
        _, n = _walk(_i64(i), d, links, above, below, degrees, used, chain, n)
        nodes[2 * edges] = NONE
        nodes[2 * edges + 1] = NONE
        edges += 1
        offsets[edges] = n
    return int(edges)


@jitted
def _root(cluster: Any, i: int) -> Any:
    while cluster[i] != i:
        cluster[i] = cluster[cluster[i]]
        i = _i64(cluster[i])
    return i


@jitted
def _distance(a: Any, b: Any, width: Any) -> Any:
    row_a, row_b = a // width, b // width
    dx = _i64(a - row_a * width) - _i64(b - row_b * width)
    dy = _i64(row_a) - _i64(row_b)
    return np.sqrt(_f32(dx * dx + dy * dy))


@kernel
def prune_edges(
    pixels: ReadI32,
    radii: ReadF32,
    width: int,
    pixel_degrees: ReadU8,
    chain: ReadI32,
    offsets: ReadI64,
    prune: float,
    merge: float,
    nodes: WriteI32,
    states: WriteU8,
    cluster: WriteI32,
    roots: WriteI32,
    degrees: WriteI32,
    reaches: WriteF32,
    longest: WriteF32,
    spans: WriteF32,
    middles: WriteF32,
) -> None:
    """Merge junctions that lie in each other's ink, and prune the side branches that hardly leave it.

    Parameters
    ----------
    pixels, radii, width, prune, merge : see `skeleton_graph`
    pixel_degrees : (n,) uint8
    chain, offsets : the edges
    nodes : (E, 2) int32, written
        Pixels at the ends; afterwards the clusters that they belong to.
    states : (E,) uint8, zero, written
    cluster : (n,) int32, 0 … n - 1, scratch
    roots : (E, 2) int32, scratch
    degrees : (n,) int32, zero, written
    reaches : (n,) float32, zero, written
    longest : (n, 2) float32, zero, scratch
        How far the two longest branches of a cluster reach.
    spans, middles : (E,) float32, scratch
        From end to end of each edge, and half the width half way.
    """
    edges = _i64(states.size)
    half = _f32(0.5)
    for e in range(edges):
        middles[e] = radii[chain[(offsets[e] + offsets[e + 1]) >> 1]] - half
        if nodes[2 * e] >= 0:
            a, b = pixels[nodes[2 * e]], pixels[nodes[2 * e + 1]]
            spans[e] = _distance(_u64(a), _u64(b), _u64(width))
    for e in range(edges):
        a = _i64(nodes[2 * e])
        b = _i64(nodes[2 * e + 1])
        if a < 0 or a == b or pixel_degrees[a] < 3 or pixel_degrees[b] < 3:
            continue
        thick = max(radii[a], radii[b]) - half
        thin = min(radii[a], radii[b]) - half
        middle = middles[e]
        sides = _f32(offsets[e + 1] - offsets[e] - 1)
        if middle < _f32(0.3) * thin and sides <= _f32(3) * thin:
            # A thread of ink between two lines that nearly touch.
            states[e] = PRUNED
            continue
        if sides <= merge * thin + thick - thin and middle >= _f32(0.7) * thin:
            first = _root(cluster, a)
            second = _root(cluster, b)
            cluster[max(first, second)] = min(first, second)
            # Two ways between the same junctions go round a hole that is there: only one of them is within.
            if first != second:
                states[e] = INNER
    for end in range(2 * edges):
        a = _i64(nodes[end])
        if a >= 0:
            root = _root(cluster, a)
            reaches[root] = max(reaches[root], radii[a] - half)
            roots[end] = root
    for _ in range(4):
        for end in range(2 * edges):
            if nodes[end] >= 0:
                degrees[roots[end]] = 0
                longest[2 * roots[end]] = _f32(-1e9)
                longest[2 * roots[end] + 1] = _f32(-1e9)
        for end in range(2 * edges):
            if nodes[end] >= 0 and states[end >> 1] == KEPT:
                degrees[roots[end]] += _i32(1)
        # Of branches that all would go, the two longest stay: a small cross is still a line.
        for turn in range(2):
            went = _i64(0)
            for e in range(edges):
                if states[e] != KEPT or nodes[2 * e] < 0:
                    continue
                a = _i64(nodes[2 * e])
                b = _i64(nodes[2 * e + 1])
                root_a = _i64(roots[2 * e])
                root_b = _i64(roots[2 * e + 1])
                if degrees[root_a] == 1 and degrees[root_b] > 1:
                    a, b = b, a
                    root_a, root_b = root_b, root_a
                reach = _f32(1e9)
                least = prune * max(reaches[root_a], _f32(1))
                if degrees[root_b] == 1 and root_a != root_b:
                    tip = radii[b] - half
                    middle = middles[e]
                    reach = spans[e] + tip - reaches[root_a]
                    # A hair runs into a corner and narrows all the way; a line of the pen keeps its width, and is
                    # measured by that.
                    if middle <= _f32(1.35) * tip + _f32(0.7):
                        least = prune * max(tip, _f32(1))
                if turn == 0:
                    for root in (root_a, root_b):
                        # In units of what is asked for: from one up a branch stays.
                        value = reach / max(least, _f32(1e-6))
                        if value > longest[2 * root]:
                            longest[2 * root + 1] = longest[2 * root]
                            longest[2 * root] = value
                        elif value > longest[2 * root + 1]:
                            longest[2 * root + 1] = value
                elif degrees[root_a] > 2:
                    most = _f32(1) if longest[2 * root_a] >= _f32(1) else longest[2 * root_a + 1]
                    if reach / max(least, _f32(1e-6)) < most:
                        states[e] = PRUNED
                        went += 1
        if went == 0:
            break
    for end in range(2 * edges):
        if nodes[end] >= 0:
            nodes[end] = roots[end]
            degrees[roots[end]] = 0
    for end in range(2 * edges):
        # A lone pixel is one end, not two.
        is_twin = end & 1 == 1 and offsets[(end >> 1) + 1] - offsets[end >> 1] == 1
        if nodes[end] >= 0 and states[end >> 1] == KEPT and not is_twin:
            degrees[roots[end]] += _i32(1)
