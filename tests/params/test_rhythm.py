"""How often the hand changes things, and when it rests: on traces as hands make them."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vec2art_nb.errors import UnknownParameterError
from vec2art_nb.params import ParamModel
from vec2art_nb.params.rhythm import LONGEST_S, SHORTEST_S, Frequency, Settling
from vec2art_nb.perf.log import log


def drag(rate: float, seconds: float, jitter: float, chance: random.Random, begin: float = 0.0) -> list[float]:
    """Times of the events of a pointer: about evenly spaced, each some part of the gap early or late."""
    count = int(rate * seconds)
    return [begin + (place + chance.uniform(-jitter, jitter) / 2) / rate for place in range(1, count + 1)]


def rests(times: list[float]) -> list[tuple[float, bool]]:
    """When the hand was said to rest, and whether another event came within a tenth of a second of that."""
    settling, found = Settling(), []
    for time, following in itertools.pairwise([*times, float("inf")]):
        settling.changed(time)
        at = time + settling.delay_s
        if at < following:
            found.append((at, following - at < 0.1))
    return found


# --- when it rests ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [60, 90, 120])
def test_a_quick_drag_rests_once_at_its_end_and_soon(rate):
    times = drag(rate, 3.0, 0.6, random.Random(rate))
    ((at, _),) = rests(times)
    assert at - times[-1] <= 0.045


def test_a_drag_with_pauses_rests_in_each_pause_and_nowhere_else():
    chance = random.Random(3)
    times: list[float] = []
    for part in range(6):
        times += drag(80, 1.0, 0.6, chance, begin=part * 1.6)
    found = rests(times)
    assert [round(at / 1.6 + 0.3) for at, _ in found] == [1, 2, 3, 4, 5, 6]
    assert not any(too_early for _, too_early in found)


@pytest.mark.parametrize("rate", [12, 15, 20, 30])
def test_a_slow_steady_drag_is_hardly_ever_taken_for_rest(rate):
    times = drag(rate, 10.0, 0.2, random.Random(rate))
    too_early = [at for at, is_too_early in rests(times) if is_too_early]
    # Before the second event nobody can tell it from a click.
    assert len(too_early) <= 1 + 0.03 * len(times)
    before = [time for time, following in itertools.pairwise(times) if following - time > 0.08]
    assert rate > 12 or len(before) > 20 * len(too_early)  # what a fixed wait of 80 ms did


def test_events_that_come_in_bursts_are_one_movement():
    # A busy browser: three events at once, then 50 ms nothing.
    times = [burst * 0.05 + place * 0.001 for burst in range(40) for place in range(3)]
    assert sum(too_early for _, too_early in rests(times)) <= 2


def test_a_hand_that_slows_down_is_followed():
    gaps = [0.010 * 1.12**step for step in range(20)]
    assert sum(too_early for _, too_early in rests(list(itertools.accumulate(gaps)))) <= 1


def test_one_hiccup_is_soon_forgotten():
    settling = Settling()
    times = [*drag(100, 0.5, 0, random.Random(0)), 0.58]
    for time in times:
        settling.changed(time)
    assert settling.delay_s > 0.09
    settling.changed(0.59)
    settling.changed(0.60)
    assert settling.delay_s == SHORTEST_S


def test_a_click_is_hardly_waited_for():
    clicks = [0.0, 2.0, 3.1, 5.0]
    assert [at for at, _ in rests(clicks)] == [time + SHORTEST_S for time in clicks]


def test_a_click_after_a_slow_drag_is_no_part_of_it():
    settling = Settling()
    for time in [*drag(12, 2.0, 0.2, random.Random(0)), 4.0]:
        settling.changed(time)
    assert settling.delay_s == SHORTEST_S


def test_quick_clicks_are_not_waited_for_either():
    # No wait would reach from one to the next.
    clicks = [place * 0.18 for place in range(10)]
    assert [at - time for time, (at, _) in zip(clicks, rests(clicks), strict=True)] == pytest.approx([SHORTEST_S] * 10)


def test_a_key_held_down_is_one_movement():
    times = [0.0, *(0.5 + place * 0.033 for place in range(30))]
    # Once at the first stroke, before the keyboard repeats it, once at the beginning of the repeats, and at the end.
    assert len(rests(times)) <= 3


@given(st.lists(st.floats(-10, 1e10, allow_nan=False), max_size=30))
def test_the_wait_is_always_in_its_bounds_and_depends_on_the_times_alone(times):
    first, second = Settling(), Settling()
    for time in times:
        first.changed(time)
        second.changed(time)
        assert SHORTEST_S <= first.delay_s <= LONGEST_S
        assert first.delay_s == second.delay_s


# --- how often --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [2, 12, 60])
def test_a_steady_rate_is_found(rate):
    frequency = Frequency()
    for time in drag(rate, 6.0, 0, random.Random(0)):
        frequency.changed(time)
    assert frequency.at(6.0) == pytest.approx(rate, rel=0.3)
    assert frequency.at(16.0) < 0.01


def test_one_change_reads_one_a_second_and_fades_to_a_third_in_a_second():
    frequency = Frequency()
    assert frequency.at(5.0) == 0.0
    frequency.changed(5.0)
    assert frequency.at(5.0) == pytest.approx(1.0)
    assert frequency.at(6.0) == pytest.approx(0.368, abs=1e-3)
    assert frequency.at(4.0) <= 1.0  # a clock that was set back


# --- a model's --------------------------------------------------------------------------------------------------------


@pytest.fixture
def now() -> list[float]:
    return [100.0]


@pytest.fixture
def clocked(schemas, now) -> ParamModel:
    return ParamModel(schemas, "edge", clock=lambda: now[0])


def test_each_parameter_has_a_frequency_of_its_own(clocked, now):
    assert clocked.frequency("detail") == 0.0
    for step in range(30):
        now[0] += 0.02
        clocked.set(detail=step / 40, gesture=1)
    clocked.set(blur_sigma=3)
    assert clocked.frequency("detail") > 15
    assert clocked.frequency("blur_sigma") == pytest.approx(1.0)
    assert clocked.frequency("smooth") == clocked.frequency("backend") == 0.0
    clocked.undo()
    assert clocked.frequency("blur_sigma") == pytest.approx(2.0)
    with pytest.raises(UnknownParameterError, match="did you mean 'detail'"):
        clocked.frequency("detial")


def test_what_changed_nothing_does_not_count(clocked):
    clocked.set(detail=0.4)
    assert clocked.frequency("detail") == 0.0
    assert not clocked.is_settling


def test_a_model_settles_when_its_hand_rests(clocked, now):
    assert not clocked.is_settling
    clocked.set(detail=0.5)
    assert clocked.is_settling
    assert clocked.settle_s == SHORTEST_S
    now[0] += 0.06
    assert not clocked.is_settling
    clocked.set(detail=0.6)
    assert clocked.settle_s == pytest.approx(0.09)
    now[0] += 0.06
    assert clocked.is_settling


# --- the log of edits -------------------------------------------------------------------------------------------------


def test_each_change_is_written_down_once_when_all_were_told(model):
    log.clear()
    lengths = []
    model.observe(lambda _: lengths.append(len(log.edits)))
    model.observe(lambda _: lengths.append(len(log.edits)), "detail")
    model.set(detail=0.6, blur_sigma=2)
    model.set(detail=0.6)
    model.undo()
    model.redo()
    model.backend = "dots"
    model.reset()
    assert [(event.backend, event.parameters) for event in log.edits][:3] == [("edge", 2)] * 3
    switched = model.history[-1].changed.keys()
    assert [(event.backend, event.parameters) for event in log.edits][3:] == [("dots", len(switched - {"backend"}))]
    assert lengths[:4] == [0, 0, 1, 1]
    assert all(event.ms > 0 for event in log.edits)


def test_a_change_made_by_an_observer_is_written_down_too(model):
    log.clear()

    def follow(delta):
        if "detail" in delta.changed:
            model.set(blur_sigma=3)

    model.observe(follow)
    model.set(detail=0.6)
    assert [event.parameters for event in log.edits] == [1, 1]
    first, second = log.edits
    assert first.ms > second.ms  # the one that began first ends first, when its observer has


def test_what_was_refused_is_not_written_down(model):
    log.clear()
    with pytest.raises(ValueError, match="detail"):
        model.set(detail=2)
    assert len(log.edits) == 0
