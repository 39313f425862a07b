"""One walk along the edge tangent flow, and what it reads: tangents without sign, ridges, tones."""

from __future__ import annotations

from typing import Any

import numpy as np

from vec2art_nb.kernels._jit import jitted

# For the type checker these are any numbers, as all is between kernels.
_u64: Any = np.uint64
_f32: Any = np.float32

#: A step along the flow, in px.
STEP = 1.0

#: Distances to the nearest line are kept in quarters of a px, and no longer ones than 63 px.
PER_PX = 4
FAR = 255

#: Side in px of the cells in which a line looks for itself.
CELL = 2

#: Hatching: paler than this share of the darkest tone nothing is drawn.
PALEST = 0.12

# A line ends nearer than this share of the separation to another one, though none begins nearer than the whole of it.
_TEST = 0.5

# A line that turns by more than 60° in one step has come to where the flow has no direction.
_TURN = 0.5

# --- reading the fields -----------------------------------------------------------------------------------------------


@jitted
def corner(height: int, width: int, x: Any, y: Any) -> Any:
    """The pixel to the upper left of a place, its neighbours' distance in the array, and the shares of those."""
    u = min(max(x - _f32(0.5), _f32(0)), _f32(width - 1))
    v = min(max(y - _f32(0.5), _f32(0)), _f32(height - 1))
    column, row = min(int(u), max(width - 2, 0)), min(int(v), max(height - 2, 0))
    right, down = _u64(width > 1), _u64(width) if height > 1 else _u64(0)
    return _u64(row * width + column), right, down, u - _f32(column), v - _f32(row)


@jitted
def tangent(tx: Any, ty: Any, height: int, width: int, x: Any, y: Any, lx: Any, ly: Any) -> Any:
    """The tangent between pixels, to the side of (lx, ly), of unit length or (0, 0).

    The four around are first brought to one side: tangents have no sign, and opposite ones must not cancel.
    """
    i, right, down, a, b = corner(height, width, x, y)
    one, zero = _f32(1), _f32(0)
    total_x, total_y = zero, zero
    for k in range(4):
        j = i + (right if k & 1 else _u64(0)) + (down if k & 2 else _u64(0))
        share = (a if k & 1 else one - a) * (b if k & 2 else one - b)
        u, v = _f32(tx[j]), _f32(ty[j])
        share = share if u * lx + v * ly >= zero else -share
        total_x += share * u
        total_y += share * v
    length = np.sqrt(total_x * total_x + total_y * total_y)
    scale = one / length if length > one else zero
    return total_x * scale, total_y * scale


@jitted
def slope(dx: Any, dy: Any, height: int, width: int, x: Any, y: Any, p: Any, q: Any) -> Any:
    """How steep the picture is between pixels, across (p, q)."""
    i, right, down, a, b = corner(height, width, x, y)
    one = _f32(1)
    above_x = (one - a) * _f32(dx[i]) + a * _f32(dx[i + right])
    below_x = (one - a) * _f32(dx[i + down]) + a * _f32(dx[i + down + right])
    above_y = (one - a) * _f32(dy[i]) + a * _f32(dy[i + right])
    below_y = (one - a) * _f32(dy[i + down]) + a * _f32(dy[i + down + right])
    return abs(q * ((one - b) * above_x + b * below_x) - p * ((one - b) * above_y + b * below_y))


@jitted
def ridge(dx: Any, dy: Any, height: int, width: int, x: Any, y: Any, u: Any, v: Any) -> Any:
    """How far to the left of (u, v) the edge is, at most half a pixel, and how steep it is here and at most around.

    The maximum of a parabola through three values across; where they have none, towards the greater.
    """
    zero, half = _f32(0), _f32(0.5)
    here = slope(dx, dy, height, width, x, y, u, v)
    left = slope(dx, dy, height, width, x + v, y - u, u, v)
    right = slope(dx, dy, height, width, x - v, y + u, u, v)
    bend, aside = here - left + here - right, half * (left - right)
    limit = half if aside > zero else -half
    aside = aside / bend if half * bend > abs(aside) else (limit if aside != zero else zero)
    return aside, here, max(here, max(left, right))


@jitted
def direction_worth(p: Any, q: Any, directions: Any) -> Any:
    """What the edges along (p, q), a unit vector or nothing, are multiplied by."""
    c, s = p * p - q * q, _f32(-2) * p * q
    straight = directions[0] if c >= _f32(0) else directions[1]
    slanted = directions[2] if s >= _f32(0) else directions[3]
    return c * c * straight + s * s * slanted


@jitted
def darkness(dark: Any, rows: int, columns: int, side: int, x: Any, y: Any) -> Any:
    """How dark the picture is at a place, between the squares of the grid."""
    i, right, down, a, b = corner(rows, columns, x / _f32(side), y / _f32(side))
    one = _f32(1)
    above = (one - a) * dark[i] + a * dark[i + right]
    below = (one - a) * dark[i + down] + a * dark[i + down + right]
    return (one - b) * above + b * below


@jitted
def line_distance(tone: Any, separation: Any) -> Any:
    """Px between the lines of a tone."""
    return min(separation / max(tone, _f32(PALEST)), _f32((FAR - 1) / PER_PX))


# --- one line ---------------------------------------------------------------------------------------------------------


@jitted
def own(visited: Any, across: int, place: int, apart: int, height: int, width: int, x: Any, y: Any, base: int) -> bool:
    """Whether the line was here before, ``apart`` steps ago or earlier."""
    if (x < _f32(0)) | (y < _f32(0)) | (x >= _f32(width)) | (y >= _f32(height)):
        return False
    found = visited[_u64(int(y) // CELL * across + int(x) // CELL)]
    return bool((found >= base) & (abs(found - place) > apart))


@jitted
def follow(
    tx: Any, ty: Any, dx: Any, dy: Any, directions: Any, dark: Any, rows: int, columns: int, side: int,
    nearest: Any, visited: Any, way: Any, height: int, width: int, x: Any, y: Any, lx: Any, ly: Any,
    low: Any, separation: Any, bridge: Any, steps: int, base: int, sign: int,
) -> Any:  # fmt: skip
    """Walk from (x, y) along (lx, ly); returns how many points were written, and whether the walk came back.

    Parameters
    ----------
    tx, ty, dx, dy : (H, W) int16
        Tangents and gradient.
    directions : (4,) float32
        What contours are worth by their direction.
    dark : (rows, columns) float32
        How dark the squares of ``side`` px are. With side 0 the walk follows contours, else it draws hatching.
    nearest : (H, W) uint8
        How far the nearest line is, in quarters of a px.
    visited : (H // 2 + 1, W // 2 + 1) int64, changed
        The place on the line that was last in each cell.
    way : (steps, 2) float32, written
    low, separation, bridge : float32
        Strength below which a contour ends; px between lines; px that a line goes on below ``low``.
    steps : int
        The most that are made.
    base, sign : int
        Places on this line are ``base`` + ``steps`` + 1, more or less.
    """
    hatch = side > 0
    across = width // CELL + 1
    half, step, zero = _f32(STEP / 2), _f32(STEP), _f32(0)
    start_x, start_y, first_x, first_y = x, y, lx, ly
    n, strong = 0, 0
    spacing = separation
    for k in range(1, steps + 1):
        # The midpoint rule: a step with the tangent half a step ahead.
        u, v = tangent(tx, ty, height, width, x + half * lx, y + half * ly, lx, ly)
        if hatch & (u == zero) & (v == zero):
            u, v = _f32(0.70710678), _f32(-0.70710678)
            if u * lx + v * ly < zero:
                u, v = -u, -v
        if u * lx + v * ly < _f32(_TURN):
            break
        x += step * u
        y += step * v
        if not hatch:
            aside, here, most = ridge(dx, dy, height, width, x, y, u, v)
            worth = direction_worth(u, v, directions)
            if most * worth > low:
                # Back to the ridge, from which the smooth tangents lead away in bends; half of the way is steadier.
                x += half * aside * v
                y -= half * aside * u
            if here * worth > low:
                strong = k
            elif _f32(k - strong) * step > bridge:
                break
        if (x < zero) | (y < zero) | (x >= _f32(width)) | (y >= _f32(height)):
            break
        if hatch:
            tone = darkness(dark, rows, columns, side, x, y)
            if tone < _f32(PALEST):
                break
            spacing = line_distance(tone, separation)
            strong = k
        i = _u64(int(y) * width + int(x))
        if _f32(nearest[i]) < _f32(PER_PX * _TEST) * spacing:
            break
        gone_x, gone_y = x - start_x, y - start_y
        if (
            (_f32(k) * step > _f32(2) * separation + _f32(4))
            & (gone_x * gone_x + gone_y * gone_y < step * step)
            & (u * first_x + v * first_y > _f32(_TURN))
        ):
            return n, True
        place = base + steps + 1 + sign * k
        apart = int(_f32(3) * spacing / step) + 6
        reach = _f32(_TEST) * spacing
        if (
            own(visited, across, place, apart, height, width, x, y, base)
            | own(visited, across, place, apart, height, width, x + reach * v, y - reach * u, base)
            | own(visited, across, place, apart, height, width, x - reach * v, y + reach * u, base)
        ):
            break
        visited[_u64(int(y) // CELL * across + int(x) // CELL)] = place
        way[_u64(2 * n)] = x
        way[_u64(2 * n + 1)] = y
        n += 1
        lx, ly = u, v
    return min(n, strong), False
