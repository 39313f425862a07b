"""From what was seen of a drag to its figures; nothing is measured here."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from typing import Any

from drags import disorder

from benchmarks.latency.page import Drag

Row = dict[str, Any]


def figures(drag: Drag) -> Row:
    """Frames a second while the hand moves, ages in milliseconds, what came after the last event, and faults.

    The age of a frame is the time from the first event that had its value to the painting. A value painted twice, as a
    preview and exactly, counts once. Frames that were made of a newer state than their number says are younger than
    they are said to be here.
    """
    events = event_times(drag)
    first_painted: dict[int, float] = {}
    for frame in drag.frames:
        first_painted.setdefault(frame["generation"], frame["time"])
    ages = [painted - events[number] for number, painted in first_painted.items() if number in events]
    begun, last = drag.moves[0][0], drag.moves[-1][0]
    moving = sum(begun <= frame["time"] <= last for frame in drag.frames)
    wanted = drag.log[-1][0] if drag.log else None
    final = [frame["time"] for frame in drag.frames if frame["generation"] == wanted and frame["exact"]]
    is_lost = (
        not final
        or drag.frames[-1]["generation"] != wanted
        or not math.isclose(drag.log[-1][1], drag.moves[-1][1], rel_tol=1e-6, abs_tol=1e-6)
    )
    return {
        "events": len(drag.moves),
        "handled": len(drag.log),
        "frames_per_s": round(1e3 * moving / (last - begun), 2),
        "p50_ms": round(quantile(ages, 0.5), 1),
        "p95_ms": round(quantile(ages, 0.95), 1),
        "last_ms": round(final[0] - last, 1) if final else None,
        "stale": len(disorder(drag.frames)),
        "lost": int(is_lost),
    }


def event_times(drag: Drag) -> dict[int, float]:
    """For each number in the kernel's log, when its value was first on the slider.

    Values reach the kernel in the order of the events, some left out, so each is looked for behind the one before it.
    """
    times: dict[int, float] = {}
    position = 0
    for number, value in drag.log:
        for index in range(position, len(drag.moves)):
            time, moved = drag.moves[index]
            if math.isclose(moved, value, rel_tol=1e-6, abs_tol=1e-6):
                times[number] = time
                position = index
                break
    return times


def quantile(values: Sequence[float], share: float) -> float:
    """The value that this share of all does not exceed; not a number where there is none."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)] if values else math.nan


def median(rows: Iterable[Row], name: str) -> float:
    """Of the rounds that have the figure."""
    found = [row[name] for row in rows if row[name] is not None and not math.isnan(row[name])]
    return statistics.median(found) if found else math.nan
