"""The browser's side: a notebook with all rigs, their sliders dragged, and what is painted written down."""

from __future__ import annotations

import json
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drags import painted, watch
from lab import CHROMIUM_FLAGS, Lab, chromium, jupyterlab
from slow_link import SlowLink

from benchmarks.latency import nodelay
from benchmarks.latency.cases import Case

SECONDS = 3.0
HERTZ = 120

# Kernels may have to be compiled first.
_PATIENCE_MS = 40_000

# After the last event, before a frame that does not come is called lost.
_LOST_MS = 20_000

# In the order of the notebook's cells.
RIGS = ("floor", "coffee", "lettering", "handler", "lane", "svg", "png")
_WITH_IPYWIDGETS_SLIDER = ("handler", "lane", "svg", "png")
_WITHOUT_VIEWER = ("svg", "png")
_CELLS = (
    "from benchmarks.latency import kernel",
    "floor = kernel.FloorRig()\nfloor.widget",
    "coffee = kernel.StudioRig('coffee')\ncoffee.widget",
    "lettering = kernel.StudioRig('lettering')\nlettering.widget",
    "handler = kernel.SchemeRig('handler')\nhandler.widget",
    "lane = kernel.SchemeRig('lane')\nlane.widget",
    "svg = kernel.SvgRig()\nsvg.widget",
    "png = kernel.PngRig()\npng.widget",
)

# Pictures count as painted once they are decoded and an animation frame has passed with them in the page.
_WATCH_PICTURES = """
(cell) => {
  const frames = [];
  const shown = [];
  const after = new MessageChannel();
  after.port1.onmessage = () => {
    const time = performance.now();
    for (const [image, source, frame] of shown.splice(0)) {
      if (image.isConnected && image.src === source) frames.push(Object.assign(frame, { time }));
    }
  };
  const note = async (image) => {
    const source = image.src;
    const frame = { generation: Number(source.slice(0, 600).match(/number-(\\d+)/)?.[1] ?? NaN), exact: true };
    if (source.startsWith("blob:")) {
      // Before the address is taken back; only these bytes are read.
      const blob = fetch(source).then((response) => response.blob());
      const number = blob.then((whole) => whole.slice(-12).text());
      void number.then((text) => { frame.generation = Number(text); });
    }
    try { await image.decode(); } catch { return; }
    requestAnimationFrame(() => { shown.push([image, source, frame]); after.port2.postMessage(null); });
  };
  new MutationObserver((records) => {
    for (const { type, target, addedNodes } of records) {
      if (type === "attributes") void note(target);
      for (const node of addedNodes) {
        const image = node instanceof Element && (node.matches("img") ? node : node.querySelector("img"));
        if (image) void note(image);
      }
    }
  }).observe(cell, { subtree: true, childList: true, attributes: true, attributeFilter: ["src"] });
  cell.paintedFrames = frames;
}
"""

# Moves a slider, and tells where it then stands: of a browser's own, and of the kind that ipywidgets has.
_HOLD = {
    # As a hand does it; only the browser itself can move its slider by mouse events.
    "range": """
(part) => {
  const range = part.querySelector("input[type=range]");
  range.dataset.step ??= range.step;
  range.step = "any"; // each event has a value of its own
  const tell = (type) => range.dispatchEvent(new PointerEvent(type, { bubbles: true, pointerId: 1, isPrimary: true }));
  return {
    take: () => tell("pointerdown"),
    move: (value) => { range.value = value; range.dispatchEvent(new InputEvent("input", { bubbles: true })); },
    leave: () => { range.dispatchEvent(new Event("change", { bubbles: true })); tell("pointerup"); },
    value: () => range.valueAsNumber,
    tolerance: Number(range.dataset.step) / 2,
  };
}
""",
    # A position on the page is a whole number of pixels in a mouse event; the property gives it fractions, so that each
    # event has a value of its own however short the slider.
    "noUi": """
(part) => {
  const target = part.querySelector(".noUi-target");
  const handle = part.querySelector(".noUi-handle");
  const { range } = target.noUiSlider.options;
  const [least, most] = [range.min, range.max].map(Number);
  const box = part.querySelector(".noUi-base").getBoundingClientRect();
  const fire = (type, at, x) => {
    const event = new MouseEvent(type, { bubbles: true, cancelable: true, clientX: x,
      clientY: box.top + box.height / 2, buttons: Number(type !== "mouseup"), view: window });
    Object.defineProperty(event, "clientX", { value: x });
    at.dispatchEvent(event);
  };
  const place = (value) => box.left + (box.width * (value - least)) / (most - least);
  const knob = handle.getBoundingClientRect();
  let last = knob.left + knob.width / 2;
  return {
    take: () => fire("mousedown", handle, last),
    move: (value) => fire("mousemove", document.documentElement, (last = place(value))),
    leave: () => fire("mouseup", document.documentElement, last),
    value: () => Number(target.noUiSlider.get(true)),
    tolerance: 0,
  };
}
""",
}

_DRAG = """
async (part, [hold, begin, end, events, hertz]) => {
  const slider = eval(hold)(part);
  slider.take();
  const moves = [];
  const started = performance.now();
  for (let i = 0; i < events; i += 1) {
    const due = started + (i * 1000) / hertz;
    while (performance.now() < due) {
      await new Promise((next) => setTimeout(next, Math.max(1, due - performance.now() - 1)));
    }
    const time = performance.now();
    slider.move(begin + ((end - begin) * (i + 1)) / events);
    const value = slider.value();
    if (value !== moves.at(-1)?.[1]) moves.push([time, value]);
  }
  slider.leave();
  return moves;
}
"""


@dataclass(frozen=True)
class Drag:
    """What was seen of one drag; times are milliseconds on the page's clock.

    Attributes
    ----------
    moves
        (time, value) of each event that changed the slider.
    log
        (number, value) of each value that reached the kernel.
    frames
        What was painted, in order: ``generation`` (the number of its value), ``exact``, ``time``.
    """

    moves: list[tuple[float, float]]
    log: list[tuple[int, float]]
    frames: list[dict[str, Any]]


class Notebook:
    """All rigs in one notebook."""

    def __init__(self, lab: Lab, server: str) -> None:
        self.lab = lab
        self._server = server
        lab.page.set_default_timeout(_PATIENCE_MS)
        lab.open("latency.ipynb", _CELLS)
        for rig in RIGS:
            if rig in _WITHOUT_VIEWER:
                self._cell(rig).evaluate(_WATCH_PICTURES)
            else:
                root = self._cell(rig).locator(".v2a-root")
                root.wait_for()
                watch(root)

    def set_nodelay(self, value: bool) -> None:
        """Of the kernel's web sockets."""
        address = f"{self._server}/latency/nodelay/{'on' if value else 'off'}"
        with urllib.request.urlopen(address, timeout=10) as answer:
            assert int(answer.read()) > 0, "no kernel web socket is known to the server extension"

    def drag(self, rig: str, case: Case | None, begin: float, end: float) -> Drag:
        """Drag the slider of a rig and wait for what it ends on, or until that is lost."""
        cell = self._cell(rig)
        cell.scroll_into_view_if_needed()
        given = "kernel.Case(**" + repr(vars(case)) + ")" if case else "None"
        number = int(self.lab.python(f"print({rig}.prepare({given}, {begin!r}))"))
        part = cell
        if rig not in _WITH_IPYWIDGETS_SLIDER:
            parameter = case.parameter if case else "level"
            cell.locator(".v2a-search input").fill(parameter)
            part = cell.locator(f".v2a-parameter-{parameter}")
        hold = _HOLD["noUi" if rig in _WITH_IPYWIDGETS_SLIDER else "range"]
        part.locator(".noUi-target, input[type=range]").first.wait_for()
        whole = case is not None and self._is_whole(rig, case)
        self._wait_until_settled(part, hold, cell, rig, number, round(begin) if whole else begin)
        known = cell if rig in _WITHOUT_VIEWER else cell.locator(".v2a-root")
        seen = len(painted(known))
        events = round(SECONDS * HERTZ)
        moves = [tuple(move) for move in part.evaluate(_DRAG, [hold, begin, end, events, HERTZ])]
        log = self._log(rig, round(moves[-1][1]) if whole else moves[-1][1])
        wanted = log[-1][0] if log else -1
        self.lab.page.evaluate(
            """async ([element, wanted, patience]) => {
              const end = performance.now() + patience;
              const isThere = () => {
                const last = element.paintedFrames.at(-1);
                return last?.generation === wanted && last.exact && last.time !== null;
              };
              while (!isThere() && performance.now() < end) await new Promise((next) => setTimeout(next, 20));
            }""",
            [known.element_handle(), wanted, _LOST_MS],
        )
        if whole:
            moves = _whole(moves)
        return Drag(moves, log, painted(known, start=seen))

    def _is_whole(self, rig: str, case: Case) -> bool:
        kind = f"{rig}.studio.params.values.parameters()[{case.parameter!r}].kind"
        return self.lab.python(f"print({kind})") == "int"

    def cold_ms(self, rig: str) -> float:
        """Of the exact drawing that a studio shows now."""
        return float(self.lab.python(f"print({rig}.cold_ms())"))

    def _cell(self, rig: str) -> Any:
        return self.lab.page.locator(".jp-CodeCell").nth(1 + RIGS.index(rig))

    def _wait_until_settled(self, part: Any, hold: str, cell: Any, rig: str, number: int, begin: float) -> None:
        self.lab.page.wait_for_function(
            """([part, hold, begin]) => {
              const { value, tolerance } = eval(hold)(part);
              return Math.abs(value() - begin) < tolerance + 1e-4 * Math.max(1, Math.abs(begin));
            }""",
            arg=[part.element_handle(), hold, begin],
        )
        if rig not in _WITHOUT_VIEWER:
            self.lab.page.wait_for_function(
                "([root, number]) => Number(root.dataset.generation) >= number && root.dataset.exact === 'true'",
                arg=[cell.locator(".v2a-root").element_handle(), number],
            )
        # Two animation frames without anything to paint.
        self.lab.page.evaluate("() => new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)))")

    def _log(self, rig: str, last: float) -> list[tuple[int, float]]:
        """Once the last value has come; a value may still be on its way when the hand has let go."""
        question = f"""
import json, time
end = time.monotonic() + 20
while not ({rig}.log and abs({rig}.log[-1][1] - {last!r}) < 1e-6 * max(1, abs({last!r}))) and time.monotonic() < end:
    time.sleep(0.005)
print(json.dumps({rig}.log))
"""
        return [tuple(entry) for entry in json.loads(self.lab.python(question))]


def _whole(moves: list[tuple[float, float]]) -> list[tuple[float, float]]:
    found: list[tuple[float, float]] = []
    for time, value in moves:
        if not found or round(value) != found[-1][1]:
            found.append((time, round(value)))
    return found


@contextmanager
def notebook_page(*, subshells: bool = True) -> Iterator[tuple[Lab, str, SlowLink]]:
    """JupyterLab in Chromium, behind a link that can be slowed down; the lab, the server's address and the link."""
    from playwright.sync_api import sync_playwright

    settings = {"@jupyterlab/apputils-extension:kernels-settings": {"commsOverSubshells": "disabled"}}
    with tempfile.TemporaryDirectory(prefix="latency-") as folder:
        root, scratch = Path(folder, "notebooks"), Path(folder, "jupyter")
        root.mkdir()
        scratch.mkdir()
        nodelay.enable(scratch)
        with (
            jupyterlab(root, scratch, {} if subshells else settings) as server,
            SlowLink(server) as link,
            sync_playwright() as playwright,
        ):
            browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
            page = browser.new_page(viewport={"width": 1400, "height": 1000})
            yield Lab(page, server, root), server, link
            browser.close()
