"""How fast a link is, from what went over it."""

from __future__ import annotations

import math

# How much each measurement counts against the next one.
_KEPT = 0.95

# What nothing takes, as long as frames of one size only went over the link: else any cost of size would fit. Jupyter's
# server keeps small messages back this long. It counts as little of a measurement as decides that.
_NOTHING_S = 0.05
_NOTHING_SHARE = 0.05

# Times scatter like this until it is known how they do; that counts as so many measurements.
_SCATTER_S = 0.02
_SCATTER_SHARE = 2

# From fewer measurements nothing is concluded.
_FEW = 4

# So many standard errors below the estimate it may still be.
_SURE = 2

# Deflating 200 KB of frames takes 2 ms here and 5 ms there, and leaves less than half.
_COST_S_PER_BYTE = 7e-3 / 200_000
_SAVED_SHARE = 0.55


class Link:
    """Fits seconds = latency + bytes × seconds_per_byte to what was measured lately."""

    def __init__(self) -> None:
        self._sums: tuple[float, ...] = (0.0,) * 6

    def note(self, size: int, seconds: float) -> None:
        """So many bytes took this long to get there and be answered."""
        self._sums = _added(self._sums, _KEPT, size, seconds, 1.0)

    @property
    def seconds_per_byte(self) -> float:
        """What one byte more costs at least, as far as that can be said; 0 as long as nothing is known."""
        weight, x, y, xx, xy, yy = _added(self._sums, 1.0, 0.0, _NOTHING_S, _NOTHING_SHARE)
        spread = xx - x * x / weight
        if weight < _FEW or spread <= 0:
            return 0.0
        together = xy - x * y / weight
        left = max(0.0, yy - y * y / weight - together * together / spread)
        scatter = (left + _SCATTER_SHARE * _SCATTER_S**2) / (weight + _SCATTER_SHARE)
        return max(0.0, together / spread - _SURE * math.sqrt(scatter / spread))

    @property
    def deflates(self) -> bool:
        """Whether frames arrive earlier when they are deflated."""
        return self.seconds_per_byte * _SAVED_SHARE > _COST_S_PER_BYTE


def _added(sums: tuple[float, ...], kept: float, x: float, y: float, share: float) -> tuple[float, ...]:
    """Sums of 1, x, y, x², xy and y² with one more measurement."""
    more = (1.0, x, y, x * x, x * y, y * y)
    return tuple(known * kept + share * added for known, added in zip(sums, more, strict=True))
