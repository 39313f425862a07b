"""The event log: what was run, found, drawn and sent, in memory of fixed size. Standard library only."""

from __future__ import annotations

import time
from typing import NamedTuple

from vec2art_nb.perf.ring import Ring

# Minutes of frames and edits, and a minute of what there is more of: a frame has about ten stages and leases fifty
# buffers. All of it together is 7 MB.
_FRAMES = 1 << 13
_STAGES = 1 << 15
_OTHERS = 1 << 14


class StageEvent(NamedTuple):
    """One stage visited in a frame.

    ``time_s`` is ``time.time()`` when it ended, ``ms`` how long it took, ``expected_ms`` what the cost model had said
    of it (not a number when it knew nothing, or when the stage did not run), ``bytes`` what its result holds,
    ``threads`` how many its parallel kernels could use.
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
    expected_ms: float


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


class CacheEvent(NamedTuple):
    """What became of a result in a cache.

    ``tier`` is ``memory`` or ``disk``; ``event`` is ``hit``, ``miss``, ``keep``, ``refuse`` (it was not kept) or
    ``evict``. ``bytes`` is what the result holds, ``ms`` what it took to make, so what a hit saves; for a hit on disk
    ``ms`` is that less the time for reading. ``held_bytes`` and ``entries`` are what the tier held afterwards.
    """

    time_s: float
    tier: str
    event: str
    stage: str
    bytes: int
    ms: float
    held_bytes: int
    entries: int


class ThreadEvent(NamedTuple):
    """What one thread did in one launch of a parallel kernel.

    ``launch`` counts launches; ``wall_ms`` is how long the whole launch took, ``busy_ms`` how long this ``thread``
    worked in it, on ``bands`` of the picture. ``pinned`` says whether threads were bound to cores.
    """

    time_s: float
    launch: int
    kernel: str
    thread: int
    bands: int
    busy_ms: float
    wall_ms: float
    pinned: bool


class ValidationEvent(NamedTuple):
    """A look into the validation cache.

    ``about`` says what was validated: ``values`` or ``advice``; ``event`` is ``hit``, ``miss`` or ``evict``; ``ms``
    what the look and, after a miss, the validation took, and ``saved_ms`` what a hit saved: the time of the miss that
    had filled it, less its own.
    """

    time_s: float
    about: str
    event: str
    backend: str
    ms: float
    saved_ms: float


class EditEvent(NamedTuple):
    """A change of parameters, from the call until all who observe them were told, so that a frame is scheduled.

    ``parameters`` is how many changed at once.
    """

    time_s: float
    backend: str
    parameters: int
    ms: float


class BatchEvent(NamedTuple):
    """The edits that one frame answers: all that were made since the frame before was begun.

    ``waited_ms`` is from the first of them until the frame was begun.
    """

    time_s: float
    session: int
    generation: int
    edits: int
    waited_ms: float


class TransferEvent(NamedTuple):
    """A frame on its way to a page, written down when its answer came or was waited for no more.

    ``outcome`` is ``painted`` or ``given up``. ``bytes`` went over the wire; ``plain_bytes`` has the whole frame with
    what the page held already, without deltas and without compression. ``encode_ms`` is what it took to pack,
    ``painting_ms`` what the page needed for it, ``round_trip_ms`` all from sending to the answer.
    """

    time_s: float
    session: int
    number: int
    generation: int
    outcome: str
    exact: bool
    bytes: int
    plain_bytes: int
    deflated: bool
    encode_ms: float
    painting_ms: float
    round_trip_ms: float


class EventLog:
    """The newest events of each kind."""

    def __init__(self) -> None:
        self.stages = Ring(StageEvent, _STAGES)
        self.frames = Ring(FrameEvent, _FRAMES)
        self.buffers = Ring(BufferEvent, _OTHERS)
        self.cache = Ring(CacheEvent, _OTHERS)
        self.threads = Ring(ThreadEvent, _OTHERS)
        self.validation = Ring(ValidationEvent, _FRAMES)
        self.edits = Ring(EditEvent, _FRAMES)
        self.batches = Ring(BatchEvent, _FRAMES)
        self.transfers = Ring(TransferEvent, _FRAMES)

    def clear(self) -> None:
        for ring in vars(self).values():
            ring.clear()

    @staticmethod
    def now() -> float:
        return time.time()


log = EventLog()
