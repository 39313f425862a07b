"""The edge tangent flow against a naive twin, against the paper's own equations, and on outlines that are known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from vec2art_nb.kernels import tangent_flow as module
from vec2art_nb.kernels.gradient import gaussian_gradient
from vec2art_nb.kernels.tangent_flow import UNIT, tangent_flow

SHAPES = [(1, 1), (1, 40), (40, 1), (2, 2), (3, 5), (37, 51)]


def random_gradient(shape, seed=0):
    """Noise, with a part that has no gradient at all."""
    rng = np.random.default_rng(seed)
    dx, dy = rng.integers(-3000, 3000, (2, *shape)).astype(np.int16)
    dx[: shape[0] // 3] = dy[: shape[0] // 3] = 0
    return dx, dy


def unit_vectors(x, y):
    length = np.hypot(x, y)
    return np.stack([x, y]) / np.where(length > 0, length, 1)


def naive_flow(dx, dy, radius, iterations):
    across, down = dx.astype(float), dy.astype(float)
    magnitude = np.hypot(across, down)
    strong = np.sort(magnitude[magnitude > 0])[np.count_nonzero(magnitude) * 99 // 100] if magnitude.any() else 1
    weight = np.clip((16 * magnitude / strong) ** 2, 1, 256)
    tangent = unit_vectors(-down, across)
    tent = radius + 1.0 - np.abs(np.arange(-radius, radius + 1))

    def window(values):
        rows = ndimage.convolve1d(weight * values, tent, 0, mode="constant")
        return ndimage.convolve1d(rows, tent, 1, mode="constant")

    for _ in range(iterations):
        x, y = tangent
        xx, xy, yy = window(x * x), window(x * y), window(y * y)
        angle = np.arctan2(2 * xy, xx - yy) / 2
        main = np.stack([np.cos(angle), np.sin(angle)]) * (xx + yy > 1e-9)
        tangent = np.where((x == 0) & (y == 0), main, unit_vectors(xx * x + xy * y, xy * x + yy * y))
    return tangent


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("radius", "iterations"), [(0, 1), (1, 2), (5, 1), (5, 3), (30, 1)])
def test_it_agrees_with_a_naive_one(shape, radius, iterations):
    dx, dy = random_gradient(shape)
    found = np.stack(tangent_flow(dx, dy, radius, iterations)) / UNIT
    expected = naive_flow(dx, dy, radius, iterations)
    assert np.abs(np.hypot(*found) - np.hypot(*expected)).max() < 2e-3
    # Lines without sign; pixels between two directions may go either way, and further iterations spread that.
    turned = np.abs(found[0] * expected[1] - found[1] * expected[0])
    assert np.quantile(turned, 0.97) < 0.01


def published_flow(dx, dy, radius, iterations):
    """Equations 1 to 5 of Kang, Lee and Chui as they stand, over a disc."""
    across, down = dx.astype(float), dy.astype(float)
    magnitude = np.hypot(across, down)
    magnitude /= magnitude.max()
    tangent = unit_vectors(-down, across)
    height, width = dx.shape
    for _ in range(iterations):
        padded = np.pad(tangent, [(0, 0), (radius, radius), (radius, radius)])
        strength = np.pad(magnitude, radius)
        total = np.zeros_like(tangent)
        for v in range(2 * radius + 1):
            for u in range(2 * radius + 1):
                if (u - radius) ** 2 + (v - radius) ** 2 < radius**2:
                    there = padded[:, v : v + height, u : u + width]
                    louder = (1 + np.tanh(strength[v : v + height, u : u + width] - magnitude)) / 2
                    alike = (tangent * there).sum(0)
                    total += np.sign(alike) * there * louder * np.abs(alike)
        tangent = unit_vectors(*total)
    return tangent


def noisy_disc(noise, seed=0, size=120, radius=40):
    """Lightness of a disc in noise, and where its outline and which way its tangent is."""
    y, x = np.mgrid[0:size, 0:size] + 0.5 - size / 2
    distance = np.hypot(x, y)
    clean = 30 + 40 * np.clip(radius + 0.5 - distance, 0, 1)
    noisy = clean + np.random.default_rng(seed).normal(0, noise, clean.shape)
    return np.rint(noisy * 256).astype(np.int16), np.abs(distance - radius) < 2, np.stack([-y, x]) / distance


@pytest.mark.parametrize("noise", [0, 4, 8])
def test_it_follows_an_outline_better_than_the_published_one(noise):
    image, near, truth = noisy_disc(noise)
    dx, dy = gaussian_gradient(image, 1.2)

    def error(tangent):
        turned = np.abs(tangent[0] * truth[1] - tangent[1] * truth[0])[near]
        return np.degrees(np.arcsin(np.minimum(turned, 1))).mean()

    ours = error(np.stack(tangent_flow(dx, dy, 5, 2)) / UNIT)
    assert ours <= error(published_flow(dx, dy, 5, 2)) + 0.1
    assert ours < 1 + noise


def test_the_tangent_is_smoothed_towards_strong_edges():
    image, near, truth = noisy_disc(6)
    dx, dy = gaussian_gradient(image, 1.2)
    errors = []
    for iterations in (0, 1, 2):
        tx, ty = tangent_flow(dx, dy, 5, iterations)
        errors.append(np.abs((tx * truth[1] - ty * truth[0]) / UNIT)[near].mean())
    assert errors[1] < 0.7 * errors[0]
    assert errors[2] < errors[1]


def test_the_bright_side_stays_on_the_left():
    image, near, _ = noisy_disc(0)
    dx, dy = gaussian_gradient(image, 1.2)
    tx, ty = tangent_flow(dx, dy, 5, 3)
    steep = near & (np.hypot(dx.astype(float), dy) > 100)
    # Left of (1, 0) on the screen is (0, -1), where y points down.
    assert ((ty.astype(float) * dx - tx.astype(float) * dy)[steep] > 0).all()


def test_without_iterations_it_is_across_the_gradient():
    dx, dy = random_gradient((30, 40))
    tx, ty = tangent_flow(dx, dy, 5, 0)
    expected = unit_vectors(-dy.astype(float), dx.astype(float)) * UNIT
    assert np.abs(np.stack([tx, ty]) - expected).max() <= 1


@pytest.mark.parametrize("shape", SHAPES)
def test_a_flat_picture_has_no_tangents(shape):
    flat = np.zeros(shape, np.int16)
    for iterations in (0, 2):
        assert not np.any(tangent_flow(flat, flat, 5, iterations))


def test_flat_ground_takes_its_tangent_from_what_is_within_reach():
    dx, dy = np.zeros((2, 41, 41), np.int16)
    dx[:, 20] = 500
    tx, ty = tangent_flow(dx, dy, 6, 1)
    assert (np.abs(ty[:, 14:27]) > 0.99 * UNIT).all()
    assert not ty[:, :14].any() and not ty[:, 27:].any() and not tx.any()


def test_the_strongest_gradients_do_not_overflow():
    rng = np.random.default_rng(0)
    dx, dy = rng.choice(np.array([-32768, 32767], np.int16), (2, 70, 70))
    dx[:], dy[:, :35] = 32767, 32767
    tx, ty = tangent_flow(dx, dy, 30, 1)
    assert np.hypot(tx.astype(float), ty).min() > 0.999 * UNIT
    assert (ty > 0).all()


@pytest.mark.parametrize("bands", [2, 7])
def test_bands_change_nothing(bands, in_bands):
    cases = [(*random_gradient((67, 50)), 5, 2), (*random_gradient((3, 4)), 9, 1)]
    serial = [np.stack(tangent_flow(*case)) for case in cases]
    in_bands(module, bands)
    for one, case in zip(serial, cases, strict=True):
        assert np.array_equal(one, np.stack(tangent_flow(*case)))


def test_every_kernel_compiles_once():
    dx, dy = random_gradient((20, 30))
    tangent_flow(dx, dy, 2, 1)
    dx.flags.writeable = False
    tangent_flow(dx[:1], dy[:1], np.int64(3), 2)
    for kernel in (module.unit_tangents, module.smooth_tangents):
        assert len(kernel.dispatcher.signatures) == 1
