"""Contours where the right answer is known, with one setting for all: the default."""

from __future__ import annotations

from statistics import mean

import pytest

from benchmarks.quality import edge as quality


@pytest.fixture(scope="module")
def found() -> dict:
    return quality.scores(lambda scene, picture, _: quality.ours(scene, picture))


@pytest.mark.parametrize("condition", ["clean", "blurred", "noisy", "very noisy", "faint"])
def test_the_outline_is_found_under_every_condition(found, condition: str) -> None:
    assert quality.f_by_condition(found)[condition] >= 0.96


def test_strokes_lie_on_the_true_outline(found) -> None:
    distances = [score.distance for (_, condition), score in found.items() if condition == "clean"]
    assert mean(distances) <= 0.10


@pytest.mark.parametrize("conditions", [("clean",), ("clean", "blurred", "noisy", "very noisy", "faint")])
def test_a_contour_is_one_stroke(found, conditions: tuple[str, ...]) -> None:
    assert 1.0 <= mean(score.strokes for (_, condition), score in found.items() if condition in conditions) <= 1.15
