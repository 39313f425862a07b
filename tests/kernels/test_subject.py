"""Flooding, local means and clean-up against SciPy and scikit-image."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from vec2art_nb.kernels import subject as module


def colors(height=40, width=50, seed=0):
    return np.random.default_rng(seed).normal(0.5, 0.2, (height, width, 3)).astype(np.float32)


def blobs(height=60, width=70, seed=0, share=0.5):
    noise = ndimage.gaussian_filter(np.random.default_rng(seed).normal(size=(height, width)), 1.5)
    return (noise > np.quantile(noise, 1 - share)).astype(np.uint8)


def test_distance_from_colours_is_that_from_the_nearest():
    lab, ground = colors(), colors(1, 5, 1)[0]
    expected = np.linalg.norm(lab[:, :, None] - ground, axis=3).min(axis=2)
    np.testing.assert_allclose(module.distance_from_colors(lab, ground), expected, atol=1e-6)


def test_distance_from_a_surface():
    lab = colors()
    surface = np.random.default_rng(2).normal(0, 0.3, (3, 6)).astype(np.float32)
    y, x = np.mgrid[:40, :50]
    u, v = (2 * x + 1) / 50 - 1, (2 * y + 1) / 40 - 1
    ground = np.stack([np.ones_like(u), u, v, u * u, u * v, v * v], axis=2) @ surface.T
    expected = np.linalg.norm(lab - ground, axis=2)
    np.testing.assert_allclose(module.distance_from_surface(lab, surface), expected, atol=1e-5)


@pytest.mark.parametrize("only_nearer", [False, True])
@pytest.mark.parametrize("radius", [2, 9])
def test_distance_from_local_means(radius, only_nearer):
    lab, counted = colors(), blobs(40, 50, share=0.1)
    before = np.random.default_rng(3).random((40, 50)).astype(np.float32)
    mean = module.local_mean(lab, counted, radius)
    expected = np.linalg.norm(lab - mean, axis=2)
    lonely = np.isnan(expected)
    assert lonely.any()
    expected = np.where(lonely, before, np.minimum(expected, before) if only_nearer else expected)
    found = module.distance_from_around(lab, counted, radius, before, only_nearer)
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize("shape", [(60, 70), (1, 1), (1, 50), (50, 1), (2, 2)])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.8])
def test_the_flood_reaches_what_hangs_together_with_the_border(shape, share):
    ground = blobs(*shape, share=share)
    distance = np.where(ground == 1, 0.1, 0.9).astype(np.float32)
    labels, _ = ndimage.label(ground)
    inner = np.zeros(shape, bool)
    inner[1:-1, 1:-1] = True
    reached = np.isin(labels, np.setdiff1d(labels[~inner], 0))
    np.testing.assert_array_equal(module.flooded(distance, 0.1), reached)


@pytest.mark.parametrize("least", [1, 5, 40])
def test_small_parts_are_flipped_first_ones_then_zeros(least):
    mask = blobs(share=0.4)
    expected = mask.copy()
    for value in (1, 0):
        labels, count = ndimage.label(expected == value)
        sizes = ndimage.sum_labels(np.ones_like(labels), labels, np.arange(1, count + 1))
        expected[np.isin(labels, np.flatnonzero(sizes < least) + 1)] = 1 - value
    np.testing.assert_array_equal(module.without_small(mask, least), expected)
    if least > 1:
        assert (expected != mask).any()


@pytest.mark.parametrize("radius", [1, 4, 30])
def test_local_means_are_those_of_the_counted_pixels(radius):
    lab, counted = colors(), blobs(40, 50, share=0.3)
    found = module.local_mean(lab, counted, radius)
    size = 2 * radius + 1
    number = np.rint(ndimage.uniform_filter(counted.astype(float), size, mode="constant") * size * size)
    for channel in range(3):
        sums = ndimage.uniform_filter(lab[..., channel].astype(float) * counted, size, mode="constant") * size * size
        enough = number >= size * size / 40
        np.testing.assert_allclose(found[..., channel][enough], (sums[enough] / number[enough]), atol=1e-5)
        assert np.isnan(found[..., channel][~enough]).all()


@pytest.mark.parametrize("reach", [0, 1, 3])
def test_widening_is_a_maximum_filter(reach):
    values = np.random.default_rng(4).integers(0, 256, (30, 41)).astype(np.uint8)
    expected = ndimage.maximum_filter(values, 2 * reach + 1, mode="constant")
    np.testing.assert_array_equal(module.widened(values, reach), expected)


def test_a_blurred_edge_ends_in_its_middle():
    profile = np.clip((np.arange(60) - 28) / 4, 0, 1).astype(np.float32)
    distance = np.tile(profile, (20, 1))
    mask = (distance > 0.05).astype(np.uint8)
    trimmed = module.without_fringe(mask, distance)
    assert mask[0].argmax() == 29
    assert trimmed[0].argmax() == 30
    assert (trimmed == trimmed[0]).all()
    assert (trimmed <= mask).all()


def test_a_hard_edge_stays_where_it_is():
    mask = blobs()
    np.testing.assert_array_equal(module.without_fringe(mask, mask.astype(np.float32)), mask)
