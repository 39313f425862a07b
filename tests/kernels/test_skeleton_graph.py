"""Skeletons as graphs: every pixel in its place, hairs gone, crossings one."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from vec2art_nb.kernels.distance import distances_at
from vec2art_nb.kernels.skeleton_graph import INNER, KEPT, PRUNED, link_pixels, skeleton_graph
from vec2art_nb.kernels.thinning import thinned


def pixels_of(text):
    """A skeleton drawn with letters, its radii 1, and the width."""
    grid = np.array([[letter != "." for letter in line] for line in text.split()])
    pixels = np.flatnonzero(grid).astype(np.int32)
    return pixels, np.ones(len(pixels), np.float32), grid.shape[1]


def linked(pixels, width):
    """Each pixel's neighbours as positions in the list, east first, clockwise; -1 where there is none."""
    links, degrees = np.zeros((2, len(pixels)), np.uint8)
    above, below = np.full((2, len(pixels)), -1, np.int32)
    link_pixels(pixels, width, links, above, below, degrees)
    neighbours = np.full((len(pixels), 8), -1, np.int32)
    for i, bits in enumerate(links):
        has = [bits >> d & 1 for d in range(8)]
        rows = {0: i + 1, 4: i - 1}
        # In a row the neighbour to the left stands first.
        rows |= {3: below[i], 2: below[i], 1: below[i] + has[3], 5: above[i], 6: above[i], 7: above[i] + has[5]}
        for d in range(8):
            if has[d]:
                neighbours[i, d] = rows[d]
    return neighbours, degrees


STEPS = [(0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1)]


def naive_links(pixels, width):
    """Pairs of neighbours, without the corners that a third pixel bridges."""
    places = {int(p): i for i, p in enumerate(pixels)}
    at = {(p // width, p % width): i for p, i in places.items()}
    pairs = set()
    for (y, x), i in at.items():
        for dy, dx in ((0, 1), (1, 1), (1, 0), (1, -1)):
            j = at.get((y + dy, x + dx))
            bridged = dy and dx and ((y + dy, x) in at or (y, x + dx) in at)
            if j is not None and not bridged:
                pairs |= {(i, j), (j, i)}
    return pairs


@pytest.mark.parametrize("shape", [(1, 1), (1, 30), (30, 1), (2, 2), (30, 2), (40, 37)])
@pytest.mark.parametrize("share", [0.1, 0.4, 0.8])
def test_neighbours_are_those_that_one_sees(shape, share):
    mask = np.random.default_rng(3).random(shape) < share
    pixels = np.flatnonzero(mask).astype(np.int32)
    neighbours, degrees = linked(pixels, shape[1])
    found = {(i, int(j)) for i in range(len(pixels)) for j in neighbours[i] if j >= 0}
    assert found == naive_links(pixels, shape[1])
    assert np.array_equal(degrees, (neighbours >= 0).sum(1))
    for i, d in zip(*np.nonzero(neighbours >= 0), strict=True):
        dy, dx = STEPS[d]
        assert pixels[neighbours[i, d]] == pixels[i] + dy * shape[1] + dx


@pytest.mark.parametrize("seed", range(3))
def test_every_link_is_in_one_edge(seed):
    smooth = ndimage.gaussian_filter(np.random.default_rng(seed).random((120, 130)), 2)
    mask = (smooth < np.median(smooth)).astype(np.uint8)
    pixels = thinned(mask, "guo_hall")
    graph = skeleton_graph(pixels, distances_at(mask, pixels), 130, 0.0, 0.0)
    links = []
    for e in range(len(graph.states)):
        chain = graph.chain[graph.offsets[e] : graph.offsets[e + 1]].tolist()
        loop = graph.nodes[e, 0] < 0
        links += [frozenset(pair) for pair in zip(chain, chain[1:] + chain[:1] * int(loop), strict=bool(loop))]
    assert {frozenset(pair) for pair in naive_links(pixels, 130)} == set(links)
    assert len(links) == len(set(links))
    assert set(graph.chain.tolist()) == set(range(len(pixels)))


def kept(graph):
    return int((graph.states == KEPT).sum())


def test_a_line_is_one_edge():
    graph = skeleton_graph(*pixels_of("#....... .##..... ...####. ........"), 1.0)
    assert graph.offsets.tolist() == [0, 7]
    assert (graph.nodes >= 0).all()


def test_a_loop_has_no_nodes():
    graph = skeleton_graph(*pixels_of("..###.. .#...#. .#...#. ..###.. ......."), 1.0)
    assert graph.nodes.tolist() == [[-1, -1]]
    assert graph.offsets.tolist() == [0, 10]


def test_a_lone_pixel_is_an_edge_of_one_point():
    graph = skeleton_graph(*pixels_of("... .#. ..."), 1.0)
    assert graph.offsets.tolist() == [0, 1]
    assert graph.degrees.tolist() == [1]


def test_a_crossing_of_two_junctions_is_one():
    text = """
    #.........#
    .#.......#.
    ..#.....#..
    ...#####...
    ..#.....#..
    .#.......#.
    #.........#
    """
    pixels, radii, width = pixels_of(text)
    graph = skeleton_graph(pixels, radii * 3.0, width, 0.3)
    assert (graph.states == INNER).sum() == 1
    assert kept(graph) == 4
    assert len(set(graph.nodes[graph.states == KEPT].ravel().tolist())) == 5
    apart = skeleton_graph(pixels, radii * 3.0, width, 0.3, 0.5)
    assert kept(apart) == 5


def bar_with_stub(stub, thickness):
    """A thick bar with a stub on its upper side, as it is thinned; the stub is 5 px wide."""
    mask = np.zeros((60, 100), np.uint8)
    mask[30 : 30 + 2 * thickness, 5:95] = 1
    mask[30 - stub : 30, 48:53] = 1
    pixels = thinned(mask, "guo_hall")
    return pixels, distances_at(mask, pixels), 100


@pytest.mark.parametrize(("stub", "edges"), [(1, 1), (2, 1), (12, 3), (20, 3)])
def test_hairs_go_and_branches_stay(stub, edges):
    graph = skeleton_graph(*bar_with_stub(stub, 4), 1.0)
    ends_of_bar = kept(graph)
    pieces = [e for e in range(len(graph.states)) if graph.states[e] == KEPT]
    assert len(pieces) == edges or (edges == 1 and ends_of_bar == 2 and (graph.states == PRUNED).any())


def test_pruning_more_leaves_less():
    arguments = bar_with_stub(9, 4)
    counts = [kept(skeleton_graph(*arguments, prune)) for prune in (0.0, 1.0, 4.0)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[-1]


def test_a_small_cross_keeps_a_line():
    graph = skeleton_graph(*pixels_of("....... ...#... ...#... .#####. ...#... ...#... ......."), 20.0)
    assert kept(graph) >= 2


def test_a_hole_between_junctions_stays():
    graph = skeleton_graph(*pixels_of("......... ...###... ###...### ...###... ........."), 1.0)
    assert kept(graph) >= 3
