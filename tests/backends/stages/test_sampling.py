"""The colour below strokes and marks."""

from __future__ import annotations

import numpy as np
import pytest

from vec2art_nb import srgb
from vec2art_nb.backends.stages.sampling import discs, dominant_light, mean_light
from vec2art_nb.image import open_image

WHITE = (255, 255, 255)
LIGHT = srgb.linear_light(256)


def strokes(*lengths: int) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def points(*pairs: tuple[float, float]) -> np.ndarray:
    return np.array(pairs, np.float32)


@pytest.mark.parametrize("sampled", [mean_light, dominant_light])
def test_each_stroke_has_the_colour_below_it(sampled) -> None:
    pixels = np.zeros((4, 8, 3), np.uint8)
    pixels[:, :4] = (200, 40, 80)
    pixels[:, 4:] = (16, 160, 240)
    where = points((0.5, 0.5), (2.5, 3.5), (6.5, 1.5), (7.9, 3.9), (1, 1))
    light = sampled(open_image(pixels), WHITE, where, strokes(2, 2, 1))
    np.testing.assert_array_equal(srgb.stored(light), [(200, 40, 80), (16, 160, 240), (200, 40, 80)])


def test_the_mean_is_taken_in_linear_light() -> None:
    pixels = np.array([[[0], [255]]], np.uint8)
    light = mean_light(open_image(pixels), WHITE, points((0.5, 0.5), (1.5, 0.5)), strokes(2))
    assert srgb.stored(light).tolist() == [[188, 188, 188]]  # half the light is stored as 188, not 128


@pytest.mark.parametrize("sampled", [mean_light, dominant_light])
def test_what_is_transparent_shows_the_page(sampled) -> None:
    pixels = np.array([[[255, 0, 0, 0], [255, 0, 0, 255]]], np.uint8)
    light = sampled(open_image(pixels), (0, 80, 160), points((0.5, 0.5), (1.5, 0.5)), strokes(1, 1))
    np.testing.assert_array_equal(srgb.stored(light), [(0, 80, 160), (255, 0, 0)])


def test_half_transparent_is_half_the_light() -> None:
    pixels = np.array([[[255, 255, 255, 51]]], np.uint8)
    light = mean_light(open_image(pixels), (0, 0, 0), points((0.5, 0.5)), strokes(1))
    np.testing.assert_allclose(light, 0.2, atol=1e-5)


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_sixteen_bits_give_the_colour_of_eight(channels: int) -> None:
    eight = np.random.default_rng(1).integers(0, 256, (5, 5, channels), np.uint8)
    where, offsets = points(*[(x + 0.5, y + 0.5) for y in range(5) for x in range(5)]), strokes(*[1] * 25)
    wide = open_image(eight.astype(np.uint16) * 257)
    for sampled in (mean_light, dominant_light):
        one, two = (sampled(picture, WHITE, where, offsets) for picture in (open_image(eight), wide))
        np.testing.assert_allclose(one, two, atol=3e-6)
    np.testing.assert_allclose(discs(open_image(eight), WHITE, where, 1.5), discs(wide, WHITE, where, 1.5), atol=3e-6)


@pytest.mark.parametrize("sampled", [mean_light, dominant_light])
def test_no_strokes_have_no_colours(sampled) -> None:
    picture = open_image(np.zeros((2, 2), np.uint8))
    assert sampled(picture, WHITE, np.empty((0, 2), np.float32), np.zeros(1, np.int64)).shape == (0, 3)


def test_the_dominant_colour_is_the_most_frequent_and_not_a_mixture() -> None:
    pixels = np.zeros((1, 10, 3), np.uint8)
    pixels[0, :6] = (200, 30, 30)
    pixels[0, 6:] = (30, 30, 220)
    along = points(*[(x + 0.5, 0.5) for x in range(10)])
    picture = open_image(pixels)
    assert srgb.stored(dominant_light(picture, WHITE, along, strokes(10))).tolist() == [[200, 30, 30]]
    assert srgb.stored(mean_light(picture, WHITE, along, strokes(10))).tolist() != [[200, 30, 30]]


def test_the_dominant_colour_does_not_care_where_the_cells_of_its_histogram_meet() -> None:
    """A noisy colour of 60 % against a clean one of 40 %, in every shade of grey."""
    random = np.random.default_rng(5)
    for level in range(40, 180, 7):
        grey = np.clip(random.normal(level, 3, 60), 0, 255)
        pixels = np.concatenate([grey, np.full(40, level + 60)]).astype(np.uint8)[None]
        along = points(*[(x + 0.5, 0.5) for x in range(100)])
        found = srgb.stored(dominant_light(open_image(pixels), WHITE, along, strokes(100)))[0, 0]
        assert abs(int(found) - level) <= 4


def test_a_disc_is_the_mean_of_the_pixels_whose_centres_it_holds() -> None:
    random = np.random.default_rng(2)
    pixels = random.integers(0, 256, (40, 50, 3), np.uint8)
    centers = (random.random((200, 2)) * [54, 44] - 2).astype(np.float32)
    radii = random.uniform(0.8, 9, 200).astype(np.float32)
    found = discs(open_image(pixels), WHITE, centers, radii)
    y, x = np.mgrid[:40, :50] + 0.5
    light = LIGHT[pixels]
    for (cx, cy), radius, mean in zip(centers, radii, found, strict=True):
        inside = (x - cx) ** 2 + (y - cy) ** 2 <= radius**2
        if inside.any():
            np.testing.assert_allclose(mean, light[inside].mean(0), atol=1e-5)


def test_a_small_disc_is_the_pixel_below_it_and_a_large_one_still_about_the_mean() -> None:
    pixels = np.random.default_rng(3).integers(0, 256, (200, 200, 1), np.uint8)
    picture = open_image(pixels)
    np.testing.assert_allclose(discs(picture, WHITE, points((7.9, 3.1)), 0.1)[0, 0], LIGHT[pixels[3, 7, 0]], atol=1e-5)
    assert abs(discs(picture, WHITE, points((100, 100)), 90.0)[0, 0] - LIGHT[pixels].mean()) < 0.05
