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

from vec2art_nb.kernels._jit import ReadF32, ReadI16, ReadI32, ReadU8, WriteF32, WriteI32, jitted, kernel

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
_BLOCK = _u64(32)
NONE = -1  # No link. Entries below it are touches: -2 - pixel.
_TWO = _u64(2)


@kernel
def gather_edge_pixels(
    mask: ReadU8, dx: ReadI16, dy: ReadI16, offset: ReadU8, width: int, pixels: WriteI32, places: WriteF32
) -> None:
    """List the edge pixels in scan order, with their sub-pixel places and unit tangents.

    Parameters
    ----------
    mask, dx, dy : as in `vec2art_nb.kernels.strokes.link_strokes`
    offset : (H, W) uint8
        The bytes of the int8 shifts.
    pixels : (n + 1,) int32, written
        Index of each edge pixel in the image; one entry is spare.
    places : (n, 4) float32, written
        x, y, and the tangent's x, y: unit length, bright side on the left; (0, 0) where the gradient is zero.
    """
    n = _u64(0)
    size = _u64(mask.size)
    start = _u64(0)
    while start < size:
        stop = min(start + _BLOCK, size)
        if stop - start == _BLOCK:
            # Most blocks are empty, and LLVM makes one vector instruction of this loop.
            any_edge = np.uint8(0)
            for p in range(start, start + _BLOCK):
                any_edge |= mask[p]
            if any_edge == 0:
                start = stop
                continue
        # Every index is written and most are overwritten by the next: no branch to mispredict.
        for p in range(start, stop):
            pixels[n] = np.int32(p)
            n += _u64(mask[p] != 0)
        start = stop
    down = _f32(0.5)
    row_start = _i64(0)
    one = _u64(1)
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
        places[i << _TWO] = across + (shift if along_x else _f32(0))
        places[(i << _TWO) + one] = down + (_f32(0) if along_x else shift)
        places[(i << _TWO) + _TWO] = -gy * scale
        places[(i << _TWO) + _TWO + one] = gx * scale


@jitted
def _between(i: int, j: int, places: Any) -> tuple[float, float, float, float]:
    """Squared distance from i to j, how far that is along either tangent, and the cosine between the tangents."""
    p = _u64(i) << _TWO
    q = _u64(j) << _TWO
    one = _u64(1)
    three = _u64(3)
    vx = places[q] - places[p]
    vy = places[q + one] - places[p + one]
    along_i = vx * places[p + _TWO] + vy * places[p + three]
    along_j = vx * places[q + _TWO] + vy * places[q + three]
    agreement = places[p + _TWO] * places[q + _TWO] + places[p + three] * places[q + three]
    return vx * vx + vy * vy, along_i, along_j, agreement


@jitted
def _turns_back(before: int, here: int, after: int, places: Any) -> bool:
    """Whether the path through three pixels turns by more than 90°."""
    a = _u64(before) << _TWO
    b = _u64(here) << _TWO
    c = _u64(after) << _TWO
    one = _u64(1)
    along_x = (places[b] - places[a]) * (places[c] - places[b])
    along_y = (places[b + one] - places[a + one]) * (places[c + one] - places[b + one])
    back: bool = along_x + along_y < _f32(0)
    return back


@jitted
def _remember(ahead: int, behind: int, score: float, scores: Any, best: Any) -> None:
    """Note for both pixels that one may be followed by the other, unless something better is known."""
    a = _u64(ahead) * _TWO
    b = _u64(behind) * _TWO + _u64(1)
    if score > scores[a]:
        scores[a] = score
        best[a] = behind
    if score > scores[b]:
        scores[b] = score
        best[b] = ahead


@jitted
def _offer(i: int, j: int, places: Any, scores: Any, best: Any) -> None:
    """Consider a link between two neighbouring pixels, whichever comes first."""
    squared, along_i, along_j, agreement = _between(i, j, places)
    least = _AHEAD * _AHEAD * squared
    if (
        along_i * along_j <= _f32(0)
        or agreement <= _f32(0)
        or squared > _LONGEST_LINK * _LONGEST_LINK
        or along_i * along_i < least
        or along_j * along_j < least
    ):
        return
    # (cos + cos) / distance: near and straight ahead is best.
    score = abs(along_i + along_j) / squared
    if along_i > _f32(0):
        _remember(i, j, score, scores, best)
    else:
        _remember(j, i, score, scores, best)


@jitted
def _link_neighbours(width: int, count: int, pixels: Any, places: Any, scores: Any, best: Any, links: Any) -> None:
    """Link the pairs of 3×3 neighbours that are each other's best, forward for one and backward for the other."""
    # The list wraps round from row to row, but _offer looks at the distance.
    for i in range(_u64(2 * count)):
        scores[i] = _f32(0)
        best[i] = NONE
    below = _i64(0)
    for i in range(count):
        pixel = _i64(pixels[i])
        if i + 1 < count and pixels[i + 1] == pixel + 1:
            _offer(i, i + 1, places, scores, best)
        while below < count and pixels[below] < pixel + width - 1:
            below += 1
        j = max(below, i + 1)
        while j < count and pixels[j] <= pixel + width + 1:
            _offer(i, j, places, scores, best)
            j += 1
    for i in range(count):
        for side in range(2):
            j = best[2 * i + side]
            links[2 * i + side] = j if j >= 0 and best[2 * j + 1 - side] == i else NONE
    for i in range(count):
        after = _i64(links[2 * i])
        before = _i64(links[2 * i + 1])
        if after >= 0 and before >= 0 and _turns_back(before, i, after, places):
            if scores[2 * i] < scores[2 * i + 1]:
                links[2 * i] = NONE
                links[2 * after + 1] = NONE
            else:
                links[2 * i + 1] = NONE
                links[2 * before] = NONE


@jitted
def _bends_back(i: int, j: int, places: Any, links: Any) -> bool:
    """Whether a link from the end i to the start j would make a stroke turn by more than 90°."""
    before = _i64(links[2 * i + 1])
    after = _i64(links[2 * j])
    return (before >= 0 and _turns_back(before, i, j, places)) or (after >= 0 and _turns_back(i, j, after, places))


@jitted
def _offer_ends(i: int, j: int, places: Any, scores: Any, best: Any, links: Any) -> None:
    """Consider a link from the end i to the start j.

    Best is when they face each other. When they are near, it is enough that the path does not turn back, as at the
    tip of a star.
    """
    squared, along_i, along_j, agreement = _between(i, j, places)
    if along_i + along_j <= _f32(0) or squared > _LONGEST_JOIN * _LONGEST_JOIN or i == j:
        return
    least = _FACING * np.sqrt(squared)
    score = (along_i + along_j) / squared
    if agreement >= _AHEAD and along_i >= least and along_j >= least:
        score += _FACES
    elif squared > _LONGEST_TIP * _LONGEST_TIP or links[2 * i + 1] < 0 or links[2 * j] < 0:
        return
    if not _bends_back(i, j, places, links):
        _remember(i, j, score, scores, best)


@jitted
def _list_loose(width: int, count: int, pixels: Any, loose: Any, cells: Any, scores: Any, best: Any, links: Any) -> int:
    """List the pixels that lack a link, and chain those that nothing leads to into square cells; returns how many."""
    across = width // CELL + 3
    n = 0
    for i in range(count):
        if links[2 * i] >= 0 and links[2 * i + 1] >= 0:
            continue
        y = _i64(pixels[i]) // width
        x = _i64(pixels[i]) - y * width
        loose[4 * n] = i
        loose[4 * n + 1] = x
        loose[4 * n + 2] = y
        if links[2 * i + 1] < 0:
            cell = ((y >> 2) + 1) * across + (x >> 2) + 1
            loose[4 * n + 3] = cells[cell]
            cells[cell] = n
        for k in range(2 * i, 2 * i + 2):
            scores[k] = _f32(0)
            best[k] = NONE
        n += 1
    return n


@jitted
def _join_loose(
    width: int, loose_count: int, loose: Any, cells: Any, places: Any, scores: Any, best: Any, links: Any
) -> None:
    """Link ends and starts in a 5×5 window that are each other's best."""
    across = width // CELL + 3
    for s in range(loose_count):
        i = _i64(loose[4 * s])
        if links[2 * i] >= 0:
            continue
        x = loose[4 * s + 1]
        y = loose[4 * s + 2]
        corner = (((y - 2) >> 2) + 1) * across + ((x - 2) >> 2) + 1
        for cell in (corner, corner + 1, corner + across, corner + across + 1):
            t = _i64(cells[cell])
            while t >= 0:
                j = _i64(loose[4 * t])
                if abs(loose[4 * t + 1] - x) <= 2 and abs(loose[4 * t + 2] - y) <= 2 and links[2 * j + 1] < 0:
                    _offer_ends(i, j, places, scores, best, links)
                t = _i64(loose[4 * t + 3])
    for s in range(loose_count):
        i = _i64(loose[4 * s])
        j = _i64(best[2 * i])
        # Looked at again, because a lone pixel may just have been linked on its other side.
        if j >= 0 and best[2 * j + 1] == i and not _bends_back(i, j, places, links):
            links[2 * i] = j
            links[2 * j + 1] = i


@jitted
def _position(pixel: int, count: int, pixels: Any) -> int:
    """Where an edge pixel stands in the list."""
    low = 0
    high = count
    while low < high:
        middle = (low + high) >> 1
        if pixels[middle] < pixel:
            low = middle + 1
        else:
            high = middle
    return low


@jitted
def _touch_neighbours(
    mask: Any, width: int, count: int, loose_count: int, loose: Any, pixels: Any, places: Any, links: Any
) -> int:
    """Let strokes that end beside another pixel touch it; returns how many points all strokes will have."""
    total = count
    height = mask.size // width
    for s in range(loose_count):
        i = _i64(loose[4 * s])
        side = 0 if links[2 * i] < 0 else 1
        inner = _i64(links[2 * i + 1 - side])
        if links[2 * i + side] >= 0:
            continue
        if inner < 0:
            total -= 1  # Nothing to draw: a stroke has two points.
            continue
        x = _i64(loose[4 * s + 1])
        y = _i64(loose[4 * s + 2])
        ux = places[4 * i] - places[4 * inner]
        uy = places[4 * i + 1] - places[4 * inner + 1]
        length = np.sqrt(ux * ux + uy * uy)
        found = _i64(NONE)
        best = _f32(0)
        for row in range(max(y - 1, 0), min(y + 2, height)):
            for column in range(max(x - 1, 0), min(x + 2, width)):
                pixel = row * width + column
                if mask[pixel] == 0 or _f32(column - x) * ux + _f32(row - y) * uy <= _f32(0):
                    continue
                j = _position(pixel, count, pixels)
                vx = places[4 * j] - places[4 * i]
                vy = places[4 * j + 1] - places[4 * i + 1]
                squared = vx * vx + vy * vy
                along = vx * ux + vy * uy
                if along <= _AHEAD * length * np.sqrt(squared) or squared > _LONGEST_TOUCH * _LONGEST_TOUCH:
                    continue
                if along > best * squared:
                    best = along / squared
                    found = j
        if found >= 0:
            total += 1
            links[2 * i + side] = -2 - found
    return total


@kernel
def link_edge_pixels(
    mask: ReadU8,
    width: int,
    count: int,
    pixels: ReadI32,
    places: ReadF32,
    scores: WriteF32,
    best: WriteI32,
    loose: WriteI32,
    cells: WriteI32,
    links: WriteI32,
) -> int:
    """Link each edge pixel to the next and the previous one of its stroke.

    Parameters
    ----------
    mask : (H, W) uint8
    count : int
        n, the number of edge pixels.
    pixels, places : as `gather_edge_pixels` wrote them
    scores, best : (n, 2) float32, int32, scratch
        The best candidate forward and backward, and how good it is.
    loose : (n, 4) int32, scratch
        Pixels without a link: position in the list, x, y, the next one in the same cell.
    cells : (H // 4 + 3, W // 4 + 3) int32, all -1, scratch
        The first loose start in each square of the image, with a border around.
    links : (n, 2) int32, written
        The next and the previous pixel; -1: none; -2 - j: the stroke ends and touches pixel j.

    Returns
    -------
    int
        How many points the strokes will have.
    """
    _link_neighbours(width, count, pixels, places, scores, best, links)
    loose_count = _list_loose(width, count, pixels, loose, cells, scores, best, links)
    _join_loose(width, loose_count, loose, cells, places, scores, best, links)
    return _touch_neighbours(mask, width, count, loose_count, loose, pixels, places, links)
