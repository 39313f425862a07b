"""The dots backend as a whole: ink is darkness, as many and as large dots as asked for, colours are the picture's."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image
from scipy.spatial import cKDTree

import vec2art_nb as v2a
from vec2art_nb.backends.stages.tone import ink_curve
from vec2art_nb.drawing.layers import SHAPES
from vec2art_nb.drawing.shapes import area

PATTERNS = ("grid", "hexagonal", "random", "poisson", "voronoi", "lbg")


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    return v2a.samples.load("astronaut").pixels[:256, 100:356]


def grey(value: int, height: int = 160, width: int = 200) -> np.ndarray:
    return np.full((height, width), value, np.uint8)


def ramp(height: int = 120, width: int = 240) -> np.ndarray:
    """From white to black."""
    return np.tile(np.linspace(255, 0, width).astype(np.uint8), (height, 1))


def draw(picture: object, **parameters: object) -> v2a.Drawing:
    return v2a.vectorize(picture, "dots", **parameters)


def ink(drawing: v2a.Drawing) -> np.ndarray:
    """The area of each mark, in px²."""
    units = np.array([area(shape) for shape in SHAPES])
    return units[drawing.marks.shapes] * drawing.marks.radii.astype(np.float64) ** 2


def linear(picture: np.ndarray) -> np.ndarray:
    value = picture / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


# --- tone -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("pattern", PATTERNS)
def test_linear_ink_is_the_light_that_is_missing(photo: np.ndarray, pattern: str, shape: str) -> None:
    luminance = linear(photo) @ [0.2126, 0.7152, 0.0722]
    drawing = draw(photo, tone="linear", pattern=pattern, shape=shape, count=3000)
    assert ink(drawing).sum() / luminance.size == pytest.approx(1 - luminance.mean(), rel=0.01)


@pytest.mark.parametrize("value", [90, 150, 200, 240])
@pytest.mark.parametrize("radius_by", ["fixed", "tone"])
def test_drawn_dots_cover_what_linear_tone_asks_for(value: int, radius_by: str) -> None:
    drawing = draw(grey(value), tone="linear", pattern="hexagonal", radius_by=radius_by, count=1500)
    shown = np.asarray(Image.open(io.BytesIO(drawing.to_png(4))).convert("L")).astype(float)
    paper, dot = 255, 27
    covered = (paper - shown) / (paper - dot)
    darkness = 1 - linear(np.array(value))
    # Dots that touch cover a little less than their areas add up to.
    assert covered.mean() == pytest.approx(darkness, abs=0.03 if darkness < 0.6 else 0.06)


def test_perceptual_ink_is_in_equal_steps_of_lightness() -> None:
    lightness = [20, 40, 60, 80]
    curve = ink_curve("perceptual", 0.0, 1.0, False)
    assert [round(curve[step * 256] / 65535, 3) for step in lightness] == [0.8, 0.6, 0.4, 0.2]
    # L* of 20, 40, 60 and 80 in sRGB.
    shares = [ink(draw(grey(value), count=800)).sum() / (160 * 200) for value in (48, 94, 145, 198)]
    assert shares == pytest.approx([0.8, 0.6, 0.4, 0.2], abs=0.01)


def test_exposure_is_in_stops_and_contrast_turns_around_the_middle() -> None:
    plain, brighter = ink_curve("linear", 0.0, 1.0, False), ink_curve("linear", 1.0, 1.0, False)
    light, doubled = 1 - plain / 65535, 1 - brighter / 65535
    assert np.abs(doubled - np.minimum(2 * light, 1)).max() < 1e-4
    steep = ink_curve("perceptual", 0.0, 2.0, False)
    assert steep[0] == 65535 and steep[12800] == pytest.approx(32768, abs=2) and steep[25600] == 0
    assert steep[6400] > ink_curve("perceptual", 0.0, 1.0, False)[6400]


@pytest.mark.parametrize("tone", ["perceptual", "linear"])
def test_inverted_ink_is_the_rest(tone: str) -> None:
    total = ink_curve(tone, 0.0, 1.0, False).astype(int) + ink_curve(tone, 0.0, 1.0, True)
    assert np.abs(total - 65535).max() <= 1
    assert (draw(ramp(), invert=True, count=500).marks.centers[:, 0] < 120).mean() > 0.6


@pytest.mark.parametrize("radius_by", ["fixed", "tone", "gradient", "variance"])
@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_part_of_a_ramp_has_its_ink(pattern: str, radius_by: str) -> None:
    drawing = draw(
        ramp(), pattern=pattern, radius_by=radius_by, count=3000, tone="linear", radius_range=2.0, screen_angle_deg=20.0
    )
    drawn = np.histogram(drawing.marks.centers[:, 0], bins=8, range=(0, 240), weights=ink(drawing))[0]
    wanted = (1 - linear(ramp())).sum(axis=0).reshape(8, 30).sum(axis=1)
    assert np.abs(drawn - wanted).max() < 0.06 * wanted.max()


def test_dots_follow_edges_or_nothing_when_told_to() -> None:
    step = np.repeat(np.array([[60, 190]], np.uint8), 100, axis=1).repeat(120, axis=0)
    at_edge = draw(step, follow="gradient", count=600).marks.centers[:, 0]
    assert (np.abs(at_edge - 100) < 5).mean() > 0.95
    everywhere = draw(step, follow="even", count=600).marks.centers[:, 0]
    assert abs((everywhere < 100).mean() - 0.5) < 0.02
    mixed = draw(step, follow="mix", gradient_share=0.3, count=600).marks.centers[:, 0]
    by_tone = draw(step, count=600).marks.centers[:, 0]
    near = [(np.abs(x - 100) < 3).mean() for x in (by_tone, mixed, at_edge)]
    assert near == sorted(near) and near[0] < 0.75 * near[1] < 0.5 * near[2]


# --- numbers and sizes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("radius_by", ["fixed", "tone", "variance"])
@pytest.mark.parametrize("count", [300, 5000, 20_000])
@pytest.mark.parametrize("pattern", PATTERNS)
def test_about_as_many_dots_as_asked_for(photo: np.ndarray, pattern: str, count: int, radius_by: str) -> None:
    # A lattice has dots on its border too, which few dots feel.
    tolerance = 0.05 + (1.5 / count**0.5 if pattern in ("grid", "hexagonal") else 0)
    found = len(draw(photo, pattern=pattern, count=count, radius_by=radius_by))
    assert abs(found - count) <= tolerance * count


@pytest.mark.parametrize("pattern", PATTERNS)
def test_spacing_is_the_distance_where_dots_are_densest(pattern: str) -> None:
    drawing = draw(grey(0), pattern=pattern, amount="spacing", spacing_px=9)
    nearest = cKDTree(drawing.marks.centers).query(drawing.marks.centers, k=2)[0][:, 1]
    loose = {"grid": 9, "hexagonal": 9, "random": 4.5, "poisson": 7.2, "voronoi": 8, "lbg": 8}
    assert np.mean(nearest) == pytest.approx(loose[pattern], abs=0.7)


def test_bounds_hold_for_every_radius(photo: np.ndarray) -> None:
    radii = draw(photo, radius_by="tone", radius_range=8, min_radius_px=1.0, max_radius_px=2.0, count=2000).marks.radii
    assert radii.min() >= 0.97 and radii.max() <= 2.03
    assert len(np.unique(radii)) > 10


def test_large_dots_are_where_told(photo: np.ndarray) -> None:
    for reverse in (False, True):
        marks = draw(ramp(), radius_by="tone", radius_reverse=reverse, radius_range=4, count=2000).marks
        bright, dark = (marks.radii[marks.centers[:, 0] < 80].mean(), marks.radii[marks.centers[:, 0] > 160].mean())
        assert (bright > 1.3 * dark) if reverse else (dark > 1.3 * bright)


def test_dots_everywhere_show_tone_by_their_size() -> None:
    drawing = draw(ramp(), follow="even", radius_by="tone", radius_range=20, tone="linear", count=2000)
    where = np.histogram(drawing.marks.centers[:, 0], bins=6, range=(0, 240))[0]
    assert where.max() < 1.1 * where.min()
    drawn = np.histogram(drawing.marks.centers[:, 0], bins=6, range=(0, 240), weights=ink(drawing))[0]
    wanted = (1 - linear(ramp())).sum(axis=0).reshape(6, 40).sum(axis=1)
    assert np.abs(drawn - wanted).max() < 0.08 * wanted.max()


def test_sizes_are_few_so_that_the_svg_is_small(photo: np.ndarray) -> None:
    drawing = draw(photo, radius_by="tone", count=10_000)
    assert len(np.unique(drawing.marks.radii)) <= 64
    assert len(drawing.to_svg_bytes()) < 20 * len(drawing)


# --- looks ------------------------------------------------------------------------------------------------------------


def test_lines_run_along_contours_or_across() -> None:
    y, x = np.mgrid[0:200, 0:200] - 99.5
    rings = (127 + 100 * np.sin(np.hypot(x, y) / 5)).astype(np.uint8)
    for angle_by, expected in (("gradient", 0), ("tangent", 90)):
        marks = draw(rings, shape="line", angle_by=angle_by, count=2000).marks
        away = marks.centers - 100
        inner = (np.hypot(*away.T) > 20) & (np.hypot(*away.T) < 90)
        off = (marks.angles - np.degrees(np.arctan2(away[:, 1], away[:, 0])) - expected + 90) % 180 - 90
        assert np.median(np.abs(off[inner])) < 5


def test_colors_are_those_of_the_picture() -> None:
    halves = np.zeros((80, 120, 3), np.uint8)
    halves[:, :60], halves[:, 60:] = (200, 40, 40), (40, 60, 180)
    drawing = draw(halves, color_source="mean", count=500)
    fills = [style.fill for style in drawing.styles]
    marks = drawing.marks
    clear = np.abs(marks.centers[:, 0] - 60) > 5
    for style, left in zip(marks.styles[clear].tolist(), (marks.centers[clear, 0] < 60).tolist(), strict=True):
        assert fills[style] == ("#c82828" if left else "#283cb4")


def test_a_palette_is_kept_to_and_dots_of_a_color_stand_together(photo: np.ndarray) -> None:
    colors = ("#201030", "#c06040", "#e0d0b0")
    drawing = draw(photo, color_source="mean", palette="custom", palette_colors=colors, count=2000)
    assert {style.fill for style in drawing.styles} == set(colors)
    assert len(drawing.layers[0].runs()) - 1 <= len(colors)


def test_opacity_is_written(photo: np.ndarray) -> None:
    assert 'opacity=".4"' in draw(photo, opacity=0.4, count=500).to_svg()
    assert "opacity" not in draw(photo, count=500).to_svg().split("</metadata>")[1]


def test_what_has_no_ink_says_so() -> None:
    drawing = draw(grey(255))
    assert len(drawing) == 0 and drawing.notes


def test_no_dot_stands_outside_the_subject(photo: np.ndarray) -> None:
    alpha = np.zeros(photo.shape[:2], np.uint8)
    alpha[60:180, 80:200] = 255
    picture = np.dstack([photo, alpha])
    for pattern in PATTERNS:
        marks = draw(picture, pattern=pattern, remove_background="auto", follow="even", count=800).marks
        assert len(marks) > 500
        x, y = marks.centers.T
        # Half of a lattice's cell may reach out.
        assert x.min() > 76 and x.max() < 204 and y.min() > 56 and y.max() < 184


@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_seed_and_nothing_else_decides(photo: np.ndarray, pattern: str) -> None:
    parameters = {"pattern": pattern, "count": 1500, "jitter": 0.5, "radius_variation": 0.3}
    one, again = (draw(photo, **parameters, seed=4) for _ in range(2))
    assert one.digest() == again.digest()
    assert draw(photo, **parameters, seed=5).digest() != one.digest()
    # What only changes the look of dots leaves them where they are.
    looks = draw(photo, **parameters, seed=4, shape="cross", opacity=0.5, angle_variation_deg=40)
    assert {tuple(c) for c in looks.marks.centers.tolist()} == {tuple(c) for c in one.marks.centers.tolist()}


def test_a_sliver_of_a_picture_is_no_trouble() -> None:
    for shape in ((1, 1), (1, 4000), (4000, 1)):
        for pattern in PATTERNS:
            drawing = draw(np.zeros(shape, np.uint8), pattern=pattern, screen_angle_deg=33.0, count=2000)
            assert 1 <= len(drawing) <= 8000
