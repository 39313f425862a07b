"""Peak memory above the source array, in a fresh process: ``python -m benchmarks.memory BACKEND MEGAPIXELS``.

The kernel's own count of resident pages is read, because arrays are not all that takes memory. Before the job a tiny
picture is drawn, so that libraries and compiled kernels are loaded; then the count of the peak is set back.
"""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import growth, jobs, pictures
from benchmarks.section import Effort, Row, Section, Verdict, markdown

# Bytes a pixel.
BARS = {"edge": 16, "centerline": 16, "superpixel": 32, "dots": 16}

_SIZES = (4, 16)

_PROCESSES = 3

_PAGES = Path("/proc/self/status")


def measure(effort: Effort) -> list[Row]:
    rows = []
    for backend in BARS:
        for size in _SIZES:
            command = [sys.executable, "-m", "benchmarks.memory", backend, str(size)]
            peaks = [
                json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
                for _ in range(min(_PROCESSES, effort.rounds))
            ]
            rows.append({"backend": backend, "picture": growth.PICTURES[backend], "megapixels": size, "runs": peaks})
    return rows


def peak(backend: str, size: float) -> dict[str, float]:
    """Bytes a pixel: the peak above what the process had before, and the SVG that came out, which is part of it."""
    picture = growth.PICTURES[backend]
    jobs.whole(backend)(pictures.photo(picture, 0.01), 2)()
    pixels = pictures.photo(picture, size)
    count = pixels.shape[0] * pixels.shape[1]
    job = jobs.whole(backend, **growth.parameters(backend, size))(pixels, 2)  # has a copy of its own: the source
    del pixels
    before = _resident_bytes()
    _forget_peak()
    svg = job()
    return {"peak": (_peak_bytes() - before) / count, "svg": len(svg) / count}  # type: ignore[arg-type]


def _resident_bytes() -> int:
    return status("VmRSS") if _PAGES.exists() else _peak_bytes()


def _forget_peak() -> None:
    """Set the peak back to what is resident now; where that cannot be done the peak before was small anyway."""
    path = Path("/proc/self/clear_refs")
    if path.exists():
        path.write_text("5")


def _peak_bytes() -> int:
    if _PAGES.exists():
        return status("VmHWM")
    import resource  # of POSIX, which has no /proc everywhere

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def status(name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB", _PAGES.read_text(), re.MULTILINE)
    assert found
    return int(found[1]) * 1024


def _median_of(row: Row, name: str) -> float:
    return statistics.median(run[name] for run in row["runs"])


def peak_of(row: Row) -> float:
    """Bytes a pixel."""
    return _median_of(row, "peak")


def table(rows: Sequence[Row]) -> str:
    cells = [
        [
            f"{row['backend']}, {row['picture']}, {row['megapixels']} MP",
            f"{peak_of(row):.1f}",
            f"{_median_of(row, 'svg'):.1f}",
            str(BARS[row["backend"]]),
        ]
        for row in rows
    ]
    return markdown(("backend, picture", "peak, bytes a pixel", "of which SVG", "bar"), cells)


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    found = []
    for row in rows:
        bar, peak_bytes = BARS[row["backend"]], peak_of(row)
        what = f"{row['backend']}, {row['picture']}, {row['megapixels']} MP, peak memory above the source"
        found.append(Verdict(what, f"≤ {bar} bytes a pixel", f"{peak_bytes:.1f}", peak_bytes <= bar))
    return found


SECTION = Section(
    "memory",
    "Memory",
    "The peak above what a fresh process with the picture in memory has, stage cache off, the SVG that comes out "
    "included; the median of three processes.",
    measure,
    table,
    verdicts,
)


if __name__ == "__main__":
    print(json.dumps(peak(sys.argv[1], float(sys.argv[2]))))
