"""Nearest colours, dithering and merging of marks."""

from __future__ import annotations

import numpy as np
import pytest

from vec2art_nb import srgb
from vec2art_nb.kernels import painting
from vec2art_nb.kernels.oklab import oklab_of_light

BLACK_AND_WHITE = np.array([[0, 0, 0], [1, 1, 1]], np.float32)


def grid(columns, rows, spacing=7.0):
    y, x = np.mgrid[:rows, :columns]
    return ((np.stack([x, y], axis=2).reshape(-1, 2) + 0.5) * spacing).astype(np.float32)


def scattered(count, width, height, seed=0):
    """Stratified: about a mark in each cell."""
    side = np.sqrt(width * height / count)
    y, x = np.mgrid[: int(height / side), : int(width / side)]
    places = np.stack([x, y], axis=2).reshape(-1, 2) + np.random.default_rng(seed).random((x.size, 2))
    return (places * side).astype(np.float32)


def dither(method, light, positions, palette):
    if method == "ordered":
        return painting.dithered(light, oklab_of_light(light), positions, palette, oklab_of_light(palette))
    return painting.diffused(light, positions, palette)


def test_stored_values_are_those_of_srgb():
    light = np.random.default_rng(0).random((5000, 3)).astype(np.float32) ** 2
    light[:256] = srgb.linear_light(256)[:, None]
    light[256:260] = [[-0.5] * 3, [1.5] * 3, [0] * 3, [1] * 3]
    expected = srgb.stored(light.astype(np.float64)).astype(np.int64)
    packed = painting.stored_colors(light)
    np.testing.assert_array_equal(packed, expected[:, 0] << 16 | expected[:, 1] << 8 | expected[:, 2])


def test_nearest_is_the_nearest():
    random = np.random.default_rng(1)
    lab, palette = random.random((500, 3)).astype(np.float32), random.random((13, 3)).astype(np.float32)
    expected = ((lab[:, None] - palette[None]) ** 2).sum(axis=2).argmin(axis=1)
    np.testing.assert_array_equal(painting.nearest(lab, palette), expected)


def test_of_equals_the_first_is_nearest():
    palette = np.array([[0.5, 0, 0], [0.5, 0, 0]], np.float32)
    assert painting.nearest(np.full((3, 3), 0.2, np.float32), palette).tolist() == [0, 0, 0]


PLACES = {
    "square grid": grid(160, 60),
    "grid of whole pixels": grid(160, 60, 8.0),
    "hexagonal": grid(160, 60) + (np.repeat(np.arange(60) % 2, 160)[:, None] * [3.5, 0]).astype(np.float32),
    "scattered": scattered(9600, 1120, 420),
    "white noise": (np.random.default_rng(4).random((9600, 2)) * [1120, 420]).astype(np.float32),
}


@pytest.mark.parametrize("places", list(PLACES))
@pytest.mark.parametrize("method", ["ordered", "diffusion"])
@pytest.mark.parametrize("values", [(0.0, 1.0), (0.0, 0.1, 0.4, 1.0)])
def test_a_grey_ramp_keeps_its_light_in_each_part(method, places, values):
    positions = PLACES[places]
    light = np.repeat(positions[:, :1] / 1120, 3, axis=1).astype(np.float32)
    palette = np.repeat(np.array(values, np.float32)[:, None], 3, axis=1)
    shown = palette[dither(method, light, positions, palette)]
    part = (positions[:, 0] / 1120 * 8).astype(int)
    for number in range(8):
        here = part == number
        tolerance = 0.06 if "scattered" in places or "noise" in places else 0.02
        assert abs(shown[here].mean() - light[here].mean()) < tolerance
        # And in every quarter of the part, from top to bottom.
        for quarter in range(4):
            there = here & ((positions[:, 1] / 105).astype(int) == quarter)
            assert abs(shown[there].mean() - light[there].mean()) < 2.5 * tolerance


@pytest.mark.parametrize("method", ["ordered", "diffusion"])
def test_colour_keeps_its_light_when_the_palette_can_mix_it(method):
    corners = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
    positions = scattered(20_000, 1000, 1000)
    light = np.empty((len(positions), 3), np.float32)
    light[:] = (0.5, 0.5, 0.15) if method == "diffusion" else (0.7, 0.7, 0.0)
    shown = corners[dither(method, light, positions, corners.astype(np.float32))]
    np.testing.assert_allclose(shown.mean(axis=0), light[0], atol=0.01)


@pytest.mark.parametrize("method", ["ordered", "diffusion"])
def test_a_colour_of_the_palette_is_never_mixed(method):
    palette = srgb.linear_light(256)[np.array([[20, 20, 30], [120, 60, 30], [200, 200, 190]])].astype(np.float32)
    light = np.repeat(palette[1:2], 400, axis=0)
    assert (dither(method, light, grid(20, 20), palette) == 1).all()


@pytest.mark.parametrize("method", ["ordered", "diffusion"])
def test_what_the_palette_cannot_mix_leaves_no_trace_beyond(method):
    """White on the left cannot be shown by a palette of greys up to 0.5; right of it the ramp must be right again."""
    positions = grid(120, 40)
    light = np.where(positions[:, :1] < 420, 1.0, 0.25) * np.ones((1, 3))
    palette = np.array([[0, 0, 0], [0.5, 0.5, 0.5]], np.float32)
    shown = palette[dither(method, light.astype(np.float32), positions, palette)][:, 0]
    right = positions[:, 0] > 450
    assert (shown[positions[:, 0] < 400] == 0.5).all()
    assert abs(shown[right].mean() - 0.25) < 0.02


def test_diffusion_is_smoother_than_chance_at_small_scales():
    """Error diffusion is blue noise: means over 8 × 8 marks vary far less than those of independent marks."""
    positions = grid(160, 160)
    light = np.full((len(positions), 3), 0.7, np.float32)
    shown = BLACK_AND_WHITE[dither("diffusion", light, positions, BLACK_AND_WHITE)][:, 0].reshape(160, 160)
    blocks = shown.reshape(20, 8, 20, 8).mean(axis=(1, 3))
    assert blocks.std() < 0.35 * np.sqrt(0.7 * 0.3 / 64)


@pytest.mark.parametrize("channel", [0, 1, 2])
def test_diffusion_loses_no_light(channel):
    palette = np.zeros((2, 3), np.float32)
    palette[1, channel] = 1
    light = np.zeros((10_000, 3), np.float32)
    light[:, channel] = 0.3
    shown = palette[dither("diffusion", light, grid(100, 100), palette)]
    assert abs(shown[:, channel].mean() - 0.3) < 0.002


def test_debts_that_cannot_be_paid_are_forgiven():
    """Yellow is in the box of red, green and black, but no mixture of them: it must not light up the dark below it."""
    positions = grid(60, 80)
    light = np.where(positions[:, 1:] < 280, 1.0, 0.05) * np.array([[1.0, 1.0, 0.0]])
    palette = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], np.float32)
    shown = palette[dither("diffusion", light.astype(np.float32), positions, palette)]
    np.testing.assert_allclose(shown[positions[:, 1] > 320].mean(axis=0), (0.05, 0.05, 0), atol=0.015)


def test_ordered_dithering_depends_on_the_place_alone():
    positions = grid(60, 60)
    light = np.repeat(np.random.default_rng(3).random((3600, 1)), 3, axis=1).astype(np.float32)
    whole = dither("ordered", light, positions, BLACK_AND_WHITE)
    order = np.random.default_rng(5).permutation(3600)
    np.testing.assert_array_equal(
        dither("ordered", light[order], positions[order], BLACK_AND_WHITE), whole[order], strict=True
    )
    # A hundred marks less do not change the others.
    np.testing.assert_array_equal(dither("ordered", light[100:], positions[100:], BLACK_AND_WHITE), whole[100:])


@pytest.mark.parametrize("method", ["ordered", "diffusion"])
@pytest.mark.parametrize(
    "positions",
    [
        np.empty((0, 2), np.float32),
        np.array([[3, 4]], np.float32),
        np.full((3000, 2), 7, np.float32),
        np.stack([np.linspace(0, 4000, 900), np.full(900, 0.5)], axis=1).astype(np.float32),
    ],
    ids=["none", "one", "all in one place", "a line"],
)
def test_odd_places_are_no_trouble(method, positions):
    light = np.full((len(positions), 3), 0.3, np.float32)
    choice = dither(method, light, positions, BLACK_AND_WHITE)
    assert choice.shape == (len(positions),)
    assert set(choice.tolist()) <= {0, 1}
    if len(positions) > 1 and method == "diffusion":
        assert abs(choice.mean() - 0.3) < 0.03


def test_mean_spacing_of_a_grid_is_its_own():
    assert painting.mean_spacing(grid(30, 20, 7.0)) == pytest.approx(7.0, rel=1e-3)
    assert painting.mean_spacing(grid(1, 1)) == 0


def test_merging_is_the_mean_of_each_cell():
    light = np.random.default_rng(6).random((3000, 3)).astype(np.float32)
    lab = oklab_of_light(light)
    means, choice = painting.merged(light, lab, 0.05)
    cells = np.floor(np.column_stack([lab[:, 0], lab[:, 1:] + np.float32(0.5)]) / 0.05).astype(int)
    unique, expected = np.unique(cells, axis=0, return_inverse=True)
    assert len(means) == pytest.approx(len(unique), abs=3)
    for number in range(0, len(means), 7):
        np.testing.assert_allclose(means[number], light[choice == number].mean(axis=0), atol=1e-5)
    assert (expected.reshape(-1) == choice).mean() > 0.9
    assert np.abs(oklab_of_light(means)[choice] - lab).max() < 0.05
