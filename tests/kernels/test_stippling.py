"""Relaxed dots: equal shares of the ink, each dot in its middle, without rows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.spatial import cKDTree

from vec2art_nb.kernels import stippling as module
from vec2art_nb.kernels.stippling import relaxed, split_and_merged

METHODS = [relaxed, split_and_merged]


def ramp(height: int = 160, width: int = 200) -> np.ndarray:
    """From nothing to full ink."""
    return np.tile(np.linspace(0, 65535, width), (height, 1)).astype(np.uint16)


def shares(weights: np.ndarray, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The ink of each dot's Voronoi cell as a share of the mean, and how far off its middle the dot is."""
    rows, columns = np.mgrid[0 : weights.shape[0], 0 : weights.shape[1]] + 0.5
    pixels = np.stack([columns.ravel(), rows.ravel()], axis=1)
    points = np.stack([x, y], axis=1)
    _, owner = cKDTree(points).query(pixels)
    ink = np.bincount(owner, weights.ravel(), len(x))
    middle = np.stack([np.bincount(owner, weights.ravel() * pixels[:, k], len(x)) for k in (0, 1)], axis=1)
    off = np.hypot(*(middle / np.maximum(ink, 1)[:, None] - points).T)
    return ink / ink.mean(), off


@pytest.mark.parametrize("method", METHODS)
def test_dots_share_the_ink_equally(method: Callable) -> None:
    weights = ramp()
    x, y = method(weights, 800, 30, 1)
    ink, off = shares(weights, x, y)
    assert ink.std() < 0.13
    assert np.median(off) < 0.35


def test_a_plain_relaxation_is_less_fair() -> None:
    weights = ramp()
    x, y = relaxed(weights, 800, 30, 1)
    fair = shares(weights, x, y)[0].std()
    px, py = relaxed(weights, 800, 0, 1)
    rows, columns = np.mgrid[0:160, 0:200] + 0.5
    for _ in range(30):
        _, owner = cKDTree(np.stack([px, py], axis=1)).query(np.stack([columns.ravel(), rows.ravel()], axis=1))
        ink = np.maximum(np.bincount(owner, weights.ravel(), 800), 1)
        px = np.bincount(owner, weights.ravel() * columns.ravel(), 800) / ink
        py = np.bincount(owner, weights.ravel() * rows.ravel(), 800) / ink
    assert fair < 0.6 * shares(weights, px, py)[0].std()


@pytest.mark.parametrize("iterations", [0, 1, 2, 5, 12, 30])
@pytest.mark.parametrize("count", [1, 2, 50, 3000])
def test_about_as_many_dots_as_asked_for(count: int, iterations: int) -> None:
    weights = ramp(200, 240)
    assert len(relaxed(weights, count, iterations, 0)[0]) == count
    # Fewer than three turns are not enough to split into the rest.
    tolerance = 0.05 if iterations >= 5 or iterations == 0 else 0.2
    assert abs(len(split_and_merged(weights, count, iterations, 0)[0]) - count) <= max(1, tolerance * count)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("shape", [(1, 1), (1, 60), (60, 1), (3, 3), (9, 200)])
def test_small_and_thin_pictures(method: Callable, shape: tuple[int, int]) -> None:
    x, y = method(np.full(shape, 30_000, np.uint16), 9, 10, 0)
    assert len(x) >= 1
    assert x.min() >= 0 and x.max() <= shape[1] and y.min() >= 0 and y.max() <= shape[0]


@pytest.mark.parametrize("method", METHODS)
def test_more_dots_than_pixels_stay_finite(method: Callable) -> None:
    x, y = method(np.full((5, 5), 100, np.uint16), 200, 12, 0)
    assert np.isfinite(x).all() and np.isfinite(y).all()


@pytest.mark.parametrize("method", METHODS)
def test_no_ink_no_dots(method: Callable) -> None:
    assert len(method(np.zeros((20, 20), np.uint16), 100, 5, 0)[0]) == 0


@pytest.mark.parametrize("method", METHODS)
def test_the_seed_decides(method: Callable) -> None:
    weights = ramp(64, 64)
    one, again, other = (method(weights, 200, 6, seed)[0] for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(("columns", "rows"), [(1, 1), (7, 2), (12, 12), (40, 3)])
def test_the_long_axis_of_a_rectangle_is_its_deviation(columns, rows, turned):
    """The standard deviation of a rectangle is its side over the root of twelve, of a pixel too."""
    y, x = (axis.ravel() for axis in np.mgrid[5 : 5 + rows, 9 : 9 + columns])
    x, y = (y, x) if turned else (x, y)
    sums = np.array([[x.size, x.sum(), y.sum(), x.size, (x * x).sum(), (x * y).sum(), (y * y).sum()]], np.int64)
    along_x, along_y = module._long_axes(sums)
    expected = np.array([max(columns, rows) / np.sqrt(3), 0.0])
    is_upright = turned and columns != rows
    np.testing.assert_allclose([along_x[0], along_y[0]], expected[::-1] if is_upright else expected, atol=1e-9)
