"""SLIC by others: labels only."""

from __future__ import annotations

from benchmarks.jobs import default
from benchmarks.measure import Job
from benchmarks.pictures import Pixels


def fast(pixels: Pixels, threads: int) -> Job:
    from fast_slic import Slic

    try:
        from fast_slic.avx2 import SlicAvx2
    except ImportError:  # built on a machine without AVX2
        SlicAvx2 = Slic  # noqa: N806

    regions, rounds = default("superpixel", "regions"), default("superpixel", "iterations")

    def job() -> object:
        # A new one for each picture: an old one would begin where it ended, with everything in place.
        return SlicAvx2(num_components=regions, compactness=10, num_threads=threads).iterate(pixels, rounds)

    return job


def slow(pixels: Pixels, threads: int) -> Job:
    from skimage.segmentation import slic

    regions, rounds = default("superpixel", "regions"), default("superpixel", "iterations")
    compactness = default("superpixel", "compactness")
    return lambda: slic(pixels, n_segments=regions, compactness=compactness, max_num_iter=rounds)
