"""How the viewer paints and compares: ways of comparing, pixels of the screen, hands, and never half a picture."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from conftest import open_page
from numpy.typing import NDArray
from PIL import Image
from soft_picture import picture as source_picture

CELLS = [
    "import rings\nfrom vec2art_nb.ui import Studio",
    "studio = Studio(rings.picture(), backend='rings', work_ms=1)\nstudio",
]


@pytest.fixture(scope="module")
def opened(lab: Any) -> Any:
    lab.open("view.ipynb", CELLS)
    return lab


@pytest.fixture
def studio(opened: Any) -> Iterator[Any]:
    opened.python("studio.params.set(backend='rings'); studio.params.reset()")
    studio = opened.studio()
    studio.locator.scroll_into_view_if_needed()
    studio.wait_for_exact("studio")
    yield studio
    if studio.root.get_attribute("data-nodes") != "0":
        studio.canvas.press("n")
    choose(studio, "wipe")
    studio.handle.press("Home")
    wipe_to(studio, 50)
    studio.button("Fit").click()
    frames(studio)


def frames(studio: Any) -> None:
    """Let the browser paint."""
    studio.page.evaluate("() => new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)))")


def choose(studio: Any, way: str) -> None:
    studio.locator.get_by_label("Way of comparing").select_option(way)
    studio.wait_for("way", way)


def wipe_to(studio: Any, percent: int) -> None:
    studio.handle.press("Home")
    for _ in range(percent // 2):
        studio.handle.press("ArrowRight")


def picture(studio: Any) -> NDArray[np.int32]:
    """What is on the canvas now, (height, width, 4)."""
    frames(studio)
    content = base64.b64decode(studio.pixels().split(",")[1])
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGBA"), np.int32)


def both(studio: Any) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Source alone and drawing alone."""
    choose(studio, "wipe")
    studio.handle.press("End")
    source = picture(studio)
    studio.handle.press("Home")
    drawing = picture(studio)
    assert np.abs(source - drawing)[..., :3].mean() > 20
    return source, drawing


# --- comparing ------------------------------------------------------------------------------------------------------


def test_the_difference_is_that_of_each_pixel(studio: Any) -> None:
    source, drawing = both(studio)
    choose(studio, "difference")
    found = picture(studio)
    wanted = np.abs(source - drawing)[..., :3]
    # At the rim of the page pixels are covered in part.
    assert np.abs(found[..., :3] - wanted)[3:-3, 3:-3].max() <= 2
    caption = studio.locator.locator(".v2a-captions span").nth(1).text_content()
    mean = wanted[drawing[..., 3] == 255].mean() / 2.55
    assert abs(int(caption.removeprefix("difference ").split(" %")[0]) - mean) < 1.5
    assert studio.handle.is_hidden()


def test_the_onion_skin_mixes_as_its_slider_says(studio: Any) -> None:
    source, drawing = both(studio)
    choose(studio, "onion")
    slider = studio.locator.get_by_label("How much the drawing covers the source, percent")
    for percent in (50, 80):
        slider.fill(str(percent))
        wanted = source + (drawing - source) * percent / 100
        assert np.abs(picture(studio) - wanted)[3:-3, 3:-3].max() <= 3
    studio.canvas.press("[")
    frames(studio)
    assert slider.input_value() == "75"
    slider.fill("50")
    choose(studio, "side")
    slider.wait_for(state="hidden")


def test_side_by_side_both_move_together(studio: Any) -> None:
    choose(studio, "side")
    before = picture(studio)
    studio.canvas.press("+")
    for key in ("ArrowRight", "ArrowDown", "ArrowDown"):
        studio.canvas.press(key)
    moved = picture(studio)
    assert not np.array_equal(moved, before)
    half = (moved.shape[1] - 2) // 2
    left, right = moved[:, :half], moved[:, -half:]
    # The rim of the page stands in the same place in both.
    assert 0 < (left[..., 3] == 255).mean() < 1
    assert np.array_equal(left[..., 3] > 0, right[..., 3] > 0)
    assert ((left[..., 0] < 90) & (left[..., 3] == 255)).sum() == 0
    assert ((right[..., 0] < 90) & (right[..., 3] == 255)).sum() > 100
    assert (moved[:, half : moved.shape[1] - half, 3] == 0).all()


def test_the_wheel_holds_what_is_under_it_in_either_pane(studio: Any) -> None:
    choose(studio, "side")
    box = studio.canvas.bounding_box()
    half = (round(box["width"]) - 2) // 2
    alone = []
    for x in (100, round(box["width"]) - half + 100):
        studio.button("Fit").click()
        studio.page.mouse.move(box["x"] + x, box["y"] + box["height"] * 0.5)
        studio.page.mouse.wheel(0, -400)
        frames(studio)
        studio.page.mouse.move(0, 0)
        alone.append(picture(studio))
    assert np.abs(alone[0] - alone[1]).mean() < 1


def test_a_key_goes_through_all_ways(studio: Any) -> None:
    for way in ("side", "onion", "difference", "none", "wipe"):
        studio.canvas.press("c")
        studio.wait_for("way", way)
        assert studio.button("Compare").get_attribute("aria-pressed") == str(way != "none").lower()
    studio.canvas.press("Shift+C")
    studio.wait_for("way", "none")


# --- points and pixels ----------------------------------------------------------------------------------------------


def test_points_are_shown_when_they_can_be_told_apart(opened: Any, studio: Any) -> None:
    opened.python("studio.params.count = 2")
    studio.wait_for_exact("studio")
    choose(studio, "difference")
    studio.canvas.press("c")
    plain = picture(studio)
    studio.button("Nodes").click()
    studio.wait_for("nodes", "130")
    assert not np.array_equal(picture(studio), plain)
    opened.python("studio.params.count = 60")
    studio.wait_for("nodes", "-1")
    studio.locator.get_by_text("zoom in to see the points").wait_for()
    box = studio.canvas.bounding_box()
    studio.page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.5)
    for _ in range(3):
        studio.page.mouse.wheel(0, -400)
    frames(studio)
    assert 0 < int(studio.root.get_attribute("data-nodes")) < 200
    assert studio.locator.locator(".v2a-hint").is_hidden()


def test_the_pointer_reads_place_colour_and_path(studio: Any) -> None:
    box = studio.canvas.bounding_box()
    scale = min(box["width"] / 480, box["height"] / 320)
    left, top = (box["width"] - 480 * scale) / 2, (box["height"] - 320 * scale) / 2
    # The outermost ring has radius 152 around (240, 160).
    studio.page.mouse.move(box["x"] + left + (240.5 + 152) * scale, box["y"] + top + 160.5 * scale)
    readout = studio.locator.locator(".v2a-readout")
    readout.get_by_text("x 392, y 160").wait_for()
    red, green, blue = source_picture()[160, 392]
    assert readout.get_by_text(f"source #{red:02x}{green:02x}{blue:02x}").is_visible()
    assert readout.locator("span").nth(2).text_content() == "path 11, 955 px long, 2 px wide"
    studio.page.mouse.move(box["x"] + left + 255 * scale, box["y"] + top + 160 * scale)
    readout.get_by_text("path 1, 110 px long, 2 px wide").wait_for()
    studio.page.mouse.move(2, 2)
    readout.wait_for(state="hidden")


def test_close_up_only_what_is_in_sight_is_traced(opened: Any, studio: Any) -> None:
    opened.python("studio.params.set(count=400, wobble=5.0)")
    studio.wait_for_exact("studio")
    studio.page.evaluate(
        """() => {
          const { lineTo } = Path2D.prototype;
          window.traced = 0;
          Path2D.prototype.lineTo = function (x, y) { window.traced += 1; lineTo.call(this, x, y); };
        }"""
    )
    box = studio.canvas.bounding_box()
    studio.page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.5)
    for _ in range(7):
        studio.page.mouse.wheel(0, -240)
        frames(studio)
    assert int(studio.locator.locator(".v2a-zoom").text_content().removesuffix(" %")) > 1500
    studio.page.evaluate("() => { window.traced = 0; }")
    assert studio.ink(0.5, 1.0) > 100
    studio.canvas.press("ArrowLeft")
    studio.page.wait_for_function("() => window.traced > 0")
    traced = studio.page.evaluate("() => window.traced")
    assert 0 < traced < 400 * 64 * 0.05


@pytest.mark.parametrize("ratio", [1, 1.5, 2])
def test_pixels_of_picture_and_screen_fall_together(browser: Any, server: Any, ratio: float) -> None:
    lab = open_page(browser, server, ratio=ratio)
    try:
        lab.open("sharp.ipynb", CELLS)
        studio = lab.studio()
        studio.wait_for_exact("studio")
        box = studio.canvas.bounding_box()
        width, height = studio.canvas.evaluate("canvas => [canvas.width, canvas.height]")
        assert (width, height) == pytest.approx((box["width"] * ratio, box["height"] * ratio), abs=1)
        studio.page.wait_for_function(
            "canvas => canvas.getContext('2d').getImageData(9, canvas.height / 2, 1, 1).data[2] < 230",
            arg=studio.canvas.element_handle(),
        )
        studio.button("1:1").click()
        studio.handle.press("End")
        shown = picture(studio)
        source = source_picture()
        left, top = (width - 480) / 2, (height - 320) / 2
        x, y = round(max(0, left)), round(max(0, top))
        part = shown[y + 20 : y + 200, x + 20 : x + 300, :3]
        column, row = x + 20 - round(left), y + 20 - round(top)
        best = min(
            np.abs(part - source[row + down : row + down + 180, column + right : column + right + 280]).max()
            for down in (-1, 0, 1)
            for right in (-1, 0, 1)
        )
        assert best == 0
    finally:
        lab.page.context.close()


# --- hands ----------------------------------------------------------------------------------------------------------


def test_one_finger_pans_and_two_zoom(studio: Any) -> None:
    choose(studio, "onion")
    studio.button("1:1").click()
    frames(studio)
    box = studio.canvas.bounding_box()
    session = studio.page.context.new_cdp_session(studio.page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        places = [{"x": box["x"] + x, "y": box["y"] + y, "id": number} for number, (x, y) in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    before = picture(studio)
    touch("touchStart", (200, 200))
    touch("touchMove", (215, 210))
    touch("touchMove", (230, 220))
    touch("touchEnd")
    panned = picture(studio)
    assert np.abs(panned[40:-40, 60:-60] - before[20:-60, 30:-90]).mean() < 1
    assert studio.locator.locator(".v2a-readout").is_hidden()
    zoomed_from = int(studio.locator.locator(".v2a-zoom").text_content().removesuffix(" %"))
    touch("touchStart", (200, 200))
    touch("touchStart", (200, 200), (300, 200))
    touch("touchMove", (150, 200), (350, 200))
    touch("touchEnd")
    frames(studio)
    assert int(studio.locator.locator(".v2a-zoom").text_content().removesuffix(" %")) == 2 * zoomed_from


def test_a_pen_is_as_good_as_a_mouse(studio: Any) -> None:
    choose(studio, "onion")
    studio.button("1:1").click()
    before = picture(studio)
    box = studio.canvas.bounding_box()
    session = studio.page.context.new_cdp_session(studio.page)

    def pen(kind: str, x: float, buttons: int) -> None:
        place = {"x": box["x"] + x, "y": box["y"] + 200, "button": "left" if buttons else "none", "buttons": buttons}
        session.send("Input.dispatchMouseEvent", {"type": kind, "pointerType": "pen", "clickCount": 1, **place})

    pen("mouseMoved", 200, 0)
    studio.locator.locator(".v2a-readout").wait_for()
    pen("mousePressed", 200, 1)
    pen("mouseMoved", 230, 1)
    pen("mouseReleased", 230, 1)
    panned = picture(studio)
    assert np.abs(panned[:, 60:-60] - before[:, 30:-90]).mean() < 1


# --- never half a picture -------------------------------------------------------------------------------------------

WATCH = """canvas => {
  const small = new OffscreenCanvas(24, 16).getContext("2d", { willReadFrequently: true });
  window.watched = { samples: 0, bare: 0, blank: 0 };
  const look = () => {
    if (!window.watched) return;
    small.clearRect(0, 0, 24, 16);
    small.drawImage(canvas, 0, 0, 24, 16);
    const { data } = small.getImageData(0, 0, 24, 16);
    let bare = 0;
    let dark = 0;
    for (let i = 0; i < data.length; i += 4) {
      bare += data[i + 3] < 255;
      dark += i % 96 >= 48 && data[i] < 250;
    }
    window.watched.samples += 1;
    window.watched.bare += bare > 0;
    window.watched.blank += dark === 0;
    requestAnimationFrame(look);
  };
  look();
}"""


def watched(studio: Any) -> dict[str, int]:
    return studio.page.evaluate("() => { const { watched } = window; window.watched = null; return watched; }")


def test_no_animation_frame_of_a_drag_is_empty(opened: Any, studio: Any) -> None:
    studio.canvas.evaluate(WATCH)
    value = studio.drag_slider("count", 0.2, 0.9)
    opened.wait_for_python("studio.params.count", str(round(value)))
    for way in ("onion", "difference", "wipe"):
        choose(studio, way)
    studio.page.set_viewport_size({"width": 1300, "height": 1000})
    frames(studio)
    studio.page.set_viewport_size({"width": 1400, "height": 1000})
    frames(studio)
    seen = watched(studio)
    assert seen["samples"] > 20
    assert (seen["bare"], seen["blank"]) == (0, 0)


def test_what_is_painted_in_a_hurry_looks_the_same_and_is_painted_truly_at_rest(opened: Any, studio: Any) -> None:
    choose(studio, "difference")
    studio.canvas.press("c")
    # With such a clock a drawing takes long enough for that, but is not slow.
    studio.page.evaluate(
        """canvas => {
          const now = performance.now.bind(performance);
          let late = 0;
          performance.now = () => now() + (late += 5);
          window.hurried = null;
          new MutationObserver(() => {
            if (canvas.dataset.sharp === "false") window.hurried = canvas.toDataURL();
          }).observe(canvas, { attributeFilter: ["data-sharp"] });
        }""",
        studio.canvas.element_handle(),
    )
    try:
        for width in (1.0, 2.5):
            opened.python(f"studio.params.set(count=20, stroke_width={width - 0.3})")
            studio.wait_for_exact("studio")
            studio.pixels()
            opened.python(f"studio.params.stroke_width = {width}")
            studio.wait_for_exact("studio")
            sharp = picture(studio)[..., :3]
            content = base64.b64decode(studio.page.evaluate("() => window.hurried").split(",")[1])
            hurried = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"), np.int32)
            off = np.abs(hurried - sharp).mean(axis=2)
            ink = 255 - sharp.mean()
            assert ink > 8
            assert 0 < off.mean() < ink / 5
            assert abs(hurried.mean() - sharp.mean()) < ink / 50
            # Small squares of both have the same tone: nothing is somewhere else, or not there.
            height, breadth = (side // 8 * 8 for side in off.shape)
            squares = (hurried - sharp)[:height, :breadth].mean(axis=2).reshape(height // 8, 8, breadth // 8, 8)
            assert np.abs(squares.mean(axis=(1, 3))).max() < 20
    finally:
        studio.page.evaluate("() => { delete performance.now; }")


def test_what_comes_into_sight_of_a_slow_drawing_is_there_at_once(opened: Any, studio: Any) -> None:
    choose(studio, "difference")
    studio.canvas.press("c")
    # With such a clock every drawing is slow, so that it is moved as a picture of itself.
    studio.page.evaluate(
        """() => {
          const now = performance.now.bind(performance);
          let late = 0;
          performance.now = () => now() + (late += 90);
        }"""
    )
    try:
        opened.python("studio.params.set(count=59, stroke_width=4.0)")
        studio.wait_for_exact("studio")
        studio.pixels()
        studio.page.evaluate(
            """() => {
              const { stroke } = CanvasRenderingContext2D.prototype;
              window.stroked = 0;
              CanvasRenderingContext2D.prototype.stroke = function (path) {
                window.stroked += 1;
                stroke.call(this, path);
              };
            }"""
        )
        box = studio.canvas.bounding_box()
        studio.page.mouse.move(box["x"] + 10, box["y"] + box["height"] / 2)
        for _ in range(2):
            studio.page.mouse.wheel(0, -400)
        # At rest it is painted anew, as large as it is now.
        studio.page.wait_for_function("() => window.stroked > 0")
        painted = studio.page.evaluate(
            """canvas => new Promise((next) => {
              const ink = () => {
                const { width, height } = canvas;
                const { data } = canvas.getContext("2d").getImageData(width * 0.6, 0, width * 0.4, height);
                let [dark, page] = [0, 0];
                for (let i = 0; i < data.length; i += 4) {
                  if (data[i + 3] < 255) continue;
                  page += 1;
                  dark += data[i] < 120;
                }
                return dark / page;
              };
              const box = canvas.getBoundingClientRect();
              const fire = (dx) => canvas.dispatchEvent(new WheelEvent("wheel",
                { clientX: box.left + 10 + dx, clientY: box.top + 100, deltaY: 300, bubbles: true, cancelable: true }));
              const shares = [];
              const step = (left) => {
                shares.push(ink());
                if (left === 0) return next(shares);
                fire(left);
                requestAnimationFrame(() => requestAnimationFrame(() => step(left - 1)));
              };
              step(3);
            })""",
            studio.canvas.element_handle(),
        )
        # Zooming out brings in what was not on the canvas; none of the frames lacks it.
        assert min(painted[1:]) > 0.1, painted
    finally:
        studio.page.evaluate("() => { delete performance.now; }")


def test_coming_back_from_another_tab_shows_the_newest_drawing(opened: Any, studio: Any) -> None:
    name = opened.page.evaluate("() => window.jupyterapp.shell.currentWidget.id")
    opened.python("studio.params.count = 5")
    studio.wait_for_exact("studio")
    opened.page.evaluate(
        """async () => {
          const { kernel } = window.jupyterapp.shell.currentWidget.context.sessionContext.session;
          await window.jupyterapp.commands.execute("launcher:create");
          await kernel.requestExecute({ code: "studio.params.count = 8" }).done;
        }"""
    )
    studio.canvas.wait_for(state="hidden")
    opened.page.evaluate("(name) => window.jupyterapp.shell.activateById(name)", name)
    studio.canvas.wait_for()
    studio.wait_for("paths", "8")
    studio.wait_for_exact("studio")
    assert studio.ink(0.52, 1.0) > 300
