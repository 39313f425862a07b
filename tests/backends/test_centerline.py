"""The centerline backend as a whole: scans, handwriting, technical drawings; what each parameter is for."""

from __future__ import annotations

import io

import backend_scenes as scenes
import numpy as np
import pytest
from backend_scenes import BLACK, SKETCH, Strokes, arc, pen_drawing
from PIL import Image
from scipy.spatial import cKDTree

import vec2art_nb as v2a
from benchmarks.quality.centerline import flattened, sampled
from vec2art_nb.backends.centerline import without_blots

CENTERLINE = v2a.backends["centerline"]


@pytest.fixture(scope="module")
def scan() -> np.ndarray:
    return scenes.scan()


def test_one_stroke_of_the_pen_is_one_path() -> None:
    strokes: Strokes = [
        ([(20, 20), (200, 50)], 5.0, BLACK),
        ([(30, 70), (190, 12)], 5.0, BLACK),
        (arc(110, 100, 40, 0, 360), 5.0, BLACK),
        ([(60, 140), (160, 60)], 5.0, BLACK),
    ]
    drawing = v2a.vectorize(pen_drawing(strokes), "centerline")
    assert len(drawing) == 4
    assert drawing.paths.closed.sum() == 1


@pytest.mark.parametrize("threshold", ["otsu", "sauvola", "adaptive"])
def test_light_ink_draws_what_dark_ink_draws(threshold: str) -> None:
    strokes: Strokes = [([(20, 20), (200, 50)], 5.0, BLACK), ([(30, 70), (190, 12)], 5.0, BLACK)]
    strokes.append((arc(110, 100, 40, 0, 360), 5.0, BLACK))
    dark = pen_drawing(strokes)[:, :, 0]
    drawings = [v2a.vectorize(picture, "centerline", threshold=threshold) for picture in (dark, 255 - dark)]
    assert len(drawings[0]) == len(drawings[1]) == 3
    one, other = (sampled(flattened(drawing.paths)) for drawing in drawings)
    assert cKDTree(one).query(other)[0].max() < 1


@pytest.mark.parametrize("name", ["text", "page"])
def test_polarity_is_found_on_both_sides(name: str) -> None:
    from skimage import data

    page = getattr(data, name)()
    for picture, light in ((page, False), (255 - page, True)):
        with v2a.Session(picture, "centerline") as session:
            assert session.stage("tones").light is light


def test_a_shaded_page_is_read_by_a_local_threshold() -> None:
    strokes: Strokes = [([(15, y), (205, y + 4)], 3.0, (130, 130, 130)) for y in range(15, 150, 15)]
    picture = pen_drawing(strokes).astype(float) * np.linspace(1.0, 0.2, 220)[None, :, None]
    with v2a.Session(picture.astype(np.uint8), "centerline", threshold="sauvola", sensitivity=0.15) as session:
        assert len(session.drawing) == 9
        ink = session.stage("foreground").values.mean()
        session.params.threshold = "otsu"
        # The dark side of the page counts as ink.
        assert session.stage("foreground").values.mean() > 2 * ink


def test_widths_are_those_of_the_ink() -> None:
    strokes: Strokes = [([(20, 20 + 30 * k), (200, 20 + 30 * k)], pen, BLACK) for k, pen in enumerate((2, 4, 7, 11))]
    drawing = v2a.vectorize(pen_drawing(strokes), "centerline")
    assert drawing.paths.widths is not None
    found = [
        np.median(drawing.paths.widths[first:last])
        for first, last in zip(drawing.paths.offsets[:-1], drawing.paths.offsets[1:], strict=True)
    ]
    assert np.allclose(found, (2, 4, 7, 11), atol=0.5)
    doubled = v2a.vectorize(pen_drawing(strokes), "centerline", width_scale=2.0, width_max_px=10, width_min_px=6)
    assert doubled.paths.widths.min() >= 6 - 1e-3 and doubled.paths.widths.max() <= 10 + 1e-3


def test_one_pen_for_all_is_as_wide_as_most_ink() -> None:
    strokes: Strokes = [([(20, 20 + 30 * k), (200, 20 + 30 * k)], pen, BLACK) for k, pen in enumerate((4, 4, 4, 9))]
    drawing = v2a.vectorize(pen_drawing(strokes), "centerline", width="even")
    assert drawing.paths.widths is None
    assert abs(drawing.styles[0].width - 4) < 0.3
    assert v2a.vectorize(pen_drawing(strokes), "centerline", width="fixed", stroke_width=2.5).styles[0].width == 2.5


def test_the_drawing_looks_like_the_scan() -> None:
    """Painted again, measured widths cover the ink, and little else."""
    picture = pen_drawing([(points, pen, BLACK) for points, pen, _ in SKETCH[:6]])
    drawing = v2a.vectorize(picture, "centerline")
    shown = np.asarray(Image.open(io.BytesIO(drawing.to_png())).convert("L")).astype(int)
    assert (np.abs(shown - picture[:, :, 0]) > 100).mean() < 0.004


def test_noise_alone_says_that_nothing_is_found() -> None:
    flat = np.full((50, 60), 200, np.uint8)
    drawing = v2a.vectorize(flat, "centerline", threshold="sauvola")
    assert len(drawing) == 0
    assert "threshold" in drawing.notes[0]


@pytest.mark.parametrize("thinning", ["guo_hall", "zhang_suen", "medial_axis"])
def test_turning_the_picture_turns_the_drawing(thinning: str) -> None:
    picture = pen_drawing(SKETCH[:6])[:, :, 0]
    straight = v2a.vectorize(picture, "centerline", thinning=thinning, smooth=False)
    turned = v2a.vectorize(np.ascontiguousarray(np.rot90(picture)), "centerline", thinning=thinning, smooth=False)
    assert abs(len(straight) - len(turned)) <= 2
    back = np.stack([220 - turned.paths.points[:, 1], turned.paths.points[:, 0]], axis=1)
    away = np.hypot(*(back[:, None] - straight.paths.points[None]).transpose(2, 0, 1)).min(axis=1)
    assert np.quantile(away, 0.8) < 12  # vertices may differ, lines hardly


def test_what_is_transparent_is_page_for_light_ink_too() -> None:
    dark = np.full((120, 140), 40, np.uint8)
    dark[58:63, 30:110] = 240
    y, x = np.mgrid[0:120, 0:140]
    alpha = np.where(np.hypot(x - 70, y - 60) < 55, 255, 0).astype(np.uint8)
    drawing = v2a.vectorize(np.dstack([dark, dark, dark, alpha]), "centerline", polarity="light")
    assert len(drawing) == 1
    assert np.abs(drawing.paths.points[:, 1] - 60.5).max() < 1


def test_widths_swell_with_the_stroke_and_have_no_blots() -> None:
    """A peak shorter than the pen is a junction's; a longer one is the hand's, and no stroke looks at its neighbour."""
    swelling = np.concatenate([np.full(20, 2.0), np.linspace(2, 5, 40), np.full(20, 5.0)]).astype(np.float32)
    blotted = swelling.copy()
    blotted[[0, 10, 11]] = 9
    thick = np.full(3, 8, np.float32)
    widths = without_blots(np.concatenate([blotted, thick]), np.array([0, 80, 83]))
    assert widths[:20].tolist() == [2.0] * 20
    assert np.abs(widths[20:80] - swelling[20:]).max() < 0.6
    assert widths[80:].tolist() == [8.0] * 3
    assert len(without_blots(np.zeros(0, np.float32), np.zeros(1, np.int64))) == 0
