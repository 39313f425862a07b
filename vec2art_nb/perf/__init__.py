"""What the engine did, as tables.

Every number was measured while it happened. Times are in milliseconds where a column ends in ``ms``, else in seconds
since the epoch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vec2art_nb.perf.log import BufferEvent, FrameEvent, StageEvent, log

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["buffers", "clear", "frames", "stages"]


def stages() -> pd.DataFrame:
    """One row per stage visited in a frame: see :class:`vec2art_nb.perf.log.StageEvent` for the columns."""
    import pandas as pd

    return pd.DataFrame(list(log.stages), columns=list(StageEvent._fields))


def frames() -> pd.DataFrame:
    """One row per rendering: see :class:`vec2art_nb.perf.log.FrameEvent` for the columns."""
    import pandas as pd

    return pd.DataFrame(list(log.frames), columns=list(FrameEvent._fields))


def buffers() -> pd.DataFrame:
    """One row per array that the buffer pool gave, and per time that it gave memory back to the system.

    All sizes are bytes, ``time_s`` is seconds since the epoch: see :class:`vec2art_nb.perf.log.BufferEvent` for the
    columns. Arrays below 256 KiB do not come from the pool.
    """
    import pandas as pd

    return pd.DataFrame(list(log.buffers), columns=list(BufferEvent._fields))


def clear() -> None:
    """Forget all events."""
    log.clear()
