"""Paths cut at equal lengths, for colour that changes along a stroke."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import copied, empty, zeros
from vec2art_nb.kernels._jit import ReadF32, ReadI64, ReadU8, WriteF32, WriteI32, WriteI64, WriteU8, jitted, kernel

# For the type checker these are any numbers, as all is between kernels.
_u64: Any = np.uint64
_i64: Any = np.int64
_f32: Any = np.float32
_f64: Any = np.float64

MOVETO, LINETO, CURVE4 = 1, 2, 4  # As in matplotlib.path.

# Chords that stand for a curve where its length is measured.
_CHORDS = 16

# What the layout of a path knows of each of its sides: its code, its length, and x, y and width of its four points.
_CODE, _LENGTH, _POINTS = 0, 1, 2
_SIDE = 14


@dataclass(frozen=True, eq=False)
class Pieces:
    """Parts of paths, in the layout of the paths themselves; the parts of a path follow each other.

    Attributes
    ----------
    points : (M, 2) float32
    codes : (M,) uint8
    offsets : (Q + 1,) int64
    widths : (M,) float32 or None
    closed : (Q,) bool
        Only a path that was not cut is still closed.
    paths, parts : (Q,) int32
        Of which path each is a piece, and with which of its equal parts it begins.
    """

    points: NDArray[np.float32]
    codes: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    widths: NDArray[np.float32] | None
    closed: NDArray[np.bool_]
    paths: NDArray[np.int32]
    parts: NDArray[np.int32]


def part_middles(
    points: NDArray[np.float32],
    codes: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    closed: NDArray[np.bool_],
    parts: int,
) -> NDArray[np.float32]:
    """The points in the middle of each of a path's ``parts`` parts of equal length; (P × parts, 2)."""
    out = empty((len(closed) * parts, 2), np.float32)
    middles_of_parts(points, codes, offsets, closed.view(np.uint8), len(closed), parts, _longest(offsets), out)
    return out


def cut(
    points: NDArray[np.float32],
    codes: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    closed: NDArray[np.bool_],
    widths: NDArray[np.float32] | None,
    cuts: NDArray[np.bool_],
) -> Pieces:
    """Cut paths between some of their parts of equal length.

    Parameters
    ----------
    points, codes, offsets, closed, widths
        As in `vec2art_nb.drawing.PathLayer`.
    cuts : (P, parts − 1) bool
        Whether to cut between the first and the second part, and so on. A path without length is never cut.
    """
    count = len(closed)
    parts = cuts.shape[1] + 1
    most = int(cuts.sum())
    # A cut adds the points of half a curve and a MOVETO; a closed path that is cut needs its last line.
    room = len(points) + 4 * most + count
    out_points = empty((room, 2), np.float32)
    out_codes = empty(room, np.uint8)
    out_widths = empty(room, np.float32)
    out_offsets = zeros(count + most + 1, np.int64)
    out_closed = empty(count + most, np.uint8)
    out_paths = empty(count + most, np.int32)
    out_parts = empty(count + most, np.int32)
    pieces = cut_paths(
        points, codes, offsets, closed.view(np.uint8), zeros(len(points), np.float32) if widths is None else widths,
        np.ascontiguousarray(cuts).view(np.uint8), count, parts, _longest(offsets),
        out_points, out_codes, out_widths, out_offsets, out_closed, out_paths, out_parts,
    )  # fmt: skip
    used = int(out_offsets[pieces])
    return Pieces(
        copied(out_points[:used]),
        copied(out_codes[:used]),
        copied(out_offsets[: pieces + 1]),
        None if widths is None else copied(out_widths[:used]),
        copied(out_closed[:pieces].view(np.bool_)),
        copied(out_paths[:pieces]),
        copied(out_parts[:pieces]),
    )


def _longest(offsets: NDArray[np.int64]) -> int:
    """Sides that a path may have: one a point, and one that closes each subpath."""
    return 2 * int(np.diff(offsets).max(initial=0)) + 1


@jitted
def _at(sides: Any, s: int, axis: int, t: Any) -> Any:
    """x, y or width of a side at its parameter ``t``."""
    p = s * _SIDE + _POINTS + axis
    u = 1.0 - t
    if sides[s * _SIDE + _CODE] != CURVE4:
        return u * sides[p] + t * sides[p + 9]
    return u * u * u * sides[p] + 3 * u * t * (u * sides[p + 3] + t * sides[p + 6]) + t * t * t * sides[p + 9]


@jitted
def _blossom(sides: Any, s: int, axis: int, a: Any, b: Any, c: Any) -> Any:
    """The polar form of a curve: at (a, a, a) a point of it, and what lies between are control points of its parts."""
    p = s * _SIDE + _POINTS + axis
    p0, p1, p2, p3 = sides[p], sides[p + 3], sides[p + 6], sides[p + 9]
    q0, q1, q2 = p0 + a * (p1 - p0), p1 + a * (p2 - p1), p2 + a * (p3 - p2)
    r0, r1 = q0 + b * (q1 - q0), q1 + b * (q2 - q1)
    return r0 + c * (r1 - r0)


@jitted
def _measure(sides: Any, s: int) -> None:
    chords = _CHORDS if sides[s * _SIDE + _CODE] == CURVE4 else 1
    x, y = _at(sides, s, 0, 0.0), _at(sides, s, 1, 0.0)
    length = 0.0
    for chord in range(1, chords + 1):
        t = chord / chords
        next_x, next_y = _at(sides, s, 0, t), _at(sides, s, 1, t)
        length += math.sqrt((next_x - x) * (next_x - x) + (next_y - y) * (next_y - y))
        x, y = next_x, next_y
    sides[s * _SIDE + _LENGTH] = length


@jitted
def _parameter(sides: Any, s: int, along: Any) -> Any:
    """The parameter at which a side has this length."""
    if sides[s * _SIDE + _CODE] != CURVE4:
        return min(along / sides[s * _SIDE + _LENGTH], 1.0)
    x, y = _at(sides, s, 0, 0.0), _at(sides, s, 1, 0.0)
    for chord in range(1, _CHORDS + 1):
        t = chord / _CHORDS
        next_x, next_y = _at(sides, s, 0, t), _at(sides, s, 1, t)
        length = math.sqrt((next_x - x) * (next_x - x) + (next_y - y) * (next_y - y))
        if along <= length and length > 0:
            return (chord - 1 + along / length) / _CHORDS
        along -= length
        x, y = next_x, next_y
    return 1.0


@jitted
def _side(sides: Any, s: int, code: int, points: Any, widths: Any, a: int, b: int, c: int, d: int) -> None:
    sides[s * _SIDE + _CODE] = code
    for place in range(4):
        point = a if place == 0 else (b if place == 1 else (c if place == 2 else d))
        sides[s * _SIDE + _POINTS + 3 * place] = points[2 * point]
        sides[s * _SIDE + _POINTS + 3 * place + 1] = points[2 * point + 1]
        sides[s * _SIDE + _POINTS + 3 * place + 2] = widths[point]
    if code == MOVETO:
        sides[s * _SIDE + _LENGTH] = 0.0
    else:
        _measure(sides, s)


@jitted
def _layout(points: Any, codes: Any, widths: Any, first: int, last: int, is_closed: bool, sides: Any) -> Any:
    """The sides of one path, those that close it too; returns their number."""
    count = _i64(0)
    start = first
    i = first
    while i <= last:
        if i == last or codes[i] == MOVETO:
            if is_closed and i > first:
                _side(sides, count, LINETO, points, widths, i - 1, i - 1, start, start)
                # A curve that ends where it began needs no line more.
                if sides[count * _SIDE + _LENGTH] > 0:
                    count += 1
            if i == last:
                break
            start = i
            _side(sides, count, MOVETO, points, widths, i, i, i, i)
            count += 1
            i += 1
        elif codes[i] == CURVE4:
            _side(sides, count, CURVE4, points, widths, i - 1, i, i + 1, i + 2)
            count += 1
            i += 3
        else:
            _side(sides, count, LINETO, points, widths, i - 1, i - 1, i, i)
            count += 1
            i += 1
    return count


@kernel
def middles_of_parts(
    points: ReadF32,
    codes: ReadU8,
    offsets: ReadI64,
    closed: ReadU8,
    count: int,
    parts: int,
    longest: int,
    out: WriteF32,
) -> None:
    """The middles of parts of equal length; see `part_middles`."""
    sides = np.empty(longest * _SIDE)
    widths = np.zeros(points.size // 2, np.float32)
    for path in range(count):
        number = _layout(points, codes, widths, offsets[path], offsets[path + 1], closed[path] != 0, sides)
        total = 0.0
        for s in range(number):
            total += sides[s * _SIDE + _LENGTH]
        s, before = _i64(0), 0.0
        for part in range(parts):
            wanted = total * (part + 0.5) / parts
            while s + 1 < number and before + sides[s * _SIDE + _LENGTH] < wanted:
                before += sides[s * _SIDE + _LENGTH]
                s += 1
            t = _parameter(sides, s, wanted - before) if sides[s * _SIDE + _LENGTH] > 0 else 0.0
            out[2 * (path * parts + part)] = _f32(_at(sides, s, 0, t))
            out[2 * (path * parts + part) + 1] = _f32(_at(sides, s, 1, t))


@kernel
def cut_paths(
    points: ReadF32,
    codes: ReadU8,
    offsets: ReadI64,
    closed: ReadU8,
    widths: ReadF32,
    cuts: ReadU8,
    count: int,
    parts: int,
    longest: int,
    out_points: WriteF32,
    out_codes: WriteU8,
    out_widths: WriteF32,
    out_offsets: WriteI64,
    out_closed: WriteU8,
    out_paths: WriteI32,
    out_parts: WriteI32,
) -> int:
    """Cut paths into pieces, by de Casteljau's construction; returns their number. See `cut`."""
    sides = np.empty(longest * _SIDE)
    n, pieces = 0, 0
    for path in range(count):
        first, last = offsets[path], offsets[path + 1]
        wanted = _i64(0)
        for part in range(1, parts):
            wanted += _i64(cuts[path * (parts - 1) + part - 1])
        number, total = _i64(0), 0.0
        if wanted > 0:
            number = _layout(points, codes, widths, first, last, closed[path] != 0, sides)
            for s in range(number):
                total += sides[s * _SIDE + _LENGTH]
        out_paths[pieces] = path
        out_parts[pieces] = 0
        if total == 0:
            for i in range(first, last):
                out_points[2 * n] = points[2 * i]
                out_points[2 * n + 1] = points[2 * i + 1]
                out_widths[n] = widths[i]
                out_codes[n] = codes[i]
                n += 1
            out_closed[pieces] = closed[path]
            pieces += 1
            out_offsets[pieces] = n
            continue
        out_closed[pieces] = 0
        part, before = _i64(1), 0.0
        while part < parts and cuts[path * (parts - 1) + part - 1] == 0:
            part += 1
        for s in range(number):
            code = _i64(sides[s * _SIDE + _CODE])
            length = sides[s * _SIDE + _LENGTH]
            t = 0.0
            while True:
                # The last side takes what rounding has left over.
                is_cut = part < parts and total * part / parts < before + length
                end = 1.0
                if is_cut:
                    end = max(_parameter(sides, s, total * part / parts - before), t)
                if code == CURVE4:
                    for axis in range(3):
                        one = _f32(_blossom(sides, s, axis, t, t, end))
                        two = _f32(_blossom(sides, s, axis, t, end, end))
                        three = _f32(_blossom(sides, s, axis, end, end, end))
                        if axis < 2:
                            out_points[2 * n + axis] = one
                            out_points[2 * n + 2 + axis] = two
                            out_points[2 * n + 4 + axis] = three
                        else:
                            out_widths[n], out_widths[n + 1], out_widths[n + 2] = one, two, three
                    out_codes[n], out_codes[n + 1], out_codes[n + 2] = CURVE4, CURVE4, CURVE4
                    n += 3
                else:
                    out_points[2 * n] = _f32(_at(sides, s, 0, end))
                    out_points[2 * n + 1] = _f32(_at(sides, s, 1, end))
                    out_widths[n] = _f32(_at(sides, s, 2, end))
                    out_codes[n] = code
                    n += 1
                if not is_cut:
                    break
                t = end
                pieces += 1
                out_offsets[pieces] = n
                out_paths[pieces] = path
                out_parts[pieces] = part
                out_closed[pieces] = 0
                # The next piece begins where this one ends.
                out_points[2 * n] = out_points[2 * n - 2]
                out_points[2 * n + 1] = out_points[2 * n - 1]
                out_widths[n] = out_widths[n - 1]
                out_codes[n] = MOVETO
                n += 1
                part += 1
                while part < parts and cuts[path * (parts - 1) + part - 1] == 0:
                    part += 1
            before += length
        pieces += 1
        out_offsets[pieces] = n
    return pieces
