"""The edge backend as a whole: drawings that are right."""

from __future__ import annotations

import numpy as np
import pytest

import vec2art_nb as v2a


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    """A quarter of a real photograph, with noise of a cheap camera."""
    pixels = v2a.samples.load("astronaut").pixels[:256, 100:356].astype(np.int16)
    noise = np.random.default_rng(3).normal(0, 4, pixels.shape)
    return np.clip(pixels + noise, 0, 255).astype(np.uint8)


def disc(radius: float = 40.0, contrast: float = 200.0, size: int = 128) -> np.ndarray:
    """An anti-aliased disc around (64, 64) in the pixel plane."""
    y, x = np.mgrid[0 : size * 4, 0 : size * 4] / 4 + 0.125
    inside = np.hypot(x - 64, y - 64) < radius
    return (30 + contrast * inside.reshape(size, 4, size, 4).mean((1, 3))).astype(np.uint8)


def test_a_disc_is_one_closed_stroke_on_its_outline() -> None:
    drawing = v2a.vectorize(disc())
    assert len(drawing) == 1
    assert drawing.paths.closed.tolist() == [True]
    on_curve = drawing.paths.points[drawing.paths.codes == 1]
    distance = np.abs(np.hypot(*(on_curve - 64).T) - 40)
    assert distance.max() < 0.4


def test_a_faint_disc_is_found_with_the_same_setting() -> None:
    assert len(v2a.vectorize(disc(contrast=6.0))) == 1


def test_pure_noise_gives_almost_nothing() -> None:
    noise = np.random.default_rng(0).normal(128, 12, (256, 256)).clip(0, 255).astype(np.uint8)
    drawing = v2a.vectorize(noise)
    assert drawing.vertices < 256 * 256 / 200


def test_points_lie_in_the_picture(photo: np.ndarray) -> None:
    polylines = v2a.vectorize(photo, smooth=False, detail=1.0).paths.points
    assert polylines.min() >= 0
    assert polylines.max() <= 256


def test_more_detail_never_draws_less(photo: np.ndarray) -> None:
    with v2a.Session(photo) as session:
        counts = []
        for detail in np.linspace(0, 1, 11):
            session.params.detail = detail
            counts.append(int(session.stage("edges").values.sum()))
    assert counts == sorted(counts)
    assert counts[0] < counts[-1] / 2
