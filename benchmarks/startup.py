"""What a person waits for before anything is drawn: whole processes, from start to exit."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from benchmarks.measure import Timing, interleaved

_DRAW = "import vec2art_nb as v2a; v2a.vectorize('astronaut').to_svg_bytes()"
_TELL = (
    "import vec2art_nb as v2a; session = v2a.Session('astronaut'); "
    "session.on_progress(lambda progress: print(progress, flush=True)); session.drawing"
)
_PEER = (
    "import cv2; from benchmarks.edge import opencv_svg; from vec2art_nb import samples; "
    "opencv_svg(samples.load('astronaut').pixels, 40, 100)"
)


def _run(code: str, **environment: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, **environment})


def _cold() -> None:
    with tempfile.TemporaryDirectory() as empty:
        _run(_DRAW, NUMBA_CACHE_DIR=empty)


def _first_word() -> None:
    """Ends when the process has said what it waits for."""
    with tempfile.TemporaryDirectory() as empty:
        environment = {**os.environ, "NUMBA_CACHE_DIR": empty}
        process = subprocess.Popen([sys.executable, "-c", _TELL], env=environment, stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        process.kill()
        process.wait()
        process.stdout.close()


def measure(rounds: int) -> dict[str, Timing]:
    warm = interleaved(
        {
            "import numpy": lambda: _run("import numpy"),
            "import vec2art_nb and numpy": lambda: _run("import vec2art_nb, numpy"),
            "first drawing, kernels on disk": lambda: _run(_DRAW),
            "the same with OpenCV": lambda: _run(_PEER),
        },
        rounds,
        warm_rounds=1,
    )
    first = {"first word of progress, nothing on disk": _first_word, "first drawing ever, nothing on disk": _cold}
    return {**warm, **interleaved(first, 3, warm_rounds=0)}


def table(results: dict[str, Timing]) -> str:
    lines = ["| whole process | s (quartiles) |", "|---|---|"]
    for name, timing in results.items():
        first, third = timing.spread_ms
        lines.append(f"| {name} | {timing.median_ms / 1e3:.2f} ({first / 1e3:.2f}–{third / 1e3:.2f}) |")
    return "\n".join(lines)
