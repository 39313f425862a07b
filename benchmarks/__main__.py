"""``python -m benchmarks``: measure, show, and hold to the bars."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from benchmarks import facts, report
from benchmarks.section import Effort, Row

# A peer that spins while it waits for its threads takes ten times as long where another program has a core.
_QUIET = 0.5


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure, beside peers.")
    parser.add_argument("--only", default=",".join(report.SECTIONS), metavar="NAME,…", help="sections: %(default)s")
    parser.add_argument("--rounds", type=int, default=31, help="rounds of each group of jobs, at most (%(default)s)")
    parser.add_argument("--seconds", type=float, default=20, help="for each group of jobs, about (%(default)s)")
    parser.add_argument("--recorded", action="store_true", help="measure nothing: take what results.json has")
    parser.add_argument(
        "--check", action="store_true", help="list the bars, met or missed; the exit status is 1 for a miss"
    )
    parser.add_argument(
        "--write", action="store_true", help="keep the figures; write docs/performance.md and the README"
    )
    options = parser.parse_args(arguments)
    names = options.only.split(",")
    if unknown := [name for name in names if name not in report.SECTIONS]:
        parser.error(f"there is no section {', '.join(unknown)}; there are {', '.join(report.SECTIONS)}")

    recorded = report.load() if options.recorded or (options.write and set(names) != set(report.SECTIONS)) else {}
    if options.recorded:
        found = {name: recorded[name] for name in names if name in recorded}
    else:
        run = {"machine": facts.machine_facts(), "rounds": options.rounds}
        if run["machine"]["load"] > _QUIET:
            print(
                f"the load is {run['machine']['load']}: others are at work, and figures will be wrong", file=sys.stderr
            )
        effort = Effort(options.rounds, options.seconds)
        found = {name: {"run": run, "rows": _rows(name, effort)} for name in names}
    if options.write:
        report.write(recorded | found)
    missed = 0
    if options.check:
        for verdict in report.verdicts(found):
            print(verdict)
            missed += verdict.met is False
    return 1 if missed else 0


def _rows(name: str, effort: Effort) -> list[Row]:
    section = report.SECTIONS[name]
    print(f"measuring {name}", file=sys.stderr, flush=True)
    rows = section.measure(effort)
    print(f"## {section.title}\n\n{section.table(rows)}\n", flush=True)
    return rows


if __name__ == "__main__":
    sys.exit(main())
