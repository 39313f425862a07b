"""What people write with OpenCV today."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

import vec2art_nb as v2a
from benchmarks.jobs import SENSITIVITY, WINDOW_PX
from benchmarks.measure import Job
from benchmarks.pictures import Pixels


def grey_of(pixels: Pixels) -> Pixels:
    return pixels[:, :, 0] if pixels.shape[2] == 1 else cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)


def edges(pixels: Pixels, threads: int) -> Job:
    low, high = equal_detail(pixels)
    return lambda: edges_svg(pixels, low, high)


def edges_svg(pixels: Pixels, low: float, high: float) -> bytes:
    """Blur, Canny, contours, polygon approximation, join."""
    grey = grey_of(pixels)
    marked = cv2.Canny(cv2.GaussianBlur(grey, (0, 0), 1.2), low, high, L2gradient=True)
    return contours_svg(marked, tolerance=0.6, shortest=12, closed=False)


def contours_svg(mask: Pixels, *, tolerance: float, shortest: int, closed: bool) -> bytes:
    contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    paths = []
    for contour in contours:
        if len(contour) < shortest:
            continue
        points = cv2.approxPolyDP(contour, tolerance, closed).reshape(-1, 2).tolist()
        paths.append("M" + "L".join([f"{x},{y}" for x, y in points]))
    height, width = mask.shape
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" fill="none" stroke="#1b1b1f">'
        f'<path d="{"".join(paths)}"/></svg>'
    ).encode()


def equal_detail(pixels: Pixels) -> tuple[float, float]:
    """Canny thresholds that mark as many pixels as our default does, so that both begin with equally much."""
    with v2a.Session(pixels) as session:
        wanted = int(session.stage("edges").values.sum())
    grey = cv2.GaussianBlur(grey_of(pixels), (0, 0), 1.2)
    low, high = 1.0, 1000.0
    for _ in range(20):
        middle = (low + high) / 2
        if np.count_nonzero(cv2.Canny(grey, 0.4 * middle, middle, L2gradient=True)) > wanted:
            low = middle
        else:
            high = middle
    return 0.4 * high, high


def thinned_contours(pixels: Pixels, threads: int) -> Job:
    thinning, guo_hall = cv2.ximgproc.thinning, cv2.ximgproc.THINNING_GUOHALL

    def job() -> bytes:
        thin = thinning(otsu_ink(pixels), thinningType=guo_hall)
        return contours_svg(thin, tolerance=0.4, shortest=1, closed=True)

    return job


def otsu_ink(pixels: Pixels) -> Pixels:
    """(H, W) uint8, 255 is ink."""
    _, mask = cv2.threshold(grey_of(pixels), 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    return mask


def sauvola(pixels: Pixels, threads: int) -> Job:
    grey = np.ascontiguousarray(grey_of(pixels))
    threshold, method = cv2.ximgproc.niBlackThreshold, cv2.ximgproc.BINARIZATION_SAUVOLA
    return lambda: threshold(grey, 255, cv2.THRESH_BINARY_INV, WINDOW_PX, SENSITIVITY, binarizationMethod=method, r=128)


def read(path: str | Path) -> Pixels:
    """A file's pixels as everything else here takes them."""
    return cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
