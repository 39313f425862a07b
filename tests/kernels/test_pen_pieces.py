"""The sides of a pen of varying width against the envelope of its discs, differentiated by numbers."""

from __future__ import annotations

import numpy as np
import pytest

from vec2art_nb.kernels.pen_pieces import CURVE, sides_at

CURVES = {
    "bend": ([(0, 0), (10, 0), (20, 5), (22, 15)], (1, 2, 2, 3)),
    "straight": ([(0, 0), (10, 0), (20, 0), (30, 0)], (1, 4, 0, 3)),
    "S": ([(0, 0), (30, 5), (-5, 25), (25, 30)], (3, 1, 4, 2)),
    "one width": ([(0, 0), (8, 12), (20, 12), (30, 0)], (2, 2, 2, 2)),
}


def values(name, t):
    """Centre, radius, and their derivatives, by the definition of a Bézier curve."""
    points, radii = CURVES[name]
    polynomial = np.column_stack([points, radii]).astype(float)
    basis = np.array([(1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3])
    slopes = np.array([(1 - t) ** 2, 2 * (1 - t) * t, t**2]) * 3
    return basis @ polynomial, slopes @ np.diff(polynomial, axis=0)


def side(name, t, sign):
    """Where the envelope of the discs is at t, left of the way (1) or right of it (-1)."""
    (x, y, r), (dx, dy, dr) = values(name, t)
    speed = np.hypot(dx, dy)
    heading, change = np.array([dx, dy]) / speed, dr / speed
    normal = -change * heading + sign * np.sqrt(1 - change**2) * np.array([-heading[1], heading[0]])
    return np.array([x, y]) + r * normal


@pytest.mark.parametrize("name", CURVES)
@pytest.mark.parametrize("t", [0.02, 0.3, 0.5, 0.77, 0.98])
def test_sides_move_as_the_envelope_does(name, t):
    points, radii = CURVES[name]
    stack = np.zeros(CURVE)
    stack[:8], stack[8:12] = np.ravel(points), radii
    x, y, r, hx, hy, change, left, right, upright = sides_at(stack, 0, t)
    (cx, cy, radius), (dx, dy, dr) = values(name, t)
    assert (x, y, r) == pytest.approx((cx, cy, radius))
    assert (hx, hy) == pytest.approx((dx / np.hypot(dx, dy), dy / np.hypot(dx, dy)))
    assert (change, upright) == pytest.approx((dr / np.hypot(dx, dy), np.sqrt(1 - (dr / np.hypot(dx, dy)) ** 2)))
    for sign, speed in [(1, left), (-1, right)]:
        normal = -change * np.array([hx, hy]) + sign * upright * np.array([-hy, hx])
        along = sign * np.array([normal[1], -normal[0]])
        derivative = (side(name, t + 1e-5, sign) - side(name, t - 1e-5, sign)) / 2e-5
        assert speed == pytest.approx(derivative @ along, rel=1e-4, abs=1e-4)
        # The envelope touches the disc.
        assert derivative @ normal == pytest.approx(0, abs=1e-3)


def test_where_the_width_outruns_the_pen_there_is_no_side():
    stack = np.zeros(CURVE)
    stack[:8], stack[8:12] = np.ravel([(0, 0), (1, 0), (2, 0), (3, 0)]), (0, 2, 4, 6)
    assert max(sides_at(stack, 0, 0.5)[6:8]) <= 0
    # Nor where the pen stands still.
    stack[:] = 0
    assert max(sides_at(stack, 0, 0.5)[6:8]) <= 0
