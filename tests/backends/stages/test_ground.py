"""What the border of a picture says of its ground: surfaces, colours, and what only reaches out of the picture."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2

from vec2art_nb.backends.stages.ground import ground_of

GREY, SKY, FIELD, RED = (0.6, 0.0, 0.0), (0.85, -0.03, -0.08), (0.45, -0.1, 0.1), (0.5, 0.2, 0.1)

# For lightness, green to red and blue to yellow: the factors of 1, u, v, u², u v, v².
SURFACE = np.array(
    [[0.6, 0.12, -0.08, 0.06, 0.1, -0.05], [0.0, 0.05, 0.02, -0.04, 0.06, 0.03], [0.02, -0.06, 0.04, 0.02, -0.05, 0.05]]
)


def surface(height=120, width=200):
    """The colour of each pixel's centre, where the picture goes from -1 to 1."""
    v, u = (2 * (np.indices((height, width)) + 0.5) / np.array([height, width])[:, None, None]) - 1
    terms = np.stack([np.ones_like(u), u, v, u * u, u * v, v * v], axis=-1)
    return (terms @ SURFACE.T).astype(np.float32)


def noise(sigma, height=120, width=120):
    return np.random.default_rng(0).normal(0, sigma, (height, width, 3)).astype(np.float32)


def horizon(side=120):
    """Sky above, and a field below."""
    lab = np.empty((side, side, 3), np.float32)
    lab[: side * 55 // 100], lab[side * 55 // 100 :] = SKY, FIELD
    return lab


def is_ground(lab, color):
    ground = ground_of(lab)
    return ground.distance(np.full((1, 1, 3), color, np.float32))[0, 0] < 0.05


@pytest.mark.parametrize("shape", [(120, 200), (200, 120), (64, 64)])
def test_a_ground_that_changes_slowly_is_found_to_its_last_term(shape):
    lab = surface(*shape)
    ground = ground_of(lab)
    np.testing.assert_allclose(ground.surface, SURFACE, atol=0.002)
    assert ground.distance(lab).max() < 0.0022
    assert ground.explained == 1


def test_a_subject_that_reaches_out_of_the_picture_does_not_bend_the_ground():
    lab = surface()
    lab[60:, 40:150] += np.float32(0.25)
    ground = ground_of(lab)
    away = ground.distance(lab)
    beside = np.ones(lab.shape[:2], bool)
    beside[60:, 40:150] = False
    assert away[beside].max() < 0.01
    assert away[~beside].min() > 0.3
    # Of the border's 640 pixels 110 are of the subject; sides count by their length.
    assert ground.explained == pytest.approx(1 - 110 / 640, abs=0.02)


@pytest.mark.parametrize("sigma", [0.02, 0.05])
def test_the_noise_is_that_of_the_nearer_two_thirds(sigma):
    ground = ground_of(np.float32(GREY) + noise(sigma))
    assert ground.surface is not None
    assert ground.noise == pytest.approx(sigma * np.sqrt(chi2.ppf(1 / 3, 3)), rel=0.1)
    assert ground.explained > 0.95


def test_no_ground_is_smoother_than_what_can_be_seen():
    assert 0.004 < ground_of(np.full((30, 40, 3), GREY, np.float32)).noise < 0.02


def test_a_horizon_is_two_colours_with_the_noise_of_each():
    ground = ground_of(horizon() + noise(0.02))
    assert ground.colors is not None
    assert is_ground(horizon(), SKY)
    assert is_ground(horizon(), FIELD)
    assert not is_ground(horizon(), RED)
    assert ground.noise == pytest.approx(0.02 * np.sqrt(chi2.ppf(1 / 3, 3)), rel=0.15)
    assert ground.explained > 0.95


def at_the_bottom(lab):
    lab[90:, 30:90] = RED


def at_the_top(lab):
    lab[:30, 30:90] = RED


def from_side_to_side(lab):
    lab[40:75] = RED


def in_a_small_corner(lab):
    lab[:16, :16] = RED


def hardly_round_a_corner(lab):
    lab[:4, :70] = RED


@pytest.mark.parametrize(
    "patch", [at_the_bottom, at_the_top, from_side_to_side, in_a_small_corner, hardly_round_a_corner]
)
def test_what_reaches_out_of_the_picture_on_one_side_is_no_ground(patch):
    lab = horizon()
    patch(lab)
    assert ground_of(lab).colors is not None
    assert is_ground(lab, SKY)
    assert is_ground(lab, FIELD)
    assert not is_ground(lab, RED)


def test_what_holds_a_corner_of_the_sky_is_ground():
    lab = horizon()
    lab[:40, :50] = RED
    assert is_ground(lab, RED)


@pytest.mark.parametrize("shape", [(1, 300), (300, 1), (1, 1), (2, 2)])
def test_a_picture_without_extent_has_a_ground(shape):
    lab = np.full((*shape, 3), GREY, np.float32)
    assert ground_of(lab).distance(lab).max() < 0.001
