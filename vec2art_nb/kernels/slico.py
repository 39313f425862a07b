"""Superpixels that find their own compactness: SLIC, with each one's colours measured by its own spread.

References
----------
Achanta, Shaji, Smith, Lucchi, Fua, Süsstrunk (2012), SLIC superpixels compared to state-of-the-art superpixel methods,
IEEE TPAMI 34(11), section 3.4 and eq. 4 ("ASLIC"), in the form that its authors call SLICO.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import empty, full, zeros
from vec2art_nb.kernels._jit import ReadF32, ReadI16, ReadI32, WriteF32, WriteI32, WriteI64, kernel
from vec2art_nb.kernels.color_planes import UNITS
from vec2art_nb.kernels.slic import first_centers, move_centers

# For the type checker these are any numbers, as all is between kernels.
_U: Any = np.uint64
_i64: Any = np.int64
_i32: Any = np.int32
_f32: Any = np.float32

# The colour distance that each superpixel begins with, and the least that it can have: in a flat one every colour
# would be far away.
_FIRST, _LEAST = 10.0, 1.0


def slico(planes: NDArray[np.int16], seeds: NDArray[np.float32], iterations: int) -> NDArray[np.int32]:
    """The number of the nearest centre for every pixel, after so many rounds.

    The squared distance is that of colour over the largest one within the superpixel in the round before, plus that of
    place over the squared step of the grid.

    Parameters
    ----------
    planes : (3, H, W) int16
        From `color_planes`.
    seeds : (K, 2) float32
        px in the pixel plane.
    iterations : int
        Rounds of assignment and new centres. All pixels are assigned once more in the end.

    Returns
    -------
    (H, W) int32
        0 … K − 1. Superpixels may have several parts, or none.
    """
    _, height, width = planes.shape
    count = len(seeds)
    step = math.sqrt(height * width / count)
    centers = first_centers(planes, seeds)
    spread = full(count, (_FIRST * UNITS) ** 2, np.float32)
    sums = zeros((count, 6), np.int64)
    distances = empty((height, width), np.float32)
    labels = zeros((height, width), np.int32)
    for _ in range(iterations):
        assign_by_window(planes, height, width, step, centers, spread, distances, labels)
        measure_superpixels(planes, height, width, centers, (_LEAST * UNITS) ** 2, labels, spread, sums)
        move_centers(count, centers, sums)
    assign_by_window(planes, height, width, step, centers, spread, distances, labels)
    return labels


@kernel
def assign_by_window(
    planes: ReadI16, height: int, width: int, step: float, centers: ReadF32, spread: ReadF32, distances: WriteF32,
    labels: WriteI32,
) -> None:  # fmt: skip
    """Let each centre claim the pixels of its window that are nearer to it than to those before.

    Pixels out of every window keep their labels.

    Parameters
    ----------
    step : float32
        Half the side of a window in px.
    centers : (K, 5) float32
        Colour, x and y.
    spread : (K,) float32
        Squared colour distance that weighs as much as ``step``.
    """
    size = _U(height * width)
    spatial = _f32(1) / (step * step)
    half = _f32(0.5)
    for i in range(size):
        distances[i] = _f32(3e38)
    for k in range(spread.size):
        l_of, a_of, b_of = centers[5 * k], centers[5 * k + 1], centers[5 * k + 2]
        x_of, y_of = centers[5 * k + 3] - half, centers[5 * k + 4] - half
        weight = _f32(1) / spread[k]
        left, right = max(_i64(x_of - step), _i64(0)), min(_i64(x_of + step) + 2, _i64(width))
        for y in range(max(_i64(y_of - step), _i64(0)), min(_i64(y_of + step) + 2, _i64(height))):
            o = _U(y * width + left)
            dy = _f32(y) - y_of
            for x in range(_U(max(right - left, _i64(0)))):
                dl, da, db = (
                    _f32(planes[o + x]) - l_of, _f32(planes[size + o + x]) - a_of,
                    _f32(planes[size + size + o + x]) - b_of,
                )  # fmt: skip
                dx = _f32(_i32(x) + _i32(left)) - x_of
                distance = weight * (dl * dl + da * da + db * db) + spatial * (dx * dx + dy * dy)
                is_nearer = distance < distances[o + x]
                labels[o + x] = _i32(k) if is_nearer else labels[o + x]
                distances[o + x] = distance if is_nearer else distances[o + x]


@kernel
def measure_superpixels(
    planes: ReadI16, height: int, width: int, centers: ReadF32, least: float, labels: ReadI32, spread: WriteF32,
    sums: WriteI64,
) -> None:  # fmt: skip
    """Sums for new centres, and the largest squared colour distance from the old ones.

    Parameters
    ----------
    least : float32
        What the spread is at least; it also stays where there are no pixels.
    sums : (K, 6) int64, added to
        Sums of colour, x, y (of whole pixels), and the number of pixels.
    """
    size = _i64(height) * width
    for k in range(spread.size):
        spread[k] = least
    for y in range(height):
        for x in range(width):
            i = _i64(y) * width + x
            k = _i64(labels[i])
            squared = _f32(0)
            for plane in range(3):
                value = planes[plane * size + i]
                d = _f32(value) - centers[5 * k + plane]
                squared += d * d
                sums[6 * k + plane] += _i64(value)
            sums[6 * k + 3] += x
            sums[6 * k + 4] += y
            sums[6 * k + 5] += 1
            spread[k] = max(spread[k], squared)
