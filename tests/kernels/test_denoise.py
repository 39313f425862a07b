"""The bilateral filter against a naive one."""

from __future__ import annotations

import numpy as np
import pytest

from vec2art_nb.kernels import denoise as module
from vec2art_nb.kernels.denoise import bilateral


def random_lightness(shape, seed=0):
    return np.random.default_rng(seed).integers(0, 25601, shape).astype(np.int16)


def naive_bilateral(image, radius, contrast):
    values = image / 256
    padded = np.pad(values, radius, mode="symmetric")
    weights = sums = np.zeros(image.shape)
    for y in range(-radius, radius + 1):
        for x in range(-radius, radius + 1):
            if x * x + y * y <= radius * radius:
                there = padded[radius + y :, radius + x :][: image.shape[0], : image.shape[1]]
                alike = np.maximum(0, 1 - ((there - values) / contrast) ** 2) ** 2
                weight = alike * np.exp(-0.5 * (x * x + y * y) / (radius / 2) ** 2)
                weights, sums = weights + weight, sums + weight * there
    return sums / weights * 256


@pytest.mark.parametrize("radius", [1, 2, 3, 4, 9])
@pytest.mark.parametrize("contrast", [3.0, 12.0, 200.0])
def test_it_agrees_with_a_naive_one(radius, contrast):
    image = random_lightness((31, 45))
    assert np.abs(bilateral(image, radius, contrast) - naive_bilateral(image, radius, contrast)).max() < 0.51


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 1), (2, 2), (5, 3)])
@pytest.mark.parametrize("radius", [1, 4, 9])
def test_images_smaller_than_the_window_are_mirrored(shape, radius):
    image = random_lightness(shape)
    assert np.abs(bilateral(image, radius, 60.0) - naive_bilateral(image, radius, 60.0)).max() < 0.51


def test_noise_goes_and_the_edge_stays():
    clean = np.full((80, 80), 30 * 256, np.int16)
    clean[:, 40:] = 70 * 256
    noisy = clean + np.rint(np.random.default_rng(0).normal(0, 3 * 256, clean.shape)).astype(np.int16)
    left_over = (bilateral(noisy, 4, 15.0) - clean)[10:-10]
    assert left_over.std() < 0.35 * 3 * 256
    assert left_over[:, 38:42].std() < 0.5 * 3 * 256


def test_no_contrast_or_no_radius_leaves_the_image_as_it_is():
    image = random_lightness((20, 30))
    assert np.array_equal(bilateral(image, 5, 0.0), image)
    assert np.array_equal(bilateral(image, 5, 1e-9), image)
    assert np.array_equal(bilateral(image, 0, 12.0), image)
    assert not np.shares_memory(bilateral(image, 5, 0.0), image)


@pytest.mark.parametrize("contrast", [1e-3, 10.0, 1e6])
def test_the_ends_of_int16_do_not_wrap(contrast):
    image = np.random.default_rng(0).choice(np.array([-32768, 32767], np.int16), (30, 30))
    smoothed = bilateral(image, 2, contrast)
    if contrast < 200:
        assert np.array_equal(smoothed, image)
    else:
        assert smoothed.astype(int).std() < 25000
        assert np.abs(smoothed - naive_bilateral(image, 2, contrast)).max() < 1.1


@pytest.mark.parametrize("level", [-32768, 0, 25600, 32767])
def test_a_flat_image_stays_flat(level):
    image = np.full((9, 12), level, np.int16)
    assert np.array_equal(bilateral(image, 3, 12.0), image)


@pytest.mark.parametrize("bands", [2, 7])
def test_bands_change_nothing(bands, in_bands):
    images = [random_lightness((61, 40)), random_lightness((3, 2))]
    serial = [bilateral(image, 4, 30.0) for image in images]
    in_bands(module, bands)
    for image, expected in zip(images, serial, strict=True):
        assert np.array_equal(bilateral(image, 4, 30.0), expected)


def test_every_kernel_compiles_once():
    image = random_lightness((20, 30))
    bilateral(image, 2, 12)
    image.flags.writeable = False
    bilateral(image, np.int64(3), np.float32(12.5))
    assert len(module.similar_mean.dispatcher.signatures) == 1
