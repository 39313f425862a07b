"""Strokes out of edges: nothing lost, nothing drawn twice, at most linear."""

from __future__ import annotations

import time
from itertools import pairwise

import numpy as np
import pytest
from scipy import ndimage

from vec2art_nb.kernels.centering import centered
from vec2art_nb.kernels.distance import distances_at
from vec2art_nb.kernels.following import long_enough
from vec2art_nb.kernels.joining import bridge_ends, joined, list_members
from vec2art_nb.kernels.skeleton_graph import KEPT, skeleton_graph
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
    points = np.array(
        [[0, 0, 1], [3, 0, 1], [0, 9, 4], [0, 9.2, 4], [5, 5, 0.5], [6, 5, 0.5], [6, 6, 0.5], [9, 9, 9]], np.float32
    )
    offsets, closed = np.array([0, 2, 4, 7]), np.array([0, 0, 1], np.uint8)
    # Their lengths are 5, 8.2 and, with the closing side, 3.41.
    for least, expected in ((0, [0, 1, 2]), (3.4, [0, 1, 2]), (3.42, [0, 1]), (6.0, [1]), (8.1, [1]), (8.3, [])):
        kept = long_enough(points, offsets, closed, (20, 20), least)
        chosen = [np.arange(offsets[i], offsets[i + 1]) for i in expected]
        whole = np.concatenate([np.empty(0, int), *chosen])
        np.testing.assert_array_equal(kept.points, points[whole, :2])
        np.testing.assert_array_equal(kept.half_widths, points[whole, 2])
        assert kept.offsets.tolist() == np.cumsum([0, *map(len, chosen)]).tolist()
        assert kept.closed.tolist() == closed[expected].tolist()


def test_what_leaves_the_picture_is_moved_to_its_border():
    points = np.array([[-1, 3, 1], [4, -0.5, 1], [12, 8, 1], [3, 9, 1]], np.float32)
    kept = long_enough(points, np.array([0, 4]), np.zeros(1, np.uint8), (7, 10), 0)
    assert kept.points.tolist() == [[0, 3], [4, 0], [10, 7], [3, 7]]


def graph_of(lightness):
    mask = (lightness < 12800).view(np.uint8)
    pixels = thinned(mask, "guo_hall")
    radii = distances_at(mask, pixels)
    graph = skeleton_graph(pixels, radii, lightness.shape[1], 1.0)
    return graph, centered(graph, pixels, radii, lightness, mask)


@pytest.mark.parametrize("sigma", [0.6, 1.5])
def test_ends_are_listed_junction_by_junction(sigma):
    graph, _ = graph_of(blobs((150, 170), 5, sigma))
    nodes = graph.nodes.reshape(-1)
    firsts = np.full(len(graph.degrees), -1, np.int32)
    members = np.full(len(nodes), -1, np.int32)
    count = list_members(graph.nodes, graph.states, graph.degrees, firsts, members)
    expected: dict[int, list[int]] = {}
    for end, node in enumerate(nodes):
        if node >= 0 and graph.states[end // 2] == KEPT and graph.degrees[node] > 1:
            expected.setdefault(int(node), []).append(end)
    assert count == sum(map(len, expected.values())) > 20
    assert {node: members[firsts[node] :][: len(ends)].tolist() for node, ends in expected.items()} == expected
    assert (firsts >= 0).sum() == len(expected)


@pytest.mark.parametrize(("spread", "bridge"), [(60, 3.0), (60, 8.0), (4000, 5.0)])
def test_ends_are_bridged_as_a_search_of_all_pairs_has_it(spread, bridge):
    random = np.random.default_rng(7)
    edges = 70
    ends = np.zeros((edges, 2, 6), np.float32)
    ends[:, 0, :2] = random.random((edges, 2)) * spread
    # Every other end has another near it that looks at it.
    ends[1::2, 0, :2] = ends[::2, 0, :2] + random.normal(0, 4, (edges // 2, 2))
    ends[:, 1, :2] = ends[:, 0, :2] + random.normal(0, 9, (edges, 2))
    angles = random.random((edges, 2)) * 2 * np.pi
    ways = ends[1::2, 0, :2] - ends[::2, 0, :2]
    angles[::2, 0], angles[1::2, 0] = np.arctan2(ways[:, 1], ways[:, 0]), np.arctan2(-ways[:, 1], -ways[:, 0])
    ends[..., 2], ends[..., 3] = np.cos(angles), np.sin(angles)
    ends[..., 4] = 0.5 + random.random((edges, 2))
    ends[..., 5] = random.choice([0, 1, 1, 1, 1, 1, 2], (edges, 2))
    nodes = np.arange(2 * edges, dtype=np.int32).reshape(edges, 2)
    states = np.where(random.random(edges) < 0.9, KEPT, 2).astype(np.uint8)
    partners = np.full(2 * edges, -1, np.int32)
    partners[:2] = 1, 0
    flat = ends.reshape(-1, 6).astype(float)
    free = [i for i in range(2, 2 * edges) if flat[i, 5] > 0 and states[i // 2] == KEPT]
    best = {}
    for i in free:
        scores = {}
        for j in free:
            way = flat[j, :2] - flat[i, :2]
            distance = np.hypot(*way)
            gap = distance - flat[i, 4] - flat[j, 4]
            if i == j or gap > bridge or 2 in (flat[i, 5], flat[j, 5]):
                continue
            leaving, arriving = flat[i, 2:4] @ way / distance, -flat[j, 2:4] @ way / distance
            if min(leaving, arriving) >= 0.7:
                scores[j] = (leaving + arriving) / (1 + max(gap, 0))
        best[i] = max(scores, key=scores.__getitem__) if scores else -1
    expected = partners.copy()
    for i, j in best.items():
        if j >= 0 and best[j] == i:
            expected[i] = j
    bridge_ends(nodes, states, ends, bridge, partners)
    np.testing.assert_array_equal(partners, expected)
    assert (partners >= 0).sum() >= 20


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


# Upright and turned by quarters, and each in a mirror.
POSES = [(corners, mirrored, turned) for corners in TIPS for mirrored in (False, True) for turned in range(4)]


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
