"""Smooth curves through dense strokes: cubic Béziers that stay within a tolerance of every point.

Schneider's method, with five changes. Where nothing prescribes a tangent (at corners and at open ends) the control
point is free, which costs nothing because the sums are the same. A span is first tried on few of its points, so that
spans that are too long fail cheaply, and those that are not begin near their solution. A very long one is fitted to
some of its points and then compared with all. Splits are moved to a local average, because points found by
interpolation between pixels carry a staircase of about 0.1 px. And the corner between two straight legs, which blur
has rounded off, is moved to where the legs meet.

References
----------
Schneider (1990), An algorithm for automatically fitting digitized curves, Graphics Gems I.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import copied, empty, empty_like, full
from vec2art_nb.kernels._jit import ReadF32, ReadI64, ReadU8, WriteF32, WriteI64, WriteU8, jitted, kernel
from vec2art_nb.kernels.joints import JOINT, LEG, REACH, place_corner, place_joint

# For the type checker these are any numbers, as all is between kernels.
_i64: Any = np.int64
_u64: Any = np.uint64
_f32: Any = np.float32
_f64: Any = np.float64

MOVETO, LINETO, CURVE4 = 1, 2, 4  # As in matplotlib.path.

Paths = tuple[NDArray[np.float32], NDArray[np.uint8], NDArray[np.int64]]

_SAMPLES = _i64(8)  # Points of a span that are tried first.
_ROOM = 64  # Points of a span that are fitted; all of them are measured. A multiple of eight, as vectors are.

_ZERO, _ONE, _TWO, _THREE, _TINY = _f32(0), _f32(1), _f32(2), _f32(3), _f32(1e-9)
_N0, _N1, _N2, _N3, _N4, _N8 = _u64(0), _u64(1), _u64(2), _u64(3), _u64(4), _u64(8)

# The columns of the workspace. Their distances are constants, or the loops over them would not vectorise.
_X, _Y, _T, _D = _u64(0), _u64(_ROOM), _u64(2 * _ROOM), _u64(3 * _ROOM)
_C11, _C12, _C22 = _u64(4 * _ROOM), _u64(5 * _ROOM), _u64(6 * _ROOM)
_X1, _Y1, _X2, _Y2 = _u64(7 * _ROOM), _u64(8 * _ROOM), _u64(9 * _ROOM), _u64(10 * _ROOM)
_WORKSPACE = 11 * _ROOM


def fit_beziers(
    points: NDArray[np.float32],
    offsets: NDArray[np.int64],
    closed: NDArray[np.uint8],
    tolerance_px: float,
    corner_angle_deg: float,
) -> Paths:
    """Fit cubic Béziers, and lines where the stroke is straight; no point is farther from its curve than the tolerance.

    Where a stroke turns by more than ``corner_angle_deg`` within a few pixels, the curve has a corner at that
    point. Everywhere else its direction is continuous, also where a closed stroke begins. A closed curve ends at its
    first point, but for a last line, which closing draws. A stroke of one point becomes a lone MOVETO, so that
    path i is always stroke i.

    Returns
    -------
    points : (M, 2) float32
    codes : (M,) uint8
        As in `matplotlib.path`: 1 MOVETO, 2 LINETO, 4 CURVE4 in threes.
    offsets : (S + 1,) int64
    """
    # Correctly rounded to float32, the cosine is the same on every machine.
    cosine = float(np.float32(math.cos(math.radians(corner_angle_deg))))
    capacity = 2 * len(points) + 2 * len(closed)
    fitted = empty((capacity, 2), np.float32)
    codes = empty(capacity, np.uint8)
    fitted_offsets = empty_like(offsets)
    longest = int(np.diff(offsets).max(initial=0))
    total = fit_strokes(points, offsets, closed, tolerance_px, cosine, longest, fitted, codes, fitted_offsets)
    return copied(fitted[:total]), copied(codes[:total]), fitted_offsets


def polylines(points: NDArray[np.float32], offsets: NDArray[np.int64]) -> Paths:
    """The strokes as they are, in the layout of `fit_beziers`, with straight lines only."""
    codes = full(len(points), LINETO, np.uint8)
    starts = offsets[:-1]
    codes[starts[starts < offsets[1:]]] = MOVETO
    return points, codes, offsets


@jitted
def _solve_handles(
    c11: float, c12: float, c22: float, x1: float, y1: float, x2: float, y2: float,
    dx: float, dy: float, ax: float, ay: float, bx: float, by: float, third: float, arc: float,
) -> tuple[float, float, float, float]:  # fmt: skip
    """Solve the normal equations for both handles; (ax, ay) and (bx, by) are their directions where these are given."""
    free_a = ax == 0.0 and ay == 0.0
    free_b = bx == 0.0 and by == 0.0
    px, py, qx, qy = 0.0, 0.0, 0.0, 0.0
    if free_a or free_b:
        scale = 1.0 / (c11 * c22 - c12 * c12)
        px = (c22 * x1 - c12 * x2) * scale
        py = (c22 * y1 - c12 * y2) * scale
        qx = (c11 * x2 - c12 * x1) * scale
        qy = (c11 * y2 - c12 * y1) * scale
        # With one tangent given, the best length of its handle is the free handle's component.
        alpha = ax * px + ay * py
        beta = bx * qx + by * qy
    else:
        cross = c12 * (ax * bx + ay * by)
        first = ax * x1 + ay * y1
        second = bx * x2 + by * y2
        scale = 1.0 / (c11 * c22 - cross * cross)
        alpha = (c22 * first - cross * second) * scale
        beta = (c11 * second - cross * first) * scale
    # Wu and Barsky's way out, as in Schneider's paper.
    if alpha <= 0.0 or alpha > arc:
        alpha = third
    if beta <= 0.0 or beta > arc:
        beta = third
    if not free_a:
        px = alpha * ax
        py = alpha * ay
        if free_b:
            qx = (x2 - c12 * px) / c22
            qy = (y2 - c12 * py) / c22
    if not free_b:
        qx = beta * bx
        qy = beta * by
        if free_a:
            px = (x1 - c12 * qx) / c11
            py = (y1 - c12 * qy) / c11
    if px * px + py * py > arc * arc:
        px = dx / 3.0
        py = dy / 3.0
    if qx * qx + qy * qy > arc * arc:
        qx = -dx / 3.0
        qy = -dy / 3.0
    return px, py, qx, qy


@jitted
def _sharpness(ux: float, uy: float, vx: float, vy: float) -> float:
    """The cosine of the angle between two sides, times its absolute value, so that no root is needed."""
    dot = ux * vx + uy * vy
    return dot * abs(dot) / ((ux * ux + uy * uy) * (vx * vx + vy * vy))


@kernel
def fit_strokes(
    points: ReadF32,
    offsets: ReadI64,
    closed: ReadU8,
    tolerance: float,
    corner_cosine: float,
    longest: int,
    fitted: WriteF32,
    codes: WriteU8,
    fitted_offsets: WriteI64,
) -> int:
    """Fit cubic Béziers to every stroke; returns the number of points written.

    Parameters
    ----------
    points : (N, 2) float32
    offsets : (S + 1,) int64
    closed : (S,) uint8
    tolerance : float32
        Largest distance of a point from its curve, in the unit of the points.
    corner_cosine : float32
        Cosine of the angle from which a turn is a corner.
    longest : int
        Points of the longest stroke.
    fitted : (2 N + 2 S, 2) float32, written
    codes : (2 N + 2 S,) uint8, written
    fitted_offsets : (S + 1,) int64, written

    Notes
    -----
    A curve spans two sides at least, and a sharpened corner, of which there is at most one in three points, adds a
    side: 2 N + 2 S points are enough.
    """
    # A loop is laid out twice, with a few points before and after: no index ever wraps. All that is done for each point
    # stands in this one function: each array handed to a helper costs 5 ns of atomic reference counts a call.
    size = 2 * longest + 2 * LEG
    x = np.empty(size)
    y = np.empty(size)
    length = np.empty(size)
    sharpness = np.empty(size)
    corners = np.empty(longest + 8, np.int64)
    fixed = np.empty(JOINT * (longest + 8))
    joints = np.empty(JOINT * (longest + 8))
    work = np.empty(_WORKSPACE, np.float32)
    sums = np.empty(7)
    allowed = _f64(tolerance)
    bend = _f64(corner_cosine) * abs(_f64(corner_cosine))
    zero = _i64(0)
    n: int = zero
    fitted_offsets[0] = 0
    for stroke in range(_i64(closed.size)):
        first = offsets[stroke]
        count = offsets[stroke + 1] - first
        fitted_offsets[stroke + 1] = n
        if count == 0:
            continue
        is_loop = closed[stroke] != 0 and count > REACH
        start = _i64(LEG) if is_loop else zero
        end = start + count if is_loop else count - 1
        high = end + count + LEG - 1 if is_loop else end
        k = (-start) % count
        along = 0.0
        for i in range(high + 1):
            x[i] = points[2 * (first + k)]
            y[i] = points[2 * (first + k) + 1]
            k = k + 1 if k + 1 < count else zero
            if i > 0:
                vx = x[i] - x[i - 1]
                vy = y[i] - y[i - 1]
                along += math.sqrt(vx * vx + vy * vy)
            length[i] = along

        # Corners: where the stroke turns most and by more than allowed. First the points with a full reach on either
        # side, which vectorises, then those near the ends.
        # A circle of n points turns by 360° / n from point to point; a small one has no corners for that.
        reach = min(REACH, max(2, count // 8)) if is_loop else _i64(REACH)
        lead = _i64(1) if is_loop else _i64(2)
        inner = min(max(start, reach), end)
        outer = max(min(end, high - reach + 1), inner)
        step = _u64(reach)
        for i in range(_u64(inner), _u64(outer)):
            before, after = i - step, i + step
            sharpness[i] = _sharpness(x[i] - x[before], y[i] - y[before], x[after] - x[i], y[after] - y[i])
        i = start
        while i < end:
            if i == inner:
                i = outer
                if i == end:
                    break
            k = min(reach, min(i, high - i))
            before, after = _u64(i - k), _u64(i + k)
            sharpness[i] = 1.0
            if k > 1:
                sharpness[i] = _sharpness(x[i] - x[before], y[i] - y[before], x[after] - x[i], y[after] - y[i])
            i += 1
        found = zero
        for i in range(start, end):
            if sharpness[i] < bend:
                is_new = found == 0 or i - corners[lead + found - 1] > reach
                if is_new:
                    found += 1
                if is_new or sharpness[i] < sharpness[corners[lead + found - 1]]:
                    corners[lead + found - 1] = i
        if is_loop and found > 1 and corners[1] + count - corners[found] <= reach:
            found -= 1

        # The joints that stand fast: ends and corners; in a loop without these its quarters, so that a circle comes
        # out round whatever the tolerance.
        is_smooth = is_loop and found == 0
        if is_smooth:
            sections = _i64(4)
            for c in range(5):
                place_joint(x, y, start + count * c // 4, zero, high, 0.5 * allowed, fixed, c)
        else:
            # One more on either side, as bounds for the legs.
            sections = lead + found - 1
            corners[0] = corners[found] - count if is_loop else start
            corners[1] = corners[1] if is_loop else start
            corners[lead + found] = corners[1] + count if is_loop else end
            corners[lead + found + 1] = corners[2] + count if is_loop else end
            for c in range(sections + 1):
                place_corner(x, y, corners[c + 1], corners[c], corners[c + 2], allowed, fixed, c)
        a_point = _i64(fixed[1])
        a_x, a_y, a_tx, a_ty = fixed[2], fixed[3], fixed[4], fixed[5]
        codes[n] = MOVETO
        fitted[2 * n] = a_x
        fitted[2 * n + 1] = a_y
        n += 1
        if count == 1:
            fitted_offsets[stroke + 1] = n
            continue
        for c in range(sections):
            section_low = zero if is_smooth else a_point
            for k in range(JOINT):
                joints[k] = fixed[JOINT * (c + 1) + k]
            section_high = high if is_smooth else _i64(joints[0])
            depth = _i64(1)
            # From joint a to the joint on the stack, splitting where need be.
            while depth > 0:
                joint = JOINT * (depth - 1)
                start = a_point
                end = _i64(joints[joint])
                b_x, b_y, b_tx, b_ty = joints[joint + 2], joints[joint + 3], -joints[joint + 4], -joints[joint + 5]
                span = end - start
                dx = b_x - a_x
                dy = b_y - a_y

                # A line, when it is near all points, and in the direction that smooth joints have. Half the tolerance,
                # or shallow arcs would become lines; but blur may have rounded off the corners at the ends.
                chord = math.sqrt(dx * dx + dy * dy)
                is_line = span == 1
                if chord > 0.0:
                    ux = dx / chord
                    uy = dy / chord
                    lean_a = a_tx * ux + a_ty * uy - 0.9998 * (a_tx * a_tx + a_ty * a_ty)
                    lean_b = -b_tx * ux - b_ty * uy - 0.9998 * (b_tx * b_tx + b_ty * b_ty)
                    if lean_a >= 0.0 and lean_b >= 0.0:
                        is_line = True
                        for i in range(start + 1, end):
                            vx = x[i] - a_x
                            vy = y[i] - a_y
                            along = vx * ux + vy * uy
                            off = abs(vx * uy - vy * ux)
                            if i > start + 1 and i < end - 1:
                                off *= 2.0
                            if off > allowed or along < 0.0 or along > chord:
                                is_line = False
                                break
                where = _i64(-1)
                if not is_line:
                    # Few points of a span are tried first, so that spans that are too long fail cheaply.
                    arc = length[end] - length[start]
                    scale = 1.0 / arc if arc > 0.0 else 0.0
                    step = (span + _SAMPLES - 1) // _SAMPLES if span > 12 else _i64(1)
                    is_sampled = step > 1
                    is_check = False
                    is_solved = False
                    px, py, qx, qy = 0.0, 0.0, 0.0, 0.0
                    base = start
                    m = (span - 1) // step
                    while True:
                        most = 2.25 * allowed * allowed if is_sampled else allowed * allowed
                        padded = _u64((m + 7) // 8) * _N8
                        at = _u64(base)
                        for j in range(_u64(m)):
                            at += _u64(step)
                            work[_X + j] = x[at] - a_x
                            work[_Y + j] = y[at] - a_y
                            work[_T + j] = (length[at] - length[start]) * scale
                        # Points that add nothing, up to a whole number of vectors.
                        for j in range(_u64(m), padded):
                            work[_X + j] = _ZERO
                            work[_Y + j] = _ZERO
                            work[_T + j] = _ZERO
                        attempts = 0
                        while True:
                            if not is_solved:
                                # Least squares for the handles at the parameters.
                                wx = _f32(dx)
                                wy = _f32(dy)
                                for j in range(padded):
                                    t = work[_T + j]
                                    s = _ONE - t
                                    b1 = _THREE * s * s * t
                                    b2 = _THREE * s * t * t
                                    b23 = b2 + t * t * t
                                    rx = work[_X + j] - wx * b23
                                    ry = work[_Y + j] - wy * b23
                                    work[_C11 + j] = b1 * b1
                                    work[_C12 + j] = b1 * b2
                                    work[_C22 + j] = b2 * b2
                                    work[_X1 + j] = b1 * rx
                                    work[_Y1 + j] = b1 * ry
                                    work[_X2 + j] = b2 * rx
                                    work[_Y2 + j] = b2 * ry
                                # A faint pull to the thirds of the chord decides where the points are too few to.
                                sums[0] = 0.001
                                sums[1] = 0.0
                                sums[2] = 0.001
                                sums[3] = 0.001 / 3.0 * dx
                                sums[4] = 0.001 / 3.0 * dy
                                sums[5] = -sums[3]
                                sums[6] = -sums[4]
                                for j in range(_N0, padded, _N4):
                                    for k in range(7):
                                        # Four at a time, for the sake of shorter chains of additions.
                                        at = _C11 + _u64(_ROOM * k) + j
                                        four = (work[at] + work[at + _N1]) + (work[at + _N2] + work[at + _N3])
                                        sums[k] += four
                                px, py, qx, qy = _solve_handles(
                                    sums[0], sums[1], sums[2], sums[3], sums[4], sums[5], sums[6],
                                    dx, dy, a_tx, a_ty, b_tx, b_ty, chord / 3.0, arc,
                                )  # fmt: skip
                            # The curve less joint a, in powers: ((cubic t + square) t + linear) t.
                            linear_x = _f32(3.0 * px)
                            linear_y = _f32(3.0 * py)
                            square_x = _f32(3.0 * (dx + qx) - 6.0 * px)
                            square_y = _f32(3.0 * (dy + qy) - 6.0 * py)
                            cubic_x = _f32(3.0 * (px - qx) - 2.0 * dx)
                            cubic_y = _f32(3.0 * (py - qy) - 2.0 * dy)
                            # Improve the parameters by one Gauss–Newton step; the distances at the new ones.
                            for j in range(padded):
                                t = work[_T + j]
                                ex = ((cubic_x * t + square_x) * t + linear_x) * t - work[_X + j]
                                ey = ((cubic_y * t + square_y) * t + linear_y) * t - work[_Y + j]
                                slope_x = (_THREE * cubic_x * t + _TWO * square_x) * t + linear_x
                                slope_y = (_THREE * cubic_y * t + _TWO * square_y) * t + linear_y
                                t -= (ex * slope_x + ey * slope_y) / (slope_x * slope_x + slope_y * slope_y + _TINY)
                                t = _ZERO if t < _ZERO else t
                                t = _ONE if t > _ONE else t
                                work[_T + j] = t
                                ex = ((cubic_x * t + square_x) * t + linear_x) * t - work[_X + j]
                                ey = ((cubic_y * t + square_y) * t + linear_y) * t - work[_Y + j]
                                work[_D + j] = ex * ex + ey * ey
                            worst = -_ONE
                            at = _N0
                            for j in range(_N0, padded, _N2):
                                k = j
                                if work[_D + j + _N1] > work[_D + j]:
                                    k = j + _N1
                                if work[_D + k] > worst:
                                    worst = work[_D + k]
                                    at = k
                            attempts += 1
                            # A second look takes a quarter of a circle from 0.17 px off to 0.06, unless it is hopeless.
                            # After it few come near enough that are off by a fifth.
                            good = worst <= most and (attempts > 1 or is_sampled or is_check or worst <= 0.0625 * most)
                            if good or attempts == 3 or worst > (9.0 if attempts == 1 else 1.5) * most:
                                break
                            is_solved = is_check
                        if worst > most:
                            where = base + step * (_i64(at) + 1)
                            break
                        if is_sampled:
                            step = 1 + (span - 2) // _ROOM
                            m = (span - 1) // step
                        elif is_check or step > 1:
                            # Of a long span not all points were fitted, but all must be near enough.
                            base = base + m if is_check else start
                            is_check = True
                            step = _i64(1)
                            m = min(_ROOM, end - 1 - base)
                            if m == 0:
                                break
                        else:
                            break
                        is_sampled = False
                        is_solved = True
                if where >= 0:
                    # Between the worst point and the middle: fewer curves than with either.
                    margin = min(span // 2, 2 + span // 8)
                    middle = min(max((2 * where + start + end) // 4, start + margin), end - margin)
                    place_joint(x, y, middle, section_low, section_high, 0.5 * allowed, joints, depth)
                    depth += 1
                    continue
                if is_line:
                    codes[n] = LINETO
                else:
                    fitted[2 * n] = a_x + px
                    fitted[2 * n + 1] = a_y + py
                    fitted[2 * n + 2] = b_x + qx
                    fitted[2 * n + 3] = b_y + qy
                    codes[n] = CURVE4
                    codes[n + 1] = CURVE4
                    codes[n + 2] = CURVE4
                    n += 2
                fitted[2 * n] = b_x
                fitted[2 * n + 1] = b_y
                n += 1
                a_point = _i64(joints[JOINT * (depth - 1) + 1])
                a_x, a_y, a_tx, a_ty = b_x, b_y, -b_tx, -b_ty
                depth -= 1
        if is_loop and codes[n - 1] == LINETO:
            n -= 1  # Closing draws this line.
        fitted_offsets[stroke + 1] = n
    return n
