"""Edge pixels become strokes: long chains of sub-pixel points that follow the contour.

The edge pixels are first gathered into a compact list in scan order, so that linking and tracing touch tens of
thousands of entries and not a million pixels, and no map of links is needed. Strokes run with the bright side on the
left, as seen on the screen.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import copied, empty, empty_like, full, scratch
from vec2art_nb.kernels._jit import ReadF32, ReadI64, ReadU8, WriteF32, WriteI32, WriteI64, WriteU8, jitted, kernel
from vec2art_nb.kernels.linking import (
    CELL,
    NONE,
    SPARE,
    gather_edge_pixels,
    link_loose_ends,
    link_neighbours,
    pairs_at_once,
)

# For the type checker these are any numbers, as all is between kernels.
_i64: Any = np.int64
_u64: Any = np.uint64
_f32: Any = np.float32


class Chains(NamedTuple):
    """Strokes as ragged arrays.

    Attributes
    ----------
    points : (N, 2) float32
        x, y in the pixel plane: the centre of the first pixel is (0.5, 0.5).
    offsets : (S + 1,) int64
        Stroke i is ``points[offsets[i]:offsets[i + 1]]`` and has at least two points.
    closed : (S,) uint8
        1 where the last point is joined to the first, which is not repeated.
    """

    points: NDArray[np.float32]
    offsets: NDArray[np.int64]
    closed: NDArray[np.uint8]


def link_strokes(
    mask: NDArray[np.uint8], dx: NDArray[np.int16], dy: NDArray[np.int16], offset: NDArray[np.int8]
) -> Chains:
    """Link edge pixels into strokes.

    Each edge pixel is in one stroke, except pixels that nothing could be linked to: a stroke has two points at least.
    A stroke that ends beside another one gets a last point equal to the other's nearest vertex.

    Parameters
    ----------
    mask : (H, W) uint8
        1 where a pixel is an edge pixel, else 0.
    dx, dy : (H, W) int16
        The gradient, in any unit. It points to the bright side.
    offset : (H, W) int8
        Sub-pixel shift of the edge in 1/128 px, along x where |dx| ≥ |dy|, else along y.
    """
    height, width = mask.shape
    # NumPy counts bools several times as fast as bytes.
    count = int(np.count_nonzero(mask.view(np.bool_)))
    words = mask.reshape(-1)[: mask.size // 8 * 8].view(np.uint64)
    if not words.flags.aligned:
        words = copied(words)
    pixels = empty(count + SPARE, np.int32)
    places = empty((count, 4), np.float32)
    links = empty((count, 2), np.int32)
    with scratch(count + 1, np.int32) as filled:
        gather_edge_pixels(mask, words, dx, dy, offset.view(np.uint8), width, filled, pixels, places)
    row = empty(width + 2, np.int32)
    pairs, ranks = empty((2, pairs_at_once(width)), np.uint64)
    cells = full((height // CELL + 3, width // CELL + 3), NONE, np.int32)
    with scratch((count, 2), np.uint64) as keys, scratch((count, 4), np.int32) as loose:
        link_neighbours(width, count, pixels, places, row, pairs, ranks, keys, links)
        total = link_loose_ends(width, count, pixels, places, pairs, keys, loose, cells, links)
    points = empty((total, 2), np.float32)
    offsets = empty(count // 2 + 2, np.int64)
    closed = empty(count // 2 + 1, np.uint8)
    strokes = trace_strokes(count, places, links, points, offsets, closed)
    return Chains(points[: offsets[strokes]], copied(offsets[: strokes + 1]), copied(closed[:strokes]))


def drop_short(chains: Chains, min_length_px: float) -> Chains:
    """Leave out the strokes that are shorter than ``min_length_px``; closed ones count their closing side."""
    strokes = len(chains.closed)
    points = empty_like(chains.points)
    offsets = empty(strokes + 1, np.int64)
    closed = empty(strokes, np.uint8)
    kept = copy_long_strokes(*chains, min_length_px, points, offsets, closed)
    if kept == strokes:
        return chains
    return Chains(copied(points[: offsets[kept]]), copied(offsets[: kept + 1]), copied(closed[:kept]))


@jitted
def _put(i: Any, places: Any, points: Any, n: Any) -> Any:
    p = _u64(i) << _u64(2)
    q = n << _u64(1)
    points[q] = places[p]
    points[q | _u64(1)] = places[p | _u64(1)]
    return n + _u64(1)


@kernel
def trace_strokes(
    count: int,
    places: ReadF32,
    links: WriteI32,
    points: WriteF32,
    offsets: WriteI64,
    closed: WriteU8,
) -> int:
    """Follow the links: open strokes in scan order of their first pixels, then loops in scan order of their topmost.

    Parameters
    ----------
    count : int
        n, the number of edge pixels.
    places : as `gather_edge_pixels` wrote them
    links : as `link_loose_ends` left them; used up
    points : (N, 2) float32, written
    offsets : (at least S + 1,) int64, written
    closed : (at least S,) uint8, written

    Returns
    -------
    int
        S, the number of strokes.
    """
    n = _u64(0)
    one = _u64(1)
    strokes = _u64(0)
    offsets[strokes] = 0
    for loops in range(2):
        for start in range(_u64(count)):
            # Links that were followed are gone, so what still leads somewhere when the open strokes are done is a loop.
            before = _i64(links[start << one | one])
            if (links[start << one] < 0) | ((before >= 0) & (loops == 0)):
                continue
            first = n
            if before < NONE:
                n = _put(-2 - before, places, points, n)
            i = _i64(start)
            last = i
            while i >= 0:
                n = _put(i, places, points, n)
                last = i
                i = _i64(links[_u64(last) << one])
                links[_u64(last) << one] = NONE
                if i == _i64(start):
                    break
            is_closed = loops == 1
            if i < NONE:
                if -2 - i == _i64(start):
                    is_closed = True
                else:
                    n = _put(-2 - i, places, points, n)
            if before < NONE and (is_closed or -2 - before == last):
                # A stroke that touches its own beginning is a loop, and needs no extra point.
                is_closed = True
                n -= one
                for k in range(first << one, n << one):
                    points[k] = points[k + _u64(2)]
            closed[strokes] = is_closed
            strokes += one
            offsets[strokes] = _i64(n)
    return int(strokes)


@kernel
def copy_long_strokes(
    points: ReadF32,
    offsets: ReadI64,
    closed: ReadU8,
    min_length: float,
    kept_points: WriteF32,
    kept_offsets: WriteI64,
    kept_closed: WriteU8,
) -> int:
    """Copy the strokes that are at least ``min_length`` long; returns how many.

    Parameters
    ----------
    points : (N, 2) float32
    offsets : (S + 1,) int64
    closed : (S,) uint8
    min_length : float32
        In the unit of the points.
    kept_points, kept_offsets, kept_closed : as large as the first three, written
    """
    kept = 0
    n = 0
    kept_offsets[0] = 0
    for stroke in range(closed.size):
        start = offsets[stroke]
        end = offsets[stroke + 1]
        length = _f32(0)
        previous = end - 1 if closed[stroke] != 0 else start
        for i in range(start, end):
            if length >= min_length:
                break
            vx = points[2 * i] - points[2 * previous]
            vy = points[2 * i + 1] - points[2 * previous + 1]
            length += np.sqrt(vx * vx + vy * vy)
            previous = i
        if length < min_length:
            continue
        for i in range(2 * start, 2 * end):
            kept_points[2 * (n - start) + i] = points[i]
        n += end - start
        kept_closed[kept] = closed[stroke]
        kept += 1
        kept_offsets[kept] = n
    return kept
