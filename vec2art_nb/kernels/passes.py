"""Drawing in several passes: a later one adds only what is not yet drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import copied, empty
from vec2art_nb.kernels._jit import ReadF32, ReadI64, ReadU8, WriteF32, WriteI64, WriteU8, kernel
from vec2art_nb.kernels.strokes import Chains

# For the type checker these are any numbers, as all is between kernels.
_i64: Any = np.int64
_u64: Any = np.uint64
_f32: Any = np.float32

# A stroke that crosses a drawn one is near it for a few points, and that is no reason to cut it.
_CROSSING = 4

# Where a stroke is cut it goes on for so many points, or there would be a gap beside the drawn one.
_MEETING = 2


def drawn_mask(chains: Chains, radius_px: int, mask: NDArray[np.uint8]) -> None:
    """Mark the pixels within ``radius_px`` of any point of the strokes with 1.

    Parameters
    ----------
    chains : Chains
        Points at most about a pixel apart.
    radius_px : int
        Of a disc around each point's pixel.
    mask : (H, W) uint8, changed
    """
    height, width = mask.shape
    mark_discs(chains.points, radius_px, height, width, mask)


def undrawn_parts(chains: Chains, mask: NDArray[np.uint8], radius_px: int) -> Chains:
    """The parts of strokes that do not run along what is drawn.

    Parameters
    ----------
    chains : Chains
    mask : (H, W) uint8
        Of `drawn_mask`.
    radius_px : int
        The same as there.

    Returns
    -------
    Chains
        A closed stroke stays closed when nothing is cut out of it. Strokes that only cross a drawn one stay whole.
    """
    height, width = mask.shape
    longest = int(np.diff(chains.offsets).max(initial=0))
    covered = empty(longest + 1, np.uint8)
    # Parts of one stroke share the points at which they meet a drawn one, at most.
    room = len(chains.points) * (1 + _MEETING) + 1
    points = empty((room, 2), np.float32)
    offsets = empty(len(chains.points) + 2, np.int64)
    closed = empty(len(chains.points) + 1, np.uint8)
    crossing = 2 * radius_px + 1 + _CROSSING
    count = cut_drawn(*chains, mask, height, width, crossing, covered, points, offsets, closed)
    return Chains(copied(points[: offsets[count]]), copied(offsets[: count + 1]), copied(closed[:count]))


def together(first: Chains, second: Chains) -> Chains:
    """The strokes of both, in order."""
    return Chains(
        np.concatenate([first.points, second.points]),
        np.concatenate([first.offsets, second.offsets[1:] + first.offsets[-1]]),
        np.concatenate([first.closed, second.closed]),
    )


@kernel
def mark_discs(points: ReadF32, radius: int, height: int, width: int, mask: WriteU8) -> None:
    """Set the pixels around each point; see `drawn_mask`."""
    reach = radius * radius + radius
    for i in range(_i64(points.size // 2)):
        x, y = _i64(points[2 * i]), _i64(points[2 * i + 1])
        for row in range(max(y - radius, 0), min(y + radius + 1, height)):
            for column in range(max(x - radius, 0), min(x + radius + 1, width)):
                if (row - y) * (row - y) + (column - x) * (column - x) <= reach:
                    mask[row * width + column] = 1


@kernel
def cut_drawn(
    points: ReadF32,
    offsets: ReadI64,
    closed: ReadU8,
    mask: ReadU8,
    height: int,
    width: int,
    crossing: int,
    covered: WriteU8,
    kept: WriteF32,
    kept_offsets: WriteI64,
    kept_closed: WriteU8,
) -> int:
    """Copy the parts of strokes that are not drawn yet; returns how many.

    Parameters
    ----------
    points, offsets, closed : as in `Chains`
    mask : (H, W) uint8
    crossing : int
        So many covered points in a row, between others, do not cut a stroke.
    covered : (longest stroke + 1,) uint8, scratch
    kept, kept_offsets, kept_closed : (3 N + 1, 2) float32, (N + 2,) int64, (N + 1,) uint8, written
    """
    count = _i64(0)
    n = _i64(0)
    kept_offsets[0] = 0
    for stroke in range(_i64(closed.size)):
        first, size = offsets[stroke], offsets[stroke + 1] - offsets[stroke]
        around = closed[stroke] != 0
        hidden = _i64(0)
        start = _i64(0)
        for k in range(size):
            x = min(max(_i64(points[2 * (first + k)]), 0), width - 1)
            y = min(max(_i64(points[2 * (first + k) + 1]), 0), height - 1)
            covered[k] = mask[y * width + x]
            hidden += _i64(covered[k])
        if hidden == size:
            continue
        # A loop is gone round from one of its longest covered runs, so that no other lies across its beginning.
        run = _i64(0)
        most = _i64(0)
        for k in range(2 * size if around else 0):
            run = run + 1 if covered[k % size] != 0 else _i64(0)
            if run > most:
                most = run
                start = (k + 1) % size
        # Crossings count as not covered: runs between two open parts that are not too long.
        run = _i64(0)
        seen = _i64(0)
        for k in range(size):
            p = (start + k) % size
            if covered[p] != 0:
                run += 1
            else:
                if 0 < run <= crossing and (seen > 0 or (around and most <= crossing)):
                    for j in range(k - run, k):
                        covered[(start + j) % size] = 0
                run = _i64(0)
                seen += 1
        if around and run > 0 and most <= crossing:
            for j in range(size - run, size):
                covered[(start + j) % size] = 0
        whole = True
        for k in range(size):
            whole &= covered[k] == 0
        k = _i64(0)
        while k < size:
            if not whole and covered[(start + k) % size] != 0:
                k += 1
                continue
            begin = k
            while k < size and (whole or covered[(start + k) % size] == 0):
                k += 1
            low = begin if around and whole else max(begin - _MEETING, _i64(0))
            high = k if around and whole else min(k + _MEETING, size)
            if high - low < 2:
                continue
            for j in range(low, high):
                p = first + (start + j) % size
                kept[2 * n] = points[2 * p]
                kept[2 * n + 1] = points[2 * p + 1]
                n += 1
            kept_closed[count] = 1 if around and whole else 0
            count += 1
            kept_offsets[count] = n
    return int(count)
