"""Connected pieces of ink and of page: specks that are taken away, pinholes that are filled.

References
----------
He, Chao, Suzuki (2008), A run-based two-scan labeling algorithm, IEEE Transactions on Image Processing 17(5).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import empty
from vec2art_nb.kernels._jit import ReadI32, ReadU64, WriteI32, WriteU8, jitted, kernel
from vec2art_nb.kernels.bit_planes import bit_length, bits_of, lowest_bit

# For the type checker these are any numbers, as all is between kernels.
_i64: Any = np.int64
_u64: Any = np.uint64
_i32: Any = np.int32


def clear_specks(mask: NDArray[np.uint8], min_ink: int, min_page: int) -> None:
    """Take away pieces of ink below ``min_ink`` pixels, then fill pieces of page below ``min_page`` pixels.

    Ink is connected through sides and corners, page through sides only.

    Parameters
    ----------
    mask : (H, W) uint8, written
        1 is ink, 0 is page.
    """
    height, width = mask.shape
    changes = empty(mask.size, np.int32)
    for value, least in ((1, min_ink), (0, min_page)):
        if least < 2:
            continue
        # A run begins where a value differs from the one before it; each row begins anew.
        found = changes[: list_changes(bits_of(mask), mask.size, changes)]
        runs = len(found) + height + 1
        starts, ends, parents, areas = empty((4, runs), np.int32)
        turn_small_pieces(height, width, found, value, least, starts, ends, parents, areas, mask)


@kernel
def list_changes(bits: ReadU64, count: int, changes: WriteI32) -> int:
    """List where in a flat mask a pixel differs from the one before; returns how many such places there are.

    Parameters
    ----------
    bits : see `vec2art_nb.kernels.bit_planes.bits_of`
    count : int
        Pixels of the mask.
    changes : (n,) int32, written
    """
    n = _u64(0)
    before = bits[0] & _u64(1)
    for k in range(_u64((count + 63) >> 6)):
        word = bits[k]
        differs = word ^ (word << _u64(1) | before)
        before = word >> _u64(63)
        base = (k << _u64(6)) - _u64(1)
        while differs != _u64(0):
            lowest = lowest_bit(differs)
            changes[n] = _i32(base + bit_length(lowest))
            n += _u64(1)
            differs ^= lowest
    # After the last pixel come zeros.
    if n > _u64(0) and _i64(changes[n - _u64(1)]) == count:
        n -= _u64(1)
    return int(n)


@jitted
def _root(parents: Any, i: int) -> int:
    while parents[i] != i:
        parents[i] = parents[parents[i]]
        i = _i64(parents[i])
    return i


@kernel
def turn_small_pieces(
    height: int,
    width: int,
    changes: ReadI32,
    value: int,
    least: int,
    starts: WriteI32,
    ends: WriteI32,
    parents: WriteI32,
    areas: WriteI32,
    mask: WriteU8,
) -> None:
    """Turn the pieces of ``value`` that have fewer than ``least`` pixels; see `clear_specks`.

    Parameters
    ----------
    changes : (C,) int32
        Where in the flat mask the value is not that of the pixel before.
    value : int
        1 for ink, 0 for page.
    starts, ends, parents, areas : (C + H + 1,) int32, scratch
        Of runs; run 0 stands for all pieces that are large enough.
    mask : (H, W) uint8, written
    """
    parents[0] = 0
    count = _i64(1)
    change = _i64(0)
    total = _i64(changes.size)
    above = _i64(1)
    above_end = _i64(1)
    # Corners count for ink only.
    reach = _i64(value)
    here_is = _i64(mask[0]) == value
    for y in range(height):
        row_end = (y + 1) * width
        begin = _i64(y * width)
        here = count
        while begin < row_end:
            if change < total and _i64(changes[change]) == begin:
                here_is = not here_is
                change += 1
            stop = min(_i64(changes[change]), row_end) if change < total else row_end
            if here_is:
                starts[count] = begin
                ends[count] = stop
                areas[count] = stop - begin
                root = count if stop - begin < least else _i64(0)
                parents[count] = root
                # Runs of the row above that touch this one; the last may touch the next one too.
                while above < above_end and ends[above] + width + reach <= begin:
                    above += 1
                k = above
                while k < above_end and starts[k] + width < stop + reach:
                    touched = _i64(parents[k])
                    if touched != 0:
                        touched = _root(parents, touched)
                    if touched != root:
                        low, high = min(root, touched), max(root, touched)
                        parents[high] = low
                        areas[low] += areas[high]
                        large = low == 0 or areas[low] >= least
                        root = _i64(0) if large else low
                        parents[low] = root
                    k += 1
                count += 1
            begin = stop
        above = here
        above_end = count
    other = np.uint8(1 - value)
    for k in range(1, count):
        if parents[k] != 0 and _root(parents, k) != 0:
            for i in range(_u64(starts[k]), _u64(ends[k])):
                mask[i] = other
