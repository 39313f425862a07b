"""A path as segments with their lengths, and parts of it cut into short pieces, for drawing it by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from vec2art_nb.kernels._jit import jitted

# For the type checker these are any numbers, as all is between kernels.
_i64: Any = np.int64
_f64: Any = np.float64

# A segment: four points, four widths, the lengths up to its quarters, and where along the path it begins.
SEGMENT = 17
QUARTERS, START = 12, 16

# A piece: four points, four widths, where along the path it begins and ends, its unit tangents there.
PIECE = 18
BASE, WAY, TANGENT = 8, 12, 14


@jitted
def add_segment(segments: Any, count: int, points: Any, widths: Any, start: int, at: int, is_curve: bool) -> int:
    """Append the line or curve from point ``start`` to ``at`` (of a curve its first control point)."""
    to = SEGMENT * count
    x0, y0 = _f64(points[2 * start]), _f64(points[2 * start + 1])
    if is_curve:
        for k in range(3):
            segments[to + 2 + 2 * k] = points[2 * (at + k)]
            segments[to + 3 + 2 * k] = points[2 * (at + k) + 1]
            segments[to + 9 + k] = widths[at + k]
    else:
        dx, dy = _f64(points[2 * at]) - x0, _f64(points[2 * at + 1]) - y0
        change = _f64(widths[at]) - _f64(widths[start])
        for k in range(3):
            share = (k + 1) / 3.0
            segments[to + 2 + 2 * k] = x0 + share * dx
            segments[to + 3 + 2 * k] = y0 + share * dy
            segments[to + 9 + k] = _f64(widths[start]) + share * change
    segments[to], segments[to + 1], segments[to + 8] = x0, y0, widths[start]
    length = 0.0
    for k in range(4):
        # Two chords a quarter.
        for half in range(2):
            t = 0.125 * (2 * k + half + 1)
            s = 1.0 - t
            b0, b1, b2, b3 = s * s * s, 3.0 * s * s * t, 3.0 * s * t * t, t * t * t
            x = b0 * segments[to] + b1 * segments[to + 2] + b2 * segments[to + 4] + b3 * segments[to + 6]
            y = b0 * segments[to + 1] + b1 * segments[to + 3] + b2 * segments[to + 5] + b3 * segments[to + 7]
            length += math.sqrt((x - x0) * (x - x0) + (y - y0) * (y - y0))
            x0, y0 = x, y
        segments[to + QUARTERS + k] = length
    if length < 1e-6:
        return count
    segments[to + START] = segments[to - 1] + segments[to - SEGMENT + QUARTERS + 3] if count > 0 else 0.0
    return count + 1


@jitted
def path_length(segments: Any, count: int) -> float:
    """The length of a path of one segment or more."""
    last = SEGMENT * (count - 1)
    length: float = segments[last + START] + segments[last + QUARTERS + 3]
    return length


@jitted
def turn_at(segments: Any, before: int, after: int) -> float:
    """The cosine of the turn from one segment to the next, by the handles there, or by the chords without any."""
    a, b = SEGMENT * before, SEGMENT * after
    ux, uy = segments[a + 6] - segments[a + 4], segments[a + 7] - segments[a + 5]
    vx, vy = segments[b + 2] - segments[b], segments[b + 3] - segments[b + 1]
    if ux * ux + uy * uy < 1e-12:
        ux, uy = segments[a + 6] - segments[a], segments[a + 7] - segments[a + 1]
    if vx * vx + vy * vy < 1e-12:
        vx, vy = segments[b + 6] - segments[b], segments[b + 7] - segments[b + 1]
    squared = (ux * ux + uy * uy) * (vx * vx + vy * vy)
    cosine: float = (ux * vx + uy * vy) / math.sqrt(squared) if squared > 0.0 else 1.0
    return cosine


@jitted
def _parameter(segments: Any, at: int, way: float) -> float:
    """Where on a segment so much of its length is behind."""
    before = 0.0
    for k in range(4):
        after = segments[at + QUARTERS + k]
        if way <= after and after > before:
            found: float = 0.25 * (k + (way - before) / (after - before))
            return found
        before = after
    return 1.0


@jitted
def _way(segments: Any, at: int, t: float) -> float:
    """How much of a segment's length is behind at t."""
    k = min(_i64(3), _i64(4.0 * t))
    before = segments[at + QUARTERS + k - 1] if k > 0 else 0.0
    way: float = before + (4.0 * t - k) * (segments[at + QUARTERS + k] - before)
    return way


@jitted
def _blossom(a: float, b: float, c: float, d: float, t: float, u: float, v: float) -> float:
    """The polar form of a cubic: with t = u = v its value."""
    ab, bc, cd = a + t * (b - a), b + t * (c - b), c + t * (d - c)
    abc, bcd = ab + u * (bc - ab), bc + u * (cd - bc)
    return abc + v * (bcd - abc)


@jitted
def finish(pieces: Any, at: int) -> None:
    """Fill in the tangents of a piece: the directions from an end to the next point that is elsewhere, and so back."""
    for end in range(2):
        corner = at + 6 * end
        step = 2 - 4 * end
        dx, dy = 0.0, 0.0
        for k in range(1, 4):
            dx, dy = pieces[corner + k * step] - pieces[corner], pieces[corner + 1 + k * step] - pieces[corner + 1]
            if dx * dx + dy * dy > 1e-12:
                break
        length = math.sqrt(dx * dx + dy * dy) * (1 - 2 * end)
        pieces[at + TANGENT + 2 * end] = dx / length if length != 0.0 else 1.0
        pieces[at + TANGENT + 2 * end + 1] = dy / length if length != 0.0 else 0.0


@jitted
def cut(segments: Any, count: int, low: float, high: float, longest: float, pieces: Any, first: int) -> int:
    """The path from way ``low`` to ``high`` in pieces, from index ``first`` on; the index after the last.

    Beyond the path's end it begins again.
    """
    n = first
    length = path_length(segments, count)
    for lap in range(_i64(high / length) + 1):
        for segment in range(count):
            at = SEGMENT * segment
            begin = segments[at + START] + lap * length
            own = segments[at + QUARTERS + 3]
            if begin >= high or begin + own <= low:
                continue
            t0 = _parameter(segments, at, low - begin) if low > begin else 0.0
            t1 = _parameter(segments, at, high - begin) if high < begin + own else 1.0
            if t1 <= t0:
                continue
            parts = max(_i64(1), _i64((_way(segments, at, t1) - _way(segments, at, t0)) / longest + 0.5))
            for k in range(parts):
                u, v = t0 + (t1 - t0) * k / parts, t0 + (t1 - t0) * (k + 1) / parts
                to = PIECE * n
                for c in range(3):
                    i = at + c if c < 2 else at + 8
                    step = 2 if c < 2 else 1
                    p0, p1, p2, p3 = segments[i], segments[i + step], segments[i + 2 * step], segments[i + 3 * step]
                    j = to + c if c < 2 else to + BASE
                    pieces[j] = _blossom(p0, p1, p2, p3, u, u, u)
                    pieces[j + step] = _blossom(p0, p1, p2, p3, u, u, v)
                    pieces[j + 2 * step] = _blossom(p0, p1, p2, p3, u, v, v)
                    pieces[j + 3 * step] = _blossom(p0, p1, p2, p3, v, v, v)
                pieces[to + WAY] = begin + _way(segments, at, u)
                pieces[to + WAY + 1] = begin + _way(segments, at, v)
                finish(pieces, to)
                n += 1
    return n


@jitted
def add_extension(pieces: Any, at: int, to: int, length: float, end: int) -> None:
    """A piece at ``to`` that runs on beyond the end (1) or beginning (0) of the piece at ``at``, in half its bend."""
    sign = 2 * end - 1
    corner = at + 6 * end
    x, y = pieces[corner], pieces[corner + 1]
    tx, ty = sign * pieces[at + TANGENT + 2 * end], sign * pieces[at + TANGENT + 2 * end + 1]
    turned = pieces[at + TANGENT] * pieces[at + TANGENT + 3] - pieces[at + TANGENT + 1] * pieces[at + TANGENT + 2]
    way = max(pieces[at + WAY + 1] - pieces[at + WAY], length)
    aside = 0.25 * sign * turned / way * length * length
    # A quadratic curve, raised to a cubic.
    cx, cy = x + 0.5 * length * tx, y + 0.5 * length * ty
    ex, ey = x + length * tx - aside * ty, y + length * ty + aside * tx
    near = to + 6 * (1 - end)
    far = to + 6 * end
    inner = 2 * sign
    pieces[near], pieces[near + 1] = x, y
    pieces[near + inner], pieces[near + inner + 1] = x + 2.0 / 3.0 * (cx - x), y + 2.0 / 3.0 * (cy - y)
    pieces[far - inner], pieces[far - inner + 1] = ex + 2.0 / 3.0 * (cx - ex), ey + 2.0 / 3.0 * (cy - ey)
    pieces[far], pieces[far + 1] = ex, ey
    for k in range(4):
        pieces[to + BASE + k] = pieces[at + BASE + 3 * end]
    pieces[to + WAY] = pieces[at + WAY + 1] if end == 1 else pieces[at + WAY] - length
    pieces[to + WAY + 1] = pieces[to + WAY] + length
    finish(pieces, to)
