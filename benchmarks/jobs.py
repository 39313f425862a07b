"""Our side of the comparisons: from pixels, and the threads that are allowed, to what is timed."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

import vec2art_nb as v2a
from benchmarks.measure import Job
from benchmarks.pictures import Pixels
from vec2art_nb.drawing import Drawing, PathLayer, Style
from vec2art_nb.image import open_image
from vec2art_nb.kernels import _jit, thinning, thresholds
from vec2art_nb.kernels.lightness import lightness

# From pixels and threads to the job.
Maker = Callable[[Pixels, int], Job]

# For us and for the peer: Sauvola's window and k, Voronoi's dots and steps.
WINDOW_PX, SENSITIVITY = 31, 0.2
DOTS, ITERATIONS = 10_000, 20

# Of the drawing that is only written.
VERTICES = 200_000


@contextmanager
def threads_limited(count: int) -> Iterator[None]:
    """Give us and OpenCV this many threads; the other peers are told when they are made."""
    _limit(count, count)
    try:
        yield
    finally:
        _limit(0, -1)


def _limit(ours: int, theirs: int) -> None:
    _jit.set_threads(ours)
    if importlib.util.find_spec("cv2"):
        import cv2

        cv2.setNumThreads(theirs)


def whole(backend: str, **parameters: Any) -> Maker:
    """The whole job: array in, SVG bytes out. ``vectorize`` keeps no stage cache."""

    def make(pixels: Pixels, threads: int) -> Job:
        source = open_image(pixels)  # both sides begin with pixels in memory
        return lambda: v2a.vectorize(source, backend, **parameters).to_svg_bytes()

    return make


def default(backend: str, name: str) -> Any:
    """What a backend takes when nothing is said."""
    return v2a.backends[backend].Params.parameters()[name].default


# --- parts of the job, alone ------------------------------------------------------------------------------------------


def svg_writing(pixels: Pixels, threads: int) -> Job:
    points, offsets = polylines(pixels)
    codes = np.full(len(points), 2, np.uint8)
    codes[offsets[:-1]] = 1
    paths = len(offsets) - 1
    layer = PathLayer("lines", points, codes, offsets, np.zeros(paths, np.int32), np.zeros(paths, np.bool_))
    height, width = pixels.shape[:2]
    return Drawing((width, height), (layer,), (Style(stroke="#1b1b1f"),)).to_svg_bytes


def polylines(pixels: Pixels) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """The picture's edges, again and again until there are `VERTICES`: (N, 2) in px, and where each line begins."""
    (layer,) = v2a.vectorize(pixels, "edge", smooth=False, line_weight="uniform").layers
    times = -(-VERTICES // len(layer.points))
    offsets = np.concatenate([layer.offsets[:-1] + turn * len(layer.points) for turn in range(times)])
    return np.concatenate([layer.points] * times)[:VERTICES], np.append(offsets[offsets < VERTICES], VERTICES)


def thinning_alone(pixels: Pixels, threads: int) -> Job:
    mask = ink(pixels)
    return lambda: thinning.thinned(mask, "guo_hall")


def sauvola_alone(pixels: Pixels, threads: int) -> Job:
    values = lightness(open_image(pixels).pixels, (255, 255, 255))
    return lambda: thresholds.sauvola(values, WINDOW_PX, SENSITIVITY)


def ink(pixels: Pixels) -> Pixels:
    """(H, W) uint8, 1 where the page is darker than half: the same mask for every thinner."""
    return (pixels[:, :, 0] < 128).astype(np.uint8)
