"""How large a preview may be: the largest scale that fits the time of a frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence

# Each has half of the pixels of the one before.
SCALES = tuple(2.0 ** (-half / 2) for half in range(7))

# A larger scale is taken only when it would leave this much of the time unused: else two scales would take turns.
_SURE = 0.75

# Where no scale fits, a smaller one must save this share of the time: else it would be coarser for nothing.
_WORTH = 0.25


class PreviewScale:
    """Picks the scale of each frame while the hand moves, and stays with it as long as it can.

    Parameters
    ----------
    budget_ms
        Time for one frame.
    """

    def __init__(self, budget_ms: float) -> None:
        self.budget_ms = budget_ms
        self._scale = 1.0

    def choose(self, expected_ms: Callable[[float], float], scales: Sequence[float] = SCALES) -> tuple[float, float]:
        """The scale of the next frame, and the milliseconds it should take.

        Parameters
        ----------
        expected_ms
            What a frame is expected to take at a scale.
        scales
            What there is to choose from, the largest first.
        """
        tried = []
        for scale in scales:
            milliseconds = expected_ms(scale)
            if milliseconds <= self.budget_ms * (_SURE if scale > self._scale else 1.0):
                break
            tried.append((scale, milliseconds))
        else:
            enough = min(expected for _, expected in tried) / (1 - _WORTH)
            scale, milliseconds = next(one for one in tried if one[1] <= enough)
        self._scale = scale
        return scale, milliseconds
