"""A parameter is declared once, and a declaration that cannot work is refused when its class is made."""

from __future__ import annotations

import json
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vec2art_nb.errors import DeclarationError, ParameterError, UnknownParameterError
from vec2art_nb.params import Color, Palette, ParamModel, Params, param
from vec2art_nb.params.checks import RESERVED_NAMES


def declared(annotation: Any, *arguments: Any, name: str = "thing", **options: Any) -> type[Params]:
    """A class with one parameter."""
    options.setdefault("group", "Group")
    value = param(*arguments, **options)
    return type("Made", (Params,), {"__annotations__": {name: annotation}, "__module__": __name__, name: value})


# --- what a declaration gives -----------------------------------------------------------------------------------------


def test_parameters_come_in_the_order_of_their_declaration(edge_params):
    assert list(edge_params.parameters())[:4] == ["detail", "blur_sigma", "denoise", "denoise_radius_px"]


def test_a_parameter_knows_all_that_was_declared(edge_params):
    blur = edge_params.parameters()["blur_sigma"]
    assert (blur.name, blur.kind, blur.default, blur.help, blur.group) == (
        "blur_sigma",
        "float",
        1.2,
        "Blur first.",
        "Edges",
    )
    assert (blur.ge, blur.gt, blur.le, blur.lt, blur.soft, blur.step, blur.unit) == (
        0,
        None,
        20,
        None,
        (0.0, 5.0),
        0.05,
        "px",
    )
    assert edge_params.parameters()["denoise"].choices == ("none", "bilateral")
    assert edge_params.parameters()["denoise_radius_px"].needs == {"denoise": ("bilateral",)}


def test_each_annotation_has_its_kind(edge_params, dots_params):
    kinds = {name: one.kind for name, one in {**edge_params.parameters(), **dots_params.parameters()}.items()}
    assert kinds["detail"] == "float"
    assert kinds["seed"] == "int"
    assert kinds["smooth"] == "bool"
    assert kinds["denoise"] == kinds["connectivity"] == "choice"
    assert kinds["background"] == "color"
    assert kinds["inks"] == "palette"


def test_a_label_is_the_name_without_underscores_and_unit(edge_params):
    labels = {name: one.label for name, one in edge_params.parameters().items()}
    assert labels["min_length_px"] == "min length"
    assert labels["corner_angle_deg"] == "corner angle"
    assert labels["blur_sigma"] == "blur sigma"
    area = declared(float, 1.0, "Help.", ge=0, le=9, unit="px²", name="min_size_px2")
    assert area.parameters()["min_size_px2"].label == "min size"
    assert declared(bool, True, "Help.", label="Own name").parameters()["thing"].label == "Own name"


@pytest.mark.parametrize(
    ("soft", "step"),
    [((0, 1), 0.01), ((0, 5), 0.05), ((0.1, 8), 0.05), ((0, 180), 1.0), ((0, 2e-3), 2e-5), ((0, 6e-4), 5e-6)],
)
def test_a_step_left_out_is_a_round_hundredth_of_the_slider(soft, step):
    assert declared(float, soft[0], "Help.", soft=soft).parameters()["thing"].step == step


def test_a_slider_spans_the_hard_range_when_no_soft_one_is_given(edge_params):
    assert edge_params.parameters()["detail"].soft == (0.0, 1.0)
    assert edge_params.parameters()["denoise_radius_px"].soft == (1, 9)
    assert edge_params.parameters()["denoise_radius_px"].step == 1


def test_the_json_schema_carries_what_a_control_needs(edge_params, dots_params):
    schema = edge_params.model_json_schema()
    assert json.loads(json.dumps(schema)) == schema
    blur = schema["properties"]["blur_sigma"]
    assert blur["group"] == "Edges"
    assert blur["soft"] == [0.0, 5.0]
    assert blur["step"] == 0.05
    assert blur["unit"] == "px"
    assert (blur["minimum"], blur["maximum"], blur["default"], blur["type"]) == (0, 20, 1.2, "number")
    assert schema["properties"]["denoise"]["enum"] == ["none", "bilateral"]
    assert schema["properties"]["stroke_color"]["needs"] == {"color_source": ["ink"]}
    assert schema["additionalProperties"] is False
    assert dots_params.model_json_schema()["properties"]["inks"]["default"] == ["#000000", "#ff0000"]
    assert dots_params.model_json_schema()["properties"]["background"]["format"] == "color"


def test_a_class_inherits_parameters_and_adds_its_own(edge_params):
    class More(edge_params):
        extra: int = param(1, "More.", group="More", ge=0, le=3)
        detail: float = param(0.1, "Less.", group="Edges", ge=0, le=0.5)

    assert More.parameters()["extra"].default == 1
    assert More().detail == 0.1
    assert edge_params().detail == 0.4
    with pytest.raises(ParameterError, match=r"between 0 and 0\.5"):
        More(detail=0.9)


def test_defaults_are_brought_to_normal_form(dots_params):
    assert dots_params().inks == ("#000000", "#ff0000")
    assert dots_params().background == dots_params.parameters()["background"].default == "#ffffff"


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "annotation", [str, complex, bytes, list, dict, np.ndarray, float | None, tuple[int, ...], Any]
)
def test_another_annotation_is_refused(annotation):
    with pytest.raises(DeclarationError, match=r"Made\.thing: .* is no kind of parameter; annotate it with bool, int"):
        declared(annotation, 1, "Help.")


def test_an_annotation_that_cannot_be_resolved_is_refused():
    with pytest.raises(DeclarationError, match=r"Later.*imported where the class is made"):

        class Lost(Params):
            thing: Later = param(1, "Help.", group="Group")  # noqa: F821


def test_a_field_without_param_is_refused():
    with pytest.raises(DeclarationError, match=r"Bare\.thing: declare it with param\("):

        class Bare(Params):
            thing: int = 3


REFUSED: list[tuple[str, Any, tuple[Any, ...], dict[str, Any]]] = [
    ("give it a help", int, (1, " "), {"ge": 0, "le": 3}),
    ("give it a group", int, (1, "Help."), {"ge": 0, "le": 3, "group": ""}),
    ("default 7 must be between 0 and 3", int, (7, "Help."), {"ge": 0, "le": 3}),
    ("default 0.0 must be above 0 and at most 3 px", float, (0.0, "Help."), {"gt": 0, "le": 3, "unit": "px"}),
    ("default nan must be", float, (float("nan"), "Help."), {"soft": (0, 1)}),
    ("default 0.5 is of another kind", int, (0.5, "Help."), {"ge": 0, "le": 3}),
    ("default 'c' is of another kind", Literal["a", "b"], ("c", "Help."), {}),
    ("default 'blurple' is of another kind", Color, ("blurple", "Help."), {}),
    (r"default \(\) is of another kind", Palette, ((), "Help."), {}),
    ("give it a default", int, (..., "Help."), {"ge": 0, "le": 3}),
    ("reaches outside the hard range, between 0 and 3", float, (1, "Help."), {"ge": 0, "le": 3, "soft": (0, 4)}),
    ("reaches outside the hard range, above 0", float, (1, "Help."), {"gt": 0, "soft": (0, 4)}),
    (r"soft=\(3, 1\) is empty", float, (1, "Help."), {"soft": (3, 1)}),
    ("soft must be two numbers", float, (1, "Help."), {"soft": (3,)}),
    ("soft must be two numbers", int, (1, "Help."), {"soft": (0, 0.5)}),
    ("lies outside soft", float, (7, "Help."), {"ge": 0, "soft": (0, 5)}),
    ("a slider needs two ends", float, (1, "Help."), {"ge": 0}),
    ("a slider needs two ends", float, (1, "Help."), {"gt": 0, "le": 3}),
    ("step 0.0 must be above 0", float, (1, "Help."), {"ge": 0, "le": 3, "step": 0}),
    ("step 4.0 must be above 0 and within", float, (1, "Help."), {"ge": 0, "le": 3, "step": 4}),
    ("step 0.5 is of another kind", int, (1, "Help."), {"ge": 0, "le": 3, "step": 0.5}),
    ("its range is empty: 3 is not below 0", float, (1, "Help."), {"ge": 3, "le": 0}),
    ("ge and gt say the same thing", float, (1, "Help."), {"ge": 0, "gt": 0, "le": 3}),
    ("le and lt say the same thing", float, (1, "Help."), {"ge": 0, "lt": 4, "le": 3}),
    ("le must be a finite number, got inf", float, (1, "Help."), {"ge": 0, "le": float("inf")}),
    ("ge of a whole number must be whole", int, (1, "Help."), {"ge": 0.5, "le": 3}),
    ("only numbers have ge, soft, unit", bool, (True, "Help."), {"ge": 0, "soft": (0, 1), "unit": "px"}),
    ("only numbers have step", Color, ("red", "Help."), {"step": 1}),
    ("all strings or all whole numbers", Literal["a", 1], ("a", "Help."), {}),
    ("all strings or all whole numbers", Literal[True, False], (True, "Help."), {}),
    ("it needs 'other', and there are: thing", bool, (True, "Help."), {"needs": {"other": 1}}),
    ("needs must be a mapping", bool, (True, "Help."), {"needs": ["other"]}),
    ("it needs itself in the end", bool, (True, "Help."), {"needs": {"thing": True}}),
]


@pytest.mark.parametrize(("message", "annotation", "arguments", "options"), REFUSED)
def test_a_declaration_that_cannot_work_is_refused(message, annotation, arguments, options):
    with pytest.raises(DeclarationError, match=message):
        declared(annotation, *arguments, **options)


@pytest.mark.parametrize(
    ("needs", "message"),
    [
        ({"denois": "bilateral"}, "needs 'denois', and did you mean 'denoise'?"),
        ({"denoise": "median"}, "needs denoise = 'median', which denoise can never be"),
        ({"smooth": "yes"}, "needs smooth = 'yes', which smooth can never be"),
        ({"denoise_radius_px": 20}, "needs denoise_radius_px = 20, which"),
        ({"detail": 0.5}, "it needs detail, a float"),
        ({"denoise": ()}, "no value of it is named"),
    ],
)
def test_needs_must_name_what_there_is_and_values_it_can_have(edge_params, needs, message):
    with pytest.raises(DeclarationError, match=message.replace("?", r"\?")):

        class Needy(edge_params):
            thing: bool = param(True, "Help.", group="Group", needs=needs)


def test_needs_in_a_circle_are_refused():
    with pytest.raises(DeclarationError, match="circle"):

        class Circle(Params):
            one: bool = param(True, "Help.", group="Group", needs={"two": True})
            two: bool = param(True, "Help.", group="Group", needs={"three": True})
            three: bool = param(True, "Help.", group="Group", needs={"one": True})


@pytest.mark.filterwarnings("ignore:Field name")  # pydantic warns besides
@pytest.mark.parametrize("name", sorted({"backend", "undo", "image", "output", "parameters", "model_dump", "self"}))
def test_a_name_that_is_taken_is_refused(name):
    with pytest.raises((DeclarationError, NameError), match=name):
        declared(bool, True, "Help.", name=name)


def test_a_switch_is_not_named_by_its_absence():
    with pytest.raises(DeclarationError, match="no_page: name the switch"):
        declared(bool, True, "Help.", name="no_page")


def test_every_attribute_of_the_model_is_reserved():
    public = {name for name in dir(ParamModel({"bare": Params}, "bare")) if not name.startswith("_")}
    assert public <= RESERVED_NAMES


# --- values -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_value", "kept"),
    [
        ({"detail": np.float32(0.5)}, 0.5),
        ({"detail": 1}, 1.0),
        ({"detail": np.int64(1)}, 1.0),
        ({"detail": np.array(0.25)}, 0.25),
        ({"detail": -0.0}, 0.0),
        ({"denoise_radius_px": np.int64(3)}, 3),
        ({"denoise_radius_px": np.uint8(3)}, 3),
        ({"denoise_radius_px": 3.0}, 3),
        ({"smooth": np.bool_(False)}, False),
        ({"denoise": np.str_("bilateral")}, "bilateral"),
        ({"stroke_color": "#ABC"}, "#aabbcc"),
        ({"stroke_color": " RebeccaPurple "}, "#663399"),
        ({"stroke_color": (255, np.uint8(0), 16)}, "#ff0010"),
        ({"stroke_color": np.array([1, 2, 3])}, "#010203"),
    ],
)
def test_values_are_kept_in_normal_form(edge_params, given_value, kept):
    (name,) = given_value
    value = getattr(edge_params(**given_value), name)
    assert type(value) is type(kept)
    assert repr(value) == repr(kept)


NAN = float("nan")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"blur_sigma": NAN},
            "blur_sigma must be between 0 and 20 px, got nan; leave it out for the default 1.2",
        ),
        ({"blur_sigma": 20.01}, "blur_sigma must be between 0 and 20 px, got 20.01; leave it out for the default 1.2"),
        ({"blur_sigma": "1"}, "blur_sigma must be a number between 0 and 20 px, got '1'; leave it out for the"),
        ({"blur_sigma": True}, "blur_sigma must be a number between 0 and 20 px, got True"),
        ({"blur_sigma": None}, "blur_sigma must be a number between 0 and 20 px, got None"),
        ({"blur_sigma": 10**400}, "blur_sigma must be between 0 and 20 px, got 1000"),
        ({"blur_sigma": np.float32(NAN)}, "blur_sigma must be between 0 and 20 px, got nan"),
        ({"blur_sigma": np.zeros((2, 2))}, "got an array of shape (2, 2)"),
        ({"blur_sigma": 1j}, "blur_sigma must be a number between 0 and 20 px, got 1j"),
        ({"min_length_px": -1}, "min_length_px must be at least 0 px, got -1"),
        ({"min_length_px": float("inf")}, "min_length_px must be a finite number at least 0 px, got inf"),
        ({"stroke_width": 0}, "stroke_width must be above 0 px, got 0"),
        ({"denoise_contrast": 0}, "denoise_contrast must be above 0 and at most 100 L*, got 0"),
        ({"denoise_radius_px": 2.5}, "denoise_radius_px must be a whole number between 1 and 9 px, got 2.5"),
        ({"denoise_radius_px": 10}, "denoise_radius_px must be between 1 and 9 px, got 10"),
        ({"denoise_radius_px": NAN}, "denoise_radius_px must be a whole number"),
        ({"denoise_radius_px": 10**400}, "a whole number below 2**53 in size between 1 and 9 px"),
        ({"denoise_radius_px": "3"}, "denoise_radius_px must be a whole number between 1 and 9 px, got '3'"),
        ({"smooth": "yes"}, "smooth must be True or False, got 'yes'; leave it out for the default True"),
        ({"smooth": 1}, "smooth must be True or False, got 1"),
        ({"denoise": "median"}, "denoise must be one of 'none', 'bilateral', got 'median'"),
        ({"denoise": ["none"]}, "denoise must be one of 'none', 'bilateral', got ['none']"),
        ({"stroke_color": "inky"}, "stroke_color must be a colour ('#rgb', '#rrggbb', a CSS name"),
        ({"stroke_color": "#12345"}, "stroke_color must be a colour"),
        ({"stroke_color": "#ffffff00"}, "stroke_color must be a colour"),
        ({"stroke_color": "url(javascript:x)"}, "stroke_color must be a colour"),
        ({"stroke_color": (1, 2)}, "stroke_color must be a colour"),
        ({"stroke_color": (1, 2, 256)}, "stroke_color must be a colour"),
        ({"stroke_color": (0.1, 0.2, 0.3)}, "stroke_color must be a colour"),
        ({"stroke_color": (True, 2, 3)}, "stroke_color must be a colour"),
        ({"stroke_color": b"abc"}, "stroke_color must be a colour"),
    ],
)
def test_a_value_that_cannot_be_had_is_refused_in_one_sentence(edge_params, values, message):
    with pytest.raises(ParameterError) as caught:
        edge_params(**values)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not isinstance(caught.value, UnknownParameterError)


@pytest.mark.parametrize("inks", [(), "red", ("red", "rod"), None, 3])
def test_a_palette_is_a_sequence_of_colours(dots_params, inks):
    with pytest.raises(ParameterError, match="inks must be a sequence of at least one colour"):
        dots_params(inks=inks)


def test_a_choice_between_numbers_stays_one(dots_params):
    assert dots_params(connectivity=np.int64(4)).connectivity == 4
    for wrong in (True, "8", 5):
        with pytest.raises(ParameterError, match="connectivity must be one of 4, 8"):
            dots_params(connectivity=wrong)


def test_true_is_not_the_choice_one():
    layers = declared(Literal[1, 2], 1, "Help.")
    assert layers(thing=2).thing == 2
    with pytest.raises(ParameterError, match="thing must be one of 1, 2, got True"):
        layers(thing=True)


def test_a_long_value_is_cut_short_in_the_message(edge_params):
    with pytest.raises(ParameterError) as caught:
        edge_params(detail="x" * 5000)
    assert len(str(caught.value)) < 200


def test_a_value_whose_repr_fails_is_still_refused(edge_params):
    class Broken:
        def __repr__(self):
            raise RuntimeError

    with pytest.raises(ParameterError, match="got a value of type Broken"):
        edge_params(detail=Broken())


def test_every_wrong_value_gets_its_own_line(edge_params):
    with pytest.raises(ParameterError) as caught:
        edge_params(detail=2, blur_sigma=NAN)
    first, second = str(caught.value).split("\n")
    assert first.startswith("detail must be between 0 and 1, got 2")
    assert second.startswith("blur_sigma must be")


def test_an_unknown_name_suggests_the_nearest(edge_params):
    with pytest.raises(UnknownParameterError, match=r"there is no parameter 'blur_sigm'; did you mean 'blur_sigma'\?"):
        edge_params(blur_sigm=1)
    with pytest.raises(UnknownParameterError, match="there are: detail, blur_sigma"):
        edge_params().replaced(xyzzy=1)
    with pytest.raises(UnknownParameterError, match="'self'"):
        edge_params().replaced(self=1)


def test_replaced_checks_what_it_changes(edge_params):
    before = edge_params(detail=0.6)
    after = before.replaced(blur_sigma=2)
    assert (before.blur_sigma, after.blur_sigma, after.detail) == (1.2, 2.0, 0.6)
    with pytest.raises(ParameterError):
        before.replaced(blur_sigma=-1)


def test_a_backends_own_check_speaks_for_itself():
    from pydantic import field_validator, model_validator

    class Own(Params):
        low: int = param(1, "Low.", group="Group", ge=0, le=9)
        high: int = param(2, "High.", group="Group", ge=0, le=9)

        @field_validator("low")
        @classmethod
        def _even(cls, value: int) -> int:
            if value == 5:
                raise ValueError("must not be five")
            return value

        @model_validator(mode="after")
        def _ordered(self) -> Own:
            if self.low > self.high:
                raise ValueError("low must not be above high")
            return self

    with pytest.raises(ParameterError, match=r"^low must not be five, got 5; leave it out for the default 1$"):
        Own(low=5, high=6)
    with pytest.raises(ParameterError, match=r"^low must not be above high$"):
        Own(low=3)


def test_equal_values_are_equal_and_hash_alike(edge_params):
    one, other = edge_params(detail=np.float64(0.5), stroke_color="white"), edge_params(detail=0.5, stroke_color="#FFF")
    assert one == other
    assert hash(one) == hash(other)
    assert one != edge_params()


def test_values_cannot_be_changed_in_place(edge_params):
    with pytest.raises(ValueError, match="frozen"):
        edge_params().detail = 0.5


def test_active_says_what_is_missing(edge_params):
    values = edge_params()
    assert values.active("detail") is None
    assert values.active("denoise_radius_px") == "needs denoise = bilateral"
    assert values.replaced(denoise="bilateral").active("denoise_radius_px") is None
    assert values.replaced(smooth=False).active("corner_angle_deg") == "needs smooth = True"
    with pytest.raises(UnknownParameterError):
        values.active("nothing")


def test_active_follows_what_is_needed_further_on():
    class Chain(Params):
        first: Literal["off", "a", "b"] = param("off", "First.", group="Group")
        second: bool = param(True, "Second.", group="Group", needs={"first": ("a", "b")})
        third: bool = param(True, "Third.", group="Group", needs={"second": True})

    assert Chain().active("third") == "needs first = a or b"
    assert Chain(first="b").active("third") is None
    assert Chain(first="b", second=False).active("third") == "needs second = True"
    for first in ("off", "a", "b"):
        for second in (False, True):
            values = Chain(first=first, second=second)
            assert values.inactive() == {name for name in values.parameters() if values.active(name) is not None}


def test_lengths_and_areas_follow_the_scale_of_the_picture_and_nothing_else_does():
    class Lengths(Params):
        width: float = param(3.0, "Length.", group="Group", gt=0, soft=(0.1, 8), unit="px")
        window: int = param(31, "Whole length.", group="Group", ge=3, le=99, unit="px")
        area: int = param(8, "Area.", group="Group", ge=0, le=100, unit="px²")
        angle: float = param(30.0, "Angle.", group="Group", ge=0, le=90, unit="°")
        count: int = param(100, "Count.", group="Group", ge=1, le=999)

    assert Lengths().at_scale(0.5) == {"width": 1.5, "window": 16, "area": 2, "angle": 30.0, "count": 100}
    assert type(Lengths().at_scale(0.5)["window"]) is int
    assert Lengths().at_scale(0.01)["window"] == 3, "not below the hard range"
    assert Lengths(window=60).at_scale(2)["window"] == 99, "not above it"
    assert Lengths().at_scale(1) == Lengths().to_dict()


def test_a_preview_uses_no_more_than_its_limit():
    class Rounds(Params):
        rounds: int = param(15, "Rounds.", group="Group", ge=0, le=40, preview=4)

    assert Rounds().at_scale(0.5) == {"rounds": 4}
    assert Rounds(rounds=2).at_scale(0.5) == {"rounds": 2}
    assert Rounds().at_scale(1) == {"rounds": 15}


@pytest.mark.parametrize("extra", [{"preview": 41}, {"preview": 2.5}, {"preview": 4, "unit": "px"}])
def test_a_limit_for_previews_that_makes_no_sense_is_refused(extra):
    with pytest.raises(DeclarationError, match=r"Rounds\.rounds: preview="):

        class Rounds(Params):
            rounds: int = param(15, "Rounds.", group="Group", ge=0, le=40, **extra)


def test_only_numbers_have_a_limit_for_previews():
    with pytest.raises(DeclarationError, match="only numbers have preview"):

        class Switch(Params):
            switch: bool = param(True, "Switch.", group="Group", preview=1)


@given(data=st.data())
def test_any_configuration_is_valid_and_survives_json(edge_params, dots_params, configurations, data):
    params = data.draw(st.sampled_from([edge_params, dots_params]))
    values = data.draw(configurations(params))
    made = params(**values)
    assert {name: getattr(made, name) for name in values} == values
    assert params(**json.loads(json.dumps(made.to_dict()))) == made


@given(
    value=st.one_of(st.floats(), st.integers(), st.text(), st.binary(), st.none(), st.lists(st.floats())),
    data=st.data(),
)
def test_any_value_is_taken_or_refused_in_one_sentence(edge_params, dots_params, value, data):
    params = data.draw(st.sampled_from([edge_params, dots_params]))
    name = data.draw(st.sampled_from(list(params.parameters())))
    parameter = params.parameters()[name]
    if parameter.accepts(value):
        assert parameter.in_range(getattr(params(**{name: value}), name))
    else:
        with pytest.raises(ParameterError, match=f"^{name} must be "):
            params(**{name: value})


class Paper(Params):
    page: bool = param(True, "Paint the page.", group="Page")


class Pen(Params):
    width: float = param(1.0, "Of the pen.", group="Ink", ge=0, le=9)
    ink: Color = param("#000000", "Of the pen.", group="Ink")


class Lines(Pen, Paper):
    count: int = param(3, "How many.", group="Lines", ge=1, le=9)


def test_what_a_class_declares_itself_stands_before_what_it_shares_with_others() -> None:
    assert list(Lines.parameters()) == ["count", "width", "ink", "page"]
    assert list(Lines().to_dict()) == ["count", "width", "ink", "page"]
