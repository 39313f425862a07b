"""Interleaved timing: every round runs every job, so that a slow moment of the machine hits all of them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Job = Callable[[], object]

# Ratios of fewer rounds than this say nothing.
FEWEST_ROUNDS = 3

# A job's turn lasts about this long. A quick job is called several times in its turn: what a person feels when a slider
# moves is the second call, not the one that finds the caches full of another program's data.
_TURN_S = 0.05


@dataclass(frozen=True)
class Timing:
    """Seconds a call of one job, for each round."""

    seconds: tuple[float, ...]

    @property
    def median_ms(self) -> float:
        return statistics.median(self.seconds) * 1e3

    @property
    def quartiles_ms(self) -> tuple[float, float]:
        """First and third."""
        first, third = _quartiles(self.seconds)
        return first * 1e3, third * 1e3

    def ratio_to(self, other: Timing) -> tuple[float, float, float]:
        """How many times longer ``other`` took, round by round: median, first and third quartile."""
        ratios = [theirs / ours for ours, theirs in zip(self.seconds, other.seconds, strict=True)]
        return statistics.median(ratios), *_quartiles(ratios)


def _quartiles(values: Sequence[float]) -> tuple[float, float]:
    first, _, third = statistics.quantiles(values, n=4, method="inclusive")
    return first, third


def interleaved(jobs: Mapping[str, Job], rounds: int, seconds: float, *, warm: bool = True) -> dict[str, Timing]:
    """Time each job once a round, in an order that turns with the rounds.

    Parameters
    ----------
    jobs
        By name.
    rounds : int
        How many there are, unless time is up.
    seconds : float
        No round begins later than this, but there are at least `FEWEST_ROUNDS`.
    warm : bool
        Call each job twice before the first round, which compiles and fills caches, and shows which jobs are quick.
    """
    names = list(jobs)
    calls = dict.fromkeys(names, 1)
    for name in names if warm else ():
        jobs[name]()
        calls[name] = max(1, round(_TURN_S / _seconds_of(jobs[name], 1)))
    found: dict[str, list[float]] = {name: [] for name in names}
    ends = time.perf_counter() + seconds
    for turn in range(max(rounds, FEWEST_ROUNDS)):
        if turn >= FEWEST_ROUNDS and time.perf_counter() > ends:
            break
        for position in range(len(names)):
            name = names[(turn + position) % len(names)]
            found[name].append(_seconds_of(jobs[name], calls[name]))
    return {name: Timing(tuple(values)) for name, values in found.items()}


def _seconds_of(job: Job, calls: int) -> float:
    started = time.perf_counter()
    for _ in range(calls):
        job()
    return (time.perf_counter() - started) / calls
