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

from vec2art_nb.buffers import empty, zeros
from vec2art_nb.kernels._jit import ReadF64, ReadI64, WriteF32, WriteI64, WriteU8, jitted, kernel
from vec2art_nb.kernels.pen_pieces import (
    CURVE4,
    DOT,
    END,
    LEFT,
    LINETO,
    LOOP,
    MOVETO,
    PIECE,
    RIGHT,
    SUBPATH,
    pen_pieces,
)

# For the type checker these are any numbers, as all is between kernels.
_i64: Any = np.int64
_f64: Any = np.float64

Paths = tuple[NDArray[np.float32], NDArray[np.uint8], NDArray[np.int64]]

# Points that the sides of a piece, the joints before them and the caps after them can need: eight arcs of two cubics,
# and two cubics.
_MOST = 64

# Pieces that are held at a time: about half a megabyte stays in the cache.
_HELD = 4096


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
    pieces = empty((_HELD, PIECE), np.float64)
    subpaths = empty((len(points) + 1, SUBPATH), np.int64)
    capacity = 8 * len(points) + 4 * _MOST
    outline = empty((capacity, 2), np.float32)
    outline_codes = empty(capacity, np.uint8)
    outline_offsets = zeros(offsets.shape, offsets.dtype)
    flags = closed.view(np.uint8)
    begin, done = 0, 0
    while begin < len(closed):
        end = pen_pieces(points, codes, offsets, flags, widths, tolerance, begin, pieces, subpaths)
        done = outline_pieces(pieces, subpaths, end, tolerance, outline, outline_codes, outline_offsets)
        if end == begin:
            # A path of more pieces than are held.
            pieces = empty((4 * len(pieces), PIECE), np.float64)
        elif done < end:
            # How many points an outline takes is known only once it is made.
            outline = np.concatenate([outline, np.empty_like(outline)])
            outline_codes = np.concatenate([outline_codes, np.empty_like(outline_codes)])
        begin = done
    total = int(outline_offsets[-1])
    return outline[:total], outline_codes[:total], outline_offsets


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
    # One cubic is within 0.0184 radii of half a turn, and the sixth power of the angle decides.
    if 0.0184 * r * (1.0 - half_cosine) ** 3 > tolerance:
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
def _add_inner(
    out: Any, codes: Any, n: int, x: float, y: float, r: float, ax: float, ay: float, bx: float, by: float,
    room: float, tolerance: float,
) -> int:  # fmt: skip
    """From the normal a at a joint to b on its inner side: through the joint, or straight if the sides are long."""
    cosine = ax * bx + ay * by
    near = 0.25 * tolerance
    # Twice as far as the place where the sides meet, since they may be bent.
    if cosine <= 0.0 or 4.0 * r * r * (1.0 - cosine) > room * room * (1.0 + cosine):
        n = _add_point(out, codes, n, x, y, 0.0)
        near = 0.0
    return _add_point(out, codes, n, x + r * bx, y + r * by, near)


@jitted
def _between(gx: float, gy: float, hx: float, hy: float, is_back: bool) -> tuple[float, float]:
    """The normal of the heading between two headings."""
    mx, my = gx + hx, gy + hy
    if gx * hx + gy * hy < 0.0:
        mx, my = hy - gy, gx - hx
        cross = gx * hy - gy * hx
        # On the way back a turn to the left is one to the right; so is half a turn, which is neither.
        if cross < 0.0 or (cross == 0.0 and is_back):
            mx, my = -mx, -my
    scale = 1.0 / math.sqrt(mx * mx + my * my)
    return -my * scale, mx * scale


@jitted
def _mitre(
    x: float, y: float, r: float, ax: float, ay: float, bx: float, by: float, before_x: float, before_y: float,
    length: float, tolerance: float,
) -> tuple[bool, float, float]:  # fmt: skip
    """Where two straight sides meet, or meet when prolonged by no more than is tolerated; whether they do."""
    cosine = bx * ax + by * ay
    scale = r / (1.0 + cosine)
    mx, my = x + scale * (bx + ax), y + scale * (by + ay)
    if ax * by - ay * bx <= 0.0:
        return scale * math.sqrt(2.0 + 2.0 * cosine) - r <= 0.5 * tolerance, mx, my
    back = r * r * (1.0 - cosine) / (1.0 + cosine)
    kept_x, kept_y = mx - before_x, my - before_y
    return back < length * length and kept_x * ay - kept_y * ax > 0.0, mx, my


@kernel
def outline_pieces(
    pieces: ReadF64,
    subpaths: ReadI64,
    end: int,
    tolerance: float,
    outline: WriteF32,
    outline_codes: WriteU8,
    outline_offsets: WriteI64,
) -> int:
    """The outlines of pieces, for each the left side as seen when going along them, then when going back.

    Parameters
    ----------
    pieces : (M, 18) float64
    subpaths : (S, 3) int64
        What `pen_pieces` gives.
    end : int
        The path before which they stop.
    tolerance : float32
        In the unit of the points, above 0.
    outline : (K, 2) float32, written
    outline_codes : (K,) uint8, written
    outline_offsets : (P + 1,) int64, written
        Where each path ends; the outlines follow those of the paths before.

    Returns
    -------
    int
        ``end``, or the path for which there is no room.
    """
    allowed = _f64(tolerance)
    near = 0.25 * allowed
    n = outline_offsets[subpaths[2]]
    first = _i64(0)
    subpath = _i64(0)
    while subpaths[subpath + 2] < end:
        count, kind, path = subpaths[subpath], subpaths[subpath + 1], subpaths[subpath + 2]
        subpath += SUBPATH
        if n + _MOST * (count + 1) > outline_codes.size:
            full: int = path
            return full
        if kind == DOT:
            x, y, r = pieces[first], pieces[first + 1], pieces[first + 2]
            outline[2 * n], outline[2 * n + 1] = x + r, y
            outline_codes[n] = MOVETO
            n += 1
            for half in range(2):
                ax = 1.0 - 2.0 * half
                n = _add_arc(outline, outline_codes, n, x, y, r, ax, 0.0, -ax, 0.0, allowed)
        for back in range(2 if kind != DOT else 0):
            is_loop, is_back = kind == LOOP, back == 1
            sign = 1.0 - 2.0 * back
            gx, gy, ax, ay, before = 1.0, 0.0, 0.0, 1.0, 0.0
            x1, y1, r1 = 0.0, 0.0, 0.0
            is_mitrable = False
            first_step = -1 if is_loop else 0
            for step in range(first_step, count):
                index = step if step >= 0 else count - 1
                at = first + PIECE * (count - 1 - index if is_back else index)
                start, stop = (at + END, at) if is_back else (at, at + END)
                # The end: heading, normal, and the point on the side.
                x1, y1, r1 = pieces[stop], pieces[stop + 1], pieces[stop + 2]
                hx1, hy1 = sign * pieces[stop + 3], sign * pieces[stop + 4]
                c1, s1 = sign * pieces[stop + 5], pieces[stop + 6]
                nx1, ny1 = -c1 * hx1 - s1 * hy1, -c1 * hy1 + s1 * hx1
                ex, ey = x1 + r1 * nx1, y1 + r1 * ny1
                x0, y0, r0 = pieces[start], pieces[start + 1], pieces[start + 2]
                hx0, hy0 = sign * pieces[start + 3], sign * pieces[start + 4]
                c0, s0 = sign * pieces[start + 5], pieces[start + 6]
                nx0, ny0 = -c0 * hx0 - s0 * hy0, -c0 * hy0 + s0 * hx0
                fx, fy = x0 + r0 * nx0, y0 + r0 * ny0
                dx, dy = ex - fx, ey - fy
                # Where a disc holds the next one, the sides run to and fro on one line.
                length = math.sqrt(dx * dx + dy * dy) if min(s0, s1) > 0.05 else 0.0
                is_straight = pieces[at + LEFT] < 0.0
                if step == first_step and (is_loop or not is_back):
                    outline[2 * n], outline[2 * n + 1] = (ex, ey) if is_loop else (fx, fy)
                    outline_codes[n] = MOVETO
                    n += 1
                if step >= 0:
                    if step > first_step:
                        is_mitre = False
                        dot, cosine = gx * hx0 + gy * hy0, nx0 * ax + ny0 * ay
                        if is_straight and is_mitrable and length > 0.0 and cosine > -0.7 and dot > -0.7:
                            is_mitre, mx, my = _mitre(
                                x0, y0, r0, ax, ay, nx0, ny0, outline[2 * n - 4], outline[2 * n - 3], length, allowed
                            )
                            if is_mitre:
                                outline[2 * n - 2], outline[2 * n - 1] = mx, my
                        if not is_mitre:
                            # By way of the heading between them if else a half of the turn would be ambiguous.
                            turns = 1 if dot >= 0.0 and cosine >= 0.0 else 2
                            room = min(before, length) if turns == 1 else 0.0
                            for turn in range(turns):
                                bx, by = nx0, ny0
                                if turn + 1 < turns:
                                    bx, by = _between(gx, gy, hx0, hy0, is_back)
                                if ax * by - ay * bx <= 0.0:
                                    n = _add_arc(outline, outline_codes, n, x0, y0, r0, ax, ay, bx, by, allowed)
                                else:
                                    n = _add_inner(outline, outline_codes, n, x0, y0, r0, ax, ay, bx, by, room, allowed)
                                ax, ay = bx, by
                    is_mitrable = False
                    is_bent = False
                    if not is_straight:
                        side = at + (RIGHT if is_back else LEFT)
                        u, v = (pieces[side + 1], pieces[side]) if is_back else (pieces[side], pieces[side + 1])
                        # Handles along the tangents, which are the normals turned.
                        ux, uy = fx + u * ny0, fy - u * nx0
                        vx, vy = ex - v * ny1, ey + v * nx1
                        bend0 = abs((ux - fx) * dy - (uy - fy) * dx)
                        bend1 = abs((vx - fx) * dy - (vy - fy) * dx)
                        is_bent = max(bend0, bend1) > near * length
                        if is_bent:
                            n = _add_cubic(outline, outline_codes, n, ux, uy, vx, vy, ex, ey)
                    if not is_bent:
                        previous = n
                        n = _add_point(outline, outline_codes, n, ex, ey, near)
                        is_mitrable = is_straight and n > previous and length > 0.0
                gx, gy, ax, ay, before = hx1, hy1, nx1, ny1, length
            if not is_loop:
                # The cap, to the normal on the other side.
                along = gx * ax + gy * ay
                bx, by = 2.0 * along * gx - ax, 2.0 * along * gy - ay
                parts = 2 if along < -0.01 else 1
                for part in range(parts):
                    mx, my = (gx, gy) if part + 1 < parts else (bx, by)
                    n = _add_arc(outline, outline_codes, n, x1, y1, r1, ax, ay, mx, my, allowed)
                    ax, ay = mx, my
        first += PIECE * count
        outline_offsets[path + 1] = n
    return end
