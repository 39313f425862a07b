"""Superpixels by k-means in colour and place.

The published distance is evaluated over square tiles of pixels that stay in the first cache: each tile lists the
centres whose window reaches it, and these are compared two at a time, without division or root. Sums are of whole
numbers, so the order of tiles cannot change them.

References
----------
Achanta, Shaji, Smith, Lucchi, Fua, Süsstrunk (2012), SLIC superpixels compared to state-of-the-art superpixel methods,
IEEE TPAMI 34(11).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import empty, zeros
from vec2art_nb.kernels._jit import ReadF32, ReadI16, ReadI32, WriteF32, WriteI16, WriteI32, WriteI64, kernel
from vec2art_nb.kernels.color_planes import UNITS

# For the type checker these are any numbers, as all is between kernels.
_U: Any = np.uint64
_i64: Any = np.int64
_i32: Any = np.int32
_f32: Any = np.float32
_f64: Any = np.float64

# Columns of the workspace of a tile; constants, or the loops over them would not vectorise.
_ROOM = 1024  # Pixels of the largest tile.
_X, _Y, _BEST = (_U(column * _ROOM) for column in range(3))
_CANDIDATES = 128  # Centres that a tile can choose among.
_FIELDS = _i64(5)  # Of a centre: lightness, two colours, x, y.

_FAR: Any = np.float32(3e38)

# Column, row and one of a pixel in one number, so that they are added up at once: in a round at most 256 pixels of a
# tile are looked at, 32 columns of 8 rows, whose columns add up to less than 1 << 12 and rows to less than 1 << 10.
_ROW_BITS, _COUNT_BITS = 12, 22

# Each round looks at every fourth row, in this order.
_STRIDE = 4
_PHASES = (0, 2, 1, 3)


def slic(
    planes: NDArray[np.int16], seeds: NDArray[np.float32], compactness: float, iterations: int
) -> NDArray[np.int32]:
    """The number of the nearest centre for every pixel, after so many rounds of k-means.

    Parameters
    ----------
    planes : (3, H, W) int16
        From `color_planes`.
    seeds : (K, 2) float32
        Where the centres begin, px in the pixel plane.
    compactness : float
        The m of the paper: what a distance of one grid step weighs in units of colour.
    iterations : int
        Rounds of assignment and new centres; each looks at every fourth row, others in turn. All pixels are
        assigned once more in the end.

    Returns
    -------
    (H, W) int32
        0 … K − 1. Superpixels may have several parts, or none.
    """
    _, height, width = planes.shape
    count = len(seeds)
    step = math.sqrt(height * width / count)
    tile = 32 if step >= 16 else 16 if step >= 7 else 8
    # Colour is measured in its own steps; so the weight of a squared pixel is this.
    spatial = compactness**2 * UNITS**2 / step**2
    bucket = max(1, math.ceil(step))
    across, down = -(-width // bucket), -(-height // bucket)
    squares = -(-height // tile) * -(-width // tile)
    tiles = empty((squares, 3, tile * tile), np.int16)
    ranges = empty((squares, 6), np.int16)
    pack_tiles(planes, height, width, tile, tiles, ranges)
    centers = first_centers(planes, seeds)
    sums = zeros((count, 6), np.int64)
    starts = empty(across * down + 1, np.int32)
    items = empty(count, np.int32)
    labels = empty((height, width), np.int32)
    for turn in range(iterations + 1):
        sort_centers(centers, count, bucket, across, down, starts, items)
        assign_pixels(
            tiles, ranges, height, width, tile, step, spatial, bucket, across, down, centers, starts, items,
            _PHASES[turn % _STRIDE], turn == iterations, sums, labels,
        )  # fmt: skip
        move_centers(count, centers, sums)
    return labels


def first_centers(planes: NDArray[np.int16], seeds: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each centre on the pixel of least gradient among the nine around its seed; (K, 5) float32."""
    _, height, width = planes.shape
    centers = empty((len(seeds), 5), np.float32)
    place_centers(planes, height, width, seeds, centers)
    return centers


@kernel
def pack_tiles(planes: ReadI16, height: int, width: int, tile: int, tiles: WriteI16, ranges: WriteI16) -> None:
    """Copy the pixels of each tile to one place, rows in the order of the rounds; note the least and greatest values.

    Parameters
    ----------
    planes : (3, H, W) int16
    tiles : (T, 3, tile²) int16, written
    ranges : (T, 6) int16, written
        The least of each plane, then the greatest.
    """
    size = _U(height * width)
    number = _i64(0)
    for top in range(0, height, tile):
        bottom = min(top + tile, height)
        for left in range(0, width, tile):
            columns = _U(min(_i64(tile), _i64(width) - left))
            # Three planes; a number that the compiler knows makes it write all of this three times.
            for plane in range(_U(planes.size) // size):
                start = _U((number * 3 + _i64(plane)) * tile * tile)
                at = start
                for phase_of in range(min(_STRIDE, bottom - top)):
                    for row in range(top + phase_of, bottom, _STRIDE):
                        o = plane * size + _U(row) * _U(width) + _U(left)
                        for x in range(columns):
                            tiles[at + x] = planes[o + x]
                        at += columns
                low, high = np.int16(32767), np.int16(-32768)
                for x in range(start, at):
                    low = min(low, tiles[x])
                    high = max(high, tiles[x])
                ranges[number * 6 + _i64(plane)] = low
                ranges[number * 6 + 3 + _i64(plane)] = high
            number += 1


@kernel
def place_centers(planes: ReadI16, height: int, width: int, seeds: ReadF32, centers: WriteF32) -> None:
    """Colour and place of the first centres; see `first_centers`."""
    size = _i64(height) * width
    for k in range(centers.size // _FIELDS):
        column = min(max(_i64(seeds[2 * k]), _i64(0)), _i64(width - 1))
        row = min(max(_i64(seeds[2 * k + 1]), _i64(0)), _i64(height - 1))
        least = _i64(1) << _i64(62)
        at = row * width + column
        for y in range(max(row - 1, _i64(1)), min(row + 2, _i64(height - 1))):
            for x in range(max(column - 1, _i64(1)), min(column + 2, _i64(width - 1))):
                o = y * width + x
                change = _i64(0)
                for plane in range(3):
                    q = plane * size + o
                    dx = _i64(planes[q + 1]) - _i64(planes[q - 1])
                    dy = _i64(planes[q + width]) - _i64(planes[q - width])
                    change += dx * dx + dy * dy
                # The seed itself is left only for something better.
                if change < least or (change == least and y == row and x == column):
                    least = change
                    at = o
        for plane in range(3):
            centers[k * _FIELDS + plane] = _f32(planes[plane * size + at])
        is_moved = at != row * width + column
        centers[k * _FIELDS + 3] = _f32(at % width) + _f32(0.5) if is_moved else seeds[2 * k]
        centers[k * _FIELDS + 4] = _f32(at // width) + _f32(0.5) if is_moved else seeds[2 * k + 1]


@kernel
def sort_centers(
    centers: ReadF32, count: int, bucket: int, across: int, down: int, starts: WriteI32, items: WriteI32
) -> None:
    """Sort the centres into squares of the plane: counting sort, stable."""
    for q in range(starts.size):
        starts[q] = _i32(0)
    for turn in range(2):
        # From the last one, so that each square keeps the order of the centres.
        for k in range(count - 1, -1, -1):
            column = min(max(_i64(centers[k * _FIELDS + 3]) // bucket, _i64(0)), _i64(across - 1))
            row = min(max(_i64(centers[k * _FIELDS + 4]) // bucket, _i64(0)), _i64(down - 1))
            q = row * across + column
            if turn == 0:
                starts[q] += _i32(1)
            else:
                starts[q] -= _i32(1)
                items[starts[q]] = _i32(k)
        if turn == 0:
            total = _i32(0)
            for q in range(starts.size):
                total += starts[q]
                starts[q] = total


@kernel
def assign_pixels(
    tiles: ReadI16, ranges: ReadI16, height: int, width: int, tile: int, step: float, spatial: float, bucket: int,
    across: int, down: int, centers: ReadF32, starts: ReadI32, items: ReadI32, phase: int, is_final: bool,
    sums: WriteI64, labels: WriteI32,
) -> None:  # fmt: skip
    """Give each pixel to the nearest centre; add the pixels up for new centres or, in the end, write their labels.

    Parameters
    ----------
    tiles, ranges
        From `pack_tiles`.
    step : float32
        Half the side of a centre's window in px.
    spatial : float32
        Weight of a squared px in squared steps of colour.
    centers : (K, 5) float32
    starts, items
        From `sort_centers`.
    phase : int
        The first of the rows of each tile that are looked at, every fourth.
    sums : (K, 6) int64, added to
        Sums of colour, x, y (of whole pixels), and the number of pixels.
    labels : (H, W) int32, written if ``is_final``, from all rows
    """
    work = np.empty(3 * _ROOM, np.int32)
    real = np.empty(3 * _ROOM, np.float32)
    coefficients = np.empty(6 * (_CANDIDATES + 2), np.float32)
    chosen = np.empty(_CANDIDATES + 2, np.int64)
    two = _f32(2)
    half = _f32(0.5)
    shape = _i64(-1)
    number = _i64(-1)
    for top in range(0, height, tile):
        bottom = min(_i64(top) + tile, _i64(height))
        for left in range(0, width, tile):
            right = min(_i64(left) + tile, _i64(width))
            number += 1
            columns = right - left
            rows = bottom - top
            if columns * 64 + rows != shape:
                shape = columns * 64 + rows
                at = _U(0)
                for phase_of in range(min(_STRIDE, rows)):
                    for row in range(phase_of, rows, _STRIDE):
                        for column in range(columns):
                            packed = (_i64(row) >> 2 << _ROW_BITS) + (1 << _COUNT_BITS)
                            work[at] = _i32(column + packed)
                            real[_X + at] = _f32(column)
                            real[_Y + at] = _f32(row)
                            at += _U(1)
            begin = _U(0)
            n = _U(rows * columns)
            if not is_final:
                for phase_of in range(phase):
                    begin += _U((rows - phase_of + _STRIDE - 1) // _STRIDE * columns)
                n = _U(max(rows - phase + _STRIDE - 1, _i64(0)) // _STRIDE * columns)
                if n == _U(0):
                    continue
            o = _U(number * 3 * tile * tile) + begin
            o_a = o + _U(tile * tile)
            o_b = o_a + _U(tile * tile)
            o_x = _X + begin
            o_y = _Y + begin

            # The centres whose windows reach the tile; a larger window where there is none.
            reach = step
            found = _i64(0)
            while found == 0:
                low_x = _f32(left) - reach
                high_x = _f32(right) + reach
                low_y = _f32(top) - reach
                high_y = _f32(bottom) + reach
                low_column = max(_i64(low_x) // bucket - 1, _i64(0))
                high_column = min(_i64(high_x) // bucket + 1, _i64(across - 1))
                for row in range(max(_i64(low_y) // bucket - 1, _i64(0)), min(_i64(high_y) // bucket + 2, _i64(down))):
                    for item in range(starts[row * across + low_column], starts[row * across + high_column + 1]):
                        k = _i64(items[item])
                        x_of = centers[k * _FIELDS + 3]
                        y_of = centers[k * _FIELDS + 4]
                        is_near = x_of > low_x and x_of < high_x and y_of > low_y and y_of < high_y
                        if is_near and found < _CANDIDATES:
                            chosen[found] = k
                            found += 1
                reach *= two

            # Distances are linear in the pixel but for a term that all share.
            q = number * 6
            low_l = _f32(ranges[q])
            low_a = _f32(ranges[q + 1])
            low_b = _f32(ranges[q + 2])
            high_l = _f32(ranges[q + 3])
            high_a = _f32(ranges[q + 4])
            high_b = _f32(ranges[q + 5])
            last_x = _f32(columns - 1)
            last_y = _f32(rows - 1)
            least = _FAR
            r0 = _f32(0)
            r1 = _f32(0)
            r2 = _f32(0)
            r3 = _f32(0)
            r4 = _f32(0)
            r5 = _f32(0)
            for c in range(found):
                q = chosen[c] * _FIELDS
                l_of = centers[q]
                a_of = centers[q + 1]
                b_of = centers[q + 2]
                # Pixel centres have halves.
                x_of = centers[q + 3] - _f32(left) - half
                y_of = centers[q + 4] - _f32(top) - half
                c0 = l_of * l_of + a_of * a_of + b_of * b_of + spatial * (x_of * x_of + y_of * y_of)
                c1 = -two * l_of
                c2 = -two * a_of
                c3 = -two * b_of
                c4 = -two * spatial * x_of
                c5 = -two * spatial * y_of
                p = c * 6
                coefficients[p] = c0
                coefficients[p + 1] = c1
                coefficients[p + 2] = c2
                coefficients[p + 3] = c3
                coefficients[p + 4] = c4
                coefficients[p + 5] = c5
                colors = c1 * (low_l + high_l) + c2 * (low_a + high_a) + c3 * (low_b + high_b)
                middle = c0 + half * (colors + c4 * last_x + c5 * last_y)
                if middle < least:
                    least = middle
                    r0 = c0
                    r1 = c1
                    r2 = c2
                    r3 = c3
                    r4 = c4
                    r5 = c5
            # Whoever is farther than that one from every colour and place of the tile can't win.
            kept = _i64(0)
            for c in range(found):
                p = c * 6
                c0 = coefficients[p]
                c1 = coefficients[p + 1]
                c2 = coefficients[p + 2]
                c3 = coefficients[p + 3]
                c4 = coefficients[p + 4]
                c5 = coefficients[p + 5]
                d1 = c1 - r1
                d2 = c2 - r2
                d3 = c3 - r3
                d4 = c4 - r4
                d5 = c5 - r5
                lead = c0 - r0 + min(d1 * low_l, d1 * high_l) + min(d2 * low_a, d2 * high_a)
                lead += min(d3 * low_b, d3 * high_b) + min(_f32(0), d4 * last_x) + min(_f32(0), d5 * last_y)
                # A little more than nothing, because distances are rounded.
                if lead <= _f32(1024):
                    chosen[kept] = chosen[c]
                    p = kept * 6
                    coefficients[p] = c0
                    coefficients[p + 1] = c1
                    coefficients[p + 2] = c2
                    coefficients[p + 3] = c3
                    coefficients[p + 4] = c4
                    coefficients[p + 5] = c5
                    kept += 1
            found = kept
            if found & 1:
                # Filled up with the first, which never wins against itself.
                for j in range(6):
                    coefficients[found * 6 + j] = coefficients[j]

            for x in range(n):
                real[_BEST + x] = _FAR
            for c in range(0, found, 2):
                p = c * 6
                c0 = coefficients[p]
                c1 = coefficients[p + 1]
                c2 = coefficients[p + 2]
                c3 = coefficients[p + 3]
                c4 = coefficients[p + 4]
                c5 = coefficients[p + 5]
                d0 = coefficients[p + 6]
                d1 = coefficients[p + 7]
                d2 = coefficients[p + 8]
                d3 = coefficients[p + 9]
                d4 = coefficients[p + 10]
                d5 = coefficients[p + 11]
                one = _i32(c)
                other = _i32(c + 1)
                for x in range(n):
                    l_is = _f32(tiles[o + x])
                    a_is = _f32(tiles[o_a + x])
                    b_is = _f32(tiles[o_b + x])
                    x_is = real[o_x + x]
                    y_is = real[o_y + x]
                    best = real[_BEST + x]
                    which = work[_BEST + x]
                    d = c0 + c1 * l_is + c2 * a_is + c3 * b_is + c4 * x_is + c5 * y_is
                    which = one if d < best else which
                    best = d if d < best else best
                    d = d0 + d1 * l_is + d2 * a_is + d3 * b_is + d4 * x_is + d5 * y_is
                    which = other if d < best else which
                    best = d if d < best else best
                    real[_BEST + x] = best
                    work[_BEST + x] = which

            if is_final:
                at = _BEST
                for phase_of in range(min(_STRIDE, rows)):
                    for row in range(top + phase_of, bottom, _STRIDE):
                        q = _i64(row) * width + left
                        for j in range(columns):
                            labels[q + j] = _i32(chosen[work[at]])
                            at += _U(1)
                continue
            for c in range(found):
                index = _i32(c)
                zero = _i32(0)
                s0 = zero
                s1 = zero
                s2 = zero
                packed_sum = zero
                for x in range(n):
                    is_mine = work[_BEST + x] == index
                    s0 = _i32(s0 + (_i32(tiles[o + x]) if is_mine else zero))
                    s1 = _i32(s1 + (_i32(tiles[o_a + x]) if is_mine else zero))
                    s2 = _i32(s2 + (_i32(tiles[o_b + x]) if is_mine else zero))
                    packed_sum = _i32(packed_sum + (work[begin + x] if is_mine else zero))
                q = chosen[c] * 6
                added = _i64(packed_sum)
                pixels = added >> _COUNT_BITS
                row_sum = (added >> _ROW_BITS) & ((1 << (_COUNT_BITS - _ROW_BITS)) - 1)
                sums[q] += _i64(s0)
                sums[q + 1] += _i64(s1)
                sums[q + 2] += _i64(s2)
                sums[q + 3] += (added & ((1 << _ROW_BITS) - 1)) + left * pixels
                sums[q + 4] += _STRIDE * row_sum + (top + phase) * pixels
                sums[q + 5] += pixels


@kernel
def move_centers(count: int, centers: WriteF32, sums: WriteI64) -> None:
    """Centres go to the means of their pixels, and the sums to zero; centres without pixels stay."""
    for k in range(count):
        pixels = sums[6 * k + 5]
        sums[6 * k + 5] = 0
        for field in range(5):
            if pixels > 0:
                mean = _f64(sums[6 * k + field]) / _f64(pixels)
                centers[k * _FIELDS + field] = _f32(mean + 0.5 if field >= 3 else mean)
            sums[6 * k + field] = 0
