"""Coherent lines: a difference of Gaussians across the edge tangent flow, summed along it."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numba import prange
from numpy.typing import NDArray

from vec2art_nb.buffers import empty
from vec2art_nb.kernels import _jit
from vec2art_nb.kernels._jit import ReadF32, ReadI16, ReadI32, WriteI16, WriteI32, jitted, kernel, parallel_kernel
from vec2art_nb.kernels.gradient import gaussian_gradient, units
from vec2art_nb.kernels.tangent_flow import UNIT

_U = np.uint64
_f32 = np.float32
_i16 = np.int16
_i32 = np.int32

#: The wide Gaussian over the narrow one; with 1.6 their difference is nearest to a second derivative (Marr, Hildreth).
RATIO = 1.6

#: A step of 1 L* has this response, after any blur: as strong as it is in `vec2art_nb.kernels.gradient` at 1.2 px.
STEP_RESPONSE = 42.5

# The peak of the difference of Gaussians beside a step of height 1.
_STEP_PEAK = 0.1114

# The sigma of the one second derivative that has this difference's peak beside a step, in units of sigma.
_EQUAL_SIGMA = 1.33

# The walk along the flow: bits of a position below the pixel, columns that are walked together, bits of the weights.
_PLACE, _COLUMNS, _WEIGHT = 12, 512, 14

# A longer step than this many sigmas of the picture's own smoothing would miss something.
_STEP_SIGMAS = 1.0

# Pixels times steps from which on two threads win: 1 MP at the defaults takes about 15 ms.
_PARALLEL_STEPS = 7_000_000


class Response(NamedTuple):
    """What the filter found.

    Attributes
    ----------
    across_x, across_y : (H, W) int16
        The response, where it is positive, as a vector across the flow; its sign means as much as the tangent's. A step
        of 1 L* gives `STEP_RESPONSE`, whatever sigma is, with tau = 1.
    dx, dy : (H, W) int16
        The gradient that it was made from.
    gain : float
        What the response is in units of the second derivative, of which ``dx`` and ``dy`` are the first.
    smoothing : float
        Standard deviation in px of the Gaussian in front of these derivatives.
    """

    across_x: NDArray[np.int16]
    across_y: NDArray[np.int16]
    dx: NDArray[np.int16]
    dy: NDArray[np.int16]
    gain: float
    smoothing: float


def flow_response(
    lightness: NDArray[np.int16],
    tx: NDArray[np.int16],
    ty: NDArray[np.int16],
    sigma: float,
    along: float,
    tau: float,
) -> Response:
    """How much each pixel looks like the middle of a dark line, or the dark side of a step, that follows the flow.

    Parameters
    ----------
    lightness : (H, W) int16
        L* times 256.
    tx, ty : (H, W) int16
        Of `vec2art_nb.kernels.tangent_flow.tangent_flow`.
    sigma : float
        Of the narrow Gaussian across the flow, in px; the wide one has 1.6 times as much.
    along : float
        Standard deviation of the Gaussian along the flow, in px.
    tau : float
        Weight of the wide Gaussian. At 1 flat ground gives nothing, however bright; below 1 it gives the less than
        nothing, the brighter it is.

    Notes
    -----
    Equations 6 to 8 of the paper in a faster order. The difference of Gaussians is, by the heat equation, a second
    derivative at a sigma between the two; that of an isotropic Gaussian is known in every direction from three
    derivatives, without any sampling across. What it smooths along the flow is left out of the Gaussian along it.

    References
    ----------
    Kang, Lee, Chui (2007), Coherent line drawing, NPAR, section 2.2; Freeman, Adelson (1991), The design and use of
    steerable filters, IEEE TPAMI 13(9); Winnemöller, Kyprianidis, Olsen (2012), XDoG, Computers & Graphics 36(6), eq. 5
    (tau).
    """
    height, width = lightness.shape
    smoothing = _EQUAL_SIGMA * sigma
    # The central differences that follow add a variance of 1/3 across.
    blur = math.sqrt(max(smoothing * smoothing - 1 / 3, 0.0))
    dx, dy = gaussian_gradient(lightness, blur)
    # A step of 1 has the second derivative φ(1) / σ² at its greatest.
    gain = STEP_RESPONSE * smoothing * smoothing / (0.24197 * units(blur))
    bias = STEP_RESPONSE / _STEP_PEAK * (1 - tau) / 256
    words = empty((height, width), np.int32)
    across_x = empty((height, width), np.int16)
    across_y = empty((height, width), np.int16)
    step, weights = _walk(along, smoothing)
    inwards = [_inwards(size, smoothing) for size in (width, height)]
    derivatives = (lightness, dx, dy, tx, ty, height, width, gain, bias, *inwards, words)
    sums = (words, tx, ty, height, width, step, weights, across_x, across_y)
    bands = _jit.threads() if height * width * len(weights) >= _PARALLEL_STEPS else 1
    if bands > 1:
        line_words_bands(*derivatives, bands)
        sum_along_bands(*sums, bands)
    else:
        line_words(*derivatives)
        sum_along(*sums)
    return Response(across_x, across_y, dx, dy, gain, smoothing)


def _inwards(size: int, smoothing: float) -> NDArray[np.float32]:
    """0 at both ends, 1 further inside: what a second derivative across the border counts.

    The picture is mirrored there, so shading has a crease at the border, which would be drawn.
    """
    places = np.arange(size) + 0.5
    inside = np.minimum(places, size - places) / (1.5 * smoothing) - 1
    faded: NDArray[np.float32] = np.clip(inside, 0, 1).astype(np.float32)
    return faded


def _walk(along: float, smoothing: float) -> tuple[int, NDArray[np.int32]]:
    """Length of a step in 1/16 px, and the weights at 0, 1, … steps to either side, which add up to 1 << _WEIGHT."""
    variance = along * along - smoothing * smoothing
    if variance < 0.05:
        return 16, np.array([1 << _WEIGHT], np.int32)
    sigma = math.sqrt(variance)
    steps = math.ceil(2.4 * sigma / max(1.0, min(_STEP_SIGMAS * smoothing, sigma)))
    length = max(1, round(16 * 2.4 * sigma / steps))
    weights = np.exp(-0.5 * (np.arange(steps + 1) * length / 16 / sigma) ** 2)
    weights *= (1 << _WEIGHT) / (2 * weights.sum() - weights[0])
    whole = np.rint(weights).astype(np.int32)
    whole[0] += (1 << _WEIGHT) - (2 * whole.sum() - whole[0])
    return length, whole


@jitted
def _line_words(
    lightness: Any,
    dx: Any,
    dy: Any,
    tx: Any,
    ty: Any,
    o: Any,
    up: Any,
    down: Any,
    left: Any,
    right: Any,
    gain: Any,
    bias: Any,
    inwards_x: Any,
    inwards_y: Any,
    first: Any,
    words: Any,
    n: Any,
) -> None:
    for x in range(n):
        a, b = _i32(tx[o + x]), _i32(ty[o + x])
        xx = _f32(_i32(dx[right + x]) - _i32(dx[left + x]))
        yy = _f32(_i32(dy[down + x]) - _i32(dy[up + x]))
        # Twice the mixed derivative, which counts twice.
        xy = _f32(_i32(dx[down + x]) - _i32(dx[up + x]) + _i32(dy[right + x]) - _i32(dy[left + x]))
        p, q = _f32(b), _f32(-a)
        second = inwards_x[first + x] * xx * (p * p) + xy * (p * q) + inwards_y * yy * (q * q)
        response = gain * second - bias * _f32(lightness[o + x])
        response = min(max(response, _f32(-32767)), _f32(32767))
        s = _i32(_i32(response + _f32(32768.5)) - _i32(32768))
        # Seven bits and the sign are enough for a direction: 127 times a unit vector.
        u = _i32((a * _i32(127) + _i32(UNIT // 2)) >> _i32(14))
        v = _i32((b * _i32(127) + _i32(UNIT // 2)) >> _i32(14))
        words[o + x] = _i32(_i32(v << _i32(24)) | _i32(_i32(u & _i32(255)) << _i32(16)) | _i32(s & _i32(65535)))


@jitted
def _line_words_band(
    lightness: Any,
    dx: Any,
    dy: Any,
    tx: Any,
    ty: Any,
    height: int,
    width: int,
    first: int,
    last: int,
    gain: Any,
    bias: Any,
    inwards_x: Any,
    inwards_y: Any,
    words: Any,
) -> None:
    # Tangents are UNIT long, differences span two pixels.
    gain = gain / _f32(UNIT) / _f32(UNIT) / _f32(2)
    for y in range(first, last):
        o = _U(y * width)
        up, down = _U(max(0, y - 1) * width), _U(min(height - 1, y + 1) * width)
        # The first column, those with neighbours on both sides, and the last one.
        for part in range(3):
            start = _U(0 if part == 0 else 1 if part == 1 else max(width - 1, 1))
            n = _U(1 if part != 1 else max(width - 2, 0))
            if start + n > _U(width):
                continue
            left = o + start - _U(part > 0)
            right = o + start + _U((part < 2) & (width > 1))
            _line_words(
                lightness, dx, dy, tx, ty, o + start, up + start, down + start, left, right, gain, bias, inwards_x,
                inwards_y[_U(y)], start, words, n,
            )  # fmt: skip


@kernel
def line_words(
    lightness: ReadI16,
    dx: ReadI16,
    dy: ReadI16,
    tx: ReadI16,
    ty: ReadI16,
    height: int,
    width: int,
    gain: float,
    bias: float,
    inwards_x: ReadF32,
    inwards_y: ReadF32,
    words: WriteI32,
) -> None:
    """The second derivative across the flow, packed with the tangent so that a walk reads one word for each step.

    Parameters
    ----------
    lightness, dx, dy, tx, ty : (H, W) int16
        Lightness and its gradient; tangents times `UNIT`.
    gain, bias : float32
        What the second derivative is multiplied by, and what is taken off for each unit of lightness.
    inwards_x : (W,) float32
    inwards_y : (H,) float32
        What the second derivatives along x and y count, 0 at the border.
    words : (H, W) int32, written
        The response in the low 16 bits, 127 times the tangent's x and y in the next two bytes.
    """
    _line_words_band(lightness, dx, dy, tx, ty, height, width, 0, height, gain, bias, inwards_x, inwards_y, words)


@parallel_kernel
def line_words_bands(
    lightness: ReadI16,
    dx: ReadI16,
    dy: ReadI16,
    tx: ReadI16,
    ty: ReadI16,
    height: int,
    width: int,
    gain: float,
    bias: float,
    inwards_x: ReadF32,
    inwards_y: ReadF32,
    words: WriteI32,
    bands: int,
) -> None:
    """The same in bands of rows."""
    for band in prange(bands):
        first, last = band * height // bands, (band + 1) * height // bands
        _line_words_band(lightness, dx, dy, tx, ty, height, width, first, last, gain, bias, inwards_x, inwards_y, words)


# numba shifts and multiplies 32-bit numbers as 64-bit ones unless it is told otherwise at every step.
@jitted
def _response_in(word: Any) -> Any:
    return _i32(_i32(word << _i32(16)) >> _i32(16))


@jitted
def _x_in(word: Any) -> Any:
    return _i32(_i32(word << _i32(8)) >> _i32(24))


@jitted
def _y_in(word: Any) -> Any:
    return _i32(word >> _i32(24))


@jitted
def _begin(words: Any, o: Any, direction: Any, step: Any, rx: Any, ry: Any, lx: Any, ly: Any, n: Any) -> None:
    for k in range(n):
        lx[k] = _i32(direction * _x_in(words[o + k]))
    for k in range(n):
        ly[k] = _i32(direction * _y_in(words[o + k]))
    for k in range(n):
        rx[k] = _i32(_i32(1 << (_PLACE - 1)) + _i32(_i32(2 * step) * lx[k]))
    for k in range(n):
        ry[k] = _i32(_i32(1 << (_PLACE - 1)) + _i32(_i32(2 * step) * ly[k]))


@jitted
def _locate(rx: Any, ry: Any, y: Any, x: Any, bottom: Any, right: Any, width: Any, at: Any, n: Any) -> None:
    for k in range(n):
        row = min(max(_i32(_i32(ry[k] >> _i32(_PLACE)) + y), _i32(0)), bottom)
        column = min(max(_i32(_i32(rx[k] >> _i32(_PLACE)) + _i32(x + _i32(k))), _i32(0)), right)
        at[k] = _i32(_i32(row * width) + column)


@jitted
def _look_up(words: Any, at: Any, found: Any, n: Any) -> None:
    for k in range(n):
        found[k] = words[_U(at[k])]


@jitted
def _go_on(found: Any, weight: Any, step: Any, rx: Any, ry: Any, lx: Any, ly: Any, total: Any, n: Any) -> None:
    for k in range(n):
        u, v = _x_in(found[k]), _y_in(found[k])
        total[k] += _i32(weight * _response_in(found[k]))
        # Tangents have no sign of their own: go on, do not turn back.
        back = _i32(_i32(u * lx[k]) + _i32(v * ly[k])) < _i32(0)
        u, v = _i32(-u) if back else u, _i32(-v) if back else v
        # Adams and Bashforth's second order: as good as a step to the middle first, for one look.
        rx[k] += _i32(step * _i32(_i32(3 * u) - lx[k]))
        ry[k] += _i32(step * _i32(_i32(3 * v) - ly[k]))
        lx[k] = u
        ly[k] = v


@jitted
def _vectors(total: Any, tx: Any, ty: Any, o: Any, across_x: Any, across_y: Any, n: Any) -> None:
    for k in range(n):
        response = max(_i32(total[k] >> _i32(_WEIGHT)), _i32(0))
        across_x[o + k] = _i16(_i32(_i32(_i32(response * _i32(ty[o + k])) + _i32(UNIT // 2)) >> _i32(14)))
    for k in range(n):
        response = max(_i32(total[k] >> _i32(_WEIGHT)), _i32(0))
        across_y[o + k] = _i16(_i32(_i32(_i32(UNIT // 2) - _i32(response * _i32(tx[o + k]))) >> _i32(14)))


@jitted
def _sum_band(
    words: Any,
    tx: Any,
    ty: Any,
    height: int,
    width: int,
    step: Any,
    weights: Any,
    first: int,
    last: int,
    across_x: Any,
    across_y: Any,
) -> None:
    rx, ry = np.empty(_COLUMNS, np.int32), np.empty(_COLUMNS, np.int32)
    lx, ly = np.empty(_COLUMNS, np.int32), np.empty(_COLUMNS, np.int32)
    at, found, total = np.empty(_COLUMNS, np.int32), np.empty(_COLUMNS, np.int32), np.empty(_COLUMNS, np.int32)
    for y in range(first, last):
        for x in range(0, width, _COLUMNS):
            o, n = _U(y * width + x), _U(min(_COLUMNS, width - x))
            for k in range(n):
                total[k] = _i32(weights[0] * _response_in(words[o + k]))
            for direction in range(-1, 2, 2):
                _begin(words, o, _i32(direction), step, rx, ry, lx, ly, n)
                for s in range(1, weights.size):
                    _locate(rx, ry, _i32(y), _i32(x), _i32(height - 1), _i32(width - 1), _i32(width), at, n)
                    _look_up(words, at, found, n)
                    _go_on(found, weights[s], step, rx, ry, lx, ly, total, n)
            _vectors(total, tx, ty, o, across_x, across_y, n)


@kernel
def sum_along(
    words: ReadI32,
    tx: ReadI16,
    ty: ReadI16,
    height: int,
    width: int,
    step: int,
    weights: ReadI32,
    across_x: WriteI16,
    across_y: WriteI16,
) -> None:
    """Weighted mean of the response along the flow through each pixel, where positive, as a vector across.

    Parameters
    ----------
    words : (H, W) int32
        Of `line_words`.
    tx, ty : (H, W) int16
        Tangents times `UNIT`.
    step : int
        In 1/16 px.
    weights : (K + 1,) int32
        At 0, 1, … K steps to either side; they add up to 1 << _WEIGHT.
    across_x, across_y : (H, W) int16, written
    """
    _sum_band(words, tx, ty, height, width, _i32(step), weights, 0, height, across_x, across_y)


@parallel_kernel
def sum_along_bands(
    words: ReadI32,
    tx: ReadI16,
    ty: ReadI16,
    height: int,
    width: int,
    step: int,
    weights: ReadI32,
    across_x: WriteI16,
    across_y: WriteI16,
    bands: int,
) -> None:
    """The same in bands of rows."""
    for band in prange(bands):
        first, last = band * height // bands, (band + 1) * height // bands
        _sum_band(words, tx, ty, height, width, _i32(step), weights, first, last, across_x, across_y)
