"""From lightness to the ink that it asks for, and to coarser grids of it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import empty
from vec2art_nb.kernels._jit import ReadI16, ReadU8, ReadU16, WriteI32, WriteU16, jitted, kernel

_U: Any = np.uint64
_i32: Any = np.int32
_i64: Any = np.int64
_u16: Any = np.uint16

#: What stands for ink everywhere.
FULL = 65535

#: L* × 256 of white, the last index of a curve.
WHITE = 25600


def ink_wanted(
    lightness: NDArray[np.int16], curve: NDArray[np.uint16], coverage: NDArray[np.uint8] | None
) -> tuple[NDArray[np.uint16], int]:
    """How much ink each pixel asks for.

    Parameters
    ----------
    lightness : (H, W) int16
        L* times 256, 0 … 25600.
    curve : (25601,) uint16
        The ink for each lightness; 65535 is ink everywhere.
    coverage : (H, W) uint8, optional
        How much each pixel belongs to the subject: 255 wholly, 0 not at all. None: everything does.

    Returns
    -------
    ink : (H, W) uint16
    total : int
        Their sum.
    """
    out = empty(lightness.shape, np.uint16)
    subject = np.empty(0, np.uint8) if coverage is None else coverage
    total = int(wanted(lightness, curve, subject, out))
    return out, total


@jitted
def _looked_up(lightness: Any, curve: Any, first: Any, last: Any, out: Any) -> None:
    for i in range(first, last):
        out[i] = curve[_U(lightness[i])]


@jitted
def _covered(coverage: Any, first: Any, last: Any, out: Any) -> None:
    for i in range(first, last):
        out[i] = _u16(_i32(_i32(_i32(out[i]) * _i32(coverage[i])) // _i32(255)))


@jitted
def _sum(values: Any, first: Any, last: Any) -> Any:
    total = _i64(0)
    for i in range(first, last):
        total += _i64(values[i])
    return total


@kernel
def wanted(lightness: ReadI16, curve: ReadU16, coverage: ReadU8, out: WriteU16) -> Any:
    """The ink that pixels ask for, and its sum; see `ink_wanted`."""
    n, step = _U(out.size), _U(4096)
    total = _i64(0)
    for first in range(_U(0), n, step):
        last = min(first + step, n)
        _looked_up(lightness, curve, first, last, out)
        if coverage.size > 0:
            _covered(coverage, first, last, out)
        total += _sum(out, first, last)
    return total


def reduced(values: NDArray[np.uint16], halves: int) -> NDArray[np.uint16]:
    """Means over squares. What a square has beyond the border counts as 0.

    Parameters
    ----------
    values : (H, W) uint16
    halves : int
        Side of the squares in half pixels, 2 or more; a pixel that lies in two squares is shared.

    Returns
    -------
    (ceil(2 H / halves), ceil(2 W / halves)) uint16
        Rounded down.
    """
    if halves == 2:
        return values
    height, width = values.shape
    out = empty((-(-2 * height // halves), -(-2 * width // halves)), np.uint16)
    square_means(values, height, width, halves, empty(width + halves, np.int32), out)
    return out


@jitted
def _add_row(values: Any, o: Any, weight: Any, width: Any, sums: Any) -> None:
    for x in range(width):
        sums[x] = _i32(sums[x] + _i32(weight * _i32(values[o + x])))


@jitted
def _whole_means(sums: Any, side: Any, o: Any, columns: Any, area: Any, out: Any) -> None:
    for x in range(columns):
        total = _i64(0)
        for k in range(side):
            total += _i64(sums[x * side + k])
        # Each pixel has two halves across.
        out[o + x] = _u16(_U(total + total) // area)


@kernel
def square_means(values: ReadU16, height: int, width: int, halves: int, sums: WriteI32, out: WriteU16) -> None:
    """Means over squares; see `reduced`."""
    columns = (2 * width + halves - 1) // halves
    area = _U(halves * halves)
    for x in range(_U(width), _U(sums.size)):
        sums[x] = _i32(0)
    for row in range((2 * height + halves - 1) // halves):
        first, last = row * halves, min(2 * height, (row + 1) * halves)
        for x in range(_U(width)):
            sums[x] = _i32(0)
        y = first // 2
        while 2 * y < last:
            weight = min(last, 2 * y + 2) - max(first, 2 * y)
            _add_row(values, _U(y * width), _i32(weight), _U(width), sums)
            y += 1
        o = _U(row * columns)
        if halves % 2 == 0:
            _whole_means(sums, _U(halves // 2), o, _U(columns), area, out)
            continue
        for column in range(columns):
            # Every other square begins in the middle of a pixel, and those between end there.
            start = _U(column * halves // 2)
            odd = column % 2
            total = _i64(0)
            for k in range(_U(halves // 2)):
                total += _i64(sums[start + k + _U(odd)])
            edge = _i64(sums[start]) if odd == 1 else _i64(sums[start + _U(halves // 2)])
            out[o + _U(column)] = _u16(_U(total + total + edge) // area)
