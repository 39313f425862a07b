"""Histogram and palettes against Pillow's and scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from scipy.spatial import cKDTree
from sklearn.cluster import KMeans

from vec2art_nb.kernels.cuts import median_cut, octree
from vec2art_nb.kernels.oklab import oklab
from vec2art_nb.kernels.quantize import histogram, kmeans

WHITE = (255, 255, 255)
PILLOW = {
    "median_cut": Image.Quantize.MEDIANCUT,
    "coverage": Image.Quantize.MAXCOVERAGE,
    "octree": Image.Quantize.FASTOCTREE,
}


def by_kmeans(colors, count):
    return kmeans(colors.lab, colors.weights, count)


METHODS = {"kmeans": by_kmeans, "median_cut": median_cut, "octree": octree}


def error(lab, palette):
    """Root mean square distance of pixels from the nearest colour."""
    apart, _ = cKDTree(palette).query(lab.reshape(-1, 3)[::5])
    return float(np.sqrt((apart * apart).mean()))


@pytest.fixture(scope="module")
def photo():
    from skimage import data

    return np.ascontiguousarray(data.astronaut()[::2, ::2])


@pytest.mark.parametrize("picture", ["photo", "noise"])
def test_the_histogram_holds_every_pixel_and_their_mean(photo, picture):
    pixels = photo if picture == "photo" else np.random.default_rng(0).integers(0, 256, (300, 300, 3)).astype(np.uint8)
    found = histogram(pixels, WHITE)
    assert len(np.unique(found.cells)) == len(found.cells)
    assert abs(int(found.weights.sum()) - 2**30) < len(found.weights)
    light = np.where(pixels / 255 <= 0.04045, pixels / 255 / 12.92, ((pixels / 255 + 0.055) / 1.055) ** 2.4)
    from vec2art_nb.kernels.oklab import light_of_oklab

    mean = (light_of_oklab(found.lab) * found.weights[:, None]).sum(axis=0) / found.weights.sum()
    np.testing.assert_allclose(mean, light.mean(axis=(0, 1)), rtol=1e-4)


def test_cells_are_as_large_as_they_say(photo):
    """Each pixel is near to the colour of its cell: 1/64 of the cube root of light, so about as much in OKLab."""
    lab = oklab(photo, WHITE).reshape(-1, 3)
    assert error(lab, histogram(photo, WHITE).lab) < 0.02


def test_noise_of_all_colours_makes_a_coarser_histogram():
    noise = np.random.default_rng(0).integers(0, 256, (400, 400, 3), np.uint8)
    assert len(histogram(noise, WHITE).cells) <= 32**3
    assert error(oklab(noise[:40], WHITE), histogram(noise, WHITE).lab) < 0.04


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_sixteen_bits_and_eight_have_one_histogram(channels):
    pixels = np.random.default_rng(1).integers(0, 256, (60, 50, channels), np.uint8)
    eight, sixteen = histogram(pixels, (9, 80, 200)), histogram(pixels.astype(np.uint16) * 257, (9, 80, 200))
    np.testing.assert_array_equal(eight.cells, sixteen.cells)
    np.testing.assert_allclose(eight.lab, sixteen.lab, atol=1e-5)


def test_only_what_is_covered_counts(photo):
    coverage = np.zeros(photo.shape[:2], np.uint8)
    coverage[:100, :50] = 255
    some, part = histogram(photo, WHITE, coverage), histogram(np.ascontiguousarray(photo[:100, :50]), WHITE)
    np.testing.assert_array_equal(some.cells, part.cells)
    np.testing.assert_array_equal(some.weights, part.weights)


def test_half_coverage_is_half_the_weight():
    pixels = np.array([[[255, 0, 0], [0, 0, 255]]], np.uint8)
    found = histogram(pixels, WHITE, np.array([[200, 100]], np.uint8))
    assert sorted(found.weights.tolist()) == pytest.approx([2**30 / 3, 2**30 * 2 / 3], rel=1e-6)


def test_transparent_pixels_show_the_page():
    pixels = np.array([[[255, 0, 0, 0], [255, 0, 0, 255]]], np.uint8)
    found = histogram(pixels, (0, 0, 255))
    expected = oklab(np.array([[[0, 0, 255], [255, 0, 0]]], np.uint8), WHITE)[0]
    np.testing.assert_allclose(found.lab, expected, atol=1e-4)


@pytest.mark.parametrize("count", [3, 8, 32])
def test_kmeans_is_within_a_few_percent_of_scikit_learn(photo, count):
    lab = oklab(photo, WHITE).reshape(-1, 3)
    ours = by_kmeans(histogram(photo, WHITE), count)
    theirs = KMeans(count, n_init=2, random_state=0).fit(lab[::4]).cluster_centers_
    assert error(lab, ours) <= 1.03 * error(lab, theirs)


@pytest.mark.parametrize("count", [3, 5, 16, 64])
@pytest.mark.parametrize("method", list(METHODS))
def test_palettes_are_better_than_pillows(photo, method, count):
    lab = oklab(photo, WHITE)
    ours = error(lab, METHODS[method](histogram(photo, WHITE), count))
    peers = PILLOW if method != "octree" else {"octree": PILLOW["octree"]}
    for peer in peers.values():
        stored = np.array(Image.fromarray(photo).quantize(count, peer).getpalette(), np.uint8)[: 3 * count]
        theirs = oklab(stored.reshape(1, -1, 3), WHITE)[0]
        assert ours <= error(lab, theirs)


@pytest.mark.parametrize("count", [2, 3, 7, 8, 9, 33, 64])
@pytest.mark.parametrize("method", list(METHODS))
def test_there_are_as_many_colours_as_asked(photo, method, count):
    palette = METHODS[method](histogram(photo, WHITE), count)
    assert palette.shape == (count, 3)
    assert palette.dtype == np.float32
    assert len(np.unique(palette, axis=0)) == count


@pytest.mark.parametrize("method", list(METHODS))
def test_distinct_colours_are_found_whatever_their_share(method):
    colors = np.array([(10, 10, 10), (250, 250, 240), (200, 30, 30), (20, 90, 200)], np.uint8)
    pixels = np.repeat(colors, [9000, 900, 90, 10], axis=0).reshape(100, 100, 3)
    palette = METHODS[method](histogram(pixels, WHITE), 4)
    expected = oklab(colors[None], WHITE)[0]
    assert np.abs(palette[:, None] - expected[None]).max(axis=2).min(axis=0).max() < 1e-3


@pytest.mark.parametrize("method", ["median_cut", "octree"])
def test_a_picture_of_few_colours_has_a_short_palette(method):
    pixels = np.zeros((4, 4, 3), np.uint8)
    pixels[2:] = 200
    assert len(METHODS[method](histogram(pixels, WHITE), 8)) == 2


@pytest.mark.parametrize("method", list(METHODS))
def test_palettes_are_the_same_each_time(photo, method):
    colors = histogram(photo, WHITE)
    np.testing.assert_array_equal(METHODS[method](colors, 12), METHODS[method](colors, 12))
