"""Dots on a lattice, and which of them stay when all are of one size."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import zeros
from vec2art_nb.kernels._jit import ReadF32, ReadI64, WriteF32, WriteU8, kernel
from vec2art_nb.kernels.chance import random_bits, upper_share

_U: Any = np.uint64
_f32: Any = np.float32

#: Rows of a hexagonal lattice are nearer to each other than its dots.
HEXAGONAL = math.sqrt(3) / 2


def lattice(
    width: float, height: float, spacing: float, angle_deg: float, hexagonal: bool
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """The points of a lattice around the centre of a rectangle, row by row.

    Those less than half of a row outside are moved to the border, which would be bare without them.

    Parameters
    ----------
    width, height : float
        Of the rectangle from (0, 0).
    spacing : float
        Distance of neighbours.
    angle_deg : float
        How far the rows are turned, clockwise as seen.
    hexagonal : bool
        Every other row is shifted by half of the spacing; else rows and columns are square.

    Returns
    -------
    points : (M, 2) float32
    places : (M, 2) int64
        Row and column of each, from 0.
    """
    angle = math.radians(angle_deg)
    # Rounded, so that no mathematical library decides whether a point lies within.
    cosine, sine = round(math.cos(angle), 9), round(math.sin(angle), 9)
    pitch = spacing * (HEXAGONAL if hexagonal else 1.0)
    rows = math.ceil(math.hypot(width, height) / 2 / pitch) + 1
    row = np.arange(-rows, rows + 1)
    down, shift = row * pitch, (row % 2 * (0.5 * spacing) if hexagonal else np.zeros(len(row)))
    # A little less than half of a row: one exactly half outside would be there on both sides.
    edge = 0.49 * pitch
    # Where each row enters and leaves the rectangle, along itself.
    low, high = np.full(len(row), -np.inf), np.full(len(row), np.inf)
    for along, across, half in ((cosine, -sine, width / 2 + edge), (sine, cosine, height / 2 + edge)):
        if along == 0:
            outside = np.abs(down * across) > half
            low, high = np.where(outside, np.inf, low), np.where(outside, -np.inf, high)
        else:
            ends = np.sort([(-half - down * across) / along, (half - down * across) / along], axis=0)
            low, high = np.maximum(low, ends[0]), np.minimum(high, ends[1])
    some = low < high
    row, down, shift = row[some], down[some], shift[some]
    first = np.ceil((low[some] - shift) / spacing).astype(np.int64)
    counts = np.maximum(np.floor((high[some] - shift) / spacing).astype(np.int64) - first + 1, 0)
    starts = np.repeat(np.cumsum(counts) - counts, counts)
    column = np.repeat(first, counts) + np.arange(counts.sum()) - starts
    across, down = column * spacing + np.repeat(shift, counts), np.repeat(down, counts)
    x = np.clip(width / 2 + across * cosine - down * sine, 0, width)
    y = np.clip(height / 2 + across * sine + down * cosine, 0, height)
    places = np.stack([np.repeat(row, counts), column], axis=1)
    if len(places):
        places -= places.min(axis=0)
    return np.stack([x, y], axis=1).astype(np.float32), places


def thinned_out(wanted: NDArray[np.float32], places: NDArray[np.int64], seed: int) -> NDArray[np.bool_]:
    """Which dots of a lattice stay so that their number follows the ink; by error diffusion.

    Parameters
    ----------
    wanted : (M,) float32
        Share of the dots that should stay there, 0 … 1.
    places : (M, 2) int64
        Row and column of each.
    seed : int

    References
    ----------
    Floyd, Steinberg (1976), An adaptive algorithm for spatial greyscale; Ulichney (1987), Digital halftoning (rows in
    alternating directions, thresholds with noise).
    """
    stay = zeros(len(wanted), np.uint8)
    if len(wanted):
        rows, columns = (int(length) for length in places.max(axis=0) + 1)
        starts = np.searchsorted(places[:, 0], np.arange(rows + 1)).astype(np.int64)
        first = np.append(places[:, 1], 0)[starts].astype(np.int64)
        diffused(wanted, starts, first, rows, columns, seed, zeros(2 * (columns + 2), np.float32), stay)
    return stay.view(np.bool_)


@kernel
def diffused(
    wanted: ReadF32,
    starts: ReadI64,
    first: ReadI64,
    rows: int,
    columns: int,
    seed: int,
    errors: WriteF32,
    stay: WriteU8,
) -> None:
    """Error diffusion on a lattice; see `thinned_out`."""
    stride = columns + 2
    for row in range(rows):
        start, count = starts[row], starts[row + 1] - starts[row]
        here, below = row % 2 * stride + 1, (row + 1) % 2 * stride + 1
        left, right = first[row], first[row] + count
        # What the next row reads: of a slanted border that is more than this row hands on.
        low, high = left, right
        if row + 1 < rows:
            low, high = min(left, first[row + 1]), max(right, first[row + 1] + starts[row + 2] - starts[row + 1])
        for column in range(low - 1, high + 1):
            errors[below + column] = _f32(0)
        step = 1 if row % 2 == 0 else -1
        for k in range(count):
            column = left + k if step == 1 else right - 1 - k
            i = _U(start + column - left)
            value = errors[here + column] + wanted[i]
            noise = upper_share(random_bits(seed, i)) - _f32(0.5)
            if value > _f32(0.5) + _f32(0.3) * noise:
                stay[i] = 1
                value -= _f32(1)
            share = value * _f32(1 / 16)
            errors[here + column + step] += _f32(7) * share
            errors[below + column - step] += _f32(3) * share
            errors[below + column] += _f32(5) * share
            errors[below + column + step] += share
