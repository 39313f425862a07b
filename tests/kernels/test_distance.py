"""Distances to the page against SciPy's transform."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from vec2art_nb.kernels.distance import distances_at, squared_distances


def exact(mask):
    return ndimage.distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1]


SHAPES = [(1, 1), (1, 30), (30, 1), (2, 2), (7, 90), (64, 65), (120, 97)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("share", [0.3, 0.9, 0.995, 1.0])
def test_it_is_scipys(shape, share):
    mask = (np.random.default_rng(4).random(shape) < share).astype(np.uint8)
    assert np.array_equal(squared_distances(mask), np.rint(exact(mask) ** 2))
    ink = np.flatnonzero(mask).astype(np.int32)
    assert np.allclose(distances_at(mask, ink), exact(mask).ravel()[ink], rtol=1e-6)


def test_large_shapes_are_exact():
    y, x = np.mgrid[0:300, 0:400]
    mask = ((np.hypot(x - 180, y - 140) < 130) | (abs(x + y - 500) < 20)).astype(np.uint8)
    assert np.array_equal(squared_distances(mask), np.rint(exact(mask) ** 2))
    ink = np.flatnonzero(mask).astype(np.int32)[::7].copy()
    assert np.allclose(distances_at(mask, ink), exact(mask).ravel()[ink], rtol=1e-6)


def bars(side, thickness, angle):
    """Bars of a thickness side by side, their edges never on pixel centres."""
    y, x = np.mgrid[0:side, 0:side]
    across = x * np.cos(angle) + y * np.sin(angle) + 0.1234
    return (across % (thickness + 3) < thickness).astype(np.uint8)


@pytest.mark.parametrize("thickness", [1, 2, 3, 4, 5, 6, 7, 9, 14, 25, 31, 32, 33, 40, 64, 70])
@pytest.mark.parametrize("angle", [0.0, 0.4, 0.9, np.pi / 2])
def test_ink_of_every_thickness_is_measured(thickness, angle):
    mask = bars(150, thickness, angle)
    ink = np.flatnonzero(mask).astype(np.int32)
    assert np.array_equal(distances_at(mask, ink), exact(mask).ravel()[ink].astype(np.float32))
    assert np.array_equal(squared_distances(mask), np.rint(exact(mask) ** 2))


@pytest.mark.parametrize("radius", [3.2, 4.0, 6.1, 10.5, 15.2, 15.9, 16.0, 16.3, 17.0, 24.2])
def test_one_point_of_page_is_found_in_every_direction(radius):
    for turn in np.arange(0, 2 * np.pi, 0.11):
        mask = np.ones((101, 101), np.uint8)
        mask[round(50 + radius * np.sin(turn)), round(50 + radius * np.cos(turn))] = 0
        ink = np.flatnonzero(mask).astype(np.int32)
        assert np.array_equal(distances_at(mask, ink), exact(mask).ravel()[ink].astype(np.float32))


def test_the_order_of_the_pixels_does_not_matter():
    mask = bars(140, 37, 0.3)
    ink = np.flatnonzero(mask).astype(np.int32)
    ink = np.random.default_rng(0).permutation(ink)
    assert np.array_equal(distances_at(mask, ink), exact(mask).ravel()[ink].astype(np.float32))


def test_ink_taller_than_16_bits_is_measured():
    mask = np.ones((70_000, 41), np.uint8)
    pixels = (np.array([20, 19_999, 34_999, 65_533, 65_534, 65_535, 65_536, 69_970]) * 41 + 20).astype(np.int32)
    assert distances_at(mask, pixels).tolist() == [21.0] * 8


def test_no_pixels_have_no_distances():
    assert len(distances_at(np.zeros((4, 5), np.uint8), np.empty(0, np.int32))) == 0
