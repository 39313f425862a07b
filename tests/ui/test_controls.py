from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ipywidgets.widgets import widget as registry_of_widgets

from vec2art_nb import backends
from vec2art_nb.backends import registry
from vec2art_nb.drawing import Drawing
from vec2art_nb.image import Source
from vec2art_nb.params import ParamModel, Params, param
from vec2art_nb.ui import controls as controls_module
from vec2art_nb.ui.controls import Controls


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


class Alarms:
    """What is to be done later, when a test says so."""

    def __init__(self) -> None:
        self.set: list[tuple[float, Callable[[], None]]] = []

    def after(self, seconds: float, callback: Callable[[], None]) -> Any:
        entry = (seconds, callback)
        self.set.append(entry)

        class Timer:
            def cancel(timer) -> None:  # noqa: N805  the alarms are self
                if entry in self.set:
                    self.set.remove(entry)

        return Timer()

    def ring(self) -> None:
        due, self.set = self.set, []
        for _, callback in due:
            callback()


class Desk:
    """Controls on a model: what they send to pages, and what they tell."""

    def __init__(self, *names: str) -> None:
        self.errors: list[str] = []
        self.painted: list[tuple[int, float, Any]] = []
        self.sent: list[dict[str, Any]] = []
        self.model = ParamModel({name: registry[name].Params for name in names}, names[0])
        self.controls = Controls(self.model, lambda error: self.errors.append(str(error)), self.paint)
        self.controls.send = lambda content, buffers=None: self.sent.append({**content, "seen": {**content["seen"]}})
        self.deafen = self.model.observe(self.controls.refresh)
        self.serials: dict[str, int] = {}

    def paint(self, number: int, seconds: float) -> None:
        self.painted.append((number, seconds, self.model.values))

    def say(self, **content: Any) -> list[dict[str, Any]]:
        """What a page sends; gives what is sent because of it."""
        before = len(self.sent)
        self.controls._handle_custom_msg(content, [])
        return self.sent[before:]

    def ready(self, page: str = "page") -> dict[str, Any]:
        (panel,) = self.say(type="ready", page=page)
        return panel

    def move(
        self, *, page: str = "page", gesture: int = 1, backend: str = "", painted: Any = None, **values: Any
    ) -> list[dict[str, Any]]:
        self.serials[page] = serial = self.serials.get(page, 0) + 1
        backend = backend or self.model.backend
        return self.say(
            type="set", page=page, serial=serial, gesture=gesture, backend=backend, values=values, painted=painted
        )

    def said(self) -> list[dict[str, Any]]:
        """What was sent since the last time."""
        sent, self.sent = self.sent, []
        return sent


@pytest.fixture
def alarms(monkeypatch: pytest.MonkeyPatch) -> Alarms:
    alarms = Alarms()
    monkeypatch.setattr(controls_module, "after", alarms.after)
    return alarms


@pytest.fixture
def bare(alarms: Alarms) -> Iterator[Desk]:
    backends.register(backends.Backend("other", "Other lines", OtherParams, (other,)))
    desk = Desk("lines", "plain", "other")
    yield desk
    desk.controls.close()
    del backends._loaded["other"]


@pytest.fixture
def desk(bare: Desk) -> Desk:
    """With one page that is up."""
    bare.ready()
    bare.sent.clear()
    return bare


# --- a page comes up ------------------------------------------------------------------------------------------------


def test_a_page_that_is_ready_hears_of_every_parameter(bare: Desk) -> None:
    panel = bare.ready()
    assert (panel["type"], panel["backend"]) == ("panel", "lines")
    assert [(group["name"], [row["name"] for row in group["rows"]]) for group in panel["groups"]] == [
        ("Lines", ["count", "slope", "mode"]),
        ("Waves", ["height", "dashed"]),
        ("Ink", ["ink", "inks", "fails"]),
    ]
    assert panel["values"] == {**bare.model.values.to_dict()}
    assert panel["needs"] == {"height": "needs mode = wave"}


def test_a_row_tells_all_that_a_control_is_made_of(bare: Desk) -> None:
    lines, _, ink = bare.ready()["groups"]
    assert lines["rows"][1] == {
        "name": "slope",
        "label": "slope",
        "help": "How steep they are.",
        "unit": "px",
        "kind": "float",
        "choices": [],
        "soft": [0.0, 1.0],
        "step": 0.1,
        "least": 0,
        "most": 10,
        "default": 0.5,
    }
    assert (lines["rows"][2]["kind"], lines["rows"][2]["choices"]) == ("choice", ["line", "wave"])
    assert ink["rows"][1]["default"] == ["#ff0000", "#00ff00"]


def test_every_parameter_of_the_built_in_backends_has_a_row() -> None:
    for name in ("edge", "centerline", "dots", "superpixel"):
        desk = Desk(name)
        rows = [row["name"] for group in desk.ready()["groups"] for row in group["rows"]]
        assert sorted(rows) == sorted(registry[name].Params.parameters())
        desk.controls.close()


def test_a_page_that_comes_up_late_hears_of_the_present_values(bare: Desk) -> None:
    bare.model.set(dashed=True, mode="wave")
    panel = bare.ready()
    assert panel["values"]["dashed"] is True
    assert panel["needs"] == {}


def test_as_long_as_no_page_is_up_nothing_is_sent(bare: Desk) -> None:
    bare.model.count = 9
    bare.model.backend = "plain"
    assert bare.said() == []


# --- a hand moves a control -----------------------------------------------------------------------------------------


def test_a_value_that_a_page_sets_is_not_sent_back(desk: Desk) -> None:
    assert desk.move(count=7) == []
    assert desk.model.count == 7


def test_what_a_browser_makes_of_a_decimal_is_mended(desk: Desk) -> None:
    assert desk.move(slope=0.1 + 0.2) == []
    assert desk.model.slope == 0.3


def test_a_whole_number_may_come_as_what_javascript_has(desk: Desk) -> None:
    assert desk.move(count=7.0) == []
    assert type(desk.model.count) is int


def test_a_palette_comes_as_a_list_and_is_not_sent_back(desk: Desk) -> None:
    assert desk.move(inks=["#ff0000", "#808080"]) == []
    assert desk.model.inks == ("#ff0000", "#808080")


def test_a_colour_by_name_is_shown_as_its_number(desk: Desk) -> None:
    (show,) = desk.move(ink="red")
    assert (desk.model.ink, show["values"]) == ("#ff0000", {"ink": "#ff0000"})


def test_a_value_that_is_refused_is_explained_and_what_holds_is_shown(desk: Desk) -> None:
    (show,) = desk.move(count=1000)
    assert desk.errors == ["count must be between 0 and 100, got 1000; leave it out for the default 3"]
    assert (show["values"], show["seen"]) == ({"count": 3}, {"page": 1})
    assert desk.model.count == 3


def test_a_message_that_makes_no_sense_is_an_error_in_words(desk: Desk) -> None:
    assert desk.move(cuont=4) == []
    assert "count" in desk.errors[0]
    assert desk.say(type="reset", backend="lines", names=["cuont"]) == []
    assert len(desk.errors) == 2


def test_one_movement_is_one_step_of_undo(desk: Desk) -> None:
    for count in (4, 5, 6, 7):
        desk.move(count=count)
    desk.move(count=8, gesture=2)
    assert len(desk.model.history) == 2
    desk.model.undo()
    assert desk.model.count == 7
    desk.model.undo()
    assert desk.model.count == 3


def test_movements_on_two_pages_are_two_steps_of_undo(desk: Desk) -> None:
    desk.move(count=4)
    desk.move(count=5, page="second")
    assert len(desk.model.history) == 2


@pytest.mark.parametrize(("values", "steps"), [((4, 5, 3, 2), 1), ((4, 5, 3), 0), ((4, 3, 4, 3, 9), 1)])
def test_a_movement_there_and_back_is_at_most_one_step_of_undo(desk: Desk, values: tuple[int, ...], steps: int) -> None:
    for count in values:
        desk.move(count=count)
    assert len(desk.model.history) == steps
    desk.model.undo()
    assert desk.model.count == 3


def test_the_last_of_a_drag_that_a_switch_overtook_changes_nothing(desk: Desk) -> None:
    desk.model.set(backend="other", slope=0.7)
    desk.said()
    assert desk.move(slope=0.9, backend="lines") == []
    assert desk.say(type="reset", backend="lines", names=["slope"]) == []
    assert (desk.model.slope, desk.errors) == (0.7, [])


def test_a_parameter_is_reset_by_name(desk: Desk) -> None:
    desk.move(count=9, slope=1.0)
    (show,) = desk.say(type="reset", backend="lines", names=["count"])
    assert (show["values"], desk.model.slope) == ({"count": 3}, 1.0)


# --- what was painted comes along -----------------------------------------------------------------------------------


@pytest.mark.parametrize("values", [{"count": 7}, {"count": 1000}, {"cuont": 1}])
def test_a_painted_frame_is_told_after_the_values_are_set_or_refused(desk: Desk, values: dict[str, int]) -> None:
    desk.move(**values, painted={"number": 4, "milliseconds": 12.0})
    assert desk.painted == [(4, 0.012, desk.model.values)]


def test_a_painted_frame_is_told_when_no_value_comes_with_it(desk: Desk) -> None:
    desk.say(type="painted", number=4, milliseconds=12.0)
    assert [(number, seconds) for number, seconds, _ in desk.painted] == [(4, 0.012)]


def test_a_painted_frame_is_told_when_a_switch_has_overtaken_the_value(desk: Desk) -> None:
    desk.move(slope=0.9, backend="other", painted={"number": 4, "milliseconds": 12.0})
    assert len(desk.painted) == 1


def test_what_paints_next_may_wait_for_another_thread_that_uses_the_controls(desk: Desk) -> None:
    def paint(number: int, seconds: float) -> None:
        other = threading.Thread(target=desk.model.set, kwargs={"slope": 0.9})
        other.start()
        other.join(20)
        assert not other.is_alive()
        desk.painted.append((number, seconds, None))

    desk.controls._on_painted = paint
    desk.move(count=7, painted={"number": 4, "milliseconds": 12.0})
    assert desk.painted and desk.errors == []


# --- a change from elsewhere ----------------------------------------------------------------------------------------


def test_a_change_from_elsewhere_is_shown_with_what_was_handled_before(desk: Desk) -> None:
    desk.move(count=7)
    desk.model.count = 8
    (show,) = desk.said()
    assert show == {"type": "show", "values": {"count": 8}, "needs": {}, "seen": {"page": 1}}


def test_a_change_that_others_need_tells_of_those_too(desk: Desk) -> None:
    (show,) = desk.move(mode="wave")
    assert (show["values"], show["needs"]) == ({}, {"height": None})
    desk.model.undo()
    assert desk.said()[-1]["needs"] == {"height": "needs mode = wave"}


def test_what_is_needed_through_another_parameter_is_told(desk: Desk) -> None:
    desk.model.set(backend="other", knots=1)
    assert desk.said()[-1]["needs"]["tension"] == "needs curved = True"
    desk.move(curved=True)
    assert desk.said()[-1]["needs"] == {"knots": None, "tension": None}
    desk.move(knots=3)
    assert desk.said()[-1]["needs"] == {"tension": "needs knots = 1 or 2"}


def test_what_is_shown_already_costs_no_message(desk: Desk) -> None:
    desk.controls.refresh(desk.model.set(count=9))
    assert len(desk.said()) == 1


def test_a_change_by_another_thread_in_the_midst_of_a_movement_is_shown_last(desk: Desk) -> None:
    edited = threading.Event()

    def edit(_: object) -> None:
        if desk.model.count == 7:
            desk.model.count = 11
            edited.set()

    desk.model.observe(edit)
    threading.Thread(target=desk.move, kwargs={"count": 7}).start()
    assert edited.wait(20)
    desk.controls._lock.acquire()
    desk.controls._lock.release()
    assert desk.said()[-1]["values"] == {"count": 11}


# --- another backend ------------------------------------------------------------------------------------------------


def test_another_backend_is_described_once_for_all_pages(desk: Desk) -> None:
    desk.model.set(backend="plain")
    desk.model.set(backend="lines", count=8)
    desk.model.set(backend="plain")
    first, back, again = desk.said()
    assert [group["name"] for group in first["groups"]] == ["Line"]
    assert "groups" not in back and "groups" not in again
    assert (back["backend"], back["values"]["count"]) == ("lines", 8)
    # A page that comes up later has none of them.
    assert [group["name"] for group in desk.ready("second")["groups"]] == ["Line"]
    desk.model.set(backend="lines")
    assert "groups" in desk.said()[-1]


def test_a_switch_there_and_back_before_it_was_told_shows_what_has_changed_meanwhile(desk: Desk) -> None:
    desk.deafen()
    # What the other backend has under this name anyway is no change to the model.
    deltas = [desk.model.set(backend="other"), desk.model.set(backend="lines", slope=0.2)]
    for delta in deltas:
        desk.controls.refresh(delta)
    assert [message["values"] for message in desk.said()] == [{"slope": 0.2}]


# --- several pages --------------------------------------------------------------------------------------------------


def test_other_pages_hear_of_a_movement_when_the_hand_rests(desk: Desk, alarms: Alarms) -> None:
    desk.ready("second")
    desk.said()
    for count in (4, 5, 6):
        assert desk.move(count=count) == []
    desk.move(slope=0.9, gesture=2)
    assert [seconds for seconds, _ in alarms.set] == [controls_module.REST_S]
    alarms.ring()
    seen = {"page": 4, "second": 0}
    values = {"count": 6, "slope": 0.9}
    assert desk.said() == [{"type": "show", "values": values, "needs": {}, "seen": seen, "by": "page"}]
    desk.move(count=7)
    alarms.ring()
    assert [message["values"] for message in desk.said()] == [{"count": 7}]


def test_hands_on_two_pages_are_told_of_each_other(desk: Desk, alarms: Alarms) -> None:
    desk.ready("second")
    desk.said()
    desk.move(count=4)
    desk.move(slope=0.9, page="second")
    alarms.ring()
    assert [(message["by"], message["values"]) for message in desk.said()] == [
        ("page", {"count": 4}),
        ("second", {"slope": 0.9}),
    ]


def test_what_a_script_has_changed_since_is_not_told_again(desk: Desk, alarms: Alarms) -> None:
    desk.ready("second")
    desk.move(count=4)
    desk.model.count = 9
    desk.said()
    alarms.ring()
    assert desk.said() == []


def test_one_page_alone_is_told_nothing_when_the_hand_rests(desk: Desk, alarms: Alarms) -> None:
    desk.move(count=4)
    assert alarms.set == []


def test_a_hand_that_moves_while_others_are_to_be_told_is_not_waited_for(desk: Desk, alarms: Alarms) -> None:
    desk.ready("second")
    desk.move(count=4)
    desk.said()
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with desk.controls._lock:
            held.set()
            done.wait(20)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(20)
    alarms.ring()
    assert desk.said() == []
    done.set()
    holder.join()
    alarms.ring()
    assert desk.said()[0]["values"] == {"count": 4}


def test_pages_that_are_long_gone_are_forgotten(desk: Desk) -> None:
    for number in range(20):
        desk.ready(f"page {number}")
    assert list(desk.ready("last")["seen"])[-2:] == ["page 19", "last"]
    assert len(desk.controls._seen) == 8


# --- the end --------------------------------------------------------------------------------------------------------


def test_closing_leaves_no_widget_behind(alarms: Alarms) -> None:
    before = set(registry_of_widgets._instances)
    desk = Desk("lines", "plain")
    desk.ready()
    desk.ready("second")
    desk.move(count=4)
    desk.controls.close()
    desk.controls.layout.close()
    assert set(registry_of_widgets._instances) == before
    assert alarms.set == []
    desk.said()
    desk.model.count = 9
    assert desk.said() == []
