"""Pictures of a stated size, cut or tiled from those that scikit-image, scikit-learn, matplotlib and ours carry."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from vec2art_nb import samples

Pixels = NDArray[np.uint8]

# Photographs: of scikit-image, of scikit-learn, of matplotlib.
NAMES = ("coffee", "astronaut", "china", "flower", "grace_hopper")

# Ink on paper: drawn by our code, and a scan of a printed page that scikit-image carries.
PAGES = ("lettering", "page")

SIZES = (0.25, 1, 4, 16)


def photo(name: str, megapixels: float) -> Pixels:
    """(H, W, C) uint8, square, tiled by mirroring so that no seam is an edge; a megapixel is 1024²."""
    pixels = samples.load(name).pixels
    side = round(math.sqrt(megapixels) * 1024)
    while pixels.shape[1] < side:
        pixels = np.concatenate([pixels, pixels[:, ::-1]], axis=1)
    while pixels.shape[0] < side:
        pixels = np.concatenate([pixels, pixels[::-1]], axis=0)
    return np.ascontiguousarray(pixels[:side, :side])
