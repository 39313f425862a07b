"""The measuring stick is measured itself, on a clock that only the jobs move."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks import measure, memory
from benchmarks.measure import Timing, interleaved


class Clock:
    """Time that passes only while a job runs; and who ran."""

    def __init__(self) -> None:
        self.now = 0.0
        self.ran: list[str] = []

    def job(self, name: str, *seconds: float) -> Callable[[], None]:
        """One that takes these seconds, one after the other, and then the last again and again."""
        left = list(seconds)

        def run() -> None:
            self.ran.append(name)
            self.now += left.pop(0) if len(left) > 1 else left[0]

        return run


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(measure, "time", SimpleNamespace(perf_counter=lambda: made.now))
    return made


def test_every_round_runs_every_job_and_another_one_first(clock: Clock) -> None:
    interleaved({name: clock.job(name, 1.0) for name in "abc"}, rounds=4, seconds=1000)
    assert "".join(clock.ran) == "aabbcc" + "abc" + "bca" + "cab" + "abc"


def test_what_is_compiled_first_is_not_counted(clock: Clock) -> None:
    found = interleaved({"cold": clock.job("cold", 50.0, 1.0)}, rounds=3, seconds=1000)
    assert found["cold"].seconds == (1.0, 1.0, 1.0)


def test_a_quick_job_is_called_several_times_in_its_turn(clock: Clock) -> None:
    found = interleaved({"quick": clock.job("quick", 0.01), "slow": clock.job("slow", 1.0)}, rounds=3, seconds=1000)
    assert clock.ran.count("quick") == 2 + 3 * 5
    assert clock.ran.count("slow") == 2 + 3
    assert found["quick"].median_ms == pytest.approx(10)


def test_slow_jobs_have_fewer_rounds_but_never_too_few(clock: Clock) -> None:
    assert len(interleaved({"slow": clock.job("slow", 1.0)}, rounds=100, seconds=7.5)["slow"].seconds) == 8
    assert len(interleaved({"slower": clock.job("slower", 9.0)}, rounds=100, seconds=1)["slower"].seconds) == 3


def test_ratios_are_taken_round_by_round() -> None:
    # The machine is three times slower in the last two rounds, for both.
    ours, theirs = Timing((1.0, 1.0, 3.0, 3.0)), Timing((2.0, 2.0, 6.0, 6.0))
    assert ours.ratio_to(theirs) == (2.0, 2.0, 2.0)


def test_the_peak_of_memory_is_seen_after_it_is_over() -> None:
    np.ones(128 << 20, np.uint8)  # thrown away at once, as all that a process did before
    before = memory._resident_bytes()
    memory._forget_peak()
    assert memory._peak_bytes() - before < 8 << 20
    np.ones(64 << 20, np.uint8)
    assert memory._peak_bytes() - before == pytest.approx(64 << 20, rel=0.1)
