"""The performance panel: what the kernel does, as charts that follow it."""

from __future__ import annotations

import math
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import traitlets

from vec2art_nb.perf.charts import charts
from vec2art_nb.perf.log import log
from vec2art_nb.perf.mechanisms import mechanisms
from vec2art_nb.perf.rows import KINDS, AllRows, Rows
from vec2art_nb.runtime.alarm import Timer, after
from vec2art_nb.ui.part import Part

if TYPE_CHECKING:
    from vec2art_nb.runtime.session import Session
    from vec2art_nb.ui.studio import Studio

_HERE = Path(__file__).parent

# So often a page is told at most. Each time costs it and the kernel some milliseconds, which frames could have.
PERIOD_S = 0.5

# A page that looks says so again and again; one that was closed says nothing.
PATIENCE_S = 25.0

# Of each kind of event so many of the newest are counted: minutes of dragging, and the time for it stays the same.
RECENT = 1 << 12


class PerfPanel(Part):
    """Live charts of what the kernel does for a studio.

    While nobody sees the panel it costs nothing: pages say whether it is on the screen, and are told what is new only
    then. The numbers are those of `vec2art_nb.perf.summary`, over the newest events.

    Parameters
    ----------
    studio : Studio or Session, optional
        Whose frames are shown; by default those of all. Caches, buffers and threads belong to the whole process.
    folded : bool
        Begin as a heading, which unfolds the charts.
    """

    _esm = _HERE / "performance.js"
    _css = _HERE / "performance.css"

    folded = traitlets.Bool().tag(sync=True)

    def __init__(self, studio: Studio | Session | None = None, *, folded: bool = False) -> None:
        super().__init__(folded=folded)
        session: Any = getattr(studio, "session", studio)
        self._session: int | None = None if session is None else session.number
        self._lock = threading.Lock()
        #: When each view that is on a screen last said so.
        self._seen: dict[str, float] = {}
        self._told: tuple[tuple[int, int], ...] | None = None
        self._timer: Timer | None = None
        self.on_msg(self._receive)

    def __repr__(self) -> str:
        return "PerfPanel()" if self._session is None else f"PerfPanel(session {self._session})"

    def close(self) -> None:
        """Let go of the browser's side."""
        with self._lock:
            self._seen.clear()
            self._stop()
        super().close()

    # --- from a page ---

    def _receive(self, _: object, content: dict[str, Any], buffers: object) -> None:
        if content.get("type") != "watch":
            return
        view = content["view"]
        with self._lock:
            is_new = view not in self._seen
            if not content["shown"]:
                self._seen.pop(view, None)
                if not self._seen:
                    self._stop()
                return
            self._seen[view] = time.monotonic()
            if is_new:
                self._told = None
                self._stop()
                self._timer = after(0, self._tell)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    # --- on the alarm's thread ---

    def _tell(self) -> None:
        with self._lock:
            now = time.monotonic()
            self._seen = {view: at for view, at in self._seen.items() if now - at < PATIENCE_S}
            if not self._seen:
                self._timer = None
                return
            written = _written()
            is_new, self._told = written != self._told, written
            self._timer = after(PERIOD_S, self._tell)
        if is_new:
            self.send(self.report())

    def report(self) -> dict[str, Any]:
        """What a page is told: mechanisms as in `vec2art_nb.perf.summary`, and the numbers of the charts."""
        rows = self._rows()
        return {
            "type": "report",
            "mechanisms": {one.mechanism: _plain(one._asdict()) for one in mechanisms(rows)},
            "charts": charts(rows),
        }

    def _rows(self) -> AllRows:
        found = {}
        for kind in KINDS:
            ring = getattr(log, kind)
            rows = Rows(ring.packed(max(0, ring.written - RECENT)))
            if self._session is not None and "session" in rows.columns:
                rows = rows.where(session=self._session)
            found[kind] = rows
        return found


def _written() -> tuple[tuple[int, int], ...]:
    """What differs when there are new events, or the log was cleared."""
    return tuple((ring.written, len(ring)) for ring in (getattr(log, kind) for kind in KINDS))


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """JSON knows nothing of what is not a number."""
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in values.items()
        if name not in ("mechanism", "counts")
    }
