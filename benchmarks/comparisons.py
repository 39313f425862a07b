"""Ours beside its peers: the table of jobs, peers and bars, and how they are measured.

A group of jobs shares its rounds: all of a section's jobs and peers on one picture, with as many threads for each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from benchmarks import jobs, pictures
from benchmarks.jobs import DOTS, ITERATIONS, Maker
from benchmarks.measure import Job, Timing, interleaved
from benchmarks.peers import PEERS, PeerMissingError, maker_of
from benchmarks.section import (
    Effort,
    Row,
    Section,
    Verdict,
    markdown,
    milliseconds,
    ratio,
    ratios,
    seconds_of,
    timing_of,
)


@dataclass(frozen=True)
class Comparison:
    """One of our jobs, and how many times faster than each peer it must be.

    Attributes
    ----------
    name : str
    maker : callable
    peers : mapping
        From the peer's name to the bar.
    serial_only : bool
        The bars are held with one thread only.
    """

    name: str
    maker: Maker
    peers: Mapping[str, float]
    serial_only: bool = False


@dataclass(frozen=True)
class Group:
    """Comparisons that are measured on the same pictures, of one megapixel."""

    name: str
    title: str
    comparisons: tuple[Comparison, ...]
    pictures: tuple[str, ...]
    threads: tuple[int, ...] = (1, 2)


GROUPS = (
    Group(
        "edge",
        "Edge",
        (
            Comparison("edge, curves", jobs.whole("edge"), {"opencv_edges": 2.5}),
            Comparison("edge, polylines", jobs.whole("edge", smooth=False), {"opencv_edges": 4.0}, serial_only=True),
        ),
        pictures.NAMES,
    ),
    Group(
        "centerline",
        "Centerline",
        (
            Comparison(
                "centerline", jobs.whole("centerline"), {"opencv_thinning": 12.0, "sknw": 60.0, "autotrace": 30.0}
            ),
        ),
        pictures.PAGES,
    ),
    Group(
        "superpixel",
        "Superpixel",
        (
            Comparison(
                "superpixel, fills and outlines",
                jobs.whole("superpixel", draw="both", iterations=10),
                {"fast_slic": 1.0, "skimage_slic": 15.0},
            ),
        ),
        ("coffee", "flower"),
    ),
    Group(
        "dots",
        "Dots",
        (
            Comparison("dots, at random", jobs.whole("dots", pattern="random"), {"opencv_edges": 3.0}),
            Comparison(
                f"dots, Voronoi, {DOTS} in {ITERATIONS} steps",
                jobs.whole("dots", pattern="voronoi", count=DOTS, iterations=ITERATIONS),
                {"lloyd": 20.0},
            ),
        ),
        ("coffee", "china"),
    ),
    Group(
        "parts",
        "Parts of the job, alone",
        (
            Comparison(f"SVG writing, {jobs.VERTICES} vertices", jobs.svg_writing, {"join": 100.0}),
            Comparison("thinning", jobs.thinning_alone, {"skeletonize": 25.0}),
            Comparison("Sauvola's threshold", jobs.sauvola_alone, {"opencv_sauvola": 8.0}),
        ),
        pictures.PAGES,
        threads=(1,),
    ),
)


def measure(group: Group, effort: Effort) -> list[Row]:
    rows: list[Row] = []
    for picture in group.pictures:
        pixels = pictures.photo(picture, 1)
        for threads in group.threads:
            with jobs.threads_limited(threads):
                rows += _rows(group, picture, threads, pixels, effort)
    return rows


def _rows(group: Group, picture: str, threads: int, pixels: pictures.Pixels, effort: Effort) -> list[Row]:
    made: dict[str, Job] = {comparison.name: comparison.maker(pixels, threads) for comparison in group.comparisons}
    missing: dict[str, str] = {}
    for peer in {peer: None for comparison in group.comparisons for peer in comparison.peers}:
        try:
            made[peer] = maker_of(peer)(pixels, threads)
        except PeerMissingError as reason:
            missing[peer] = str(reason)
    timings = interleaved(made, effort.rounds, effort.seconds)
    return [
        {
            "job": comparison.name,
            "picture": picture,
            "threads": threads,
            "ours": seconds_of(timings[comparison.name]),
            "peer": peer,
            **({"missing": missing[peer]} if peer in missing else {"theirs": seconds_of(timings[peer])}),
            "bar": None if comparison.serial_only and threads > 1 else bar,
        }
        for comparison in group.comparisons
        for peer, bar in comparison.peers.items()
    ]


def timings_of(row: Row) -> tuple[Timing, Timing | None]:
    """Ours, and theirs if they could be measured."""
    return timing_of(row["ours"]), timing_of(row["theirs"]) if "theirs" in row else None


def table(rows: Sequence[Row]) -> str:
    head = ("job", "picture, threads", "ms", "peer", "peer's ms", "times faster", "bar")
    return markdown(head, [_cells(row) for row in rows])


def _cells(row: Row) -> list[str]:
    ours, theirs = timings_of(row)
    return [
        row["job"],
        f"{row['picture']}, {row['threads']}",
        milliseconds(ours),
        PEERS[row["peer"]].name,
        row["missing"] if theirs is None else milliseconds(theirs),
        "" if theirs is None else ratios(ours, theirs),
        "" if row["bar"] is None else f"{row['bar']:g}",
    ]


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    return [_verdict(row) for row in rows if row["bar"] is not None]


def _verdict(row: Row) -> Verdict:
    ours, theirs = timings_of(row)
    what = f"{row['job']} beside {PEERS[row['peer']].name}, {row['picture']}, {row['threads']} threads"
    wanted = f"≥ {row['bar']:g} ×"
    if theirs is None:
        return Verdict(what, wanted, row["missing"], None)
    found = ours.ratio_to(theirs)[0]
    return Verdict(what, wanted, f"{ratio(found)} ×", found >= row["bar"])


def _text(group: Group) -> str:
    peers = {peer: None for comparison in group.comparisons for peer in comparison.peers}
    return "\n".join(f"* {PEERS[peer].name}: {PEERS[peer].does}." for peer in peers)


SECTIONS = tuple(
    Section(group.name, group.title, _text(group), partial(measure, group), table, verdicts) for group in GROUPS
)
