"""What the engine did, as tables, figures and words.

Every number was measured while it happened and lies in memory of fixed size, so there are the newest events only.

>>> with v2a.perf.record() as log:
...     v2a.vectorize("coffee")
>>> log.stages()  # one row per stage that was visited in the block
"""

from __future__ import annotations

from vec2art_nb.perf.events import Events, Recording, everything
from vec2art_nb.perf.log import log

__all__ = [
    "Events",
    "Recording",
    "batches",
    "buffers",
    "cache",
    "clear",
    "edits",
    "explain",
    "frames",
    "plot",
    "record",
    "stages",
    "summary",
    "threads",
    "to_csv",
    "to_parquet",
    "transfers",
    "validation",
]

frames = everything.frames
stages = everything.stages
cache = everything.cache
buffers = everything.buffers
threads = everything.threads
validation = everything.validation
edits = everything.edits
batches = everything.batches
transfers = everything.transfers
summary = everything.summary
explain = everything.explain
plot = everything.plot
to_csv = everything.to_csv
to_parquet = everything.to_parquet


def record() -> Recording:
    """Tables of the events of a ``with`` block; they stay when the block has ended."""
    return Recording(log)


def clear() -> None:
    """Forget all events."""
    log.clear()
