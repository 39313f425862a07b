"""The direction in which a picture changes, smoothed so that neighbours agree."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.kernels.gradient import gaussian_gradient


def directions(lightness: NDArray[np.int16], points: NDArray[np.float32], blur_px: float) -> NDArray[np.float64]:
    """Degrees, 0 … 180 clockwise from the x axis, across the contours around each point.

    Parameters
    ----------
    lightness : (H, W) int16
        L* times 256.
    points : (M, 2) float32
        px in the plane where pixel (x, y) covers [x, x + 1) × [y, y + 1).
    blur_px : float
        How far around directions are averaged.

    Notes
    -----
    The main axis of the structure tensor: products of the gradient, averaged, so that opposite slopes on the two sides
    of a line agree instead of cancelling.

    References
    ----------
    Bigün, Granlund (1987), Optimal orientation detection of linear symmetry, ICCV.
    """
    dx, dy = (d.astype(np.float32) for d in gaussian_gradient(lightness, 1.2))
    # Coarser where the blur is wide: directions hardly change within half of it.
    step = max(1, int(blur_px / 2))
    cosine, sine = block_means(dx * dx - dy * dy, step), block_means(2 * dx * dy, step)
    radius = round(blur_px / step)
    for _ in range(3):
        cosine, sine = square_means(cosine, radius), square_means(sine, radius)
    row = np.clip(points[:, 1].astype(np.intp) // step, 0, cosine.shape[0] - 1)
    column = np.clip(points[:, 0].astype(np.intp) // step, 0, cosine.shape[1] - 1)
    angle: NDArray[np.float64] = np.degrees(np.arctan2(sine[row, column], cosine[row, column])) / 2 % 180
    # A 64th of a degree is what drawings have; so no mathematical library shows.
    return np.rint(angle * 64) / 64


def block_means(values: NDArray[Any], step: int) -> NDArray[Any]:
    """Means over blocks of ``step`` pixels a side; the last ones are filled up with what is at the border."""
    if step == 1:
        return values
    height, width = values.shape
    rows, columns = -(-height // step), -(-width // step)
    if (rows * step, columns * step) != (height, width):
        values = np.pad(values, ((0, rows * step - height), (0, columns * step - width)), mode="edge")
    # Rows first: adding whole rows is what NumPy does fastest.
    sums = values.reshape(rows, step, columns * step).sum(axis=1, dtype=np.float32)
    means: NDArray[np.float32] = sums.reshape(rows, columns, step).sum(axis=2) / np.float32(step * step)
    return means


def square_means(values: NDArray[Any], radius: int) -> NDArray[np.float64]:
    """The mean of the square around each pixel; beyond the border, what is at the border."""
    smooth: NDArray[np.float64] = values.astype(np.float64)
    if radius < 1:
        return smooth
    for axis in (0, 1):
        widened = np.pad(smooth, [(radius + 1, radius) if a == axis else (0, 0) for a in (0, 1)], mode="edge")
        sums = np.cumsum(widened, axis=axis)
        length = smooth.shape[axis]
        upper = np.take(sums, np.arange(length) + 2 * radius + 1, axis=axis)
        smooth = (upper - np.take(sums, np.arange(length), axis=axis)) / (2 * radius + 1)
    return smooth
