"""The centre line of a pen of varying width in pieces whose sides are lines or single cubics.

A pen's disc moves along a curve while its radius changes; its sides are the envelope of the discs. A piece is either
smooth, when both sides go forward everywhere and each is within the tolerance of one cubic, or straight, when the curve
and its width are within the tolerance of its chord.

References
----------
Farouki, Neff (1990), Analytic properties of plane offset curves, Computer Aided Geometric Design 7, 83–99.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from vec2art_nb.kernels._jit import jitted

# A piece: start (x, y, radius, heading x, y, change of radius along the way), end likewise, handles of the left side at
# start and end, handles of the right side; handles below 0 mean a straight piece.
PIECE = 16
END, LEFT, RIGHT = 6, 12, 14

# A curve on the stack: four points, four radii, its depth.
CURVE = 13
DEPTH = 24

# A sample of a curve: what `sides_at` returns. There are five.
_SAMPLE = 9
SAMPLES = 5 * _SAMPLE


@jitted
def _room_for(pieces: Any, count: int) -> Any:
    """The pieces, in an array that takes one more."""
    if PIECE * (count + 1) <= pieces.size:
        return pieces
    larger = np.empty(2 * pieces.size)
    # A slice would cost seconds of compilation.
    for k in range(pieces.size):
        larger[k] = pieces[k]
    return larger


@jitted
def add_straight(
    pieces: Any, count: int, x0: float, y0: float, r0: float, x1: float, y1: float, r1: float
) -> tuple[Any, int]:
    """A straight piece; where one disc holds the other the tangent is that of the limit, straight ahead or back."""
    dx, dy = x1 - x0, y1 - y0
    length = math.sqrt(dx * dx + dy * dy)
    if length == 0.0 and r0 == r1:
        return pieces, count
    pieces = _room_for(pieces, count)
    hx, hy, change = 1.0, 0.0, 1.0 if r1 > r0 else -1.0
    if length > 0.0:
        hx, hy = dx / length, dy / length
        change = min(1.0, max(-1.0, (r1 - r0) / length))
    at = PIECE * count
    pieces[at], pieces[at + 1], pieces[at + 2] = x0, y0, r0
    pieces[at + 3], pieces[at + 4], pieces[at + 5] = hx, hy, change
    pieces[at + 6], pieces[at + 7], pieces[at + 8] = x1, y1, r1
    pieces[at + 9], pieces[at + 10], pieces[at + 11] = hx, hy, change
    for k in range(LEFT, PIECE):
        pieces[at + k] = -1.0
    return pieces, count + 1


@jitted
def sides_at(stack: Any, at: int, t: float) -> tuple[float, float, float, float, float, float, float, float, float]:
    """A curve on the stack at t: centre, radius, heading, change of radius, speeds of its left and right side.

    The sides are the envelope of the discs. A speed that is not above 0 means that the side turns back there, or that
    there is none.
    """
    u = 1.0 - t
    b0, b1, b2, b3 = u * u * u, 3.0 * u * u * t, 3.0 * u * t * t, t * t * t
    c0, c1, c2 = 3.0 * u * u, 6.0 * u * t, 3.0 * t * t
    x0, x1, x2, x3 = stack[at], stack[at + 2], stack[at + 4], stack[at + 6]
    y0, y1, y2, y3 = stack[at + 1], stack[at + 3], stack[at + 5], stack[at + 7]
    r0, r1, r2, r3 = stack[at + 8], stack[at + 9], stack[at + 10], stack[at + 11]
    x = b0 * x0 + b1 * x1 + b2 * x2 + b3 * x3
    y = b0 * y0 + b1 * y1 + b2 * y2 + b3 * y3
    r = b0 * r0 + b1 * r1 + b2 * r2 + b3 * r3
    dx = c0 * (x1 - x0) + c1 * (x2 - x1) + c2 * (x3 - x2)
    dy = c0 * (y1 - y0) + c1 * (y2 - y1) + c2 * (y3 - y2)
    dr = c0 * (r1 - r0) + c1 * (r2 - r1) + c2 * (r3 - r2)
    squared = dx * dx + dy * dy
    if squared <= 1e-12:
        return x, y, r, 1.0, 0.0, 0.0, -1.0, -1.0, 0.0
    ddx = 6.0 * (u * (x2 - 2.0 * x1 + x0) + t * (x3 - 2.0 * x2 + x1))
    ddy = 6.0 * (u * (y2 - 2.0 * y1 + y0) + t * (y3 - 2.0 * y2 + y1))
    ddr = 6.0 * (u * (r2 - 2.0 * r1 + r0) + t * (r3 - 2.0 * r2 + r1))
    speed = math.sqrt(squared)
    hx, hy = dx / speed, dy / speed
    change = dr / speed
    if abs(change) > 0.98:
        return x, y, r, hx, hy, change, -1.0, -1.0, 0.0
    # The normal leans by the change of radius; it turns as the heading does, and as its lean changes.
    upright = math.sqrt(1.0 - change * change)
    turn = (dx * ddy - dy * ddx) / squared
    lean = (ddr - change * (hx * ddx + hy * ddy)) / (speed * upright)
    forward = speed * upright
    return x, y, r, hx, hy, change, forward - r * (turn + lean), forward + r * (turn - lean), upright


@jitted
def _side(samples: Any, sign: float, tolerance: float) -> tuple[bool, float, float]:
    """One side of the curve on the stack as one cubic: whether it is near enough, and its two handles."""
    ax, ay, tax, tay, bx, by, tbx, tby = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    speed = 6 if sign > 0.0 else 7
    # Points and tangents at the ends; the left normal of (hx, hy) is (-hy, hx).
    c, s = samples[5], sign * samples[8]
    nx, ny = -c * samples[3] - s * samples[4], -c * samples[4] + s * samples[3]
    ax, ay = samples[0] + samples[2] * nx, samples[1] + samples[2] * ny
    tax, tay = sign * ny, -sign * nx
    c, s = samples[41], sign * samples[44]
    nx, ny = -c * samples[39] - s * samples[40], -c * samples[40] + s * samples[39]
    bx, by = samples[36] + samples[38] * nx, samples[37] + samples[38] * ny
    tbx, tby = sign * ny, -sign * nx
    u, v = samples[speed] / 3.0, samples[36 + speed] / 3.0
    # The handles that bring the middle to its place, unless the side is too straight to tell.
    cross = tax * tby - tay * tbx
    if abs(cross) > 0.05:
        c, s = samples[23], sign * samples[26]
        nx, ny = -c * samples[21] - s * samples[22], -c * samples[22] + s * samples[21]
        mx = (samples[18] + samples[20] * nx - 0.5 * (ax + bx)) * 8.0 / 3.0
        my = (samples[19] + samples[20] * ny - 0.5 * (ay + by)) * 8.0 / 3.0
        better_u = (mx * tby - my * tbx) / cross
        better_v = (mx * tay - my * tax) / cross
        if 0.5 * u < better_u < 2.0 * u and 0.5 * v < better_v < 2.0 * v:
            u, v = better_u, better_v
    for k in range(1, 4):
        t = 0.25 * k
        i = 9 * k
        q = 1.0 - t
        b0, b1, b2, b3 = q * q * q, 3.0 * q * q * t, 3.0 * q * t * t, t * t * t
        px = (b0 + b1) * ax + b1 * u * tax + (b2 + b3) * bx - b2 * v * tbx
        py = (b0 + b1) * ay + b1 * u * tay + (b2 + b3) * by - b2 * v * tby
        c, s = samples[i + 5], sign * samples[i + 8]
        nx, ny = -c * samples[i + 3] - s * samples[i + 4], -c * samples[i + 4] + s * samples[i + 3]
        off = (px - samples[i]) * nx + (py - samples[i + 1]) * ny - samples[i + 2]
        if abs(off) > tolerance:
            return False, u, v
    return True, u, v


@jitted
def _add_smooth(pieces: Any, count: int, stack: Any, samples: Any, at: int, tolerance: float) -> bool:
    """Write the curve on the stack as one piece, if both its sides are smooth and near cubics; whether they are."""
    for k in range(5):
        x, y, r, hx, hy, c, left, right, s = sides_at(stack, at, 0.25 * k)
        if left <= 0.0 or right <= 0.0:
            return False
        i = 9 * k
        samples[i], samples[i + 1], samples[i + 2] = x, y, r
        samples[i + 3], samples[i + 4], samples[i + 5] = hx, hy, c
        samples[i + 6], samples[i + 7], samples[i + 8] = left, right, s
    if samples[3] * samples[39] + samples[4] * samples[40] < 0.0:
        return False
    is_near, left0, left1 = _side(samples, 1.0, tolerance)
    if not is_near:
        return False
    is_near, right0, right1 = _side(samples, -1.0, tolerance)
    if not is_near:
        return False
    to = PIECE * count
    for k in range(6):
        pieces[to + k] = samples[k]
        pieces[to + 6 + k] = samples[36 + k]
    pieces[to + 12], pieces[to + 13], pieces[to + 14], pieces[to + 15] = left0, left1, right0, right1
    return True


@jitted
def _is_flat(stack: Any, at: int, tolerance: float) -> bool:
    """Whether the curve on the stack is near its chord, evenly passed, and its width near a linear one."""
    most = tolerance / 0.75
    for k in range(2):
        dx = stack[at + 2 * k] - 2.0 * stack[at + 2 * k + 2] + stack[at + 2 * k + 4]
        dy = stack[at + 2 * k + 1] - 2.0 * stack[at + 2 * k + 3] + stack[at + 2 * k + 5]
        dr = stack[at + 8 + k] - 2.0 * stack[at + 9 + k] + stack[at + 10 + k]
        if dx * dx + dy * dy > most * most or abs(dr) > most:
            return False
    return True


@jitted
def _halve(stack: Any, at: int) -> None:
    """De Casteljau's halving of the curve at ``at``: its first half follows it, its second half replaces it."""
    to = at + CURVE
    for k in range(3):
        first = at + k if k < 2 else at + 8
        step = 2 if k < 2 else 1
        a, b = stack[first], stack[first + step]
        c, d = stack[first + 2 * step], stack[first + 3 * step]
        ab, bc, cd = 0.5 * (a + b), 0.5 * (b + c), 0.5 * (c + d)
        abc, bcd = 0.5 * (ab + bc), 0.5 * (bc + cd)
        middle = 0.5 * (abc + bcd)
        second = first + CURVE
        stack[second], stack[second + step] = a, ab
        stack[second + 2 * step], stack[second + 3 * step] = abc, middle
        stack[first], stack[first + step], stack[first + 2 * step] = middle, bcd, cd
    stack[at + 12] += 1.0
    stack[to + 12] = stack[at + 12]


@jitted
def add_curve(pieces: Any, count: int, stack: Any, samples: Any, tolerance: float) -> tuple[Any, int]:
    """The curve at the bottom of the stack in pieces."""
    depth = 1
    while depth > 0:
        at = CURVE * (depth - 1)
        pieces = _room_for(pieces, count)
        if _add_smooth(pieces, count, stack, samples, at, 0.5 * tolerance):
            count += 1
            depth -= 1
        elif depth == DEPTH or stack[at + 12] > 20.0 or _is_flat(stack, at, 0.5 * tolerance):
            pieces, count = add_straight(
                pieces, count, stack[at], stack[at + 1], stack[at + 8], stack[at + 6], stack[at + 7], stack[at + 11]
            )
            depth -= 1
        else:
            _halve(stack, at)
            depth += 1
    return pieces, count
