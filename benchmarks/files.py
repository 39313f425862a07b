"""From an array and from a file, apart: decoding PNG alone takes longer than drawing."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

import vec2art_nb as v2a
from benchmarks import growth, jobs, pictures
from benchmarks.measure import Job, interleaved
from benchmarks.peers import PEERS, PeerMissingError, maker_of
from benchmarks.section import Effort, Row, Section, Verdict, markdown, milliseconds, seconds_of, timing_of

_THREADS = 2

_KINDS = {"png": "PNG", "jpg": "JPEG"}

OURS = "vec2art_nb"


@contextmanager
def photo_files(name: str) -> Iterator[dict[str, Path]]:
    """One megapixel as PNG and as JPEG, by suffix."""
    image = Image.fromarray(pictures.photo(name, 1).squeeze())
    with tempfile.TemporaryDirectory() as folder:
        paths = {suffix: Path(folder, f"{name}.{suffix}") for suffix in _KINDS}
        for path in paths.values():
            image.save(path, quality=92) if path.suffix == ".jpg" else image.save(path)
        yield paths


def measure(effort: Effort) -> list[Row]:
    rows: list[Row] = []
    with jobs.threads_limited(_THREADS):
        for backend, picture in growth.PICTURES.items():
            with photo_files(picture) as paths:
                rows += _rows(backend, picture, paths, effort)
    return rows


def _rows(backend: str, picture: str, paths: dict[str, Path], effort: Effort) -> list[Row]:
    pixels = pictures.photo(picture, 1)
    made: dict[tuple[str, str], Job] = {(OURS, "array"): jobs.whole(backend)(pixels, _THREADS)}
    for suffix, path in paths.items():
        made[OURS, suffix] = lambda path=path: v2a.vectorize(path, backend).to_svg_bytes()
    if backend == "edge":
        made |= _opencv(pixels, paths)
    timings = interleaved(made, effort.rounds, effort.seconds)
    return [
        {
            "backend": backend,
            "picture": picture,
            "whose": whose,
            "seconds": {begin: seconds_of(timing) for (name, begin), timing in timings.items() if name == whose},
        }
        for whose in dict.fromkeys(name for name, _ in made)
    ]


def _opencv(pixels: pictures.Pixels, paths: dict[str, Path]) -> dict[tuple[str, str], Job]:
    peer = "opencv_edges"
    try:
        made: dict[tuple[str, str], Job] = {(peer, "array"): maker_of(peer)(pixels, _THREADS)}
    except PeerMissingError:
        return {}  # the section of edges says why
    from benchmarks.peers import opencv

    low, high = opencv.equal_detail(pixels)
    for suffix, path in paths.items():
        made[peer, suffix] = lambda path=path: opencv.edges_svg(opencv.read(path), low, high)
    return made


def table(rows: Sequence[Row]) -> str:
    cells = [
        [
            f"{row['backend']}, {row['picture']}",
            PEERS[row["whose"]].name if row["whose"] in PEERS else row["whose"],
            *(milliseconds(timing_of(row["seconds"][begin])) for begin in ("array", *_KINDS)),
        ]
        for row in rows
    ]
    head = ("backend, picture", "whose", "from array, ms", *(f"from {kind}, ms" for kind in _KINDS.values()))
    return markdown(head, cells)


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """There is no bar: decoding is Pillow's."""
    return []


SECTION = Section(
    "files",
    "From array and from file",
    "One megapixel, two threads, defaults. Everything else on this page begins with an array.",
    measure,
    table,
    verdicts,
)
