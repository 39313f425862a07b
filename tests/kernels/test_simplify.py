"""Douglas–Peucker against a recursive twin, against scikit-image, and against its promise."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from skimage.measure import approximate_polygon

from vec2art_nb.kernels.simplify import douglas_peucker


def segment_distances(points: NDArray[np.float64], a: NDArray[np.float64], b: NDArray[np.float64]):
    """Distances of points to the segment from a to b."""
    along = np.clip((points - a) @ (b - a) / max(float((b - a) @ (b - a)), 1e-300), 0, 1)
    return np.hypot(*(points - a - along[:, None] * (b - a)).T)


def naive(points: NDArray[np.float64], tolerance: float) -> list[list[float]]:
    """The recursive method on an open chain."""
    distances = segment_distances(points, points[0], points[-1])
    k = int(distances.argmax())
    if len(points) < 3 or distances[k] <= tolerance:
        return [points[0].tolist(), points[-1].tolist()]
    return naive(points[: k + 1], tolerance)[:-1] + naive(points[k:], tolerance)


def simplified(points: NDArray[np.float32], tolerance: float, closed: bool = False) -> NDArray[np.float32]:
    offsets = np.array([0, len(points)])
    kept = douglas_peucker(points, offsets, np.array([closed], np.uint8), tolerance)
    assert kept.offsets.tolist() == [0, len(kept.points)]
    return kept.points


def walk(seed: int, count: int) -> NDArray[np.float32]:
    """A stroke that wanders and doubles back."""
    random = np.random.default_rng(seed)
    turns = np.cumsum(random.normal(0, 0.4, count))
    steps = np.stack([np.cos(turns), np.sin(turns)], axis=1)
    return (np.cumsum(steps, axis=0) + random.normal(0, 0.1, (count, 2))).astype(np.float32)


@pytest.mark.parametrize("tolerance", [0.2, 0.6, 2.0])
@pytest.mark.parametrize("seed", range(8))
def test_the_same_vertices_are_kept_as_by_the_recursive_method(seed: int, tolerance: float) -> None:
    points = walk(seed, 20 + 40 * seed)
    kept = simplified(points, tolerance)
    assert kept.tolist() == naive(points.astype(float), tolerance)
    assert kept.tolist() == approximate_polygon(points, tolerance).tolist()


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 90), st.floats(0, 5), st.booleans())
def test_no_point_is_farther_from_the_polyline_than_the_tolerance(
    seed: int, count: int, tolerance: float, closed: bool
) -> None:
    points = walk(seed, count)
    kept = simplified(points, tolerance, closed).astype(float)
    path = np.vstack([kept, kept[:1]]) if closed else kept
    nearest = np.min([segment_distances(points.astype(float), a, b) for a, b in pairwise(path)], axis=0)
    assert nearest.max() <= tolerance + 1e-4
    assert {tuple(p) for p in kept} <= {tuple(p) for p in points.astype(float)}
    if not closed:
        assert kept[0].tolist() == points[0].tolist()
        assert kept[-1].tolist() == points[-1].tolist()


@pytest.mark.parametrize("start", [0, 3, 17])
def test_a_loop_keeps_its_corners_and_not_the_point_where_tracing_began(start: int) -> None:
    side = np.arange(10, dtype=np.float32)
    zero = np.zeros(10, np.float32)
    x = np.concatenate([side, zero + 10, 10 - side, zero])
    y = np.concatenate([zero, side, zero + 10, 10 - side])
    kept = simplified(np.roll(np.stack([x, y], axis=1), start, axis=0), 0.5, closed=True)
    assert sorted(map(tuple, kept.tolist())) == [(0, 0), (0, 10), (10, 0), (10, 10)]


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize(("count", "kept"), [(1, 1), (2, 2), (3, 3)])
def test_strokes_of_few_points_stay_as_they_are(count: int, kept: int, closed: bool) -> None:
    points = np.array([[1, 1], [5, 1], [5, 6]], np.float32)[:count]
    assert sorted(simplified(points, 0.1, closed).tolist()) == points.tolist()[:kept]


@pytest.mark.parametrize("closed", [False, True])
def test_equal_points_do_no_harm(closed: bool) -> None:
    kept = simplified(np.ones((7, 2), np.float32), 0.5, closed)
    assert kept.tolist() == [[1, 1]] * (1 if closed else 2)


def test_each_stroke_comes_out_as_it_does_alone() -> None:
    chains = [walk(seed, 5 + 9 * seed) for seed in range(6)]
    closed = np.array([0, 1, 0, 0, 1, 1], np.uint8)
    offsets = np.cumsum([0] + [len(chain) for chain in chains])
    together = douglas_peucker(np.concatenate(chains), offsets, closed, 0.7)
    alone = [simplified(chain, 0.7, bool(loop)) for chain, loop in zip(chains, closed, strict=True)]
    assert together.points.tolist() == np.concatenate(alone).tolist()
    assert np.diff(together.offsets).tolist() == [len(points) for points in alone]


def test_no_strokes_at_all_give_none() -> None:
    kept = douglas_peucker(np.zeros((0, 2), np.float32), np.zeros(1, np.int64), np.zeros(0, np.uint8), 0.6)
    assert kept.points.shape == (0, 2)
    assert kept.offsets.tolist() == [0]


@pytest.mark.parametrize("backwards", [False, True])
def test_a_stroke_that_overshoots_its_own_end_keeps_its_turning_point(backwards: bool) -> None:
    x = np.concatenate([np.arange(16), np.arange(14, 4, -1)]).astype(np.float32)
    points = np.stack([x, 0 * x], axis=1)
    kept = simplified(np.ascontiguousarray(points[::-1]) if backwards else points, 0.6)
    assert sorted(kept[:, 0].tolist()) == [0, 5, 15]
