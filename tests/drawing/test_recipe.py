import gzip
import json
import xml.dom.minidom
import xml.etree.ElementTree as ElementTree
from xml.sax.saxutils import escape

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vec2art_nb.drawing import Drawing, Recipe, open_recipe, recipe
from vec2art_nb.errors import RecipeError, Vec2ArtError

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(st.text(), values, max_size=3),
    max_leaves=6,
)


@pytest.fixture
def svg(recipe):
    return Drawing((9, 9), recipe=recipe).to_svg()


@given(st.dictionaries(st.text(), JSON_VALUES, max_size=4), st.text())
def test_any_recipe_comes_back_from_its_svg(params, backend):
    made = Recipe(backend, params, "f" * 32, (3, 4), "1.2.3")
    assert open_recipe(Drawing((3, 4), recipe=made).to_svg()) == made


@pytest.mark.parametrize("suffix", [".svg", ".svgz"])
def test_a_recipe_comes_back_from_a_file(tmp_path, recipe, suffix):
    path = tmp_path / f"drawing{suffix}"
    Drawing((9, 9), recipe=recipe).save(path)
    assert open_recipe(path) == open_recipe(str(path)) == open_recipe(path.read_bytes()) == recipe


def test_a_recipe_survives_other_programs_that_rewrite_the_file(svg, recipe):
    rewritten = ElementTree.tostring(ElementTree.fromstring(svg), encoding="utf-16")
    pretty = xml.dom.minidom.parseString(svg).toprettyxml(indent="  ")
    doctype = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
    for variant in (rewritten, pretty, "\ufeff  \n" + svg, svg.encode("utf-8-sig"), doctype + svg):
        assert open_recipe(variant) == recipe


def test_tuples_become_lists_at_once_so_that_recipes_compare_equal():
    made = Recipe("edge", {"palette": ("#000000", "#ffffff")}, "0", (1, 1), "0")
    assert made.params == {"palette": ["#000000", "#ffffff"]}


def test_a_recipe_does_not_change_when_the_mapping_it_was_made_from_does():
    params = {"detail": 0.4, "palette": ["#000000"]}
    made = Recipe("edge", params, "0", (1, 1), "0")
    params["detail"] = 0.9
    params["palette"].append("#ffffff")
    assert made.params == {"detail": 0.4, "palette": ["#000000"]}


def test_equal_recipes_give_equal_text_whatever_the_order_of_their_parameters():
    one = Recipe("edge", {"a": 1, "b": 2}, "0", (1, 1), "0")
    other = Recipe("edge", {"b": 2, "a": 1}, "0", (1, 1), "0")
    assert one.to_json() == other.to_json()
    assert Recipe.from_json(one.to_json()) == one


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), np.float32(1)])
def test_a_parameter_that_is_no_json_value_is_refused(value):
    with pytest.raises(RecipeError, match="plain JSON values"):
        Recipe("edge", {"detail": value}, "0", (1, 1), "0")


def entity_bomb():
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE svg [<!ENTITY l0 "lol">{levels}]><svg>&l9;</svg>'


EXTERNAL = '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>'


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("<svg xmlns='http://www.w3.org/2000/svg'/>", "carries no recipe"),
        ("<svg", "not a whole SVG"),
        ("", "cannot read"),
        (b"", "not a whole SVG"),
        (b"\x89PNG\r\n\x1a\n", "not a whole SVG"),
        (b"\x1f\x8b\x08\x00broken", "compressed SVG is damaged"),
        (b"<?xml version='1.0' encoding='klingon'?><svg/>", "not"),
        (entity_bomb(), "internal DTD"),
        (EXTERNAL, "internal DTD"),
        ("no-such-file.svg", "cannot read a recipe from no-such-file.svg: No such file"),
        ("nul\0byte.svg", "cannot read"),
        ("x" * 5000, "cannot read"),
        ("/", "cannot read a recipe from /"),
        (17, "expected the path, text or bytes of an SVG, got int"),
        (None, "got NoneType"),
    ],
)
def test_what_holds_no_recipe_says_why(source, message):
    with pytest.raises(RecipeError, match=message):
        open_recipe(source)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda found: "{", "not JSON"),
        (lambda found: "[" * 100_000, "not JSON"),
        (lambda found: "[]", "expected a JSON object, got list"),
        (lambda found: json.dumps({**found, "format": 2}), "format 2.*update vec2art_nb"),
        (lambda found: json.dumps({**found, "backend": 3}), "backend is missing or not a str"),
        (lambda found: json.dumps({k: v for k, v in found.items() if k != "params"}), "params is missing"),
        (lambda found: json.dumps({**found, "image_size": [1, "2"]}), "image_size"),
        (lambda found: json.dumps({**found, "params": {"detail": float("nan")}}), "plain JSON values"),
    ],
)
def test_a_damaged_recipe_says_what_is_damaged(svg, recipe, change, message):
    damaged = svg.replace(recipe.to_json(), escape(change(json.loads(recipe.to_json()))))
    with pytest.raises(RecipeError, match=message):
        open_recipe(damaged)


def test_a_file_cut_off_anywhere_gives_the_recipe_or_a_clear_error(svg, recipe):
    whole = svg.encode()
    for data in (whole, gzip.compress(whole)):
        for length in range(0, len(data), 7):
            try:
                assert open_recipe(data[:length]) == recipe
            except RecipeError:
                continue


@given(st.binary(max_size=200), st.sampled_from([b"", b"<", b"\x1f\x8b", b"<?xml ", b"<svg>"]))
def test_random_bytes_never_raise_anything_but_our_own_error(data, start):
    with pytest.raises(Vec2ArtError):
        open_recipe(start + data)


def test_a_flood_without_a_recipe_is_stopped(monkeypatch):
    monkeypatch.setattr(recipe, "_MAX_FILE_BYTES", 1 << 20)
    flood = gzip.compress(b"<svg>" + b" " * (4 << 20))
    with pytest.raises(RecipeError, match="no recipe in the first 1 MB"):
        open_recipe(flood)


def test_an_endless_recipe_is_stopped():
    text = f'<svg><recipe xmlns="{recipe.NAMESPACE}">' + "1" * (1 << 21)
    with pytest.raises(RecipeError, match="longer than 1048576 characters"):
        open_recipe(text)
