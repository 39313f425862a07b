"""The hand as a stage: presets, multipliers, and what leaves a stroke's character alone."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import pytest

from vec2art_nb.backends.stages.curves import Curves, Strokes, curves
from vec2art_nb.backends.stages.hand import HandParams, hand, unit_px

PRESETS = ("subtle", "medium", "strong", "sketchy")
MULTIPLIERS = ("tremor", "wobble", "pressure", "weight_variation", "taper", "overshoot")


@dataclass
class Picture:
    width: int = 1000
    height: int = 1000


def fitted(*chains, closed=False, simplify_px=0.5):
    offsets = np.concatenate([[0], np.cumsum([len(chain) for chain in chains])]).astype(np.int64)
    points = np.concatenate(chains).astype(np.float32)
    flags = np.full(len(chains), closed, np.uint8)
    return curves(Strokes(points, offsets, flags), smooth=True, simplify_px=simplify_px, corner_angle_deg=60)


def waves(count=8, length=300):
    along = np.arange(length)
    return [np.column_stack([100 + along + 20 * i, 100 + 90 * i + 30 * np.sin(along / 30 + i)]) for i in range(count)]


def drawn(source, picture=None, stroke_width=1.5, **values):
    parameters = {name: getattr(HandParams(), name) for name in HandParams.parameters()}
    return hand(source, picture or Picture(), stroke_width=stroke_width, **{**parameters, **values})


def test_no_hand_returns_what_it_was_given():
    source = fitted(*waves())
    assert drawn(source, hand="none") is source


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_draws_every_stroke(preset):
    source = fitted(*waves())
    result = drawn(source, hand=preset)
    assert isinstance(result, Curves)
    assert set(result.strokes) == set(range(8))
    assert (np.diff(result.strokes) >= 0).all()
    assert not result.closed.any()
    assert result.widths.shape == (len(result.points),)
    assert 0.7 < result.widths.mean() / 1.5 < 1.7


def test_presets_go_from_calm_to_lively():
    source = fitted(*[np.column_stack([np.arange(100, 900), np.full(800, 100 * i)]) for i in range(1, 9)])
    spreads = []
    for preset in ("subtle", "medium", "strong"):
        result = drawn(source, hand=preset)
        spreads.append(np.abs(result.points[:, 1] - 100 * (result.strokes[path_of(result)] + 1)).mean())
    assert 0.1 < spreads[0] < spreads[1] / 1.3 < spreads[2] / 1.69 < 5


def path_of(result):
    return np.repeat(np.arange(len(result.strokes)), np.diff(result.offsets))


def test_sketchers_go_over_their_strokes_again():
    source = fitted(*waves())
    for preset, goes in [("subtle", 1), ("sketchy", 2)]:
        # However often the pen is lifted, each go covers its stroke about once.
        lengths = [length(drawn(source, hand=preset, repeats=repeats)) for repeats in (1, 2, 3)]
        assert lengths[0] == pytest.approx(goes * length(source), rel=0.25)
        assert lengths[1] == pytest.approx(2 * lengths[0], rel=0.15)
        assert lengths[2] == pytest.approx(3 * lengths[0], rel=0.15)


def length(result):
    inside = np.diff(path_of(result)) == 0
    return np.hypot(*np.diff(result.points, axis=0)[inside].T).sum()


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("name", [*MULTIPLIERS, "seed"])
def test_every_multiplier_is_alive(preset, name):
    source = fitted(*waves())
    low, high = (0, 3) if name != "seed" else (0, 1)
    one, other = drawn(source, hand=preset, **{name: low}), drawn(source, hand=preset, **{name: high})
    assert (
        one.points.shape != other.points.shape
        or np.abs(one.points - other.points).max() > 0.1
        or np.abs(one.widths - other.widths).max() > 0.1
    )


@pytest.mark.parametrize("preset", PRESETS)
def test_a_stroke_keeps_its_character_when_another_parameter_or_stroke_changes(preset):
    source = fitted(*waves())
    usual = drawn(source, hand=preset)
    wider = drawn(source, hand=preset, stroke_width=1.6)
    # A wider line tapers over a longer way, and nothing else.
    assert (usual.points == wider.points).all()
    fewer = drawn(fitted(*waves()[::2]), hand=preset)
    for stroke in range(4):
        one = usual.points[np.isin(path_of(usual), np.flatnonzero(usual.strokes == 2 * stroke))]
        other = fewer.points[np.isin(path_of(fewer), np.flatnonzero(fewer.strokes == stroke))]
        assert (one == other).all()


def test_a_stroke_keeps_its_character_when_it_is_simplified_more():
    one, other = (drawn(fitted(*waves(), simplify_px=px), hand="strong") for px in (0.3, 0.6))
    for stroke in range(8):
        a = one.points[path_of(one) == stroke][::3]
        b = other.points[path_of(other) == stroke][::3]
        across = np.interp(a[2:-2, 0], b[:, 0], b[:, 1])
        assert np.abs(across - a[2:-2, 1]).mean() < 1.0


def test_the_widths_of_strokes_are_kept_in_proportion():
    source = fitted(*waves())
    widths = (1 + path_of(source) % 3).astype(np.float32)
    weighted = Curves(source.points, source.codes, source.offsets, source.closed, source.strokes, widths)
    result = drawn(weighted, hand="subtle", weight_variation=0)
    mean = np.array([result.widths[path_of(result) == stroke].mean() for stroke in range(3)])
    assert mean[1] / mean[0] == pytest.approx(2, rel=0.15)
    assert mean[2] / mean[0] == pytest.approx(3, rel=0.15)


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("size", [(1, 1), (1, 4000), (4000, 1), (250, 200), (6000, 4000)])
def test_pictures_of_every_size(preset, size):
    random = np.random.default_rng(1)
    chains = [np.cumsum(random.normal(0, 1, (30, 2)), axis=0) * min(size) / 60 + np.array(size) / 2 for _ in range(20)]
    source = fitted(*[np.clip(chain, 0, size) for chain in chains])
    result = drawn(source, Picture(*size), hand=preset)
    assert np.isfinite(result.points).all()
    assert np.isfinite(result.widths).all()
    assert (result.points >= 0).all()
    assert (result.points <= np.array(size)).all()


def test_no_strokes():
    nothing = Curves(
        np.empty((0, 2), np.float32), np.empty(0, np.uint8), np.zeros(1, np.int64), np.empty(0, np.bool_),
        np.empty(0, np.int32),
    )  # fmt: skip
    result = drawn(nothing, hand="strong")
    assert len(result.points) == len(result.strokes) == 0


def test_the_unit_grows_with_the_picture_but_less():
    assert unit_px(1000, 1000) == unit_px(2000, 500) == 1
    assert unit_px(16_000, 16_000) == 8
    assert 0.3 < unit_px(250, 250) < 0.4
    assert unit_px(1, 1) > 0


def test_closed_strokes_have_no_gap():
    angle = np.linspace(0, 2 * np.pi, 300, endpoint=False)
    circles = [np.column_stack([200 + r * np.cos(angle), 200 + r * np.sin(angle)]) + 60 * r / 10 for r in (20, 40, 60)]
    source = fitted(*circles, closed=True)
    result = drawn(source, hand="medium")
    for stroke in range(3):
        points = result.points[path_of(result) == stroke]
        around = np.unwrap(np.arctan2(*(points - circles[stroke].mean(axis=0)).T[::-1]))
        assert abs(around[-1] - around[0]) > 2 * np.pi
        assert np.hypot(*(points[0] - points[-1])) < 40


def test_several_paths_may_draw_one_stroke():
    source = fitted(*waves())
    strokes = np.array([4, 4, 1, 0, 0, 7, 2, 2], np.int32)
    shared = Curves(source.points, source.codes, source.offsets, source.closed, strokes)
    result = drawn(shared, hand="medium")
    assert result.strokes.tolist() == strokes.tolist()


def test_the_hand_moves_farther_in_larger_pictures():
    source = fitted(*waves())
    moves = []
    for side in (500, 2000, 8000):
        result = drawn(source, Picture(side, side), hand="strong", overshoot=0)
        ends = result.points[result.offsets[:-1]] - source.points[source.offsets[:-1]]
        moves.append(np.abs(ends[(source.points[source.offsets[:-1]] < 500).all(axis=1)]).mean())
    assert moves[0] < moves[1] < moves[2]


# --- each movement by itself ------------------------------------------------------------------------------------------

STILL = dict.fromkeys(MULTIPLIERS, 0.0)


def straight(count=8):
    return fitted(*[np.column_stack([np.arange(150, 850), np.full(700, 100 * i)]) for i in range(1, count + 1)])


def off_the_line(result):
    return result.points[:, 1] - 100 * (result.strokes[path_of(result)] + 1)


@pytest.mark.parametrize("preset", PRESETS)
def test_tremor_is_fine_and_wobble_is_slow_and_wide(preset):
    away, rough = [], []
    for name in ("tremor", "wobble"):
        result = drawn(straight(), hand=preset, **{**STILL, name: 1.0})
        # Without what lies apart because a stroke is gone over again.
        one = result.points[path_of(result) == 0]
        off = one[:, 1] - np.median(one[:, 1])
        away.append(np.abs(off_the_line(result)).mean())
        rough.append(np.abs(np.diff(off) / np.maximum(np.abs(np.diff(one[:, 0])), 1e-3)).mean() / np.abs(off).mean())
    assert rough[0] > 1.5 * rough[1]
    assert away[1] > 2 * away[0]


@pytest.mark.parametrize("preset", ["subtle", "medium", "strong"])
def test_strokes_run_on_beyond_their_ends_rather_than_stop_short(preset):
    result = drawn(straight(), hand=preset, **{**STILL, "overshoot": 1.0})
    along = [result.points[result.strokes[path_of(result)] == stroke, 0] for stroke in range(8)]
    beyond = np.array([(150 - x.min(), x.max() - 849) for x in along])
    assert beyond.mean() > 0
    # A hundredth of the picture is what the eye takes for a mistake.
    assert np.abs(beyond).max() < 10
    still = drawn(straight(), hand=preset, **STILL)
    np.testing.assert_allclose([still.points[:, 0].min(), still.points[:, 0].max()], [150, 849], atol=0.1)


def test_the_livelier_the_hand_the_thinner_its_tips():
    tips = []
    for preset in ("subtle", "medium", "strong"):
        result = drawn(straight(), hand=preset, **{**STILL, "taper": 1.0})
        ends = np.concatenate([result.widths[result.offsets[:-1]], result.widths[result.offsets[1:] - 1]])
        tips.append(ends.mean() / result.widths.max())
    assert 0.5 > tips[0] > 1.5 * tips[1] > 1.5 * tips[2] >= 0


def test_pressure_makes_bends_heavier():
    angle = np.linspace(0, np.pi, 120)
    bend = np.column_stack([700 + 25 * np.sin(angle), 425 - 25 * np.cos(angle)])
    leg = np.arange(100, 700)
    way = np.concatenate(
        [np.column_stack([leg, np.full(600, 400)]), bend, np.column_stack([leg[::-1], np.full(600, 450)])]
    )
    ratios = []
    for pressure in (0.0, 1.0, 2.0):
        result = drawn(fitted(way), hand="medium", **{**STILL, "pressure": pressure})
        in_bend = result.points[:, 0] > 705
        on_leg = (result.points[:, 0] > 250) & (result.points[:, 0] < 550)
        ratios.append(result.widths[in_bend].mean() / result.widths[on_leg].mean())
    assert ratios[0] == pytest.approx(1, abs=0.02)
    assert ratios[0] + 0.05 < ratios[1] < ratios[2]


def test_without_variation_a_still_hand_has_one_width():
    still = drawn(straight(), hand="strong", **STILL)
    assert np.ptp(still.widths) < 0.01
    uneven = drawn(straight(), hand="strong", **{**STILL, "weight_variation": 1.0})
    assert np.ptp(uneven.widths) > 0.2


def test_a_sketcher_lifts_the_pen_on_long_ways_and_comes_back_beside_the_line():
    result = drawn(straight(), hand="sketchy", **STILL)
    # Each way is 700 px: more than two movements in each of two goes.
    assert (np.bincount(result.strokes) > 4).all()
    goes = np.array([result.points[path_of(result) == path, 1].mean() for path in np.flatnonzero(result.strokes == 0)])
    assert np.ptp(goes) > 0.3
    for preset in ("subtle", "medium", "strong"):
        assert np.bincount(drawn(straight(), hand=preset, **STILL).strokes).tolist() == [1] * 8


@pytest.mark.parametrize("size", [(900, 300), (300, 900)])
def test_in_a_picture_that_is_not_square_strokes_end_at_its_border_and_no_sooner(size):
    corners = np.array([(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]) * size
    sides = [a + (b - a) * np.linspace(0.05, 0.95, 200)[:, None] for a, b in itertools.pairwise(corners)]
    result = drawn(fitted(*sides), Picture(*size), hand="strong")
    assert (result.points >= 0).all()
    assert (result.points <= size).all()
    for stroke, side in enumerate(sides):
        points = result.points[result.strokes[path_of(result)] == stroke]
        assert np.abs(points.mean(axis=0) - side.mean(axis=0)).max() < 0.04 * max(size)


def test_the_pen_is_as_wide_as_told_and_tapers_grow_with_liveliness():
    plain, wide = (drawn(straight(), hand="medium", stroke_width=width, **STILL) for width in (1.5, 3.0))
    np.testing.assert_allclose(wide.widths, 2 * plain.widths, rtol=1e-4)
    thinned = []
    for preset in ("subtle", "medium", "strong"):
        widths = [drawn(straight(), hand=preset, **{**STILL, "taper": taper}).widths.mean() for taper in (1.0, 0.0)]
        thinned.append(1 - widths[0] / widths[1])
    assert 0 < thinned[0] < thinned[1] < thinned[2]
