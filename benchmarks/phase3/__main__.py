"""``python -m benchmarks.phase3``: what each mechanism is worth."""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence
from typing import Any

from benchmarks import facts, pictures
from benchmarks.phase3 import apart, report
from benchmarks.phase3.arms import ARMS, run
from benchmarks.phase3.edits import COUNT, edits
from benchmarks.section import Row

_PICTURES = ("coffee", "china")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.phase3", description="What each mechanism is worth.")
    parser.add_argument("--rounds", type=int, default=7, help="of all arms in shuffled order (%(default)s)")
    parser.add_argument("--edits", type=int, default=COUNT, help="of each session (%(default)s)")
    parser.add_argument("--recorded", action="store_true", help="measure nothing: take what results.json has")
    parser.add_argument("--check", action="store_true", help="list the bars; the exit status is 1 for a miss")
    parser.add_argument("--write", action="store_true", help="keep the figures and write docs/mechanisms.md")
    options = parser.parse_args(arguments)
    results: dict[str, Any]
    if options.recorded:
        results = report.load()
    else:
        machine = facts.machine_facts()
        results = {
            "run": {"machine": machine, "rounds": options.rounds},
            "disk": apart.disk(max(2, options.rounds)),
            "memory": apart.memory(),
            "rows": _sessions(options.rounds, options.edits),
        }
    print(report.page(results))
    if options.write:
        report.write(results)
    missed = [verdict for verdict in report.verdicts(results) if not verdict.met]
    if options.check:
        for verdict in missed:
            print(verdict, file=sys.stderr)
    return 1 if options.check and missed else 0


def _sessions(rounds: int, count: int) -> list[Row]:
    script = edits(0, count)
    chance = random.Random(0)
    images = {name: pictures.photo(name, 1) for name in _PICTURES}
    for image in images.values():  # compiled before anything is timed
        run(image, script, ARMS["everything on"], resting_s=0.0)
    rows = []
    for number in range(rounds):
        turns = [(arm, name) for arm in ARMS for name in images]
        chance.shuffle(turns)
        for arm, name in turns:
            rows.append({"round": number, "arm": arm, "picture": name, **run(images[name], script, ARMS[arm])})
            print(number, arm, name, f"{rows[-1]['kernel_ms'] / rows[-1]['edits']:.1f} ms", file=sys.stderr, flush=True)
    return rows


if __name__ == "__main__":
    sys.exit(main())
