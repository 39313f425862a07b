"""Where dots go and how large they are: densities, sizes, screens, and the working grid below them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.ndimage import uniform_filter
from scipy.spatial import cKDTree

from vec2art_nb.backends.stages.page import Lightness
from vec2art_nb.backends.stages.placement import LATTICES, RELAXED, PlacementParams, Relative, places, relative_radius
from vec2art_nb.backends.stages.tone import Demand, strength

FREE = ("random", "poisson", "voronoi", "lbg")
PATTERNS = (*LATTICES, *FREE)
DEFAULTS = PlacementParams().to_dict()
ALIKE = Relative(None, 1.0)
FULL = 65535


def ink(share, height=None, width=None):
    """The demand for these shares of ink, (H, W) or one for all."""
    shares = np.asarray(share, float) if height is None else np.full((height, width), float(share))
    values = np.rint(shares * FULL).astype(np.uint16)
    return Demand(values, int(values.sum(dtype=np.int64)))


def halves(left, right, height=80, width=160):
    return np.repeat([[left, right]], width // 2, axis=1).repeat(height, axis=0)


def placed(demand, relative=ALIKE, radius_by="fixed", **values):
    return places(demand, relative, radius_by=radius_by, **{**DEFAULTS, **values})


def left_and_right(points, width=160):
    left = int((points[:, 0] < width / 2).sum())
    return left, len(points) - left


def sized(light=None, tone=None, **values):
    """What sizes follow, of a picture's lightness (0 to 100) or its ink (0 to 1)."""
    shape = np.shape(light if tone is None else tone)
    light = np.zeros(shape) if light is None else light
    tone = ink(np.zeros(shape) if tone is None else tone)
    parameters = {
        "follow": "tone", "radius_by": "tone", "radius_range": 3.0, "radius_reverse": False, "radius_blur_px": 2.0,
    }  # fmt: skip
    lightness = Lightness(np.rint(np.asarray(light) * 256.0).astype(np.int16))
    return relative_radius(ink(1, *shape), tone, lightness, **{**parameters, **values})


# --- how large --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("times", [1.0, 2.5, 20.0])
def test_the_largest_is_so_many_times_the_smallest(times):
    relative = sized(tone=[[0.0, 1.0]], radius_range=times)
    small, large = relative.radius(relative.strength)[0]
    assert large / small == pytest.approx(times, rel=1e-5)
    assert large == pytest.approx(1)


def test_by_tone_the_area_above_the_smallest_radius_is_darkness():
    darkness = np.linspace(0, 1, 50)[None]
    np.testing.assert_allclose(np.square(sized(tone=darkness).strength / FULL), darkness, atol=1e-4)


@pytest.mark.parametrize("radius_by", ["tone", "gradient", "variance"])
def test_reversed_sizes_are_the_others_mirrored(radius_by):
    light = np.random.default_rng(0).uniform(0, 100, (30, 40))
    one, other = (sized(light, light / 100, radius_by=radius_by, radius_reverse=turn) for turn in (False, True))
    np.testing.assert_array_equal(one.strength.astype(int) + other.strength, FULL)
    assert one.strength.min() < 0.8 * one.strength.max()


def test_by_variance_dots_are_as_large_as_the_standard_deviation_around_them():
    light = np.random.default_rng(1).uniform(30, 60, (40, 50)) * np.linspace(0.2, 1, 50)
    values = np.rint(light * 256) / 256
    square = uniform_filter(np.square(values), 5, mode="nearest")
    deviation = np.sqrt(square - np.square(uniform_filter(values, 5, mode="nearest")))
    found = sized(light, radius_by="variance", radius_blur_px=2.0).strength
    below = found < FULL
    assert below.mean() > 0.95
    factors = found[below] / deviation[below]
    np.testing.assert_allclose(factors, np.median(factors), rtol=0.005)


def test_by_gradient_sizes_follow_the_edges_that_dots_can_follow():
    light = np.kron(np.random.default_rng(4).uniform(20, 80, (8, 10)), np.ones((6, 6)))
    for blur in (1.0, 4.0):
        found = sized(light, radius_by="gradient", radius_blur_px=blur).strength
        np.testing.assert_array_equal(found, strength(np.rint(light * 256).astype(np.int16), blur))


@pytest.mark.parametrize("radius", [3.0, 9.0, 20.0])
def test_texture_is_looked_for_no_farther_than_twice_the_radius(radius):
    light = np.full((90, 200), 50.0)
    light[:, :100] += np.random.default_rng(2).uniform(-20, 20, (90, 100))
    for mirrored in (False, True):
        picture = light[:, ::-1] if mirrored else light
        found = sized(picture, radius_by="variance", radius_blur_px=radius).strength
        found = found[:, ::-1] if mirrored else found
        assert (found[:, :100] > 0.3 * FULL).mean() > 0.95
        assert (found[:, int(100 + radius / 3)] > 0).mean() > 0.95
        assert not found[:, int(101 + 2 * radius) :].any()


def test_what_is_cut_off_at_the_far_border_moves_no_texture():
    light = np.full((96, 102), 50.0)
    light[20:50, 30:60] += np.random.default_rng(3).uniform(-20, 20, (30, 30))
    edges = []
    for cut in (0, 1, 3, 5):
        found = sized(light[: 96 - cut, : 102 - cut], radius_by="variance", radius_blur_px=9.0).strength
        assert found.shape == (96 - cut, 102 - cut)
        edges.append([np.flatnonzero(found.any(axis=axis))[[0, -1]].tolist() for axis in (0, 1)])
    assert all(edge == edges[0] for edge in edges)


def test_fixed_dots_are_alike():
    assert sized(tone=[[0.0, 1.0]], radius_by="fixed").strength is None


@pytest.mark.parametrize(("follow", "radius_by"), [("even", "tone"), ("even", "gradient"), ("tone", "tone")])
def test_only_dots_that_are_everywhere_show_tone_by_size_alone(follow, radius_by):
    relative = sized(tone=[[0.0, 0.5]], follow=follow, radius_by=radius_by)
    by_size = follow == "even" and radius_by == "tone"
    assert relative.fewer is not by_size
    assert relative.ink == (ink([[0.0, 0.5]]).total if by_size else None)


# --- how many ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pattern", PATTERNS)
def test_there_may_be_more_dots_than_pixels_but_not_more_than_64_in_one(pattern):
    assert len(placed(ink(1, 30, 40), pattern=pattern, count=6000, iterations=3).points) == pytest.approx(
        6000, rel=0.06
    )
    # The dots of a lattice on its border come on top.
    most = 64 * 4 * 5 * (1.2 if pattern in LATTICES else 1)
    assert 0.8 * 64 * 4 * 5 < len(placed(ink(1, 4, 5), pattern=pattern, count=1_000_000, iterations=1).points) <= most


@pytest.mark.parametrize("pattern", FREE)
def test_spacing_is_that_of_the_densest_lattice(pattern):
    """As many as a hexagonal lattice of that spacing has."""
    found = placed(ink(1, 150, 200), pattern=pattern, amount="spacing", spacing_px=6.0, iterations=3)
    assert len(found.points) == pytest.approx(150 * 200 / (36 * math.sqrt(3) / 2), rel=0.04)


@pytest.mark.parametrize("pattern", FREE)
def test_spacing_is_where_small_dots_are_and_large_ones_have_more_room(pattern):
    sizes = np.rint(halves(0, FULL)).astype(np.uint16)
    demand = ink(halves(1.0, 0.3))
    values = {"pattern": pattern, "amount": "spacing", "spacing_px": 3.0, "iterations": 10}
    each = 80 * 80 / (9 * math.sqrt(3) / 2)
    left, right = left_and_right(placed(demand, Relative(sizes, 1 / 3), "variance", **values).points)
    assert left == pytest.approx(each, rel=0.06)
    assert right == pytest.approx(each * 0.3 / 9, rel=0.3)
    # Where size alone shows something, all are as dense as the demand.
    left, right = left_and_right(placed(demand, Relative(sizes, 1 / 3, False), "tone", **values).points)
    assert left == pytest.approx(each, rel=0.06)
    assert right == pytest.approx(each * 0.3, rel=0.12)


@pytest.mark.parametrize("pattern", LATTICES)
@pytest.mark.parametrize(("shape", "counts"), [((100, 100), range(40, 240, 4)), ((12, 400), range(1000, 1400, 40))])
def test_lattices_have_on_average_as_many_as_asked_for(pattern, shape, counts):
    """Where much of the lattice is border; single ones are now above, now below."""
    found = [len(placed(ink(1, *shape), pattern=pattern, count=count).points) for count in counts]
    assert sum(found) == pytest.approx(sum(counts), rel=0.08)


@pytest.mark.parametrize("pattern", LATTICES)
@pytest.mark.parametrize(("shape", "count"), [((100, 100), 1), ((100, 100), 2), ((400, 20), 3)])
def test_a_lattice_wider_than_the_picture_still_has_a_dot(pattern, shape, count):
    assert len(placed(ink(1, *shape), pattern=pattern, count=count).points) >= 1


@pytest.mark.parametrize(("pattern", "amount"), [("grid", "count"), ("random", "spacing")])
def test_a_speck_that_a_sample_misses_has_its_dots(pattern, amount):
    shares = np.zeros((640, 650))
    shares[100:103, 100:103] = 1
    # Of a picture that large every second pixel is looked at.
    shares[1::2, 1::2] = 0
    demand = ink(shares)
    sizes = Relative(np.zeros((640, 650), np.uint16), 0.5)
    found = placed(demand, sizes, "variance", pattern=pattern, amount=amount, count=9, spacing_px=1.0)
    assert found.ink_px * FULL == demand.total
    assert np.isfinite(found.points).all()
    assert len(found.points)
    assert np.abs(found.points - 101.5).max() < 4


@pytest.mark.parametrize("radius_by", ["fixed", "tone"])
@pytest.mark.parametrize("pattern", PATTERNS)
def test_what_asks_for_next_to_nothing_gets_nothing_and_what_asks_for_little_gets_some(pattern, radius_by):
    relative = ALIKE if radius_by == "fixed" else sized(tone=halves(0.5, 0.5))
    nothing = placed(ink(halves(0.002, 1.0)), relative, radius_by, pattern=pattern, count=4000, iterations=2)
    # Dots on the very border between the halves feel both.
    assert not (nothing.points[:, 0] < 76).any()
    little = placed(ink(0.02, 80, 160), relative, radius_by, pattern=pattern, count=400, iterations=2)
    assert len(little.points) == pytest.approx(400, rel=0.2)


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("shape", [(53, 101), (101, 53), (7, 90)])
def test_no_dot_leaves_the_picture(pattern, shape):
    for count in (3, 11, 200):
        for seed in range(12):
            points = placed(ink(1, *shape), pattern=pattern, count=count, jitter=1.0, seed=seed, iterations=1).points
            assert (points >= 0).all()
            assert (points <= np.array(shape[::-1])).all()


@pytest.mark.parametrize("pattern", PATTERNS)
def test_another_seed_is_another_drawing_of_the_same_kind(pattern):
    drawings = [placed(ink(0.4, 60, 80), pattern=pattern, count=300, seed=seed).points for seed in (0, 1, 0)]
    assert drawings[0].tobytes() == drawings[2].tobytes() != drawings[1].tobytes()


@pytest.mark.parametrize("pattern", RELAXED)
def test_a_longer_relaxation_evens_out_distances(pattern):
    spread = []
    for iterations in (0, 3, 40):
        points = placed(ink(1, 90, 120), pattern=pattern, count=400, iterations=iterations).points
        nearest = cKDTree(points).query(points, k=2)[0][:, 1]
        spread.append(nearest.std() / nearest.mean())
    assert spread[0] > 1.2 * spread[1] > 1.44 * spread[2]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_ink_is_that_of_the_demand_or_the_one_given(pattern):
    demand = ink(halves(0.25, 1.0))
    assert placed(demand, pattern=pattern, count=200).ink_px == demand.total / FULL
    sizes = np.full(demand.values.shape, 9999, np.uint16)
    given = Relative(sizes, 0.5, fewer=False, ink=1234 * FULL)
    assert placed(demand, given, "tone", pattern=pattern, count=200).ink_px == 1234


@pytest.mark.parametrize("pattern", PATTERNS)
def test_each_dot_has_the_size_of_its_place(pattern):
    """On a slope down the picture and one across it."""
    for axis in (0, 1):
        slope = np.linspace(0, FULL, (80, 160)[axis])
        sizes = np.rint(np.broadcast_to(slope[:, None] if axis == 0 else slope, (80, 160))).astype(np.uint16)
        relative = Relative(sizes, 0.25)
        found = placed(ink(1, 80, 160), relative, "variance", pattern=pattern, count=1500, iterations=3)
        at = np.minimum(found.points[:, 1 - axis].astype(int), (80, 160)[axis] - 1)
        np.testing.assert_allclose(found.relative, relative.radius(np.rint(slope).astype(np.uint16))[at], atol=0.07)


# --- lattices and screens ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("pattern", "turns"), [("grid", 90), ("hexagonal", 60)])
def test_rows_are_turned_clockwise(pattern, turns):
    points = placed(ink(1, 90, 120), pattern=pattern, count=300, screen_angle_deg=20.0).points
    inner = points[(np.abs(points - [60, 45]) < [40, 25]).all(axis=1)]
    _, nearest = cKDTree(points).query(inner, k=2)
    toward = points[nearest[:, 1]] - inner
    off = (np.degrees(np.arctan2(toward[:, 1], toward[:, 0])) - 20 + turns / 2) % turns - turns / 2
    assert np.abs(off).max() < 1


@pytest.mark.parametrize("jitter", [0.4, 1.0])
def test_jitter_is_anywhere_within_its_share_of_the_spacing(jitter):
    values = {"pattern": "grid", "amount": "spacing", "spacing_px": 10.0, "jitter": jitter}
    points = placed(ink(1, 400, 600), **values, seed=3).points
    points = points[((points > 30) & (points < [570, 370])).all(axis=1)]
    # One dot of the lattice stands in the middle of the picture.
    shift = (points - [300, 200] + 5) % 10 - 5
    assert np.abs(shift).max() <= 5 * jitter + 1e-3
    assert np.abs(shift.mean(axis=0)).max() < 0.04 * 10 * jitter
    np.testing.assert_allclose(shift.std(axis=0), 10 * jitter / math.sqrt(12), rtol=0.05)
    assert abs(np.corrcoef(shift.T)[0, 1]) < 0.08
    other = placed(ink(1, 400, 600), **values, seed=4).points
    assert np.abs(other[: len(points)] - placed(ink(1, 400, 600), **values, seed=3).points[: len(points)]).max() > 1


@pytest.mark.parametrize("pattern", LATTICES)
@pytest.mark.parametrize("times", [1.5, 8.0])
def test_in_a_screen_no_dot_is_missing_and_each_is_as_large_as_its_cell_is_dark(pattern, times):
    tone = halves(0.25, 1.0)
    values = {"pattern": pattern, "amount": "spacing", "spacing_px": 5.0}
    found = placed(ink(tone), sized(tone=tone, radius_range=times), "tone", **values)
    everywhere = placed(ink(1, 80, 160), **values)
    assert len(found.points) >= len(everywhere.points)
    inside = (found.points > 8).all(axis=1) & (found.points < [152, 72]).all(axis=1)
    x, areas = found.points[inside, 0], np.square(found.relative[inside])
    np.testing.assert_allclose(areas[x < 70], 0.25, rtol=0.02)
    np.testing.assert_allclose(areas[x > 90], 1.0, rtol=0.02)


def test_in_a_screen_a_cell_that_is_half_white_is_half_as_dark():
    stripes = np.tile(np.repeat([0.0, 1.0], 8), 10)
    tone = np.tile(stripes, (160, 1))
    values = {"pattern": "grid", "amount": "spacing", "spacing_px": 32.0}
    found = placed(ink(tone), sized(tone=tone), "tone", **values)
    inside = (found.points > 20).all(axis=1) & (found.points < 140).all(axis=1)
    np.testing.assert_allclose(np.square(found.relative[inside]), 0.5, rtol=0.06)


def test_a_dot_on_the_border_has_twice_the_ink_of_its_cell_for_half_of_it_is_outside():
    # The outermost columns stand 0.4 of a row outside: they are moved to the border, with cells 0.3 of a row wide.
    found = placed(
        ink(1, 200, 224), sized(tone=np.ones((200, 224))), "tone", pattern="grid", amount="spacing", spacing_px=20.0
    )
    rows = (found.points[:, 1] > 30) & (found.points[:, 1] < 170)
    border = rows & ((found.points[:, 0] == 0) | (found.points[:, 0] == 224))
    assert border.sum() >= 12
    # By the pixels of the working grid, of which such a cell has one or two across.
    np.testing.assert_allclose(np.square(found.relative[border]), 2 * 0.3, atol=0.21)
    np.testing.assert_allclose(np.square(found.relative[rows & ~border]), 1, rtol=1e-3)


@pytest.mark.parametrize("pattern", LATTICES)
def test_a_lattice_that_is_everywhere_shows_tone_by_size(pattern):
    tone = np.linspace(0, 1, 80)[:, None] * np.ones(160)
    relative = sized(tone=tone, follow="even", radius_range=20.0)
    found = placed(ink(1, 80, 160), relative, "tone", pattern=pattern, count=800)
    alike = placed(ink(1, 80, 160), pattern=pattern, count=800)
    np.testing.assert_array_equal(found.points, alike.points)
    expected = relative.radius(relative.strength)[np.minimum(found.points[:, 1].astype(int), 79), 0]
    np.testing.assert_allclose(found.relative, expected, atol=0.06)


def test_nothing_wanted_is_nothing_placed():
    for pattern in PATTERNS:
        found = placed(ink(0, 20, 30), pattern=pattern)
        assert found.points.shape == (0, 2)
        assert found.relative.shape == (0,)
        assert found.ink_px == 0
