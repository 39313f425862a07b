"""Telling the subject of a picture from its background: distance from the ground, flooding, local means, clean-up."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import copied, empty, empty_like, zeros
from vec2art_nb.kernels._jit import ReadF32, ReadU8, WriteF32, WriteU8, jitted, kernel

# For the type checker these are any numbers, as all is between kernels.
_u64: Any = np.uint64
_i64: Any = np.int64
_i32: Any = np.int32
_f32: Any = np.float32
_f64: Any = np.float64

#: Terms of a surface over the picture: 1, u, v, u², u v, v², with u and v from -1 to 1.
TERMS = 6

# How many px of fringe are taken away.
_FRINGE = 4


def distance_from_surface(lab: NDArray[np.float32], surface: NDArray[np.float32]) -> NDArray[np.float32]:
    """How far each pixel's colour is from that of a ground that changes slowly.

    Parameters
    ----------
    lab : (H, W, 3) float32
        OKLab.
    surface : (3, TERMS) float32
        For L, a and b the factors of the terms.

    Returns
    -------
    (H, W) float32
    """
    height, width = lab.shape[:2]
    out = empty((height, width), np.float32)
    surface_distance(lab, height, width, surface, out)
    return out


def distance_from_colors(lab: NDArray[np.float32], colors: NDArray[np.float32]) -> NDArray[np.float32]:
    """How far each pixel's colour is from the nearest of a few, (K, 3) float32 in OKLab; (H, W) float32."""
    height, width = lab.shape[:2]
    out = empty((height, width), np.float32)
    color_distance(lab, height * width, colors, len(colors), out)
    return out


def flooded(distance: NDArray[np.float32], tolerance: float) -> NDArray[np.uint8]:
    """What hangs together with the picture's border through pixels at most ``tolerance`` from the ground.

    Returns
    -------
    (H, W) uint8
        1 where flooded, else 0. Neighbours are the four that share a side.
    """
    height, width = distance.shape
    out = zeros((height, width), np.uint8)
    flood(distance, height, width, tolerance, out)
    return out


def without_small(mask: NDArray[np.uint8], least: int) -> NDArray[np.uint8]:
    """A mask of 0 and 1 whose connected parts of fewer than ``least`` pixels, of ones and of zeros, are flipped."""
    out = copied(mask)
    for value in (1, 0):
        flip_small(out, *out.shape, value, least)
    return out


def widened(coverage: NDArray[np.uint8], reach: int) -> NDArray[np.uint8]:
    """The largest value in the square of ``2 reach + 1`` px round each pixel; (H, W) uint8."""
    out = empty_like(coverage)
    widen(coverage, *coverage.shape, reach, out)
    return out


def without_fringe(mask: NDArray[np.uint8], distance: NDArray[np.float32]) -> NDArray[np.uint8]:
    """A mask of 0 and 1 without the pixels at its edge that are nearer to the ground than to what they belong to.

    Those that have a zero beside them become zeros where their distance from the ground is less than half of the
    largest within 2 px; then, some times, those that have a zero beside them now. So an edge that is blurred ends in
    its middle, and what a JPEG adds around it goes.
    """
    for _ in range(_FRINGE):
        out = copied(mask)
        trim_fringe(mask, distance, *mask.shape, out)
        mask = out
    return mask


def local_mean(lab: NDArray[np.float32], counted: NDArray[np.uint8], radius: int) -> NDArray[np.float32]:
    """The mean colour of the counted pixels (1, not 0) in the square of ``2 radius + 1`` px round each pixel.

    Returns
    -------
    (H, W, 3) float32
        NaN where fewer than a fortieth of the square's pixels are counted: a few strays are no neighbourhood.
    """
    height, width = lab.shape[:2]
    out = empty((height, width, 3), np.float32)
    mean_around(lab, counted, height, width, radius, (2 * radius + 1) ** 2 / 40, out)
    return out


def distance_from_around(
    lab: NDArray[np.float32], counted: NDArray[np.uint8], radius: int, distance: NDArray[np.float32], only_nearer: bool
) -> NDArray[np.float32]:
    """How far each pixel is from the local mean of the counted ones.

    Parameters
    ----------
    lab : (H, W, 3) float32
    counted : (H, W) uint8
    radius : int
        As in `local_mean`.
    distance : (H, W) float32
        What holds where there is no local mean.
    only_nearer : bool
        Whether it also holds where it is less.

    Returns
    -------
    (H, W) float32
    """
    out = empty_like(distance)
    height, width = distance.shape
    distance_around(lab, counted, height, width, radius, (2 * radius + 1) ** 2 / 40, distance, only_nearer, out)
    return out


@jitted
def _root(square: Any) -> Any:
    return _f32(np.sqrt(square))


@kernel
def surface_distance(lab: ReadF32, height: int, width: int, surface: ReadF32, out: WriteF32) -> None:
    """Distance from a surface; see `distance_from_surface`."""
    one, two = _f32(1), _f32(2)
    for y in range(height):
        v = two * (_f32(y) + _f32(0.5)) / _f32(height) - one
        for x in range(width):
            u = two * (_f32(x) + _f32(0.5)) / _f32(width) - one
            p = _u64(3 * (y * width + x))
            square = _f32(0)
            for channel in range(3):
                c = channel * 6
                ground = surface[c] + u * surface[c + 1] + v * surface[c + 2]
                ground += u * u * surface[c + 3] + u * v * surface[c + 4] + v * v * surface[c + 5]
                apart = lab[p + _u64(channel)] - ground
                square += apart * apart
            out[_u64(y * width + x)] = _root(square)


@kernel
def color_distance(lab: ReadF32, count: int, colors: ReadF32, number: int, out: WriteF32) -> None:
    """Distance from the nearest colour; see `distance_from_colors`."""
    for i in range(count):
        p = _u64(3 * i)
        least = _f32(np.inf)
        for color in range(number):
            q = _u64(3 * color)
            dl = lab[p] - colors[q]
            da = lab[p + _u64(1)] - colors[q + _u64(1)]
            db = lab[p + _u64(2)] - colors[q + _u64(2)]
            least = min(least, dl * dl + da * da + db * db)
        out[_u64(i)] = _root(least)


@kernel
def flood(distance: ReadF32, height: int, width: int, tolerance: float, out: WriteU8) -> None:
    """Flood from the border; see `flooded`. ``out`` comes filled with zeros."""
    waiting = np.empty(height * width, np.int32)
    count = _i64(0)
    for y in range(height):
        step = 1 if y == 0 or y == height - 1 else max(width - 1, 1)
        for x in range(0, width, step):
            i = y * width + x
            if out[i] == 0 and distance[i] <= tolerance:
                out[i] = 1
                waiting[count] = i
                count += 1
    # Each pixel waits at most once.
    while count > 0:
        count -= 1
        i = _i64(waiting[count])
        x = i % width
        for side in range(4):
            if side == 0:
                inside, j = x > 0, i - 1
            elif side == 1:
                inside, j = x < width - 1, i + 1
            elif side == 2:
                inside, j = i >= width, i - width
            else:
                inside, j = i < (height - 1) * width, i + width
            if inside and out[j] == 0 and distance[j] <= tolerance:
                out[j] = 1
                waiting[count] = j
                count += 1


@kernel
def flip_small(mask: WriteU8, height: int, width: int, value: int, least: int) -> None:
    """Flip the small connected parts of one value; see `without_small`."""
    seen = np.zeros(height * width, np.uint8)
    members = np.empty(height * width, np.int32)
    for start in range(height * width):
        if mask[start] != value or seen[start] != 0:
            continue
        seen[start] = 1
        members[0] = start
        done, count = _i64(0), _i64(1)
        while done < count:
            i = _i64(members[done])
            done += 1
            x = i % width
            for side in range(4):
                if side == 0:
                    inside, j = x > 0, i - 1
                elif side == 1:
                    inside, j = x < width - 1, i + 1
                elif side == 2:
                    inside, j = i >= width, i - width
                else:
                    inside, j = i < (height - 1) * width, i + width
                if inside and seen[j] == 0 and mask[j] == value:
                    seen[j] = 1
                    members[count] = j
                    count += 1
        if count < least:
            for k in range(count):
                mask[members[k]] = 1 - value


@kernel
def widen(values: ReadU8, height: int, width: int, reach: int, out: WriteU8) -> None:
    """Maxima of squares, for small reaches; see `widened`."""
    row = np.zeros(width + 2 * reach, np.uint8)
    for y in range(height):
        for x in range(_u64(width)):
            row[_u64(reach) + x] = 0
        for near in range(max(y - reach, 0), min(y + reach + 1, height)):
            start = _u64(near * width)
            for x in range(_u64(width)):
                row[_u64(reach) + x] = max(row[_u64(reach) + x], values[start + x])
        start = _u64(y * width)
        for x in range(_u64(width)):
            out[start + x] = row[x]
        for step in range(1, 2 * reach + 1):
            for x in range(_u64(width)):
                out[start + x] = max(out[start + x], row[x + _u64(step)])


@kernel
def trim_fringe(mask: ReadU8, distance: ReadF32, height: int, width: int, out: WriteU8) -> None:
    """Take away the pixels at a mask's edge that are more ground than subject; see `without_fringe`."""
    for y in range(height):
        for x in range(width):
            i = y * width + x
            if mask[_u64(i)] == 0:
                continue
            if not (
                (x > 0 and mask[_u64(i - 1)] == 0)
                or (x < width - 1 and mask[_u64(i + 1)] == 0)
                or (y > 0 and mask[_u64(i - width)] == 0)
                or (y < height - 1 and mask[_u64(i + width)] == 0)
            ):
                continue
            most = _f32(0)
            for row in range(max(y - 2, 0), min(y + 3, height)):
                for column in range(max(x - 2, 0), min(x + 3, width)):
                    j = _u64(row * width + column)
                    if mask[j] != 0:
                        most = max(most, distance[j])
            if distance[_u64(i)] < _f32(0.5) * most:
                out[_u64(i)] = 0


@jitted
def _slide_rows(lab: Any, counted: Any, height: int, width: int, radius: int, y: int, columns: Any) -> None:
    """Add the row that comes in to the sums over columns, take the one away that goes out."""
    for row in range(2):
        into = y + radius if row == 0 else y - radius - 1
        if into < 0 or into >= height:
            continue
        sign = 1.0 if row == 0 else -1.0
        start = _u64(into * width)
        for x in range(_u64(width)):
            if counted[start + x] != 0:
                p, c = _u64(3) * (start + x), _u64(4) * x
                columns[c] += sign
                columns[c + _u64(1)] += sign * lab[p]
                columns[c + _u64(2)] += sign * lab[p + _u64(1)]
                columns[c + _u64(3)] += sign * lab[p + _u64(2)]


@jitted
def _slide_columns(columns: Any, width: int, radius: int, x: int, sums: Any) -> None:
    """The same along a row, for the sums over the square."""
    if x + radius < width:
        c = _u64(4 * (x + radius))
        for k in range(_u64(4)):
            sums[k] += columns[c + k]
    if x - radius - 1 >= 0:
        c = _u64(4 * (x - radius - 1))
        for k in range(_u64(4)):
            sums[k] -= columns[c + k]


@kernel
def mean_around(
    lab: ReadF32, counted: ReadU8, height: int, width: int, radius: int, least: float, out: WriteF32
) -> None:
    """Means over squares, by running sums; see `local_mean`."""
    # In float64, or what is added and taken away again would leave a rest.
    columns, sums = np.zeros(4 * width), np.zeros(4)
    for y in range(-radius, height):
        _slide_rows(lab, counted, height, width, radius, y, columns)
        sums[:] = 0.0
        for x in range(-radius if y >= 0 else width, width):
            _slide_columns(columns, width, radius, x, sums)
            if x >= 0:
                p = _u64(3 * (y * width + x))
                share = 1.0 / sums[0] if sums[0] >= least else np.nan
                out[p], out[p + _u64(1)], out[p + _u64(2)] = (
                    _f32(sums[1] * share),
                    _f32(sums[2] * share),
                    _f32(sums[3] * share),
                )


@kernel
def distance_around(
    lab: ReadF32,
    counted: ReadU8,
    height: int,
    width: int,
    radius: int,
    least: float,
    distance: ReadF32,
    only_nearer: bool,
    out: WriteF32,
) -> None:
    """Distance from means over squares; see `distance_from_around`."""
    columns, sums = np.zeros(4 * width), np.zeros(4)
    for y in range(-radius, height):
        _slide_rows(lab, counted, height, width, radius, y, columns)
        sums[:] = 0.0
        for x in range(-radius if y >= 0 else width, width):
            _slide_columns(columns, width, radius, x, sums)
            if x < 0:
                continue
            i = _u64(y * width + x)
            p = _u64(3) * i
            out[i] = distance[i]
            if sums[0] >= least:
                share = 1.0 / sums[0]
                dl = _f32(sums[1] * share) - lab[p]
                da = _f32(sums[2] * share) - lab[p + _u64(1)]
                db = _f32(sums[3] * share) - lab[p + _u64(2)]
                here = _root(dl * dl + da * da + db * db)
                if not only_nearer or here < distance[i]:
                    out[i] = here
