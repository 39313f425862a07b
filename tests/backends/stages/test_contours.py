"""What the stages of contours do together: colour, subject, thin lines, passes, pens."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.spatial import cKDTree

import vec2art_nb as v2a


def coverage(inside: np.ndarray) -> np.ndarray:
    """How much of each pixel is inside, from 4×4 samples."""
    height, width = inside.shape
    return inside.reshape(height // 4, 4, width // 4, 4).mean((1, 3))


def plane(size: int = 160) -> tuple[np.ndarray, np.ndarray]:
    y, x = (np.mgrid[0 : size * 4, 0 : size * 4] + 0.5) / 4
    return x, y


def disc(radius: float = 50.0, size: int = 160) -> np.ndarray:
    x, y = plane(size)
    return coverage(np.hypot(x - 80, y - 80) < radius)


def noisy(levels: np.ndarray, sigma: float, seed: int = 0) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, 1, levels.shape) * sigma
    return np.clip(np.rint(levels + noise), 0, 255).astype(np.uint8)


# (200, 90, 90) and (90, 133, 120) are equally light: L* 51.5.
RED, GREEN = np.array([200.0, 90, 90]), np.array([90.0, 133, 120])


@pytest.mark.parametrize("sigma", [0, 4, 10])
@pytest.mark.parametrize("weight", [0.5, 1.0, 2.0])
def test_the_edge_between_equally_light_colours_is_found_by_colour(sigma: float, weight: float) -> None:
    inside = disc()[..., None]
    picture = noisy(RED * inside + GREEN * (1 - inside), sigma)
    if sigma:
        assert len(v2a.vectorize(picture)) == 0
    drawing = v2a.vectorize(picture, color_edges=weight)
    assert drawing.paths.closed.tolist() == [True]
    on_curve = drawing.paths.points[drawing.paths.codes != 4]
    assert np.abs(np.hypot(*(on_curve - 80).T) - 50).max() < 0.8


def test_colour_changes_nothing_where_there_is_none() -> None:
    grey = noisy(60 + 120 * disc(), 3)
    assert v2a.vectorize(grey, color_edges=1.0).digest() == v2a.vectorize(grey).digest()
    three = np.repeat(grey[..., None], 3, axis=2)
    plain, coloured = (v2a.vectorize(three, color_edges=weight) for weight in (0.0, 1.0))
    assert len(plain) == len(coloured)
    assert cKDTree(plain.paths.points).query(coloured.paths.points)[0].max() < 0.5


def test_nothing_is_drawn_outside_the_subject_and_its_outline_is() -> None:
    x, y = plane()
    ground = coverage((np.floor(x / 9) + np.floor(y / 9)) % 2 == 0)
    inside = disc()
    picture = np.dstack([40 + 180 * ground] * 3 + [255 * inside]).round().astype(np.uint8)
    with v2a.Session(picture, remove_background="auto") as session:
        points = session.stage("strokes").points
    radius = np.hypot(*(points - 80).T)
    assert radius.max() < 53
    assert (np.abs(radius - 50) < 1).sum() > 150
    assert (radius < 45).sum() > 300


def lines_and_shapes() -> np.ndarray:
    x, y = plane()
    line = np.abs((x - 20) * 0.3 - (y - 30)) < 1.6
    ring = np.abs(np.hypot(x - 90, y - 100) - 40) < 1.5
    block = (np.abs(x - 90) < 16) & (np.abs(y - 100) < 16)
    return np.rint(230 - 190 * coverage((line & (x > 20) & (x < 140)) | ring | block)).astype(np.uint8)


def test_thin_lines_have_two_edges_or_one_middle() -> None:
    picture = lines_and_shapes()
    assert len(v2a.vectorize(picture)) == 4, "an outline, two circles, a block"
    middles = v2a.vectorize(picture, thin_lines="dark")
    assert len(middles) == 3
    assert sorted(middles.paths.closed.tolist())[-1], "the block keeps its outline"
    assert len(v2a.vectorize(picture, thin_lines="light")) == 4
    assert len(v2a.vectorize(255 - picture, thin_lines="light")) == 3
    assert len(v2a.vectorize(picture, thin_lines="dark", thin_line_px=1.5)) == 4


def soft_and_sharp() -> np.ndarray:
    """A sharp disc with faint scratches on it, and a soft shadow's edge."""
    x, y = plane()
    levels = 200 - 120 * coverage(np.hypot(x - 50, y - 80) < 34)
    soft = 1 / (1 + np.exp(-(x[2::4, 2::4] - 120) / 5))
    scratches = coverage((np.abs(x - 50) < 18) & (np.abs((y - 80) % 8 - 4) < 0.6))
    return noisy(levels - 25 * soft + 14 * scratches, 0.5)


@pytest.mark.parametrize("multipass", ["finer", "coarser"])
def test_a_later_pass_adds_and_draws_nothing_twice(multipass: str) -> None:
    photo = v2a.samples.load("astronaut").pixels[:256, 100:356]
    with v2a.Session(photo) as session:
        first = session.stage("strokes")
        session.set(multipass=multipass, passes=3, pass_detail=0.3)
        both = session.stage("strokes")
    count = len(first.points)
    assert np.array_equal(both.points[:count], first.points), "what was there stays as it was"
    assert len(both.closed) > len(first.closed)
    added = both.points[count:]
    near = cKDTree(first.points).query(added)[0] < 1
    # Beginnings and ends meet what is drawn; nothing runs along it.
    longest = max(len(run) for run in "".join("x" if close else " " for close in near).split(" "))
    assert longest <= 8


def test_the_passes_find_what_their_scale_is_for() -> None:
    picture = soft_and_sharp()
    company = {"detail": 0.3, "declutter": 0.0, "passes": 3, "pass_detail": 0.3}
    finer = v2a.vectorize(picture, multipass="finer", **company).paths.points
    coarser = v2a.vectorize(picture, multipass="coarser", **company).paths.points

    def scratched(points: np.ndarray) -> int:
        return int((np.abs(points - [50, 80]) < [20, 22]).all(axis=1).sum())

    assert scratched(finer) > scratched(coarser)
    assert (np.abs(coarser[:, 0] - 120) < 8).sum() > 0


def test_stronger_contours_get_a_broader_pen() -> None:
    x, y = plane()
    strong, weak = coverage(np.hypot(x - 45, y - 80) < 30), coverage(np.hypot(x - 120, y - 80) < 30)
    picture = np.rint(220 - 180 * strong - 40 * weak).astype(np.uint8)
    drawing = v2a.vectorize(picture, detail=0.7)
    widths = {}
    for path, (a, b) in enumerate(pairwise(drawing.paths.offsets)):
        style = drawing.styles[drawing.paths.styles[path]]
        widths[round(float(drawing.paths.points[a:b, 0].mean()), -1)] = style.width
    assert len(widths) == 2
    assert widths[max(widths)] < 0.7 * widths[min(widths)]
    uniform = v2a.vectorize(picture, detail=0.7, line_weight="uniform", stroke_width=3.0)
    assert [style.width for style in uniform.styles] == [3.0]


def test_a_varying_pen_is_thin_at_open_ends() -> None:
    picture = np.full((120, 160), 220, np.uint8)
    picture[:60, 30:] = 60
    paths = v2a.vectorize(picture, line_weight="varying", taper_px=12, weight_range=0.0, stroke_width=2.0).paths
    assert paths.widths is not None
    for a, b in pairwise(paths.offsets):
        assert paths.widths[a] == pytest.approx(0.6, abs=0.05) and paths.widths[b - 1] == pytest.approx(0.6, abs=0.05)
        assert paths.widths[a:b].max() == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize("color_source", ["ink", "mean", "gradient"])
def test_each_pen_draws_all_of_its_strokes_at_once_and_colours_stay_right(color_source: str) -> None:
    photo = v2a.samples.load("astronaut").pixels[:256, 100:356]
    drawing = v2a.vectorize(photo, color_source=color_source)
    widths = [drawing.styles[style].width for style in drawing.paths.styles]
    assert widths == sorted(widths)
    assert 2 <= len(set(widths)) <= 5
    one = v2a.vectorize(photo, color_source=color_source, line_weight="uniform")

    def painted(found: v2a.Drawing) -> list[tuple[str | None, tuple[float, ...]]]:
        starts = found.paths.points[found.paths.offsets[:-1]].tolist()
        return sorted(
            (found.styles[style].stroke, tuple(start)) for style, start in zip(found.paths.styles, starts, strict=True)
        )

    assert painted(drawing) == painted(one)
