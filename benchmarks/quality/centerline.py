"""Hershey's glyphs (PyPI: ``Hershey-Fonts``), drawn with a round pen, against the strokes that drew them.

Columns: Chamfer distance in px (the mean of both directions), F at 1 px, paths for each true stroke (pen-ups that no
ink shows can't be told: where two strokes meet at their ends, one path is right, and the figure falls below 1).
Skeletons of scikit-image are given Otsu's threshold, their pixels' centres, and a path for each branch. Autotrace runs
as a program where ``AUTOTRACE_PYTHON`` names a Python that has ``pyautotrace``. Digits of the script font are left
out: they are drawn twice over, nearer than the pen is wide.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

import vec2art_nb as v2a
from vec2art_nb.drawing import PathLayer

Polyline = NDArray[np.float64]
Result = tuple[list[Polyline], int]

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
GLYPHS = {"futural": LETTERS + "0123456789", "scripts": LETTERS, "greek": LETTERS}
_STEP = 0.25  # px between the points that are compared


@dataclass(frozen=True)
class Scene:
    """A glyph, its pen and what happened to the picture."""

    pixels: NDArray[np.uint8]
    strokes: list[Polyline]


@dataclass(frozen=True)
class Condition:
    """How glyphs are drawn."""

    size: int = 128
    pen: float = 7.0
    noise: float = 0.0
    jpeg: int = 0
    light: bool = False

    def __str__(self) -> str:
        extras = [f"noise {self.noise:g}"] * (self.noise > 0) + [f"JPEG {self.jpeg}"] * (self.jpeg > 0)
        return ", ".join([f"{self.size} px, pen {self.pen:g} px", *extras, *["light on dark"] * self.light])


CONDITIONS = (
    Condition(),
    Condition(pen=3.0),
    Condition(pen=11.0),
    Condition(size=64, pen=3.5),
    Condition(size=256, pen=7.0),
    Condition(noise=20.0),
    Condition(jpeg=40),
    Condition(noise=10.0, jpeg=60),
    Condition(light=True),
)


# --- glyphs -----------------------------------------------------------------------------------------------------------


def glyph(font: str, character: str, size: int, margin: float) -> list[Polyline]:
    """The pen's strokes, centred in a square picture; the pixel plane, so a pixel's centre has halves."""
    from HersheyFonts import HersheyFonts

    hershey = HersheyFonts()
    hershey.load_default_font(font)
    hershey.normalize_rendering(100)
    strokes = [np.array(list(stroke), float) for stroke in hershey.strokes_for_text(character)]
    strokes = [stroke for stroke in strokes if len(stroke) > 1]
    every = np.concatenate(strokes)
    low, high = every.min(0), every.max(0)
    scale = (size - 2 * margin) / (high - low).max()
    return [((stroke - (low + high) / 2) * (scale, -scale)) + size / 2 for stroke in strokes]


def painted(strokes: Sequence[Polyline], size: int, pen: float) -> NDArray[np.float64]:
    """Ink coverage, 0 … 1: the mean over 4 × 4 points a pixel of the round pen's path."""
    fine = 4
    y, x = (np.mgrid[0 : size * fine, 0 : size * fine] + 0.5) / fine
    inside = np.zeros(x.shape, bool)
    for stroke in strokes:
        for (ax, ay), (bx, by) in pairwise(stroke):
            r = pen / 2 + 1
            left, right = (int(np.clip(v * fine, 0, size * fine)) for v in (min(ax, bx) - r, max(ax, bx) + r))
            top, bottom = (int(np.clip(v * fine, 0, size * fine)) for v in (min(ay, by) - r, max(ay, by) + r))
            window = np.s_[top:bottom, left:right]
            ux, uy = bx - ax, by - ay
            t = np.clip(((x[window] - ax) * ux + (y[window] - ay) * uy) / max(ux * ux + uy * uy, 1e-12), 0, 1)
            inside[window] |= np.hypot(x[window] - ax - t * ux, y[window] - ay - t * uy) <= pen / 2
    return inside.reshape(size, fine, size, fine).mean((1, 3))


def scene(font: str, character: str, condition: Condition, seed: int = 0) -> Scene:
    """Dark ink on paper (or light on dark), with noise and JPEG as the condition says."""
    strokes = glyph(font, character, condition.size, condition.pen / 2 + condition.size / 16)
    grey = 235.0 - 205.0 * painted(strokes, condition.size, condition.pen)
    if condition.light:
        grey = 255.0 - grey
    grey += np.random.default_rng([seed, ord(character)]).normal(0, 1, grey.shape) * condition.noise
    pixels = np.clip(np.rint(grey), 0, 255).astype(np.uint8)
    if condition.jpeg:
        from PIL import Image

        buffer = io.BytesIO()
        Image.fromarray(pixels).save(buffer, "JPEG", quality=condition.jpeg)
        pixels = np.asarray(Image.open(buffer))
    return Scene(pixels, strokes)


def scenes(condition: Condition, font: str, characters: str = "") -> Iterator[Scene]:
    """The glyphs of a font."""
    for character in characters or GLYPHS[font]:
        yield scene(font, character, condition)


# --- the measure ------------------------------------------------------------------------------------------------------


def sampled(lines: Sequence[Polyline]) -> NDArray[np.float64]:
    """Points along polylines, evenly spaced."""
    points = [np.empty((0, 2))]
    for line in lines:
        if len(line) == 1:
            points.append(line)
            continue
        sides = np.hypot(*np.diff(line, axis=0).T)
        along = np.concatenate(([0], np.cumsum(sides)))
        at = np.linspace(0, along[-1], max(2, int(along[-1] / _STEP)))
        points.append(np.stack([np.interp(at, along, line[:, axis]) for axis in (0, 1)], axis=1))
    return np.concatenate(points)


def flattened(layer: PathLayer) -> list[Polyline]:
    """Paths as fine polylines."""
    lines = []
    t = np.linspace(0, 1, 25)[1:, None]
    for path in range(len(layer)):
        first, last = int(layer.offsets[path]), int(layer.offsets[path + 1])
        points = layer.points[first:last].astype(float)
        line = [points[:1]]
        i = 1
        while i < last - first:
            if layer.codes[first + i] == 4:
                a, b, c, d = points[i - 1 : i + 3]
                line.append((1 - t) ** 3 * a + 3 * t * (1 - t) ** 2 * b + 3 * t**2 * (1 - t) * c + t**3 * d)
                i += 3
            else:
                line.append(points[i : i + 1])
                i += 1
        if layer.closed[path]:
            line.append(points[:1])
        lines.append(np.concatenate(line))
    return lines


@dataclass(frozen=True)
class Score:
    """Means over glyphs: distance in px both ways, harmonic mean of precision and recall at 1 px, paths per stroke."""

    chamfer: float
    f: float
    paths: float


def glyph_score(drawn: Sequence[Polyline], truth: Sequence[Polyline]) -> tuple[float, float]:
    """Chamfer distance and F at 1 px."""
    ours, theirs = sampled(drawn), sampled(truth)
    if not len(ours):
        return 10.0, 0.0
    there, _ = cKDTree(theirs).query(ours)
    back, _ = cKDTree(ours).query(theirs)
    precision, recall = (there <= 1).mean(), (back <= 1).mean()
    f = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return float((there.mean() + back.mean()) / 2), float(f)


def score(method: Callable[[NDArray[np.uint8]], Result], cases: Sequence[Scene]) -> Score:
    """Run a method on the scenes."""
    return mean_score(glyph_scores(method, cases))


def glyph_scores(method: Callable[[NDArray[np.uint8]], Result], cases: Sequence[Scene]) -> NDArray[np.float64]:
    """Chamfer distance, F at 1 px, paths and true strokes of each scene."""
    results = []
    for case in cases:
        drawn, paths = method(case.pixels)
        results.append((*glyph_score(drawn, case.strokes), paths, len(case.strokes)))
    return np.array(results)


def mean_score(table: NDArray[np.float64]) -> Score:
    """Means of `glyph_scores`."""
    return Score(*table[:, :2].mean(0), table[:, 2].sum() / table[:, 3].sum())


# --- ours and the peers -----------------------------------------------------------------------------------------------


def ours(pixels: NDArray[np.uint8], **parameters: object) -> Result:
    drawing = v2a.vectorize(pixels, backend="centerline", **parameters)
    lines = flattened(drawing.paths)
    return lines, len(lines)


def _peer_mask(pixels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    from skimage.filters import threshold_otsu

    mask = pixels < threshold_otsu(pixels)
    return mask if mask.mean() < 0.5 else ~mask


def _traced(skeleton: NDArray[np.bool_]) -> Result:
    """Centres of the skeleton's pixels, and how many branches it has between its ends and junctions."""
    from scipy import ndimage

    neighbours = ndimage.convolve(skeleton.astype(int), np.ones((3, 3)), mode="constant") - 1
    _, count = ndimage.label(skeleton & (neighbours <= 2), np.ones((3, 3)))
    return [np.array([[x + 0.5, y + 0.5]]) for y, x in np.argwhere(skeleton)], count


def zhang(pixels: NDArray[np.uint8]) -> Result:
    from skimage.morphology import skeletonize

    return _traced(skeletonize(_peer_mask(pixels), method="zhang"))


def lee(pixels: NDArray[np.uint8]) -> Result:
    from skimage.morphology import skeletonize

    return _traced(skeletonize(_peer_mask(pixels), method="lee") > 0)


def medial(pixels: NDArray[np.uint8]) -> Result:
    from skimage.morphology import medial_axis

    return _traced(medial_axis(_peer_mask(pixels)))


_AUTOTRACE = """
import io, json, sys, numpy as np
from autotrace import Bitmap
data = np.load(io.BytesIO(sys.stdin.buffer.read()))
results = []
for grey in data:
    image = np.repeat(np.where(grey < 128, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)
    vector = Bitmap(image).trace(centerline=True, background_color=(255, 255, 255))
    height = grey.shape[0]
    results.append([[[(p.x, height - p.y) for p in s.points] + [int(s.degree)] for s in path.splines]
                    for path in vector.paths])
json.dump(results, sys.stdout)
"""


def autotrace_results(pictures: Sequence[NDArray[np.uint8]]) -> list[Result] | None:
    """All pictures in one run of the program; None when there is no such Python."""
    python = os.environ.get("AUTOTRACE_PYTHON")
    if not python:
        return None
    buffer = io.BytesIO()
    np.save(buffer, np.stack(pictures))
    done = subprocess.run([python, "-c", _AUTOTRACE], input=buffer.getvalue(), capture_output=True, check=True)
    t = np.linspace(0, 1, 25)[:, None]
    results: list[Result] = []
    for paths in json.loads(done.stdout):
        lines = []
        for path in paths:
            parts = []
            for *points, degree in path:
                a, b, c, d = (np.array(point) for point in points)
                cubic = (1 - t) ** 3 * a + 3 * t * (1 - t) ** 2 * b + 3 * t**2 * (1 - t) * c + t**3 * d
                parts.append(cubic if degree == 3 else a + t * (d - a))
            if parts:
                lines.append(np.concatenate(parts))
        results.append((lines, len(lines)))
    return results


METHODS: dict[str, Callable[[NDArray[np.uint8]], Result]] = {
    "vec2art_nb": ours,
    "vec2art_nb, Zhang–Suen": lambda pixels: ours(pixels, thinning="zhang_suen"),
    "vec2art_nb, medial axis": lambda pixels: ours(pixels, thinning="medial_axis"),
    "scikit-image Zhang": zhang,
    "scikit-image medial axis": medial,
    "scikit-image Lee": lee,
}


def rows(conditions: Sequence[Condition] = CONDITIONS) -> list[dict[str, object]]:
    """One row for each condition, font and method; then the same for the glyphs of all fonts together."""
    found: list[dict[str, object]] = []
    for condition in conditions:
        tables: dict[str, list[NDArray[np.float64]]] = {}
        for font in GLYPHS:
            cases = list(scenes(condition, font))
            scores = {name: glyph_scores(method, cases) for name, method in METHODS.items()}
            theirs = autotrace_results([case.pixels for case in cases])
            if theirs is not None:
                remaining = iter(theirs)
                scores["autotrace"] = glyph_scores(lambda _, left=remaining: next(left), cases)
            for name, table in scores.items():
                found.append(_row(f"{font}, {condition}", name, table))
                tables.setdefault(name, []).append(table)
        found += [_row(f"all alphabets, {condition}", name, np.concatenate(each)) for name, each in tables.items()]
    return found


def _row(glyphs: str, method: str, table: NDArray[np.float64]) -> dict[str, object]:
    result = mean_score(table)
    return {
        "glyphs": glyphs,
        "method": method,
        "Chamfer px": result.chamfer,
        "F at 1 px": result.f,
        "paths per stroke": result.paths,
    }
