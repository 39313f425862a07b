"""What is subject and what is background: synthetic scenes with known answers, and real pictures."""

from __future__ import annotations

import io
import itertools

import numpy as np
import pytest
from PIL import Image

from vec2art_nb.backends.stages.subject import EVERYTHING, REMOVING, Subject, SubjectParams, otsu, subject, widened
from vec2art_nb.image import open_image

SIDE = 192


def covered(shape):
    """Coverage of each pixel by a shape, a function of x and y in parts of the side; anti-aliased."""
    y, x = (np.mgrid[: SIDE * 4, : SIDE * 4] + 0.5) / (SIDE * 4)
    return shape(x, y).reshape(SIDE, 4, SIDE, 4).mean((1, 3))


def disc_and_bar(x, y):
    return (np.hypot(x - 0.42, y - 0.5) < 0.22) | ((abs(x - 0.68) < 0.1) & (abs(y - 0.62) < 0.25))


def ring(x, y):
    return (np.hypot(x - 0.5, y - 0.5) < 0.35) & (np.hypot(x - 0.5, y - 0.5) > 0.2)


def bust(x, y):
    """Reaches out of the picture at the bottom, as portraits do."""
    return (np.hypot(x - 0.5, y - 0.4) < 0.18) | ((abs(x - 0.5) < 0.3) & (y > 0.65))


SUBJECT = covered(disc_and_bar)
U = np.linspace(0, 1, SIDE)
SLOPE = (0.6 * U[None, :] + 0.4 * U[:, None])[..., None]
VIGNETTE = (1 - 0.7 * ((U[None] - 0.5) ** 2 + (U[:, None] - 0.5) ** 2))[..., None]


def painted(color, ground, coverage=SUBJECT):
    return coverage[..., None] * np.array(color, float) + (1 - coverage[..., None]) * np.array(ground, float)


def noisy(pixels, sigma):
    return pixels + np.random.default_rng(0).normal(0, sigma, pixels.shape)


def jpeg(pixels, quality):
    file = io.BytesIO()
    Image.fromarray(eight_bit(pixels)).save(file, "JPEG", quality=quality)
    return np.array(Image.open(file)).astype(float)


def eight_bit(pixels):
    return np.clip(np.rint(pixels), 0, 255).astype(np.uint8) * np.ones((SIDE, SIDE, 3), np.uint8)


def slope(low, high):
    return low + (high - low) * SLOPE


EVERY = ("otsu", "adaptive", "border", "auto")
BY_GROUND = ("adaptive", "border", "auto")
BY_BORDER = ("border", "auto")

# What is seen, which pixels are subject, and by what it can be found.
SCENES = {
    "dark on light": (painted((40, 50, 60), (230, 225, 220)), SUBJECT, EVERY),
    "light on dark": (painted((220, 215, 190), (30, 34, 40)), SUBJECT, EVERY),
    "equally light": (painted((190, 60, 60), (110, 110, 110)), SUBJECT, BY_GROUND),
    "faint": (painted((205, 200, 190), (235, 235, 235)), SUBJECT, EVERY),
    "on a gradient": (painted((60, 40, 70), slope(150, 250)), SUBJECT, EVERY),
    "light on a dark gradient": (painted((240, 230, 220), slope(20, 130)), SUBJECT, EVERY),
    "as light as part of the gradient": (painted((200, 60, 40), slope(60, 230)), SUBJECT, BY_GROUND),
    "a ring round the ground's colour": (painted((40, 60, 120), (230, 230, 230), covered(ring)),
                                         covered(lambda x, y: np.hypot(x - 0.5, y - 0.5) < 0.35), BY_BORDER),
    "some noise": (noisy(painted((60, 60, 60), (200, 200, 200)), 15), SUBJECT, EVERY),
    "much noise": (noisy(painted((60, 60, 60), (200, 200, 200)), 30), SUBJECT, EVERY),
    "vignette and noise": (noisy(painted((60, 60, 90), (210, 200, 190)) * VIGNETTE, 8), SUBJECT, EVERY),
    "JPEG": (jpeg(painted((70, 110, 60), (220, 210, 200)), 25), SUBJECT, EVERY),
    "bad JPEG": (jpeg(painted((230, 110, 60), (40, 60, 90)), 15), SUBJECT, EVERY),
    "before a horizon": (painted((60, 20, 20), np.where(U[:, None, None] < 0.55, (150, 190, 235), (60, 120, 60))),
                         SUBJECT, BY_BORDER),
    "bust": (painted((40, 50, 160), (225, 225, 215), covered(bust)), covered(bust), EVERY),
}  # fmt: skip


def found(pixels, method="auto", strength=0.5, invert=False, background="#ffffff"):
    return subject(
        open_image(pixels), remove_background=method, background_strength=strength, background_invert=invert,
        background=background,
    ).coverage  # fmt: skip


def overlap(coverage, expected):
    assert coverage is not None, "no background was found"
    one, two = coverage > 127, expected > 0.5
    return (one & two).sum() / (one | two).sum()


@pytest.mark.parametrize(
    ("scene", "method"), [(scene, method) for scene, (_, _, methods) in SCENES.items() for method in methods]
)
def test_the_subject_is_found(scene, method):
    pixels, expected, _ = SCENES[scene]
    assert overlap(found(eight_bit(pixels), method), expected) >= 0.95


def test_a_hole_of_the_grounds_colour_goes_by_lightness_and_stays_by_the_border():
    pixels = eight_bit(SCENES["a ring round the ground's colour"][0])
    middle = SIDE // 2
    assert found(pixels, "border")[middle, middle] == 255
    assert found(pixels, "otsu")[middle, middle] == 0
    assert found(pixels, "adaptive")[middle, middle] == 0


@pytest.mark.parametrize("method", ["otsu", "adaptive", "border"])
def test_more_strength_takes_more_away(method):
    pixels = eight_bit(noisy(painted((150, 140, 130), slope(170, 230)), 4))
    shares = [found(pixels, method, strength).mean() for strength in np.linspace(0, 1, 9)]
    assert all(later <= earlier + 1 for earlier, later in itertools.pairwise(shares))
    assert shares[-1] < shares[0] - 20


@pytest.mark.parametrize("method", REMOVING)
def test_inverting_draws_the_rest(method):
    pixels = eight_bit(SCENES["dark on light"][0])
    np.testing.assert_array_equal(found(pixels, method, invert=True), 255 - found(pixels, method))


def test_adaptive_follows_a_ground_in_waves_that_no_border_shows():
    waves = 150 + 30 * np.sin(3 * np.pi * U)[None, :] * np.cos(3 * np.pi * U)[:, None]
    pixels = eight_bit(painted((200, 40, 40), waves[..., None]))
    assert overlap(found(pixels, "adaptive"), SUBJECT) >= 0.97


# --- transparency -----------------------------------------------------------------------------------------------------


def test_auto_takes_a_soft_alpha_channel_as_it_is():
    alpha = np.rint(SUBJECT * 255).astype(np.uint8)
    pixels = np.dstack([eight_bit(painted((10, 200, 30), (255, 0, 0))), alpha])
    np.testing.assert_array_equal(found(pixels), alpha)
    wide = pixels.astype(np.uint16) * 257
    np.testing.assert_array_equal(found(wide), alpha)


@pytest.mark.parametrize("method", ["otsu", "adaptive", "border"])
def test_what_is_transparent_is_never_subject(method):
    pixels = eight_bit(painted((10, 60, 30), (240, 240, 240)))
    alpha = np.full((SIDE, SIDE, 1), 255, np.uint8)
    alpha[: SIDE // 2] = 120
    coverage = found(np.concatenate([pixels, alpha], axis=2), method)
    assert coverage[: SIDE // 2].max() == (0 if method == "otsu" else 120)
    assert coverage[SIDE // 2 :].max() == 255


def test_an_opaque_alpha_channel_says_nothing():
    pixels = eight_bit(SCENES["dark on light"][0])
    opaque = np.dstack([pixels, np.full((SIDE, SIDE), 255, np.uint8)])
    np.testing.assert_array_equal(found(opaque), found(pixels))


def test_what_hardly_shows_the_page_is_opaque():
    pixels = eight_bit(SCENES["dark on light"][0])
    veiled = np.dstack([pixels, np.full((SIDE, SIDE), 200, np.uint8)])
    assert overlap(found(veiled), SUBJECT) >= 0.95


def test_a_small_hole_makes_a_picture_transparent():
    alpha = np.full((SIDE, SIDE), 255, np.uint8)
    alpha[50:65, 80:95] = 0
    pixels = np.dstack([eight_bit(SCENES["dark on light"][0]), alpha])
    np.testing.assert_array_equal(found(pixels), alpha)


def test_sixteen_bits_of_alpha_are_rounded():
    alpha = np.arange(0, 65536, 16, dtype=np.uint16).reshape(64, 64)
    coverage = found(np.dstack([np.zeros((64, 64, 3), np.uint16), alpha]))
    np.testing.assert_array_equal(coverage, np.floor(alpha / 257 + 0.5))


@pytest.mark.parametrize("method", ["otsu", "adaptive", "border"])
def test_what_is_seen_through_a_picture_is_the_page(method):
    """White glass, which is as good as opaque before a dark page and nothing before a white one."""
    alpha = np.full((SIDE, SIDE), 128, np.uint8)
    alpha[SUBJECT > 0.5] = 255
    pixels = np.dstack([np.full((SIDE, SIDE, 3), 255, np.uint8), alpha])
    assert overlap(found(pixels, method, background="#000000"), SUBJECT) >= 0.95


# --- what has no background -------------------------------------------------------------------------------------------


def test_nothing_is_taken_away_unless_asked():
    assert found(eight_bit(SCENES["dark on light"][0]), "none") is None
    assert found(np.zeros((4, 4, 4), np.uint8), "none") is None


@pytest.mark.parametrize("name", ["cat", "coffee", "brick", "gravel", "moon"])
def test_auto_keeps_everything_when_there_is_no_believable_background(name):
    from skimage import data

    assert found(getattr(data, name)()) is None


def test_auto_believes_in_no_ground_when_much_of_the_border_is_a_jumble():
    pixels = eight_bit(SCENES["dark on light"][0])
    jumble = np.random.default_rng(0).integers(0, 256, (24, 24, 3)).astype(np.uint8).repeat(8, 0).repeat(8, 1)
    pixels[:24] = jumble[:24]
    pixels[:76, :24], pixels[:76, -24:] = jumble[:76, :24], jumble[:76, -24:]
    assert found(pixels) is None
    assert overlap(found(eight_bit(SCENES["dark on light"][0])), SUBJECT) >= 0.95


def test_auto_does_not_take_a_frame_for_the_ground():
    texture = np.random.default_rng(0).integers(0, 150, (24, 24, 3)).repeat(8, 0).repeat(8, 1).astype(np.uint8)
    for wide, is_frame in ((4, True), (12, False)):
        pixels = np.full((SIDE, SIDE, 3), 240, np.uint8)
        pixels[wide:-wide, wide:-wide] = texture[wide:-wide, wide:-wide]
        assert (found(pixels) is None) == is_frame


def test_auto_keeps_noise_and_one_colour():
    assert found(np.random.default_rng(0).integers(0, 256, (90, 90, 3)).astype(np.uint8)) is None
    assert found(np.full((50, 60, 3), 80, np.uint8)) is None


# --- real pictures ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["border", "adaptive"])
def test_a_subject_is_not_lost_in_noise(method):
    pixels = noisy(painted((120, 120, 120), (200, 200, 200)), 30)
    assert overlap(found(eight_bit(pixels), method), SUBJECT) >= 0.9


@pytest.mark.parametrize("method", EVERY)
def test_the_horse_is_found(method):
    from skimage import data

    horse = ~data.horse()
    pixels = np.where(horse, 0, 255).astype(np.uint8)
    assert overlap(found(pixels, method), horse) >= 0.98


@pytest.mark.parametrize("method", ["border", "auto"])
def test_the_coins_are_found_on_their_uneven_ground(method):
    """As many large parts as there are coins."""
    from scipy import ndimage
    from skimage import data

    mask = found(data.coins(), method) > 127
    labels, _ = ndimage.label(mask)
    sizes = np.bincount(labels.ravel())[1:]
    assert 22 <= (sizes > 600).sum() <= 26
    assert 0.25 < mask.mean() < 0.42


def test_the_rocket_stands_out_from_the_sky():
    from skimage import data

    coverage = found(np.ascontiguousarray(data.rocket()))
    assert (coverage[250:400, 315:325] > 127).mean() > 0.9, "the rocket"
    assert (coverage[:120, 180:560] > 127).mean() < 0.02, "the sky"


# --- odd pictures -----------------------------------------------------------------------------------------------------

ODD = {
    "1x1": np.zeros((1, 1), np.uint8),
    "2x2": np.array([[0, 255], [255, 0]], np.uint8),
    "1x4000": np.tile(np.array([0, 255], np.uint8), 2000)[None],
    "4000x1": np.tile(np.array([0, 255], np.uint8), 2000)[:, None],
    "flat": np.full((40, 50, 3), 77, np.uint8),
    "checkerboard": (np.indices((96, 96)) // 8).sum(0).astype(np.uint8) % 2 * 255,
    "noise": np.random.default_rng(2).integers(0, 256, (64, 64, 3)).astype(np.uint8),
    "16 bits": eight_bit(SCENES["faint"][0]).astype(np.uint16) * 257,
    "transparent": np.zeros((32, 32, 4), np.uint8),
}


@pytest.mark.parametrize("picture", list(ODD))
@pytest.mark.parametrize("method", EVERY)
def test_odd_pictures_are_no_trouble(method, picture):
    pixels = ODD[picture]
    for strength in (0.0, 0.5, 1.0):
        coverage = found(pixels, method, strength)
        assert coverage is None or (coverage.shape == pixels.shape[:2] and coverage.dtype == np.uint8)


def test_a_transparent_picture_has_no_subject():
    assert found(ODD["transparent"]).max() == 0


@pytest.mark.parametrize("method", ["otsu", "adaptive", "border"])
def test_grey_and_sixteen_bits_are_as_colours_of_eight(method):
    grey = eight_bit(SCENES["light on dark"][0])[..., 1]
    expected = found(np.dstack([grey] * 3), method)
    np.testing.assert_array_equal(found(grey, method), expected)
    np.testing.assert_array_equal(found(grey.astype(np.uint16) * 257, method), expected)


# --- parts ------------------------------------------------------------------------------------------------------------


def test_otsus_threshold_is_scikit_images():
    from skimage import data, filters

    for picture in (data.camera(), data.coins(), data.page()):
        counts = np.bincount(picture.ravel(), minlength=256)
        assert abs(otsu(counts) - filters.threshold_otsu(picture)) <= 1
    assert otsu(np.bincount([0, 255], minlength=256)) in range(100, 156)


@pytest.mark.parametrize("reach", [1, 2, 5])
def test_a_rim_is_so_many_pixels_wide(reach):
    from scipy.ndimage import maximum_filter

    coverage = np.random.default_rng(0).integers(0, 256, (30, 40)).astype(np.uint8)
    coverage[np.random.default_rng(1).random((30, 40)) < 0.9] = 0
    expected = maximum_filter(coverage, 2 * reach + 1, mode="constant")
    np.testing.assert_array_equal(widened(Subject(coverage), reach).coverage, expected)


@pytest.mark.parametrize("strength", [0.0, 0.25, 0.5, 0.75, 1.0])
@pytest.mark.parametrize("inverted", [False, True])
def test_by_lightness_strength_goes_from_the_grounds_mean_by_the_threshold_to_the_subjects(strength, inverted):
    """On a slope that is mostly light: the means are not equally far from the threshold."""
    from skimage import color, filters

    ramp = np.tile(np.rint(255 * np.linspace(0, 1, 180) ** 0.35), (90, 1)).astype(np.uint8)
    ramp = 255 - ramp if inverted else ramp
    levels = np.floor(color.rgb2lab(np.dstack([ramp] * 3))[..., 0] * 2)
    threshold = filters.threshold_otsu(levels.astype(np.uint8))
    # Light is ground, or dark when inverted: more of the border is.
    sides = [levels[levels > threshold].mean(), levels[levels <= threshold].mean()]
    ground, other = sides[::-1] if inverted else sides
    middle = threshold + 0.5
    limit = np.interp(strength, [0, 0.5, 1], [ground, middle, other])
    expected = (levels > limit) if inverted else (levels < limit)
    coverage = found(ramp, "otsu", strength)
    # One step of half an L* wide, where roundings differ.
    columns = np.abs((coverage == 255).sum(axis=1) - expected.sum(axis=1))
    assert columns.max() <= 1


def test_by_lightness_the_least_strength_takes_the_grounds_own_shade_away_and_no_more():
    """Three shades: the ground, what is a little darker, and what is much darker, from which the threshold divides."""
    pixels = np.full((100, 100), 226, np.uint8)  # L* of 90
    pixels[30:60, 20:70], pixels[65:90, 20:80] = 149, 27  # of 62 and 10
    for strength, shades in ((0.1, {149, 27}), (0.5, {27}), (0.9, {27})):
        assert set(pixels[found(pixels, "otsu", strength) == 255].tolist()) == shades
        assert set((255 - pixels)[found(255 - pixels, "otsu", strength) == 255].tolist()) >= {255 - 27}


def test_by_lightness_the_whole_border_says_what_is_ground():
    tall = np.full((200, 40), 220, np.uint8)
    tall[:30], tall[-30:] = 30, 30
    for pixels in (tall, np.ascontiguousarray(tall.T)):
        np.testing.assert_array_equal(found(pixels, "otsu"), np.where(pixels == 30, 255, 0))
    lamp = np.full((60, 60), 30, np.uint8)
    lamp[:20, 20:32] = 220
    np.testing.assert_array_equal(found(lamp, "otsu"), np.where(lamp == 220, 255, 0))


@pytest.mark.parametrize("method", ["otsu", "adaptive", "border"])
def test_a_few_pixels_are_no_subject_and_no_hole_in_one(method):
    pixels = np.full((60, 60, 3), 225, np.uint8)
    pixels[20:45, 20:45] = 40
    whole = found(pixels, method)
    pixels[5:7, 5:7], pixels[30:32, 30:32] = 40, 225
    np.testing.assert_array_equal(found(pixels, method), whole)


@pytest.mark.parametrize("method", ["border", "adaptive"])
@pytest.mark.parametrize("shade", [60, 120])
def test_at_the_least_strength_noise_is_still_ground(method, shade):
    coverage = found(eight_bit(noisy(painted((shade,) * 3, (200, 200, 200)), 30)), method, 0.0)
    assert overlap(coverage, SUBJECT) >= 0.8


def test_a_rim_widens_the_subject_and_everything_stays_everything():
    pixels = eight_bit(SCENES["dark on light"][0])
    plain = subject(
        open_image(pixels), remove_background="auto", background_strength=0.5, background_invert=False,
        background="#ffffff",
    )  # fmt: skip
    assert widened(plain, 2).coverage.sum() > plain.coverage.sum()
    assert widened(EVERYTHING, 2) is EVERYTHING


@pytest.mark.parametrize("name", ["background_strength", "background_invert"])
def test_what_needs_a_way_of_removing_says_so(name):
    assert SubjectParams().active(name) is not None
    for method in REMOVING:
        assert SubjectParams(remove_background=method).active(name) is None
