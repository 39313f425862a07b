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


def test_no_pixels_have_no_distances():
    assert len(distances_at(np.zeros((4, 5), np.uint8), np.empty(0, np.int32))) == 0
