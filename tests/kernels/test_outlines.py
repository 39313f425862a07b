"""Outlines against the discs and trapezoids that they stand for, painted one by one."""

from __future__ import annotations

import numpy as np
import pytest

from vec2art_nb.kernels.outlines import CURVE4, LINETO, MOVETO, outline_paths

M, L, C = MOVETO, LINETO, CURVE4

SIDE = 60  # px of the pictures here
SAMPLES = 8  # for each pixel, along x and along y


def bernstein(values, t):
    t = np.asarray(t)[:, None]
    return (
        (1 - t) ** 3 * values[0] + 3 * (1 - t) ** 2 * t * values[1] + 3 * (1 - t) * t**2 * values[2] + t**3 * values[3]
    )


def discs(points, codes, widths, closed):
    """x, y, radius densely along each subpath."""
    values = np.column_stack([points, widths / 2]).astype(float)
    subpaths, i = [], 0
    while i < len(codes):
        if codes[i] == M:
            subpaths.append([values[i : i + 1]])
        elif codes[i] == L:
            subpaths[-1].append(values[i : i + 1])
        else:
            span = np.array([subpaths[-1][-1][-1], *values[i : i + 3]])
            count = max(8, int(np.abs(np.diff(span, axis=0)).sum() / 0.15))
            subpaths[-1].append(bernstein(span, np.arange(1, count + 1) / count))
            i += 2
        i += 1
    dense = [np.concatenate(parts) for parts in subpaths]
    return [np.concatenate([path, path[:1]]) if closed else path for path in dense]


def covered(points, codes, widths, closed):
    """Whether each sample lies in the convex hull of two consecutive discs."""
    inside = np.zeros((SIDE * SAMPLES, SIDE * SAMPLES), bool)
    center = (np.arange(SIDE * SAMPLES) + 0.5) / SAMPLES
    for path in discs(points, codes, widths, closed):
        for a, b in zip(path[: max(1, len(path) - 1)], path[1:] if len(path) > 1 else path, strict=True):
            low = np.floor(np.minimum(a[:2] - a[2], b[:2] - b[2]) * SAMPLES).astype(int).clip(0)
            high = np.ceil(np.maximum(a[:2] + a[2], b[:2] + b[2]) * SAMPLES).astype(int).clip(0)
            region = np.s_[low[1] : high[1], low[0] : high[0]]
            x, y = center[low[0] : high[0]], center[low[1] : high[1], None]
            way = b[:2] - a[:2]
            length = np.hypot(*way)
            inside[region] |= (x - a[0]) ** 2 + (y - a[1]) ** 2 <= a[2] ** 2
            inside[region] |= (x - b[0]) ** 2 + (y - b[1]) ** 2 <= b[2] ** 2
            if length > abs(a[2] - b[2]):
                heading = way / length
                lean = (a[2] - b[2]) / length
                for side in (1, -1):
                    normal = lean * heading + side * np.sqrt(1 - lean**2) * np.array([-heading[1], heading[0]])
                    corners = [a[:2], a[:2] + a[2] * normal, b[:2] + b[2] * normal, b[:2]]
                    within = np.ones(np.broadcast(x, y).shape, bool)
                    for p, q in zip(corners, corners[1:] + corners[:1], strict=True):
                        within &= side * ((q[0] - p[0]) * (y - p[1]) - (q[1] - p[1]) * (x - p[0])) <= 1e-9
                    inside[region] |= within
    return inside


def winding(points, codes):
    """Winding number of each sample, from the crossings to its left."""
    crossings = np.zeros((SIDE * SAMPLES, SIDE * SAMPLES + 1), np.int64)
    rings, i = [], 0
    while i < len(codes):
        if codes[i] == M:
            rings.append([points[i : i + 1]])
        elif codes[i] == L:
            rings[-1].append(points[i : i + 1])
        else:
            span = np.array([rings[-1][-1][-1], *points[i : i + 3]])
            rings[-1].append(bernstein(span, np.arange(1, 25) / 24))
            i += 2
        i += 1
    for ring in rings:
        vertices = np.concatenate(ring).astype(float) * SAMPLES
        for p, q in zip(vertices, np.roll(vertices, -1, axis=0), strict=True):
            low, high = sorted((p[1], q[1]))
            rows = np.arange(max(0, np.ceil(low - 0.5)), min(SIDE * SAMPLES, np.ceil(high - 0.5))).astype(int)
            if len(rows):
                x = p[0] + (rows + 0.5 - p[1]) * (q[0] - p[0]) / (q[1] - p[1])
                columns = np.ceil(x - 0.5).astype(int).clip(0, SIDE * SAMPLES)
                crossings[rows, columns] += 1 if q[1] > p[1] else -1
    return np.cumsum(crossings, axis=1)[:, :-1]


def pixels(samples):
    return samples.reshape(SIDE, SAMPLES, SIDE, SAMPLES).mean(axis=(1, 3))


def outline(points, codes, widths, closed=False, tolerance=0.02):
    points = np.asarray(points, np.float32)
    result, result_codes, offsets = outline_paths(
        points,
        np.asarray(codes, np.uint8),
        np.array([0, len(points)], np.int64),
        np.array([closed]),
        np.asarray(widths, np.float32),
        tolerance,
    )
    assert offsets.tolist() == [0, len(result)]
    return result, result_codes


def circle(radius, width):
    k = 0.5523 * radius
    quarters = [(1, k / radius), (k / radius, 1), (0, 1), (-k / radius, 1), (-1, k / radius), (-1, 0)]
    around = [(1, 0), *quarters, *[(-x, -y) for x, y in quarters]]
    return 30 + radius * np.array(around), [M] + [C] * 12, [width] * 13, True


def along(x, y, width, closed=False):
    return np.column_stack([x, y]), [M] + [L] * (len(x) - 1), np.broadcast_to(width, len(x)), closed


def noise_walk(count, step, seed):
    return 30 + np.cumsum(np.random.default_rng(seed).normal(0, step, (count, 2)), axis=0)


turns = np.linspace(0, 1, 300)

CASES = {
    "dot": ([[30, 30]], [M], [12]),
    "line of no length": ([[30, 30], [30, 30]], [M, L], [12, 6]),
    "curve of no length": ([[30, 30]] * 4, [M, C, C, C], [2, 6, 6, 10]),
    "line": ([[10, 10], [50, 40]], [M, L], [6, 6]),
    "taper": ([[10, 10], [50, 40]], [M, L], [0, 8]),
    "large disc that holds the next": ([[20, 30], [24, 30], [55, 30]], [M, L, L], [24, 4, 2]),
    "large disc in the middle": ([[10, 30], [40, 30], [45, 32]], [M, L, L], [4, 20, 3]),
    "there and back": ([[10, 30], [50, 30], [10, 30]], [M, L, L], [8, 8, 8]),
    "hairpin": ([[10, 30], [50, 30], [12, 33]], [M, L, L], [2, 12, 6]),
    "zigzag": ([[10, 10], [50, 14], [12, 18], [50, 22], [14, 50]], [M, L, L, L, L], [8] * 5),
    "square": ([[15, 15], [45, 15], [45, 45], [15, 45]], [M, L, L, L], [6] * 4, True),
    "square other way": ([[15, 15], [15, 45], [45, 45], [45, 15]], [M, L, L, L], [3, 6, 9, 6], True),
    "square filled by its pen": ([[20, 20], [35, 20], [35, 35], [20, 35]], [M, L, L, L], [26, 20, 16, 20], True),
    "closed line": ([[15, 15], [45, 35]], [M, L], [6, 9], True),
    "U turn": ([[15, 25], [60, 20], [60, 40], [15, 32]], [M, C, C, C], [9] * 4),
    "loop of cusp": ([[10, 40], [60, 10], [0, 10], [50, 40]], [M, C, C, C], [7] * 4),
    "cusp": ([[10, 40], [50, 10], [10, 10], [50, 40]], [M, C, C, C], [7, 9, 9, 3]),
    "loop": ([[20, 50], [80, 0], [-20, 0], [40, 50]], [M, C, C, C], [3, 12, 2, 5]),
    "curve to and fro": ([[20, 30], [60, 30], [0, 30], [40, 30]], [M, C, C, C], [8] * 4),
    "no handles": ([[10, 10], [10, 10], [50, 50], [50, 50]], [M, C, C, C], [2, 6, 6, 10]),
    "width faster than the pen": ([[10, 30], [20, 30], [40, 30], [50, 30]], [M, C, C, C], [0, 60, 0, 0]),
    "circle": circle(14, 5),
    "circle filled by its pen": circle(14, 31),
    "two subpaths": (
        [[10, 10], [50, 10], [10, 40], [30, 50], [50, 30], [50, 50]], [M, L, M, C, C, C], [4, 8, 3, 9, 1, 5]
    ),
    "spiral of short lines": along(30 + 18 * turns * np.cos(18 * turns), 30 + 18 * turns * np.sin(18 * turns), 6),
    "tight bend of short lines": along(30 + 2 * np.cos(3 * turns), 30 + 2 * np.sin(3 * turns), 14),
    "wave of widths": along(10 + 40 * turns, 30 + 9 * np.sin(9 * turns), 4 + 3.9 * np.sin(60 * turns)),
    "steps too short to see": along(*noise_walk(600, 0.02, 1).T, 6),
    "noise": along(*noise_walk(200, 0.6, 2).T, 5),
}  # fmt: skip


def random_case(seed):
    random = np.random.default_rng(seed)
    curves = int(random.integers(1, 4))
    steps = random.normal(0, random.choice([1, 3, 8]), (1 + 3 * curves, 2))
    points = 30 + np.clip(np.cumsum(steps, axis=0), -18, 18)
    widths = random.uniform(0, random.choice([3, 10, 20]), len(points))
    kind = C if seed % 2 else L
    return points, [M] + [kind] * (3 * curves), widths, bool(random.integers(0, 2))


CASES |= {f"random {seed}": random_case(seed) for seed in range(30)}


@pytest.mark.parametrize("name", CASES)
def test_an_outline_covers_what_the_pen_covers(name):
    points, codes, widths, *closed = CASES[name]
    points, widths = np.asarray(points, np.float32), np.asarray(widths, np.float32)
    wanted = covered(points, codes, widths, bool(closed and closed[0]))
    around = winding(*outline(points, codes, widths, bool(closed and closed[0])))
    # All summands turn the same way, so nothing can cancel.
    assert around.min() >= 0
    assert abs((around != 0).sum() - wanted.sum()) <= 0.01 * wanted.sum()
    assert np.abs(pixels(around != 0) - pixels(wanted)).max() < 0.13


@pytest.mark.parametrize("tolerance", [0.1, 0.4])
@pytest.mark.parametrize(
    "name", ["U turn", "cusp", "loop", "circle filled by its pen", "noise", "random 3", "random 4"]
)
def test_a_coarse_outline_is_wrong_by_the_tolerance_at_most(name, tolerance):
    ndimage = pytest.importorskip("scipy.ndimage")
    points, codes, widths, *closed = CASES[name]
    points, widths = np.asarray(points, np.float32), np.asarray(widths, np.float32)
    wanted = covered(points, codes, widths, bool(closed and closed[0]))
    painted = winding(*outline(points, codes, widths, bool(closed and closed[0]), tolerance)) != 0
    allowed = tolerance * SAMPLES + 1.5
    assert not (painted & (ndimage.distance_transform_edt(~wanted) > allowed)).any()
    assert not (wanted & (ndimage.distance_transform_edt(wanted) > allowed) & ~painted).any()


def batch(names):
    parts = [CASES[name] for name in names]
    points = np.concatenate([np.asarray(part[0], np.float32) for part in parts])
    codes = np.concatenate([np.asarray(part[1], np.uint8) for part in parts])
    widths = np.concatenate([np.asarray(part[2], np.float32) for part in parts])
    offsets = np.concatenate([[0], np.cumsum([len(part[1]) for part in parts])]).astype(np.int64)
    return points, codes, offsets, np.array([len(part) > 3 and part[3] for part in parts]), widths


def test_many_outlines_painted_as_one_shape_cover_what_each_of_them_covers():
    names = ["square", "circle", "cusp", "loop", "random 1", "random 2", "random 5", "square other way"]
    outlines, codes, _ = outline_paths(*batch(names), 0.05)
    around = winding(outlines, codes)
    single = [winding(*outline(*CASES[name], tolerance=0.05)) != 0 for name in names]
    assert (around >= 0).all()
    assert ((around != 0) == np.any(single, axis=0)).all()


def test_outline_i_is_that_of_path_i():
    names = list(CASES)
    outlines, codes, offsets = outline_paths(*batch(names), 0.05)
    assert len(offsets) == len(names) + 1
    for i, name in enumerate(names):
        alone, alone_codes = outline(*CASES[name], tolerance=0.05)
        part = slice(offsets[i], offsets[i + 1])
        assert (outlines[part] == alone).all()
        assert (codes[part] == alone_codes).all()


def test_an_outline_that_needs_far_more_points_than_the_path_gets_them():
    # One curve round a tiny bend, to a tolerance that asks for thousands of points.
    outlines, _ = outline(*CASES["U turn"], tolerance=1e-5)
    assert len(outlines) > 1000
    assert np.isfinite(outlines).all()


def test_paths_of_more_pieces_than_are_held_at_once_have_their_outlines():
    # First many paths, then one that is longer than all that is held; each far from the others.
    zigzag = np.column_stack([np.arange(9000) * 3.0, np.arange(9000) % 2 * 4.0])
    counts = [3] * 3000 + [9000] + [3] * 10
    down = np.array([0.0, 9.0])
    points = np.concatenate([*[zigzag[:3] + k * down for k in range(3000)], zigzag - 9 * down, *[zigzag[:3]] * 10])
    points = points.astype(np.float32)
    offsets = np.cumsum([0, *counts])
    codes = np.full(len(points), L, np.uint8)
    codes[offsets[:-1]] = M
    widths = np.full(len(points), 2, np.float32)
    outlines, outline_codes, outline_offsets = outline_paths(
        points, codes, offsets, np.zeros(len(counts), bool), widths, 0.05
    )
    assert (np.flatnonzero(outline_codes == M) == outline_offsets[:-1]).all()
    assert outline_offsets[-1] == len(outlines)
    first = slice(*outline_offsets[:2])
    for k in (1, 1999, 2999, 3001, 3010):
        part = slice(*outline_offsets[k : k + 2])
        assert (outline_codes[part] == outline_codes[first]).all()
        assert np.abs(outlines[part] - outlines[first] - points[offsets[k]]).max() < 1e-2
    # Every bend has its mitre or arc.
    assert outline_offsets[3001] - outline_offsets[3000] > 2 * 9000


def test_open_paths_have_one_ring_and_closed_ones_two():
    for name, rings in [("line", 1), ("two subpaths", 2), ("square", 2), ("circle", 2), ("dot", 1)]:
        _, codes = outline(*CASES[name])
        assert (codes == M).sum() == rings


def test_a_tapered_end_comes_to_a_point():
    outlines, codes = outline(*CASES["taper"])
    assert np.hypot(*(outlines - [10, 10]).T).min() < 1e-4
    assert (codes == C).sum() <= 6, "only the thick end has a cap"


def test_sides_of_smooth_curves_are_curves():
    points = [[5, 50], [20, 5], [40, 5], [55, 50]]
    _, codes = outline(points, [M, C, C, C], [2, 3, 3, 2], tolerance=0.1)
    assert (codes == L).sum() == 0
    # Three a side, one a cap.
    assert (codes == C).sum() // 3 <= 8


def test_corners_inside_cost_one_point_when_the_lines_are_long():
    outlines, _ = outline([[10, 10], [50, 10], [50, 50]], [M, L, L], [4, 4, 4], tolerance=0.1)
    assert np.hypot(*(outlines - [48, 12]).T).min() < 1e-5
    assert np.hypot(*(outlines - [50, 10]).T).min() > 1


def test_no_width_covers_nothing():
    outlines, codes = outline([[10, 10], [50, 10], [50, 50]], [M, L, L], [0, 0, 0])
    assert (winding(outlines, codes) == 0).all()


def test_nothing_gives_nothing():
    empty = np.empty(0, np.uint8)
    outlines, codes, offsets = outline_paths(
        np.empty((0, 2), np.float32), empty, np.zeros(1, np.int64), empty, np.empty(0, np.float32), 0.1
    )
    assert (outlines.shape, codes.shape, offsets.tolist()) == ((0, 2), (0,), [0])


@pytest.mark.parametrize("tolerance", [0, -1, float("nan")])
def test_a_tolerance_must_be_above_0(tolerance):
    with pytest.raises(ValueError, match="tolerance must be above 0"):
        outline([[10, 10], [50, 10]], [M, L], [2, 2], tolerance=tolerance)
