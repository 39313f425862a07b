"""The performance panel in JupyterLab: alive while it is on the screen, silent while it is not."""

from __future__ import annotations

from typing import Any

import pytest

WATCHED = """
panel = PerfPanel(studio)
sent = []
send = panel.send
panel.send = lambda *given: (sent.append(given), send(*given))
panel
"""
CELLS = [
    "import rings\nfrom vec2art_nb.ui import Studio\nfrom vec2art_nb.ui.performance import PerfPanel",
    "studio = Studio(rings.picture(), backend='rings')\nstudio",
    WATCHED,
]


@pytest.fixture(scope="module")
def opened(lab: Any) -> Any:
    lab.open("performance.ipynb", CELLS)
    return lab


@pytest.fixture
def panel(opened: Any) -> Any:
    panel = opened.page.locator(".v2a-performance:not(.v2a-studio *)")
    panel.scroll_into_view_if_needed()
    panel.and_(opened.page.locator("[data-reports]")).wait_for()
    return panel


def wait_for_frames(opened: Any, panel: Any) -> None:
    """Until the panel says as many frames as the log has of this session."""
    count = opened.python(
        "from vec2art_nb import perf\n"
        "print(len(perf.frames().query(\"outcome == 'drawn' and purpose != 'prerender'\")))"
    )
    panel.get_by_text(f"{count} frame").first.wait_for()


def test_a_drag_is_followed(opened: Any, panel: Any) -> None:
    opened.studio().drag_slider("wobble", 0.1, 0.9, events=40)
    opened.studio().wait_for_exact("studio")
    wait_for_frames(opened, panel)
    chart = panel.get_by_role("img", name="Time of the last frames")
    painted = chart.evaluate(
        """(canvas) => {
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          return data.some((blue, i) => i % 4 === 2 && blue > 180);
        }"""
    )
    assert painted
    assert chart.evaluate("canvas => canvas.width === Math.round(canvas.clientWidth * window.devicePixelRatio)")


def test_nothing_is_sent_while_it_is_off_the_screen_and_the_news_when_it_is_back(opened: Any, panel: Any) -> None:
    panel.evaluate("node => { node.style.display = 'none'; }")
    opened.wait_for_python("len(panel._seen)", "0")
    before = opened.python("print(len(sent))")
    opened.studio().drag_slider("wobble", 0.9, 0.2, events=40)
    opened.studio().wait_for_exact("studio")
    assert opened.python("print(panel._timer, len(sent))") == f"None {before}"
    panel.evaluate("node => { node.style.display = ''; }")
    wait_for_frames(opened, panel)


def test_it_is_narrow_where_there_is_little_room(opened: Any, panel: Any) -> None:
    panel.evaluate("node => { node.style.width = '300px'; }")
    assert panel.evaluate("node => [...node.querySelectorAll('*')].every((one) => one.scrollWidth <= 302)")
    lefts = panel.locator(".v2a-card").evaluate_all("cards => cards.map((card) => card.getBoundingClientRect().left)")
    assert len(set(lefts)) == 1
    panel.evaluate("node => { node.style.width = ''; }")


def test_below_the_studio_it_unfolds(opened: Any) -> None:
    below = opened.page.locator(".v2a-studio .v2a-performance")
    assert not below.locator(".v2a-cards").is_visible()
    below.locator("summary").click()
    below.locator(".v2a-card").first.wait_for()
    below.and_(opened.page.locator("[data-reports]")).wait_for()
