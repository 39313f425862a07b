"""An SVG path written as Python programs write it."""

from __future__ import annotations

from itertools import pairwise

from benchmarks.jobs import polylines
from benchmarks.measure import Job
from benchmarks.pictures import Pixels


def joined(pixels: Pixels, threads: int) -> Job:
    points, offsets = polylines(pixels)

    def job() -> bytes:
        pairs = points.tolist()
        paths = [
            "M" + "L".join([f"{x:.2f},{y:.2f}" for x, y in pairs[first:last]])
            for first, last in pairwise(offsets.tolist())
        ]
        return f'<svg xmlns="http://www.w3.org/2000/svg"><path d="{"".join(paths)}"/></svg>'.encode()

    return job
