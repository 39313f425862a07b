"""The planar map against what each pixel says, and smooth borders against shapely."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import shapely

from vec2art_nb.kernels.borders import simplified_borders, smoothed_borders
from vec2art_nb.kernels.clashes import mark_clashes, mark_swept
from vec2art_nb.kernels.corners import ring_paths, rounded_borders
from vec2art_nb.kernels.planar_map import OUTSIDE, planar_map, rings
from vec2art_nb.kernels.runs import connected_runs, relabeled


def connected(labels):
    runs = connected_runs(np.ascontiguousarray(labels, np.int32))
    return relabeled(runs, np.arange(runs.count, dtype=np.int32))[0]


def random_map(shape=(23, 31), values=3, seed=0):
    return connected(np.random.default_rng(seed).integers(0, values, shape))


def blocks(seed=0):
    """Larger regions with ragged borders."""
    random = np.random.default_rng(seed)
    centers = random.uniform(0, 60, (14, 2))
    y, x = np.mgrid[0:60, 0:60] + random.normal(0, 0.8, (2, 60, 60))
    return connected(((y[..., None] - centers[:, 0]) ** 2 + (x[..., None] - centers[:, 1]) ** 2).argmin(-1))


ISLAND = np.zeros((9, 9), np.int32)
ISLAND[3:6, 2:7] = 1
PINCHED = connected(np.array([[0, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0]]))
MAPS = {
    "noise": random_map(),
    "two": random_map(values=2, seed=4),
    "blocks": blocks(),
    "one": np.zeros((4, 6), np.int32),
    "pixel": np.zeros((1, 1), np.int32),
    "island": ISLAND,
    "pinched": PINCHED,
    "row": np.arange(9, dtype=np.int32)[None],
}


def signed_area(ring):
    x, y = np.asarray(ring, float).T
    return np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y) / 2


@pytest.mark.parametrize("name", list(MAPS))
def test_each_crack_belongs_to_one_border(name):
    labels = MAPS[name]
    found = planar_map(labels)
    middles = []
    for border, (left, right) in enumerate(found.sides):
        points = found.points[found.offsets[border] : found.offsets[border + 1]]
        if OUTSIDE in (left, right):
            continue
        inner = points[1:-1] if found.ends[border, 0] >= 0 else points
        middles += [tuple(point) for point in inner.tolist()]
        for x, y in inner:
            # A middle of a crack has one whole coordinate; the pixels beside it are those of the two sides.
            if x == int(x):
                beside = {labels[int(y), int(x) - 1], labels[int(y), int(x)]}
            else:
                beside = {labels[int(y) - 1, int(x)], labels[int(y), int(x)]}
            assert beside == {left, right}
    cracks = np.count_nonzero(labels[:, 1:] != labels[:, :-1]) + np.count_nonzero(labels[1:] != labels[:-1])
    assert len(middles) == len(set(middles)) == cracks


@pytest.mark.parametrize("name", list(MAPS))
def test_the_left_side_is_on_the_left(name):
    labels = MAPS[name]
    found = planar_map(labels)
    for border in np.flatnonzero((found.sides != OUTSIDE).all(axis=1)):
        points = found.points[found.offsets[border] : found.offsets[border + 1]]
        if found.ends[border, 0] < 0:
            continue
        a, b = points[:2]
        dx, dy = b - a
        # y points down: left of the direction (dx, dy) is (dy, -dx).
        x, y = b + np.array([dy, -dx])
        assert labels[int(np.floor(y)), int(np.floor(x))] == found.sides[border, 0]


def exact_polygons(labels):
    """The outlines on the lattice itself, ring by ring."""
    found = planar_map(labels)
    lines = (found.points, found.offsets)
    ring_set = rings(found)
    curves = rounded_borders(found, lines, 0.0)
    return ring_paths(ring_set, curves, np.ones(labels.max() + 1, np.bool_))


@pytest.mark.parametrize("name", list(MAPS))
def test_rings_enclose_their_regions(name):
    labels = MAPS[name]
    (points, codes, offsets), regions = exact_polygons(labels)
    assert regions.tolist() == list(range(labels.max() + 1))
    for region, first, last in zip(regions, offsets[:-1], offsets[1:], strict=True):
        starts = np.append(np.flatnonzero(codes[first:last] == 1), last - first)
        parts = [points[first:last][a:b] for a, b in pairwise(starts)]
        areas = [signed_area(part) for part in parts]
        outer = min(range(len(parts)), key=lambda i: areas[i])
        assert areas[outer] < 0
        assert all(areas[i] > 0 for i in range(len(parts)) if i != outer)
        polygon = shapely.Polygon(parts[outer], [part for i, part in enumerate(parts) if i != outer])
        assert polygon.is_valid
        # The middles of cracks cut the corners of pixels off, but never their centres.
        y, x = np.nonzero(np.ones_like(labels))
        inside = shapely.contains_xy(polygon, x + 0.5, y + 0.5).reshape(labels.shape)
        assert np.array_equal(inside, labels == region)


def test_a_region_that_touches_itself_has_rings_that_part_at_the_corner():
    (_, codes, offsets), _ = exact_polygons(PINCHED)
    first, last = offsets[0], offsets[1]
    assert np.count_nonzero(codes[first:last] == 1) == 3


def test_smoothing_is_a_moving_average_between_junctions():
    found = planar_map(blocks())
    once = smoothed_borders(found, 1)
    for border in np.flatnonzero((found.sides != OUTSIDE).all(axis=1) & (found.ends[:, 0] >= 0))[:20]:
        part = slice(found.offsets[border], found.offsets[border + 1])
        before, after = found.points[part], once[part]
        expected = before[1:-1] / 2 + (before[:-2] + before[2:]) / 4
        assert np.allclose(after[1:-1], expected, atol=1e-6)
        assert np.abs(after[[0, -1]] - before[[0, -1]]).max() <= 0.4 + 1e-6


def test_junctions_on_the_frame_stay_there_and_all_borders_share_them():
    found = planar_map(blocks())
    points = smoothed_borders(found, 6)
    places = {}
    for border in np.flatnonzero(found.ends[:, 0] >= 0):
        for end, at in zip(found.ends[border], (found.offsets[border], found.offsets[border + 1] - 1), strict=True):
            assert places.setdefault(int(end), tuple(points[at])) == tuple(points[at])
    for junction, (x, y) in places.items():
        lattice_x, lattice_y = found.junctions[junction] % 61, found.junctions[junction] // 61
        assert lattice_x not in (0, 60) or x == lattice_x
        assert lattice_y not in (0, 60) or y == lattice_y


def line_strings(points, offsets, closed):
    for border in range(len(closed)):
        line = points[offsets[border] : offsets[border + 1]].astype(float)
        yield shapely.LineString(np.vstack([line, line[:1]]) if closed[border] else line)


@pytest.mark.parametrize("tolerance", [0.0, 0.8, 3.0, 30.0])
@pytest.mark.parametrize("name", ["noise", "two", "blocks", "island", "pinched"])
def test_simplified_borders_meet_at_junctions_only(name, tolerance):
    found = planar_map(MAPS[name])
    points, offsets = simplified_borders(found, tolerance, 5)
    lines = list(line_strings(points, offsets, found.ends[:, 0] < 0))
    ends = [{tuple(line.coords[0]), tuple(line.coords[-1])} for line in lines]
    for i, line in enumerate(lines):
        assert line.is_simple
        for k in range(i):
            if line.distance(lines[k]) < 0.015:
                common = line.intersection(lines[k])
                assert {tuple(point) for point in shapely.get_coordinates(common).tolist()} <= ends[i] & ends[k]


def naive_clashes(points, offsets, closed):
    """Lines that cross, or come nearer than 0.02 away from common ends."""
    segments = []
    for border, line in enumerate(line_strings(points, offsets, closed)):
        corners = list(line.coords)
        segments += [(border, np.array(a), np.array(b)) for a, b in pairwise(corners)]
    found = np.zeros(len(closed), np.uint8)
    for i, (one, a, b) in enumerate(segments):
        for other, c, d in segments[:i]:
            shared = [(p, q) for p in (0, 1) for q in (0, 1) if np.array_equal((a, b)[p], (c, d)[q])]
            if len(shared) == 1:
                p, q = shared[0]
                u, v = (a, b)[1 - p], (c, d)[1 - q]
                near = shapely.Point(u).distance(shapely.LineString([c, d])) < 0.02
                near |= shapely.Point(v).distance(shapely.LineString([a, b])) < 0.02
            else:
                near = bool(shared) or shapely.LineString([a, b]).distance(shapely.LineString([c, d])) < 0.02
            if near:
                found[one] = found[other] = 1
    return found


@pytest.mark.parametrize("seed", range(6))
def test_clashes_are_those_of_all_pairs(seed):
    random = np.random.default_rng(seed)
    lengths = random.integers(2, 7, 24)
    offsets = np.append(0, np.cumsum(lengths)).astype(np.int64)
    starts = np.repeat(random.uniform(5, 75, (24, 2)), lengths, axis=0)
    points = (starts + random.normal(0, 4, starts.shape)).clip(0, 80).astype(np.float32)
    closed = ((lengths > 2) & (random.uniform(size=24) < 0.3)).astype(np.uint8)
    found = np.zeros(24, np.uint8)
    mark_clashes(points, offsets, closed, np.ones(24, np.uint8), 80, 80, found)
    expected = naive_clashes(points, offsets, closed)
    assert 0 < expected.sum() < 24
    assert np.array_equal(found, expected)


@pytest.mark.parametrize("turn", range(4))
@pytest.mark.parametrize("is_long_first", [True, False])
def test_lines_with_a_common_end_clash_where_one_lies_along_the_other(is_long_first, turn):
    for bend, expected in ((0.01, 1), (1.0, 0)):
        lines = [np.array([[3, 4], [8, 4]]), np.array([[3, 4], [5, 4 + bend]])]
        lines = [line[::-1] if turn >> k & 1 else line for k, line in enumerate(lines)]
        points = np.concatenate(lines if is_long_first else lines[::-1]).astype(np.float32)
        found = np.zeros(2, np.uint8)
        mark_clashes(points, np.array([0, 2, 4]), np.zeros(2, np.uint8), np.ones(2, np.uint8), 10, 10, found)
        assert found.tolist() == [expected, expected]


def test_only_pairs_with_a_changed_line_are_looked_at():
    points = np.array([[0, 0], [9, 9], [0, 9], [9, 0]], np.float32)
    offsets, closed = np.array([0, 2, 4]), np.zeros(2, np.uint8)
    for changed, expected in (([0, 0], [0, 0]), ([1, 0], [1, 1])):
        found = np.zeros(2, np.uint8)
        mark_clashes(points, offsets, closed, np.array(changed, np.uint8), 10, 10, found)
        assert found.tolist() == expected


def test_an_island_that_a_line_has_jumped_over_is_found():
    labels = np.zeros((30, 30), np.int32)
    labels[:, 15:] = 1
    labels[10:20, 12:] = 1
    labels[14:16, 13:14] = 2
    found = planar_map(labels)
    lines = []
    for border in range(len(found.sides)):
        line = found.points[found.offsets[border] : found.offsets[border + 1]]
        # The border of the bulge in which the island lies becomes straight.
        lines.append(line[[0, -1]] if set(found.sides[border].tolist()) == {0, 1} else line)
    offsets = np.append(0, np.cumsum([len(line) for line in lines])).astype(np.int64)
    clashing = np.zeros(len(lines), np.uint8)
    mark_swept(found, np.concatenate(lines), offsets, clashing)
    expected = [set(sides) in ({0, 1}, {1, 2}) for sides in found.sides.tolist()]
    assert clashing.astype(bool).tolist() == expected
    clashing[:] = 0
    mark_swept(found, found.points, found.offsets, clashing)
    assert not clashing.any()


def test_corners_are_cut_by_no_more_than_allowed():
    found = planar_map(blocks())
    lines = simplified_borders(found, 1.0, 5)
    for deviation in (0.3, 1.0):
        points, codes, offsets = rounded_borders(found, lines, deviation)
        assert (codes == 4).any()
        for border, line in enumerate(line_strings(*lines, found.ends[:, 0] < 0)):
            path, kinds = points[offsets[border] : offsets[border + 1]].astype(float), codes[offsets[border] :]
            for i in np.flatnonzero(kinds[: len(path)] == 4)[::3]:
                a, b, c, d = path[i - 1 : i + 3]
                middle = (a + 3 * b + 3 * c + d) / 8
                assert shapely.Point(middle).distance(line) <= deviation + 1e-4


def test_a_curve_leaves_out_no_island_that_its_corner_holds():
    labels = np.zeros((64, 64), np.int32)
    labels[30:, 30:] = 1
    labels[33:37, 33:37] = 2
    found = planar_map(labels)
    lines = simplified_borders(found, 0.8, 0)
    corners = shapely.points(lines[0].astype(float))
    # A curve may go so far that it would pass the island, were that not in the way.
    points, codes, _ = rounded_borders(found, lines, 8.0)
    points = points.astype(float)
    first = np.flatnonzero(codes == 4)[::3]
    assert len(first) > 0
    for i in first:
        corner = (3 * points[i] - points[i - 1]) / 2
        triangle = shapely.Polygon([points[i - 1], corner, points[i + 2]]).buffer(-1e-3)
        assert not shapely.contains(triangle, corners).any()


def test_without_rounding_the_lines_stay():
    found = planar_map(blocks())
    points, offsets = simplified_borders(found, 1.0, 5)
    drawn, codes, begins = rounded_borders(found, (points, offsets), 0.0)
    assert set(codes.tolist()) == {1, 2}
    for border in np.flatnonzero(found.ends[:, 0] >= 0):
        assert np.array_equal(drawn[begins[border] : begins[border + 1]], points[offsets[border] : offsets[border + 1]])
