"""What stages will take."""

import math
import random

import pytest

from vec2art_nb.runtime.costs import CostModel


@pytest.fixture
def costs():
    return CostModel()


def test_nothing_is_known_of_a_stage_that_never_ran(costs):
    assert costs.expected("stage", "picture", 1.0, []) is None
    costs.note("stage", "picture", 1.0, [], 5.0)
    assert costs.expected("other", "picture", 1.0, []) is None


def test_what_a_stage_takes_follows_what_was_measured(costs):
    costs.note("stage", "picture", 0.5, [], 10)
    assert costs.expected("stage", "picture", 0.5, []) == pytest.approx(10)
    costs.note("stage", "picture", 0.5, [], 20)
    assert 10 < costs.expected("stage", "picture", 0.5, []) < 20
    for _ in range(20):
        costs.note("stage", "picture", 0.5, [], 20)
    assert costs.expected("stage", "picture", 0.5, []) == pytest.approx(20, rel=0.01)


def test_after_one_run_time_is_expected_to_grow_a_little_less_than_the_pixels(costs):
    costs.note("stage", "picture", 1.0, [], 100)
    quarter = costs.expected("stage", "picture", 0.25, [])
    assert 25 < quarter < 60
    assert quarter < costs.expected("stage", "picture", 0.5, []) < 100


def test_a_hiccup_is_not_believed(costs):
    for _ in range(10):
        costs.note("stage", "picture", 1.0, [], 10)
    costs.note("stage", "picture", 1.0, [], 1000)
    costs.note("stage", "picture", 1.0, [], 10)
    # At another size the trend alone answers, and at this one what was measured here.
    assert costs.expected("stage", "other", 1.0, []) < 15
    for _ in range(4):
        costs.note("stage", "picture", 1.0, [], 10)
    assert costs.expected("stage", "picture", 1.0, []) < 14


def test_pictures_have_levels_of_their_own_and_a_new_one_is_judged_by_the_others(costs):
    for _ in range(20):
        costs.note("stage", "busy", 1.0, [], 40)
        costs.note("stage", "calm", 1.0, [], 10)
    assert costs.expected("stage", "busy", 1.0, []) == pytest.approx(40, rel=0.1)
    assert costs.expected("stage", "calm", 1.0, []) == pytest.approx(10, rel=0.1)
    assert 10 < costs.expected("stage", "new", 1.0, []) < 40


@pytest.mark.parametrize(
    "time_of",
    [
        lambda megapixels, trait: 12 + 15 * megapixels,  # much of it fixed
        lambda megapixels, trait: 30 * megapixels,
        lambda megapixels, trait: 3 * math.exp(2 * trait) * megapixels**0.9,
        lambda megapixels, trait: (2 + 20 * trait) * (0.3 + megapixels),
    ],
    ids=["fixed", "pixels", "exponential", "product"],
)
def test_fifty_runs_teach_it_how_time_changes_with_size_and_traits(costs, time_of):
    chance = random.Random(7)
    errors = []
    for run in range(80):
        # As hands do: some runs along one slider at one size, then another size.
        if run % 8 == 0:
            megapixels = 2.0 ** -chance.randrange(7)
        trait = chance.random()
        truth = time_of(megapixels, trait)
        expected = costs.expected("stage", "picture", megapixels, [trait])
        if run >= 50:
            errors.append(abs(expected / truth - 1))
        costs.note("stage", "picture", megapixels, [trait], truth * math.exp(chance.gauss(0, 0.05)))
    assert sorted(errors)[len(errors) // 2] < 0.2


def test_a_trait_that_never_changes_costs_nothing_however_long(costs):
    for _ in range(5000):
        costs.note("stage", "picture", 1.0, [0.5, 0.0], 10)
    assert costs.expected("stage", "picture", 1.0, [0.5, 0.0]) == pytest.approx(10, rel=0.01)
    assert 1 < costs.expected("stage", "picture", 1.0, [0.6, 1.0]) < 100


def test_very_short_times_are_never_negative(costs):
    for milliseconds in (0.0, 0.001, 0.0):
        costs.note("stage", "picture", 1.0, [], milliseconds)
    assert costs.expected("stage", "picture", 0.001, []) >= 0.0


def test_levels_are_bounded(costs):
    for picture in range(9000):
        costs.note("stage", picture, 1.0, [], 10)
    assert len(costs._levels) <= 1 << 13
