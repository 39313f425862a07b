"""The colours of the picture below strokes and marks, in linear light and over the page's colour."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.image import Source

Background = tuple[int, int, int]


def mean_light(
    source: Source, background: Background, points: NDArray[np.float32], offsets: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The mean light of the pixels in which the points of each group lie.

    Parameters
    ----------
    points : (N, 2) float32
        px in the pixel plane.
    offsets : (S + 1,) int64
        Where each group begins in ``points``, then N. An empty group has the light of the point before it.

    Returns
    -------
    (S, 3) float64
        Linear light, 0 to 1.
    """
    from vec2art_nb.kernels.sampling import WHITE, light_at, sums_of_groups

    sums, counts = sums_of_groups(light_at(source.pixels, background, points), offsets)
    return sums / counts[:, None] / WHITE


def dominant_light(
    source: Source, background: Background, points: NDArray[np.float32], offsets: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The light that is most frequent in each group of points: of a stroke that leaves a red thing, the red."""
    from vec2art_nb.kernels.sampling import WHITE, light_at, sums_of_modes

    sums, counts = sums_of_modes(light_at(source.pixels, background, points), offsets)
    return sums / counts[:, None] / WHITE


def discs(
    source: Source, background: Background, centers: NDArray[np.float32], radii: NDArray[np.float32] | float
) -> NDArray[np.float64]:
    """The mean light of the pixels in a disc round each centre.

    Parameters
    ----------
    centers : (M, 2) float32
        px in the pixel plane.
    radii : (M,) float32, or one number
        px. A disc that holds no pixel's centre has the light of the pixel in its middle.

    Returns
    -------
    (M, 3) float64
        Linear light, 0 to 1.
    """
    from vec2art_nb.kernels.sampling import WHITE, sums_of_discs

    each = np.ascontiguousarray(np.broadcast_to(np.asarray(radii, np.float32), len(centers)))
    sums, counts = sums_of_discs(source.pixels, background, centers, each)
    return sums / counts[:, None] / WHITE
