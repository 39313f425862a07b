"""How far each ink pixel is from the page: the exact Euclidean distance transform.

References
----------
Meijster, Roerdink, Hesselink (2000), A general algorithm for computing distance transforms in linear time, ISMM.
Felzenszwalb, Huttenlocher (2012), Distance transforms of sampled functions, Theory of Computing 8: the lower envelope.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.kernels._jit import ReadI32, ReadU8, WriteF32, WriteI32, WriteU16, jitted, kernel

# For the type checker these are any numbers, as all is between kernels.
_i64: Any = np.int64
_u64: Any = np.uint64
_i32: Any = np.int32
_u16: Any = np.uint16
_f32: Any = np.float32


def squared_distances(mask: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Squared distance from each ink pixel's centre to the centre of the nearest pixel that is page.

    Beyond its border the picture goes on as page, so that ink is never endless.

    Parameters
    ----------
    mask : (H, W) uint8
        1 is ink, 0 is page.

    Returns
    -------
    (H, W) int32
        px², 0 on the page.
    """
    height, width = mask.shape
    out = np.empty((height, width), np.int32)
    heights = np.zeros(width, np.int32)
    centers = np.empty(width + 2, np.int32)
    starts = np.empty(width + 3, np.int32)
    of_run = np.empty(width + 2, np.int32)
    squared_ink_distances(mask, height, width, heights, of_run, centers, starts, out)
    return out


def distances_at(mask: NDArray[np.uint8], pixels: NDArray[np.int32]) -> NDArray[np.float32]:
    """Distances from a few ink pixels' centres to the centres of the nearest pixels that are page; px.

    What `squared_distances` has there, without looking at the others.

    Parameters
    ----------
    mask : (H, W) uint8
        1 is ink, 0 is page; the picture goes on as page.
    pixels : (n,) int32
        Indices into the flat picture; all are ink.
    """
    height, width = mask.shape
    heights = np.empty((height, width), np.uint16)
    line = np.zeros(width, np.uint16)
    distances = np.empty(len(pixels), np.float32)
    ink_distances_at(mask, height, width, pixels, line, heights, distances)
    return distances


@jitted
def _down(mask: Any, row: int, width: int, heights: Any, out: Any) -> None:
    """Distance to the page above, row by row."""
    o = _u64(row * width)
    for x in range(_u64(width)):
        heights[x] = (heights[x] + _i32(1)) * _i32(mask[o + x])
    for x in range(_u64(width)):
        out[o + x] = heights[x]


@jitted
def _up(row: int, width: int, heights: Any, out: Any) -> None:
    """Distance to the page above or below, whichever is nearer, squared nowhere."""
    o = _u64(row * width)
    for x in range(_u64(width)):
        below = heights[x] + _i32(1)
        heights[x] = min(out[o + x], below)
    for x in range(_u64(width)):
        out[o + x] = heights[x]


@kernel
def squared_ink_distances(
    mask: ReadU8,
    height: int,
    width: int,
    heights: WriteI32,
    of_run: WriteI32,
    centers: WriteI32,
    starts: WriteI32,
    out: WriteI32,
) -> None:
    """Exact squared distances to the page; see `squared_distances`.

    Parameters
    ----------
    mask : (H, W) uint8
    heights : (W,) int32, zero, scratch
    of_run, centers : (W + 2,) int32, scratch
        A run of ink in a row with the page on either side, and the parabolas of its lower envelope.
    starts : (W + 3,) int32, scratch
        Where along the run each parabola of the envelope begins to be the lowest.
    out : (H, W) int32, written
    """
    for y in range(height):
        _down(mask, y, width, heights, out)
    for x in range(_u64(width)):
        heights[x] = 0
    for y in range(height - 1, -1, -1):
        _up(y, width, heights, out)
    one = _u64(1)
    for y in range(height):
        i = _u64(y * width)
        end = i + _u64(width)
        while i < end:
            if out[i] == 0:
                i += one
                continue
            first = i
            while i < end and out[i] != 0:
                i += one
            # Inside a run only the run itself and the page at its ends can be nearest.
            run = _i64(i - first)
            if run <= 2:
                out[first] = 1
                out[i - one] = 1
                continue
            tall = _i64(0)
            for k in range(run):
                of_run[k + 1] = out[first + _u64(k)]
                tall = max(tall, _i64(out[first + _u64(k)]))
            if tall == 1:
                continue
            of_run[0] = 0
            of_run[run + 1] = 0
            centers[0] = 0
            starts[0] = 0
            top = _i64(0)
            for u in range(1, run + 2):
                g = _i64(of_run[u])
                while top >= 0:
                    c = _i64(centers[top])
                    s = _i64(starts[top])
                    gc = _i64(of_run[c])
                    if (s - c) * (s - c) + gc * gc > (s - u) * (s - u) + g * g:
                        top -= 1
                    else:
                        break
                if top < 0:
                    top = _i64(0)
                    centers[0] = u
                    starts[0] = 0
                else:
                    c = _i64(centers[top])
                    gc = _i64(of_run[c])
                    begins = (u * u - c * c + g * g - gc * gc) // (2 * (u - c)) + 1
                    if begins <= run:
                        top += 1
                        centers[top] = u
                        starts[top] = begins
            k = run
            while k >= 1:
                c = _i64(centers[top])
                gc = _i64(of_run[c])
                if k == _i64(starts[top]):
                    top -= 1
                out[first + _u64(k - 1)] = _i32((k - c) * (k - c) + gc * gc)
                k -= 1


@kernel
def ink_distances_at(
    mask: ReadU8, height: int, width: int, pixels: ReadI32, line: WriteU16, heights: WriteU16, distances: WriteF32
) -> None:
    """Exact distances to the page at some pixels; see `distances_at`.

    Parameters
    ----------
    mask : (H, W) uint8
    pixels : (n,) int32
    line : (W,) uint16, zero, scratch
    heights : (H, W) uint16, scratch
        Distance to the page straight above or below.
    distances : (n,) float32, written
    """
    n = _u64(width)
    for y in range(height):
        o = _u64(y * width)
        for x in range(n):
            # Ink higher than 65534 px is never thinner than it is tall here: rows end it.
            line[x] = (min(line[x], _u16(65533)) + _u16(1)) * _u16(mask[o + x])
        for x in range(n):
            heights[o + x] = line[x]
    for x in range(n):
        line[x] = 0
    for y in range(height - 1, -1, -1):
        o = _u64(y * width)
        for x in range(n):
            line[x] = min(heights[o + x], _u16(min(line[x], _u16(65533)) + _u16(1)))
        for x in range(n):
            heights[o + x] = line[x]
    for i in range(_i64(pixels.size)):
        pixel = _i64(pixels[i])
        x = pixel % width
        best = _i64(heights[pixel]) * _i64(heights[pixel])
        # Neighbours in the row, outwards, until they are farther than what is found.
        k = _i64(1)
        while k * k < best:
            left = _i64(heights[pixel - k]) if k <= x else _i64(0)
            right = _i64(heights[pixel + k]) if x + k < width else _i64(0)
            nearer = min(left, right)
            best = min(best, k * k + nearer * nearer)
            k += 1
        distances[i] = np.sqrt(_f32(best))
