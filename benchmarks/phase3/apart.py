"""What a session does not show: a later kernel's first drawing, and memory under a budget. Each in fresh processes.

``python -m benchmarks.phase3.apart first BACKEND`` and ``… memory`` are those processes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from typing import Any

from benchmarks import pictures
from benchmarks.phase3.edits import edits
from benchmarks.section import Row

BACKENDS = ("edge", "superpixel", "dots")
BUDGET = 256_000_000
_PICTURES = ("coffee", "astronaut", "china", "flower")
_MEGAPIXELS = 12
_SAMPLE_S = 0.02

# Edits of each of the four sessions; on pictures of 12 MP they take a while.
_EDITS = 60


def disk(rounds: int) -> list[Row]:
    """Milliseconds to a first drawing, with nothing kept, and with what an earlier kernel has kept."""
    rows = []
    for backend in BACKENDS:
        row: Row = {"backend": backend, "cold_ms": [], "kept_ms": []}
        for _ in range(rounds):
            with tempfile.TemporaryDirectory() as folder:
                row["cold_ms"].append(_process("first", backend, VEC2ART_NB_CACHE_DIR=folder, VEC2ART_NB_DISK="on"))
                row["kept_ms"].append(_process("first", backend, VEC2ART_NB_CACHE_DIR=folder, VEC2ART_NB_DISK="on"))
        rows.append(row)
    return rows


def memory() -> Row:
    """Bytes over a session with four large pictures open, against the budget."""
    found: Row = _process("memory", VEC2ART_NB_MEMORY=str(BUDGET))
    return found


def _process(*arguments: str, **environment: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.phase3.apart", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


# --- in the fresh process ---------------------------------------------------------------------------------------------


def _first(backend: str) -> float:
    import vec2art_nb as v2a

    picture = pictures.photo("coffee", 1)
    with v2a.Session(picture, backend) as session:
        started = time.perf_counter()
        drawing = session.drawing
        taken = (time.perf_counter() - started) * 1e3
    assert len(drawing)
    return taken


def _memory() -> Row:
    import vec2art_nb as v2a
    from benchmarks.memory import status
    from vec2art_nb import buffers
    from vec2art_nb.backends import registry
    from vec2art_nb.runtime.engine import shared_engine

    assert shared_engine.cache is not None
    cache = shared_engine.cache
    for backend in registry:  # compiled and loaded, which is not what is asked
        v2a.vectorize(pictures.photo("coffee", 0.01), backend)
    sessions = [v2a.Session(pictures.photo(name, _MEGAPIXELS)) for name in _PICTURES]
    buffers.pool.trim()
    baseline = status("VmRSS")
    seen = {"held": 0, "resident": 0, "leased": 0}
    stop = threading.Event()

    def sample() -> None:
        while not stop.wait(_SAMPLE_S):
            statistics = buffers.pool.statistics()
            seen["held"] = max(seen["held"], cache.bytes + statistics.idle_bytes)
            # What is leased and not in the cache is what the running stages work in.
            seen["leased"] = max(seen["leased"], statistics.leased_bytes - cache.bytes)
            seen["resident"] = max(seen["resident"], status("VmRSS") - baseline)

    sampler = threading.Thread(target=sample)
    sampler.start()
    for number, session in enumerate(sessions):
        for edit in edits(number, _EDITS):
            edit.do(session)
            if edit.rests:
                assert len(session.drawing)
    stop.set()
    sampler.join()
    return {"budget": BUDGET, **seen}


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    print(json.dumps(_first(*rest) if what == "first" else _memory()))
