"""``python -m benchmarks.quality [backend …] [--write]``."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

PAGE = Path(__file__).parent.parent.parent / "docs" / "quality.md"
BACKENDS = ("edge", "centerline", "superpixel", "dots")

HEAD = """\
# How good the drawings are

Written by `python -m benchmarks.quality --write`; every row of a table comes from one run. Peers are given the same
pictures, and settings of their own that suit them, as the text above each table says.
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description="Measure quality, beside peers.")
    parser.add_argument("backends", nargs="*", metavar="backend", help=f"which of {', '.join(BACKENDS)} (default: all)")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name}; needs all backends")
    options = parser.parse_args()
    chosen = tuple(options.backends) or BACKENDS
    if unknown := set(chosen) - set(BACKENDS):
        parser.error(f"no quality is measured of {', '.join(sorted(unknown))}; there are {', '.join(BACKENDS)}")
    if options.write and chosen != BACKENDS:
        parser.error("--write needs all backends: name none")
    sections = [section(backend) for backend in chosen]
    print("\n".join(sections))
    if options.write:
        PAGE.write_text("\n".join([HEAD, *sections, f"Measured in {date.today():%B %Y}.\n"]), encoding="utf-8")


def section(backend: str) -> str:
    """Title, explanation and table of one backend; the words are the module's own."""
    module = importlib.import_module(f"benchmarks.quality.{backend}")
    return f"## {backend}\n\n{(module.__doc__ or '').strip()}\n\n{table(module.rows())}"


def table(rows: Sequence[Mapping[str, object]]) -> str:
    """Rows of equal keys as a Markdown table."""
    names = list(rows[0])
    lines = [names, ["---"] * len(names), *([_cell(row[name]) for name in names] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    main()
