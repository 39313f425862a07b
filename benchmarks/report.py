"""The pages that show the figures, made from the figures alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import comparisons, facts, files, growth, memory, startup, threads
from benchmarks.peers import PEERS
from benchmarks.section import Row, Section, Verdict, markdown, megapixels, milliseconds, ratio, ratios, timing_of

SECTIONS: dict[str, Section] = {
    section.name: section
    for section in (
        *comparisons.SECTIONS,
        growth.SECTION,
        threads.SECTION,
        memory.SECTION,
        files.SECTION,
        startup.SECTION,
    )
}

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "benchmarks" / "results.json"
PAGE = ROOT / "docs" / "performance.md"
README = ROOT / "README.md"
BEGIN, END = "<!-- benchmarks: begin -->", "<!-- benchmarks: end -->"

# Section name -> {"machine": facts, "rounds": int, "rows": [...]}.
Results = dict[str, dict[str, Any]]

# What the README shows of the comparisons: one picture for each section.
_TELLING = {"edge": "coffee", "centerline": "lettering", "superpixel": "coffee", "dots": "coffee", "parts": "lettering"}

_HEAD = """\
# How fast it is

Written by `make bench BENCH_ARGS=--write` from `benchmarks/results.json`. Jobs are whole unless it says otherwise:
array in, SVG bytes out, on pictures of 1024 × 1024 px (1 MP), in the steady state, with no stage cache. Pictures are
those of scikit-image, scikit-learn and matplotlib, and "lettering", which our code draws, cut or tiled by mirroring.

Ours and the peers on one picture were measured in turn in the rounds of one process, with as many threads for each.
Figures are medians of the rounds, with the first and third quartile; "times faster" is the median of the ratios within
each round. A peer that could not be built or is not installed says so in its row.
"""


def load() -> Results:
    results: Results = json.loads(RESULTS.read_text(encoding="utf-8"))
    return results


def dump(results: Results) -> str:
    """One line for each row, so that a change of one can be seen."""
    sections = []
    for name in SECTIONS:
        if name in results:
            head = {key: value for key, value in results[name].items() if key != "rows"}
            rows = ",\n".join(f"   {json.dumps(row, ensure_ascii=False)}" for row in results[name]["rows"])
            sections.append(f' "{name}": {{\n  "run": {json.dumps(head["run"])},\n  "rows": [\n{rows}\n  ]\n }}')
    return "{\n" + ",\n".join(sections) + "\n}\n"


def page(results: Results) -> str:
    """``docs/performance.md``."""
    parts = [_HEAD]
    for name, section in SECTIONS.items():
        if name in results:
            parts.append(f"## {section.title}\n\n{section.text}\n\n{section.table(results[name]['rows'])}\n")
    met, known, unknown = _count(results)
    summary = f"{met} of {known} bars are met" + (f"; {unknown} could not be measured" if unknown else "")
    parts.append(f"## The machine\n\n{summary} (`python -m benchmarks --recorded --check` lists them).\n")
    parts.append(_footnotes(results) + "\n")
    return "\n".join(parts)


def _count(results: Results) -> tuple[int, int, int]:
    found = [verdict.met for verdict in verdicts(results)]
    return found.count(True), len(found) - found.count(None), found.count(None)


def verdicts(results: Results) -> Iterator[Verdict]:
    for name, section in SECTIONS.items():
        if name in results:
            yield from section.verdicts(results[name]["rows"])


def _footnotes(results: Results) -> str:
    """Sections that were measured together share a line."""
    together: dict[str, list[str]] = {}
    for name in SECTIONS:
        if name in results:
            run = results[name]["run"]
            line = f"{facts.sentence(run['machine'])} At most {run['rounds']} rounds."
            together.setdefault(line, []).append(name)
    if len(together) == 1:
        return next(iter(together))
    return "\n".join(f"* {', '.join(names)}: {line}" for line, names in together.items())


# --- the README -------------------------------------------------------------------------------------------------------


def readme_block(results: Results) -> str:
    """The most telling rows."""
    parts = [_beside_peers(results)]
    if "growth" in results:
        parts.append(_by_size(results))
    if "startup" in results:
        rows = [row for row in results["startup"]["rows"] if row["process"] in startup.BARS]
        parts.append(startup.table(rows))
    machines = {facts.sentence(results[name]["run"]["machine"]) for name in results}
    parts.append("\n".join(sorted(machines)))
    return "\n\n".join(part for part in parts if part)


def _beside_peers(results: Results) -> str:
    cells = [
        _telling_cells(row)
        for name, picture in _TELLING.items()
        for row in (results[name]["rows"] if name in results else ())
        if row["picture"] == picture and row["threads"] == 1
    ]
    return markdown(("1 MP, one thread each", "ms", "beside", "its ms", "times faster"), cells) if cells else ""


def _telling_cells(row: Row) -> list[str]:
    ours, theirs = comparisons.timings_of(row)
    return [
        f"{row['job']}; {row['picture']}",
        milliseconds(ours).split(" ")[0],
        PEERS[row["peer"]].name,
        row["missing"] if theirs is None else milliseconds(theirs).split(" ")[0],
        "" if theirs is None else ratios(ours, theirs),
    ]


def _by_size(results: Results) -> str:
    peaks = {row["backend"]: row for row in results.get("memory", {"rows": []})["rows"] if row["megapixels"] == 4}
    cells = []
    for row in results["growth"]["rows"]:
        if row["whose"] != growth.OURS:
            continue
        timings = [timing_of(seconds) for seconds in row["seconds"].values()]
        peak = peaks.get(row["backend"])
        cells.append(
            [
                f"{row['backend']}, {row['picture']}",
                *(ratio(timing.median_ms) for timing in timings),
                "" if peak is None else f"{memory.peak_of(peak):.1f}",
            ]
        )
    sizes = [f"{megapixels(float(size))}, ms" for size in results["growth"]["rows"][0]["seconds"]]
    return markdown(("defaults, two threads", *sizes, "peak memory above the source, bytes a pixel"), cells)


def readme(text: str, results: Results) -> str:
    """The README with the block made anew."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n{readme_block(results)}\n{END}{after}"


def write(results: Results) -> None:
    """Keep the figures, and show them on both pages."""
    RESULTS.write_text(dump(results), encoding="utf-8")
    PAGE.write_text(page(results), encoding="utf-8")
    README.write_text(readme(README.read_text(encoding="utf-8"), results), encoding="utf-8")
