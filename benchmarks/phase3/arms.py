"""The same session with everything on, with each mechanism off in turn, and with all of them off."""

from __future__ import annotations

import gc
import resource
import threading
import time
from typing import Any

import numpy as np

import vec2art_nb as v2a
from benchmarks.phase3.edits import Edit
from benchmarks.section import Row
from vec2art_nb import buffers
from vec2art_nb.params import validation
from vec2art_nb.runtime.engine import shared_engine
from vec2art_nb.runtime.scheduler import Frame

ON: dict[str, Any] = {}
OFF: dict[str, dict[str, Any]] = {
    "stage cache": {"stage_cache": False},
    "validation cache": {"validation_cache": False},
    "buffers": {"buffers": False},
    "threads": {"threads": 1},
    "prerender": {"prerender": False},
    "adaptive": {"adaptive": False},
}
EVERYTHING_OFF = {name: value for options in OFF.values() for name, value in options.items()}
ARMS: dict[str, dict[str, Any]] = {
    "everything on": ON,
    **{f"{name} off": options for name, options in OFF.items()},
    "everything off": EVERYTHING_OFF,
}

# How long it rests, for what is drawn ahead to be worth something; the first of the guesses come after 0.25 s.
_REST_S = 0.35

_PATIENCE_S = 60.0


class _Watcher:
    """Knows of which edits there is a frame."""

    def __init__(self) -> None:
        self._arrived = threading.Condition()
        self._generation = -1

    def __call__(self, frame: Frame) -> None:
        with self._arrived:
            self._generation = max(self._generation, frame.generation)
            self._arrived.notify_all()

    def wait_for(self, generation: int) -> None:
        with self._arrived:
            if not self._arrived.wait_for(lambda: self._generation >= generation, _PATIENCE_S):
                raise TimeoutError(f"no frame of edit {generation}")


def run(picture: Any, script: list[Edit], options: dict[str, Any], *, resting_s: float = _REST_S) -> Row:
    """What a session of these edits took, from a cold cache."""
    assert shared_engine.cache is not None
    with v2a.options(**options):
        shared_engine.cache.clear()
        validation.cache.clear()
        gc.collect()
        buffers.pool.trim()
        v2a.perf.clear()
        faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        started, processor = time.perf_counter(), time.process_time()
        _work(picture, script, resting_s)
        wall, processor = time.perf_counter() - started, time.process_time() - processor
        faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - faults
        return {"wall_s": wall, "processor_s": processor, "faults": faults, **_counts()}


def _work(picture: Any, script: list[Edit], resting_s: float) -> None:
    watcher = _Watcher()
    with v2a.Session(picture) as session:
        session.on_frame(watcher)
        watcher.wait_for(0)
        for edit in script:
            edit.do(session)
            watcher.wait_for(session.generation)
            if edit.rests:
                time.sleep(resting_s)
        _ = session.drawing  # the last frame may have been a preview


def _counts() -> Row:
    frames, stages, edits = v2a.perf.frames(), v2a.perf.stages(), v2a.perf.edits()
    asked = frames[frames.purpose.isin(["live", "exact"])]
    ran = stages[(stages.outcome == "run") & (stages.purpose != "prerender")]
    leases = v2a.perf.buffers().query("event == 'lease'")
    # The second half is the steady state: sizes are known by then.
    steady = leases.iloc[len(leases) // 2 :]
    known = ran[np.isfinite(ran.expected_ms) & (ran.ms > 0.1)]
    known = known.iloc[len(known) // 10 :]
    validated = v2a.perf.validation().query("about == 'values'")
    return {
        "kernel_ms": float(asked.ms.sum()),
        "frame_p50_ms": float(asked.ms.median()),
        "frame_p95_ms": float(asked.ms.quantile(0.95)),
        "frames": len(asked),
        "foreseen": int(asked.foreseen.sum()),
        "stage_runs": len(ran),
        "edits": len(edits),
        "edit_p50_ms": float(edits.ms.median()),
        "edit_p95_ms": float(edits.ms.quantile(0.95)),
        "validated": len(validated),
        "validation_hits": int((validated.event == "hit").sum()),
        "leases": len(steady),
        "reused": int(steady.reused.sum()),
        "prediction_error": float(np.abs(known.expected_ms / known.ms - 1).median()) if len(known) else None,
    }
