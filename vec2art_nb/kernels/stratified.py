"""Dots that follow a density at random: one in each of equally heavy pieces of a space-filling curve."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import empty
from vec2art_nb.kernels._jit import ReadU16, WriteF32, WriteI64, jitted, kernel
from vec2art_nb.kernels.chance import lower_share, random_bits, upper_share

_U: Any = np.uint64
_f32: Any = np.float32
_i64: Any = np.int64

# Room for the parts of the curve that wait: three for each halving, six numbers each.
_STACK = 6 * 3 * 48


def stratified(
    weights: NDArray[np.uint16], count: int, spread: float, seed: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Dots as dense as the weights are: one in each of ``count`` equally heavy pieces of a Hilbert curve.

    Parameters
    ----------
    weights : (H, W) uint16
        Density, in any unit.
    count : int
        How many dots.
    spread : float
        0 … 1: how much of its piece a dot may be anywhere in; the middle part of it.
    seed : int

    Returns
    -------
    x, y : (count,) float32
        In the plane where pixel (x, y) covers [x, x + 1) × [y, y + 1), in the order of the curve, so that neighbours in
        the list are neighbours in the plane. None when all weights are 0.

    References
    ----------
    Hilbert (1891); the curve for rectangles of any size after J. Červený's generalization. Steigleder, McCool (2003),
    Generalized stratified sampling using the Hilbert curve, Journal of Graphics Tools 8(3).
    """
    height, width = weights.shape
    total = int(weights.sum(dtype=np.int64))
    x, y = empty((2, count if total else 0), np.float32)
    if len(x):
        strata(weights, height, width, total, count, spread, seed, np.empty(_STACK, np.int64), x, y)
    return x, y


@jitted
def _sign(value: Any) -> Any:
    return _i64(1) if value > 0 else (_i64(-1) if value < 0 else _i64(0))


@kernel
def strata(
    weights: ReadU16, height: int, width: int, total: int, count: int, spread: float, seed: int,
    stack: WriteI64, x: WriteF32, y: WriteF32,
) -> None:  # fmt: skip
    """One point in each of ``count`` equally heavy pieces of a Hilbert curve; see `stratified`."""
    if width >= height:
        stack[0], stack[1], stack[2], stack[3], stack[4], stack[5] = 0, 0, width, 0, 0, height
    else:
        stack[0], stack[1], stack[2], stack[3], stack[4], stack[5] = 0, 0, 0, height, width, 0
    depth = 1
    emitted = 0
    below = _i64(0)
    fine = _i64(1) << _i64(20)
    range_ = _i64(spread * _f32(1 << 20))
    calm = (fine - range_) // 2
    # Where on the curve the next point is, in 2**20ths of a piece's weight.
    place = calm + (_i64(random_bits(seed, 0) >> _U(44)) * range_ >> 20)
    # Where its piece begins, in whole weights and in parts of ``count``: divisions for each dot would take long.
    step, left_over = total // count, total % count
    begin, rest = _i64(0), _i64(0)
    threshold = begin + (place * step >> 20)
    while depth > 0:
        depth -= 1
        at = _U(depth * 6)
        px, py, ax, ay = stack[at], stack[at + _U(1)], stack[at + _U(2)], stack[at + _U(3)]
        bx, by = stack[at + _U(4)], stack[at + _U(5)]
        long, short = abs(ax + ay), abs(bx + by)
        dax, day, dbx, dby = _sign(ax), _sign(ay), _sign(bx), _sign(by)
        if short == 1 or long == 1:
            steps, sx, sy = (long, dax, day) if short == 1 else (short, dbx, dby)
            for _ in range(steps):
                below += _i64(weights[_U(py * width + px)])
                while emitted < count and threshold < below:
                    bits = random_bits(seed, 2 * emitted + 1)
                    x[_U(emitted)] = _f32(px) + upper_share(bits)
                    y[_U(emitted)] = _f32(py) + lower_share(bits)
                    emitted += 1
                    place = calm + (_i64(random_bits(seed, 2 * emitted) >> _U(44)) * range_ >> 20)
                    begin += step
                    rest += left_over
                    if rest >= count:
                        begin, rest = begin + 1, rest - count
                    threshold = begin + (place * step >> 20)
                px += sx
                py += sy
            continue
        ax2, ay2, bx2, by2 = ax // 2, ay // 2, bx // 2, by // 2
        at_next = at
        if 2 * long > 3 * short:
            if abs(ax2 + ay2) % 2 == 1 and long > 2:
                ax2 += dax
                ay2 += day
            # Last in, first out.
            _push(stack, at_next, px + ax2, py + ay2, ax - ax2, ay - ay2, bx, by)
            _push(stack, at_next + _U(6), px, py, ax2, ay2, bx, by)
            depth += 2
        else:
            if abs(bx2 + by2) % 2 == 1 and short > 2:
                bx2 += dbx
                by2 += dby
            _push(
                stack, at_next, px + (ax - dax) + (bx2 - dbx), py + (ay - day) + (by2 - dby), -bx2, -by2,
                -(ax - ax2), -(ay - ay2),
            )  # fmt: skip
            _push(stack, at_next + _U(6), px + bx2, py + by2, ax, ay, bx - bx2, by - by2)
            _push(stack, at_next + _U(12), px, py, bx2, by2, ax2, ay2)
            depth += 3
    # Nothing is left over: the last threshold is below the total.


@jitted
def _push(stack: Any, at: Any, x: Any, y: Any, ax: Any, ay: Any, bx: Any, by: Any) -> None:
    stack[at], stack[at + _U(1)], stack[at + _U(2)], stack[at + _U(3)] = x, y, ax, ay
    stack[at + _U(4)], stack[at + _U(5)] = bx, by
