"""The strength of contours and the pen that follows it, against SciPy."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy import ndimage

from vec2art_nb.kernels import contrast as module
from vec2art_nb.kernels.contrast import mean_contrast, pen_widths, relative_width, stroke_contrast


def gradient(shape=(50, 70), seed=0):
    random = np.random.default_rng(seed)
    return tuple(random.integers(-9000, 9000, shape).astype(np.int16) for _ in range(2))


def strokes(seed=1):
    """Five strokes in (50, 70), two of them loops."""
    random = np.random.default_rng(seed)
    counts = [40, 3, 2, 25, 9]
    points = random.uniform([0, 0], [70, 50], (sum(counts), 2)).astype(np.float32)
    points[0], points[1] = (0, 0), (70, 50)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return points, offsets, np.array([0, 1, 0, 1, 0], np.uint8)


def greatest_near(points, dx, dy):
    magnitude = ndimage.maximum_filter(np.hypot(dx.astype(float), dy), 3, mode="constant")
    x, y = np.minimum(points.astype(int), [69, 49]).T
    return magnitude[y, x]


def test_a_point_has_the_greatest_gradient_within_a_pixel():
    points, offsets, closed = strokes()
    dx, dy = gradient()
    assert stroke_contrast(points, offsets, closed, dx, dy, 0) == pytest.approx(greatest_near(points, dx, dy), rel=1e-5)


@pytest.mark.parametrize("reach", [1, 2, 8, 100])
def test_it_is_smoothed_along_loops_as_scipy_does(reach):
    points, offsets, closed = strokes()
    dx, dy = gradient()
    smooth = stroke_contrast(points, offsets, closed, dx, dy, reach)
    for s in np.flatnonzero(closed):
        part = slice(offsets[s], offsets[s + 1])
        expected = greatest_near(points[part], dx, dy)
        window = 2 * min(reach, (len(expected) - 1) // 2) + 1
        for _ in range(2):
            expected = ndimage.uniform_filter1d(expected, window, mode="wrap")
        assert smooth[part] == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("reach", [1, 8, 100])
def test_at_open_ends_it_is_the_mean_of_what_there_is(reach):
    points, offsets, closed = strokes()
    dx, dy = gradient()
    smooth = stroke_contrast(points, offsets, closed, dx, dy, reach)
    for s in np.flatnonzero(closed == 0):
        part = slice(offsets[s], offsets[s + 1])
        expected = greatest_near(points[part], dx, dy)
        for _ in range(2):
            expected = [expected[max(0, k - reach) : k + reach + 1].mean() for k in range(len(expected))]
            expected = np.array(expected)
        assert smooth[part] == pytest.approx(expected, rel=1e-4)


def test_the_mean_of_a_stroke_is_that_of_six_points_or_so():
    points, offsets, _ = strokes()
    dx, dy = gradient()
    near = greatest_near(points, dx, dy)
    expected = [near[a : b : max(1, (b - a) // 6)].mean() for a, b in pairwise(offsets)]
    assert mean_contrast(points, offsets, dx, dy) == pytest.approx(expected, rel=1e-5)
    assert mean_contrast(points[:0], np.array([0, 0]), dx, dy).tolist() == [0]


def test_stronger_contours_are_wider_and_no_line_vanishes():
    wide = relative_width(np.linspace(0, 5000, 101, dtype=np.float32), 1500.0)
    assert (np.diff(wide) >= 0).all()
    assert wide[0] == 0.25 and wide[-1] == pytest.approx(1.7)
    assert wide[30] == pytest.approx(1.7, rel=1e-3), "at 1500, a strong contour"
    assert relative_width(np.ones(3, np.float32), 0.0).tolist() == [1, 1, 1]


def test_without_weight_and_taper_the_width_is_one():
    points, offsets, closed = strokes()
    contrast = np.linspace(0, 900, len(points), dtype=np.float32)
    assert (pen_widths(points, offsets, closed, contrast, 500.0, 0.0, 0.0) == 1).all()
    full = pen_widths(points, offsets, closed, contrast, 500.0, 1.0, 0.0)
    half = pen_widths(points, offsets, closed, contrast, 500.0, 0.5, 0.0)
    assert full == pytest.approx(relative_width(contrast, 500.0))
    assert half == pytest.approx((1 + full) / 2)


def test_open_ends_grow_thin_and_loops_have_none():
    x = np.arange(100, dtype=np.float32)
    points = np.stack([x, np.zeros(100, np.float32)], axis=1)
    offsets = np.array([0, 60, 100])
    widths = pen_widths(points, offsets, np.array([0, 1], np.uint8), np.ones(100, np.float32), 1.0, 0.0, 10.0)
    assert (widths[60:] == 1).all() and (widths[10:50] == 1).all()
    assert widths[[0, 59]] == pytest.approx(0.3)
    assert (np.diff(widths[:11]) > 0).all() and (np.diff(widths[49:60]) < 0).all()


def test_a_short_stroke_keeps_a_full_third():
    points = np.stack([np.arange(13.0), np.zeros(13)], axis=1).astype(np.float32)
    widths = pen_widths(points, np.array([0, 13]), np.zeros(1, np.uint8), np.ones(13, np.float32), 1.0, 0.0, 500.0)
    assert (widths[4:9] == 1).all() and (widths[[0, 3, 9, 12]] < 1).all()


def test_every_kernel_compiles_once():
    dx, dy = gradient()
    for writeable in (True, False):
        arrays = strokes()
        for array in (*arrays, dx, dy):
            array.flags.writeable = writeable
        values = stroke_contrast(*arrays, dx, dy, 3)
        mean_contrast(*arrays[:2], dx, dy)
        pen_widths(*arrays, values, 3.0, 1, 5)
    for name in ("sample_magnitudes", "smooth_along", "pick_points", "average", "taper_ends"):
        assert len(getattr(module, name).dispatcher.signatures) == 1


def test_smoothing_falls_to_nothing_and_never_below():
    """Running sums leave traces of rounding: where the gradient ends, they must not turn negative."""
    strength = np.zeros((3, 4000), np.int16)
    strength[:, :2000] = np.random.default_rng(3).integers(1, 30_000, (3, 2000))
    points = np.stack([np.arange(4000) + 0.5, np.full(4000, 1.5)], axis=1).astype(np.float32)
    offsets, closed = np.array([0, 4000]), np.zeros(1, np.uint8)
    contrast = stroke_contrast(points, offsets, closed, strength, np.zeros_like(strength), 8)
    assert contrast[:1900].min() > 0
    assert contrast[2100:].min() >= 0
