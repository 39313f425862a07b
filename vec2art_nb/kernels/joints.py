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
def place_joint(x: Any, y: Any, i: int, low: int, high: int, most: float, joints: Any, at: int) -> None:
    """Write a smooth joint at point i: a local average, moved by at most ``most``, and the tangent there."""
    k = min(REACH, min(i - low, high - i))
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
        ax = 7.0 * px
        ay = 7.0 * py
        for j in range(1, 4):
            ax += (7 - j * j) * (x[i + j] + x[i - j])
            ay += (7 - j * j) * (y[i + j] + y[i - j])
        ax /= 21.0
        ay /= 21.0
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
def _leg(x: Any, y: Any, i: int, sign: int, tolerance: float) -> tuple[float, float, float, float, float]:
    """The leg on one side of point i: its middle, its direction away from the corner, and how far point i is from it.

    The distance is -1 when the leg is not straight.
    """
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
    off = -1.0
    if length > 0.0:
        tx /= length
        ty /= length
        off = abs((x[i] - mx) * ty - (y[i] - my) * tx)
        for j in range(1, LEG + 1):
            # The nearest point is rounded off, too; the fit looks at it later.
            most = tolerance if j == 1 else 0.5 * tolerance
            if abs((x[i + sign * j] - mx) * ty - (y[i + sign * j] - my) * tx) > most:
                off = -1.0
    return mx, my, tx, ty, off


@jitted
def place_corner(x: Any, y: Any, i: int, low: int, high: int, tolerance: float, joints: Any, at: int) -> None:
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
    ax, ay, atx, aty, before = _leg(x, y, i, _i64(-1), tolerance)
    if before < 0.0:
        return
    bx, by, btx, bty, after = _leg(x, y, i, _i64(1), tolerance)
    if after < 0.0:
        return
    sine = atx * bty - aty * btx
    off = before if before <= after else after
    if abs(sine) < 0.3 or off > 1.3 * tolerance:
        return
    along = ((bx - ax) * bty - (by - ay) * btx) / sine
    px = ax + along * atx
    py = ay + along * aty
    if (px - x[i]) * (px - x[i]) + (py - y[i]) * (py - y[i]) > 4.0:
        return
    # Pulled back by what point i would be too far away; the legs then lean by less than lines may.
    pull = 1.0 - 0.9 * tolerance / off if off > 0.9 * tolerance else 0.0
    joints[joint + 2] = px + pull * (x[i] - px)
    joints[joint + 3] = py + pull * (y[i] - py)
    if before <= after:
        joints[joint] = i + 1
    else:
        joints[joint + 1] = i - 1
