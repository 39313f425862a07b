"""The picture of the browser tests, for the kernel and for the tests themselves."""

from __future__ import annotations

import numpy as np


def picture(width: int = 480, height: int = 320) -> np.ndarray:
    """Soft colours without a dark pixel, so that dark ones belong to the drawing."""
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([150 + x % 100, 150 + y % 100, np.full_like(x, 220)], axis=-1).astype(np.uint8)
