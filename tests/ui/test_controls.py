from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import comm
import ipywidgets
import pytest
from comm.base_comm import BaseComm
from ipywidgets.widgets import widget as registry_of_widgets

from vec2art_nb import backends
from vec2art_nb.backends import registry
from vec2art_nb.drawing import Drawing
from vec2art_nb.image import Source
from vec2art_nb.params import ParamModel, Params, param
from vec2art_nb.ui.controls import Controls, Group
from vec2art_nb.ui.knobs import Knob


class OtherParams(Params):
    """One parameter declared as the first backend does, one otherwise, one that others need, and those."""

    count: int = param(3, "How many lines.", group="Lines", ge=0, le=100, soft=(1, 20))
    slope: float = param(0.2, "Another thing.", group="Lines", ge=0, le=1)
    curved: bool = param(False, "Round.", group="Curves")
    knots: int = param(0, "How many.", group="Curves", ge=0, le=9, needs={"curved": True})
    tension: float = param(0.5, "How tight.", group="Curves", ge=0, le=1, needs={"knots": (1, 2)})


def other(source: Source, *, count: int, slope: float, curved: bool, knots: int, tension: float) -> Drawing:
    """Nothing."""
    return Drawing((source.width, source.height))


class Panel:
    """Controls on a model, and the errors that were told."""

    def __init__(self, *names: str) -> None:
        self.errors: list[str] = []
        schemas = {name: registry[name].Params for name in names}
        self.model = ParamModel(schemas, names[0])
        self.controls = Controls(self.model, lambda error: self.errors.append(str(error)))
        self.model.observe(self.controls.refresh)

    def group(self, name: str) -> Group:
        return next(group for group in self.controls.groups if group.name == name)

    def open(self, *groups: str) -> None:
        for group in self.controls.groups:
            if group.name in groups:
                group.toggle(True)

    def row(self, parameter: str) -> Any:
        return next(group.rows[parameter] for group in self.controls.groups if parameter in group.rows)

    def knobs(self, parameter: str) -> list[Knob]:
        return self.row(parameter).knobs

    def slider(self, parameter: str) -> Any:
        return self.knobs(parameter)[0].widget

    def number(self, parameter: str) -> Any:
        return self.knobs(parameter)[1].widget


@pytest.fixture
def panel() -> Iterator[Panel]:
    backends.register(backends.Backend("other", "Other lines", OtherParams, (other,)))
    panel = Panel("lines", "plain", "other")
    yield panel
    panel.controls.close()
    del backends._loaded["other"]


def test_each_kind_of_parameter_has_its_control(panel: Panel) -> None:
    panel.open("Waves", "Ink")
    kinds = {
        "count": [ipywidgets.IntSlider, ipywidgets.IntText],
        "slope": [ipywidgets.FloatSlider, ipywidgets.FloatText],
        "mode": [ipywidgets.Dropdown],
        "dashed": [ipywidgets.Checkbox],
        "ink": [ipywidgets.ColorPicker],
        "inks": [ipywidgets.HBox],
    }
    for name, expected in kinds.items():
        assert [type(knob.widget) for knob in panel.knobs(name)] == expected


def test_a_slider_spans_the_soft_range_in_its_step(panel: Panel) -> None:
    slider = panel.slider("slope")
    assert (slider.min, slider.max, slider.step, slider.value) == (0, 1, 0.1, 0.5)
    assert slider.continuous_update
    assert slider.description == "slope"
    assert slider.tooltip == "slope: How steep they are."


def test_the_first_group_is_open_and_the_others_are_made_when_opened(panel: Panel) -> None:
    assert [(group.name, len(group.rows)) for group in panel.controls.groups] == [
        ("Lines", 3),
        ("Waves", 0),
        ("Ink", 0),
    ]
    panel.open("Waves")
    assert [len(group.rows) for group in panel.controls.groups] == [3, 2, 0]


def test_a_moved_slider_sets_the_parameter_and_the_number_beside_it(panel: Panel) -> None:
    panel.slider("count").value = 7
    assert panel.model.count == 7
    assert panel.number("count").value == 7


def test_a_set_parameter_moves_slider_and_number(panel: Panel) -> None:
    panel.model.slope = 0.8
    assert panel.slider("slope").value == 0.8
    assert panel.number("slope").value == 0.8


def test_a_group_opened_late_shows_the_present_values(panel: Panel) -> None:
    panel.model.dashed = True
    panel.open("Waves")
    assert panel.slider("dashed").value is True


def test_what_a_browser_makes_of_a_decimal_is_mended(panel: Panel) -> None:
    panel.slider("slope").value = 0.1 + 0.2
    assert panel.model.slope == 0.3


def test_the_control_that_is_moved_is_not_written_to(panel: Panel) -> None:
    slider = panel.slider("slope")
    heard: list[float] = []
    slider.observe(lambda change: heard.append(change.new), "value")
    slider.value = 0.1 + 0.2
    # One change, the hand's own; the mended value was not written back.
    assert heard == [0.1 + 0.2]


def test_showing_a_value_is_not_a_movement(panel: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[dict[str, Any]] = []
    keep = ParamModel.set

    def listen(model: ParamModel, **values: Any) -> Any:
        heard.append(values)
        return keep(model, **values)

    monkeypatch.setattr(ParamModel, "set", listen)
    panel.model.slope = 0.8
    assert heard == [{"slope": 0.8}]


def test_an_older_value_that_is_told_late_does_not_move_the_slider_back(panel: Panel) -> None:
    slider = panel.slider("count")
    slider.value = 5
    # A browser's next value is in the widget before its handler runs; meanwhile another thread tells of the first.
    with slider.hold_trait_notifications():
        slider.value = 9
        teller = threading.Thread(target=panel.controls.refresh, args=panel.model.history[-1:])
        teller.start()
        teller.join()
        assert slider.value == 9
    assert panel.model.count == 9


def test_a_value_outside_the_soft_range_widens_the_slider_until_it_is_back(panel: Panel) -> None:
    slider = panel.slider("count")
    panel.number("count").value = 64
    assert (panel.model.count, slider.value, slider.max) == (64, 64, 64)
    panel.model.count = 0
    assert (slider.value, slider.min, slider.max) == (0, 0, 20)
    panel.model.reset()
    assert (slider.value, slider.min, slider.max) == (3, 1, 20)


def test_range_and_value_are_sent_one_after_the_other(panel: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    slider = panel.slider("count")
    sent: list[tuple[object, int, int]] = []
    monkeypatch.setattr(slider, "send_state", lambda key=None: sent.append((key, slider.value, slider.max)))
    panel.model.count = 50
    assert sent == [("max", 3, 50), ("value", 50, 50)]


def test_a_value_beyond_the_hard_range_is_explained_and_goes_back(panel: Panel) -> None:
    panel.number("count").value = 1000
    assert panel.errors == ["count must be between 0 and 100, got 1000; leave it out for the default 3"]
    assert panel.model.count == 3
    assert panel.number("count").value == 3
    assert panel.slider("count").value == 3


def test_one_movement_is_one_step_of_undo(panel: Panel) -> None:
    for count in (4, 5, 6, 7):
        panel.slider("count").value = count
    assert len(panel.model.history) == 1
    panel.model.undo()
    assert panel.slider("count").value == 3


@pytest.mark.parametrize(("values", "steps"), [((4, 5, 3, 2), 1), ((4, 5, 3), 0), ((4, 3, 4, 3, 9), 1)])
def test_a_movement_there_and_back_is_at_most_one_step_of_undo(
    panel: Panel, values: tuple[int, ...], steps: int
) -> None:
    for count in values:
        panel.slider("count").value = count
    assert len(panel.model.history) == steps
    panel.model.undo()
    assert panel.model.count == 3


def test_a_hand_that_takes_hold_anew_begins_a_new_movement(panel: Panel) -> None:
    panel.slider("count").value = 4
    panel.controls.begin_gesture()
    panel.slider("count").value = 5
    panel.slider("count").value = 6
    assert len(panel.model.history) == 2


def test_moving_another_control_begins_a_new_movement(panel: Panel) -> None:
    panel.slider("count").value = 4
    panel.slider("slope").value = 0.1
    panel.slider("count").value = 5
    assert len(panel.model.history) == 3


def test_a_parameter_without_effect_is_disabled_and_says_what_it_needs(panel: Panel) -> None:
    panel.open("Waves")
    slider = panel.slider("height")
    assert slider.disabled
    assert slider.tooltip == "height: Height of the waves. (needs mode = wave)"
    panel.slider("mode").value = "wave"
    assert not slider.disabled
    assert slider.tooltip == "height: Height of the waves."


def test_a_palette_grows_shrinks_and_is_recoloured(panel: Panel) -> None:
    panel.open("Ink")
    row = panel.knobs("inks")[0].widget.children[1]
    *_, more, fewer = row.children
    more.click()
    assert [picker.value for picker in row.children[:-2]] == ["#ff0000", "#00ff00", "#808080"]
    assert panel.model.inks == ("#ff0000", "#00ff00", "#808080")
    row.children[0].value = "blue"
    assert panel.model.inks[0] == "#0000ff"
    fewer.click()
    fewer.click()
    assert panel.model.inks == ("#0000ff",)
    assert fewer.disabled
    panel.model.reset()
    assert [picker.value for picker in row.children[:-2]] == ["#ff0000", "#00ff00"]


def test_a_colour_by_name_is_shown_as_its_number(panel: Panel) -> None:
    panel.open("Ink")
    picker = panel.slider("ink")
    picker.value = "red"
    assert panel.model.ink == "#ff0000"
    assert picker.value == "#ff0000"


def test_a_parameter_is_found_by_words_of_its_name_group_or_help(panel: Panel) -> None:
    search = panel.controls.children[0]
    search.value = "Wave height"
    assert panel.row("height").box.layout.display is None
    assert panel.row("dashed").box.layout.display == "none"
    assert panel.group("Lines").box.layout.display == "none"
    # A group without hits is not even made.
    assert not panel.group("Ink").rows
    panel.model.mode = "wave"
    assert not panel.slider("height").disabled
    search.value = ""
    assert panel.group("Lines").box.layout.display is None
    assert panel.row("dashed").box.layout.display is None
    assert panel.group("Waves").box.children[1].layout.display == "none"


def test_another_backend_has_other_controls_and_the_first_are_kept(panel: Panel) -> None:
    first = panel.controls.groups
    panel.slider("count").value = 8
    panel.model.backend = "plain"
    assert [group.name for group in panel.controls.groups] == ["Line"]
    assert panel.slider("width").value == 1.0
    panel.model.backend = "lines"
    assert panel.controls.groups is first
    assert panel.slider("count").value == 8


def test_what_a_browser_makes_of_a_value_between_two_steps_is_no_move(panel: Panel) -> None:
    panel.open("Lines")
    panel.model.slope = 0.123
    entries = len(panel.model.history)
    panel.slider("slope").value = 0.1  # the nearest step, sent back by the browser
    assert panel.model.slope == 0.123
    assert len(panel.model.history) == entries
    panel.slider("slope").value = 0.2  # a hand
    assert panel.model.slope == 0.2
    panel.slider("slope").value = 0.1
    assert panel.model.slope == 0.1


# --- what a change costs --------------------------------------------------------------------------------------------


class Wire:
    """Everything that ipywidgets sends to the browser."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, dict[str, Any]]] = []

    def comm(self, *given: Any, **named: Any) -> BaseComm:
        wire = self

        class Comm(BaseComm):
            def publish_msg(self, kind: str, data: Any = None, *rest: Any, **more: Any) -> None:
                wire.messages.append((self.comm_id, data or {}))

        return Comm(*given, **named)

    def updates(self) -> list[tuple[str, dict[str, Any]]]:
        """Which widget was told what since the last time; ipywidgets' own echo of what came in is left out."""
        sent, self.messages = self.messages, []
        return [(comm_id, data["state"]) for comm_id, data in sent if data.get("method") == "update"]


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    wire = Wire()
    monkeypatch.setattr(comm, "create_comm", wire.comm)
    return wire


@pytest.fixture
def opened(wire: Wire, panel: Panel) -> Panel:
    """A panel whose groups are all open, with nothing left to tell."""
    panel.open("Lines", "Waves", "Ink")
    wire.messages.clear()
    return panel


def move(widget: Any, value: object) -> None:
    """What a hand in the browser does."""
    widget.set_state({"value": value})


def test_a_group_that_opens_tells_each_widget_only_that_it_is_there(wire: Wire, panel: Panel) -> None:
    wire.messages.clear()
    panel.group("Waves").toggle(True)
    group = panel.group("Waves")
    heading, body = group.box.children
    told = {comm_id for comm_id, _ in wire.updates()}
    assert told == {heading.model_id, body.model_id, body.layout.model_id}


def test_a_moved_slider_tells_the_number_beside_it_and_nobody_else(opened: Panel, wire: Wire) -> None:
    move(opened.slider("count"), 7)
    wire.messages.clear()  # the first change also brings its mark
    move(opened.slider("count"), 8)
    assert wire.updates() == [(opened.number("count").model_id, {"value": 8})]


def test_a_change_from_elsewhere_tells_the_widgets_of_its_row(opened: Panel, wire: Wire) -> None:
    opened.model.count = 8
    wire.messages.clear()
    opened.model.count = 9
    assert wire.updates() == [
        (opened.slider("count").model_id, {"value": 9}),
        (opened.number("count").model_id, {"value": 9}),
    ]


def test_a_change_that_others_need_tells_those_too(opened: Panel, wire: Wire) -> None:
    opened.model.mode = "wave"
    told = {comm_id: state for comm_id, state in wire.updates() if {"disabled", "tooltip"} & state.keys()}
    assert set(told) == {knob.widget.model_id for knob in opened.knobs("height")}


def test_what_is_needed_through_another_parameter_is_told(panel: Panel) -> None:
    panel.model.set(backend="other", knots=1)
    panel.open("Curves")
    assert panel.slider("tension").disabled
    panel.model.curved = True
    assert not panel.slider("tension").disabled
    panel.model.knots = 3
    assert panel.slider("tension").tooltip == "tension: How tight. (needs knots = 1 or 2)"


def test_a_closed_group_costs_nothing_and_is_up_to_date_when_it_opens(opened: Panel, wire: Wire) -> None:
    opened.group("Waves").toggle(False)
    wire.messages.clear()
    opened.model.set(dashed=True, height=4.0)
    assert wire.updates() == []
    opened.group("Waves").toggle(True)
    assert opened.slider("dashed").value is True
    assert (opened.slider("height").value, opened.number("height").value) == (4.0, 4.0)


def test_a_backend_that_is_not_shown_costs_nothing(opened: Panel, wire: Wire) -> None:
    hidden = {knob.widget.model_id for name in ("slope", "dashed") for knob in opened.knobs(name)}
    opened.model.backend = "plain"
    wire.messages.clear()
    opened.model.width = 2.0
    assert {comm_id for comm_id, _ in wire.updates()}.isdisjoint(hidden)


def test_a_parameter_that_is_declared_alike_has_one_row_in_both_backends(opened: Panel) -> None:
    count, slope = opened.row("count"), opened.row("slope")
    opened.model.count = 8
    opened.model.backend = "other"
    assert opened.row("count") is count
    assert opened.row("slope") is not slope
    # The row follows the backend that is shown.
    assert opened.slider("count").value == 3
    move(opened.slider("count"), 5)
    opened.model.backend = "lines"
    assert (opened.model.count, opened.slider("count").value) == (8, 8)
    opened.model.undo()
    assert (opened.model.backend, opened.slider("count").value) == ("other", 5)


def test_a_second_visit_of_a_backend_makes_no_widget(opened: Panel, wire: Wire) -> None:
    opened.model.backend = "plain"
    opened.model.backend = "lines"
    wire.messages.clear()
    opened.model.backend = "plain"
    opened.model.backend = "lines"
    assert all("state" not in data or data.get("method") == "update" for _, data in wire.messages)
    assert len(wire.updates()) == 2


def test_the_last_of_a_drag_that_a_switch_overtook_changes_nothing(opened: Panel) -> None:
    slider = opened.slider("slope")
    opened.model.backend = "other"
    move(slider, 0.9)
    assert opened.model.slope == 0.2
    assert opened.errors == []


def test_a_parameter_that_is_not_the_default_has_a_mark_that_resets_it(opened: Panel, wire: Wire) -> None:
    move(opened.slider("count"), 7)
    *_, mark = opened.row("count").box.children
    assert mark.tooltip == "Back to the default, 3"
    assert "v2a-changed" in opened.row("count").box._dom_classes
    assert "v2a-changed" not in opened.row("slope").box._dom_classes
    mark.click()
    assert opened.model.count == 3
    assert "v2a-changed" not in opened.row("count").box._dom_classes
    opened.model.undo()
    assert opened.slider("count").value == 7
    assert [child for child in opened.row("count").box.children if child is mark] == [mark]


def test_a_row_made_late_is_marked_when_its_value_is_not_the_default(panel: Panel) -> None:
    panel.model.dashed = True
    panel.open("Waves")
    assert "v2a-changed" in panel.row("dashed").box._dom_classes


def test_closing_leaves_no_widget_behind() -> None:
    before = set(registry_of_widgets._instances)
    panel = Panel("lines", "plain")
    panel.open("Lines", "Waves", "Ink")
    panel.model.set(count=4, inks=("red", "blue", "green"))
    panel.model.backend = "plain"
    panel.controls.close()
    assert set(registry_of_widgets._instances) == before


def test_every_parameter_of_the_built_in_backends_has_a_row() -> None:
    for name in ("edge", "centerline", "dots", "superpixel"):
        panel = Panel(name)
        panel.open(*(group.name for group in panel.controls.groups))
        rows = [row for group in panel.controls.groups for row in group.rows]
        assert sorted(rows) == sorted(registry[name].Params.parameters())
        panel.controls.close()
