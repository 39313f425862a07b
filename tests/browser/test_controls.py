"""The controls in a real browser: what keys, double clicks and marks do, and what a first start looks like."""

from __future__ import annotations

from typing import Any

import pytest
from lab import write_notebook

CELLS = [
    "import rings\nfrom vec2art_nb.ui import Studio",
    "studio = Studio(rings.picture(), backend='rings')\nstudio",
]


@pytest.fixture(scope="module")
def sent(lab: Any) -> list[bytes]:
    """All that the page sends to the kernel's widgets."""
    messages: list[bytes] = []

    def note(message: str | bytes) -> None:
        data = message.encode() if isinstance(message, str) else message
        if b"comm_msg" in data:
            messages.append(data)

    lab.page.on("websocket", lambda socket: socket.on("framesent", note))
    return messages


@pytest.fixture(scope="module")
def opened(lab: Any, sent: list[bytes]) -> Any:
    lab.open("controls.ipynb", CELLS)
    return lab


@pytest.fixture
def studio(opened: Any) -> Any:
    """The studio in its first state, without a history."""
    opened.python(
        "studio.params.set(backend='rings'); studio.params.reset(); studio.params._done.clear();"
        "studio.params._undone.clear()"
    )
    studio = opened.studio()
    studio.locator.scroll_into_view_if_needed()
    studio.wait_for_exact("studio")
    return studio


def steps(lab: Any) -> int:
    """How many steps of undo there are."""
    return int(lab.python("print(len(studio.params.history))"))


# --- undo and redo by keyboard --------------------------------------------------------------------------------------


def test_undo_and_redo_have_their_keys_wherever_the_focus_is(opened: Any, studio: Any) -> None:
    opened.python("studio.params.count = 20; studio.params.count = 30")
    studio.wait_for("paths", "30")
    studio.canvas.press("Control+z")
    studio.wait_for("paths", "20")
    studio.slider("count").press("Control+z")
    studio.wait_for("paths", "12")
    studio.button("Fit").press("Control+y")
    studio.wait_for("paths", "20")
    studio.slider("count").press("Control+Shift+Z")
    studio.wait_for("paths", "30")
    studio.wait_for_number("count", "30")
    # The keys of the notebook did nothing beside.
    assert "count" not in studio.page.locator(".jp-Notebook .jp-InputArea-editor").nth(1).inner_text()


def test_a_click_beside_every_button_leaves_the_keys_with_the_studio(opened: Any, studio: Any) -> None:
    opened.python("studio.params.count = 20")
    studio.wait_for("paths", "20")
    studio.status.click()
    studio.page.keyboard.press("Control+z")
    studio.wait_for("paths", "12")


def test_undo_in_a_text_is_the_undo_of_that_text(opened: Any, studio: Any) -> None:
    opened.python("studio.params.count = 20")
    studio.wait_for("paths", "20")
    search = studio.locator.get_by_placeholder("find a parameter")
    search.press_sequentially("pen")
    search.press("Control+z")
    studio.page.wait_for_function("field => field.value !== 'pen'", arg=search.element_handle())
    search.fill("")
    studio.row("count").wait_for()
    number = studio.number("count")
    number.press("End")
    number.press_sequentially("5")
    assert number.input_value() == "205"
    number.press("Control+z")
    assert number.input_value() == "20"
    studio.canvas.focus()
    assert opened.python("print(studio.params.count)") == "20"


def test_undo_in_a_cell_is_the_undo_of_that_cell(opened: Any, studio: Any) -> None:
    opened.python("studio.params.count = 20")
    studio.wait_for("paths", "20")
    editor = studio.page.locator(".jp-Notebook .cm-content").first
    before = editor.inner_text()
    editor.press("x")
    assert editor.inner_text() != before
    editor.press("Control+z")
    studio.page.wait_for_function("([node, text]) => node.innerText === text", arg=[editor.element_handle(), before])
    assert opened.python("print(studio.params.count)") == "20"


@pytest.mark.parametrize("place", ["button", "menu", "slider", "canvas", "checkbox", "studio"])
def test_bare_keys_in_a_studio_do_nothing_to_the_notebook(opened: Any, studio: Any, place: str) -> None:
    studio.locator.get_by_role("button", name="Trouble").click()
    places = {
        "button": studio.button("Fit"),
        "menu": studio.locator.locator(".v2a-toolbar select").nth(1),
        "slider": studio.slider("wobble"),
        "canvas": studio.canvas,
        "checkbox": studio.row("fails").locator("input"),
        "studio": studio.locator,
    }
    cells = """() => window.jupyterapp.shell.currentWidget.content.model.cells.length + " " +
      [...window.jupyterapp.shell.currentWidget.content.widgets].map((cell) => cell.model.type)"""
    active = "() => window.jupyterapp.shell.currentWidget.content.activeCellIndex"
    before, cell = studio.page.evaluate(cells), studio.page.evaluate(active)
    places[place].focus()
    for key in ("x", "a", "b", "y", "r", "ArrowUp", "z"):  # none of them begins the name of a preset
        studio.page.keyboard.press(key)
    assert studio.page.evaluate(cells) == before
    assert studio.page.evaluate(active) == cell
    studio.locator.get_by_role("button", name="Trouble").click()


# --- movements ------------------------------------------------------------------------------------------------------


def test_a_run_of_arrow_keys_is_one_step_of_undo(opened: Any, studio: Any) -> None:
    handle = studio.slider("count")
    for _ in range(5):
        handle.press("ArrowRight")
    studio.wait_for("paths", "17")
    for _ in range(2):
        handle.press("ArrowLeft")
    studio.wait_for("paths", "15")
    assert steps(opened) == 1
    studio.slider("wobble").press("ArrowRight")
    opened.wait_for_python("studio.params.wobble > 0", "True")
    assert steps(opened) == 2
    handle.press("ArrowRight")
    studio.wait_for("paths", "16")
    assert steps(opened) == 3


def test_home_and_end_go_to_the_ends_of_the_slider(opened: Any, studio: Any) -> None:
    studio.slider("count").press("End")
    studio.wait_for("paths", "60")
    studio.slider("count").press("Home")
    studio.wait_for("paths", "1")
    studio.wait_for_number("count", "1")


def test_a_hand_that_rests_within_a_drag_makes_one_step_and_a_second_drag_another(opened: Any, studio: Any) -> None:
    value = studio.drag_slider("count", 0.3, 0.8, events=3, hertz=1.5)
    opened.wait_for_python("studio.params.count", str(round(value)))
    assert steps(opened) == 1
    value = studio.drag_slider("count", 0.8, 0.4, events=10)
    opened.wait_for_python("studio.params.count", str(round(value)))
    assert steps(opened) == 2


def test_a_drag_there_and_back_leaves_nothing_to_undo(opened: Any, studio: Any) -> None:
    studio.wait_for_number("count", "12")
    here = (12 - 1) / 59
    assert studio.drag_slider("count", 0.9, here, events=20) == 12
    opened.wait_for_python("studio.params.count", "12")
    studio.wait_for_exact("studio")
    assert steps(opened) == 0
    assert studio.button("Undo").is_disabled()


def place(slider: Any, share: float) -> tuple[float, float]:
    """Where on the page a hand takes a slider to have this much of it; its knob does not leave it."""
    box = slider.bounding_box()
    knob = 16
    return box["x"] + knob / 2 + (box["width"] - knob) * share, box["y"] + box["height"] / 2


def test_a_mouse_drags_a_slider_and_what_a_script_sets_meanwhile_waits(opened: Any, studio: Any) -> None:
    slider, mouse = studio.slider("count"), studio.page.mouse
    mouse.move(*place(slider, 11 / 59))
    mouse.down()
    mouse.move(*place(slider, 0.9), steps=12)
    opened.wait_for_python("studio.params.count > 50", "True")
    opened.python("studio.params.count = 20")
    studio.wait_for("paths", "20")
    assert int(slider.input_value()) > 50
    mouse.up()
    studio.wait_for_number("count", "20")
    assert slider.input_value() == "20"
    assert steps(opened) == 2


def test_a_finger_drags_a_slider(opened: Any, studio: Any) -> None:
    fingers = studio.page.context.new_cdp_session(studio.page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        given = {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]}
        fingers.send("Input.dispatchTouchEvent", given)

    slider = studio.slider("count")
    touch("touchStart", place(slider, 11 / 59))
    for share in (0.3, 0.5, 0.7, 0.9):
        touch("touchMove", place(slider, share))
    touch("touchEnd")
    opened.wait_for_python("studio.params.count > 50", "True")
    studio.wait_for_exact("studio")
    assert steps(opened) == 1


def test_a_slider_keeps_its_wider_range_while_a_hand_is_on_it(opened: Any, studio: Any) -> None:
    opened.python("studio.params.count = 200")
    studio.wait_for_number("count", "200")
    slider, mouse = studio.slider("count"), studio.page.mouse
    mouse.move(*place(slider, 1))
    mouse.down()
    mouse.move(*place(slider, 0.1), steps=5)
    opened.wait_for_python("studio.params.count < 60", "True")
    assert slider.get_attribute("max") == "200"
    mouse.up()
    assert slider.get_attribute("max") == "60"
    assert slider.input_value() == opened.python("print(studio.params.count)")


def test_values_of_a_drag_bring_along_what_was_painted(opened: Any, studio: Any, sent: list[bytes]) -> None:
    sent.clear()
    value = studio.drag_slider("wobble", 0.1, 0.9, events=240)
    opened.wait_for_python("studio.params.wobble", str(float(value)))
    studio.wait_for_exact("studio")
    values = [message for message in sent if b'"set"' in message]
    with_news = [message for message in values if b'"painted":{' in message]
    alone = [message for message in sent if b'"ack"' in message]
    assert len(values) > 5
    assert len(with_news) > len(values) / 2
    assert len(alone) < len(with_news)


def test_arrows_in_a_number_go_by_steps_at_once(opened: Any, studio: Any) -> None:
    number = studio.number("wobble")
    for _ in range(3):
        number.press("ArrowUp")
    opened.wait_for_python("studio.params.wobble", "0.3")
    assert number.input_value() == "0.3"
    assert steps(opened) == 1


def test_what_is_no_number_goes_back(opened: Any, studio: Any) -> None:
    number = studio.number("count")
    number.fill("")
    number.press("Enter")
    assert number.input_value() == "12"
    assert steps(opened) == 0


def test_a_colour_is_taken_by_name(opened: Any, studio: Any) -> None:
    heading = studio.locator.get_by_role("button", name="Ink", exact=True)
    heading.click()
    assert heading.get_attribute("aria-expanded") == "true"
    field = studio.row("background").locator("input[type=text]")
    field.fill("Teal")
    field.press("Enter")
    studio.page.wait_for_function("field => field.value === '#008080'", arg=field.element_handle())
    assert studio.row("background").locator("input[type=color]").input_value() == "#008080"
    assert opened.python("print(studio.params.background)") == "#008080"
    heading.click()
    assert heading.get_attribute("aria-expanded") == "false"


# --- back to what was -----------------------------------------------------------------------------------------------


def test_escape_in_a_number_brings_back_what_stood_there(opened: Any, studio: Any) -> None:
    number = studio.number("count")
    number.press("End")
    number.press_sequentially("99")
    assert number.input_value() == "1299"
    number.press("Escape")
    assert number.input_value() == "12"
    studio.canvas.focus()
    assert opened.python("print(studio.params.count)") == "12"
    number.fill("14")
    number.press("Enter")
    studio.wait_for("paths", "14")
    number.press("Escape")
    assert number.input_value() == "14"
    # And once it is taken, undo is the studio's again.
    number.press("Control+z")
    studio.wait_for("paths", "12")


def test_escape_ends_a_search(studio: Any) -> None:
    search = studio.locator.get_by_placeholder("find a parameter")
    search.fill("pen width")
    studio.row("stroke_width").wait_for()
    search.press("Escape")
    studio.row("count").wait_for()
    studio.row("stroke_width").wait_for(state="hidden")
    assert search.input_value() == ""


def test_a_double_click_on_a_label_resets_that_parameter_alone(opened: Any, studio: Any) -> None:
    opened.python("studio.params.set(count=20, wobble=3.0)")
    studio.wait_for("paths", "20")
    studio.row("count").locator(".v2a-label").dblclick()
    studio.wait_for("paths", "12")
    assert opened.python("print(studio.params.wobble)") == "3.0"
    studio.row("wobble").locator(".v2a-unit").dblclick()
    studio.canvas.press("Control+z")
    studio.wait_for("paths", "20")
    assert opened.python("print(studio.params.wobble)") == "3.0"


def test_a_mark_tells_what_differs_from_the_default_and_takes_it_back(opened: Any, studio: Any) -> None:
    mark = studio.row("count").get_by_role("button")
    assert mark.count() == 0 or not mark.is_visible()
    studio.slider("count").press("ArrowRight")
    mark.wait_for()
    assert mark.get_attribute("title") == "Back to the default, 12"
    assert studio.row("wobble").get_by_role("button").count() == 0
    mark.press("Enter")
    studio.wait_for("paths", "12")
    mark.wait_for(state="hidden")
    opened.python("studio.undo()")
    mark.wait_for()


def test_presets_are_chosen_by_keyboard(opened: Any, studio: Any) -> None:
    presets = studio.locator.get_by_label("Preset: parameters that go well together")
    studio.page.wait_for_function("menu => menu.value === 'default'", arg=presets.element_handle())
    presets.press("ArrowDown")
    studio.wait_for("paths", "40")
    presets.press("Control+z")
    studio.wait_for("paths", "12")
    assert steps(opened) == 0


# --- one change among many controls ---------------------------------------------------------------------------------


def test_a_change_touches_only_what_shows_it(opened: Any, studio: Any) -> None:
    heading = studio.locator.get_by_role("button", name="Trouble")
    heading.click()
    studio.row("fails").wait_for()
    studio.locator.locator(".v2a-controls").evaluate(
        """(controls) => {
          window.touched = new Set();
          window.watch = new MutationObserver((records) => {
            for (const { target } of records) {
              const element = target instanceof Element ? target : target.parentElement;
              window.touched.add(element?.closest(".v2a-row")?.className.match(/v2a-parameter-(\\w+)/)?.[1] ?? "other");
            }
          });
          window.watch.observe(controls, { subtree: true, childList: true, attributes: true, characterData: true });
        }"""
    )
    opened.python("studio.params.count = 25")
    studio.wait_for("paths", "25")
    studio.wait_for_number("count", "25")
    assert studio.page.evaluate("() => [...window.touched]") == ["count"]
    assert studio.locator.locator("[title=null]").count() == 0
    studio.page.evaluate("() => { window.watch.disconnect(); }")
    heading.click()


def test_a_drag_changes_no_node_but_the_mark(studio: Any) -> None:
    studio.locator.locator(".v2a-controls").evaluate(
        """(controls) => {
          window.records = [];
          window.watch = new MutationObserver((records) => window.records.push(...records));
          window.watch.observe(controls, { subtree: true, childList: true, attributes: true, characterData: true });
        }"""
    )
    value = studio.drag_slider("wobble", 0.1, 0.9, events=60)
    studio.wait_for_number("wobble", str(value))
    studio.wait_for_exact("studio")
    seen = studio.page.evaluate("() => window.records.map((record) => record.type + (record.attributeName ?? ''))")
    assert seen in (["attributesclass"], ["childList", "attributesclass"])
    studio.page.evaluate("() => { window.watch.disconnect(); }")


# --- the first start ------------------------------------------------------------------------------------------------

SLOW = """
import time
from pathlib import Path
import rings
from vec2art_nb import backends
from vec2art_nb.drawing import Drawing
from vec2art_nb.image import Source
from vec2art_nb.params import Params, param
from vec2art_nb.ui import Studio

class GatedParams(Params):
    wait: bool = param(True, "Wait for the gate.", group="Gate")

def first_look(source: Source, *, wait: bool) -> float:
    time.sleep(0.3)  # longer than a render keeps quiet
    return 0.0

def slow_strokes(source: Source, first_look: float) -> Drawing:
    while not Path("gate").exists():
        time.sleep(0.01)
    return rings.drawing(source, **rings.RingsParams().to_dict())

backends.register(backends.Backend("gated", "Waits", GatedParams, (first_look, slow_strokes)))
studio = Studio(rings.picture(), backend="gated")
studio
"""


@pytest.mark.parametrize("subshells", [True, False])
def test_the_picture_and_what_is_being_done_are_there_before_the_first_drawing(
    request: pytest.FixtureRequest, subshells: bool
) -> None:
    lab = request.getfixturevalue("lab" if subshells else "lab_without_subshells")
    gate = lab.root / "gate"
    write_notebook(lab.root / "first.ipynb", [SLOW])
    lab.page.goto(f"{lab.address}/lab/tree/first.ipynb?reset")
    lab.wait_for_kernel()
    lab.page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
    studio = lab.studio()
    try:
        studio.locator.locator(".v2a-progress").get_by_text("slow strokes (1 of 2)").wait_for()
        # The picture is bluish all over; what stands behind it is grey.
        studio.page.wait_for_function(
            """(canvas) => {
              const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
              return data.some((blue, i) => i % 4 === 2 && blue - data[i - 1] > 30);
            }""",
            arg=studio.canvas.element_handle(),
        )
        assert studio.root.get_attribute("data-paths") is None
    finally:
        gate.touch()
    studio.wait_for("paths", "12")
    studio.locator.locator(".v2a-progress").wait_for(state="hidden")
    gate.unlink()
