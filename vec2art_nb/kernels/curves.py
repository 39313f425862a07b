"""Smooth curves through dense strokes: cubic Béziers that stay within a tolerance of every point.

Schneider's method, with four changes. Where nothing prescribes a tangent (at corners and at open ends) the control
point is free, which costs nothing because the sums are the same. A long span is first tried on few of its points, so
that spans that are too long fail cheaply. Splits are moved to a local average, because points found by
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

from vec2art_nb.kernels._jit import ReadF32, ReadI64, ReadU8, WriteF32, WriteI64, WriteU8, jitted, kernel
from vec2art_nb.kernels.joints import JOINT, LEG, REACH, find_corners, place_corner, place_joint

# For the type checker these are any numbers, as all is between kernels.
_i64: Any = np.int64
_f64: Any = np.float64

MOVETO, LINETO, CURVE4 = 1, 2, 4  # As in matplotlib.path.

Paths = tuple[NDArray[np.float32], NDArray[np.uint8], NDArray[np.int64]]

_SAMPLES = 16  # Points of a long span that are tried first.


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
    fitted = np.empty((capacity, 2), np.float32)
    codes = np.empty(capacity, np.uint8)
    fitted_offsets = np.empty_like(offsets)
    longest = int(np.diff(offsets).max(initial=0))
    total = fit_strokes(points, offsets, closed, tolerance_px, cosine, longest, fitted, codes, fitted_offsets)
    return fitted[:total].copy(), codes[:total].copy(), fitted_offsets


def polylines(points: NDArray[np.float32], offsets: NDArray[np.int64]) -> Paths:
    """The strokes as they are, in the layout of `fit_beziers`, with straight lines only."""
    codes = np.full(len(points), LINETO, np.uint8)
    starts = offsets[:-1]
    codes[starts[starts < offsets[1:]]] = MOVETO
    return points, codes, offsets


@jitted
def _is_straight(x: Any, y: Any, start: int, end: int, a: Any, b: Any, tolerance: float) -> bool:
    """Whether a line from joint a to joint b is near all points, and in the direction that smooth joints have.

    Half the tolerance, or shallow arcs would become lines; but blur may have rounded off the corners at the ends.
    """
    ux = b[2] - a[2]
    uy = b[3] - a[3]
    length = math.sqrt(ux * ux + uy * uy)
    if length == 0.0:
        return False
    ux /= length
    uy /= length
    if (a[4] != 0.0 or a[5] != 0.0) and a[4] * ux + a[5] * uy < 0.9998:
        return False
    if (b[4] != 0.0 or b[5] != 0.0) and b[4] * ux + b[5] * uy < 0.9998:
        return False
    for i in range(start + 1, end):
        vx = x[i] - a[2]
        vy = y[i] - a[3]
        along = vx * ux + vy * uy
        most = tolerance if i == start + 1 or i == end - 1 else 0.5 * tolerance
        if abs(vx * uy - vy * ux) > most or along < 0.0 or along > length:
            return False
    return True


@jitted
def _solve_handles(x: Any, y: Any, u: Any, start: int, end: int, step: int, arc: float, a: Any, b: Any, h: Any) -> None:
    """Least squares for the handles at the parameters u: from joint a in h[0:2], from joint b in h[2:4]."""
    dx = b[2] - a[2]
    dy = b[3] - a[3]
    # A faint pull to the thirds of the chord: it decides where the points are too few to.
    c11 = 0.001
    c12 = 0.0
    c22 = 0.001
    x1 = 0.001 / 3.0 * dx
    y1 = 0.001 / 3.0 * dy
    x2 = -x1
    y2 = -y1
    for i in range(start + step, end, step):
        t = u[i]
        s = 1.0 - t
        b1 = 3.0 * s * s * t
        b2 = 3.0 * s * t * t
        b23 = b2 + t * t * t
        rx = x[i] - a[2] - dx * b23
        ry = y[i] - a[3] - dy * b23
        c11 += b1 * b1
        c12 += b1 * b2
        c22 += b2 * b2
        x1 += b1 * rx
        y1 += b1 * ry
        x2 += b2 * rx
        y2 += b2 * ry
    determinant = c11 * c22 - c12 * c12
    px = (c22 * x1 - c12 * x2) / determinant
    py = (c22 * y1 - c12 * y2) / determinant
    qx = (c11 * x2 - c12 * x1) / determinant
    qy = (c11 * y2 - c12 * y1) / determinant
    ax = a[4]
    ay = a[5]
    bx = -b[4]
    by = -b[5]
    free_a = ax == 0.0 and ay == 0.0
    free_b = bx == 0.0 and by == 0.0
    # With one tangent given, the best length of its handle is the free handle's component.
    alpha = ax * px + ay * py
    beta = bx * qx + by * qy
    if not free_a and not free_b:
        cross = c12 * (ax * bx + ay * by)
        first = ax * x1 + ay * y1
        second = bx * x2 + by * y2
        determinant = c11 * c22 - cross * cross
        alpha = (c22 * first - cross * second) / determinant
        beta = (c11 * second - cross * first) / determinant
    # Wu and Barsky's way out, as in Schneider's paper.
    third = math.sqrt(dx * dx + dy * dy) / 3.0
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
    h[0] = px
    h[1] = py
    h[2] = qx
    h[3] = qy


@jitted
def _measure(x: Any, y: Any, u: Any, start: int, end: int, step: int, a: Any, b: Any, h: Any) -> tuple[float, int]:
    """Improve the parameters by one Gauss–Newton step; the largest squared distance at the new ones, and where."""
    # The curve less joint a, in powers: ((cubic t + square) t + linear) t.
    linear_x = 3.0 * h[0]
    linear_y = 3.0 * h[1]
    dx = b[2] - a[2]
    dy = b[3] - a[3]
    square_x = 3.0 * (dx + h[2]) - 2.0 * linear_x
    square_y = 3.0 * (dy + h[3]) - 2.0 * linear_y
    cubic_x = dx - square_x - linear_x
    cubic_y = dy - square_y - linear_y
    worst = -1.0
    where = start
    for i in range(start + step, end, step):
        px = x[i] - a[2]
        py = y[i] - a[3]
        t = u[i]
        ex = ((cubic_x * t + square_x) * t + linear_x) * t - px
        ey = ((cubic_y * t + square_y) * t + linear_y) * t - py
        vx = (3.0 * cubic_x * t + 2.0 * square_x) * t + linear_x
        vy = (3.0 * cubic_y * t + 2.0 * square_y) * t + linear_y
        t -= (ex * vx + ey * vy) / (vx * vx + vy * vy + 1e-9)
        t = min(max(t, 0.0), 1.0)
        u[i] = t
        ex = ((cubic_x * t + square_x) * t + linear_x) * t - px
        ey = ((cubic_y * t + square_y) * t + linear_y) * t - py
        distance = ex * ex + ey * ey
        if distance > worst:
            worst = distance
            where = i
    return worst, where


@jitted
def _try_cubic(
    x: Any, y: Any, length: Any, u: Any, start: int, end: int, tolerance: float, a: Any, b: Any, h: Any
) -> int:
    """Fit one cubic between two joints; -1 when it is near enough, else the point where it is worst."""
    arc = length[end] - length[start]
    scale = 1.0 / arc if arc > 0.0 else 0.0
    where = start
    step = _i64(1)
    if end - start > 3 * _SAMPLES:
        step = (end - start) // _SAMPLES
    while True:
        # Few points of a long span are tried first, and what they show must only be roughly right.
        most = tolerance if step == 1 else 2.0 * tolerance
        for i in range(start + step, end, step):
            u[i] = (length[i] - length[start]) * scale
        attempts = 0
        worst = 0.0
        while attempts < 3:
            _solve_handles(x, y, u, start, end, step, arc, a, b, h)
            worst, where = _measure(x, y, u, start, end, step, a, b, h)
            attempts += 1
            # A second look takes a quarter of a circle from 0.17 px off to 0.06, unless it is hopeless.
            good = worst <= most * most and (attempts > 1 or step > 1 or worst <= 0.0625 * most * most)
            if good or worst > 9.0 * most * most:
                break
        if worst > most * most:
            return where
        if step == 1:
            return -1
        step = _i64(1)


@jitted
def _fit_section(
    x: Any, y: Any, length: Any, u: Any, low: int, high: int, tolerance: float, joints: Any, a: Any, b: Any, h: Any,
    fitted: Any, codes: Any, n: int,
) -> int:  # fmt: skip
    """Fit from joint a to the joint on the stack, splitting where need be; returns the number of points written."""
    depth = _i64(1)
    while depth > 0:
        for k in range(JOINT):
            b[k] = joints[JOINT * (depth - 1) + k]
        start = _i64(a[1])
        end = _i64(b[0])
        count = end - start
        if count == 1 or _is_straight(x, y, start, end, a, b, tolerance):
            codes[n] = LINETO
        else:
            where = _try_cubic(x, y, length, u, start, end, tolerance, a, b, h)
            if where >= 0:
                # Between the worst point and the middle: fewer curves than with either.
                margin = min(count // 2, 2 + count // 8)
                middle = min(max((2 * where + start + end) // 4, start + margin), end - margin)
                place_joint(x, y, middle, low, high, 0.5 * tolerance, joints, depth)
                depth += 1
                continue
            fitted[2 * n] = a[2] + h[0]
            fitted[2 * n + 1] = a[3] + h[1]
            fitted[2 * n + 2] = b[2] + h[2]
            fitted[2 * n + 3] = b[3] + h[3]
            codes[n] = CURVE4
            codes[n + 1] = CURVE4
            codes[n + 2] = CURVE4
            n += 2
        fitted[2 * n] = b[2]
        fitted[2 * n + 1] = b[3]
        n += 1
        for k in range(JOINT):
            a[k] = b[k]
        depth -= 1
    return n


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
    # A loop is laid out twice, with a few points before and after: no index ever wraps.
    size = 2 * longest + 2 * LEG
    x = np.empty(size)
    y = np.empty(size)
    length = np.empty(size)
    u = np.empty(size)
    corners = np.empty(longest + 8, np.int64)
    fixed = np.empty(JOINT * (longest + 8))
    joints = np.empty(JOINT * (longest + 8))
    a = np.empty(JOINT)
    b = np.empty(JOINT)
    h = np.empty(4)
    legs = np.empty(10)
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
        for i in range(high + 1):
            x[i] = points[2 * (first + k)]
            y[i] = points[2 * (first + k) + 1]
            k = k + 1 if k + 1 < count else zero
        length[0] = 0.0
        for i in range(1, high + 1):
            vx = x[i] - x[i - 1]
            vy = y[i] - y[i - 1]
            length[i] = length[i - 1] + math.sqrt(vx * vx + vy * vy)

        # A circle of n points turns by 360° / n from point to point; a small one has no corners for that.
        reach = min(REACH, max(2, count // 8)) if is_loop else _i64(REACH)
        base = _i64(1) if is_loop else _i64(2)
        found = find_corners(x, y, start, end, high, reach, bend, corners, base)
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
            sections = base + found - 1
            corners[0] = corners[found] - count if is_loop else start
            corners[1] = corners[1] if is_loop else start
            corners[base + found] = corners[1] + count if is_loop else end
            corners[base + found + 1] = corners[2] + count if is_loop else end
            for c in range(sections + 1):
                place_corner(x, y, corners[c + 1], corners[c], corners[c + 2], allowed, legs, fixed, c)
        for k in range(JOINT):
            a[k] = fixed[k]
        codes[n] = MOVETO
        fitted[2 * n] = a[2]
        fitted[2 * n + 1] = a[3]
        n += 1
        if count > 1:
            for c in range(sections):
                for k in range(JOINT):
                    joints[k] = fixed[JOINT * (c + 1) + k]
                section_low = zero if is_smooth else _i64(a[1])
                section_high = high if is_smooth else _i64(joints[0])
                n = _fit_section(x, y, length, u, section_low, section_high, allowed, joints, a, b, h, fitted, codes, n)
        if is_loop and codes[n - 1] == LINETO:
            n -= 1  # Closing draws this line.
        fitted_offsets[stroke + 1] = n
    return n
