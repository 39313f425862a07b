"""Drags through whatever befalls a notebook: slow links, busy kernels, hidden tabs, views that go away."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from drags import disorder, painted, random_drag, watch
from lab import Lab
from slow_link import SlowLink

PANEL = "window.jupyterapp.shell.currentWidget"
CELLS = [
    "import rings\nfrom vec2art_nb.ui import Studio",
    "studio = Studio(rings.picture(), backend='rings', work_ms=12)\nstudio",
    "studio  # a second view of the same",
    "other = Studio(rings.picture(300, 400), backend='rings', count=3)\nother",
]
STUDIO, SECOND_VIEW, OTHER = range(3)


@pytest.fixture(scope="module")
def link(server: tuple[str, Any]) -> Iterator[SlowLink]:
    with SlowLink(server[0]) as link:
        yield link


@pytest.fixture(scope="module")
def opened(browser: Any, server: tuple[str, Any], link: SlowLink) -> Iterator[Lab]:
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.set_default_timeout(30_000)
    lab = Lab(page, link.address, server[1])
    lab.open("drags.ipynb", CELLS)
    yield lab
    page.context.close()


@pytest.fixture
def studio(opened: Lab, link: SlowLink) -> Iterator[Any]:
    """The first studio in its first state, watched; at the end of the test its frames came in order."""
    opened.python("studio.params.set(backend='rings'); studio.params.reset(); studio.params.work_ms = 12")
    studio = opened.studio(STUDIO)
    studio.locator.scroll_into_view_if_needed()
    studio.wait_for_exact("studio")
    watch(studio.root)
    yield studio
    link.slow_down()


def drag_to_the_end(studio: Any, name: str = "studio", *, start: float = 0.2, stop: float = 0.9) -> None:
    """A drag of the rings' count, and the exact drawing of its last value painted."""
    value = studio.drag_slider("count", start, stop)
    studio.lab.wait_for_python(f"{name}.params.count", str(round(value)))
    studio.wait_for_exact(name)


def later(lab: Lab, act: str, milliseconds: int = 400) -> None:
    """Have the page do something while it is being dragged."""
    lab.page.evaluate(f"() => {{ window.setTimeout(() => {{ {act} }}, {milliseconds}); }}")


# --- slow links -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("delay_s", "bytes_per_s", "drags"), [(0, None, 6), (0.05, None, 5), (0.2, None, 4), (0, 1e6, 5)]
)
def test_random_drags_end_on_their_exact_drawings_and_paint_nothing_old(
    opened: Lab, link: SlowLink, studio: Any, delay_s: float, bytes_per_s: float | None, drags: int
) -> None:
    opened.python("studio.params.set(count=200, wobble=2.0)")  # frames of some 60 kB
    studio.wait_for_exact("studio")
    link.slow_down(delay_s, bytes_per_s)
    chance = random.Random(f"{delay_s} {bytes_per_s}")
    for _ in range(drags):
        random_drag(studio, "studio", ["count", "wobble"], chance)
    frames = painted(studio.root)
    assert disorder(frames) == []
    assert len(frames) > drags


def test_random_drags_without_subshells(lab_without_subshells: Lab) -> None:
    lab = lab_without_subshells
    lab.open("drags-on-the-main-thread.ipynb", CELLS[:2])
    studio = lab.studio()
    studio.wait_for_exact("studio")
    watch(studio.root)
    chance = random.Random(0)
    for _ in range(4):
        random_drag(studio, "studio", ["count", "wobble"], chance)
    assert disorder(painted(studio.root)) == []


# --- the kernel -------------------------------------------------------------------------------------------------------


def test_a_drag_through_values_that_fail_says_so_and_ends_well_where_they_do_not(opened: Lab, studio: Any) -> None:
    opened.python(
        "from vec2art_nb import backends\n"
        "from vec2art_nb.params import Params, param\n"
        "class MoodyParams(Params):\n"
        "    count: int = param(5, 'How many.', group='Mood', ge=1, le=100, soft=(1, 100))\n"
        "def moody(source, *, count: int) -> rings.Drawing:\n"
        "    if count > 50: raise RuntimeError(f'{count} are too many for me')\n"
        "    return rings.drawing(source, count=count, wobble=0, style='round', corner=0.5, stroke_width=2.0,\n"
        "        inks=('#101018',), background='#ffffff', fails=False, work_ms=5)\n"
        "if 'moody' not in backends.registry:\n"
        "    backends.register(backends.Backend('moody', 'Moody', MoodyParams, (moody,)))\n"
        "studio.params.set(backend='moody')"
    )
    studio.wait_for_exact("studio")
    value = studio.drag_slider("count", 0.1, 0.8)
    studio.error.get_by_text(f"{round(value)} are too many for me").wait_for()
    studio.wait_for("state", "failed")
    assert studio.status.text_content().startswith("failed; this is the drawing before")
    drag_to_the_end(studio, start=0.8, stop=0.3)
    studio.wait_for("state", "settled")
    studio.page.wait_for_function("line => line.textContent === ''", arg=studio.error.element_handle())
    assert disorder(painted(studio.root)) == []


def test_a_handler_that_raises_does_not_cost_the_drawing(opened: Lab, studio: Any) -> None:
    opened.python("calls = []\nstop = studio.params.observe(lambda delta: (calls.append(delta), 1 / 0))")
    try:
        drag_to_the_end(studio)
        studio.page.wait_for_function(
            "line => line.textContent.includes('division by zero')", arg=studio.error.element_handle()
        )
    finally:
        opened.python("stop()")
    assert int(opened.python("print(len(calls))")) > 1
    assert disorder(painted(studio.root)) == []


def start_in_kernel(lab: Lab, code: str) -> None:
    """Have the kernel run something without waiting for it."""
    lab.page.evaluate(
        f"(code) => {{ {PANEL}.context.sessionContext.session.kernel.requestExecute({{ code }}); }}", code
    )


def test_the_drawing_follows_the_hand_while_a_cell_is_running(opened: Lab, studio: Any) -> None:
    # The first message of a slider still goes the way of cells; those after it have a thread of their own.
    drag_to_the_end(studio, start=0.8, stop=0.3)
    before = len(painted(studio.root))
    end_of_cell = opened.root / "end-of-cell"
    start_in_kernel(opened, "import pathlib, time\nwhile not pathlib.Path('end-of-cell').exists(): time.sleep(0.01)")
    try:
        value = studio.drag_slider("count", 0.2, 0.9)
        studio.wait_for("paths", str(round(value)))
        studio.wait_for("exact", "true")
    finally:
        end_of_cell.touch()
    assert len(painted(studio.root)) - before > 1
    studio.wait_for_exact("studio")
    assert disorder(painted(studio.root)) == []


def test_a_drag_during_five_busy_seconds_is_shown_after_them(lab_without_subshells: Lab) -> None:
    lab = lab_without_subshells
    lab.open("busy.ipynb", CELLS[:2])
    studio = lab.studio()
    studio.wait_for_exact("studio")
    watch(studio.root)
    start_in_kernel(lab, "import time; time.sleep(5)")
    value = studio.drag_slider("count", 0.2, 0.9)
    studio.wait_for("state", "busy")
    assert studio.status.text_content().startswith("the kernel is busy… · ")
    lab.wait_for_python("studio.params.count", str(round(value)))
    studio.wait_for_exact("studio")
    studio.wait_for("state", "settled")
    assert studio.status.text_content().startswith("exact · ")
    assert disorder(painted(studio.root)) == []


# --- views ------------------------------------------------------------------------------------------------------------


def test_both_views_follow_a_drag_in_one(opened: Lab, studio: Any) -> None:
    # So far apart that one of them is out of sight.
    second = opened.studio(SECOND_VIEW)
    watch(second.root)
    drag_to_the_end(studio)
    second.locator.scroll_into_view_if_needed()
    second.wait_for_exact("studio")
    for view in (studio, second):
        assert disorder(painted(view.root)) == []
    drag_to_the_end(second, start=0.9, stop=0.4)
    studio.wait_for_exact("studio")


def test_two_studios_are_busy_at_once_and_each_ends_on_its_own_drawing(opened: Lab, studio: Any) -> None:
    other = opened.studio(OTHER)
    watch(other.root)
    start_in_kernel(
        opened,
        "import threading, time\n"
        "def turn():\n"
        "    for step in range(100):\n"
        "        other.params.count = 3 + step % 40\n"
        "        time.sleep(0.01)\n"
        "turning = threading.Thread(target=turn); turning.start()",
    )
    drag_to_the_end(studio)
    opened.python("turning.join()")
    other.wait_for_exact("other")
    assert other.root.get_attribute("data-paths") == "22"
    studio.wait_for_exact("studio")
    for view in (studio, other):
        assert disorder(painted(view.root)) == []


def test_a_view_that_is_closed_during_a_drag_holds_up_nobody(opened: Lab, studio: Any) -> None:
    later(opened, f"{PANEL}.content.widgets[2].outputArea.model.clear();")
    drag_to_the_end(studio)
    assert disorder(painted(studio.root)) == []
    assert opened.page.locator(".v2a-studio").count() == 2


@pytest.mark.parametrize("hides", ["another tab of JupyterLab", "another tab of the browser"])
def test_what_happened_while_the_tab_was_hidden_is_there_when_it_is_shown(opened: Lab, studio: Any, hides: str) -> None:
    code = "for count in range(5, 45): studio.params.count = count"
    page = opened.page
    if hides == "another tab of JupyterLab":
        page.evaluate(
            f"""async (code) => {{
              const panel = {PANEL};
              await window.jupyterapp.commands.execute("launcher:create");
              const launcher = {PANEL};
              await panel.context.sessionContext.session.kernel.requestExecute({{ code }}).done;
              launcher.close();
              window.jupyterapp.shell.activateById(panel.id);
            }}""",
            code,
        )
    else:
        # Headless, Chromium always takes its tabs for visible: this is what a hidden one does.
        page.evaluate(
            """() => {
              const next = window.requestAnimationFrame.bind(window);
              const held = [];
              window.requestAnimationFrame = (callback) => held.push(callback);
              Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
              window.showTab = () => {
                window.requestAnimationFrame = next;
                delete document.hidden;
                held.forEach((callback) => next(callback));
                document.dispatchEvent(new Event("visibilitychange"));
              };
              document.dispatchEvent(new Event("visibilitychange"));
            }"""
        )
        opened.python(code)
        page.evaluate("() => window.showTab()")
    studio.wait_for("paths", "44")
    studio.wait_for_exact("studio")
    drag_to_the_end(studio)
    assert disorder(painted(studio.root)) == []


# --- the end: this one costs the kernel -------------------------------------------------------------------------------


def test_a_kernel_that_restarts_during_a_drag_is_missed_and_the_cell_brings_the_studio_back(
    opened: Lab, studio: Any
) -> None:
    later(opened, f"void {PANEL}.context.sessionContext.restartKernel();")
    studio.drag_slider("count", 0.2, 0.9)
    studio.locator.get_by_text("The kernel is gone: run the cell again").wait_for()
    assert studio.status.text_content() == "no kernel"
    assert disorder(painted(studio.root)) == []
    opened.wait_for_kernel()
    opened.run_all()
    studio = opened.studio(STUDIO)
    studio.wait_for_exact("studio")
    drag_to_the_end(studio)
