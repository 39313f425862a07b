"""Contours where the outline is known: shapes and glyphs, clean, blurred, noisy, very noisy and faint.

F is that of precision (how much of what was drawn is within 1.5 px of the true outline) and recall (how much of the
outline is within 1.5 px of what was drawn), the mean over five scenes. Ours has one setting for everything, its
default. Canny, after the same blur, has the best single pair of thresholds of those tried, and once more the best for
each condition, which only somebody who knows the answer can set. Marching squares are told the true level. Distance is
the mean distance of what was drawn from the outline.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import mean

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage import feature, measure

import vec2art_nb as v2a
from benchmarks.quality.scenes import CONDITIONS, Scene, Score, sampled, scenes, score

# Canny's high thresholds that the peers may choose from; the low one is 0.4 of it.
_OPENCV_HIGH = (3, 5, 8, 12, 18, 27, 40, 60, 90, 135, 200)
_SKIMAGE_HIGH = (0.004, 0.008, 0.015, 0.03, 0.06, 0.1, 0.15, 0.22, 0.32)
_SIGMA = 1.2


def ours(scene: Scene, picture: NDArray[np.uint8], **parameters: object) -> Score:
    paths = v2a.vectorize(picture, backend="edge", **parameters).paths
    return score(scene, sampled(paths.points, paths.codes, paths.offsets, paths.closed), len(paths.closed))


def opencv_canny(scene: Scene, picture: NDArray[np.uint8], high: float) -> Score:
    blurred = cv2.GaussianBlur(picture, (0, 0), _SIGMA)
    found = cv2.Canny(blurred, 0.4 * high, high, L2gradient=True)
    contours, _ = cv2.findContours(found, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    return score(scene, _centres(found), len(contours))


def skimage_canny(scene: Scene, picture: NDArray[np.uint8], high: float) -> Score:
    found = feature.canny(picture / 255, sigma=_SIGMA, low_threshold=0.4 * high, high_threshold=high)
    contours, _ = cv2.findContours(found.astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    return score(scene, _centres(found), len(contours))


def marching_squares(scene: Scene, picture: NDArray[np.uint8], level: float) -> Score:
    contours = measure.find_contours(picture.astype(float), level)
    # (row, column) of pixel centres.
    points = [contour[:, ::-1] + 0.5 for contour in contours]
    return score(scene, np.concatenate(points) if points else np.empty((0, 2)), len(points))


def _centres(found: NDArray[np.uint8] | NDArray[np.bool_]) -> NDArray[np.float64]:
    y, x = np.nonzero(found)
    return np.stack([x, y], axis=1) + 0.5


Scores = dict[tuple[str, str], Score]


def scores(judge: Callable[[Scene, NDArray[np.uint8], str], Score]) -> Scores:
    """By scene and condition."""
    return {
        (scene.name, name): judge(scene, scene.picture(condition), name)
        for scene in scenes()
        for name, condition in CONDITIONS.items()
    }


def f_by_condition(found: Scores) -> dict[str, float]:
    return {name: mean(score.f for (_, condition), score in found.items() if condition == name) for name in CONDITIONS}


def row(job: str, found: Scores) -> dict[str, object]:
    """One line of the table: F at 1.5 px by condition, its mean and worst; on clean scenes distance and strokes."""
    by_condition = f_by_condition(found)
    clean = [score for (_, condition), score in found.items() if condition == "clean"]
    return {
        "job": job,
        **{f"F {name}": round(value, 3) for name, value in by_condition.items()},
        "F mean": round(mean(by_condition.values()), 3),
        "F worst": round(min(by_condition.values()), 3),
        "distance, clean, px": round(mean(score.distance for score in clean), 3),
        "strokes per contour, clean": round(mean(score.strokes for score in clean), 2),
        "strokes per contour, all": round(mean(score.strokes for score in found.values()), 2),
    }


def _canny_rows(
    job: str, canny: Callable[[Scene, NDArray[np.uint8], float], Score], highs: tuple[float, ...]
) -> list[dict[str, object]]:
    """The best single threshold, and the best for each condition: what only somebody who knows the answer can set."""
    tried = {high: scores(lambda scene, picture, _, high=high: canny(scene, picture, high)) for high in highs}
    best = max(tried.values(), key=lambda found: mean(f_by_condition(found).values()))
    each: Scores = {}
    for name in CONDITIONS:
        chosen = max(tried.values(), key=lambda found, name=name: f_by_condition(found)[name])
        each.update({key: score for key, score in chosen.items() if key[1] == name})
    return [row(f"{job}, best single setting", best), row(f"{job}, best for each condition", each)]


def rows() -> list[dict[str, object]]:
    """The table: ours with its defaults, and the peers."""
    levels = {name: (condition.ink + condition.paper) / 2 for name, condition in CONDITIONS.items()}
    return [
        row("vec2art_nb edge, default", scores(lambda scene, picture, _: ours(scene, picture))),
        row("vec2art_nb edge, polylines", scores(lambda scene, picture, _: ours(scene, picture, smooth=False))),
        *_canny_rows("OpenCV Canny", opencv_canny, _OPENCV_HIGH),
        *_canny_rows("scikit-image Canny", skimage_canny, _SKIMAGE_HIGH),
        row(
            "marching squares, true level given",
            scores(lambda scene, picture, name: marching_squares(scene, picture, levels[name])),
        ),
    ]
