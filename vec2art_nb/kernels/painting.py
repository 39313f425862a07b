"""The colour of each mark: the nearest of a palette, dithered between several, or merged with those alike."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import empty, zeros
from vec2art_nb.kernels._jit import ReadF32, ReadI32, ReadI64, WriteI32, WriteI64, kernel

# For the type checker these are any numbers, as all is between kernels.
_u64: Any = np.uint64
_i32: Any = np.int32
_i64: Any = np.int64
_f32: Any = np.float32
_f64: Any = np.float64

# How much the unrest of two mixed colours counts against a mean that is nearer: enough to prefer calm where the
# means are the same, too little to shift a mean. Few dots of great contrast are worse than many of little.
_UNREST = _f32(0.003)
# Below this lightness the eye's slope is not followed further: in black it has no end.
_DIMMEST = _f32(0.2)

# Of the R2 sequence (Roberts 2018): 1 / p and 1 / p² for the real root p of p³ = p + 1.
_R2_X, _R2_Y = _f64(0.7548776662466927), _f64(0.5698402909980532)

# How far error spreads, in mean distances between marks: to a square grid's eight neighbours. And from how far on
# marks have nothing to do with each other.
_REACH, _APART = 1.6, 4.0
# Neighbours in one cell that are looked at, at most; three or so are usual.
_CROWD = 16

# The lattice over OKLab in which like colours are merged: its cells a side, and where a and b begin.
_CELLS = _i64(64)
_LOWEST_CHROMA = _f32(-0.5)

# Light is summed as whole numbers, so that the mean is the same on every machine.
_WHITE = _f64(1 << 24)


def stored_colors(light: NDArray[np.float32]) -> NDArray[np.int32]:
    """The nearest 8-bit sRGB of linear light (M, 3), packed as 0xRRGGBB; (M,) int32."""
    packed = empty(len(light), np.int32)
    pack_stored(light, len(light), _midpoints(), _guesses(), packed)
    return packed


def nearest(lab: NDArray[np.float32], palette_lab: NDArray[np.float32]) -> NDArray[np.int32]:
    """The palette's colour nearest to each in OKLab, the first of equals; (M,) int32."""
    choice = empty(len(lab), np.int32)
    nearest_colors(lab, palette_lab, len(lab), len(palette_lab), choice)
    return choice


def dithered(
    light: NDArray[np.float32],
    lab: NDArray[np.float32],
    positions: NDArray[np.float32],
    palette_light: NDArray[np.float32],
    palette_lab: NDArray[np.float32],
) -> NDArray[np.int32]:
    """One of the two colours whose mixture comes nearest to each mark's light, by a threshold at the mark's place.

    Parameters
    ----------
    light, lab : (M, 3) float32
        Linear light and OKLab of each mark.
    positions : (M, 2) float32
        Where the marks are. The unit of the pattern is their mean spacing in steps of a quarter octave, so that a mark
        more or less changes nothing.
    palette_light, palette_lab : (K, 3) float32

    Returns
    -------
    (M,) int32

    References
    ----------
    Roberts (2018), The unreasonable effectiveness of quasirandom sequences: the R2 sequence as a dither mask. Unlike a
    Bayer matrix it is defined between the points of a grid, and no regular grid of marks can fall in step with it.
    """
    choice = empty(len(light), np.int32)
    unit = _in_quarter_octaves(mean_spacing(positions))
    dither_by_place(light, lab, positions, 1 / unit, palette_light, palette_lab, len(light), len(palette_lab), choice)
    return choice


def diffused(
    light: NDArray[np.float32],
    positions: NDArray[np.float32],
    palette_light: NDArray[np.float32],
) -> NDArray[np.int32]:
    """The colour whose light is nearest to a mark's plus what its neighbours could not show (error diffusion).

    Marks take turns row by row, to and fro. What a mark's colour lacks goes to those near it that are still to come,
    the nearer the more; on a square grid these are the four of Floyd and Steinberg (1976).

    Parameters
    ----------
    light : (M, 3) float32
        Linear light; the error is light too, so the mean of the marks' light is that of the picture's.
    positions : (M, 2) float32
    palette_light : (K, 3) float32
    """
    count = len(light)
    choice = empty(count, np.int32)
    spacing = max(mean_spacing(positions), 1e-3)
    corner = positions.min(axis=0) if count else np.zeros(2, np.float32)
    along, down = (positions - corner).astype(np.float64).T
    row = (down / spacing + 0.5).astype(np.int64)
    # The turns, then the cells in which those are that come near: all is laid out in the order of the turns.
    # One key for both is sorted in half of the time that lexsort takes.
    place = (along * 256).astype(np.int64)
    order = np.argsort(row << 33 | np.where(row % 2 == 0, place, (1 << 33) - 1 - place), kind="stable")
    side = spacing * _REACH
    columns, rows = (int(extent / side) + 1 for extent in (along.max(initial=0), down.max(initial=0)))
    cells = ((down / side).astype(np.int64) * columns + (along / side).astype(np.int64))[order]
    members = np.argsort(cells, kind="stable").astype(np.int64)
    starts = zeros(columns * rows + 1, np.int64)
    np.cumsum(np.bincount(cells, minlength=columns * rows), out=starts[1:])
    of_turn = empty(count, np.int32)
    diffuse(
        light[order], positions[order], cells, members, starts, columns, rows, side, palette_light, count,
        len(palette_light), of_turn,
    )  # fmt: skip
    choice[order] = of_turn
    return choice


def merged(
    light: NDArray[np.float32], lab: NDArray[np.float32], step: float
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Colours that share a cell of a lattice in OKLab become their mean.

    Parameters
    ----------
    light, lab : (M, 3) float32
    step : float
        Side of a cell, 1/64 or more.

    Returns
    -------
    means : (K, 3) float64
        Linear light, in the order of the lattice.
    choice : (M,) int32
    """
    cells = int(_CELLS) ** 3
    counts = zeros(cells, np.int64)
    sums = zeros((cells, 3), np.int64)
    cell_of = empty(len(light), np.int32)
    sum_cells(light, lab, 1 / step, len(light), counts, sums, cell_of)
    used = np.flatnonzero(counts)
    numbers = zeros(cells, np.int32)
    numbers[used] = np.arange(len(used))
    return sums[used] / counts[used, None] / float(_WHITE), numbers[cell_of]


def mean_spacing(positions: NDArray[np.float32]) -> float:
    """The side of the square that each mark has to itself, on average; 0 where all are in one place."""
    if len(positions) < 2:
        return 0.0
    width, height = (float(side) for side in positions.max(axis=0) - positions.min(axis=0))
    side = (width + height) / len(positions)
    # The marks reach half a side beyond their centres, all round: s² M = (w + s) (h + s).
    for _ in range(40):
        side = math.sqrt((width + side) * (height + side) / len(positions))
    return side


def _in_quarter_octaves(length: float) -> float:
    """The nearest of …, 1, 2^(1/4), 2^(1/2), 2^(3/4), 2, …; without a logarithm, whose last digit could decide."""
    if length <= 0:
        return 1.0
    mantissa, exponent = math.frexp(length)
    steps = (0.5, 0.5946035575, 0.7071067812, 0.8408964153, 1.0)
    return math.ldexp(min(steps, key=lambda step: abs(step - mantissa)), exponent)


@cache
def _midpoints() -> NDArray[np.float32]:
    """The light between each 8-bit value and the next, then more than there is."""
    between = ((np.arange(255) + 0.5) / 255 + 0.055) / 1.055
    linear = np.where(np.arange(255) < 10, (np.arange(255) + 0.5) / 255 / 12.92, between**2.4)
    return np.append(linear, np.inf).astype(np.float32)


@cache
def _guesses() -> NDArray[np.int32]:
    """The 8-bit value at the lower end of each of 4096 steps of light."""
    return np.searchsorted(_midpoints(), np.arange(4097, dtype=np.float32) / np.float32(4096)).astype(np.int32)


@kernel
def pack_stored(light: ReadF32, count: int, midpoints: ReadF32, guesses: ReadI32, packed: WriteI32) -> None:
    """Encode light as sRGB; see `stored_colors`."""
    for mark in range(count):
        together = _i64(0)
        for channel in range(3):
            amount = min(max(light[_u64(3 * mark + channel)], _f32(0)), _f32(1))
            value = _i64(guesses[_u64(amount * _f32(4096))])
            while amount >= midpoints[_u64(value)]:
                value += 1
            together = together * 256 + value
        packed[_u64(mark)] = _i32(together)


@kernel
def nearest_colors(lab: ReadF32, palette: ReadF32, count: int, colors: int, choice: WriteI32) -> None:
    """The palette's nearest colour; see `nearest`."""
    for mark in range(count):
        p = _u64(3 * mark)
        l, a, b = lab[p], lab[p + _u64(1)], lab[p + _u64(2)]  # noqa: E741
        best, least = _i64(0), _f32(np.inf)
        for color in range(colors):
            q = _u64(3 * color)
            dl, da, db = palette[q] - l, palette[q + _u64(1)] - a, palette[q + _u64(2)] - b
            distance = dl * dl + da * da + db * db
            if distance < least:
                best, least = color, distance
        choice[_u64(mark)] = _i32(best)


@kernel
def dither_by_place(
    light: ReadF32,
    lab: ReadF32,
    positions: ReadF32,
    scale: float,
    palette_light: ReadF32,
    palette_lab: ReadF32,
    count: int,
    colors: int,
    choice: WriteI32,
) -> None:
    """Ordered dithering; see `dithered`. ``scale`` is 1 by the unit of the pattern."""
    one, two = _u64(1), _u64(2)
    for mark in range(count):
        p = _u64(3 * mark)
        first, least = _u64(0), _f32(np.inf)
        for color in range(colors):
            q = _u64(3 * color)
            dl, da, db = (
                palette_lab[q] - lab[p],
                palette_lab[q + one] - lab[p + one],
                palette_lab[q + two] - lab[p + two],
            )
            distance = dl * dl + da * da + db * db
            if distance < least:
                first, least = q, distance
        # What is missing, as light; and how much lighter light looks here (the slope of the cube root).
        red = light[p] - palette_light[first]
        green = light[p + one] - palette_light[first + one]
        blue = light[p + two] - palette_light[first + two]
        lightness = max(lab[p], _DIMMEST)
        slope = _f32(1) / (_f32(3) * lightness * lightness)
        slope *= slope
        second, share = first, _f32(0)
        cost = slope * (red * red + green * green + blue * blue)
        for color in range(colors):
            q = _u64(3 * color)
            dr = palette_light[q] - palette_light[first]
            dg = palette_light[q + one] - palette_light[first + one]
            db = palette_light[q + two] - palette_light[first + two]
            length = dr * dr + dg * dg + db * db
            if length == 0:
                continue
            part = min(max((red * dr + green * dg + blue * db) / length, _f32(0)), _f32(1))
            er, eg, eb = red - part * dr, green - part * dg, blue - part * db
            dl = palette_lab[q] - palette_lab[first]
            da = palette_lab[q + one] - palette_lab[first + one]
            dc = palette_lab[q + two] - palette_lab[first + two]
            contrast = dl * dl + da * da + dc * dc
            unrest = _UNREST * part * (_f32(1) - part) * contrast * contrast
            here = slope * (er * er + eg * eg + eb * eb) + unrest
            if here < cost:
                second, share, cost = q, part, here
        # The lighter of the two has the low thresholds whichever is nearer, so that the pattern goes on.
        if palette_lab[second] < palette_lab[first] or (palette_lab[second] == palette_lab[first] and second < first):
            first, second, share = second, first, _f32(1) - share
        place = _R2_X * (_f64(positions[_u64(2 * mark)]) * _f64(scale)) + _R2_Y * (
            _f64(positions[_u64(2 * mark) + one]) * _f64(scale)
        )
        chosen = second if _f64(share) > place - math.floor(place) else first
        choice[_u64(mark)] = _i32(_i64(chosen) // 3)


@kernel
def diffuse(
    light: ReadF32,
    positions: ReadF32,
    cells: ReadI64,
    members: ReadI64,
    starts: ReadI64,
    columns: int,
    rows: int,
    side: float,
    palette_light: ReadF32,
    count: int,
    colors: int,
    choice: WriteI32,
) -> None:
    """Error diffusion; see `diffused`.

    Parameters
    ----------
    light, positions, choice
        As there, but in the order of the turns.
    cells : (M,) int64
        The cell of each mark in a grid of ``columns`` × ``rows`` cells, whose ``side`` is how far error reaches.
    members : (M,) int64
        The marks by cells, those of a cell in the order of their turns.
    starts : (rows × columns + 1,) int64
        Where the marks of each cell begin in ``members``.
    """
    zero, one, two = _f32(0), _u64(1), _u64(2)
    lack = np.zeros(3 * count, np.float32)
    # In each cell, where those begin whose turn is still to come.
    coming = starts.copy()
    # No more can be owed than lies between a colour and the next: what is outside of all that the palette can mix
    # would pile up debts for ever.
    low, high = np.full(3, np.float32(np.inf)), np.full(3, np.float32(-np.inf))
    most = zero
    for color in range(colors):
        alone = _f32(np.inf)
        for other in range(colors):
            square = zero
            for channel in range(3):
                apart = palette_light[3 * color + channel] - palette_light[3 * other + channel]
                square += apart * apart
            if other != color:
                alone = min(alone, square)
        most = max(most, alone)
        for channel in range(3):
            low[channel] = min(low[channel], palette_light[3 * color + channel])
            high[channel] = max(high[channel], palette_light[3 * color + channel])
    wanted = np.zeros(3, np.float32)
    reach = side * side
    near_by = np.empty(9 * _CROWD, np.int64)
    shares = np.empty(9 * _CROWD, np.float32)
    for mark in range(count):
        coming[cells[mark]] += 1
        p = _u64(3 * mark)
        debt = lack[p] * lack[p] + lack[p + one] * lack[p + one] + lack[p + two] * lack[p + two]
        paid = _f32(math.sqrt(most / debt)) if debt > most else _f32(1)
        for channel in range(3):
            shown = min(max(light[p + _u64(channel)], low[channel]), high[channel])
            wanted[channel] = shown + lack[p + _u64(channel)] * paid
        best, least = _u64(0), _f32(np.inf)
        for color in range(colors):
            q = _u64(3 * color)
            dl, da, db = (
                palette_light[q] - wanted[0],
                palette_light[q + one] - wanted[1],
                palette_light[q + two] - wanted[2],
            )
            distance = dl * dl + da * da + db * db
            if distance < least:
                best, least = q, distance
        choice[mark] = _i32(_i64(best) // 3)
        red = wanted[0] - palette_light[best]
        green = wanted[1] - palette_light[best + one]
        blue = wanted[2] - palette_light[best + two]
        x, y = positions[2 * mark], positions[2 * mark + 1]
        column, row = cells[mark] % columns, cells[mark] // columns
        total, found = zero, _i64(0)
        for r in range(max(row - 1, 0), min(row + 2, rows)):
            for c in range(max(column - 1, 0), min(column + 2, columns)):
                # Where very many marks crowd together, some of them are enough.
                first = coming[r * columns + c]
                for member in range(first, min(starts[r * columns + c + 1], first + _CROWD)):
                    other = members[member]
                    dx, dy = positions[2 * other] - x, positions[2 * other + 1] - y
                    near = reach - dx * dx - dy * dy
                    if near > zero:
                        near_by[found] = other
                        shares[found] = near * near
                        total += near * near
                        found += 1
        if found == 0 and mark + 1 < count:
            dx, dy = positions[2 * mark + 2] - x, positions[2 * mark + 3] - y
            far = side * _f32(_APART / _REACH)
            if dx * dx + dy * dy < far * far:
                near_by[0], shares[0], total, found = mark + 1, _f32(1), _f32(1), _i64(1)
        for i in range(found):
            q = _u64(3 * near_by[i])
            share = shares[i] / total
            lack[q] += red * share
            lack[q + one] += green * share
            lack[q + two] += blue * share


@kernel
def sum_cells(
    light: ReadF32, lab: ReadF32, scale: float, count: int, counts: WriteI64, sums: WriteI64, cell_of: WriteI32
) -> None:
    """Light and number of the colours in each cell of a lattice; see `merged`. ``scale`` is 1 by a cell's side."""
    last = _CELLS - 1
    for mark in range(count):
        p = _u64(3 * mark)
        l = min(_i64(lab[p] * scale), last)  # noqa: E741
        a = min(max(_i64((lab[p + _u64(1)] - _LOWEST_CHROMA) * scale), 0), last)
        b = min(max(_i64((lab[p + _u64(2)] - _LOWEST_CHROMA) * scale), 0), last)
        cell = (l * _CELLS + a) * _CELLS + b
        cell_of[_u64(mark)] = _i32(cell)
        counts[cell] += 1
        for channel in range(3):
            amount = min(max(light[p + _u64(channel)], _f32(0)), _f32(1))
            sums[3 * cell + channel] += _i64(_f64(amount) * _WHITE)
