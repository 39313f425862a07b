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

from vec2art_nb.buffers import empty, zeros
from vec2art_nb.kernels._jit import (
    ReadF32,
    ReadI16,
    ReadU64,
    WriteF32,
    WriteI64,
    WriteU8,
    WriteU16,
    WriteU64,
    jitted,
    kernel,
)

# For the type checker these are any numbers, as all is between kernels.
_i64: Any = np.int64
_u64: Any = np.uint64
_f32: Any = np.float32
_i16: Any = np.int16
_u16: Any = np.uint16
_u32: Any = np.uint32

WHITE = 25600
LEVELS = 256
_LANES = 8
_TILE = 64  # px, the side of the squares in which page and ink are told apart
_LARGEST_WINDOW = 1023
# Windows look at lightness in halves of an L*, 0 … 200. Over the largest window its sum fits 28 bits, and the sum of
# its squares the 36 above them: one word is both, and is added once.
_FINE = 128
_SQUARES = 28
_SUM = (1 << _SQUARES) - 1


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
    of_tile = np.empty((_LANES, LEVELS), np.uint16)
    levels = empty((_TILE, -(-width // 8)), np.uint64)
    return counts, int(count_levels(lightness, height, width, levels.view(np.uint8), levels, of_tile, counts))


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
    return np.less(lightness, level, out=empty(lightness.shape, np.bool_)).view(np.uint8)


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
    out = empty((height, width), np.uint8)
    columns, both = zeros((2, width), np.uint64)
    counts, shares = empty((2, width), np.float32)
    across = np.arange(width)
    counts[:] = np.minimum(across + radius, width - 1) - np.maximum(across - radius, 0) + 1
    against_window(
        lightness, height, width, radius, k, below * 256 / _FINE, with_deviation,
        columns, both, counts, shares, out,
    )  # fmt: skip
    return out


@kernel
def count_levels(
    lightness: ReadI16,
    height: int,
    width: int,
    levels: WriteU8,
    eights: ReadU64,
    of_tile: WriteU16,
    counts: WriteI64,
) -> int:
    """Count levels of lightness, and weigh ink against page; see `histogram`.

    Parameters
    ----------
    lightness : (H, W) int16
    levels : (64, 8 ⌈W / 8⌉) uint8, scratch
        Of a row of tiles.
    eights : (64, ⌈W / 8⌉) uint64
        The same memory, eight levels at a time.
    of_tile : (8, 256) uint16, scratch
        Neighbours count in different rows: on an even page they would wait for each other.
    counts : (256,) int64, zero, written

    Returns
    -------
    int
        Sum over tiles of mean minus median, times the tile's pixels.
    """
    balance = _i64(0)
    stride = _u64((width + 7) >> 3)
    for top in range(0, height, _TILE):
        rows = min(_TILE, height - top)
        for y in range(_u64(rows)):
            start, to = (_u64(top) + y) * _u64(width), (y * stride) << _u64(3)
            for x in range(_u64(width)):
                value = min(max(lightness[start + x], _i16(0)), _i16(WHITE))
                levels[to + x] = (_u32(_u16(value)) * _u32(655)) >> _u32(16)
        for left in range(0, width, _TILE):
            across = _u64(min(_TILE, width - left))
            whole = across >> _u64(3)
            for i in range(_u64(_LANES * LEVELS)):
                of_tile[i] = 0
            for y in range(_u64(rows)):
                first = y * stride + (_u64(left) >> _u64(3))
                for k in range(first, first + whole):
                    eight = eights[k]
                    if eight == (eight & _u64(255)) * _u64(0x0101010101010101):
                        of_tile[eight & _u64(255)] += _u16(8)
                        continue
                    for lane in range(_u64(_LANES)):
                        of_tile[lane << _u64(8) | (eight >> (lane << _u64(3))) & _u64(255)] += _u16(1)
                for i in range((first + whole) << _u64(3), (first << _u64(3)) + across):
                    of_tile[_u64(levels[i])] += _u16(1)
            for i in range(_u64(LEVELS)):
                found = _u16(0)
                for lane in range(_u64(_LANES)):
                    found += of_tile[lane << _u64(8) | i]
                of_tile[i] = found
            total = _i64(0)
            for i in range(_u64(LEVELS)):
                counts[i] += _i64(of_tile[i])
                total += _i64(of_tile[i]) * _i64(i)
            pixels = rows * _i64(across)
            median = _i64(0)
            reached = _i64(of_tile[0])
            while 2 * reached < pixels:
                median += 1
                reached += _i64(of_tile[median])
            balance += total - median * pixels
    return int(balance)


@jitted
def _both(lightness: Any) -> Any:
    """Lightness in steps of half an L*, and above it its square."""
    value = _u32(lightness >> _i16(7))
    return _u64(value * value) << _u64(_SQUARES) | _u64(value)


@jitted
def _slide_down(columns: Any, lightness: Any, enters: int, leaves: int, width: int) -> None:
    """Add one row to the sums over each column, and take one away; -1 is none."""
    new, old, n = _u64(enters * width), _u64(leaves * width), _u64(width)
    if enters >= 0 and leaves >= 0:
        for x in range(n):
            columns[x] += _both(lightness[new + x]) - _both(lightness[old + x])
    elif enters >= 0:
        for x in range(n):
            columns[x] += _both(lightness[new + x])
    elif leaves >= 0:
        for x in range(n):
            columns[x] -= _both(lightness[old + x])


@jitted
def _slide_across(columns: Any, radius: int, width: int, both: Any) -> None:
    """Sums of ``2 radius + 1`` columns, fewer at the ends."""
    r, n = _u64(min(radius, width)), _u64(width)
    total = _u64(0)
    for x in range(r):
        total += columns[x]
    # Which of the two ends the window meets first depends on its size.
    head = min(r + _u64(1), n - r)
    for x in range(head):
        total += columns[x + r]
        both[x] = total
    for x in range(head, n - r):
        total += columns[x + r] - columns[x - r - _u64(1)]
        both[x] = total
    for x in range(n - r, min(r + _u64(1), n)):
        both[x] = total
    for x in range(max(n - r, r + _u64(1)), n):
        total -= columns[x - r - _u64(1)]
        both[x] = total


@jitted
def _compare_deviation(out: Any, lightness: Any, start: int, both: Any, shares: Any, k: float, width: int) -> None:
    o = _u64(start)
    half_range = _f32(1.0 / (WHITE / _FINE / 2))
    for x in range(_u64(width)):
        mean = _f32(both[x] & _u64(_SUM)) * shares[x]
        variance = _f32(both[x] >> _u64(_SQUARES)) * shares[x] - mean * mean
        variance = variance if variance > _f32(0) else _f32(0)
        level = mean * (_f32(1) + k * (np.sqrt(variance) * half_range - _f32(1)))
        out[o + x] = np.uint8(_f32(lightness[o + x]) < level * _f32(_FINE))


@jitted
def _compare_mean(out: Any, lightness: Any, start: int, both: Any, shares: Any, below: float, width: int) -> None:
    o = _u64(start)
    for x in range(_u64(width)):
        mean = _f32(both[x] & _u64(_SUM)) * shares[x]
        out[o + x] = np.uint8(_f32(lightness[o + x]) < (mean - below) * _f32(_FINE))


@kernel
def against_window(
    lightness: ReadI16,
    height: int,
    width: int,
    radius: int,
    k: float,
    below: float,
    with_deviation: bool,
    columns: WriteU64,
    both: WriteU64,
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
    columns : (W,) uint64, zero, scratch
        Running sums over the window's rows: of lightness, and above bit 28 of its square.
    both : (W,) uint64, scratch
        The same over the window.
    counts : (W,) float32
        How many columns the window has.
    shares : (W,) float32, scratch
        One over the window's pixels.
    out : (H, W) uint8, written
    """
    for y in range(min(radius, height)):
        _slide_down(columns, lightness, y, -1, width)
    before = _i64(0)
    for y in range(height):
        enters = y + radius if y + radius < height else -1
        _slide_down(columns, lightness, enters, max(y - radius - 1, -1), width)
        rows = _i64(min(y + radius, height - 1) - max(y - radius, 0) + 1)
        if rows != before:
            before = rows
            for x in range(_u64(width)):
                shares[x] = _f32(1) / (counts[x] * _f32(rows))
        _slide_across(columns, radius, width, both)
        if with_deviation:
            _compare_deviation(out, lightness, y * width, both, shares, k, width)
        else:
            _compare_mean(out, lightness, y * width, both, shares, below, width)
