"""The live parameters: set, taken back, switched, written as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import pytest

from vec2art_nb.errors import ParameterError, UnknownParameterError
from vec2art_nb.params import Change, ParamModel, Patch

# --- reading and setting ----------------------------------------------------------------------------------------------


def test_parameters_are_attributes(model):
    model.detail = 0.6
    assert model.detail == model.values.detail == 0.6
    assert {"detail", "page", "undo", "values"} <= set(dir(model))


def test_the_first_values_are_given_or_the_defaults(schemas):
    model = ParamModel(schemas, "edge", {"detail": 0.9})
    assert (model.backend, model.detail, model.page) == ("edge", 0.9, True)
    assert model.history == ()
    with pytest.raises(ParameterError):
        ParamModel(schemas, "edge", {"detail": 9})


def test_an_unknown_name_suggests_the_nearest_and_changes_nothing(model):
    with pytest.raises(UnknownParameterError, match="did you mean 'detail'"):
        model.detial = 0.6
    with pytest.raises(AttributeError, match="did you mean 'detail'"):
        _ = model.detial
    with pytest.raises(UnknownParameterError):
        model.set(detial=0.6)
    with pytest.raises(UnknownParameterError):
        model.reset("detial")
    with pytest.raises(UnknownParameterError):
        model.preset({"detial": 0.6})
    assert not hasattr(model, "detial")
    assert model.history == ()


def test_what_is_not_a_parameter_cannot_be_overwritten(model):
    for name in ("undo", "values", "state", "history"):
        with pytest.raises(AttributeError):
            setattr(model, name, 1)


def test_an_unknown_backend_suggests_the_nearest(model, schemas):
    with pytest.raises(ParameterError, match="there is no backend 'edges'; did you mean 'edge'"):
        ParamModel(schemas, "edges")
    with pytest.raises(ParameterError, match="there are: edge, dots"):
        model.set(backend="watercolour")
    with pytest.raises(ParameterError, match="there is no backend"):
        model.backend = 3
    assert model.backend == "edge"


def test_a_delta_names_what_changed_before_and_after_and_when(model):
    delta = model.set(detail=0.6, page=False, blur_sigma=1.2)
    assert delta.changed == {"detail": Change(0.4, 0.6), "page": Change(True, False)}
    assert (delta.previous.values.detail, delta.current.values.detail) == (0.4, 0.6)
    assert delta.current == model.state
    assert delta.time == 0.0
    assert model.set(detail=0.7).time == 1.0


def test_several_are_set_at_once_or_not_at_all(model):
    before = model.state
    heard = []
    model.observe(heard.append)
    with pytest.raises(ParameterError, match="blur_sigma must be"):
        model.set(detail=0.6, blur_sigma=float("nan"))
    with pytest.raises(ParameterError):
        model.set(backend="dots", detail=3)
    with pytest.raises(ParameterError):
        model.preset({"detail": 0.6, "page": "yes"})
    assert model.state is before
    assert (model.history, heard) == ((), [])


def test_setting_what_is_already_so_is_no_change(model):
    heard = []
    model.observe(heard.append)
    assert model.set(detail=0.4) is None
    assert model.set(stroke_color="#1B1B1F", denoise_radius_px=3.0) is None
    assert model.set(backend="edge") is None
    assert model.set() is None
    assert model.reset() is None
    assert (model.history, heard) == ((), [])


def test_only_the_backends_that_are_used_are_asked_for(schemas):
    asked = []

    class Lazy(Mapping):
        def __getitem__(self, name: str):
            asked.append(name)
            return schemas[name]

        def __iter__(self) -> Iterator[str]:
            return iter(schemas)

        def __len__(self) -> int:
            return len(schemas)

    model = ParamModel(Lazy(), "edge")
    model.detail = 0.6
    model.undo()
    assert asked == ["edge"]
    model.backend = "dots"
    assert set(asked) == {"edge", "dots"}


def test_its_repr_is_short_and_says_what_was_turned(model):
    model.set(detail=0.6)
    assert repr(model) == "ParamModel(edge, detail=0.6)"


# --- history ----------------------------------------------------------------------------------------------------------


def test_undo_and_redo_restore_states_exactly(model):
    states = [model.state]
    for detail in (0.1, 0.2, 0.3):
        model.detail = detail
        states.append(model.state)
    for state in reversed(states[:-1]):
        assert model.undo().current == state == model.state
    assert (model.undo(), model.can_undo, model.can_redo) == (None, False, True)
    for state in states[1:]:
        assert model.redo().current == state == model.state
    assert (model.redo(), model.can_undo, model.can_redo) == (None, True, False)


def test_a_new_change_forgets_what_was_undone(model):
    model.detail = 0.1
    model.undo()
    model.detail = 0.2
    assert not model.can_redo
    assert model.redo() is None
    assert model.detail == 0.2


def test_what_changes_nothing_keeps_what_was_undone(model):
    model.detail = 0.1
    model.undo()
    model.set(detail=0.4)
    assert model.redo().current.values.detail == 0.1


def test_one_gesture_is_one_entry_and_each_step_is_heard(model):
    heard = []
    model.observe(lambda delta: heard.append(delta.current.values.detail))
    for detail in (0.5, 0.6, 0.6, 0.7):
        model.set(detail=detail, gesture="drag")
    assert heard == [0.5, 0.6, 0.7]
    (entry,) = model.history
    assert entry.changed == {"detail": Change(0.4, 0.7)}
    model.undo()
    assert model.detail == 0.4
    model.redo()
    assert model.detail == 0.7


def test_another_gesture_or_none_is_another_entry(model):
    model.set(detail=0.5, gesture=1)
    model.set(detail=0.6, gesture=2)
    model.set(detail=0.7)
    model.set(detail=0.8)
    model.set(detail=0.9, gesture=1)
    assert len(model.history) == 5


def test_a_gesture_does_not_go_on_after_an_undo(model):
    model.set(page=False)
    model.set(detail=0.5, gesture="drag")
    model.undo()
    model.set(detail=0.6, gesture="drag")
    model.set(detail=0.7, gesture="drag")
    assert len(model.history) == 2
    model.undo()
    assert (model.detail, model.page) == (0.4, False)


def test_a_gesture_that_comes_back_leaves_nothing_to_undo(model):
    model.set(page=False)
    model.set(detail=0.5, gesture="drag")
    assert model.set(detail=0.4, gesture="drag").changed == {"detail": Change(0.5, 0.4)}
    assert len(model.history) == 1
    model.set(detail=0.6, gesture="drag")
    model.undo()
    assert (model.detail, model.page) == (0.4, False)


def test_a_switch_within_a_gesture_is_its_own_entry(model):
    model.set(detail=0.5, gesture="g")
    model.set(backend="dots", gesture="g")
    model.set(detail=0.6, gesture="g")
    model.set(detail=0.7, gesture="g")
    assert len(model.history) == 3


def test_the_history_is_bounded(model):
    for step in range(1100):
        model.detail = step / 1100 + 1e-4
    assert len(model.history) == 300
    while model.undo():
        pass
    assert model.detail == 799 / 1100 + 1e-4


def test_a_preset_is_the_defaults_with_its_values_and_one_entry(model):
    model.set(detail=0.9, page=False)
    model.preset({"blur_sigma": 3})
    assert (model.detail, model.page, model.blur_sigma) == (0.4, True, 3.0)
    model.undo()
    assert (model.detail, model.page, model.blur_sigma) == (0.9, False, 1.2)


def test_reset_takes_the_defaults_of_some_or_all(model):
    model.set(detail=0.9, page=False, blur_sigma=3)
    model.reset("detail", "page")
    assert (model.detail, model.page, model.blur_sigma) == (0.4, True, 3.0)
    model.reset()
    assert model.blur_sigma == 1.2
    assert len(model.history) == 3


# --- backends ---------------------------------------------------------------------------------------------------------


def test_each_backend_keeps_its_own_values(model):
    model.detail = 0.6
    model.backend = "dots"
    assert model.detail == 0.8
    model.set(detail=0.1, seed=3)
    model.backend = "edge"
    assert model.detail == 0.6
    model.backend = "dots"
    assert (model.detail, model.seed) == (0.1, 3)
    assert not hasattr(model, "page")


def test_a_switch_tells_what_looks_different_now(model):
    model.set(background="#123456")
    assert model.set(backend="dots").changed == {
        "backend": Change("edge", "dots"),
        "detail": Change(0.4, 0.8),
        "background": Change("#123456", "#ffffff"),
    }
    assert model.set(backend="edge", page=False).changed["page"] == Change(True, False)


def test_a_switch_with_values_is_one_entry_that_undo_takes_back_whole(model):
    model.set(backend="dots", seed=3)
    model.set(backend="edge", detail=0.6)
    before = model.state
    model.set(backend="dots", detail=0.2, seed=5)
    assert len(model.history) == 3
    model.undo()
    assert model.state == before
    model.backend = "dots"
    assert (model.detail, model.seed) == (0.8, 3)


def test_a_backend_that_was_only_visited_leaves_no_trace(model):
    before = model.state
    model.backend = "dots"
    model.backend = "edge"
    assert model.state == before


# --- patches and JSON -------------------------------------------------------------------------------------------------


def test_a_patch_applied_elsewhere_makes_the_same_change(model, schemas):
    other = ParamModel(schemas, "edge", {"page": False})
    delta = model.set(detail=0.6, stroke_color="red")
    other.apply(delta.patch)
    assert (other.detail, other.stroke_color, other.page) == (0.6, "#ff0000", False)
    assert len(other.history) == 1
    assert other.apply(delta.patch) is None


def test_an_inverted_patch_takes_the_change_back(model):
    model.set(backend="dots", inks=["red", "blue"])
    model.set(backend="edge", detail=0.6)
    before = model.state
    delta = model.set(backend="dots", detail=0.1, inks=["white"])
    assert model.apply(delta.patch.inverted()).current == before
    assert delta.patch.inverted().inverted() == delta.patch


def test_a_patch_survives_json(model):
    delta = model.set(backend="dots", inks=["red", "blue"], detail=0.1)
    text = delta.patch.to_json()
    assert json.loads(text) == {
        "backend": ["edge", "dots"],
        "values": {"dots": {"detail": [0.8, 0.1], "inks": [["#000000", "#ff0000"], ["#ff0000", "#0000ff"]]}},
    }
    assert Patch.from_json(text) == delta.patch


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "3",
        "{}",
        '{"values": []}',
        '{"values": {"edge": 3}}',
        '{"values": {"edge": {"detail": 3}}}',
        '{"values": {"edge": {"detail": [1, 2, 3]}}}',
        '{"values": {}, "backend": "dots"}',
        '{"values": {}, "backend": ["dots", 3]}',
        '{"values": {}, "more": 1}',
        "[" * 100_000,
    ],
)
def test_what_is_no_patch_is_refused(text):
    with pytest.raises(ParameterError, match="this is no patch"):
        Patch.from_json(text)


@pytest.mark.parametrize(
    "text",
    [
        '{"values": {"edge": {"detail": [0.4, NaN]}}}',
        '{"values": {"edge": {"page": [true, false], "detail": [0.4, 9]}}}',
        '{"values": {"edge": {"detial": [0.4, 0.5]}}}',
        '{"values": {"edge": {"self": [0.4, 0.5]}}}',
        '{"values": {"edges": {"detail": [0.4, 0.5]}}}',
        '{"values": {"edge": {"page": [true, false]}}, "backend": ["edge", "dits"]}',
    ],
)
def test_a_patch_that_does_not_fit_changes_nothing(model, text):
    before = model.state
    with pytest.raises(ParameterError):
        model.apply(Patch.from_json(text))
    assert model.state is before


def test_a_state_survives_json(model, schemas):
    model.set(backend="dots", inks=["red", "blue"])
    model.set(backend="edge", detail=0.6)
    other = ParamModel(schemas, "edge")
    other.set(page=False)
    delta = other.from_json(model.to_json())
    assert other.state == model.state == delta.current
    other.undo()
    assert (other.page, other.detail) == (False, 0.4)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"backend": "edge"}',
        '{"backend": 3, "values": {}}',
        '{"backend": "edges", "values": {}}',
        '{"backend": "edge", "values": {"edge": {"detail": NaN}}}',
        '{"backend": "edge", "values": {"edge": {"self": 1}}}',
        '{"backend": "edge", "values": {"edge": {}}, "more": 1}',
    ],
)
def test_json_that_does_not_fit_changes_nothing(model, text):
    model.detail = 0.6
    before = model.state
    with pytest.raises(ParameterError):
        model.from_json(text)
    assert model.state is before
