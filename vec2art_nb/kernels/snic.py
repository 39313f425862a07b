"""Superpixels that grow from their seeds, nearest pixel first: connected by construction, in one pass.

References
----------
Achanta, Süsstrunk (2017), Superpixels and polygons using simple non-iterative clustering, CVPR.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import full
from vec2art_nb.kernels._jit import ReadF32, ReadI16, WriteI32, kernel
from vec2art_nb.kernels.color_planes import UNITS

# For the type checker these are any numbers, as all is between kernels.
_i64: Any = np.int64
_i32: Any = np.int32
_f64: Any = np.float64

# Distances are compared in steps of 1/64 of a squared unit of colour; the order of arrival breaks ties.
_STEPS = 64.0
_MOST: Any = np.int64(2**31 - 1)


def snic(planes: NDArray[np.int16], seeds: NDArray[np.float32], compactness: float) -> NDArray[np.int32]:
    """The superpixel of every pixel.

    Parameters
    ----------
    planes : (3, H, W) int16
        From `color_planes`.
    seeds : (K, 2) float32
        px in the pixel plane; of several in one pixel only the first one grows.
    compactness : float
        As for `slic`.

    Returns
    -------
    (H, W) int32
        0 … K − 1; each is 4-connected.
    """
    _, height, width = planes.shape
    labels = full((height, width), -1, np.int32)
    spatial = compactness**2 * len(seeds) / (height * width)
    grow(planes, height, width, seeds, spatial, labels)
    return labels


@kernel
def grow(planes: ReadI16, height: int, width: int, seeds: ReadF32, spatial: float, labels: WriteI32) -> None:
    """Take the pixel that is nearest to the region that would have it, again and again; see `snic`."""
    size = _i64(height) * width
    count = seeds.size // 2
    sums = np.zeros(6 * count, np.int64)
    room = _i64(4 * count + 1024)
    keys = np.empty(room, np.int64)
    pixels = np.empty(room, np.int32)
    owners = np.empty(room, np.int32)
    waiting = _i64(0)
    arrival = _i64(0)
    to_units = 1.0 / (UNITS * UNITS)
    for k in range(count):
        x = min(max(_i64(seeds[2 * k]), _i64(0)), _i64(width - 1))
        y = min(max(_i64(seeds[2 * k + 1]), _i64(0)), _i64(height - 1))
        # Arrivals rise, so the heap is in order.
        keys[waiting] = arrival
        pixels[waiting] = _i32(y * width + x)
        owners[waiting] = _i32(k)
        waiting += 1
        arrival += 1
    while waiting > 0:
        pixel, owner = _i64(pixels[0]), _i64(owners[0])
        waiting -= 1
        key, last_pixel, last_owner = keys[waiting], pixels[waiting], owners[waiting]
        i = _i64(0)
        while True:
            down = 2 * i + 1
            if down >= waiting:
                break
            if down + 1 < waiting and keys[down + 1] < keys[down]:
                down += 1
            if keys[down] >= key:
                break
            keys[i], pixels[i], owners[i] = keys[down], pixels[down], owners[down]
            i = down
        keys[i], pixels[i], owners[i] = key, last_pixel, last_owner
        if labels[pixel] >= 0:
            continue
        labels[pixel] = _i32(owner)
        x, y = pixel % width, pixel // width
        q = 6 * owner
        sums[q] += 1
        sums[q + 1] += x
        sums[q + 2] += y
        for plane in range(3):
            sums[q + 3 + plane] += _i64(planes[plane * size + pixel])
        scale = 1.0 / _f64(sums[q])
        mean_x, mean_y = _f64(sums[q + 1]) * scale, _f64(sums[q + 2]) * scale
        mean_l, mean_a, mean_b = (
            _f64(sums[q + 3]) * scale, _f64(sums[q + 4]) * scale, _f64(sums[q + 5]) * scale
        )  # fmt: skip
        for side in range(4):
            next_x = x + (1 if side == 0 else (-1 if side == 2 else 0))
            next_y = y + (1 if side == 1 else (-1 if side == 3 else 0))
            if next_x < 0 or next_y < 0 or next_x >= width or next_y >= height:
                continue
            other = next_y * width + next_x
            if labels[other] >= 0:
                continue
            dl = _f64(planes[other]) - mean_l
            da = _f64(planes[size + other]) - mean_a
            db = _f64(planes[2 * size + other]) - mean_b
            dx, dy = _f64(next_x) - mean_x, _f64(next_y) - mean_y
            distance = (dl * dl + da * da + db * db) * to_units + _f64(spatial) * (dx * dx + dy * dy)
            steps = min(_i64(min(distance * _STEPS, 2.0e9)), _MOST)
            if waiting == keys.size:
                longer_keys = np.empty(2 * waiting, np.int64)
                longer_pixels = np.empty(2 * waiting, np.int32)
                longer_owners = np.empty(2 * waiting, np.int32)
                longer_keys[:waiting] = keys
                longer_pixels[:waiting] = pixels
                longer_owners[:waiting] = owners
                keys, pixels, owners = longer_keys, longer_pixels, longer_owners
            key = steps << _i64(32) | (arrival & _i64(0xFFFFFFFF))
            arrival += 1
            i = waiting
            waiting += 1
            while i > 0:
                up = (i - 1) >> _i64(1)
                if keys[up] <= key:
                    break
                keys[i], pixels[i], owners[i] = keys[up], pixels[up], owners[up]
                i = up
            keys[i], pixels[i], owners[i] = key, _i32(other), _i32(owner)
