"""Fitted curves: near every point, smooth where they should be, sharp where they should be, finite always."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from vec2art_nb.kernels.curves import CURVE4, LINETO, MOVETO, Paths, fit_beziers, polylines

Piece = NDArray[np.float64]  # The control points: two of a line, four of a curve.


def fitted(points, tolerance: float = 0.6, corner: float = 60.0, closed: bool = False) -> list[Piece]:
    """The pieces of one stroke's curve."""
    chain = np.asarray(points, np.float32)
    path, codes, offsets = fit_beziers(
        chain, np.array([0, len(chain)]), np.array([closed], np.uint8), tolerance, corner
    )
    assert offsets.tolist() == [0, len(path)]
    assert np.isfinite(path).all()
    assert codes[0] == MOVETO
    points_of = path.astype(float)
    pieces = []
    k = 1
    while k < len(path):
        size = {LINETO: 1, CURVE4: 3}[int(codes[k])]
        assert (codes[k : k + size] == codes[k]).all()
        pieces.append(points_of[k - 1 : k + size])
        k += size
    if closed and pieces and (points_of[-1] != points_of[0]).any():
        pieces.append(np.array([points_of[-1], points_of[0]]))
    return pieces


def sampled(piece: Piece) -> NDArray[np.float64]:
    t = np.linspace(0, 1, 65)[:, None]
    if len(piece) == 2:
        return piece[0] + t * (piece[1] - piece[0])
    a, b, c, d = piece
    return (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d


def largest_distance(points, pieces: list[Piece]) -> float:
    """Of any point to the curve."""
    path = np.vstack([sampled(piece) for piece in pieces])
    a, steps = path[:-1], np.diff(path, axis=0)
    to_points = np.asarray(points, float)[:, None] - a
    along = (to_points * steps).sum(axis=2) / np.maximum((steps**2).sum(axis=1), 1e-300)
    nearest = to_points - np.clip(along, 0, 1)[:, :, None] * steps
    return float(np.sqrt((nearest**2).sum(axis=2)).min(axis=1).max())


def direction(piece: Piece, end: bool) -> NDArray[np.float64]:
    """Unit tangent at the beginning or at the end of a piece."""
    step = piece[-1] - piece[-2] if end else piece[1] - piece[0]
    return step / np.hypot(*step)


def circle(count: int, radius: float, noise: float = 0.0, seed: int = 0) -> NDArray[np.float64]:
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    points = radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return points + np.random.default_rng(seed).normal(0, noise, points.shape)


def meander(seed: int, count: int) -> NDArray[np.float64]:
    """A smooth stroke, a pixel from point to point, with the noise that sub-pixel edges have."""
    random = np.random.default_rng(seed)
    bend = np.convolve(random.normal(0, 0.5, count + 20), np.ones(21) / 21, "valid")
    heading = np.cumsum(bend)
    steps = np.stack([np.cos(heading), np.sin(heading)], axis=1)
    return np.cumsum(steps, axis=0) + random.normal(0, 0.06, (count, 2))


def square(side: int) -> NDArray[np.float64]:
    k = np.arange(side, dtype=float)
    zero = np.zeros(side)
    return np.stack(
        [np.concatenate([k, zero + side, side - k, zero]), np.concatenate([zero, k, zero + side, side - k])], axis=1
    )


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32 - 1), st.integers(2, 150), st.floats(0.05, 3), st.sampled_from([20.0, 60, 180]), st.booleans()
)
def test_no_point_is_farther_from_the_curve_than_the_tolerance(
    seed: int, count: int, tolerance: float, corner: float, closed: bool
) -> None:
    points = meander(seed, count)
    assert largest_distance(points, fitted(points, tolerance, corner, closed)) <= tolerance * 1.01 + 0.01


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(3, 80), st.floats(0.2, 3))
def test_a_noisy_circle_stays_within_the_tolerance_and_smooth(seed: int, radius: float, tolerance: float) -> None:
    points = circle(int(2 * np.pi * radius), radius, 0.06, seed)
    pieces = fitted(points, tolerance, 180, closed=True)
    assert largest_distance(points, pieces) <= tolerance * 1.01 + 0.01


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(10, 80), st.booleans())
def test_curves_meet_without_a_kink(seed: int, radius: float, closed: bool) -> None:
    points = circle(int(6 * radius), radius, 0.06, seed) if closed else meander(seed, 150)
    pieces = fitted(points, 0.6, 180, closed)
    joints = list(pairwise(pieces))
    if closed:
        joints.append((pieces[-1], pieces[0]))
    for before, after in joints:
        assert (before[-1] == after[0]).all()
        if len(before) == 4 and len(after) == 4:
            assert direction(before, end=True) @ direction(after, end=False) > 0.99999
        else:
            # A line may differ from the tangent by a degree.
            assert direction(before, end=True) @ direction(after, end=False) > 0.999


def test_a_circle_becomes_four_round_curves() -> None:
    pieces = fitted(circle(250, 40), 0.6, 60, closed=True)
    assert [len(piece) for piece in pieces] == [4] * 4
    radius = np.hypot(*np.vstack([sampled(piece) for piece in pieces]).T)
    assert np.abs(radius - 40).max() < 0.08


def test_a_smooth_stroke_takes_few_curves() -> None:
    x = np.arange(200.0)
    wave = np.stack([x, 20 * np.sin(x / 25)], axis=1)
    assert len(fitted(wave, 0.6)) <= 5


def test_a_bump_on_a_long_span_is_not_overlooked() -> None:
    # Of so long an arc only every fifth point is fitted.
    angle = np.linspace(0, 0.5, 301)
    arc = 600 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    assert len(fitted(arc)) == 1
    for at in range(148, 153):
        points = arc.copy()
        points[at] *= 1 + 1.2 / 600
        assert largest_distance(points, fitted(points)) <= 0.61


def test_ends_are_met_exactly() -> None:
    points = np.float32(meander(5, 90))
    pieces = fitted(points)
    assert pieces[0][0].tolist() == points[0].tolist()
    assert pieces[-1][-1].tolist() == points[-1].tolist()


@pytest.mark.parametrize("start", [0, 5, 20])
def test_a_square_becomes_four_lines_with_its_corners(start: int) -> None:
    pieces = fitted(np.roll(square(20), start, axis=0), closed=True)
    assert [len(piece) for piece in pieces] == [2] * 4
    assert np.abs(sorted(piece[0].tolist() for piece in pieces) - square(20)[[0, 60, 20, 40]]).max() < 1e-5


def test_a_corner_that_blur_rounded_off_is_restored() -> None:
    points = square(30)
    for corner in (0, 30, 60, 90):
        points[corner] += 0.6 / np.sqrt(2) * np.sign(15 - points[corner])
    pieces = fitted(points, 0.6, closed=True)
    assert [len(piece) for piece in pieces] == [2] * 4
    assert np.abs(sorted(piece[0].tolist() for piece in pieces) - square(30)[[0, 90, 30, 60]]).max() < 0.05


def test_the_corner_angle_decides_what_is_a_corner() -> None:
    k = np.arange(20.0)
    bend = np.concatenate([np.stack([k, 0 * k], axis=1), np.stack([20 + k * 0.6, k * 0.8], axis=1)])
    assert [len(piece) for piece in fitted(bend, corner=45)] == [2, 2]
    assert 4 in [len(piece) for piece in fitted(bend, corner=60)]


def test_the_last_side_of_a_loop_is_left_to_closing_when_it_is_a_line() -> None:
    path, codes, _ = fit_beziers(np.float32(square(20)), np.array([0, 80]), np.ones(1, np.uint8), 0.6, 60.0)
    assert codes.tolist() == [MOVETO, LINETO, LINETO, LINETO]
    path, codes, _ = fit_beziers(np.float32(circle(99, 15)), np.array([0, 99]), np.ones(1, np.uint8), 0.6, 60.0)
    assert path[-1].tolist() == path[0].tolist()


def test_a_straight_stroke_is_one_line() -> None:
    noise = np.random.default_rng(2).normal(0, 0.08, 60)
    assert [len(piece) for piece in fitted(np.stack([np.arange(60.0), noise], axis=1))] == [2]


def test_without_tolerance_every_point_is_met() -> None:
    points = meander(3, 30)
    assert largest_distance(points, fitted(points, 0.0)) < 1e-5


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize(
    "points",
    [
        [[3, 4]],
        [[3, 4], [3, 4]],
        [[3, 4]] * 9,
        [[0, 0], [1, 0], [2, 0], [3, 0]],
        [[0, 0], [1, 0], [0, 1]],
        [[0, 0], [2, 0], [1, 0], [3, 0], [2, 0], [0, 0], [1, 0], [0, 0], [1, 0], [0, 0]],
        [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]],
    ],
)
def test_degenerate_strokes_give_finite_paths(points: list[list[float]], closed: bool) -> None:
    for tolerance in (0.0, 0.6, 5.0):
        for corner in (0.0, 60.0, 180.0):
            pieces = fitted(points, tolerance, corner, closed)
            assert not pieces or largest_distance(points, pieces) <= tolerance + 1e-5


def test_a_lone_point_is_a_path_that_draws_nothing() -> None:
    points = np.array([[1, 2], [5, 5], [9, 5], [7, 7]], np.float32)
    path, codes, offsets = fit_beziers(points, np.array([0, 1, 3, 4]), np.zeros(3, np.uint8), 0.6, 60.0)
    assert codes.tolist() == [MOVETO, MOVETO, LINETO, MOVETO]
    assert offsets.tolist() == [0, 1, 3, 4]
    assert path.tolist() == points.tolist()


def test_each_stroke_comes_out_as_it_does_alone() -> None:
    chains = [meander(1, 150), square(20), circle(60, 9), meander(2, 7), circle(250, 40), meander(4, 30)]
    closed = np.array([0, 1, 1, 0, 1, 0], np.uint8)
    offsets = np.cumsum([0] + [len(chain) for chain in chains])

    def alone(k: int) -> Paths:
        size = len(chains[k])
        return fit_beziers(np.float32(chains[k]), np.array([0, size]), closed[k : k + 1], 0.6, 60.0)

    path, codes, path_offsets = fit_beziers(np.float32(np.concatenate(chains)), offsets, closed, 0.6, 60.0)
    for k in range(len(chains)):
        part = slice(path_offsets[k], path_offsets[k + 1])
        assert path[part].tolist() == alone(k)[0].tolist()
        assert codes[part].tolist() == alone(k)[1].tolist()


def test_polylines_are_the_strokes_as_they_are() -> None:
    points = np.float32(meander(1, 7))
    path, codes, offsets = polylines(points, np.array([0, 3, 3, 7]))
    assert path.tolist() == points.tolist()
    assert codes.tolist() == [MOVETO, LINETO, LINETO, MOVETO, LINETO, LINETO, LINETO]
    assert offsets.tolist() == [0, 3, 3, 7]


def test_no_strokes_at_all_give_no_paths() -> None:
    nothing = np.zeros((0, 2), np.float32), np.zeros(1, np.int64)
    assert len(polylines(*nothing)[0]) == 0
    assert len(fit_beziers(*nothing, np.zeros(0, np.uint8), 0.6, 60.0)[0]) == 0
