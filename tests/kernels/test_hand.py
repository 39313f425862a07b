"""Drawing by hand: what it may change, what it must keep, and that chance depends on nothing else."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import interpolate, spatial

from vec2art_nb.kernels import hand_noise
from vec2art_nb.kernels.curves import fit_beziers
from vec2art_nb.kernels.hand import draw_by_hand
from vec2art_nb.kernels.hand_movements import Manner

M, L, C = 1, 2, 4

STEADY = Manner(
    unit=1, tremor=0, wobble=0, taper=0, tip=0, pressure=0, overshoot=0, weight=1, weight_variation=0, drift=0, lift=0,
    width=1000, height=1000,
)  # fmt: skip


def bernstein(values, t):
    t = np.asarray(t)[:, None]
    return (
        (1 - t) ** 3 * values[0] + 3 * (1 - t) ** 2 * t * values[1] + 3 * (1 - t) * t**2 * values[2] + t**3 * values[3]
    )


def dense(points, codes, widths, closed=False):
    """x, y, width about every 0.1 px."""
    values = np.column_stack([points, widths]).astype(float)
    parts, i = [values[:1]], 1
    while i < len(codes):
        step = 3 if codes[i] == C else 1
        span = np.array([parts[-1][-1], *values[i : i + step]])
        count = max(2, int(np.abs(np.diff(span[:, :2], axis=0)).sum() * 10))
        t = np.arange(1, count + 1) / count
        parts.append(bernstein(span, t) if step == 3 else span[0] + t[:, None] * (span[1] - span[0]))
        i += step
    if closed:
        t = np.linspace(0, 1, 4000)[1:]
        parts.append(parts[-1][-1] + t[:, None] * (values[0] - parts[-1][-1]))
    return np.concatenate(parts)


def off(samples, line):
    """How far each sample is from the nearest point of a densely sampled line, and that point's index."""
    return spatial.cKDTree(line[:, :2]).query(samples[:, :2])


def batch(*paths):
    """Arrays of several (points, codes, closed)."""
    points = np.concatenate([np.asarray(path[0], np.float32) for path in paths])
    codes = np.concatenate([np.asarray(path[1], np.uint8) for path in paths])
    offsets = np.concatenate([[0], np.cumsum([len(path[0]) for path in paths])]).astype(np.int64)
    return points, codes, offsets, np.array([path[2] for path in paths])


def draw(paths, manner, goes=1, seed=0, widths=None):
    points, codes, offsets, closed = batch(*paths)
    widths = np.full(len(points), 2, np.float32) if widths is None else np.asarray(widths, np.float32)
    drawn = draw_by_hand(points, codes, offsets, closed, widths, manner, goes, seed)
    assert np.isfinite(drawn.points).all()
    assert (drawn.widths >= 0).all()
    assert (drawn.codes[drawn.offsets[:-1]] == M).all()
    parts = [slice(*pair) for pair in zip(drawn.offsets[:-1].tolist(), drawn.offsets[1:].tolist(), strict=True)]
    return drawn, [(drawn.points[part], drawn.codes[part], drawn.widths[part]) for part in parts]


def wave(x=100, y=100, count=400):
    along = np.linspace(0, count, count)
    chain = np.column_stack([x + along, y + 30 * np.sin(along / 35)]).astype(np.float32)
    points, codes, _ = fit_beziers(chain, np.array([0, count]), np.zeros(1, np.uint8), 0.3, 60)
    return points, codes, False


def ring(x=300, y=300, radius=60):
    angle = np.linspace(0, 2 * np.pi, 360, endpoint=False)
    chain = (np.array([x, y]) + radius * np.column_stack([np.cos(angle), np.sin(angle)])).astype(np.float32)
    points, codes, _ = fit_beziers(chain, np.array([0, 360]), np.ones(1, np.uint8), 0.3, 60)
    return points, codes, True


SQUARE = ([[100, 100], [300, 100], [300, 300], [100, 300]], [M, L, L, L], True)
ANGLE = ([[100, 100], [300, 100], [300, 300]], [M, L, L], False)
LINE = ([[100, 500], [800, 520]], [M, L], False)


# --- chance -----------------------------------------------------------------------------------------------------------


def test_numbers_fill_their_range_evenly():
    numbers = np.array([hand_noise.signed_unit(np.uint64(7), np.int64(i)) for i in range(-2000, 2000)])
    counts = np.histogram(numbers, 20, (-1, 1))[0]
    assert counts.sum() == 4000
    assert (np.abs(counts - 200) < 5 * np.sqrt(200)).all()
    assert abs(np.corrcoef(numbers[:-1], numbers[1:])[0, 1]) < 0.05


def test_noise_is_the_spline_through_its_numbers():
    key = np.uint64(99)
    coefficients = [hand_noise.signed_unit(key, np.int64(i)) for i in range(-4, 44)]
    # A uniform cubic B-spline: coefficient i is that of the bump about i.
    spline = interpolate.BSpline(np.arange(-6, 46), coefficients, 3)
    for x in np.linspace(-2, 40, 211):
        value, slope = hand_noise.smooth_noise(key, float(x))
        assert value == pytest.approx(float(spline(x)), abs=1e-12)
        assert slope == pytest.approx(float(spline(x, 1)), abs=1e-12)


def test_noise_of_other_keys_is_other_noise():
    rows = [[hand_noise.smooth_noise(np.uint64(key), x * 1.7)[0] for x in range(200)] for key in range(6)]
    correlation = np.corrcoef(rows)
    assert np.abs(correlation - np.eye(6)).max() < 0.3
    assert np.std(rows) == pytest.approx(0.4, abs=0.05)
    assert abs(np.mean(rows)) < 0.05


# --- what stays -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [wave(), ring(), SQUARE, ANGLE, LINE], ids=["wave", "ring", "square", "angle", "line"])
@pytest.mark.parametrize("unit", [0.3, 1, 4])
def test_a_steady_hand_draws_the_path_itself(path, unit):
    values = 1 + np.arange(len(path[0])) % 4
    _, [drawn] = draw([path], STEADY._replace(unit=unit), widths=values)
    wanted = dense(*batch(path)[:2], values, path[2])
    got = dense(*drawn)
    distance, nearest = off(got, wanted)
    assert distance.max() < 0.06
    assert off(wanted, got)[0].max() < 0.06
    inner = slice(30, -30)  # Where a loop closes, nearest is ambiguous.
    assert np.abs(got[inner, 2] - wanted[nearest[inner], 2]).max() < 0.1


def test_pieces_are_about_as_long_as_the_hand_needs():
    drawn, _ = draw([LINE], STEADY)
    assert 700 / 11 - 2 <= (len(drawn.points) - 1) / 3 <= 700 / 11 + 2
    drawn, _ = draw([LINE], STEADY._replace(unit=4))
    assert (len(drawn.points) - 1) / 3 <= 700 / 44 + 2


@pytest.mark.parametrize("path", [wave(), ring(), LINE], ids=["wave", "ring", "line"])
def test_smooth_joints_stay_smooth(path):
    _, [(points, _, _)] = draw([path], STEADY._replace(tremor=2, wobble=6))
    before, after = points[3:-1:3] - points[2:-2:3], points[4::3] - points[3:-1:3]
    lengths = np.hypot(*before.T) * np.hypot(*after.T)
    cosines = (before * after).sum(axis=1) / lengths
    assert cosines.min() > 0.999


def test_corners_stay_corners():
    _, [(points, _, _)] = draw([ANGLE], STEADY._replace(tremor=1, wobble=3))
    before, after = points[3:-1:3] - points[2:-2:3], points[4::3] - points[3:-1:3]
    cosines = (before * after).sum(axis=1) / (np.hypot(*before.T) * np.hypot(*after.T))
    assert (cosines < 0.5).sum() == 1
    assert np.hypot(*(points[3:-1:3][cosines.argmin()] - [300, 100])) < 4


def test_dots_stay_dots_and_nothing_stays_nothing():
    dot = ([[50, 60]], [M], False)
    still = ([[50, 60], [50, 60]], [M, L], True)
    drawn, parts = draw([dot, LINE, still], STEADY._replace(tremor=1, taper=9), goes=2)
    assert drawn.sources.tolist() == [0, 1, 1, 2]
    assert parts[0][0].tolist() == parts[3][0].tolist() == [[50, 60]]
    assert parts[0][2].tolist() == [2]
    nothing = draw_by_hand(
        np.empty((0, 2), np.float32), np.empty(0, np.uint8), np.zeros(1, np.int64), np.empty(0, np.bool_),
        np.empty(0, np.float32), STEADY, 1, 0,
    )  # fmt: skip
    assert (len(nothing.points), nothing.offsets.tolist()) == (0, [0])


def test_subpaths_are_drawn_one_by_one():
    points = [[100, 100], [200, 100], [400, 400], [500, 400], [700, 700]]
    drawn, parts = draw([(points, [M, L, M, L, M], False)], STEADY)
    assert drawn.sources.tolist() == [0, 0, 0]
    assert [part[0][0].tolist() for part in parts] == [[100, 100], [400, 400], [700, 700]]
    assert [part[0][-1].tolist() for part in parts] == [[200, 100], [500, 400], [700, 700]]


def test_no_point_leaves_the_picture():
    frame = ([[0, 0], [300, 0], [300, 200], [0, 200]], [M, L, L, L], True)
    manner = STEADY._replace(tremor=5, wobble=20, overshoot=30, lift=50, drift=10, width=300, height=200)
    drawn, _ = draw([frame], manner, goes=3)
    assert drawn.points.min() >= 0
    assert drawn.points[:, 0].max() <= 300
    assert drawn.points[:, 1].max() <= 200


# --- what changes -----------------------------------------------------------------------------------------------------


def test_tremor_and_wobble_move_the_line_as_far_as_they_say_and_smoothly():
    long = ([[10, 500], [990, 500]], [M, L], False)
    for manner, lattice in [(STEADY._replace(wobble=5), 45), (STEADY._replace(tremor=5), 8)]:
        moves = []
        for seed in range(12):
            _, [drawn] = draw([long], manner, seed=seed)
            line = dense(*drawn)
            even = np.interp(np.arange(20, 980), line[:, 0], line[:, 1] - 500)
            moves.append(even)
            assert np.abs(even).max() <= 5.5 * 1.5
        assert np.std(moves) == pytest.approx(0.4 * 5 * (0.75 if lattice == 8 else 1), rel=0.3)
        # Nearly nothing is faster than the lattice allows: two cells a wave.
        power = (np.abs(np.fft.rfft(np.array(moves) * np.hanning(960), axis=1)) ** 2).sum(axis=0)
        fast = np.fft.rfftfreq(960) > 1 / (1.3 * lattice)
        assert power[fast].sum() < 0.02 * power.sum()
        assert power[~fast].sum() > 0.5 * power.sum()


def test_ends_come_to_a_point_and_lifting_takes_longer_than_landing():
    _, [drawn] = draw([LINE], STEADY._replace(taper=40))
    line = dense(*drawn)
    assert line[0, 2] == line[-1, 2] == 0
    full = np.flatnonzero(line[:, 2] > 1.99)
    landing, lifting = line[full[0], 0] - 100, 800 - line[full[-1], 0]
    assert 12 < landing < 26
    assert 1.6 * landing < lifting < 2.4 * landing
    assert (np.diff(line[: full[0], 2]) >= -1e-6).all()
    _, [drawn] = draw([LINE], STEADY._replace(taper=40, tip=0.5))
    assert drawn[2][0] == drawn[2][-1] == 1


def test_a_short_stroke_is_a_leaf():
    _, [drawn] = draw([([[100, 100], [112, 100]], [M, L], False)], STEADY._replace(taper=40))
    line = dense(*drawn)
    assert line[0, 2] == line[-1, 2] == 0
    assert 1 < line[:, 2].max() <= 2.5


def test_bends_are_heavier_than_straight_parts():
    hook = ([[100, 100], [400, 100], [430, 100], [430, 150], [400, 150]], [M, L, C, C, C], False)
    _, [drawn] = draw([hook], STEADY._replace(pressure=1))
    line = dense(*drawn)
    straight, bend = line[line[:, 0] < 300, 2], line[line[:, 0] > 410, 2]
    assert bend.mean() > 1.3 * straight.mean()
    assert straight.std() < 0.05


def test_weight_varies_along_a_stroke_and_long_strokes_are_heavier():
    _, [drawn] = draw([LINE], STEADY._replace(weight_variation=0.3))
    line = dense(*drawn)
    assert 0.1 < line[:, 2].std() / line[:, 2].mean() < 0.4
    short = [
        ([[50 + 90 * i, 100 + 40 * j], [80 + 90 * i, 100 + 40 * j]], [M, L], False) for i in range(9) for j in range(9)
    ]
    long = [([[50, 510 + 5 * i], [900, 510 + 5 * i]], [M, L], False) for i in range(30)]
    _, parts = draw(short + long, STEADY._replace(weight_variation=0.3))
    mean = [part[2].mean() for part in parts]
    assert np.mean(mean[81:]) > 1.4 * np.mean(mean[:81])


def test_ends_are_missed_on_either_side():
    lines = [([[100, 20 + 10 * i], [800, 20 + 10 * i]], [M, L], False) for i in range(90)]
    _, parts = draw(lines, STEADY._replace(overshoot=10))
    ends = np.array([part[0][-1, 0] - 800 for part in parts])
    assert ends.max() > 6
    assert ends.min() < -3
    assert np.abs(ends).max() <= 10.1
    # What is added goes straight on.
    assert np.abs(parts[int(ends.argmax())][0][:, 1] - lines[int(ends.argmax())][0][0][1]).max() < 0.01


def test_a_closed_stroke_ends_beyond_its_beginning():
    _, [(points, codes, widths)] = draw([ring()], STEADY._replace(taper=20, overshoot=2))
    line = dense(points, codes, widths)
    angle = np.unwrap(np.arctan2(line[:, 1] - 300, line[:, 0] - 300))
    assert 2 * np.pi + 10 / 60 < abs(angle[-1] - angle[0]) < 2 * np.pi + 40 / 60
    # The thin ends lie on each other: the line is nowhere thin alone.
    first = np.flatnonzero(np.abs(angle - angle[0]) >= 2 * np.pi)[0]
    at_seam = line[first, 2] + line[0, 2]
    assert at_seam > 1.2


def test_a_pen_that_is_lifted_draws_several_movements_that_overlap():
    drawn, parts = draw([LINE], STEADY._replace(lift=100))
    assert 5 <= len(parts) <= 12
    assert set(drawn.sources) == {0}
    for before, after in itertools.pairwise(parts):
        assert 5 < before[0][-1, 0] - after[0][0, 0] < 40


def test_lines_cross_at_the_corners_where_the_pen_is_lifted():
    drawn, parts = draw([ANGLE], STEADY._replace(lift=1000, overshoot=10))
    assert len(parts) == 2
    assert parts[0][0][-1, 0] > 300
    assert parts[1][0][0, 1] < 100
    assert drawn.sources.tolist() == [0, 0]


def test_every_go_is_another_one_and_the_first_stays():
    manner = STEADY._replace(tremor=1, wobble=3, drift=2, weight_variation=0.2)
    _, [first] = draw([wave()], manner)
    drawn, parts = draw([wave()], manner, goes=3)
    assert drawn.sources.tolist() == [0, 0, 0]
    assert (parts[0][0] == first[0]).all()
    lines = [dense(*part) for part in parts]
    assert off(lines[1], lines[0])[0].mean() > 0.5
    assert off(lines[2], lines[1])[0].mean() > 0.5
    assert lines[1][:, 2].mean() < 0.9 * lines[0][:, 2].mean()
    short = ([[500, 500], [515, 500]], [M, L], False)
    assert len(draw([short], manner, goes=3)[1]) == 1


# --- what chance depends on -------------------------------------------------------------------------------------------

LIVELY = STEADY._replace(tremor=1, wobble=3, taper=20, pressure=1, overshoot=5, weight_variation=0.3, drift=2, lift=150)


def test_a_stroke_is_the_same_whatever_else_is_drawn():
    paths = [wave(), ring(), LINE, SQUARE]
    drawn, parts = draw(paths, LIVELY, goes=2, seed=5)
    for i, path in enumerate(paths):
        _, alone = draw([path], LIVELY, goes=2, seed=5)
        together = [part for part, source in zip(parts, drawn.sources, strict=True) if source == i]
        assert len(alone) == len(together)
        for one, other in zip(alone, together, strict=True):
            assert all((a == b).all() for a, b in zip(one, other, strict=True))


def test_a_stroke_keeps_its_character_when_its_width_changes():
    thin, _ = draw([wave(), LINE], LIVELY._replace(taper=0), widths=None)
    wide, _ = draw([wave(), LINE], LIVELY._replace(taper=0), widths=np.full(len(wave()[0]) + 2, 7))
    assert (thin.points == wide.points).all()
    assert np.abs(wide.widths - 3.5 * thin.widths).max() < 1e-4


def test_a_stroke_keeps_its_character_when_it_grows_or_is_fitted_anew():
    manner = STEADY._replace(tremor=1, wobble=4)
    line = dense(*draw([LINE], manner)[1][0])
    # 50 px more at its end, and cut in two curves.
    longer = ([[100, 500], [430, 500 + 330 / 35], [850, 500 + 750 / 35]], [M, L, L], False)
    other = dense(*draw([longer], manner)[1][0])
    assert off(line, other)[0].max() < 0.4


def test_a_seed_makes_another_drawing():
    first, _ = draw([wave()], LIVELY, seed=0)
    again, _ = draw([wave()], LIVELY, seed=0)
    other, _ = draw([wave()], LIVELY, seed=1)
    assert (first.points == again.points).all()
    assert first.points.shape != other.points.shape or not np.allclose(first.points, other.points, atol=0.1)


def test_neighbours_that_begin_elsewhere_move_differently():
    lines = [([[100, 100 + 8 * i], [900, 100 + 8 * i]], [M, L], False) for i in range(20)]
    _, parts = draw(lines, STEADY._replace(wobble=5))
    moves = [np.interp(np.arange(120, 880), *dense(*part)[:, :2].T) for part in parts]
    correlation = np.corrcoef(moves) - np.eye(20)
    assert np.abs(correlation).mean() < 0.3


def test_more_pieces_than_expected_get_their_room():
    # A pen that is lifted all the time.
    paths = [ring(), wave(), LINE]
    drawn, _ = draw(paths, LIVELY._replace(unit=0.5, lift=2), goes=4)
    assert len(drawn.sources) > 4000
    assert len(drawn.points) > 16_000
    assert drawn.offsets[-1] == len(drawn.points)
    assert set(drawn.sources) == {0, 1, 2}
