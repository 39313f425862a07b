"""Marks in a real browser, against their outlines as NumPy has them."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import pytest
from matplotlib.path import Path as Outline
from numpy.typing import NDArray
from PIL import Image

from vec2art_nb.drawing import SHAPES
from vec2art_nb.drawing.shapes import OUTLINES

WIDTH, HEIGHT = 480, 320
FINE = 8  # points across and down each pixel


@pytest.fixture(scope="module")
def opened(lab: Any) -> Any:
    cells = [
        "import rings\nfrom vec2art_nb.ui import Studio",
        "studio = Studio(rings.picture(), backend='marks')\nstudio",
    ]
    lab.open("marks.ipynb", cells)
    studio = lab.studio()
    studio.button("Compare").click()
    return studio


def shown(studio: Any, **parameters: float) -> NDArray[np.float64]:
    """The canvas, (height, width, 4), once it shows the drawing with these parameters."""
    wanted = {"radius": 28.0, "turn": 0.0, "stroke_width": 0.0, "opacity": 1.0, **parameters}
    studio.lab.python(f"studio.params.set(**{wanted})")
    studio.wait_for_exact("studio")
    return picture(studio)


def picture(studio: Any) -> NDArray[np.float64]:
    """What is on the canvas now."""
    content = base64.b64decode(studio.pixels().split(",")[1])
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGBA"), np.float64)


def covered(canvas: NDArray[np.float64], radius: float, turn: float = 0.0) -> NDArray[np.float64]:
    """How much of each pixel the marks should cover: the share of points in it that lie within an outline."""
    height, width, _ = canvas.shape
    scale = min(width / WIDTH, height / HEIGHT)
    x = ((np.arange(width * FINE) + 0.5) / FINE - (width - WIDTH * scale) / 2) / scale
    y = ((np.arange(height * FINE) + 0.5) / FINE - (height - HEIGHT * scale) / 2) / scale
    inside = np.zeros((len(y), len(x)), np.bool_)
    for number, shape in enumerate(SHAPES):
        left, top = 40.3 + 66.1 * number, 100.4 + 13.7 * number
        columns = np.flatnonzero(np.abs(x - left) <= radius)
        rows = np.flatnonzero(np.abs(y - top) <= radius)
        away = np.stack(np.meshgrid(x[columns] - left, y[rows] - top), axis=-1) / radius
        back = np.deg2rad(turn * number)
        turned = away @ np.array([[np.cos(back), -np.sin(back)], [np.sin(back), np.cos(back)]])
        corners = OUTLINES[shape]
        if corners is None:
            within = np.hypot(turned[..., 0], turned[..., 1]) <= 1
        else:
            within = Outline(corners).contains_points(turned.reshape(-1, 2)).reshape(turned.shape[:2])
        inside[np.ix_(rows, columns)] |= within
    return inside.reshape(height, FINE, width, FINE).mean(axis=(1, 3))


# Small ones are stamped by the viewer itself, large and variously turned ones are painted by the browser.
@pytest.mark.parametrize(("radius", "turn"), [(28.0, 0.0), (28.0, 17.0), (4.0, 0.0), (4.0, 17.0), (1.3, 0.0)])
def test_marks_of_all_shapes_cover_what_their_outlines_enclose(opened: Any, radius: float, turn: float) -> None:
    canvas = shown(opened, radius=radius, turn=turn)
    ink = (255 - canvas[..., 0]) / (255 - 0x10)
    wanted = covered(canvas, radius, turn)
    assert wanted.sum() > 0
    assert ink.sum() == pytest.approx(wanted.sum(), rel=0.03)
    assert np.abs(ink - wanted).max() < 0.4  # Skia samples four lines of a pixel
    assert np.abs(ink - wanted)[wanted > 0].mean() < 0.03


def test_a_see_through_mark_is_one_with_its_outline(opened: Any) -> None:
    canvas = shown(opened, radius=28, stroke_width=8, opacity=0.5)
    height, width, _ = canvas.shape
    scale = min(width / WIDTH, height / HEIGHT)
    left, top = (width - WIDTH * scale) / 2, (height - HEIGHT * scale) / 2
    row, column = int(top + 100.4 * scale), left + 40.3 * scale
    # The middle of the circle, then both halves of its outline: the inner one lies on the fill.
    for away, color in [(0, (0x88, 0x88, 0x8C)), (26, (0xE0, 0x90, 0x90)), (30, (0xE0, 0x90, 0x90))]:
        found = canvas[row, int(column - away * scale)][:3]
        assert found == pytest.approx(color, abs=2), away


def test_marks_are_told_of(opened: Any) -> None:
    shown(opened)
    assert opened.status.text_content().startswith("exact · 7 marks · ")
    assert opened.canvas.get_attribute("aria-label") == "Drawing of array: 7 marks"
    assert opened.root.get_attribute("data-marks") == "7"


def test_marks_move_with_the_picture(opened: Any) -> None:
    before = shown(opened, radius=6)
    opened.canvas.press("ArrowLeft")
    opened.page.evaluate("() => new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)))")
    moved = picture(opened)
    opened.button("Fit").click()
    assert np.array_equal(moved[:, 60:], before[:, 20:-40])
