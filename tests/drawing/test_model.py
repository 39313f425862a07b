import copy
import io
import pickle
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from vec2art_nb.drawing import Drawing, MarkLayer, PathLayer, Style
from vec2art_nb.errors import DrawingError, Vec2ArtError


def arrays(**changes):
    valid = {
        "name": "lines",
        "points": np.array([[0, 0], [1, 1], [2, 0], [3, 3]], np.float32),
        "codes": np.array([1, 2, 1, 2], np.uint8),
        "offsets": np.array([0, 2, 4], np.int64),
        "styles": np.array([0, 0], np.int32),
        "closed": np.array([False, True]),
    }
    return {**valid, **changes}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"points": np.zeros((4, 2))}, "points must be a float32 array, got float64 array"),
        ({"points": [[0, 0]]}, "points must be a float32 array, got list"),
        ({"points": np.zeros((4, 3), np.float32)}, r"points must have shape \(4, 2\)"),
        ({"points": np.zeros(8, np.float32)}, "points must have shape"),
        ({"points": np.full((4, 2), np.nan, np.float32)}, "points must be finite"),
        ({"points": np.array([[0, 0], [0, np.nan], [0, 0], [0, 0]], np.float32)}, "points must be finite"),
        ({"points": np.full((4, 2), -np.inf, np.float32)}, "points must be finite"),
        ({"points": np.full((4, 2), 2.0**24 + 2, np.float32)}, "within ±16777216 px"),
        ({"codes": np.array([1, 2, 1], np.uint8)}, r"codes must have shape \(4,\)"),
        ({"codes": np.array([1, 2, 1, 79], np.uint8)}, "codes must be 1"),
        ({"codes": np.array([1, 2, 2, 2], np.uint8)}, "must begin with code 1"),
        ({"codes": np.array([1, 4, 1, 2], np.uint8)}, "in threes"),
        ({"codes": np.array([1, 2, 1, 4], np.uint8)}, "in threes"),
        ({"offsets": np.array([0, 2, 3], np.int64)}, "offsets must rise from 0 to the number of points, 4"),
        ({"offsets": np.array([1, 2, 4], np.int64)}, "offsets must rise"),
        ({"offsets": np.array([0, 4, 4], np.int64)}, "offsets must rise"),
        ({"offsets": np.array([0, 4], np.int64)}, r"offsets must have shape \(3,\)"),
        ({"styles": np.array([0, -1], np.int32)}, "styles must not be negative"),
        ({"closed": np.array([0, 1], np.uint8)}, "closed must be a bool array"),
        ({"closed": np.array([True])}, r"closed must have shape \(2,\)"),
    ],
)
def test_arrays_that_make_no_paths_are_refused(changes, message):
    with pytest.raises(DrawingError, match=f"layer 'lines': .*{message}"):
        PathLayer(**arrays(**changes))


def test_curves_come_in_threes_also_across_paths():
    codes = np.array([1, 4, 4, 4, 1, 4, 4, 4, 4, 4, 4], np.uint8)
    layer = PathLayer(
        **arrays(points=np.zeros((11, 2), np.float32), codes=codes, offsets=np.array([0, 4, 11], np.int64))
    )
    assert len(layer) == 2


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"stroke": "red"}, "stroke must be a colour like #1b1b1f"),
        ({"stroke": '#000000" onload="x'}, "stroke must be"),
        ({"stroke": "#000000\n"}, "stroke must be"),
        ({"stroke": None, "fill": "#FFFFFF"}, "fill must be"),
        ({"stroke": "#000000", "width": -1.0}, "width must be"),
        ({"stroke": "#000000", "width": float("nan")}, "width must be"),
        ({"stroke": "#000000", "width": float("inf")}, "width must be"),
        ({"stroke": "#000000", "opacity": 1.1}, "opacity must be between 0 and 1"),
        ({"stroke": "#000000", "opacity": float("nan")}, "opacity must be"),
    ],
)
def test_a_style_that_cannot_be_painted_is_refused(values, message):
    with pytest.raises(DrawingError, match=message):
        Style(**values)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"size": (0, 5)}, "size must be"),
        ({"size": (5, -1)}, "size must be"),
        ({"size": (5, 5), "background": "white"}, "background must be a colour"),
        ({"size": (5, 5), "layers": (PathLayer(**arrays()),)}, "style 0 is used, but there are 0 styles"),
        ({"size": (5, 5), "styles": (Style("#000000"),) * 65_536}, "at most 65535 styles"),
    ],
)
def test_a_drawing_whose_parts_do_not_fit_is_refused(values, message):
    with pytest.raises(DrawingError, match=message) as caught:
        Drawing(**values)
    assert isinstance(caught.value, Vec2ArtError)
    assert isinstance(caught.value, ValueError)


def test_arrays_are_kept_without_a_copy_and_shown_read_only():
    given = arrays()
    layer = PathLayer(**given)
    for name in ("points", "codes", "offsets", "styles", "closed"):
        assert np.shares_memory(getattr(layer, name), given[name])
        assert given[name].flags.writeable, "the giver's own array stays as it was"
        with pytest.raises(ValueError, match="read-only"):
            getattr(layer, name)[0] = 0


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda drawing: pickle.loads(pickle.dumps(drawing))])
def test_a_copy_draws_the_same_and_is_read_only_too(showcase, duplicate):
    twin = duplicate(showcase)
    assert twin.to_svg() == showcase.to_svg()
    assert not twin.layers[0].points.flags.writeable
    assert twin.recipe == showcase.recipe


def test_counts_and_bytes_add_up_over_layers(showcase):
    assert len(showcase) == sum(map(len, showcase.layers)) == 6
    assert showcase.vertices == 27
    assert showcase.nbytes == sum(layer.nbytes for layer in showcase.layers)
    assert showcase.layers[0].nbytes == 20 * 9 + 4 * 8 + 3 * 5


def test_the_repr_is_short_and_has_no_address(showcase):
    assert repr(showcase) == "Drawing(360×300 px, 6 paths, 27 points)"
    assert repr(showcase.layers[0]) == "PathLayer('shapes', 3 paths, 20 points)"


def test_paths_joins_the_layers_in_painting_order(showcase):
    joined = showcase.paths
    assert len(joined) == 6
    assert joined.offsets.tolist() == [0, 5, 13, 20, 22, 23, 27]
    assert joined.styles.tolist() == [0, 1, 2, 3, 3, 4]
    assert joined.closed.tolist() == [True, True, False, False, False, False]
    assert np.array_equal(joined.points, np.concatenate([layer.points for layer in showcase.layers]))
    assert joined is showcase.paths


def test_paths_of_a_drawing_without_layers_is_an_empty_layer():
    paths = Drawing((3, 3)).paths
    assert len(paths) == 0
    assert paths.points.shape == (0, 2)
    assert paths.offsets.tolist() == [0]


def test_the_digest_names_what_is_seen_and_not_how_it_was_made(showcase, recipe):
    digest = showcase.digest()
    assert len(digest) == 32
    assert int(digest, 16)
    assert showcase.with_recipe(None).digest() == digest
    assert (
        Drawing(showcase.size, showcase.layers, showcase.styles, showcase.background, notes=("x",)).digest() == digest
    )
    changed = [
        Drawing(showcase.size, showcase.layers, showcase.styles, "#fffff1"),
        Drawing((360, 301), showcase.layers, showcase.styles, showcase.background),
        Drawing(showcase.size, showcase.layers[:1], showcase.styles, showcase.background),
        Drawing(showcase.size, showcase.layers, (Style("#cc2021"), *showcase.styles[1:]), showcase.background),
    ]
    assert len({digest, *(drawing.digest() for drawing in changed)}) == 5


def test_the_digest_of_a_page_of_another_size_differs_without_a_background():
    assert Drawing((3, 3)).digest() != Drawing((3, 4)).digest()


def test_a_resized_drawing_is_the_same_picture_on_a_larger_page(showcase):
    marks = MarkLayer(
        "marks",
        np.zeros(1, np.uint8),
        np.array([[30, 40]], np.float32),
        np.array([5], np.float32),
        np.zeros(1, np.float32),
        np.zeros(1, np.int32),
    )
    varying = PathLayer(**arrays(), widths=np.array([1, 2, 3, 4], np.float32))
    styles = (Style("#102030", width=1.5), *showcase.styles)
    drawing = Drawing((36, 30), (varying, marks), styles, "#ffffff", showcase.recipe, ("a note",))
    larger = drawing.resized((360, 300))
    assert larger.size == (360, 300)
    np.testing.assert_allclose(larger.paths.points, varying.points * 10)
    np.testing.assert_allclose(larger.paths.widths, varying.widths * 10)
    np.testing.assert_allclose(larger.marks.centers, [[300, 400]])
    np.testing.assert_allclose(larger.marks.radii, [50])
    assert [style.width for style in larger.styles] == pytest.approx([10 * style.width for style in styles])
    assert (larger.background, larger.recipe, larger.notes) == ("#ffffff", showcase.recipe, ("a note",))
    uneven = drawing.resized((72, 30))
    np.testing.assert_allclose(uneven.paths.points, varying.points * [2, 1])
    np.testing.assert_allclose(uneven.marks.radii, [5 * 2**0.5], rtol=1e-6)


def test_a_light_drawing_is_displayed_as_svg_and_where_that_is_not_trusted_as_png(showcase):
    bundle = showcase._repr_mimebundle_(include=None, exclude=None)
    assert set(bundle) == {"text/plain", "image/svg+xml", "image/png"}
    assert bundle["text/plain"] == repr(showcase)
    assert bundle["image/svg+xml"] == showcase.to_svg()
    assert Image.open(io.BytesIO(bundle["image/png"])).size == showcase.size


def test_the_picture_in_a_notebook_is_no_larger_than_a_screen():
    wide = Drawing((5000, 50))
    assert Image.open(io.BytesIO(wide._repr_mimebundle_()["image/png"])).size == (1000, 10)


def test_a_heavy_drawing_is_displayed_as_png(showcase, monkeypatch):
    monkeypatch.setattr("vec2art_nb.drawing.model.SVG_DISPLAY_BYTES", len(showcase.to_svg()) - 1)
    bundle = showcase._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "image/png"}
    assert Image.open(io.BytesIO(bundle["image/png"])).size == showcase.size


def test_importing_drawings_loads_nothing_heavy():
    code = (
        "import sys, vec2art_nb.drawing; print({'numba', 'pandas', 'matplotlib', 'PIL', 'xxhash'} & set(sys.modules))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"
