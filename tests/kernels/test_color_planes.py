"""Colour planes against scikit-image's Lab and Ottosson's formulas for OKLab."""

from __future__ import annotations

import numpy as np
import pytest
from skimage.color import rgb2lab

from vec2art_nb.kernels import color_planes as module
from vec2art_nb.kernels.color_planes import color_planes

WHITE = (255, 255, 255)


def random_pixels(channels: int, dtype: type = np.uint8) -> np.ndarray:
    return np.random.default_rng(4).integers(0, np.iinfo(dtype).max + 1, (64, 80, channels), dtype)


def oklab(linear: np.ndarray) -> np.ndarray:
    """Ottosson (2020), in float64."""
    long = 0.4122214708 * linear[..., 0] + 0.5363325363 * linear[..., 1] + 0.0514459929 * linear[..., 2]
    middle = 0.2119034982 * linear[..., 0] + 0.6806995451 * linear[..., 1] + 0.1073969566 * linear[..., 2]
    short = 0.0883024619 * linear[..., 0] + 0.2817188376 * linear[..., 1] + 0.6299787005 * linear[..., 2]
    long, middle, short = np.cbrt(long), np.cbrt(middle), np.cbrt(short)
    lightness = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return np.stack([lightness, a, b])


def linear(stored: np.ndarray) -> np.ndarray:
    return np.where(stored <= 0.04045, stored / 12.92, ((stored + 0.055) / 1.055) ** 2.4)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_lab_is_that_of_scikit_image(dtype: type) -> None:
    pixels = random_pixels(3, dtype)
    expected = rgb2lab(pixels / np.iinfo(dtype).max).transpose(2, 0, 1)
    assert np.abs(color_planes(pixels, WHITE) / 256 - expected).max() < 0.12


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_oklab_is_that_of_the_paper(dtype: type) -> None:
    pixels = random_pixels(3, dtype)
    expected = 100 * oklab(linear(pixels / np.iinfo(dtype).max))
    assert np.abs(color_planes(pixels, WHITE, "oklab") / 256 - expected).max() < 0.12


@pytest.mark.parametrize("space", ["lab", "oklab"])
def test_grey_has_no_colour_and_white_is_one_hundred(space: str) -> None:
    grey = np.arange(256, dtype=np.uint8)[None, :, None]
    planes = color_planes(np.repeat(grey, 3, axis=2), WHITE, space)
    assert (planes[1:] == 0).all()
    assert planes[0, 0, 0] == 0
    assert planes[0, 0, 255] == 25600
    assert np.array_equal(planes, color_planes(grey, WHITE, space))


def test_luminance_is_the_lightness_of_lab_alone() -> None:
    pixels = random_pixels(3)
    planes = color_planes(pixels, WHITE, "luminance")
    assert np.array_equal(planes[0], color_planes(pixels, WHITE)[0])
    assert (planes[1:] == 0).all()


def test_transparent_pixels_show_the_page_in_linear_light() -> None:
    pixels = random_pixels(4)
    page = np.array([20, 160, 250])
    alpha = pixels[..., 3:] / 255
    light = linear(pixels[..., :3] / 255) * alpha + linear(page / 255) * (1 - alpha)
    assert np.abs(color_planes(pixels, (20, 160, 250), "oklab") / 256 - 100 * oklab(light)).max() < 0.3


def test_full_alpha_is_as_no_alpha() -> None:
    pixels = random_pixels(3)
    opaque = np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])
    assert np.array_equal(color_planes(opaque, (1, 2, 3)), color_planes(pixels, WHITE))


def test_every_kernel_compiles_once() -> None:
    color_planes(random_pixels(3), WHITE)
    color_planes(random_pixels(4)[:1], WHITE, "oklab")
    assert len(module.planes_8.dispatcher.signatures) == 1
