"""Nothing is quadratic: four times the picture takes about four times the work."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import pytest

import vec2art_nb as v2a
from benchmarks import pictures
from vec2art_nb.kernels import _jit

# Megapixels of the small picture; the large one is four of it.
SMALL = 0.4

# Measured: 3.1 to 3.9. A quadratic stage that takes a fifth of the small picture's time makes it more than 6 times.
BOUND = 6.0

# The best of several rounds counts; a busy machine gets more of them.
FEWEST_ROUNDS, MOST_ROUNDS = 3, 12

# What is a count grows with the area.
COUNTS = {"superpixel": ("regions", 500), "dots": ("count", 4000)}

PICTURES = {"edge": "astronaut", "centerline": "lettering", "superpixel": "astronaut", "dots": "astronaut"}


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    # Threads that wait for each other may spin, which counts as work.
    _jit.set_threads(1)
    yield
    _jit.set_threads(0)


def cpu_seconds(pixels: np.ndarray, backend: str, times: int) -> float:
    """Of all threads, so that other processes do not count."""
    counts = {COUNTS[backend][0]: COUNTS[backend][1] * times} if backend in COUNTS else {}
    started = time.process_time()
    v2a.vectorize(pixels, backend, **counts).to_svg_bytes()
    return time.process_time() - started


@pytest.mark.parametrize("backend", PICTURES)
def test_four_times_the_pixels_take_about_four_times_as_long(backend: str) -> None:
    small = pictures.photo(PICTURES[backend], SMALL)
    # By mirroring, so that no seam is a contour, and there is four times as much of everything.
    large = np.concatenate([small, small[:, ::-1]], axis=1)
    large = np.ascontiguousarray(np.concatenate([large, large[::-1]], axis=0))
    cpu_seconds(small, backend, 1)  # makes kernels ready

    least_small = least_large = float("inf")
    for turn in range(1, MOST_ROUNDS + 1):
        least_small = min(least_small, cpu_seconds(small, backend, 1))
        least_large = min(least_large, cpu_seconds(large, backend, 4))
        if turn >= FEWEST_ROUNDS and least_large <= BOUND * least_small:
            return
    pytest.fail(f"{least_large / least_small:.1f} times as long")
