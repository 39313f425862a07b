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


def naive_diffusion(wanted: np.ndarray, noise: np.ndarray, is_there: np.ndarray) -> np.ndarray:
    rows, columns = wanted.shape
    work = np.zeros((rows + 1, columns + 2))
    stay = np.zeros((rows, columns), bool)
    for row in range(rows):
        order = range(columns) if row % 2 == 0 else range(columns - 1, -1, -1)
        step = 1 if row % 2 == 0 else -1
        for column in order:
            if not is_there[row, column]:
                continue
            value = work[row, column + 1] + wanted[row, column]
            stay[row, column] = value > 0.5 + 0.3 * (noise[row, column] - 0.5)
            value -= stay[row, column]
            for down, side, share in ((0, step, 7), (1, -step, 3), (1, 0, 5), (1, step, 1)):
                work[row + down, column + 1 + side] += value * share / 16
    return stay


@pytest.mark.parametrize("slant", [0, 1, 3, -2])
def test_it_diffuses_as_the_naive_twin(slant: int) -> None:
    """Also where rows are shifted against each other, as those of a turned lattice are."""
    row, column = np.mgrid[0:30, 0:140]
    begin = np.arange(30)[:, None] * slant + (60 if slant < 0 else 0)
    is_there = (column >= begin) & (column < begin + 41)
    wanted = np.random.default_rng(0).uniform(0, 1, is_there.shape).astype(np.float32)
    noise = np.zeros(is_there.shape)
    noise[is_there] = shares(9, is_there.sum())
    stay = np.zeros_like(is_there)
    places = np.stack([row[is_there], column[is_there]], axis=1)
    stay[is_there] = thinned_out(wanted[is_there], places - places.min(axis=0), 9)
    expected = naive_diffusion(wanted.astype(float), noise, is_there)
    assert (stay != expected)[is_there].mean() < 0.01


@pytest.mark.parametrize("share", [0.0, 0.02, 0.3, 0.5, 0.97, 1.0])
def test_the_wanted_share_stays(share: float) -> None:
    places = np.argwhere(np.ones((60, 70), bool)).astype(np.int64)
    stay = thinned_out(np.full(4200, share, np.float32), places, 1)
    assert abs(stay.mean() - share) < 0.015


def test_nothing_comes_of_nothing() -> None:
    assert len(thinned_out(np.empty(0, np.float32), np.empty((0, 2), np.int64), 0)) == 0


@pytest.mark.parametrize("angle", [0, 15, 30, 90, -200])
@pytest.mark.parametrize("hexagonal", [False, True])
def test_all_points_in_reach_are_there_and_no_others(hexagonal: bool, angle: float) -> None:
    width, height, spacing = 121.0, 67.0, 9.7
    pitch = spacing * (HEXAGONAL if hexagonal else 1.0)
    expected = []
    for row in range(-30, 31):
        for column in range(-30, 31):
            along, down = (column + (row % 2 / 2 if hexagonal else 0)) * spacing, row * pitch
            x = along * np.cos(np.radians(angle)) - down * np.sin(np.radians(angle))
            y = along * np.sin(np.radians(angle)) + down * np.cos(np.radians(angle))
            if abs(x) <= width / 2 + 0.49 * pitch and abs(y) <= height / 2 + 0.49 * pitch:
                expected.append((np.clip(width / 2 + x, 0, width), np.clip(height / 2 + y, 0, height)))
    points, _ = lattice(width, height, spacing, angle, hexagonal)
    assert len(points) == len(expected)
    assert cKDTree(points).query(expected)[0].max() < 1e-3
