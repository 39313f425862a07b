"""A known sequence of events of every kind."""

from __future__ import annotations

import math

from vec2art_nb.perf.log import (
    BatchEvent,
    BufferEvent,
    CacheEvent,
    EditEvent,
    EventLog,
    FrameEvent,
    StageEvent,
    ThreadEvent,
    TransferEvent,
    ValidationEvent,
)

START = 1_000_000.0
STAGES = ("luminance", "gradient", "thinned", "strokes")


def fill(log: EventLog, frames: int = 40, session: int = 7) -> None:
    """A drag of so many frames, 20 ms apart: known numbers all through."""
    for number in range(frames):
        begin = START + number * 0.02
        run = STAGES[number % 3 :]
        purpose = ("live", "live", "exact", "prerender")[number % 4]
        outcome = "cancelled" if number % 10 == 9 else "drawn"
        at, expected = begin, 0.0
        for stage in STAGES:
            if stage not in run:
                log.stages.append(_stage(at, session, number, stage, "hit", 0.0, math.nan, purpose))
                log.cache.append(CacheEvent(at, "memory", "hit", stage, 4000, 2.5, 90_000 + number, 12))
                continue
            if outcome == "cancelled" and stage == STAGES[-1]:
                log.stages.append(_stage(at, session, number, stage, "cancelled", 0.0, math.nan, purpose))
                continue
            ms = 1.0 + STAGES.index(stage) + number % 5
            at += ms / 1e3
            expected = ms * (1.1 if number % 2 else 1.5)
            log.stages.append(_stage(at, session, number, stage, "run", ms, expected, purpose))
            log.cache.append(CacheEvent(at, "memory", "miss", stage, 0, 0.0, 90_000, 12))
            log.cache.append(CacheEvent(at, "memory", "keep", stage, 4000, ms, 94_000, 13))
            for thread in (0, 1):
                log.threads.append(ThreadEvent(at, number, "blur", thread, 4, 0.6 + 0.2 * thread, 1.0, True))
            log.buffers.append(
                BufferEvent(at, "lease", 300_000, 327_680, number > 2, 2_000_000 + number * 20_000, 1_000_000)
            )
        took = (at - begin) * 1e3
        log.frames.append(
            FrameEvent(
                at, session, number, "edge", purpose, outcome, 0.5 * (number % 7), took, len(run), 4 - len(run),
                100, 2000, 0.5 if purpose == "live" and number % 8 == 0 else 1.0, number % 6 == 2,
            )
        )  # fmt: skip
        log.validation.append(
            ValidationEvent(begin, "values", "hit" if number % 4 else "miss", "edge", 0.01, 0.05 if number % 4 else 0.0)
        )
        log.edits.append(EditEvent(begin, "edge", 1, 0.05 + number / 1000))
        log.batches.append(BatchEvent(begin, session, number, 1 + number % 7, 2.0))
        log.transfers.append(
            TransferEvent(
                at + 0.012, session, number, number, "painted" if number % 9 else "given up", True,
                20_000 + 500 * number, 60_000, False, 0.4, 3.0, 11.0,
            )
        )  # fmt: skip


def _stage(
    at: float, session: int, number: int, stage: str, outcome: str, ms: float, expected: float, purpose: str
) -> StageEvent:
    return StageEvent(at, session, number, "edge", stage, outcome, ms, 4000, 0.25, 2, purpose, expected)
