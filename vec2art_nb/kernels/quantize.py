"""A few colours for many: the histogram of a picture, and clusters in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import empty
from vec2art_nb.kernels._jit import (
    ReadF32,
    ReadI32,
    ReadI64,
    ReadU8,
    ReadU16,
    WriteF32,
    WriteI32,
    WriteI64,
    jitted,
    kernel,
)
from vec2art_nb.kernels.oklab import oklab_of_light
from vec2art_nb.srgb import linear_light

# For the type checker these are any numbers, as all is between kernels.
_u64: Any = np.uint64
_i32: Any = np.int32
_i64: Any = np.int64
_f32: Any = np.float32
_f64: Any = np.float64

#: Bits for each channel of the histogram's lattice.
BITS = 6
_CELLS = 1 << 3 * BITS
# The last bit of each channel in a cell's number.
_ODD = 1 << 2 * BITS | 1 << BITS | 1
_WHITE = 1 << 20

# Weights are brought to this sum, so that sums of weights times squares of coordinates are exact in 64 bits.
_TOTAL = 1 << 30

# With more colours than this the lattice is made coarser: the rest is noise, and costs time in every round.
_MOST = 16_000

# k-means: how often it starts anew, and how many rounds it may take each time.
_STARTS, _ROUNDS = 4, 60


@dataclass(frozen=True, eq=False)
class Histogram:
    """The colours of a picture, those nearly alike taken together.

    Attributes
    ----------
    cells : (N,) int32
        The cell of each in a lattice of 64 × 64 × 64 over red, green and blue, in equal steps of the cube root of
        light. Where all colours occur, only every other step is used.
    weights : (N,) int64
        How many pixels each stands for; scaled so that all together are about 2**30.
    lab : (N, 3) float32
        The mean light of these pixels, in OKLab.
    """

    cells: NDArray[np.int32]
    weights: NDArray[np.int64]
    lab: NDArray[np.float32]


def histogram(
    pixels: NDArray[Any], background_rgb: tuple[int, int, int], coverage: NDArray[np.uint8] | None = None
) -> Histogram:
    """The colours of a picture over the page's colour.

    Parameters
    ----------
    pixels : (H, W, C) uint8 or uint16, C-contiguous
        C = 1 is sRGB grey, 3 is sRGB, 4 is sRGB with straight alpha.
    background_rgb : three ints, 0 to 255
    coverage : (H, W) uint8, optional
        How much each pixel counts; all the same where it is left out.
    """
    height, width, channels = pixels.shape
    light = _light_table(np.iinfo(pixels.dtype).max + 1)
    behind = _light_table(256)[list(background_rgb)]
    # Number, red, green and blue of each cell side by side: one line of the cache for each pixel.
    cells = np.zeros((_CELLS, 4), np.int64)
    count = histogram_8 if pixels.dtype == np.uint8 else histogram_16
    every = np.empty(0, np.uint8)
    count(
        pixels, channels, light, _step_table(), behind, every if coverage is None else coverage, height * width, cells
    )
    used = np.flatnonzero(cells[:, 0])
    if len(used) > _MOST:
        whole = cells.reshape(*(1 << BITS,) * 3, 4)
        whole[::2] += whole[1::2]
        whole[::2, ::2] += whole[::2, 1::2]
        whole[::2, ::2, ::2] += whole[::2, ::2, 1::2]
        used = np.flatnonzero(cells[:, 0])
        used = used[used & _ODD == 0]
    numbers = cells[used, 0]
    weights = np.maximum(np.rint(numbers * (_TOTAL / max(int(numbers.sum()), 1))), 1).astype(np.int64)
    return Histogram(used.astype(np.int32), weights, oklab_of_light(cells[used, 1:] / numbers[:, None] / _WHITE))


def kmeans(lab: NDArray[np.float32], weights: NDArray[np.int64], count: int) -> NDArray[np.float32]:
    """Colours with the least mean square distance to those given.

    Parameters
    ----------
    lab : (N, 3) float32
    weights : (N,) int64
    count : int
        How many colours are wanted, at most N.

    Returns
    -------
    (count, 3) float32

    References
    ----------
    Lloyd (1982), from the starts of Arthur and Vassilvitskii (2007), k-means++, the best of a few candidates each.
    """
    centers = empty((count, 3), np.float32)
    labels = empty(len(lab), np.int32)
    planes = np.ascontiguousarray(lab.T)
    cluster(planes, weights, len(lab), count, _STARTS, _ROUNDS, centers, labels)
    return centers


@cache
def _light_table(levels: int) -> NDArray[np.int32]:
    return np.rint(linear_light(levels) * _WHITE).astype(np.int32)


@cache
def _step_table() -> NDArray[np.uint8]:
    """The lattice's step for each 16th part of the tables' light: equal steps of its cube root."""
    sixteenths = np.arange((_WHITE >> 4) + 1, dtype=np.int64)
    # In whole numbers: the largest step whose cube, out of 64³, is not above the light.
    cubes = np.arange(1, 1 << BITS, dtype=np.int64) ** 3 * (_WHITE >> 4)
    return np.searchsorted(cubes, sixteenths << 3 * BITS, side="right").astype(np.uint8)


@jitted
def _histogram(
    pixels: Any, channels: int, light: Any, steps: Any, behind: Any, coverage: Any, count: int, cells: Any
) -> None:
    opaque = _i64(light.size - 1)
    green, blue = _u64(min(channels - 1, 1)), _u64(min(channels - 1, 2))
    stride, one, two, three, four, bits = _u64(channels), _u64(1), _u64(2), _u64(3), _u64(4), _u64(BITS)
    for i in range(_u64(count)):
        weight = _i64(1)
        if coverage.size > 0:
            weight = _i64(coverage[i])
            if weight == 0:
                continue
        p = stride * i
        r = _i64(light[_u64(pixels[p])])
        g = _i64(light[_u64(pixels[p + green])])
        b = _i64(light[_u64(pixels[p + blue])])
        if channels == 4:
            alpha = _i64(pixels[p + three])
            if alpha != opaque:
                r = (r * alpha + behind[0] * (opaque - alpha)) // opaque
                g = (g * alpha + behind[1] * (opaque - alpha)) // opaque
                b = (b * alpha + behind[2] * (opaque - alpha)) // opaque
        cell = (_u64(steps[_u64(r >> 4)]) << bits | _u64(steps[_u64(g >> 4)])) << bits | _u64(steps[_u64(b >> 4)])
        cell *= four
        cells[cell] += weight
        cells[cell + one] += weight * r
        cells[cell + two] += weight * g
        cells[cell + three] += weight * b


@kernel
def histogram_8(
    pixels: ReadU8,
    channels: int,
    light: ReadI32,
    steps: ReadU8,
    behind: ReadI32,
    coverage: ReadU8,
    count: int,
    cells: WriteI64,
) -> None:
    """The histogram of 8-bit pixels; see `histogram`."""
    _histogram(pixels, channels, light, steps, behind, coverage, count, cells)


@kernel
def histogram_16(
    pixels: ReadU16,
    channels: int,
    light: ReadI32,
    steps: ReadU8,
    behind: ReadI32,
    coverage: ReadU8,
    count: int,
    cells: WriteI64,
) -> None:
    """The histogram of 16-bit pixels; see `histogram`."""
    _histogram(pixels, channels, light, steps, behind, coverage, count, cells)


@jitted
def _uniform(counter: Any) -> Any:
    """A number from 0 to 1 for each counter (Steele, Lea and Flood 2014, splitmix64)."""
    z = (_u64(counter) + _u64(1)) * _u64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> _u64(30))) * _u64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> _u64(27))) * _u64(0x94D049BB133111EB)
    return _f64((z ^ (z >> _u64(31))) >> _u64(11)) * _f64(2.0**-53)


@jitted
def _pick(distance: Any, weights: Any, total: Any, share: Any, count: int) -> Any:
    """The point at which the weighted distances reach a share of their sum."""
    reached = _f64(0)
    last = _i64(0)
    for i in range(count):
        amount = _f64(distance[i]) * _f64(weights[i])
        if amount > 0:
            last = i
            reached += amount
            if reached > share * total:
                break
    return last


@jitted
def _distances(lab: Any, count: Any, point: Any, known: Any, out: Any) -> None:
    """The square of the distance to a point or, where that is less, the one already known."""
    l, a, b = lab[point], lab[count + point], lab[count + count + point]  # noqa: E741
    for i in range(count):
        dl, da, db = lab[i] - l, lab[count + i] - a, lab[count + count + i] - b
        out[i] = min(known[i], dl * dl + da * da + db * db)


@jitted
def _weighted_sum(distance: Any, weights: Any, count: int) -> Any:
    total = _f64(0)
    for i in range(count):
        total += _f64(distance[i]) * _f64(weights[i])
    return total


@jitted
def _start(
    lab: Any, weights: Any, count: int, colors: int, start: int, distance: Any, trial: Any, best: Any, centers: Any
) -> None:
    """k-means++: each centre is drawn by its distance from those before it; of a few candidates the best."""
    n = _u64(count)
    candidates = 2
    while 1 << (candidates - 1) < colors:
        candidates += 1
    for i in range(count):
        distance[i] = _f32(1)
    for color in range(colors):
        total = _weighted_sum(distance, weights, count)
        least = _f64(np.inf)
        chosen = _i64(0)
        for candidate in range(candidates):
            share = _uniform((start * colors + color) * candidates + candidate)
            point = _pick(distance, weights, total, share, count)
            for i in range(n):
                trial[i] = _f32(np.inf) if color == 0 else distance[i]
            _distances(lab, n, _u64(point), trial, trial)
            rest = _weighted_sum(trial, weights, count)
            if rest < least:
                least, chosen = rest, point
                for i in range(n):
                    best[i] = trial[i]
        for i in range(n):
            distance[i] = best[i]
        for axis in range(3):
            centers[3 * color + axis] = lab[axis * count + chosen]


@jitted
def _assign(lab: Any, n: Any, centers: Any, colors: int, distance: Any, labels: Any) -> None:
    for i in range(n):
        distance[i] = _f32(np.inf)
    for color in range(colors):
        l, a, b = centers[3 * color], centers[3 * color + 1], centers[3 * color + 2]  # noqa: E741
        number = _i32(color)
        for i in range(n):
            dl, da, db = lab[i] - l, lab[n + i] - a, lab[n + n + i] - b
            here = dl * dl + da * da + db * db
            nearer = here < distance[i]
            distance[i] = here if nearer else distance[i]
            labels[i] = number if nearer else labels[i]


@kernel
def cluster(
    lab: ReadF32,
    weights: ReadI64,
    count: int,
    colors: int,
    starts: int,
    rounds: int,
    centers: WriteF32,
    labels: WriteI32,
) -> None:
    """Weighted k-means, the best of several starts; see `kmeans`.

    Parameters
    ----------
    lab : (3, N) float32
    weights : (N,) int64
    centers : (colors, 3) float32, written
    labels : (N,) int32, written
    """
    n = _u64(count)
    distance = np.empty(count, np.float32)
    trial = np.empty(count, np.float32)
    best = np.empty(count, np.float32)
    current = np.empty(3 * colors, np.float32)
    sums = np.empty(4 * colors, np.float64)
    least = _f64(np.inf)
    for start in range(starts):
        _start(lab, weights, count, colors, start, distance, trial, best, current)
        before = _f64(np.inf)
        for _ in range(rounds):
            _assign(lab, n, current, colors, distance, labels)
            error = _weighted_sum(distance, weights, count)
            if error < least:
                least = error
                for i in range(3 * colors):
                    centers[i] = current[i]
            if not error < before * 0.9999:
                break
            before = error
            for i in range(4 * colors):
                sums[i] = 0.0
            for i in range(count):
                weight = _f64(weights[i])
                place = 4 * _i64(labels[i])
                sums[place] += weight
                sums[place + 1] += weight * _f64(lab[i])
                sums[place + 2] += weight * _f64(lab[count + i])
                sums[place + 3] += weight * _f64(lab[2 * count + i])
            for color in range(colors):
                if sums[4 * color] > 0:
                    for axis in range(3):
                        current[3 * color + axis] = _f32(sums[4 * color + 1 + axis] / sums[4 * color])
                else:
                    # Nobody is nearest to it: it goes where the error is largest.
                    worst, most = _i64(0), _f64(-1)
                    for i in range(count):
                        amount = _f64(distance[i]) * _f64(weights[i])
                        if amount > most:
                            worst, most = i, amount
                    distance[worst] = _f32(0)
                    for axis in range(3):
                        current[3 * color + axis] = lab[axis * count + worst]
