"""Chains divided into parts of equal length. What samples the picture is tested with the stage."""

from __future__ import annotations

import numpy as np
import pytest

from vec2art_nb.kernels.sampling import equal_parts, sums_of_groups


def chain(points, closed=False):
    points = np.array(points, np.float32)
    return points, np.array([0, len(points)], np.int64), np.array([closed], np.uint8)


def naive(points, closed, parts):
    """Part of each point, and the middles, by interpolation along the length."""
    rounded = np.vstack([points, points[:1]]) if closed else points
    length = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(rounded, axis=0).T))])
    total = length[-1]
    part = np.minimum((length[: len(points)] / total * parts).astype(int), parts - 1)
    wanted = total * (np.arange(parts) + 0.5) / parts
    return part, np.column_stack([np.interp(wanted, length, rounded[:, axis]) for axis in range(2)])


@pytest.mark.parametrize("parts", [1, 2, 4, 9])
@pytest.mark.parametrize("closed", [False, True])
def test_parts_are_of_equal_length(closed, parts):
    points = np.cumsum(np.random.default_rng(0).normal(0.3, 1, (57, 2)), axis=0)
    offsets, middles = equal_parts(*chain(points, closed), parts)
    expected, expected_middles = naive(points.astype(np.float32), closed, parts)
    np.testing.assert_array_equal(np.diff(offsets), np.bincount(expected, minlength=parts))
    np.testing.assert_allclose(middles, expected_middles, atol=1e-3)


def test_short_chains_leave_parts_without_points():
    offsets, middles = equal_parts(*chain([(1, 1), (5, 1)]), 4)
    assert offsets.tolist() == [0, 1, 1, 1, 2]
    np.testing.assert_allclose(middles[:, 0], [1.5, 2.5, 3.5, 4.5])
    offsets, middles = equal_parts(*chain([(2, 3)]), 3)
    assert offsets.tolist()[0] == 0
    assert offsets.tolist()[-1] == 1
    assert np.diff(offsets)[0] == 1
    np.testing.assert_array_equal(middles, [(2, 3)] * 3)


def test_chains_do_not_mix():
    one, two = np.array([(0, 0), (3, 0), (9, 0)], np.float32), np.array([(5, 5), (5, 9)], np.float32)
    closed = np.zeros(2, np.uint8)
    offsets, middles = equal_parts(np.concatenate([one, two]), np.array([0, 3, 5]), closed, 2)
    assert offsets.tolist() == [0, 2, 3, 4, 5]
    np.testing.assert_allclose(middles, [(2.25, 0), (6.75, 0), (5, 6), (5, 8)])
    assert equal_parts(np.empty((0, 2), np.float32), np.zeros(1, np.int64), np.empty(0, np.uint8), 3)[0].tolist() == [0]


def test_an_empty_group_has_the_sample_before_it():
    light = np.array([[1, 2, 3], [10, 20, 30]], np.int32)
    sums, counts = sums_of_groups(light, np.array([0, 1, 1, 2, 2]))
    assert sums.tolist() == [[1, 2, 3], [1, 2, 3], [10, 20, 30], [10, 20, 30]]
    assert counts.tolist() == [1, 1, 1, 1]
