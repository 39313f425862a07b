"""A label image as runs, its connected components, and its largest ones grown over the rest.

A label image is read once into runs (stretches of one label in one row); everything after that costs time by the run,
not by the pixel.

References
----------
Rosenfeld, Pfaltz (1966), Sequential operations in digital picture processing, JACM 13(4): components by equivalence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import empty, full, zeros
from vec2art_nb.kernels._jit import ReadF32, ReadI16, ReadI32, ReadU8, WriteF32, WriteI32, WriteI64, jitted, kernel

# For the type checker these are any numbers, as all is between kernels.
_U: Any = np.uint64
_i64: Any = np.int64
_i32: Any = np.int32
_f32: Any = np.float32

# Pixels that are written at a time.
_PIECE = _U(16)


@dataclass(frozen=True, eq=False)
class Runs:
    """Connected components of a label image, as runs.

    Attributes
    ----------
    rows : (H + 1,) int32
        The first run of each row, then the number of runs.
    starts : (R,) int32
        The column where each run begins.
    components : (R,) int32
        The component of each run, numbered as they are met.
    meetings : (M, 2) int32
        Runs of different components that share a border: the one before or above, and the later one, in the order of
        the later ones.
    count : int
        How many components there are.
    width : int
    """

    rows: NDArray[np.int32]
    starts: NDArray[np.int32]
    components: NDArray[np.int32]
    meetings: NDArray[np.int32]
    count: int
    width: int


def connected_runs(labels: NDArray[np.int32]) -> Runs:
    """The 4-connected components of equal labels."""
    height, width = labels.shape
    rows = empty(height + 1, np.int32)
    total = count_runs(labels, height, width, rows)
    # One more, which is written to and not kept.
    starts = empty(total + 1, np.int32)
    components = empty(total, np.int32)
    parent = empty(total, np.int32)
    # A run meets the one before it; and two rows have fewer meetings than runs.
    meetings = empty((3 * total + 1, 2), np.int32)
    counts = np.empty(2, np.int64)
    join_runs(labels, height, width, rows, starts, components, parent, meetings, counts)
    count, met = counts.tolist()
    return Runs(rows, starts[:total], components, meetings[:met], count, width)


def largest_kept(planes: NDArray[np.int16], runs: Runs, count: int) -> tuple[NDArray[np.int32], int]:
    """The label image of the ``count`` largest components; the others join the neighbour of nearest colour.

    Returns the labels, numbered from the top left, and how many there are: fewer where there were no more.
    """
    if runs.count <= count:
        return relabeled(runs, np.arange(runs.count, dtype=np.int32))
    height = len(runs.rows) - 1
    sizes = zeros(runs.count, np.int32)
    colors = zeros((runs.count, 4), np.float32)
    sample_runs(planes, height, runs.width, runs.rows, runs.starts, runs.components, sizes, colors)
    kept = zeros(runs.count, np.uint8)
    kept[np.argsort(-sizes, kind="stable")[:count]] = 1
    parent = np.arange(runs.count, dtype=np.int32)
    pairs = empty((len(runs.meetings) + 1, 2), np.int32)
    adopt(runs.meetings, runs.components, colors, kept, pairs, parent)
    return relabeled(runs, parent)


def relabeled(runs: Runs, parent: NDArray[np.int32]) -> tuple[NDArray[np.int32], int]:
    """The label image of the merged components, numbered as they are met from the top left, and how many there are."""
    height = len(runs.rows) - 1
    labels = empty((height, runs.width), np.int32)
    names = full(runs.count, -1, np.int32)
    count = write_labels(runs.rows, runs.starts, runs.components, height, runs.width, parent, names, labels)
    return labels, count


# --- kernels ----------------------------------------------------------------------------------------------------------


@kernel
def count_runs(labels: ReadI32, height: int, width: int, rows: WriteI32) -> int:
    """Where the runs of each row begin in the list of all runs; returns how many there are."""
    total = _i64(0)
    for y in range(height):
        rows[y] = _i32(total)
        changes = _i32(1)
        o = _U(y * width)
        for x in range(_U(1), _U(width)):
            changes = _i32(changes + (_i32(1) if labels[o + x] != labels[o + x - _U(1)] else _i32(0)))
        total += changes
    rows[height] = _i32(total)
    return int(total)


@jitted
def root(parent: Any, i: Any) -> Any:
    """The representative; halves the path on the way."""
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = _i64(parent[i])
    return _i64(i)


@kernel
def join_runs(
    labels: ReadI32, height: int, width: int, rows: ReadI32, starts: WriteI32, components: WriteI32, parent: WriteI32,
    meetings: WriteI32, counts: WriteI64,
) -> None:  # fmt: skip
    """List the runs, their meetings, and the component of each.

    Parameters
    ----------
    starts : (R + 1,) int32, written
    components : (R,) int32, written
    parent : (R,) int32, scratch
    meetings : (3 R + 1, 2) int32, written
    counts : (2,) int64, written
        How many components and meetings there are.
    """
    one = _U(1)
    met = _U(0)
    for y in range(height):
        o = _U(y * width)
        first, end = _U(rows[y]), _U(rows[y + 1])
        k = first
        starts[k] = _i32(0)
        k += one
        for x in range(one, _U(width)):
            # Written always, kept only where the label changes: no branch to guess wrong.
            starts[k] = _i32(x)
            k += _U(labels[o + x] != labels[o + x - one])
        # The end of the last run, which is the start of the next row.
        starts[end] = _i32(0)
        for k in range(first, end):
            parent[k] = _i32(k)
        above = _U(rows[max(y - 1, 0)])
        k = first
        is_new = _U(0)
        while k < end:
            # As above: a meeting is written always.
            meetings[_U(2) * met] = _i32(k) - _i32(1)
            meetings[_U(2) * met + one] = _i32(k)
            met += is_new
            if y == 0:
                k += one
                is_new = one
                continue
            is_same = labels[o + _U(starts[k])] == labels[o - _U(width) + _U(starts[above])]
            if is_same:
                a = root(parent, _i64(above))
                b = root(parent, _i64(k))
                if a != b:
                    parent[max(a, b)] = _i32(min(a, b))
            meetings[_U(2) * met] = _i32(above)
            meetings[_U(2) * met + one] = _i32(k)
            met += _U(not is_same)
            stop = starts[k + one]
            stop = _i32(width) if stop == _i32(0) else stop
            stop_above = starts[above + one]
            stop_above = _i32(width) if stop_above == _i32(0) else stop_above
            is_new = _U(stop <= stop_above)
            k += is_new
            above += _U(stop_above <= stop)
    count = _i32(0)
    for k in range(rows[height]):
        if parent[k] == k:
            components[k] = count
            count += _i32(1)
        else:
            # Parents stand before their children, so theirs is known.
            components[k] = components[parent[k]]
    counts[0] = _i64(count)
    counts[1] = _i64(met)


@kernel
def sample_runs(
    planes: ReadI16, height: int, width: int, rows: ReadI32, starts: ReadI32, components: ReadI32, sizes: WriteI32,
    colors: WriteF32,
) -> None:  # fmt: skip
    """Number of pixels of each component, and its mean colour, from at most four pixels in the middle of each run.

    Parameters
    ----------
    sizes : (C,) int32, zeros, written
    colors : (C, 4) float32, zeros, written
        Three planes, and the number of pixels that these are from.
    """
    size = _U(height * width)
    for y in range(height):
        for k in range(rows[y], rows[y + 1]):
            end = _i64(starts[k + 1]) if k + 1 < rows[y + 1] else _i64(width)
            length = end - starts[k]
            # Whole numbers below 2**24, for up to 150 runs; more are a little rounded, in the same way everywhere.
            taken = min(length, _i64(4))
            first = _U(_i64(y) * width + starts[k] + (length - taken) // 2)
            q = _i64(components[k])
            sizes[q] += _i32(length)
            s0 = _i32(0)
            s1 = _i32(0)
            s2 = _i32(0)
            for i in range(_U(4)):
                # Always four, some of which count for nothing: no branch to guess wrong.
                is_taken = _i32(i < _U(taken))
                p = first + min(i, _U(taken - 1))
                s0 += is_taken * _i32(planes[p])
                s1 += is_taken * _i32(planes[size + p])
                s2 += is_taken * _i32(planes[size + size + p])
            colors[4 * q] += _f32(s0)
            colors[4 * q + 1] += _f32(s1)
            colors[4 * q + 2] += _f32(s2)
            colors[4 * q + 3] += _f32(taken)
    for q in range(sizes.size):
        scale = _f32(1) / colors[4 * q + 3]
        for plane in range(3):
            colors[4 * q + plane] *= scale


@kernel
def adopt(
    meetings: ReadI32, components: ReadI32, colors: ReadF32, kept: ReadU8, pairs: WriteI32, parent: WriteI32
) -> None:
    """Join every component that is not kept to one that is, across the border where colours differ least.

    Rounds as in Borůvka's algorithm for spanning trees: each group without a kept component joins the neighbour that
    one of its parts is nearest to, until there is none. Joining is by one border for each group, so no two kept
    components ever meet.

    Parameters
    ----------
    meetings : (M, 2) int32
    components : (R,) int32
    colors : (C, 4) float32
        From `sample_runs`.
    kept : (C,) uint8
        1 for at least one component.
    pairs : (M + 1, 2) int32, scratch
    parent : (C,) int32, each its own, written
        On return that of each component is the kept one that it belongs to.
    """
    count = parent.size
    nearest = np.full(count, -1, np.int32)
    least = np.empty(count, np.float32)
    # First all borders that matter are listed, then only those that still do.
    met = _U(0)
    for m in range(_U(meetings.size // 2)):
        one = components[meetings[_U(2) * m]]
        two = components[meetings[_U(2) * m + _U(1)]]
        pairs[_U(2) * met] = one
        pairs[_U(2) * met + _U(1)] = two
        # Most components meet the same one several times in succession; what is kept already need not remember it.
        small, other = (two, one) if kept[one] != 0 else (one, two)
        met += _U((kept[small] == 0) & (nearest[small] != other))
        nearest[small] = other
    while met > 0:
        for q in range(count):
            nearest[q] = _i32(-1)
            least[q] = _f32(3e38)
        still = _i64(0)
        for m in range(_i64(met)):
            one = pairs[2 * m]
            two = pairs[2 * m + 1]
            mine = _i64(parent[one])
            other = _i64(parent[two])
            if mine == other or (kept[mine] & kept[other]) != 0:
                continue
            pairs[2 * still] = one
            pairs[2 * still + 1] = two
            still += 1
            a = 4 * _i64(one)
            b = 4 * _i64(two)
            d0 = colors[a] - colors[b]
            d1 = colors[a + 1] - colors[b + 1]
            d2 = colors[a + 2] - colors[b + 2]
            squared = d0 * d0 + d1 * d1 + d2 * d2
            if kept[mine] == 0 and squared < least[mine]:
                least[mine] = squared
                nearest[mine] = _i32(other)
            if kept[other] == 0 and squared < least[other]:
                least[other] = squared
                nearest[other] = _i32(mine)
        met = _U(still)
        for q in range(count):
            # Two may have chosen each other: the second one to come finds that they are one already.
            if nearest[q] >= 0:
                a = root(parent, _i64(q))
                b = root(parent, _i64(nearest[q]))
                if a != b:
                    # Whatever is kept stays at the root.
                    if kept[a] != 0:
                        a, b = b, a
                    parent[a] = _i32(b)
        for q in range(count):
            parent[q] = _i32(root(parent, _i64(q)))


@kernel
def write_labels(
    rows: ReadI32, starts: ReadI32, components: ReadI32, height: int, width: int, parent: ReadI32, names: WriteI32,
    labels: WriteI32,
) -> int:  # fmt: skip
    """Number the merged components in the order of their first runs and write the label image."""
    count = _i32(0)
    for y in range(height):
        for k in range(rows[y], rows[y + 1]):
            root = _i64(parent[components[k]])
            if names[root] < 0:
                names[root] = count
                count += _i32(1)
            name = names[root]
            end = _i64(starts[k + 1]) if k + 1 < rows[y + 1] else _i64(width)
            i = _U(_i64(y) * width + starts[k])
            last = _U(_i64(y) * width + end)
            # In pieces of one size, which go beyond the end of the run: the next ones are written over that.
            while i < last and i + _PIECE <= _U(labels.size):
                for j in range(_PIECE):
                    labels[i + j] = name
                i += _PIECE
            for j in range(i, last):
                labels[j] = name
    return int(count)
