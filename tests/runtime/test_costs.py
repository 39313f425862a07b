"""What stages will take."""

import math
import os
import random
import subprocess
import sys

import pytest

from vec2art_nb.runtime.costs import CostModel


@pytest.fixture
def costs():
    return CostModel()


def test_nothing_is_known_of_a_stage_that_never_ran(costs):
    assert costs.expected(("stage",), "picture", 1.0, []) is None
    costs.note(("stage",), "picture", 1.0, [], 5.0)
    assert costs.expected(("other",), "picture", 1.0, []) is None


def test_what_a_stage_takes_follows_what_was_measured(costs):
    costs.note(("stage",), "picture", 0.5, [], 10)
    assert costs.expected(("stage",), "picture", 0.5, []) == pytest.approx(10)
    costs.note(("stage",), "picture", 0.5, [], 20)
    assert 10 < costs.expected(("stage",), "picture", 0.5, []) < 20
    for _ in range(20):
        costs.note(("stage",), "picture", 0.5, [], 20)
    assert costs.expected(("stage",), "picture", 0.5, []) == pytest.approx(20, rel=0.01)


def test_after_one_run_time_is_expected_to_grow_a_little_less_than_the_pixels(costs):
    costs.note(("stage",), "picture", 1.0, [], 100)
    quarter = costs.expected(("stage",), "picture", 0.25, [])
    assert 25 < quarter < 60
    assert quarter < costs.expected(("stage",), "picture", 0.5, []) < 100


def test_a_hiccup_is_not_believed(costs):
    for _ in range(10):
        costs.note(("stage",), "picture", 1.0, [], 10)
    costs.note(("stage",), "picture", 1.0, [], 1000)
    costs.note(("stage",), "picture", 1.0, [], 10)
    # At another size the trend alone answers, and at this one what was measured here.
    assert costs.expected(("stage",), "other", 1.0, []) < 15
    for _ in range(4):
        costs.note(("stage",), "picture", 1.0, [], 10)
    assert costs.expected(("stage",), "picture", 1.0, []) < 14


def test_pictures_have_levels_of_their_own_and_a_new_one_is_judged_by_the_others(costs):
    for _ in range(20):
        costs.note(("stage",), "busy", 1.0, [], 40)
        costs.note(("stage",), "calm", 1.0, [], 10)
    assert costs.expected(("stage",), "busy", 1.0, []) == pytest.approx(40, rel=0.1)
    assert costs.expected(("stage",), "calm", 1.0, []) == pytest.approx(10, rel=0.1)
    assert 10 < costs.expected(("stage",), "new", 1.0, []) < 40


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
        expected = costs.expected(("stage",), "picture", megapixels, [trait])
        if run >= 50:
            errors.append(abs(expected / truth - 1))
        costs.note(("stage",), "picture", megapixels, [trait], truth * math.exp(chance.gauss(0, 0.05)))
    assert sorted(errors)[len(errors) // 2] < 0.2


def test_a_trait_that_long_never_changed_is_then_judged_with_measure(costs):
    for _ in range(20_000):
        costs.note(("stage",), "picture", 1.0, [0.5, 0.0], 10)
    assert costs.expected(("stage",), "picture", 1.0, [0.5, 0.0]) == pytest.approx(10, rel=0.01)
    costs.note(("stage",), "picture", 1.0, [0.5, 0.3], 20)
    assert 20 < costs.expected(("stage",), "other", 1.0, [0.5, 1.0]) < 50


def test_very_short_times_are_never_negative(costs):
    for milliseconds in (0.0, 0.001, 0.0):
        costs.note(("stage",), "picture", 1.0, [], milliseconds)
    assert costs.expected(("stage",), "picture", 0.001, []) >= 0.0


def test_levels_are_bounded(costs):
    for picture in range(9000):
        costs.note(("stage",), picture, 1.0, [], 10)
    assert len(costs._levels) <= 1 << 13


# --- kept for later processes -----------------------------------------------------------------------------------------


def task():
    """Stands for a stage."""


def other_task():
    """Stands for another."""


def taught(path):
    costs = CostModel(path)
    for run in range(60):
        costs.note((task, "mode", 2), "picture", 2.0 ** -(run % 5), [run % 7 / 7], 5 + 20 * 2.0 ** -(run % 5))
    return costs


def test_what_was_learned_is_known_to_a_later_process(tmp_path):
    path = tmp_path / "deep" / "costs.json"
    costs = taught(path)
    costs.save()
    later = CostModel(path)
    for megapixels in (1.0, 0.3, 0.07):
        expected = later.expected((task, "mode", 2), "unseen", megapixels, [0.5])
        assert expected == pytest.approx(5 + 20 * megapixels, rel=0.3)
        assert expected == pytest.approx(costs.expected((task, "mode", 2), "unseen", megapixels, [0.5]))
    assert later.expected((task, "other mode", 2), "unseen", 1.0, [0.5]) is None
    assert later.expected((task, "mode", 1), "unseen", 1.0, [0.5]) is None
    assert later.expected((other_task, "mode", 2), "unseen", 1.0, [0.5]) is None


def test_processes_add_to_what_others_have_kept(tmp_path):
    path = tmp_path / "costs.json"
    taught(path).save()
    second = CostModel(path)
    second.note((other_task,), "picture", 1.0, [], 7.0)
    second.save()
    third = CostModel(path)
    assert third.expected((task, "mode", 2), "picture", 1.0, [0.5]) is not None
    assert third.expected((other_task,), "picture", 1.0, []) == pytest.approx(7, rel=0.01)
    assert [file.name for file in tmp_path.iterdir()] == ["costs.json"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "", lambda text: text[: len(text) // 2], lambda text: "[]", lambda text: '{"format": 1}',
        lambda text: text.replace('"format": 1', '"format": 2'), lambda text: text.replace("weights", "heights"),
        lambda text: '{"format": 1, "trends": [1]}', lambda text: text.replace("[[", "[[NaN, "),
    ],
)  # fmt: skip
def test_a_damaged_file_is_as_good_as_none(tmp_path, damage):
    path = tmp_path / "costs.json"
    taught(path).save()
    path.write_text(damage(path.read_text()))
    costs = CostModel(path)
    assert costs.expected((task, "mode", 2), "picture", 1.0, [0.5]) is None
    costs.note((task, "mode", 2), "picture", 1.0, [0.5], 3.0)
    costs.save()
    assert CostModel(path).expected((task, "mode", 2), "picture", 1.0, [0.5]) == pytest.approx(3, rel=0.01)


def test_a_stage_that_now_reads_other_parameters_is_learned_anew(tmp_path):
    path = tmp_path / "costs.json"
    taught(path).save()
    assert CostModel(path).expected((task, "mode", 2), "picture", 1.0, [0.5, 0.1]) is None


def test_a_folder_that_cannot_be_written_costs_nothing(tmp_path):
    (tmp_path / "file").write_text("")
    taught(tmp_path / "file" / "costs.json").save()
    assert (tmp_path / "file").read_text() == ""


def test_a_process_keeps_its_costs_when_it_ends(tmp_path):
    script = "import vec2art_nb as v2a\nwith v2a.Session('camera') as s: s.drawing; s.set(blur_sigma=1.7); s.drawing"
    environment = {**os.environ, "VEC2ART_NB_CACHE_DIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", script], env=environment, check=True)
    (kept,) = tmp_path.glob("costs-*.json")
    assert "vec2art_nb.backends.edge.drawing" in kept.read_text()
