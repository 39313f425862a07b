"""Strokes from the response of the flow's filter: its scale, sides that agree along a line, and the way to the step."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import copied, empty, empty_like, zeros
from vec2art_nb.kernels._jit import (
    ReadF32,
    ReadI16,
    ReadI64,
    ReadU8,
    WriteF32,
    WriteI16,
    WriteI32,
    WriteU8,
    jitted,
    kernel,
)
from vec2art_nb.kernels.edges import EdgeScale, edge_scale, percentile_bin, strength_histogram
from vec2art_nb.kernels.flow_dog import Response
from vec2art_nb.kernels.strokes import Chains

# For the type checker these are any numbers, as all is between kernels.
_u64: Any = np.uint64
_f32: Any = np.float32
_i16: Any = np.int16
_i32: Any = np.int32

# About so many responses are looked at.
_SAMPLES = 1 << 16

# A twentieth, a tenth and a fifth of the sizes of normally distributed numbers of deviation 1 stay below these. And in
# noise gradients exceed five deviations about as often as the response exceeds 3.75: few enough strokes get longer than
# 12 px (two in 1 MP at the default detail, measured).
_SHARES, _ALIKE = {20: 0.0627, 10: 0.1257, 5: 0.2533}, 0.75

# Noise responds at most so many times as strongly as it has gradients (measured: 0.4 at sigma 0.7, 1.1 at 2).
_MOST_NOISE = 3.0

# The quarter of a Rayleigh distribution: what `EdgeScale.slope` would be in pure noise.
_RAYLEIGH_QUARTER = 0.7585

# A thin dark line of some contrast responds about twice as strongly as a step of it, and the strongest responses of a
# picture are such lines. With this share of them as measure about as much is drawn as of gradients.
_STRONG = 0.6

# No point moves farther than so many deviations of the smoothing: a step that is blurred by twice as much lies there.
_FURTHEST = 3.0

# Lines may turn by 60° from one pixel to the next; over a gap the next one is looked for straight ahead, or parallel
# lines two pixels apart would take each other's side.
_AHEAD, _STRAIGHT = 0.5, 0.85


def response_scale(strength: NDArray[np.uint16], response: Response) -> EdgeScale:
    """How strong the noise and the lines of a response are; as `vec2art_nb.kernels.edges.edge_scale` has it.

    Parameters
    ----------
    strength : (H, W) uint16
        Of `vec2art_nb.kernels.edges.edge_points` for the response.
    response : Response

    Notes
    -----
    Responses to noise are distributed normally, with mean 0; their low percentiles tell the deviation, whatever the
    lines are. In a clean picture, where only lines respond, they would tell that of lines, so what the gradients say is
    a limit. The deviation is given as that of gradients which exceed a threshold as often, so that one
    `EdgeScale.thresholds` serves both.
    """
    step = max(1, math.isqrt(strength.size // _SAMPLES))
    x, y = (
        part[step // 2 :: step, step // 2 :: step].astype(np.int64) for part in (response.across_x, response.across_y)
    )
    squared = np.sort((x * x + y * y).reshape(-1))
    squared = squared[np.searchsorted(squared, 0, "right") :]
    if not len(squared):
        return EdgeScale(0.0, 0.0, 0.0)
    limit = _MOST_NOISE * edge_scale(strength, response.dx, response.dy).noise
    deviation = min(math.sqrt(squared[len(squared) // part]) / share for part, share in _SHARES.items())
    noise = min(_ALIKE * deviation, limit)
    scale = EdgeScale(noise, noise * _RAYLEIGH_QUARTER, 0.0)
    maxima = strength_histogram(strength, max(1, step // 2))
    maxima[: int(scale.floor(5.0)) + 1] = 0
    found = percentile_bin(maxima, 90)
    return replace(scale, strong=_STRONG * (found + 0.5) if found >= 0 else 0.0)


def one_sided(
    mask: NDArray[np.uint8], across_x: NDArray[np.int16], across_y: NDArray[np.int16]
) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Vectors across the lines, which point to the same side all along each line.

    Parameters
    ----------
    mask : (H, W) uint8
        1 where a pixel is on a line.
    across_x, across_y : (H, W) int16
        A vector across the line, whose sign means nothing: in the middle of a thin dark line the gradient is noise.

    Returns
    -------
    across_x, across_y : (H, W) int16
        As they were, or turned round; beside the lines as they were.

    Notes
    -----
    Spreads from pixel to pixel along the lines, over gaps of one pixel too. The first pixel of a line, in scan order,
    keeps its side.
    """
    height, width = mask.shape
    pixels = np.flatnonzero(mask).astype(np.int32)
    turned_x, turned_y = copied(across_x), copied(across_y)
    seen = zeros((height + 4, width + 4), np.uint8)
    seen[2:-2, 2:-2] = mask
    spread_sides(pixels, width, seen, empty(len(pixels) + 1, np.int32), turned_x, turned_y)
    return turned_x, turned_y


@kernel
def spread_sides(
    pixels: WriteI32, width: int, seen: WriteU8, stack: WriteI32, across_x: WriteI16, across_y: WriteI16
) -> None:
    """Turn vectors round so that they agree along each line; see `one_sided`.

    Parameters
    ----------
    pixels : (n,) int32
        Index of each pixel on a line in the image.
    width : int
        Of the image.
    seen : (H + 4, W + 4) uint8, used up
        The mask with a border of two zeros; what was reached is 0.
    stack : (n + 1,) int32, scratch
    across_x, across_y : (H, W) int16, changed
    """
    stride = width + 4
    for k in range(pixels.size):
        first = pixels[k]
        y = first // width
        start = (y + 2) * stride + first - y * width + 2
        if seen[_u64(start)] == 0:
            continue
        seen[_u64(start)] = 0
        stack[0] = start
        depth = 1
        while depth > 0:
            depth -= 1
            at = int(stack[_u64(depth)])
            row = at // stride
            here = _u64((row - 2) * width + at - row * stride - 2)
            p, q = _f32(across_x[here]), _f32(across_y[here])
            length = np.sqrt(p * p + q * q)
            for v in range(-2, 3):
                for u in range(-2, 3):
                    if seen[_u64(at + v * stride + u)] == 0:
                        continue
                    there = _u64(int(here) + v * width + u)
                    a, b = _f32(across_x[there]), _f32(across_y[there])
                    agreement = p * a + q * b
                    along = abs(_f32(u) * q - _f32(v) * p)
                    ahead = _f32(_STRAIGHT) if max(abs(u), abs(v)) > 1 else _f32(_AHEAD)
                    if (along < ahead * length * np.sqrt(_f32(u * u + v * v))) | (
                        abs(agreement) < _f32(_AHEAD) * length * np.sqrt(a * a + b * b)
                    ):
                        continue
                    if agreement < _f32(0):
                        across_x[there] = _i16(-across_x[there])
                        across_y[there] = _i16(-across_y[there])
                    seen[_u64(at + v * stride + u)] = 0
                    stack[_u64(depth)] = at + v * stride + u
                    depth += 1


def stronger(
    dx: NDArray[np.int16], dy: NDArray[np.int16], across_x: NDArray[np.int16], across_y: NDArray[np.int16]
) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Of two vectors at each pixel the longer one; all (H, W) int16.

    A step has a gradient and no response where it is steepest, a thin line a response and no gradient in its middle.
    """
    longer_x, longer_y = empty_like(dx), empty_like(dy)
    take_longer(dx, dy, across_x, across_y, longer_x, longer_y)
    return longer_x, longer_y


@kernel
def take_longer(
    dx: ReadI16, dy: ReadI16, across_x: ReadI16, across_y: ReadI16, longer_x: WriteI16, longer_y: WriteI16
) -> None:
    """Of two vectors at each pixel the longer one; see `stronger`."""
    for i in range(_u64(dx.size)):
        a, b = _f32(dx[i]), _f32(dy[i])
        u, v = _f32(across_x[i]), _f32(across_y[i])
        longer_x[i] = across_x[i] if u * u + v * v > a * a + b * b else dx[i]
    for i in range(_u64(dx.size)):
        a, b = _f32(dx[i]), _f32(dy[i])
        u, v = _f32(across_x[i]), _f32(across_y[i])
        longer_y[i] = across_y[i] if u * u + v * v > a * a + b * b else dy[i]


def moved_to_steps(chains: Chains, response: Response, along: float) -> NDArray[np.float32]:
    """Strokes moved from the dark side of a step onto the step; those along thin lines stay.

    Parameters
    ----------
    chains : Chains
    response : Response
        What the strokes were found in.
    along : float
        How far the move is averaged along the stroke, in px.

    Returns
    -------
    (N, 2) float32
        The points, within the picture.

    Notes
    -----
    The second derivative of a blurred step is greatest beside it, at a distance that is the ratio of the first to the
    second there, however blurred it is. In the middle of a line the first is 0, and so is the ratio.
    """
    height, width = response.dx.shape
    moved = empty_like(chains.points)
    scratch = empty((2, len(chains.points) + 1), np.float32)
    move_to_steps(
        *chains,
        response.across_x,
        response.across_y,
        response.dx,
        response.dy,
        height,
        width,
        response.gain,
        _FURTHEST * response.smoothing,
        max(1, round(along)),
        scratch[0],
        scratch[1],
        moved,
    )
    return moved


@jitted
def _bilinear(field: Any, height: int, width: int, x: Any, y: Any) -> Any:
    """The field at a place in the pixel plane; at the border that of the nearest pixels."""
    u = min(max(x - _f32(0.5), _f32(0)), _f32(width - 1))
    v = min(max(y - _f32(0.5), _f32(0)), _f32(height - 1))
    column, row = int(u), int(v)
    right, down = min(column + 1, width - 1) - column, (min(row + 1, height - 1) - row) * width
    a, b = u - _f32(column), v - _f32(row)
    i = row * width + column
    one = _f32(1)
    above = (one - a) * _f32(field[_u64(i)]) + a * _f32(field[_u64(i + right)])
    below = (one - a) * _f32(field[_u64(i + down)]) + a * _f32(field[_u64(i + down + right)])
    return (one - b) * above + b * below


@jitted
def _length_at(across_x: Any, across_y: Any, height: int, width: int, x: Any, y: Any) -> Any:
    # Not from components: the sides of neighbours need not agree. Nearest is enough, as the shifts are averaged.
    i = _u64(min(int(y), height - 1) * width + min(int(x), width - 1))
    a, b = _f32(across_x[i]), _f32(across_y[i])
    return np.sqrt(a * a + b * b)


@jitted
def _averaged(values: Any, start: int, end: int, closed: bool, reach: int, out: Any) -> None:
    """The mean over ``reach`` neighbours on either side; at the ends of an open stroke over as many as there are."""
    n = end - start
    # Fixed point, so that a running sum gives what each sum by itself would.
    total, count = 0, 0
    reach = min(reach, (n - 1) // 2)
    for k in range(-reach, reach + 1):
        if closed or k >= 0:
            total += int(values[_u64(start + (k + n) % n)] * _f32(65536))
            count += 1
    for k in range(n):
        out[_u64(start + k)] = _f32(total) / _f32(65536 * count)
        new, old = k + 1 + reach, k - reach
        if closed or new < n:
            total += int(values[_u64(start + new % n)] * _f32(65536))
            count += 1
        if closed or old >= 0:
            total -= int(values[_u64(start + (old + n) % n)] * _f32(65536))
            count -= 1


@kernel
def move_to_steps(
    points: ReadF32,
    offsets: ReadI64,
    closed: ReadU8,
    across_x: ReadI16,
    across_y: ReadI16,
    dx: ReadI16,
    dy: ReadI16,
    height: int,
    width: int,
    gain: float,
    furthest: float,
    reach: int,
    shifts: WriteF32,
    smoothed: WriteF32,
    moved: WriteF32,
) -> None:
    """Move the points of strokes across them; see `moved_to_steps`.

    Parameters
    ----------
    furthest : float32
        No shift is longer, in px.
    reach : int
        Points on either side that a shift is averaged with.
    shifts, smoothed : (N + 1,) float32, scratch
    moved : (N, 2) float32, written
    """
    one = _u64(1)
    for stroke in range(closed.size):
        start, end = int(offsets[stroke]), int(offsets[stroke + 1])
        loop = closed[stroke] != 0
        for i in range(start, end):
            before = i - 1 if i > start else (end - 1 if loop else i)
            after = i + 1 if i < end - 1 else (start if loop else i)
            # To the left of the way that the stroke goes.
            a, b = _u64(before) << one, _u64(after) << one
            p, q = points[b | one] - points[a | one], points[a] - points[b]
            length = np.sqrt(p * p + q * q)
            length = length if length > _f32(0) else _f32(1)
            p, q = p / length, q / length
            x, y = points[_u64(i) << one], points[_u64(i) << one | one]
            slope = p * _bilinear(dx, height, width, x, y) + q * _bilinear(dy, height, width, x, y)
            second = _length_at(across_x, across_y, height, width, x, y) / gain
            shift = slope / (second if second > _f32(1e-3) else _f32(1e-3))
            shifts[_u64(i)] = min(max(shift, -furthest), furthest)
        _averaged(shifts, start, end, loop, reach, smoothed)
        _averaged(smoothed, start, end, loop, reach, shifts)
        for i in range(start, end):
            before = max(i - 2, start) if not loop else start + (i - start - 2 + 2 * (end - start)) % (end - start)
            after = min(i + 2, end - 1) if not loop else start + (i - start + 2) % (end - start)
            a, b = _u64(before) << one, _u64(after) << one
            p, q = points[b | one] - points[a | one], points[a] - points[b]
            length = np.sqrt(p * p + q * q)
            length = length if length > _f32(0) else _f32(1)
            x, y = points[_u64(i) << one], points[_u64(i) << one | one]
            moved[_u64(i) << one] = min(max(x + shifts[_u64(i)] * p / length, _f32(0)), _f32(width))
            moved[_u64(i) << one | one] = min(max(y + shifts[_u64(i)] * q / length, _f32(0)), _f32(height))
