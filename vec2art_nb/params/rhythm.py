"""How often parameters change, and when the hand that changes them has come to rest."""

from __future__ import annotations

import math
from collections import deque

# A change counts fully when it is made, and for a third of it so many seconds later.
MEMORY_S = 1.0

# How long the hand has rested when it counts as resting. Sooner, one that makes 60 changes a second would be taken for
# one at rest between two of them; later than the upper one, waiting is seen.
SHORTEST_S, LONGEST_S = 0.03, 0.10

# After so long another movement begins: nobody holds still for a quarter of a second in the middle of one.
_PAUSE_S = 0.25

# Gaps of a movement that are remembered; and by how much the next may be longer than those were.
_GAPS, _MARGIN = 8, 1.5


class Frequency:
    """Changes a second of late: each change counts, and fades exponentially."""

    __slots__ = ("_rate", "_time")

    def __init__(self) -> None:
        self._rate = 0.0
        self._time = 0.0

    def changed(self, time: float) -> None:
        """A change was made at ``time``, in seconds."""
        self._rate = self.at(time) + 1 / MEMORY_S
        self._time = time

    def at(self, time: float) -> float:
        """Changes a second, seen from ``time``."""
        # A clock that was set back must not make it grow.
        return self._rate * math.exp(-max(0.0, time - self._time) / MEMORY_S)


class Settling:
    """Learns from the gaps between changes how long to wait until the hand counts as resting.

    A change that stands alone, a click or a key, needs hardly any wait. Within a movement the wait is a little longer
    than the gaps of late, the longest but one of them and the last: so one hiccup is soon forgotten, and a hand that
    slows down is followed. A hand whose gaps are mostly longer than any wait will rest after each change anyway, so it
    is not waited for.
    """

    def __init__(self) -> None:
        self._time = -math.inf
        self._gaps: deque[float] = deque(maxlen=_GAPS)

    def changed(self, time: float) -> None:
        """A change was made at ``time``, in seconds."""
        gap = max(0.0, time - self._time)
        if gap > _PAUSE_S:
            self._gaps.clear()
        else:
            self._gaps.append(gap)
        self._time = time

    @property
    def delay_s(self) -> float:
        """Seconds from the last change after which the hand rests, between 0.03 and 0.10."""
        if not self._gaps:
            return SHORTEST_S
        gaps = sorted(self._gaps)
        if gaps[len(gaps) // 2] > LONGEST_S:
            return SHORTEST_S
        second_longest = gaps[-2] if len(gaps) > 1 else 0.0
        return min(max(_MARGIN * max(second_longest, self._gaps[-1]), SHORTEST_S), LONGEST_S)

    def rests(self, time: float) -> bool:
        """Whether the hand rests at ``time``."""
        return time - self._time >= self.delay_s
