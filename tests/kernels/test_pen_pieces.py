"""The sides of a pen of varying width against the envelope of its discs, differentiated by numbers."""

from __future__ import annotations

import numpy as np
import pytest

from vec2art_nb.kernels.pen_pieces import CURVE, SAMPLE, SAMPLES, UNKNOWN, goes_forward, halve

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


def stacked(points, radii):
    stack = np.zeros(2 * CURVE)
    stack[:8], stack[8:12] = np.ravel(points), radii
    stack[SAMPLES + SAMPLE - 1 : CURVE : SAMPLE] = UNKNOWN
    return stack


def samples(stack, at=0):
    return stack[at + SAMPLES : at + CURVE].reshape(5, SAMPLE)


@pytest.mark.parametrize("name", CURVES)
def test_sides_move_as_the_envelope_does(name):
    stack = stacked(*CURVES[name])
    # Only headings that differ by more than a quarter turn are refused.
    goes_forward(stack, 0)
    for t, (x, y, r, hx, hy, change, left, right, upright) in zip(np.arange(5) / 4, samples(stack), strict=True):
        (cx, cy, radius), (dx, dy, dr) = values(name, t)
        speed = np.hypot(dx, dy)
        assert (x, y, r) == pytest.approx((cx, cy, radius))
        assert (hx, hy) == pytest.approx((dx / speed, dy / speed))
        assert (change, upright) == pytest.approx((dr / speed, np.sqrt(1 - (dr / speed) ** 2)))
        for sign, along_side in [(1, left), (-1, right)]:
            normal = -change * np.array([hx, hy]) + sign * upright * np.array([-hy, hx])
            along = sign * np.array([normal[1], -normal[0]])
            derivative = (side(name, t + 1e-5, sign) - side(name, t - 1e-5, sign)) / 2e-5
            assert along_side == pytest.approx(derivative @ along, rel=1e-4, abs=1e-4)
            # The envelope touches the disc.
            assert derivative @ normal == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("name", CURVES)
def test_halves_inherit_the_samples_that_they_would_take(name):
    stack = stacked(*CURVES[name])
    goes_forward(stack, 0)
    halve(stack, 0)
    for at in (0, CURVE):
        points, radii = stack[at : at + 8], stack[at + 8 : at + 12]
        fresh = stacked(points, radii)
        goes_forward(fresh, 0)
        taken = samples(stack, at)
        assert (taken[1::2, -1] == UNKNOWN).all()
        assert taken[::2] == pytest.approx(samples(fresh)[::2])
        assert goes_forward(stack, at) == goes_forward(fresh, 0)
        assert taken == pytest.approx(samples(fresh))


def test_where_the_width_outruns_the_pen_there_is_no_side():
    for points, radii in [([(0, 0), (1, 0), (2, 0), (3, 0)], (0, 2, 4, 6)), ([(0, 0)] * 4, (1, 1, 1, 1))]:
        stack = stacked(points, radii)
        assert not goes_forward(stack, 0)
        # Nor where the pen stands still.
        assert max(samples(stack)[0, 6:8]) <= 0
