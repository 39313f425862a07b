"""Pixels and light to OKLab, where equal distances look about equal, and back."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numba import prange
from numpy.typing import NDArray

from vec2art_nb.buffers import empty
from vec2art_nb.kernels import _jit
from vec2art_nb.kernels._jit import ReadF32, ReadU8, ReadU16, WriteF32, jitted, kernel, parallel_kernel
from vec2art_nb.srgb import linear_light, stored

# For the type checker these are any numbers, as all is between kernels.
_u64: Any = np.uint64
_f32: Any = np.float32
_i32: Any = np.int32

# Linear sRGB to the responses of the cones, and the roots of these to OKLab.
_CONES = ((0.4122214708, 0.5363325363, 0.0514459929), (0.2119034982, 0.6806995451, 0.1073969566),
          (0.0883024619, 0.2817188376, 0.6299787005))  # fmt: skip
_OPPONENTS = ((0.2104542553, 0.7936177850, -0.0040720468), (1.9779984951, -2.4285922050, 0.4505937099),
              (0.0259040371, 0.7827717662, -0.8086757660))  # fmt: skip
(_LR, _LG, _LB), (_MR, _MG, _MB), (_SR, _SG, _SB) = (tuple(_f32(value) for value in row) for row in _CONES)
(_L1, _L2, _L3), (_A1, _A2, _A3), (_B1, _B2, _B3) = (tuple(_f32(value) for value in row) for row in _OPPONENTS)

# Pixels that are laid out in planes at a time: they and their results stay in the first cache.
_BLOCK = 512

# The exponent's third, as integer arithmetic on the bits of a float32 (Kahan; Lancaster 1942 for the iteration).
_ROOT_BITS = _i32(709921077)
_THIRD = _f32(1 / 3)
# Keeps zero out of the divisions; its root is 2e-7, below what float32 resolves in a colour.
_DARKEST = _f32(1e-20)

# Below this the threads cost more than they bring.
_PARALLEL_PIXELS = 1_500_000


def oklab(pixels: NDArray[Any], background_rgb: tuple[int, int, int]) -> NDArray[np.float32]:
    """OKLab of every pixel.

    Parameters
    ----------
    pixels : (H, W, C) uint8 or uint16, C-contiguous
        C = 1 is sRGB grey, 3 is sRGB, 4 is sRGB with straight alpha.
    background_rgb : three ints, 0 to 255
        What shines through where alpha is not full; composited in linear light.

    Returns
    -------
    (H, W, 3) float32
        L from 0 (black) to 1 (white), then a (green to red) and b (blue to yellow), within about ±0.4.

    References
    ----------
    Ottosson (2020), A perceptual color space for image processing. IEC 61966-2-1 (sRGB).
    """
    height, width, channels = pixels.shape
    out = empty((height, width, 3), np.float32)
    light = _light_table(np.iinfo(pixels.dtype).max + 1)
    behind = _light_table(256)[list(background_rgb)]
    arguments = (pixels, channels, light, behind, height * width, out)
    bands = _jit.threads() if height * width >= _PARALLEL_PIXELS else 1
    if pixels.dtype == np.uint8:
        oklab_8_bands(*arguments, bands) if bands > 1 else oklab_8(*arguments)
    else:
        oklab_16_bands(*arguments, bands) if bands > 1 else oklab_16(*arguments)
    return out


def oklab_of_light(light: NDArray[Any]) -> NDArray[np.float32]:
    """OKLab of colours in linear light, (N, 3), 0 to 1; negative light counts as none."""
    out = empty((len(light), 3), np.float32)
    oklab_of_linear(np.ascontiguousarray(light, dtype=np.float32), len(light), out)
    return out


def light_of_oklab(lab: NDArray[Any]) -> NDArray[np.float64]:
    """Linear light of OKLab colours, (N, 3); what no screen can show is cut off at 0 and 1."""
    roots = np.asarray(lab, np.float64) @ np.linalg.inv(_OPPONENTS).T
    light: NDArray[np.float64] = np.clip(roots * roots * roots @ np.linalg.inv(_CONES).T, 0, 1)
    return light


def rgb_of_oklab(lab: NDArray[Any]) -> NDArray[np.uint8]:
    """The nearest 8-bit sRGB of OKLab colours, (N, 3)."""
    return stored(light_of_oklab(lab))


@cache
def _light_table(levels: int) -> NDArray[np.float32]:
    return linear_light(levels).astype(np.float32)


@jitted
def cube_root(x: Any) -> Any:
    """The cube root of a float32 ≥ 0, to its last bit or two: a guess from its bits, then two steps of Halley's method.

    Only +, ×, / and bits: the same on every machine, and in vectors.
    """
    x = _f32(x + _DARKEST)
    bits = _i32(_i32(_f32(x.view(np.int32)) * _THIRD) + _ROOT_BITS)
    root = bits.view(np.float32)
    cube = root * root * root
    root = root * ((cube + x + x) / (cube + cube + x))
    cube = root * root * root
    return root * ((cube + x + x) / (cube + cube + x))


@jitted
def oklab_of_rgb(red: Any, green: Any, blue: Any) -> Any:
    """L, a and b of one colour in linear light, not negative."""
    long = cube_root(_LR * red + _LG * green + _LB * blue)
    middle = cube_root(_MR * red + _MG * green + _MB * blue)
    short = cube_root(_SR * red + _SG * green + _SB * blue)
    return (
        _L1 * long + _L2 * middle + _L3 * short,
        _A1 * long + _A2 * middle + _A3 * short,
        _B1 * long + _B2 * middle + _B3 * short,
    )


@jitted
def _block_to_oklab(red: Any, green: Any, blue: Any, count: Any) -> None:
    """Linear light to OKLab, in place."""
    for i in range(count):
        red[i], green[i], blue[i] = oklab_of_rgb(red[i], green[i], blue[i])


@jitted
def _oklab_span(pixels: Any, channels: int, light: Any, behind: Any, first: int, last: int, out: Any) -> None:
    red = np.empty(_BLOCK, np.float32)
    green = np.empty(_BLOCK, np.float32)
    blue = np.empty(_BLOCK, np.float32)
    one, two, three, four = _u64(1), _u64(2), _u64(3), _u64(4)
    share = _f32(1) / _f32(light.size - 1)
    for start in range(first, last, _BLOCK):
        count = _u64(min(_BLOCK, last - start))
        base = _u64(start)
        if channels == 1:
            for i in range(count):
                red[i] = light[_u64(pixels[base + i])]
            for i in range(count):
                green[i] = red[i]
                blue[i] = red[i]
        elif channels == 3:
            for i in range(count):
                p = three * (base + i)
                red[i] = light[_u64(pixels[p])]
                green[i] = light[_u64(pixels[p + one])]
                blue[i] = light[_u64(pixels[p + two])]
        else:
            for i in range(count):
                p = four * (base + i)
                alpha = _f32(pixels[p + three]) * share
                rest = _f32(1) - alpha
                red[i] = light[_u64(pixels[p])] * alpha + behind[0] * rest
                green[i] = light[_u64(pixels[p + one])] * alpha + behind[1] * rest
                blue[i] = light[_u64(pixels[p + two])] * alpha + behind[2] * rest
        _block_to_oklab(red, green, blue, count)
        for i in range(count):
            p = three * (base + i)
            out[p] = red[i]
            out[p + one] = green[i]
            out[p + two] = blue[i]


@kernel
def oklab_8(pixels: ReadU8, channels: int, light: ReadF32, behind: ReadF32, count: int, out: WriteF32) -> None:
    """OKLab of 8-bit pixels; see `oklab`. ``light`` is the table of linear light, ``behind`` the page's."""
    _oklab_span(pixels, channels, light, behind, 0, count, out)


@kernel
def oklab_16(pixels: ReadU16, channels: int, light: ReadF32, behind: ReadF32, count: int, out: WriteF32) -> None:
    """OKLab of 16-bit pixels; see `oklab`."""
    _oklab_span(pixels, channels, light, behind, 0, count, out)


@parallel_kernel
def oklab_8_bands(
    pixels: ReadU8, channels: int, light: ReadF32, behind: ReadF32, count: int, out: WriteF32, bands: int
) -> None:
    """OKLab of 8-bit pixels, in bands; see `oklab`."""
    for band in prange(bands):
        _oklab_span(pixels, channels, light, behind, band * count // bands, (band + 1) * count // bands, out)


@parallel_kernel
def oklab_16_bands(
    pixels: ReadU16, channels: int, light: ReadF32, behind: ReadF32, count: int, out: WriteF32, bands: int
) -> None:
    """OKLab of 16-bit pixels, in bands; see `oklab`."""
    for band in prange(bands):
        _oklab_span(pixels, channels, light, behind, band * count // bands, (band + 1) * count // bands, out)


@kernel
def oklab_of_linear(light: ReadF32, count: int, out: WriteF32) -> None:
    """OKLab of colours in linear light, (count, 3); see `oklab_of_light`."""
    red = np.empty(_BLOCK, np.float32)
    green = np.empty(_BLOCK, np.float32)
    blue = np.empty(_BLOCK, np.float32)
    one, two, three, none = _u64(1), _u64(2), _u64(3), _f32(0)
    for start in range(0, count, _BLOCK):
        here = _u64(min(_BLOCK, count - start))
        base = _u64(start)
        for i in range(here):
            p = three * (base + i)
            red[i] = max(light[p], none)
            green[i] = max(light[p + one], none)
            blue[i] = max(light[p + two], none)
        _block_to_oklab(red, green, blue, here)
        for i in range(here):
            p = three * (base + i)
            out[p] = red[i]
            out[p + one] = green[i]
            out[p + two] = blue[i]
