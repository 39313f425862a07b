"""Values along chains against the values themselves, at the points of the curves fitted to them."""

from __future__ import annotations

import numpy as np
import pytest

from vec2art_nb.kernels.along import values_along, without_peaks
from vec2art_nb.kernels.curves import fit_beziers, polylines
from vec2art_nb.kernels.simplify import douglas_peucker

CURVE4 = 4


def bernstein(values, t):
    t = np.asarray(t).reshape(-1, *[1] * np.ndim(values[0]))
    return (
        (1 - t) ** 3 * values[0] + 3 * (1 - t) ** 2 * t * values[1] + 3 * (1 - t) * t**2 * values[2] + t**3 * values[3]
    )


def wave(count=220):
    x = np.linspace(10, 10 + 0.9 * count, count)
    return np.column_stack([x, 60 + 25 * np.sin(x / 17)]).astype(np.float32)


def ring(radius=40, count=240):
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    around = np.column_stack([np.cos(angle), 0.6 * np.sin(angle)])
    return (100 + radius * around).astype(np.float32)


def paths_of(chains, closed, smooth, tolerance=0.5):
    points = np.concatenate(chains)
    offsets = np.concatenate([[0], np.cumsum([len(chain) for chain in chains])]).astype(np.int64)
    flags = np.array(closed, np.uint8)
    if smooth:
        return points, offsets, fit_beziers(points, offsets, flags, tolerance, 60)
    return points, offsets, polylines(*douglas_peucker(points, offsets, flags, tolerance)[:2])


def samples(points, codes, values):
    """Points and values densely along one path."""
    places, found = [points[:1].astype(float)], [values[:1].astype(float)]
    i = 1
    t = np.linspace(0, 1, 21)[1:]
    while i < len(points):
        step = 3 if codes[i] == CURVE4 else 1
        if step == 3:
            places.append(bernstein([places[-1][-1], *points[i : i + 3].astype(float)], t))
            found.append(bernstein([found[-1][-1], *values[i : i + 3].astype(float)], t))
        else:
            share = t[:, None]
            places.append((1 - share) * places[-1][-1] + share * points[i])
            found.append((1 - t) * found[-1][-1] + t * values[i])
        i += step
    return np.concatenate(places), np.concatenate(found)


def errors(chain, chain_values, points, codes, values):
    """How far the values along a path are from that of the nearest point of its chain."""
    places, found = samples(points, codes, values)
    nearest = np.hypot(*(places[:, None] - chain[None]).transpose(2, 0, 1)).argmin(axis=1)
    return np.abs(found - chain_values[nearest])


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("smooth", [False, True])
def test_a_path_has_the_values_of_its_chain(smooth, closed):
    chain = ring() if closed else wave()
    way = np.linspace(0, 2 * np.pi, len(chain), endpoint=not closed)
    values = (3 + np.sin(way) + 0.3 * np.cos(2 * way)).astype(np.float32)
    points, offsets, fitted = paths_of([chain], [closed], smooth)
    found = values_along(points, offsets, values, *fitted, np.zeros(1, np.int32))
    # Along lines the values are in proportion, and lines are long.
    assert errors(chain, values, fitted[0], fitted[1], found).max() < (0.08 if smooth else 0.35)


@pytest.mark.parametrize("turn", [0, 1, 50, 121, 239])
@pytest.mark.parametrize("smooth", [False, True])
def test_a_closed_path_may_begin_anywhere_on_its_chain(smooth, turn):
    chain = ring()
    values = (3 + np.sin(np.linspace(0, 2 * np.pi, len(chain), endpoint=False))).astype(np.float32)
    offsets = np.array([0, len(chain)], np.int64)
    _, _, fitted = paths_of([np.roll(chain, -turn, axis=0)], [True], smooth)
    found = values_along(chain, offsets, values, *fitted, np.zeros(1, np.int32))
    assert errors(chain, values, fitted[0], fitted[1], found).max() < (0.08 if smooth else 0.2)


@pytest.mark.parametrize("smooth", [False, True])
@pytest.mark.parametrize("closed", [False, True])
def test_a_path_may_run_against_its_chain(smooth, closed):
    chain = ring() if closed else wave()
    values = (3 + np.sin(np.linspace(0, 2 * np.pi, len(chain), endpoint=not closed))).astype(np.float32)
    offsets = np.array([0, len(chain)], np.int64)
    _, _, fitted = paths_of([np.ascontiguousarray(chain[::-1])], [closed], smooth)
    found = values_along(chain, offsets, values, *fitted, np.zeros(1, np.int32))
    assert errors(chain, values, fitted[0], fitted[1], found).max() < (0.08 if smooth else 0.2)


def test_a_path_may_cover_part_of_its_chain_and_several_may_follow_one():
    chain = wave()
    values = np.linspace(1, 5, len(chain)).astype(np.float32)
    offsets = np.array([0, len(chain)], np.int64)
    _, parts, fitted = paths_of([chain[30:90], chain[100:]], [False, False], True)
    found = values_along(chain, offsets, values, *fitted, np.zeros(2, np.int32))
    for i, share in enumerate([slice(30, 90), slice(100, None)]):
        path = slice(fitted[2][i], fitted[2][i + 1])
        assert errors(chain[share], values[share], fitted[0][path], fitted[1][path], found[path]).max() < 0.05
    assert len(parts) == 3


def test_each_path_follows_the_chain_that_strokes_names():
    chains = [wave(), ring(), wave() + np.float32([0, 80])]
    points, offsets, fitted = paths_of(chains, [False, True, False], True)
    values = np.repeat(np.float32([1, 2, 3]), np.diff(offsets))
    order = [2, 0, 1]
    parts = [slice(fitted[2][i], fitted[2][i + 1]) for i in order]
    shuffled = np.concatenate([fitted[0][part] for part in parts])
    codes = np.concatenate([fitted[1][part] for part in parts])
    lengths = np.cumsum([part.stop - part.start for part in parts])
    found = values_along(
        points, offsets, values, shuffled, codes, np.concatenate([[0], lengths]), np.array(order, np.int32)
    )
    assert np.split(found, lengths[:-1])[0].tolist() == [3.0] * int(lengths[0])
    assert set(np.split(found, lengths[:-1])[1]) == {1.0}
    assert set(np.split(found, lengths[:-1])[2]) == {2.0}


def test_where_a_chain_passes_twice_the_way_there_decides():
    # There and back, half a pixel apart, with rising values; on the way there a vertex is nearer to the way back.
    there = np.column_stack([np.arange(10, 110), np.full(100, 50.0)])
    chain = np.concatenate([there, there[::-1] + np.array([0, 0.5])]).astype(np.float32)
    values = np.arange(200, dtype=np.float32)
    points = np.float32([[10, 50], [100, 50.4], [109, 50.2], [100, 50.1], [10, 50.5]])
    found = values_along(
        chain, np.array([0, 200]), values, points, np.uint8([1, 2, 2, 2, 2]), np.array([0, 5]), np.zeros(1, np.int32)
    )
    assert found.tolist() == pytest.approx([0, 90, 99.5, 109, 199], abs=0.6)


def test_values_between_vertices_are_fitted_to_all_of_them():
    # A bump that no vertex sees.
    chain = np.column_stack([np.linspace(0, 60, 61), np.zeros(61)]).astype(np.float32)
    values = (1 + 4 * np.exp(-(((np.arange(61) - 30) / 12) ** 2))).astype(np.float32)
    points = np.float32([[0, 0], [20, 0], [40, 0], [60, 0]])
    found = values_along(
        chain, np.array([0, 61]), values, points, np.uint8([1, 4, 4, 4]), np.array([0, 4]), np.zeros(1, np.int32)
    )
    t = np.linspace(0, 1, 61)
    design = np.column_stack([3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2])
    rest = values - (1 - t) ** 3 * values[0] - t**3 * values[-1]
    wanted = np.linalg.lstsq(design, rest, rcond=None)[0]
    assert np.abs(found[1:3] - wanted).max() < 1e-3


def test_no_value_is_negative_or_far_outside_those_of_the_chain():
    random = np.random.default_rng(0)
    chains = [wave(), ring(), wave(40)]
    points, offsets, fitted = paths_of(chains, [False, True, False], True)
    values = random.uniform(0, 1, len(points)).astype(np.float32)
    found = values_along(points, offsets, values, *fitted, np.arange(3, dtype=np.int32))
    assert found.min() >= 0
    assert found.max() <= 1.5


def test_dots_and_nothing():
    chain = np.float32([[5, 5], [9, 9]])
    values = np.float32([1, 2])
    found = values_along(
        chain, np.array([0, 2]), values, np.float32([[8, 8]]), np.uint8([1]), np.array([0, 1]), np.zeros(1, np.int32)
    )
    assert found.tolist() == [2]
    nothing = values_along(
        chain, np.array([0, 2]), values, np.empty((0, 2), np.float32), np.empty(0, np.uint8),
        np.zeros(1, np.int64), np.empty(0, np.int32),
    )  # fmt: skip
    assert nothing.shape == (0,)


def naively_opened(values, reach):
    eroded = np.array([values[max(0, i - reach) : i + reach + 1].min() for i in range(len(values))])
    return np.array([eroded[max(0, i - reach) : i + reach + 1].max() for i in range(len(values))])


def test_peaks_are_taken_away_chain_by_chain_as_far_as_these_are_wide():
    random = np.random.default_rng(7)
    counts = [1, 2, 3, 5, 40, 300, 11, 4, 80, 1, 60]
    # Half widths whose means ask for less than the least reach, for some between, and for more than the largest.
    scales = [1.0, 0.2, 3.0, 2.0, 1.3, 4.6, 0.1, 60.0, 30.0, 9.0, 1.75]
    chains = [
        random.uniform(0, 2 * scale, count).astype(np.float32) for count, scale in zip(counts, scales, strict=True)
    ]
    opened = without_peaks(np.concatenate(chains), np.cumsum([0, *counts]), 2, 24)
    reaches = [int(np.clip(np.rint(2 * chain.astype(float).mean()), 2, 24)) for chain in chains]
    assert min(reaches) == 2
    assert max(reaches) == 24
    assert len(set(reaches)) > 5
    wanted = [naively_opened(chain, reach) for chain, reach in zip(chains, reaches, strict=True)]
    assert (opened == np.concatenate(wanted)).all()


def test_no_chains_have_no_peaks():
    assert without_peaks(np.empty(0, np.float32), np.zeros(1, np.int64), 2, 24).shape == (0,)
