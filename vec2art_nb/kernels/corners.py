"""Corners of a planar map's borders rounded by curves that cannot cross, and the outlines of regions.

Each curve lies in a triangle that is free of everything else, so nothing crosses however finely the curves are
flattened.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import copied, empty, empty_like, zeros
from vec2art_nb.kernels._jit import ReadF32, ReadI32, ReadI64, ReadU8, WriteF32, WriteI32, WriteI64, WriteU8, kernel
from vec2art_nb.kernels.borders import Lines
from vec2art_nb.kernels.clashes import cells_of
from vec2art_nb.kernels.curves import CURVE4, LINETO, MOVETO, Paths
from vec2art_nb.kernels.planar_map import OUTSIDE, PlanarMap, Rings

# For the type checker these are any numbers, as all is between kernels.
_U: Any = np.uint64
_i64: Any = np.int64
_i32: Any = np.int32
_f32: Any = np.float32
_f64: Any = np.float64
_u8: Any = np.uint8


def rounded_borders(borders: PlanarMap, lines: Lines, deviation_px: float) -> Paths:
    """The lines with rounded corners, as Bézier curves.

    Parameters
    ----------
    borders, lines
        From `planar_map` and `simplified_borders`.
    deviation_px : float
        How far a curve may cut a corner; 0 leaves the lines as they are.

    Returns
    -------
    points : (M, 2) float32
        A closed path ends where it began.
    codes : (M,) uint8
    offsets : (B + 1,) int64
    """
    points, offsets = lines
    closed = (borders.ends[:, 0] < 0).astype(np.uint8)
    frame = (borders.sides == OUTSIDE).any(axis=1).astype(np.uint8)
    shift, across, down = cells_of(borders.width, borders.height, len(points))
    starts = zeros(across * down + 1, np.int32)
    items = empty(len(points), np.int32)
    curves = empty((4 * len(points) + 2 * len(closed), 2), np.float32)
    codes = empty(len(curves), np.uint8)
    curve_offsets = empty_like(offsets)
    total = round_corners(
        points, offsets, closed, frame, deviation_px, shift, across, down, starts, items, curves, codes, curve_offsets
    )
    return copied(curves[:total]), copied(codes[:total]), curve_offsets


def ring_paths(rings: Rings, curves: Paths, wanted: NDArray[np.bool_]) -> tuple[Paths, NDArray[np.int32]]:
    """The outlines of the wanted regions, each one path whose subpaths are its rings.

    Parameters
    ----------
    rings : Rings
    curves : Paths
        One for each border.
    wanted : (K,) bool
        By region.

    Returns
    -------
    paths : Paths
    regions : (P,) int32
        The region of each path, in rising order.
    """
    points, codes, offsets = curves
    lengths = np.diff(offsets)[rings.halves >> 1]
    sizes = np.add.reduceat(lengths, rings.offsets[:-1]) if len(rings.regions) else np.empty(0, np.int64)
    # Halves share their ends.
    sizes = sizes - np.diff(rings.offsets) + 1
    is_wanted = wanted[rings.regions]
    chosen = np.flatnonzero(is_wanted).astype(np.int32)
    begins = zeros(len(chosen) + 1, np.int64)
    np.cumsum(sizes[chosen], out=begins[1:])
    ring_points = empty((int(begins[-1]), 2), np.float32)
    ring_codes = empty(len(ring_points), np.uint8)
    copy_rings(rings.halves, rings.offsets, chosen, points, codes, offsets, begins, ring_points, ring_codes)
    regions, first = np.unique(rings.regions[chosen], return_index=True)
    path_offsets = np.append(begins[first], begins[-1])
    return (ring_points, ring_codes, path_offsets), regions.astype(np.int32)


def chosen_paths(paths: Paths, chosen: NDArray[np.intp]) -> Paths:
    """Some of the paths, in that order."""
    points, codes, offsets = paths
    begins = zeros(len(chosen) + 1, np.int64)
    np.cumsum(np.diff(offsets)[chosen], out=begins[1:])
    new_points = empty((int(begins[-1]), 2), np.float32)
    new_codes = empty(len(new_points), np.uint8)
    copy_paths(points, codes, offsets, chosen.astype(np.int32), begins, new_points, new_codes)
    return new_points, new_codes, begins


# --- kernels ----------------------------------------------------------------------------------------------------------


@kernel
def round_corners(
    points: ReadF32, offsets: ReadI64, closed: ReadU8, frame: ReadU8, deviation: float, shift: int, across: int,
    down: int, starts: WriteI32, items: WriteI32, curves: WriteF32, codes: WriteU8, curve_offsets: WriteI64,
) -> int:  # fmt: skip
    """Replace corners by curves where their triangles are empty; see `rounded_borders`. Returns the number of points.

    A corner v between neighbours a and b becomes the parabola with the control point v between points on the two
    sides. It lies in the triangle of these three, and bends away from v by half of the triangle's height.
    """
    half = _f32(0.5)
    # All vertices, by squares of the plane.
    for turn in range(2 if deviation > _f32(0) else 0):
        for i in range(points.size // 2):
            column = min(_i64(max(points[2 * i], _f32(0))) >> shift, across - 1)
            row = min(_i64(max(points[2 * i + 1], _f32(0))) >> shift, down - 1)
            q = row * across + column
            if turn == 0:
                starts[q] += _i32(1)
            else:
                starts[q] -= _i32(1)
                items[starts[q]] = _i32(i)
        if turn == 0:
            total = _i32(0)
            for q in range(starts.size):
                total += starts[q]
                starts[q] = total
    n = _i64(0)
    for border in range(offsets.size - 1):
        curve_offsets[border] = n
        first = offsets[border]
        last = offsets[border + 1] - 1
        is_closed = closed[border] != 0
        is_straight = frame[border] != 0 or deviation <= _f32(0)
        begin = n
        x = points[2 * first]
        y = points[2 * first + 1]
        if is_straight or not is_closed:
            curves[2 * n] = x
            curves[2 * n + 1] = y
            codes[n] = _u8(MOVETO)
            n += 1
        for i in range(first if is_closed and not is_straight else first + 1, last + 1):
            if is_straight or (i == last and not is_closed):
                if points[2 * i] != curves[2 * n - 2] or points[2 * i + 1] != curves[2 * n - 1]:
                    curves[2 * n] = points[2 * i]
                    curves[2 * n + 1] = points[2 * i + 1]
                    codes[n] = _u8(LINETO)
                    n += 1
                continue
            x = points[2 * i]
            y = points[2 * i + 1]
            before = i - 1 if i > first else last
            after = i + 1 if i < last else first
            ax = points[2 * before]
            ay = points[2 * before + 1]
            bx = points[2 * after]
            by = points[2 * after + 1]
            # A side that ends in a junction has no other corner: the curve may take all of it.
            most_a = _f32(1) if not is_closed and i - 1 == first else half
            most_b = _f32(1) if not is_closed and i + 1 == last else half
            ux = ax - x
            uy = ay - y
            vx = bx - x
            vy = by - y
            length_a = math.sqrt(ux * ux + uy * uy)
            length_b = math.sqrt(vx * vx + vy * vy)
            # Of a cut of length c on both sides the height is c / 2 times the length of the sum of the directions.
            sx = ux / length_a + vx / length_b
            sy = uy / length_a + vy / length_b
            bend = math.sqrt(sx * sx + sy * sy)
            cut = max(length_a, length_b)
            if cut * bend > _f32(4) * deviation:
                cut = _f32(4) * deviation / bend
            is_round = False
            px = x
            py = y
            qx = x
            qy = y
            for _ in range(4):
                share_a = min(cut / length_a, most_a)
                share_b = min(cut / length_b, most_b)
                # Halves and wholes exactly, so that what meets there is one point.
                px = x + share_a * ux
                py = y + share_a * uy
                qx = x + share_b * vx
                qy = y + share_b * vy
                if share_a == most_a:
                    px, py = (ax, ay) if most_a == _f32(1) else (half * (x + ax), half * (y + ay))
                if share_b == most_b:
                    qx, qy = (bx, by) if most_b == _f32(1) else (half * (x + bx), half * (y + by))
                area = (_f64(px) - x) * (_f64(qy) - y) - (_f64(py) - y) * (_f64(qx) - x)
                turned = 1.0 if area > 0 else -1.0
                low_x = min(x, min(px, qx))
                high_x = max(x, max(px, qx))
                low_y = min(y, min(py, qy))
                high_y = max(y, max(py, qy))
                is_round = True
                # A little around it is looked at too: coordinates are rounded.
                slack = 0.01 * (abs(_f64(px) - qx) + abs(_f64(py) - qy))
                first_row = _i64(max(low_y - half, _f32(0))) >> shift
                last_row = min(_i64(high_y + half) >> shift, down - 1)
                left = _i64(max(low_x - half, _f32(0))) >> shift
                right = min(_i64(high_x + half) >> shift, across - 1)
                for row in range(first_row, last_row + 1):
                    for item in range(starts[row * across + left], starts[row * across + right + 1]):
                        k = _i64(items[item])
                        wx = points[2 * k]
                        wy = points[2 * k + 1]
                        if (wx == x and wy == y) or (wx == ax and wy == ay) or (wx == bx and wy == by):
                            continue
                        # On the inner side of both legs and of the chord.
                        e1 = turned * ((_f64(px) - x) * (_f64(wy) - y) - (_f64(py) - y) * (_f64(wx) - x))
                        e2 = turned * ((_f64(wx) - x) * (_f64(qy) - y) - (_f64(wy) - y) * (_f64(qx) - x))
                        e3 = turned * ((_f64(qx) - px) * (_f64(wy) - py) - (_f64(qy) - py) * (_f64(wx) - px))
                        if e1 >= -slack and e2 >= -slack and e3 >= -slack:
                            is_round = False
                            break
                    if not is_round:
                        break
                if is_round:
                    break
                cut *= half
            if not is_round:
                px = x
                py = y
                qx = x
                qy = y
            if n == begin:
                curves[2 * n] = px
                curves[2 * n + 1] = py
                codes[n] = _u8(MOVETO)
                n += 1
            elif px != curves[2 * n - 2] or py != curves[2 * n - 1]:
                curves[2 * n] = px
                curves[2 * n + 1] = py
                codes[n] = _u8(LINETO)
                n += 1
            if is_round:
                third = _f32(1 / 3)
                two_thirds = _f32(2 / 3)
                curves[2 * n] = third * px + two_thirds * x
                curves[2 * n + 1] = third * py + two_thirds * y
                curves[2 * n + 2] = third * qx + two_thirds * x
                curves[2 * n + 3] = third * qy + two_thirds * y
                curves[2 * n + 4] = qx
                curves[2 * n + 5] = qy
                codes[n] = _u8(CURVE4)
                codes[n + 1] = _u8(CURVE4)
                codes[n + 2] = _u8(CURVE4)
                n += 3
        if is_closed and (curves[2 * n - 2] != curves[2 * begin] or curves[2 * n - 1] != curves[2 * begin + 1]):
            curves[2 * n] = curves[2 * begin]
            curves[2 * n + 1] = curves[2 * begin + 1]
            codes[n] = _u8(LINETO)
            n += 1
    curve_offsets[offsets.size - 1] = n
    return int(n)


@kernel
def copy_rings(
    halves: ReadI32, ring_offsets: ReadI64, chosen: ReadI32, points: ReadF32, codes: ReadU8, offsets: ReadI64,
    begins: ReadI64, ring_points: WriteF32, ring_codes: WriteU8,
) -> None:  # fmt: skip
    """Write the curves of each chosen ring one after the other; see `ring_paths`."""
    for r in range(chosen.size):
        n = begins[r]
        for h in range(ring_offsets[chosen[r]], ring_offsets[chosen[r] + 1]):
            border = halves[h] >> 1
            is_back = halves[h] & 1
            first = offsets[border]
            last = offsets[border + 1] - 1
            for k in range(0 if n == begins[r] else 1, last - first + 1):
                # The code of a point is that of what leads to it.
                i = last - k if is_back else first + k
                ring_points[2 * n] = points[2 * i]
                ring_points[2 * n + 1] = points[2 * i + 1]
                ring_codes[n] = _u8(MOVETO) if k == 0 else codes[i + 1 if is_back else i]
                n += 1


@kernel
def copy_paths(
    points: ReadF32, codes: ReadU8, offsets: ReadI64, chosen: ReadI32, begins: ReadI64, new_points: WriteF32,
    new_codes: WriteU8,
) -> None:  # fmt: skip
    """Write the chosen paths one after the other; see `chosen_paths`."""
    for k in range(chosen.size):
        first = _U(offsets[chosen[k]])
        n = _U(begins[k])
        for i in range(_U(begins[k + 1]) - n):
            new_points[_U(2) * (n + i)] = points[_U(2) * (first + i)]
            new_points[_U(2) * (n + i) + _U(1)] = points[_U(2) * (first + i) + _U(1)]
            new_codes[n + i] = codes[first + i]
