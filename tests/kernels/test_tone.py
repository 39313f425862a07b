"""Ink from lightness, and its means over squares, against NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from vec2art_nb.kernels.tone import ink_wanted, reduced


def random_ink(shape: tuple[int, int], seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 65536, shape).astype(np.uint16)


@pytest.mark.parametrize("shape", [(1, 1), (1, 9000), (300, 41), (64, 64)])
def test_ink_is_the_curve_at_each_lightness(shape: tuple[int, int]) -> None:
    random = np.random.default_rng(1)
    lightness = random.integers(0, 25601, shape).astype(np.int16)
    curve = random.integers(0, 65536, 25601).astype(np.uint16)
    ink, total = ink_wanted(lightness, curve, None)
    assert np.array_equal(ink, curve[lightness])
    assert total == int(curve[lightness].sum(dtype=np.int64))


def test_background_asks_for_no_ink_and_half_covered_pixels_for_half() -> None:
    random = np.random.default_rng(2)
    lightness = random.integers(0, 25601, (90, 70)).astype(np.int16)
    curve = random.integers(0, 65536, 25601).astype(np.uint16)
    coverage = random.integers(0, 256, (90, 70)).astype(np.uint8)
    ink, total = ink_wanted(lightness, curve, coverage)
    assert np.array_equal(ink, curve[lightness].astype(np.int64) * coverage // 255)
    assert total == int(ink.sum(dtype=np.int64))


@pytest.mark.parametrize("halves", [2, 3, 4, 5, 6, 7, 9, 12, 13, 40])
@pytest.mark.parametrize("shape", [(1, 1), (7, 5), (31, 40), (64, 33), (1, 100), (100, 1)])
def test_means_over_squares_of_whole_and_half_pixels(shape: tuple[int, int], halves: int) -> None:
    ink = random_ink(shape)
    small = reduced(ink, halves)
    quarters = np.repeat(np.repeat(ink.astype(np.int64), 2, axis=0), 2, axis=1)
    rows, columns = small.shape
    padded = np.zeros((rows * halves, columns * halves), np.int64)
    padded[: 2 * shape[0], : 2 * shape[1]] = quarters
    expected = padded.reshape(rows, halves, columns, halves).sum(axis=(1, 3)) // halves**2
    assert np.array_equal(small, expected)
