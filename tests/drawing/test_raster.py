import io
from concurrent.futures import ThreadPoolExecutor

import matplotlib
import numpy as np
import pytest
import resvg_py
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from vec2art_nb.drawing import Drawing, PathLayer, Style, raster
from vec2art_nb.errors import OutputError, ParameterError


def pixels(png, mode="RGBA"):
    return np.asarray(Image.open(io.BytesIO(png)).convert(mode)).astype(int)


def resvg(drawing, scale):
    return pixels(bytes(resvg_py.svg_to_bytes(svg_string=drawing.to_svg(4), zoom=scale)), "RGB")


def difference(one, other):
    return np.abs(one - other).mean()


@pytest.mark.parametrize("scale", [1, 2])
def test_the_picture_is_the_one_that_resvg_makes_of_the_svg(showcase, scale):
    ours, theirs = pixels(showcase.to_png(scale), "RGB"), resvg(showcase, scale)
    # Two antialiasers differ along edges; anything misplaced by a pixel gives a mean above 1.
    assert difference(ours, theirs) < 0.5
    # And no block of 8 × 8 pixels has another colour.
    blocks = (ours - theirs)[: 296 * scale, : 352 * scale].reshape(37 * scale, 8, 44 * scale, 8, 3).mean(axis=(1, 3))
    assert np.abs(blocks).max() < 20


@settings(max_examples=20)
@given(data=st.data())
def test_every_drawing_can_be_painted_however_far_it_reaches(data, drawings):
    drawing = data.draw(drawings)
    assert pixels(drawing.to_png(0.5)).shape == (40, 50, 4)


@pytest.mark.parametrize("piece", [50, 400, 10**9])
def test_cutting_into_pieces_changes_nothing_that_can_be_seen(showcase, monkeypatch, piece):
    whole = resvg(showcase, 1)
    monkeypatch.setattr(raster, "_PIXELS_PER_PIECE", piece)
    assert difference(pixels(showcase.to_png(), "RGB"), whole) < 0.5


def test_a_drawing_too_long_for_agg_at_once_is_painted_in_pieces(layer, polyline, monkeypatch):
    # Back and forth over the page, one path: about 2 million pixels of line, 4 million cells.
    zigzag = polyline(*((0 if step % 2 else 200, step % 200) for step in range(10_000)))
    drawing = Drawing((200, 200), (layer([zigzag]),), (Style("#000000", None, 1.0, 0.25),))
    sizes = []
    draw = raster._Canvas._draw
    monkeypatch.setattr(
        raster._Canvas, "_draw", lambda *given, **options: (sizes.append(len(given[1])), draw(*given, **options))
    )
    alpha = pixels(drawing.to_png())[:, :, 3]
    assert len(sizes) > 10
    assert sum(sizes) == 10_000 + len(sizes) - 1
    # Opacity holds for the whole: where pieces cross, the paint is not thicker.
    assert alpha.max() == 64


def test_crossing_lines_of_one_run_are_not_painted_twice(layer, polyline):
    paths = [polyline((0, 10), (20, 10)), polyline((10, 0), (10, 20))]
    drawing = Drawing((20, 20), (layer(paths),), (Style("#000000", None, 6.0, 0.5),))
    alpha = pixels(drawing.to_png())[:, :, 3]
    assert set(np.unique(alpha[[3, 10, 10], [10, 3, 10]])) <= {127, 128}


def test_there_is_alpha_only_when_there_is_no_page():
    assert Image.open(io.BytesIO(Drawing((3, 4)).to_png())).mode == "RGBA"
    assert pixels(Drawing((3, 4)).to_png())[:, :, 3].max() == 0
    page = Image.open(io.BytesIO(Drawing((3, 4), background="#102030").to_png()))
    assert page.mode == "RGB"
    assert page.getpixel((2, 3)) == (16, 32, 48)


@pytest.mark.parametrize(("scale", "size"), [(1, (30, 7)), (0.5, (15, 4)), (2.5, (75, 18)), (1e-9, (1, 1))])
def test_the_scale_sets_the_size(scale, size):
    assert Image.open(io.BytesIO(Drawing((30, 7)).to_png(scale))).size == size


@pytest.mark.parametrize("scale", [0, -1, float("nan"), float("inf"), "2", None])
def test_a_scale_that_means_nothing_is_refused(scale):
    with pytest.raises(ParameterError, match="scale must be a number above 0"):
        Drawing((3, 3)).to_png(scale)


def test_a_picture_too_large_is_refused_before_memory_is_taken():
    with pytest.raises(OutputError, match="1000000×1000000 pixels is too large; choose a scale below 1000"):
        Drawing((1000, 1000)).to_png(1000)


def test_dots_are_round_and_as_wide_as_the_line(layer, polyline):
    dots = [polyline((10, 10), (10, 10)), polyline((30, 10))]
    drawing = Drawing((40, 20), (layer(dots, None, [False, True]),), (Style("#000000", None, 12.0),))
    alpha = pixels(drawing.to_png())[:, :, 3] / 255
    for half in (alpha[:, :20], alpha[:, 20:]):
        # Agg draws a circle as a polygon inside it.
        assert half.sum() == pytest.approx(np.pi * 36, rel=0.04)


def test_a_stroke_of_no_width_paints_nothing_as_in_svg(layer, polyline):
    drawing = Drawing((20, 20), (layer([polyline((0, 0), (20, 20))]),), (Style("#000000", None, 0.0),), "#ffffff")
    assert pixels(drawing.to_png(), "RGB").min() == resvg(drawing, 1).min() == 255


def test_translucent_shapes_beyond_the_page_are_clipped(layer, polyline):
    square = polyline((-1e7, -1e7), (10, -1e7), (10, 10), (-1e7, 10))
    away = polyline((100, 100), (200, 100), (200, 200))
    paths = layer([square, away], [0, 1], [True, True])
    styles = (Style("#000000", "#ff0000", 2.0, 0.5), Style("#000000", "#ff0000", 2.5, 0.5))
    picture = pixels(Drawing((20, 20), (paths,), styles, "#ffffff").to_png(), "RGB")
    assert picture[5, 5].tolist() in ([255, 127, 127], [255, 128, 128])
    assert picture[15, 15].tolist() == [255, 255, 255]


def test_painting_works_in_several_threads_and_leaves_matplotlib_as_it_was(showcase):
    backend = matplotlib.get_backend()  # asked first, because asking settles it
    before = matplotlib.rcParams.copy()
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(lambda _: showcase.to_png(), range(8)))) == 1
    assert matplotlib.rcParams == before
    assert matplotlib.get_backend() == backend


def test_the_users_matplotlib_settings_do_not_change_the_picture(layer, polyline):
    # Matplotlib simplifies lines from 128 points on.
    wiggle = polyline(*((step / 4, 10 + 0.3 * (step % 2)) for step in range(400)))
    drawing = Drawing((100, 20), (layer([wiggle]),), (Style("#000000"),))
    plain = drawing.to_png()
    with matplotlib.rc_context({"path.simplify": True, "path.simplify_threshold": 1.0, "agg.path.chunksize": 101}):
        assert drawing.to_png() == plain


def test_a_large_page_is_displayed_small():
    def size(page):
        return Image.open(io.BytesIO(raster.display_png(Drawing(page), 2000))).size

    assert size((100, 80)) == (100, 80)
    assert size((8000, 100)) == (2000, 25)


@pytest.mark.parametrize("background", ["#ffffff", None])
def test_what_a_notebook_shows_has_less_than_half_of_the_bytes_and_looks_the_same(background):
    angle = np.linspace(0, 40, 800)
    points = (200 + 4.5 * angle[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1)).astype(np.float32)
    codes = np.array([1] + [2] * 799, np.uint8)
    offsets, closed = np.array([0, 800]), np.array([False])
    spiral = PathLayer("spiral", points, codes, offsets, np.zeros(1, np.int32), closed)
    drawing = Drawing((400, 400), (spiral,), (Style("#1b3b5f"),), background)
    small, whole = raster.display_png(drawing, 1000), drawing.to_png()
    assert len(small) < 0.5 * len(whole)
    difference = [np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"), np.int16) for data in (small, whole)]
    alpha = [picture[..., 3:] / 255 for picture in difference]
    shown = [picture[..., :3] * a + 255 * (1 - a) for picture, a in zip(difference, alpha, strict=True)]
    assert np.abs(shown[0] - shown[1]).max() < 24
