"""No kernel between linked chains and drawn strokes reads or writes outside its arrays."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

BOUNDS = """
import numpy as np
from vec2art_nb.kernels import clutter, color_gradient, continuation, contrast, passes, strokes, thin_lines

random = np.random.default_rng(3)
for shape in [(1, 1), (1, 9), (9, 1), (2, 3), (33, 40), (64, 31)]:
    planes = [tuple(random.integers(-900, 900, shape).astype(np.int16) for _ in range(2)) for _ in range(3)]
    color_gradient.color_gradient(planes)
    color_gradient.chroma_planes(random.uniform(-0.4, 0.4, (*shape, 3)).astype(np.float32), 2.0)
    for density in (0.0, 0.15, 0.5, 1.0):
        mask = (random.random(shape) < density).astype(np.uint8)
        y, x = np.indices(shape)
        dx, dy = (x * 5 - 70).astype(np.int16), (y * 5 - 60).astype(np.int16)
        offset = random.integers(-64, 65, shape).astype(np.int8)
        for dx, dy in ((dx, dy), planes[0]):
            chains = strokes.link_strokes(mask, dx, dy, offset)
            for gap in (1.0, 4.0, 50.0):
                joined = continuation.join_strokes(chains, gap, shape)
            for widest in (1.0, 6.0, 40.0):
                thin_lines.middle_lines(chains, dx, dy, widest, True, True)
            clutter.keep_contours(joined, dx, dy, 2.0, 0.7)
            values = contrast.stroke_contrast(*joined, dx, dy, 8)
            contrast.mean_contrast(*joined[:2], dx, dy)
            contrast.pen_widths(*joined, values, 50.0, 1.0, 9.0)
            for radius in (0, 3):
                drawn = np.zeros(shape, np.uint8)
                passes.drawn_mask(strokes.drop_short(chains, 6.0), radius, drawn)
                passes.undrawn_parts(joined, drawn, radius)
print("inside")
"""


def test_no_kernel_of_contours_leaves_its_arrays(tmp_path: Path) -> None:
    environment = {**os.environ, "NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(tmp_path)}
    run = subprocess.run([sys.executable, "-c", BOUNDS], env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert run.stdout == "inside\n"
