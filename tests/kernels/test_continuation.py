"""Joining strokes by good continuation, against a search over all pairs and on drawn junctions."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vec2art_nb.kernels import continuation as module
from vec2art_nb.kernels.continuation import join_strokes
from vec2art_nb.kernels.strokes import Chains

SIZE = (100, 120)


def line(start, end, step=1.0):
    start, end = np.array(start, float), np.array(end, float)
    count = max(2, round(float(np.hypot(*(end - start))) / step) + 1)
    return start + np.linspace(0, 1, count)[:, None] * (end - start)


def chains(*parts, closed=()):
    counts = [len(part) for part in parts]
    return Chains(
        np.concatenate(parts).astype(np.float32),
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        np.array([i in closed for i in range(len(parts))], np.uint8),
    )


def parts(joined):
    return [joined.points[a:b] for a, b in pairwise(joined.offsets)]


@pytest.mark.parametrize("first_is_turned", [False, True])
@pytest.mark.parametrize("second_is_turned", [False, True])
@pytest.mark.parametrize("end", [(70, 50), (66, 74), (30, 90), (2, 20)])
def test_a_line_with_a_gap_becomes_one_stroke_whatever_its_parts_direction(end, first_is_turned, second_is_turned):
    whole = line((30.3, 40.4), end)
    first, second = whole[: len(whole) // 2], whole[len(whole) // 2 + 2 :]
    turned = [part[::-1] if turn else part for part, turn in ((first, first_is_turned), (second, second_is_turned))]
    joined = join_strokes(chains(*turned), 4, SIZE)
    assert len(joined.closed) == 1
    expected = whole if np.allclose(joined.points[0], whole[0], atol=1e-4) else whole[::-1]
    assert np.allclose(joined.points, expected, atol=0.02)


def test_a_gap_is_filled_with_points_about_a_pixel_apart():
    joined = join_strokes(chains(line((10, 50), (40, 50)), line((52, 50), (90, 50))), 15, SIZE)
    assert len(joined.closed) == 1
    assert np.diff(joined.points[:, 0]).max() <= 1.3


@pytest.mark.parametrize(("gap", "strokes"), [(0, 2), (2.5, 2), (3.5, 1)])
def test_wider_gaps_stay(gap, strokes):
    two = chains(line((10, 50), (40, 50)), line((43, 50), (80, 50)))
    assert len(join_strokes(two, gap, SIZE).closed) == strokes


def test_the_bar_of_a_t_stays_whole():
    left, right, stem = line((20, 40), (49, 40)), line((51, 40), (80, 40)), line((50, 42), (50, 80))
    for order in ([0, 1, 2], [2, 1, 0], [1, 2, 0]):
        joined = join_strokes(chains(*[(left, right, stem)[i] for i in order]), 4, SIZE)
        lengths = sorted(float(np.hypot(*(part[-1] - part[0]))) for part in parts(joined))
        assert lengths == pytest.approx([38, 60], abs=0.1)


def test_four_arms_make_a_cross():
    middle = np.array([50.2, 50.6])
    arms = [line(middle + 2 * np.array(way), middle + 30 * np.array(way)) for way in [(1, 0), (0, 1), (-1, 0), (0, -1)]]
    joined = join_strokes(chains(*arms), 5, SIZE)
    assert [float(np.hypot(*(part[-1] - part[0]))) for part in parts(joined)] == pytest.approx([60, 60], abs=0.1)


@pytest.mark.parametrize(
    "second",
    [line((42, 50), (42, 80)), line((41, 53), (70, 53)), line((39, 52), (10, 52)), line((30, 50), (45, 50))],
    ids=["a corner", "a line beside", "a line back", "an overlap of ten pixels"],
)
def test_what_does_not_go_on_is_left_alone(second):
    two = chains(line((10, 50), (40, 50)), second)
    assert join_strokes(two, 4, SIZE) is two


def test_ends_that_overlap_a_little_are_joined_without_going_back():
    joined = join_strokes(chains(line((10, 50), (41, 50)), line((39.5, 50.3), (80, 50.3))), 4, SIZE)
    assert len(joined.closed) == 1
    assert (np.diff(joined.points[:, 0]) >= 0).all()


@pytest.mark.parametrize("order", [[0, 1, 2], [1, 0, 2], [2, 1, 0], [2, 0, 1]])
def test_of_two_that_go_on_the_better_is_taken_and_the_other_stays(order):
    lines = [line((10, 50), (40, 50)), line((42, 50.1), (70, 50.1)), line((43, 51.5), (70, 53))]
    joined = join_strokes(chains(*[lines[i] for i in order]), 5, SIZE)
    lengths = sorted(float(np.hypot(*(part[-1] - part[0]))) for part in parts(joined))
    assert lengths == pytest.approx([27, 60], abs=0.2)


def test_an_open_circle_is_closed():
    angle = np.linspace(0.05, 2 * np.pi - 0.05, 180)
    circle = np.stack([60 + 30 * np.cos(angle), 50 + 30 * np.sin(angle)], axis=1)
    halves = [circle[:88], circle[90:][::-1]]
    for shape in ([circle], halves):
        joined = join_strokes(chains(*shape), 4, SIZE)
        assert joined.closed.tolist() == [1]
        assert np.abs(np.hypot(*(joined.points - [60, 50]).T) - 30).max() < 0.1


def test_a_speck_is_not_closed():
    speck = chains(line((10, 10), (12, 10)))
    assert join_strokes(speck, 4, SIZE) is speck


def naive_partners(ends, sizes, gap):
    """The same by looking at all pairs."""
    count = len(ends)
    best, costs = np.full(count, -1), np.full(count, 1e9, np.float32)
    for e in range(count):
        for f in range(count):
            u, w, v = ends[e, 2:], ends[f, 2:], ends[f, :2] - ends[e, :2]
            distance, facing = np.hypot(*v), -(u @ w)
            if e == f or not u.any() or distance > gap or facing < np.float32(0.7071):
                continue
            beside = max(abs(v[0] * u[1] - v[1] * u[0]), abs(v[0] * w[1] - v[1] * w[0]))
            if min(v @ u, -(v @ w)) < -2 or beside > 0.8 + 0.36 * distance:
                continue
            if e // 2 == f // 2 and sizes[e // 2] < 6 * (distance + 1):
                continue
            cost = distance + 2 * beside + 6 * (1 - facing)
            if cost < costs[e] - 1e-6:
                best[e], costs[e] = f, cost
    return [int(best[e]) if best[e] >= 0 and best[best[e]] == e else -1 for e in range(count)]


@pytest.mark.parametrize("gap", [3.0, 9.0])
def test_the_partners_are_those_of_a_search_over_all_pairs(gap):
    random = np.random.default_rng(5)
    starts = random.uniform(10, 90, (120, 2))
    ways = random.choice([0.0, 0.5, 1.0, 1.5], 120) * np.pi + random.normal(0, 0.1, 120)
    many = chains(*[line(p, p + 8 * np.array([np.cos(a), np.sin(a)])) for p, a in zip(starts, ways, strict=True)])
    # Cells no larger than the gap asks for, so that many a partner is in the next one.
    shift = {3.0: 2, 9.0: 4}[gap]
    across = (120 >> shift) + 3
    ends = np.empty((240, 4), np.float32)
    starts = np.zeros(((100 >> shift) + 3) * across + 1, np.int32)
    places, order, best, partners = np.empty((4, 240), np.int32)
    partners[:] = -1
    assert module.find_ends(*many, shift, across, ends, places, starts, order) == 240
    assert (np.diff(places[order]) >= 0).all() and sorted(order) == list(range(240))
    pairs = module.match_ends(
        many.offsets, gap, across, 240, ends, places, starts, order, best, np.empty(240, np.float32), partners
    )
    expected = naive_partners(ends.astype(np.float64), np.diff(many.offsets), gap)
    assert partners.tolist() == expected
    assert pairs == sum(partner >= 0 for partner in expected) // 2 > 3


@settings(max_examples=60)
@given(st.integers(0, 12), st.integers(0, 2**32 - 1), st.sampled_from([1.0, 4.0, 30.0]))
def test_any_strokes_keep_their_points(count, seed, gap):
    random = np.random.default_rng(seed)
    shapes = [np.cumsum(random.uniform(-1, 1, (random.integers(1, 30), 2)), axis=0) for _ in range(count)]
    shapes = [np.clip(shape + random.uniform(0, 100, 2), 0, 100) for shape in shapes]
    whole = chains(*shapes, np.array([[50.0, 50.0], [51.0, 50.0]]), closed=set(range(0, count, 3)))
    joined = join_strokes(whole, gap, (100, 100))
    assert joined.offsets[0] == 0 and joined.offsets[-1] == len(joined.points)
    assert (np.diff(joined.offsets) >= 1).all()
    assert len(joined.closed) <= len(whole.closed)
    # Nothing is moved: what is new lies between two ends, and what is gone overlapped.
    assert joined.points.min() >= 0 and joined.points.max() <= 100
    before = {tuple(point) for point in whole.points.tolist()}
    kept = before & {tuple(point) for point in joined.points.tolist()}
    assert len(kept) >= 0.5 * len(before)


def test_every_kernel_compiles_once():
    two = chains(line((10, 50), (40, 50)), line((43, 50), (80, 50)))
    join_strokes(two, 4, SIZE)
    for array in two:
        array.flags.writeable = False
    join_strokes(two, np.float64(7.5), SIZE)
    for kernel in (module.find_ends, module.match_ends, module.copy_joined):
        assert len(kernel.dispatcher.signatures) == 1
