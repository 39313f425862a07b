"""Marks: what they are, how they look, how they leave."""

import copy
import io
import json

import numpy as np
import pytest
import resvg_py
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of
from PIL import Image, ImageDraw

from vec2art_nb.drawing import SHAPES, Drawing, MarkLayer, Style, shapes
from vec2art_nb.drawing.wire import encode_frame
from vec2art_nb.errors import DrawingError


def marks(rows, name="dots"):
    """A layer from rows of (shape, x, y, radius, angle, style)."""
    columns = list(zip(*rows, strict=True)) or [()] * 6
    return MarkLayer(
        name,
        np.array([SHAPES.index(shape) for shape in columns[0]], np.uint8),
        np.array(list(zip(columns[1], columns[2], strict=True)), np.float32).reshape(-1, 2),
        np.array(columns[3], np.float32),
        np.array(columns[4], np.float32),
        np.array(columns[5], np.int32),
    )


def everything():
    """Each shape upright and turned, in several sizes, some translucent and overlapping, and a row of equal dots."""
    rows = [(shape, 20 + 40 * index, 25, 16, 0, 0) for index, shape in enumerate(SHAPES)]
    rows += [(shape, 20 + 40 * index, 65, 18, 27, 1) for index, shape in enumerate(SHAPES)]
    rows += [("circle", 20 + 9 * index, 105, 6, 0, 2) for index in range(20)]
    rows += [("circle", 20 + 10 * index, 130, 2 + 0.4 * index, 0, 2) for index in range(20)]
    rows += [("circle", 20 + 12 * index, 160, 4.5, 0, 0) for index in range(20)]
    styles = (Style(None, "#203080"), Style("#107030", "#f0c040", 2.0), Style(None, "#c02020", 1.0, 0.5))
    return Drawing((300, 180), (marks(rows),), styles, "#ffffff")


def test_a_layer_of_marks_counts_names_and_copies_itself():
    layer = marks([("circle", 1, 2, 3, 0, 0), ("line", 4, 5, 6, 90, 0)])
    drawing = Drawing((9, 9), (layer,), (Style(None, "#000000"),))
    assert (len(layer), len(drawing), drawing.vertices) == (2, 2, 2)
    assert repr(layer) == "MarkLayer('dots', 2 marks)"
    assert repr(drawing) == "Drawing(9×9 px, 2 marks)"
    assert layer.nbytes == 2 * (1 + 8 + 4 + 4 + 4)
    twin = copy.deepcopy(layer)
    assert np.array_equal(twin.centers, layer.centers)
    assert not twin.centers.flags.writeable
    assert (len(drawing.marks), len(drawing.paths)) == (2, 0)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"shapes": np.array([7], np.uint8)}, "shapes must be 0 … 6: circle, square"),
        ({"centers": np.array([[0, np.nan]], np.float32)}, "centers must be finite"),
        ({"centers": np.zeros((1, 3), np.float32)}, r"centers must have shape \(1, 2\)"),
        ({"radii": np.array([-1], np.float32)}, "radii must be numbers of px from 0 up"),
        ({"radii": np.array([np.nan], np.float32)}, "radii must be numbers"),
        ({"angles": np.array([np.inf], np.float32)}, "angles must be finite"),
        ({"styles": np.array([-1], np.int32)}, "styles must not be negative"),
        ({"styles": np.array([0], np.int64)}, "styles must be a int32 array, got int64"),
    ],
)
def test_arrays_that_make_no_marks_are_refused(changes, message):
    layer = marks([("circle", 1, 2, 3, 0, 0)])
    with pytest.raises(DrawingError, match=message):
        MarkLayer(**{**{name: getattr(layer, name) for name in ("name", *layer._dtypes)}, **changes})


def test_a_style_that_does_not_exist_is_refused():
    with pytest.raises(DrawingError, match="style 2 is used, but there are 1 styles"):
        Drawing((9, 9), (marks([("circle", 1, 2, 3, 0, 2)]),), (Style(None, "#000000"),))


@pytest.mark.parametrize("shape", SHAPES)
def test_the_farthest_corner_is_one_radius_away_and_the_area_is_that_of_the_outline(shape):
    points, codes = shapes.unit_paths()[SHAPES.index(shape)]
    on_curve = points[codes != 4] if shape != "circle" else points[::3]
    assert np.hypot(*on_curve.T).max() == pytest.approx(1.0)
    image = Image.new("1", (2000, 2000))
    if shape == "circle":
        ImageDraw.Draw(image).ellipse((0, 0, 1999, 1999), fill=1)
    else:
        ImageDraw.Draw(image).polygon([tuple(point) for point in (points * 1000 + 1000).tolist()], fill=1)
    assert shapes.area(shape) == pytest.approx(np.asarray(image).mean() * 4, rel=0.01)


def painted_by_resvg(drawing, scale=2):
    png = bytes(resvg_py.svg_to_bytes(svg_string=drawing.to_svg(4), zoom=scale))
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def painted_by_us(drawing, scale=2):
    return np.asarray(Image.open(io.BytesIO(drawing.to_png(scale))).convert("RGB")).astype(int)


def test_marks_look_alike_as_svg_and_png():
    ours, theirs = painted_by_us(everything()), painted_by_resvg(everything())
    assert np.abs(ours - theirs).mean() < 0.5
    blocks = (ours - theirs).reshape(45, 8, 75, 8, 3).mean(axis=(1, 3))
    assert np.abs(blocks).max() < 20


def test_marks_turn_clockwise_about_their_centre():
    def center_of_ink(angle):
        drawing = Drawing(
            (60, 60), (marks([("triangle", 30, 30, 20, angle, 0)]),), (Style(None, "#000000"),), "#ffffff"
        )
        dark = 255 - painted_by_us(drawing, 1)[:, :, 0]
        assert dark.sum() / 255 == pytest.approx(400 * shapes.area("triangle"), rel=0.02)
        rows, columns = np.mgrid[0:60, 0:60] + 0.5
        top = dark * ((rows - 30) ** 2 + (columns - 30) ** 2 > 15**2)
        return np.argwhere(top > 200) - 29.5

    assert center_of_ink(0)[:, 0].min() < -17  # a corner points up
    assert center_of_ink(90)[:, 1].max() > 17  # and to the right after a quarter
    assert center_of_ink(90)[:, 1].min() > -14


def test_overlaps_of_translucent_marks_of_one_style_are_not_darker():
    rows = [("circle", 20 + index, 20, 10 + 0.1 * index, 0, 0) for index in range(10)]
    drawing = Drawing((50, 40), (marks(rows),), (Style(None, "#000000", 1.0, 0.5),), "#ffffff")
    for picture in (painted_by_us(drawing, 1), painted_by_resvg(drawing, 1)):
        assert set(np.unique(picture[18:22, 22:28])) <= {127, 128}


def test_equal_dots_take_few_bytes():
    rng = np.random.default_rng(0)
    rows = [("circle", *rng.uniform(0, 500, 2), 1.5, 0, 0) for _ in range(5000)]
    equal = Drawing((500, 500), (marks(rows),), (Style(None, "#000000"),))
    assert len(equal.to_svg()) < 5000 * 17
    assert equal.to_svg().count("<path") == 1


def test_a_few_equal_dots_among_others_keep_their_place_in_the_painting_order():
    rows = [("circle", 30, 30, 20, 0, 0)] + [("circle", 30, 30, 12, 0, 1)] * 5 + [("square", 30, 30, 6, 0, 0)]
    drawing = Drawing((60, 60), (marks(rows),), (Style(None, "#000000"), Style(None, "#ff0000")), "#ffffff")
    for picture in (painted_by_us(drawing, 1), painted_by_resvg(drawing, 1)):
        assert picture[30, 30].tolist() == [0, 0, 0]
        assert picture[30, 39].tolist() == [255, 0, 0]
        assert picture[30, 47].tolist() == [0, 0, 0]


@settings(max_examples=40)
@given(
    centers=arrays_of.arrays(np.float32, (9, 2), elements=st.floats(-3000, 3000, width=32)),
    radii=arrays_of.arrays(np.float32, 9, elements=st.floats(0, 900, width=32)),
    angles=arrays_of.arrays(np.float32, 9, elements=st.floats(-1000, 1000, width=32)),
)
def test_a_frame_holds_marks_within_half_a_step(centers, radii, angles):
    layer = MarkLayer("m", np.arange(9, dtype=np.uint8) % 7, centers, radii, angles, np.zeros(9, np.int32))
    header, buffers = encode_frame(Drawing((9, 9), (layer,), (Style(None, "#000000"),)))
    header = json.loads(json.dumps(header))
    described = header["layers"][0]
    types = {"shapes": "u1", "centers": "<i2", "radii": "<u2", "angles": "<i2", "styles": "<u2"}
    found = {name: np.frombuffer(buffers[index], types[name]) for name, index in described["buffers"].items()}
    assert described["marks"] == 9
    assert np.array_equal(found["shapes"], layer.shapes)
    assert np.abs(found["centers"].reshape(9, 2) / described["grid"] - centers).max() <= 0.5 / described["grid"]
    assert np.abs(found["radii"] / described["radius_grid"] - radii).max() <= 0.5 / described["radius_grid"]
    turned = (found["angles"] / 64 - angles.astype(np.float64) + 180) % 360 - 180
    assert np.abs(turned).max() <= 0.5 / 64 + 1e-9
    assert found["angles"].min() >= -180 * 64
    assert found["angles"].max() < 180 * 64
    assert [shape["name"] for shape in header["shapes"]] == list(SHAPES)
    assert header["shapes"][0]["polygon"] is None
    assert header["shapes"][1]["polygon"][0] == pytest.approx([-(0.5**0.5), -(0.5**0.5)])


def test_the_table_has_a_row_for_each_mark():
    frame = everything().to_frame()
    assert frame["kind"].tolist()[:7] == list(SHAPES)
    assert frame["length"][0] == pytest.approx(2 * np.pi * 16, rel=1e-3)
    assert frame.loc[1, ["x_min", "x_max"]].tolist() == pytest.approx([60 - 16 * 0.5**0.5, 60 + 16 * 0.5**0.5])
    assert frame["fill"][0] == "#203080"


def test_marks_plot_like_their_png():
    from matplotlib.figure import Figure

    figure = Figure(figsize=(3.0, 1.8), dpi=200)
    ax = figure.add_axes((0, 0, 1, 1))
    ax.axis("off")
    opaque = everything()
    drawing = Drawing(opaque.size, (marks([("hexagon", 90, 60, 40, 10, 0)]),), opaque.styles, "#ffffff")
    drawing.plot(ax)
    buffer = io.BytesIO()
    figure.savefig(buffer, dpi=200)
    plotted = np.asarray(Image.open(buffer).convert("RGB")).astype(int)
    assert np.abs(plotted - painted_by_us(drawing)).mean() < 0.5
