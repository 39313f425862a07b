"""What views paint during drags, and drags of random length and speed."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from typing import Any

# The time of a frame is taken in a task after the animation frame in which it was painted.
_WATCH = """
(root) => {
  const frames = [];
  const unpainted = [];
  const after = new MessageChannel();
  after.port1.onmessage = () => {
    const now = performance.now();
    for (const frame of unpainted.splice(0)) frame.time = now;
  };
  let last = "";
  const note = () => {
    const { generation, exact, digest } = root.dataset;
    const facts = `${generation} ${exact} ${digest}`;
    if (facts === last || generation === undefined) return;
    last = facts;
    const frame = { generation: Number(generation), exact: exact === "true", time: null };
    frames.push(frame);
    unpainted.push(frame);
    after.port2.postMessage(null);
  };
  root.paintedFrames = frames;
  note();
  new MutationObserver(note).observe(root, {
    attributes: true, attributeFilter: ["data-generation", "data-exact", "data-digest"],
  });
}
"""


def watch(root: Any) -> None:
    """Have a view (its ``.v2a-root``) write down what it paints from now on; what it shows now comes first."""
    root.evaluate(f"(root) => {{ if (!root.paintedFrames) ({_WATCH})(root); }}")


def painted(root: Any, *, start: int = 0) -> list[dict[str, Any]]:
    """The frames since `watch`: ``generation``, ``exact``, and ``time`` on the page's clock in milliseconds."""
    return root.evaluate("(root, start) => root.paintedFrames.slice(start)", start)


def disorder(frames: Sequence[dict[str, Any]]) -> list[str]:
    """What is wrong with the order of frames, one sentence each: none may be older than the one before it."""
    wrong = []
    for before, after in itertools.pairwise(frames):
        if after["generation"] < before["generation"]:
            wrong.append(f"generation {after['generation']} was painted after {before['generation']}")
        elif after["generation"] == before["generation"] and before["exact"] and not after["exact"]:
            wrong.append(f"a preview of generation {after['generation']} was painted after its exact drawing")
    return wrong


def random_drag(studio: Any, name: str, parameters: Sequence[str], chance: random.Random) -> None:
    """Drag one of some sliders somewhere at some speed, and wait for the exact drawing of where it ends.

    Parameters
    ----------
    studio
        A `lab.Studio`.
    name
        Of the same studio in the kernel.
    parameters
        Those whose sliders are there.
    chance
        Decides.
    """
    parameter = chance.choice(parameters)
    value = studio.drag_slider(
        parameter, chance.random(), chance.random(), events=chance.randint(5, 60), hertz=chance.uniform(60, 240)
    )
    studio.lab.wait_for_python(f"abs({name}.params.{parameter} - {value!r}) < 1e-6 * abs({value!r}) + 1e-9", "True")
    studio.wait_for_exact(name)
