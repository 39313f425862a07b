"""How large a preview may be: what stages cost lately, and the largest scale that fits the time of a frame."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence

# Each has half of the pixels of the one before.
SCALES = tuple(2.0 ** (-half / 2) for half in range(7))

# How much a new measurement counts against those before: costs follow the parameters, but one hiccup is not believed.
_NEW_SHARE = 0.5

# A stage's time grows with the pixels, but never quite as much: some of it goes with strokes, or with nothing.
_GROWTH = 0.8

# A larger scale is taken only when it would leave this much of the time unused: else two scales would take turns.
_SURE = 0.75


class Costs:
    """What each stage took lately, for each picture and scale."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[Hashable, dict[float, float]] = {}

    def note(self, stage: Hashable, scale: float, milliseconds: float) -> None:
        """A stage has run."""
        with self._lock:
            known = self._known.setdefault(stage, {})
            before = known.get(scale, milliseconds)
            known[scale] = before + _NEW_SHARE * (milliseconds - before)

    def expected(self, stage: Hashable, scale: float) -> float | None:
        """Milliseconds that it will take, from runs at this scale, else at the nearest; None when it never ran."""
        with self._lock:
            known = self._known.get(stage)
            if not known:
                return None
            if scale in known:
                return known[scale]
            nearest = min(known, key=lambda other: max(other / scale, scale / other))
            growth: float = (scale / nearest) ** (2 * _GROWTH)
            return known[nearest] * growth


class PreviewScale:
    """Picks the scale of each frame while the hand moves, and stays with it as long as it can.

    Parameters
    ----------
    budget_ms
        Time for one frame.
    scales
        What there is to choose from, the largest first.
    """

    def __init__(self, budget_ms: float, scales: Sequence[float] = SCALES) -> None:
        self.budget_ms = budget_ms
        self._scales = scales
        self._scale = scales[0]

    def choose(self, expected_ms: Callable[[float], float]) -> tuple[float, float]:
        """The scale of the next frame, and what it is expected to take, from what each scale is expected to take."""
        for scale in self._scales:
            milliseconds = expected_ms(scale)
            if milliseconds <= self.budget_ms * (_SURE if scale > self._scale else 1.0):
                break
        self._scale = scale
        return scale, milliseconds
