"""Strokes out of edges: nothing lost, nothing drawn twice, at most linear."""

from __future__ import annotations

import time

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
