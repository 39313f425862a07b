"""Photos of a stated size, cut or tiled from those that scikit-image carries."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from vec2art_nb import samples

NAMES = ("astronaut", "coffee")


def photo(name: str, megapixels: float) -> NDArray[np.uint8]:
    """(H, W, 3) uint8, square, tiled by mirroring so that no seam is an edge."""
    pixels = samples.load(name).pixels
    side = round(math.sqrt(megapixels) * 1024)
    while min(pixels.shape[:2]) < side:
        pixels = np.concatenate([pixels, pixels[:, ::-1]], axis=1)
        pixels = np.concatenate([pixels, pixels[::-1]], axis=0)
    return np.ascontiguousarray(pixels[:side, :side])
