"""The edge tangent flow: at every pixel the direction of the contour that runs nearby, smoothed without the picture."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import prange
from numpy.typing import NDArray

from vec2art_nb.buffers import empty
from vec2art_nb.kernels import _jit
from vec2art_nb.kernels._jit import ReadI16, WriteI16, jitted, kernel, parallel_kernel

_U = np.uint64
_f32 = np.float32
_i16 = np.int16
_i32 = np.int32

#: The length of a unit tangent, as int16.
UNIT = 1 << 14

# Below this the threads cost more than they bring: one pass over 1 MP takes about 6 ms.
_PARALLEL_PIXELS = 1_500_000

# About so many gradients are looked at for the scale of their magnitude.
_SAMPLES = 1 << 14

# The weight of a strong gradient; the weakest has 1. A tangent's product has 12 bits, a tent of radius 30 adds 10: with
# these the sums stay below 2³¹.
_STRONG = 256
_LARGEST_RADIUS = 30


def tangent_flow(
    dx: NDArray[np.int16], dy: NDArray[np.int16], radius: int, iterations: int
) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Smooth the tangents of edges with those of their neighbours; strong edges have more to say.

    Parameters
    ----------
    dx, dy : (H, W) int16
        The gradient, in any unit; it points to the bright side.
    radius : int
        How far the window reaches, 0 … 30 px.
    iterations : int
        How often all tangents are smoothed; 0 gives those of the gradient.

    Returns
    -------
    tx, ty : (H, W) int16
        Unit tangents times `UNIT`. Where there is a gradient, the bright side is on the left, as seen on the screen;
        otherwise the sign means nothing. (0, 0) where no gradient is within reach.

    Notes
    -----
    Equation 1 of the paper, t'(x) = 1/k · Σ φ(x, y) t(y) w_s(x, y) w_m(x, y) w_d(x, y), where φ w_d = t(x) · t(y), is a
    matrix times t(x): the sum over the window of w_s w_m t(y) t(y)ᵀ. Two weights differ from the paper's. The spatial
    one is a tent along either axis, (r + 1 − |u|)(r + 1 − |v|), which is rounder than a box. That of magnitude is
    w_m = max(ĝ(y)², 1/256), from the neighbour alone; ĝ is its magnitude over that which a hundredth of the picture
    exceeds, 1 at most. On noisy outlines these gave lines with half as many breaks, and the sums are running ones, in
    whole numbers so that nothing drifts: they cost the same for every radius. A pixel without gradient, which the
    equation would leave without tangent for ever, gets the main direction of its matrix.

    References
    ----------
    Kang, Lee, Chui (2007), Coherent line drawing, NPAR, section 2.1.
    """
    height, width = dx.shape
    tangents = empty((2, 2, height, width), np.int16)
    weight = empty((height, width), np.int16)
    scale = math.sqrt(_STRONG) / _strong_magnitude(dx, dy)
    bands = _jit.threads() if height * width >= _PARALLEL_PIXELS else 1
    (tx, ty), (next_tx, next_ty) = tangents
    unit_tangents(dx, dy, scale, tx, ty, weight)
    for _ in range(iterations):
        arguments = (tx, ty, weight, height, width, min(radius, _LARGEST_RADIUS), next_tx, next_ty)
        smooth_tangents_bands(*arguments, bands) if bands > 1 else smooth_tangents(*arguments)
        tx, ty, next_tx, next_ty = next_tx, next_ty, tx, ty
    return tx, ty


def _strong_magnitude(dx: NDArray[np.int16], dy: NDArray[np.int16]) -> float:
    """A hundredth of the gradients (that are not 0) exceed this; 1 when there are none."""
    step = max(1, math.isqrt(dx.size // _SAMPLES))
    across, down = (part[step // 2 :: step, step // 2 :: step].astype(np.int64) for part in (dx, dy))
    squared = (across * across + down * down).reshape(-1)
    squared = np.sort(squared[squared > 0])
    return math.sqrt(squared[len(squared) * 99 // 100]) if len(squared) else 1.0


@jitted
def _rounded(value: Any) -> Any:
    # Shifted up, so that truncation rounds to nearest on both sides of zero.
    return _i16(_i32(_i32(value + _f32(32768.5)) - _i32(32768)))


@kernel
def unit_tangents(dx: ReadI16, dy: ReadI16, scale: float, tx: WriteI16, ty: WriteI16, weight: WriteI16) -> None:
    """Tangents of the gradient, times `UNIT`, and how much each has to say.

    Parameters
    ----------
    dx, dy : (H, W) int16
    scale : float32
        The weight is the square of ``scale`` times the magnitude, from 1 to ``_STRONG``.
    tx, ty, weight : (H, W) int16, written
    """
    unit, one, zero = _f32(UNIT), _f32(1), _f32(0)
    for i in range(_U(dx.size)):
        a, b = scale * _f32(dx[i]), scale * _f32(dy[i])
        weight[i] = _i16(_i32(min(max(a * a + b * b, one), _f32(_STRONG)) + _f32(0.5)))
    for i in range(_U(dx.size)):
        a, b = _f32(dx[i]), _f32(dy[i])
        length = np.sqrt(a * a + b * b)
        tx[i] = _rounded(-b * (unit / (length if length > zero else one)))
    for i in range(_U(dx.size)):
        a, b = _f32(dx[i]), _f32(dy[i])
        length = np.sqrt(a * a + b * b)
        ty[i] = _rounded(a * (unit / (length if length > zero else one)))


@jitted
def _add_products(a: Any, b: Any, weight: Any, o: Any, times: Any, rises: Any, start: Any, n: Any) -> None:
    # 12 bits of the product of two components. numba multiplies and shifts 32-bit numbers as 64-bit ones unless it is
    # told otherwise at every step.
    for x in range(n):
        product = _i32(_i32(_i32(_i32(a[o + x]) * _i32(b[o + x])) + _i32(1 << 15)) >> _i32(16))
        rises[start + x] += _i32(times * _i32(product * _i32(weight[o + x])))


@jitted
def _climb(rises: Any, columns: Any, start: Any, shift: Any, scaled: Any, n: Any) -> None:
    for x in range(n):
        columns[start + x] += rises[start + x]
    for x in range(n):
        scaled[start + x] = _i32(columns[start + x] >> shift)


@jitted
def _tent_along(columns: Any, reach: Any, sums: Any, n: Any) -> None:
    """Weigh the columns around each place by a tent; ``columns`` has ``reach`` zeros before and after."""
    total, rise = _i32(0), _i32(0)
    two, two_times = reach + reach, _i32(2)
    for x in range(reach):
        rise += columns[x + reach]
        total += _i32(_i32(reach - x) * columns[x + reach])
    for x in range(n):
        sums[x] = _f32(total)
        rise += _i32(_i32(columns[x + two] + columns[x]) - _i32(two_times * columns[x + reach]))
        total += rise


@jitted
def _turned(tx: Any, ty: Any, o: Any, xx: Any, xy: Any, yy: Any, to_x: Any, to_y: Any, n: Any) -> None:
    zero, one, half, unit = _f32(0), _f32(1), _f32(0.5), _f32(UNIT)
    for x in range(n):
        a, b = _f32(tx[o + x]), _f32(ty[o + x])
        none = (a == zero) & (b == zero)
        # The main direction of the matrix, from the half angle of (xx - yy, 2 xy).
        c, s = half * (xx[x] - yy[x]), xy[x]
        r = np.sqrt(c * c + s * s)
        flat = c >= zero
        main_x = r + c if flat else abs(s)
        main_y = s if flat else (r - c if s >= zero else c - r)
        u = main_x if none else xx[x] * a + xy[x] * b
        v = main_y if none else xy[x] * a + yy[x] * b
        length = np.sqrt(u * u + v * v)
        scale = unit / (length if length > zero else one)
        xx[x] = u * scale
        xy[x] = v * scale
    for x in range(n):
        to_x[o + x] = _rounded(xx[x])
    for x in range(n):
        to_y[o + x] = _rounded(xy[x])


@jitted
def _smooth_band(
    tx: Any, ty: Any, weight: Any, height: int, width: int, radius: int, first: int, last: int, to_x: Any, to_y: Any
) -> None:
    n, reach = _U(width), radius + 1
    # A tent is two running sums: what is added to each column's sum changes by the row that comes, less twice the
    # middle one, and the row that goes. What lies beside the picture is 0.
    size, start = width + 2 * reach, _U(reach)
    xx, xy, yy = np.zeros(size, np.int32), np.zeros(size, np.int32), np.zeros(size, np.int32)
    rise_xx, rise_xy, rise_yy = np.zeros(size, np.int32), np.zeros(size, np.int32), np.zeros(size, np.int32)
    scaled = np.zeros(size, np.int32)
    matrix_xx, matrix_xy, matrix_yy = np.empty(n, np.float32), np.empty(n, np.float32), np.empty(n, np.float32)
    shift = _i32(0)
    while 1 << shift < reach * reach:
        shift += _i32(1)
    lowest = max(0, first - radius)
    for y in range(lowest - reach, last):
        for change in range(-1, 2):
            row = y - 1 - change * reach
            if row < lowest or row >= height:
                continue
            o, times = _U(row * width), _i32(1 if change != 0 else -2)
            _add_products(tx, tx, weight, o, times, rise_xx, start, n)
            _add_products(tx, ty, weight, o, times, rise_xy, start, n)
            _add_products(ty, ty, weight, o, times, rise_yy, start, n)
        o = _U(max(y, 0) * width)
        _climb(rise_xx, xx, start, shift, scaled, n)
        if y >= first:
            _tent_along(scaled, _U(reach), matrix_xx, n)
        _climb(rise_xy, xy, start, shift, scaled, n)
        if y >= first:
            _tent_along(scaled, _U(reach), matrix_xy, n)
        _climb(rise_yy, yy, start, shift, scaled, n)
        if y >= first:
            _tent_along(scaled, _U(reach), matrix_yy, n)
            _turned(tx, ty, o, matrix_xx, matrix_xy, matrix_yy, to_x, to_y, n)


@kernel
def smooth_tangents(
    tx: ReadI16, ty: ReadI16, weight: ReadI16, height: int, width: int, radius: int, to_x: WriteI16, to_y: WriteI16
) -> None:
    """One iteration; see `tangent_flow`."""
    _smooth_band(tx, ty, weight, height, width, radius, 0, height, to_x, to_y)


@parallel_kernel
def smooth_tangents_bands(
    tx: ReadI16,
    ty: ReadI16,
    weight: ReadI16,
    height: int,
    width: int,
    radius: int,
    to_x: WriteI16,
    to_y: WriteI16,
    bands: int,
) -> None:
    """One iteration, in bands of rows; see `tangent_flow`."""
    for band in prange(bands):
        first, last = band * height // bands, (band + 1) * height // bands
        _smooth_band(tx, ty, weight, height, width, radius, first, last, to_x, to_y)
