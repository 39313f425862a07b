"""The light of a picture below each dot."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.kernels._jit import ReadF32, ReadI32, ReadU8, ReadU16, WriteF32, jitted, kernel
from vec2art_nb.srgb import linear_light

_U: Any = np.uint64
_f32: Any = np.float32
_f64: Any = np.float64
_i64: Any = np.int64

# Light is summed as whole numbers.
_WHITE = 1 << 20


def disc_light(
    pixels: NDArray[Any], background_rgb: tuple[int, int, int], centers: NDArray[np.float32], radii: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The mean colour of the picture in a disc around each point, in linear light.

    Parameters
    ----------
    pixels : (H, W, C) uint8 or uint16, C-contiguous
        Grey, sRGB, or sRGB and straight alpha.
    background_rgb : three ints, 0 to 255
        What shines through where alpha is not full.
    centers : (M, 2) float32
        px in the plane where pixel (x, y) covers [x, x + 1) × [y, y + 1).
    radii : (M,) float32
        px. Pixels count whose centre is in the disc, and the one below the dot's centre in any case.

    Returns
    -------
    (M, 3) float32
        Red, green and blue, 0 … 1.
    """
    height, width, channels = pixels.shape
    out = np.empty((len(centers), 3), np.float32)
    table = _light(np.iinfo(pixels.dtype).max + 1)
    background = _light(256)[list(background_rgb)]
    arguments = (pixels, height, width, channels, table, background, centers, radii, out)
    if pixels.dtype == np.uint8:
        disc_means_8(*arguments)
    else:
        disc_means_16(*arguments)
    return out


@cache
def _light(levels: int) -> NDArray[np.int32]:
    table = np.rint(linear_light(levels) * _WHITE).astype(np.int32)
    table.flags.writeable = False
    return table


@jitted
def _disc_means(
    pixels: Any, height: int, width: int, channels: int, table: Any, background: Any, centers: Any, radii: Any, out: Any
) -> None:
    opaque = _i64(table.size - 1)
    green, blue = _U(1 if channels >= 3 else 0), _U(2 if channels >= 3 else 0)
    for k in range(_U(radii.size)):
        cx, cy, radius = centers[k + k], centers[k + k + _U(1)], radii[k]
        column = min(max(_i64(cx), _i64(0)), width - 1)
        row = min(max(_i64(cy), _i64(0)), height - 1)
        left, right = min(column, max(_i64(0), _i64(cx - radius))), max(column, min(width - 1, _i64(cx + radius)))
        top, bottom = min(row, max(_i64(0), _i64(cy - radius))), max(row, min(height - 1, _i64(cy + radius)))
        r, g, b, n = _i64(0), _i64(0), _i64(0), _i64(0)
        for y in range(top, bottom + 1):
            dy = _f32(y) + _f32(0.5) - cy
            for x in range(left, right + 1):
                dx = _f32(x) + _f32(0.5) - cx
                if dx * dx + dy * dy > radius * radius and not (x == column and y == row):
                    continue
                p = _U((y * width + x) * channels)
                one, two, three = (
                    _i64(table[_U(pixels[p])]),
                    _i64(table[_U(pixels[p + green])]),
                    _i64(table[_U(pixels[p + blue])]),
                )
                if channels == 4:
                    alpha = _i64(pixels[p + _U(3)])
                    rest = opaque - alpha
                    one = (one * alpha + _i64(background[0]) * rest) // opaque
                    two = (two * alpha + _i64(background[1]) * rest) // opaque
                    three = (three * alpha + _i64(background[2]) * rest) // opaque
                r += one
                g += two
                b += three
                n += 1
        scale = _f64(n) * _f64(_WHITE)
        o = _U(3) * k
        out[o] = _f32(_f64(r) / scale)
        out[o + _U(1)] = _f32(_f64(g) / scale)
        out[o + _U(2)] = _f32(_f64(b) / scale)


@kernel
def disc_means_8(
    pixels: ReadU8, height: int, width: int, channels: int, table: ReadI32, background: ReadI32,
    centers: ReadF32, radii: ReadF32, out: WriteF32,
) -> None:  # fmt: skip
    """Mean light in discs of an 8-bit picture; see `disc_light`."""
    _disc_means(pixels, height, width, channels, table, background, centers, radii, out)


@kernel
def disc_means_16(
    pixels: ReadU16, height: int, width: int, channels: int, table: ReadI32, background: ReadI32,
    centers: ReadF32, radii: ReadF32, out: WriteF32,
) -> None:  # fmt: skip
    """Mean light in discs of a 16-bit picture; see `disc_light`."""
    _disc_means(pixels, height, width, channels, table, background, centers, radii, out)
