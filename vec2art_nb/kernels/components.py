"""Connected pieces of ink and of page: specks that are taken away, pinholes that are filled.

References
----------
He, Chao, Suzuki (2008), A run-based two-scan labeling algorithm, IEEE Transactions on Image Processing 17(5).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.kernels._jit import ReadI32, ReadU8, ReadU64, WriteI32, WriteU8, jitted, kernel

# For the type checker these are any numbers, as all is between kernels.
_i64: Any = np.int64
_u64: Any = np.uint64
_u8: Any = np.uint8


def without_specks(mask: NDArray[np.uint8], min_ink: int, min_page: int) -> NDArray[np.uint8]:
    """Take away pieces of ink below ``min_ink`` pixels, then fill pieces of page below ``min_page`` pixels.

    Ink is connected through sides and corners, page through sides only.

    Parameters
    ----------
    mask : (H, W) uint8
        1 is ink, 0 is page.

    Returns
    -------
    (H, W) uint8
        The same array when there is nothing to do.
    """
    for value, least in ((1, min_ink), (0, min_page)):
        if least > 1:
            mask = _without_small(mask, value, least)
    return mask


def _without_small(mask: NDArray[np.uint8], value: int, least: int) -> NDArray[np.uint8]:
    height, width = mask.shape
    # A run begins where a value differs from the one before it; each row begins anew.
    found = np.empty(mask.size + 8, np.int32)
    words = mask.reshape(-1)[: mask.size // 8 * 8].view(np.uint64)
    changes = found[: list_changes(mask, words if words.flags.aligned else words.copy(), found)]
    runs = len(changes) + height + 1
    starts = np.empty(runs, np.int32)
    lengths = np.empty(runs, np.int32)
    parents = np.empty(runs, np.int32)
    areas = np.zeros(runs, np.int32)
    out = mask.copy()
    clear_small_pieces(mask, height, width, changes, value, least, starts, lengths, parents, areas, out)
    return out


@kernel
def list_changes(mask: ReadU8, words: ReadU64, changes: WriteI32) -> int:
    """List where in the flat mask a pixel differs from the one before; returns how many such places there are.

    Parameters
    ----------
    mask : (H, W) uint8
    words : (H * W // 8,) uint64
        The mask, eight pixels at a time.
    changes : (H * W + 8,) int32, written
    """
    n = _u64(0)
    eight = _u64(8)
    # Most words are all ink or all page, and like the pixel before.
    uniform = _u64(0x0101010101010101)
    before = mask[0]
    for k in range(_u64(words.size)):
        word = words[k]
        if word == uniform * _u64(before):
            continue
        for p in range(k * eight, k * eight + eight):
            changes[n] = p
            n += _u64(mask[p] != before)
            before = mask[p]
    for p in range(_u64(words.size) * eight, _u64(mask.size)):
        changes[n] = p
        n += _u64(mask[p] != before)
        before = mask[p]
    return int(n)


@jitted
def _root(parents: Any, i: int) -> int:
    while parents[i] != i:
        parents[i] = parents[parents[i]]
        i = _i64(parents[i])
    return i


@kernel
def clear_small_pieces(
    mask: ReadU8,
    height: int,
    width: int,
    changes: ReadI32,
    value: int,
    least: int,
    starts: WriteI32,
    lengths: WriteI32,
    parents: WriteI32,
    areas: WriteI32,
    out: WriteU8,
) -> None:
    """Turn the pieces of ``value`` that have fewer than ``least`` pixels; see `without_specks`.

    Parameters
    ----------
    mask : (H, W) uint8
    changes : (C,) int32
        Where in the flat mask the value is not that of the pixel before.
    value : int
        1 for ink, 0 for page.
    starts, lengths, parents : (C + H + 1,) int32, scratch
    areas : (C + H + 1,) int32, zero, scratch
    out : (H, W) uint8, a copy of the mask, written
    """
    count = _i64(0)
    change = _i64(0)
    total = _i64(changes.size)
    above = _i64(0)
    above_end = _i64(0)
    # Corners count for ink only.
    reach = _i64(value)
    for y in range(height):
        row = y * width
        row_end = row + width
        begin = _i64(row)
        here = count
        while begin < row_end:
            while change < total and _i64(changes[change]) <= begin:
                change += 1
            stop = min(_i64(changes[change]), row_end) if change < total else row_end
            if mask[begin] == value:
                starts[count] = begin
                lengths[count] = stop - begin
                parents[count] = count
                areas[count] = stop - begin
                # Runs of the row above that touch this one; the last may touch the next one too.
                while above < above_end and starts[above] + lengths[above] + width + reach <= begin:
                    above += 1
                k = above
                while k < above_end and starts[k] + width < stop + reach:
                    a = _root(parents, k)
                    b = _root(parents, count)
                    if a != b:
                        low, high = min(a, b), max(a, b)
                        parents[high] = low
                        areas[low] += areas[high]
                    k += 1
                count += 1
            begin = stop
        above = here
        above_end = count
    other = _u8(1 - value)
    for k in range(count):
        if areas[_root(parents, k)] < least:
            for i in range(_u64(starts[k]), _u64(starts[k] + lengths[k])):
                out[i] = other
