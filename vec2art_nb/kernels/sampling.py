"""The light of a picture along strokes and below marks, in whole numbers: the same sums on every machine."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import empty, zeros
from vec2art_nb.kernels._jit import (
    ReadF32,
    ReadI32,
    ReadI64,
    ReadU8,
    ReadU16,
    WriteF32,
    WriteI32,
    WriteI64,
    jitted,
    kernel,
)
from vec2art_nb.kernels.oklab import oklab_of_rgb
from vec2art_nb.srgb import linear_light

# For the type checker these are any numbers, as all is between kernels.
_u64: Any = np.uint64
_i64: Any = np.int64
_i32: Any = np.int32
_f32: Any = np.float32

#: The light of white.
WHITE = 1 << 20

# Pixels that a disc looks at across, at most; a larger one looks at every other, or fewer.
_ACROSS = 24

# The histogram of what is below one stroke: cells a side, with an empty one all round, their size in OKLab, and where a
# and b begin; then how far from the mode's mean a colour still belongs to it.
_CELLS, _CELL, _LOWEST_CHROMA = _i64(22), _f32(1 / 16), _f32(-0.6)
_NEAR = _f32(0.08)


def light_at(
    pixels: NDArray[Any], background_rgb: tuple[int, int, int], points: NDArray[np.float32]
) -> NDArray[np.int32]:
    """Linear light of the pixels in which points lie, over the page's colour.

    Parameters
    ----------
    pixels : (H, W, C) uint8 or uint16, C-contiguous
        C = 1 is sRGB grey, 3 is sRGB, 4 is sRGB with straight alpha.
    background_rgb : three ints, 0 to 255
    points : (N, 2) float32
        px; those outside of the picture count for the nearest pixel in it.

    Returns
    -------
    (N, 3) int32
        0 to `WHITE`.
    """
    height, width, channels = pixels.shape
    out = empty((len(points), 3), np.int32)
    light, behind = _light_table(np.iinfo(pixels.dtype).max + 1), _light_table(256)[list(background_rgb)]
    gather = gather_8 if pixels.dtype == np.uint8 else gather_16
    gather(pixels, height, width, channels, light, behind, points, len(points), out)
    return out


def sums_of_groups(light: NDArray[np.int32], offsets: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Sum and number of the samples of each group; an empty group has the sample before it.

    Returns
    -------
    sums : (S, 3) int64
    counts : (S,) int64
    """
    groups = len(offsets) - 1
    sums, counts = empty((groups, 3), np.int64), empty(groups, np.int64)
    sum_groups(light, offsets, groups, sums, counts)
    return sums, counts


def sums_of_modes(light: NDArray[np.int32], offsets: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """As `sums_of_groups`, but of those samples only whose colour is near to the one that is most frequent.

    Of the cells of a coarse histogram in OKLab the one is looked for that has most samples in it and its neighbours, so
    that it does not matter where cells meet; two steps of mean shift (Fukunaga and Hostetler 1975) go on from there.
    """
    groups = len(offsets) - 1
    sums, counts = empty((groups, 3), np.int64), empty(groups, np.int64)
    sum_modes(light, offsets, groups, int(np.diff(offsets).max(initial=0)), sums, counts)
    return sums, counts


def sums_of_discs(
    pixels: NDArray[Any],
    background_rgb: tuple[int, int, int],
    centers: NDArray[np.float32],
    radii: NDArray[np.float32],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Sum and number of the pixels whose centres lie in each disc, or of the pixel in its middle where none does.

    Parameters
    ----------
    pixels, background_rgb
        As in `light_at`.
    centers : (M, 2) float32
    radii : (M,) float32
        px. Of discs more than 24 px across, every other pixel is looked at, or every third, and so on.

    Returns
    -------
    sums : (M, 3) int64
    counts : (M,) int64
    """
    height, width, channels = pixels.shape
    sums, counts = empty((len(centers), 3), np.int64), empty(len(centers), np.int64)
    light, behind = _light_table(np.iinfo(pixels.dtype).max + 1), _light_table(256)[list(background_rgb)]
    sum_up = sum_discs_8 if pixels.dtype == np.uint8 else sum_discs_16
    sum_up(pixels, height, width, channels, light, behind, centers, radii, len(centers), sums, counts)
    return sums, counts


def equal_parts(
    points: NDArray[np.float32], offsets: NDArray[np.int64], closed: NDArray[np.uint8], parts: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Where chains of points are to be divided into parts of equal length.

    Returns
    -------
    offsets : (S × parts + 1,) int64
        Into ``points``. The first part of a chain has a point at least.
    middles : (S × parts, 2) float32
        The point of the chain in the middle of each part.
    """
    strokes = len(offsets) - 1
    divided = zeros(strokes * parts + 1, np.int64)
    middles = empty((strokes * parts, 2), np.float32)
    divide(points, offsets, closed, strokes, parts, divided, middles)
    return divided, middles


@cache
def _light_table(levels: int) -> NDArray[np.int32]:
    return np.rint(linear_light(levels) * WHITE).astype(np.int32)


@jitted
def _pixel(pixels: Any, p: Any, channels: int, light: Any, behind: Any, channel: int) -> Any:
    """One channel's light of the pixel that begins at ``p``."""
    stored = p + _u64(channel) if channels > 1 else p
    amount = _i64(light[_u64(pixels[stored])])
    if channels < 4:
        return amount
    alpha, opaque = _i64(pixels[p + _u64(3)]), _i64(light.size - 1)
    return (amount * alpha + _i64(behind[channel]) * (opaque - alpha)) // opaque


@jitted
def _gather(
    pixels: Any, height: int, width: int, channels: int, light: Any, behind: Any, points: Any, count: int, out: Any
) -> None:
    for i in range(count):
        x = min(max(_i64(points[_u64(2 * i)]), 0), width - 1)
        y = min(max(_i64(points[_u64(2 * i + 1)]), 0), height - 1)
        p = _u64((y * width + x) * channels)
        for channel in range(3):
            out[_u64(3 * i + channel)] = _i32(_pixel(pixels, p, channels, light, behind, channel))


@kernel
def gather_8(
    pixels: ReadU8,
    height: int,
    width: int,
    channels: int,
    light: ReadI32,
    behind: ReadI32,
    points: ReadF32,
    count: int,
    out: WriteI32,
) -> None:
    """Light at points of 8-bit pixels; see `light_at`."""
    _gather(pixels, height, width, channels, light, behind, points, count, out)


@kernel
def gather_16(
    pixels: ReadU16,
    height: int,
    width: int,
    channels: int,
    light: ReadI32,
    behind: ReadI32,
    points: ReadF32,
    count: int,
    out: WriteI32,
) -> None:
    """Light at points of 16-bit pixels; see `light_at`."""
    _gather(pixels, height, width, channels, light, behind, points, count, out)


@kernel
def sum_groups(light: ReadI32, offsets: ReadI64, groups: int, sums: WriteI64, counts: WriteI64) -> None:
    """Sums of groups of samples; see `sums_of_groups`."""
    for group in range(groups):
        first, last = offsets[group], offsets[group + 1]
        if first == last:
            first = max(first - 1, 0)
            last = first + 1
        red, green, blue = _i64(0), _i64(0), _i64(0)
        for i in range(_u64(first), _u64(last)):
            p = _u64(3) * i
            red += light[p]
            green += light[p + _u64(1)]
            blue += light[p + _u64(2)]
        sums[3 * group], sums[3 * group + 1], sums[3 * group + 2] = red, green, blue
        counts[group] = last - first


@kernel
def sum_modes(light: ReadI32, offsets: ReadI64, groups: int, longest: int, sums: WriteI64, counts: WriteI64) -> None:
    """Sums of the most frequent colour of groups of samples; see `sums_of_modes`."""
    room = max(longest, 1)
    lab = np.empty(3 * room, np.float32)
    cell = np.empty(room, np.int64)
    table = np.zeros(_CELLS * _CELLS * _CELLS, np.int64)
    share, last_cell, none = _f32(1) / _f32(WHITE), _CELLS - 2, _f32(0)
    for group in range(groups):
        first, last = offsets[group], offsets[group + 1]
        if first == last:
            first = max(first - 1, 0)
            last = first + 1
        count = last - first
        for i in range(count):
            p = 3 * (first + i)
            l, a, b = oklab_of_rgb(_f32(light[p]) * share, _f32(light[p + 1]) * share, _f32(light[p + 2]) * share)  # noqa: E741
            lab[3 * i], lab[3 * i + 1], lab[3 * i + 2] = l, a, b
            cl = min(_i64(l / _CELL) + 1, last_cell)
            ca = min(max(_i64((a - _LOWEST_CHROMA) / _CELL) + 1, 1), last_cell)
            cb = min(max(_i64((b - _LOWEST_CHROMA) / _CELL) + 1, 1), last_cell)
            cell[i] = (cl * _CELLS + ca) * _CELLS + cb
            table[cell[i]] += 1
        mode, most, before = _i64(0), _i64(0), _i64(-1)
        for i in range(count):
            if cell[i] == before:
                continue
            before = cell[i]
            votes = _i64(0)
            for plane in range(-1, 2):
                for line in range(-1, 2):
                    middle = before + (plane * _CELLS + line) * _CELLS
                    votes += table[middle - 1] + table[middle] + table[middle + 1]
            if votes > most:
                mode, most = before, votes
        most = table[mode]
        for i in range(count):
            table[cell[i]] = 0
        middle_l, middle_a, middle_b = none, none, none
        for i in range(count):
            if cell[i] == mode:
                middle_l += lab[3 * i]
                middle_a += lab[3 * i + 1]
                middle_b += lab[3 * i + 2]
        number = _f32(most)
        for _ in range(3):
            middle_l, middle_a, middle_b = middle_l / number, middle_a / number, middle_b / number
            near_l, near_a, near_b, near = none, none, none, _i64(0)
            red, green, blue = _i64(0), _i64(0), _i64(0)
            for i in range(count):
                dl, da, db = lab[3 * i] - middle_l, lab[3 * i + 1] - middle_a, lab[3 * i + 2] - middle_b
                if dl * dl + da * da + db * db <= _NEAR * _NEAR:
                    near += 1
                    near_l += lab[3 * i]
                    near_a += lab[3 * i + 1]
                    near_b += lab[3 * i + 2]
                    red += light[3 * (first + i)]
                    green += light[3 * (first + i) + 1]
                    blue += light[3 * (first + i) + 2]
            if near == 0:
                break
            sums[3 * group], sums[3 * group + 1], sums[3 * group + 2] = red, green, blue
            counts[group] = near
            middle_l, middle_a, middle_b, number = near_l, near_a, near_b, _f32(near)


@jitted
def _sum_discs(
    pixels: Any, height: int, width: int, channels: int, light: Any, behind: Any, centers: Any, radii: Any, count: int,
    sums: Any, counts: Any,
) -> None:  # fmt: skip
    half = _f32(0.5)
    for mark in range(count):
        x, y, radius = centers[_u64(2 * mark)], centers[_u64(2 * mark + 1)], radii[_u64(mark)]
        step = _i64(max(math.ceil(_f32(2) * radius / _f32(_ACROSS)), 1))
        middle_x, middle_y = min(max(_i64(x), 0), width - 1), min(max(_i64(y), 0), height - 1)
        reach = (_i64(radius) + 1) // step * step
        red, green, blue, number = _i64(0), _i64(0), _i64(0), _i64(0)
        for row in range(middle_y - reach, middle_y + reach + 1, step):
            if row < 0 or row >= height:
                continue
            dy = _f32(row) + half - y
            for column in range(middle_x - reach, middle_x + reach + 1, step):
                dx = _f32(column) + half - x
                if column < 0 or column >= width or dx * dx + dy * dy > radius * radius:
                    continue
                p = _u64((row * width + column) * channels)
                red += _pixel(pixels, p, channels, light, behind, 0)
                green += _pixel(pixels, p, channels, light, behind, 1)
                blue += _pixel(pixels, p, channels, light, behind, 2)
                number += 1
        if number == 0:
            p = _u64((middle_y * width + middle_x) * channels)
            red = _pixel(pixels, p, channels, light, behind, 0)
            green = _pixel(pixels, p, channels, light, behind, 1)
            blue = _pixel(pixels, p, channels, light, behind, 2)
            number = _i64(1)
        place = _u64(3 * mark)
        sums[place], sums[place + _u64(1)], sums[place + _u64(2)] = red, green, blue
        counts[_u64(mark)] = number


@kernel
def sum_discs_8(
    pixels: ReadU8,
    height: int,
    width: int,
    channels: int,
    light: ReadI32,
    behind: ReadI32,
    centers: ReadF32,
    radii: ReadF32,
    count: int,
    sums: WriteI64,
    counts: WriteI64,
) -> None:
    """Sums of discs of 8-bit pixels; see `sums_of_discs`."""
    _sum_discs(pixels, height, width, channels, light, behind, centers, radii, count, sums, counts)


@kernel
def sum_discs_16(
    pixels: ReadU16,
    height: int,
    width: int,
    channels: int,
    light: ReadI32,
    behind: ReadI32,
    centers: ReadF32,
    radii: ReadF32,
    count: int,
    sums: WriteI64,
    counts: WriteI64,
) -> None:
    """Sums of discs of 16-bit pixels; see `sums_of_discs`."""
    _sum_discs(pixels, height, width, channels, light, behind, centers, radii, count, sums, counts)


@kernel
def divide(
    points: ReadF32,
    offsets: ReadI64,
    closed: ReadU8,
    strokes: int,
    parts: int,
    divided: WriteI64,
    middles: WriteF32,
) -> None:
    """Divide chains into parts of equal length; see `equal_parts`."""
    for stroke in range(strokes):
        first, last = offsets[stroke], offsets[stroke + 1]
        if first == last:
            for part in range(parts):
                divided[stroke * parts + part + 1] = last
                middles[2 * (stroke * parts + part)], middles[2 * (stroke * parts + part) + 1] = 0, 0
            continue
        sides = last - first if closed[stroke] != 0 else last - first - 1
        total = 0.0
        for i in range(sides):
            a, b = first + i, first + (i + 1) % (last - first)
            dx, dy = points[2 * b] - points[2 * a], points[2 * b + 1] - points[2 * a + 1]
            total += math.sqrt(dx * dx + dy * dy)
        # Bounds of parts, and their middles, come up in turn: at 1, 2, 3, … halves of a part.
        along, half = 0.0, _i64(1)
        for i in range(sides + 1):
            a, b = first + i % (last - first), first + (i + 1) % (last - first)
            dx, dy = points[2 * b] - points[2 * a], points[2 * b + 1] - points[2 * a + 1]
            length = math.sqrt(dx * dx + dy * dy) if i < sides else 0.0
            while half <= 2 * parts and (i == sides or total * half / (2 * parts) < along + length):
                if half % 2 == 0:
                    divided[stroke * parts + half // 2] = min(first + i + 1, last)
                else:
                    t = (total * half / (2 * parts) - along) / length if length > 0 else 0.0
                    place = 2 * (stroke * parts + half // 2)
                    middles[place] = _f32(points[2 * a] + t * dx)
                    middles[place + 1] = _f32(points[2 * a + 1] + t * dy)
                half += 1
            along += length
        divided[(stroke + 1) * parts] = last
