"""What is ink: lightness against one level, or against a level that follows the neighbourhood.

Everything here takes lightness as `vec2art_nb.kernels.lightness` gives it (L* × 256) and looks for dark ink; light ink
on a dark page is turned round first with `inverted`.

References
----------
Otsu (1979), A threshold selection method from gray-level histograms, IEEE Transactions on Systems, Man, and
Cybernetics 9(1). Sauvola, Pietikäinen (2000), Adaptive document image binarization, Pattern Recognition 33(2), eq. 5.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.kernels._jit import ReadF32, ReadI16, WriteF32, WriteI32, WriteI64, WriteU8, jitted, kernel

# For the type checker these are any numbers, as all is between kernels.
_i64: Any = np.int64
_u64: Any = np.uint64
_f32: Any = np.float32
_i32: Any = np.int32
_i16: Any = np.int16

WHITE = 25600
LEVELS = 256
_LANES = 4
_TILE = 64  # px, the side of the squares in which page and ink are told apart
_LARGEST_WINDOW = 1023
# Windows look at lightness in halves of an L*, 0 … 200: sums of squares over a column fit 32 bits.
_FINE = 128


def histogram(lightness: NDArray[np.int16]) -> tuple[NDArray[np.int64], int]:
    """How often each of 256 levels of lightness occurs, and on which side of the page the ink lies.

    Returns
    -------
    counts : (256,) int64
        Of ``lightness * 655 // 65536``: 0 is black, 255 is white.
    balance : int
        Negative where the ink is dark, positive where it is light: over tiles of 64 px, the mean of each minus its
        median, summed. Ink covers less than the page, so the page is the median, however unevenly it is lit.
    """
    height, width = lightness.shape
    counts = np.zeros(LEVELS, np.int64)
    of_tile = np.empty((_LANES, LEVELS), np.int32)
    return counts, int(count_levels(lightness, height, width, of_tile, counts))


def otsu_level(counts: NDArray[np.int64]) -> int:
    """The level that parts a histogram best: the largest variance between the two classes.

    Returns
    -------
    int
        Of `histogram`: ink is darker than this. 0 when there is only one level.
    """
    total, levels = int(counts.sum()), np.arange(LEVELS)
    below = np.cumsum(counts)[:-1].astype(np.float64)
    sums = np.cumsum(counts * levels)
    above = total - below
    valid = (below > 0) & (above > 0)
    if not valid.any():
        return 0
    with np.errstate(divide="ignore", invalid="ignore"):
        difference = sums[:-1] / below - (sums[-1] - sums[:-1]) / above
        between = np.where(valid, below * above * difference * difference, -1.0)
    best = np.flatnonzero(between == between.max())
    # Where a range of levels is empty, its middle: as far from the ink as from the page.
    return int(best[0] + best[-1]) // 2 + 1


def lightness_of_level(level: int) -> int:
    """The smallest lightness that falls into a level of `histogram`."""
    return -(-level * 65536 // 655)


def inverted(lightness: NDArray[np.int16]) -> NDArray[np.int16]:
    """Black for white: light ink becomes dark."""
    turned: NDArray[np.int16] = np.int16(WHITE) - lightness
    return turned


def darker_than(lightness: NDArray[np.int16], level: int) -> NDArray[np.uint8]:
    """1 where lightness is below ``level`` (L* × 256), else 0."""
    return (lightness < level).view(np.uint8)


def sauvola(lightness: NDArray[np.int16], window_px: int, sensitivity: float) -> NDArray[np.uint8]:
    """Ink where a pixel is darker than Sauvola's threshold of its neighbourhood.

    The threshold is m (1 + k (s / R - 1)), with mean m and standard deviation s in a square of ``window_px`` (an even
    one is taken one larger), k = ``sensitivity`` and R half of the range of lightness. At the border the window is cut.

    Returns
    -------
    (H, W) uint8
        1 is ink.
    """
    return _in_windows(lightness, window_px, sensitivity, 0.0, True)


def adaptive(lightness: NDArray[np.int16], window_px: int, below: float) -> NDArray[np.uint8]:
    """Ink where a pixel is more than ``below`` (L*) darker than the mean of its neighbourhood; see `sauvola`."""
    return _in_windows(lightness, window_px, 0.0, below, False)


def _in_windows(
    lightness: NDArray[np.int16], window_px: int, k: float, below: float, with_deviation: bool
) -> NDArray[np.uint8]:
    height, width = lightness.shape
    radius = min(window_px, _LARGEST_WINDOW) // 2
    out = np.empty((height, width), np.uint8)
    columns, squares = np.zeros((2, width), np.int32)
    sums, square_sums, counts, shares = np.empty((4, width), np.float32)
    across = np.arange(width)
    counts[:] = np.minimum(across + radius, width - 1) - np.maximum(across - radius, 0) + 1
    against_window(
        lightness, height, width, radius, k, below * 256 / _FINE, with_deviation,
        columns, squares, sums, square_sums, counts, shares, out,
    )  # fmt: skip
    return out


@kernel
def count_levels(lightness: ReadI16, height: int, width: int, of_tile: WriteI32, counts: WriteI64) -> int:
    """Count levels of lightness, and weigh ink against page; see `histogram`.

    Parameters
    ----------
    lightness : (H, W) int16
    of_tile : (4, 256) int32, scratch
        Neighbours count in different rows: on an even page they would wait for each other.
    counts : (256,) int64, zero, written

    Returns
    -------
    int
        Sum over tiles of mean minus median, times the tile's pixels.
    """
    balance = _i64(0)
    for top in range(0, height, _TILE):
        bottom = min(top + _TILE, height)
        for left in range(0, width, _TILE):
            right = min(left + _TILE, width)
            for level in range(_u64(_LANES * LEVELS)):
                of_tile[level] = 0
            for y in range(top, bottom):
                for i in range(_u64(y * width + left), _u64(y * width + right)):
                    level = _u64((_u64(max(_i64(lightness[i]), _i64(0))) * _u64(655)) >> _u64(16))
                    of_tile[(i & _u64(_LANES - 1)) << _u64(8) | min(level, _u64(255))] += _i32(1)
            pixels = (bottom - top) * (right - left)
            total = _i64(0)
            reached = _i64(0)
            median = _i64(-1)
            for level in range(LEVELS):
                found = _i64(0)
                for lane in range(_LANES):
                    found += of_tile[lane * LEVELS + level]
                counts[level] += found
                total += found * level
                reached += found
                if median < 0 and 2 * reached >= pixels:
                    median = _i64(level)
            balance += total - median * pixels
    return int(balance)


@jitted
def _add_row(columns: Any, squares: Any, lightness: Any, start: int, count: int) -> None:
    n = _u64(count)
    o = _u64(start)
    for x in range(n):
        columns[x] += _i32(lightness[o + x] >> _i16(7))
    for x in range(n):
        value = _i32(lightness[o + x] >> _i16(7))
        squares[x] += _i32(value * value)


@jitted
def _subtract_row(columns: Any, squares: Any, lightness: Any, start: int, count: int) -> None:
    n = _u64(count)
    o = _u64(start)
    for x in range(n):
        columns[x] -= _i32(lightness[o + x] >> _i16(7))
    for x in range(n):
        value = _i32(lightness[o + x] >> _i16(7))
        squares[x] -= _i32(value * value)


@jitted
def _window_sums(columns: Any, radius: int, width: int, sums: Any) -> None:
    """Sums of ``2 radius + 1`` neighbours, fewer at the ends."""
    total = _i64(0)
    r = _u64(radius)
    n = _u64(width)
    inner = n - r - _u64(1) if width > radius + 1 else _u64(0)
    for x in range(min(r, n)):
        total += _i64(columns[x])
    for x in range(min(r + _u64(1), n)):
        if x + r < n:
            total += _i64(columns[x + r])
        sums[x] = _f32(total)
    x = min(r + _u64(1), n)
    while x < n:
        if x <= inner:
            total += _i64(columns[x + r])
        total -= _i64(columns[x - r - _u64(1)])
        sums[x] = _f32(total)
        x += _u64(1)


@jitted
def _compare_deviation(
    out: Any, lightness: Any, start: int, sums: Any, square_sums: Any, shares: Any, k: float, width: int
) -> None:
    o = _u64(start)
    half_range = _f32(1.0 / (WHITE / _FINE / 2))
    for x in range(_u64(width)):
        mean = sums[x] * shares[x]
        variance = square_sums[x] * shares[x] - mean * mean
        variance = variance if variance > _f32(0) else _f32(0)
        level = mean * (_f32(1) + k * (np.sqrt(variance) * half_range - _f32(1)))
        out[o + x] = np.uint8(_f32(lightness[o + x]) < level * _f32(_FINE))


@jitted
def _compare_mean(out: Any, lightness: Any, start: int, sums: Any, shares: Any, below: float, width: int) -> None:
    o = _u64(start)
    for x in range(_u64(width)):
        out[o + x] = np.uint8(_f32(lightness[o + x]) < (sums[x] * shares[x] - below) * _f32(_FINE))


@kernel
def against_window(
    lightness: ReadI16,
    height: int,
    width: int,
    radius: int,
    k: float,
    below: float,
    with_deviation: bool,
    columns: WriteI32,
    squares: WriteI32,
    sums: WriteF32,
    square_sums: WriteF32,
    counts: ReadF32,
    shares: WriteF32,
    out: WriteU8,
) -> None:
    """Compare each pixel with its neighbourhood; see `sauvola` and `adaptive`.

    Parameters
    ----------
    lightness : (H, W) int16
    radius : int
        The window has ``2 radius + 1`` rows and columns.
    k : float32
    below : float32
        In steps of half an L*, as the sums are.
    with_deviation : bool
        Sauvola's threshold, else the mean's.
    columns, squares : (W,) int32, zero, scratch
        Running sums over the window's rows.
    sums, square_sums, shares : (W,) float32, scratch
        Of the window; and one over its pixels.
    counts : (W,) float32
        How many columns the window has.
    out : (H, W) uint8, written
    """
    for y in range(min(radius, height)):
        _add_row(columns, squares, lightness, y * width, width)
    n = _u64(width)
    for y in range(height):
        if y + radius < height:
            _add_row(columns, squares, lightness, (y + radius) * width, width)
        if y - radius - 1 >= 0:
            _subtract_row(columns, squares, lightness, (y - radius - 1) * width, width)
        rows = _f32(min(y + radius, height - 1) - max(y - radius, 0) + 1)
        for x in range(n):
            shares[x] = _f32(1) / (counts[x] * rows)
        _window_sums(columns, radius, width, sums)
        if with_deviation:
            _window_sums(squares, radius, width, square_sums)
            _compare_deviation(out, lightness, y * width, sums, square_sums, shares, k, width)
        else:
            _compare_mean(out, lightness, y * width, sums, shares, below, width)
