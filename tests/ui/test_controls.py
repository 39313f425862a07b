from __future__ import annotations

import threading
from typing import Any

import ipywidgets
import pytest

from vec2art_nb import backends
from vec2art_nb.params import ParamModel
from vec2art_nb.ui.controls import Controls
from vec2art_nb.ui.knobs import Knob


class Panel:
    """Controls on a model, with a clock that stands still and the errors that were told."""

    def __init__(self) -> None:
        self.now = 0.0
        self.errors: list[str] = []
        schemas = {name: backends[name].Params for name in ("lines", "plain")}
        self.model = ParamModel(schemas, "lines")
        self.controls = Controls(self.model, lambda error: self.errors.append(str(error)), clock=lambda: self.now)
        self.model.observe(lambda _: self.controls.refresh())

    def open(self, *groups: str) -> None:
        for group in self.controls.groups:
            if group.name in groups:
                group.toggle(True)

    def row(self, parameter: str) -> Any:
        rows = (row for group in self.controls.groups for row in group.rows)
        return next(row for row in rows if row.parameter.name == parameter)

    def knobs(self, parameter: str) -> list[Knob]:
        return self.row(parameter).knobs

    def slider(self, parameter: str) -> Any:
        return self.knobs(parameter)[0].widget

    def number(self, parameter: str) -> Any:
        return self.knobs(parameter)[1].widget


@pytest.fixture
def panel() -> Panel:
    return Panel()


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
        teller = threading.Thread(target=panel.controls.refresh)
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
        panel.now += 0.4
    assert len(panel.model.history) == 1
    panel.model.undo()
    assert panel.slider("count").value == 3


def test_after_a_rest_a_new_movement_begins(panel: Panel) -> None:
    panel.slider("count").value = 4
    panel.now += 1.5
    panel.slider("count").value = 5
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
    search.value = "wave height"
    assert panel.row("height").box.layout.display is None
    assert panel.row("count").box.layout.display == "none"
    search.value = ""
    assert panel.row("count").box.layout.display is None
    waves = panel.controls.groups[1]
    assert waves.box.children[1].layout.display == "none"


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
