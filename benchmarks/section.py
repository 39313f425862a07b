"""What every section of the benchmarks has: a measurement that gives rows, a table of them, and bars they are held to.

Rows are plain dictionaries of what goes into ``results.json``; tables and verdicts are made from such rows alone, so
that they can be made again without measuring.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.measure import Timing

Row = dict[str, Any]


@dataclass(frozen=True)
class Effort:
    """How long to measure.

    Attributes
    ----------
    rounds : int
        Of each group of jobs, at most.
    seconds : float
        For each group of jobs, about; a group of slow jobs has fewer rounds.
    """

    rounds: int
    seconds: float


@dataclass(frozen=True)
class Verdict:
    """Whether a bar is met; ``met`` is None where it could not be measured."""

    what: str
    wanted: str
    found: str
    met: bool | None

    def __str__(self) -> str:
        word = {True: "met", False: "MISSED", None: "unknown"}[self.met]
        return f"{word:8} {self.what}: wanted {self.wanted}, found {self.found}"


@dataclass(frozen=True)
class Section:
    """A part of the benchmarks that can be run alone."""

    name: str
    title: str
    text: str
    measure: Callable[[Effort], list[Row]]
    table: Callable[[Sequence[Row]], str]
    verdicts: Callable[[Sequence[Row]], list[Verdict]]


# --- rows and cells ---------------------------------------------------------------------------------------------------


def seconds_of(timing: Timing) -> list[float]:
    """For ``results.json``, to a tenth of a microsecond."""
    return [round(second, 7) for second in timing.seconds]


def timing_of(seconds: Iterable[float]) -> Timing:
    return Timing(tuple(seconds))


def milliseconds(timing: Timing) -> str:
    """Median and quartiles."""
    digits = 0 if timing.median_ms >= 100 else 1 if timing.median_ms >= 1 else 2
    first, third = timing.quartiles_ms
    return f"{timing.median_ms:.{digits}f} ({first:.{digits}f}–{third:.{digits}f})"


def ratio(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def ratios(ours: Timing, theirs: Timing) -> str:
    """How many times longer theirs took: median and quartiles of the rounds."""
    middle, first, third = ours.ratio_to(theirs)
    return f"{ratio(middle)} ({ratio(first)}–{ratio(third)})"


def megapixels(size: float) -> str:
    return f"{size:g} MP"


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a bar in a cell would end it."""
    lines = [head, ["---"] * len(head), *([cell.replace("|", "/") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
