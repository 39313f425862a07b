"""Borders of a planar map as smooth lines with few corners, which never cross or touch.

Each border is smoothed and simplified for itself, which may make two of them cross, or make a thin region vanish. So
all are compared, and those that come too near to each other follow the pixels more closely, in the end exactly: the
middles of cracks joined by straight lines cannot touch.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import copied, empty, zeros
from vec2art_nb.kernels._jit import ReadF32, ReadI32, ReadI64, WriteF32, kernel
from vec2art_nb.kernels.clashes import mark_clashes, mark_swept
from vec2art_nb.kernels.planar_map import OUTSIDE, PlanarMap
from vec2art_nb.kernels.simplify import douglas_peucker

# For the type checker these are any numbers, as all is between kernels.
_U: Any = np.uint64
_i64: Any = np.int64
_f32: Any = np.float32

# How far a junction may move from the lattice: less than half a px, and its borders cannot meet anew.
_REACH = 0.4

# Tolerances of the rounds of simplification, as parts of the one asked for; in the last ones the pixels' own line.
_ROUNDS = ((1.0, True), (0.4, True), (0.1, True), (0.0, False))

Lines = tuple[NDArray[np.float32], NDArray[np.int64]]


def simplified_borders(borders: PlanarMap, tolerance_px: float, passes: int) -> Lines:
    """Few-cornered lines for all borders: none crosses or touches another, and no region vanishes.

    Parameters
    ----------
    borders : PlanarMap
    tolerance_px : float
        How far a line may be from the smoothed border.
    passes : int
        Of smoothing before; 0 takes the middles of cracks as they are.

    Returns
    -------
    points : (N, 2) float32
        A closed line does not repeat its first point.
    offsets : (B + 1,) int64
    """
    smooth = smoothed_borders(borders, passes)
    pixels = copied(borders.points)
    is_open = borders.ends[:, 0] >= 0
    # Only the junctions are where smoothing has put them.
    starts, stops = borders.offsets[:-1][is_open], borders.offsets[1:][is_open] - 1
    pixels[starts], pixels[stops] = smooth[starts], smooth[stops]
    closed = (~is_open).astype(np.uint8)
    frame = (borders.sides == OUTSIDE).any(axis=1)
    inner = np.flatnonzero(~frame)
    points, offsets = smooth, borders.offsets
    changed = np.ones(len(closed), np.uint8)
    chosen = inner
    is_ring = borders.ends[:, 0] == borders.ends[:, 1]
    is_exact = copied(frame)
    rounds = iter(_ROUNDS)
    while len(chosen):
        share, is_smooth = next(rounds, _ROUNDS[-1])
        part, part_offsets = _taken(smooth if is_smooth else pixels, borders.offsets, chosen)
        lines, line_offsets, _ = douglas_peucker(part, part_offsets, closed[chosen], share * tolerance_px)
        points, offsets = _replaced(points, offsets, chosen, lines, line_offsets)
        is_exact[chosen] = not is_smooth
        # A ring needs three corners; the closed ones do not repeat the first.
        clashing = (is_ring & (np.diff(offsets) < 3 + is_open)).view(np.uint8)
        mark_clashes(points, offsets, closed, changed, borders.width, borders.height, clashing)
        # Each round more borders follow the pixels exactly, which do not clash among themselves, so there is an end.
        mark_swept(borders, points, offsets, clashing, changed)
        clashing[is_exact] = 0
        chosen = np.flatnonzero(clashing)
        changed = clashing
    return points, offsets


def smoothed_borders(borders: PlanarMap, passes: int) -> NDArray[np.float32]:
    """The points of all borders after so many passes of a [1, 2, 1] / 4 average, in the layout of `PlanarMap`.

    Junctions move to the middle of their neighbours, by less than half a pixel; those on the frame stay on it.
    """
    points = copied(borders.points)
    count = len(borders.junctions)
    places = empty((count, 2), np.float32)
    sums = empty((count, 3), np.float32)
    smooth_borders(
        points, borders.offsets, borders.ends, borders.sides, borders.junctions, borders.width, borders.height,
        passes, _REACH, places, sums,
    )  # fmt: skip
    return points


def _taken(points: NDArray[np.float32], offsets: NDArray[np.int64], chosen: NDArray[np.intp]) -> Lines:
    """Some of the lines."""
    lengths = np.diff(offsets)[chosen]
    new = zeros(len(chosen) + 1, np.int64)
    np.cumsum(lengths, out=new[1:])
    part = empty((int(new[-1]), 2), np.float32)
    copy_lines(points, offsets, chosen.astype(np.int32), new[:-1], part)
    return part, new


def _replaced(
    points: NDArray[np.float32],
    offsets: NDArray[np.int64],
    chosen: NDArray[np.intp],
    lines: NDArray[np.float32],
    line_offsets: NDArray[np.int64],
) -> Lines:
    """All lines, some of them exchanged."""
    lengths = np.diff(offsets)
    lengths[chosen] = np.diff(line_offsets)
    new = zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=new[1:])
    result = empty((int(new[-1]), 2), np.float32)
    is_kept = np.ones(len(lengths), np.bool_)
    is_kept[chosen] = False
    kept = np.flatnonzero(is_kept).astype(np.int32)
    copy_lines(points, offsets, kept, new[kept], result)
    copy_lines(lines, line_offsets, np.arange(len(chosen), dtype=np.int32), new[chosen], result)
    return result, new


@kernel
def copy_lines(points: ReadF32, offsets: ReadI64, chosen: ReadI32, places: ReadI64, result: WriteF32) -> None:
    """Copy the chosen lines, each to its place in the result."""
    for k in range(chosen.size):
        n = _U(2 * places[k])
        first = _U(2 * offsets[chosen[k]])
        for i in range(_U(2 * offsets[chosen[k] + 1]) - first):
            result[n + i] = points[first + i]


@kernel
def smooth_borders(
    points: WriteF32, offsets: ReadI64, ends: ReadI32, sides: ReadI32, junctions: ReadI32, width: int, height: int,
    passes: int, reach: float, places: WriteF32, sums: WriteF32,
) -> None:  # fmt: skip
    """Smooth all borders in place; see `smoothed_borders`."""
    half = _f32(0.5)
    quarter = _f32(0.25)
    wide = _i64(width) + 1
    for j in range(junctions.size):
        places[2 * j] = _f32(junctions[j] % wide)
        places[2 * j + 1] = _f32(junctions[j] // wide)
    for _ in range(passes):
        for i in range(sums.size):
            sums[i] = _f32(0)
        for border in range(offsets.size - 1):
            first = offsets[border]
            last = offsets[border + 1] - 1
            if sides[2 * border] < 0 or sides[2 * border + 1] < 0:
                continue
            a = _i64(ends[2 * border])
            b = _i64(ends[2 * border + 1])
            is_open = a >= 0
            before_x = points[2 * first]
            before_y = points[2 * first + 1]
            start_x = before_x
            start_y = before_y
            if is_open:
                # What a junction tends to is known before anything moves.
                i = first + 1
                sums[3 * a] += points[2 * i]
                sums[3 * a + 1] += points[2 * i + 1]
                sums[3 * a + 2] += _f32(1)
                i = last - 1
                sums[3 * b] += points[2 * i]
                sums[3 * b + 1] += points[2 * i + 1]
                sums[3 * b + 2] += _f32(1)
            else:
                before_x = points[2 * last]
                before_y = points[2 * last + 1]
            for i in range(first + 1 if is_open else first, last if is_open else last + 1):
                x = points[2 * i]
                y = points[2 * i + 1]
                after_x = points[2 * i + 2] if i < last else start_x
                after_y = points[2 * i + 3] if i < last else start_y
                points[2 * i] = half * x + quarter * (before_x + after_x)
                points[2 * i + 1] = half * y + quarter * (before_y + after_y)
                before_x = x
                before_y = y
        for j in range(junctions.size):
            lattice_x = _f32(junctions[j] % wide)
            lattice_y = _f32(junctions[j] // wide)
            count = sums[3 * j + 2]
            if count > _f32(0):
                x = half * (places[2 * j] + sums[3 * j] / count)
                y = half * (places[2 * j + 1] + sums[3 * j + 1] / count)
                if lattice_x > _f32(0) and lattice_x < _f32(width):
                    places[2 * j] = min(max(x, lattice_x - reach), lattice_x + reach)
                if lattice_y > _f32(0) and lattice_y < _f32(height):
                    places[2 * j + 1] = min(max(y, lattice_y - reach), lattice_y + reach)
        for border in range(offsets.size - 1):
            if ends[2 * border] >= 0:
                for k in range(2):
                    i = offsets[border] if k == 0 else offsets[border + 1] - 1
                    j = _i64(ends[2 * border + k])
                    points[2 * i] = places[2 * j]
                    points[2 * i + 1] = places[2 * j + 1]
