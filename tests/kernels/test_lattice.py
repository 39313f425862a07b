"""Lattices against their nearest neighbours, and error diffusion against a naive twin."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import cKDTree

from vec2art_nb.kernels.chance import shares
from vec2art_nb.kernels.lattice import HEXAGONAL, lattice, thinned_out


@pytest.mark.parametrize("angle", [0, 15, 45, 75, -200])
@pytest.mark.parametrize("hexagonal", [False, True])
def test_neighbours_are_a_spacing_apart(hexagonal: bool, angle: float) -> None:
    points, places = lattice(400, 300, 12.5, angle, hexagonal)
    inner = ((points > 20) & (points < [380, 280])).all(axis=1)
    distances = cKDTree(points).query(points[inner], k=7)[0][:, 1:]
    neighbours = 6 if hexagonal else 4
    assert np.abs(distances[:, :neighbours] - 12.5).max() < 1e-3
    assert distances[:, neighbours:].min(initial=99) > 12.6
    assert len(np.unique(places, axis=0)) == len(points)
    cell = 12.5**2 * (HEXAGONAL if hexagonal else 1)
    assert abs(len(points) * cell / (400 * 300) - 1) < 0.1


@pytest.mark.parametrize("angle", [0, 45, 30])
def test_rows_are_turned_by_the_angle(angle: float) -> None:
    points, places = lattice(500, 500, 20, angle, False)
    inner = ((points > 30) & (points < 470)).all(axis=1)
    by_place = {tuple(place): point for place, point in zip(places[inner].tolist(), points[inner], strict=True)}
    steps = np.array(
        [
            by_place[row, column + 1] - point
            for (row, column), point in by_place.items()
            if (row, column + 1) in by_place
        ]
    )
    turned = np.degrees(np.arctan2(steps[:, 1], steps[:, 0]))
    assert len(steps) > 100 and np.abs(turned - angle).max() < 0.1


@pytest.mark.parametrize("size", [(1, 1), (1, 4000), (4000, 1), (3, 2)])
@pytest.mark.parametrize("spacing", [0.3, 2, 50])
def test_points_lie_in_the_rectangle(size: tuple[int, int], spacing: float) -> None:
    points, _ = lattice(*size, spacing, 33, True)
    if len(points):
        assert points.min() >= 0 and (points <= np.array(size)).all()


def test_no_border_is_bare() -> None:
    # The outermost rows within end 7 px from the border; the next ones, 4 px outside, stand on it.
    points, _ = lattice(300, 300, 11, 0, False)
    edge = np.linspace(0, 300, 301)
    for y in (0.0, 300.0):
        gaps = cKDTree(points).query(np.stack([edge, np.full(301, y)], axis=1))[0]
        assert gaps.max() < 6


def naive_diffusion(wanted: np.ndarray, noise: np.ndarray) -> np.ndarray:
    rows, columns = wanted.shape
    work = np.zeros((rows + 1, columns + 2))
    stay = np.zeros((rows, columns), bool)
    for row in range(rows):
        order = range(columns) if row % 2 == 0 else range(columns - 1, -1, -1)
        step = 1 if row % 2 == 0 else -1
        for column in order:
            value = work[row, column + 1] + wanted[row, column]
            stay[row, column] = value > 0.5 + 0.3 * (noise[row, column] - 0.5)
            value -= stay[row, column]
            for down, side, share in ((0, step, 7), (1, -step, 3), (1, 0, 5), (1, step, 1)):
                work[row + down, column + 1 + side] += value * share / 16
    return stay


def test_it_diffuses_as_the_naive_twin() -> None:
    wanted = np.random.default_rng(0).uniform(0, 1, (30, 41)).astype(np.float32)
    places = np.argwhere(np.ones_like(wanted, bool)).astype(np.int64)
    stay = thinned_out(wanted.ravel(), places, 9).reshape(wanted.shape)
    expected = naive_diffusion(wanted.astype(float), shares(9, wanted.size).reshape(wanted.shape))
    assert (stay != expected).mean() < 0.01


@pytest.mark.parametrize("share", [0.0, 0.02, 0.3, 0.5, 0.97, 1.0])
def test_the_wanted_share_stays(share: float) -> None:
    places = np.argwhere(np.ones((60, 70), bool)).astype(np.int64)
    stay = thinned_out(np.full(4200, share, np.float32), places, 1)
    assert abs(stay.mean() - share) < 0.015


def test_nothing_comes_of_nothing() -> None:
    assert len(thinned_out(np.empty(0, np.float32), np.empty((0, 2), np.int64), 0)) == 0
