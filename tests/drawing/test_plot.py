import io

import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.figure import Figure
from PIL import Image

from vec2art_nb.drawing import Drawing


@pytest.fixture
def page(showcase):
    """Axes that fill a figure of as many pixels as the drawing has."""
    figure = Figure(figsize=(3.6, 3.0), dpi=100)
    ax = figure.add_axes((0, 0, 1, 1))
    ax.axis("off")
    return ax


def rendered(ax):
    buffer = io.BytesIO()
    ax.figure.savefig(buffer, dpi=ax.figure.dpi)
    return np.asarray(Image.open(buffer).convert("RGB")).astype(int)


def test_a_plot_is_in_px_with_y_down_and_equal_aspect(showcase, page):
    assert showcase.plot(page) is page
    assert page.get_xlim() == (0, 360)
    assert page.get_ylim() == (300, 0)
    assert page.get_aspect() == 1


def test_new_axes_are_made_when_none_are_given(showcase):
    pyplot.switch_backend("agg")
    ax = showcase.plot()
    try:
        assert ax.figure is pyplot.gcf()
        assert [collection.get_label() for collection in ax.collections] == ["shapes", "marks"]
    finally:
        pyplot.close(ax.figure)


def test_a_plot_looks_like_the_png(layer, polyline, page, showcase):
    # Matplotlib paints fill and stroke of a translucent shape one over the other, so that one is left out.
    drawing = Drawing((360, 300), showcase.layers[1:], showcase.styles, "#fffff0")
    drawing.plot(page)
    png = np.asarray(Image.open(io.BytesIO(drawing.to_png())).convert("RGB")).astype(int)
    assert np.abs(rendered(page) - png).mean() < 0.5


def test_line_widths_follow_the_zoom(showcase, page):
    drawing = Drawing((360, 300), showcase.layers[1:], showcase.styles, "#ffffff")
    drawing.plot(page)
    whole = (rendered(page) < 200).any(axis=2).mean()
    # The left half in both directions: dots of twice the diameter on the same pixels.
    page.set_xlim(0, 180)
    page.set_ylim(300, 150)
    page.set_aspect("auto")
    zoomed = (rendered(page)[:, :200] < 100).all(axis=2).sum()
    assert zoomed == pytest.approx(2 * np.pi * 14**2, rel=0.05)
    assert whole > 0


def test_an_empty_drawing_plots_its_page(page):
    Drawing((36, 30), background="#ff0000").plot(page)
    assert (rendered(page) == [255, 0, 0]).all()
