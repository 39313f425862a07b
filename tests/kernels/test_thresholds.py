"""Thresholds against scikit-image, on pages that are lit unevenly, and at every border."""

from __future__ import annotations

import numpy as np
import pytest
from skimage import data, filters

from vec2art_nb.kernels import thresholds
from vec2art_nb.kernels.thresholds import (
    adaptive,
    darker_than,
    histogram,
    inverted,
    lightness_of_level,
    otsu_level,
    sauvola,
)


def lightness_of(grey):
    return (grey.astype(np.int32) * 25600 // 255).astype(np.int16)


@pytest.fixture(scope="module")
def page():
    return lightness_of(data.page())


def cut_windows(values, radius):
    """Mean and standard deviation in square windows that are cut off at the border, one by one."""
    height, width = values.shape
    mean, deviation = np.empty((2, height, width))
    for y in range(height):
        for x in range(width):
            window = values[max(y - radius, 0) : y + radius + 1, max(x - radius, 0) : x + radius + 1]
            mean[y, x], deviation[y, x] = window.mean(), window.std()
    return mean, deviation


@pytest.mark.parametrize("window", [3, 15, 31])
@pytest.mark.parametrize("k", [0.05, 0.2, 0.5])
def test_sauvola_is_that_of_scikit_image_away_from_the_border(page, window, k):
    fine = (page >> 7).astype(float)
    theirs = page / 128 < filters.threshold_sauvola(fine, window, k=k, r=100)
    inner = np.s_[window:-window, window:-window]
    assert (sauvola(page, window, k).view(bool)[inner] != theirs[inner]).mean() < 1e-3


def test_adaptive_is_that_of_scikit_image_away_from_the_border(page):
    theirs = page / 128 < filters.threshold_local((page >> 7).astype(float), 31, "mean", offset=10)
    inner = np.s_[31:-31, 31:-31]
    assert (adaptive(page, 31, 5.0).view(bool)[inner] != theirs[inner]).mean() < 1e-3


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (2, 3), (9, 30), (30, 9), (33, 34)])
@pytest.mark.parametrize("window", [3, 8, 31, 101])
def test_windows_are_cut_off_at_the_border(shape, window):
    values = np.random.default_rng(1).integers(0, 25601, shape).astype(np.int16)
    mean, deviation = cut_windows((values >> 7).astype(float), window // 2)
    level = mean * (1 + 0.3 * (deviation / 100 - 1))
    near = np.abs(level - values / 128) < 1e-3
    assert ((sauvola(values, window, 0.3).view(bool) == (values / 128 < level)) | near).all()
    near = np.abs(mean - 12 - values / 128) < 1e-3
    assert ((adaptive(values, window, 6.0).view(bool) == (values / 128 < mean - 12)) | near).all()


def test_the_largest_window_holds_the_brightest_page():
    white = np.full((1100, 1100), 25600, np.int16)
    white[::7, ::5] = 15000
    mean, deviation = 200.0 - 83 / 35, 83 * np.sqrt(34) / 35
    level = mean * (1 + 0.2 * (deviation / 100 - 1))
    for window in (1023, 5000):
        ink = sauvola(white, window, 0.2)
        assert ink[550, 550] == (white[550, 550] / 128 < level)
        assert np.array_equal(ink.view(bool), white / 128 < level)
    assert np.array_equal(adaptive(white, 1023, 20.0).view(bool), white == 15000)


def test_a_flat_page_has_no_ink():
    for value in (0, 12800, 25600):
        flat = np.full((50, 60), value, np.int16)
        assert not sauvola(flat, 31, 0.2).any()
        assert not adaptive(flat, 31, 1.0).any()
        assert otsu_level(histogram(flat)[0]) == 0


@pytest.mark.parametrize("name", ["page", "coins", "text", "moon", "camera", "clock"])
def test_otsu_is_that_of_scikit_image(name):
    grey = getattr(data, name)()
    ours = lightness_of_level(otsu_level(histogram(lightness_of(grey))[0])) * 255 / 25600
    assert abs(ours - filters.threshold_otsu(grey)) <= 1.5


def test_otsu_stands_in_the_middle_of_a_gap():
    two = np.where(np.arange(1000).reshape(20, 50) % 7 == 0, 2000, 22000).astype(np.int16)
    assert abs(lightness_of_level(otsu_level(histogram(two)[0])) - 12000) < 200


def test_levels_and_lightness_agree():
    every = np.arange(25601, dtype=np.int16)[None]
    counts, _ = histogram(every)
    for level in (1, 17, 128, 255):
        assert darker_than(every, lightness_of_level(level)).sum() == counts[:level].sum()
    assert counts.sum() == every.size


def test_whole_pictures_of_any_shape_are_counted():
    for shape in ((1, 1), (3, 200), (129, 65), (64, 64), (70, 130), (2, 71)):
        values = np.random.default_rng(0).integers(0, 25601, shape).astype(np.int16)
        counts, _ = histogram(values)
        expected = np.bincount((values.astype(np.int64) * 655 >> 16).ravel(), minlength=256)
        assert np.array_equal(counts, expected)


def test_even_pictures_are_counted_and_levels_end_at_255():
    for value in (-5, 0, 99, 101, 12800, 25599, 25600, 30000):
        flat = np.full((67, 77), value, np.int16)
        counts, balance = histogram(flat)
        assert counts[min(max(value, 0) * 655 >> 16, 255)] == counts.sum() == flat.size
        assert balance == 0


@pytest.mark.parametrize("shape", [(64, 64), (130, 200), (65, 9)])
def test_the_balance_is_mean_less_median_tile_by_tile(shape):
    values = (np.random.default_rng(5).random(shape) ** 3 * 25600).astype(np.int16)
    levels = values.astype(np.int64) * 655 >> 16
    expected = 0
    for top in range(0, shape[0], 64):
        for left in range(0, shape[1], 64):
            tile = np.sort(levels[top : top + 64, left : left + 64].ravel())
            expected += tile.sum() - tile[(tile.size - 1) // 2] * tile.size
    assert histogram(values)[1] == expected


@pytest.mark.parametrize("name", ["page", "text", "coins"])
def test_turning_black_to_white_turns_the_balance(name):
    values = lightness_of(getattr(data, name)())
    _, balance = histogram(values)
    _, turned = histogram(inverted(values))
    assert balance * turned < 0


def test_ink_is_dark_on_an_unevenly_lit_page():
    y, x = np.mgrid[0:256, 0:256]
    light = 3000 + 80 * x
    dark = np.where((x + y) % 24 < 4, light // 3, light).astype(np.int16)
    assert histogram(dark)[1] < 0
    assert histogram(inverted(dark))[1] > 0


def test_every_kernel_compiles_once(page):
    sauvola(page, 15, 0.2)
    adaptive(page, 15, np.float32(3))
    assert len(thresholds.against_window.dispatcher.signatures) == 1
