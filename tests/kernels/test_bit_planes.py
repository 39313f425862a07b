"""Masks as bits against NumPy's own packing."""

from __future__ import annotations

import numpy as np
import pytest

from vec2art_nb.kernels.bit_planes import bit_length, bits_of, lowest_bit, pixels_of, plane_of

SHAPES = [(1, 1), (1, 63), (1, 64), (1, 65), (3, 8), (5, 7), (7, 130), (64, 1), (9, 192), (33, 100)]


def masks(shape):
    random = np.random.default_rng(6).random(shape)
    return [(random < share).astype(np.uint8) for share in (0.0, 0.1, 0.6, 1.0)]


def unpacked(words):
    return np.unpackbits(words.view(np.uint8), bitorder="little")


@pytest.mark.parametrize("shape", SHAPES)
def test_every_pixel_is_a_bit_and_zeros_follow(shape):
    for mask in masks(shape):
        bits = unpacked(bits_of(mask))
        assert np.array_equal(bits[: mask.size], mask.ravel())
        assert not bits[mask.size :].any()
        assert len(bits) >= mask.size + 64


@pytest.mark.parametrize("shape", SHAPES)
def test_rows_have_words_of_their_own_and_zeros_round_them(shape):
    height, width = shape
    for mask in masks(shape):
        plane = plane_of(mask)
        assert plane.shape == (height + 2, -(-width // 64) + 2)
        expected = np.zeros((height + 2, plane.shape[1] * 64), np.uint8)
        expected[1:-1, 64 : 64 + width] = mask
        assert np.array_equal(unpacked(plane).reshape(expected.shape), expected)


@pytest.mark.parametrize("shape", SHAPES)
def test_pixels_come_back_in_scan_order(shape):
    for mask in masks(shape):
        pixels = pixels_of(plane_of(mask), shape[1])
        assert pixels.dtype == np.int32
        assert np.array_equal(pixels, np.flatnonzero(mask))


def test_a_mask_may_begin_anywhere_in_memory():
    memory = np.random.default_rng(2).integers(0, 2, 3 + 20 * 33).astype(np.uint8)
    for start in range(4):
        mask = memory[start : start + 19 * 33].reshape(19, 33)
        assert np.array_equal(pixels_of(plane_of(mask), 33), np.flatnonzero(mask))


def test_words_are_measured():
    for word in [0, 1, 2, 3, 0x80, 1 << 33, (1 << 63) + 4, (1 << 64) - 1]:
        assert int(bit_length(np.uint64(word))) == word.bit_length()
        assert int(lowest_bit(np.uint64(word))) == word & -word
