"""Edge points, thresholds and hysteresis, on drawn scenes whose edges are known and on photographs."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from vec2art_nb.kernels import edges as module
from vec2art_nb.kernels.edges import edge_points, edge_scale, hysteresis, strength_histogram, thresholds
from vec2art_nb.kernels.gradient import gaussian_gradient
from vec2art_nb.kernels.lightness import lightness

WHITE = (255, 255, 255)
PHOTOGRAPHS = ["astronaut", "camera", "chelsea", "coffee", "rocket"]


def gradient_of(pixels, sigma=1.2):
    pixels = np.ascontiguousarray(pixels)
    return gaussian_gradient(lightness(pixels.reshape(*pixels.shape[:2], -1), WHITE), sigma)


def edge_mask(pixels, detail=0.4, sigma=1.2):
    dx, dy = gradient_of(pixels, sigma)
    strength, _ = edge_points(dx, dy)
    return hysteresis(strength, *thresholds(strength, dx, dy, detail)).astype(bool)


def random_gradient(shape=(40, 57), seed=0):
    rng = np.random.default_rng(seed)
    smooth = [ndimage.gaussian_filter(rng.normal(0, 4000, shape), 1.0) for _ in range(2)]
    return tuple(np.rint(component).astype(np.int16) for component in smooth)


def coverage(distance):
    """How much of each pixel is inside, from eight samples a side; (H, W) from 0 to 1."""
    height, width = distance.shape
    return (distance < 0).reshape(height // 8, 8, width // 8, 8).mean((1, 3))


def disc(centre=(80.3, 79.6), radius=60.0, size=160):
    y, x = (np.mgrid[0 : size * 8, 0 : size * 8] + 0.5) / 8
    return coverage(np.hypot(x - centre[0], y - centre[1]) - radius)


# --- edge points ------------------------------------------------------------------------------------------------------


def naive_edge_points(dx, dy):
    height, width = dx.shape
    magnitude = np.hypot(dx.astype(np.float64), dy)
    strength, offset = np.zeros((height, width)), np.zeros((height, width))
    for y in range(1, height - 1):
        for x in range(1, width - 1):
            along_x = abs(int(dx[y, x])) >= abs(int(dy[y, x]))
            here = magnitude[y, x]
            before = magnitude[y, x - 1] if along_x else magnitude[y - 1, x]
            after = magnitude[y, x + 1] if along_x else magnitude[y + 1, x]
            if here > before and here >= after:
                strength[y, x] = here
                offset[y, x] = 128 * (after - before) / (2 * (2 * here - before - after))
    return strength, offset


@pytest.mark.parametrize("shape", [(40, 57), (1, 1), (1, 30), (30, 1), (2, 2), (3, 3), (4, 3)])
def test_maxima_and_shifts_agree_with_a_naive_search(shape):
    dx, dy = random_gradient(shape)
    strength, offset = edge_points(dx, dy)
    expected_strength, expected_offset = naive_edge_points(dx, dy)
    assert np.array_equal(strength > 0, expected_strength > 0.5)
    assert np.abs(strength - expected_strength).max() <= 0.51
    assert np.abs(offset - expected_offset).max() <= 0.52


@pytest.mark.parametrize("extreme", [-32768, 32767])
def test_the_largest_gradients_do_not_wrap(extreme):
    dx = np.zeros((5, 7), np.int16)
    dx[:, 3] = extreme
    strength, offset = edge_points(dx, dx)
    assert strength[2, 3] == round(abs(extreme) * 2**0.5)
    assert (np.delete(strength, 3, axis=1) == 0).all() and (offset == 0).all()


def test_the_border_has_no_edge_points_and_shifts_stay_within_half_a_pixel():
    strength, offset = edge_points(*random_gradient((60, 60)))
    for side in (strength[0], strength[-1], strength[:, 0], strength[:, -1]):
        assert (side == 0).all()
    assert offset.min() < -40 and offset.max() > 40
    assert np.abs(offset.astype(int)).max() <= 64
    assert (offset[strength == 0] == 0).all()


@pytest.mark.parametrize(
    ("dark", "bright", "sigma", "limit"),
    [(40, 215, 1.2, 0.03), (215, 40, 1.2, 0.05), (120, 126, 1.2, 0.05), (40, 215, 0, 0.08)],
)
def test_the_circle_of_a_disc_is_met_within_hundredths_of_a_pixel(dark, bright, sigma, limit):
    pixels = np.rint(dark + (bright - dark) * disc()).astype(np.uint8)
    dx, dy = gradient_of(pixels, sigma)
    strength, offset = edge_points(dx, dy)
    found = hysteresis(strength, *thresholds(strength, dx, dy, 0.4)).astype(bool)
    y, x = np.nonzero(found)
    along_x = np.abs(dx[found].astype(int)) >= np.abs(dy[found].astype(int))
    shift = offset[found] / 128
    distance = np.hypot(x + 0.5 + np.where(along_x, shift, 0) - 80.3, y + 0.5 + np.where(along_x, 0, shift) - 79.6) - 60
    assert len(distance) > 330, "the circle has gaps"
    assert np.abs(distance).mean() < limit


@pytest.mark.parametrize("bands", [2, 7])
def test_bands_change_nothing(bands, in_bands):
    gradients = [random_gradient(shape) for shape in ((61, 40), (3, 3), (2, 5), (1, 1))]
    serial = [array for gradient in gradients for array in edge_points(*gradient)]
    in_bands(module, bands)
    for one, many in zip(serial, [array for gradient in gradients for array in edge_points(*gradient)], strict=True):
        assert np.array_equal(one, many)


# --- thresholds -------------------------------------------------------------------------------------------------------


def scene(contrast=120.0, blur=0.0, noise=0.0, ramp=0.0):
    """A disc and a square on grey, in 8 bits, and where their edges are."""
    y, x = (np.mgrid[0 : 240 * 8, 0 : 400 * 8] + 0.5) / 8
    round_one = np.hypot(x - 110.3, y - 119.7) - 80
    square = np.maximum(np.abs(x - 300.2), np.abs(y - 120.4)) - 60
    shapes = coverage(round_one) - 0.8 * coverage(square)
    pixels = 128 + contrast / 1.8 * ndimage.gaussian_filter(shapes, blur) + ramp * np.linspace(-0.5, 0.5, 400)
    pixels += np.random.default_rng(0).normal(0, noise, pixels.shape)
    distance = np.minimum(np.abs(round_one), np.abs(square))[4::8, 4::8]
    return np.clip(np.rint(pixels), 0, 255).astype(np.uint8), distance


CONDITIONS = {
    "clean": ({}, 0.99),
    "blurred": ({"blur": 2.5}, 0.97),
    "noisy": ({"noise": 10.0}, 0.95),
    "very noisy": ({"noise": 25.0}, 0.85),
    "faint": ({"contrast": 6.0}, 0.97),
    "faint and a little noisy": ({"contrast": 8.0, "noise": 1.0}, 0.85),
    "shaded": ({"ramp": 100.0}, 0.97),
    "faint on shading": ({"contrast": 20.0, "ramp": 100.0}, 0.95),
}


@pytest.mark.parametrize("condition", CONDITIONS)
def test_one_setting_finds_the_edges_under_every_condition(condition):
    settings, score = CONDITIONS[condition]
    pixels, distance = scene(**settings)
    found = edge_mask(pixels)
    precision = (distance[found] < 2).mean()
    recall = (ndimage.distance_transform_edt(~found)[distance < 0.5] < 2).mean()
    assert 2 * precision * recall / (precision + recall) > score


@pytest.mark.parametrize("noise", [0.5, 2, 10, 30])
@pytest.mark.parametrize("sigma", [0, 1.2, 3])
def test_pure_noise_gives_almost_no_edges(noise, sigma):
    pixels = np.random.default_rng(0).normal(128, noise, (400, 400)).round().clip(0, 255).astype(np.uint8)
    assert edge_mask(pixels, 0.4, sigma).mean() < 0.001
    assert edge_mask(pixels, 1.0, sigma).mean() < 0.01


def test_a_white_page_does_not_hide_the_noise_of_the_photograph_on_it():
    pixels = np.random.default_rng(0).normal(128, 10, (300, 400)).round().clip(0, 255).astype(np.uint8)
    pixels[:, :250] = 255
    inside = edge_mask(pixels)[:, 260:]
    assert inside.mean() < 0.001


@pytest.mark.parametrize("levels", [12, 60, 256])
def test_the_steps_of_a_smooth_ramp_are_no_edges(levels):
    ramp = np.tile(np.linspace(100 - levels / 3, 100 + levels / 3, 400).astype(np.uint8), (200, 1))
    assert not edge_mask(ramp).any()


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_a_photograph_gets_neither_an_empty_page_nor_a_black_one(name):
    from skimage import data

    pixels = getattr(data, name)()
    assert 0.03 < edge_mask(pixels, 0.4).mean() < 0.1
    assert 0.005 < edge_mask(pixels, 0.0).mean() < 0.03
    assert 0.08 < edge_mask(pixels, 1.0).mean() < 0.2


def test_more_detail_never_raises_a_threshold(photograph):
    pictures = [photograph, scene(noise=10)[0], scene(contrast=6)[0], np.zeros((9, 9), np.uint8)]
    for pixels in pictures:
        dx, dy = gradient_of(pixels)
        strength, _ = edge_points(dx, dy)
        pairs = np.array([thresholds(strength, dx, dy, detail) for detail in np.linspace(0, 1, 41)])
        assert (np.diff(pairs, axis=0) <= 0).all()
        assert (pairs[:, 0] > 0).all() and (pairs[:, 0] < pairs[:, 1]).all()


def test_strong_edges_on_flat_ground_are_not_taken_for_noise():
    dx, dy = gradient_of(scene()[0])
    scale = edge_scale(edge_points(dx, dy)[0], dx, dy)
    assert scale.floor(5) < scale.strong / 20


@pytest.mark.parametrize("noise", [1, 5, 12])
@pytest.mark.parametrize("with_edges", [False, True])
def test_the_noise_is_measured_beside_edges_and_shading(noise, with_edges):
    rng = np.random.default_rng(0)
    image = np.zeros((240, 400))
    if with_edges:
        image += np.linspace(-60, 60, 400)
        image[60:180, 100:300] += 25
    image += rng.normal(0, noise, image.shape)
    dx, dy = gaussian_gradient(np.rint(image * 256).astype(np.int16), 1.2)
    # The derivative of a Gaussian leaves 1 / (sqrt(8 pi) sigma^2) of the noise.
    expected = noise / (8 * np.pi) ** 0.5 / 1.2**2 * 128
    scale = edge_scale(edge_points(dx, dy)[0], dx, dy)
    assert scale.noise == pytest.approx(expected, rel=0.15)


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 1), (2, 2), (40, 40)])
def test_an_image_without_gradient_has_thresholds_and_no_edges(shape):
    flat = np.zeros(shape, np.int16)
    strength, _ = edge_points(flat, flat)
    low, high = thresholds(strength, flat, flat, 0.4)
    assert 0 < low < high
    assert not hysteresis(strength, low, high).any()


def test_the_histogram_counts_strengths():
    strength, _ = edge_points(*random_gradient((130, 300)))
    expected = np.bincount(strength.reshape(-1), minlength=65536)
    expected[0] = 0
    assert np.array_equal(strength_histogram(strength), expected)
    sample = strength_histogram(strength, 4).sum()
    assert sample == pytest.approx(expected.sum() / 4, rel=0.1)


def test_a_sample_gives_the_same_thresholds_as_all_pixels(photograph):
    large = np.tile(photograph, (2, 2, 1))
    dx, dy = gradient_of(large)
    strength, _ = edge_points(dx, dy)
    step = gradient_of(photograph)
    one = thresholds(edge_points(*step)[0], *step, 0.4)
    assert thresholds(strength, dx, dy, 0.4) == pytest.approx(one, rel=0.05)


# --- hysteresis -------------------------------------------------------------------------------------------------------


def labelled_hysteresis(strength, low, high):
    # scikit-image's own function joins by sides only.
    labels, count = ndimage.label(strength > low, np.ones((3, 3)))
    kept = np.zeros(count + 1, bool)
    kept[np.unique(labels[strength > high])] = True
    kept[0] = False
    return kept[labels]


@pytest.mark.parametrize("shape", [(1, 1), (1, 70), (70, 1), (2, 2), (33, 47), (8, 6), (40, 32), (50, 97)])
@pytest.mark.parametrize(("low", "high"), [(600, 950), (0, 990), (500, 500), (999, 999), (0, 0)])
def test_hysteresis_agrees_with_labelled_components(shape, low, high):
    strength = np.random.default_rng(1).integers(0, 1000, shape).astype(np.uint16)
    mask = hysteresis(strength, low, high)
    assert mask.dtype == np.uint8 and mask.max() <= 1
    assert np.array_equal(mask.astype(bool), labelled_hysteresis(strength, low, high))


def test_hysteresis_follows_a_long_winding_line():
    strength = np.zeros((201, 301), np.uint16)
    strength[::2] = 100
    strength[1::4, -1] = strength[3::4, 0] = 100
    strength[200, 300] = 200
    assert np.array_equal(hysteresis(strength, 50, 150) == 1, strength > 0)


@pytest.mark.parametrize("turned", range(4))
def test_hysteresis_climbs_out_of_a_spiral(turned):
    # Down, up and to both sides by turns, where sweeps over the rows do not get far.
    spiral = np.zeros((45, 70), np.uint16)
    top, left, bottom, right = 0, 0, 44, 69
    while top < bottom and left < right:
        spiral[top, left : right + 1] = spiral[top : bottom + 1, right] = 100
        spiral[bottom, left : right + 1] = spiral[top + 2 : bottom + 1, left] = 100
        spiral[top + 2, left : left + 2] = 100
        top, left, bottom, right = top + 2, left + 2, bottom - 2, right - 2
    spiral[20:25, 30:40][spiral[20:25, 30:40] > 0] = 200
    strength = np.ascontiguousarray(np.rot90(spiral, turned))
    mask = hysteresis(strength, 50, 150).astype(bool)
    assert np.array_equal(mask, labelled_hysteresis(strength, 50, 150))
    assert mask.sum() > 1000


def test_hysteresis_does_not_reach_round_the_sides():
    strength = np.zeros((6, 9), np.uint16)
    strength[2, 8] = 200
    strength[3, 0] = strength[4, 0] = 100
    assert hysteresis(strength, 50, 150).sum() == 1


def test_thresholds_out_of_range_are_taken_as_the_end():
    strength = np.array([[0, 1, 65535]], np.uint16)
    assert hysteresis(strength, -5, -3).tolist() == [[0, 1, 1]]
    assert hysteresis(strength, 70_000, 80_000).sum() == 0
    assert hysteresis(strength, 10, 5).tolist() == [[0, 0, 1]]


def test_every_kernel_compiles_once():
    dx, dy = random_gradient()
    for _ in range(2):
        strength, _ = edge_points(dx, dy)
        hysteresis(strength, *thresholds(strength, dx, dy, np.float32(0.5)))
        for array in (dx, dy, strength):
            array.flags.writeable = False
    hysteresis(strength, np.int64(4), 9)
    for kernel in (module.gradient_maxima, module.count_gradients, module.count_strengths, module.flood):
        assert len(kernel.dispatcher.signatures) == 1
