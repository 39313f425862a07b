"""Pixels to CIE lightness: what every backend that looks for edges or darkness starts from."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numba import prange
from numpy.typing import NDArray

from vec2art_nb.buffers import empty
from vec2art_nb.kernels import _jit
from vec2art_nb.kernels._jit import ReadI16, ReadI64, ReadU8, ReadU16, WriteI16, jitted, kernel, parallel_kernel
from vec2art_nb.srgb import linear_light

_U = np.uint64

# Luminance is an integer from 0 to 2**24, so that three rounded table entries still add up to a 16-bit index.
_WHITE = 1 << 24
_REC_709 = (0.2126, 0.7152, 0.0722)

# Below this the threads cost more than they bring (measured with two, idle before).
_PARALLEL_PIXELS = 6_000_000


def lightness(pixels: NDArray[Any], background_rgb: tuple[int, int, int]) -> NDArray[np.int16]:
    """CIE L* of every pixel, times 256.

    Parameters
    ----------
    pixels : (H, W, C) uint8 or uint16, C-contiguous
        C = 1 is sRGB grey, 3 is sRGB, 4 is sRGB with straight alpha.
    background_rgb : three ints, 0 to 255
        What shines through where alpha is not full; composited in linear light.

    Returns
    -------
    (H, W) int16
        0 is black, 25600 (L* = 100) is white.

    References
    ----------
    IEC 61966-2-1 (sRGB), CIE 15:2004 (L*).
    """
    height, width, channels = pixels.shape
    out = empty((height, width), np.int16)
    levels = np.iinfo(pixels.dtype).max + 1
    tables, grey = _index_tables(levels) if channels == 3 else _luminance_tables(levels), _grey_table(levels)
    red, green, blue = background_rgb
    of_background = _luminance_tables(256)
    background = int(of_background[0, red] + of_background[1, green] + of_background[2, blue])
    arguments = (pixels, channels, grey, tables, _lightness_curve(), background, height * width, out)
    bands = _jit.threads() if height * width >= _PARALLEL_PIXELS else 1
    if pixels.dtype == np.uint8:
        lightness_8_bands(*arguments, bands) if bands > 1 else lightness_8(*arguments)
    else:
        lightness_16_bands(*arguments, bands) if bands > 1 else lightness_16(*arguments)
    return out


@cache
def _lightness_curve() -> NDArray[np.int16]:
    """L* times 256 for a luminance from 0 to 65535."""
    luminance = np.arange(65536) / 65535
    curve = np.where(luminance > (6 / 29) ** 3, 116 * np.cbrt(luminance) - 16, luminance * (29 / 3) ** 3)
    rounded: NDArray[np.int16] = np.rint(curve * 256).astype(np.int16)
    return rounded


@cache
def _luminance_tables(levels: int) -> NDArray[np.int64]:
    """The share of luminance that each value of each channel brings; (3, levels)."""
    linear = linear_light(levels) * _WHITE
    whole = np.rint(linear).astype(np.int64)
    red, green = (np.rint(linear * weight).astype(np.int64) for weight in _REC_709[:2])
    # The rest is blue: so a grey pixel in three channels is exactly as bright as one in a single channel.
    return np.stack([red, green, whole - red - green])


@cache
def _index_tables(levels: int) -> NDArray[np.int64]:
    """The same in 1 / 2**24 of an index of `_lightness_curve`, and red brings the half that rounds the sum."""
    tables = _luminance_tables(levels) * 65535
    tables[0] += _WHITE // 2
    return tables


@cache
def _grey_table(levels: int) -> NDArray[np.int16]:
    table: NDArray[np.int16] = _lightness_curve()[_index_tables(levels).sum(axis=0) >> 24]
    return table


@jitted
def _lightness_span(
    pixels: Any, channels: int, grey: Any, tables: Any, curve: Any, background: int, first: int, last: int, out: Any
) -> None:
    three, four, levels = _U(3), _U(4), _U(grey.size)
    if channels == 1:
        for i in range(_U(first), _U(last)):
            out[i] = grey[_U(pixels[i])]
    elif channels == 3:
        for i in range(_U(first), _U(last)):
            p = three * i
            # The loop is as long as the list of its instructions: the tables spare it the scaling and rounding.
            index = _U(
                tables[_U(pixels[p])]
                + tables[levels + _U(pixels[p + _U(1)])]
                + tables[levels + levels + _U(pixels[p + _U(2)])]
            )
            out[i] = curve[index >> _U(24)]
    else:
        opaque = levels - _U(1)
        # Both 65535 * 2**16 / 255 and / 65535 are whole numbers: full alpha gives exactly what three channels give.
        scale, half, shift = _U(65535 << 16) // opaque, _U(1 << 39), _U(40)
        for i in range(_U(first), _U(last)):
            p = four * i
            luminance = _U(
                tables[_U(pixels[p])]
                + tables[levels + _U(pixels[p + _U(1)])]
                + tables[levels + levels + _U(pixels[p + _U(2)])]
            )
            alpha = _U(pixels[p + three])
            mixed = luminance * alpha + _U(background) * (opaque - alpha)
            out[i] = curve[(mixed * scale + half) >> shift]


@kernel
def lightness_8(
    pixels: ReadU8,
    channels: int,
    grey: ReadI16,
    tables: ReadI64,
    curve: ReadI16,
    background: int,
    count: int,
    out: WriteI16,
) -> None:
    """Lightness of 8-bit pixels; see `lightness`."""
    _lightness_span(pixels, channels, grey, tables, curve, background, 0, count, out)


@kernel
def lightness_16(
    pixels: ReadU16,
    channels: int,
    grey: ReadI16,
    tables: ReadI64,
    curve: ReadI16,
    background: int,
    count: int,
    out: WriteI16,
) -> None:
    """Lightness of 16-bit pixels; see `lightness`."""
    _lightness_span(pixels, channels, grey, tables, curve, background, 0, count, out)


@parallel_kernel
def lightness_8_bands(
    pixels: ReadU8,
    channels: int,
    grey: ReadI16,
    tables: ReadI64,
    curve: ReadI16,
    background: int,
    count: int,
    out: WriteI16,
    bands: int,
) -> None:
    """Lightness of 8-bit pixels, in bands; see `lightness`."""
    for band in prange(bands):
        first, last = band * count // bands, (band + 1) * count // bands
        _lightness_span(pixels, channels, grey, tables, curve, background, first, last, out)


@parallel_kernel
def lightness_16_bands(
    pixels: ReadU16,
    channels: int,
    grey: ReadI16,
    tables: ReadI64,
    curve: ReadI16,
    background: int,
    count: int,
    out: WriteI16,
    bands: int,
) -> None:
    """Lightness of 16-bit pixels, in bands; see `lightness`."""
    for band in prange(bands):
        first, last = band * count // bands, (band + 1) * count // bands
        _lightness_span(pixels, channels, grey, tables, curve, background, first, last, out)
