"""Lines drawn on across what is not known: from one end to another, in the directions that both have."""

from __future__ import annotations

from typing import Any

import numpy as np

from vec2art_nb.kernels._jit import jitted

# For the type checker these are any numbers, as all is between kernels.
_i64: Any = np.int64

_CORNER = 0.64  # Cosine of the turn, about 50°, from which the legs are drawn on until they meet.


@jitted
def end_tangent(x: Any, y: Any, near: int, far: int) -> tuple[float, float]:
    """The direction out of a line at its point ``near``, from the points up to ``far``; (0, 0) for one point.

    That of the least-squares parabola through the points: a straight one would lag behind a curve.
    """
    count = abs(far - near) + 1
    step = _i64(1 if far >= near else -1)
    if count < 2:
        return 0.0, 0.0
    tx = x[near] - x[far]
    ty = y[near] - y[far]
    if count >= 6:
        middle = 0.5 * (count - 1)
        squares = 0.0
        fourths = 0.0
        for k in range(count):
            u = (k - middle) * (k - middle)
            squares += u
            fourths += u * u
        mean = squares / count
        spread = fourths - squares * mean
        lx, ly, qx, qy = 0.0, 0.0, 0.0, 0.0
        for k in range(count):
            u = k - middle
            v = u * u - mean
            lx += u * x[near + step * k]
            ly += u * y[near + step * k]
            qx += v * x[near + step * k]
            qy += v * y[near + step * k]
        # The slope at the near end, where u = -middle.
        tx = -(lx / squares - 2.0 * middle * qx / spread)
        ty = -(ly / squares - 2.0 * middle * qy / spread)
    length = np.sqrt(tx * tx + ty * ty)
    if length <= 0.0:
        return 0.0, 0.0
    return tx / length, ty / length


@jitted
def is_ink(mask: Any, height: int, width: int, x: float, y: float) -> Any:
    """Whether the pixel at a point is ink; beyond the picture nothing is."""
    if x < 0.0 or y < 0.0:
        return False
    column, row = _i64(x), _i64(y)
    return column < width and row < height and mask[row * width + column] != 0


@jitted
def connect(
    mask: Any, height: int, width: int,
    x: float, y: float, tx: float, ty: float, r: float,
    to_x: float, to_y: float, to_tx: float, to_ty: float, to_r: float,
    points: Any, total: int,
) -> int:  # fmt: skip
    """Write points about 1 px apart between two ends, without these; returns the number of points.

    A sharp turn becomes the corner at which both directions meet, not nearer to the end of the ink than half the pen;
    any other turn becomes a cubic curve.

    Parameters
    ----------
    mask : (H, W) uint8
    x, y, tx, ty, r : float
        The end that is left: its place, its direction and half the width there; those of the other end after them.
    points : (M, 3) float32, written from ``total`` on
    """
    dx = to_x - x
    dy = to_y - y
    distance = np.sqrt(dx * dx + dy * dy)
    pieces = _i64(distance + 0.5)
    if pieces < 1:
        return total
    turn = -(tx * to_tx + ty * to_ty)
    cross = tx * to_ty - ty * to_tx
    corner = False
    along = 0.0
    back = 0.0
    if turn < _CORNER and abs(cross) > 0.17:
        along = (dx * to_ty - dy * to_tx) / cross
        back = (dx * ty - dy * tx) / cross
        corner = 0.0 < along < 2.0 * distance and 0.0 < back < 2.0 * distance
    if corner:
        corner_x, corner_y = x + along * tx, y + along * ty
        middle_x, middle_y = 0.5 * (x + to_x), 0.5 * (y + to_y)
        ux, uy = corner_x - middle_x, corner_y - middle_y
        out = np.sqrt(ux * ux + uy * uy)
        if out > 0.0:
            ux /= out
            uy /= out
            half = 0.5 * (r + to_r)
            over = 0.0
            if is_ink(mask, height, width, corner_x, corner_y):
                while over > -half and is_ink(mask, height, width, corner_x - over * ux, corner_y - over * uy):
                    over -= 0.25
            else:
                while over < out and not is_ink(mask, height, width, corner_x - over * ux, corner_y - over * uy):
                    over += 0.25
            # Outlines are found to a pixel only: what is less is no reason to leave the corner.
            pull = over + half
            if pull > 1.0:
                out = max(out - pull, 0.0)
            corner_x, corner_y = middle_x + out * ux, middle_y + out * uy
        for leg in range(2):
            from_x, from_y = (corner_x, corner_y) if leg else (x, y)
            ux, uy = (to_x - corner_x, to_y - corner_y) if leg else (corner_x - x, corner_y - y)
            steps = max(_i64(np.sqrt(ux * ux + uy * uy) + 0.5), 1)
            for k in range(1, steps + 1 - leg):
                share = k / steps
                points[3 * total] = from_x + share * ux
                points[3 * total + 1] = from_y + share * uy
                points[3 * total + 2] = r + 0.5 * (leg + share) * (to_r - r)
                total += 1
        return total
    # Ends that point away from each other are joined straight.
    ahead = tx * dx + ty * dy
    behind = -(to_tx * dx + to_ty * dy)
    handle = 0.36 * distance if ahead > 0.0 and behind > 0.0 else 0.0
    for k in range(1, pieces):
        t = k / pieces
        s = 1.0 - t
        # Bernstein's polynomials; without handles the points are those of the straight line.
        a, b, c, d = s * s * s, 3.0 * s * s * t, 3.0 * s * t * t, t * t * t
        points[3 * total] = (a + b) * x + b * handle * tx + (c + d) * to_x + c * handle * to_tx
        points[3 * total + 1] = (a + b) * y + b * handle * ty + (c + d) * to_y + c * handle * to_ty
        points[3 * total + 2] = r + t * (to_r - r)
        total += 1
    return total
