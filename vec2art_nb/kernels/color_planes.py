"""Pixels to planes of a perceptual colour space, as whole numbers that later sums can rely on.

CIE Lab and OKLab have one shape: linear light through a matrix, a curve on each of three values, and a second matrix.
Here both are tables and whole numbers, so the result is the same on every machine.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import empty, zeros
from vec2art_nb.kernels._jit import ReadI16, ReadI32, ReadU8, ReadU16, WriteI16, jitted, kernel
from vec2art_nb.srgb import linear_light

_U: Any = np.uint64
_i64: Any = np.int64
_i32: Any = np.int32

ColorSpace = Literal["lab", "oklab", "luminance"]

#: Steps of the planes that make one unit of Lab (for OKLab, one hundredth).
UNITS = 256

_LINEAR = 65535  # Linear light of white.
_ONE = 1 << 15  # One, in the first matrix.
_CURVE = 1 << 14  # One, after the curve.
_SHIFT = 14

# Pixels that are converted at a time, and where their second and third values stand.
_BLOCK = 512
_B1, _B2 = _U(_BLOCK), _U(2 * _BLOCK)

# Linear sRGB to CIE XYZ under D65 (IEC 61966-2-1), each row divided by its sum: the white point becomes (1, 1, 1).
_TO_XYZ = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
_LAB = ((0.0, 116.0, 0.0), (500.0, -500.0, 0.0), (0.0, 200.0, -200.0))
# Ottosson (2020), A perceptual color space for image processing; its second matrix times 100.
_TO_LMS = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_OKLAB = (
    (21.04542553, 79.36177850, -0.40720468),
    (197.79984951, -242.85922050, 45.05937099),
    (2.59040371, 78.27717662, -80.86757660),
)


def color_planes(
    pixels: NDArray[Any], background_rgb: tuple[int, int, int], space: ColorSpace = "lab"
) -> NDArray[np.int16]:
    """Lightness and two opponent colours of every pixel, times 256.

    Parameters
    ----------
    pixels : (H, W, C) uint8 or uint16, C-contiguous
        C = 1 is sRGB grey, 3 is sRGB, 4 is sRGB with straight alpha.
    background_rgb : three ints, 0 to 255
        What shines through where alpha is not full; composited in linear light.
    space : "lab", "oklab" or "luminance"
        CIE 1976 L*a*b* under D65; OKLab times 100, so that lightness has the same range; L* and two planes of zeros.

    Returns
    -------
    (3, H, W) int16
        25600 is white; the opponent colours of sRGB stay within ±27700.
    """
    height, width, channels = pixels.shape
    levels = np.iinfo(pixels.dtype).max + 1
    first, curve, second = _tables(space)
    behind = np.rint(linear_light(256)[list(background_rgb)] * _LINEAR).astype(np.int32)
    convert = planes_8 if pixels.dtype == np.uint8 else planes_16
    has_color = space != "luminance" and channels > 1
    out = (empty if has_color else zeros)((3, height, width), np.int16)
    convert(pixels, channels, _linear_table(levels), first, curve, second, behind, has_color, height * width, out)
    return out


@cache
def _linear_table(levels: int) -> NDArray[np.int32]:
    return np.rint(linear_light(levels) * _LINEAR).astype(np.int32)


@cache
def _tables(space: ColorSpace) -> tuple[NDArray[np.int32], NDArray[np.int16], NDArray[np.int32]]:
    """The first matrix, the curve over 0 … 65535, and the second matrix with an offset for lightness."""
    first = np.array(_TO_LMS if space == "oklab" else _TO_XYZ)
    whole = np.rint(first / first.sum(axis=1, keepdims=True) * _ONE).astype(np.int32)
    # Rows add up to one exactly, and those of the opponent colours to nothing: grey has no colour.
    whole[:, 1] += _ONE - whole.sum(axis=1)
    light = np.arange(_LINEAR + 1) / _LINEAR
    root = np.cbrt(light)
    curve = root if space == "oklab" else np.where(light > (6 / 29) ** 3, root, light * (841 / 108) + 4 / 29)
    second = np.rint(np.array(_OKLAB if space == "oklab" else _LAB) * UNITS).astype(np.int32)
    second[0, 1] += (100 if space == "oklab" else 116) * UNITS - second[0].sum()
    second[1:, 1] -= second[1:].sum(axis=1)
    offset = 0 if space == "oklab" else -16 * UNITS << _SHIFT
    return whole, np.rint(curve * _CURVE).astype(np.int16), np.append(second.ravel(), offset).astype(np.int32)


@jitted
def _planes(
    pixels: Any, channels: int, linear: Any, first: Any, curve: Any, second: Any, behind: Any, has_color: bool,
    count: int, out: Any,
) -> None:  # fmt: skip
    # Looking up is done pixel by pixel, both matrices by vectors: a block at a time, in int32, which all sums fit.
    block = np.empty(3 * _BLOCK, np.int32)
    opaque = _i64(linear.size - 1)
    half, half_one = _i32(1 << (_SHIFT - 1)), _i32(_ONE >> 1)
    shift, shift_one = _i32(_SHIFT), _i32(15)
    offset = second[9]
    m0 = first[0]
    m1 = first[1]
    m2 = first[2]
    m3 = first[3]
    m4 = first[4]
    m5 = first[5]
    m6 = first[6]
    m7 = first[7]
    m8 = first[8]
    n0 = second[0]
    n1 = second[1]
    n2 = second[2]
    n3 = second[3]
    n4 = second[4]
    n5 = second[5]
    n6 = second[6]
    n7 = second[7]
    n8 = second[8]
    size, step = _U(count), _U(channels)
    # Grey has one channel for all three.
    to_green, to_blue = _U(1 if channels >= 3 else 0), _U(2 if channels >= 3 else 0)
    for start in range(0, count, _BLOCK):
        n = _U(min(_BLOCK, count - start))
        o = _U(start)
        for i in range(n):
            p = (o + i) * step
            block[i] = linear[_U(pixels[p])]
            block[_B1 + i] = linear[_U(pixels[p + to_green])]
            block[_B2 + i] = linear[_U(pixels[p + to_blue])]
        if channels == 4:
            for i in range(n):
                alpha = _i64(pixels[(o + i) * step + _U(3)])
                if alpha != opaque:
                    rest = opaque - alpha
                    block[i] = _i32((_i64(block[i]) * alpha + _i64(behind[0]) * rest) // opaque)
                    block[_B1 + i] = _i32((_i64(block[_B1 + i]) * alpha + _i64(behind[1]) * rest) // opaque)
                    block[_B2 + i] = _i32((_i64(block[_B2 + i]) * alpha + _i64(behind[2]) * rest) // opaque)
        for i in range(n):
            red, green, blue = block[i], block[_B1 + i], block[_B2 + i]
            block[i] = _i32(_i32(m0 * red) + _i32(m1 * green) + _i32(m2 * blue) + half_one) >> shift_one
            block[_B1 + i] = _i32(_i32(m3 * red) + _i32(m4 * green) + _i32(m5 * blue) + half_one) >> shift_one
            block[_B2 + i] = _i32(_i32(m6 * red) + _i32(m7 * green) + _i32(m8 * blue) + half_one) >> shift_one
        for i in range(n):
            block[_B1 + i] = _i32(curve[_U(block[_B1 + i])])
        if has_color:
            for i in range(n):
                block[i] = _i32(curve[_U(block[i])])
                block[_B2 + i] = _i32(curve[_U(block[_B2 + i])])
            for i in range(n):
                x, y, z = block[i], block[_B1 + i], block[_B2 + i]
                light = _i32(_i32(n0 * x) + _i32(n1 * y) + _i32(n2 * z) + offset + half)
                out[o + i] = np.int16(light >> shift)
            for i in range(n):
                x, y, z = block[i], block[_B1 + i], block[_B2 + i]
                out[size + o + i] = np.int16(_i32(_i32(n3 * x) + _i32(n4 * y) + _i32(n5 * z) + half) >> shift)
                out[size + size + o + i] = np.int16(_i32(_i32(n6 * x) + _i32(n7 * y) + _i32(n8 * z) + half) >> shift)
        else:
            for i in range(n):
                light = _i32(_i32(_i32(n0 + n1 + n2) * block[_B1 + i]) + offset + half)
                out[o + i] = np.int16(light >> shift)


@kernel
def planes_8(
    pixels: ReadU8, channels: int, linear: ReadI32, first: ReadI32, curve: ReadI16, second: ReadI32, behind: ReadI32,
    has_color: bool, count: int, out: WriteI16,
) -> None:  # fmt: skip
    """Colour planes of 8-bit pixels; see `color_planes`."""
    _planes(pixels, channels, linear, first, curve, second, behind, has_color, count, out)


@kernel
def planes_16(
    pixels: ReadU16, channels: int, linear: ReadI32, first: ReadI32, curve: ReadI16, second: ReadI32, behind: ReadI32,
    has_color: bool, count: int, out: WriteI16,
) -> None:  # fmt: skip
    """Colour planes of 16-bit pixels; see `color_planes`."""
    _planes(pixels, channels, linear, first, curve, second, behind, has_color, count, out)
