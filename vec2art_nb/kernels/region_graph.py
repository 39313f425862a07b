"""The graph of neighbouring regions, and greedy merging on it.

Sums are of whole numbers, so no order of merging can change what a region's colour is.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import copied, empty, full, zeros
from vec2art_nb.kernels._jit import ReadI16, ReadI32, ReadU8, WriteI32, WriteI64, WriteU64, jitted, kernel
from vec2art_nb.kernels.runs import Runs, relabeled, root

# For the type checker these are any numbers, as all is between kernels.
_U: Any = np.uint64
_i64: Any = np.int64
_i32: Any = np.int32
_f64: Any = np.float64


def simplified(
    planes: NDArray[np.int16], runs: Runs, difference: float, min_size: int
) -> tuple[NDArray[np.int32], int]:
    """The label image after `merged`, then `absorbed`; and how many regions are left."""
    sums = region_sums(planes, runs)
    pairs = neighbors(runs, np.ones(runs.count, np.uint8))
    parent = merged(sums, pairs, difference) if difference > 0 else np.arange(runs.count, dtype=np.int32)
    if min_size > 1:
        totals = zeros(sums.shape, sums.dtype)
        np.add.at(totals, parent, sums)
        pairs = parent[pairs]
        # Those that have been merged away are nobody any more.
        gone = (parent != np.arange(runs.count)).astype(np.uint8)
        parent = absorbed(totals, pairs[pairs[:, 0] != pairs[:, 1]], gone, min_size)[parent]
    return relabeled(runs, parent)


def region_sums(planes: NDArray[np.int16], runs: Runs) -> NDArray[np.int64]:
    """Number of pixels and sums of the three planes for each component; (C, 4) int64."""
    sums = zeros((runs.count, 4), np.int64)
    height, width = planes.shape[1:]
    sum_runs(planes, height, width, runs.rows, runs.starts, runs.components, sums)
    return sums


def neighbors(runs: Runs, wanted: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Pairs of components that share a border and of which one is wanted, each once, in the order they are met.

    Parameters
    ----------
    wanted : (C,) uint8

    Returns
    -------
    (E, 2) int32
    """
    # A planar graph of V nodes has fewer than 3 V edges.
    most = 3 * runs.count
    slots = 1 << max(4, (most * 3 // 2).bit_length())
    pairs = empty((most, 2), np.int32)
    table = zeros(slots, np.uint64)
    found = find_neighbors(
        runs.rows, runs.starts, runs.components, len(runs.rows) - 1, runs.width, wanted, table, pairs
    )
    return copied(pairs[:found])


def absorbed(
    sums: NDArray[np.int64], pairs: NDArray[np.int32], kept: NDArray[np.uint8], min_size: int
) -> NDArray[np.int32]:
    """Merge each region below the minimum size, smallest first, into the neighbour of nearest colour.

    Parameters
    ----------
    sums : (C, 4) int64
        From `region_sums`.
    pairs : (E, 2) int32
        From `neighbors`; those of the small regions are enough.
    kept : (C,) uint8
        1 for regions that count as large, whatever their size.
    min_size : int
        Pixels.

    Returns
    -------
    (C,) int32
        For each region one of those that it now is part of; the same for all parts.
    """
    parent = np.arange(len(sums), dtype=np.int32)
    totals = copied(sums)
    heads, following, targets = _half_edges(pairs, len(sums))
    queue = empty(2 * len(sums) + 2, np.int64)
    absorb_small(totals, copied(kept).view(np.uint8), min_size, parent, heads, following, targets, queue)
    return parent


def merged(sums: NDArray[np.int64], pairs: NDArray[np.int32], difference: float) -> NDArray[np.int32]:
    """Merge neighbours whose mean colours differ by less than ``difference``, nearest first.

    The order is exact up to a sixteenth of ``difference``: a region's borders are looked at again only when its mean
    colour has moved by that much, which keeps the work for large regions in bounds.

    Parameters
    ----------
    sums, pairs
        From `region_sums` and from `neighbors` with all wanted.
    difference : float
        In units of the planes.

    Returns
    -------
    (C,) int32
        For each region one of those that it now is part of; the same for all parts.
    """
    parent = np.arange(len(sums), dtype=np.int32)
    heads, following, targets = _half_edges(pairs, len(sums))
    marks = zeros(len(sums), np.int32)
    merge_similar(copied(sums), difference, parent, heads, following, targets, marks, len(pairs))
    return parent


def _half_edges(pairs: NDArray[np.int32], count: int) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Circular lists of half edges: one of each region (-1: none), the next of the same region, and where it leads."""
    heads = full(count, -1, np.int32)
    following = empty(2 * len(pairs), np.int32)
    targets = empty(2 * len(pairs), np.int32)
    link_half_edges(pairs, len(pairs), heads, following, targets)
    return heads, following, targets


# --- kernels ----------------------------------------------------------------------------------------------------------


@kernel
def sum_runs(
    planes: ReadI16, height: int, width: int, rows: ReadI32, starts: ReadI32, components: ReadI32, sums: WriteI64
) -> None:
    """Add up the planes over each component; see `region_sums`."""
    size = _U(height * width)
    for y in range(height):
        for k in range(rows[y], rows[y + 1]):
            end = _i64(starts[k + 1]) if k + 1 < rows[y + 1] else _i64(width)
            first, last = _U(_i64(y) * width + starts[k]), _U(_i64(y) * width + end)
            q = _i64(components[k]) * 4
            s0, s1, s2 = _i64(0), _i64(0), _i64(0)
            for i in range(first, last):
                s0 += _i64(planes[i])
                s1 += _i64(planes[size + i])
                s2 += _i64(planes[size + size + i])
            sums[q] += _i64(last - first)
            sums[q + 1] += s0
            sums[q + 2] += s1
            sums[q + 3] += s2


@jitted
def _is_new(table: Any, key: Any) -> bool:
    """Whether the key is met for the first time; it then stands in the table (open addressing, never full)."""
    mask = _U(table.size - 1)
    slot = ((key * _U(0x9E3779B97F4A7C15)) >> _U(20)) & mask
    while table[slot] != _U(0):
        if table[slot] == key:
            return False
        slot = (slot + _U(1)) & mask
    table[slot] = key
    return True


@kernel
def find_neighbors(
    rows: ReadI32, starts: ReadI32, components: ReadI32, height: int, width: int, wanted: ReadU8, table: WriteU64,
    pairs: WriteI32,
) -> int:  # fmt: skip
    """List each pair of adjacent components once; see `neighbors`."""
    found = _i64(0)
    before = _U(0)
    for y in range(height):
        above = _i64(rows[y - 1]) if y > 0 else _i64(0)
        for k in range(rows[y], rows[y + 1]):
            mine = _i64(components[k])
            is_last = k + 1 == rows[y + 1]
            end = _i64(width) if is_last else _i64(starts[k + 1])
            is_beside = not is_last
            while True:
                other = _i64(components[k + 1]) if is_beside else (_i64(components[above]) if y > 0 else mine)
                if other != mine and (wanted[mine] != 0 or wanted[other] != 0):
                    # One is added: nothing is no key.
                    low, high = min(mine, other), max(mine, other)
                    key = _U(low + 1) << _U(32) | _U(high + 1)
                    if key != before and _is_new(table, key):
                        pairs[2 * found] = _i32(low)
                        pairs[2 * found + 1] = _i32(high)
                        found += 1
                    before = key
                if is_beside:
                    is_beside = False
                    continue
                if y == 0:
                    break
                above_end = _i64(starts[above + 1]) if above + 1 < rows[y] else _i64(width)
                if above_end > end or above + 1 == rows[y]:
                    break
                above += 1
                if above_end == end:
                    break
    return int(found)


@kernel
def link_half_edges(pairs: ReadI32, count: int, heads: WriteI32, following: WriteI32, targets: WriteI32) -> None:
    """Circular lists: half edge 2 e leads from the first of pair e to the second, 2 e + 1 back."""
    for h in range(2 * count):
        region = pairs[h]
        targets[h] = pairs[h ^ 1]
        head = heads[region]
        if head < 0:
            following[h] = _i32(h)
            heads[region] = _i32(h)
        else:
            following[h] = following[head]
            following[head] = _i32(h)


@jitted
def _squared_difference(totals: Any, a: Any, b: Any) -> Any:
    """Between the mean colours of two regions; exactly the same either way round."""
    n, m = _f64(totals[4 * a]), _f64(totals[4 * b])
    squared = 0.0
    for plane in range(1, 4):
        d = _f64(totals[4 * a + plane]) / n - _f64(totals[4 * b + plane]) / m
        squared += d * d
    return squared


@jitted
def _splice(heads: Any, following: Any, a: Any, b: Any) -> None:
    """Region ``a`` takes the half edges of region ``b``: two circular lists become one."""
    if heads[b] >= 0:
        if heads[a] < 0:
            heads[a] = heads[b]
        else:
            one, other = _i64(heads[a]), _i64(heads[b])
            after = following[one]
            following[one] = following[other]
            following[other] = after


@jitted
def _sift_up(queue: Any, i: Any) -> None:
    key = queue[i]
    while i > 0:
        up = (i - 1) >> 1
        if queue[up] <= key:
            break
        queue[i] = queue[up]
        i = up
    queue[i] = key


@jitted
def _pop(queue: Any, size: Any) -> Any:
    """The least key; what was last takes the free place. The caller makes the size one less."""
    least = queue[0]
    key = queue[size - 1]
    last = size - 1
    i = _i64(0)
    while True:
        down = 2 * i + 1
        if down >= last:
            break
        if down + 1 < last and queue[down + 1] < queue[down]:
            down += 1
        if queue[down] >= key:
            break
        queue[i] = queue[down]
        i = down
    queue[i] = key
    return least


@kernel
def absorb_small(
    totals: WriteI64, kept: ReadU8, min_size: int, parent: WriteI32, heads: WriteI32, following: WriteI32,
    targets: ReadI32, queue: WriteI64,
) -> None:  # fmt: skip
    """Merge small regions into neighbours; see `absorbed`. On return every parent is a root."""
    count = parent.size
    large = np.empty(count, np.uint8)
    waiting = _i64(0)
    for i in range(count):
        large[i] = kept[i]
        if kept[i] == 0 and totals[4 * i] < min_size:
            queue[waiting] = totals[4 * i] << _i64(32) | _i64(i)
            waiting += 1
            _sift_up(queue, waiting - 1)
    while waiting > 0:
        key = _pop(queue, waiting)
        waiting -= 1
        region = key & _i64(0xFFFFFFFF)
        if parent[region] != region or large[region] != 0 or totals[4 * region] != key >> _i64(32):
            continue
        first = _i64(heads[region])
        if first < 0:
            continue
        nearest = _i64(-1)
        least = 0.0
        h = first
        while True:
            other = root(parent, _i64(targets[h]))
            if other != region:
                squared = _squared_difference(totals, region, other)
                # Of equals the first named, whatever the order of the list.
                if nearest < 0 or squared < least or (squared == least and other < nearest):
                    least = squared
                    nearest = other
            h = _i64(following[h])
            if h == first:
                break
        if nearest < 0:
            continue
        for field in range(4):
            totals[4 * nearest + field] += totals[4 * region + field]
        parent[region] = _i32(nearest)
        _splice(heads, following, nearest, region)
        if large[nearest] == 0 and totals[4 * nearest] < min_size:
            queue[waiting] = totals[4 * nearest] << _i64(32) | nearest
            waiting += 1
            _sift_up(queue, waiting - 1)
    for i in range(count):
        parent[i] = _i32(root(parent, _i64(i)))


@kernel
def merge_similar(
    totals: WriteI64, difference: float, parent: WriteI32, heads: WriteI32, following: WriteI32, targets: ReadI32,
    marks: WriteI32, edges: int,
) -> None:  # fmt: skip
    """Merge neighbours of similar colour, nearest first; see `merged`. On return every parent is a root."""
    count = _i64(parent.size)
    most = _f64(difference) * _f64(difference)
    room = _i64(2 * edges + 64)
    # A heap of half edges by difference; whole numbers, so that ties are broken by the half edge.
    queue = np.empty(room, np.int64)
    scale = _f64(_i64(1) << _i64(30)) / most if most > 0.0 else 0.0
    # Mean colours when a region's borders were last looked at.
    seen = np.empty(3 * count, np.float64)
    for i in range(count):
        for plane in range(3):
            seen[3 * i + plane] = _f64(totals[4 * i + plane + 1]) / _f64(totals[4 * i])
    waiting = _i64(0)
    source = np.empty(targets.size, np.int32)
    for h in range(targets.size):
        source[h] = targets[h ^ 1]
    for e in range(edges):
        squared = _squared_difference(totals, _i64(targets[2 * e]), _i64(targets[2 * e + 1]))
        if squared < most:
            queue[waiting] = _i64(squared * scale) << _i64(32) | _i64(2 * e)
            waiting += 1
            _sift_up(queue, waiting - 1)
    turn = _i32(0)
    while waiting > 0:
        key = _pop(queue, waiting)
        waiting -= 1
        h = key & _i64(0xFFFFFFFF)
        a = root(parent, _i64(source[h]))
        b = root(parent, _i64(targets[h]))
        if a == b:
            continue
        squared = _squared_difference(totals, a, b)
        if squared >= most:
            continue
        now = _i64(squared * scale)
        if now > key >> _i64(32):
            queue[waiting] = now << _i64(32) | h
            waiting += 1
            _sift_up(queue, waiting - 1)
            continue
        if totals[4 * a] < totals[4 * b] or (totals[4 * a] == totals[4 * b] and b < a):
            a, b = b, a
        for field in range(4):
            totals[4 * a + field] += totals[4 * b + field]
        parent[b] = _i32(a)
        moved = 0.0
        for plane in range(3):
            d = _f64(totals[4 * a + plane + 1]) / _f64(totals[4 * a]) - seen[3 * a + plane]
            moved += d * d
        is_moved = moved * 256.0 >= most
        if is_moved:
            _splice(heads, following, a, b)
            for plane in range(3):
                seen[3 * a + plane] = _f64(totals[4 * a + plane + 1]) / _f64(totals[4 * a])
        # The borders of the smaller part are now those of the whole: these are always looked at. Each half edge comes
        # here a few times at most, because what it belongs to has doubled since. All borders only when the colour has
        # moved. Half edges within the region, and second ones to the same neighbour, are dropped.
        walked = a if is_moved else b
        first = _i64(heads[walked])
        if first >= 0:
            turn += _i32(1)
            before = first
            h = _i64(following[first])
            alive = _i64(-1)
            while True:
                is_end = h == first
                after = _i64(following[h])
                other = root(parent, _i64(targets[h]))
                if other == a or marks[other] == turn:
                    following[before] = _i32(after)
                else:
                    marks[other] = turn
                    alive = h
                    before = h
                    squared = _squared_difference(totals, a, other)
                    if squared < most:
                        if waiting == queue.size:
                            longer = np.empty(2 * queue.size, np.int64)
                            longer[: queue.size] = queue
                            queue = longer
                        queue[waiting] = _i64(squared * scale) << _i64(32) | h
                        waiting += 1
                        _sift_up(queue, waiting - 1)
                if is_end:
                    break
                h = after
            heads[walked] = _i32(alive)
        if not is_moved:
            _splice(heads, following, a, b)
    for i in range(count):
        parent[i] = _i32(root(parent, _i64(i)))
