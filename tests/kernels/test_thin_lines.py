"""Two edges of a thin line become one stroke along its middle: on drawn lines, whose middle is known."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vec2art_nb.kernels import thin_lines as module
from vec2art_nb.kernels.edges import edge_points, hysteresis, thresholds
from vec2art_nb.kernels.gradient import gaussian_gradient
from vec2art_nb.kernels.strokes import Chains, drop_short, link_strokes
from vec2art_nb.kernels.thin_lines import middle_lines


def edges(inside, dark=True):
    """Chains and gradient of a shape given by (4 H, 4 W) bools."""
    height, width = inside.shape
    coverage = inside.reshape(height // 4, 4, width // 4, 4).mean((1, 3))
    ink, paper = (3000, 22000) if dark else (22000, 3000)
    lightness = np.rint(paper + (ink - paper) * coverage).astype(np.int16)
    dx, dy = gaussian_gradient(lightness, 1.2)
    strength, shift = edge_points(dx, dy)
    mask = hysteresis(strength, *thresholds(strength, dx, dy, 0.4))
    return link_strokes(mask, dx, dy, shift), dx, dy


def plane(height=100, width=120):
    y, x = (np.mgrid[0 : 4 * height, 0 : 4 * width] + 0.5) / 4
    return x, y


def segment(x, y, a, b, wide):
    """Whether points are within half of ``wide`` of the segment from a to b."""
    a, b = np.array(a, float), np.array(b, float)
    way = b - a
    t = np.clip(((x - a[0]) * way[0] + (y - a[1]) * way[1]) / (way @ way), 0, 1)
    return np.hypot(x - a[0] - t * way[0], y - a[1] - t * way[1]) < wide / 2


def parts(chains):
    return [chains.points[a:b] for a, b in pairwise(chains.offsets)]


@pytest.mark.parametrize("wide", [2, 3, 4])
@pytest.mark.parametrize("end", [(100, 50), (95, 85), (20, 90), (70, 15)])
@pytest.mark.parametrize("dark", [True, False])
def test_a_thin_line_is_one_stroke_in_its_middle(wide, end, dark):
    start = np.array([20.3, 40.2])
    chains, dx, dy = edges(segment(*plane(), start, end, wide), dark)
    found = drop_short(middle_lines(chains, dx, dy, 5.0, dark, not dark), 4)
    assert found.closed.tolist() == [0]
    way = (end - start) / np.hypot(*(end - start))
    off = (found.points - start) @ [-way[1], way[0]]
    assert np.abs(off).mean() < 0.12 and np.abs(off).max() < 0.6
    length = np.hypot(*(found.points[-1] - found.points[0]))
    assert length > np.hypot(*(end - start)) - 8


def test_a_thin_ring_is_one_circle():
    x, y = plane()
    chains, dx, dy = edges(np.abs(np.hypot(x - 60, y - 50) - 35) < 1.5)
    assert len(drop_short(chains, 4).closed) == 2
    found = drop_short(middle_lines(chains, dx, dy, 5.0, True, True), 4)
    assert len(found.closed) == 1
    assert np.abs(np.hypot(*(found.points - [60, 50]).T) - 35).mean() < 0.1
    assert len(found.points) > 200


@pytest.mark.parametrize("dark", [True, False])
def test_only_the_lines_that_are_asked_for_are_changed(dark):
    chains, dx, dy = edges(segment(*plane(), (20, 40), (100, 60), 3), dark)
    for asked in ((not dark, dark), (False, False)):
        for one, other in zip(middle_lines(chains, dx, dy, 5.0, *asked), chains, strict=True):
            assert np.array_equal(one, other)


def test_wide_lines_keep_both_edges():
    chains, dx, dy = edges(segment(*plane(), (20, 40), (100, 60), 9))
    for one, other in zip(middle_lines(chains, dx, dy, 5.0, True, True), chains, strict=True):
        assert np.array_equal(one, other)


def test_a_line_that_ends_on_a_broad_shape_leaves_the_shape_its_outline():
    x, y = plane()
    chains, dx, dy = edges((np.hypot(x - 35, y - 50) < 22) | segment(x, y, (50, 50), (110, 50), 3))
    found = drop_short(middle_lines(chains, dx, dy, 5.0, True, True), 4)
    radius = np.hypot(*(found.points - [35, 50]).T)
    outline = found.points[np.abs(radius - 22) < 0.5]
    angles = np.degrees(np.arctan2(outline[:, 1] - 50, outline[:, 0] - 35))
    assert set(range(-16, 17)) - {-1, 0, 1} <= set(np.rint(angles / 10).astype(int).tolist()) | {17, -17, 18, -18}
    line = found.points[(found.points[:, 0] > 65) & (found.points[:, 0] < 105)]
    assert 35 < len(line) < 45 and np.abs(line[:, 1] - 50).max() < 0.3


def test_where_a_line_grows_broad_its_stroke_glides_to_the_edge():
    x, y = plane()
    chains, dx, dy = edges((np.abs(y - 50) < 1.2 + 0.04 * (x - 20)) & (x > 20))
    found = drop_short(middle_lines(chains, dx, dy, 5.0, True, True), 4)
    longest = max(parts(found), key=len)
    steps = np.diff(longest, axis=0)
    assert np.abs(longest[:, 1] - 50).min() < 0.1 and np.abs(longest[:, 1] - 50).max() > 2.5
    assert np.abs(steps[np.abs(steps[:, 0]) > 0.7][:, 1]).max() < 0.7


@settings(max_examples=40)
@given(st.integers(1, 14), st.integers(1, 14), st.integers(0, 2**32 - 1), st.floats(1, 40))
def test_any_edges_give_sound_strokes(height, width, seed, widest):
    random = np.random.default_rng(seed)
    mask = (random.random((height, width)) < random.random()).astype(np.uint8)
    dx, dy = random.integers(-3, 4, (2, height, width)).astype(np.int16)
    chains = link_strokes(mask, dx, dy, random.integers(-64, 65, (height, width)).astype(np.int8))
    found = middle_lines(chains, dx, dy, widest, True, True)
    assert found.offsets[0] == 0 and found.offsets[-1] == len(found.points) <= len(chains.points)
    assert (np.diff(found.offsets) >= 2).all() and len(found.closed) == len(found.offsets) - 1
    if len(found.points):
        assert found.points.min() >= 0 and (found.points.max(axis=0) <= [width, height]).all()


def test_every_kernel_compiles_once():
    chains, dx, dy = edges(segment(*plane(), (20, 40), (100, 60), 3))
    middle_lines(chains, dx, dy, 4, True, False)
    for array in (*chains, dx, dy):
        array.flags.writeable = False
    middle_lines(Chains(*chains), dx, dy, np.float64(5.5), True, True)
    for name in ("place_points", "find_partners", "choose_sides", "copy_middles"):
        assert len(getattr(module, name).dispatcher.signatures) == 1
