"""``python -m benchmarks [--rounds N] [--write]``."""

from __future__ import annotations

import argparse
import json
from datetime import date
from pathlib import Path

from benchmarks import edge, startup, whole
from benchmarks.measure import machine_facts

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "benchmarks" / "results.json"
README = ROOT / "README.md"
BEGIN, END = "<!-- benchmarks: begin -->", "<!-- benchmarks: end -->"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure, beside peers.")
    parser.add_argument("--rounds", type=int, default=31, help="rounds of the steady-state jobs (default: 31)")
    parser.add_argument("--write", action="store_true", help="put the tables into the README and keep the figures")
    options = parser.parse_args()

    facts = machine_facts()
    edge_results = edge.measure(options.rounds)
    whole_results = whole.measure(options.rounds)
    startup_results = startup.measure(max(3, options.rounds // 4))
    tables = "\n\n".join(
        [edge.table(edge_results), whole.table(whole_results), startup.table(startup_results), _footnote(facts)]
    )
    print(tables)
    if options.write:
        RESULTS.write_text(json.dumps(_record(facts, edge_results, whole_results, startup_results), indent=1) + "\n")
        _write_readme(tables)


def _footnote(facts: dict[str, object]) -> str:
    shown = ", ".join(f"{name} {value}" for name, value in facts.items() if name not in ("processor", "cores", "load"))
    return f"{facts['cores']} cores of {facts['processor']}; {shown}; {date.today():%B %Y}; `make bench`."


def _record(
    facts: dict[str, object], edge_results: dict, whole_results: whole.Results, startup_results: dict
) -> dict[str, object]:
    return {
        "machine": facts,
        "edge_seconds": {
            f"{picture}, {threads} threads": {name: timing.seconds for name, timing in timings.items()}
            for (picture, threads), timings in edge_results.items()
        },
        "whole_seconds": {
            f"{backend}, {size} MP": {name: timing.seconds for name, timing in timings.items()}
            for (backend, size), timings in whole_results.items()
        },
        "startup_seconds": {name: timing.seconds for name, timing in startup_results.items()},
    }


def _write_readme(tables: str) -> None:
    text = README.read_text()
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    README.write_text(f"{before}{BEGIN}\n{tables}\n{END}{after}")


if __name__ == "__main__":
    main()
