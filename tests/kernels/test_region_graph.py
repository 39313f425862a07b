"""Runs, components, neighbours and merging against scikit-image and naive twins."""

from __future__ import annotations

import numpy as np
import pytest
from skimage.measure import label as scikit_label

from vec2art_nb.kernels import region_graph
from vec2art_nb.kernels.runs import connected_runs, largest_kept, relabeled

SHAPES = [(1, 1), (1, 50), (50, 1), (2, 2), (37, 53)]


def random_labels(shape, values=3, seed=0):
    return np.random.default_rng(seed).integers(0, values, shape).astype(np.int32)


def random_planes(shape, seed=1):
    return np.random.default_rng(seed).integers(-20000, 25601, (3, *shape)).astype(np.int16)


def each_its_own(runs):
    return relabeled(runs, np.arange(runs.count, dtype=np.int32))


@pytest.mark.parametrize("values", [1, 2, 3, 40])
@pytest.mark.parametrize("shape", SHAPES)
def test_components_are_those_of_scikit_image(shape, values):
    labels = random_labels(shape, values)
    found, count = each_its_own(connected_runs(labels))
    expected = scikit_label(labels + 1, connectivity=1)
    assert count == expected.max()
    # A one-to-one correspondence, and numbered as they are met.
    assert len(np.unique(found.astype(np.int64) * (count + 1) + expected)) == count
    first = np.unique(found.ravel(), return_index=True)[1]
    assert (np.diff(first) > 0).all()


@pytest.mark.parametrize("shape", SHAPES)
def test_sums_are_those_of_the_pixels(shape):
    planes, runs = random_planes(shape), connected_runs(random_labels(shape))
    labels, count = each_its_own(runs)
    sums = region_graph.region_sums(planes, runs)
    assert np.array_equal(sums[:, 0], np.bincount(labels.ravel(), minlength=count))
    for plane in range(3):
        assert np.array_equal(sums[:, plane + 1], np.bincount(labels.ravel(), planes[plane].ravel()).astype(np.int64))


def naive_pairs(labels):
    pairs = set()
    for one, other in ((labels[:, :-1], labels[:, 1:]), (labels[:-1], labels[1:])):
        pairs |= {tuple(sorted(pair)) for pair in zip(one.ravel().tolist(), other.ravel().tolist(), strict=True)}
    return {pair for pair in pairs if pair[0] != pair[1]}


@pytest.mark.parametrize("shape", SHAPES)
def test_neighbours_are_listed_once(shape):
    runs = connected_runs(random_labels(shape))
    labels, count = each_its_own(runs)
    expected = naive_pairs(labels)
    found = [tuple(pair) for pair in region_graph.neighbors(runs, np.ones(count, np.uint8)).tolist()]
    assert set(found) == expected
    assert len(found) == len(expected)
    wanted = (np.arange(count) % 5 == 0).astype(np.uint8)
    some = {tuple(pair) for pair in region_graph.neighbors(runs, wanted).tolist()}
    assert some == {pair for pair in expected if wanted[list(pair)].any()}


def test_the_largest_components_stay_and_the_others_join_the_nearest_colour():
    # Three stripes; a stray piece of the first's label at the border of the two others, of the third's colour.
    labels = np.repeat(np.array([0, 1, 2], np.int32), 10)[None].repeat(20, axis=0)
    labels[5:8, 18:20] = 0
    planes = np.zeros((3, 20, 30), np.int16)
    planes[0] = np.repeat([0, 8000, 16000], 10)
    planes[0, 5:8, 18:20] = 15000
    found, count = largest_kept(planes, connected_runs(labels), 3)
    assert count == 3
    assert (found[5:8, 18:20] == found[0, 29]).all()


@pytest.mark.parametrize("count", [1, 7, 90])
def test_so_many_components_are_left_and_all_are_connected(count):
    labels = random_labels((37, 53))
    found, left = largest_kept(random_planes((37, 53)), connected_runs(labels), count)
    assert left == count == scikit_label(found + 1, connectivity=1).max()
    # The kept ones are whole.
    parts = scikit_label(labels + 1, connectivity=1)
    sizes = np.bincount(parts.ravel())
    for part in np.argsort(-sizes, kind="stable")[: count // 2]:
        assert len(np.unique(found[parts == part])) == 1


def naive_merged(sums, pairs, difference):
    """Always the two most similar neighbours."""
    groups = {i: {i} for i in range(len(sums))}
    totals = {i: row.astype(float) for i, row in enumerate(sums)}
    edges = {frozenset(pair) for pair in pairs.tolist()}
    while True:
        best, chosen = difference, None
        for edge in edges:
            a, b = edge
            d = np.linalg.norm(totals[a][1:] / totals[a][0] - totals[b][1:] / totals[b][0])
            if d < best:
                best, chosen = d, (a, b)
        if chosen is None:
            return {frozenset(group) for group in groups.values()}
        a, b = chosen
        groups[a] |= groups.pop(b)
        totals[a] = totals[a] + totals.pop(b)
        edges = {frozenset(a if end == b else end for end in edge) for edge in edges}
        edges = {edge for edge in edges if len(edge) == 2}


@pytest.mark.parametrize("difference", [0.0, 3000.0, 9000.0, 20000.0, 80000.0])
def test_merging_takes_the_most_similar_first(difference):
    labels = np.kron(np.arange(80).reshape(8, 10), np.ones((5, 6))).astype(np.int32)
    colors = np.random.default_rng(3).integers(-15000, 25600, (3, 80))
    planes = np.ascontiguousarray(colors[:, labels], np.int16)
    runs = connected_runs(labels)
    sums = region_graph.region_sums(planes, runs)
    pairs = region_graph.neighbors(runs, np.ones(runs.count, np.uint8))
    parent = region_graph.merged(sums, pairs, difference)
    found = {frozenset(np.flatnonzero(parent == root).tolist()) for root in np.unique(parent)}
    assert found == naive_merged(sums, pairs, difference)


@pytest.mark.parametrize("size", [2, 10, 60, 10_000])
def test_no_region_below_the_minimum_is_left(size):
    planes, runs = random_planes((37, 53)), connected_runs(random_labels((37, 53)))
    labels, count = region_graph.simplified(planes, runs, 0.0, size)
    sizes = np.bincount(labels.ravel())
    assert sizes.min() >= min(size, 37 * 53)
    assert scikit_label(labels + 1, connectivity=1).max() == count


def test_small_regions_join_the_nearest_colour_smallest_first():
    planes = np.zeros((3, 1, 10), np.int16)
    planes[0] = [0, 0, 0, 0, 900, 1500, 1600, 4000, 4000, 4000]
    labels = np.array([[0, 0, 0, 0, 1, 2, 2, 3, 3, 3]], np.int32)
    found, count = region_graph.simplified(planes, connected_runs(labels), 0.0, 3)
    # The single pixel first: to the two beside it, which are large enough with it.
    assert found.tolist() == [[0, 0, 0, 0, 1, 1, 1, 2, 2, 2]]
    assert count == 3


def test_merging_a_long_chain_stays_fast():
    """One region swallows tens of thousands: work grows with their number, not with its square."""
    side = 260
    labels = np.arange(side * side, dtype=np.int32).reshape(side, side)
    planes = np.zeros((3, side, side), np.int16)
    planes[0] = np.random.default_rng(0).integers(0, 200, (side, side))
    _, count = region_graph.simplified(planes, connected_runs(labels), 500.0, 0)
    assert count == 1


@pytest.mark.parametrize("values", [1, 2, 40])
@pytest.mark.parametrize("shape", SHAPES)
def test_meetings_are_those_of_the_pixels(shape, values):
    labels = random_labels(shape, values)
    runs = connected_runs(labels)
    height, width = shape
    is_first = np.ones(shape, np.bool_)
    is_first[:, 1:] = labels[:, 1:] != labels[:, :-1]
    run = np.cumsum(is_first.ravel()).reshape(shape) - 1
    expected = []
    for y in range(height):
        for x in range(width):
            if x > 0 and is_first[y, x]:
                expected.append((run[y, x - 1], run[y, x]))
            # Two runs one above the other have met where the first pixel is that both have.
            is_begin = is_first[y, x] or (y > 0 and is_first[y - 1, x])
            if y > 0 and is_begin and labels[y, x] != labels[y - 1, x]:
                expected.append((run[y - 1, x], run[y, x]))
    assert runs.meetings.tolist() == [[int(one), int(other)] for one, other in expected]
