"""Which strokes are kept: by length, by the crowd around them, by how much they stand out."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from vec2art_nb.kernels import clutter as module
from vec2art_nb.kernels.clutter import CELL, keep_contours
from vec2art_nb.kernels.strokes import Chains, drop_short

HEIGHT, WIDTH = 200, 260


def random_strokes(seed=0, count=300):
    random = np.random.default_rng(seed)
    parts = []
    for _ in range(count):
        size = int(random.integers(2, 60))
        way = random.normal(0, 0.2, size).cumsum() + random.uniform(0, 7)
        start = random.uniform(0, [WIDTH, HEIGHT]) * (1 if random.random() < 0.3 else 0.4)
        path = start + np.cumsum(np.stack([np.cos(way), np.sin(way)], axis=1), axis=0)
        parts.append(np.clip(path, 0, [WIDTH, HEIGHT]))
    offsets = np.concatenate([[0], np.cumsum([len(part) for part in parts])]).astype(np.int64)
    closed = (random.random(count) < 0.2).astype(np.uint8)
    return Chains(np.concatenate(parts).astype(np.float32), offsets, closed)


def random_gradient(seed=0):
    random = np.random.default_rng(seed)
    return tuple(random.integers(-2000, 2000, (HEIGHT, WIDTH)).astype(np.int16) for _ in range(2))


def naive(chains, dx, dy, min_length, declutter):
    points = chains.points.astype(float)
    columns = np.minimum(chains.points.astype(int), [WIDTH - 1, HEIGHT - 1])
    magnitude = np.hypot(dx.astype(float), dy)[columns[:, 1], columns[:, 0]]
    cells = chains.points.astype(int) // CELL
    every = slice(None, None, 8)
    kept = []
    for stroke, (a, b) in enumerate(pairwise(chains.offsets)):
        path = np.vstack([points[a:b], points[a : a + 1]]) if chains.closed[stroke] else points[a:b]
        length = np.hypot(*np.diff(path, axis=0).T).sum()
        crowd, around = [], []
        for i in range(a, b, 8):
            near = (np.abs(cells[every] - cells[i]) <= 1).all(axis=1)
            crowd.append(8 * near.sum() / (9 * CELL**2))
            around.append(magnitude[every][near].mean() if near.any() else 0.0)
        excess = max(0.0, np.mean(crowd) / 0.045 - 1)
        outstanding = np.clip(magnitude[a:b:8].sum() / max(np.sum(around), 1), 0.5, 4)
        least = min_length * (1 + declutter * 4 * excess)
        if length >= min_length and (
            declutter == 0 or length * outstanding * (3 if chains.closed[stroke] else 1) >= least
        ):
            kept.append(stroke)
    return kept


def indices(chains, kept):
    """Which strokes were kept, by their points."""
    starts = {tuple(chains.points[a].tolist()): i for i, a in enumerate(chains.offsets[:-1])}
    return [starts[tuple(kept.points[a].tolist())] for a in kept.offsets[:-1]]


@pytest.mark.parametrize("declutter", [0, 0.25, 1.0])
@pytest.mark.parametrize("seed", [0, 1])
def test_what_is_kept_agrees_with_a_naive_count(declutter, seed):
    chains, (dx, dy) = random_strokes(seed), random_gradient(seed)
    kept = keep_contours(chains, dx, dy, 10.0, declutter)
    expected = naive(chains, dx, dy, 10.0, declutter)
    assert 20 < len(expected) < 290
    # A stroke that is exactly at the limit may fall on either side.
    assert len(set(indices(chains, kept)) ^ set(expected)) <= 1


def test_without_decluttering_only_length_counts():
    chains, (dx, dy) = random_strokes(), random_gradient()
    for kept, expected in zip(keep_contours(chains, dx, dy, 15, 0), drop_short(chains, 15), strict=True):
        assert np.array_equal(kept, expected)
    assert keep_contours(chains, dx, dy, 0, 0) is chains


def scene(lines):
    """Horizontal strokes as (x0, x1, y), and a flat gradient."""
    parts = [np.stack([np.arange(a, b), np.full(b - a, y)], axis=1) for a, b, y in lines]
    offsets = np.concatenate([[0], np.cumsum([len(part) for part in parts])]).astype(np.int64)
    dx = np.full((HEIGHT, WIDTH), 1000, np.int16)
    return Chains(np.concatenate(parts).astype(np.float32), offsets, np.zeros(len(parts), np.uint8)), dx


def test_a_short_stroke_alone_stays_and_one_in_a_crowd_goes():
    hatching = [(20, 40, y) for y in range(20, 80, 3)]
    chains, dx = scene([*hatching, (10, 200, 50), (200, 220, 150)])
    kept = keep_contours(chains, dx, dx, 12, 0.5)
    lengths = sorted(np.diff(kept.offsets).tolist())
    assert 190 in lengths, "the long one through the crowd"
    assert [220 - 1, 150] in kept.points.tolist(), "the one that is alone"
    assert lengths.count(20) < 8


def test_a_stroke_that_stands_out_of_its_crowd_stays():
    hatching = [(20, 40, y) for y in range(20, 80, 3)]
    chains, dx = scene(hatching)
    dx[50] = 6000
    kept = keep_contours(chains, dx, dx * np.int16(0), 12, 0.5)
    assert 50 in kept.points[:, 1]
    assert len(kept.closed) < 8


def test_more_decluttering_never_keeps_more():
    chains, (dx, dy) = random_strokes(), random_gradient()
    counts = [len(keep_contours(chains, dx, dy, 8, declutter).closed) for declutter in np.linspace(0, 1, 11)]
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] < counts[0] / 2


def test_every_kernel_compiles_once():
    for writeable in (True, False):
        chains, (dx, dy) = random_strokes(count=4), random_gradient()
        for array in (*chains, dx, dy):
            array.flags.writeable = writeable
        keep_contours(chains, dx, dy, 3, 1)
    for name in ("count_points", "sum_around", "copy_contours"):
        assert len(getattr(module, name).dispatcher.signatures) == 1
