"""Stratified dots: the curve reaches every pixel once, and each dot stands for an equal weight."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from vec2art_nb.kernels.stratified import stratified

SHAPES = [(1, 1), (1, 7), (9, 1), (2, 2), (3, 5), (16, 16), (17, 40), (41, 6), (100, 99)]


@pytest.mark.parametrize("shape", SHAPES)
def test_the_curve_visits_every_pixel_once_and_goes_from_neighbour_to_neighbour(shape: tuple[int, int]) -> None:
    pixels = shape[0] * shape[1]
    x, y = stratified(np.ones(shape, np.uint16), pixels, 0.5, 0)
    column, row = x.astype(int), y.astype(int)
    assert len(set(zip(row.tolist(), column.tolist(), strict=True))) == pixels
    steps = np.maximum(np.abs(np.diff(column)), np.abs(np.diff(row)))
    # Sides of odd length need a diagonal step now and then.
    assert pixels == 1 or steps.max() == 1


@pytest.mark.parametrize("spread", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("count", [1, 7, 500, 4000])
def test_every_piece_of_the_curve_has_one_dot(count: int, spread: float) -> None:
    # On one row the curve is the row: dots are found by adding up from the left.
    weights = np.random.default_rng(0).integers(0, 3000, (1, 2000)).astype(np.uint16)
    x, _ = stratified(weights, count, spread, 5)
    upto = np.cumsum(weights[0].astype(np.int64))
    column = x.astype(int)
    piece = upto[-1] / count
    middle = (np.arange(count) + 0.5) * piece
    assert (upto[column] > middle - piece * spread / 2 - 1).all()
    assert (upto[column] - weights[0, column] < middle + piece * spread / 2 + 1).all()


def test_dots_follow_the_weight() -> None:
    weights = np.zeros((128, 128), np.uint16)
    weights[:, :64], weights[32:64, 96:] = 100, 900
    x, y = stratified(weights, 5000, 1.0, 1)
    counts, _, _ = np.histogram2d(y, x, bins=[4, 4], range=[[0, 128], [0, 128]])
    expected = weights.reshape(4, 32, 4, 32).sum(axis=(1, 3)) * 5000 / weights.sum()
    assert np.abs(counts - expected).max() < 12
    assert (counts[expected == 0] == 0).all()


def test_they_are_more_even_than_chance_and_have_no_rows() -> None:
    x, y = stratified(np.full((256, 256), 40_000, np.uint16), 4000, 1.0, 2)
    counts, _, _ = np.histogram2d(y, x, bins=32, range=[[0, 256], [0, 256]])
    assert counts.var() < 0.6 * counts.mean()
    across = np.histogram(x % 8, bins=8)[0]
    assert across.max() < 1.3 * across.min()


def test_another_seed_makes_other_dots_and_the_same_one_the_same() -> None:
    weights = np.full((64, 64), 9, np.uint16)
    one, again, other = (stratified(weights, 300, 1.0, seed)[0] for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_no_weight_no_dots() -> None:
    assert len(stratified(np.zeros((30, 20), np.uint16), 100, 1.0, 0)[0]) == 0


def test_a_single_dark_spot_gets_all() -> None:
    weights = np.zeros((200, 300), np.uint16)
    weights[120, 77] = 1
    x, y = stratified(weights, 50, 1.0, 0)
    assert set(x.astype(int)) == {77} and set(y.astype(int)) == {120}
    assert len(np.unique(np.stack([x, y]), axis=1).T) == 50


def test_blurred_dots_look_like_the_picture() -> None:
    y, x = np.mgrid[0:200, 0:240]
    density = 0.5 + 0.45 * np.sin(x / 25) * np.cos(y / 31)
    dots_x, dots_y = stratified((density * 60_000).astype(np.uint16), 8000, 1.0, 0)
    drawn = np.histogram2d(dots_y, dots_x, bins=density.shape, range=[[0, 200], [0, 240]])[0]
    blurred = ndimage.gaussian_filter(drawn * density.sum() / 8000, 6)
    assert np.sqrt(np.mean((blurred - ndimage.gaussian_filter(density, 6)) ** 2)) < 0.06
