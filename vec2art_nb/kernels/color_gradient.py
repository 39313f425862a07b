"""The gradient of a picture in colour: edges between colours that are equally light.

References
----------
Di Zenzo (1986), A note on the gradient of a multi-image, Computer Vision, Graphics, and Image Processing 33(1): the
direction in which all channels together change most, and by how much.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import prange
from numpy.typing import NDArray

from vec2art_nb.buffers import empty
from vec2art_nb.kernels import _jit
from vec2art_nb.kernels._jit import ReadF32, ReadI16, WriteI16, jitted, kernel, parallel_kernel

_U = np.uint64
_f32: Any = np.float32
_i16: Any = np.int16
_i32: Any = np.int32

# Below this the threads cost more than they bring.
_PARALLEL_PIXELS = 3_000_000

# OKLab has lightness from 0 to 1 where L* times 256 goes to 25600.
_LIGHTNESS_UNITS = 25600.0

Plane = NDArray[np.int16]


def chroma_planes(lab: NDArray[np.float32], weight: float) -> tuple[Plane, Plane]:
    """The two channels of colour, in units of `vec2art_nb.kernels.lightness.lightness` times the weight.

    Parameters
    ----------
    lab : (H, W, 3) float32
        OKLab.
    weight : float
        How much colour counts beside lightness; at most 2, or int16 would overflow.
    """
    height, width, _ = lab.shape
    green_red, blue_yellow = empty((2, height, width), np.int16)
    split_chroma(lab, _LIGHTNESS_UNITS * weight, green_red, blue_yellow)
    return green_red, blue_yellow


@kernel
def split_chroma(lab: ReadF32, scale: float, green_red: WriteI16, blue_yellow: WriteI16) -> None:
    """Channels a and b of (N, 3) OKLab as int16; see `chroma_planes`."""
    one, two, three = _U(1), _U(2), _U(3)
    for i in range(_U(green_red.size)):
        # Shifted up, so that truncation rounds to nearest on both sides of zero.
        green_red[i] = _i16(_i32(lab[three * i + one] * scale + _f32(32768.5)) - _i32(32768))
        blue_yellow[i] = _i16(_i32(lab[three * i + two] * scale + _f32(32768.5)) - _i32(32768))


def color_gradient(gradients: list[tuple[Plane, Plane]]) -> tuple[Plane, Plane]:
    """The direction and the amount of the greatest change of three channels together.

    Parameters
    ----------
    gradients : three pairs of (H, W) int16
        dx and dy of each channel, in equal units.

    Returns
    -------
    dx, dy : (H, W) int16
        In the same units; the magnitude is the root of the structure tensor's larger eigenvalue. A tensor has no sign:
        it points where the channel rises that changes most.
    """
    height, width = gradients[0][0].shape
    dx, dy = empty((2, height, width), np.int16)
    arguments = (*(plane for pair in gradients for plane in pair), height * width, dx, dy)
    bands = _jit.threads() if height * width >= _PARALLEL_PIXELS else 1
    largest_change_bands(*arguments, bands) if bands > 1 else largest_change(*arguments)
    return dx, dy


@jitted
def _largest_change_span(
    lx: Any, ly: Any, ax: Any, ay: Any, bx: Any, by: Any, first: int, last: int, dx: Any, dy: Any
) -> None:
    zero, half, one = _f32(0), _f32(0.5), _f32(1)
    for i in range(_U(first), _U(last)):
        x1, y1 = _f32(lx[i]), _f32(ly[i])
        x2, y2 = _f32(ax[i]), _f32(ay[i])
        x3, y3 = _f32(bx[i]), _f32(by[i])
        xx, yy, xy = x1 * x1 + x2 * x2 + x3 * x3, y1 * y1 + y2 * y2 + y3 * y3, x1 * y1 + x2 * y2 + x3 * y3
        apart = half * (xx - yy)
        root = np.sqrt(apart * apart + xy * xy)
        largest = half * (xx + yy) + root
        # Of the two forms of the eigenvector the one that does not cancel.
        steep = apart < zero
        u = xy if steep else apart + root
        v = root - apart if steep else xy
        length = u * u + v * v
        scale = np.sqrt(largest / (length if length > zero else one))
        # The same in all directions: then that of the channel which changes most.
        s1, s2, s3 = x1 * x1 + y1 * y1, x2 * x2 + y2 * y2, x3 * x3 + y3 * y3
        second, third = (s2 > s1) & (s2 >= s3), (s3 > s1) & (s3 > s2)
        sx = x2 if second else (x3 if third else x1)
        sy = y2 if second else (y3 if third else y1)
        u = u if length > zero else sx
        v = v if length > zero else sy
        scale = scale if length > zero else one
        scale = scale if u * sx + v * sy >= zero else -scale
        dx[i] = _i16(_i32(scale * u + _f32(32768.5)) - _i32(32768))
        dy[i] = _i16(_i32(scale * v + _f32(32768.5)) - _i32(32768))


@kernel
def largest_change(
    lx: ReadI16, ly: ReadI16, ax: ReadI16, ay: ReadI16, bx: ReadI16, by: ReadI16, count: int, dx: WriteI16, dy: WriteI16
) -> None:
    """Gradient of three channels together; see `color_gradient`."""
    _largest_change_span(lx, ly, ax, ay, bx, by, 0, count, dx, dy)


@parallel_kernel
def largest_change_bands(
    lx: ReadI16,
    ly: ReadI16,
    ax: ReadI16,
    ay: ReadI16,
    bx: ReadI16,
    by: ReadI16,
    count: int,
    dx: WriteI16,
    dy: WriteI16,
    bands: int,
) -> None:
    """Gradient of three channels together, in bands; see `color_gradient`."""
    for band in prange(bands):
        _largest_change_span(lx, ly, ax, ay, bx, by, band * count // bands, (band + 1) * count // bands, dx, dy)
