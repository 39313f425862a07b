"""Colours of regions against NumPy on each region's pixels."""

from __future__ import annotations

import numpy as np
import pytest

from vec2art_nb import srgb
from vec2art_nb.kernels.region_colors import region_colors

PAGE = (240, 20, 100)


def case(channels, dtype, seed=0):
    random = np.random.default_rng(seed)
    pixels = random.integers(0, np.iinfo(dtype).max + 1, (40, 50, channels), dtype)
    return pixels, random.integers(0, 9, (40, 50)).astype(np.int32)


def light_of(pixels):
    levels = np.iinfo(pixels.dtype).max + 1
    light = srgb.linear_light(levels)[pixels[..., :3]]
    light = light if pixels.shape[2] >= 3 else np.repeat(light, 3, axis=2)
    if pixels.shape[2] == 4:
        alpha = pixels[..., 3:] / (levels - 1)
        light = light * alpha + srgb.linear_light(256)[list(PAGE)] * (1 - alpha)
    return light


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("fill", ["mean", "median"])
def test_mean_and_median_are_those_of_the_light(fill, channels, dtype):
    pixels, labels = case(channels, dtype)
    colors, sizes = region_colors(pixels, PAGE, labels, 10, fill)
    light = light_of(pixels)
    for region in range(9):
        mine = np.sort(light[labels == region], axis=0)
        expected = mine.mean(0) if fill == "mean" else mine[(len(mine) - 1) // 2]
        assert np.abs(colors[region] - expected).max() < 3e-5
        assert sizes[region] == len(mine)
    assert sizes[9] == 0
    assert (colors[9] == 0).all()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_the_most_frequent_colour_is_that_of_the_most_pixels(dtype):
    most = np.iinfo(dtype).max
    labels = np.repeat(np.arange(4, dtype=np.int32), 25)[None].repeat(4, axis=0)
    pixels = np.random.default_rng(2).integers(0, most + 1, (4, 100, 3), dtype)
    chosen = (np.array([[0.9, 0.1, 0.1], [0.1, 0.7, 0.3], [0.2, 0.2, 0.95], [0.5, 0.5, 0.5]]) * most).astype(dtype)
    often = np.random.default_rng(3).uniform(size=(4, 100)) < 0.6
    # The first one met is another.
    often[0, ::25] = False
    pixels[often] = chosen[labels[often]]
    colors, _ = region_colors(pixels, PAGE, labels, 4, "dominant")
    assert np.abs(colors - srgb.linear_light(most + 1)[chosen]).max() < 0.02
