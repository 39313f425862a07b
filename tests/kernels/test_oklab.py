"""OKLab against its definition in float64."""

from __future__ import annotations

import numpy as np
import pytest

from vec2art_nb.kernels import oklab as module
from vec2art_nb.kernels.oklab import light_of_oklab, oklab, oklab_of_light, rgb_of_oklab

BLACK, WHITE = (0, 0, 0), (255, 255, 255)


def random_pixels(channels, dtype=np.uint8, shape=(37, 53), seed=0):
    pixels = np.random.default_rng(seed).integers(0, np.iinfo(dtype).max + 1, (*shape, channels), dtype)
    pixels.flat[:8] = 0
    return pixels


def linear(values):
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def by_definition(light):
    """Ottosson's matrices, in the digits that he published."""
    cones = [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
    opponents = [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
    return np.cbrt(light @ np.array(cones).T) @ np.array(opponents).T


def naive(pixels, background):
    values = pixels / np.iinfo(pixels.dtype).max
    if pixels.shape[2] == 1:
        return by_definition(np.repeat(linear(values), 3, axis=2))
    light = linear(values[..., :3])
    if pixels.shape[2] == 4:
        alpha = values[..., 3:]
        light = light * alpha + linear(np.array(background) / 255) * (1 - alpha)
    return by_definition(light)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_it_is_as_defined(channels, dtype):
    pixels = random_pixels(channels, dtype)
    assert np.abs(oklab(pixels, (200, 30, 90)) - naive(pixels, (200, 30, 90))).max() < 2e-6


@pytest.mark.parametrize("channels", [1, 3])
def test_dark_colours_are_as_exact_as_bright_ones(channels):
    pixels = random_pixels(channels, np.uint16) // 2048
    assert np.abs(oklab(pixels, WHITE) - naive(pixels, WHITE)).max() < 2e-6


def test_black_white_and_the_published_colours():
    colors = np.array([[[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255]]], np.uint8)
    known = [[0, 0, 0], [1, 0, 0], [0.628, 0.225, 0.126], [0.866, -0.234, 0.179], [0.452, -0.032, -0.312]]
    np.testing.assert_allclose(oklab(colors, WHITE)[0], known, atol=1e-3)


def test_grey_has_no_colour_and_grows_lighter():
    grey = np.arange(256, dtype=np.uint8).reshape(1, -1, 1)
    for channels in (1, 3):
        lab = oklab(np.repeat(grey, channels, axis=2), WHITE)[0]
        assert np.abs(lab[:, 1:]).max() < 1e-6
        assert (np.diff(lab[:, 0]) > 0).all()


def test_full_alpha_is_as_no_alpha_and_none_is_the_background():
    pixels = random_pixels(4)
    pixels[..., 3] = 255
    assert np.array_equal(oklab(pixels, BLACK), oklab(np.ascontiguousarray(pixels[..., :3]), BLACK))
    pixels[..., 3] = 0
    background = (12, 200, 99)
    assert (oklab(pixels, background) == oklab(np.array([[background]], np.uint8), WHITE)).all()


def test_light_has_the_colour_of_the_pixels_that_store_it():
    pixels = random_pixels(3)
    light = linear(pixels.reshape(-1, 3) / 255)
    assert np.abs(oklab_of_light(light) - oklab(pixels, WHITE).reshape(-1, 3)).max() < 2e-6
    assert np.array_equal(oklab_of_light(np.full((1, 3), -0.5)), oklab_of_light(np.zeros((1, 3))))
    assert oklab_of_light(np.empty((0, 3))).shape == (0, 3)


def test_there_and_back_is_the_same_colour():
    pixels = random_pixels(3).reshape(-1, 3)
    lab = oklab(pixels[None], WHITE)[0]
    assert np.array_equal(rgb_of_oklab(lab), pixels)
    assert np.abs(light_of_oklab(lab) - linear(pixels / 255)).max() < 1e-5


def test_what_no_screen_can_show_is_cut_off():
    assert rgb_of_oklab(np.array([[1.3, 0, 0], [-0.2, 0, 0]])).tolist() == [[255, 255, 255], [0, 0, 0]]
    light = light_of_oklab(np.array([[0.6, 0.4, 0.0]]))
    assert light[0, 0] == 1
    assert light[0, 1] == 0
    assert 0 < light[0, 2] < 1


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("bands", [2, 7])
def test_bands_change_nothing(dtype, bands, in_bands):
    pixels = random_pixels(4, dtype)
    serial = oklab(pixels, WHITE)
    in_bands(module, bands)
    assert np.array_equal(oklab(pixels, WHITE), serial)
    assert np.array_equal(oklab(pixels[:1, :1].copy(), WHITE)[0, 0], serial[0, 0])


@pytest.mark.parametrize("shape", [(1, 1), (1, 700), (700, 1), (2, 2), (1, 512), (1, 513)])
def test_any_size_is_right(shape):
    pixels = random_pixels(3, shape=shape)
    assert np.abs(oklab(pixels, WHITE) - naive(pixels, WHITE)).max() < 2e-6


def test_every_kernel_compiles_once():
    for dtype in (np.uint8, np.uint16):
        for channels in (1, 3, 4):
            pixels = random_pixels(channels, dtype)
            oklab(pixels, WHITE)
            pixels.flags.writeable = False
            oklab(pixels, BLACK)
    for entry in (module.oklab_8, module.oklab_16, module.oklab_of_linear):
        assert len(entry.dispatcher.signatures) == 1
