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

from vec2art_nb.buffers import empty, zeros
from vec2art_nb.kernels._jit import ReadF32, ReadI32, ReadU8, ReadU64, WriteF32, WriteI32, WriteU16, jitted, kernel
from vec2art_nb.kernels.bit_planes import bit_length, lowest_bit, plane_of

# For the type checker these are any numbers, as all is between kernels.
_i64: Any = np.int64
_u64: Any = np.uint64
_i32: Any = np.int32
_u16: Any = np.uint16
_f32: Any = np.float32

# The squares of the smallest distances between pixels, px²: of most lines of ink nothing else is asked.
_NEAR = (1, 2, 4, 5, 8, 9, 10)
_WINDOW = 16  # px; farther than that another way is faster


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
    out = empty((height, width), np.int32)
    heights = zeros(width, np.int32)
    centers = empty(width + 2, np.int32)
    starts = empty(width + 3, np.int32)
    of_run = empty(width + 2, np.int32)
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
    plane = plane_of(mask)
    distances = empty(len(pixels), np.float32)
    near = np.sqrt(np.array(_NEAR, np.float32))
    far = empty(len(pixels), np.int32)
    far = far[: near_distances(plane, height, width, plane.shape[1], pixels, near, distances, far)]
    if len(far):
        line = zeros(width, np.uint16)
        far_distances(mask, height, width, pixels, far, line, empty((height, width), np.uint16), distances)
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
                # The first parabola stands on page and stays: nothing is lower at its centre.
                while True:
                    c = _i64(centers[top])
                    s = _i64(starts[top])
                    gc = _i64(of_run[c])
                    if (s - c) * (s - c) + gc * gc <= (s - u) * (s - u) + g * g:
                        break
                    top -= 1
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


@jitted
def _row(plane: Any, above: int, below: int, step: int) -> Any:
    """64 pixels a step to the left or right: ink where both rows have it."""
    return plane[_u64(above + step)] & plane[_u64(below + step)]


@jitted
def _beside(left: Any, here: Any, right: Any, dx: int) -> Any:
    """Where the pixels ``dx`` to the left and to the right are both ink."""
    n, rest = _u64(dx), _u64(64 - dx)
    return ((here << n) | (left >> rest)) & ((here >> n) | (right << rest))


@jitted
def _ranks(plane: Any, word: int, stride: int, least: int, most: int) -> tuple[Any, Any, Any]:
    """For 64 pixels: how many of the squared distances `_NEAR` the page is beyond, as three binary digits."""
    up1, down1 = word - stride, word + stride
    up2, down2 = max(word - 2 * stride, least), min(word + 2 * stride, most)
    up3, down3 = max(word - 3 * stride, least), min(word + 3 * stride, most)
    a0, b0, c0 = plane[_u64(word - 1)], plane[_u64(word)], plane[_u64(word + 1)]
    a1, b1, c1 = _row(plane, up1, down1, -1), _row(plane, up1, down1, 0), _row(plane, up1, down1, 1)
    a2, b2, c2 = _row(plane, up2, down2, -1), _row(plane, up2, down2, 0), _row(plane, up2, down2, 1)
    a3, b3, c3 = _row(plane, up3, down3, -1), _row(plane, up3, down3, 0), _row(plane, up3, down3, 1)
    beyond1 = _beside(a0, b0, c0, 1) & b1
    beyond2 = beyond1 & _beside(a1, b1, c1, 1)
    beyond4 = beyond2 & _beside(a0, b0, c0, 2) & b2
    beyond5 = beyond4 & _beside(a1, b1, c1, 2) & _beside(a2, b2, c2, 1)
    beyond8 = beyond5 & _beside(a2, b2, c2, 2)
    beyond9 = beyond8 & _beside(a0, b0, c0, 3) & b3
    beyond10 = beyond9 & _beside(a1, b1, c1, 3) & _beside(a3, b3, c3, 1)
    ones = beyond1 ^ beyond2 ^ beyond4 ^ beyond5 ^ beyond8 ^ beyond9 ^ beyond10
    return ones, beyond2 ^ beyond5 ^ beyond9, beyond5


@jitted
def _page_from(plane: Any, above: int, below: int, shift: Any) -> Any:
    """Which of 64 pixels in a row are page, in either of two rows."""
    i, j, one = _u64(above), _u64(below), _u64(1)
    here, after = plane[i] & plane[j], plane[i + one] & plane[j + one]
    # Shifted left in two steps, because none of 64 is defined.
    return ~((here >> shift) | ((after << one) << (_u64(63) - shift)))


@jitted
def _within_window(plane: Any, row: int, x: int, stride: int) -> Any:
    """Squared distance from a pixel to the page, or `_WINDOW` squared where that is less."""
    # A window of 64 pixels, this one at place 31. Rows begin with a word of page.
    begin = x + 64 - 31
    word = row + (begin >> 6)
    shift = _u64(begin & 63)
    reach = _i64(_WINDOW)
    best = reach * reach
    nearer = (~_u64(0) >> _u64(65 - 2 * _WINDOW)) << _u64(32 - _WINDOW)
    dy = _i64(0)
    while dy * dy < best:
        page = _page_from(plane, word - dy * stride, word + dy * stride, shift) & nearer
        if page != _u64(0):
            left = 32 - _i64(bit_length(page & _u64(0xFFFFFFFF)))
            right = _i64(bit_length(lowest_bit(page >> _u64(31) | _u64(1 << 33)))) - 1
            # Farther rows only matter where their page is nearer to this column.
            reach = min(left, right)
            best = min(best, dy * dy + reach * reach)
            nearer = (~_u64(0) >> _u64(65 - 2 * max(reach, 1))) << _u64(32 - max(reach, 1))
        dy += 1
    return best


@kernel
def near_distances(
    plane: ReadU64,
    height: int,
    width: int,
    stride: int,
    pixels: ReadI32,
    near: ReadF32,
    distances: WriteF32,
    far: WriteI32,
) -> int:
    """Exact distances to the page at pixels that have it within 16 px; returns how many have not.

    Parameters
    ----------
    plane : (H + 2, stride) uint64
        See `vec2art_nb.kernels.bit_planes.plane_of`.
    pixels : (n,) int32
    near : (7,) float32
        The roots of `_NEAR`.
    distances : (n,) float32, written
    far : (n,) int32, written
        Positions in the list of those that have no page so near.
    """
    count = _i64(0)
    of_word = _i64(-1)
    ones = twos = fours = _u64(0)
    for i in range(_i64(pixels.size)):
        pixel = _u64(pixels[i])
        y = pixel // _u64(width)
        x = pixel - y * _u64(width)
        row = (_i64(y) + 1) * stride
        word = row + 1 + _i64(x >> _u64(6))
        place = x & _u64(63)
        if word != of_word:
            of_word = word
            first = word - row
            ones, twos, fours = _ranks(plane, word, stride, first, first + (height + 1) * stride)
        rank = ((ones >> place) & _u64(1)) | ((twos >> place) & _u64(1)) << _u64(1)
        rank |= ((fours >> place) & _u64(1)) << _u64(2)
        if rank < _u64(7):
            distances[i] = near[rank]
            continue
        # Neighbours in the list are mostly neighbours in the picture: where one was far, so is the next.
        squared = _i64(_WINDOW * _WINDOW)
        if count == 0 or _i64(far[count - 1]) != i - 1:
            squared = _within_window(plane, row, _i64(x), stride)
        if squared < _WINDOW * _WINDOW:
            distances[i] = np.sqrt(_f32(squared))
        else:
            far[count] = i
            count += 1
    return int(count)


@kernel
def far_distances(
    mask: ReadU8,
    height: int,
    width: int,
    pixels: ReadI32,
    far: ReadI32,
    line: WriteU16,
    heights: WriteU16,
    distances: WriteF32,
) -> None:
    """Exact distances to the page at some pixels, however far it is.

    Parameters
    ----------
    mask : (H, W) uint8
    pixels : (n,) int32
    far : (m,) int32
        Positions in the list of those that are asked for.
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
    for i in far:
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
