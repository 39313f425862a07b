"""Dots by the field's own measures: better than a plain relaxation, without rows, and quick to settle."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.quality import dots as quality


@pytest.fixture(scope="module")
def darkness() -> np.ndarray:
    return quality.darkness_of(quality.camera())


@pytest.fixture(scope="module")
def errors(darkness: np.ndarray) -> dict[str, float]:
    """Tone error by the way of placing dots; the numbers of dots are equal."""
    placed = {pattern: quality.ours(quality.camera(), pattern) for pattern in quality.PATTERNS}
    placed["grid"] = quality.ours(quality.camera(), "grid", jitter=1.0)
    white = quality.white_noise(darkness)
    placed |= {"white noise": white, "Lloyd": quality.lloyd(darkness, white, 12)}
    # Lloyd at its best: from dots that follow tone already.
    placed["Lloyd, stratified"] = quality.lloyd(darkness, placed["random"], 12)
    for name, points in placed.items():
        assert abs(len(points) - quality.COUNT) < 0.03 * quality.COUNT, name
    return {name: quality.tone_error(points, darkness) for name, points in placed.items()}


@pytest.mark.parametrize("pattern", ["voronoi", "lbg"])
def test_relaxed_dots_are_truer_than_a_plain_relaxation(errors: dict[str, float], pattern: str) -> None:
    assert errors[pattern] < 0.045
    assert errors[pattern] < 0.45 * errors["Lloyd"]
    assert errors[pattern] < errors["Lloyd, stratified"]


def test_patterns_are_in_the_order_that_papers_report(errors: dict[str, float]) -> None:
    assert errors["voronoi"] < errors["lbg"] < errors["poisson"] < errors["random"] < 0.5 * errors["white noise"]
    assert errors["voronoi"] < errors["grid"] < 0.5 * errors["white noise"]


@pytest.mark.parametrize("seed", [0, 7])
@pytest.mark.parametrize("pattern", ["voronoi", "lbg"])
def test_on_grey_relaxed_dots_keep_apart_without_rows(pattern: str, seed: int) -> None:
    points = quality.ours(quality.even_grey(), pattern, seed=seed)
    assert quality.poisson_radius(points, quality.SIDE) >= 0.67
    assert quality.anisotropy(points, quality.SIDE) <= 1.3
    assert quality.low_frequencies(points, quality.SIDE) <= 0.02


def test_poisson_disks_keep_apart_and_have_no_rows() -> None:
    points = quality.ours(quality.even_grey(), "poisson")
    assert quality.poisson_radius(points, quality.SIDE) >= 0.7
    assert quality.anisotropy(points, quality.SIDE) <= 1.3


def test_the_measures_know_bad_dots() -> None:
    """A lattice is found to have rows, white noise to be uneven."""
    side = quality.SIDE
    step = side / 80
    rows = np.stack(np.meshgrid(*[np.arange(80) * step + step / 2] * 2), axis=-1).reshape(-1, 2)
    assert quality.anisotropy(rows, side) > 2.5
    assert quality.poisson_radius(rows, side) == pytest.approx(np.sqrt(np.sqrt(3) / 2), abs=0.01)
    white = quality.white_noise(np.ones((side, side)))
    assert quality.low_frequencies(white, side) == pytest.approx(1, abs=0.35)
    assert quality.poisson_radius(white, side) < 0.1
    assert quality.tone_error(white, np.ones((side, side))) > 0.2
