"""What a person waits for before anything is drawn: whole processes, from start to exit."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.files import photo_files
from benchmarks.measure import FEWEST_ROUNDS, Job, interleaved
from benchmarks.section import Effort, Row, Section, Verdict, markdown, seconds_of, timing_of

_DRAW = "import vec2art_nb as v2a; v2a.vectorize('astronaut').to_svg_bytes()"
_TELL = (
    "import vec2art_nb as v2a; session = v2a.Session('astronaut'); "
    "session.on_progress(lambda progress: print(progress, flush=True)); session.drawing"
)
_OPENCV = (
    "import sys; from pathlib import Path; from benchmarks.peers import opencv; "
    "Path(sys.argv[2]).write_bytes(opencv.edges_svg(opencv.read(sys.argv[1]), 40, 100))"
)

_CONVERT = "vec2art-nb convert, JPEG of 1 MP to SVG"
_COLD = "first drawing ever, nothing on disk"

# Seconds.
BARS = {_CONVERT: 1.2, _COLD: 8.0}


def _run(*command: str, **environment: str) -> None:
    subprocess.run(command, check=True, env={**os.environ, **environment}, capture_output=True)


def _python(code: str, *arguments: str, **environment: str) -> None:
    _run(sys.executable, "-c", code, *arguments, **environment)


def _cold() -> None:
    with tempfile.TemporaryDirectory() as empty:
        _python(_DRAW, NUMBA_CACHE_DIR=empty)


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


def measure(effort: Effort) -> list[Row]:
    with photo_files("coffee") as paths, tempfile.TemporaryDirectory() as folder:
        photo, ours, theirs = str(paths["jpg"]), str(Path(folder, "ours.svg")), str(Path(folder, "theirs.svg"))
        # Beside the interpreter that runs this, without following it to where it was linked from.
        command = str(Path(sys.executable).parent / "vec2art-nb")
        later: dict[str, Job] = {
            "import numpy": lambda: _python("import numpy"),
            "import vec2art_nb and numpy": lambda: _python("import vec2art_nb, numpy"),
            "first drawing of a process, kernels on disk": lambda: _python(_DRAW),
            _CONVERT: lambda: _run(command, "convert", photo, "-o", ours),
            "the same as a script with OpenCV": lambda: _python(_OPENCV, photo, theirs),
        }
        timings = interleaved(later, effort.rounds, effort.seconds)
    # Nothing to warm up, and half a minute a round: no more rounds than must be.
    first = {"first word of progress, nothing on disk": _first_word, _COLD: _cold}
    timings |= interleaved(first, FEWEST_ROUNDS, 0, warm=False)
    return [{"process": name, "seconds": seconds_of(timing)} for name, timing in timings.items()]


def table(rows: Sequence[Row]) -> str:
    cells = []
    for row in rows:
        timing = timing_of(row["seconds"])
        first, third = (quartile / 1e3 for quartile in timing.quartiles_ms)
        bar = f"{BARS[row['process']]:g}" if row["process"] in BARS else ""
        cells.append([row["process"], f"{timing.median_ms / 1e3:.2f} ({first:.2f}–{third:.2f})", bar])
    return markdown(("whole process", "s", "bar, s"), cells)


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    found = []
    for row in rows:
        if row["process"] in BARS:
            bar, seconds = BARS[row["process"]], timing_of(row["seconds"]).median_ms / 1e3
            found.append(Verdict(row["process"], f"≤ {bar:g} s", f"{seconds:.2f} s", seconds <= bar))
    return found


SECTION = Section(
    "startup",
    "Before anything is drawn",
    "Whole processes, from start to exit. With nothing on disk, every kernel that the drawing needs is compiled first.",
    measure,
    table,
    verdicts,
)
