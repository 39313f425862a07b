"""Poisson disks: nothing too near, no room left, as many as asked for."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import cKDTree

from vec2art_nb.kernels.poisson import poisson_disk


def test_on_even_grey_no_two_are_near_and_no_room_is_left() -> None:
    shape, count = (300, 400), 3000
    x, y = poisson_disk(np.full(shape, 20_000, np.uint16), count, 1)
    points = np.stack([x, y], axis=1)
    tree = cKDTree(points)
    nearest = tree.query(points, k=2)[0][:, 1]
    largest = np.sqrt(2 * shape[0] * shape[1] / (np.sqrt(3) * len(x)))
    assert 0.7 < nearest.min() / largest < 0.8
    # A place that is farther than the distance from every dot would take one more; candidates are a pixel apart.
    rows, columns = np.mgrid[0 : shape[0], 0 : shape[1]] + 0.5
    gaps = tree.query(np.stack([columns.ravel(), rows.ravel()], axis=1))[0]
    assert gaps.max() < nearest.min() + 1.5


@pytest.mark.parametrize("count", [1, 20, 400, 5000, 12_000])
def test_about_as_many_as_asked_for(count: int) -> None:
    y, x = np.mgrid[0:400, 0:500]
    weights = (40_000 * (0.55 + 0.45 * np.sin(x / 40) * np.cos(y / 60))).astype(np.uint16)
    assert abs(len(poisson_disk(weights, count, 0)[0]) - count) <= max(2, 0.03 * count)


def test_dense_where_the_weight_is() -> None:
    weights = np.tile(np.linspace(2000, 60_000, 400), (300, 1)).astype(np.uint16)
    x, _ = poisson_disk(weights, 4000, 2)
    counts = np.histogram(x, bins=8, range=(0, 400))[0]
    expected = weights.sum(axis=0).reshape(8, 50).sum(axis=1) / weights.sum() * len(x)
    assert np.abs(counts / expected - 1).max() < 0.12


def test_nothing_stands_where_nothing_is_wanted() -> None:
    weights = np.zeros((100, 100), np.uint16)
    weights[20:60, 30:70] = 30_000
    x, y = poisson_disk(weights, 200, 0)
    assert x.min() >= 30 and x.max() < 70 and y.min() >= 20 and y.max() < 60
    assert len(poisson_disk(np.zeros((9, 9), np.uint16), 50, 0)[0]) == 0


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1), (2, 3)])
def test_small_and_thin_pictures(shape: tuple[int, int]) -> None:
    x, y = poisson_disk(np.full(shape, 1000, np.uint16), 10, 0)
    assert len(x) >= 1
    assert x.max() <= shape[1] and y.max() <= shape[0]


def test_the_seed_decides() -> None:
    weights = np.full((100, 100), 1000, np.uint16)
    one, again, other = (poisson_disk(weights, 300, seed)[0] for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert len(one) != len(other) or not np.array_equal(one, other)


def test_no_order_shows() -> None:
    # Pixels are tried in a scrambled order: any part of the dots is spread over the whole picture.
    x, y = poisson_disk(np.full((256, 256), 1000, np.uint16), 2000, 3)
    counts, _, _ = np.histogram2d(y[:500], x[:500], bins=4, range=[[0, 256], [0, 256]])
    assert counts.min() > 15
