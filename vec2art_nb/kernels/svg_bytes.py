"""Paths to the bytes of SVG path elements, on an integer grid."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.kernels._jit import ReadF32, ReadI32, ReadI64, ReadU8, ReadU64, WriteU8, jitted, kernel

_MOVETO, _LINETO = 1, 2

_SPACE, _MINUS, _ZERO = 32, 45, 48
_C, _H, _L, _M, _S, _V, _Z = (ord(letter) for letter in "chlmsvz")

# What stands before the next number. After "1.5" comes ".5" without a separator, after "1" it does not.
_AFTER_LETTER, _AFTER_WHOLE, _AFTER_POINT = 0, 1, 2

# A word is seven characters and, in the top byte, their count (four bits) and these flags.
_STARTS_WITH_POINT, _HAS_POINT = 4, 5

# Magnitudes below this are written from a table. Any fraction is among them while a px has at most this many steps.
_WORDS = 10_000

#: Digits after the point that the grid can have.
MAX_PRECISION = 4


@cache
def number_words(precision: int) -> NDArray[np.uint64]:
    """Text of the magnitudes 0 … 9999 in grid units, as words of seven characters, a length and flags."""
    words = np.empty(_WORDS, np.uint64)
    for magnitude in range(_WORDS):
        whole, fraction = divmod(magnitude, 10**precision)
        decimals = f".{fraction:0{precision}d}".rstrip("0") if fraction else ""
        text = (str(whole) if whole or not decimals else "") + decimals
        flags = (not whole and fraction > 0) << _STARTS_WITH_POINT | (fraction > 0) << _HAS_POINT
        words[magnitude] = int.from_bytes(text.encode().ljust(7, b"\0"), "little") | (len(text) | flags) << 56
    words.flags.writeable = False
    return words


def bytes_needed(points: int, largest_coordinate: float, precision: int) -> int:
    """Upper bound of what ``svg_paths`` writes for so many points, without the heads and tails of the elements."""
    # The longest move crosses the whole plane; a sign or space and the point come on top, and a zero before neither.
    digits = len(str(2 * (int(largest_coordinate * 10**precision) + 1)))
    number = max(digits, precision) + 2
    # A letter and two numbers per point, "h0" or "z" per subpath, and room for the last word's unused characters.
    return points * (2 * number + 3) + 16


@jitted
def _on_grid(coordinate: Any, unit: Any) -> Any:
    # Exact: the 24 bits of a float32 times 5**4 fit the 53 of a float64, so half to even is decided on the true value.
    return np.int64(np.rint(np.float64(coordinate) * np.float64(unit)))


# Arrays are touched in this one function only: handing them to a jitted helper costs four atomic reference counts a
# call, which made numbers six times slower. Numbers wait in v0 … v5, so that the code that writes one stands here once.
@kernel
def svg_paths(
    points: ReadF32,
    codes: ReadU8,
    offsets: ReadI64,
    styles: ReadI32,
    closed: ReadU8,
    heads: ReadU8,
    head_offsets: ReadI64,
    tail: ReadU8,
    words: ReadU64,
    unit: int,
    out: WriteU8,
) -> int:
    """Write one path element per run of consecutive paths of one style; return how many bytes that took.

    Points are rounded to the grid, half to even, before differences are taken, so relative moves do not drift. A move
    that vanishes on the grid is left out; a subpath of which nothing is left becomes a dot (``h0``).

    Parameters
    ----------
    points : (N, 2) float32, read-only
        px, control points included; finite, magnitudes at most 2**24.
    codes : (N,) uint8, read-only
        As in matplotlib.path: 1 MOVETO, 2 LINETO, 4 CURVE4 in threes. A path begins with 1; each 1 begins a subpath.
    offsets : (P + 1,) int64, read-only
        First point of each path, then N.
    styles : (P,) int32, read-only
        Style of each path.
    closed : (P,) uint8, read-only
        1 where the subpaths of a path return to their start.
    heads : uint8, read-only
    head_offsets : (S + 1,) int64, read-only
        What the element of each style begins with, up to the quote before its path data; joined, and where each begins.
    tail : uint8, read-only
        What every element ends with.
    words : (10000,) uint64, read-only
        From ``number_words`` for this precision.
    unit : int
        Grid steps per px: 10**precision, at most 10**4.
    out : uint8, written
        At least ``bytes_needed`` plus the heads and tails.

    References
    ----------
    SVG 1.1, 8.3.9, "The grammar for path data".
    """
    one = np.uint64(1)
    at: Any = np.uint64(0)
    x = np.int64(0)
    y = np.int64(0)
    start_x = np.int64(0)
    start_y = np.int64(0)
    mirror_x = np.int64(0)
    mirror_y = np.int64(0)
    v2 = np.int64(0)
    v3 = np.int64(0)
    v4 = np.int64(0)
    v5 = np.int64(0)
    letter = 0
    before: Any = _AFTER_LETTER
    drawn = False
    for path in range(styles.size):
        style = styles[path]
        if path == 0 or style != styles[path - 1]:
            if path > 0:
                for byte in range(tail.size):
                    out[at] = tail[byte]
                    at += one
            for byte in range(head_offsets[style], head_offsets[style + 1]):
                out[at] = heads[byte]
                at += one
            x = np.int64(0)  # the first, relative move of an element counts from the origin
            y = np.int64(0)
        k: Any = np.uint64(offsets[path])
        end = np.uint64(offsets[path + 1])
        while k < end:
            code = codes[k]
            to_x = _on_grid(points[k + k], unit)
            to_y = _on_grid(points[k + k + one], unit)
            k += one
            v0 = to_x - x
            v1 = to_y - y
            wanted = _L
            count = 2
            if code == _LINETO:
                mirror_x = np.int64(0)
                mirror_y = np.int64(0)
                if v1 == 0:
                    wanted = _H
                    count = 0 if v0 == 0 else 1
                elif v0 == 0:
                    wanted = _V
                    count = 1
                    v0 = v1
                if closed[path] and drawn and to_x == start_x and to_y == start_y and (k == end or codes[k] == _MOVETO):
                    count = 0  # "z" draws it
            elif code == _MOVETO:
                wanted = _M
                start_x = to_x
                start_y = to_y
                mirror_x = np.int64(0)
                mirror_y = np.int64(0)
                drawn = False
            else:
                v2 = _on_grid(points[k + k], unit) - x
                v3 = _on_grid(points[k + k + one], unit) - y
                k += one
                to_x = _on_grid(points[k + k], unit)
                to_y = _on_grid(points[k + k + one], unit)
                k += one
                v4 = to_x - x
                v5 = to_y - y
                wanted = _C
                count = 6
                if (v0 | v1 | v2 | v3 | v4 | v5) == 0:
                    count = 0
                elif v0 == mirror_x and v1 == mirror_y:
                    wanted = _S
                    count = 4
                    v0, v1, v2, v3 = v2, v3, v4, v5
                mirror_x = v4 - v2 if count == 6 else v2 - v0
                mirror_y = v5 - v3 if count == 6 else v3 - v1
            x = to_x
            y = to_y
            if count > 0:
                drawn = code != _MOVETO
                if wanted != letter or code == _MOVETO:
                    out[at] = np.uint8(wanted)
                    at += one
                    before = _AFTER_LETTER
                # Pairs after a relative move are relative lines.
                letter = _L if code == _MOVETO else wanted
            while count > 0:
                count -= 1
                negative = np.int64(v0 < 0)
                magnitude = np.int64(abs(v0))
                v0, v1, v2, v3, v4 = v1, v2, v3, v4, v5
                if magnitude >= _WORDS:
                    whole = magnitude // unit
                    magnitude -= whole * unit
                    if negative or before != _AFTER_LETTER:
                        out[at] = np.uint8(_MINUS if negative else _SPACE)
                        at += one
                    power = np.int64(1)
                    while power <= whole // 10:
                        power *= 10
                    while power > 0:
                        out[at] = np.uint8(_ZERO + whole // power % 10)
                        at += one
                        power //= 10
                    before = _AFTER_WHOLE
                    if magnitude == 0:
                        continue
                    before = _AFTER_LETTER  # the fraction follows at once
                    negative = np.int64(0)
                word = words[np.uint64(magnitude)]
                info = np.int64(word >> np.uint64(56))
                starts_with_point = (info >> _STARTS_WITH_POINT) & 1
                spaced = np.int64(before == _AFTER_WHOLE) | (np.int64(before == _AFTER_POINT) & (1 - starts_with_point))
                out[at] = np.uint8(_MINUS if negative else _SPACE)
                at += np.uint64(negative | spaced)
                # LLVM makes one store of these; what is too much is overwritten by what follows.
                out[at] = np.uint8(word)
                out[at + np.uint64(1)] = np.uint8(word >> np.uint64(8))
                out[at + np.uint64(2)] = np.uint8(word >> np.uint64(16))
                out[at + np.uint64(3)] = np.uint8(word >> np.uint64(24))
                out[at + np.uint64(4)] = np.uint8(word >> np.uint64(32))
                out[at + np.uint64(5)] = np.uint8(word >> np.uint64(40))
                out[at + np.uint64(6)] = np.uint8(word >> np.uint64(48))
                out[at + np.uint64(7)] = np.uint8(word >> np.uint64(56))
                at += np.uint64(info & 15)
                before = _AFTER_WHOLE + ((info >> _HAS_POINT) & 1)
            if k == end or codes[k] == _MOVETO:
                if not drawn:
                    # A dot: round caps paint a line of no length, they do not paint a lone move.
                    out[at] = np.uint8(_H)
                    out[at + one] = np.uint8(_ZERO)
                    at += np.uint64(2)
                elif closed[path]:
                    out[at] = np.uint8(_Z)
                    at += one
                    x = start_x
                    y = start_y
    if styles.size > 0:
        for byte in range(tail.size):
            out[at] = tail[byte]
            at += one
    return int(at)
