"""The gradient of a lightness image after a Gaussian blur."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numba import prange
from numpy.typing import NDArray

from vec2art_nb.buffers import empty, zeros
from vec2art_nb.kernels import _jit
from vec2art_nb.kernels._jit import ReadF32, ReadI16, ReadU16, WriteI16, jitted, kernel, parallel_kernel

_U = np.uint64
_f32 = np.float32
_i16 = np.int16
_i32 = np.int32
_u16 = np.uint16
_u32 = np.uint32

# Taps beyond the middle come in groups of this many pairs; a group is one loop.
_GROUP = 4

# The size of a weight of 1 in 16-bit fixed point.
_ONE = 1 << 16

# Pixels times taps from which on two threads win: 6 MP at the default blur (measured with two, idle before).
_PARALLEL_TAPS = 32_000_000


def units(sigma: float) -> int:
    """Steps of the fixed-point gradient that make one L* per pixel: 128, from 2 px on twice as many with every octave.

    A wide blur flattens what it smooths, and the maxima of a flat profile need finer steps. So a step edge of a given
    height has about the same strength after any blur. No int16 image can overflow: its steps of at most 256 L* give
    less than 256 * units / (2.5 * sigma) < 16384 for sigma > 1, and central differences at most 128 * 256 / 2 = 16384
    below.
    """
    return 128 << max(0, math.floor(math.log2(sigma))) if sigma > 1 else 128


def gaussian_gradient(lightness: NDArray[np.int16], sigma: float) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Derivatives of the blurred image along x and y.

    Parameters
    ----------
    lightness : (H, W) int16
        L* times 256.
    sigma : float
        Standard deviation of the Gaussian in pixels; 0 gives plain central differences.

    Returns
    -------
    dx, dy : (H, W) int16
        ``units(sigma)`` times L* per pixel. A ramp of slope s gives s. The image is mirrored at its border.

    Notes
    -----
    A blur of variance sigma² − 1/3, then central differences, smoothed across by [1, 4, 1] / 6. These two bring the
    missing variance of 1/3 to either axis, so the whole is the derivative of a Gaussian to the fourth order (0.3 % at
    sigma 1.2), for half of the work of separable derivative filters. Below sigma 0.58 no blur is left, and what smooths
    across shrinks with sigma.

    Up to sigma 1.3, where one group of taps is enough, 16-bit integers serve: in half of the time, and a step of the
    result is four of theirs, so their rounding hardly shows. A wider blur needs finer steps and adds up more roundings.
    """
    height, width = lightness.shape
    taps = _blur_taps(sigma)
    across = min(1 / 6, sigma * sigma / 2)
    dx = empty((height, width), np.int16)
    dy = empty((height, width), np.int16)
    bands = _jit.threads() if height * width * taps.size >= _PARALLEL_TAPS else 1
    if taps.size <= _GROUP + 1:
        narrow = (lightness, height, width, _narrow_weights(sigma), dx, dy)
        narrow_gradient_bands(*narrow, bands) if bands > 1 else narrow_gradient(*narrow)
    else:
        wide = (lightness, height, width, taps, across, units(sigma) / 512, dx, dy)
        gradient_bands(*wide, bands) if bands > 1 else gradient(*wide)
    return dx, dy


@lru_cache(maxsize=64)
def _blur_taps(sigma: float) -> NDArray[np.float32]:
    """Weights of the blur at distance 0, 1, …, filled up with zeros to whole groups."""
    variance = sigma * sigma - 1 / 3
    if variance <= 0:
        return np.ones(1, np.float32)
    radius = math.ceil(3.3 * math.sqrt(variance))
    distance = np.arange(radius + 1, dtype=np.float64)
    # Sampling and cutting off change the variance of a narrow Gaussian, so look for the one that has it in the end.
    low, high = 0.0, 2 * math.sqrt(variance) + 1
    for _ in range(50):
        middle = (low + high) / 2
        weights = np.exp(-0.5 * (distance / middle) ** 2)
        weights /= 2 * weights.sum() - 1
        low, high = (middle, high) if 2 * (distance**2 * weights).sum() < variance else (low, middle)
    taps = zeros(-(-radius // _GROUP) * _GROUP + 1, np.float32)
    taps[: radius + 1] = weights
    taps.flags.writeable = False
    return taps


@lru_cache(maxsize=64)
def _narrow_weights(sigma: float) -> NDArray[np.uint16]:
    """Weights of the middle and the means of each pair: five of the blur, two of what smooths across."""
    pairs = np.zeros(_GROUP)
    taps = _blur_taps(sigma)[1:]
    pairs[: taps.size] = 2 * taps
    blur = np.rint(pairs * _ONE).astype(np.int64)
    across = round(min(1 / 3, sigma * sigma) * _ONE)
    weights = np.array([_ONE - blur.sum(), *blur, _ONE - across, across])
    # A full weight does not fit: what is all one weight's is less by one step everywhere, and differences stay.
    narrow: NDArray[np.uint16] = np.minimum(weights, _ONE - 1).astype(np.uint16)
    narrow.flags.writeable = False
    return narrow


@jitted
def mirrored(i: int, size: int) -> Any:
    """The index that half-sample reflection (… b a | a b …) puts in the place of ``i``."""
    if 0 <= i < size:
        return i
    i = i % (2 * size)
    return i if i < size else 2 * size - 1 - i


@jitted
def _as_float(line: Any, start: Any, source: Any, o: Any, n: Any) -> None:
    for x in range(n):
        line[start + x] = _f32(source[o + x])


@jitted
def _scaled(line: Any, start: Any, source: Any, o: Any, weight: Any, n: Any) -> None:
    for x in range(n):
        line[start + x] = weight * source[o + x]


@jitted
def _add_rows(line: Any, r: Any, ring: Any, at: Any, w: Any, k: int, n: Any) -> None:
    above_1, above_2, above_3, above_4 = at[k], at[k + 1], at[k + 2], at[k + 3]
    below_1, below_2, below_3, below_4 = at[-k], at[-k - 1], at[-k - 2], at[-k - 3]
    w1, w2, w3, w4 = w[k], w[k + 1], w[k + 2], w[k + 3]
    for x in range(n):
        line[r + x] += (
            w1 * (ring[above_1 + x] + ring[below_1 + x])
            + w2 * (ring[above_2 + x] + ring[below_2 + x])
            + w3 * (ring[above_3 + x] + ring[below_3 + x])
            + w4 * (ring[above_4 + x] + ring[below_4 + x])
        )


@jitted
def _add_columns(out: Any, o: Any, line: Any, r: Any, w: Any, k: int, n: Any) -> None:
    w1, w2, w3, w4 = w[k], w[k + 1], w[k + 2], w[k + 3]
    left, right = r - _U(k), r + _U(k)
    one, two, three = _U(1), _U(2), _U(3)
    for x in range(n):
        out[o + x] += (
            w1 * (line[right + x] + line[left + x])
            + w2 * (line[right + x + one] + line[left + x - one])
            + w3 * (line[right + x + two] + line[left + x - two])
            + w4 * (line[right + x + three] + line[left + x - three])
        )


@jitted
def _rounded(value: Any) -> Any:
    # Shifted up, so that truncation rounds to nearest on both sides of zero. Nothing to saturate: see `units`.
    return _i16(_i32(_i32(value + _f32(32768.5)) - _i32(32768)))


@jitted
def _differences(
    dx: Any, dy: Any, o: Any, blurred: Any, up: Any, middle: Any, down: Any, across: Any, scale: Any, sums: Any, n: Any
) -> None:
    one, two = _U(1), _U(2)
    along = _f32(1) - across - across
    for x in range(n + two):
        sums[x] = along * blurred[middle + x] + across * (blurred[up + x] + blurred[down + x])
    for x in range(n):
        dx[o + x] = _rounded(scale * (sums[x + two] - sums[x]))
    for x in range(n + two):
        sums[x] = blurred[down + x] - blurred[up + x]
    for x in range(n):
        dy[o + x] = _rounded(scale * (along * sums[x + one] + across * (sums[x] + sums[x + two])))


@jitted
def _gradient_band(
    lightness: Any, height: int, width: int, taps: Any, across: Any, scale: Any, first: int, last: int, dx: Any, dy: Any
) -> None:
    radius = taps.size - 1
    n, r = _U(width), _U(radius)
    # The rows that one blurred row needs, as float32: converting int16 in every tap took half of the time.
    rows, stride = 2 * radius + 1, width + 16
    ring = np.empty(rows * stride, np.float32)
    at = np.empty(rows, np.uint64)
    line = np.empty(width + 2 * radius, np.float32)
    # Three blurred rows with a pixel more on either side.
    blurred = np.empty(3 * (width + 2), np.float32)
    sums = np.empty(width + 2, np.float32)
    loaded = max(0, first - 1 - radius)
    for y in range(max(0, first - 1), last + 1):
        o = _U(y % 3 * (width + 2))
        while loaded < height and loaded <= y + radius:
            _as_float(ring, _U(loaded % rows * stride), lightness, _U(loaded * width), n)
            loaded += 1
        if y < height:
            # Where the row at each distance is; negative distances stand at the end.
            for k in range(-radius, radius + 1):
                at[k] = _U(mirrored(y - k, height) % rows * stride)
            _scaled(line, r, ring, at[0], taps[0], n)
            for k in range(1, radius + 1, 4):
                _add_rows(line, r, ring, at, taps, k, n)
            for i in range(radius):
                line[_U(i)] = line[_U(radius + mirrored(i - radius, width))]
                line[_U(radius + width + i)] = line[_U(radius + mirrored(width + i, width))]
            _scaled(blurred, o + _U(1), line, r, taps[0], n)
            for k in range(1, radius + 1, 4):
                _add_columns(blurred, o + _U(1), line, r, taps, k, n)
            blurred[o] = blurred[o + _U(1)]
            blurred[o + n + _U(1)] = blurred[o + n]
        # A row is finished when its lower neighbour is there; the last one is its own.
        if y > first:
            up = _U(max(0, y - 2) % 3 * (width + 2))
            middle = _U((y - 1) % 3 * (width + 2))
            down = _U(min(height - 1, y) % 3 * (width + 2))
            _differences(dx, dy, _U((y - 1) * width), blurred, up, middle, down, across, scale, sums, n)


@kernel
def gradient(
    lightness: ReadI16,
    height: int,
    width: int,
    taps: ReadF32,
    across: float,
    scale: float,
    dx: WriteI16,
    dy: WriteI16,
) -> None:
    """Gradient after a blur; see `gaussian_gradient`."""
    _gradient_band(lightness, height, width, taps, across, scale, 0, height, dx, dy)


@parallel_kernel
def gradient_bands(
    lightness: ReadI16,
    height: int,
    width: int,
    taps: ReadF32,
    across: float,
    scale: float,
    dx: WriteI16,
    dy: WriteI16,
    bands: int,
) -> None:
    """Gradient after a blur, in bands of rows; see `gaussian_gradient`."""
    for band in prange(bands):
        first, last = band * height // bands, (band + 1) * height // bands
        _gradient_band(lightness, height, width, taps, across, scale, first, last, dx, dy)


# --- the same in 16 bits ----------------------------------------------------------------------------------------------
#
# LLVM makes single instructions of means and products of 16-bit numbers, but only where both factors are loaded in the
# loop: so a weight is a row of equal numbers. Lightness is lifted by 32768 and has no sign.


@jitted
def _mean(a: Any, b: Any) -> Any:
    return _u16((_u32(a) + _u32(b) + _u32(1)) >> _u32(1))


@jitted
def _part(a: Any, weight: Any) -> Any:
    return _u16((_u32(a) * _u32(weight)) >> _u32(16))


@jitted
def _lifted(ring: Any, r: Any, source: Any, o: Any, n: Any) -> None:
    for x in range(n):
        ring[r + x] = _u16(_u16(source[o + x]) ^ _u16(32768))


@jitted
def _blur_rows(line: Any, r: Any, ring: Any, at: Any, weights: Any, stride: Any, n: Any) -> None:
    middle = at[0]
    above_1, above_2, above_3, above_4 = at[1], at[2], at[3], at[4]
    below_1, below_2, below_3, below_4 = at[-1], at[-2], at[-3], at[-4]
    w1, w2, w3, w4 = stride, stride + stride, stride * _U(3), stride * _U(4)
    for x in range(n):
        line[r + x] = _u16(
            _part(ring[middle + x], weights[x])
            + _part(_mean(ring[above_1 + x], ring[below_1 + x]), weights[w1 + x])
            + _part(_mean(ring[above_2 + x], ring[below_2 + x]), weights[w2 + x])
            + _part(_mean(ring[above_3 + x], ring[below_3 + x]), weights[w3 + x])
            + _part(_mean(ring[above_4 + x], ring[below_4 + x]), weights[w4 + x])
        )


@jitted
def _blur_columns(out: Any, o: Any, line: Any, r: Any, weights: Any, stride: Any, n: Any) -> None:
    w1, w2, w3, w4 = stride, stride + stride, stride * _U(3), stride * _U(4)
    one, two, three, four = _U(1), _U(2), _U(3), _U(4)
    for x in range(n):
        p = r + x
        out[o + x] = _u16(
            _part(line[p], weights[x])
            + _part(_mean(line[p + one], line[p - one]), weights[w1 + x])
            + _part(_mean(line[p + two], line[p - two]), weights[w2 + x])
            + _part(_mean(line[p + three], line[p - three]), weights[w3 + x])
            + _part(_mean(line[p + four], line[p - four]), weights[w4 + x])
        )


@jitted
def _smooth(out: Any, o: Any, source: Any, before: Any, middle: Any, after: Any, weights: Any, w: Any, n: Any) -> None:
    along, across = w * _U(5), w * _U(6)
    for x in range(n):
        out[o + x] = _u16(
            _part(source[middle + x], weights[along + x])
            + _part(_mean(source[before + x], source[after + x]), weights[across + x])
        )


@jitted
def _quarter_difference(out: Any, o: Any, source: Any, after: Any, before: Any, n: Any) -> None:
    for x in range(n):
        # The mean of a and ~b is half of a - b, and never overflows.
        half = _mean(source[after + x], _u16(~source[before + x]))
        out[o + x] = _i16(_i16(_mean(half, _u16(0))) - _i16(16384))


@jitted
def _narrow_band(
    lightness: Any, height: int, width: int, weights: Any, first: int, last: int, dx: Any, dy: Any
) -> None:
    radius, rows, zero, one, two = 4, 9, _U(0), _U(1), _U(2)
    n, r, beside = _U(width), _U(radius), _U(width + 2)
    spread = np.empty(7 * (width + 2), np.uint16)
    for k in range(7):
        for x in range(_U(k) * beside, _U(k + 1) * beside):
            spread[x] = weights[k]
    ring = np.empty(rows * width, np.uint16)
    at = np.empty(rows, np.uint64)
    line = np.empty(width + 2 * radius, np.uint16)
    # Where a line goes on beyond its ends.
    sides = np.empty(2 * radius, np.uint64)
    for i in range(radius):
        sides[i] = _U(radius + mirrored(i - radius, width))
        sides[radius + i] = _U(radius + mirrored(width + i, width))
    # Three blurred rows with a pixel more on either side, and the same smoothed along x.
    blurred = np.empty(3 * (width + 2), np.uint16)
    smooth = np.empty(3 * (width + 2), np.uint16)
    sums = np.empty(width + 2, np.uint16)
    loaded = max(0, first - 1 - radius)
    for y in range(max(0, first - 1), last + 1):
        o = _U(y % 3) * beside
        while loaded < height and loaded <= y + radius:
            _lifted(ring, _U(loaded % rows * width), lightness, _U(loaded * width), n)
            loaded += 1
        if y < height:
            # Where the row at each distance is; negative distances stand at the end.
            for k in range(-radius, radius + 1):
                at[k] = _U(mirrored(y - k, height) % rows * width)
            _blur_rows(line, r, ring, at, spread, beside, n)
            for i in range(_U(radius)):
                line[i] = line[sides[i]]
                line[r + n + i] = line[sides[r + i]]
            _blur_columns(blurred, o + one, line, r, spread, beside, n)
            blurred[o] = blurred[o + one]
            blurred[o + n + one] = blurred[o + n]
            _smooth(smooth, o, blurred, o, o + one, o + two, spread, beside, n)
        # A row is finished when its lower neighbour is there; the last one is its own.
        if y > first:
            up = _U(max(0, y - 2) % 3) * beside
            middle = _U((y - 1) % 3) * beside
            down = _U(min(height - 1, y) % 3) * beside
            p = _U((y - 1) * width)
            _smooth(sums, zero, blurred, up, middle, down, spread, beside, beside)
            _quarter_difference(dx, p, sums, two, zero, n)
            _quarter_difference(dy, p, smooth, down, up, n)


@kernel
def narrow_gradient(lightness: ReadI16, height: int, width: int, weights: ReadU16, dx: WriteI16, dy: WriteI16) -> None:
    """Gradient after a narrow blur; see `gaussian_gradient`, for ``weights`` `_narrow_weights`."""
    _narrow_band(lightness, height, width, weights, 0, height, dx, dy)


@parallel_kernel
def narrow_gradient_bands(
    lightness: ReadI16, height: int, width: int, weights: ReadU16, dx: WriteI16, dy: WriteI16, bands: int
) -> None:
    """Gradient after a narrow blur, in bands of rows; see `gaussian_gradient`."""
    for band in prange(bands):
        first, last = band * height // bands, (band + 1) * height // bands
        _narrow_band(lightness, height, width, weights, first, last, dx, dy)
