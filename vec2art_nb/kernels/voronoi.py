"""Weighted Voronoi and power diagrams on a grid of weights: what each cell weighs, and where its centre is."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import copied, empty, zeros
from vec2art_nb.kernels._jit import ReadF32, ReadI64, ReadU16, WriteF32, WriteI32, WriteI64, jitted, kernel

_U: Any = np.uint64
_f32: Any = np.float32
_f64: Any = np.float64
_i32: Any = np.int32
_i64: Any = np.int64

#: Side of a tile; its 64 pixels are stored one after the other.
TILE = 8

#: What is summed for a cell: weight, times x, times y, weighted pixels, times x², times xy, times y².
SUMS = 7


def tiled(weights: NDArray[np.uint16]) -> tuple[NDArray[np.uint16], int, int]:
    """The same weights tile by tile, filled up with 0 to whole tiles; and how many tiles there are up and across."""
    height, width = weights.shape
    rows, columns = -(-height // TILE), -(-width // TILE)
    padded = zeros((rows * TILE, columns * TILE), np.uint16)
    padded[:height, :width] = weights
    tiles = padded.reshape(rows, TILE, columns, TILE).transpose(0, 2, 1, 3)
    return copied(tiles).reshape(-1), rows, columns


@jitted
def _sorted_in(
    x: Any, y: Any, powers: Any, rows: int, columns: int, first: Any, sx: Any, sy: Any, sp: Any, ids: Any
) -> None:
    """Sites tile by tile; ``first`` says where each tile's begin."""
    for i in range(_U(rows * columns + 1)):
        first[i] = _i32(0)
    for i in range(_U(x.size)):
        first[_tile(x[i], y[i], rows, columns) + _U(1)] += _i32(1)
    for i in range(_U(rows * columns)):
        first[i + _U(1)] += first[i]
    # Filled from behind, so each tile's beginning ends up where it belongs.
    for i in range(_U(x.size)):
        tile = _tile(x[i], y[i], rows, columns)
        at = _U(first[tile])
        first[tile] += _i32(1)
        sx[at], sy[at], sp[at], ids[at] = x[i], y[i], powers[i], _i32(i)
    for i in range(_U(rows * columns), _U(0), _U(-1)):
        first[i] = first[i - _U(1)]
    first[0] = _i32(0)


@jitted
def _tile(x: Any, y: Any, rows: int, columns: int) -> Any:
    column = min(max(_i64(x) // 8, _i64(0)), _i64(columns - 1))
    row = min(max(_i64(y) // 8, _i64(0)), _i64(rows - 1))
    return _U(row * columns + column)


@jitted
def _largest_powers(sp: Any, first: Any, rows: int, columns: int, near: Any, blocks: Any) -> Any:
    """The largest power in and around each block of 8 × 8 tiles; returns that of all."""
    down, across = (rows + 7) // 8, (columns + 7) // 8
    for i in range(_U(down * across)):
        blocks[i] = _f32(0)
    largest = _f32(0)
    for row in range(rows):
        for column in range(columns):
            tile, block = _U(row * columns + column), _U(row // 8 * across + column // 8)
            for k in range(_U(first[tile]), _U(first[tile + _U(1)])):
                blocks[block] = max(blocks[block], sp[k])
            largest = max(largest, blocks[block])
    for row in range(down):
        for column in range(across):
            most = _f32(0)
            for r in range(max(0, row - 1), min(down, row + 2)):
                for c in range(max(0, column - 1), min(across, column + 2)):
                    most = max(most, blocks[_U(r * across + c)])
            near[_U(row * across + column)] = most
    return largest


@jitted
def _nearest(
    sx: Any, sy: Any, sp: Any, first: Any, rows: int, columns: int, row: int, column: int, reach: int, cx: Any, cy: Any
) -> Any:
    """The site nearest to a tile's centre of those at most ``reach`` tiles away; -1 when there is none."""
    found, least = _i64(-1), _f32(3e38)
    left, right = max(0, column - reach), min(columns, column + reach + 1)
    for r in range(max(0, row - reach), min(rows, row + reach + 1)):
        o = r * columns
        for k in range(_U(first[_U(o + left)]), _U(first[_U(o + right)])):
            dx, dy = sx[k] - cx, sy[k] - cy
            value = dx * dx + dy * dy - sp[k]
            closer = value < least
            found = _i64(k) if closer else found
            least = value if closer else least
    return found


@jitted
def _rivals(
    sx: Any, sy: Any, sp: Any, first: Any, rows: int, columns: int, row: int, column: int, reach: int, cx: Any, cy: Any,
    nearest: Any, list_: Any,
) -> Any:  # fmt: skip
    """List the sites that may own a pixel of the tile, the nearest first; returns how many."""
    side = _f32(7)
    nx, ny = sx[nearest], sy[nearest]
    dx, dy = nx - cx, ny - cy
    bound = dx * dx + dy * dy - sp[nearest]
    list_[0] = _i32(nearest)
    count = _U(1)
    left, right = max(0, column - reach), min(columns, column + reach + 1)
    for r in range(max(0, row - reach), min(rows, row + reach + 1)):
        o = r * columns
        for k in range(_U(first[_U(o + left)]), _U(first[_U(o + right)])):
            px, py = sx[k], sy[k]
            dx, dy = px - cx, py - cy
            value = dx * dx + dy * dy - sp[k]
            # The difference of two distances is linear, so it is greatest at a corner of the tile.
            # Stored in any case, counted only if it stays: a branch here is mispredicted half of the time.
            list_[count] = _i32(k)
            count += _U((value - bound < side * (abs(px - nx) + abs(py - ny))) & (k != nearest))
    return count


@jitted
def _owners(
    x: Any, y: Any, powers: Any, cx: Any, cy: Any, list_: Any, count: Any,
    across: Any, down: Any, best: Any, owner: Any,
) -> None:  # fmt: skip
    pixels = _U(64)
    two = _f32(2)
    for p in range(pixels):
        best[p] = _f32(3e38)
    for k in range(count):
        i = _U(list_[k])
        dx, dy = x[i] - cx, y[i] - cy
        value = dx * dx + dy * dy - powers[i]
        a, b = -two * dx, -two * dy
        own = _i32(k)
        for p in range(pixels):
            here = value + a * across[p] + b * down[p]
            closer = here < best[p]
            best[p] = here if closer else best[p]
            owner[p] = own if closer else owner[p]


@jitted
def _weigh(tiles: Any, o: Any, ix: Any, iy: Any, second: bool, weighed: Any) -> None:
    """What each pixel of a tile adds to its cell's sums: seven numbers, 64 pixels each, from the tile's corner."""
    pixels = _U(64)
    for p in range(pixels):
        w = _i32(tiles[o + p])
        weighed[p] = w
        weighed[_U(64) + p] = _i32(w * ix[p])
        weighed[_U(128) + p] = _i32(w * iy[p])
        weighed[_U(192) + p] = _i32(min(w, _i32(1)))
    if second:
        for p in range(pixels):
            wx, wy = weighed[_U(64) + p], weighed[_U(128) + p]
            weighed[_U(256) + p] = _i32(wx * ix[p])
            weighed[_U(320) + p] = _i32(wx * iy[p])
            weighed[_U(384) + p] = _i32(wy * iy[p])


@jitted
def _add_tile(
    weighed: Any, left: Any, top: Any, list_: Any, ids: Any, count: Any, owner: Any, second: bool, sums: Any
) -> None:
    pixels = _U(64)
    zero = _i32(0)
    for k in range(count):
        own = _i32(k)
        m, mx, my, n = zero, zero, zero, zero
        for p in range(pixels):
            mine = owner[p] == own
            m = _i32(m + (weighed[p] if mine else zero))
            mx = _i32(mx + (weighed[_U(64) + p] if mine else zero))
            my = _i32(my + (weighed[_U(128) + p] if mine else zero))
            n = _i32(n + (weighed[_U(192) + p] if mine else zero))
        if m == zero:
            continue
        s = _U(ids[_U(list_[k])]) * _U(7)
        sums[s] += _i64(m)
        sums[s + _U(1)] += _i64(mx) + left * _i64(m)
        sums[s + _U(2)] += _i64(my) + top * _i64(m)
        sums[s + _U(3)] += _i64(n)
        if second:
            mxx, mxy, myy = zero, zero, zero
            for p in range(pixels):
                mine = owner[p] == own
                mxx = _i32(mxx + (weighed[_U(256) + p] if mine else zero))
                mxy = _i32(mxy + (weighed[_U(320) + p] if mine else zero))
                myy = _i32(myy + (weighed[_U(384) + p] if mine else zero))
            sums[s + _U(4)] += _i64(mxx) + left * (_i64(mx) + _i64(mx)) + left * left * _i64(m)
            sums[s + _U(5)] += _i64(mxy) + left * _i64(my) + top * _i64(mx) + left * top * _i64(m)
            sums[s + _U(6)] += _i64(myy) + top * (_i64(my) + _i64(my)) + top * top * _i64(m)


@kernel
def cell_sums(
    tiles: ReadU16, filled: ReadI64, rows: int, columns: int, x: ReadF32, y: ReadF32, powers: ReadF32, second: bool,
    first: WriteI32, sx: WriteF32, sy: WriteF32, sp: WriteF32, ids: WriteI32, near: WriteF32, blocks: WriteF32,
    list_: WriteI32, sums: WriteI64,
) -> None:  # fmt: skip
    """Sums over the cells; see `Cells.sums`."""
    across = np.empty(64, np.float32)
    down = np.empty(64, np.float32)
    ix = np.empty(64, np.int32)
    iy = np.empty(64, np.int32)
    best = np.empty(64, np.float32)
    owner = np.zeros(64, np.int32)
    weighed = np.empty(7 * 64, np.int32)
    for p in range(64):
        ix[p], iy[p] = p % 8, p // 8
        across[p], down[p] = _f32(p % 8) - _f32(3.5), _f32(p // 8) - _f32(3.5)
    for i in range(_U(sums.size)):
        sums[i] = 0
    _sorted_in(x, y, powers, rows, columns, first, sx, sy, sp, ids)
    largest = _largest_powers(sp, first, rows, columns, near, blocks)
    for row in range(rows):
        reach = 1
        for column in range(columns):
            tile = row * columns + column
            if filled[_U(tile)] == 0:
                continue
            # Pixel (0, 0) has its centre at (0.5, 0.5).
            cx, cy = _f32(column * 8 + 4), _f32(row * 8 + 4)
            # Any site that is near will do: it bounds how far away others can matter.
            near_by = max(1, reach - 2)
            nearest = _nearest(sx, sy, sp, first, rows, columns, row, column, near_by, cx, cy)
            while nearest < 0:
                near_by *= 2
                nearest = _nearest(sx, sy, sp, first, rows, columns, row, column, near_by, cx, cy)
            # Its power distance to the farthest corner; sites beyond the reach must be farther from every pixel.
            dx, dy = abs(sx[_U(nearest)] - cx) + _f32(3.5), abs(sy[_U(nearest)] - cy) + _f32(3.5)
            needed = dx * dx + dy * dy - sp[_U(nearest)]
            most = near[_U(row // 8 * ((columns + 7) // 8) + column // 8)]
            if needed + largest > _f32(64 * 64):
                most = largest
            # Beyond r tiles a site is more than 8 r away from any pixel of this one.
            reach = max(1, _i64(np.sqrt(max(needed + most, _f32(0))) * _f32(0.125) + _f32(0.999)))
            count = _rivals(sx, sy, sp, first, rows, columns, row, column, reach, cx, cy, _U(nearest), list_)
            _owners(sx, sy, sp, cx, cy, list_, count, across, down, best, owner)
            _weigh(tiles, _U(tile * 64), ix, iy, second, weighed)
            _add_tile(weighed, column * 8, row * 8, list_, ids, count, owner, second, sums)


class Cells:
    """A grid of weights, to be shared out between sites again and again.

    Parameters
    ----------
    weights : (H, W) uint16
    """

    def __init__(self, weights: NDArray[np.uint16]) -> None:
        self.height, self.width = weights.shape
        self.tiles, self.rows, self.columns = tiled(weights)
        self.filled = self.tiles.reshape(-1, TILE * TILE).sum(axis=1, dtype=np.int64)
        self.total = int(self.filled.sum())

    def sums(
        self, x: NDArray[np.float32], y: NDArray[np.float32], powers: NDArray[np.float32], second: bool = False
    ) -> NDArray[np.int64]:
        """What the cells of sites add up to.

        A pixel belongs to the site whose squared distance from the pixel's centre, less the site's power, is least:
        with equal powers to the nearest.

        Parameters
        ----------
        x, y : (M,) float32
            Where the sites are, in the plane where pixel (x, y) covers [x, x + 1) × [y, y + 1).
        powers : (M,) float32
            px²; larger ones make larger cells.
        second : bool
            Whether the last three sums are wanted.

        Returns
        -------
        (M, 7) int64
            Sums over the pixels of each cell: weight; weight times column, times row; pixels that weigh something;
            weight times column², times column times row, times row².

        Notes
        -----
        Tile by tile: sites are sorted into tiles, those around a tile are thinned out to the few that may own one of
        its pixels, and each pixel is compared with these. Sums are of whole numbers, so their order does not matter.

        References
        ----------
        Aurenhammer (1987), Power diagrams: properties, algorithms and applications, SIAM J. Comput. 16(1).
        """
        count, tiles = len(x), self.rows * self.columns
        sums = zeros((count, SUMS), np.int64)
        if not count:
            return sums
        sx, sy, sp = empty((3, count), np.float32)
        blocks = empty((2, -(-self.rows // 8) * -(-self.columns // 8)), np.float32)
        cell_sums(
            self.tiles, self.filled, self.rows, self.columns, x, y, powers, second,
            empty(tiles + 1, np.int32), sx, sy, sp, empty(count, np.int32), blocks[0], blocks[1],
            empty(count + 1, np.int32), sums,
        )  # fmt: skip
        return sums
