"""How the time grows with the picture, from 0.25 to 16 MP, ours and that of the quick peers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmarks import jobs, pictures
from benchmarks.measure import Job, interleaved
from benchmarks.peers import PEERS, PeerMissingError, maker_of
from benchmarks.section import (
    Effort,
    Row,
    Section,
    Verdict,
    markdown,
    megapixels,
    milliseconds,
    ratio,
    ratios,
    seconds_of,
    timing_of,
)

PICTURES = {"edge": "coffee", "centerline": "lettering", "superpixel": "coffee", "dots": "coffee"}

# Times that of one megapixel, at most.
BARS = {4: 4.5, 16: 20.0}

# What is a count for the whole picture by default grows with it here.
_COUNTS = {"superpixel": "regions", "dots": "count"}

# Those whose work grows with the picture, and that finish 16 MP within seconds.
_QUICK_PEERS = {"edge": "opencv_edges", "centerline": "opencv_thinning"}

_THREADS = 2

OURS = "vec2art_nb"


def parameters(backend: str, size: float) -> dict[str, Any]:
    """Defaults, with as many regions or dots a megapixel on every picture."""
    if backend not in _COUNTS:
        return {}
    return {_COUNTS[backend]: round(jobs.default(backend, _COUNTS[backend]) * size)}


def measure(effort: Effort) -> list[Row]:
    rows: list[Row] = []
    with jobs.threads_limited(_THREADS):
        for backend, picture in PICTURES.items():
            rows += _rows(backend, picture, effort)
    return rows


def _rows(backend: str, picture: str, effort: Effort) -> list[Row]:
    made: dict[tuple[str, float], Job] = {}
    for size in pictures.SIZES:
        pixels = pictures.photo(picture, size)
        made[OURS, size] = jobs.whole(backend, **parameters(backend, size))(pixels, _THREADS)
        if backend in _QUICK_PEERS:
            try:
                made[_QUICK_PEERS[backend], size] = maker_of(_QUICK_PEERS[backend])(pixels, _THREADS)
            except PeerMissingError:
                continue  # the section of this backend says why
    timings = interleaved(made, effort.rounds, effort.seconds)
    whose = list(dict.fromkeys(name for name, _ in made))
    return [
        {
            "backend": backend,
            "picture": picture,
            "whose": name,
            "seconds": {f"{size:g}": seconds_of(timings[name, size]) for size in pictures.SIZES},
        }
        for name in whose
    ]


def table(rows: Sequence[Row]) -> str:
    head = (
        "backend, picture",
        "whose",
        *(f"{megapixels(size)}, ms" for size in pictures.SIZES),
        *(f"{size} MP : 1 MP" for size in BARS),
    )
    return markdown(head, [_cells(row) for row in rows])


def _cells(row: Row) -> list[str]:
    timings = {size: timing_of(row["seconds"][f"{size:g}"]) for size in pictures.SIZES}
    return [
        f"{row['backend']}, {row['picture']}",
        PEERS[row["whose"]].name if row["whose"] in PEERS else row["whose"],
        *(milliseconds(timing) for timing in timings.values()),
        *(ratios(timings[1], timings[size]) for size in BARS),
    ]


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    found = []
    for row in rows:
        if row["whose"] != OURS:
            continue
        for size, bar in BARS.items():
            times = timing_of(row["seconds"]["1"]).ratio_to(timing_of(row["seconds"][f"{size:g}"]))[0]
            what = f"{row['backend']}, {row['picture']}, {size} MP : 1 MP"
            found.append(Verdict(what, f"≤ {bar:g} ×", f"{ratio(times)} ×", times <= bar))
    return found


SECTION = Section(
    "growth",
    "How the time grows",
    "Two threads. Regions and dots are as many a megapixel on every picture, which is harder than the same number on "
    "all.",
    measure,
    table,
    verdicts,
)
