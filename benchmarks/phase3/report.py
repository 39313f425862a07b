"""``docs/mechanisms.md``, made from the figures alone, and the bars that they are held to."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks import facts
from benchmarks.phase3.arms import ARMS
from benchmarks.phase3.edits import COUNT
from benchmarks.section import Row, Verdict, markdown, ratio

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "benchmarks" / "phase3" / "results.json"
PAGE = ROOT / "docs" / "mechanisms.md"

_HEAD = f"""\
# What each mechanism is worth

Written by `make phase3` from `benchmarks/phase3/results.json`. A session of {COUNT} edits (drags back and forth,
presets, undo and redo, changes of the backend; the script is `benchmarks/phase3/edits.py`), without a browser, on two
pictures of 1024 × 1024 px: with everything on, with each mechanism off in turn, and with all of them off. The order of
these is decided by chance in each round. Each edit is made when there is a frame of the one before, and the hand rests
for 0.35 s after each movement.

* **Kernel time** is the rendering of frames that somebody asked for, for each edit, and its ratio to everything on:
  the median of the rounds, with the first and third quartile of the ratios within each round.
* **Processor** is the time of all threads of the process, drawing ahead included.
* **Edit** is from the call that changes a parameter until a frame is scheduled.
* **Faults** are minor page faults.
"""

_DISK_HEAD = """
## A later kernel's first drawing

With the option `disk`, in fresh processes, kernels compiled before; after importing, until the drawing is there.
"""

_BASE = "everything on"


def load() -> dict[str, Any]:
    results: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return results


def write(results: dict[str, Any]) -> None:
    rows = ",\n".join(f"  {json.dumps(row)}" for row in results["rows"])
    others = {name: value for name, value in results.items() if name != "rows"}
    RESULTS.write_text(f'{json.dumps(others)[:-1]}, "rows": [\n{rows}\n]}}\n', encoding="utf-8")
    PAGE.write_text(page(results), encoding="utf-8")


def page(results: dict[str, Any]) -> str:
    """``docs/mechanisms.md``."""
    found = list(verdicts(results))
    met = sum(verdict.met is True for verdict in found)
    run = results["run"]
    return "\n".join(
        [
            _HEAD,
            _arms_table(results["rows"]),
            f"\n## Bars\n\n{met} of {len(found)} are met.\n",
            markdown(
                ("bar", "wanted", "found", ""),
                [[v.what, v.wanted, v.found, "met" if v.met else "missed"] for v in found],
            ),
            _DISK_HEAD,
            markdown(
                ("backend", "nothing kept, ms", "kept, ms", "times faster"),
                [
                    [row["backend"], _spread(row["cold_ms"]), _spread(row["kept_ms"]), ratio(_faster(row))]
                    for row in results["disk"]
                ],
            ),
            f"\n## The machine\n\n{facts.sentence(run['machine'])} {run['rounds']} rounds.\n",
        ]
    )


def _arms_table(rows: Sequence[Row]) -> str:
    cells = []
    for arm in ARMS:
        chosen = _of(rows, arm)
        cells.append(
            [
                arm,
                f"{_kernel_ms(chosen):.1f}",
                _ratios(rows, arm, "kernel_ms"),
                f"{_median(chosen, 'frame_p95_ms'):.0f}",
                f"{_median(chosen, 'processor_s'):.1f}",
                f"{_median(chosen, 'edit_p95_ms'):.2f}",
                f"{_median(chosen, 'stage_runs'):.0f}",
                f"{_median(chosen, 'faults') / 1e3:.0f} k",
            ]
        )
    head = (
        "", "kernel ms an edit", "× everything on", "frame p95, ms", "processor, s", "edit p95, ms", "stages run",
        "faults",
    )  # fmt: skip
    return markdown(head, cells)


def verdicts(results: dict[str, Any]) -> Iterator[Verdict]:
    rows = results["rows"]
    on = _of(rows, _BASE)
    hits = sum(row["validation_hits"] for row in on) / sum(row["validated"] for row in on)
    yield Verdict("validation: hits", "≥ 85 %", f"{hits:.1%}", hits >= 0.85)
    edit = _median(on, "edit_p95_ms")
    yield Verdict("an edit, until a frame is scheduled, p95", "< 0.2 ms", f"{edit:.2f} ms", edit < 0.2)
    runs = _median(on, "stage_runs") / _median(_of(rows, "stage cache off"), "stage_runs")
    yield Verdict("invalidation: stages run, of those of full reruns", "≤ 30 %", f"{runs:.0%}", runs <= 0.3)
    yield _at_least("invalidation: full reruns take", rows, "stage cache off", "kernel_ms", 3)
    reused = sum(row["reused"] for row in on) / max(1, sum(row["leases"] for row in on))
    yield Verdict("buffers: leases reused in the second half", "≥ 90 %", f"{reused:.1%}", reused >= 0.9)
    yield _at_least("buffers: page faults without them", rows, "buffers off", "faults", 5)
    for row in results["disk"]:
        faster = _faster(row)
        yield Verdict(
            f"disk: a later kernel's first drawing, {row['backend']}", "≥ 5 × faster", f"{faster:.1f} ×", faster >= 5
        )
    error = _median(on, "prediction_error")
    yield Verdict("cost model: median error of a stage's time", "≤ 20 %", f"{error:.0%}", error <= 0.2)
    memory = results["memory"]
    held = memory["held"] / memory["budget"]
    yield Verdict("memory: results and idle buffers, of 256 MB", "≤ 100 %", f"{held:.0%}", held <= 1)
    most = 1.1 * memory["budget"] + memory["leased"]
    yield Verdict(
        "memory: resident above the baseline, against 1.1 × the budget and what stages work in",
        f"≤ {most / 1e6:.0f} MB", f"{memory['resident'] / 1e6:.0f} MB", memory["resident"] <= most,
    )  # fmt: skip
    yield _at_least("everything off takes", rows, "everything off", "kernel_ms", 5)


# --- from rows --------------------------------------------------------------------------------------------------------


def _of(rows: Sequence[Row], arm: str) -> list[Row]:
    return [row for row in rows if row["arm"] == arm]


def _median(rows: Sequence[Row], name: str) -> float:
    return float(statistics.median(row[name] for row in rows))


def _kernel_ms(rows: Sequence[Row]) -> float:
    return float(statistics.median(row["kernel_ms"] / row["edits"] for row in rows))


def _pairs(rows: Sequence[Row], arm: str, name: str) -> list[float]:
    """How many times more than with everything on, round by round and picture by picture."""
    base = {(row["round"], row["picture"]): row for row in _of(rows, _BASE)}
    return [row[name] / max(1e-9, base[row["round"], row["picture"]][name]) for row in _of(rows, arm)]


def _ratios(rows: Sequence[Row], arm: str, name: str) -> str:
    if arm == _BASE:
        return "1"
    first, middle, third = statistics.quantiles(_pairs(rows, arm, name), n=4, method="inclusive")
    return f"{ratio(middle)} ({ratio(first)}–{ratio(third)})"


def _at_least(what: str, rows: Sequence[Row], arm: str, name: str, bar: float) -> Verdict:
    found = statistics.median(_pairs(rows, arm, name))
    return Verdict(what, f"≥ {bar} ×", f"{ratio(found)} ×", found >= bar)


def _spread(values: Sequence[float]) -> str:
    first, middle, third = statistics.quantiles(values, n=4, method="inclusive")
    return f"{middle:.0f} ({first:.0f}–{third:.0f})"


def _faster(row: Row) -> float:
    return float(statistics.median(cold / kept for cold, kept in zip(row["cold_ms"], row["kept_ms"], strict=True)))
