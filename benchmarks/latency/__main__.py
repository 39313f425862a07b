"""``python -m benchmarks.latency``: drag, show, and hold to the bars."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import metadata
from typing import Any

from benchmarks import facts
from benchmarks.latency import endurance, report
from benchmarks.latency.cases import CASES
from benchmarks.latency.sweep import sweep

# Between the hand and the eye.
_PACKAGES = ("vec2art-nb", "jupyterlab", "ipykernel", "ipywidgets", "anywidget", "numba", "opencv-python-headless")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.latency", description="Drag sliders in JupyterLab, beside what people do today."
    )
    parser.add_argument("cases", nargs="*", metavar="slider", help='parts of names like "edge detail" (default: all)')
    parser.add_argument(
        "--rounds", type=int, default=5, help="of all rigs in shuffled order (%(default)s); 0 leaves them as recorded"
    )
    parser.add_argument(
        "--random", type=int, default=0, metavar="DRAGS", help="over slow links, with subshells and not"
    )
    parser.add_argument("--memory", type=int, default=0, metavar="DRAGS", help="and a tenth of them before")
    parser.add_argument("--recorded", action="store_true", help="measure nothing: take what results.json has")
    parser.add_argument("--check", action="store_true", help="list the bars; the exit status is 1 for a miss")
    parser.add_argument("--write", action="store_true", help="keep the figures and write docs/latency.md")
    options = parser.parse_args(arguments)
    chosen = [case for case in CASES if not options.cases or any(part in case.name for part in options.cases)]
    if not chosen:
        parser.error(f"no slider is called so; there are {', '.join(case.name for case in CASES)}")
    if options.write and options.cases:
        parser.error("--write needs all sliders: name none")

    results: dict[str, Any]
    if options.recorded:
        results = report.load()
    else:
        versions = {name: metadata.version(name) for name in _PACKAGES}
        run = {"machine": {**facts.machine_facts(), "versions": versions}, "rounds": options.rounds}
        # What is not measured this time stays as it was recorded.
        results = report.load()
        if options.rounds:
            results |= {"run": run, "rows": sweep(chosen, options.rounds)}
        if options.random:
            results["random"] = endurance.random_drags(options.random)
        if options.memory:
            results["memory"] = endurance.memory(options.memory // 10, options.memory)
    print(report.page(results))
    if options.write:
        report.write(results)
    missed = [verdict for verdict in report.verdicts(results) if not verdict.met]
    if options.check:
        for verdict in missed:
            print(verdict, file=sys.stderr)
    return 1 if options.check and missed else 0


if __name__ == "__main__":
    sys.exit(main())
