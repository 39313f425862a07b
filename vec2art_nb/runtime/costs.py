"""What a stage will take, learned from what it took: by the size of the picture and the parameters.

The logarithm of the time is a weighted sum of features, and the weights are learned with each run by recursive least
squares, as a Kalman filter whose weights wander a little (Haykin, "Adaptive Filter Theory", chapter 14). That says how
the time changes; how high it is on this picture is told by the newest run on it, at the nearest size.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Hashable, Sequence
from functools import lru_cache

import cachetools
import numpy as np

Features = tuple[float, ...]

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
    """Learns what stages take, in milliseconds. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._trends: dict[Hashable, _Trend] = {}
        self._levels: cachetools.LRUCache[Hashable, dict[float, _Level]] = cachetools.LRUCache(
            _MOST_LEVELS, getsizeof=lambda _: 1
        )

    def note(
        self, stage: Hashable, picture: Hashable, megapixels: float, traits: Sequence[float], milliseconds: float
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
            trend = self._trends.get(stage)
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

    def expected(self, stage: Hashable, picture: Hashable, megapixels: float, traits: Sequence[float]) -> float | None:
        """Milliseconds that a stage will take; None when it never ran, on any picture."""
        with self._lock:
            trend = self._trends.get(stage)
            if trend is None:
                return None
            features = _features(megapixels, traits)
            levels = self._levels.get((stage, picture))
            if levels is None:
                time = trend.at(features)
            else:
                known = levels.get(megapixels)
                if known is None:
                    known = min(levels.items(), key=lambda one: abs(math.log(one[0] / megapixels)))[1]
                time = known.time + trend.change(known.features, features)
        return max(0.0, math.exp(time) - _LEAST_MS)


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
