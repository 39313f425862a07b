"""``docs/latency.md``, made from the figures alone, and the bars that they are held to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks import facts
from benchmarks.latency.cases import CASES, VERTICES, Case
from benchmarks.latency.figures import Row, median
from benchmarks.latency.page import HERTZ, SECONDS
from benchmarks.section import Verdict, markdown

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "benchmarks" / "latency" / "results.json"
PAGE = ROOT / "docs" / "latency.md"

# Against the floor: at least this share of its frames, at most this multiple of its age.
_FLOOR_BARS = {"early": (0.7, 1.6), "late": (0.85, 1.35), "style": (0.85, 1.35)}
# Against `interact`: at least this multiple of its frames, at most this share of its age.
_INTERACT_BARS = {"ours": (6.0, 1 / 5), "ours, default server": (5.0, 1 / 4)}
_PNG_FRAMES = 2.5
_SETTLE_MS = 100

# From a person's view; what the rows call them, and what the page does.
_TITLES = {
    "floor": "floor: a ready frame, nothing made",
    "ours": "ours",
    "ours, default server": "ours, default server",
    "handler": "ipywidgets slider, drawn in its handler",
    "lane": "ipywidgets slider, drawn in the lane",
    "svg": "`interact` and `display(SVG)`",
    "png": "`interact` and an `ipywidgets.Image`",
}

_HEAD = f"""\
# How closely the drawing follows the hand

Written by `make latency` from `benchmarks/latency/results.json`. Sliders are dragged in JupyterLab in Chromium:
{HERTZ} events a second for {SECONDS:g} s, on pictures of 1024 × 1024 px, each event with a value of its own that was
not asked for before. The order of the drags is decided by chance in each round; figures are medians of the rounds.

* The **age** of a frame: from the first event that had its value to its painting. Half of the frames are no older
  than p50, and 95 % no older than p95.
* **Last**: from the last event of the drag until what it asked for is on the screen, exactly.
* **Stale**: frames painted after a newer one. **Lost**: drags whose last value was never painted. Both sums must be 0.
* The **floor** is our viewer in the browser and a handler that answers each event at once with one of a few frames of
  50 kB that lie ready, behind the studio's own controls. It, "ours" and the two below have TCP_NODELAY set on the
  kernel's web socket, as our server extension does; `interact` has the server as it comes.
* The studio's own controls send a value when the frame before it has been painted, in one message with the
  acknowledgement. Two other ways were tried with a slider of ipywidgets, on edge `detail`: drawing within the slider's
  message handler, and handing each value to the session's scheduler, which draws in the compute lane.
* `interact` runs OpenCV's blur, Canny, contours and polygons: as SVG with `display(SVG(…))`, or painted by OpenCV
  and sent as PNG to an `ipywidgets.Image`. Its slider goes over the same values as ours for edge `detail`; on the way
  its drawing has {VERTICES[0]:,} to {VERTICES[1]:,} vertices.
"""


def write(results: dict[str, Any]) -> None:
    lines = ",\n".join(f"  {json.dumps(row)}" for row in results["rows"])
    others = {name: value for name, value in results.items() if name != "rows"}
    RESULTS.write_text(f'{json.dumps(others)[:-1]}, "rows": [\n{lines}\n]}}\n', encoding="utf-8")
    PAGE.write_text(page(results), encoding="utf-8")


def load() -> dict[str, Any]:
    results: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return results


def page(results: dict[str, Any]) -> str:
    """``docs/latency.md``."""
    rows = results["rows"]
    found = list(verdicts(results))
    met = sum(verdict.met is True for verdict in found)
    parts = [
        _HEAD,
        table(rows),
        f"\n## Bars\n\n{met} of {len(found)} are met.\n",
        markdown(
            ("bar", "wanted", "found", ""), [[v.what, v.wanted, v.found, "met" if v.met else "missed"] for v in found]
        ),
    ]
    for title, name in (("Random drags", "random"), ("Memory", "memory")):
        if results.get(name):
            head = list(results[name][0])
            cells = [[_cell(row[column]) for column in head] for row in results[name]]
            parts.append(f"\n## {title}\n\n{markdown([column.replace('_', ' ') for column in head], cells)}")
    run = results["run"]
    parts.append(f"\n## The machine\n\n{facts.sentence(run['machine'])} {run['rounds']} rounds.\n")
    return "\n".join(parts)


def table(rows: Sequence[Row]) -> str:
    """A line for each rig and slider."""
    cells = [
        [
            _TITLES[rig],
            case,
            *(_cell(median(chosen, name)) for name in ("frames_per_s", "p50_ms", "p95_ms", "last_ms")),
            *(str(sum(row[name] for row in chosen)) for name in ("stale", "lost")),
        ]
        for rig, case, chosen in _grouped(rows)
    ]
    head = ("", "slider", "frames/s", "age p50, ms", "age p95, ms", "last, ms", "stale", "lost")
    return markdown(head, cells)


def _grouped(rows: Sequence[Row]) -> Iterator[tuple[str, str, list[Row]]]:
    for rig in _TITLES:
        for case in ("", *(case.name for case in CASES)):
            if chosen := [row for row in rows if (row["rig"], row["case"]) == (rig, case)]:
                yield rig, case, chosen


def verdicts(results: dict[str, Any]) -> Iterator[Verdict]:
    """Each bar of each slider; without the other rigs, only what needs no comparison."""
    rows = results["rows"]
    of = {(rig, case): chosen for rig, case, chosen in _grouped(rows)}
    for case in CASES:
        if ("ours", case.name) in of and ("floor", "") in of:
            yield from _against_floor(case, of["ours", case.name], of["floor", ""])
    # What people do today is drawn by edges; so is what it is compared with.
    for case in (case for case in CASES if case.backend == "edge"):
        for rig, (frames, age) in _INTERACT_BARS.items():
            if (rig, case.name) in of and ("svg", "") in of:
                yield from _compared(f"{rig}, {case.name} against SVG", of[rig, case.name], of["svg", ""], frames, age)
        if ("ours", case.name) in of and ("png", "") in of:
            yield from _compared(
                f"ours, {case.name} against PNG", of["ours", case.name], of["png", ""], _PNG_FRAMES, None
            )
    drags = results.get("random") or []
    faults = {"stale or out of order": [*rows, *drags], "lost final frames": [*rows, *drags]}
    for (what, chosen), name in zip(faults.items(), ("stale", "lost"), strict=True):
        ours = [row for row in chosen if row.get("rig", "ours").startswith("ours")]
        count = sum(row[name] for row in ours)
        yield Verdict(f"ours, {what}", "0", str(count), count == 0)
    for row in results.get("memory") or []:
        yield Verdict(
            f"memory of the {row['of']}", "≤ 10 % more", f"{row['growth_percent']:+.1f} %", row["growth_percent"] <= 10
        )


def _against_floor(case: Case, ours: list[Row], floor: list[Row]) -> Iterator[Verdict]:
    frames, age = _FLOOR_BARS[case.kind]
    yield from _compared(f"ours, {case.name} against the floor", ours, floor, frames, age)
    limit = _SETTLE_MS + 2 * ours[0]["cold_ms"] + median(floor, "p95_ms")
    last = median(ours, "last_ms")
    yield Verdict(
        f"ours, {case.name}: exact after the last event", f"≤ {limit:.0f} ms", f"{last:.0f} ms", last <= limit
    )


def _compared(what: str, ours: list[Row], theirs: list[Row], frames: float, age: float | None) -> Iterator[Verdict]:
    found = median(ours, "frames_per_s") / median(theirs, "frames_per_s")
    yield Verdict(f"{what}: frames", f"≥ {frames:g} ×", f"{found:.2f} ×", found >= frames)
    if age is not None:
        found = median(ours, "p95_ms") / median(theirs, "p95_ms")
        yield Verdict(f"{what}: age p95", f"≤ {age:.3g} ×", f"{found:.2f} ×", found <= age)


def _cell(value: object) -> str:
    return (
        f"{value:.3g}"
        if isinstance(value, float) and abs(value) < 100
        else f"{value:.0f}"
        if isinstance(value, float)
        else str(value)
    )
