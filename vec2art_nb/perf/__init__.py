"""What the engine did, as tables.

Every number was measured while it happened. Times are in milliseconds where a column ends in ``ms``, else in seconds
since the epoch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vec2art_nb.perf.log import FrameEvent, StageEvent, log

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["clear", "frames", "stages"]


def stages() -> pd.DataFrame:
    """One row per stage visited in a frame: see :class:`vec2art_nb.perf.log.StageEvent` for the columns."""
    import pandas as pd

    return pd.DataFrame(list(log.stages), columns=list(StageEvent._fields))


def frames() -> pd.DataFrame:
    """One row per rendering: see :class:`vec2art_nb.perf.log.FrameEvent` for the columns."""
    import pandas as pd

    return pd.DataFrame(list(log.frames), columns=list(FrameEvent._fields))


def clear() -> None:
    """Forget all events."""
    log.clear()
