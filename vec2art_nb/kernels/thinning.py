"""Ink worn down to lines one pixel wide, 64 pixels at a time.

References
----------
Zhang, Suen (1984), A fast parallel algorithm for thinning digital patterns, Communications of the ACM 27(3).
Guo, Hall (1989), Parallel thinning with two-subiteration algorithms, Communications of the ACM 32(3), algorithm A1.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import zeros
from vec2art_nb.kernels._jit import WriteU8, WriteU64, jitted, kernel
from vec2art_nb.kernels.bit_planes import pixels_of, plane_of

# For the type checker these are any numbers, as all is between kernels.
_u64: Any = np.uint64


def thinned(mask: NDArray[np.uint8], method: Literal["zhang_suen", "guo_hall"]) -> NDArray[np.int32]:
    """The skeleton's pixels, in scan order, as indices into the flat picture.

    Parameters
    ----------
    mask : (H, W) uint8
        1 is ink, 0 is page.
    method : {"zhang_suen", "guo_hall"}
        Guo and Hall's lines are one pixel wide on diagonals too, where Zhang and Suen's are a staircase of two; theirs
        wear 2×2 squares away altogether.
    """
    plane = plane_of(mask)
    height, words = plane.shape[0] - 2, plane.shape[1] - 2
    active = np.ones(height + 2, np.uint8)
    changed = zeros(height + 2, np.uint8)
    thin = zhang_suen if method == "zhang_suen" else guo_hall
    thin(height, words, plane, zeros(plane.shape, plane.dtype), active, changed)
    return pixels_of(plane, mask.shape[1])


@jitted
def _neighbours(plane: Any, i: Any, stride: Any) -> tuple[Any, Any, Any, Any, Any, Any, Any, Any]:
    """The neighbours of 64 pixels, named as in both papers: p2 is north, then clockwise."""
    one, last = _u64(1), _u64(63)
    here, north, south = plane[i], plane[i - stride], plane[i + stride]
    return (
        north,
        (north >> one) | (plane[i - stride + one] << last),
        (here >> one) | (plane[i + one] << last),
        (south >> one) | (plane[i + stride + one] << last),
        south,
        (south << one) | (plane[i + stride - one] >> last),
        (here << one) | (plane[i - one] >> last),
        (north << one) | (plane[i - stride - one] >> last),
    )


@jitted
def _guo_hall_row(source: Any, target: Any, start: int, stride: int, words: int, second: Any) -> Any:
    """One row of one sub-iteration; ``second`` is all ones in the second. Returns the bits that went."""
    gone = _u64(0)
    for i in range(_u64(start), _u64(start + words)):
        p2, p3, p4, p5, p6, p7, p8, p9 = _neighbours(source, i, _u64(stride))
        # Exactly one piece of ink round the pixel.
        a, b, e, f = ~p2 & (p3 | p4), ~p4 & (p5 | p6), ~p6 & (p7 | p8), ~p8 & (p9 | p2)
        once = (a ^ b ^ e ^ f) & ~((a & b) | (e & f))
        # Two or three of the pairs of neighbours that begin at a side, and of those that begin at a corner.
        g1, g2, g3, g4 = p9 | p2, p3 | p4, p5 | p6, p7 | p8
        h1, h2, h3, h4 = p2 | p3, p4 | p5, p6 | p7, p8 | p9
        some = ((g1 & g2) | (g3 & g4) | ((g1 | g2) & (g3 | g4))) & ((h1 & h2) | (h3 & h4) | ((h1 | h2) & (h3 | h4)))
        many = g1 & g2 & g3 & g4 & h1 & h2 & h3 & h4
        keep = ((p2 | p3 | ~p5) & p4 & second) | ((p6 | p7 | ~p9) & p8 & ~second)
        removed = source[i] & once & some & ~many & ~keep
        target[i] = source[i] & ~removed
        gone |= removed
    return gone


@jitted
def _zhang_suen_row(source: Any, target: Any, start: int, stride: int, words: int, second: Any) -> Any:
    """One row of one sub-iteration; ``second`` is all ones in the second. Returns the bits that went."""
    gone = _u64(0)
    for i in range(_u64(start), _u64(start + words)):
        p2, p3, p4, p5, p6, p7, p8, p9 = _neighbours(source, i, _u64(stride))
        # Exactly one step from page to ink round the pixel.
        a1, a2, a3, a4 = ~p2 & p3, ~p3 & p4, ~p4 & p5, ~p5 & p6
        a5, a6, a7, a8 = ~p6 & p7, ~p7 & p8, ~p8 & p9, ~p9 & p2
        b1, b2, b3, b4 = a1 | a2, a3 | a4, a5 | a6, a7 | a8
        twice = (a1 & a2) | (a3 & a4) | (a5 & a6) | (a7 & a8) | (b1 & b2) | (b3 & b4) | ((b1 | b2) & (b3 | b4))
        once = (b1 | b2 | b3 | b4) & ~twice
        # From two to six neighbours: a pair that has both, or two pairs that have one; not seven or eight.
        n1, n2, n3, n4 = p2 | p3, p4 | p5, p6 | p7, p8 | p9
        m1, m2, m3, m4 = p2 & p3, p4 & p5, p6 & p7, p8 & p9
        some = m1 | m2 | m3 | m4 | (n1 & n2) | (n3 & n4) | ((n1 | n2) & (n3 | n4))
        many = ((m1 & m2 & (m3 | m4)) | (m3 & m4 & (m1 | m2))) & n1 & n2 & n3 & n4
        keep = (p2 & p8 & (p4 | p6) & second) | (p4 & p6 & (p2 | p8) & ~second)
        removed = source[i] & once & some & ~many & ~keep
        target[i] = source[i] & ~removed
        gone |= removed
    return gone


@jitted
def _next_active(changed: Any, active: Any) -> bool:
    """Remember which rows changed in the last two sub-iterations; whether any did in the last."""
    some = False
    for y in range(1, changed.size - 1):
        active[y] = np.uint8((active[y] & np.uint8(1)) << np.uint8(1) | changed[y])
        some |= changed[y] != 0
    return some


@kernel
def guo_hall(height: int, words: int, plane: WriteU64, other: WriteU64, active: WriteU8, changed: WriteU8) -> None:
    """Thin until nothing changes.

    Parameters
    ----------
    words : int
        ⌈W / 64⌉.
    plane : (H + 2, words + 2) uint64, written
        As `plane_of` gives it; the skeleton afterwards.
    other : the same, zero, scratch
    active, changed : (H + 2,) uint8, ones and zeros, scratch
        Rows that changed in the last two sub-iterations, and in this one.
    """
    stride = words + 2
    none, every = _u64(0), ~_u64(0)
    again = True
    while again:
        for y in range(1, height + 1):
            start = y * stride + 1
            if active[y - 1] | active[y] | active[y + 1]:
                changed[y] = _guo_hall_row(plane, other, start, stride, words, none) != none
            else:
                # Nothing changed in two sub-iterations: both planes have it.
                changed[y] = 0
        again = _next_active(changed, active)
        for y in range(1, height + 1):
            start = y * stride + 1
            if active[y - 1] | active[y] | active[y + 1]:
                changed[y] = _guo_hall_row(other, plane, start, stride, words, every) != none
            else:
                changed[y] = 0
        again |= _next_active(changed, active)


@kernel
def zhang_suen(height: int, words: int, plane: WriteU64, other: WriteU64, active: WriteU8, changed: WriteU8) -> None:
    """Thin until nothing changes; parameters as of `guo_hall`."""
    stride = words + 2
    none, every = _u64(0), ~_u64(0)
    again = True
    while again:
        for y in range(1, height + 1):
            start = y * stride + 1
            if active[y - 1] | active[y] | active[y + 1]:
                changed[y] = _zhang_suen_row(plane, other, start, stride, words, none) != none
            else:
                # Nothing changed in two sub-iterations: both planes have it.
                changed[y] = 0
        again = _next_active(changed, active)
        for y in range(1, height + 1):
            start = y * stride + 1
            if active[y - 1] | active[y] | active[y + 1]:
                changed[y] = _zhang_suen_row(other, plane, start, stride, words, every) != none
            else:
                changed[y] = 0
        again |= _next_active(changed, active)
