"""Sums over cells against SciPy's nearest neighbours, and over power cells against every pair."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import cKDTree

from vec2art_nb.kernels.voronoi import Cells


def random_weights(shape: tuple[int, int], seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(1, 65536, shape).astype(np.uint16)


def random_sites(shape: tuple[int, int], count: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    return (
        random.uniform(0, shape[1], count).astype(np.float32),
        random.uniform(0, shape[0], count).astype(np.float32),
    )


def centers(shape: tuple[int, int]) -> np.ndarray:
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]] + 0.5
    return np.stack([x.ravel(), y.ravel()], axis=1)


def sums_by(owner: np.ndarray, weights: np.ndarray, count: int) -> np.ndarray:
    y, x = np.mgrid[0 : weights.shape[0], 0 : weights.shape[1]]
    w = weights.astype(np.int64)
    columns = [w, w * x, w * y, (w > 0), w * x * x, w * x * y, w * y * y]
    result = np.zeros((count, 7), np.int64)
    for k, values in enumerate(columns):
        np.add.at(result[:, k], owner, values.ravel())
    return result


def none(count: int) -> np.ndarray:
    return np.zeros(count, np.float32)


@pytest.mark.parametrize("count", [1, 2, 40, 3000])
@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (8, 8), (61, 130), (200, 97)])
def test_cells_are_those_of_the_nearest_site(shape: tuple[int, int], count: int) -> None:
    weights = random_weights(shape)
    x, y = random_sites(shape, count)
    _, owner = cKDTree(np.stack([x, y], axis=1)).query(centers(shape))
    expected = sums_by(owner, weights, count)
    found = Cells(weights).sums(x, y, none(count), second=True)
    # Where two sites are equally near, up to rounding, either may own the pixel.
    assert (found != expected).any(axis=1).sum() <= 4
    assert np.array_equal(found.sum(axis=0), expected.sum(axis=0))


@pytest.mark.parametrize("spread", [0.5, 30.0, 400.0])
@pytest.mark.parametrize("count", [3, 60, 500])
def test_powers_shift_the_borders(count: int, spread: float) -> None:
    shape = (120, 150)
    weights = random_weights(shape)
    x, y = random_sites(shape, count)
    powers = np.random.default_rng(4).uniform(-spread, spread, count).astype(np.float32)
    pixels = centers(shape)
    distances = (pixels[:, :1] - x) ** 2 + (pixels[:, 1:] - y) ** 2 - powers
    expected = sums_by(distances.argmin(axis=1), weights, count)
    found = Cells(weights).sums(x, y, powers, second=True)
    assert (found != expected).any(axis=1).sum() <= 4


def test_sites_crowded_in_a_corner_reach_the_whole_picture() -> None:
    shape = (400, 500)
    weights = random_weights(shape)
    x, y = random_sites((20, 20), 300)
    _, owner = cKDTree(np.stack([x, y], axis=1)).query(centers(shape))
    found = Cells(weights).sums(x, y, none(300))
    assert (found[:, :4] != sums_by(owner, weights, 300)[:, :4]).any(axis=1).sum() <= 4


def test_a_lone_site_with_a_great_power_far_away_is_not_overlooked() -> None:
    weights = random_weights((320, 320))
    x, y = random_sites((320, 320), 400)
    powers = none(400)
    powers[7] = 20_000
    pixels = centers((320, 320))
    distances = (pixels[:, :1] - x) ** 2 + (pixels[:, 1:] - y) ** 2 - powers
    expected = sums_by(distances.argmin(axis=1), weights, 400)
    assert (Cells(weights).sums(x, y, powers)[:, :4] != expected[:, :4]).any(axis=1).sum() <= 4


def test_coinciding_sites_own_each_pixel_once() -> None:
    weights = random_weights((50, 60))
    x, y = np.full(20, 30.25, np.float32), np.full(20, 11.5, np.float32)
    assert Cells(weights).sums(x, y, none(20))[:, 0].sum() == weights.sum(dtype=np.int64)


def test_empty_parts_belong_to_nobody() -> None:
    weights = np.zeros((90, 90), np.uint16)
    weights[40:50, 40:50] = 7
    x, y = random_sites((90, 90), 30)
    sums = Cells(weights).sums(x, y, none(30))
    assert sums[:, 0].sum() == 700 and sums[:, 3].sum() == 100
