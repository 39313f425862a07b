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
_BITS = 12
FINE = 4096  # Parts of a pixel.
_THINNEST = 0.5  # px, of a line


@jitted
def find_outlines(
    lightness: Any, mask: Any, height: int, width: int, rays: Any, count: int, steps: Any, samples: Any, found: Any
) -> None:
    """How far it is along each ray to where lightness is half way from ink to page; -1 beyond the ray's end.

    Many at once: only the walk to the ink's last pixel has branches, the rest is plain arithmetic, of integers
    because those that lightness is made of need no conversion.

    Parameters
    ----------
    rays : (5, N) int64
        x, y and the direction (unit length), in `FINE` parts of a pixel; how many steps of 1 px the ray is long at
        most.
    count : int
        Of rays; at most N.
    steps : (N,) int64, used up
        How many steps from the first are known to be on ink.
    samples : (5, N) int64, scratch
    found : (N,) float64, written
        px.
    """
    room = _u64(found.size)
    for i in range(_u64(count)):
        dx, dy, most = rays[_u64(2) * room + i], rays[_u64(3) * room + i], rays[_u64(4) * room + i]
        k = steps[i]
        u = rays[i] + k * dx
        v = rays[room + i] + k * dy
        while k <= most and u >= 0 and v >= 0:
            column, row = u >> _BITS, v >> _BITS
            if column >= width or row >= height or mask[_u64(row * width + column)] == 0:
                break
            k += 1
            u += dx
            v += dy
        steps[i] = k
    right = _i64(1 if width > 1 else 0)
    below = _i64(width if height > 1 else 0)
    last_column, last_row = max(width - 2, 0), max(height - 2, 0)
    last_u, last_v = (width - 1) * FINE, (height - 1) * FINE
    for j in range(_u64(_SAMPLES)):
        for i in range(_u64(count)):
            # Lightness between pixel centres, bilinear; at the border that of the last pixel.
            at = max(steps[i] - 3 + _i64(j), 0)
            u = min(max(rays[i] - FINE // 2 + at * rays[_u64(2) * room + i], 0), last_u)
            v = min(max(rays[room + i] - FINE // 2 + at * rays[_u64(3) * room + i], 0), last_v)
            column = min(u >> _BITS, last_column)
            row = min(v >> _BITS, last_row)
            fx = u - (column << _BITS)
            fy = v - (row << _BITS)
            pixel = row * width + column
            a, b = _i64(lightness[_u64(pixel)]), _i64(lightness[_u64(pixel + right)])
            c, d = _i64(lightness[_u64(pixel + below)]), _i64(lightness[_u64(pixel + below + right)])
            upper = (a << _BITS) + fx * (b - a)
            lower = (c << _BITS) + fx * (d - c)
            samples[j * room + i] = (upper << _BITS) + fy * (lower - upper)
    for i in range(_u64(count)):
        k = _f64(steps[i])
        inside, last = _f64(samples[room + i]), _f64(samples[_u64(2) * room + i])
        here, after = _f64(samples[_u64(3) * room + i]), _f64(samples[_u64(4) * room + i])
        ink = inside if inside < last else 0.5 * (inside + last)
        if k >= 4.0:
            ink = 0.5 * (ink + samples[i])
        page = here if here > after else after
        level = 0.5 * (ink + page)
        away = k - 1.0
        if level > here:
            away = k + (level - here) / (after - here) if after > level else k + 0.5
        elif level > last:
            away = k - 1.0 + (level - last) / (here - last)
        elif level > inside and k >= 2.0:
            away = k - 2.0 + (level - inside) / (last - inside)
        if k == 0.0:
            away = 0.0
        if k > rays[_u64(4) * room + i]:
            away = -1.0
        found[i] = away


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
    room = _u64(2 * longest)
    px = np.empty(longest + 2 * PAD)
    py = np.empty(longest + 2 * PAD)
    sx = np.empty(longest + 2 * PAD)
    sy = np.empty(longest + 2 * PAD)
    rays = np.empty(5 * room, np.int64)
    steps = np.empty(room, np.int64)
    samples = np.empty(_SAMPLES * room, np.int64)
    found = np.empty(room)
    for e in range(_i64(states.size)):
        if states[e] != KEPT:
            continue
        first = offsets[e]
        count = offsets[e + 1] - first
        pad = min(_i64(PAD), count) if nodes[2 * e] < 0 else _i64(0)
        m = count + 2 * pad
        k = count - pad if pad > 0 else _i64(0)
        for i in range(m):
            pixel = np.uint32(pixels[chain[first + k]])
            row = pixel // np.uint32(width)
            px[i] = _i64(pixel) - _i64(row) * width + 0.5
            py[i] = _i64(row) + 0.5
            k = k + 1 if k + 1 < count else _i64(0)
        # Where the line goes, without the grid's staircase.
        for i in range(_SMOOTH, m - _SMOOTH):
            x = 0.0
            y = 0.0
            for j in range(2 * _SMOOTH + 1):
                x += px[i - _SMOOTH + j]
                y += py[i - _SMOOTH + j]
            sx[i] = x / (2 * _SMOOTH + 1)
            sy[i] = y / (2 * _SMOOTH + 1)
        for i in range(m):
            k = min(i, m - 1 - i)
            if k >= _SMOOTH:
                continue
            x = 0.0
            y = 0.0
            for j in range(i - k, i + k + 1):
                x += px[j]
                y += py[j]
            sx[i] = x / (2 * k + 1)
            sy[i] = y / (2 * k + 1)
        # One ray to the left and one to the right of each point.
        c = _u64(count)
        for i in range(pad, m - pad):
            q = _u64(i - pad)
            low, high = max(i - _REACH, 0), min(i + _REACH, m - 1)
            tx = sx[high] - sx[low]
            ty = sy[high] - sy[low]
            length = np.sqrt(tx * tx + ty * ty)
            scale = FINE / length if length > 0.0 else 0.0
            nx, ny = _i64(-ty * scale), _i64(tx * scale)
            radius = radii[chain[first + i - pad]]
            # All pixels nearer to the skeleton's than the page is are ink; a pixel's corner is 0.71 px from its centre.
            known = max(_i64(radius + 0.28 - abs(sx[i] - px[i]) - abs(sy[i] - py[i])), 0)
            for side in range(2):
                p = q + c * _u64(side)
                rays[p] = _i64(sx[i] * FINE)
                rays[room + p] = _i64(sy[i] * FINE)
                rays[_u64(2) * room + p] = -nx if side else nx
                rays[_u64(3) * room + p] = -ny if side else ny
                rays[_u64(4) * room + p] = _i64(2.5 * radius + 4.0)
                steps[p] = known
        find_outlines(lightness, mask, height, width, rays, 2 * count, steps, samples, found)
        for i in range(_u64(count)):
            at = _u64(first) + i
            left, right = found[i], found[c + i]
            nx, ny = rays[_u64(2) * room + i], rays[_u64(3) * room + i]
            across = left + right
            shift = 0.5 * (left - right)
            is_found = left >= 0.0 and right >= 0.0 and across >= _THINNEST and (nx != 0 or ny != 0)
            is_near = is_found and abs(shift) <= 0.2 * across + 0.5
            if not is_near:
                shift = 0.0
            widths[at] = across if is_found else -1.0
            trusted[at] = is_near
            middles[_u64(2) * at] = (rays[i] + shift * nx) * (1.0 / FINE)
            middles[_u64(2) * at + _u64(1)] = (rays[room + i] + shift * ny) * (1.0 / FINE)


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
    rays = np.empty(5 * 4, np.int64)
    steps = np.empty(4, np.int64)
    samples = np.empty(_SAMPLES * 4, np.int64)
    found = np.empty(4)
    for end in range(ends.size // END):
        a = END * _i64(end)
        kind = _i64(ends[a + 5])
        e = end >> 1
        if kind == AT_JUNCTION or offsets[e] == offsets[e + 1]:
            continue
        x, y, tx, ty, r = _f64(ends[a]), _f64(ends[a + 1]), _f64(ends[a + 2]), _f64(ends[a + 3]), _f64(ends[a + 4])
        for turn in range(3):
            # Ahead, to the left, to the right, back.
            for k in range(4):
                sign = 1.0 if k < 2 else -1.0
                rays[k] = _i64(x * FINE)
                rays[4 + k] = _i64(y * FINE)
                rays[8 + k] = _i64(sign * FINE * (ty if k == 1 or k == 2 else tx))
                rays[12 + k] = _i64(sign * FINE * (-tx if k == 1 or k == 2 else ty))
                rays[16 + k] = _i64(4.0 * r + 12.0)
                steps[k] = 0
            # What is behind, and beside before the first step, only a dot asks for.
            needed = 4 if kind == DOT else (3 if turn > 0 else 1)
            find_outlines(lightness, mask, height, width, rays, needed, steps, samples, found)
            if kind == DOT:
                if min(min(found[0], found[1]), min(found[2], found[3])) < 0.0:
                    break
                along = 0.5 * (found[0] - found[3])
                aside = 0.5 * (found[1] - found[2])
                x += along * tx + aside * ty
                y += along * ty - aside * tx
                r = max(0.25 * (found[0] + found[1] + found[2] + found[3]), 0.25)
                continue
            across = found[1] + found[2]
            if turn > 0:
                if min(found[1], found[2]) <= 0.0 or across > 1.7 * r:
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
