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

from vec2art_nb.kernels._jit import ReadF32, ReadI16, ReadI32, ReadU8, WriteF32, WriteI32, jitted, kernel

# For the type checker these are any numbers, as all is between kernels.
_U: Any = np.uint64
_i64: Any = np.int64
_i32: Any = np.int32
_f32: Any = np.float32


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
    count : int
        How many components there are.
    width : int
    """

    rows: NDArray[np.int32]
    starts: NDArray[np.int32]
    components: NDArray[np.int32]
    count: int
    width: int


def connected_runs(labels: NDArray[np.int32]) -> Runs:
    """The 4-connected components of equal labels."""
    height, width = labels.shape
    rows = np.empty(height + 1, np.int32)
    total = count_runs(labels, height, width, rows)
    # One more, which is written to and not kept.
    starts = np.empty(total + 1, np.int32)
    components = np.empty(total, np.int32)
    parent = np.empty(total, np.int32)
    count = join_runs(labels, height, width, rows, starts, components, parent)
    return Runs(rows, starts[:total], components, count, width)


def largest_kept(planes: NDArray[np.int16], runs: Runs, count: int) -> tuple[NDArray[np.int32], int]:
    """The label image of the ``count`` largest components; the others join the neighbour of nearest colour.

    Returns the labels, numbered from the top left, and how many there are: fewer where there were no more.
    """
    if runs.count <= count:
        return relabeled(runs, np.arange(runs.count, dtype=np.int32))
    height = len(runs.rows) - 1
    sizes = np.zeros(runs.count, np.int32)
    colors = np.zeros((runs.count, 4), np.float32)
    sample_runs(planes, height, runs.width, runs.rows, runs.starts, runs.components, sizes, colors)
    kept = np.zeros(runs.count, np.uint8)
    kept[np.argsort(-sizes, kind="stable")[:count]] = 1
    parent = np.arange(runs.count, dtype=np.int32)
    meetings = np.empty((3 * len(runs.starts), 2), np.int32)
    adopt(runs.rows, runs.starts, runs.components, height, runs.width, colors, kept, meetings, parent)
    return relabeled(runs, parent)


def relabeled(runs: Runs, parent: NDArray[np.int32]) -> tuple[NDArray[np.int32], int]:
    """The label image of the merged components, numbered as they are met from the top left, and how many there are."""
    height = len(runs.rows) - 1
    labels = np.empty((height, runs.width), np.int32)
    names = np.full(runs.count, -1, np.int32)
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
    labels: ReadI32, height: int, width: int, rows: ReadI32, starts: WriteI32, components: WriteI32, parent: WriteI32
) -> int:
    """List the runs and name the component of each; returns how many components there are."""
    for y in range(height):
        o = _U(y * width)
        k = _U(rows[y])
        starts[k] = _i32(0)
        k += _U(1)
        for x in range(_U(1), _U(width)):
            # Written always, kept only where the label changes: no branch to guess wrong.
            starts[k] = _i32(x)
            k += _U(labels[o + x] != labels[o + x - _U(1)])
        for k in range(rows[y], rows[y + 1]):
            parent[k] = _i32(k)
        if y == 0:
            continue
        above = _i64(rows[y - 1])
        for k in range(rows[y], rows[y + 1]):
            label = labels[_i64(y) * width + starts[k]]
            end = _i64(starts[k + 1]) if k + 1 < rows[y + 1] else _i64(width)
            while True:
                if labels[_i64(y - 1) * width + starts[above]] == label:
                    a = root(parent, _i64(above))
                    b = root(parent, _i64(k))
                    if a != b:
                        parent[max(a, b)] = _i32(min(a, b))
                above_end = _i64(starts[above + 1]) if above + 1 < rows[y] else _i64(width)
                if above_end > end or above + 1 == rows[y]:
                    break
                above += 1
                if above_end == end:
                    break
    count = _i32(0)
    for k in range(rows[height]):
        if parent[k] == k:
            components[k] = count
            count += _i32(1)
        else:
            # Parents stand before their children, so theirs is known.
            components[k] = components[parent[k]]
    return int(count)


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
    size = _i64(height) * width
    for y in range(height):
        for k in range(rows[y], rows[y + 1]):
            end = _i64(starts[k + 1]) if k + 1 < rows[y + 1] else _i64(width)
            length = end - starts[k]
            # Whole numbers below 2**24, for up to 150 runs; more are a little rounded, in the same way everywhere.
            taken = min(length, _i64(4))
            first = _i64(y) * width + starts[k] + (length - taken) // 2
            q = _i64(components[k])
            sizes[q] += _i32(length)
            s0 = _i32(0)
            s1 = _i32(0)
            s2 = _i32(0)
            for i in range(first, first + taken):
                s0 += _i32(planes[i])
                s1 += _i32(planes[size + i])
                s2 += _i32(planes[2 * size + i])
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
    rows: ReadI32, starts: ReadI32, components: ReadI32, height: int, width: int, colors: ReadF32, kept: ReadU8,
    meetings: WriteI32, parent: WriteI32,
) -> None:  # fmt: skip
    """Join every component that is not kept to one that is, across the border where colours differ least.

    Rounds as in Borůvka's algorithm for spanning trees: each group without a kept component joins the neighbour that
    one of its parts is nearest to, until there is none. Joining is by one border for each group, so no two kept
    components ever meet.

    Parameters
    ----------
    colors : (C, 4) float32
        From `sample_runs`.
    kept : (C,) uint8
        1 for at least one component.
    meetings : (3 R, 2) int32, scratch
    parent : (C,) int32, each its own, written
        On return that of each component is the kept one that it belongs to.
    """
    count = parent.size
    nearest = np.empty(count, np.int32)
    least = np.empty(count, np.float32)
    # First all borders that matter are listed, then only those that still do.
    met = _i64(0)
    for y in range(height):
        above = _i64(rows[y - 1]) if y > 0 else _i64(0)
        before = _i64(-1)
        for k in range(rows[y], rows[y + 1]):
            mine = _i64(components[k])
            if before >= 0 and before != mine and (kept[before] & kept[mine]) == 0:
                meetings[2 * met] = _i32(before)
                meetings[2 * met + 1] = _i32(mine)
                met += 1
            before = mine
            if y == 0:
                continue
            end = _i64(starts[k + 1]) if k + 1 < rows[y + 1] else _i64(width)
            while True:
                other = _i64(components[above])
                if other != mine and (kept[other] & kept[mine]) == 0:
                    meetings[2 * met] = _i32(other)
                    meetings[2 * met + 1] = _i32(mine)
                    met += 1
                above_end = _i64(starts[above + 1]) if above + 1 < rows[y] else _i64(width)
                if above_end > end or above + 1 == rows[y]:
                    break
                above += 1
                if above_end == end:
                    break
    while met > 0:
        for q in range(count):
            nearest[q] = _i32(-1)
            least[q] = _f32(3e38)
        still = _i64(0)
        for m in range(met):
            one = meetings[2 * m]
            two = meetings[2 * m + 1]
            mine = _i64(parent[one])
            other = _i64(parent[two])
            if mine == other or (kept[mine] & kept[other]) != 0:
                continue
            meetings[2 * still] = one
            meetings[2 * still + 1] = two
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
        met = still
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
            for i in range(_U(_i64(y) * width + starts[k]), _U(_i64(y) * width + end)):
                labels[i] = name
    return int(count)
