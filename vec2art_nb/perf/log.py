"""The event log: what was run, found, drawn and sent, in memory of fixed size. Standard library only."""

from __future__ import annotations

import time
from typing import NamedTuple

from vec2art_nb.perf.ring import Ring

# Some minutes of dragging: a frame has about ten stages and leases fifty buffers.
_FRAMES = 1 << 13
_STAGES = 1 << 16
_BUFFERS = 1 << 14


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


class BufferEvent(NamedTuple):
    """An array from the buffer pool, or memory that the pool gave back to the system.

    ``event`` is ``lease`` or ``give back``; ``bytes`` is what was asked for, ``class_bytes`` what it was rounded up to;
    ``reused`` says that all of the memory had been leased before. ``leased_bytes`` and ``idle_bytes`` are what the pool
    held afterwards, in use and for the next.
    """

    time_s: float
    event: str
    bytes: int
    class_bytes: int
    reused: bool
    leased_bytes: int
    idle_bytes: int


class EventLog:
    """The newest events of each kind."""

    def __init__(self) -> None:
        self.stages = Ring(StageEvent, _STAGES)
        self.frames = Ring(FrameEvent, _FRAMES)
        self.buffers = Ring(BufferEvent, _BUFFERS)

    def clear(self) -> None:
        self.stages.clear()
        self.frames.clear()
        self.buffers.clear()

    @staticmethod
    def now() -> float:
        return time.time()


log = EventLog()
