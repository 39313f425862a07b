"""What a stage will take, learned from what it took: by the size of the picture and the parameters.

The logarithm of the time is a weighted sum of features, and the weights are learned with each run by recursive least
squares, as a Kalman filter whose weights wander a little (Haykin, "Adaptive Filter Theory", chapter 14). That says how
the time changes; how high it is on this picture is told by the newest run on it, at the nearest size.
"""

from __future__ import annotations

import json
import logging
import math
import os
import platform
import threading
from collections.abc import Hashable, Sequence
from functools import lru_cache
from pathlib import Path
from types import FunctionType
from typing import Any

import cachetools
import numpy as np

from vec2art_nb import machine

Features = tuple[float, ...]

# What makes a stage one to be learned of: its function, and what makes it another task.
Task = tuple[Hashable, ...]

# Of the file in which the trends are kept; another one is not read.
_FORMAT = 1

# Up to each of these sizes a feature hardly changes, and beyond it grows like the size: together they can follow a
# time that is fixed for small pictures, and in proportion for large ones. In megapixels.
_KNEES = (0.003, 0.04, 0.5)

# Before anything is known a time grows a little less than the pixels do.
_GROWTH = 0.8 / len(_KNEES)

# Standard deviations: of weights before anything is known, of their wandering from run to run, of a run's time.
_UNSURE = 1.0
_WANDERING = 0.03
_NOISE = 0.25

# A run that is farther off than so many standard deviations counts as if it were so far: it was a hiccup.
_SURPRISE = 2.0

# How much a run counts against those before at the same size of the same picture.
_NEW_SHARE = 0.5

# Below it a time says more of the clock than of the stage. In milliseconds.
_LEAST_MS = 0.02

# Pictures times sizes times stages that are remembered.
_MOST_LEVELS = 1 << 13


class CostModel:
    """Learns what stages take, in milliseconds. Safe to use from several threads.

    Parameters
    ----------
    path
        Where `save` keeps the trends, and from where they are read when a stage is first met.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._trends: dict[Task, _Trend] = {}
        self._kept: dict[str, Any] | None = None
        self._levels: cachetools.LRUCache[Hashable, dict[float, _Level]] = cachetools.LRUCache(
            _MOST_LEVELS, getsizeof=lambda _: 1
        )

    def note(
        self, stage: Task, picture: Hashable, megapixels: float, traits: Sequence[float], milliseconds: float
    ) -> None:
        """A stage has run.

        Parameters
        ----------
        stage
            What runs of it have in common: the function, and whatever makes it another task.
        picture
            What it ran on.
        megapixels
            The size of the picture, or of its smaller copy.
        traits
            Numbers of the order of 1 that the time may depend on; always as many for a stage.
        milliseconds
            What it took.
        """
        features = _features(megapixels, traits)
        time = math.log(milliseconds + _LEAST_MS)
        with self._lock:
            trend = self._trend(stage, len(features))
            if trend is None:
                trend = self._trends[stage] = _Trend(features, time)
            levels = self._levels.setdefault((stage, picture), {})
            before = levels.get(megapixels)
            if before is not None:
                time_here = before.time + trend.change(before.features, features)
                level = time_here + _NEW_SHARE * (time - time_here)
            else:
                level = time
            levels[megapixels] = _Level(features, level)
            trend.learn(features, time)

    def expected(self, stage: Task, picture: Hashable, megapixels: float, traits: Sequence[float]) -> float | None:
        """Milliseconds that a stage will take; None when it never ran, on any picture."""
        with self._lock:
            features = _features(megapixels, traits)
            trend = self._trend(stage, len(features))
            if trend is None:
                return None
            levels = self._levels.get((stage, picture))
            if levels is None:
                time = trend.at(features)
            else:
                known = levels.get(megapixels)
                if known is None:
                    known = min(levels.items(), key=lambda one: abs(math.log(one[0] / megapixels)))[1]
                time = known.time + trend.change(known.features, features)
        return max(0.0, math.exp(time) - _LEAST_MS)

    def save(self) -> None:
        """Keep what was learned for later processes; a disk that does not take it is no fault."""
        if self._path is None:
            return
        with self._lock:
            trends = {**self._read(), **{_name(stage): trend.to_json() for stage, trend in self._trends.items()}}
        temporary = self._path.with_suffix(f".{os.getpid()}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(json.dumps({"format": _FORMAT, "trends": trends}), encoding="utf-8")
            temporary.replace(self._path)
        except OSError as error:
            logging.getLogger("vec2art_nb").debug("what stages cost could not be kept: %s", error)

    # --- under the lock ---

    def _trend(self, stage: Task, features: int) -> _Trend | None:
        trend = self._trends.get(stage)
        if trend is None and self._path is not None:
            if self._kept is None:
                self._kept = self._read()
            trend = _Trend.from_json(self._kept.pop(_name(stage), None), features)
            if trend is not None:
                self._trends[stage] = trend
        return trend

    def _read(self) -> dict[str, Any]:
        assert self._path is not None
        try:
            content = json.loads(self._path.read_text(encoding="utf-8"))
            trends = content["trends"] if content["format"] == _FORMAT else {}
        except (OSError, ValueError, KeyError, TypeError):  # not there, not ours, or damaged: it is learned again
            return {}
        return trends if isinstance(trends, dict) else {}


def default_path() -> Path:
    """Where costs are kept, for each machine that shares the folder."""
    return machine.cache_folder() / f"costs-{platform.node() or 'here'}.json"


def _name(stage: Task) -> str:
    """Tells a task from all others, also in another process."""
    return "|".join(
        f"{part.__module__}.{part.__qualname__}" if isinstance(part, FunctionType) else repr(part) for part in stage
    )


class _Level:
    """What a stage took lately at one size of one picture, as a logarithm, with the features of the newest run."""

    __slots__ = ("features", "time")

    def __init__(self, features: Features, time: float) -> None:
        self.features = features
        self.time = time


class _Trend:
    """How the time of a stage changes with its features.

    It is asked far more often than it learns, and there are few features: plain numbers are quicker then than arrays.
    """

    def __init__(self, features: Features, time: float) -> None:
        """Begin with the first run: the time is as it was there, and grows with the picture."""
        self.weights = [0.0] * len(features)
        self.weights[1 : 1 + len(_KNEES)] = [_GROWTH] * len(_KNEES)
        self.weights[0] = time - self.at(features)
        self.doubt = np.eye(len(features)) * _UNSURE**2
        self.wandering = np.eye(len(features)) * _WANDERING**2

    @classmethod
    def from_json(cls, content: Any, features: int) -> _Trend | None:
        """What `to_json` gave; None for what has no sense, or another number of features."""
        try:
            weights, doubt = [float(weight) for weight in content["weights"]], np.array(content["doubt"], np.float64)
        except (TypeError, KeyError, ValueError):
            return None
        if len(weights) != features or doubt.shape != (features, features) or not np.isfinite(doubt).all():
            return None
        if not all(map(math.isfinite, weights)):
            return None
        trend = cls((0.0,) * features, 0.0)
        trend.weights, trend.doubt = weights, doubt
        return trend

    def to_json(self) -> dict[str, Any]:
        return {"weights": self.weights, "doubt": self.doubt.tolist()}

    def at(self, features: Features) -> float:
        return sum(weight * feature for weight, feature in zip(self.weights, features, strict=True))

    def change(self, before: Features, after: Features) -> float:
        return self.at(after) - self.at(before)

    def learn(self, features: Features, time: float) -> None:
        doubt = self.doubt + self.wandering
        toward = doubt @ features
        variance = float(toward @ features) + _NOISE**2
        off = time - self.at(features)
        most = _SURPRISE * math.sqrt(variance)
        change = toward * (min(max(off, -most), most) / variance)
        self.weights = [weight + more for weight, more in zip(self.weights, change.tolist(), strict=True)]
        doubt -= np.outer(toward, toward) / variance
        # What is never tried must not become ever more doubtful.
        widths = np.sqrt(np.maximum(doubt.diagonal() / _UNSURE**2, 1.0))
        self.doubt = doubt / np.outer(widths, widths)


def _features(megapixels: float, traits: Sequence[float]) -> Features:
    return (*_of_size(megapixels), *traits)


@lru_cache(256)
def _of_size(megapixels: float) -> Features:
    return (1.0, *(math.log1p(megapixels / knee) for knee in _KNEES))
