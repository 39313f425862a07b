"""Superpixels against scikit-image's SLIC, at the same real number, on pictures whose segments are known."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.quality import superpixel as quality

LARGER_IS_BETTER = {
    "boundary recall": True,
    "undersegmentation error": False,
    "achievable accuracy": True,
    "explained variation": True,
    "explained variation, photos": True,
}


@pytest.fixture(scope="module")
def scores() -> dict[str, dict[str, np.ndarray]]:
    return quality.scores(quality.segmenters())


def test_all_have_the_same_real_number_of_regions(scores: dict) -> None:
    for measures in scores.values():
        assert np.array_equal(measures["regions"], scores[quality.PEER]["regions"])


@pytest.mark.parametrize("measure", list(LARGER_IS_BETTER))
@pytest.mark.parametrize("name", ["default", "OKLab", "SLICO", "SNIC"])
def test_every_method_is_better_than_the_peer(name: str, measure: str, scores: dict) -> None:
    sign = 1 if LARGER_IS_BETTER[measure] else -1
    ours, peers = scores[f"vec2art_nb, {name}"][measure], scores[quality.PEER][measure]
    assert sign * ours.mean() > sign * peers.mean()
    if name == "default":
        # And not by a few pictures only.
        assert (sign * ours >= sign * peers).mean() >= 0.9


def test_the_default_leaks_less_than_half_as_much(scores: dict) -> None:
    measure = "undersegmentation error"
    assert scores["vec2art_nb, default"][measure].mean() < scores[quality.PEER][measure].mean() / 2


def test_the_measures_know_right_from_wrong() -> None:
    truth = np.repeat(np.arange(4), 10)[None].repeat(20, 0)
    shifted = np.roll(truth, 2, axis=1)
    assert quality.boundary_recall(truth, truth) == 1
    assert quality.undersegmentation_error(truth, truth) == 0
    assert quality.achievable_accuracy(truth, truth) == 1
    assert quality.boundary_recall(shifted, truth) < 0.5
    assert quality.undersegmentation_error(shifted, truth) == pytest.approx(16 / 40)
    assert quality.achievable_accuracy(shifted, truth) == pytest.approx(32 / 40)
