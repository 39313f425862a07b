"""Which edge pixel follows which: links between neighbours, along the contour.

References
----------
Devernay (1995), A Non-Maxima Suppression Method for Edge Detection with Sub-Pixel Accuracy, INRIA RR-2724.
Grompone von Gioi, Randall (2017), A Sub-Pixel Edge Detector: an Implementation of the Canny/Devernay Algorithm,
IPOL 7: chaining by mutually best neighbours. Here the neighbourhood is 3×3 first and 5×5 for what stayed open.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from vec2art_nb.kernels._jit import (
    ReadF32,
    ReadI16,
    ReadI32,
    ReadU8,
    ReadU64,
    WriteF32,
    WriteI32,
    WriteU64,
    jitted,
    kernel,
)

# For the type checker these are any numbers, as all is between kernels.
_i64: Any = np.int64
_u64: Any = np.uint64
_f32: Any = np.float32

# A link between pixels of a 3×3 neighbourhood may be 2.2 px long, once both points are shifted by up to half a pixel.
_LONGEST_LINK = _f32(2.25)
_LONGEST_JOIN = _f32(2.9)
_LONGEST_TIP = _f32(2.6)
_LONGEST_TOUCH = _f32(2.0)
# A neighbour counts as ahead within 60° of a pixel's tangent; loose ends are joined within 45° of both tangents.
_AHEAD = _f32(0.5)
_FACING = _f32(0.7071)
CELL = 4  # Side in pixels of the squares in which loose ends look for each other: a 5×5 window meets 2×2 of them.
_FACES = _f32(1000)  # More than any score (2 × 128 at most): ends that face each other go before a sharp tip.
# About so many pairs, or so many loose ends with at most 25 others each, are listed before they are compared.
_CHUNK = 256
_ENDS = 16
_FAR = np.int32(0x7FFFFFFF)  # Behind all pixels, so that no loop along the list has to watch its end.
SPARE = 3
# A key is a score and, below it, a position in the list; a larger key is better.
_HALF = _u64(32)
_LOW = _u64(0xFFFFFFFF)
NONE = -1  # No link. Entries below it are touches: -2 - pixel.


@kernel
def gather_edge_pixels(
    mask: ReadU8,
    words: ReadU64,
    dx: ReadI16,
    dy: ReadI16,
    offset: ReadU8,
    width: int,
    filled: WriteI32,
    pixels: WriteI32,
    places: WriteF32,
) -> None:
    """List the edge pixels in scan order, with their sub-pixel places and unit tangents.

    Parameters
    ----------
    mask, dx, dy : as in `vec2art_nb.kernels.strokes.link_strokes`
    words : (H * W // 8,) uint64
        The mask, eight pixels at a time.
    offset : (H, W) uint8
        The bytes of the int8 shifts.
    filled : (n + 1,) int32, scratch
    pixels : (n + SPARE,) int32, written
        Index of each edge pixel in the image; the spare entries are larger than all.
    places : (n, 4) float32, written
        x, y, and the tangent's x, y: unit length, bright side on the left; (0, 0) where the gradient is zero.
    """
    one, two, three, eight = _u64(1), _u64(2), _u64(3), _u64(8)
    n = _u64(0)
    # Most words of eight pixels are empty. Neither their list nor that of the pixels has a branch to mispredict: every
    # entry is written, and most are overwritten by the next.
    found = _u64(0)
    for word in range(_u64(words.size)):
        filled[found] = word
        found += _u64(words[word] != _u64(0))
    for k in range(found):
        first = _u64(filled[k]) * eight
        for p in range(first, first + eight):
            pixels[n] = np.int32(p)
            n += _u64(mask[p] != 0)
    for p in range(_u64(words.size) * eight, _u64(mask.size)):
        pixels[n] = np.int32(p)
        n += _u64(mask[p] != 0)
    for k in range(n, n + _u64(SPARE)):
        pixels[k] = _FAR
    down = _f32(0.5)
    row_start = _i64(0)
    for i in range(n):
        p = _u64(pixels[i])
        while _i64(p) >= row_start + width:
            row_start += width
            down += _f32(1)
        gx = _f32(dx[p])
        gy = _f32(dy[p])
        shift = _f32(np.int8(offset[p])) * _f32(1 / 128)
        across = _f32(_i64(p) - row_start) + _f32(0.5)
        length = np.sqrt(gx * gx + gy * gy)
        scale = _f32(1) / length if length > _f32(0) else _f32(0)
        along_x = abs(gx) >= abs(gy)
        places[i << two] = across + (shift if along_x else _f32(0))
        places[i << two | one] = down + (_f32(0) if along_x else shift)
        places[i << two | two] = -gy * scale
        places[i << two | three] = gx * scale


@jitted
def _bits(score: Any) -> Any:
    """The bits of a positive float32, which are ordered as the floats are."""
    return _u64(np.float32(score).view(np.uint32))


@jitted
def _turns_back(before: int, here: int, after: int, places: Any) -> bool:
    """Whether the path through three pixels turns by more than 90°."""
    a = _u64(before) << _u64(2)
    b = _u64(here) << _u64(2)
    c = _u64(after) << _u64(2)
    one = _u64(1)
    along_x = (places[b] - places[a]) * (places[c] - places[b])
    along_y = (places[b | one] - places[a | one]) * (places[c | one] - places[b | one])
    back: bool = along_x + along_y < _f32(0)
    return back


@jitted
def _bends_back(before: int, i: int, j: int, after: int, places: Any) -> bool:
    """Whether a link from the end i to the start j makes the stroke from before i to after j turn by more than 90°."""
    # A step of no length turns nowhere.
    previous = _u64(before) if before >= 0 else _u64(i)
    following = _u64(after) if after >= 0 else _u64(j)
    return _turns_back(previous, i, j, places) | _turns_back(i, j, following, places)


def pairs_at_once(width: int) -> int:
    """How long the lists of pairs have to be: a row is never divided, and one entry is spare."""
    return max(_CHUNK + 4 * width, 25 * _ENDS) + 1


@kernel
def link_neighbours(
    width: int,
    count: int,
    pixels: ReadI32,
    places: ReadF32,
    row: WriteI32,
    pairs: WriteU64,
    ranks: WriteU64,
    keys: WriteU64,
    links: WriteI32,
) -> None:
    """Link the pairs of 3×3 neighbours that are each other's best, forward for one and backward for the other.

    Parameters
    ----------
    width : int
        Of the image.
    count : int
        n, the number of edge pixels.
    pixels, places : as `gather_edge_pixels` wrote them
    row : (W + 2,) int32, scratch
        For each place in the row below, and one on either side: the last edge pixel that was there in any row.
    pairs, ranks : (pairs_at_once(W),) uint64, scratch
        Neighbours that are to be compared, and how well they fit.
    keys : (n, 2) uint64, written
        The best candidate forward and backward, and how good it is.
    links : (n, 2) int32, written
        The next and the previous pixel; -1: none.
    """
    one, two, three = _u64(1), _u64(2), _u64(3)
    n = _u64(count)
    for k in range(n << one):
        keys[k] = _u64(0)
    for k in range(_u64(width + 2)):
        row[k] = NONE
    row_start = _i64(0)
    first = _u64(0)
    last = _u64(0)
    while last < n:
        # All pairs are listed before any is looked at: a list that grows by 0 or 1 has no branch to mispredict.
        found = _u64(0)
        while found < _u64(_CHUNK) and last < n:
            first = last
            while _i64(pixels[last]) < row_start + width:
                last += one
            row_start += width
            below = last
            while _i64(pixels[below]) < row_start + width:
                row[_u64(_i64(pixels[below]) - row_start + 1)] = below
                below += one
            for i in range(first, last):
                pixel = _i64(pixels[i])
                pairs[found] = i << _HALF | (i + one)
                found += _u64((_i64(pixels[i + one]) == pixel + 1) & (i + one < last))
                x = _u64(pixel - row_start + width)
                for k in range(x, x + three):
                    pairs[found] = i << _HALF | _u64(row[k])
                    found += _u64(_i64(row[k]) >= _i64(last))
        kept = _u64(0)
        for k in range(found):
            i = pairs[k] >> _HALF
            j = pairs[k] & _LOW
            p = i << two
            q = j << two
            vx = places[q] - places[p]
            vy = places[q + one] - places[p + one]
            along_i = vx * places[p + two] + vy * places[p + three]
            along_j = vx * places[q + two] + vy * places[q + three]
            agreement = places[p + two] * places[q + two] + places[p + three] * places[q + three]
            squared = vx * vx + vy * vy
            least = _AHEAD * _AHEAD * squared
            good = (
                (along_i * along_j > _f32(0))
                & (agreement > _f32(0))
                & (squared <= _LONGEST_LINK * _LONGEST_LINK)
                & (along_i * along_i >= least)
                & (along_j * along_j >= least)
            )
            # (cos + cos) / distance: near and straight ahead is best.
            score = abs(along_i + along_j) / squared
            follows = along_i > _f32(0)
            behind = i if follows else j
            ahead = j if follows else i
            pairs[kept] = behind << _HALF | ahead
            ranks[kept] = _bits(score) << _HALF
            kept += _u64(good)
        for k in range(kept):
            behind = pairs[k] >> _HALF
            ahead = pairs[k] & _LOW
            a = behind << one
            b = ahead << one | one
            keys[a] = max(keys[a], ranks[k] | (_LOW - ahead))
            keys[b] = max(keys[b], ranks[k] | (_LOW - behind))
    for i in range(n):
        a = i << one
        b = a | one
        forward = keys[a]
        backward = keys[b]
        # A pixel without a candidate asks itself, and that is never mutual.
        after = _LOW - (forward & _LOW) if forward != _u64(0) else i
        before = _LOW - (backward & _LOW) if backward != _u64(0) else i
        has_after = keys[after << one | one] & _LOW == _LOW - i
        has_before = keys[before << one] & _LOW == _LOW - i
        links[a] = np.int32(after) if has_after else np.int32(NONE)
        links[b] = np.int32(before) if has_before else np.int32(NONE)
        if has_after & has_before and _turns_back(before, i, after, places):
            # Without its keys the link is not made again on the other side.
            if forward >> _HALF < backward >> _HALF:
                lost, other = a, after << one | one
            else:
                lost, other = b, before << one
            keys[lost] = keys[other] = _u64(0)
            links[lost] = links[other] = NONE


@jitted
def _list_loose(width: int, count: int, pixels: Any, loose: Any, cells: Any, keys: Any, links: Any) -> int:
    """List the pixels that lack a link, and chain those that nothing leads to into square cells; returns how many."""
    one, two, three = _u64(1), _u64(2), _u64(3)
    n = _u64(0)
    for i in range(_u64(count)):
        loose[min(n, _u64(count - 1)) << two] = i
        n += _u64((links[i << one] < 0) | (links[i << one | one] < 0))
    across = width // CELL + 3
    y = 0
    row_start = 0
    for s in range(n):
        i = _u64(loose[s << two])
        pixel = _i64(pixels[i])
        while pixel >= row_start + width:
            row_start += width
            y += 1
        x = pixel - row_start
        loose[s << two | one] = x
        loose[s << two | two] = y
        if links[i << one | one] < 0:
            cell = _u64(((y >> 2) + 1) * across + (x >> 2) + 1)
            loose[s << two | three] = cells[cell]
            cells[cell] = s
        keys[i << one] = _u64(0)
        keys[i << one | one] = _u64(0)
    return int(n)


@jitted
def _join_loose(
    width: int, loose_count: int, loose: Any, cells: Any, places: Any, pairs: Any, keys: Any, links: Any
) -> None:
    """Link ends and starts in a 5×5 window that are each other's best.

    Best is when they face each other. When they are near, it is enough that the path does not turn back, as at the
    tip of a star.
    """
    one, two, three = _u64(1), _u64(2), _u64(3)
    across = width // CELL + 3
    first = 0
    while first < loose_count:
        last = min(first + _ENDS, loose_count)
        found = _u64(0)
        for s in range(_u64(first), _u64(last)):
            i = _u64(loose[s << two])
            if links[i << one] >= 0:
                continue
            x = _i64(loose[s << two | one])
            y = _i64(loose[s << two | two])
            corner = (((y - 2) >> 2) + 1) * across + ((x - 2) >> 2) + 1
            for k in range(4):
                t = _i64(cells[_u64(corner + (k & 1) + (k >> 1) * across)])
                while t >= 0:
                    q = _u64(t) << two
                    pairs[found] = i << _HALF | _u64(loose[q])
                    found += _u64((abs(loose[q | one] - x) <= 2) & (abs(loose[q | two] - y) <= 2))
                    t = _i64(loose[q | three])
        for k in range(found):
            i = pairs[k] >> _HALF
            j = pairs[k] & _LOW
            p = i << two
            q = j << two
            vx = places[q] - places[p]
            vy = places[q | one] - places[p | one]
            squared = vx * vx + vy * vy
            along_i = vx * places[p | two] + vy * places[p | three]
            along_j = vx * places[q | two] + vy * places[q | three]
            agreement = places[p | two] * places[q | two] + places[p | three] * places[q | three]
            least = _FACING * np.sqrt(squared)
            facing = (agreement >= _AHEAD) & (along_i >= least) & (along_j >= least)
            before = links[i << one | one]
            after = links[j << one]
            tip = (squared <= _LONGEST_TIP * _LONGEST_TIP) & (before >= 0) & (after >= 0)
            near = (along_i + along_j > _f32(0)) & (squared <= _LONGEST_JOIN * _LONGEST_JOIN) & (i != j)
            if not (near & (facing | tip)) or _bends_back(before, i, j, after, places):
                continue
            rank = _bits((along_i + along_j) / squared + (_FACES if facing else _f32(0)))
            if rank > keys[i << one] >> _HALF:
                keys[i << one] = rank << _HALF | j
            if rank > keys[j << one | one] >> _HALF:
                keys[j << one | one] = rank << _HALF | i
        first = last
    for s in range(_u64(loose_count)):
        i = _u64(loose[s << two])
        if keys[i << one] == _u64(0):
            continue
        j = keys[i << one] & _LOW
        # Looked at again, because a lone pixel may just have been linked on its other side.
        if keys[j << one | one] & _LOW == i and not _bends_back(links[i << one | one], i, j, links[j << one], places):
            links[i << one] = np.int32(j)
            links[j << one | one] = np.int32(i)


@jitted
def _touch_neighbours(
    width: int, count: int, loose_count: int, loose: Any, pixels: Any, places: Any, links: Any
) -> int:
    """Let strokes that end beside another pixel touch it; returns how many points all strokes will have."""
    one, two = _u64(1), _u64(2)
    total = count
    above = _u64(0)
    below = _u64(0)
    for s in range(_u64(loose_count)):
        i = _u64(loose[s << two])
        open_end = i << one | _u64(links[i << one] >= 0)
        inner = _i64(links[open_end ^ one])
        if links[open_end] >= 0:
            continue
        if inner < 0:
            total -= 1  # Nothing to draw: a stroke has two points.
            continue
        x = _i64(loose[s << two | one])
        pixel = _i64(pixels[i])
        while pixels[above] < pixel - width - 1:
            above += one
        while pixels[below] < pixel + width - 1:
            below += one
        here_x = places[i << two]
        here_y = places[i << two | one]
        ux = here_x - places[_u64(inner) << two]
        uy = here_y - places[_u64(inner) << two | one]
        limit = _AHEAD * np.sqrt(ux * ux + uy * uy)
        found = _i64(NONE)
        best = _f32(0)
        for row in range(-1, 2):
            middle = pixel + row * width
            j = above
            if row == 0:
                j = i - _u64(i > _u64(0))
            elif row == 1:
                j = below
            while pixels[j] <= middle + 1:
                column = pixels[j] - middle
                vx = places[j << two] - here_x
                vy = places[j << two | one] - here_y
                squared = vx * vx + vy * vy
                along = vx * ux + vy * uy
                better = (
                    (column >= -1)
                    & (x + column >= 0)
                    & (x + column < width)
                    & (_f32(column) * ux + _f32(row) * uy > _f32(0))
                    & (along > limit * np.sqrt(squared))
                    & (squared <= _LONGEST_TOUCH * _LONGEST_TOUCH)
                    & (along > best * squared)
                )
                best = along / squared if better else best
                found = _i64(j) if better else found
                j += one
        if found >= 0:
            total += 1
            links[open_end] = -2 - found
    return total


@kernel
def link_loose_ends(
    width: int,
    count: int,
    pixels: ReadI32,
    places: ReadF32,
    pairs: WriteU64,
    keys: WriteU64,
    loose: WriteI32,
    cells: WriteI32,
    links: WriteI32,
) -> int:
    """Join the ends of strokes over small gaps, and let others touch the stroke beside them.

    Parameters
    ----------
    width, count, pixels, places, pairs : as for `link_neighbours`
    keys : (n, 2) uint64, scratch
    loose : (n, 4) int32, scratch
        Pixels without a link: position in the list, x, y, the next one in the same cell.
    cells : (H // 4 + 3, W // 4 + 3) int32, all -1, scratch
        The first loose start in each square of the image, with a border around.
    links : (n, 2) int32, changed
        As `link_neighbours` wrote them; in the end -2 - j says that the stroke ends and touches pixel j.

    Returns
    -------
    int
        How many points the strokes will have.
    """
    loose_count = _list_loose(width, count, pixels, loose, cells, keys, links)
    _join_loose(width, loose_count, loose, cells, places, pairs, keys, links)
    return _touch_neighbours(width, count, loose_count, loose, pixels, places, links)
