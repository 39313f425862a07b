"""From responses to strokes: their scale, sides that agree, and the way back to the step."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr

from vec2art_nb.kernels import flow_lines as module
from vec2art_nb.kernels.edges import edge_points, hysteresis
from vec2art_nb.kernels.flow_dog import STEP_RESPONSE, flow_response
from vec2art_nb.kernels.flow_lines import moved_to_steps, one_sided, response_scale, stronger
from vec2art_nb.kernels.gradient import gaussian_gradient
from vec2art_nb.kernels.strokes import link_strokes
from vec2art_nb.kernels.tangent_flow import tangent_flow


def response_to(image, sigma=1.0, along=6.0):
    return flow_response(image, *tangent_flow(*gaussian_gradient(image, 1.2), 5, 2), sigma, along, 1.0)


def lines_in(image, detail=0.4, sigma=1.0):
    response = response_to(image, sigma)
    strength, shift = edge_points(response.across_x, response.across_y)
    scale = response_scale(strength, response)
    return response, hysteresis(strength, *scale.thresholds(detail)), shift


def strokes_in(image, sigma=1.0):
    response, mask, shift = lines_in(image, sigma=sigma)
    chains = link_strokes(mask, *one_sided(mask, response.across_x, response.across_y), shift)
    return response, chains


def disc(noise=0.0, contrast=40.0, blur=0.4, size=120, radius=40.0):
    y, x = np.mgrid[0:size, 0:size] + 0.5 - size / 2
    inside = ndtr((radius - np.hypot(x, y)) / blur)
    image = 50 + contrast * inside + np.random.default_rng(0).normal(0, noise, inside.shape)
    return np.rint(image * 256).astype(np.int16)


def ring(noise=0.0, size=120, radius=40.0):
    """A thin dark circle on bright ground."""
    y, x = np.mgrid[0:size, 0:size] + 0.5 - size / 2
    image = 80 - 50 * np.clip(1.75 - np.abs(np.hypot(x, y) - radius), 0, 1)
    return np.rint((image + np.random.default_rng(0).normal(0, noise, image.shape)) * 256).astype(np.int16)


# --- scale ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("noise", [2, 5, 12])
@pytest.mark.parametrize("with_lines", [False, True])
def test_noise_hardly_makes_strokes(noise, with_lines):
    rng = np.random.default_rng(1)
    image = 50 + rng.normal(0, noise, (300, 300))
    if with_lines:
        image[::60] -= 60
    _, mask, _ = lines_in(np.rint(image * 256).astype(np.int16))
    ground = mask if not with_lines else np.vstack([mask[row + 8 : row + 52] for row in range(0, 300, 60)])
    assert ground.mean() < 0.004


def test_the_noise_grows_with_the_noise_and_not_with_the_lines():
    def of_one(deviation, lines, seed):
        image = np.random.default_rng(seed).normal(0, deviation, (200, 200))
        image[:: 40 if lines else 1000] += 40
        found = response_to(np.rint(image * 256).astype(np.int16))
        strength, _ = edge_points(found.across_x, found.across_y)
        return response_scale(strength, found).noise

    def noise(deviation, lines):
        # One picture says it to a tenth only.
        return np.mean([of_one(deviation, lines, seed) for seed in range(5)])

    # The response saturates a little.
    assert noise(8, False) == pytest.approx(2 * noise(4, False), rel=0.15)
    assert noise(8, True) == pytest.approx(noise(8, False), rel=0.35)


def test_a_clean_picture_has_no_noise():
    found = response_to(disc())
    strength, _ = edge_points(found.across_x, found.across_y)
    scale = response_scale(strength, found)
    assert scale.floor(5) < 0.25 * scale.strong
    assert scale.strong == pytest.approx(0.6 * 40 * STEP_RESPONSE, rel=0.2)


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 1), (30, 30)])
def test_nothing_has_a_scale_too(shape):
    nothing = np.zeros(shape, np.int16)
    scale = response_scale(nothing.view(np.uint16), response_to(nothing))
    low, high = scale.thresholds(0.4)
    assert 0 < low < high


# --- sides ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_sides_agree_along_a_line_whatever_they_were(seed):
    response, mask, _ = lines_in(ring())
    rng = np.random.default_rng(seed)
    sign = rng.choice([-1, 1], mask.shape).astype(np.int16)
    across_x, across_y = one_sided(mask, sign * response.across_x, sign * response.across_y)
    y, x = np.nonzero(mask)
    outwards = across_x[y, x] * (x - 59.5) + across_y[y, x] * (y - 59.5)
    assert (outwards > 0).all() or (outwards < 0).all()
    # Only turned, and only on the line.
    assert np.array_equal(np.abs(across_x), np.abs(response.across_x))
    assert np.array_equal((across_x * sign)[mask == 0], response.across_x[mask == 0])


def test_the_first_pixel_of_a_line_keeps_its_side_and_others_are_untouched():
    mask = np.zeros((9, 20), np.uint8)
    mask[2, 3:9] = mask[6, 3:17] = 1
    across_y = np.full(mask.shape, 100, np.int16)
    across_y[2, 3] = -100
    across_y[6, 5::2] = -100
    turned_x, turned_y = one_sided(mask, np.zeros_like(across_y), across_y)
    assert (turned_y[2, 3:9] == -100).all()
    assert (turned_y[6, 3:17] == 100).all()
    assert not turned_x.any()


def test_sides_spread_over_a_gap_of_one_pixel_but_not_across_lines():
    mask = np.zeros((8, 30), np.uint8)
    mask[2, 2:28] = mask[4, 2:28] = 1
    mask[2, 12] = 0
    across_y = np.full(mask.shape, 100, np.int16)
    across_y[2, 13:] = -100
    across_y[4] = -100
    _, turned = one_sided(mask, np.zeros_like(across_y), across_y)
    assert (turned[2][mask[2] == 1] == 100).all()
    assert (turned[4] == -100).all()


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (2, 2)])
def test_lines_at_the_border_stay_within_the_picture(shape):
    mask = np.ones(shape, np.uint8)
    across = np.full(shape, 50, np.int16)
    across_x, _ = one_sided(mask, across, across)
    assert across_x.shape == shape


def test_of_two_vectors_the_longer_one_is_taken():
    one, two = np.random.default_rng(0).integers(-32768, 32767, (2, 2, 30, 40)).astype(np.int16)
    longer = (two.astype(float) ** 2).sum(0) > (one.astype(float) ** 2).sum(0)
    assert np.array_equal(np.stack(stronger(*one, *two)), np.where(longer, two, one))


# --- the way to the step ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sigma", [0.7, 1.0, 1.6])
@pytest.mark.parametrize("blur", [0.4, 1.5])
@pytest.mark.parametrize("contrast", [40.0, -25.0])
def test_the_outline_of_a_disc_comes_to_lie_on_its_edge(sigma, blur, contrast):
    response, chains = strokes_in(disc(contrast=contrast, blur=blur), sigma)
    moved = moved_to_steps(chains, response, 6.0)
    before = np.hypot(*(chains.points - 60).T) - 40
    after = np.hypot(*(moved - 60).T) - 40
    assert len(chains.closed) == 1 and chains.closed[0] == 1
    assert np.abs(before).mean() > 0.9 * sigma
    assert np.abs(after).mean() < 0.35
    assert np.abs(after).max() < 0.7


def test_a_thin_line_stays_where_it_is():
    response, chains = strokes_in(ring())
    moved = moved_to_steps(chains, response, 6.0)
    assert len(chains.closed) == 1
    assert np.abs(np.hypot(*(moved - 60).T) - 40).mean() < 0.15
    assert np.abs(moved - chains.points).max() < 0.5


def test_in_noise_the_outline_is_found_in_few_pieces():
    response, chains = strokes_in(disc(noise=8, contrast=30))
    moved = moved_to_steps(chains, response, 6.0)
    longest = np.argmax(np.diff(chains.offsets))
    points = moved[chains.offsets[longest] : chains.offsets[longest + 1]]
    assert len(points) > 0.6 * 2 * np.pi * 40
    assert np.abs(np.hypot(*(points - 60).T) - 40).mean() < 0.5


def test_points_stay_within_the_picture():
    image = np.rint(256 * np.random.default_rng(0).uniform(0, 100, (60, 70))).astype(np.int16)
    response = response_to(image)
    strength, shift = edge_points(response.across_x, response.across_y)
    chains = link_strokes(hysteresis(strength, 0, 0), response.across_x, response.across_y, shift)
    moved = moved_to_steps(chains, response, 6.0)
    assert len(moved) > 100
    assert moved.min() >= 0
    assert moved[:, 0].max() <= 70 and moved[:, 1].max() <= 60


def naive_mean(values, closed, reach):
    n = len(values)
    reach = min(reach, (n - 1) // 2)
    if closed:
        return np.array([np.mean([values[(k + d) % n] for d in range(-reach, reach + 1)]) for k in range(n)])
    return np.array([np.mean(values[max(0, k - reach) : k + reach + 1]) for k in range(n)])


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize(("n", "reach"), [(1, 3), (2, 3), (9, 1), (30, 4), (30, 50)])
def test_the_running_mean_agrees_with_a_naive_one(closed, n, reach):
    values = np.random.default_rng(0).normal(0, 1, n).astype(np.float32)
    out = np.empty(n, np.float32)
    module._averaged(values, 0, n, closed, reach, out)
    assert np.abs(out - naive_mean(values, closed, reach)).max() < 1e-4


def test_every_kernel_compiles_once():
    for image in (disc(), ring()[:50].copy()):
        response, chains = strokes_in(image)
        moved_to_steps(chains, response, np.float32(3))
    for kernel in (module.spread_sides, module.move_to_steps):
        assert len(kernel.dispatcher.signatures) == 1
