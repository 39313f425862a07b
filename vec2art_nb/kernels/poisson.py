"""Poisson disk sampling with a radius that varies: random dots, none nearer to another than the density asks."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import copied, empty
from vec2art_nb.kernels._jit import ReadU16, WriteF32, WriteU8, jitted, kernel
from vec2art_nb.kernels.chance import random_bits

_U: Any = np.uint64
_f32: Any = np.float32
_i64: Any = np.int64
_u8: Any = np.uint8

# Dots times the square of their distance, per area, when no further one fits: 0.7 (Lagae, Dutré 2008), and here, where
# the density varies, less. Only the first guess.
_PACKING = 0.66


def poisson_disk(
    weights: NDArray[np.uint16], count: int, seed: int, tolerance: float = 0.015
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Dots at random, as dense as the weights are, with a distance between them, and no room left for more.

    Parameters
    ----------
    weights : (H, W) uint16
        Density, in any unit.
    count : int
        About so many dots.
    seed : int
    tolerance : float
        How far the number may be off, as a share, before the distances are adapted.

    Returns
    -------
    x, y : (M,) float32
        In the plane where pixel (x, y) covers [x, x + 1) × [y, y + 1).

    Notes
    -----
    Every pixel is a candidate once, at a random place within it, in random order; an accepted one paints over all
    that come too near. So the set is maximal at the resolution of the grid, for a time proportional to the number of
    pixels. Two dots are too near when closer than the mean of the distances that the densities at both ask for.

    References
    ----------
    Cook (1986), Stochastic sampling in computer graphics (dart throwing); Ebeida et al. (2012), A simple algorithm for
    maximal Poisson-disk sampling in high dimensions; Lagae, Dutré (2008), A comparison of methods for generating
    Poisson disk distributions.
    """
    height, width = weights.shape
    total = int(weights.sum(dtype=np.int64))
    if not total or count < 1:
        return np.empty(0, np.float32), np.empty(0, np.float32)
    shift = empty(2 * height * width, np.uint8)
    distance = empty(height * width, np.float32)
    free = empty(height * width, np.uint8)
    x, y = empty((2, height * width), np.float32)
    packing = _PACKING
    best: tuple[int, int] | None = None
    for _ in range(4):
        found = int(darts(weights, height, width, packing * total / count, seed, shift, distance, free, x, y))
        if best is None or abs(found - count) < best[0]:
            best = abs(found - count), found
            result = copied(x[:found]), copied(y[:found])
        if abs(found - count) <= tolerance * count or found == 0:
            break
        packing *= found / count
        if packing * total / count < 1e-3:
            break
    return result


@jitted
def _scrambled(i: Any, bits: Any, key: Any) -> Any:
    """Another number of so many bits for each: a permutation."""
    mask = (_U(1) << bits) - _U(1)
    half = bits // _U(2) + _U(1)
    for turn in range(3):
        i = (i * _U(0xD1342543DE82EF95) + (key >> _U(turn * 16))) & mask
        i ^= i >> half
    return i


@jitted
def _paint(px: Any, py: Any, reach: Any, shift: Any, distance: Any, height: int, width: int, free: Any) -> None:
    """Mark as taken what comes too near to a dot."""
    wide = _f32(2) * reach
    left, right = max(_i64(0), _i64(px - wide)), min(_i64(width), _i64(px + wide) + 1)
    top, bottom = max(_i64(0), _i64(py - wide)), min(_i64(height), _i64(py + wide) + 1)
    step, half = _f32(1 / 256), _f32(0.5)
    n = _U(height * width)
    for row in range(top, bottom):
        o = _U(row * width)
        base = _f32(row) - py
        for column in range(_U(left), _U(right)):
            i = o + column
            dx = _f32(_i64(column)) + step * _f32(shift[i]) - px
            dy = base + step * _f32(shift[n + i])
            apart = half * (reach + distance[i])
            keep = dx * dx + dy * dy >= apart * apart
            free[i] = free[i] if keep else _u8(0)


@kernel
def darts(
    weights: ReadU16, height: int, width: int, ink: float, seed: int,
    shift: WriteU8, distance: WriteF32, free: WriteU8, x: WriteF32, y: WriteF32,
) -> int:  # fmt: skip
    """Poisson disks; see `poisson_disk`. ``ink`` is the weight times the squared distance of dots."""
    n = height * width
    farthest = _f32(height + width)
    for i in range(_U(n)):
        bits = random_bits(seed, i)
        shift[i] = _u8(bits >> _U(56))
        shift[_U(n) + i] = _u8((bits >> _U(48)) & _U(255))
    for i in range(_U(n)):
        distance[i] = min(farthest, np.sqrt(ink / max(_f32(weights[i]), _f32(1))))
    for i in range(_U(n)):
        free[i] = _u8(1) if weights[i] > 0 else _u8(0)
    bits = _U(1)
    while (_U(1) << bits) < _U(n):
        bits += _U(1)
    key = random_bits(seed, n)
    found = 0
    for k in range(_U(1) << bits):
        i = _scrambled(k, bits, key)
        if i < _U(n) and free[i] != 0:
            px = _f32(_i64(i) % width) + _f32(1 / 256) * _f32(shift[i])
            py = _f32(_i64(i) // width) + _f32(1 / 256) * _f32(shift[_U(n) + i])
            x[_U(found)], y[_U(found)] = px, py
            found += 1
            _paint(px, py, distance[i], shift, distance, height, width, free)
            free[i] = _u8(0)
    return found
