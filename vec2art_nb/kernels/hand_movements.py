"""What is known of a hand, and the movements in which it draws a path."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from vec2art_nb.kernels._jit import jitted
from vec2art_nb.kernels.hand_noise import signed_unit
from vec2art_nb.kernels.hand_pieces import SEGMENT, START, path_length, turn_at

# For the type checker these are any numbers, as all is between kernels.
_i64: Any = np.int64
_f64: Any = np.float64
_u64: Any = np.uint64


class Manner(NamedTuple):
    """How a hand draws. Lengths are in units, a unit being what looks like a thousandth of the picture."""

    #: px
    unit: float
    #: How far tremor and wobble move the line; about two fifths of it is their standard deviation.
    tremor: float
    wobble: float
    #: How long the pen takes to lift; landing takes half as long. And what is left of the width at the tips, 0 … 1.
    taper: float
    tip: float
    #: 0 no influence of bends on the width, 1 that of the power law.
    pressure: float
    #: How far a stroke may run on beyond its end; it may also stop short by half as much.
    overshoot: float
    #: Factor of all widths, since tapering takes ink away and repeating adds some.
    weight: float
    #: Share by which the width varies along a stroke and from stroke to stroke.
    weight_variation: float
    #: How far a second go lies from the first.
    drift: float
    #: Length after which the pen is lifted, about; 0 never.
    lift: float
    #: px, the size of the picture, which no point leaves
    width: float
    height: float


# The places of the manner's numbers in the array that kernels get.
(UNIT, TREMOR, WOBBLE, TAPER, TIP, PRESSURE, OVERSHOOT, WHOLE_WEIGHT, VARIATION) = (_u64(k) for k in range(9))
DRIFT, LIFT, WIDTH, HEIGHT = (_u64(k) for k in range(9, len(Manner._fields)))

# Kinds of ends of a movement: free; at a corner; lifted on the way; where a loop closes.
FREE, CORNER, LIFTED, SEAM = 0.0, 1.0, 2.0, 3.0

# Corners where the pen may be lifted turn by 50° or more; both legs are as long as this, in units.
_CORNER_COSINE, _SHORTEST_LEG = 0.64, 16.0
# By how much movements overlap where the pen was lifted on the way, in units.
_OVERLAP = 9.0
# Half the share of its length by which a later go may be short at an end.
_SHORTER = 0.06
# Streams of random numbers; as int64, because helpers are compiled anew for each plain constant.
_ENDS, _BREAKS = _i64(30), _i64(1000)


@jitted
def breaks_of(segments: Any, count: int, is_loop: bool, settings: Any, key: int, breaks: Any) -> int:
    """Where along a path the pen is lifted, as pairs of the way and a kind, ends included; returns how many."""
    unit, lift = _f64(settings[UNIT]), _f64(settings[LIFT]) * _f64(settings[UNIT])
    length = path_length(segments, count)
    seam = SEAM if is_loop and turn_at(segments, count - 1, _i64(0)) > _CORNER_COSINE else FREE
    if is_loop and seam == FREE:
        seam = CORNER
    breaks[0], breaks[1] = 0.0, seam
    n = _i64(1)
    if lift > 0.0:
        last = 0.0
        for j in range(1, count + 1):
            at = segments[SEGMENT * j + START] if j < count else length
            is_corner = j < count and turn_at(segments, j - 1, j) <= _CORNER_COSINE
            if is_corner and (at - last < _SHORTEST_LEG * unit or length - at < _SHORTEST_LEG * unit):
                is_corner = False
            if not (is_corner or j == count):
                continue
            # Long ways are drawn in several movements.
            while True:
                own = lift * (1.0 + 0.4 * signed_unit(key, _BREAKS + n))
                if at - last < 1.5 * own:
                    break
                last += own
                breaks[2 * n], breaks[2 * n + 1] = last, LIFTED
                n += 1
            if is_corner:
                breaks[2 * n], breaks[2 * n + 1] = at, CORNER
                n += 1
                last = at
    breaks[2 * n], breaks[2 * n + 1] = length, seam
    number: int = n + 1
    return number


@jitted
def beyond_end(kind: float, room: float, go: int, settings: Any, key: int, end: int) -> float:
    """How far a movement goes on beyond its end, or stops short of it when below 0."""
    unit = _f64(settings[UNIT])
    chance = signed_unit(key, _ENDS + 2 * end)
    overshoot = _f64(settings[OVERSHOOT]) * unit
    if kind == LIFTED:
        overlap: float = min(0.3 * room, (_OVERLAP * unit) * (1.0 + 0.5 * chance))
        return overlap
    if kind == SEAM:
        # The thin ends lie on each other, and are long enough to meet though they are moved.
        overlap = (0.7 * _f64(settings[TAPER]) + _f64(settings[WOBBLE]) + _f64(settings[TREMOR])) * unit
        overlap = min(0.2 * room, overlap + overshoot * (1.0 + 0.5 * chance))
        return overlap if end == 1 else 0.0
    beyond = overshoot * (0.6 + 0.5 * chance if kind == CORNER else 0.25 + 0.75 * chance)
    if go > 0 and kind == FREE:
        beyond -= _SHORTER * room * (1.0 + signed_unit(key, _ENDS + 2 * end + 1))
    result: float = max(-0.2 * room, min(0.2 * room, beyond))
    return result
