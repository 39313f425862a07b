"""The event log: what was run, found, drawn and sent, in memory of fixed size. Standard library only."""

from __future__ import annotations

import time
from collections import deque
from typing import NamedTuple

CAPACITY = 1 << 16


class StageEvent(NamedTuple):
    """One stage visited in a frame.

    ``time_s`` is ``time.time()`` when it ended, ``ms`` how long it took, ``bytes`` what its result holds, ``threads``
    how many its parallel kernels could use.
    """

    time_s: float
    session: int
    frame: int
    backend: str
    stage: str
    outcome: str
    ms: float
    bytes: int
    megapixels: float
    threads: int
    purpose: str


class FrameEvent(NamedTuple):
    """One rendering, from its start on the compute lane to its end.

    ``wait_ms`` is how long it stood before the lane took it; ``outcome`` is ``drawn``, ``cancelled`` or ``failed``;
    ``scale`` is below 1 for a preview; ``foreseen`` says that it had been drawn ahead (purpose ``prerender``).
    """

    time_s: float
    session: int
    frame: int
    backend: str
    purpose: str
    outcome: str
    wait_ms: float
    ms: float
    stages_run: int
    stages_hit: int
    paths: int
    points: int
    scale: float
    foreseen: bool


class EventLog:
    """Two ring buffers. Appending to a bounded deque is atomic, so no lock is held on the hot path."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self.stages: deque[StageEvent] = deque(maxlen=capacity)
        self.frames: deque[FrameEvent] = deque(maxlen=capacity)

    def clear(self) -> None:
        self.stages.clear()
        self.frames.clear()

    @staticmethod
    def now() -> float:
        return time.time()


log = EventLog()
