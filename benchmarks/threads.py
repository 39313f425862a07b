"""Two threads against one."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks import growth, jobs, pictures
from benchmarks.measure import Job, interleaved
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

_SIZES = (0.25, 1, 4)


def measure(effort: Effort) -> list[Row]:
    rows = []
    for backend, picture in growth.PICTURES.items():
        for size in _SIZES:
            job = jobs.whole(backend)(pictures.photo(picture, size), 2)
            # Half of the time that others have: there are twelve of these groups.
            timings = interleaved(
                {"one": _with_threads(1, job), "two": _with_threads(2, job)}, effort.rounds, effort.seconds / 2
            )
            seconds = {name: seconds_of(timing) for name, timing in timings.items()}
            rows.append({"backend": backend, "picture": picture, "megapixels": size, **seconds})
    return rows


def _with_threads(threads: int, job: Job) -> Job:
    def limited() -> None:
        with jobs.threads_limited(threads):
            job()

    return limited


def table(rows: Sequence[Row]) -> str:
    cells = []
    for row in rows:
        one, two = timing_of(row["one"]), timing_of(row["two"])
        where = f"{row['backend']}, {row['picture']}, {megapixels(row['megapixels'])}"
        cells.append([where, milliseconds(one), milliseconds(two), ratios(two, one)])
    return markdown(("backend, picture", "one thread, ms", "two threads, ms", "times faster with two"), cells)


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """Where a job has nothing for a second thread to do, one and two are equal and chance decides the median.

    So a job is slower with two when three quarters of the rounds say so.
    """
    found = []
    for row in rows:
        gain, _, third = timing_of(row["two"]).ratio_to(timing_of(row["one"]))
        what = f"{row['backend']}, {row['picture']}, {megapixels(row['megapixels'])}, two threads : one"
        shown = f"{ratio(gain)} × (third quartile {ratio(third)})"
        found.append(Verdict(what, "never slower", shown, third >= 1))
    return found


SECTION = Section(
    "threads",
    "Two threads against one",
    "Defaults. Two are held to be slower than one where three quarters of the rounds say so.",
    measure,
    table,
    verdicts,
)
