"""Autotrace's centerline mode, through its binding."""

from __future__ import annotations

import cv2
from autotrace import Bitmap, VectorFormat

from benchmarks.measure import Job
from benchmarks.peers.opencv import otsu_ink
from benchmarks.pictures import Pixels


def centerline(pixels: Pixels, threads: int) -> Job:
    def job() -> bytes:
        page = cv2.cvtColor(cv2.bitwise_not(otsu_ink(pixels)), cv2.COLOR_GRAY2RGB)
        traced = Bitmap(page).trace(centerline=True, background_color=(255, 255, 255))
        return traced.encode(VectorFormat.SVG)

    return job
