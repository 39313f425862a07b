"""Strokes out of edges: nothing lost, nothing drawn twice, at most linear."""

from __future__ import annotations

import time
from itertools import pairwise

import numpy as np
import pytest
from scipy import ndimage

from vec2art_nb.kernels.centering import centered
from vec2art_nb.kernels.distance import distances_at
from vec2art_nb.kernels.following import PenStrokes, long_enough
from vec2art_nb.kernels.joining import joined
from vec2art_nb.kernels.skeleton_graph import skeleton_graph
from vec2art_nb.kernels.thinning import thinned


def blobs(shape, seed, sigma):
    smooth = ndimage.gaussian_filter(np.random.default_rng(seed).random(shape), sigma)
    spread = smooth - np.quantile(smooth, 0.4)
    return np.clip(12800 + spread / np.abs(spread).max() * 60000, 0, 25600).astype(np.int16)


def strokes_of(lightness, join=75.0, bridge=3.0, prune=1.0):
    mask = (lightness < 12800).view(np.uint8)
    pixels = thinned(mask, "guo_hall")
    radii = distances_at(mask, pixels)
    graph = skeleton_graph(pixels, radii, lightness.shape[1], prune)
    return joined(graph, centered(graph, pixels, radii, lightness, mask), mask, join, bridge), mask


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("sigma", [0.6, 1.5, 3.0])
def test_strokes_are_sound(seed, sigma):
    found, mask = strokes_of(blobs((150, 170), seed, sigma))
    assert (np.diff(found.offsets) >= 2).all()
    assert found.offsets[-1] == len(found.points) == len(found.half_widths)
    assert np.isfinite(found.points).all() and (found.half_widths > 0).all()
    assert (found.points >= 0).all() and (found.points <= (170, 150)).all()
    column, row = np.minimum(found.points, (169, 149)).astype(int).T
    away = ndimage.distance_transform_edt(mask == 0)
    # Corners drawn on may leave noise's ink a little, bridges cross small gaps.
    assert np.quantile(away[row, column], 0.95) <= 1.5


def test_every_piece_of_ink_has_a_stroke():
    found, mask = strokes_of(blobs((150, 170), 3, 2.0))
    labels, count = ndimage.label(mask, np.ones((3, 3)))
    column, row = np.minimum(found.points, (169, 149)).astype(int).T
    drawn = set(labels[row, column].tolist())
    areas = np.bincount(labels.ravel())
    # The middle of a blot of two pixels may lie beside them.
    assert {label for label in range(1, count + 1) if areas[label] > 3} <= drawn


def test_points_are_about_a_pixel_apart():
    found, _ = strokes_of(blobs((150, 170), 1, 3.0))
    steps = np.hypot(*np.diff(found.points, axis=0).T)
    within = np.ones(len(steps), bool)
    within[found.offsets[1:-1] - 1] = False
    assert np.quantile(steps[within], 0.99) < 2.1


def test_joining_less_gives_more_strokes():
    lightness = blobs((200, 200), 2, 2.5)
    counts = [len(strokes_of(lightness, join=angle)[0].closed) for angle in (0.0, 40.0, 90.0)]
    assert counts == sorted(counts, reverse=True) and counts[0] > counts[-1]


def test_short_strokes_are_left_out_with_the_pens_ends_counted():
    points = np.array([[0, 0], [3, 0], [0, 9], [0, 9.2], [5, 5], [6, 5], [6, 6]], np.float32)
    halves = np.array([1, 1, 4, 4, 0.5, 0.5, 0.5], np.float32)
    strokes = PenStrokes(points, halves, np.array([0, 2, 4, 7]), np.array([0, 0, 1], np.uint8))
    assert long_enough(strokes, 0).offsets.tolist() == [0, 2, 4, 7]
    assert long_enough(strokes, 4.0).offsets.tolist() == [0, 2, 4]
    kept = long_enough(strokes, 6.0)
    assert kept.offsets.tolist() == [0, 2] and kept.half_widths.tolist() == [4, 4]
    assert len(long_enough(strokes, 100).closed) == 0


def test_the_work_grows_with_the_picture_and_not_faster():
    """Noise makes one junction of thousands of ends: comparing all of them would take minutes."""
    small, large = blobs((200, 200), 0, 0.5), blobs((800, 800), 0, 0.5)
    strokes_of(small)
    seconds = []
    for lightness in (small, large):
        started = time.process_time()
        for _ in range(3):
            strokes_of(lightness)
        seconds.append(time.process_time() - started)
    assert seconds[1] < 16 * 4 * seconds[0]


# --- the tip of a turn that two lines make in one piece of ink --------------------------------------------------------


# Down again at a sharp angle, and at one so acute that both lines share most of their ink.
TIPS = (
    [(26, 100), (52, 64), (60, 16), (64, 62), (100, 104)],
    [(30, 96), (58, 76), (75, 53), (81.4, 33), (68, 74), (68, 90), (76, 96)],
)


def turned_at_a_tip(corners):
    """A pen of 7 px up a slope, and down again beside it: lightness, and the truth."""
    truth = np.array(corners, float)
    y, x = (np.mgrid[0:480, 0:480] + 0.5) / 4
    inside = np.zeros(x.shape, bool)
    for (ax, ay), (bx, by) in pairwise(truth):
        ux, uy = bx - ax, by - ay
        t = np.clip(((x - ax) * ux + (y - ay) * uy) / (ux * ux + uy * uy), 0, 1)
        inside |= np.hypot(x - ax - t * ux, y - ay - t * uy) <= 3.5
    coverage = inside.reshape(120, 4, 120, 4).mean((1, 3))
    return np.rint(24000 - 22000 * coverage).astype(np.int16), truth


# Upright and turned by quarters, and each in a mirror. One of the sixteen is known to come out as two lines.
_TWO_LINES = pytest.mark.xfail(reason="turned by half, a direction misses the acute tip by a degree", strict=True)
POSES = [
    pytest.param(corners, mirrored, turned, marks=_TWO_LINES if (at, mirrored, turned) == (1, False, 2) else ())
    for at, corners in enumerate(TIPS)
    for mirrored in (False, True)
    for turned in range(4)
]


@pytest.mark.parametrize(("corners", "mirrored", "turned"), POSES)
def test_a_line_goes_up_to_its_tip_and_down_again_each_way_at_its_own_side(corners, mirrored, turned):
    lightness, truth = turned_at_a_tip(corners)
    if mirrored:
        lightness, truth = np.ascontiguousarray(lightness[:, ::-1]), (120, 0) + truth * (-1, 1)
    for _ in range(turned):
        lightness, truth = np.ascontiguousarray(np.rot90(lightness)), truth[:, ::-1] * (1, -1) + (0, 120)
    found, _ = strokes_of(lightness)
    assert len(found.closed) == 1
    sides = np.hypot(*np.diff(truth, axis=0).T)
    along = np.concatenate(([0], np.cumsum(sides)))
    at = np.arange(0, along[-1], 0.5)
    points = np.stack([np.interp(at, along, truth[:, axis]) for axis in (0, 1)], axis=1)
    away = np.hypot(*(found.points[:, None] - points[None]).transpose(2, 0, 1))
    # Both ways; and the line is as long as the truth: it is there twice where the ink is shared.
    assert away.min(axis=1).max() < 2.0 and away.min(axis=0).max() < 2.0
    assert away.min(axis=1).mean() < 0.6
    drawn = np.hypot(*np.diff(found.points, axis=0).T)
    assert drawn.max() < 4.0
    assert abs(drawn.sum() - along[-1]) < 0.06 * along[-1]


def test_a_branch_as_wide_as_its_line_is_no_tip():
    y, x = np.mgrid[0:100, 0:100] + 0.5
    line = (abs(y - 70) < 3.5) & (abs(x - 50) < 40) | (abs(x - 50) < 3.5) & (y < 70) & (y > 52)
    found, _ = strokes_of(np.where(line, 2000, 24000).astype(np.int16))
    assert len(found.closed) == 2
