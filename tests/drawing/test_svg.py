import json
import re
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vec2art_nb.drawing import Drawing, Recipe, Style
from vec2art_nb.errors import ParameterError

SVG = "{http://www.w3.org/2000/svg}"


def path_elements(svg):
    return list(ElementTree.fromstring(svg).iter(f"{SVG}path"))


def expected_subpaths(layer):
    """Subpaths of a layer as the arrays say them, with exact coordinates."""
    points = [tuple(Fraction(float(value)) for value in point) for point in layer.points]
    for path in range(len(layer)):
        begin, end = layer.offsets[path : path + 2].tolist()
        subpath = None
        while begin < end:
            code = layer.codes[begin]
            size = 3 if code == 4 else 1
            segment = points[begin : begin + size]
            begin += size
            if code == 1:
                if subpath:
                    yield subpath
                subpath = (segment[0], [], bool(layer.closed[path]))
            else:
                subpath[1].append(segment)
        yield subpath


def on_grid(subpath, precision):
    """What the format allows to be left out, left out, with coordinates in steps of the grid."""
    steps = 10**precision
    start, segments, closed = subpath
    start = tuple(round(value * steps) for value in start)
    pen, kept = start, []
    for segment in segments:
        segment = [tuple(round(value * steps) for value in point) for point in segment]
        if set(segment) != {pen}:
            kept.append(segment)
            pen = segment[-1]
    if closed and len(kept) > 1 and kept[-1] == [start]:
        kept.pop()
    return start, kept, closed and bool(kept)


@given(data=st.data(), precision=st.integers(0, 4))
def test_what_is_read_back_is_what_was_drawn_within_half_a_step(data, precision, drawings, path_data):
    drawing = data.draw(drawings)
    found = [subpath for element in path_elements(drawing.to_svg(precision)) for subpath in path_data(element.get("d"))]
    expected = [subpath for layer in drawing.layers for subpath in expected_subpaths(layer)]
    assert len(found) == len(expected)
    for read, drawn in zip(found, expected, strict=True):
        # Dots are written as a line of no length.
        assert on_grid(read, precision) == on_grid(drawn, precision)
        for axis in (0, 1):
            assert abs(read[0][axis] - drawn[0][axis]) <= Fraction(1, 2 * 10**precision)
        assert read[1], "a lone move paints nothing"


@given(data=st.data())
def test_every_drawing_is_well_formed_and_finite(data, drawings):
    svg = data.draw(drawings).to_svg()
    root = ElementTree.fromstring(svg)
    assert root.tag == f"{SVG}svg"
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {"svg", "title", "desc", "rect", "g", "path"}
    for element in path_elements(svg):
        assert not re.search("nan|inf|e", element.get("d"))


def test_the_root_says_size_clips_and_is_an_image_for_screen_readers(showcase):
    root = ElementTree.fromstring(showcase.to_svg())
    assert root.attrib == {
        "width": "360",
        "height": "300",
        "viewBox": "0 0 360 300",
        "overflow": "hidden",
        "role": "img",
    }
    assert [child.tag.removeprefix(SVG) for child in root] == ["title", "desc", "metadata", "rect", "g"]
    assert root.findtext(f"{SVG}title") == "edge drawing"
    assert root.findtext(f"{SVG}desc") == "360 x 300 px, 6 paths, 27 points."
    assert root.find(f"{SVG}rect").attrib == {"width": "360", "height": "300", "fill": "#fffff0"}


def test_no_element_has_an_id_so_that_many_fit_in_one_page(showcase):
    assert not any("id" in element.attrib for element in ElementTree.fromstring(showcase.to_svg()).iter())


def test_the_page_is_painted_only_when_there_is_one():
    assert "<rect" not in Drawing((4, 4)).to_svg()
    assert '<rect width="4" height="4" fill="#ff0000"/>' in Drawing((4, 4), background="#ff0000").to_svg()


def test_a_drawing_without_paths_is_a_valid_svg(layer):
    for drawing in (Drawing((5, 6)), Drawing((5, 6), (layer([]),)), Drawing((5, 6), (layer([]), layer([])))):
        assert not path_elements(drawing.to_svg())


def test_one_element_per_run_of_a_style_in_painting_order(layer, polyline):
    paths = [polyline((x, 0), (x, 5)) for x in range(6)]
    styles = (Style("#000000"), Style("#ff0000"))
    elements = path_elements(Drawing((9, 9), (layer(paths, [0, 0, 1, 1, 0, 1]),), styles).to_svg())
    assert [element.get("stroke") for element in elements] == ["#000000", "#ff0000", "#000000", "#ff0000"]
    assert [element.get("d") for element in elements] == ["m0 0v5m1-5v5", "m2 0v5m1-5v5", "m4 0v5", "m5 0v5"]


def test_attributes_that_all_styles_share_stand_on_the_group_but_opacity_never(layer, polyline):
    paths = [polyline((0, 0), (5, 5))] * 2
    styles = (Style("#000000", None, 1.25, 0.5), Style("#ff0000", None, 1.25, 0.5))
    svg = Drawing((9, 9), (layer(paths, [0, 1]),), styles).to_svg()
    group = ElementTree.fromstring(svg).find(f"{SVG}g")
    assert group.attrib == {
        "fill": "none",
        "stroke-width": "1.25",
        "stroke-linecap": "round",
        "stroke-linejoin": "round",
    }
    attributes = [{**element.attrib} for element in path_elements(svg)]
    assert attributes == [
        {"stroke": "#000000", "opacity": ".5", "d": "m0 0 5 5"},
        {"stroke": "#ff0000", "opacity": ".5", "d": "m0 0 5 5"},
    ]


def test_a_style_that_only_fills_has_no_stroke_among_styles_that_have_one(layer, polyline):
    styles = (Style("#000000", None, 2.0), Style(None, "#00ff00"))
    svg = Drawing((9, 9), (layer([polyline((0, 0), (5, 5))] * 2, [0, 1]),), styles).to_svg()
    assert [element.get("stroke") for element in path_elements(svg)] == ["#000000", "none"]
    assert [element.get("fill") for element in path_elements(svg)] == ["none", "#00ff00"]


def test_several_layers_are_named_groups_and_hostile_names_are_escaped(layer, polyline):
    names = ['"><script>', "b&'\"\x00\ud800"]
    layers = tuple(layer([polyline((0, 0), (5, 5))], name=name) for name in names)
    root = ElementTree.fromstring(Drawing((9, 9), layers, (Style("#000000"),)).to_svg())
    label = "{http://www.inkscape.org/namespaces/inkscape}label"
    labels = [group.get(label) for group in root.iter(f"{SVG}g") if label in group.attrib]
    assert labels == ['"><script>', "b&'\"\ufffd\ufffd"]


def test_hostile_text_in_recipe_and_notes_stays_text():
    hostile = "</metadata></desc>]]><script>alert(1)</script>&\x00\ud800é"
    recipe = Recipe(hostile, {hostile: hostile}, "0" * 32, (9, 9), "0")
    root = ElementTree.fromstring(Drawing((9, 9), recipe=recipe, notes=(hostile,)).to_svg_bytes())
    assert not list(root.iter(f"{SVG}script"))
    text = root.find(f"{SVG}metadata")[0].text
    assert json.loads(text)["params"] == {hostile: hostile}
    assert "<script>" in root.findtext(f"{SVG}desc")


@pytest.mark.parametrize("precision", [-1, 5, 1.5, None, "2"])
def test_a_precision_that_does_not_exist_is_refused(showcase, precision):
    with pytest.raises(ParameterError, match="precision must be 0 … 4"):
        showcase.to_svg(precision)


def test_the_bytes_are_the_same_whoever_writes_them(showcase, layer):
    twin = Drawing(
        showcase.size, showcase.layers, showcase.styles, showcase.background, showcase.recipe, showcase.notes
    )
    with ThreadPoolExecutor(4) as pool:
        results = set(pool.map(lambda drawing: drawing.to_svg_bytes(), [showcase, twin] * 8))
    assert len(results) == 1
    assert results.pop().decode() == showcase.to_svg()


def test_strided_and_foreign_order_arrays_are_drawn_as_what_they_hold(layer, polyline):
    from vec2art_nb.drawing import PathLayer

    plain = layer([polyline((0, 0), (5, 5), (7, 1))])
    wide = np.zeros((3, 4), np.float32)
    wide[:, ::2] = plain.points
    strided = PathLayer("lines", wide[:, ::2], plain.codes, plain.offsets, plain.styles, plain.closed)
    styles = (Style("#000000"),)
    assert Drawing((9, 9), (strided,), styles).to_svg() == Drawing((9, 9), (plain,), styles).to_svg()
