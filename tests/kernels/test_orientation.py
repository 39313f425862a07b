"""Weights by direction against trigonometry."""

from __future__ import annotations

import numpy as np
import pytest

from vec2art_nb.kernels import orientation as module
from vec2art_nb.kernels.orientation import weighed_by_direction

# What a gradient at each angle is across: 0° is an upright edge, and y points down.
PURE = {0: 1, 45: 2, 90: 0, 135: 3, 180: 1, 225: 2, 270: 0, 315: 3}


def naive_weights(dx, dy, directions):
    """cos² of twice the angle to each direction, within 45° of it."""
    along = np.degrees(np.arctan2(dx, -dy.astype(float)))
    total = np.zeros(dx.shape)
    # Across, up and down, rising to the right, falling to the right, on a screen where y points down.
    for direction, worth in zip((0, 90, -45, 45), directions, strict=True):
        away = (along - direction + 90) % 180 - 90
        total += worth * np.where(np.abs(away) < 45, np.cos(np.radians(2 * away)) ** 2, 0)
    return total


def random_edges(shape=(40, 50)):
    rng = np.random.default_rng(0)
    dx, dy = rng.integers(-32768, 32768, (2, *shape)).astype(np.int16)
    return rng.integers(0, 65536, shape).astype(np.uint16), dx, dy


@pytest.mark.parametrize("directions", [(1, 1, 1, 1), (1, 0, 0, 0), (0.2, 0.9, 0.4, 0.7), (0, 0, 0, 0)])
def test_it_agrees_with_a_naive_one(directions):
    strength, dx, dy = random_edges()
    found = weighed_by_direction(strength, dx, dy, directions)
    assert np.abs(found - strength * naive_weights(dx, dy, directions)).max() < 0.51


@pytest.mark.parametrize("angle", list(PURE))
def test_an_edge_right_in_a_direction_has_only_the_worth_of_that_one(angle):
    dx = np.array([[round(1000 * np.cos(np.radians(angle)))]], np.int16)
    dy = np.array([[round(1000 * np.sin(np.radians(angle)))]], np.int16)
    for only in range(4):
        directions = tuple(float(k == only) for k in range(4))
        found = weighed_by_direction(np.full((1, 1), 500, np.uint16), dx, dy, directions)
        assert found[0, 0] == (500 if only == PURE[angle] else 0)


def test_what_has_no_direction_has_no_strength():
    zero = np.zeros((1, 1), np.int16)
    assert weighed_by_direction(np.zeros((1, 1), np.uint16), zero, zero, (1, 1, 1, 1))[0, 0] == 0


def test_the_kernel_compiles_once():
    strength, dx, dy = random_edges((3, 4))
    weighed_by_direction(strength, dx, dy, (1, 1, 1, 1))
    strength.flags.writeable = False
    weighed_by_direction(strength, dx, dy, (0.5, 1, 1, np.float32(1)))
    assert len(module.weigh_directions.dispatcher.signatures) == 1
