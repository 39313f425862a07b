"""The colour of each region of a label image: mean, median or most frequent, in linear light."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import copied, empty, zeros
from vec2art_nb.kernels._jit import ReadI32, ReadI64, ReadU8, ReadU16, WriteI32, WriteI64, jitted, kernel
from vec2art_nb.srgb import linear_light

# For the type checker these are any numbers, as all is between kernels.
_U: Any = np.uint64
_i64: Any = np.int64
_i32: Any = np.int32

Fill = Literal["mean", "median", "dominant"]

# Linear light of white; sums of it are whole numbers, the same in any order.
_WHITE = 65535

# Levels of each channel that count as one colour when the most frequent is looked for, evenly in sRGB.
_LEVELS = 12


def region_colors(
    pixels: NDArray[Any],
    background_rgb: tuple[int, int, int],
    labels: NDArray[np.int32],
    count: int,
    fill: Fill = "mean",
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Linear light, 0 to 1, of each region, over the page's colour; and how many pixels it has.

    Parameters
    ----------
    pixels : (H, W, C) uint8 or uint16, C-contiguous
        C = 1 is sRGB grey, 3 is sRGB, 4 is sRGB with straight alpha.
    background_rgb : three ints, 0 to 255
    labels : (H, W) int32
        0 … count − 1.
    count : int
    fill : "mean", "median" or "dominant"
        The median is that of each channel; dominant is the mean of the pixels in the fullest cell of the colour cube.

    Returns
    -------
    colors : (count, 3) float64
        Black where a region has no pixels.
    sizes : (count,) int64
    """
    channels = pixels.shape[2]
    levels = np.iinfo(pixels.dtype).max + 1
    table = np.rint(linear_light(levels) * _WHITE).astype(np.int32)
    behind = np.rint(linear_light(256)[list(background_rgb)] * _WHITE).astype(np.int32)
    sums = zeros((count, 4), np.int64)
    is_8 = pixels.dtype == np.uint8
    if fill == "mean":
        (sum_light_8 if is_8 else sum_light_16)(pixels, channels, table, behind, labels, labels.size, sums)
    else:
        # The pixels of each region together.
        offsets = zeros(count + 1, np.int64)
        order = empty(labels.size, np.int32)
        sort_pixels(labels, labels.size, offsets, order)
        light = empty((3, int(np.diff(offsets).max(initial=0))), np.int32)
        choose = choose_light_8 if is_8 else choose_light_16
        choose(pixels, channels, table, behind, offsets, order, _cells(), fill == "median", light, light.shape[1], sums)
    sizes = copied(sums[:, 0])
    weights = np.maximum(sizes, 1) if fill == "mean" else np.maximum(_weights(sums), 1)
    sizes = sizes if fill == "mean" else np.diff(offsets)
    return sums[:, 1:] / weights[:, None] / _WHITE, sizes


def _weights(sums: NDArray[np.int64]) -> NDArray[np.int64]:
    return sums[:, 0]


@cache
def _cells() -> NDArray[np.int32]:
    """The level of each amount of linear light, 0 … 65535."""
    light = np.arange(_WHITE + 1) / _WHITE
    encoded = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    cells: NDArray[np.int32] = np.minimum(encoded * _LEVELS, _LEVELS - 1).astype(np.int32)
    return cells


@jitted
def _sum_light(pixels: Any, channels: int, table: Any, behind: Any, labels: Any, count: int, sums: Any) -> None:
    opaque = _i64(table.size - 1)
    step = _U(channels)
    # Grey has one channel for all three.
    to_green, to_blue = _U(1 if channels >= 3 else 0), _U(2 if channels >= 3 else 0)
    label = _i64(labels[0])
    n, s0, s1, s2 = _i64(0), _i64(0), _i64(0), _i64(0)
    for i in range(_U(count)):
        mine = _i64(labels[i])
        if mine != label:
            sums[4 * label] += n
            sums[4 * label + 1] += s0
            sums[4 * label + 2] += s1
            sums[4 * label + 3] += s2
            label = mine
            n, s0, s1, s2 = _i64(0), _i64(0), _i64(0), _i64(0)
        p = i * step
        red = _i64(table[_U(pixels[p])])
        green = _i64(table[_U(pixels[p + to_green])])
        blue = _i64(table[_U(pixels[p + to_blue])])
        if channels == 4:
            alpha = _i64(pixels[p + _U(3)])
            if alpha != opaque:
                red = (red * alpha + _i64(behind[0]) * (opaque - alpha)) // opaque
                green = (green * alpha + _i64(behind[1]) * (opaque - alpha)) // opaque
                blue = (blue * alpha + _i64(behind[2]) * (opaque - alpha)) // opaque
        n += 1
        s0 += red
        s1 += green
        s2 += blue
    sums[4 * label] += n
    sums[4 * label + 1] += s0
    sums[4 * label + 2] += s1
    sums[4 * label + 3] += s2


@kernel
def sum_light_8(
    pixels: ReadU8, channels: int, table: ReadI32, behind: ReadI32, labels: ReadI32, count: int, sums: WriteI64
) -> None:
    """Number and sums of light of the 8-bit pixels of each region; see `region_colors`."""
    _sum_light(pixels, channels, table, behind, labels, count, sums)


@kernel
def sum_light_16(
    pixels: ReadU16, channels: int, table: ReadI32, behind: ReadI32, labels: ReadI32, count: int, sums: WriteI64
) -> None:
    """Number and sums of light of the 16-bit pixels of each region; see `region_colors`."""
    _sum_light(pixels, channels, table, behind, labels, count, sums)


@kernel
def sort_pixels(labels: ReadI32, count: int, offsets: WriteI64, order: WriteI32) -> None:
    """Counting sort of the pixels by label, stable; ``offsets`` are zeros, and where each label begins afterwards."""
    last = offsets.size - 1
    for i in range(count):
        offsets[labels[i]] += 1
    total = _i64(0)
    for k in range(last + 1):
        total += offsets[k]
        offsets[k] = total
    for i in range(count - 1, -1, -1):
        k = labels[i]
        offsets[k] -= 1
        order[offsets[k]] = _i32(i)


@jitted
def _choose_light(
    pixels: Any, channels: int, table: Any, behind: Any, offsets: Any, order: Any, cells: Any, is_median: bool,
    light: Any, room: int, sums: Any,
) -> None:  # fmt: skip
    opaque = _i64(table.size - 1)
    counts = np.zeros(_LEVELS * _LEVELS * _LEVELS, np.int32)
    for k in range(offsets.size - 1):
        first, n = offsets[k], offsets[k + 1] - offsets[k]
        if n == 0:
            continue
        for j in range(n):
            p = _i64(order[first + j]) * channels
            red = _i64(table[pixels[p]])
            green, blue = red, red
            if channels >= 3:
                green = _i64(table[pixels[p + 1]])
                blue = _i64(table[pixels[p + 2]])
            if channels == 4:
                alpha = _i64(pixels[p + 3])
                red = (red * alpha + _i64(behind[0]) * (opaque - alpha)) // opaque
                green = (green * alpha + _i64(behind[1]) * (opaque - alpha)) // opaque
                blue = (blue * alpha + _i64(behind[2]) * (opaque - alpha)) // opaque
            light[j] = _i32(red)
            light[room + j] = _i32(green)
            light[2 * room + j] = _i32(blue)
        if is_median:
            sums[4 * k] = 1
            for channel in range(3):
                # Hoare's selection of the middle one, the lower of two.
                o = channel * room
                wanted = o + (n - 1) // 2
                low, high = o, o + n - 1
                while low < high:
                    pivot = light[(low + high) >> _i64(1)]
                    i, j = low, high
                    while i <= j:
                        while light[i] < pivot:
                            i += 1
                        while light[j] > pivot:
                            j -= 1
                        if i <= j:
                            light[i], light[j] = light[j], light[i]
                            i += 1
                            j -= 1
                    if wanted <= j:
                        high = j
                    elif wanted >= i:
                        low = i
                    else:
                        break
                sums[4 * k + 1 + channel] = _i64(light[wanted])
            continue
        best, most = _i64(0), _i32(0)
        for j in range(n):
            cell = (
                _i64(cells[light[j]]) * _LEVELS + _i64(cells[light[room + j]])
            ) * _LEVELS + _i64(cells[light[2 * room + j]])  # fmt: skip
            counts[cell] += _i32(1)
            if counts[cell] > most:
                most = counts[cell]
                best = cell
        for j in range(n):
            cell = (
                _i64(cells[light[j]]) * _LEVELS + _i64(cells[light[room + j]])
            ) * _LEVELS + _i64(cells[light[2 * room + j]])  # fmt: skip
            counts[cell] = _i32(0)
            if cell == best:
                sums[4 * k] += 1
                sums[4 * k + 1] += _i64(light[j])
                sums[4 * k + 2] += _i64(light[room + j])
                sums[4 * k + 3] += _i64(light[2 * room + j])


@kernel
def choose_light_8(
    pixels: ReadU8, channels: int, table: ReadI32, behind: ReadI32, offsets: ReadI64, order: ReadI32, cells: ReadI32,
    is_median: bool, light: WriteI32, room: int, sums: WriteI64,
) -> None:  # fmt: skip
    """Median or most frequent light of the 8-bit pixels of each region; see `region_colors`."""
    _choose_light(pixels, channels, table, behind, offsets, order, cells, is_median, light, room, sums)


@kernel
def choose_light_16(
    pixels: ReadU16, channels: int, table: ReadI32, behind: ReadI32, offsets: ReadI64, order: ReadI32, cells: ReadI32,
    is_median: bool, light: WriteI32, room: int, sums: WriteI64,
) -> None:  # fmt: skip
    """Median or most frequent light of the 16-bit pixels of each region; see `region_colors`."""
    _choose_light(pixels, channels, table, behind, offsets, order, cells, is_median, light, room, sums)
