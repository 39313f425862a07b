"""What a later pass adds: nothing twice, and nothing cut that only crosses."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from vec2art_nb.kernels import passes as module
from vec2art_nb.kernels.passes import drawn_mask, together, undrawn_parts
from vec2art_nb.kernels.strokes import Chains

SIZE = (80, 100)


def chains(*parts, closed=()):
    offsets = np.concatenate([[0], np.cumsum([len(part) for part in parts])]).astype(np.int64)
    flags = np.array([i in closed for i in range(len(parts))], np.uint8)
    return Chains(np.concatenate(parts).astype(np.float32), offsets, flags)


def across(y, x0=10, x1=90):
    x = np.arange(x0, x1 + 0.5)
    return np.stack([x, np.full(len(x), y)], axis=1)


def down(x, y0=10, y1=70):
    return across(x, y0, y1)[:, ::-1]


def circle(x=50, y=40, radius=25, count=160):
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return np.stack([x + radius * np.cos(angle), y + radius * np.sin(angle)], axis=1)


def mask_of(drawn, radius):
    mask = np.zeros(SIZE, np.uint8)
    drawn_mask(drawn, radius, mask)
    return mask


def parts(found):
    return [found.points[a:b] for a, b in pairwise(found.offsets)]


@pytest.mark.parametrize("radius", [0, 1, 2, 5])
def test_the_mask_has_what_is_near_a_point(radius):
    points = np.random.default_rng(0).uniform(0, [100, 80], (40, 2))
    points[:3] = [[0, 0], [100, 80], [100, 0]]
    found = mask_of(chains(points), radius)
    seeds = np.ones(SIZE, bool)
    x, y = points[3:].astype(int).T
    seeds[y, x] = seeds[0, 0] = False
    expected = np.rint(ndimage.distance_transform_edt(seeds) ** 2) <= radius**2 + radius
    inner = np.s_[: SIZE[0] - radius - 1, : SIZE[1] - radius - 1]
    assert np.array_equal(found[inner].astype(bool), expected[inner])


def test_what_is_drawn_is_not_drawn_again():
    drawn = chains(across(40), circle(), closed={1})
    for radius in (1, 3):
        again = undrawn_parts(drawn, mask_of(drawn, radius), radius)
        assert len(again.closed) == 0 and len(again.points) == 0


def test_what_is_not_drawn_comes_back_as_it_is():
    fresh = chains(across(20), circle(), circle(20, 20, 5, 30), closed={1})
    found = undrawn_parts(fresh, mask_of(chains(across(79)), 1), 1)
    for one, other in zip(found, fresh, strict=True):
        assert np.array_equal(one, other)


def test_a_stroke_is_cut_where_it_runs_along_a_drawn_one():
    found = undrawn_parts(chains(across(40)), mask_of(chains(across(41, 40, 60)), 2), 2)
    first, second = parts(found)
    assert found.closed.tolist() == [0, 0]
    # To where it meets the drawn one, and two points further.
    assert first[0, 0] == 10 and first[-1, 0] == pytest.approx(39, abs=1)
    assert second[0, 0] == pytest.approx(61, abs=1) and second[-1, 0] == 90


def test_a_stroke_that_crosses_drawn_ones_stays_whole():
    drawn = mask_of(chains(down(30), down(60), down(80)), 2)
    found = undrawn_parts(chains(across(40), circle()), drawn, 2)
    assert len(parts(found)[0]) == 81


@pytest.mark.parametrize("turn", [0, 40, 93, 159])
def test_a_loop_that_runs_along_a_drawn_stroke_is_opened_there(turn):
    loop = np.roll(circle(), turn, axis=0)
    drawn = mask_of(chains(circle()[20:60]), 1)
    found = undrawn_parts(chains(loop, closed={0}), drawn, 1)
    assert found.closed.tolist() == [0]
    assert len(found.points) == pytest.approx(160 - 42 + 4, abs=3)
    steps = np.hypot(*np.diff(found.points, axis=0).T)
    assert steps.max() < 1.1


@pytest.mark.parametrize("turn", [0, 40, 93])
def test_a_loop_that_is_only_crossed_stays_closed(turn):
    loop = chains(np.roll(circle(), turn, axis=0), closed={0})
    found = undrawn_parts(loop, mask_of(chains(across(40)), 1), 1)
    assert found.closed.tolist() == [1]
    assert len(found.points) == 160


def test_both_together_are_in_order():
    both = together(chains(across(10), across(20)), chains(circle(), closed={0}))
    assert both.closed.tolist() == [0, 0, 1]
    assert np.array_equal(parts(both)[2], circle().astype(np.float32))


@given(st.integers(1, 30), st.integers(0, 2**32 - 1), st.booleans())
def test_any_cover_leaves_sound_strokes(count, seed, closed):
    random = np.random.default_rng(seed)
    points = random.uniform(0, [100, 80], (count, 2))
    mask = (random.random(SIZE) < random.random()).astype(np.uint8)
    found = undrawn_parts(chains(points, closed={0} if closed else ()), mask, 0)
    assert found.offsets[0] == 0 and found.offsets[-1] == len(found.points)
    assert (np.diff(found.offsets) >= 1).all() and len(found.closed) == len(found.offsets) - 1
    whole = {tuple(point) for point in np.float32(points).tolist()}
    assert {tuple(point) for point in found.points.tolist()} <= whole


def test_every_kernel_compiles_once():
    one = chains(across(40), circle(), closed={1})
    for _ in range(2):
        undrawn_parts(one, mask_of(one, 1), 1)
        for array in one:
            array.flags.writeable = False
    assert len(module.mark_discs.dispatcher.signatures) == 1
    assert len(module.cut_drawn.dispatcher.signatures) == 1
