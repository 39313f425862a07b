from __future__ import annotations

import subprocess
import sys
import textwrap

import vec2art_nb as v2a
from vec2art_nb.kernels import _jit


def test_warming_up_makes_every_kernel_ready_and_says_which() -> None:
    told = []
    count = v2a.warmup(lambda *what: told.append(what))
    kernels = {kernel.__name__.replace("_", " ") for kernel in _jit.entries() if kernel.dispatcher.signatures}
    wanted = [kernel for kernel in _jit.entries() if _jit.threads() > 1 or not kernel.parallel]
    assert count == len(wanted) > 10
    assert {text for _, _, text in told if text} <= kernels
    assert [done for done, _, _ in told] == list(range(count + 1))
    assert told[-1] == (count, count, "")


def test_after_a_warm_up_no_drawing_compiles_anything() -> None:
    """Every option, in a process of its own, on pictures small and large: what was warmed is what is used."""
    script = textwrap.dedent("""
        import numpy as np
        import vec2art_nb as v2a
        from vec2art_nb.kernels import _jit
        v2a.warmup()
        rings = (np.hypot(*np.mgrid[-40:40, -40:40]) % 16 < 8).astype(np.uint8) * 200
        colour = np.stack([rings, rings, 255 - rings], -1)
        large = np.tile(colour, (38, 38, 1))
        pictures = [rings, colour, colour.astype(np.uint16) * 257, np.dstack([colour, rings]), large]
        def forbidden(event):
            raise SystemExit(f"{event.kernel} was not warm")
        with _jit.watch_compilation(forbidden):
            for pixels in pictures:
                for values in ({}, {"smooth": False}, {"denoise": "bilateral"}, {"color_source": "mean"}):
                    v2a.vectorize(pixels, **values).to_svg()
        several = [k.__name__ for k in _jit.entries() if len(k.dispatcher.signatures) > 1]
        print("several signatures:", several)
    """)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stdout == "several signatures: []\n", done.stderr
