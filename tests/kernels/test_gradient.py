"""The gradient against SciPy's derivative of Gaussian, on ramps, and at every kind of border."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from vec2art_nb.kernels import gradient as module
from vec2art_nb.kernels.gradient import gaussian_gradient, units
from vec2art_nb.kernels.lightness import lightness

SIGMAS = [0, 0.3, 0.58, 0.8, 1.2, 2, 3.3, 5, 8, 20]


def random_lightness(shape, seed=0):
    return np.random.default_rng(seed).integers(0, 25601, shape).astype(np.int16)


@pytest.fixture(scope="module")
def picture(photograph):
    return lightness(photograph[:300, 100:420].copy(), (255, 255, 255))


@pytest.mark.parametrize("sigma", SIGMAS)
@pytest.mark.parametrize("slope", [0.1, -0.25])
def test_a_ramp_has_its_slope(sigma, slope):
    steps = np.arange(250) - 125
    ramp = np.rint((50 + slope * steps) * 256).astype(np.int16)
    far = int(3.3 * sigma) + 10
    dx, dy = gaussian_gradient(np.tile(ramp, (200, 1)), sigma)
    # A lightness step is 1/256 L*, which shows without blur; what 16 bits round adds a quarter of a unit.
    tolerance = max(1.25, units(sigma) / 256 / (1 + sigma))
    assert np.abs(dx[:, far:-far] - slope * units(sigma)).max() <= tolerance
    assert (dy == 0).all()
    dx, dy = gaussian_gradient(np.ascontiguousarray(np.tile(ramp, (200, 1)).T), sigma)
    assert np.abs(dy[far:-far] - slope * units(sigma)).max() <= tolerance
    assert (dx == 0).all()


@pytest.mark.parametrize(
    ("sigma", "share"), [(0.8, 0.03), (1.2, 0.02), (2, 0.01), (3.3, 0.015), (5, 0.015), (8, 0.015)]
)
def test_it_agrees_with_scipy_up_to_the_border(picture, sigma, share):
    dx, dy = (d / units(sigma) for d in gaussian_gradient(picture, sigma))
    exact_x = ndimage.gaussian_filter(picture / 256, sigma, order=(0, 1), mode="reflect", truncate=6)
    exact_y = ndimage.gaussian_filter(picture / 256, sigma, order=(1, 0), mode="reflect", truncate=6)
    error = np.hypot(dx - exact_x, dy - exact_y)
    assert error.max() < share * np.hypot(exact_x, exact_y).max()


@pytest.mark.parametrize("sigma", [0, 0.4, 0.58, 0.9, 1.2, 1.3, 1.4, 1.9])
def test_rounding_is_all_that_it_lacks(picture, sigma):
    taps = module._blur_taps(sigma).astype(np.float64)
    blur = np.concatenate([taps[:0:-1], taps])
    across = min(1 / 6, sigma * sigma / 2)
    smooth, difference = np.array([across, 1 - 2 * across, across]), np.array([-0.5, 0, 0.5])
    blurred = picture * (units(sigma) / 256)
    for axis in (0, 1):
        blurred = ndimage.correlate1d(blurred, blur, axis, mode="reflect")
    for axis, found in enumerate(reversed(gaussian_gradient(picture, sigma))):
        exact = ndimage.correlate1d(blurred, difference, axis, mode="nearest")
        exact = ndimage.correlate1d(exact, smooth, 1 - axis, mode="nearest")
        error = found - exact
        # To whole units it is 0.29 already.
        assert error.std() < 0.38
        assert abs(error.mean()) < 0.13
        assert np.abs(error).max() < 1.7


def test_without_blur_it_is_the_central_difference(picture):
    dx, dy = gaussian_gradient(picture, 0)
    padded = np.pad(picture.astype(np.float64), 1, mode="symmetric")
    to_units = units(0) / 256 / 2
    assert np.abs(dx - (padded[1:-1, 2:] - padded[1:-1, :-2]) * to_units).max() <= 0.5
    assert np.abs(dy - (padded[2:, 1:-1] - padded[:-2, 1:-1]) * to_units).max() <= 0.5


@pytest.mark.parametrize("sigma", [0.4, 0.577, 0.6, 1.0])
def test_it_changes_smoothly_with_sigma(picture, sigma):
    dx, _ = gaussian_gradient(picture, sigma)
    later, _ = gaussian_gradient(picture, sigma + 0.01)
    assert np.abs(dx - later).max() < 0.03 * np.abs(dx).max()


@pytest.mark.parametrize("angle", [0, 20, 45, 70])
def test_the_direction_is_right_at_every_angle(angle):
    y, x = np.mgrid[0:81, 0:81] - 40
    across = x * np.cos(np.radians(angle)) + y * np.sin(np.radians(angle))
    image = np.rint(25600 / (1 + np.exp(-across))).astype(np.int16)
    dx, dy = gaussian_gradient(image, 1.2)
    assert abs(np.degrees(np.arctan2(dy[40, 40], dx[40, 40])) - angle) < 0.2


@pytest.mark.parametrize("sigma", [0, 0.5, 1.2, 5, 20])
@pytest.mark.parametrize("shape", [(1, 1), (1, 60), (60, 1), (2, 2), (3, 5), (17, 4)])
def test_images_smaller_than_the_kernel_are_mirrored(shape, sigma):
    image = random_lightness(shape)
    far = int(4 * sigma) + 2
    height, width = shape
    large = np.ascontiguousarray(np.pad(image, far, mode="symmetric"))
    for small, padded in zip(gaussian_gradient(image, sigma), gaussian_gradient(large, sigma), strict=True):
        assert np.abs(small - padded[far : far + height, far : far + width]).max() <= 1


@pytest.mark.parametrize("sigma", SIGMAS)
def test_the_largest_steps_do_not_wrap(sigma):
    lowest, highest = np.iinfo(np.int16).min, np.iinfo(np.int16).max
    image = np.full((90, 90), lowest, np.int16)
    image[30:60, 45:] = highest
    dx, dy = gaussian_gradient(image, sigma)
    assert dx.max() > 3000 and dx[45, 40:50].min() >= 0
    assert dy[30, 80] > 3000 and dy[60, 80] < -3000


def test_a_step_has_about_the_same_strength_after_any_blur():
    step = np.zeros((1, 400), np.int16)
    step[:, 200:] = 25600
    strengths = [gaussian_gradient(step, sigma)[0].max() for sigma in (1.2, 2, 3.9, 4, 7.9, 8, 16, 20)]
    assert max(strengths) < 2.1 * min(strengths)


@pytest.mark.parametrize("sigma", [0, 1.2, 5])
@pytest.mark.parametrize("bands", [2, 7])
def test_bands_change_nothing(picture, sigma, bands, in_bands):
    tiny = random_lightness((3, 4))
    serial = [*gaussian_gradient(picture, sigma), *gaussian_gradient(tiny, sigma)]
    in_bands(module, bands)
    banded = [*gaussian_gradient(picture, sigma), *gaussian_gradient(tiny, sigma)]
    for one, many in zip(serial, banded, strict=True):
        assert np.array_equal(one, many)


def test_every_kernel_compiles_once():
    image = random_lightness((20, 30))
    gaussian_gradient(image, 0)
    image.flags.writeable = False
    gaussian_gradient(image, 7)
    gaussian_gradient(image[:1], np.float32(1.5))
    for kernel in (module.gradient, module.narrow_gradient):
        assert len(kernel.dispatcher.signatures) == 1
