"""The filter along the flow against a naive twin, against the paper's own equations, and on lines that are known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from vec2art_nb.kernels import flow_dog as module
from vec2art_nb.kernels.flow_dog import STEP_RESPONSE, flow_response
from vec2art_nb.kernels.gradient import gaussian_gradient
from vec2art_nb.kernels.lightness import lightness
from vec2art_nb.kernels.tangent_flow import UNIT, tangent_flow


def tangents_of(image):
    return tangent_flow(*gaussian_gradient(image, 1.2), 5, 2)


def response_to(image, sigma=1.0, along=4.0, tau=1.0):
    found = flow_response(image, *tangents_of(image), sigma, along, tau)
    return np.hypot(found.across_x.astype(float), found.across_y)


def upright(profile, height=60):
    """A picture of which all rows are alike; L* in, L* times 256 out."""
    return np.tile(np.rint(np.asarray(profile) * 256).astype(np.int16), (height, 1))


@pytest.fixture(scope="module")
def picture(photograph):
    return lightness(photograph[40:240, 130:370].copy(), (255, 255, 255))


def naive_response(image, tx, ty, sigma, along, tau):
    """One pixel after the other, with the same whole numbers."""
    height, width = image.shape
    first = flow_response(image, tx, ty, sigma, along, tau)
    dx, dy = (np.pad(d.astype(float), 1, mode="edge") for d in (first.dx, first.dy))
    second_x, second_y = tx / UNIT, ty / UNIT
    xx = (dx[1:-1, 2:] - dx[1:-1, :-2]) / 2
    yy = (dy[2:, 1:-1] - dy[:-2, 1:-1]) / 2
    xy = (dx[2:, 1:-1] - dx[:-2, 1:-1] + dy[1:-1, 2:] - dy[1:-1, :-2]) / 4
    fade_x, fade_y = (
        np.clip(np.minimum(np.arange(n) + 0.5, n - 0.5 - np.arange(n)) / 1.5 / first.smoothing - 1, 0, 1)
        for n in (width, height)
    )
    xx, yy = xx * fade_x, yy * fade_y[:, None]
    across = xx * second_y**2 - 2 * xy * second_x * second_y + yy * second_x**2
    bias = STEP_RESPONSE / 0.1114 * (1 - tau) / 256
    single = np.clip(first.gain * across - bias * image, -32767, 32767)
    directions = np.stack([(127 * t.astype(int) + UNIT // 2) >> 14 for t in (tx, ty)])
    step, weights = module._walk(along, first.smoothing)
    total = np.zeros(image.shape)
    for y in range(height):
        for x in range(width):
            value = weights[0] * single[y, x]
            for sign in (-1, 1):
                tangent = sign * directions[:, y, x]
                place = np.array([2048, 2048]) + 2 * step * tangent
                for weight in weights[1:]:
                    column = min(max(x + int(place[0] >> 12), 0), width - 1)
                    row = min(max(y + int(place[1] >> 12), 0), height - 1)
                    value += weight * single[row, column]
                    following = directions[:, row, column]
                    following = -following if following @ tangent < 0 else following
                    place, tangent = place + step * (3 * following - tangent), following
            total[y, x] = max(value / (1 << 14), 0)
    return total


@pytest.mark.parametrize("shape", [(1, 1), (1, 30), (30, 1), (2, 2), (23, 31)])
@pytest.mark.parametrize(("sigma", "along", "tau"), [(0.5, 0, 1), (1, 4, 1), (1.3, 9, 0.97), (6, 3, 1), (3, 50, 1)])
def test_it_agrees_with_a_naive_one(shape, sigma, along, tau):
    rng = np.random.default_rng(0)
    image = ndimage.gaussian_filter(rng.uniform(0, 25600, shape), 1).astype(np.int16)
    tx, ty = tangents_of(image)
    found = flow_response(image, tx, ty, sigma, along, tau)
    expected = naive_response(image, tx, ty, sigma, along, tau)
    assert np.abs(np.hypot(found.across_x.astype(float), found.across_y) - expected).max() < 2.5


def published_response(image, tx, ty, sigma, along):
    """Equations 6 to 8 of Kang, Lee and Chui, sampled densely; darkness is positive."""
    luma = image / 256
    height, width = luma.shape
    y, x = np.mgrid[0:height, 0:width].astype(float)
    tangent = np.stack([tx, ty]) / UNIT

    def gaussian(t, deviation):
        return np.exp(-(t**2) / (2 * deviation**2)) / deviation / np.sqrt(2 * np.pi)

    across = np.zeros(luma.shape)
    for t in np.arange(-6 * sigma, 6 * sigma + 0.01, 0.25):
        weight = 0.25 * (gaussian(t, sigma) - gaussian(t, 1.6 * sigma))
        place = [y - t * tangent[0], x + t * tangent[1]]
        across += weight * ndimage.map_coordinates(luma, place, order=1, mode="reflect")
    total = gaussian(0, along) * across
    for sign in (-1, 1):
        px, py, last = x.copy(), y.copy(), sign * tangent
        for s in range(1, int(2.5 * along) + 1):
            px, py = px + last[0], py + last[1]
            row, column = (
                np.clip(np.rint(py), 0, height - 1).astype(int),
                np.clip(np.rint(px), 0, width - 1).astype(int),
            )
            total += gaussian(s, along) * across[row, column]
            following = tangent[:, row, column]
            last = np.where((following * last).sum(0) < 0, -following, following)
    return np.maximum(-total, 0)


def test_it_sees_what_the_published_one_sees(picture):
    tx, ty = tangents_of(picture)
    found = flow_response(picture, tx, ty, 1.0, 4.0, 1.0)
    ours = np.hypot(found.across_x.astype(float), found.across_y)[8:-8, 8:-8]
    published = published_response(picture, tx, ty, 1.0, 4.0)[8:-8, 8:-8]
    assert np.corrcoef(ours.ravel(), published.ravel())[0, 1] > 0.97
    strongest = published > np.quantile(published, 0.95)
    assert (ours > np.quantile(ours, 0.9))[strongest].mean() > 0.95


@pytest.mark.parametrize("level", [0, 50, 100])
@pytest.mark.parametrize("tau", [0.9, 1.0])
def test_flat_regions_give_nothing_however_bright(level, tau):
    assert not response_to(np.full((30, 40), level * 256, np.int16), tau=tau).any()
    # Beside an edge too: from its reach on there is nothing.
    step = upright(np.where(np.arange(80) < 40, 20, level))
    assert response_to(step, along=4, tau=tau)[:, np.r_[0:28, 52:80]].max() <= 1


def test_shading_gives_nothing():
    y, x = np.mgrid[0:80, 0:100]
    image = np.rint((20 + 0.4 * x + 0.3 * y) * 256).astype(np.int16)
    assert response_to(image).max() <= 20
    assert response_to(image)[10:-10, 10:-10].max() <= 2


@pytest.mark.parametrize("sigma", [0.7, 1.0, 2.0, 4.0])
def test_a_step_has_the_same_response_at_every_sigma_on_its_dark_side(sigma):
    response = response_to(upright(np.where(np.arange(120) < 60, 30, 80)), sigma=sigma)[30]
    # A narrow filter does not see a step between pixels at its steepest.
    assert response.max() == pytest.approx(50 * STEP_RESPONSE, rel=0.12 if sigma >= 1 else 0.2)
    assert 0.6 * sigma < 59.5 - response.argmax() < 2.2 * sigma
    assert response[60:].max() < 0.05 * response.max()


def test_a_dark_line_has_one_ridge_and_a_bright_one_two():
    for level, ridges in ((20, 1), (80, 2)):
        profile = np.full(80, 50.0)
        profile[39:41] = level
        response = response_to(upright(profile))[30]
        inner = response[1:-1]
        peaks = np.flatnonzero((inner > response[:-2]) & (inner >= response[2:]) & (inner > 200)) + 1
        assert len(peaks) == ridges
        assert peaks.mean() == pytest.approx(39.5, abs=0.51)


def test_responses_are_gathered_along_the_line():
    rng = np.random.default_rng(0)
    profile = np.full(80, 60.0)
    profile[39:41] = 50
    clean = upright(profile, 200).astype(float)
    noisy = np.rint(clean + 256 * rng.normal(0, 6, clean.shape)).astype(np.int16)
    tx, ty = np.zeros_like(noisy), np.full_like(noisy, UNIT)
    spread = []
    for along in (0, 3, 8):
        found = flow_response(noisy, tx, ty, 1.0, along, 1.0)
        ridge = np.abs(found.across_x[20:-20, 39:41].astype(float)).max(axis=1)
        spread.append(ridge.std() / ridge.mean())
    assert spread[1] < 0.8 * spread[0]
    assert spread[2] < 0.75 * spread[1]


def test_a_lower_tau_takes_weak_lines_on_bright_ground_first():
    dark, bright = (upright(np.where(np.arange(60) < 30, level, level + 8)) for level in (5, 85))
    kept = [response_to(image, tau=0.98).max() / response_to(image).max() for image in (dark, bright)]
    assert kept[0] > 0.7
    assert kept[1] < 0.2


@pytest.mark.parametrize("sigma", [0.5, 1, 10])
def test_the_largest_steps_do_not_wrap(sigma):
    image = np.full((70, 70), 32767, np.int16)
    image[::2, 20:50] = -32768
    image[30:40] = -32768
    tx, ty = tangents_of(image)
    found = flow_response(image, tx, ty, sigma, 4.0, 0.9)
    assert (np.abs(found.across_x.astype(int)) <= 32767).all() and (np.abs(found.across_y.astype(int)) <= 32767).all()
    assert (found.across_x.astype(int) * ty - found.across_y.astype(int) * tx >= -UNIT).all()


@pytest.mark.parametrize("bands", [2, 7])
def test_bands_change_nothing(picture, bands, in_bands):
    cases = [(image, *tangents_of(image), 1.2, 5.0, 0.99) for image in (picture, picture[:3, :4].copy())]
    serial = [flow_response(*case) for case in cases]
    in_bands(module, bands)
    for one, case in zip(serial, cases, strict=True):
        many = flow_response(*case)
        assert np.array_equal(one.across_x, many.across_x) and np.array_equal(one.across_y, many.across_y)


def test_the_weights_of_the_walk_add_up():
    for along in (0, 0.3, 1, 2, 6, 50):
        for smoothing in (0.6, 1.33, 10):
            step, weights = module._walk(along, smoothing)
            assert 2 * weights.sum() - weights[0] == 1 << 14
            assert (np.diff(weights) <= 1).all() and weights.min() >= 0
            deviation = step / 16 * np.sqrt(2 * (weights * np.arange(len(weights)) ** 2).sum() / (1 << 14))
            wanted = max(along**2 - smoothing**2, 0) ** 0.5
            assert deviation == pytest.approx(wanted, rel=0.15, abs=0.25)


def test_every_kernel_compiles_once(picture):
    tx, ty = tangents_of(picture)
    flow_response(picture, tx, ty, 1.0, 3.0, 1.0)
    tx.flags.writeable = False
    flow_response(picture[:5], tx[:5], ty[:5], np.float32(2), 0, 0.95)
    for kernel in (module.line_words, module.sum_along):
        assert len(kernel.dispatcher.signatures) == 1
