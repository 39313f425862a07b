"""Gradients to edge points: maxima with sub-pixel places, thresholds from the image itself, hysteresis."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numba import prange
from numpy.typing import NDArray

from vec2art_nb.buffers import empty, scratch
from vec2art_nb.kernels import _jit
from vec2art_nb.kernels._jit import (
    ReadI16,
    ReadI32,
    ReadU16,
    WriteF32,
    WriteI8,
    WriteI32,
    WriteU8,
    WriteU16,
    WriteU32,
    jitted,
    kernel,
    parallel_kernel,
)

_U = np.uint64
_f32 = np.float32
_i8 = np.int8
_i32 = np.int32
_u8 = np.uint8
_u16 = np.uint16

# Below this the threads cost more than they bring (measured with two, idle before).
_PARALLEL_PIXELS = 8_000_000


# --- edge points ------------------------------------------------------------------------------------------------------


def edge_points(dx: NDArray[np.int16], dy: NDArray[np.int16]) -> tuple[NDArray[np.uint16], NDArray[np.int8]]:
    """Where the gradient is largest along its dominant axis, and how strong it is there.

    Parameters
    ----------
    dx, dy : (H, W) int16
        Gradient, any fixed point.

    Returns
    -------
    strength : (H, W) uint16
        Gradient magnitude in the units of ``dx`` at local maxima, else 0. The outermost pixels have no neighbours to
        compare with and are 0.
    offset : (H, W) int8
        How far from the pixel's centre the maximum is, in 1/128 px, from −64 to 64: along x where ``|dx| >= |dy|``,
        else along y. 0 where ``strength`` is 0.

    References
    ----------
    Devernay (1995), A non-maxima suppression method for edge detection with sub-pixel accuracy, INRIA RR-2724;
    Grompone von Gioi, Randall (2017), A sub-pixel edge detector, IPOL 7.
    """
    height, width = dx.shape
    strength = empty((height, width), np.uint16)
    offset = empty((height, width), np.int8)
    bands = _jit.threads() if height * width >= _PARALLEL_PIXELS else 1
    if bands > 1:
        gradient_maxima_bands(dx, dy, height, width, strength, offset, bands)
    else:
        gradient_maxima(dx, dy, height, width, strength, offset)
    return strength, offset


@jitted
def _magnitudes(dx: Any, dy: Any, o: Any, row: Any, slot: Any, n: Any) -> None:
    for x in range(n):
        a, b = _f32(dx[o + x]), _f32(dy[o + x])
        row[slot + x] = np.sqrt(a * a + b * b)


@jitted
def _maxima(
    dx: Any, dy: Any, o: Any, m: Any, up: Any, middle: Any, down: Any, strength: Any, offset: Any, n: Any
) -> None:
    one, two = _U(1), _U(2)
    # Shifted up, so that truncation rounds to nearest on both sides of zero.
    zero, half, scale, raised = _f32(0), _f32(0.5), _f32(64), _f32(128.5)
    # Two stores in one loop: what they share is most of the work.
    for x in range(n):
        here, left, right = m[middle + x + one], m[middle + x], m[middle + x + two]
        above, below = m[up + x + one], m[down + x + one]
        a, b = abs(_i32(dx[o + x + one])), abs(_i32(dy[o + x + one]))
        before = left if a >= b else above
        after = right if a >= b else below
        found = (here > before) & (here >= after)
        strength[o + x + one] = _u16(_i32((here if found else zero) + half))
        curvature = here - before + here - after
        shift = scale * (after - before) / (curvature if found else _f32(1))
        shift = shift if found else zero
        offset[o + x + one] = _i8(_i32(_i32(shift + raised) - _i32(128)))


@jitted
def _no_maxima(strength: Any, offset: Any, o: Any, n: Any, step: Any) -> None:
    for i in range(o, o + n, step):
        strength[i] = _u16(0)
        offset[i] = _i8(0)


@jitted
def _maxima_band(dx: Any, dy: Any, height: int, width: int, first: int, last: int, strength: Any, offset: Any) -> None:
    n = _U(width)
    magnitude = np.empty(3 * width, np.float32)
    inner = _U(max(0, width - 2))
    for y in range(max(0, first - 1), min(height, last + 1)):
        _magnitudes(dx, dy, _U(y * width), magnitude, _U(y % 3 * width), n)
        row = y - 1
        if row < max(first, 1):
            continue
        up, middle, down = _U((row - 1) % 3 * width), _U(row % 3 * width), _U(y % 3 * width)
        o = _U(row * width)
        _maxima(dx, dy, o, magnitude, up, middle, down, strength, offset, inner)
        _no_maxima(strength, offset, o, n, _U(max(1, width - 1)))
    for y in (0, height - 1):
        if first <= y < last:
            _no_maxima(strength, offset, _U(y * width), n, _U(1))


@kernel
def gradient_maxima(dx: ReadI16, dy: ReadI16, height: int, width: int, strength: WriteU16, offset: WriteI8) -> None:
    """Edge points; see `edge_points`."""
    _maxima_band(dx, dy, height, width, 0, height, strength, offset)


@parallel_kernel
def gradient_maxima_bands(
    dx: ReadI16, dy: ReadI16, height: int, width: int, strength: WriteU16, offset: WriteI8, bands: int
) -> None:
    """Edge points, in bands of rows; see `edge_points`."""
    for band in prange(bands):
        first, last = band * height // bands, (band + 1) * height // bands
        _maxima_band(dx, dy, height, width, first, last, strength, offset)


# --- thresholds -------------------------------------------------------------------------------------------------------

# An 8-bit picture moves in steps of about 0.4 L*: the edge of one such step has a strength of about 20 after any blur.
_ONE_STEP = 26.0

# Side of the blocks in which the local slope is taken off before noise is measured.
_BLOCK = 32

# About so many gradients are looked at.
_SAMPLES = 1 << 16

# Histogram of gradients: quarter units, as noise can be weaker than one unit.
_BINS, _BINS_PER_UNIT = 8192, 4


@dataclass(frozen=True, slots=True)
class EdgeScale:
    """What counts as weak and strong in one image, in the units of its gradient.

    Attributes
    ----------
    noise : float
        Standard deviation of dx and dy that comes from noise; an upper bound where texture is everywhere.
    slope : float
        A quarter of all gradients (that are not 0) are below: how steep the image is where there are no edges.
    strong : float
        A tenth of the maxima that stand out from noise are above; 0 when none stands out.
    """

    noise: float
    slope: float
    strong: float

    def floor(self, deviations: float) -> float:
        """Weaker maxima are noise, banding or shading."""
        return max(_ONE_STEP, deviations * self.noise, 2 * self.slope)

    def thresholds(self, detail: float) -> tuple[int, int]:
        """Low and high threshold for `hysteresis`; the more detail, the lower both.

        At detail 0 only what is as strong as the strong edges starts a line, at 1 all that noise can't explain. In
        between the high threshold falls with the square, which gives 0.36 of a strong edge at the default 0.4: chosen
        by eye on photographs.
        """
        # In pure noise of 1 MP hardly a maximum exceeds five standard deviations, and every tenth exceeds 2.2.
        high = max(self.floor(5.6 - 1.6 * detail), self.strong * (1 - detail) ** 2)
        low = max(0.35 * high, 2.2 * self.noise)
        return int(low), int(high)


def thresholds(
    strength: NDArray[np.uint16], dx: NDArray[np.int16], dy: NDArray[np.int16], detail: float
) -> tuple[int, int]:
    """Low and high threshold that suit this image; see `edge_scale` and `EdgeScale.thresholds`.

    Parameters
    ----------
    strength : (H, W) uint16
        Of `edge_points`.
    dx, dy : (H, W) int16
        The gradient that it comes from.
    detail : float
        From 0, few strong contours, to 1, everything that noise cannot explain.
    """
    return edge_scale(strength, dx, dy).thresholds(detail)


def edge_scale(strength: NDArray[np.uint16], dx: NDArray[np.int16], dy: NDArray[np.int16]) -> EdgeScale:
    """Measure how strong the image's noise and its edges are.

    Notes
    -----
    Gradients of noise are distributed after Rayleigh, so a low percentile of their magnitude gives its scale, whatever
    the edges are. Two percentiles are taken and the smaller is believed: one of the gradients as they are (wrong on
    shading), one after the mean of each block of 32 px is taken off (wrong where edges cut through flat areas).
    Gradients that are exactly 0 are left out: a page in pure white says nothing about the noise of the photograph on
    it.

    References
    ----------
    Voorhees, Poggio (1987), Detecting textons and texture boundaries in natural images, ICCV (Rayleigh noise estimate);
    Canny (1986), IEEE TPAMI 8(6), section VIII (thresholds from the noise).
    """
    height, width = strength.shape
    slopes = np.zeros(_BINS, np.int32)
    spreads = np.zeros(_BINS, np.int32)
    step = max(1, min(4, math.isqrt(height * width // _SAMPLES)))
    xs, ys = np.empty((2, _BLOCK * _BLOCK + 1), np.float32)
    bins = np.empty(_BLOCK * _BLOCK + 1, np.int32)
    count_gradients(dx, dy, height, width, step, xs, ys, bins, slopes, spreads)
    noise = min(_percentile(slopes, 10), _percentile(spreads, 10)) / _BINS_PER_UNIT / _rayleigh(0.1)
    scale = EdgeScale(noise, _percentile(slopes, 25) / _BINS_PER_UNIT, 0.0)
    floor = int(scale.floor(5.0)) + 1
    maxima = strength_histogram(strength, step)
    maxima[:floor] = 0
    return replace(scale, strong=_percentile(maxima, 90))


def strength_histogram(strength: NDArray[np.uint16], step: int = 1) -> NDArray[np.int32]:
    """How many pixels have each strength; (65536,), and 0 at 0.

    With a step above 1 only a sample is counted, about one in ``step`` pixels from all over the image.
    """
    counts = np.zeros(65536, np.int32)
    count_strengths(strength, *strength.shape, step, empty(strength.shape[1] + 1, np.uint16), counts)
    return counts


def _rayleigh(share: float) -> float:
    """The magnitude that this share of the gradients of noise of standard deviation 1 stays below."""
    return math.sqrt(-2 * math.log(1 - share))


def _percentile(counts: NDArray[np.int32], percent: int) -> float:
    """In bins, from the start of the first; 0 when nothing was counted."""
    found: int = percentile_bin(counts, percent)
    return found + 0.5 if found >= 0 else 0.0


@kernel
def percentile_bin(counts: ReadI32, percent: int) -> int:
    """The first bin with which at least ``percent`` of all that was counted is reached; -1 when nothing was counted."""
    total = 0
    for k in range(counts.size):
        total += counts[k]
    reached = 0
    for k in range(counts.size):
        reached += 100 * counts[k]
        if reached >= percent * total and reached > 0:
            return k
    return -1


@kernel
def count_strengths(strength: ReadU16, height: int, width: int, step: int, found: WriteU16, counts: WriteI32) -> None:
    """Add to ``counts`` (65536,) how often each strength other than 0 occurs.

    Of each row every ``step``-th stretch of 64 pixels is looked at, staggered from row to row, so that no line in the
    picture is missed. ``found`` is scratch for the maxima of one row and one spare entry.
    """
    for y in range(height):
        # Listed before they are counted, and the list grows by 0 or 1: no branch to mispredict.
        n = _U(0)
        for start in range(y % step * 64, width, step * 64):
            for i in range(_U(y * width + start), _U(y * width + min(start + 64, width))):
                s = strength[i]
                found[n] = s
                n += _U(s != _u16(0))
        for k in range(n):
            counts[_U(found[k])] += _i32(1)


@jitted
def _bins(xs: Any, ys: Any, mean_x: Any, mean_y: Any, bins: Any, n: Any) -> None:
    for k in range(n):
        a, b = xs[k] - mean_x, ys[k] - mean_y
        bins[k] = _i32(min(np.sqrt(a * a + b * b) * _f32(_BINS_PER_UNIT), _f32(_BINS - 1)))


@kernel
def count_gradients(
    dx: ReadI16,
    dy: ReadI16,
    height: int,
    width: int,
    step: int,
    xs: WriteF32,
    ys: WriteF32,
    bins: WriteI32,
    slopes: WriteI32,
    spreads: WriteI32,
) -> None:
    """Histograms of gradient magnitudes, as they are and less the mean of their block; see `edge_scale`.

    Parameters
    ----------
    dx, dy : (H, W) int16
    step : int
        Of the grid of pixels that are looked at.
    xs, ys, bins : (_BLOCK²,) and one spare, float32, float32, int32, scratch
        What counts in one block.
    slopes, spreads : (_BINS,) int32
        Quarter units; the last bin has all that is above. Pixels whose gradient is exactly 0 count in neither.
    """
    for top in range(0, height, _BLOCK):
        for left in range(0, width, _BLOCK):
            count, sum_x, sum_y = 0, 0, 0
            n = _U(0)
            for y in range(top, min(top + _BLOCK, height), step):
                for i in range(_U(y * width + left), _U(y * width + min(left + _BLOCK, width)), _U(step)):
                    a, b = _i32(dx[i]), _i32(dy[i])
                    count += 1
                    sum_x += int(a)
                    sum_y += int(b)
                    xs[n], ys[n] = _f32(a), _f32(b)
                    n += _U((a != _i32(0)) | (b != _i32(0)))
            _bins(xs, ys, _f32(0), _f32(0), bins, n)
            for k in range(n):
                slopes[_U(bins[k])] += _i32(1)
            _bins(xs, ys, _f32(sum_x) / _f32(count), _f32(sum_y) / _f32(count), bins, n)
            for k in range(n):
                spreads[_U(bins[k])] += _i32(1)


# --- hysteresis -------------------------------------------------------------------------------------------------------


def hysteresis(strength: NDArray[np.uint16], low: int, high: int) -> NDArray[np.uint8]:
    """Pixels above ``low`` that hang together with one above ``high``.

    Parameters
    ----------
    strength : (H, W) uint16
    low, high : int
        In the units of ``strength``; both are exceeded, not reached.

    Returns
    -------
    (H, W) uint8
        1 or 0. Neighbours touch by sides or corners.

    References
    ----------
    Canny (1986), IEEE TPAMI 8(6), section VIII.
    """
    height, width = strength.shape
    mask = empty((height, width), np.uint8)
    with (
        scratch((height + 3) * (width + 2), np.uint8) as classes,
        scratch(height * width, np.uint32) as stack,
    ):
        classes.fill(0)
        flood(strength, height, width, max(low, 0), max(low, high, 0), classes, stack, mask)
    return mask


@jitted
def _classes(strength: Any, o: Any, low: Any, high: Any, classes: Any, c: Any, n: Any) -> None:
    for x in range(n):
        weak, strong = _u8(strength[o + x] > low), _u8(strength[o + x] > high)
        classes[c + x] = _u8(weak | _u8(strong << _u8(1)))


@jitted
def _spread(classes: Any, c: Any, beside: Any, out: Any, n: Any) -> None:
    one = _U(1)
    for x in range(n):
        here, left, right = classes[c + x], classes[c + x - one], classes[c + x + one]
        near = _u8(classes[beside + x - one] | classes[beside + x] | classes[beside + x + one] | left | right)
        classes[out + x] = _u8(here | _u8(near & _u8(_u8(here << _u8(1)) & _u8(2))))


@jitted
def _changes(classes: Any, c: Any, new: Any, changes: Any, n: Any) -> None:
    for x in range(n):
        changes[x] = _u8(classes[c + x] ^ classes[new + x])


@jitted
def _flood(classes: Any, start: Any, stride: Any, stack: Any) -> None:
    classes[start] = _u8(3)
    stack[0] = start
    depth = _U(1)
    while depth > _U(0):
        depth -= _U(1)
        p = _U(stack[depth]) - stride - _U(1)
        for _ in range(3):
            for q in range(p, p + _U(3)):
                if classes[q] == _u8(1):
                    classes[q] = _u8(3)
                    stack[depth] = q
                    depth += _U(1)
            p += stride


@jitted
def _reached(classes: Any, c: Any, mask: Any, o: Any, n: Any) -> None:
    for x in range(n):
        mask[o + x] = _u8(classes[c + x] >> _u8(1))


@kernel
def flood(
    strength: ReadU16, height: int, width: int, low: int, high: int, classes: WriteU8, stack: WriteU32, mask: WriteU8
) -> None:
    """Hysteresis; see `hysteresis`.

    Parameters
    ----------
    strength, low, high : as in `hysteresis`
    classes : (H + 3, W + 2) uint8, zeros, scratch
    stack : (H * W,) uint32, scratch
    mask : (H, W) uint8, written

    Notes
    -----
    A flood from pixel to pixel mispredicts a branch at each. So strong pixels first reach their neighbours in whole
    rows, downwards and then upwards, which in photographs leaves about a tenth of the pixels to the flood.
    """
    # A margin of zeros around the classes (1 weak, 2 strong or reached) spares every border check. Below is one more
    # row, for what is not yet in its place.
    n, stride, one, four, eight = _U(width), _U(width + 2), _U(1), _U(4), _U(8)
    rows = _U(height)
    spare = (rows + _U(2)) * stride + one
    lowest, highest = _u16(min(low, 65535)), _u16(min(high, 65535))
    changes = np.zeros((width + 31) // 32 * 32, np.uint8)
    words = changes.view(np.uint64)
    for turn in range(_U(3 * height)):
        y = turn % rows
        down, up = turn < rows, (turn >= rows) & (turn < rows + rows)
        c = (rows - y if up else y + one) * stride + one
        if down:
            _classes(strength, y * n, lowest, highest, classes, spare, n)
        source, out = (spare, c) if down else (c, spare)
        _spread(classes, source, c + stride if up else c - stride, out, n)
        if up:
            for x in range(n):
                classes[c + x] = classes[spare + x]
        if up or down:
            continue
        # In the end down again, and from what is reached then, which is rare, the flood.
        _changes(classes, c, spare, changes, n)
        for word in range(_U(0), _U(words.size), four):
            if words[word] | words[word + one] | words[word + _U(2)] | words[word + _U(3)] == _U(0):
                continue
            for x in range(word * eight, (word + four) * eight):
                if changes[x] != _u8(0) and classes[c + x] == _u8(1):
                    _flood(classes, c + x, stride, stack)
    for row in range(rows):
        _reached(classes, (row + one) * stride + one, mask, row * n, n)
