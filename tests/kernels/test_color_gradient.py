"""The gradient of three channels together, against the eigenvalues of the structure tensor."""

from __future__ import annotations

import numpy as np
import pytest

from vec2art_nb.kernels import color_gradient as module
from vec2art_nb.kernels.color_gradient import chroma_planes, color_gradient


def channels(shape=(40, 61), seed=0, scale=3000):
    random = np.random.default_rng(seed)
    return [tuple(random.integers(-scale, scale, shape).astype(np.int16) for _ in range(2)) for _ in range(3)]


@pytest.mark.parametrize("scale", [8, 3000, 16384])
def test_direction_and_magnitude_are_those_of_the_greatest_eigenvalue(scale):
    gradients = channels(scale=scale)
    dx, dy = color_gradient(gradients)
    jacobian = np.array([[dx_, dy_] for dx_, dy_ in gradients], float)
    tensor = np.einsum("ciyx,cjyx->yxij", jacobian, jacobian)
    values, vectors = np.linalg.eigh(tensor)
    magnitude = np.hypot(dx.astype(float), dy)
    assert np.abs(magnitude - np.sqrt(values[..., 1])).max() < 1.0
    clear = (magnitude > 20) & (values[..., 1] > 1.2 * values[..., 0])
    along = np.abs(dx * vectors[..., 0, 1] + dy * vectors[..., 1, 1])
    assert (along[clear] > magnitude[clear] - 2).all()


def test_it_points_where_the_channel_rises_that_changes_most():
    gradients = channels()
    dx, dy = color_gradient(gradients)
    sizes = [x.astype(float) ** 2 + y.astype(float) ** 2 for x, y in gradients]
    strongest = np.argmax(sizes, axis=0)
    gx, gy = (np.choose(strongest, [pair[axis] for pair in gradients]).astype(float) for axis in (0, 1))
    agreement = gx * dx + gy * dy
    assert (agreement >= -2 * np.hypot(gx, gy)).all()


def test_one_channel_alone_comes_back_as_it_is():
    (dx, dy), *_ = channels()
    nothing = np.zeros_like(dx)
    for place in range(3):
        gradients = [(nothing, nothing)] * 3
        gradients[place] = (dx, dy)
        for found, expected in zip(color_gradient(gradients), (dx, dy), strict=True):
            assert np.abs(found.astype(int) - expected).max() <= 1


def test_channels_that_change_equally_in_all_directions_point_somewhere():
    one, none = np.full((1, 1), 900, np.int16), np.zeros((1, 1), np.int16)
    dx, dy = color_gradient([(one, none), (none, one), (none, none)])
    assert np.hypot(int(dx[0, 0]), int(dy[0, 0])) == pytest.approx(900, abs=1)
    assert [plane.item() for plane in color_gradient([(none, none)] * 3)] == [0, 0]


def test_chroma_is_in_the_units_of_lightness():
    lab = np.random.default_rng(0).uniform(-0.4, 0.4, (9, 13, 3)).astype(np.float32)
    for weight in (0.5, 2.0):
        first, second = chroma_planes(lab, weight)
        assert np.abs(first - 25600 * weight * lab[..., 1]).max() <= 0.51
        assert np.abs(second - 25600 * weight * lab[..., 2]).max() <= 0.51


@pytest.mark.parametrize("bands", [2, 7])
def test_bands_change_nothing(bands, in_bands):
    pictures = [channels(), channels((1, 3)), channels((1, 1))]
    serial = [plane for picture in pictures for plane in color_gradient(picture)]
    in_bands(module, bands)
    for one, many in zip(serial, [p for picture in pictures for p in color_gradient(picture)], strict=True):
        assert np.array_equal(one, many)


def test_every_kernel_compiles_once():
    lab = np.zeros((3, 4, 3), np.float32)
    gradients = channels()
    for _ in range(2):
        chroma_planes(lab, 1)
        color_gradient(gradients)
        lab.flags.writeable = False
        for pair in gradients:
            for plane in pair:
                plane.flags.writeable = False
    assert len(module.split_chroma.dispatcher.signatures) == 1
    assert len(module.largest_change.dispatcher.signatures) == 1
