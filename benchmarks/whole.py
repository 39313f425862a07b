"""Every backend's whole job, array in, SVG bytes out, at 1 and at 4 MP, beside what others offer for a part of it.

Parameters are the defaults. Counts are no areas: superpixel makes its 1200 regions and dots its 10 000 dots at either
size, and so do their peers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from skimage.morphology import skeletonize
from skimage.segmentation import slic

import vec2art_nb as v2a
from benchmarks import edge, pictures
from benchmarks.measure import Timing, interleaved
from vec2art_nb.image import open_image
from vec2art_nb.kernels import _jit

Pixels = NDArray[np.uint8]

# By backend and MP, then by whose job.
Results = dict[tuple[str, int], dict[str, Timing]]

OURS, PEER = "vec2art_nb", "peer"

SIZES = (1, 4)

# Both are given these.
THREADS = 2

# Rounds, as a share of those asked for: what takes a second is not measured thirty times.
_SHARE = {"edge": 1.0, "centerline": 0.5, "superpixel": 0.25, "dots": 0.5}
_LEAST_ROUNDS = 5


@dataclass(frozen=True)
class Peer:
    """Somebody else's code for the same job or a part of it.

    Attributes
    ----------
    does : str
        What is timed, and what is not done; for the table.
    job : callable
        From pixels to what is to be called.
    rounds : int, optional
        How many must do, where it takes seconds.
    sizes : tuple of int
        MP of the pictures that it is given.
    """

    does: str
    job: Callable[[Pixels], Callable[[], object]]
    rounds: int | None = None
    sizes: tuple[int, ...] = SIZES


def _opencv_edges(pixels: Pixels) -> Callable[[], bytes]:
    low, high = edge.equal_detail(pixels)
    return lambda: edge.opencv_svg(pixels, low, high)


def _skeleton_contours(pixels: Pixels) -> Callable[[], bytes]:
    """Otsu, skeleton, and the outline of the skeleton: every line twice, no graph, no widths, no curves."""
    grey = pixels[:, :, 0]

    def job() -> bytes:
        _, ink = cv2.threshold(grey, 0, 1, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
        thin = skeletonize(ink.astype(np.bool_)).astype(np.uint8)
        contours, _ = cv2.findContours(thin, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
        lines = (cv2.approxPolyDP(contour, 0.4, closed=True).reshape(-1, 2).tolist() for contour in contours)
        paths = ["M" + "L".join([f"{x},{y}" for x, y in line]) for line in lines]
        return f'<svg xmlns="http://www.w3.org/2000/svg"><path d="{"".join(paths)}"/></svg>'.encode()

    return job


def _default(backend: str, name: str) -> Any:
    return v2a.backends[backend].Params.parameters()[name].default


def _slic_regions(pixels: Pixels) -> Callable[[], object]:
    regions, rounds = (_default("superpixel", name) for name in ("regions", "iterations"))
    compactness = _default("superpixel", "compactness")
    return lambda: slic(pixels, n_segments=regions, compactness=compactness, max_num_iter=rounds)


def _lloyd(pixels: Pixels) -> Callable[[], object]:
    """Weighted Lloyd relaxation: each pixel to its nearest dot by a tree, each dot to the middle of its pixels' ink."""
    dots, rounds = (_default("dots", name) for name in ("count", "iterations"))
    ink = 255.0 - cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    weights = ink.ravel()
    height, width = ink.shape
    middles = np.stack(np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5), axis=-1).reshape(-1, 2)

    def job() -> NDArray[np.float64]:
        random = np.random.default_rng(1)
        points = middles[random.choice(weights.size, dots, replace=False, p=weights / weights.sum())]
        for _ in range(rounds):
            nearest = cKDTree(points).query(middles, workers=THREADS)[1]
            total = np.bincount(nearest, weights, dots)
            for axis in (0, 1):
                sums = np.bincount(nearest, weights * middles[:, axis], dots)
                points[:, axis] = np.where(total > 0, sums / np.maximum(total, 1e-9), points[:, axis])
        return points

    return job


PEERS = {
    "edge": Peer("OpenCV: blur, Canny, contours, polygons, SVG", _opencv_edges),
    "centerline": Peer(
        "OpenCV and scikit-image: Otsu, `skeletonize`, outlines of the skeleton, SVG; every line twice, no graph, no "
        "widths, no curves",
        _skeleton_contours,
    ),
    "superpixel": Peer("scikit-image: `slic` alone; no shapes, no SVG", _slic_regions, rounds=2),
    "dots": Peer("SciPy: Lloyd's relaxation with `cKDTree` alone; no SVG", _lloyd, rounds=2, sizes=(1,)),
}

PICTURES = {"edge": "coffee", "centerline": "lettering", "superpixel": "coffee", "dots": "coffee"}


def _job(backend: str, pixels: Pixels) -> Callable[[], bytes]:
    source = open_image(pixels)  # "from array": begins with pixels in memory
    return lambda: v2a.vectorize(source, backend).to_svg_bytes()


def measure(rounds: int) -> Results:
    """Timings of ours and of the peers; both sizes of both share their rounds."""
    results: Results = {}
    _jit.set_threads(THREADS)
    cv2.setNumThreads(THREADS)
    for backend, peer in PEERS.items():
        photos = {size: pictures.photo(PICTURES[backend], size) for size in SIZES}
        ours: dict[str, Callable[[], object]] = {f"{OURS} {size}": _job(backend, photos[size]) for size in SIZES}
        theirs = {f"{PEER} {size}": peer.job(photos[size]) for size in peer.sizes}
        several = max(_LEAST_ROUNDS, round(rounds * _SHARE[backend]))
        for job in ours.values():
            job()
        # Ours goes along in every round of the peer, and on alone when a slow one has had its rounds.
        timings = interleaved({**ours, **theirs}, peer.rounds or several, warm_rounds=0 if peer.rounds else 2)
        if peer.rounds:
            more = interleaved(ours, several - peer.rounds, warm_rounds=0)
            timings |= {name: Timing(timings[name].seconds + more[name].seconds) for name in ours}
        for size in SIZES:
            whose = (OURS, PEER) if size in peer.sizes else (OURS,)
            results[backend, size] = {name: timings[f"{name} {size}"] for name in whose}
    _jit.set_threads(0)
    return results


def table(results: Results) -> str:
    """Markdown: medians with quartiles, how they grow, and the medians of the peers."""
    lines = ["| backend, picture | 1 MP ms | 4 MP ms | 4 MP : 1 MP | beside |", "|---|---|---|---|---|"]
    for backend, peer in PEERS.items():
        small, large = (results[backend, size][OURS] for size in SIZES)
        growth, first, third = small.ratio_to(large)
        beside = " and ".join(_median(results[backend, size][PEER]) for size in peer.sizes)
        where = "" if peer.sizes == SIZES else " at 1 MP"
        lines.append(
            f"| {backend}, {PICTURES[backend]} | {_shown(small)} | {_shown(large)} "
            f"| {growth:.1f} ({first:.1f}–{third:.1f}) | {peer.does}: {beside} ms{where} |"
        )
    return "\n".join(lines)


def _median(timing: Timing) -> str:
    return f"{timing.median_ms:.{0 if timing.median_ms >= 100 else 1}f}"


def _shown(timing: Timing) -> str:
    first, third = timing.spread_ms
    digits = 0 if timing.median_ms >= 100 else 1
    return f"{timing.median_ms:.{digits}f} ({first:.{digits}f}–{third:.{digits}f})"
