"""What becomes of a studio when pages reload, kernels restart and notebooks are saved."""

from __future__ import annotations

import base64
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from lab import Lab

SESSION = "window.jupyterapp.shell.currentWidget.context.sessionContext"
CELLS = [
    "import rings\nfrom vec2art_nb.ui import Studio",
    "studio = Studio(rings.picture(), backend='rings')\nstudio",
    "studio  # a second view of the same",
]


@pytest.fixture(scope="module")
def opened(lab: Any) -> Any:
    lab.open("lives.ipynb", CELLS)
    return lab


def test_a_reloaded_page_shows_the_live_state(opened: Any) -> None:
    opened.studio().wait_for_exact("studio")
    opened.python("studio.params.count = 17")
    opened.command("docmanager:save")
    opened.page.reload()
    opened.wait_for_kernel()
    studio = opened.studio()
    studio.wait_for("paths", "17")
    assert studio.number("count").input_value() == "17"
    value = studio.drag_slider("count", 0.3, 0.7, events=30)
    opened.wait_for_python("studio.params.count", str(round(value)))
    studio.wait_for_exact("studio")
    assert studio.ink(0.52, 1.0) > 500


def test_all_views_of_a_studio_show_the_same(opened: Any) -> None:
    opened.python("studio.params.count = 23")
    for number in (0, 1):
        opened.studio(number).wait_for("paths", "23")
    value = opened.studio(1).drag_slider("count", 0.3, 0.8, events=30)
    opened.wait_for_python("studio.params.count", str(round(value)))
    for number in (0, 1):
        opened.studio(number).locator.scroll_into_view_if_needed()
        opened.studio(number).wait_for_exact("studio")


def test_pages_of_one_kernel_follow_each_other(opened: Any) -> None:
    opened.command("docmanager:save")
    page = opened.page.context.new_page()
    page.set_default_timeout(30_000)
    other = Lab(page, opened.address, opened.root)
    page.goto(f"{opened.address}/lab/tree/lives.ipynb?reset")
    other.wait_for_kernel()
    there, here = other.studio(), opened.studio()
    there.row("count").wait_for()
    value = there.drag_slider("count", 0.3, 0.7, events=30)
    here.wait_for_number("count", str(value))
    value = here.drag_slider("count", 0.7, 0.2, events=30)
    there.wait_for_number("count", str(value))
    opened.python("studio.params.count = 27")
    for studio in (here, there):
        studio.wait_for_number("count", "27")
    page.close()


def test_the_exported_page_shows_the_picture(opened: Any, tmp_path: Path) -> None:
    opened.python("studio.keep()")
    opened.command("docmanager:save")
    source = opened.root / "lives.ipynb"
    command = [sys.executable, "-m", "nbconvert", "--to", "html", "--output-dir", str(tmp_path), str(source)]
    subprocess.run(command, check=True, capture_output=True)
    opened_context = opened.page.context.browser.new_context()
    page = opened_context.new_page()
    page.goto((tmp_path / "lives.html").as_uri())
    widths = page.evaluate("() => [...document.images].map((image) => image.naturalWidth)")
    opened_context.close()
    assert widths == [480, 480]


def test_after_a_kernel_restart_no_view_pretends_to_live(opened: Any) -> None:
    studio = opened.studio()
    opened.page.evaluate(f"() => {SESSION}.restartKernel()")
    studio.locator.get_by_text("The kernel is gone: run the cell again").wait_for()
    assert studio.status.text_content() == "no kernel"
    inert = studio.locator.locator(".v2a-toolbar[inert], .v2a-controls[inert]")
    assert inert.count() == 2
    opened.wait_for_kernel()
    opened.run_all()
    studio = opened.studio()
    studio.wait_for_exact("studio")
    studio.locator.get_by_text("The kernel is gone").wait_for(state="hidden")
    opened.python("studio.params.count = 9")
    studio.wait_for("paths", "9")


def test_a_closed_studio_leaves_its_picture(opened: Any) -> None:
    opened.python("studio.close()")
    opened.page.wait_for_function("() => !document.querySelector('.v2a-root')")
    picture = opened.page.locator(".jp-OutputArea-child img[src^='data:image/png']").first
    picture.wait_for()
    content = base64.b64decode(picture.get_attribute("src").split(",")[1])
    assert b"kept by vec2art_nb" in content[:100]


def test_without_subshells_a_drag_ends_on_the_exact_drawing(lab_without_subshells: Any) -> None:
    lab = lab_without_subshells
    lab.open("main-thread.ipynb", CELLS)
    studio = lab.studio()
    studio.wait_for_exact("studio")
    lab.python(
        "import threading; names = set();"
        "studio.params.observe(lambda delta: names.add(threading.current_thread().name))"
    )
    value = studio.drag_slider("count", 0.2, 0.9)
    lab.wait_for_python("studio.params.count", str(round(value)))
    studio.wait_for_exact("studio")
    # The setting did what it says, so this was the case that is meant here.
    assert lab.python("print(names)") == "{'MainThread'}"


def test_with_subshells_comms_come_by_another_thread(opened: Any) -> None:
    opened.run_all()
    studio = opened.studio()
    studio.wait_for_exact("studio")
    opened.python(
        "import threading; names = set();"
        "studio.params.observe(lambda delta: names.add(threading.current_thread().name))"
    )
    value = studio.drag_slider("count", 0.2, 0.9)
    opened.wait_for_python("studio.params.count", str(round(value)))
    studio.wait_for_exact("studio")
    assert "subshell" in opened.python("print(names)")


def test_after_a_kernel_was_shut_down_the_view_says_so(opened: Any) -> None:
    opened.page.evaluate(f"() => {SESSION}.session.kernel.shutdown()")
    opened.studio().locator.get_by_text("The kernel is gone: run the cell again").wait_for()
