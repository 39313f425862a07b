"""What the engine did, as tables.

Every number was measured while it happened. Times are in milliseconds where a column ends in ``ms``, else in seconds
since the epoch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vec2art_nb.perf.log import log
from vec2art_nb.perf.ring import Ring

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["buffers", "clear", "frames", "stages"]


def stages() -> pd.DataFrame:
    """One row per stage visited in a frame: see :class:`vec2art_nb.perf.log.StageEvent` for the columns."""
    return _table(log.stages)


def frames() -> pd.DataFrame:
    """One row per rendering: see :class:`vec2art_nb.perf.log.FrameEvent` for the columns."""
    return _table(log.frames)


def buffers() -> pd.DataFrame:
    """One row per array that the buffer pool gave, and per time that it gave memory back to the system.

    All sizes are bytes, ``time_s`` is seconds since the epoch: see :class:`vec2art_nb.perf.log.BufferEvent` for the
    columns. Arrays below 256 KiB do not come from the pool.
    """
    return _table(log.buffers)


def clear() -> None:
    """Forget all events."""
    log.clear()


def _table(ring: Ring[Any]) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    rows, fields, texts = ring.packed()
    table = np.frombuffer(rows, np.dtype([(name, f"={letter}") for name, letter in fields]))
    every_text = np.array(texts, object)
    return pd.DataFrame({name: every_text[table[name]] if letter == "H" else table[name] for name, letter in fields})
