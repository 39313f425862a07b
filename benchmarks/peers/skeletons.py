"""Skeletons with scikit-image, and with sknw and simplification a drawing made of one."""

from __future__ import annotations

import numpy as np
from skimage.filters import threshold_otsu
from skimage.morphology import skeletonize

from benchmarks.jobs import ink
from benchmarks.measure import Job
from benchmarks.pictures import Pixels


def skeletonized(pixels: Pixels, threads: int) -> Job:
    mask = ink(pixels).astype(np.bool_)
    return lambda: skeletonize(mask)


def graph(pixels: Pixels, threads: int) -> Job:
    import sknw  # here, so that `skeletonized` does without
    from simplification.cutil import simplify_coords

    grey = pixels[:, :, 0]

    def job() -> bytes:
        thin = skeletonize(grey < threshold_otsu(grey)).astype(np.uint16)
        paths = []
        for _, _, branch in sknw.build_sknw(thin, multi=True).edges(data=True):
            line = simplify_coords(branch["pts"].astype(np.float64), 0.4)
            paths.append("M" + "L".join([f"{x:.1f},{y:.1f}" for y, x in line]))
        return f'<svg xmlns="http://www.w3.org/2000/svg"><path d="{"".join(paths)}"/></svg>'.encode()

    return job
