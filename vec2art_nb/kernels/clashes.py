"""Lines of a planar map that cross, touch, or have jumped over one another."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import copied, empty, zeros
from vec2art_nb.kernels._jit import ReadF32, ReadI32, ReadI64, ReadU8, WriteI32, WriteU8, jitted, kernel
from vec2art_nb.kernels.planar_map import PlanarMap

# Lines keep this distance in px, so that rounding to the grid of an SVG does not bring them together.
_CLEARANCE = 0.02

# For the type checker these are any numbers, as all is between kernels.
_i64: Any = np.int64
_i32: Any = np.int32
_f32: Any = np.float32
_f64: Any = np.float64
_u8: Any = np.uint8


def mark_clashes(
    points: NDArray[np.float32],
    offsets: NDArray[np.int64],
    closed: NDArray[np.uint8],
    changed: NDArray[np.uint8],
    width: int,
    height: int,
    clashing: NDArray[np.uint8],
) -> None:
    """Mark the lines that come too near to another one, or to themselves; one of the two has changed."""
    shift, across, down = cells_of(width, height, len(points))
    touched = zeros(across * down, np.uint8)
    starts = zeros(across * down + 1, np.int32)
    borders = empty(len(points), np.int32)
    successors = empty(len(points), np.int32)
    items = np.empty(0, np.int32)
    # Only squares that a changed line passes matter: these first, then how many segments each has, then which.
    for turn in range(3):
        if turn == 0 and changed.all():
            touched[:] = 1
            continue
        sort_segments(
            points, offsets, closed, changed, turn, shift, across, down, touched, starts, items, borders, successors
        )
        if turn == 1:
            np.cumsum(starts, out=starts)
            items = empty(int(starts[-1]), np.int32)
    find_clashes(points, borders, successors, changed, _CLEARANCE, across * down, starts, items, clashing)


def mark_swept(
    borders: PlanarMap,
    points: NDArray[np.float32],
    offsets: NDArray[np.int64],
    clashing: NDArray[np.uint8],
    changed: NDArray[np.uint8] | None = None,
) -> None:
    """Mark the lines that have jumped over an island, and the island's: what crosses nothing may still be wrong.

    Where it is known which lines have changed, only pairs with one of these are looked at.
    """
    islands = empty(len(clashing), np.int32)
    parent = np.arange(len(borders.junctions), dtype=np.int32)
    found = list_islands(borders.ends, borders.sides, parent, islands)
    if not found:
        return
    islands = copied(islands[:found])
    if changed is None:
        changed = np.ones(len(clashing), np.uint8)
    shift, across, down = cells_of(borders.width, borders.height, found)
    starts = zeros(across * down + 1, np.int32)
    items = empty(found, np.int32)
    find_swept(
        borders.points, borders.offsets, points, offsets, islands, changed, shift, across, down, starts, items,
        clashing,
    )  # fmt: skip


def cells_of(width: int, height: int, count: int) -> tuple[int, int, int]:
    """Squares of the plane with about one thing in each: side, as a power of two, and how many across and down."""
    shift = min(max(round(math.log2(width * height / max(count, 1)) / 2), 1), 6)
    return shift, (width >> shift) + 1, (height >> shift) + 1


# --- kernels ----------------------------------------------------------------------------------------------------------


@kernel
def sort_segments(
    points: ReadF32, offsets: ReadI64, closed: ReadU8, changed: ReadU8, turn: int, shift: int, across: int, down: int,
    touched: WriteU8, starts: WriteI32, items: WriteI32, borders: WriteI32, successors: WriteI32,
) -> None:  # fmt: skip
    """Go through the squares of the plane that each segment passes, a few more rather than less.

    Parameters
    ----------
    turn : int
        0 marks the squares that changed lines pass; 1 counts the segments of each marked square and fills the last two
        arrays; 2 lists the segments.
    touched : (cells,) uint8
    starts : (cells + 1,) int32
        Counts; before the last turn those of all squares up to and including each, and then where each begins.
    items : (segments,) int32
        The first point of each segment, square by square.
    borders, successors : (N,) int32
        The border of each point; the point that follows on its line, -1 after the last.
    """
    side, near = _f64(_i64(1) << shift), 0.1
    for border in range(offsets.size - 1):
        if turn == 0 and changed[border] == 0:
            continue
        first, last = offsets[border], offsets[border + 1] - 1
        for i in range(first, last + 1):
            k = i + 1
            if i == last:
                k = first if closed[border] != 0 else _i64(-1)
            if turn == 1:
                borders[i] = _i32(border)
                successors[i] = _i32(k)
            if k < 0:
                continue
            x0 = _f64(points[2 * i])
            y0 = _f64(points[2 * i + 1])
            x1 = _f64(points[2 * k])
            y1 = _f64(points[2 * k + 1])
            top = _i64(max(min(y0, y1) - near, 0.0)) >> shift
            bottom = min(_i64(max(y0, y1) + near) >> shift, down - 1)
            low = min(x0, x1)
            high = max(x0, x1)
            for row in range(top, bottom + 1):
                row_low = low
                row_high = high
                if top != bottom and y0 != y1:
                    # The part of the segment that lies in this row.
                    slope = (x1 - x0) / (y1 - y0)
                    xa = x0 + slope * (min(max(_f64(row) * side - near, min(y0, y1)), max(y0, y1)) - y0)
                    xb = x0 + slope * (min(max(_f64(row + 1) * side + near, min(y0, y1)), max(y0, y1)) - y0)
                    row_low = max(low, min(xa, xb))
                    row_high = min(high, max(xa, xb))
                left = _i64(max(row_low - near, 0.0)) >> shift
                right = min(_i64(row_high + near) >> shift, across - 1)
                for q in range(row * across + left, row * across + right + 1):
                    if turn == 0:
                        touched[q] = _u8(1)
                    elif touched[q] != 0:
                        if turn == 1:
                            starts[q] += _i32(1)
                        else:
                            starts[q] -= _i32(1)
                            items[starts[q]] = _i32(i)


@jitted
def _squared_distance(px: float, py: float, ax: float, ay: float, bx: float, by: float) -> float:
    """Of a point from a segment."""
    ux = bx - ax
    uy = by - ay
    vx = px - ax
    vy = py - ay
    length = ux * ux + uy * uy
    t = vx * ux + vy * uy
    t = 0.0 if t <= 0.0 or length == 0.0 else (1.0 if t >= length else t / length)
    dx = vx - t * ux
    dy = vy - t * uy
    return dx * dx + dy * dy


@kernel
def find_clashes(
    points: ReadF32, borders: ReadI32, successors: ReadI32, changed: ReadU8, clearance: float, cells: int,
    starts: ReadI32, items: ReadI32, clashing: WriteU8,
) -> None:  # fmt: skip
    """Compare the segments in each square of the plane; see `mark_clashes`."""
    least = _f64(clearance) * _f64(clearance)
    margin = _f64(clearance)
    for q in range(cells):
        end = starts[q + 1]
        for one in range(starts[q], end):
            i = _i64(items[one])
            k = _i64(successors[i])
            ax = _f64(points[2 * i])
            ay = _f64(points[2 * i + 1])
            bx = _f64(points[2 * k])
            by = _f64(points[2 * k + 1])
            low_x = min(ax, bx) - margin
            high_x = max(ax, bx) + margin
            low_y = min(ay, by) - margin
            high_y = max(ay, by) + margin
            is_changed = changed[borders[i]] != 0
            for two in range(one + 1, end):
                j = _i64(items[two])
                m = _i64(successors[j])
                cx = _f64(points[2 * j])
                cy = _f64(points[2 * j + 1])
                dx = _f64(points[2 * m])
                dy = _f64(points[2 * m + 1])
                if max(cx, dx) < low_x or min(cx, dx) > high_x or max(cy, dy) < low_y or min(cy, dy) > high_y:
                    continue
                if not is_changed and changed[borders[j]] == 0:
                    continue
                a_is_c = ax == cx and ay == cy
                a_is_d = ax == dx and ay == dy
                b_is_c = bx == cx and by == cy
                b_is_d = bx == dx and by == dy
                clash = False
                if (a_is_c and b_is_d) or (a_is_d and b_is_c):
                    clash = True
                elif a_is_c or a_is_d or b_is_c or b_is_d:
                    # A common end: neither may lie along the other.
                    ux, uy = (bx, by) if a_is_c or a_is_d else (ax, ay)
                    vx, vy = (dx, dy) if a_is_c or b_is_c else (cx, cy)
                    clash = (
                        _squared_distance(ux, uy, cx, cy, dx, dy) < least
                        or _squared_distance(vx, vy, ax, ay, bx, by) < least
                    )
                else:
                    # The signs of four areas; where these are too small to be sure, a distance is below the least.
                    side_c = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
                    side_d = (bx - ax) * (dy - ay) - (by - ay) * (dx - ax)
                    side_a = (dx - cx) * (ay - cy) - (dy - cy) * (ax - cx)
                    side_b = (dx - cx) * (by - cy) - (dy - cy) * (bx - cx)
                    clash = (
                        ((side_c > 0) != (side_d > 0) and (side_a > 0) != (side_b > 0))
                        or _squared_distance(cx, cy, ax, ay, bx, by) < least
                        or _squared_distance(dx, dy, ax, ay, bx, by) < least
                        or _squared_distance(ax, ay, cx, cy, dx, dy) < least
                        or _squared_distance(bx, by, cx, cy, dx, dy) < least
                    )
                if clash:
                    clashing[borders[i]] = _u8(1)
                    clashing[borders[j]] = _u8(1)


@kernel
def list_islands(ends: ReadI32, sides: ReadI32, parent: WriteI32, islands: WriteI32) -> int:
    """One border of each part of the map that is not connected with the frame; returns how many there are."""
    frame = _i64(-1)
    for border in range(ends.size // 2):
        if ends[2 * border] >= 0:
            a, b = _i64(ends[2 * border]), _i64(ends[2 * border + 1])
            while parent[a] != a:
                parent[a] = parent[parent[a]]
                a = _i64(parent[a])
            while parent[b] != b:
                parent[b] = parent[parent[b]]
                b = _i64(parent[b])
            parent[max(a, b)] = _i32(min(a, b))
            if sides[2 * border] < 0 or sides[2 * border + 1] < 0:
                frame = min(a, b)
    while frame >= 0 and parent[frame] != frame:
        frame = _i64(parent[frame])
    found = _i64(0)
    for border in range(ends.size // 2):
        a = _i64(ends[2 * border])
        if a < 0:
            if sides[2 * border] >= 0 and sides[2 * border + 1] >= 0:
                islands[found] = _i32(border)
                found += 1
            continue
        while parent[a] != a:
            a = _i64(parent[a])
        if a != frame and parent[a] >= 0:
            islands[found] = _i32(border)
            found += 1
            # Once is enough for each part: its junctions are then those of the frame.
            parent[a] = _i32(max(frame, _i64(0)))
            frame = _i64(parent[a])
    return int(found)


@kernel
def find_swept(
    pixels: ReadF32, pixel_offsets: ReadI64, points: ReadF32, offsets: ReadI64, islands: ReadI32, changed: ReadU8,
    shift: int, across: int, down: int, starts: WriteI32, items: WriteI32, clashing: WriteU8,
) -> None:  # fmt: skip
    """Mark borders between whose pixels' line and new line an island begins; see `mark_swept`."""
    is_any_changed = False
    for turn in range(2):
        for k in range(islands.size):
            i = offsets[islands[k]]
            column = min(_i64(max(points[2 * i], _f32(0))) >> shift, across - 1)
            row = min(_i64(max(points[2 * i + 1], _f32(0))) >> shift, down - 1)
            q = row * across + column
            is_any_changed = is_any_changed or changed[islands[k]] != 0
            if turn == 0:
                starts[q] += _i32(1)
            else:
                starts[q] -= _i32(1)
                items[starts[q]] = _i32(k)
        if turn == 0:
            total = _i32(0)
            for q in range(starts.size):
                total += starts[q]
                starts[q] = total
    for border in range(offsets.size - 1):
        if changed[border] == 0 and not is_any_changed:
            continue
        first = pixel_offsets[border]
        last = pixel_offsets[border + 1]
        low_x = pixels[2 * first]
        low_y = pixels[2 * first + 1]
        high_x = low_x
        high_y = low_y
        for i in range(first, last):
            low_x = min(low_x, pixels[2 * i])
            high_x = max(high_x, pixels[2 * i])
            low_y = min(low_y, pixels[2 * i + 1])
            high_y = max(high_y, pixels[2 * i + 1])
        top = _i64(max(low_y - _f32(1), _f32(0))) >> shift
        bottom = min(_i64(high_y + _f32(1)) >> shift, down - 1)
        left = _i64(max(low_x - _f32(1), _f32(0))) >> shift
        right = min(_i64(high_x + _f32(1)) >> shift, across - 1)
        for row in range(top, bottom + 1):
            for item in range(starts[row * across + left], starts[row * across + right + 1]):
                island = _i64(islands[items[item]])
                if island == border or (changed[island] == 0 and changed[border] == 0):
                    continue
                x, y = _f64(points[2 * offsets[island]]), _f64(points[2 * offsets[island] + 1])
                # Even-odd rule on the outline of what lies between: both lines as rings.
                is_between = False
                for line in range(2):
                    begin = first if line == 0 else offsets[border]
                    end = last if line == 0 else offsets[border + 1]
                    for i in range(begin, end):
                        k = i - 1 if i > begin else end - 1
                        if line == 0:
                            ax, ay = _f64(pixels[2 * k]), _f64(pixels[2 * k + 1])
                            bx, by = _f64(pixels[2 * i]), _f64(pixels[2 * i + 1])
                        else:
                            ax, ay = _f64(points[2 * k]), _f64(points[2 * k + 1])
                            bx, by = _f64(points[2 * i]), _f64(points[2 * i + 1])
                        if (ay > y) != (by > y) and x < ax + (y - ay) / (by - ay) * (bx - ax):
                            is_between = not is_between
                if is_between:
                    clashing[border] = _u8(1)
                    clashing[island] = _u8(1)
