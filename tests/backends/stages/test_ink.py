"""The ink of strokes, and strokes whose colour changes along them."""

from __future__ import annotations

import numpy as np
import pytest

from vec2art_nb.backends.stages.curves import Curves, Strokes, curves
from vec2art_nb.backends.stages.ink import Ink, InkParams, ink, palette, stroke_layer
from vec2art_nb.backends.stages.palette import NO_PALETTE, PaletteTable
from vec2art_nb.backends.stages.subject import EVERYTHING, Subject
from vec2art_nb.image import open_image

DEFAULTS = InkParams()


def rainbow(width=200, height=20):
    """Red on the left, blue on the right."""
    share = np.linspace(0, 255, width).astype(np.uint8)
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[..., 0], pixels[..., 2] = 255 - share, share
    return open_image(pixels)


def lines(*rows, length=200, closed=False):
    chains = [np.column_stack([np.arange(length) + 0.5, np.full(length, row)]) for row in rows]
    points = np.concatenate(chains).astype(np.float32)
    offsets = np.arange(len(rows) + 1, dtype=np.int64) * length
    return Strokes(points, offsets, np.full(len(rows), closed, np.uint8))


def inked(strokes, source, table=NO_PALETTE, dither="none", background="#ffffff", **values):
    params = DEFAULTS.replaced(**values)
    return ink(
        strokes,
        source,
        table,
        color_source=params.color_source,
        stroke_color=params.stroke_color,
        gradient_stops=params.gradient_stops,
        dither=dither,
        background=background,
    )


def fitted(strokes, smooth=True):
    return curves(strokes, smooth=smooth, simplify_px=0.5, corner_angle_deg=60.0)


def red(colors, styles):
    return [int(colors[style][1:3], 16) for style in styles]


def test_one_ink_is_for_all_and_looks_at_no_picture():
    found = inked(lines(3, 9), None, stroke_color="#123456")
    assert found.colors == ("#123456",)
    assert found.choice.tolist() == [0, 0]
    assert found.stops == 1


def test_one_ink_looks_for_no_palette():
    table = palette(
        None, EVERYTHING, color_source="ink", palette="kmeans", palette_size=8, palette_colors=(), background="#ffffff"
    )
    assert table is NO_PALETTE


@pytest.mark.parametrize("method", ["kmeans", "custom"])
def test_sampled_colours_may_have_a_palette(method):
    table = palette(
        rainbow(), EVERYTHING, color_source="mean", palette=method, palette_size=3,
        palette_colors=("#ff0000", "#0000ff"), background="#ffffff",
    )  # fmt: skip
    assert len(table.colors) == (3 if method == "kmeans" else 2)


def test_the_palette_is_that_of_the_subject_over_the_page():
    pixels = np.zeros((20, 30, 4), np.uint8)
    pixels[:, :10] = (200, 0, 0, 255)
    pixels[:, 10:20] = (0, 0, 200, 255)
    coverage = np.zeros((20, 30), np.uint8)
    coverage[:, 10:] = 255
    table = palette(
        open_image(pixels), Subject(coverage), color_source="mean", palette="kmeans", palette_size=8,
        palette_colors=(), background="#80c080",
    )  # fmt: skip
    assert table.colors.tolist() == [[0, 0, 200], [0x80, 0xC0, 0x80]]


@pytest.mark.parametrize("source", ["mean", "dominant", "gradient"])
def test_below_a_stroke_what_is_transparent_has_the_colour_of_the_page(source):
    glass = open_image(np.zeros((20, 200, 4), np.uint8))
    assert inked(lines(3), glass, background="#80c080", color_source=source).colors == ("#80c080",)


@pytest.mark.parametrize("source", ["mean", "dominant"])
def test_each_stroke_has_the_colour_below_it(source):
    pixels = np.zeros((20, 200, 3), np.uint8)
    pixels[:10] = (200, 0, 0)
    pixels[10:] = (0, 0, 200)
    found = inked(lines(3, 15, 4), open_image(pixels), color_source=source)
    assert [found.colors[choice] for choice in found.choice] == ["#c80000", "#0000c8", "#c80000"]


def test_the_dominant_colour_differs_from_the_mean():
    pixels = np.zeros((20, 200, 3), np.uint8)
    pixels[:, 130:] = 255
    picture = open_image(pixels)
    assert inked(lines(3), picture, color_source="dominant").colors == ("#000000",)
    assert inked(lines(3), picture, color_source="mean").colors != ("#000000",)


def test_a_palette_limits_the_colours_of_strokes():
    table = PaletteTable(np.array([[255, 0, 0], [0, 0, 255]], np.uint8))
    found = inked(lines(3), rainbow(), table, color_source="gradient", gradient_stops=8)
    assert found.colors == ("#ff0000", "#0000ff")
    assert found.choice.tolist() == [0] * 4 + [1] * 4


def test_dithering_mixes_strokes():
    grey = open_image(np.full((400, 40), 188, np.uint8))
    table = PaletteTable(np.array([[0, 0, 0], [255, 255, 255]], np.uint8))
    strokes = lines(*range(2, 400, 4), length=40)
    assert len(set(inked(strokes, grey, table, color_source="mean").choice.tolist())) == 1
    for dither in ("ordered", "diffusion"):
        assert abs(inked(strokes, grey, table, dither, color_source="mean").choice.mean() - 0.5) < 0.06


BLACK_AND_WHITE = PaletteTable(np.array([[0, 0, 0], [255, 255, 255]], np.uint8))


@pytest.mark.parametrize("dither", ["ordered", "diffusion"])
def test_dithering_mixes_along_strokes_that_have_a_gradient(dither):
    grey = open_image(np.full((400, 40), 188, np.uint8))
    found = inked(lines(*range(2, 400, 8), length=40), grey, BLACK_AND_WHITE, dither, color_source="gradient")
    assert len(found.choice) == 200
    assert abs(found.choice.mean() - 0.5) < 0.06


@pytest.mark.parametrize("source", ["mean", "gradient"])
def test_ordered_dithering_of_a_stroke_depends_on_its_place_alone(source):
    """Not on which other strokes there are, nor on the end that it begins at."""
    grey = open_image(np.tile(np.linspace(120, 230, 41).astype(np.uint8), (400, 1)))
    rows = range(2, 400, 5)
    strokes = lines(*rows, length=41)
    parts = 2 if source == "gradient" else 1
    chosen = inked(strokes, grey, BLACK_AND_WHITE, "ordered", color_source=source, gradient_stops=2).choice
    assert set(chosen.tolist()) == {0, 1}
    others = lines(*rows[:-1], length=41)
    some = inked(others, grey, BLACK_AND_WHITE, "ordered", color_source=source, gradient_stops=2)
    np.testing.assert_array_equal(some.choice, chosen[:-parts])
    if source == "mean":
        turned = np.ascontiguousarray(strokes.points.reshape(-1, 41, 2)[:, ::-1]).reshape(-1, 2)
        backwards = Strokes(turned, strokes.offsets, strokes.closed)
        found = inked(backwards, grey, BLACK_AND_WHITE, "ordered", color_source="mean")
        np.testing.assert_array_equal(found.choice, chosen)


@pytest.mark.parametrize("smooth", [True, False])
@pytest.mark.parametrize("stops", [2, 5, 32])
def test_a_gradient_goes_along_the_stroke(stops, smooth):
    strokes = lines(3, 9)
    found = inked(strokes, rainbow(), color_source="gradient", gradient_stops=stops)
    layer = stroke_layer("strokes", fitted(strokes, smooth), found)
    assert len(layer) == 2 * stops
    shades = red(found.colors, layer.styles[:stops])
    assert shades == sorted(shades, reverse=True)
    assert layer.styles[:stops].tolist() == layer.styles[stops:].tolist()
    expected = 255 * (1 - (np.arange(stops) + 0.5) / stops)
    assert np.abs(np.array(shades) - expected).max() < 20
    # Equal lengths, each from where the one before it ended.
    ends = layer.points[layer.offsets[1:] - 1]
    starts = layer.points[layer.offsets[:-1]]
    np.testing.assert_allclose(np.hypot(*(ends - starts).T), 199 / stops, rtol=0.01)
    np.testing.assert_array_equal(starts[1:stops], ends[: stops - 1])


def test_one_colour_is_one_path_whatever_the_number_of_stops():
    strokes = lines(3)
    plain = open_image(np.full((20, 200, 3), (9, 99, 199), np.uint8))
    found = inked(strokes, plain, color_source="gradient", gradient_stops=9)
    layer = stroke_layer("strokes", fitted(strokes), found)
    assert len(layer) == 1
    assert found.colors == ("#0963c7",)


def circle(turned=0):
    angle = np.arange(300) / 300 * 2 * np.pi
    points = np.column_stack([100 + 60 * np.cos(angle), 100 + 60 * np.sin(angle)])
    return Strokes(np.roll(points, turned, axis=0).astype(np.float32), np.array([0, 300]), np.ones(1, np.uint8))


def test_a_loop_of_several_colours_is_opened_and_one_of_one_colour_stays_closed():
    strokes = circle()
    layer = stroke_layer("x", fitted(strokes), inked(strokes, rainbow(200, 200), color_source="gradient"))
    assert len(layer) == 4
    assert not layer.closed.any()
    np.testing.assert_allclose(layer.points[0], layer.points[-1], atol=0.1)
    plain = open_image(np.zeros((200, 200), np.uint8))
    layer = stroke_layer("x", fitted(strokes), inked(strokes, plain, color_source="gradient"))
    assert layer.closed.tolist() == [True]


def three_sides():
    """A square whose closing side has no points."""
    side = np.arange(0, 60)
    sides = [(20 + side, 20 + 0 * side), (80 + 0 * side, 20 + side), (80 - side, 80 + 0 * side), ([20], [80])]
    points = np.concatenate([np.column_stack(side) for side in sides]).astype(np.float32)
    return Strokes(points, np.array([0, len(points)]), np.ones(1, np.uint8))


def test_the_closing_side_of_a_loop_is_a_part_of_it():
    strokes = three_sides()
    found = inked(strokes, rainbow(100, 100), color_source="gradient", gradient_stops=4)
    # The last point of the chain is the nearest to the middle of the side that has none.
    np.testing.assert_allclose(found.middles[:3], [[50, 20], [80, 50], [50, 80]], atol=1)
    colors = ("#000000", "#ff0000", "#00ff00", "#0000ff")
    middles = np.array([[50, 20], [80, 50], [50, 80], [20, 50]], np.float32)
    four = Ink(colors, np.arange(4, dtype=np.int32), 4, middles)
    layer = stroke_layer("x", fitted(strokes, smooth=False), four)
    assert layer.styles.tolist() == [0, 1, 2, 3]
    ends = np.stack([layer.points[layer.offsets[:-1]], layer.points[layer.offsets[1:] - 1]])
    np.testing.assert_allclose(ends.mean(axis=0), middles, atol=1)


def test_a_path_takes_the_colour_that_is_nearest_as_the_crow_flies():
    # 5 px off, 3 across and 4 down, is nearer than 5.6 px straight down; by way of a grid it would be farther.
    middles = np.array([[103, 54], [100, 55.6], [203, 54], [200, 55.6]], np.float32)
    colors = Ink(("#000000", "#ff0000"), np.array([0, 1, 0, 1], np.int32), 2, middles)
    specks = [np.array([[x - 0.2, 50], [x + 0.2, 50]]) for x in (100, 200)]
    chains = Strokes(np.concatenate(specks).astype(np.float32), np.array([0, 2, 4]), np.zeros(2, np.uint8))
    assert stroke_layer("x", fitted(chains, smooth=False), colors).styles.tolist() == [0, 0]


@pytest.mark.parametrize("moved", ["as it is", "backwards", "begun elsewhere"])
def test_a_path_finds_its_colours_by_place(moved):
    """A hand may draw a stroke from its other end, and a closed curve may begin elsewhere than its chain."""
    strokes = circle()
    found = inked(strokes, rainbow(200, 200), color_source="gradient", gradient_stops=8)
    if moved == "backwards":
        drawn = Strokes(strokes.points[::-1].copy(), strokes.offsets, strokes.closed)
    else:
        drawn = circle(100) if moved == "begun elsewhere" else strokes
    layer = stroke_layer("x", fitted(drawn, smooth=False), found)
    shades = np.array(red(found.colors, layer.styles))
    middles = np.array([layer.points[first:last].mean(0)[0] for first, last in zip(layer.offsets, layer.offsets[1:])])  # noqa: B905
    assert np.abs(shades - 255 * (1 - middles / 200)).max() < 45


def test_widths_are_cut_with_the_curve():
    strokes = lines(3)
    plain = fitted(strokes)
    widths = np.linspace(1, 5, len(plain.points)).astype(np.float32)
    drawn = Curves(plain.points, plain.codes, plain.offsets, plain.closed, plain.strokes, widths)
    layer = stroke_layer("x", drawn, inked(strokes, rainbow(), color_source="gradient"))
    assert layer.widths is not None
    assert layer.widths[0] == 1
    assert layer.widths[-1] == pytest.approx(5, abs=1e-5)
    ends = layer.offsets[1:-1]
    np.testing.assert_array_equal(layer.widths[ends], layer.widths[ends - 1])


def test_without_a_gradient_the_layer_is_the_curves_themselves():
    strokes = lines(3, 9)
    drawn = fitted(strokes)
    layer = stroke_layer("x", drawn, Ink(("#000000", "#ff0000"), np.array([1, 0], np.int32)))
    assert layer.styles.tolist() == [1, 0]
    assert np.shares_memory(layer.points, drawn.points)


def test_without_a_gradient_paths_keep_widths_and_ends_and_the_colour_of_their_stroke():
    drawn = fitted(lines(3, 9, 15, closed=True))
    widths = np.linspace(1, 2, len(drawn.points)).astype(np.float32)
    strokes = np.array([2, 2, 0], np.int32)
    shared = Curves(drawn.points, drawn.codes, drawn.offsets, np.array([True, False, True]), strokes, widths)
    layer = stroke_layer("x", shared, Ink(("#000000", "#ff0000"), np.array([0, 0, 1], np.int32)))
    assert layer.styles.tolist() == [1, 1, 0]
    assert layer.closed.tolist() == [True, False, True]
    np.testing.assert_array_equal(layer.widths, widths)


def test_a_stroke_that_is_drawn_twice_has_its_colours_twice():
    strokes = lines(3, 9)
    one = fitted(strokes)
    twice = Curves(
        np.concatenate([one.points] * 2),
        np.concatenate([one.codes] * 2),
        np.concatenate([one.offsets, one.offsets[1:] + one.offsets[-1]]),
        np.concatenate([one.closed] * 2),
        np.concatenate([one.strokes] * 2),
    )
    layer = stroke_layer("x", twice, inked(strokes, rainbow(), color_source="gradient"))
    assert layer.styles[:8].tolist() == layer.styles[8:].tolist()


@pytest.mark.parametrize("source", ["ink", "mean", "dominant", "gradient"])
def test_no_strokes_are_no_trouble(source):
    nothing = Strokes(np.empty((0, 2), np.float32), np.zeros(1, np.int64), np.empty(0, np.uint8))
    found = inked(nothing, rainbow(), color_source=source)
    assert len(found.choice) == 0
    assert len(stroke_layer("x", fitted(nothing), found)) == 0


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_shortest_strokes_have_gradients_too(count):
    strokes = lines(3, 9, length=count)
    found = inked(strokes, rainbow(), color_source="gradient", gradient_stops=6)
    assert len(found.choice) == 12
    assert len(stroke_layer("x", fitted(strokes, smooth=False), found)) >= 2


def test_what_needs_a_sampled_colour_says_so():
    assert DEFAULTS.active("palette") == "needs color_source = mean or dominant or gradient"
    assert DEFAULTS.active("gradient_stops") == "needs color_source = gradient"
    assert DEFAULTS.active("stroke_color") is None
    assert DEFAULTS.replaced(palette="kmeans").active("dither") == "needs color_source = mean or dominant or gradient"
    sampled = DEFAULTS.replaced(color_source="mean", palette="kmeans")
    assert sampled.active("stroke_color") == "needs color_source = ink"
    assert [sampled.active(name) for name in ("palette", "palette_size", "dither")] == [None] * 3
