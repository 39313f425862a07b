"""Weighted Voronoi stippling as it is written with SciPy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from benchmarks.jobs import DOTS, ITERATIONS
from benchmarks.measure import Job
from benchmarks.pictures import Pixels


def lloyd(pixels: Pixels, threads: int) -> Job:
    """Each pixel to its nearest dot by a tree, each dot to the middle of its pixels' ink."""
    ink = 255.0 - pixels.mean(axis=2)
    weights = ink.ravel()
    height, width = ink.shape
    middles = np.stack(np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5), axis=-1).reshape(-1, 2)
    share = weights / weights.sum()

    def job() -> NDArray[np.float64]:
        random = np.random.default_rng(1)
        points = middles[random.choice(weights.size, DOTS, replace=False, p=share)]
        for _ in range(ITERATIONS):
            nearest = cKDTree(points).query(middles, workers=threads)[1]
            total = np.bincount(nearest, weights, DOTS)
            for axis in (0, 1):
                sums = np.bincount(nearest, weights * middles[:, axis], DOTS)
                points[:, axis] = np.where(total > 0, sums / np.maximum(total, 1e-9), points[:, axis])
        return points

    return job
