"""Scenes whose outlines are known exactly: shapes and glyphs, rendered by the area that they cover of each pixel.

A scene is a list of contours, dense polygons in the plane where pixel (x, y) covers [x, x + 1) × [y, y + 1). What is
inside an odd number of them is ink. The same scene is shown under several conditions: clean, blurred, noisy, faint.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

SIDE = 224

# Distance between samples of what was drawn, in px.
STEP = 0.2

# Between samples of the truth: so fine that the nearest sample is as near as the outline, to 0.01 px.
FINE = 0.04

# Lines per pixel whose crossings with the outline are taken; along a line the coverage is exact.
_LINES = 16


@dataclass(frozen=True)
class Condition:
    """How a scene is shown: ink and paper in 8-bit sRGB, a Gaussian blur in px, Gaussian noise in levels."""

    ink: float
    paper: float
    blur: float = 0.0
    noise: float = 0.0


CONDITIONS = {
    "clean": Condition(40, 220),
    "blurred": Condition(40, 220, blur=2.5, noise=1.0),
    "noisy": Condition(70, 190, noise=12.0),
    "very noisy": Condition(60, 200, noise=28.0),
    "faint": Condition(125, 133, noise=0.8),
}


@dataclass(frozen=True, eq=False)
class Scene:
    """Contours, each (N, 2) float64 and closed without repeating its first point."""

    name: str
    contours: tuple[NDArray[np.float64], ...]

    @cached_property
    def coverage(self) -> NDArray[np.float64]:
        """Share of each pixel that is ink; (SIDE, SIDE)."""
        return _coverage(self.contours, SIDE)

    def picture(self, condition: Condition, seed: int = 0) -> NDArray[np.uint8]:
        """(SIDE, SIDE) uint8."""
        levels = condition.paper + (condition.ink - condition.paper) * self.coverage
        if condition.blur:
            levels = ndimage.gaussian_filter(levels, condition.blur)
        levels = levels + np.random.default_rng(seed).normal(0, 1, levels.shape) * condition.noise
        return np.clip(np.rint(levels), 0, 255).astype(np.uint8)

    @cached_property
    def outline(self) -> NDArray[np.float64]:
        """Points along all contours, `FINE` apart."""
        return np.concatenate([along(contour, FINE, is_closed=True) for contour in self.contours])

    @cached_property
    def tree(self) -> cKDTree:
        return cKDTree(self.outline)


def along(points: NDArray[np.float64], step: float, *, is_closed: bool) -> NDArray[np.float64]:
    """Points on a polyline, at most ``step`` apart, in equal steps; its vertices need not be among them."""
    path = np.vstack([points, points[:1]]) if is_closed else points
    length = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
    wanted = np.linspace(0, length[-1], max(2, int(np.ceil(length[-1] / step)) + 1))
    return np.stack([np.interp(wanted, length, path[:, 0]), np.interp(wanted, length, path[:, 1])], axis=1)


def _coverage(contours: tuple[NDArray[np.float64], ...], side: int) -> NDArray[np.float64]:
    starts = np.concatenate(contours)
    ends = np.concatenate([np.roll(contour, -1, axis=0) for contour in contours])
    left = np.arange(side)
    covered = np.zeros((side, side))
    for line in range(side * _LINES):
        y = (line + 0.5) / _LINES
        crossed = (starts[:, 1] <= y) != (ends[:, 1] <= y)
        a, b = starts[crossed], ends[crossed]
        x = np.sort(a[:, 0] + (y - a[:, 1]) / (b[:, 1] - a[:, 1]) * (b[:, 0] - a[:, 0]))
        right_of = np.clip(left + 1 - x[:, None], 0, 1)
        covered[line // _LINES] += right_of[::2].sum(axis=0) - right_of[1::2].sum(axis=0)
    return covered / _LINES


# --- contours ---------------------------------------------------------------------------------------------------------


def _ellipse(x: float, y: float, a: float, b: float, turn: float = 0.0) -> NDArray[np.float64]:
    angle = np.linspace(0, 2 * np.pi, 720, endpoint=False)
    across, down = a * np.cos(angle), b * np.sin(angle)
    cos, sin = np.cos(turn), np.sin(turn)
    return np.stack([x + cos * across - sin * down, y + sin * across + cos * down], axis=1)


def _polygon(x: float, y: float, radius: float, corners: int, turn: float, inner: float = 1.0) -> NDArray[np.float64]:
    """A regular polygon, or a star whose inner corners are at ``inner`` of the radius."""
    count = corners if inner == 1.0 else 2 * corners
    angle = turn + 2 * np.pi * np.arange(count) / count
    radii = np.where(np.arange(count) % 2 == 0, radius, radius * inner) if inner != 1.0 else np.full(count, radius)
    return np.stack([x + radii * np.cos(angle), y + radii * np.sin(angle)], axis=1)


def _glyphs(text: str, x: float, y: float, size: float, family: str, weight: str) -> list[NDArray[np.float64]]:
    """Outlines of a text whose baseline begins at (x, y)."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    path = TextPath((0, 0), text, size=size, prop=FontProperties(family=family, weight=weight))
    contours = []
    for polygon in _flattened(path.vertices, path.codes):
        polygon = polygon * [1, -1] + [x, y]
        contours.append(polygon[:-1] if np.allclose(polygon[0], polygon[-1]) else polygon)
    return contours


def _flattened(vertices: NDArray[np.float64], codes: NDArray[np.uint8]) -> Iterator[NDArray[np.float64]]:
    """The polygons of a glyph, its curves (quadratic in TrueType) in 24 pieces."""
    t = np.linspace(0, 1, 25)[1:, None]
    points: list[NDArray[np.float64]] = []
    k = 0
    while k < len(codes):
        code = codes[k]
        if code == 1:
            points = [vertices[k][None]]
        elif code == 2:
            points.append(vertices[k][None])
        elif code == 3:
            a, b, c = points[-1][-1], vertices[k], vertices[k + 1]
            points.append((1 - t) ** 2 * a + 2 * (1 - t) * t * b + t**2 * c)
            k += 1
        elif code == 4:
            a, b, c, d = points[-1][-1], vertices[k], vertices[k + 1], vertices[k + 2]
            points.append((1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d)
            k += 2
        elif code == 79:
            yield np.concatenate(points)
        k += 1


@cache
def scenes() -> tuple[Scene, ...]:
    """All scenes: round shapes, straight ones, and glyphs in two faces."""
    return (
        Scene("round", (
            _ellipse(62.3, 58.7, 41.0, 41.0),
            _ellipse(160.6, 61.2, 46.0, 27.0, 0.5),
            _ellipse(63.4, 162.1, 44.0, 44.0),
            _ellipse(61.9, 160.4, 27.0, 27.0),
            _ellipse(163.2, 163.7, 17.0, 38.0, -0.7),
        )),
        Scene("straight", (
            _polygon(59.2, 58.4, 48.0, 4, 0.0),
            _polygon(163.7, 60.1, 50.0, 3, 0.1),
            _polygon(61.6, 164.9, 52.0, 4, np.pi / 4),
            _polygon(164.2, 161.3, 48.0, 6, 0.2),
        )),
        Scene("stars", (
            _polygon(64.2, 62.4, 52.0, 5, -0.2, 0.45),
            _polygon(166.1, 59.6, 46.0, 8, 0.1, 0.7),
            np.array([[18.3, 131.2], [98.7, 140.4], [90.2, 204.9], [30.1, 198.3]]),
            np.array([[40.3, 150.2], [80.7, 155.4], [74.2, 186.9], [45.1, 183.3]]),
            _polygon(163.3, 166.8, 40.0, 6, 0.4, 0.55),
        )),
        Scene("sans", (
            *_glyphs("aRg", 14.3, 92.4, 88.0, "DejaVu Sans", "bold"),
            *_glyphs("8S&", 12.8, 196.1, 88.0, "DejaVu Sans", "bold"),
        )),
        Scene("serif", (
            *_glyphs("Qke", 12.6, 92.9, 96.0, "DejaVu Serif", "normal"),
            *_glyphs("B5d", 15.2, 198.3, 96.0, "DejaVu Serif", "normal"),
        )),
    )  # fmt: skip


# --- scores -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Score:
    """How well what was drawn agrees with the true outline."""

    precision: float
    recall: float
    #: mean distance of what was drawn to the true outline, px
    distance: float
    #: strokes per true contour
    strokes: float

    @property
    def f(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def score(scene: Scene, drawn: NDArray[np.float64], strokes: int, tolerance: float = 1.5) -> Score:
    """Compare points on what was drawn, (N, 2), with the scene's outline."""
    truth = scene.outline
    if not len(drawn):
        return Score(0.0, 0.0, np.inf, 0.0)
    to_truth, _ = scene.tree.query(drawn)
    to_drawn, _ = cKDTree(drawn).query(truth[::5])
    return Score(
        float((to_truth <= tolerance).mean()),
        float((to_drawn <= tolerance).mean()),
        float(to_truth.mean()),
        strokes / len(scene.contours),
    )


def sampled(points: NDArray[np.float32], codes: NDArray[np.uint8], offsets: NDArray[np.int64],
            closed: NDArray[np.bool_]) -> NDArray[np.float64]:  # fmt: skip
    """Points on the paths of a drawing, `STEP` apart at most, curves and closing lines included."""
    t = np.linspace(0, 1, 33)[1:, None]
    found = [np.empty((0, 2))]
    for (start, end), is_closed in zip(pairwise(offsets.tolist()), closed.tolist(), strict=True):
        path, code = points[start:end].astype(np.float64), codes[start:end]
        pieces = [path[:1]]
        k = 1
        while k < len(path):
            if code[k] == 4:
                a, b, c, d = path[k - 1 : k + 3]
                pieces.append((1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d)
                k += 3
            else:
                pieces.append(path[k : k + 1])
                k += 1
        found.append(along(np.concatenate(pieces), STEP, is_closed=is_closed))
    return np.concatenate(found)
