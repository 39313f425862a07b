"""Lines of varying width: what is refused, and how they leave."""

import io

import numpy as np
import pytest
import resvg_py
from PIL import Image

from vec2art_nb.drawing import Drawing, PathLayer, Style
from vec2art_nb.drawing.wire import encode_frame
from vec2art_nb.errors import DrawingError


def swelling(layer, widths=(0.0, 4.0, 20.0, 4.0), opacity=1.0):
    """A curve that is thin at its start, and a closed triangle."""
    arch = [(1, 20, 80), (4, 40, 10), (4, 80, 10), (4, 100, 80)]
    triangle = [(1, 130, 30), (2, 180, 30), (2, 150, 80)]
    plain = layer([arch, triangle], [0, 1], [False, True], "swelling")
    widths = np.array([*widths, 3, 9, 5], np.float32)
    varying = PathLayer(plain.name, plain.points, plain.codes, plain.offsets, plain.styles, plain.closed, widths)
    styles = (Style("#203080", None, 1.0, opacity), Style("#c02020"))
    return Drawing((200, 100), (varying,), styles, "#ffffff")


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def discs(points, widths, size):
    """Which pixel centres a round pen of that width covers on its way, the slow way."""
    y, x = np.mgrid[0 : size[1], 0 : size[0]] + 0.5
    covered = np.zeros(x.shape, bool)
    for (px, py), width in zip(points, widths, strict=True):
        covered |= np.hypot(x - px, y - py) <= width / 2
    return covered


@pytest.mark.parametrize("opacity", [1.0, 0.5])
def test_a_swelling_line_covers_what_its_pen_covers(layer, opacity):
    drawing = swelling(layer, opacity=opacity)
    t = np.linspace(0, 1, 3000)[:, None]
    weights = np.hstack([(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3])
    arch = discs(weights @ drawing.paths.points[:4], weights @ drawing.paths.widths[:4], drawing.size)
    for png in (drawing.to_png(), bytes(resvg_py.svg_to_bytes(svg_string=drawing.to_svg(4)))):
        picture = pixels(png)[:, :115]
        ink = (255 - picture[:, :, 0]) / (255 - 0x20) / opacity
        assert np.abs(ink - arch[:, :115]).sum() < 0.05 * arch.sum() + 60  # soft edges
        assert ink[~arch[:, :115]].max() < 0.75
        assert abs(ink.sum() - arch.sum()) < 0.03 * arch.sum()


def test_svg_png_and_plot_agree(layer):
    from matplotlib.figure import Figure

    drawing = swelling(layer)
    ours = pixels(drawing.to_png(2))
    theirs = pixels(bytes(resvg_py.svg_to_bytes(svg_string=drawing.to_svg(4), zoom=2)))
    assert np.abs(ours - theirs).mean() < 0.5
    figure = Figure(figsize=(2.0, 1.0), dpi=200)
    ax = figure.add_axes((0, 0, 1, 1))
    ax.axis("off")
    drawing.plot(ax)
    buffer = io.BytesIO()
    figure.savefig(buffer, dpi=200)
    assert np.abs(ours - pixels(buffer.getvalue())).mean() < 0.5


def test_outlines_are_filled_in_the_colour_of_the_line_and_stay_one_path_each(layer):
    header, buffers = encode_frame(swelling(layer, opacity=0.5))
    described = header["layers"][0]
    assert (described["kind"], described["paths"], described["union"]) == ("paths", 2, True)
    table = np.frombuffer(buffers[header["styles"]["buffer"]], "<u4").reshape(-1, 4)
    assert table[2, :2].tolist() == [0xFFFFFFFF, 0x203080]
    assert table[2, 2:].view("<f4").tolist() == [0.0, 0.5]
    svg = swelling(layer).to_svg()
    assert 'fill="#203080"' in svg
    assert svg.count("<path") == 2


def test_the_drawing_itself_keeps_its_lines(layer):
    drawing = swelling(layer)
    assert drawing.vertices == 7
    assert drawing.to_frame()["width"].tolist() == pytest.approx([7.0, 17 / 3])
    assert drawing.to_frame()["closed"].tolist() == [False, True]


def test_layers_with_and_without_widths_join(layer, polyline):
    plain = layer([polyline((0, 0), (9, 9))], [1])
    varying = swelling(layer)
    joined = Drawing((200, 100), (plain, *varying.layers), (*varying.styles[:1], Style("#000000", None, 3.5)))
    assert joined.paths.widths.tolist()[:3] == [3.5, 3.5, 0.0]


@pytest.mark.parametrize(
    ("widths", "message"),
    [((-1, 1, 1, 1), "widths must be numbers of px from 0 up"), ((np.nan, 1, 1, 1), "widths must be numbers")],
)
def test_widths_that_no_pen_has_are_refused(layer, widths, message):
    with pytest.raises(DrawingError, match=message):
        swelling(layer, widths)


def test_lines_of_varying_width_have_no_fill(layer):
    drawing = swelling(layer)
    for style in (Style("#000000", "#ffffff"), Style(None, "#ffffff"), Style(None)):
        with pytest.raises(DrawingError, match="styles need a stroke and no fill, got style 1"):
            Drawing((9, 9), drawing.layers, (drawing.styles[0], style))
