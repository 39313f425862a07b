"""What charts show: the newest events, counted and cut down to what fits on a page. Everything is plain JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

import numpy as np

from vec2art_nb.perf.mechanisms import predicted
from vec2art_nb.perf.rows import AllRows, Rows

# How many of the newest are shown.
FRAMES = 160
TIMELINES = 8
SERIES = 80
PREDICTIONS = 160
STAGES = 8

# Frames that answer so many edits or more are counted together.
MANY_EDITS = 5


class Part(TypedDict):
    """A stage in a frame; ``start`` and ``ms`` are milliseconds, from the start of the frame."""

    stage: str
    outcome: str
    start: float
    ms: float


class Timeline(TypedDict):
    """A frame and what ran in it, was found or was given up."""

    frame: int
    purpose: str
    outcome: str
    ms: float
    run: int
    hit: int
    parts: list[Part]


Charts = Mapping[str, Any]


def charts(rows: AllRows) -> Charts:
    """The numbers of all charts; milliseconds and bytes."""
    return {
        "frames": _frames(rows["frames"]),
        "timeline": _timelines(rows["frames"], rows["stages"]),
        "stages": _stages(rows["stages"]),
        "pool": _newest(rows["buffers"], SERIES, "leased_bytes", "idle_bytes"),
        "threads": _threads(rows["threads"]),
        "batches": _batches(rows["batches"]),
        "wire": _newest(rows["transfers"], SERIES, "bytes", "plain_bytes", "round_trip_ms", "painting_ms"),
        "predictions": _predictions(rows["stages"]),
    }


def _frames(frames: Rows) -> dict[str, list[Any]]:
    return _newest(_for_somebody(frames), FRAMES, "frame", "wait_ms", "ms", "purpose", "outcome")


def _timelines(frames: Rows, stages: Rows) -> list[Timeline]:
    newest = _for_somebody(frames)
    newest = newest.take(slice(max(0, len(newest) - TIMELINES), None))
    if not len(newest):
        return []
    parts = stages.take(np.isin(stages["frame"], newest["frame"]))
    by_frame = dict(parts.groups("frame"))
    columns = [newest[name].tolist() for name in ("frame", "purpose", "outcome", "time_s", "ms")]
    return [
        _timeline(frame, purpose, outcome, ended, ms, by_frame.get(frame))
        for frame, purpose, outcome, ended, ms in zip(*columns, strict=True)
    ]


def _timeline(frame: int, purpose: str, outcome: str, ended: float, ms: float, stages: Rows | None) -> Timeline:
    parts: list[Part] = []
    outcomes: list[str] = []
    if stages is not None:
        outcomes = stages["outcome"].tolist()
        starts = (stages["time_s"] - ended) * 1e3 + ms - stages["ms"]
        for stage, how, start, took in zip(
            stages["stage"].tolist(), outcomes, starts.tolist(), stages["ms"].tolist(), strict=True
        ):
            # What takes less than that is not to be seen, and there are many.
            if how == "cancelled" or (how == "run" and took >= ms / 400):
                parts.append(Part(stage=stage, outcome=how, start=max(0.0, round(start, 3)), ms=round(took, 3)))
    return Timeline(
        frame=frame,
        purpose=purpose,
        outcome=outcome,
        ms=round(ms, 3),
        run=outcomes.count("run"),
        hit=outcomes.count("hit"),
        parts=parts,
    )


def _stages(stages: Rows) -> list[dict[str, Any]]:
    """Of the stages that took most: how often they ran and were found, their time, and the bytes of the last result."""
    visited = stages.where(outcome=("run", "hit"))
    codes, names = visited.codes("stage")
    ran = visited.mask(outcome="run")
    last = np.zeros(len(names), np.int64)
    last[codes] = np.arange(len(codes))  # of several, the last is kept
    times = np.bincount(codes, visited["ms"], len(names))
    looks, runs = np.bincount(codes, minlength=len(names)), np.bincount(codes[ran], minlength=len(names))
    slowest = [code for code in np.argsort(-times, kind="stable").tolist() if looks[code]][:STAGES]
    return [
        {
            "stage": names[code],
            "run": int(runs[code]),
            "hit": int(looks[code] - runs[code]),
            "ms": round(float(times[code]), 3),
            "bytes": int(visited["bytes"][last[code]]),
        }
        for code in slowest
    ]


def _threads(threads: Rows) -> list[dict[str, Any]]:
    """How much of the time of parallel launches each thread worked."""
    found = []
    for number, rows in sorted(threads.groups("thread"), key=lambda one: one[0]):
        offered = float(rows["wall_ms"].sum())
        found.append(
            {
                "thread": number,
                "launches": len(rows),
                "busy": round(float(rows["busy_ms"].sum()) / offered, 4) if offered else None,
            }
        )
    return found


def _batches(batches: Rows) -> list[int]:
    """How many frames answered one edit, two, and so on; the last is of all that answered more."""
    edits = np.clip(batches["edits"], 1, MANY_EDITS) - 1
    return [int(count) for count in np.bincount(edits, minlength=MANY_EDITS)]


def _predictions(stages: Rows) -> dict[str, list[float]]:
    expected, taken = predicted(stages)
    # Below that a clock says more of itself than of a stage, and neither decides anything.
    worth = np.maximum(expected, taken) >= 0.02
    return {
        "expected_ms": np.round(expected[worth][-PREDICTIONS:], 4).tolist(),
        "ms": np.round(taken[worth][-PREDICTIONS:], 4).tolist(),
    }


def _for_somebody(frames: Rows) -> Rows:
    """Not what was drawn ahead: nobody waited for that."""
    return frames.take(~frames.mask(purpose="prerender"))


def _newest(rows: Rows, most: int, *names: str) -> dict[str, list[Any]]:
    newest = rows.take(slice(max(0, len(rows) - most), None))
    columns = {name: newest[name] for name in names}
    return {
        name: (np.round(column, 3) if column.dtype.kind == "f" else column).tolist() for name, column in columns.items()
    }
