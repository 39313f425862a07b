"""Make all kernels ready ahead of time, so that the first slider moves at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from vec2art_nb import backends
from vec2art_nb.image import open_image
from vec2art_nb.runtime.engine import Engine, Request
from vec2art_nb.runtime.lane import Job, Purpose, lane


def warmup(progress: Callable[[int, int, str], None] | None = None) -> int:
    """Compile every kernel, or load it from the disk cache, and draw once with each preset of each backend.

    Parameters
    ----------
    progress
        Called with (done, total, what is being done), on the compute lane.

    Returns
    -------
    int
        How many kernels were made ready.
    """
    from vec2art_nb import kernels
    from vec2art_nb.kernels import _jit

    _jit.remove_stale_caches()
    kernels.load_all()
    total = len(_jit.entries())
    ready: list[str] = []

    def tell(event: _jit.Compilation) -> None:
        if event.finished:
            ready.append(event.kernel)
        if progress is not None:
            progress(len(ready), total, event.kernel.replace("_", " "))

    def work(job: Job[None]) -> None:
        engine = Engine(cache=None)
        with _jit.watch_compilation(tell):
            for name, backend in backends.items():  # type: ignore[attr-defined]  # the module is a mapping
                for pixels in _pictures():
                    for values in ({}, *backend.presets.values()):
                        params = backend.Params().replaced(**values)
                        drawing = engine.render(Request(name, backend.graph, open_image(pixels), params), job).result
                        drawing.to_svg_bytes()

    lane().wait(lane().submit(work, Purpose.EXACT))
    if progress is not None:
        progress(total, total, "")
    return len(ready)


def _pictures() -> list[np.ndarray]:
    """A small picture for the serial kernels, a large one for the parallel ones, one of 16 bits, one with alpha."""
    y, x = np.mgrid[0:64, 0:64].astype(np.uint8)
    rings = ((x.astype(np.int32) - 32) ** 2 + (y.astype(np.int32) - 32) ** 2 < 400).astype(np.uint8) * 200
    colour = np.stack([rings, x * 3, y * 3], axis=-1)
    return [
        colour,
        colour.astype(np.uint16) * 257,
        np.dstack([colour, 255 - rings]),
        np.tile(colour, (40, 40, 1)),
    ]
