"""Mean light below dots against a naive twin."""

from __future__ import annotations

import numpy as np
import pytest

from vec2art_nb.kernels.discs import disc_light
from vec2art_nb.srgb import linear_light

PAGE = (20, 200, 90)


def naive(pixels: np.ndarray, center: np.ndarray, radius: float) -> np.ndarray:
    height, width, channels = pixels.shape
    levels = np.iinfo(pixels.dtype).max + 1
    y, x = np.mgrid[0:height, 0:width]
    inside = np.hypot(x + 0.5 - center[0], y + 0.5 - center[1]) <= radius
    inside[min(int(center[1]), height - 1), min(int(center[0]), width - 1)] = True
    light = linear_light(levels)[pixels[inside][:, :3] if channels >= 3 else pixels[inside].repeat(3, axis=1)]
    if channels == 4:
        alpha = pixels[inside][:, 3:] / (levels - 1)
        light = light * alpha + linear_light(256)[list(PAGE)] * (1 - alpha)
    return light.mean(axis=0)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_it_is_the_mean_over_the_disc(channels: int, dtype: type) -> None:
    random = np.random.default_rng(0)
    pixels = random.integers(0, np.iinfo(dtype).max + 1, (40, 50, channels)).astype(dtype)
    centers = np.concatenate([random.uniform(0, (50, 40), (40, 2)), [[0, 0], [50, 40], [50, 0]]]).astype(np.float32)
    radii = random.uniform(0, 9, len(centers)).astype(np.float32)
    found = disc_light(pixels, PAGE, centers, radii)
    expected = np.array([naive(pixels, center, radius) for center, radius in zip(centers, radii, strict=True)])
    assert np.abs(found - expected).max() < 2e-6


def test_no_dots_no_light() -> None:
    pixels = np.zeros((3, 3, 3), np.uint8)
    assert disc_light(pixels, PAGE, np.empty((0, 2), np.float32), np.empty(0, np.float32)).shape == (0, 3)
