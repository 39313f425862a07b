"""The centre line of a pen of varying width in pieces whose sides are lines or single cubics.

A pen's disc moves along a curve while its radius changes; its sides are the envelope of the discs. A piece is either
smooth, when both sides go forward everywhere and each is within the tolerance of one cubic, or straight, when the curve
and its width are within the tolerance of its chord.

Only `pen_pieces` hands arrays on, and only to functions that hand them no further: else each call counts references,
which took half of the time.

References
----------
Farouki, Neff (1990), Analytic properties of plane offset curves, Computer Aided Geometric Design 7, 83–99.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from vec2art_nb.kernels._jit import ReadF32, ReadI64, ReadU8, WriteF64, WriteI64, jitted, kernel

# For the type checker these are any numbers, as all is between kernels.
_i64: Any = np.int64
_f64: Any = np.float64

MOVETO, LINETO, CURVE4 = 1, 2, 4  # As in matplotlib.path.

# A piece: start, end, handles of the left side at start and end, handles of the right side; handles below 0 mean a
# straight piece. Start and end: x, y, radius, heading x, y, change of radius along the way, and the root of 1 less its
# square.
PIECE = 18
END, LEFT, RIGHT = 7, 14, 16

# A subpath: number of its pieces, its kind, and its path. A dot has one piece, of which only the start counts.
SUBPATH = 3
OPEN, LOOP, DOT = 0, 1, 2

# A sample of a curve: see `goes_forward`; the last number is below 0 as long as the sample has not been taken.
SAMPLE = 9
UNKNOWN = -1.0

# A curve on the stack: four points, four radii, its depth, five samples.
DEPTH_OF, SAMPLES = 12, 13
CURVE = SAMPLES + 5 * SAMPLE
_STACK = 24
_DEEPEST = 20.0


@jitted
def goes_forward(stack: Any, at: int) -> bool:
    """Take the samples of the curve on the stack until a side turns back; whether none does.

    A sample is centre, radius, heading, change of radius, speeds of the left and the right side, and the upright part:
    the normal of a side is ``upright`` beside the heading, and -``change`` along it. The sides are the envelope of the
    discs. A speed that is not above 0 means that the side turns back there, or that there is none.
    """
    x0, x1, x2, x3 = stack[at], stack[at + 2], stack[at + 4], stack[at + 6]
    y0, y1, y2, y3 = stack[at + 1], stack[at + 3], stack[at + 5], stack[at + 7]
    r0, r1, r2, r3 = stack[at + 8], stack[at + 9], stack[at + 10], stack[at + 11]
    for turn in range(5):
        # First those that the curve may have got from its parent.
        k = 2 * turn if turn < 3 else 2 * turn - 5
        i = at + SAMPLES + SAMPLE * k
        if stack[i + 8] < 0.0:
            t = 0.25 * k
            u = 1.0 - t
            b0, b1, b2, b3 = u * u * u, 3.0 * u * u * t, 3.0 * u * t * t, t * t * t
            c0, c1, c2 = 3.0 * u * u, 6.0 * u * t, 3.0 * t * t
            r = b0 * r0 + b1 * r1 + b2 * r2 + b3 * r3
            dx = c0 * (x1 - x0) + c1 * (x2 - x1) + c2 * (x3 - x2)
            dy = c0 * (y1 - y0) + c1 * (y2 - y1) + c2 * (y3 - y2)
            squared = dx * dx + dy * dy
            hx, hy, change, left, right, upright = 1.0, 0.0, 0.0, -1.0, -1.0, 0.0
            if squared > 1e-12:
                speed = math.sqrt(squared)
                slowness = 1.0 / speed
                hx, hy = dx * slowness, dy * slowness
                change = (c0 * (r1 - r0) + c1 * (r2 - r1) + c2 * (r3 - r2)) * slowness
            if squared > 1e-12 and abs(change) <= 0.98:
                ddx = 6.0 * (u * (x2 - 2.0 * x1 + x0) + t * (x3 - 2.0 * x2 + x1))
                ddy = 6.0 * (u * (y2 - 2.0 * y1 + y0) + t * (y3 - 2.0 * y2 + y1))
                ddr = 6.0 * (u * (r2 - 2.0 * r1 + r0) + t * (r3 - 2.0 * r2 + r1))
                # The normal leans by the change of radius; it turns as the heading does, and as its lean changes.
                upright = math.sqrt(1.0 - change * change)
                turning = (hx * ddy - hy * ddx) * slowness
                leaning = (ddr - change * (hx * ddx + hy * ddy)) * slowness / upright
                left = speed * upright - r * (turning + leaning)
                right = speed * upright + r * (turning - leaning)
            stack[i] = b0 * x0 + b1 * x1 + b2 * x2 + b3 * x3
            stack[i + 1] = b0 * y0 + b1 * y1 + b2 * y2 + b3 * y3
            stack[i + 2], stack[i + 3], stack[i + 4], stack[i + 5] = r, hx, hy, change
            stack[i + 6], stack[i + 7], stack[i + 8] = left, right, upright
        if stack[i + 6] <= 0.0 or stack[i + 7] <= 0.0:
            return False
    first, last = at + SAMPLES, at + SAMPLES + 4 * SAMPLE
    forward: bool = stack[first + 3] * stack[last + 3] + stack[first + 4] * stack[last + 4] >= 0.0
    return forward


@jitted
def _side(stack: Any, at: int, sign: float, tolerance: float) -> tuple[bool, float, float]:
    """One side of the curve on the stack as one cubic: whether it is near enough, and its two handles."""
    first = at + SAMPLES
    middle, last = first + 2 * SAMPLE, first + 4 * SAMPLE
    speed = 6 if sign > 0.0 else 7
    # Points and tangents at the ends; the left normal of (hx, hy) is (-hy, hx).
    c, s = stack[first + 5], sign * stack[first + 8]
    nx, ny = -c * stack[first + 3] - s * stack[first + 4], -c * stack[first + 4] + s * stack[first + 3]
    ax, ay = stack[first] + stack[first + 2] * nx, stack[first + 1] + stack[first + 2] * ny
    tax, tay = sign * ny, -sign * nx
    c, s = stack[last + 5], sign * stack[last + 8]
    nx, ny = -c * stack[last + 3] - s * stack[last + 4], -c * stack[last + 4] + s * stack[last + 3]
    bx, by = stack[last] + stack[last + 2] * nx, stack[last + 1] + stack[last + 2] * ny
    tbx, tby = sign * ny, -sign * nx
    u, v = stack[first + speed] / 3.0, stack[last + speed] / 3.0
    # The handles that bring the middle to its place, unless the side is too straight to tell.
    cross = tax * tby - tay * tbx
    if abs(cross) > 0.05:
        c, s = stack[middle + 5], sign * stack[middle + 8]
        nx, ny = -c * stack[middle + 3] - s * stack[middle + 4], -c * stack[middle + 4] + s * stack[middle + 3]
        mx = (stack[middle] + stack[middle + 2] * nx - 0.5 * (ax + bx)) * 8.0 / 3.0
        my = (stack[middle + 1] + stack[middle + 2] * ny - 0.5 * (ay + by)) * 8.0 / 3.0
        better_u = (mx * tby - my * tbx) / cross
        better_v = (mx * tay - my * tax) / cross
        if 0.5 * u < better_u < 2.0 * u and 0.5 * v < better_v < 2.0 * v:
            u, v = better_u, better_v
    for k in range(1, 4):
        t = 0.25 * k
        i = first + SAMPLE * k
        q = 1.0 - t
        b0, b1, b2, b3 = q * q * q, 3.0 * q * q * t, 3.0 * q * t * t, t * t * t
        px = (b0 + b1) * ax + b1 * u * tax + (b2 + b3) * bx - b2 * v * tbx
        py = (b0 + b1) * ay + b1 * u * tay + (b2 + b3) * by - b2 * v * tby
        c, s = stack[i + 5], sign * stack[i + 8]
        nx, ny = -c * stack[i + 3] - s * stack[i + 4], -c * stack[i + 4] + s * stack[i + 3]
        off = (px - stack[i]) * nx + (py - stack[i + 1]) * ny - stack[i + 2]
        if abs(off) > tolerance:
            return False, u, v
    return True, u, v


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
def halve(stack: Any, at: int) -> None:
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
    stack[at + DEPTH_OF] += 1.0
    stack[to + DEPTH_OF] = stack[at + DEPTH_OF]
    # Each half has three of the samples: half as fast in its own time.
    for k in range(SAMPLE):
        half = 0.5 if k == 6 or k == 7 else 1.0
        i = at + SAMPLES + k
        j = to + SAMPLES + k
        stack[j] = half * stack[i]
        stack[j + 2 * SAMPLE] = half * stack[i + SAMPLE]
        stack[j + 4 * SAMPLE] = half * stack[i + 2 * SAMPLE]
        stack[i] = stack[j + 4 * SAMPLE]
        stack[i + 2 * SAMPLE] = half * stack[i + 3 * SAMPLE]
        stack[i + 4 * SAMPLE] *= half
    for i in range(at + SAMPLES + SAMPLE + 8, at + CURVE, 2 * SAMPLE):
        stack[i] = UNKNOWN
        stack[i + CURVE] = UNKNOWN


@jitted
def _put_straight(pieces: Any, at: int, x0: float, y0: float, r0: float, x1: float, y1: float, r1: float) -> None:
    """A straight piece; where one disc holds the other the tangent is that of the limit, straight ahead or back."""
    dx, dy = x1 - x0, y1 - y0
    length = math.sqrt(dx * dx + dy * dy)
    hx, hy, change = 1.0, 0.0, 1.0 if r1 > r0 else -1.0
    if length > 0.0:
        hx, hy = dx / length, dy / length
        change = min(1.0, max(-1.0, (r1 - r0) / length))
    upright = math.sqrt(1.0 - change * change)
    pieces[at], pieces[at + 1], pieces[at + 2] = x0, y0, r0
    pieces[at + END], pieces[at + END + 1], pieces[at + END + 2] = x1, y1, r1
    for i in range(at, at + LEFT, END):
        pieces[i + 3], pieces[i + 4], pieces[i + 5], pieces[i + 6] = hx, hy, change, upright
    for i in range(at + LEFT, at + PIECE):
        pieces[i] = -1.0


@jitted
def _put_smooth(
    pieces: Any, to: int, stack: Any, at: int, left0: float, left1: float, right0: float, right1: float
) -> None:
    """The curve on the stack as a piece."""
    for end in range(2):
        i = at + SAMPLES + 4 * SAMPLE * end
        j = to + END * end
        for k in range(6):
            pieces[j + k] = stack[i + k]
        pieces[j + 6] = stack[i + 8]
    pieces[to + LEFT], pieces[to + LEFT + 1] = left0, left1
    pieces[to + RIGHT], pieces[to + RIGHT + 1] = right0, right1


@kernel
def pen_pieces(
    points: ReadF32,
    codes: ReadU8,
    offsets: ReadI64,
    closed: ReadU8,
    widths: ReadF32,
    tolerance: float,
    begin: int,
    pieces: WriteF64,
    subpaths: WriteI64,
) -> int:
    """The pieces of the paths from ``begin`` on, as many as there is room for; returns the path that has none.

    Parameters
    ----------
    points : (N, 2) float32
    codes : (N,) uint8
        As in ``matplotlib.path``: 1 MOVETO, 2 LINETO, 4 CURVE4 in threes. A path may have several subpaths.
    offsets : (P + 1,) int64
    closed : (P,) uint8
    widths : (N,) float32
        Diameters of the pen.
    tolerance : float32
        In the unit of the points, above 0.
    begin : int
    pieces : (M, 18) float64, written
    subpaths : (N + 1, 3) int64, written
        Number of pieces, kind and path of each subpath. After the last comes one whose path is the one returned.
    """
    allowed = _f64(tolerance)
    room = _i64(pieces.size)
    stack = np.empty(CURVE * (_STACK + 1))
    to = _i64(0)
    subpath = _i64(0)
    for path in range(begin, _i64(closed.size)):
        stop = offsets[path + 1]
        i = offsets[path]
        subpaths[SUBPATH * subpath + 2] = path
        while i < stop:
            x0, y0, r0 = _f64(points[2 * i]), _f64(points[2 * i + 1]), 0.5 * _f64(widths[i])
            first_x, first_y, first_r, largest = x0, y0, r0, r0
            first = to
            i += 1
            while i < stop and codes[i] != MOVETO:
                last = i + 2 if codes[i] == CURVE4 else i
                x1, y1, r1 = _f64(points[2 * last]), _f64(points[2 * last + 1]), 0.5 * _f64(widths[last])
                depth = 1
                if codes[i] == CURVE4:
                    stack[0], stack[1], stack[6], stack[7] = x0, y0, x1, y1
                    for k in range(2):
                        stack[2 + 2 * k] = points[2 * (i + k)]
                        stack[3 + 2 * k] = points[2 * (i + k) + 1]
                        stack[9 + k] = 0.5 * _f64(widths[i + k])
                    stack[8], stack[11], stack[DEPTH_OF] = r0, r1, 0.0
                    for k in range(SAMPLES + 8, CURVE, SAMPLE):
                        stack[k] = UNKNOWN
                else:
                    # Lines too short to see are gathered, or each bend would cost points.
                    dx, dy = x1 - x0, y1 - y0
                    is_short = dx * dx + dy * dy < 0.0625 * allowed * allowed and abs(r1 - r0) < 0.25 * allowed
                    if is_short and last + 1 < stop and codes[last + 1] == LINETO:
                        depth = 0
                        x1, y1, r1 = x0, y0, r0
                while depth > 0:
                    if to + 2 * PIECE > room:
                        return path
                    depth -= 1
                    at = CURVE * depth
                    xa, ya, ra, xb, yb, rb = x0, y0, r0, x1, y1, r1
                    if codes[i] == CURVE4:
                        is_done = depth + 1 == _STACK or stack[at + DEPTH_OF] > _DEEPEST
                        if not is_done and not _is_flat(stack, at, 0.5 * allowed):
                            if goes_forward(stack, at):
                                is_near, left0, left1 = _side(stack, at, 1.0, 0.5 * allowed)
                                if is_near:
                                    is_near, right0, right1 = _side(stack, at, -1.0, 0.5 * allowed)
                                    if is_near:
                                        _put_smooth(pieces, to, stack, at, left0, left1, right0, right1)
                                        to += PIECE
                                        continue
                            halve(stack, at)
                            depth += 2
                            continue
                        xa, ya, ra = stack[at], stack[at + 1], stack[at + 8]
                        xb, yb, rb = stack[at + 6], stack[at + 7], stack[at + 11]
                    if xa != xb or ya != yb or ra != rb:
                        _put_straight(pieces, to, xa, ya, ra, xb, yb, rb)
                        to += PIECE
                largest = max(largest, r1)
                x0, y0, r0 = x1, y1, r1
                i = last + 1
            if to + PIECE > room:
                return path
            kind = LOOP if closed[path] != 0 else OPEN
            if to == first:
                kind = DOT
                _put_straight(pieces, to, first_x, first_y, largest, first_x, first_y, largest)
                to += PIECE
            elif kind == LOOP and (x0 != first_x or y0 != first_y):
                _put_straight(pieces, to, x0, y0, r0, first_x, first_y, first_r)
                to += PIECE
            subpaths[SUBPATH * subpath] = (to - first) // PIECE
            subpaths[SUBPATH * subpath + 1] = kind
            subpaths[SUBPATH * subpath + 2] = path
            subpath += 1
    done: int = _i64(closed.size)
    subpaths[SUBPATH * subpath + 2] = done
    return done
