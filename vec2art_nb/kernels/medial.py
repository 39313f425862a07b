"""The medial axis: ink worn down in the order of its distance to the page.

References
----------
Pudney (1998), Distance-ordered homotopic thinning: a skeletonization algorithm for 3D digital images, Computer Vision
and Image Understanding 72(3), in two dimensions. A line's end is kept where the inscribed disc does not shrink towards
it: along a pen's line it does not, along the hair that runs into a convex corner it does.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import empty, zeros
from vec2art_nb.kernels._jit import ReadF32, ReadI32, ReadU8, WriteI32, WriteU8, jitted, kernel

# For the type checker these are any numbers, as all is between kernels.
_i64: Any = np.int64
_f32: Any = np.float32

_SHRINKS = 0.45  # px a px: a hair into a corner of 60° or less is kept, one into a blunter corner goes.


def medial_axis(mask: NDArray[np.uint8], squared: NDArray[np.int32]) -> NDArray[np.int32]:
    """The medial axis' pixels, in scan order, as indices into the flat picture.

    Parameters
    ----------
    mask : (H, W) uint8
        1 is ink, 0 is page.
    squared : (H, W) int32
        Squared distances to the page, see `vec2art_nb.kernels.distance.squared_distances`.
    """
    height, width = mask.shape
    padded = zeros((height + 4, width + 4), np.uint8)
    padded[2:-2, 2:-2] = mask
    ink = np.flatnonzero(mask).astype(np.int32)
    of_ink = squared.reshape(-1)[ink]
    # Nearest to the page first; of equals the chequerboard's one half, then the other, so that no side is favoured.
    row, column = ink // np.int32(width), ink % np.int32(width)
    order = np.argsort((of_ink.astype(np.int64) << 1) | ((row + column) & 1), kind="stable")
    distances = zeros((height + 4, width + 4), np.float32)
    distances[2:-2, 2:-2] = np.sqrt(squared, dtype=np.float32)
    sequence = ((row + 2) * np.int32(width + 4) + column + 2)[order]
    stack = empty(len(ink) + 8, np.int32)
    wear_down(sequence, distances, width + 4, _simple(), stack, padded)
    pixels: NDArray[np.int32] = np.flatnonzero(padded[2:-2, 2:-2]).astype(np.int32)
    return pixels


@cache
def _simple() -> NDArray[np.uint8]:
    """1 where a pixel may go without parting or opening ink, by its neighbours as bits, east first, clockwise."""
    table = np.zeros(256, np.uint8)
    for bits in range(256):
        at = [bits >> k & 1 for k in range(8)]
        # Yokoi's number of 8-connected pieces round the pixel.
        pieces = sum((1 - at[k]) - (1 - at[k]) * (1 - at[(k + 1) % 8]) * (1 - at[(k + 2) % 8]) for k in (0, 2, 4, 6))
        table[bits] = pieces == 1
    return table


@jitted
def _goes(p: int, stride: int, distances: Any, simple: Any, padded: Any) -> bool:
    """Whether a pixel may go: no piece of ink is parted or ended by that, and it is no line's end."""
    around = (1, stride + 1, stride, stride - 1, -1, -stride - 1, -stride, 1 - stride)
    bits = 0
    count = 0
    for k in range(8):
        if padded[p + around[k]] & 1:
            bits |= 1 << k
            count += 1
    if simple[bits] == 0:
        return False
    if count > 1:
        return True
    # Over two pixels, because the grid's distances rise in steps.
    largest = _f32(0)
    for k in range(-2, 3):
        largest = max(largest, max(distances[p - 2 * stride + k], distances[p + 2 * stride + k]))
        largest = max(largest, max(distances[p + k * stride - 2], distances[p + k * stride + 2]))
    shrinks: bool = largest - distances[p] > _f32(2 * _SHRINKS)
    return shrinks


@kernel
def wear_down(
    sequence: ReadI32, distances: ReadF32, stride: int, simple: ReadU8, stack: WriteI32, padded: WriteU8
) -> None:
    """Take pixels away in the order given, and again those that later ones have set free; see `medial_axis`.

    Parameters
    ----------
    sequence : (n,) int32
        Indices into the padded picture.
    distances : (H + 4, W + 4) float32
    stride : int
        W + 4.
    simple : (256,) uint8
    stack : (n + 8,) int32, scratch
    padded : (H + 4, W + 4) uint8, written
        Bit 0: ink. Bit 1 is set while the pixel was looked at and waits for nothing.
    """
    around = (1, stride + 1, stride, stride - 1, -1, -stride - 1, -stride, 1 - stride)
    for i in range(_i64(sequence.size)):
        depth = _i64(1)
        stack[0] = sequence[i]
        while depth > 0:
            depth -= 1
            p = _i64(stack[depth])
            padded[p] |= np.uint8(2)
            if padded[p] & 1 and _goes(p, stride, distances, simple, padded):
                padded[p] = 0
                for k in range(8):
                    q = p + around[k]
                    if padded[q] == 3:
                        padded[q] = 1
                        stack[depth] = q
                        depth += 1
    for p in range(_i64(padded.size)):
        padded[p] &= np.uint8(1)
