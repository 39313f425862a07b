"""All rigs in all rounds, in an order that chance decides anew in each."""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence

from benchmarks.latency.cases import DETAIL, Case
from benchmarks.latency.figures import Row, figures
from benchmarks.latency.page import Notebook, notebook_page

# Name -> whether the server has TCP_NODELAY set; what people do today they do with the server as it comes.
OURS = {"ours": True, "ours, default server": False}
OTHERS = {"floor": True, "handler": True, "lane": True, "svg": False, "png": False}

# A drag begins somewhere in this share of its way, so that no value is one of an earlier round.
_JITTER = 0.05


def sweep(cases: Sequence[Case], rounds: int, *, others: bool = True, setup: str = "") -> list[Row]:
    """A row for each drag.

    Parameters
    ----------
    setup
        Code for the kernel, run before the rigs are dragged: for experiments.
    """
    rows: list[Row] = []
    chance = random.Random(4)
    with notebook_page() as (lab, server, _):
        notebook = Notebook(lab, server)
        if setup:
            print(lab.python(setup), file=sys.stderr)
        cold: dict[str, float] = {}
        for turn in range(rounds + 1):
            jobs: list[tuple[str, Case | None]] = [(rig, case) for rig in OURS for case in cases]
            jobs += [(rig, None) for rig in OTHERS if others]
            chance.shuffle(jobs)
            if turn == 0:
                jobs = [(rig, case) for rig, case in jobs if rig != "ours"]  # compiles and fills caches
            for rig, case in jobs:
                row = _drag(notebook, rig, case, turn, chance)
                if case is not None:
                    if case.name not in cold:
                        cold[case.name] = round(notebook.cold_ms(case.picture), 1)
                    row["cold_ms"] = cold[case.name]
                if turn > 0:
                    rows.append(row)
            print(f"round {turn} of {rounds}", file=sys.stderr, flush=True)
    return rows


def _drag(notebook: Notebook, rig: str, case: Case | None, turn: int, chance: random.Random) -> Row:
    begin, end = (case.begin, case.end) if case else DETAIL
    if turn % 2:
        begin, end = end, begin
    begin += _JITTER * chance.random() * (end - begin)
    notebook.set_nodelay({**OURS, **OTHERS}[rig])
    seen = notebook.drag(case.picture if case else rig, case, begin, end)
    return {"rig": rig, "case": case.name if case else "", "round": turn, **figures(seen)}
