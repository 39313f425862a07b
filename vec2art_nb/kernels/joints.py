"""Where the sections of a curve meet: smooth joints on a local average, and corners where straight legs meet.

References
----------
Savitzky, Golay (1964), Smoothing and differentiation of data by simplified least squares, Analytical Chemistry 36(8).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from vec2art_nb.kernels._jit import jitted

# For the type checker these are any numbers, as all is between kernels.
_i64: Any = np.int64

REACH = 4  # Points on either side that a tangent or a corner's angle is taken from.
LEG = 6  # Points on either side that a corner's legs are taken from; the nearest is left out, it is rounded off.

# A joint is six float64: the point at which the section before it ends, the point at which the section after it
# starts (the same, but for sharpened corners), x, y, and the unit tangent's x, y; (0, 0) where the direction is free.
JOINT = 6


@jitted
def find_corners(
    x: Any, y: Any, start: int, end: int, high: int, reach: int, bend: float, corners: Any, base: int
) -> int:
    """Find where, from start to end, the stroke turns most and by more than allowed; returns how many.

    They are written from ``corners[base]`` on. ``bend`` is the cosine of the angle times its absolute value, so that
    no root is needed.
    """
    count: int = _i64(0)
    sharpest = 0.0
    for i in range(start, end):
        k = min(reach, i, high - i)
        if k < 2:
            continue
        ux = x[i] - x[i - k]
        uy = y[i] - y[i - k]
        vx = x[i + k] - x[i]
        vy = y[i + k] - y[i]
        dot = ux * vx + uy * vy
        lengths = (ux * ux + uy * uy) * (vx * vx + vy * vy)
        signed_square = dot * abs(dot)
        if signed_square >= bend * lengths:
            continue
        sharpness = signed_square / lengths
        is_new = count == 0 or i - corners[base + count - 1] > reach
        if is_new:
            count += 1
        if is_new or sharpness < sharpest:
            corners[base + count - 1] = i
            sharpest = sharpness
    return count


@jitted
def place_joint(x: Any, y: Any, i: int, low: int, high: int, most: float, joints: Any, at: int) -> None:
    """Write a smooth joint at point i: a local average, moved by at most ``most``, and the tangent there."""
    k = min(REACH, i - low, high - i)
    tx = 0.0
    ty = 0.0
    for j in range(1, k + 1):
        tx += j * (x[i + j] - x[i - j])
        ty += j * (y[i + j] - y[i - j])
    length = math.sqrt(tx * tx + ty * ty)
    scale = 1.0 / length if length > 0.0 else 0.0
    px = x[i]
    py = y[i]
    if k >= 3:
        # Savitzky–Golay, quadratic over seven points.
        ax = (7 * px + 6 * (x[i - 1] + x[i + 1]) + 3 * (x[i - 2] + x[i + 2]) - 2 * (x[i - 3] + x[i + 3])) / 21
        ay = (7 * py + 6 * (y[i - 1] + y[i + 1]) + 3 * (y[i - 2] + y[i + 2]) - 2 * (y[i - 3] + y[i + 3])) / 21
        if (ax - px) * (ax - px) + (ay - py) * (ay - py) <= most * most:
            px = ax
            py = ay
    joint = JOINT * at
    joints[joint] = i
    joints[joint + 1] = i
    joints[joint + 2] = px
    joints[joint + 3] = py
    joints[joint + 4] = tx * scale
    joints[joint + 5] = ty * scale


@jitted
def place_corner(
    x: Any, y: Any, i: int, low: int, high: int, tolerance: float, legs: Any, joints: Any, at: int
) -> None:
    """Write a joint without tangent at point i, moved to where the legs meet when these are straight.

    Moved, point i belongs to the section of the leg that it is nearer to, so that the fit still looks at it.
    """
    joint = JOINT * at
    joints[joint] = i
    joints[joint + 1] = i
    joints[joint + 2] = x[i]
    joints[joint + 3] = y[i]
    joints[joint + 4] = 0.0
    joints[joint + 5] = 0.0
    if i - low < LEG or high - i < LEG:
        return
    # Each leg: its middle, its direction away from the corner, and how far point i is from it.
    for side in range(2):
        sign = 2 * side - 1
        mx = 0.0
        my = 0.0
        tx = 0.0
        ty = 0.0
        for j in range(2, LEG + 1):
            mx += 0.2 * x[i + sign * j]
            my += 0.2 * y[i + sign * j]
            tx += (j - 4) * x[i + sign * j]
            ty += (j - 4) * y[i + sign * j]
        length = math.sqrt(tx * tx + ty * ty)
        if length == 0.0:
            return
        tx /= length
        ty /= length
        for j in range(1, LEG + 1):
            # The nearest point is rounded off, too; the fit looks at it later.
            most = tolerance if j == 1 else 0.5 * tolerance
            if abs((x[i + sign * j] - mx) * ty - (y[i + sign * j] - my) * tx) > most:
                return
        leg = 5 * side
        legs[leg] = mx
        legs[leg + 1] = my
        legs[leg + 2] = tx
        legs[leg + 3] = ty
        legs[leg + 4] = abs((x[i] - mx) * ty - (y[i] - my) * tx)
    sine = legs[2] * legs[8] - legs[3] * legs[7]
    off = min(legs[4], legs[9])
    if abs(sine) < 0.3 or off > 1.3 * tolerance:
        return
    along = ((legs[5] - legs[0]) * legs[8] - (legs[6] - legs[1]) * legs[7]) / sine
    px = legs[0] + along * legs[2]
    py = legs[1] + along * legs[3]
    if (px - x[i]) * (px - x[i]) + (py - y[i]) * (py - y[i]) > 4.0:
        return
    # Pulled back by what point i would be too far away; the legs then lean by less than lines may.
    pull = max(0.0, 1.0 - 0.9 * tolerance / off) if off > 0.0 else 0.0
    joints[joint + 2] = px + pull * (x[i] - px)
    joints[joint + 3] = py + pull * (y[i] - py)
    if legs[4] <= legs[9]:
        joints[joint] = i + 1
    else:
        joints[joint + 1] = i - 1
