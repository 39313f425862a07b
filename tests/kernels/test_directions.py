"""Directions of stripes, and running means against SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from vec2art_nb.kernels.directions import block_means, directions, square_means


def stripes(angle: float, size: int = 160) -> np.ndarray:
    y, x = np.mgrid[0:size, 0:size]
    across = x * np.cos(np.radians(angle)) + y * np.sin(np.radians(angle))
    return np.rint(12_800 + 12_000 * np.sin(across / 4)).astype(np.int16)


@pytest.mark.parametrize("blur", [0, 1, 4, 9, 20])
@pytest.mark.parametrize("angle", [0, 20, 45, 90, 130, 175])
def test_it_points_across_stripes(angle: float, blur: float) -> None:
    points = np.random.default_rng(0).uniform(30, 130, (200, 2)).astype(np.float32)
    found = directions(stripes(angle), points, blur)
    # Without blur the flat crests have no direction to speak of; of the rest half must do.
    off = np.abs((found - angle + 90) % 180 - 90)
    assert np.median(off) < 3
    assert blur < 4 or off.max() < 8


@pytest.mark.parametrize("radius", [0, 1, 3, 10])
@pytest.mark.parametrize("shape", [(1, 1), (1, 30), (25, 40)])
def test_square_means(shape: tuple[int, int], radius: int) -> None:
    values = np.random.default_rng(1).normal(size=shape)
    expected = ndimage.uniform_filter(values, 2 * radius + 1, mode="nearest")
    assert np.abs(square_means(values, radius) - expected).max() < 1e-9


def test_block_means() -> None:
    values = np.arange(35, dtype=np.float32).reshape(5, 7)
    padded = np.pad(values, ((0, 1), (0, 2)), mode="edge")
    assert np.allclose(block_means(values, 3), padded.reshape(2, 3, 3, 3).mean(axis=(1, 3)))
    assert block_means(values, 1) is values


def test_any_picture_has_directions() -> None:
    for shape in ((1, 1), (1, 50), (50, 1)):
        found = directions(np.zeros(shape, np.int16), np.array([[0.5, 0.5]], np.float32), 6)
        assert np.isfinite(found).all()


@pytest.mark.parametrize("blur", [4, 9])
def test_each_point_has_the_direction_of_its_own_place(blur: float) -> None:
    """Four quarters of a wide picture with stripes of their own."""
    angles = np.array([[0, 50], [90, 140]])
    picture = np.block([[np.tile(stripes(angle), (1, 2)) for angle in row] for row in angles.tolist()])
    points = np.array([(80, 80), (400, 80), (80, 240), (400, 240)], np.float32) + 0.5
    found = directions(picture, points, blur)
    assert np.abs((found - angles.ravel() + 90) % 180 - 90).max() < 8
