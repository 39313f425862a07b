"""Interleaved timing: every round runs every job once, so that a slow moment of the machine hits all of them."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import metadata


@dataclass(frozen=True)
class Timing:
    """Seconds per round of one job."""

    seconds: tuple[float, ...]

    @property
    def median_ms(self) -> float:
        return statistics.median(self.seconds) * 1e3

    @property
    def spread_ms(self) -> tuple[float, float]:
        """First and third quartile."""
        first, _, third = statistics.quantiles(self.seconds, n=4)
        return first * 1e3, third * 1e3

    def ratio_to(self, other: Timing) -> tuple[float, float, float]:
        """How many times longer ``other`` took, round by round: median, first and third quartile."""
        ratios = [theirs / ours for ours, theirs in zip(self.seconds, other.seconds, strict=True)]
        first, _, third = statistics.quantiles(ratios, n=4)
        return statistics.median(ratios), first, third


def interleaved(jobs: Mapping[str, Callable[[], object]], rounds: int, warm_rounds: int = 3) -> dict[str, Timing]:
    """Time each job once a round, in an order that turns with the rounds."""
    names = list(jobs)
    for _ in range(warm_rounds):
        for name in names:
            jobs[name]()
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(rounds):
        for position in range(len(names)):
            name = names[(turn + position) % len(names)]
            started = time.perf_counter()
            jobs[name]()
            seconds[name].append(time.perf_counter() - started)
    return {name: Timing(tuple(values)) for name, values in seconds.items()}


def machine_facts() -> dict[str, object]:
    """What a reader needs to judge the figures."""
    from vec2art_nb import machine

    packages = ("vec2art_nb", "numpy", "numba", "opencv-python-headless")
    model = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo") as lines:
            model = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return {
        "processor": model,
        "cores": machine.cores(),
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
        **{name: _version(name) for name in packages},
    }


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"
