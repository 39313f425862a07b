"""Where ink ends, between the pixels: half way from its own lightness to the page's."""

from __future__ import annotations

from typing import Any

import numpy as np

from vec2art_nb.kernels._jit import (
    ReadF32,
    ReadI16,
    ReadI32,
    ReadI64,
    ReadU8,
    WriteF32,
    WriteU8,
    jitted,
    kernel,
)
from vec2art_nb.kernels.skeleton_graph import KEPT

# For the type checker these are any numbers, as all is between kernels.
_i64: Any = np.int64
_f64: Any = np.float64
_u64: Any = np.uint64

AT_JUNCTION, FREE, DOT = 0, 1, 2
END = 6  # What is known of an edge's end: x, y, the direction out of the edge, half the width, and one of these kinds.

PAD = 8  # Points by which a loop is continued on either side.
_REACH = 4  # Points on either side that the direction of a skeleton is taken from.
_SMOOTH = 3
_SAMPLES = 5
_THINNEST = 0.5  # px, of a line


@jitted
def outline(
    lightness: Any,
    mask: Any,
    height: int,
    width: int,
    x: float,
    y: float,
    dx: float,
    dy: float,
    most: int,
    samples: Any,
) -> Any:
    """How far it is from (x, y) in a direction to where lightness is half way from ink to page; -1 beyond ``most``."""
    # All stands in this one function: each array handed to a helper costs 5 ns of reference counts a call.
    k = _i64(0)
    u, v = x, y
    while k <= most and u >= 0.0 and v >= 0.0:
        column, row = _i64(u), _i64(v)
        if column >= width or row >= height or mask[_u64(row * width + column)] == 0:
            break
        k += 1
        u = x + k * dx
        v = y + k * dy
    if k > most:
        return -1.0
    if k == 0:
        return 0.0
    right = 1 if width > 1 else 0
    below = width if height > 1 else 0
    for j in range(_SAMPLES):
        # Lightness between pixel centres, bilinear; at the border that of the last pixel.
        at = max(k - 3 + j, 0)
        u = min(max(x + at * dx - 0.5, 0.0), width - 1.0)
        v = min(max(y + at * dy - 0.5, 0.0), height - 1.0)
        column = min(_i64(u), max(width - 2, 0))
        row = min(_i64(v), max(height - 2, 0))
        fx = u - column
        fy = v - row
        pixel = row * width + column
        a, b = _f64(lightness[_u64(pixel)]), _f64(lightness[_u64(pixel + right)])
        c, d = _f64(lightness[_u64(pixel + below)]), _f64(lightness[_u64(pixel + below + right)])
        upper = a + fx * (b - a)
        samples[_u64(j)] = upper + fy * (c + fx * (d - c) - upper)
    inside, last, here, after = samples[_u64(1)], samples[_u64(2)], samples[_u64(3)], samples[_u64(4)]
    ink = inside if inside < last else 0.5 * (inside + last)
    if k >= 4:
        ink = 0.5 * (ink + samples[_u64(0)])
    page = here if here > after else after
    level = 0.5 * (ink + page)
    if level > here:
        return k + (level - here) / (after - here) if after > level else k + 0.5
    if level > last:
        return k - 1 + (level - last) / (here - last)
    if level > inside and k >= 2:
        return k - 2 + (level - inside) / (last - inside)
    return k - 1.0


@kernel
def probe_across(
    lightness: ReadI16,
    mask: ReadU8,
    height: int,
    width: int,
    pixels: ReadI32,
    radii: ReadF32,
    chain: ReadI32,
    offsets: ReadI64,
    nodes: ReadI32,
    states: ReadU8,
    longest: int,
    middles: WriteF32,
    widths: WriteF32,
    trusted: WriteU8,
) -> None:
    """For each point of the kept edges, the middle of the ink across the edge, and its width.

    Parameters
    ----------
    lightness : (H, W) int16
        Ink is dark.
    mask : (H, W) uint8
        1 is ink.
    pixels, radii : (n,) int32 and float32
        The skeleton's pixels and their distances to the page.
    chain, offsets, nodes, states
        See `vec2art_nb.kernels.skeleton_graph.SkeletonGraph`.
    longest : int
        Points of the longest edge.
    middles : (N, 2) float32, written
        px. Where no middle is found, the skeleton's own place, smoothed.
    widths : (N,) float32, written
        px; -1 where it is not found.
    trusted : (N,) uint8, written
        1 where a middle is found near the skeleton.
    """
    px = np.empty(longest + 2 * PAD)
    py = np.empty(longest + 2 * PAD)
    sx = np.empty(longest + 2 * PAD)
    sy = np.empty(longest + 2 * PAD)
    samples = np.empty(_SAMPLES)
    found = np.empty(2)
    for e in range(_i64(states.size)):
        if states[e] != KEPT:
            continue
        first = offsets[e]
        count = offsets[e + 1] - first
        pad = min(_i64(PAD), count) if nodes[2 * e] < 0 else _i64(0)
        m = count + 2 * pad
        for i in range(m):
            pixel = _i64(pixels[chain[first + (i - pad + count) % count]])
            px[i] = pixel % width + 0.5
            py[i] = pixel // width + 0.5
        # Where the line goes, without the grid's staircase.
        for i in range(m):
            k = min(_i64(_SMOOTH), min(i, m - 1 - i))
            x = 0.0
            y = 0.0
            for j in range(i - k, i + k + 1):
                x += px[j]
                y += py[j]
            sx[i] = x / (2 * k + 1)
            sy[i] = y / (2 * k + 1)
        for i in range(pad, m - pad):
            at = first + i - pad
            low, high = max(i - _REACH, 0), min(i + _REACH, m - 1)
            tx = sx[high] - sx[low]
            ty = sy[high] - sy[low]
            length = np.sqrt(tx * tx + ty * ty)
            middles[2 * at] = sx[i]
            middles[2 * at + 1] = sy[i]
            widths[at] = -1.0
            trusted[at] = 0
            if length <= 0.0:
                continue
            nx, ny = -ty / length, tx / length
            most = _i64(2.5 * radii[chain[at]] + 4.0)
            for side in range(2):
                sign = 1.0 - 2.0 * side
                found[side] = outline(
                    lightness, mask, height, width, sx[i], sy[i], sign * nx, sign * ny, most, samples
                )  # fmt: skip
            if found[0] < 0.0 or found[1] < 0.0 or found[0] + found[1] < _THINNEST:
                continue
            shift = 0.5 * (found[0] - found[1])
            across = found[0] + found[1]
            widths[at] = across
            if abs(shift) <= 0.2 * across + 0.5:
                middles[2 * at] = sx[i] + shift * nx
                middles[2 * at + 1] = sy[i] + shift * ny
                trusted[at] = 1


@kernel
def extend_ends(
    lightness: ReadI16,
    mask: ReadU8,
    height: int,
    width: int,
    offsets: ReadI64,
    points: WriteF32,
    ends: WriteF32,
) -> None:
    """Move free ends to where the pen was lifted, and dots to their middle.

    A round pen stops half its width before the ink does; a line that tapers goes on until it is thin.

    Parameters
    ----------
    lightness, mask : as in `probe_across`
    offsets : (E + 1,) int64
    points : (M, 3) float32, written where an edge is a dot
    ends : (E, 2, 6) float32, written
        See `vec2art_nb.kernels.centering.Centered`.
    """
    samples = np.empty(_SAMPLES)
    found = np.empty(4)
    for end in range(ends.size // END):
        a = END * _i64(end)
        kind = _i64(ends[a + 5])
        e = end >> 1
        if kind == AT_JUNCTION or offsets[e] == offsets[e + 1]:
            continue
        x, y, tx, ty, r = _f64(ends[a]), _f64(ends[a + 1]), _f64(ends[a + 2]), _f64(ends[a + 3]), _f64(ends[a + 4])
        for turn in range(3):
            # Ahead, to the left, back, to the right.
            dx, dy = tx, ty
            for k in range(4):
                # What is behind, and beside before the first step, only a dot asks for.
                if kind == DOT or k == 0 or (turn > 0 and k != 2):
                    found[k] = outline(lightness, mask, height, width, x, y, dx, dy, _i64(4.0 * r + 12.0), samples)
                dx, dy = dy, -dx
            if kind == DOT:
                if min(min(found[0], found[1]), min(found[2], found[3])) < 0.0:
                    break
                along = 0.5 * (found[0] - found[2])
                aside = 0.5 * (found[1] - found[3])
                x += along * tx + aside * ty
                y += along * ty - aside * tx
                r = max(0.25 * (found[0] + found[1] + found[2] + found[3]), 0.25)
                continue
            across = found[1] + found[3]
            if turn > 0:
                if min(found[1], found[3]) <= 0.0 or across > 1.7 * r:
                    break
                r = max(0.5 * across, 0.5 * _THINNEST)
            further = found[0] - r
            if found[0] < 0.0 or further < 0.25:
                break
            x += further * tx
            y += further * ty
        if kind == DOT:
            x += 0.1 * tx
            y += 0.1 * ty
            at = 3 * (offsets[e] if end & 1 == 0 else offsets[e + 1] - 1)
            points[at] = x
            points[at + 1] = y
            points[at + 2] = r
        ends[a] = x
        ends[a + 1] = y
        ends[a + 4] = r
