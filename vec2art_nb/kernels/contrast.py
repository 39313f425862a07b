"""How strong the contour is along each stroke, and the pen that follows it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import empty
from vec2art_nb.kernels._jit import ReadF32, ReadI16, ReadI64, ReadU8, WriteF32, WriteI64, kernel

# For the type checker these are any numbers, as all is between kernels.
_i64: Any = np.int64
_u64: Any = np.uint64
_f32: Any = np.float32


def stroke_contrast(
    points: NDArray[np.float32],
    offsets: NDArray[np.int64],
    closed: NDArray[np.uint8],
    dx: NDArray[np.int16],
    dy: NDArray[np.int16],
    reach: int,
) -> NDArray[np.float32]:
    """Magnitude of the gradient along strokes, smoothed along them.

    Parameters
    ----------
    points, offsets, closed : as in `vec2art_nb.kernels.strokes.Chains`
        Points lie in the picture, about a pixel apart.
    dx, dy : (H, W) int16
        The gradient.
    reach : int
        Points on either side whose mean is taken, twice; 0 smooths nothing.

    Returns
    -------
    (N,) float32
        In the units of the gradient. The greatest magnitude within a pixel counts, since a stroke may run beside the
        ridge of the gradient.
    """
    height, width = dx.shape
    values = empty(len(points), np.float32)
    longest = int(np.diff(offsets).max(initial=0))
    scratch = empty(longest, np.float32)
    sample_magnitudes(points, dx, dy, height, width, values)
    if reach > 0:
        smooth_along(offsets, closed, reach, scratch, values)
    return values


@kernel
def sample_magnitudes(points: ReadF32, dx: ReadI16, dy: ReadI16, height: int, width: int, values: WriteF32) -> None:
    """Greatest gradient magnitude in the 3×3 pixels around each point; see `stroke_contrast`."""
    for i in range(_u64(values.size)):
        x, y = _i64(points[_u64(2) * i]), _i64(points[_u64(2) * i + _u64(1)])
        most = _f32(0)
        # Beyond the border the pixels there are looked at again: all loops are of three turns, and none has a branch.
        for row in range(y - 1, y + 2):
            start = min(max(row, 0), height - 1) * width
            for column in range(x - 1, x + 2):
                p = _u64(start + min(max(column, 0), width - 1))
                a, b = _f32(dx[p]), _f32(dy[p])
                most = max(most, a * a + b * b)
        values[i] = np.sqrt(most)


@kernel
def smooth_along(offsets: ReadI64, closed: ReadU8, reach: int, scratch: WriteF32, values: WriteF32) -> None:
    """Running means along each stroke, twice; at the ends of an open one over what there is.

    Parameters
    ----------
    offsets, closed : as in `Chains`
    reach : int
        Points on either side.
    scratch : (longest stroke,) float32
    values : (N,) float32, changed
    """
    for s in range(_i64(closed.size)):
        first, size = offsets[s], offsets[s + 1] - offsets[s]
        around = closed[s] != 0
        # A loop shorter than the window has one mean.
        half = min(_i64(reach), (size - 1) // 2) if around else _i64(reach)
        for _ in range(2):
            for k in range(size):
                scratch[k] = values[first + k]
            total = 0.0
            count = _i64(0)
            if around:
                for k in range(-half, half + 1):
                    total += scratch[k % size]
                count = 2 * half + 1
            else:
                for k in range(min(half, size)):
                    total += scratch[k]
                count = min(half, size)
            for k in range(size):
                if not around:
                    if k + half < size:
                        total += scratch[k + half]
                        count += 1
                    if k - half - 1 >= 0:
                        total -= scratch[k - half - 1]
                        count -= 1
                # What is added and taken away again leaves a trace of rounding, also below zero.
                values[first + k] = _f32(max(total / count, 0.0))
                if around:
                    total += scratch[(k + half + 1) % size] - scratch[(k - half) % size]


def mean_contrast(
    points: NDArray[np.float32], offsets: NDArray[np.int64], dx: NDArray[np.int16], dy: NDArray[np.int16]
) -> NDArray[np.float32]:
    """The mean of `stroke_contrast` over each stroke, from about six of its points.

    Returns
    -------
    (S,) float32
        0 for a stroke without points.
    """
    strokes = len(offsets) - 1
    picked = empty((strokes * _MOST_PICKED, 2), np.float32)
    picked_offsets = empty(strokes + 1, np.int64)
    total = pick_points(points, offsets, picked, picked_offsets)
    values = empty(total, np.float32)
    means = empty(strokes, np.float32)
    sample_magnitudes(picked[:total], dx, dy, *dx.shape, values)
    average(values, picked_offsets, means)
    return means


# With one in every (size // 6) points, a stroke of eleven has the most.
_MOST_PICKED = 11


@kernel
def pick_points(points: ReadF32, offsets: ReadI64, picked: WriteF32, picked_offsets: WriteI64) -> int:
    """Copy about six points of each stroke, evenly spread; returns how many in all.

    Parameters
    ----------
    points, offsets : as in `Chains`
    picked : (11 S, 2) float32, written
    picked_offsets : (S + 1,) int64, written
        Where the points of each stroke begin in ``picked``.
    """
    one, two = _u64(1), _u64(2)
    n = _u64(0)
    for s in range(_u64(picked_offsets.size) - one):
        picked_offsets[s] = _i64(n)
        first, last = _u64(offsets[s]), _u64(offsets[s + one])
        for i in range(first, last, max(one, (last - first) // _u64(6))):
            picked[two * n] = points[two * i]
            picked[two * n + one] = points[two * i + one]
            n += one
    picked_offsets[_u64(picked_offsets.size) - one] = _i64(n)
    return int(n)


@kernel
def average(values: ReadF32, offsets: ReadI64, means: WriteF32) -> None:
    """The mean of each group of values; 0 where there is none."""
    for s in range(_i64(means.size)):
        total = 0.0
        for i in range(offsets[s], offsets[s + 1]):
            total += values[i]
        means[s] = _f32(total / max(offsets[s + 1] - offsets[s], _i64(1)))


def relative_width(contrast: NDArray[np.float32], strong: float) -> NDArray[np.float32]:
    """Width of the pen for each contrast, as a multiple of its nominal width; see `pen_widths`."""
    if strong <= 0:
        return np.ones_like(contrast)
    root = np.sqrt(contrast / np.float32(strong))
    wide: NDArray[np.float32] = np.clip(np.float32(_WIDEST) * root * np.sqrt(root), _THINNEST, _WIDEST)
    return wide


def pen_widths(
    points: NDArray[np.float32],
    offsets: NDArray[np.int64],
    closed: NDArray[np.uint8],
    contrast: NDArray[np.float32],
    strong: float,
    weight: float,
    taper_px: float,
) -> NDArray[np.float32]:
    """Width of the pen at each point, as a multiple of its nominal width.

    Parameters
    ----------
    points, offsets, closed : as in `vec2art_nb.kernels.strokes.Chains`
    contrast : (N,) float32
        Of `stroke_contrast`.
    strong : float
        What counts as a strong contour, in the same units.
    weight : float
        0: the same width everywhere. 1: strong contours 1.7 times the nominal width, the weakest a quarter of it.
    taper_px : float
        Open strokes grow thin over this length at either end, and over a third of their own at most.

    Notes
    -----
    The width goes with the contrast to the power of 3/4: with the contrast itself a few hard edges would make all
    others hairlines.
    """
    widths = relative_width(contrast, strong)
    widths *= np.float32(weight)
    widths += np.float32(1 - weight)
    if taper_px > 0:
        longest = int(np.diff(offsets).max(initial=0))
        taper_ends(points, offsets, closed, taper_px, empty(longest, np.float32), widths)
    return widths


# Width of the strongest and the weakest contour, and of a tapered end, as multiples.
_WIDEST, _THINNEST, _TIP = 1.7, 0.25, 0.3


@kernel
def taper_ends(
    points: ReadF32, offsets: ReadI64, closed: ReadU8, taper: float, along: WriteF32, widths: WriteF32
) -> None:
    """Let widths fall off towards the ends of open strokes; see `pen_widths`.

    Parameters
    ----------
    points, offsets, closed : as in `Chains`
    taper : float32
        Length of an end in px, above 0.
    along : (longest stroke,) float32, scratch
    widths : (N,) float32, changed
    """
    for s in range(_i64(closed.size)):
        first, size = offsets[s], offsets[s + 1] - offsets[s]
        if closed[s] != 0 or size < 2:
            continue
        length = _f32(0)
        along[0] = length
        for k in range(1, size):
            vx = points[2 * (first + k)] - points[2 * (first + k) - 2]
            vy = points[2 * (first + k) + 1] - points[2 * (first + k) - 1]
            length += np.sqrt(vx * vx + vy * vy)
            along[k] = length
        end = min(taper, length / _f32(3))
        for k in range(size):
            left = min(along[k], length - along[k])
            if left < end:
                # A quarter of a sine would need a table; this parabola is as round.
                t = left / end
                widths[first + k] *= _f32(_TIP) + _f32(1 - _TIP) * t * (_f32(2) - t)
