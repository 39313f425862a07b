"""Lines of a planar map that cross, touch, or have jumped over one another."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
    cell, across, down = cells_of(width, height, len(points))
    starts = np.zeros(across * down + 1, np.int32)
    borders = np.empty(len(points), np.int32)
    successors = np.empty(len(points), np.int32)
    total = count_segments(points, offsets, closed, cell, across, down, starts, borders, successors)
    items = np.empty(total, np.int32)
    find_clashes(points, borders, successors, changed, _CLEARANCE, cell, across, down, starts, items, clashing)


def mark_swept(
    borders: PlanarMap, points: NDArray[np.float32], offsets: NDArray[np.int64], clashing: NDArray[np.uint8]
) -> None:
    """Mark the lines that have jumped over an island, and the island's: what crosses nothing may still be wrong."""
    islands = np.empty(len(clashing), np.int32)
    parent = np.arange(len(borders.junctions), dtype=np.int32)
    found = list_islands(borders.ends, borders.sides, parent, islands)
    if not found:
        return
    islands = islands[:found].copy()
    cell, across, down = cells_of(borders.width, borders.height, found)
    starts = np.zeros(across * down + 1, np.int32)
    items = np.empty(found, np.int32)
    find_swept(
        borders.points, borders.offsets, points, offsets, islands, cell, across, down, starts, items, clashing
    )  # fmt: skip


def cells_of(width: int, height: int, count: int) -> tuple[int, int, int]:
    """Squares of the plane with about one thing in each: side, and how many across and down."""
    cell = min(max(round(math.sqrt(width * height / max(count, 1))), 2), 64)
    return cell, width // cell + 1, height // cell + 1


# --- kernels ----------------------------------------------------------------------------------------------------------


@jitted
def _cell_span(x0: float, y0: float, x1: float, y1: float, row: int, cell: int, across: int) -> tuple[int, int]:
    """The squares of one row that a segment passes, a little more rather than less."""
    low, high = min(x0, x1), max(x0, x1)
    dy = y1 - y0
    if dy != 0.0:
        ta = (_f64(row * cell) - 0.1 - y0) / dy
        tb = (_f64((row + 1) * cell) + 0.1 - y0) / dy
        ta, tb = max(min(ta, tb), 0.0), min(max(ta, tb), 1.0)
        xa, xb = x0 + ta * (x1 - x0), x0 + tb * (x1 - x0)
        low, high = max(low, min(xa, xb)), min(high, max(xa, xb))
    left = max(_i64(math.floor(low - 0.1)) // cell, _i64(0))
    right = min(_i64(math.floor(high + 0.1)) // cell, _i64(across - 1))
    return left, right


@kernel
def count_segments(
    points: ReadF32, offsets: ReadI64, closed: ReadU8, cell: int, across: int, down: int, starts: WriteI32,
    borders: WriteI32, successors: WriteI32,
) -> int:  # fmt: skip
    """How many segments each square of the plane is passed by, added up; returns how many in all.

    Parameters
    ----------
    starts : (cells + 1,) int32, zeros, written
        Counts of all squares up to and including each.
    borders : (N,) int32, written
        The border of each point.
    successors : (N,) int32, written
        The point that follows on its line; -1 after the last.
    """
    for border in range(offsets.size - 1):
        for i in range(offsets[border], offsets[border + 1]):
            borders[i] = _i32(border)
            k = i + 1
            if k == offsets[border + 1]:
                k = offsets[border] if closed[border] != 0 else _i64(-1)
            successors[i] = _i32(k)
            if k < 0:
                continue
            x0, y0 = _f64(points[2 * i]), _f64(points[2 * i + 1])
            x1, y1 = _f64(points[2 * k]), _f64(points[2 * k + 1])
            top = max(_i64(math.floor(min(y0, y1) - 0.1)) // cell, _i64(0))
            bottom = min(_i64(math.floor(max(y0, y1) + 0.1)) // cell, _i64(down - 1))
            for row in range(top, bottom + 1):
                left, right = _cell_span(x0, y0, x1, y1, row, cell, across)
                for column in range(left, right + 1):
                    starts[row * across + column] += _i32(1)
    total = _i32(0)
    for q in range(starts.size):
        total += starts[q]
        starts[q] = total
    return int(total)


@jitted
def _squared_distance(px: float, py: float, ax: float, ay: float, bx: float, by: float) -> float:
    """Of a point from a segment."""
    ux, uy = bx - ax, by - ay
    vx, vy = px - ax, py - ay
    length = ux * ux + uy * uy
    t = vx * ux + vy * uy
    t = 0.0 if t <= 0.0 or length == 0.0 else (1.0 if t >= length else t / length)
    dx, dy = vx - t * ux, vy - t * uy
    return dx * dx + dy * dy


@kernel
def find_clashes(
    points: ReadF32, borders: ReadI32, successors: ReadI32, changed: ReadU8, clearance: float, cell: int, across: int,
    down: int, starts: WriteI32, items: WriteI32, clashing: WriteU8,
) -> None:  # fmt: skip
    """Compare the segments in each square of the plane; see `mark_clashes`."""
    for i in range(borders.size):
        k = _i64(successors[i])
        if k < 0:
            continue
        x0, y0 = _f64(points[2 * i]), _f64(points[2 * i + 1])
        x1, y1 = _f64(points[2 * k]), _f64(points[2 * k + 1])
        top = max(_i64(math.floor(min(y0, y1) - 0.1)) // cell, _i64(0))
        bottom = min(_i64(math.floor(max(y0, y1) + 0.1)) // cell, _i64(down - 1))
        for row in range(top, bottom + 1):
            left, right = _cell_span(x0, y0, x1, y1, row, cell, across)
            for column in range(left, right + 1):
                q = row * across + column
                starts[q] -= _i32(1)
                items[starts[q]] = _i32(i)
    least = _f64(clearance) * _f64(clearance)
    margin = _f64(clearance)
    for q in range(across * down):
        end = starts[q + 1]
        for one in range(starts[q], end):
            i = _i64(items[one])
            k = _i64(successors[i])
            ax, ay = _f64(points[2 * i]), _f64(points[2 * i + 1])
            bx, by = _f64(points[2 * k]), _f64(points[2 * k + 1])
            low_x, high_x = min(ax, bx) - margin, max(ax, bx) + margin
            low_y, high_y = min(ay, by) - margin, max(ay, by) + margin
            is_changed = changed[borders[i]] != 0
            for two in range(one + 1, end):
                j = _i64(items[two])
                m = _i64(successors[j])
                cx, cy = _f64(points[2 * j]), _f64(points[2 * j + 1])
                dx, dy = _f64(points[2 * m]), _f64(points[2 * m + 1])
                if max(cx, dx) < low_x or min(cx, dx) > high_x or max(cy, dy) < low_y or min(cy, dy) > high_y:
                    continue
                if not is_changed and changed[borders[j]] == 0:
                    continue
                a_is_c, a_is_d = ax == cx and ay == cy, ax == dx and ay == dy
                b_is_c, b_is_d = bx == cx and by == cy, bx == dx and by == dy
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
    pixels: ReadF32, pixel_offsets: ReadI64, points: ReadF32, offsets: ReadI64, islands: ReadI32, cell: int,
    across: int, down: int, starts: WriteI32, items: WriteI32, clashing: WriteU8,
) -> None:  # fmt: skip
    """Mark borders between whose pixels' line and new line an island begins; see `mark_swept`."""
    for turn in range(2):
        for k in range(islands.size):
            i = offsets[islands[k]]
            column = min(max(_i64(points[2 * i]) // cell, _i64(0)), _i64(across - 1))
            row = min(max(_i64(points[2 * i + 1]) // cell, _i64(0)), _i64(down - 1))
            q = row * across + column
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
        first, last = pixel_offsets[border], pixel_offsets[border + 1]
        low_x, high_x = pixels[2 * first], pixels[2 * first]
        low_y, high_y = pixels[2 * first + 1], pixels[2 * first + 1]
        for i in range(first, last):
            low_x, high_x = min(low_x, pixels[2 * i]), max(high_x, pixels[2 * i])
            low_y, high_y = min(low_y, pixels[2 * i + 1]), max(high_y, pixels[2 * i + 1])
        top = max(_i64(low_y - _f32(1)) // cell, _i64(0))
        bottom = min(_i64(high_y + _f32(1)) // cell, _i64(down - 1))
        left = max(_i64(low_x - _f32(1)) // cell, _i64(0))
        right = min(_i64(high_x + _f32(1)) // cell, _i64(across - 1))
        for row in range(top, bottom + 1):
            for item in range(starts[row * across + left], starts[row * across + right + 1]):
                island = _i64(islands[items[item]])
                if island == border:
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
