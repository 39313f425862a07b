"""Paths drawn anew as if by hand.

A path is cut into short pieces along its length. Each piece stays the cubic it was, moved by a smooth field that
depends on the way along the stroke: a fine tremor that comes and goes, and a slow wobble. Between joints the field is
the cubic that has its values and slopes, and cubics add up, so nothing is fitted: smooth joints stay smooth, and
corners stay corners. The width follows the pressure of a hand, which moves slower in bends and leaves more ink there
(its speed goes with the third root of the radius), and the landing and lifting of the pen at the ends.

What is random depends on a seed and on where the stroke begins, so a stroke keeps its character whatever happens to
others, and to its own ink.

References
----------
Lacquaniti, Terzuolo, Viviani (1983), The law relating the kinematic and figural aspects of drawing movements, Acta
Psychologica 54, 115–130.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import copied
from vec2art_nb.kernels._jit import ReadF32, ReadI64, ReadU8, WriteF32, WriteI32, WriteI64, WriteU8, jitted, kernel
from vec2art_nb.kernels.chance import random_bits
from vec2art_nb.kernels.hand_movements import (
    DRIFT,
    HEIGHT,
    LIFT,
    LIFTED,
    PRESSURE,
    SEAM,
    TAPER,
    TIP,
    TREMOR,
    UNIT,
    VARIATION,
    WHOLE_WEIGHT,
    WIDTH,
    WOBBLE,
    Manner,
    beyond_end,
    breaks_of,
)
from vec2art_nb.kernels.hand_noise import signed_unit, smooth_noise
from vec2art_nb.kernels.hand_pieces import (
    BASE,
    PIECE,
    SEGMENT,
    TANGENT,
    WAY,
    add_extension,
    add_segment,
    cut,
    path_length,
)

# For the type checker these are any numbers, as all is between kernels.
_i64: Any = np.int64
_f64: Any = np.float64
_u64: Any = np.uint64

MOVETO, LINETO, CURVE4 = 1, 2, 4  # As in matplotlib.path.


class HandDrawn(NamedTuple):
    """Paths of varying width; see :class:`vec2art_nb.backends.stages.curves.Curves`."""

    points: NDArray[np.float32]
    codes: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    sources: NDArray[np.int32]
    widths: NDArray[np.float32]


# Lengths in units: pieces; the lattices of tremor, of how it comes and goes, of wobble and of the width.
_PIECE_LENGTH = 11.0
_TREMOR_LATTICE, _CALM_LATTICE, _WOBBLE_LATTICE, _WEIGHT_LATTICE = 8.0, 50.0, 45.0, 28.0
# A path that begins in the same cell keeps its random numbers.
_CELL = 4.0
# Curvature at which the pressure is the usual one, and what is added so that straight lines have some, per unit.
_USUAL_BEND, _LEAST_BEND = 1.0 / 55.0, 0.25 / 55.0
# Strokes of this length, in units, are main ones.
_MAIN = 200.0
# Strokes shorter than this are quick. Still shorter ones are drawn once only.
_QUICK = 90.0
_SHORTEST_REPEATED = 26.0
# How heavy a later go is beside the first.
_LATER_WEIGHT = 0.75
# Streams of random numbers of a go and a movement; as int64, because helpers are compiled anew for each plain constant.
_DRIFT_X, _DRIFT_Y, _MOVEMENTS = _i64(1), _i64(2), _i64(1_000_000)
_STROKE = _i64(0)
_TREMOR_X, _TREMOR_Y, _CALM, _WOBBLE_X, _WOBBLE_Y, _WEIGHT = (_i64(k) for k in range(11, 17))


def draw_by_hand(
    points: NDArray[np.float32],
    codes: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    closed: NDArray[np.bool_] | NDArray[np.uint8],
    widths: NDArray[np.float32],
    manner: Manner,
    goes: int,
    seed: int,
) -> HandDrawn:
    """Each path drawn by hand, ``goes`` times.

    Closed paths become open ones that run on a little beyond their beginning. Each path of the result tells in
    ``sources`` which path it draws; those that draw the same path follow each other.

    Parameters
    ----------
    points : (N, 2) float32
    codes : (N,) uint8
        As in ``matplotlib.path``: 1 MOVETO, 2 LINETO, 4 CURVE4 in threes.
    offsets : (P + 1,) int64
    closed : (P,) bool or uint8
    widths : (N,) float32
        px; along a curve the Bernstein polynomial of its four values.
    manner : Manner
    goes : int
        How many times each path is drawn, 1 or more.
    seed : int
    """
    flags = closed.view(np.uint8)
    way = float(np.abs(np.diff(points.astype(np.float64), axis=0)).sum()) if len(points) else 0.0
    capacity = int(goes * (2 * len(points) + 4 * way / (_PIECE_LENGTH * manner.unit) + 16 * len(closed))) + 256
    capacity = min(capacity, 1 << 24)
    settings = np.array(manner, np.float32)
    progress = np.zeros(3, np.int64)
    drawn = np.empty((0, 2), np.float32)
    drawn_codes = np.empty(0, np.uint8)
    drawn_offsets = np.zeros(1, np.int64)
    sources = np.empty(0, np.int32)
    drawn_widths = np.empty(0, np.float32)
    while True:
        drawn = np.concatenate([drawn, np.empty((capacity - len(drawn), 2), np.float32)])
        drawn_codes = np.concatenate([drawn_codes, np.empty(capacity - len(drawn_codes), np.uint8)])
        drawn_widths = np.concatenate([drawn_widths, np.empty(capacity - len(drawn_widths), np.float32)])
        # A path has four points at least, but for dots.
        paths = capacity // 4 + len(closed) + 1
        drawn_offsets = np.concatenate([drawn_offsets, np.zeros(paths + 1 - len(drawn_offsets), np.int64)])
        sources = np.concatenate([sources, np.empty(paths - len(sources), np.int32)])
        redraw(
            points, codes, offsets, flags, widths, settings, goes, seed,
            drawn, drawn_codes, drawn_offsets, sources, drawn_widths, progress,
        )  # fmt: skip
        done, count, total = progress.tolist()
        if done == len(closed):
            return HandDrawn(
                copied(drawn[:total]),
                copied(drawn_codes[:total]),
                copied(drawn_offsets[: count + 1]),
                copied(sources[:count]),
                copied(drawn_widths[:total]),
            )
        # How many pieces there are is known only once they are cut.
        capacity *= 2


@jitted
def _moved(key: int, way: float, tremor: float, wobble: float, unit: float) -> tuple[float, float, float, float]:
    """How far the line is moved at a place along the stroke, x and y, and how that changes along the way."""
    x, y, dx, dy = 0.0, 0.0, 0.0, 0.0
    if tremor > 0.0:
        calm, calm_slope = smooth_noise(random_bits(key, _CALM), way / (_CALM_LATTICE * unit))
        calm, calm_slope = 0.7 + 0.8 * calm, 0.8 * calm_slope / (_CALM_LATTICE * unit)
        lattice = _TREMOR_LATTICE * unit
        x, dx = smooth_noise(random_bits(key, _TREMOR_X), way / lattice)
        y, dy = smooth_noise(random_bits(key, _TREMOR_Y), way / lattice)
        dx, dy = tremor * (calm * dx / lattice + calm_slope * x), tremor * (calm * dy / lattice + calm_slope * y)
        x, y = tremor * calm * x, tremor * calm * y
    if wobble > 0.0:
        lattice = _WOBBLE_LATTICE * unit
        value, slope = smooth_noise(random_bits(key, _WOBBLE_X), way / lattice)
        x, dx = x + wobble * value, dx + wobble * slope / lattice
        value, slope = smooth_noise(random_bits(key, _WOBBLE_Y), way / lattice)
        y, dy = y + wobble * value, dy + wobble * slope / lattice
    return x, y, dx, dy


@jitted
def _pressures(pieces: Any, low: int, high: int, settings: Any, key: int, whole: float, factors: Any) -> None:
    """The factor of the width at the joints of pieces low … high, from bends and by chance."""
    unit = _f64(settings[UNIT])
    pressure, variation = _f64(settings[PRESSURE]), _f64(settings[VARIATION])
    for j in range(low, high + 1):
        turning = 0.0
        way = 0.0
        if j < high:
            at = PIECE * j
            turning += 0.5 * _apart(pieces, at + TANGENT, at + TANGENT + 2)
            way += 0.5 * (pieces[at + WAY + 1] - pieces[at + WAY])
        if j > low:
            at = PIECE * (j - 1)
            turning += 0.5 * _apart(pieces, at + TANGENT, at + TANGENT + 2)
            way += 0.5 * (pieces[at + WAY + 1] - pieces[at + WAY])
            if j < high:
                turning += _apart(pieces, at + TANGENT + 2, at + PIECE + TANGENT)
        # The bend of a piece or less is that of a corner in it.
        factors[j] = turning / max(way, 0.5 * _PIECE_LENGTH * unit)
    for _ in range(2):
        before = factors[low]
        for j in range(low, high + 1):
            here = factors[j]
            after = factors[min(j + 1, high)]
            factors[j] = 0.25 * before + 0.5 * here + 0.25 * after
            before = here
    # Width goes with slowness to the power 3/4: the fourth root of the curvature. A stroke that bends all along is a
    # small one, and no heavier for it: most of the mean is taken out.
    mean = 0.0
    for j in range(low, high + 1):
        bend = factors[j] * unit
        slow = math.sqrt(math.sqrt((bend + _LEAST_BEND) / (_USUAL_BEND + _LEAST_BEND)))
        factors[j] = 1.0 + pressure * (min(slow, 1.8) - 1.0)
        mean += factors[j] / (high + 1 - low)
    # Long strokes are the main ones.
    weight = 1.0 + variation * (2.0 * min(1.0, whole / (_MAIN * unit)) - 1.0 + 0.5 * signed_unit(key, _STROKE))
    weight /= 0.25 + 0.75 * mean
    for j in range(low, high + 1):
        way = pieces[PIECE * j + WAY] if j < high else pieces[PIECE * (j - 1) + WAY + 1]
        noise, _slope = smooth_noise(random_bits(key, _WEIGHT), way / (_WEIGHT_LATTICE * unit))
        factors[j] = max(0.1, weight * factors[j] * (1.0 + 2.0 * variation * noise))


@jitted
def _apart(pieces: Any, a: int, b: int) -> float:
    """How far two unit vectors are apart: nearly the angle between them."""
    dx, dy = pieces[b] - pieces[a], pieces[b + 1] - pieces[a + 1]
    return math.sqrt(dx * dx + dy * dy)


@jitted
def _tapered(way: float, length: float, tip: float) -> tuple[float, float]:
    """What the pen's landing leaves of the width so far from the end, and how that changes along the way."""
    if way >= length or length <= 0.0:
        return 1.0, 0.0
    x = max(0.0, way) / length
    return tip + (1.0 - tip) * x * (2.0 - x), (1.0 - tip) * 2.0 * (1.0 - x) / length


@jitted
def _slope(pieces: Any, low: int, high: int, j: int, factors: Any) -> float:
    """The slope of the factors at joint j, flat where they peak, so that nothing overshoots."""
    if j in (low, high):
        return 0.0
    before = pieces[PIECE * (j - 1) + WAY + 1] - pieces[PIECE * (j - 1) + WAY]
    after = pieces[PIECE * j + WAY + 1] - pieces[PIECE * j + WAY]
    left = (factors[j] - factors[j - 1]) / max(before, 1e-6)
    right = (factors[j + 1] - factors[j]) / max(after, 1e-6)
    if left * right <= 0.0:
        return 0.0
    # Fritsch and Butland's mean.
    mean: float = 2.0 * left * right / (left + right)
    return mean


@jitted
def _draw_pieces(
    pieces: Any, low: int, high: int, settings: Any, key: int, shift_x: float, shift_y: float,
    weight: float, whole: float, landing: float, lifting: float, factors: Any,
    drawn: Any, codes: Any, widths: Any, n: int,
) -> int:  # fmt: skip
    """One movement of the pen: pieces low … high, moved and weighted; returns the number of points."""
    tip = _f64(settings[TIP])
    right, bottom = _f64(settings[WIDTH]), _f64(settings[HEIGHT])
    _pressures(pieces, low, high, settings, key, whole, factors)
    begin = pieces[PIECE * low + WAY]
    end = pieces[PIECE * (high - 1) + WAY + 1]
    # A short stroke is a quick one, without tremor, and too short to drift.
    unit = _f64(settings[UNIT])
    tremor = _f64(settings[TREMOR]) * unit * min(1.0, 0.3 + 0.7 * (end - begin) / (_QUICK * unit))
    wobble = _f64(settings[WOBBLE]) * unit * min(1.0, 0.5 + 0.5 * (end - begin) / (_QUICK * unit))
    mx0, my0, sx0, sy0 = _moved(key, begin, tremor, wobble, unit)
    factor0 = weight * factors[low]
    slope0 = 0.0
    for j in range(low, high):
        at = PIECE * j
        way0, way1 = pieces[at + WAY], pieces[at + WAY + 1]
        mx1, my1, sx1, sy1 = _moved(key, way1, tremor, wobble, unit)
        hx, hy = pieces[at + 2] - pieces[at], pieces[at + 3] - pieces[at + 1]
        handle0 = math.sqrt(hx * hx + hy * hy)
        hx, hy = pieces[at + 6] - pieces[at + 4], pieces[at + 7] - pieces[at + 5]
        handle1 = math.sqrt(hx * hx + hy * hy)
        factor1 = weight * factors[j + 1]
        slope1 = weight * _slope(pieces, low, high, j + 1, factors)
        landed0, landing0 = _tapered(way0 - begin, landing, tip)
        lifted0, lifting0 = _tapered(end - way0, lifting, tip)
        landed1, landing1 = _tapered(way1 - begin, landing, tip)
        lifted1, lifting1 = _tapered(end - way1, lifting, tip)
        taper0, taper1 = landed0 * lifted0, landed1 * lifted1
        change0 = slope0 * taper0 + factor0 * (landing0 * lifted0 - landed0 * lifting0)
        change1 = slope1 * taper1 + factor1 * (landing1 * lifted1 - landed1 * lifting1)
        b0, b1, b2, b3 = pieces[at + BASE], pieces[at + BASE + 1], pieces[at + BASE + 2], pieces[at + BASE + 3]
        w0, w3 = b0 * factor0 * taper0, b3 * factor1 * taper1
        w1 = w0 + (b1 - b0) * factor0 * taper0 + b0 * change0 * handle0
        w2 = w3 + (b2 - b3) * factor1 * taper1 - b3 * change1 * handle1
        if j == low:
            codes[n] = MOVETO
            drawn[2 * n] = min(right, max(0.0, pieces[at] + shift_x + mx0))
            drawn[2 * n + 1] = min(bottom, max(0.0, pieces[at + 1] + shift_y + my0))
            widths[n] = w0
            n += 1
        drawn[2 * n] = min(right, max(0.0, pieces[at + 2] + shift_x + mx0 + sx0 * handle0))
        drawn[2 * n + 1] = min(bottom, max(0.0, pieces[at + 3] + shift_y + my0 + sy0 * handle0))
        drawn[2 * n + 2] = min(right, max(0.0, pieces[at + 4] + shift_x + mx1 - sx1 * handle1))
        drawn[2 * n + 3] = min(bottom, max(0.0, pieces[at + 5] + shift_y + my1 - sy1 * handle1))
        drawn[2 * n + 4] = min(right, max(0.0, pieces[at + 6] + shift_x + mx1))
        drawn[2 * n + 5] = min(bottom, max(0.0, pieces[at + 7] + shift_y + my1))
        widths[n], widths[n + 1], widths[n + 2] = max(0.0, w1), max(0.0, w2), w3
        for k in range(3):
            codes[n + k] = CURVE4
        n += 3
        mx0, my0, sx0, sy0, factor0, slope0 = mx1, my1, sx1, sy1, factor1, slope1
    return n


@kernel
def redraw(
    points: ReadF32,
    codes: ReadU8,
    offsets: ReadI64,
    closed: ReadU8,
    path_widths: ReadF32,
    settings: ReadF32,
    goes: int,
    seed: int,
    drawn: WriteF32,
    drawn_codes: WriteU8,
    drawn_offsets: WriteI64,
    sources: WriteI32,
    widths: WriteF32,
    progress: WriteI64,
) -> None:
    """Draw paths by hand until all are done or there is no more room.

    Parameters
    ----------
    points : (N, 2) float32
    codes : (N,) uint8
    offsets : (P + 1,) int64
    closed : (P,) uint8
    path_widths : (N,) float32
    settings : (13,) float32
        A `Manner`.
    goes, seed : int
    drawn : (M, 2) float32, written
    drawn_codes : (M,) uint8, written
    drawn_offsets : (Q + 1,) int64, written
    sources : (Q,) int32, written
    widths : (M,) float32, written
    progress : (3,) int64, written
        The paths done, the paths drawn of them, and their points; what was done before, when calling.
    """
    unit = _f64(settings[UNIT])
    longest = _PIECE_LENGTH * unit
    most = _i64(0)
    for path in range(closed.size):
        most = max(most, offsets[path + 1] - offsets[path])
    segments = np.empty(SEGMENT * (most + 1))
    pieces = np.empty(PIECE * 256)
    factors = np.empty(257)
    breaks = np.empty(512)
    beyond = np.empty(2)
    for path in range(progress[0], _i64(closed.size)):
        count_drawn = progress[1]
        n = progress[2]
        start = offsets[path]
        stop = offsets[path + 1]
        while start < stop:
            # A subpath in segments.
            first = start
            before = start
            count = _i64(0)
            i = start + 1
            while i < stop and codes[i] != MOVETO:
                is_curve = codes[i] == CURVE4
                count = add_segment(segments, count, points, path_widths, before, i, is_curve)
                before = i + 2 if is_curve else i
                i = before + 1
            start = i
            is_loop = closed[path] != 0 and count > 0
            if is_loop:
                count = add_segment(segments, count, points, path_widths, before, first, not is_loop)
            cell = _CELL * unit
            key = random_bits(
                random_bits(_u64(seed), _i64(points[2 * first] / cell)), _i64(points[2 * first + 1] / cell)
            )
            if count == 0:
                if n + 1 > drawn_codes.size or count_drawn + 1 > sources.size:
                    return
                drawn[2 * n], drawn[2 * n + 1] = points[2 * first], points[2 * first + 1]
                drawn_codes[n], widths[n] = MOVETO, path_widths[first]
                n += 1
                sources[count_drawn] = path
                count_drawn += 1
                drawn_offsets[count_drawn] = n
                continue
            length = path_length(segments, count)
            # At most twice round, and two extensions.
            needed = _i64(2.0 * length / longest) + 4 * count + 8
            if PIECE * needed > pieces.size:
                pieces = np.empty(2 * PIECE * needed)
                factors = np.empty(2 * needed + 1)
            needed = 2 * count + 8
            if settings[LIFT] > 0.0:
                needed += _i64(8.0 * length / (_f64(settings[LIFT]) * unit))
            if needed > breaks.size:
                breaks = np.empty(2 * needed)
            for go in range(goes):
                if go > 0 and length < _SHORTEST_REPEATED * unit:
                    break
                go_key = random_bits(key, go)
                number = breaks_of(segments, count, is_loop, settings, go_key, breaks)
                weight, shift_x, shift_y = _f64(settings[WHOLE_WEIGHT]), 0.0, 0.0
                if go > 0:
                    weight *= _LATER_WEIGHT
                    shift_x = _f64(settings[DRIFT]) * unit * signed_unit(go_key, _DRIFT_X)
                    shift_y = _f64(settings[DRIFT]) * unit * signed_unit(go_key, _DRIFT_Y)
                for k in range(number - 1):
                    movement = random_bits(go_key, _MOVEMENTS + k)
                    low_way, high_way = breaks[2 * k], breaks[2 * k + 2]
                    room = high_way - low_way
                    for end in range(2):
                        kind = breaks[2 * (k + end) + 1]
                        beyond[end] = beyond_end(kind, room, go, settings, movement, end)
                        if kind in (LIFTED, SEAM) or beyond[end] < 0.0:
                            # Along the path itself.
                            low_way -= beyond[end] if end == 0 else 0.0
                            high_way += beyond[end] if end == 1 else 0.0
                            beyond[end] = 0.0
                    low_way = max(0.0, low_way)
                    high_way = high_way if is_loop else min(length, high_way)
                    low, high = _i64(1), cut(segments, count, low_way, high_way, longest, pieces, _i64(1))
                    if high == low:
                        continue
                    extended = high_way - low_way + beyond[0] + beyond[1]
                    for end in range(2):
                        if beyond[end] > 0.0:
                            to = high if end == 1 else _i64(0)
                            from_piece = high - 1 if end == 1 else low
                            add_extension(pieces, PIECE * from_piece, PIECE * to, beyond[end], end)
                            low -= 1 - end
                            high += end
                    if n + 3 * (high - low) + 1 > drawn_codes.size or count_drawn + 1 > sources.size:
                        return
                    # A wide line needs a longer way to become thin.
                    taper = _f64(settings[TAPER]) * unit
                    taper += min(taper, 2.0 * pieces[PIECE * low + BASE])
                    n = _draw_pieces(
                        pieces, low, high, settings, movement, shift_x, shift_y, weight, length,
                        min(0.5 * taper, 0.35 * extended), min(taper, 0.5 * extended),
                        factors, drawn, drawn_codes, widths, n,
                    )  # fmt: skip
                    sources[count_drawn] = path
                    count_drawn += 1
                    drawn_offsets[count_drawn] = n
        progress[0] = path + 1
        progress[1] = count_drawn
        progress[2] = n
