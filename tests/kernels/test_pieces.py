"""Paths cut at equal lengths, against dense sampling."""

from __future__ import annotations

import numpy as np
import pytest

from vec2art_nb.drawing import PathLayer
from vec2art_nb.kernels.pieces import cut, part_middles

MOVETO, LINETO, CURVE4 = 1, 2, 4

# Points, codes, closed, widths.
PATHS = {
    "line": ([(0, 0), (10, 0)], [1, 2], False, [1, 3]),
    "polyline": ([(0, 0), (3, 4), (3, 10), (9, 10)], [1, 2, 2, 2], False, [1, 2, 5, 0]),
    "triangle": ([(0, 0), (10, 0), (4, 7)], [1, 2, 2], True, [1, 2, 3]),
    "curve": ([(0, 0), (0, 20), (30, -10), (30, 10)], [1, 4, 4, 4], False, [1, 4, 0, 2]),
    "loop": ([(0, 0), (20, 0), (20, 20), (0, 20), (-8, 20), (-8, 0), (0, 0)], [1, 4, 4, 4, 4, 4, 4], True, [2] * 7),
    "closed by a line": ([(0, 0), (10, 0), (10, 10), (0, 10)], [1, 4, 4, 4], True, [1, 2, 3, 4]),
    "mixed": ([(0, 0), (5, 0), (9, 0), (9, 9), (0, 9), (0, 30)], [1, 2, 4, 4, 4, 2], False, [1, 1, 2, 2, 3, 3]),
    "two subpaths": ([(0, 0), (6, 0), (50, 0), (50, 8)], [1, 2, 1, 2], False, [1, 2, 3, 4]),
}


def arrays(*names: str):
    points = np.concatenate([np.array(PATHS[name][0], np.float32) for name in names])
    codes = np.concatenate([np.array(PATHS[name][1], np.uint8) for name in names])
    offsets = np.cumsum([0, *(len(PATHS[name][1]) for name in names)])
    closed = np.array([PATHS[name][2] for name in names])
    widths = np.concatenate([np.array(PATHS[name][3], np.float32) for name in names])
    return points, codes, offsets.astype(np.int64), closed, widths


def traced(points, codes, widths, closed, steps=1500):
    """x, y and width at many places along a path, and whether the pen is down on the way to each."""
    places, down = [], []
    i, start = 0, 0
    rows = np.column_stack([points, widths]).astype(float)
    while i < len(codes):
        if codes[i] == MOVETO:
            start = i
            places.append(rows[i])
            down.append(False)
            i += 1
            continue
        t = np.arange(1, steps + 1)[:, None] / steps
        if codes[i] == LINETO:
            places.extend(rows[i - 1] + t * (rows[i] - rows[i - 1]))
            i += 1
        else:
            a, b, c, d = rows[i - 1 : i + 3]
            u = 1 - t
            places.extend(u**3 * a + 3 * u * u * t * b + 3 * u * t * t * c + t**3 * d)
            i += 3
        down.extend([True] * steps)
    if closed:
        t = np.arange(1, steps + 1)[:, None] / steps
        places.extend(rows[len(codes) - 1] + t * (rows[start] - rows[len(codes) - 1]))
        down.extend([True] * steps)
    return np.array(places), np.array(down)


def along(places, down):
    steps = np.where(down[1:], np.hypot(*np.diff(places[:, :2], axis=0).T), 0)
    return np.concatenate([[0], np.cumsum(steps)])


@pytest.mark.parametrize("parts", [2, 3, 7])
@pytest.mark.parametrize("name", list(PATHS))
def test_pieces_are_equally_long_and_together_the_path(name, parts):
    points, codes, offsets, closed, widths = arrays(name)
    pieces = cut(points, codes, offsets, closed, widths, np.ones((1, parts - 1), bool))
    PathLayer("x", pieces.points, pieces.codes, pieces.offsets, np.zeros(len(pieces.paths), np.int32), pieces.closed,
              pieces.widths)  # fmt: skip
    assert len(pieces.paths) == parts
    assert pieces.parts.tolist() == list(range(parts))
    assert not pieces.closed.any()
    whole, down = traced(points, codes, widths, closed[0])
    length = along(whole, down)
    for number in range(parts):
        span = slice(pieces.offsets[number], pieces.offsets[number + 1])
        places, drawn = traced(pieces.points[span], pieces.codes[span], pieces.widths[span], False)
        assert along(places, drawn)[-1] == pytest.approx(length[-1] / parts, rel=0.01)
        # Each place is one of the path, with its width.
        middle = places[len(places) // 2]
        apart = np.hypot(*(whole[:, :2] - middle[:2]).T)
        assert apart.min() < 0.03
        assert np.abs(whole[apart < 0.05, 2] - middle[2]).min() < 0.05
        if number:
            np.testing.assert_array_equal(pieces.points[span.start], pieces.points[span.start - 1])


@pytest.mark.parametrize("name", list(PATHS))
def test_middles_are_in_the_middle_of_each_part(name):
    points, codes, offsets, closed, widths = arrays(name)
    whole, down = traced(points, codes, widths, closed[0])
    length = along(whole, down)
    for parts in (1, 2, 5):
        found = part_middles(points, codes, offsets, closed, parts)
        for number in range(parts):
            expected = whole[np.searchsorted(length, length[-1] * (number + 0.5) / parts), :2]
            assert np.hypot(*(found[number] - expected)) < 0.1


def test_only_what_is_to_be_cut_is_cut():
    points, codes, offsets, closed, widths = arrays(*PATHS)
    cuts = np.zeros((len(PATHS), 3), bool)
    pieces = cut(points, codes, offsets, closed, widths, cuts)
    np.testing.assert_array_equal(pieces.points, points)
    np.testing.assert_array_equal(pieces.codes, codes)
    np.testing.assert_array_equal(pieces.closed, closed)
    np.testing.assert_array_equal(pieces.widths, widths)
    cuts[2, 1] = True
    pieces = cut(points, codes, offsets, closed, None, cuts)
    assert pieces.widths is None
    assert pieces.paths.tolist() == [0, 1, 2, 2, 3, 4, 5, 6, 7]
    assert pieces.parts.tolist() == [0, 0, 0, 2, 0, 0, 0, 0, 0]


def test_all_paths_at_once_are_as_each_alone():
    points, codes, offsets, closed, widths = arrays(*PATHS)
    together = cut(points, codes, offsets, closed, widths, np.ones((len(PATHS), 4), bool))
    alone = [cut(*arrays(name), np.ones((1, 4), bool)) for name in PATHS]
    np.testing.assert_array_equal(together.points, np.concatenate([piece.points for piece in alone]))
    np.testing.assert_array_equal(together.widths, np.concatenate([piece.widths for piece in alone]))


@pytest.mark.parametrize("points", [[(3, 4)], [(3, 4), (3, 4)]])
def test_a_path_without_length_stays_whole(points):
    codes = np.array([1, 2][: len(points)], np.uint8)
    offsets = np.array([0, len(points)], np.int64)
    pieces = cut(np.array(points, np.float32), codes, offsets, np.zeros(1, bool), None, np.ones((1, 3), bool))
    assert len(pieces.paths) == 1
    np.testing.assert_array_equal(pieces.points, points)
    middles = part_middles(np.array(points, np.float32), codes, offsets, np.zeros(1, bool), 2)
    assert middles.tolist() == [[3, 4], [3, 4]]


def test_no_paths_have_no_pieces():
    nothing = np.empty((0, 2), np.float32), np.empty(0, np.uint8), np.zeros(1, np.int64), np.empty(0, bool)
    pieces = cut(*nothing, None, np.empty((0, 3), bool))
    assert len(pieces.paths) == 0
    assert pieces.offsets.tolist() == [0]
    assert part_middles(*nothing, 4).shape == (0, 2)


def test_cuts_at_vertices_leave_no_piece_without_extent():
    """A square of four equal sides in four parts: each cut is at a corner, as near as rounding has it."""
    points = np.array([(0, 0), (10, 0), (10, 10), (0, 10)], np.float32)
    pieces = cut(
        points, np.array([1, 2, 2, 2], np.uint8), np.array([0, 4]), np.ones(1, bool), None, np.ones((1, 3), bool)
    )
    for first, last in zip(pieces.offsets[:-1], pieces.offsets[1:], strict=True):
        piece = pieces.points[first:last]
        assert np.hypot(*np.diff(piece, axis=0).T).sum() == pytest.approx(10, abs=1e-4)
