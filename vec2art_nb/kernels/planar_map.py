"""A label image as a planar map: the borders between regions, each once, and the rings that these form.

Borders run along the cracks between pixels, from junction to junction, where a junction is a point of the lattice at
which three or more cracks meet. What both neighbours share is one border, so whatever is done to it later, the regions
fit: no gaps, no overlaps.

References
----------
Kovalevsky (1989), Finite topology as applied to image analysis, CVGIP 46(2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import copied, empty, full, zeros
from vec2art_nb.kernels._jit import ReadI32, ReadU8, WriteF32, WriteI32, WriteI64, WriteU8, jitted, kernel

# For the type checker these are any numbers, as all is between kernels.
_U: Any = np.uint64
_i64: Any = np.int64
_i32: Any = np.int32
_f32: Any = np.float32
_u8: Any = np.uint8

# Bits of a lattice point: cracks to the east, south, west and north of it; and whether it is a junction.
_EAST, _SOUTH, _WEST, _NORTH, _JUNCTION = 1, 2, 4, 8, 16

#: The region that lies outside of the picture.
OUTSIDE = -1


@dataclass(frozen=True, eq=False)
class PlanarMap:
    """Borders and junctions.

    Attributes
    ----------
    width, height : int
        Of the label image.
    junctions : (J,) int32
        Lattice points, ``y * (width + 1) + x``, in rising order.
    points : (N, 2) float32
        An open border: its first junction, the middles of its cracks, its last junction. A closed one: the middles of
        its cracks. Of borders with the outside only the corners of the picture, between the junctions.
    offsets : (B + 1,) int64
    ends : (B, 2) int32
        Index of the first and the last junction of each border; -1 and -1 where it is closed.
    sides : (B, 2) int32
        The region on the left and the right as one goes along a border (y points down); `OUTSIDE` for none.
    turns : (J, 4) int32
        Where one goes from each junction to the east, south, west and north: twice the border, one more when against
        its direction; -1 where there is none.
    """

    width: int
    height: int
    junctions: NDArray[np.int32]
    points: NDArray[np.float32]
    offsets: NDArray[np.int64]
    ends: NDArray[np.int32]
    sides: NDArray[np.int32]
    turns: NDArray[np.int32]


def planar_map(labels: NDArray[np.int32]) -> PlanarMap:
    """The borders of a label image; labels are 0 or more."""
    height, width = labels.shape
    lattice = empty((height + 1, width + 1), np.uint8)
    counts = np.zeros(2, np.int64)
    mark_cracks(labels, height, width, lattice, counts)
    cracks, junction_count = counts.tolist()
    junctions = empty(junction_count, np.int32)
    list_junctions(lattice, junctions)
    # Each junction ends at most four borders; a loop has four cracks at least.
    most = 2 * junction_count + cracks // 4 + 1
    points = empty((cracks + 2 * most, 2), np.float32)
    offsets = zeros(most + 1, np.int64)
    ends = empty((most, 2), np.int32)
    sides = empty((most, 2), np.int32)
    turns = full((junction_count, 4), -1, np.int32)
    count = trace_borders(
        labels, height, width, lattice, cracks, junctions, points, offsets, ends, sides, turns
    )  # fmt: skip
    total = int(offsets[count])
    return PlanarMap(
        width,
        height,
        junctions,
        copied(points[:total]),
        copied(offsets[: count + 1]),
        copied(ends[:count]),
        copied(sides[:count]),
        turns,
    )


@dataclass(frozen=True, eq=False)
class Rings:
    """The outlines of regions as sequences of half borders.

    Attributes
    ----------
    halves : (2 B',) int32
        Twice the border, one more when gone against its direction, ring by ring; the region is always on the left.
        B' borders separate two regions or a region and the outside, whose own ring is left out.
    offsets : (R + 1,) int64
        Where each ring begins.
    regions : (R,) int32
        The region of each ring, in rising order.
    """

    halves: NDArray[np.int32]
    offsets: NDArray[np.int64]
    regions: NDArray[np.int32]


def rings(borders: PlanarMap) -> Rings:
    """The rings of every region, sorted by region.

    A ring never passes a point twice: where a region touches itself at a corner, it has two rings there.
    """
    count = len(borders.sides)
    halves = empty(2 * count, np.int32)
    offsets = zeros(2 * count + 1, np.int64)
    regions = empty(2 * count, np.int32)
    done = zeros(2 * count, np.uint8)
    arrivals = empty(2 * count, np.int32)
    note_arrivals(borders.turns, len(borders.junctions), arrivals)
    found = link_rings(borders.ends, borders.sides, borders.turns, arrivals, done, halves, offsets, regions)
    order = np.argsort(regions[:found], kind="stable")
    lengths = np.diff(offsets[: found + 1])[order]
    sorted_offsets = zeros(found + 1, np.int64)
    np.cumsum(lengths, out=sorted_offsets[1:])
    within = np.arange(sorted_offsets[-1]) - np.repeat(sorted_offsets[:-1], lengths)
    return Rings(halves[np.repeat(offsets[:found][order], lengths) + within], sorted_offsets, regions[:found][order])


# --- kernels ----------------------------------------------------------------------------------------------------------


@kernel
def mark_cracks(labels: ReadI32, height: int, width: int, lattice: WriteU8, counts: WriteI64) -> None:
    """For each point of the lattice the cracks that meet there; counts cracks and junctions.

    Parameters
    ----------
    labels : (H, W) int32
    lattice : (H + 1, W + 1) uint8, written
        Bits 0 … 3: cracks to the east, south, west and north; bit 4: three or four of them.
    counts : (2,) int64, added to
    """
    one = _U(1)
    wide = _U(width + 1)
    cracks = _i64(0)
    junctions = _i64(0)
    for y in range(height + 1):
        o = _U(y) * wide
        up = _U(max(y - 1, 0)) * _U(width)
        down = _U(min(y, height - 1)) * _U(width)
        if y == 0 or y == height:
            # The frame: cracks to both sides, and one inwards where the region changes.
            inwards = _u8(_SOUTH if y == 0 else _NORTH)
            for x in range(one, _U(width)):
                is_change = labels[down + x] != labels[down + x - one]
                lattice[o + x] = _u8(_EAST | _WEST | _JUNCTION) | inwards if is_change else _u8(_EAST | _WEST)
            lattice[o] = _u8(_EAST) | inwards
            lattice[o + _U(width)] = _u8(_WEST) | inwards
        else:
            for x in range(one, _U(width)):
                a = labels[up + x - one]
                b = labels[up + x]
                c = labels[down + x - one]
                d = labels[down + x]
                east = _u8(1) if b != d else _u8(0)
                south = _u8(1) if c != d else _u8(0)
                west = _u8(1) if a != c else _u8(0)
                north = _u8(1) if a != b else _u8(0)
                meeting = _u8(_u8(east + south) + _u8(west + north))
                junction = _u8(_JUNCTION) if meeting > _u8(2) else _u8(0)
                lattice[o + x] = _u8(
                    east | _u8(south << _u8(1)) | _u8(west << _u8(2)) | _u8(north << _u8(3)) | junction
                )
            first = _u8(_EAST | _JUNCTION) if labels[up] != labels[down] else _u8(0)
            lattice[o] = _u8(_SOUTH | _NORTH) | first
            right = _U(width - 1)
            last = _u8(_WEST | _JUNCTION) if labels[up + right] != labels[down + right] else _u8(0)
            lattice[o + _U(width)] = _u8(_SOUTH | _NORTH) | last
        halves = _i32(0)
        found = _i32(0)
        for x in range(wide):
            bits = lattice[o + x]
            halves = _i32(halves + _i32(bits & _u8(1)) + _i32((bits >> _u8(1)) & _u8(1)))
            found = _i32(found + _i32(bits >> _u8(4)))
        cracks += halves
        junctions += found
    counts[0] += cracks
    counts[1] += junctions


@kernel
def list_junctions(lattice: ReadU8, junctions: WriteI32) -> None:
    """The points of the lattice that are junctions, in order."""
    found = _U(0)
    for i in range(_U(lattice.size)):
        if lattice[i] >= _u8(_JUNCTION):
            junctions[found] = _i32(i)
            found += _U(1)


@jitted
def _index_of(junctions: Any, point: Any) -> Any:
    """Binary search; the point is among them."""
    low, high = _i64(0), _i64(junctions.size - 1)
    while low < high:
        middle = (low + high) >> _i64(1)
        if junctions[middle] < point:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def trace_borders(
    labels: ReadI32, height: int, width: int, lattice: WriteU8, cracks: int, junctions: ReadI32, points: WriteF32,
    offsets: WriteI64, ends: WriteI32, sides: WriteI32, turns: WriteI32,
) -> int:  # fmt: skip
    """Go along every border once; see `PlanarMap`. The lattice's cracks are taken away on the way."""
    wide = _i64(width + 1)
    half = _f32(0.5)
    n = _i64(0)
    count = _i64(0)
    left_over = _i64(cracks)
    # First from the junctions, then the loops that have none.
    for turn in range(2):
        for start in range(junctions.size if turn == 0 else lattice.size):
            if left_over == 0:
                break
            origin = _i64(junctions[start]) if turn == 0 else _i64(start)
            if lattice[origin] & _u8(_JUNCTION - 1) == 0:
                continue
            for heading in range(4):
                if not (lattice[origin] >> _u8(heading)) & _u8(1):
                    continue
                direction = _i64(heading)
                x = origin % wide
                y = origin // wide
                # The pixels on both sides of the first crack.
                left_x = x - (1 if direction >= 2 else 0)
                left_y = y - (1 if direction == 0 or direction == 3 else 0)
                right_x = x - (1 if direction == 1 or direction == 2 else 0)
                right_y = y - (1 if direction >= 2 else 0)
                left = _i32(OUTSIDE)
                right = _i32(OUTSIDE)
                if left_x >= 0 and left_x < width and left_y >= 0 and left_y < height:
                    left = labels[left_y * width + left_x]
                if right_x >= 0 and right_x < width and right_y >= 0 and right_y < height:
                    right = labels[right_y * width + right_x]
                is_frame = left == OUTSIDE or right == OUTSIDE
                if turn == 0:
                    turns[4 * start + heading] = _i32(2 * count)
                    points[2 * n] = _f32(x)
                    points[2 * n + 1] = _f32(y)
                    n += 1
                at = origin
                while True:
                    # East, south, west, north; without branches, because no processor can guess these.
                    dx = ((direction + 1) & _i64(1)) * (1 - direction)
                    dy = (direction & _i64(1)) * (2 - direction)
                    lattice[at] &= _u8(~(1 << direction) & 31)
                    left_over -= 1
                    if not is_frame:
                        points[2 * n] = _f32(x) + half * _f32(dx)
                        points[2 * n + 1] = _f32(y) + half * _f32(dy)
                        n += 1
                    x += dx
                    y += dy
                    at = y * wide + x
                    back = direction ^ 2
                    lattice[at] &= _u8(~(1 << back) & 31)
                    bits = lattice[at]
                    if turn == 0 and bits >= _u8(_JUNCTION):
                        points[2 * n] = _f32(x)
                        points[2 * n + 1] = _f32(y)
                        n += 1
                        end = _index_of(junctions, at)
                        turns[4 * end + back] = _i32(2 * count + 1)
                        ends[2 * count] = _i32(start)
                        ends[2 * count + 1] = _i32(end)
                        break
                    if bits == 0:
                        # A loop is closed.
                        ends[2 * count] = _i32(-1)
                        ends[2 * count + 1] = _i32(-1)
                        if is_frame:
                            points[2 * n] = _f32(x)
                            points[2 * n + 1] = _f32(y)
                            n += 1
                        break
                    # The one bit that is left: 1, 2, 4, 8 are 0, 1, 2, 3.
                    onwards = (_i64(bits) >> _i64(1)) - (_i64(bits) >> _i64(3))
                    if is_frame and onwards != direction:
                        points[2 * n] = _f32(x)
                        points[2 * n + 1] = _f32(y)
                        n += 1
                    direction = onwards
                sides[2 * count] = left
                sides[2 * count + 1] = right
                count += 1
                offsets[count] = n
    return int(count)


@kernel
def note_arrivals(turns: ReadI32, count: int, arrivals: WriteI32) -> None:
    """For each half border the place in ``turns`` from which it starts: four times the junction plus the direction."""
    for slot in range(4 * count):
        if turns[slot] >= 0:
            arrivals[turns[slot]] = _i32(slot)


@kernel
def link_rings(
    ends: ReadI32, sides: ReadI32, turns: ReadI32, starts: ReadI32, done: WriteU8, halves: WriteI32, offsets: WriteI64,
    regions: WriteI32,
) -> int:  # fmt: skip
    """Join half borders to rings with the region on the left; returns the number of rings. See `rings`.

    ``starts`` is from `note_arrivals`. The ring of the outside is left out.
    """
    n = _i64(0)
    found = _i64(0)
    for half in range(sides.size):
        # Going along a border its left side is on the left; against it, its right side.
        region = sides[half]
        if region == OUTSIDE or done[half] != 0:
            continue
        h = _i64(half)
        while True:
            done[h] = _u8(1)
            halves[n] = _i32(h)
            n += 1
            if ends[h] < 0:
                break
            # The twin starts where this one ends, and it points back.
            back = _i64(starts[h ^ 1])
            junction = back >> _i64(2)
            direction = (back & _i64(3)) ^ _i64(2)
            after = _i64(-1)
            # The sharpest turn to the right that has the region on its left: so corners that touch come apart. To the
            # right is clockwise, as east, south, west, north are.
            for step in range(3):
                heading = (direction + 1 - step) & _i64(3)
                other = _i64(turns[4 * junction + heading])
                if other >= 0 and sides[other] == region:
                    after = other
                    break
            h = after
            if h == half:
                break
        regions[found] = region
        found += 1
        offsets[found] = n
    return int(found)
