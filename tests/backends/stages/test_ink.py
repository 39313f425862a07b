from __future__ import annotations

import numpy as np
import pytest

from vec2art_nb.backends.stages.ink import mean_colors
from vec2art_nb.image import open_image

WHITE = (255, 255, 255)


def strokes(*lengths: int) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def points(*pairs: tuple[float, float]) -> np.ndarray:
    return np.array(pairs, np.float32)


def test_each_stroke_has_the_colour_below_it() -> None:
    pixels = np.zeros((4, 8, 3), np.uint8)
    pixels[:, :4] = (200, 40, 80)
    pixels[:, 4:] = (16, 160, 240)
    colors, choice = mean_colors(
        open_image(pixels), WHITE, points((0.5, 0.5), (2.5, 3.5), (6.5, 1.5), (7.9, 3.9), (1, 1)), strokes(2, 2, 1)
    )
    np.testing.assert_array_equal(colors[choice], [(200, 40, 80), (16, 160, 240), (200, 40, 80)])
    assert len(colors) == 2


def test_the_mean_is_taken_in_linear_light() -> None:
    pixels = np.array([[[0], [255]]], np.uint8)
    colors, choice = mean_colors(open_image(pixels), WHITE, points((0.5, 0.5), (1.5, 0.5)), strokes(2))
    assert abs(int(colors[choice[0], 0]) - 188) <= 4  # half the light is stored as 188, not 128


def test_what_is_transparent_shows_the_page() -> None:
    pixels = np.array([[[255, 0, 0, 0], [255, 0, 0, 255]]], np.uint8)
    colors, choice = mean_colors(open_image(pixels), (0, 80, 160), points((0.5, 0.5), (1.5, 0.5)), strokes(1, 1))
    np.testing.assert_array_equal(colors[choice], [(0, 80, 160), (255, 0, 0)])


def test_sixteen_bits_give_the_colour_of_eight() -> None:
    eight = np.random.default_rng(1).integers(0, 256, (5, 5, 3), np.uint8)
    where, offsets = points(*[(x + 0.5, y + 0.5) for y in range(5) for x in range(5)]), strokes(*[1] * 25)
    one = mean_colors(open_image(eight), WHITE, where, offsets)
    two = mean_colors(open_image(eight.astype(np.uint16) * 257), WHITE, where, offsets)
    np.testing.assert_array_equal(one[0][one[1]], two[0][two[1]])


@pytest.mark.parametrize("offsets", [np.zeros(1, np.int64), np.zeros(0, np.int64)])
def test_no_strokes_have_no_colours(offsets: np.ndarray) -> None:
    colors, choice = mean_colors(open_image(np.zeros((2, 2), np.uint8)), WHITE, np.empty((0, 2), np.float32), offsets)
    assert colors.shape == (0, 3)
    assert choice.shape == (0,)
