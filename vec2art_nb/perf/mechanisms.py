"""What each mechanism did, counted from events: the one place for the numbers of `summary`, the panel and reports."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from vec2art_nb.perf.rows import AllRows, Rows

# What a screen of 60 Hz gives a frame.
FRAME_MS = 1000 / 60

# A prediction that is off by no more than this share of it was right.
RIGHT_SHARE = 0.2

_NAN = math.nan


class Mechanism(NamedTuple):
    """One row of `vec2art_nb.perf.summary`; what was not measured is not a number."""

    mechanism: str
    counts: str
    total: int
    hits: float = _NAN
    hit_ratio: float = _NAN
    saved_ms: float = _NAN
    bytes: float = _NAN
    saved_bytes: float = _NAN
    ms_median: float = _NAN
    ms_p95: float = _NAN


def mechanisms(rows: AllRows) -> list[Mechanism]:
    """All mechanisms, also those that did nothing."""
    return [
        _frames(rows["frames"]),
        _previews(rows["frames"]),
        _invalidation(rows["stages"]),
        *_caches(rows["cache"]),
        _buffers(rows["buffers"]),
        _threads(rows["threads"]),
        *_validation(rows["validation"]),
        _edits(rows["edits"]),
        _batches(rows["batches"]),
        _transfers(rows["transfers"]),
        _prerendering(rows["frames"]),
        _costs(rows["stages"]),
    ]


def shown_frames(frames: Rows) -> Rows:
    """Frames that somebody asked for and that were drawn."""
    return frames.where(purpose=("live", "exact"), outcome="drawn")


def latencies_ms(frames: Rows) -> np.ndarray[Any, Any]:
    """From the asking for a frame to its end."""
    return np.asarray(frames["wait_ms"] + frames["ms"])


def predicted(stages: Rows) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Of the stages that ran and of which something was expected: what was expected, and what they took."""
    runs = stages.where(outcome="run")
    expected, taken = runs["expected_ms"], runs["ms"]
    known = np.isfinite(expected) & (expected > 0)
    return expected[known], taken[known]


def prediction_errors(stages: Rows) -> np.ndarray[Any, Any]:
    """How far off predictions were, as shares of what the stages took."""
    expected, taken = predicted(stages)
    some = taken > 0
    return np.asarray(np.abs(expected[some] / taken[some] - 1))


def _frames(frames: Rows) -> Mechanism:
    times = latencies_ms(shown_frames(frames))
    return _counted(
        "frames", "frames drawn, waiting included; hits within 16.7 ms", len(times), (times <= FRAME_MS).sum(), times
    )


def _previews(frames: Rows) -> Mechanism:
    live = frames.where(purpose="live", outcome="drawn")
    coarse = live.take(live["scale"] < 1)
    return _counted("adaptive", "frames while a hand moved; hits were coarser", len(live), len(coarse), coarse["ms"])


def _invalidation(stages: Rows) -> Mechanism:
    visited = stages.where(outcome=("run", "hit"))
    runs = visited.where(outcome="run")
    return _counted(
        "invalidation", "stages looked at; hits did not run", len(visited), len(visited) - len(runs), runs["ms"]
    )


def _caches(cache: Rows) -> Iterator[Mechanism]:
    for tier, name in (("memory", "stage cache"), ("disk", "disk cache")):
        events = cache.where(tier=tier)
        hits, looks = events.where(event="hit"), events.where(event=("hit", "miss"))
        yield _counted(name, "looks for a result; hits found it", len(looks), len(hits))._replace(
            saved_ms=_sum(hits["ms"]),
            bytes=_last(events["held_bytes"]),
            saved_bytes=_sum(hits["bytes"]),
        )


def _buffers(buffers: Rows) -> Mechanism:
    leases = buffers.where(event="lease")
    reused = leases.take(leases["reused"])
    return _counted("buffers", "arrays leased; hits had been leased before", len(leases), len(reused))._replace(
        bytes=_last(buffers["leased_bytes"] + buffers["idle_bytes"]), saved_bytes=_sum(reused["class_bytes"])
    )


def _threads(threads: Rows) -> Mechanism:
    """A launch has a row for each thread; `saved_ms` is what it would have taken longer on one thread."""
    _, first = np.unique(threads["launch"], return_index=True)
    walls = threads["wall_ms"][first]
    busy, offered = _sum(threads["busy_ms"]), _sum(threads["wall_ms"])
    return Mechanism(
        "threads",
        "parallel launches; the ratio is how busy their threads were",
        len(walls),
        hit_ratio=busy / offered if offered else _NAN,
        saved_ms=busy - _sum(walls),
        ms_median=_quantile(walls, 0.5),
        ms_p95=_quantile(walls, 0.95),
    )


def _validation(validation: Rows) -> Iterator[Mechanism]:
    for about, name in (("values", "validation"), ("advice", "advice")):
        looks = validation.where(about=about, event=("hit", "miss"))
        hits = looks.where(event="hit")
        yield _counted(name, f"validations of {about}; hits were known", len(looks), len(hits), looks["ms"])._replace(
            saved_ms=_sum(hits["saved_ms"])
        )


def _edits(edits: Rows) -> Mechanism:
    times = edits["ms"]
    return Mechanism(
        "edits",
        "changes of parameters, until a frame is scheduled",
        len(edits),
        ms_median=_quantile(times, 0.5),
        ms_p95=_quantile(times, 0.95),
    )


def _batches(batches: Rows) -> Mechanism:
    edits = int(batches["edits"].sum())
    return _counted(
        "batches", "edits; hits shared the frame of another", edits, edits - len(batches), batches["waited_ms"]
    )


def _transfers(transfers: Rows) -> Mechanism:
    painted = transfers.where(outcome="painted")
    sent = _sum(transfers["bytes"])
    return _counted(
        "transfers", "frames sent; hits were painted", len(transfers), len(painted), painted["round_trip_ms"]
    )._replace(bytes=sent, saved_bytes=_sum(transfers["plain_bytes"]) - sent)


def _prerendering(frames: Rows) -> Mechanism:
    """`ms` are of the frames that were drawn ahead."""
    shown = shown_frames(frames)
    ahead = frames.where(purpose="prerender", outcome="drawn")
    return _counted(
        "prerender", "frames drawn; hits had been drawn ahead", len(shown), shown["foreseen"].sum(), ahead["ms"]
    )


def _costs(stages: Rows) -> Mechanism:
    errors = prediction_errors(stages)
    return _counted("cost model", "predictions; hits within 20 %", len(errors), (errors <= RIGHT_SHARE).sum())


def _counted(name: str, counts: str, total: int, hits: int, times: np.ndarray[Any, Any] | None = None) -> Mechanism:
    times = np.zeros(0) if times is None else times
    ratio = int(hits) / total if total else _NAN
    return Mechanism(
        name,
        counts,
        total,
        float(hits),
        ratio,
        ms_median=_quantile(times, 0.5),
        ms_p95=_quantile(times, 0.95),
    )


def _quantile(values: np.ndarray[Any, Any], share: float) -> float:
    return float(np.quantile(values, share)) if len(values) else _NAN


def _sum(values: np.ndarray[Any, Any]) -> float:
    return float(values.sum())


def _last(values: np.ndarray[Any, Any]) -> float:
    return float(values[-1]) if len(values) else _NAN
