from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from vec2art_nb.runtime import scheduler as rules
from vec2art_nb.runtime.lane import Purpose
from vec2art_nb.runtime.scheduler import Frame, FrameScheduler

SETTLE_S = 0.08


@dataclass
class Job:
    work: Callable[[Any], Any]
    purpose: Purpose
    is_cancelled: bool = False

    def cancel(self) -> None:
        self.is_cancelled = True


@dataclass
class Stage:
    """A session whose lane, clock and timers only move when told to."""

    monkeypatch: pytest.MonkeyPatch
    now: float = 100.0
    cost_ms: float = 10.0
    state: int = 0
    waits: float = 0.0
    jobs: list[Job] = field(default_factory=list)
    timers: list[tuple[float, Callable[[], None], list[bool]]] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    made: list[tuple[int, float]] = field(default_factory=list)
    guesses: list[bool] = field(default_factory=list)
    during: Callable[[], None] | None = None

    def __post_init__(self) -> None:
        self.monkeypatch.setattr(rules, "after", self.after)
        # Of this module alone: the timers' thread of the process goes by the real clock.
        self.monkeypatch.setattr(rules, "time", SimpleNamespace(monotonic=lambda: self.now))
        self.scheduler = FrameScheduler(
            submit=self.submit,
            state=lambda: self.state,
            expected_ms=lambda _, scale: self.cost_ms * scale**2,
            make=self.make,
            post=self.frames.append,
            foresee=lambda _: self.guesses.pop(0) if self.guesses else False,
            settle_s=lambda: SETTLE_S,
        )
        self.scheduler.pace = lambda _: self.waits

    def after(self, seconds: float, callback: Callable[[], None]) -> Stage:
        alive = [True]
        self.timers.append((self.now + seconds, callback, alive))
        timer = Stage.__new__(Stage)
        timer.cancel = lambda: alive.__setitem__(0, False)
        return timer

    def submit(self, work: Callable[[Any], Any], purpose: Purpose) -> Job:
        job = Job(work, purpose)
        self.jobs.append(job)
        return job

    def make(self, job: Job, generation: int, state: int, scale: float) -> Frame:
        self.made.append((state, scale))
        if self.during is not None:
            during, self.during = self.during, None
            during()
        return Frame(generation, None, None, scale, 0.0, ())

    def edit(self) -> None:
        self.state += 1
        self.scheduler.edited()
        self.scheduler.request()

    def run(self) -> None:
        """The lane takes what is there."""
        jobs, self.jobs = self.jobs, []
        for job in sorted(jobs, key=lambda job: job.purpose):
            if not job.is_cancelled:
                job.work(job)

    def wait(self, seconds: float) -> None:
        self.now += seconds
        due = [timer for timer in self.timers if timer[0] <= self.now]
        self.timers = [timer for timer in self.timers if timer[0] > self.now]
        for _, callback, alive in due:
            if alive[0]:
                callback()


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    return Stage(monkeypatch)


def shown(stage: Stage) -> list[tuple[int, float]]:
    return [(frame.generation, frame.scale) for frame in stage.frames]


def test_many_edits_before_the_lane_is_free_are_one_frame_of_the_newest(stage: Stage) -> None:
    for _ in range(5):
        stage.edit()
    assert len(stage.jobs) == 1
    stage.run()
    assert stage.made == [(5, 1.0)]
    assert shown(stage) == [(5, 1.0)]


def test_what_fits_the_budget_is_exact_at_once_and_no_frame_follows(stage: Stage) -> None:
    stage.edit()
    stage.run()
    stage.wait(10)
    stage.run()
    assert shown(stage) == [(1, 1.0)]


@pytest.mark.parametrize("cost_ms", [10, 100])
def test_a_hand_that_rests_long_has_the_next_things_drawn_ahead_until_there_are_no_more(stage, cost_ms) -> None:
    stage.cost_ms = cost_ms
    stage.guesses = [True, True, False, True]
    stage.edit()
    stage.run()
    stage.wait(SETTLE_S)
    stage.run()
    stage.wait(rules.FORESEE_S)
    for _ in range(3):
        assert [job.purpose for job in stage.jobs] == [Purpose.PRERENDER]
        stage.run()
    assert stage.jobs == []
    assert stage.guesses == [True]


def test_an_edit_ends_the_drawing_ahead_at_once(stage: Stage) -> None:
    stage.guesses = [True] * 9
    stage.edit()
    stage.run()
    stage.wait(rules.FORESEE_S)
    stage.run()
    (guess,) = stage.jobs
    stage.edit()
    assert guess.is_cancelled
    assert [job.purpose for job in stage.jobs if not job.is_cancelled] == [Purpose.LIVE]
    stage.run()
    assert stage.jobs == []
    assert len(stage.guesses) == 8


def test_what_does_not_fit_is_a_preview_and_the_exact_drawing_follows_at_rest(stage: Stage) -> None:
    stage.cost_ms = 100
    stage.edit()
    stage.run()
    assert stage.frames[0].scale < 1
    stage.wait(SETTLE_S / 2)
    assert not stage.jobs
    stage.wait(SETTLE_S)
    assert [job.purpose for job in stage.jobs] == [Purpose.EXACT]
    stage.run()
    assert shown(stage)[1:] == [(1, 1.0)]


def test_a_hand_that_keeps_moving_puts_the_exact_drawing_off(stage: Stage) -> None:
    stage.cost_ms = 100
    for _ in range(20):
        stage.edit()
        stage.run()
        stage.wait(SETTLE_S * 0.9)
    assert all(scale < 1 for _, scale in shown(stage))
    stage.wait(SETTLE_S)
    stage.run()
    assert shown(stage)[-1] == (20, 1.0)


def test_an_edit_cancels_the_exact_drawing_of_the_state_before(stage: Stage) -> None:
    stage.cost_ms = 100
    stage.edit()
    stage.run()
    stage.wait(SETTLE_S)
    (exact,) = stage.jobs
    stage.edit()
    assert exact.is_cancelled
    stage.run()
    stage.wait(SETTLE_S)
    stage.run()
    assert [generation for generation, _ in shown(stage)] == [1, 2, 2]


def test_an_exact_drawing_that_was_overtaken_is_not_shown_after_the_newer_frame(stage: Stage) -> None:
    stage.cost_ms = 100
    stage.edit()
    stage.run()
    stage.wait(SETTLE_S)

    def overtake() -> None:
        stage.edit()
        stage.run()

    stage.during = overtake
    stage.run()
    assert [generation for generation, _ in shown(stage)] == [1, 2]


def test_an_edit_while_a_frame_is_made_gets_the_next_one(stage: Stage) -> None:
    stage.during = stage.edit
    stage.edit()
    stage.run()
    stage.run()
    assert stage.made == [(1, 1.0), (2, 1.0)]


def test_a_frame_is_begun_when_the_pace_allows_and_shows_what_is_newest_then(stage: Stage) -> None:
    stage.waits = 0.05
    stage.edit()
    assert not stage.jobs
    stage.wait(0.02)
    stage.edit()
    stage.waits = 0
    stage.wait(0.05)
    stage.run()
    assert stage.made == [(2, 1.0)]


def test_resuming_begins_the_frame_that_waits_and_only_that(stage: Stage) -> None:
    stage.scheduler.resume()
    assert not stage.jobs
    stage.waits = 1.0
    stage.edit()
    stage.waits = 0
    stage.scheduler.resume()
    assert len(stage.jobs) == 1
    stage.run()
    stage.wait(2)
    assert stage.made == [(1, 1.0)]


def test_a_pace_is_told_what_the_last_frame_was_expected_to_take(stage: Stage) -> None:
    told = []
    stage.scheduler.pace = lambda seconds: told.append(seconds) or 0.0
    stage.edit()
    stage.run()
    stage.edit()
    assert told == [0.0, 0.01]


def test_after_cancelling_the_next_edit_gets_its_frame(stage: Stage) -> None:
    stage.cost_ms = 100
    stage.edit()
    stage.run()
    stage.scheduler.cancel()
    stage.wait(1)
    assert not stage.jobs
    stage.edit()
    stage.scheduler.cancel()
    stage.edit()
    stage.run()
    assert stage.made[-1][0] == 3


def test_a_closed_scheduler_makes_nothing(stage: Stage) -> None:
    stage.cost_ms = 100
    stage.edit()
    stage.run()
    stage.scheduler.close()
    stage.edit()
    stage.wait(1)
    assert not stage.jobs


def test_edits_from_many_threads_end_with_the_newest_state(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(monkeypatch)
    threads = [threading.Thread(target=lambda: [stage.edit() for _ in range(50)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(stage.jobs) == 1
    stage.run()
    assert shown(stage) == [(200, 1.0)]
