"""What goes over the wire, as a browser sees it come."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

CELLS = [
    "import rings\nfrom vec2art_nb.ui import Studio",
    "studio = Studio(rings.picture(), backend='rings', count=60)\nstudio",
    """
sent = []
put = studio._viewer.send
def send(content, buffers=None):
    if content["type"] == "frame":
        sent.append((sum(map(len, buffers)), len(content["header"]["buffers"])))
    put(content, buffers)
studio._viewer.send = send
""",
]


@pytest.fixture(scope="module")
def opened(lab: Any) -> Any:
    lab.open("wire.ipynb", CELLS)
    studio = lab.studio()
    studio.wait_for_exact("studio")
    studio.button("Compare").click()
    return studio


def sent(studio: Any, **parameters: object) -> int:
    """Bytes of the frames of an edit, once the last one is painted."""
    studio.lab.python(f"sent.clear(); studio.params.set(**{parameters})")
    studio.wait_for_exact("studio")
    return int(studio.lab.python("print(sum(size for size, _ in sent))"))


def inks(studio: Any) -> set[tuple[int, ...]]:
    """The colours that much of the canvas has, but for the page's."""
    content = base64.b64decode(studio.pixels().split(",")[1])
    pixels = np.asarray(Image.open(io.BytesIO(content)).convert("RGBA")).reshape(-1, 4)
    colors, counts = np.unique(pixels, axis=0, return_counts=True)
    found = {tuple(color.tolist()) for color, count in zip(colors, counts, strict=True) if count > 500}
    # A see-through edge of one pixel over another rounds by one.
    return {tuple(round(part / 4) * 4 for part in color[:3]) for color in found if color[3] == 255} - {(256,) * 3}


def test_after_a_change_of_geometry_a_change_of_colours_sends_a_tenth_and_paints_them(opened: Any) -> None:
    geometry = sent(opened, stroke_width=4.0, wobble=3.0)
    assert geometry > 10_000
    assert inks(opened) == {(0x10, 0x10, 0x18)}
    assert 0 < sent(opened, inks=["#c02020"]) < geometry / 100
    assert inks(opened) == {(0xC0, 0x20, 0x20)}
    # Which ring has which colour changes too now.
    assert 0 < sent(opened, inks=["#c02020", "#2040c0"]) < geometry / 10
    assert inks(opened) == {(0xC0, 0x20, 0x20), (0x20, 0x40, 0xC0)}
    assert sent(opened, inks=["#c02020"]) < 100
    assert inks(opened) == {(0xC0, 0x20, 0x20)}


def test_going_back_and_forth_sends_nothing_but_the_headers(opened: Any) -> None:
    sent(opened, inks=["#101018"], wobble=0.0)
    before = opened.pixels()
    sent(opened, wobble=5.0)
    assert opened.pixels() != before
    opened.lab.python("sent.clear(); studio.undo()")
    opened.wait_for_exact("studio")
    assert opened.lab.python("print([size for size, _ in sent])") == "[0]"
    assert opened.pixels() == before


def test_a_buffer_that_the_page_lacks_is_asked_for_and_comes(opened: Any) -> None:
    sent(opened, wobble=1.0)
    before = opened.pixels()
    sent(opened, wobble=2.0)
    # The kernel is wrong about what the page holds, as after a message that was lost.
    opened.lab.python("studio._viewer._held.forget()")
    opened.lab.python("""
from vec2art_nb.drawing.held import HeldBuffers
class Wrong(HeldBuffers):
    def pack(self, frame, *, deflate):
        header, _ = super().pack(frame, deflate=deflate)
        for entry in header["buffers"]:
            entry["at"] = None
            entry["digest"] += "?"
        return header, []
    def keep(self, digests):
        studio._viewer._held = HeldBuffers()
studio._viewer._held = Wrong()
""")
    sent(opened, wobble=1.0)
    assert opened.lab.python("print(len(sent), sent[0][0], type(studio._viewer._held).__name__)") == "2 0 HeldBuffers"
    assert opened.pixels() == before


def test_deflated_frames_paint_the_same_and_in_order(opened: Any) -> None:
    raw = sent(opened, count=59, wobble=4.0)
    before = opened.pixels()
    opened.lab.python("""
from vec2art_nb.ui.link import Link
class Slow(Link):
    deflates = True
studio._viewer._flow.link = Slow()
studio._viewer._held.forget()
""")
    sent(opened, count=200, wobble=0.0)
    opened.lab.python("studio._viewer._held.forget()")
    assert 0 < sent(opened, count=59, wobble=4.0) < 0.7 * raw
    assert opened.pixels() == before
    opened.page.evaluate(
        """(root) => {
          window.painted = [];
          const note = () => window.painted.push(Number(root.dataset.generation));
          new MutationObserver(note).observe(root, { attributes: true, attributeFilter: ["data-generation"] });
        }""",
        opened.root.element_handle(),
    )
    value = opened.drag_slider("wobble", 0.1, 0.9, events=60)
    opened.lab.wait_for_python(f"abs(studio.params.wobble - {value!r}) < 1e-9", "True")
    opened.wait_for_exact("studio")
    painted = opened.page.evaluate("() => window.painted")
    assert len(painted) > 5
    assert painted == sorted(painted)
    opened.lab.python("studio._viewer._flow.link = Link()")


def test_a_reloaded_page_gets_what_it_lacks(opened: Any) -> None:
    sent(opened, count=40, wobble=1.0)
    before = opened.pixels()
    opened.lab.command("docmanager:save")
    opened.lab.python("sent.clear()")
    opened.page.reload()
    opened.lab.wait_for_kernel()
    opened.wait_for_exact("studio")
    opened.button("Compare").click()
    opened.page.evaluate("() => new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)))")
    assert opened.pixels() == before
    assert int(opened.lab.python("print(sent[-1][0] if len(sent) == 1 else max(size for size, _ in sent))")) > 5_000


def test_the_kernel_knows_how_closely_the_picture_is_looked_at(opened: Any) -> None:
    opened.button("1:1").click()
    opened.lab.wait_for_python("studio._viewer._pixels_per_px", "1")
    opened.canvas.focus()
    for _ in range(7):
        opened.canvas.press("+")
    opened.lab.wait_for_python("studio._viewer._pixels_per_px", "8")
    opened.button("Fit").click()
    opened.lab.wait_for_python("studio._viewer._pixels_per_px < 8", "True")
