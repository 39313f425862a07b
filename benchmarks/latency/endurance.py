"""Many drags: over slow links, whether the last drawing is always painted and nothing old ever; and what they leave."""

from __future__ import annotations

import random
import re
import sys
from pathlib import Path
from typing import Any

from drags import disorder, painted, random_drag, watch
from lab import Lab

from benchmarks.latency.figures import Row
from benchmarks.latency.page import notebook_page

# Seconds each way, and bytes a second.
LINKS: tuple[tuple[float, float | None], ...] = ((0, None), (0.05, None), (0.2, None), (0, 1e6))

_CELLS = (
    "import os\nimport vec2art_nb as v2a\nfrom benchmarks import pictures",
    "studio = v2a.Studio(pictures.photo('coffee', 1))\nstudio",
)
_MEMORY = "192 MB"
_PARAMETERS = ("detail", "blur_sigma", "min_length_px")


def _open(lab: Lab) -> Any:
    lab.page.set_default_timeout(120_000)
    lab.open("endurance.ipynb", _CELLS)
    studio = lab.studio()
    studio.wait_for_exact("studio")
    watch(studio.root)
    return studio


def random_drags(count: int) -> list[Row]:
    """``count`` drags, shared out among the links, with comms on subshells and again without."""
    rows = []
    for subshells in (True, False):
        with notebook_page(subshells=subshells) as (lab, _, link):
            lab.address = link.address
            studio = _open(lab)
            for delay_s, bytes_per_s in LINKS:
                link.slow_down(delay_s, bytes_per_s)
                rows.append(_over_link(studio, count // len(LINKS)))
                rows[-1] |= {
                    "subshells": str(subshells),
                    "delay_ms": int(delay_s * 1e3),
                    "bytes_per_s": bytes_per_s or "any",
                }
                print(rows[-1], file=sys.stderr, flush=True)
    return rows


def _over_link(studio: Any, drags: int) -> Row:
    chance = random.Random(drags)
    start, lost = len(painted(studio.root)), 0
    for _ in range(drags):
        try:
            random_drag(studio, "studio", _PARAMETERS, chance)
        except AssertionError as error:  # the rest is worth knowing too
            print(error, file=sys.stderr)
            lost += 1
    frames = painted(studio.root, start=start)
    return {"drags": drags, "frames": len(frames), "stale": len(disorder(frames)), "lost": lost}


def memory(few: int, many: int) -> list[Row]:
    """What the page's JavaScript and the kernel hold after ``few`` and after ``many`` drags, in MB."""
    with notebook_page() as (lab, _, _):
        studio = _open(lab)
        # Small enough to be full early: results that are kept on purpose are no leak, but would look like one.
        lab.python(f"_ = v2a.options(memory={_MEMORY!r})")
        session = lab.page.context.new_cdp_session(lab.page)
        kernel = Path("/proc", lab.python("print(os.getpid())"), "status")
        chance = random.Random(0)
        seen = []
        for done in range(1, many + 1):
            parameter = chance.choice(_PARAMETERS)
            studio.drag_slider(parameter, chance.random(), chance.random(), events=12, hertz=120)
            if done in (few, many):
                studio.wait_for_exact("studio")
                # What the test wrote down itself is no leak of the viewer's.
                studio.root.evaluate("root => { root.paintedFrames.length = 0; }")
                session.send("HeapProfiler.collectGarbage")
                heap = session.send("Runtime.getHeapUsage")["usedSize"]
                resident = int(re.search(r"VmRSS:\s+(\d+) kB", kernel.read_text())[1]) * 1024
                seen.append((heap / 1e6, resident / 1e6))
                print(f"after {done} drags: page {heap / 1e6:.1f} MB, kernel {resident / 1e6:.1f} MB", file=sys.stderr)
    return [
        {
            "of": name,
            f"after_{few}_mb": round(before, 1),
            f"after_{many}_mb": round(after, 1),
            "growth_percent": round(100 * (after / before - 1), 1),
        }
        for name, before, after in zip(("page", "kernel"), *seen, strict=True)
    ]
