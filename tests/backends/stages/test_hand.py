"""The hand as a stage: presets, multipliers, and what leaves a stroke's character alone."""

from __future__ import annotations

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
    assert 0.1 < spreads[0] < spreads[1] < spreads[2] < 5


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
