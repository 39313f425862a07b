"""Seeds: exactly so many, within the rectangle, evenly spread."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import cKDTree

from vec2art_nb.kernels.seeds import seed_points


@pytest.mark.parametrize("pattern", ["square", "hexagonal", "poisson"])
@pytest.mark.parametrize(("width", "height"), [(640, 480), (1, 1), (1, 4000), (4000, 1), (17, 300)])
@pytest.mark.parametrize("count", [1, 2, 7, 100, 1234])
def test_there_are_exactly_so_many_in_the_rectangle(pattern, width, height, count):
    points = seed_points(width, height, count, pattern)
    assert points.shape == (count, 2)
    assert points.min() >= 0
    assert (points <= (width, height)).all()


@pytest.mark.parametrize(("pattern", "least"), [("square", 0.9), ("hexagonal", 0.85), ("poisson", 0.6)])
def test_neighbours_keep_their_distance(pattern, least):
    points = seed_points(900, 700, 1500, pattern)
    nearest = cKDTree(points).query(points, 2)[0][:, 1]
    assert nearest.min() > least * np.sqrt(900 * 700 / 1500)


def test_points_are_spread_evenly():
    for pattern in ("square", "hexagonal", "poisson"):
        points = seed_points(800, 800, 1600, pattern)
        counts = np.histogram2d(*points.T, bins=4, range=[[0, 800]] * 2)[0]
        assert abs(counts - 100).max() <= 12


def test_hexagonal_rows_are_shifted_by_half_a_step():
    points = seed_points(866, 1000, 1000, "hexagonal")
    rows = np.unique(points[:, 1])
    one, other = (np.sort(points[points[:, 1] == row, 0]) for row in rows[:2])
    assert (np.diff(one).mean() / 2) == pytest.approx(abs(one[0] - other[0]), rel=0.1)


def test_only_the_random_pattern_reads_the_seed():
    assert np.array_equal(seed_points(90, 90, 50, "square", 1), seed_points(90, 90, 50, "square", 2))
    assert np.array_equal(seed_points(90, 90, 50, "poisson", 1), seed_points(90, 90, 50, "poisson", 1))
    assert not np.array_equal(seed_points(90, 90, 50, "poisson", 1), seed_points(90, 90, 50, "poisson", 2))
