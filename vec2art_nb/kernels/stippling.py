"""Relaxation: dots that move until each stands in the middle of an equal share of the ink."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import zeros
from vec2art_nb.kernels._jit import ReadI64, WriteF32, kernel
from vec2art_nb.kernels.stratified import stratified
from vec2art_nb.kernels.voronoi import Cells

_U: Any = np.uint64
_f32: Any = np.float32
_f64: Any = np.float64

Points = tuple[NDArray[np.float32], NDArray[np.float32]]

# How much of the step that would make a cell's ink right at once is taken; all cells take theirs together.
_DAMPING = 0.9

# Dots go so much farther than the middle of their cell, which settles sooner; in the last turns they go just there.
_HASTE, _CALM_TURNS = 1.3, 2

# A dot must stay in its own cell, so the power never exceeds this share of the cell's area.
_LARGEST_POWER = 0.35

# In a hexagonal cell, the ink that a unit of power brings for a unit of density: edges over twice their distances.
_GAIN = 3**0.5

# Dots stay so far inside the picture.
_EDGE = 1 / 64

# The pieces of the curve that the first dots come from are used to this share: fully random ones take longer to settle.
_SPREAD = 0.5

# How far the ink of a dot may be from its share before it splits or vanishes, in the first turn and in the last.
_FIRST_MARGIN, _LAST_MARGIN = 0.25, 0.5


def relaxed(weights: NDArray[np.uint16], count: int, iterations: int, seed: int) -> Points:
    """Dots that share the weight equally, each in the centre of its cell.

    Parameters
    ----------
    weights : (H, W) uint16
        Density of the dots, in any unit.
    count : int
        How many.
    iterations : int
        0 gives the first, stratified dots.
    seed : int

    Returns
    -------
    x, y : (count,) float32
        In the plane where pixel (x, y) covers [x, x + 1) × [y, y + 1). None when all weights are 0.

    Notes
    -----
    Plain weighted Lloyd relaxation (Secord) lets dense places thin out: it tends to the square root of the density.
    Here cells belong to a power diagram, and each dot's power follows what its cell lacks. So all come to the same
    ink, which a plain relaxation never reaches, and it does not freeze into hexagonal patches.

    References
    ----------
    Secord (2002), Weighted Voronoi stippling, NPAR; Balzer, Schlömer, Deussen (2009), Capacity-constrained point
    distributions, ACM TOG 28(3); de Goes et al. (2012), Blue noise through optimal transport, ACM TOG 31(6).
    """
    x, y = stratified(weights, count, _SPREAD, seed)
    if not len(x) or not iterations:
        return x, y
    return _settled(Cells(weights), x, y, iterations)


def split_and_merged(weights: NDArray[np.uint16], count: int, iterations: int, seed: int) -> Points:
    """Dots that split where there is too much ink for one, and vanish where there is too little.

    Parameters
    ----------
    weights : (H, W) uint16
        Density of the dots, in any unit.
    count : int
        About how many; the ink of one dot is what makes them come out so.
    iterations : int
        At 0 the dots are the first, stratified ones.
    seed : int

    Returns
    -------
    x, y : (M,) float32

    References
    ----------
    Deussen, Spicker, Zheng (2017), Weighted Linde-Buzo-Gray stippling, ACM TOG 36(6).
    """
    turns = -(-iterations // 3)
    # Few dots to begin with, which split into the rest; each turn at most doubles them, and one or two are for balance.
    first = max(1, count >> min(2, turns // 2))
    x, y = stratified(weights, first, _SPREAD, seed)
    if not len(x) or not iterations:
        return x, y
    cells = Cells(weights)
    share = cells.total / count
    for turn in range(turns):
        sums = cells.sums(x, y, zeros(len(x), np.float32), second=True)
        x, y = _centered(x, y, sums, cells)
        # Wider limits with every turn, so that fewer and fewer dots come and go.
        margin = _FIRST_MARGIN + (_LAST_MARGIN - _FIRST_MARGIN) * turn / turns
        x, y = _split(x, y, sums, sums[:, 0] / share, margin, cells)
        # Where the limits leave more or fewer dots than asked for, the ink of one is adapted.
        if turn > turns // 2:
            share *= len(x) / count
    return _settled(cells, x, y, iterations - turns)


def _split(
    x: NDArray[np.float32],
    y: NDArray[np.float32],
    sums: NDArray[np.int64],
    ink: NDArray[np.float64],
    margin: float,
    cells: Cells,
) -> Points:
    """Dots with much more ink than 1 become two along their cell, those with much less vanish."""
    parts = np.where(ink > 1 + margin, 2, np.where(ink < 1 - margin, 0, 1))
    if not parts.any():
        return x, y
    along_x, along_y = _long_axes(sums)
    # The two halves of a cell have their centres about a standard deviation from its own.
    side = np.where(parts == 2, 0.5, 0.0)
    first_x, first_y = np.repeat(x - side * along_x, parts), np.repeat(y - side * along_y, parts)
    second = np.flatnonzero(np.repeat(parts == 2, parts))[1::2]
    first_x[second] += along_x[parts == 2]
    first_y[second] += along_y[parts == 2]
    return _within(first_x, first_y, cells)


def _settled(cells: Cells, x: NDArray[np.float32], y: NDArray[np.float32], iterations: int) -> Points:
    """Dots in the middle of equal shares; see `relaxed`."""
    powers = zeros(len(x), np.float32)
    for turn in range(iterations):
        sums = cells.sums(x, y, powers)
        haste = _HASTE if turn < iterations - _CALM_TURNS else 1.0
        settle(sums, len(x), cells.total, cells.width, cells.height, haste, x, y, powers)
    return x, y


@kernel
def settle(
    sums: ReadI64, count: int, total: int, width: int, height: int, haste: float,
    x: WriteF32, y: WriteF32, powers: WriteF32,
) -> None:  # fmt: skip
    """Move dots towards the middle of their cells, and give power to those that lack ink; one turn of `relaxed`."""
    share = _f64(total) / _f64(count)
    right, bottom = _f64(width) - _EDGE, _f64(height) - _EDGE
    for i in range(_U(count)):
        s = _U(7) * i
        ink, area = _f64(sums[s]), _f64(sums[s + _U(3)])
        if ink == 0:
            powers[i] = _f32(0)
            continue
        to_x = _f64(sums[s + _U(1)]) / ink + 0.5 - _f64(x[i])
        to_y = _f64(sums[s + _U(2)]) / ink + 0.5 - _f64(y[i])
        x[i] = _f32(min(max(_f64(x[i]) + _f64(haste) * to_x, _EDGE), right))
        y[i] = _f32(min(max(_f64(y[i]) + _f64(haste) * to_y, _EDGE), bottom))
        most = _LARGEST_POWER * area
        step = min(max(_DAMPING * area * (share - ink) / (_GAIN * ink), -most), most)
        powers[i] = _f32(min(max(_f64(powers[i]) + step, -most), most))


def _centered(x: NDArray[np.float32], y: NDArray[np.float32], sums: NDArray[np.int64], cells: Cells) -> Points:
    """Dots moved to the middle of their cells."""
    ink = np.maximum(sums[:, 0], 1).astype(np.float64)
    some = sums[:, 0] > 0
    to_x, to_y = (np.where(some, sums[:, k] / ink + 0.5 - at, 0) for k, at in ((1, x), (2, y)))
    return _within(x + to_x, y + to_y, cells)


def _within(x: NDArray[np.floating], y: NDArray[np.floating], cells: Cells) -> Points:
    return (
        np.clip(x, _EDGE, cells.width - _EDGE).astype(np.float32),
        np.clip(y, _EDGE, cells.height - _EDGE).astype(np.float32),
    )


def _long_axes(sums: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The direction in which each cell is longest, as long as twice the standard deviation of its ink along it."""
    ink = np.maximum(sums[:, 0], 1).astype(np.float64)
    x, y = sums[:, 1] / ink, sums[:, 2] / ink
    # A pixel is a square, not a point.
    xx, xy, yy = sums[:, 4] / ink - x * x + 1 / 12, sums[:, 5] / ink - x * y, sums[:, 6] / ink - y * y + 1 / 12
    half, mean = (xx - yy) / 2, (xx + yy) / 2
    root = np.sqrt(half * half + xy * xy)
    length = 2 * np.sqrt(np.maximum(mean + root, 0))
    # Of two ways to write the eigenvector, the one without cancellation.
    ax = np.where(half >= 0, half + root, xy)
    ay = np.where(half >= 0, xy, root - half)
    norm = np.sqrt(ax * ax + ay * ay)
    flat = norm < 1e-9
    norm = np.where(flat, 1.0, norm)
    return length * np.where(flat, 1.0, ax / norm), length * np.where(flat, 0.0, ay / norm)
