"""Lightness against scikit-image, and against itself."""

from __future__ import annotations

import numpy as np
import pytest
from skimage import color

from vec2art_nb.kernels import lightness as module
from vec2art_nb.kernels.lightness import lightness

BLACK, WHITE = (0, 0, 0), (255, 255, 255)


def random_pixels(channels, dtype=np.uint8, shape=(37, 53), seed=0):
    return np.random.default_rng(seed).integers(0, np.iinfo(dtype).max + 1, (*shape, channels), dtype)


def test_lightness_agrees_with_scikit_image():
    pixels = random_pixels(3)
    assert np.abs(lightness(pixels, WHITE) / 256 - color.rgb2lab(pixels)[..., 0]).max() < 0.02


def test_dark_colours_are_as_exact_as_bright_ones():
    pixels = random_pixels(3) // 16
    assert np.abs(lightness(pixels, WHITE) / 256 - color.rgb2lab(pixels)[..., 0]).max() < 0.02


def test_sixteen_bits_agree_with_scikit_image():
    pixels = random_pixels(3, np.uint16)
    assert np.abs(lightness(pixels, WHITE) / 256 - color.rgb2lab(pixels / 65535)[..., 0]).max() < 0.02


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_black_is_0_and_white_25600(dtype, channels):
    ends = np.zeros((1, 2, channels), dtype)
    ends[0, 1] = np.iinfo(dtype).max
    if channels == 4:
        ends[..., 3] = np.iinfo(dtype).max
    assert lightness(ends, BLACK).tolist() == [[0, 25600]]


@pytest.mark.parametrize(("dtype", "step"), [(np.uint8, 1), (np.uint16, 11)])
def test_grey_is_the_same_in_one_channel_and_in_three(dtype, step):
    grey = np.arange(0, np.iinfo(dtype).max + 1, step, dtype=dtype).reshape(1, -1, 1)
    one = lightness(grey, WHITE)
    assert np.array_equal(one, lightness(np.repeat(grey, 3, axis=2), WHITE))
    assert (np.diff(one[0]) >= 0).all()


def test_eight_bits_are_the_same_as_sixteen():
    pixels = random_pixels(4)
    sixteen = pixels.astype(np.uint16) * 257
    for channels in (1, 3, 4):
        narrow = lightness(np.ascontiguousarray(pixels[..., :channels]), (200, 30, 90))
        wide = lightness(np.ascontiguousarray(sixteen[..., :channels]), (200, 30, 90))
        assert np.array_equal(narrow, wide)


def test_alpha_is_composited_in_linear_light():
    pixels = random_pixels(4)
    background = (200, 30, 90)

    def linear(values):
        return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)

    alpha = pixels[..., 3:] / 255
    mixed = linear(pixels[..., :3] / 255) * alpha + linear(np.array(background) / 255) * (1 - alpha)
    expected = 116 * np.cbrt(mixed @ [0.2126, 0.7152, 0.0722]) - 16
    assert np.abs(lightness(pixels, background) / 256 - expected)[expected > 8].max() < 0.03


def test_full_alpha_is_as_no_alpha_and_none_is_the_background():
    pixels = random_pixels(4)
    pixels[..., 3] = 255
    assert np.array_equal(lightness(pixels, BLACK), lightness(np.ascontiguousarray(pixels[..., :3]), BLACK))
    pixels[..., 3] = 0
    background = (12, 200, 99)
    assert (lightness(pixels, background) == lightness(np.array([[background]], np.uint8), WHITE)).all()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("bands", [2, 7])
def test_bands_change_nothing(dtype, bands, in_bands):
    pixels = random_pixels(4, dtype)
    serial = lightness(pixels, WHITE)
    in_bands(module, bands)
    assert np.array_equal(lightness(pixels, WHITE), serial)
    assert lightness(pixels[:1, :1].copy(), WHITE)[0, 0] == serial[0, 0]


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (2, 2)])
def test_small_images_are_right(shape):
    pixels = random_pixels(3, shape=shape)
    assert np.abs(lightness(pixels, WHITE) / 256 - color.rgb2lab(pixels)[..., 0]).max() < 0.02


def test_every_kernel_compiles_once():
    for dtype in (np.uint8, np.uint16):
        for channels in (1, 3, 4):
            pixels = random_pixels(channels, dtype)
            lightness(pixels, WHITE)
            pixels.flags.writeable = False
            lightness(pixels, BLACK)
    assert len(module.lightness_8.dispatcher.signatures) == 1
    assert len(module.lightness_16.dispatcher.signatures) == 1
