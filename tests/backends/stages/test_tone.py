"""Tone as a demand for ink: its curve, what edges ask for, and what mixes both."""

from __future__ import annotations

import numpy as np
import pytest
from skimage import color

from vec2art_nb.backends.stages.page import Lightness
from vec2art_nb.backends.stages.subject import EVERYTHING, Subject
from vec2art_nb.backends.stages.tone import Demand, darkness, demand, ink_curve, relative, strength

LIGHTNESS = np.arange(0, 25601, 64)
FOLLOWS = ("tone", "gradient", "mix", "even")


def luminance(lightness):
    """scikit-image's Y of L*."""
    lab = np.stack([lightness, np.zeros_like(lightness), np.zeros_like(lightness)], axis=-1)
    return color.lab2xyz(lab)[..., 1]


def seen(luminance):
    """scikit-image's L* of Y, for a grey."""
    white = color.xyz_tristimulus_values(illuminant="D65", observer="2")
    return color.xyz2lab(luminance[..., None] * np.asarray(white))[..., 0]


def picture(light):
    """Lightness from 0 to 100, (H, W), as the stages have it."""
    return Lightness(np.rint(np.asarray(light, float) * 256).astype(np.int16))


def texture(height=40, width=60):
    blocks = np.random.default_rng(5).uniform(20, 90, (height // 4, width // 4))
    return picture(np.kron(blocks, np.ones((4, 4))))


def toned(light, subject=EVERYTHING):
    return darkness(light, subject, tone="perceptual", exposure=0.0, contrast=1.0, invert=False)


def wanted(light, follow, subject=EVERYTHING, share=0.5, blur=1.5):
    return demand(
        toned(light, subject), light, subject, follow=follow, gradient_share=share, edge_blur_px=blur
    )  # fmt: skip


# --- the curve --------------------------------------------------------------------------------------------------------


def test_linear_ink_is_one_less_the_luminance_down_to_black():
    curve = ink_curve("linear", 0.0, 1.0, False)[LIGHTNESS] / 65535
    np.testing.assert_allclose(curve, 1 - luminance(LIGHTNESS / 256), atol=2e-4)


@pytest.mark.parametrize("stops", [-3.0, -1.0, 1.0])
def test_exposure_multiplies_light_before_it_is_seen(stops):
    curve = ink_curve("perceptual", stops, 1.0, False)[LIGHTNESS] / 65535
    light = np.minimum(luminance(LIGHTNESS / 256) * 2.0**stops, 1)
    np.testing.assert_allclose(curve, 1 - seen(light) / 100, atol=2e-4)


@pytest.mark.parametrize("tone", ["perceptual", "linear"])
@pytest.mark.parametrize("exposure", [-10.0, 0.0, 1.3, 10.0])
@pytest.mark.parametrize("contrast", [0.001, 0.4, 2.5, 20.0])
def test_what_is_darker_never_has_less_ink(tone, exposure, contrast):
    curve = ink_curve(tone, exposure, contrast, False).astype(int)
    assert (np.diff(curve) <= 0).all()
    assert curve[0] == 65535
    assert curve[-1] == 0 or exposure < 0
    inverted = ink_curve(tone, exposure, contrast, True).astype(int)
    assert np.abs(inverted + curve - 65535).max() <= 1


def test_contrast_treats_light_and_dark_alike():
    curve = ink_curve("perceptual", 0.0, 1.7, False).astype(int)
    assert np.abs(curve + curve[::-1] - 65535).max() <= 1


def test_a_curve_that_is_shared_cannot_be_written():
    curve = ink_curve("perceptual", 0.0, 1.0, False)
    assert ink_curve("perceptual", 0.0, 1.0, False) is curve
    with pytest.raises(ValueError, match="read-only"):
        curve[0] = 1


# --- what dots follow -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("follow", FOLLOWS)
def test_the_total_is_the_sum(follow):
    coverage = np.random.default_rng(0).integers(0, 256, (40, 60)).astype(np.uint8)
    for subject in (EVERYTHING, Subject(coverage)):
        found = wanted(texture(), follow, subject)
        assert found.values.dtype == np.uint16
        assert found.total == int(found.values.sum(dtype=np.int64)) > 0


@pytest.mark.parametrize("follow", FOLLOWS)
def test_background_asks_for_nothing_and_half_of_a_subject_for_half(follow):
    coverage = np.full((40, 60), 255, np.uint8)
    coverage[:, :20], coverage[:, 20:40] = 0, 51
    whole = wanted(texture(), follow).values
    found = wanted(texture(), follow, Subject(coverage)).values
    assert whole[:, :20].any()
    assert not found[:, :20].any()
    np.testing.assert_allclose(found[:, 20:40], whole[:, 20:40] / 5, atol=1.3)
    np.testing.assert_array_equal(found[:, 40:], whole[:, 40:])


def test_even_is_ink_everywhere():
    assert (wanted(texture(), "even").values == 65535).all()


@pytest.mark.parametrize("share", [0.0, 0.2, 1.0])
def test_a_mix_is_so_much_of_edges_and_the_rest_of_tone(share):
    edges, tone = (wanted(texture(), follow).values.astype(float) for follow in ("gradient", "tone"))
    mixed = wanted(texture(), "mix", share=share).values
    np.testing.assert_allclose(mixed, share * edges + (1 - share) * tone, atol=1.1)


def test_edges_are_as_strong_as_they_are_high():
    """Four steps of which each is twice the one before it."""
    rows = np.repeat(np.cumsum([10, 5, 10, 20, 40]), 20)
    edges = wanted(picture(np.tile(rows, (30, 1))), "gradient").values.max(axis=0).astype(float)
    heights = np.array([edges[at - 5 : at + 5].max() for at in (20, 40, 60, 80)])
    np.testing.assert_allclose(heights[:3] / heights[3], [1 / 8, 1 / 4, 1 / 2], rtol=0.03)
    assert heights[3] == 65535


def test_a_turned_picture_has_turned_edges():
    light = texture().values
    across = strength(light, 1.5)
    # Gradients are whole numbers, rounded once along rows and once along columns.
    np.testing.assert_allclose(strength(np.ascontiguousarray(light.T), 1.5), across.T, atol=0.01 * 65535)
    np.testing.assert_allclose(strength(np.ascontiguousarray(light[::-1]), 1.5), across[::-1], atol=0.01 * 65535)


def test_more_blur_makes_wider_edges():
    step = picture(np.tile(np.repeat([30, 80], 40), (30, 1)))
    wide = [(wanted(step, "gradient", blur=blur).values[15] > 20_000).sum() for blur in (0.5, 1.5, 4.0, 8.0)]
    assert wide == sorted(set(wide))


# --- shares of the largest --------------------------------------------------------------------------------------------


def test_a_fiftieth_of_what_is_above_zero_is_full_and_the_rest_in_proportion():
    values = np.random.default_rng(1).exponential(1, (1000, 1200)).astype(np.float32)
    values[:500] = 0
    shares = relative(values)
    assert not shares[:500].any()
    assert (shares[500:] == 65535).mean() == pytest.approx(0.02, abs=0.002)
    below = shares < 65535
    # By a sample of the values: 1 % off here.
    in_proportion = values * (65535 / np.quantile(values[500:], 0.98))
    np.testing.assert_allclose(shares[below], in_proportion[below], rtol=0.03, atol=1)


def test_nothing_is_a_share_of_nothing():
    assert not relative(np.zeros((5, 7), np.float32)).any()
    assert not wanted(picture(np.full((20, 20), 50)), "gradient").total


def test_what_follows_tone_is_tone_itself():
    tone = toned(texture())
    assert demand(tone, texture(), EVERYTHING, follow="tone", gradient_share=0.5, edge_blur_px=1.5) is tone
    assert isinstance(tone, Demand)
