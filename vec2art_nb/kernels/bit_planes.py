"""Masks as bits, 64 pixels a word: packed, and read again."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import copied, empty, zeros
from vec2art_nb.kernels._jit import ReadU8, ReadU64, WriteI32, WriteU64, jitted, kernel

# For the type checker these are any numbers, as all is between kernels.
_u64: Any = np.uint64

BITS = 64


def bits_of(mask: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """The flat mask, bit j of a word for its pixel j; at least one word of zeros at the end.

    Parameters
    ----------
    mask : (H, W) uint8
        0 or 1.
    """
    bits = empty(mask.size // BITS + 2, np.uint64)
    eights = mask.reshape(-1)[: mask.size // 8 * 8].view(np.uint64)
    pack(mask, eights if eights.flags.aligned else copied(eights), bits)
    return bits


def plane_of(mask: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """The mask's rows, each in words of its own, with zeros all round.

    Returns
    -------
    (H + 2, ⌈W / 64⌉ + 2) uint64
        Bit j of a word is its pixel j from the left.
    """
    height, width = mask.shape
    words = -(-width // BITS)
    plane = zeros((height + 2, words + 2), np.uint64)
    align_rows(bits_of(mask), height, width, words, plane)
    return plane


def pixels_of(plane: NDArray[np.uint64], width: int) -> NDArray[np.int32]:
    """Where a plane's bits are set, in scan order, as indices into the flat picture of that width."""
    pixels = empty(int(np.bitwise_count(plane).sum(dtype=np.int64)), np.int32)
    list_pixels(plane, len(plane) - 2, width, plane.shape[1] - 2, pixels)
    return pixels


@jitted
def bit_length(word: Any) -> Any:
    """One more than the place of the highest bit that is set; 0 when none is."""
    # LLVM knows this loop and counts the zeros in one instruction.
    length = _u64(0)
    while word != _u64(0):
        word >>= _u64(1)
        length += _u64(1)
    return length


@jitted
def lowest_bit(word: Any) -> Any:
    """The lowest bit that is set, alone."""
    return word & (~word + _u64(1))


@kernel
def pack(mask: ReadU8, eights: ReadU64, bits: WriteU64) -> None:
    """Pack a flat mask into bits.

    Parameters
    ----------
    mask : (n,) uint8
        0 or 1.
    eights : (n // 8,) uint64
        The same, eight pixels at a time.
    bits : (n // 64 + 2,) uint64, written
    """
    whole = _u64(mask.size) >> _u64(6)
    for k in range(whole):
        word = _u64(0)
        for j in range(_u64(8)):
            # The product brings the eight pixels' bits together at its top.
            word |= ((eights[(k << _u64(3)) + j] * _u64(0x0102040810204080)) >> _u64(56)) << (j << _u64(3))
        bits[k] = word
    word = _u64(0)
    for p in range(whole << _u64(6), _u64(mask.size)):
        word |= _u64(mask[p]) << (p & _u64(63))
    bits[whole] = word
    bits[whole + _u64(1)] = _u64(0)


@kernel
def align_rows(bits: ReadU64, height: int, width: int, words: int, plane: WriteU64) -> None:
    """Give each row words of its own; see `plane_of`.

    Parameters
    ----------
    bits : as `pack` gives them
    words : int
        ⌈W / 64⌉.
    plane : (H + 2, words + 2) uint64, zero, written
    """
    last = ~_u64(0) >> _u64(words * BITS - width)
    n = _u64(words)
    for y in range(height):
        row = _u64((y + 1) * (words + 2) + 1)
        start = _u64(y * width)
        first, shift = start >> _u64(6), start & _u64(63)
        for k in range(n):
            # Shifted left in two steps, because none of 64 is defined.
            plane[row + k] = (bits[first + k] >> shift) | ((bits[first + k + _u64(1)] << _u64(1)) << (_u64(63) - shift))
        plane[row + n - _u64(1)] &= last


@kernel
def list_pixels(plane: ReadU64, height: int, width: int, words: int, pixels: WriteI32) -> None:
    """List the set bits of a plane; see `pixels_of`.

    Parameters
    ----------
    plane : (H + 2, words + 2) uint64
    pixels : (n,) int32, written
    """
    n = _u64(0)
    for y in range(height):
        row = _u64((y + 1) * (words + 2) + 1)
        for k in range(_u64(words)):
            word = plane[row + k]
            base = _u64(y * width) + (k << _u64(6)) - _u64(1)
            while word != _u64(0):
                lowest = lowest_bit(word)
                pixels[n] = np.int32(base + bit_length(lowest))
                n += _u64(1)
                word ^= lowest
