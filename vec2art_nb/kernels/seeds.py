"""Where superpixels begin: exactly so many points, evenly over a rectangle."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import empty, full
from vec2art_nb.kernels._jit import WriteF32, WriteI32, jitted, kernel

# For the type checker these are any numbers, as all is between kernels.
_u64: Any = np.uint64
_i64: Any = np.int64
_i32: Any = np.int32
_f32: Any = np.float32
_f64: Any = np.float64

Pattern = Literal["square", "hexagonal", "poisson"]


def seed_points(width: int, height: int, count: int, pattern: Pattern = "square", seed: int = 0) -> NDArray[np.float32]:
    """``count`` points in the rectangle, for any count.

    Parameters
    ----------
    width, height : int
        px.
    count : int
        At least 1.
    pattern : "square", "hexagonal" or "poisson"
        Rows of points one above the other; rows shifted by half a step; points at random, none near to another.
    seed : int
        Another seed gives another random pattern; the regular ones do not read it.

    Returns
    -------
    (count, 2) float32
        px, row by row for the regular patterns.
    """
    if pattern == "poisson":
        return _poisson_points(width, height, count, seed)
    ratio = 2 / math.sqrt(3) if pattern == "hexagonal" else 1.0
    rows = min(max(round(math.sqrt(count * height / width * ratio)), 1), count)
    # Rows differ by one point at most, so that any count can be had.
    row = np.arange(count) * rows // count
    first = -(-np.arange(rows + 1) * count // rows)
    place = np.arange(count) - first[row]
    length = np.diff(first)[row]
    shift = np.where(row % 2 == 0, 0.25, 0.75) if pattern == "hexagonal" else 0.5
    x = (place + shift) * width / length
    y = (row + 0.5) * height / rows
    return np.stack([x, y], axis=1).astype(np.float32)


def _poisson_points(width: int, height: int, count: int, seed: int) -> NDArray[np.float32]:
    points = empty((count, 2), np.float32)
    spacing = math.sqrt(width * height / count)
    cell = max(spacing, 1e-3)
    across, down = int(width / cell) + 1, int(height / cell) + 1
    heads = full(across * down, -1, np.int32)
    following = empty(count, np.int32)
    throw_darts(width, height, seed, 0.85 * spacing, cell, across, down, heads, following, points)
    return points


@jitted
def _unit(seed: Any, index: Any) -> Any:
    """A number in [0, 1) that depends on seed and index only (SplitMix64 of Steele, Lea, Flood 2014)."""
    z = (_u64(seed) + _u64(1)) * _u64(0xD1342543DE82EF95) + (_u64(index) + _u64(1)) * _u64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> _u64(30))) * _u64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> _u64(27))) * _u64(0x94D049BB133111EB)
    z = z ^ (z >> _u64(31))
    return _f64(z >> _u64(40)) / _f64(1 << 24)


@kernel
def throw_darts(
    width: int, height: int, seed: int, radius: float, cell: float, across: int, down: int, heads: WriteI32,
    following: WriteI32, points: WriteF32,
) -> None:  # fmt: skip
    """Points at random, none nearer to another than a radius that shrinks until there is room for all.

    Parameters
    ----------
    radius : float32
        px, in the beginning; at most ``cell``.
    cell, across, down
        Squares of the plane: side in px, and how many.
    heads : (across * down,) int32, all -1, written
    following : (N,) int32, written
        Lists of the points in each square.
    points : (N, 2) float32, written

    References
    ----------
    McCool, Fiume (1992), Hierarchical Poisson disk sampling distributions.
    """
    count = following.size
    found = _i64(0)
    misses = _i64(0)
    thrown = _i64(0)
    reach = _f64(radius)
    while found < count:
        x = _f32(_unit(seed, 2 * thrown) * width)
        y = _f32(_unit(seed, 2 * thrown + 1) * height)
        thrown += 1
        column = min(_i64(x / cell), _i64(across - 1))
        row = min(_i64(y / cell), _i64(down - 1))
        is_free = True
        for r in range(max(row - 1, 0), min(row + 2, down)):
            for c in range(max(column - 1, 0), min(column + 2, across)):
                k = heads[r * across + c]
                while k >= 0:
                    dx, dy = _f64(points[2 * k]) - x, _f64(points[2 * k + 1]) - y
                    if dx * dx + dy * dy < reach * reach:
                        is_free = False
                    k = following[k]
        if is_free:
            points[2 * found] = x
            points[2 * found + 1] = y
            following[found] = heads[row * across + column]
            heads[row * across + column] = _i32(found)
            found += 1
            misses = _i64(0)
        else:
            misses += 1
            # Where most of the plane is taken it is time for a smaller radius.
            if misses >= 64:
                misses = _i64(0)
                reach *= 0.98
