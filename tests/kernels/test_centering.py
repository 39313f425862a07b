"""Middles, widths, ends and corners of lines drawn by a pen that is known."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from vec2art_nb.kernels.centering import centered
from vec2art_nb.kernels.distance import distances_at
from vec2art_nb.kernels.joining import joined
from vec2art_nb.kernels.skeleton_graph import skeleton_graph
from vec2art_nb.kernels.thinning import thinned

INK, PAGE = 2000, 24000


def pen(strokes, size=96, width=7.0, closed=False):
    """Lightness of round-pen strokes, anti-aliased: int16."""
    fine = 4
    y, x = (np.mgrid[0 : size * fine, 0 : size * fine] + 0.5) / fine
    away = np.full(x.shape, np.inf)
    for stroke in strokes:
        points = [*stroke, stroke[0]] if closed else stroke
        for (ax, ay), (bx, by) in pairwise(points):
            ux, uy = bx - ax, by - ay
            t = np.clip(((x - ax) * ux + (y - ay) * uy) / max(ux * ux + uy * uy, 1e-9), 0, 1)
            away = np.minimum(away, np.hypot(x - ax - t * ux, y - ay - t * uy))
    coverage = (away <= width / 2).reshape(size, fine, size, fine).mean((1, 3))
    return np.rint(PAGE + (INK - PAGE) * coverage).astype(np.int16)


def lines(lightness, join=75.0, bridge=0.0, prune=1.0):
    mask = (lightness < (INK + PAGE) // 2).view(np.uint8)
    pixels = thinned(mask, "guo_hall")
    radii = distances_at(mask, pixels)
    graph = skeleton_graph(pixels, radii, lightness.shape[1], prune)
    return joined(graph, centered(graph, pixels, radii, lightness, mask), mask, join, bridge)


def to_segments(points, stroke):
    best = np.full(len(points), np.inf)
    for (ax, ay), (bx, by) in pairwise(stroke):
        ux, uy = bx - ax, by - ay
        t = np.clip(((points[:, 0] - ax) * ux + (points[:, 1] - ay) * uy) / (ux * ux + uy * uy), 0, 1)
        best = np.minimum(best, np.hypot(points[:, 0] - ax - t * ux, points[:, 1] - ay - t * uy))
    return best


@pytest.mark.parametrize("angle", [0, 8, 30, 45, 72, 90])
@pytest.mark.parametrize("width", [2.0, 4.0, 7.0, 12.0])
def test_a_line_is_found_between_the_pixels_from_end_to_end(angle, width):
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    ends = [(48.3 - 30 * c, 47.6 - 30 * s), (48.3 + 30 * c, 47.6 + 30 * s)]
    found = lines(pen([ends], width=width))
    assert len(found.closed) == 1
    assert to_segments(found.points, ends).max() < 0.3
    for end in ends:
        assert np.hypot(*(found.points[[0, -1]] - end).T).min() < 0.6
    inner = found.half_widths[6:-6]
    assert abs(inner - width / 2).max() < 0.3


@pytest.mark.parametrize("radius", [8.3, 20.0, 34.0])
def test_a_circle_is_closed_and_round(radius):
    turn = np.linspace(0, 2 * np.pi, 90, endpoint=False)
    found = lines(
        pen([np.stack([48.4 + radius * np.cos(turn), 47.7 + radius * np.sin(turn)], 1)], width=5, closed=True)
    )
    assert found.closed.tolist() == [1]
    away = np.hypot(found.points[:, 0] - 48.4, found.points[:, 1] - 47.7)
    assert abs(away - radius).max() < 0.3
    assert np.hypot(*(found.points[0] - found.points[-1])) < 1.6


@pytest.mark.parametrize("angle", [35, 50, 70, 90, 110, 130])
@pytest.mark.parametrize("turned", [0, 23])
def test_corners_are_sharp_and_where_they_were(angle, turned):
    a, b = np.radians(turned), np.radians(turned + angle)
    corner = np.array([20.0, 20.0]) if turned + angle <= 100 else np.array([44.0, 18.0])
    stroke = [corner + 50 * np.array([np.cos(a), np.sin(a)]), corner, corner + 50 * np.array([np.cos(b), np.sin(b)])]
    found = lines(pen([stroke], size=104, width=6))
    assert len(found.closed) == 1
    assert np.hypot(*(found.points - corner).T).min() < 1.2
    assert to_segments(found.points, stroke).max() < 0.7


@pytest.mark.parametrize("angle", [30, 45, 60, 90])
def test_crossing_lines_are_two_strokes(angle):
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    strokes = [[(8, 48), (88, 48.4)], [(48 - 36 * c, 48 - 36 * s), (48 + 36 * c, 48 + 36 * s)]]
    found = lines(pen(strokes, width=6))
    assert len(found.closed) == 2
    for i in range(2):
        points = found.points[found.offsets[i] : found.offsets[i + 1]]
        assert min(to_segments(points, stroke).max() for stroke in strokes) < 0.6


@pytest.mark.parametrize("angle", [50, 75, 90])
def test_a_branch_ends_on_the_line_that_it_leaves(angle):
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    strokes = [[(8, 68), (88, 68)], [(48.2, 68), (48.2 + 50 * c, 68 - 50 * s)]]
    found = lines(pen(strokes, width=6))
    assert len(found.closed) == 2
    ends = found.points[np.concatenate((found.offsets[:-1], found.offsets[1:] - 1))]
    assert np.hypot(*(ends - (48.2, 68)).T).min() < 1.0
    branch = [found.points[found.offsets[i] : found.offsets[i + 1]] for i in range(2)]
    assert sorted(min(to_segments(points, stroke).max() < 0.7 for stroke in strokes) for points in branch)


def test_the_tip_of_a_sharp_turn_is_one_stroke():
    stroke = [(34, 86), (46, 12), (60, 86)]
    found = lines(pen([stroke], width=7))
    assert len(found.closed) == 1
    assert np.hypot(*(found.points - (46, 12)).T).min() < 1.0
    assert to_segments(found.points, stroke).max() < 1.0


def test_a_gap_is_bridged_when_it_is_small_enough():
    strokes = [[(10, 40), (42, 44)], [(53, 45.4), (88, 49.8)]]
    page = pen(strokes, width=5)
    assert len(lines(page, bridge=0).closed) == 2
    assert len(lines(page, bridge=8).closed) == 1
    aside = pen([[(10, 40), (42, 44)], [(53, 45.4), (56, 80)]], width=5)
    assert len(lines(aside, bridge=8).closed) == 2


def test_the_ends_of_an_open_ring_are_bridged_into_a_loop():
    turn = np.linspace(0.12, 2 * np.pi - 0.12, 90)
    ring = np.stack([48 + 30 * np.cos(turn), 48 + 30 * np.sin(turn)], 1)
    assert lines(pen([ring], width=4), bridge=0).closed.tolist() == [0]
    assert lines(pen([ring], width=4), bridge=6).closed.tolist() == [1]


def test_a_dot_is_a_stroke_of_its_size():
    found = lines(pen([[(40.3, 51.8), (40.31, 51.8)]], width=9))
    assert len(found.closed) == 1
    assert np.hypot(*(found.points.mean(0) - (40.3, 51.8))) < 0.3
    assert abs(found.half_widths.mean() - 4.5) < 0.4


def test_a_line_that_tapers_goes_on_until_it_is_thin():
    size = 96
    y, x = (np.mgrid[0 : size * 4, 0 : size * 4] + 0.5) / 4
    wedge = (abs(y - 48) < np.clip((86 - x) * 0.08, 0, 9)) & (x > 12)
    coverage = wedge.reshape(size, 4, size, 4).mean((1, 3))
    found = lines(np.rint(PAGE + (INK - PAGE) * coverage).astype(np.int16))
    assert len(found.closed) == 1
    assert found.points[:, 0].max() > 76
    order = np.argsort(found.points[:, 0])
    widths = found.half_widths[order]
    assert widths[5] > 4 * widths[-3]


def test_noise_keeps_the_lines_together():
    strokes = [[(10, 20), (86, 30)], [(20, 80), (80, 12)]]
    noisy = pen(strokes, width=7) + np.random.default_rng(5).normal(0, 1800, (96, 96))
    found = lines(np.clip(noisy, 0, 25600).astype(np.int16))
    assert len(found.closed) <= 3
    assert np.mean([min(d) for d in zip(*(to_segments(found.points, s) for s in strokes), strict=True)]) < 0.4


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (2, 2), (3, 50)])
def test_ink_up_to_every_border_is_drawn_inside(shape):
    found = lines(np.full(shape, INK, np.int16))
    height, width = shape
    assert len(found.closed) == 1
    assert (found.points >= 0).all() and (found.points <= (width, height)).all()
    assert np.isfinite(found.half_widths).all()
