"""A studio in real JupyterLab in a real browser, as a person uses it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest

CELLS = [
    "import rings\nfrom vec2art_nb.ui import Studio",
    "studio = Studio(rings.picture(), backend='rings')\nstudio",
    "other = Studio(rings.picture(300, 400), backend='rings', count=3)\nother",
]


@pytest.fixture(scope="module")
def opened(lab: Any) -> Any:
    lab.open("studio.ipynb", CELLS)
    return lab


@pytest.fixture
def studio(opened: Any) -> Any:
    """The first studio, in its first state."""
    opened.python("studio.params.set(backend='rings'); studio.params.reset()")
    studio = opened.studio(0)
    studio.locator.scroll_into_view_if_needed()
    studio.wait_for_exact("studio")
    studio.button("Fit").click()
    return studio


def test_the_picture_and_its_drawing_are_shown_beside_each_other(studio: Any) -> None:
    assert studio.ink(0.0, 0.48) == 0
    assert studio.ink(0.52, 1.0) > 500
    assert studio.status.text_content().startswith("exact · 12 paths · 780 points · ")
    assert studio.canvas.get_attribute("aria-label") == "Drawing of array: 12 paths, 780 points"


def test_a_quick_drag_ends_on_the_exact_drawing_of_its_last_value(opened: Any, studio: Any) -> None:
    before = studio.pixels()
    value = studio.drag_slider("count", 0.2, 0.9)
    opened.wait_for_python("studio.params.count", str(round(value)))
    studio.wait_for_exact("studio")
    assert studio.root.get_attribute("data-paths") == str(round(value))
    assert studio.pixels() != before
    studio.wait_for_number("count", str(round(value)))


def test_a_drag_is_one_step_of_undo(opened: Any, studio: Any) -> None:
    steps = int(opened.python("print(len(studio.params.history))"))
    value = studio.drag_slider("count", 0.3, 0.8, events=40)
    opened.wait_for_python("studio.params.count", str(round(value)))
    assert opened.python("print(len(studio.params.history))") == str(steps + 1)
    studio.button("Undo").click()
    studio.wait_for("paths", "12")
    studio.wait_for_number("count", "12")
    studio.button("Redo").click()
    studio.wait_for("paths", str(round(value)))


def test_several_quick_changes_end_on_the_last(opened: Any, studio: Any) -> None:
    opened.python("for count in [5, 30, 8, 55, 2, 33]: studio.params.count = count")
    studio.wait_for_exact("studio")
    assert studio.root.get_attribute("data-paths") == "33"


def test_a_script_moves_the_slider(opened: Any, studio: Any) -> None:
    opened.python("studio.params.count = 31")
    studio.wait_for("paths", "31")
    studio.wait_for_number("count", "31")
    assert studio.slider("count").input_value() == "31"
    assert studio.locator.get_by_label("count", exact=True).get_attribute("type") == "range"


def test_a_number_beyond_the_slider_is_taken_up_to_the_hard_range(opened: Any, studio: Any) -> None:
    studio.number("count").fill("150")
    studio.number("count").press("Enter")
    studio.wait_for("paths", "150")
    assert (studio.slider("count").get_attribute("max"), studio.slider("count").input_value()) == ("150", "150")
    studio.button("Reset all parameters to their defaults").click()
    studio.wait_for("paths", "12")
    studio.wait_for_number("count", "12")
    assert studio.slider("count").get_attribute("max") == "60"


def test_an_invalid_value_is_explained_and_changes_nothing(opened: Any, studio: Any) -> None:
    studio.number("count").fill("4000")
    studio.number("count").press("Enter")
    studio.error.get_by_text("count must be between 0 and 400").wait_for()
    studio.wait_for_number("count", "12")
    assert opened.python("print(studio.params.count)") == "12"
    opened.python("studio.params.count = 13")
    studio.wait_for("paths", "13")
    studio.page.wait_for_function("line => line.textContent === ''", arg=studio.error.element_handle())


def test_a_stage_that_fails_says_so_and_the_next_state_recovers(opened: Any, studio: Any) -> None:
    opened.python("studio.params.fails = True")
    studio.error.get_by_text("the rings were asked to fail").wait_for()
    studio.wait_for("state", "failed")
    assert studio.status.text_content().startswith("failed; this is the drawing before")
    opened.python("studio.undo()")
    studio.wait_for_exact("studio")
    studio.wait_for("state", "settled")
    studio.page.wait_for_function("line => line.textContent === ''", arg=studio.error.element_handle())


def test_an_empty_drawing_says_what_to_do(opened: Any, studio: Any) -> None:
    opened.python("studio.params.count = 0")
    studio.wait_for("paths", "0")
    assert studio.locator.locator(".v2a-note").text_content() == "There are no rings: raise count."


def test_slow_work_does_not_pretend_to_be_done(opened: Any, studio: Any) -> None:
    opened.python("studio.params.work_ms = 1200")
    studio.wait_for("state", "working")
    assert studio.status.text_content().startswith("working…")
    studio.wait_for("state", "settled")
    studio.wait_for_exact("studio")


def test_a_parameter_without_effect_is_grey_and_says_what_it_needs(opened: Any, studio: Any) -> None:
    row = studio.row("corner")
    row.locator("input[type=number]:disabled").wait_for()
    row.get_by_text("needs style = square").wait_for()
    assert studio.slider("corner").get_attribute("aria-describedby") == row.locator(".v2a-needs").get_attribute("id")
    assert row.get_attribute("title") == "corner: How square they are. (needs style = square)"
    studio.row("style").locator("select").select_option("square")
    row.get_by_text("needs style = square").wait_for(state="hidden")
    row.locator("input[type=number]:enabled").wait_for()
    assert studio.slider("corner").get_attribute("aria-describedby") is None


def wait_for_choice(studio: Any, menu: int, value: str) -> None:
    select = studio.locator.locator(".v2a-toolbar select").nth(menu)
    studio.page.wait_for_function("([menu, value]) => menu.value === value", arg=[select.element_handle(), value])


def test_menus_choose_backend_and_preset(opened: Any, studio: Any) -> None:
    backends, presets = studio.locator.locator(".v2a-toolbar select").all()
    wait_for_choice(studio, 1, "default")
    presets.select_option("many")
    studio.wait_for("paths", "40")
    opened.python("studio.params.count = 41")
    studio.wait_for("paths", "41")
    wait_for_choice(studio, 1, "")
    backends.select_option("line")
    studio.wait_for("paths", "1")
    studio.row("count").wait_for(state="detached")
    studio.row("stroke_width").wait_for()
    studio.button("Undo").click()
    studio.wait_for("paths", "41")
    studio.row("count").wait_for()
    wait_for_choice(studio, 0, "rings")


def test_groups_open_and_a_parameter_is_found_by_its_name(studio: Any) -> None:
    assert studio.row("fails").count() == 0
    studio.locator.get_by_role("button", name="Trouble").click()
    studio.row("fails").wait_for()
    search = studio.locator.get_by_placeholder("find a parameter")
    search.fill("pen width")
    studio.row("stroke_width").wait_for()
    studio.row("count").wait_for(state="hidden")
    search.fill("")
    studio.row("count").wait_for()
    studio.row("stroke_width").wait_for(state="hidden")
    studio.locator.get_by_role("button", name="Trouble").click()


def test_the_palette_takes_and_gives_colours(opened: Any, studio: Any) -> None:
    studio.locator.get_by_role("button", name="Ink").click()
    row = studio.row("inks")
    row.wait_for()
    row.locator("button").first.click()
    studio.page.wait_for_function(
        "row => row.querySelectorAll('input[type=color]').length === 2", arg=row.element_handle()
    )
    assert opened.python("print(studio.params.inks)") == "('#101018', '#808080')"
    row.locator("input[type=color]").nth(1).fill("#aa2222")
    studio.wait_for_exact("studio")
    assert opened.python("print(studio.params.inks)") == "('#101018', '#aa2222')"
    studio.locator.get_by_role("button", name="Ink").click()


def test_the_wipe_follows_mouse_and_keys(studio: Any) -> None:
    box = studio.canvas.bounding_box()
    mouse = studio.page.mouse
    mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.3)
    mouse.down()
    mouse.move(box["x"] + box["width"] * 0.1, box["y"] + box["height"] * 0.3, steps=4)
    mouse.up()
    studio.page.wait_for_function("handle => handle.ariaValueNow === '10'", arg=studio.handle.element_handle())
    assert studio.ink(0.2, 0.48) > 500
    studio.handle.press("Home")
    studio.handle.press("ArrowRight")
    studio.page.wait_for_function("handle => handle.ariaValueNow === '2'", arg=studio.handle.element_handle())
    for _ in range(4):
        studio.handle.press("Shift+ArrowRight")
    for _ in range(4):
        studio.handle.press("ArrowRight")
    studio.page.wait_for_function("handle => handle.ariaValueNow === '50'", arg=studio.handle.element_handle())


def test_compare_can_be_switched_off(studio: Any) -> None:
    studio.button("Compare").click()
    studio.handle.wait_for(state="hidden")
    assert studio.ink(0.2, 0.48) > 500
    assert studio.button("Compare").get_attribute("aria-pressed") == "false"
    studio.button("Compare").click()
    studio.handle.wait_for()


def zoom(studio: Any) -> int:
    return int(studio.locator.locator(".v2a-zoom").text_content().removesuffix(" %"))


def frames(studio: Any) -> None:
    """Let the browser paint."""
    studio.page.evaluate("() => new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)))")


def test_wheel_keys_and_double_click_zoom(studio: Any) -> None:
    frames(studio)
    fit = zoom(studio)
    box = studio.canvas.bounding_box()
    studio.page.mouse.move(box["x"] + 50, box["y"] + 50)
    studio.page.mouse.wheel(0, -300)
    frames(studio)
    assert zoom(studio) > 1.4 * fit
    studio.page.mouse.dblclick(box["x"] + 50, box["y"] + 50)
    frames(studio)
    assert zoom(studio) == fit
    studio.canvas.press("+")
    frames(studio)
    assert zoom(studio) == pytest.approx(fit * 1.25, abs=1)
    studio.canvas.press("1")
    frames(studio)
    assert zoom(studio) == 100
    before = studio.pixels()
    studio.canvas.press("ArrowRight")
    frames(studio)
    assert studio.pixels() != before
    studio.canvas.press("0")
    frames(studio)
    assert zoom(studio) == fit
    # JupyterLab's own bare keys did nothing: 1 would have made a heading of the cell.
    assert "# studio" not in studio.page.locator(".jp-Notebook").inner_text()


def test_dragging_pans(studio: Any) -> None:
    studio.button("1:1").click()
    frames(studio)
    before = studio.ink(0.5, 1.0)
    box = studio.canvas.bounding_box()
    mouse = studio.page.mouse
    mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.5)
    mouse.down()
    mouse.move(box["x"] + box["width"] * 1.3, box["y"] + box["height"] * 0.5, steps=3)
    mouse.up()
    frames(studio)
    assert studio.ink(0.5, 1.0) != before


def test_two_studios_do_not_disturb_each_other(opened: Any, studio: Any) -> None:
    other = opened.studio(1)
    other.wait_for_exact("other")
    opened.python("for count in range(3, 40): studio.params.count = count; other.params.count = count + 10")
    studio.wait_for_exact("studio")
    other.wait_for_exact("other")
    assert studio.root.get_attribute("data-paths") == "39"
    assert other.root.get_attribute("data-paths") == "49"


def test_saving_downloads_the_exact_drawing(opened: Any, studio: Any, tmp_path: Path) -> None:
    with studio.page.expect_download() as svg:
        studio.button("Save the drawing as SVG").click()
    assert svg.value.suggested_filename == "array.svg"
    svg.value.save_as(tmp_path / "array.svg")
    root = ElementTree.parse(tmp_path / "array.svg").getroot()
    assert root.tag.endswith("svg") and root.get("viewBox") == "0 0 480 320"
    opened.python(f"open({str(tmp_path / 'twin.svg')!r}, 'wb').write(studio.drawing.to_svg_bytes())")
    assert (tmp_path / "array.svg").read_bytes() == (tmp_path / "twin.svg").read_bytes()
    with studio.page.expect_download() as png:
        studio.button("Save the drawing as PNG").click()
    assert Path(png.value.path()).read_bytes().startswith(b"\x89PNG")


def test_the_code_is_copied(opened: Any, studio: Any) -> None:
    opened.python("studio.params.count = 7")
    studio.wait_for("paths", "7")
    studio.button("Copy the Python code that makes this drawing").click()
    studio.locator.get_by_text("Copied").wait_for()
    copied = studio.page.evaluate("() => navigator.clipboard.readText()")
    assert 'v2a.vectorize(image, backend="rings", count=7)' in copied


def test_code_can_be_taken_by_hand_when_the_clipboard_is_closed(studio: Any) -> None:
    studio.page.evaluate(
        "() => { navigator.clipboard.writeText = () => Promise.reject(new Error());"
        " document.execCommand = () => false; }"
    )
    studio.button("Copy the Python code that makes this drawing").click()
    text = studio.locator.get_by_label("Python code", exact=True)
    text.wait_for()
    assert "v2a.vectorize(" in text.input_value()
    studio.button("Close").click()
    text.wait_for(state="hidden")


def test_a_dark_theme_is_followed(opened: Any, studio: Any) -> None:
    ink = studio.pixels()
    opened.command("apputils:change-theme", {"theme": "JupyterLab Dark"})
    studio.page.wait_for_selector("body[data-jp-theme-light=false]", state="attached")
    color = "node => getComputedStyle(node).color.match(/\\d+/g).slice(0, 3).map(Number)"
    try:
        assert min(studio.button("Fit").evaluate(color)) > 150
        assert min(studio.row("count").locator(".v2a-label").evaluate(color)) > 150
        assert studio.pixels() == ink
    finally:
        opened.command("apputils:change-theme", {"theme": "JupyterLab Light"})


def test_in_a_narrow_cell_the_controls_stand_below(opened: Any, studio: Any) -> None:
    wide = studio.row("count").bounding_box()
    assert wide["x"] > studio.canvas.bounding_box()["x"] + studio.canvas.bounding_box()["width"]
    studio.page.set_viewport_size({"width": 900, "height": 1000})
    try:
        studio.page.wait_for_function(
            """([canvas, row]) => row.getBoundingClientRect().top > canvas.getBoundingClientRect().bottom""",
            arg=[studio.canvas.element_handle(), studio.row("count").element_handle()],
        )
        frames(studio)
        assert studio.ink(0.52, 1.0) > 300
        overflow = studio.locator.evaluate("studio => studio.scrollWidth - studio.clientWidth")
        assert overflow <= 1
    finally:
        studio.page.set_viewport_size({"width": 1400, "height": 1000})


def test_what_the_saved_notebook_shows_is_refreshed_without_touching_the_live_view(opened: Any, studio: Any) -> None:
    opened.python("studio.params.count = 21")
    studio.wait_for("paths", "21")
    studio.root.evaluate("root => { root.mark = 'same'; }")
    opened.python("studio.keep()")
    kept = studio.page.locator(".jp-OutputArea-child:has(img[src^='data:image/png'])").first
    studio.page.wait_for_function("kept => getComputedStyle(kept).display === 'none'", arg=kept.element_handle())
    assert studio.root.evaluate("root => root.mark") == "same"
    opened.command("docmanager:save")
    saved = (opened.root / "studio.ipynb").read_text()
    assert "Drawing(480×320 px, 21 paths, 1365 points)" in saved
    assert re.search(r'"image/png": "iVBOR', saved)
    assert "importScripts" not in saved and "decodeLayers" not in saved
