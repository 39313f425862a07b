"""Smoothing that keeps edges."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numba import prange
from numpy.typing import NDArray

from vec2art_nb.buffers import copied, empty
from vec2art_nb.kernels import _jit
from vec2art_nb.kernels._jit import ReadF32, ReadI16, WriteI16, jitted, kernel, parallel_kernel
from vec2art_nb.kernels.gradient import mirrored

_U = np.uint64
_f32 = np.float32
_i16 = np.int16
_i32 = np.int32

# Pixels times weights from which on two threads win: 3 MP at radius 3 (measured on a busy machine, idle before).
_PARALLEL_WEIGHTS = 30_000_000


def bilateral(lightness: NDArray[np.int16], radius: int, contrast: float) -> NDArray[np.int16]:
    """Weighted mean of the pixels that are near in place and in lightness.

    Parameters
    ----------
    lightness : (H, W) int16
        L* times 256.
    radius : int
        Of the round window, in pixels. Inside it weighs a Gaussian of half that standard deviation.
    contrast : float
        In L*. A pixel that differs by this much or more has no say. 0 leaves the image as it is.

    Returns
    -------
    (H, W) int16
        The image is mirrored at its border.

    Notes
    -----
    Lightness weighs by the biweight (1 − (d/contrast)²)²: it has an end, and needs neither division nor exponential
    function. It smooths like a Gaussian of standard deviation contrast / 2.5.

    References
    ----------
    Tomasi, Manduchi (1998), Bilateral filtering for gray and color images, ICCV.
    """
    if radius < 1 or contrast <= 0:
        return copied(lightness)
    height, width = lightness.shape
    weights = _window(radius)
    # As a multiple of the lightness unit; what is narrower than one unit sees nothing but equals anyway.
    reach = max(256 * contrast, 1.0)
    out = empty((height, width), np.int16)
    arguments = (lightness, height, width, weights, radius, reach, out)
    bands = _jit.threads() if height * width * np.count_nonzero(weights) >= _PARALLEL_WEIGHTS else 1
    similar_mean_bands(*arguments, bands) if bands > 1 else similar_mean(*arguments)
    return out


@lru_cache(maxsize=16)
def _window(radius: int) -> NDArray[np.float32]:
    """Weight of the neighbour at (|dy|, |dx|); (radius + 1, radius + 1), zero outside the circle."""
    square = np.arange(radius + 1.0) ** 2
    distance = square[:, None] + square
    weights = np.where(distance <= radius * radius, np.exp(-0.5 * distance / (radius / 2) ** 2), 0)
    return weights.astype(np.float32)


@jitted
def _weigh_one(total: Any, weight: Any, ring: Any, centre: Any, q: Any, w: Any, n: Any) -> None:
    one, zero = _f32(1), _f32(0)
    for x in range(n):
        d = ring[q + x] - ring[centre + x]
        t = one - d * d
        t = t if t > zero else zero
        k = w * (t * t)
        total[x] += k * d
        weight[x] += k


@jitted
def _weigh_pairs(total: Any, weight: Any, ring: Any, centre: Any, q: Any, k: Any, w: Any, v: Any, n: Any) -> None:
    # Four neighbours of one row: at distance k and k + 1 on either side.
    one, zero, next_one = _f32(1), _f32(0), _U(1)
    left, right = q - k, q + k
    for x in range(n):
        c = ring[centre + x]
        a, b = ring[left + x] - c, ring[right + x] - c
        e, f = ring[left + x - next_one] - c, ring[right + x + next_one] - c
        s, t = one - a * a, one - b * b
        g, h = one - e * e, one - f * f
        s, t = s if s > zero else zero, t if t > zero else zero
        g, h = g if g > zero else zero, h if h > zero else zero
        s, t, g, h = s * s, t * t, g * g, h * h
        total[x] += w * (s * a + t * b) + v * (g * e + h * f)
        weight[x] += w * (s + t) + v * (g + h)


@jitted
def _mean(out: Any, o: Any, lightness: Any, total: Any, weight: Any, contrast: Any, n: Any) -> None:
    for x in range(n):
        # Shifted up, so that truncation rounds to nearest on both sides of zero.
        change = contrast * (total[x] / weight[x])
        out[o + x] = _i16(_i32(_i32(_f32(lightness[o + x]) + change + _f32(32768.5)) - _i32(32768)))


@jitted
def _load_row(ring: Any, slot: Any, side: int, lightness: Any, y: int, width: int, scale: Any) -> None:
    start, o = _U(slot + side), _U(y * width)
    for x in range(_U(width)):
        ring[start + x] = scale * _f32(lightness[o + x])
    for i in range(side):
        ring[_U(slot + i)] = ring[_U(slot + side + mirrored(i - side, width))]
        ring[_U(slot + side + width + i)] = ring[_U(slot + side + mirrored(width + i, width))]


@jitted
def _similar_mean_band(
    lightness: Any, height: int, width: int, weights: Any, radius: int, reach: Any, first: int, last: int, out: Any
) -> None:
    n = _U(width)
    # The rows of the window in multiples of the reach, so that a difference of 1 ends the range kernel; with what is
    # mirrored on either side, and one pixel more, because the last pair may stick out of the window.
    rows, stride, side = 2 * radius + 1, width + 2 * (radius + 1), radius + 1
    ring = np.empty(rows * stride, np.float32)
    total = np.empty(width, np.float32)
    weight = np.empty(width, np.float32)
    loaded = max(0, first - radius)
    for y in range(first, last):
        while loaded < height and loaded <= y + radius:
            _load_row(ring, loaded % rows * stride, side, lightness, loaded, width, _f32(1) / reach)
            loaded += 1
        centre = _U(y % rows * stride + side)
        for x in range(n):
            total[x] = _f32(0)
        for x in range(n):
            weight[x] = _f32(0)
        for dy in range(-radius, radius + 1):
            q = _U(mirrored(y + dy, height) % rows * stride + side)
            w = abs(dy) * (radius + 1)
            _weigh_one(total, weight, ring, centre, q, weights[w], n)
            for dx in range(1, radius + 1, 2):
                further = weights[w + dx + 1] if dx < radius else _f32(0)
                if weights[w + dx] > _f32(0):
                    _weigh_pairs(total, weight, ring, centre, q, _U(dx), weights[w + dx], further, n)
        _mean(out, _U(y * width), lightness, total, weight, reach, n)


@kernel
def similar_mean(
    lightness: ReadI16, height: int, width: int, weights: ReadF32, radius: int, reach: float, out: WriteI16
) -> None:
    """Bilateral filter; see `bilateral`."""
    _similar_mean_band(lightness, height, width, weights, radius, reach, 0, height, out)


@parallel_kernel
def similar_mean_bands(
    lightness: ReadI16,
    height: int,
    width: int,
    weights: ReadF32,
    radius: int,
    reach: float,
    out: WriteI16,
    bands: int,
) -> None:
    """Bilateral filter, in bands of rows; see `bilateral`."""
    for band in prange(bands):
        first, last = band * height // bands, (band + 1) * height // bands
        _similar_mean_band(lightness, height, width, weights, radius, reach, first, last, out)
