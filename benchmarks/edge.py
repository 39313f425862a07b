"""The whole edge job, array in, SVG bytes out, beside the same job written with OpenCV."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

import vec2art_nb as v2a
from benchmarks import pictures
from benchmarks.measure import Timing, interleaved
from vec2art_nb.image import open_image
from vec2art_nb.kernels import _jit

OURS, OURS_POLYLINES, PEER = "vec2art_nb, curves", "vec2art_nb, polylines", "OpenCV"


def opencv_svg(pixels: NDArray[np.uint8], low: float, high: float, shortest: int = 12) -> bytes:
    """What people write today: blur, Canny, contours, polygon approximation, join."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    edges = cv2.Canny(cv2.GaussianBlur(grey, (0, 0), 1.2), low, high, L2gradient=True)
    contours, _ = cv2.findContours(edges, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    paths = []
    for contour in contours:
        if len(contour) < shortest:
            continue
        points = cv2.approxPolyDP(contour, 0.6, closed=False).reshape(-1, 2).tolist()
        paths.append("M" + "L".join([f"{x},{y}" for x, y in points]))
    height, width = grey.shape
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" fill="none" stroke="#1b1b1f">'
        f'<path d="{"".join(paths)}"/></svg>'
    ).encode()


def equal_detail(pixels: NDArray[np.uint8]) -> tuple[float, float]:
    """Canny thresholds that mark as many pixels as our default does, so that both begin with equally much."""
    with v2a.Session(pixels) as session:
        wanted = int(session.stage("edges").values.sum())
    grey = cv2.GaussianBlur(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), (0, 0), 1.2)
    low, high = 1.0, 1000.0
    for _ in range(20):
        middle = (low + high) / 2
        if np.count_nonzero(cv2.Canny(grey, 0.4 * middle, middle, L2gradient=True)) > wanted:
            low = middle
        else:
            high = middle
    return 0.4 * high, high


def jobs(pixels: NDArray[np.uint8]) -> dict[str, Callable[[], bytes]]:
    low, high = equal_detail(pixels)
    source = open_image(pixels)  # "from array": both begin with pixels in memory
    return {
        OURS: lambda: v2a.vectorize(source).to_svg_bytes(),
        OURS_POLYLINES: lambda: v2a.vectorize(source, smooth=False).to_svg_bytes(),
        PEER: lambda: opencv_svg(pixels, low, high),
    }


def measure(rounds: int) -> dict[tuple[str, int], dict[str, Timing]]:
    """Timings by picture and number of threads, at 1 MP."""
    results = {}
    for name in pictures.NAMES:
        pixels = pictures.photo(name, 1.0)
        for threads in (1, 2):
            _jit.set_threads(threads)
            cv2.setNumThreads(threads)
            results[name, threads] = interleaved(jobs(pixels), rounds)
    _jit.set_threads(0)
    return results


def table(results: dict[tuple[str, int], dict[str, Timing]]) -> str:
    """Markdown: medians and, for ours, how many times faster than the peer, with the quartiles of the rounds."""
    lines = ["| 1 MP photo, threads | job | ms | times faster than OpenCV (quartiles) |", "|---|---|---|---|"]
    for (picture, threads), timings in results.items():
        for name, timing in timings.items():
            ratio, first, third = timing.ratio_to(timings[PEER])
            faster = "1" if name == PEER else f"{ratio:.2f} ({first:.2f}–{third:.2f})"
            lines.append(f"| {picture}, {threads} | {name} | {timing.median_ms:.1f} | {faster} |")
    return "\n".join(lines)
