"""Lines of varying width as filled outlines: what a round pen covers whose diameter changes along the path.

The pen's disc moves along a centre line, and between two discs it covers their convex hull. An outline is the sum of
simple shapes that all turn the same way: for each piece of the centre line the strip between it and the tangent of
the discs, on the outside of each joint a sector of the disc there, at each end a cap. Edges that two such shapes share
cancel, and what stays is one closed line for an open path and two for a closed one. Because every summand turns the
same way, no place within has winding number 0 and no place outside another one, whatever bends, crosses or touches:
under the nonzero rule there are no holes and no spurs, and outlines that are painted as one shape add up. On the inner
side of a joint the line runs through the joint itself, unless both sides are long enough to meet before.

Where both sides of a curve are smooth, each becomes one cubic, or a few; elsewhere (where the pen is wider than the
bend, or its width changes faster than it moves) the centre line is flattened and the discs do the rest.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.kernels._jit import ReadF32, ReadI64, ReadU8, WriteF32, WriteI64, WriteU8, jitted, kernel
from vec2art_nb.kernels.pen_pieces import CURVE, DEPTH, END, LEFT, PIECE, RIGHT, SAMPLES, add_curve, add_straight

# For the type checker these are any numbers, as all is between kernels.
_i64: Any = np.int64
_f64: Any = np.float64

MOVETO, LINETO, CURVE4 = 1, 2, 4  # As in matplotlib.path.

Paths = tuple[NDArray[np.float32], NDArray[np.uint8], NDArray[np.int64]]

# Points that a piece, the joint before it and the cap after it can need: four arcs of two cubics each, and a cubic.
_MOST = 32


def outline_paths(
    points: NDArray[np.float32],
    codes: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    closed: NDArray[np.bool_] | NDArray[np.uint8],
    widths: NDArray[np.float32],
    tolerance: float,
) -> Paths:
    """The filled outline of each path, drawn with a round pen of varying width; to be painted with the nonzero rule.

    Parameters
    ----------
    points : (N, 2) float32
    codes : (N,) uint8
        As in ``matplotlib.path``: 1 MOVETO, 2 LINETO, 4 CURVE4 in threes. A path may have several subpaths.
    offsets : (P + 1,) int64
    closed : (P,) bool or uint8
        Whether the subpaths of a path return to where they began.
    widths : (N,) float32
        Diameter of the pen at each point, in the unit of the points; along a curve the Bernstein polynomial of its four
        values, along a line in proportion.
    tolerance : float
        How far the outline may be from the true one, in the unit of the points; above 0.

    Returns
    -------
    points : (M, 2) float32
    codes : (M,) uint8
    offsets : (P + 1,) int64
        Path i is the outline of path i. Open subpaths become one closed ring, closed ones two, dots a circle. All
        turn the same way, so several may be painted as one shape.
    """
    if not tolerance > 0:
        raise ValueError(f"tolerance must be above 0, got {tolerance!r}")
    capacity = 4 * len(points) + 256
    outline = np.empty((capacity, 2), np.float32)
    outline_codes = np.empty(capacity, np.uint8)
    outline_offsets = np.zeros_like(offsets)
    flags = closed.view(np.uint8)
    done, total = 0, 0
    while True:
        done = outline_strokes(
            points, codes, offsets, flags, widths, tolerance, done, outline, outline_codes, outline_offsets
        )
        total = int(outline_offsets[done])
        if done == len(closed):
            return outline[:total].copy(), outline_codes[:total].copy(), outline_offsets
        # How many points an outline takes is known only once it is made.
        capacity *= 2
        outline = np.concatenate([outline[:total], np.empty((capacity - total, 2), np.float32)])
        outline_codes = np.concatenate([outline_codes[:total], np.empty(capacity - total, np.uint8)])


# --- the outline ------------------------------------------------------------------------------------------------------


@jitted
def _add_point(out: Any, codes: Any, n: int, x: float, y: float, near: float) -> int:
    """A line to (x, y), unless that is where the pen is."""
    dx, dy = x - out[2 * n - 2], y - out[2 * n - 1]
    if dx * dx + dy * dy <= near * near:
        return n
    out[2 * n], out[2 * n + 1] = x, y
    codes[n] = LINETO
    return n + 1


@jitted
def _add_cubic(out: Any, codes: Any, n: int, x1: float, y1: float, x2: float, y2: float, x3: float, y3: float) -> int:
    out[2 * n], out[2 * n + 1] = x1, y1
    out[2 * n + 2], out[2 * n + 3] = x2, y2
    out[2 * n + 4], out[2 * n + 5] = x3, y3
    codes[n] = CURVE4
    codes[n + 1] = CURVE4
    codes[n + 2] = CURVE4
    return n + 3


@jitted
def _add_arc(
    out: Any, codes: Any, n: int, x: float, y: float, r: float, ax: float, ay: float, bx: float, by: float,
    tolerance: float,
) -> int:  # fmt: skip
    """An arc about (x, y) from the unit vector a to b, at most half a turn, from the y axis towards the x axis."""
    cosine = min(1.0, max(-1.0, ax * bx + ay * by))
    half_cosine = math.sqrt(0.5 * (1.0 + cosine))
    half_sine = math.sqrt(0.5 * (1.0 - cosine))
    if r * (1.0 - half_cosine) <= 0.25 * tolerance:
        return _add_point(out, codes, n, x + r * bx, y + r * by, 0.25 * tolerance)
    parts = 1
    mx, my = bx, by
    # One cubic is within 0.0006 radii of an arc of 100°, and within 0.02 of half a turn.
    if cosine < -0.2 and 0.02 * r > 0.5 * tolerance:
        parts = 2
        scale = 0.5 / half_sine
        mx, my = -(by - ay) * scale, (bx - ax) * scale
        half_sine = math.sqrt(0.5 * (1.0 - half_cosine))
        half_cosine = math.sqrt(0.5 * (1.0 + half_cosine))
    handle = r * 4.0 / 3.0 * half_sine / (1.0 + half_cosine)
    for _ in range(parts):
        n = _add_cubic(
            out, codes, n,
            x + r * ax + handle * ay, y + r * ay - handle * ax,
            x + r * mx - handle * my, y + r * my + handle * mx,
            x + r * mx, y + r * my,
        )  # fmt: skip
        ax, ay, mx, my = mx, my, bx, by
    return n


@jitted
def _add_turn(
    out: Any, codes: Any, n: int, x: float, y: float, r: float, ax: float, ay: float, bx: float, by: float,
    room: float, tolerance: float,
) -> int:  # fmt: skip
    """From the normal a at a joint to b: outside an arc, inside through the joint, or straight if sides are long."""
    if ax * by - ay * bx <= 0.0:
        return _add_arc(out, codes, n, x, y, r, ax, ay, bx, by, tolerance)
    cosine = ax * bx + ay * by
    near = 0.25 * tolerance
    # Twice as far as the place where the sides meet, since they may be bent.
    if cosine <= 0.0 or 4.0 * r * r * (1.0 - cosine) > room * room * (1.0 + cosine):
        n = _add_point(out, codes, n, x, y, 0.0)
        near = 0.0
    return _add_point(out, codes, n, x + r * bx, y + r * by, near)


@jitted
def _add_joint(
    out: Any, codes: Any, n: int, x: float, y: float, r: float, gx: float, gy: float, ax: float, ay: float,
    hx: float, hy: float, bx: float, by: float, room: float, is_back: bool, tolerance: float,
) -> int:  # fmt: skip
    """The joint from heading g with normal a to heading h with normal b."""
    dot = gx * hx + gy * hy
    if dot >= 0.0 and ax * bx + ay * by >= 0.0:
        return _add_turn(out, codes, n, x, y, r, ax, ay, bx, by, room, tolerance)
    # By way of the heading between them: neither half is then ambiguous.
    mx, my = gx + hx, gy + hy
    if dot < 0.0:
        mx, my = hy - gy, gx - hx
        cross = gx * hy - gy * hx
        # On the way back a turn to the left is one to the right; so is half a turn, which is neither.
        if cross < 0.0 or (cross == 0.0 and is_back):
            mx, my = -mx, -my
    scale = 1.0 / math.sqrt(mx * mx + my * my)
    mx, my = -my * scale, mx * scale
    n = _add_turn(out, codes, n, x, y, r, ax, ay, mx, my, 0.0, tolerance)
    return _add_turn(out, codes, n, x, y, r, mx, my, bx, by, 0.0, tolerance)


@jitted
def _walk(pieces: Any, count: int, is_loop: bool, is_back: bool, out: Any, codes: Any, n: int, tolerance: float) -> int:
    """The left side of the pieces as seen when going along them, or back; the number of points, or -1: no room."""
    sign = -1.0 if is_back else 1.0
    near = 0.25 * tolerance
    gx, gy, ax, ay, before = 1.0, 0.0, 0.0, 1.0, 0.0
    is_mitrable = False
    first_step = -1 if is_loop else 0
    for step in range(first_step, count):
        index = step if step >= 0 else count - 1
        at = PIECE * (count - 1 - index if is_back else index)
        start = at + END if is_back else at
        end = at if is_back else at + END
        # The end: heading, normal, and the point on the side.
        x1, y1, r1 = pieces[end], pieces[end + 1], pieces[end + 2]
        hx1, hy1, c1 = sign * pieces[end + 3], sign * pieces[end + 4], sign * pieces[end + 5]
        s1 = math.sqrt(1.0 - c1 * c1)
        nx1, ny1 = -c1 * hx1 - s1 * hy1, -c1 * hy1 + s1 * hx1
        ex, ey = x1 + r1 * nx1, y1 + r1 * ny1
        x0, y0, r0 = pieces[start], pieces[start + 1], pieces[start + 2]
        hx0, hy0, c0 = sign * pieces[start + 3], sign * pieces[start + 4], sign * pieces[start + 5]
        s0 = math.sqrt(1.0 - c0 * c0)
        nx0, ny0 = -c0 * hx0 - s0 * hy0, -c0 * hy0 + s0 * hx0
        fx, fy = x0 + r0 * nx0, y0 + r0 * ny0
        dx, dy = ex - fx, ey - fy
        # Where a disc holds the next one, the sides run to and fro on one line.
        length = math.sqrt(dx * dx + dy * dy) if min(s0, s1) > 0.05 else 0.0
        is_straight = pieces[at + LEFT] < 0.0
        if step == first_step and not (is_back and not is_loop):
            out[2 * n], out[2 * n + 1] = (ex, ey) if is_loop else (fx, fy)
            codes[n] = MOVETO
            n += 1
        if step >= 0:
            if n + _MOST > codes.size:
                return -1
            if step > first_step:
                # Where two straight sides meet, or meet when prolonged by no more than is tolerated: one point.
                cosine = nx0 * ax + ny0 * ay
                is_mitre = False
                if is_straight and is_mitrable and length > 0.0 and cosine > -0.7 and gx * hx0 + gy * hy0 > -0.7:
                    scale = r0 / (1.0 + cosine)
                    mx, my = x0 + scale * (nx0 + ax), y0 + scale * (ny0 + ay)
                    if ax * ny0 - ay * nx0 <= 0.0:
                        is_mitre = scale * math.sqrt(2.0 + 2.0 * cosine) - r0 <= 0.5 * tolerance
                    else:
                        back = r0 * r0 * (1.0 - cosine) / (1.0 + cosine)
                        kept_x, kept_y = mx - out[2 * n - 4], my - out[2 * n - 3]
                        is_mitre = back < length * length and kept_x * ay - kept_y * ax > 0.0
                    if is_mitre:
                        out[2 * n - 2], out[2 * n - 1] = mx, my
                if not is_mitre:
                    n = _add_joint(
                        out, codes, n, x0, y0, r0, gx, gy, ax, ay, hx0, hy0, nx0, ny0, min(before, length), is_back,
                        tolerance,
                    )  # fmt: skip
            is_mitrable = False
            if is_straight:
                previous = n
                n = _add_point(out, codes, n, ex, ey, near)
                is_mitrable = n > previous and length > 0.0
            else:
                side = at + (RIGHT if is_back else LEFT)
                u, v = (pieces[side + 1], pieces[side]) if is_back else (pieces[side], pieces[side + 1])
                # Handles along the tangents, which are the normals turned.
                ux, uy = fx + u * ny0, fy - u * nx0
                vx, vy = ex - v * ny1, ey + v * nx1
                bend0 = abs((ux - fx) * dy - (uy - fy) * dx)
                bend1 = abs((vx - fx) * dy - (vy - fy) * dx)
                if max(bend0, bend1) <= near * length:
                    n = _add_point(out, codes, n, ex, ey, near)
                else:
                    n = _add_cubic(out, codes, n, ux, uy, vx, vy, ex, ey)
        gx, gy, ax, ay, before = hx1, hy1, nx1, ny1, length
    if not is_loop:
        # The cap, to the normal on the other side.
        along = gx * ax + gy * ay
        bx, by = 2.0 * along * gx - ax, 2.0 * along * gy - ay
        if along < -0.01:
            n = _add_arc(out, codes, n, x1, y1, r1, ax, ay, gx, gy, tolerance)
            ax, ay = gx, gy
        n = _add_arc(out, codes, n, x1, y1, r1, ax, ay, bx, by, tolerance)
    return n


@kernel
def outline_strokes(
    points: ReadF32,
    codes: ReadU8,
    offsets: ReadI64,
    closed: ReadU8,
    widths: ReadF32,
    tolerance: float,
    begin: int,
    outline: WriteF32,
    outline_codes: WriteU8,
    outline_offsets: WriteI64,
) -> int:
    """Outlines from path ``begin`` on, until all are done or there is no more room; returns the number of paths done.

    Parameters
    ----------
    points : (N, 2) float32
    codes : (N,) uint8
    offsets : (P + 1,) int64
    closed : (P,) uint8
    widths : (N,) float32
    tolerance : float32
        In the unit of the points, above 0.
    begin : int
        Paths done before; their outlines stand in the output.
    outline : (M, 2) float32, written
    outline_codes : (M,) uint8, written
    outline_offsets : (P + 1,) int64, written
    """
    allowed = _f64(tolerance)
    pieces = np.empty(PIECE * 256)
    stack = np.empty(CURVE * (DEPTH + 1))
    samples = np.empty(SAMPLES)
    n = outline_offsets[begin]
    for path in range(begin, _i64(closed.size)):
        start = offsets[path]
        stop = offsets[path + 1]
        while start < stop:
            end = start + 1
            while end < stop and codes[end] != MOVETO:
                end += 1
            # The centre line in pieces.
            x0, y0, r0 = _f64(points[2 * start]), _f64(points[2 * start + 1]), 0.5 * _f64(widths[start])
            first_x, first_y, first_r, largest = x0, y0, r0, r0
            count = _i64(0)
            i = start + 1
            while i < end:
                last = i + 2 if codes[i] == CURVE4 else i
                x1, y1, r1 = _f64(points[2 * last]), _f64(points[2 * last + 1]), 0.5 * _f64(widths[last])
                if codes[i] == CURVE4:
                    stack[0], stack[1], stack[6], stack[7] = x0, y0, x1, y1
                    for k in range(2):
                        stack[2 + 2 * k] = points[2 * (i + k)]
                        stack[3 + 2 * k] = points[2 * (i + k) + 1]
                        stack[9 + k] = 0.5 * _f64(widths[i + k])
                    stack[8], stack[11], stack[12] = r0, r1, 0.0
                    pieces, count = add_curve(pieces, count, stack, samples, allowed)
                else:
                    # Lines too short to see are gathered, or each bend would cost points.
                    dx, dy = x1 - x0, y1 - y0
                    is_short = dx * dx + dy * dy < 0.0625 * allowed * allowed and abs(r1 - r0) < 0.25 * allowed
                    if not is_short or last + 1 >= end or codes[last + 1] == CURVE4:
                        pieces, count = add_straight(pieces, count, x0, y0, r0, x1, y1, r1)
                    else:
                        x1, y1, r1 = x0, y0, r0
                largest = max(largest, r1)
                x0, y0, r0 = x1, y1, r1
                i = last + 1
            is_loop = closed[path] != 0 and count > 0
            if is_loop and (x0 != first_x or y0 != first_y):
                pieces, count = add_straight(pieces, count, x0, y0, r0, first_x, first_y, first_r)
            start = end
            if n + _MOST > outline_codes.size:
                return path
            if count == 0:
                outline[2 * n] = first_x + largest
                outline[2 * n + 1] = first_y
                outline_codes[n] = MOVETO
                n = _add_arc(outline, outline_codes, n + 1, first_x, first_y, largest, 1.0, 0.0, -1.0, 0.0, allowed)
                n = _add_arc(outline, outline_codes, n, first_x, first_y, largest, -1.0, 0.0, 1.0, 0.0, allowed)
                continue
            # In a loop, because two calls with constants would compile it twice.
            for back in range(2):
                if n >= 0:
                    n = _walk(pieces, count, is_loop, back == 1, outline, outline_codes, n, allowed)
            if n < 0:
                return path
        outline_offsets[path + 1] = n
    done: int = _i64(closed.size)
    return done
