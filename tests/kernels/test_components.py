"""Specks and pinholes against SciPy's labels."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from vec2art_nb.kernels.components import without_specks


def naive(mask, min_ink, min_page):
    mask = mask.copy()
    for value, least, structure in ((1, min_ink, np.ones((3, 3))), (0, min_page, None)):
        labels, _ = ndimage.label(mask == value, structure)
        small = (np.bincount(labels.ravel()) < least)[labels] & (mask == value)
        mask[small] = 1 - value
    return mask


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 1), (7, 9), (64, 97), (130, 111)])
@pytest.mark.parametrize("share", [0.2, 0.45, 0.6, 0.9])
@pytest.mark.parametrize(("min_ink", "min_page"), [(3, 0), (0, 4), (9, 9), (50, 20), (1, 1)])
def test_small_pieces_go(shape, share, min_ink, min_page):
    mask = (np.random.default_rng(7).random(shape) < share).astype(np.uint8)
    before = mask.copy()
    assert np.array_equal(without_specks(mask, min_ink, min_page), naive(mask, min_ink, min_page))
    assert np.array_equal(mask, before)


def test_a_spiral_is_one_piece():
    spiral = np.zeros((41, 41), np.uint8)
    top, left, bottom, right = 0, 0, 40, 40
    while top <= bottom and left <= right:
        spiral[top, left : right + 1] = spiral[top : bottom + 1, right] = 1
        spiral[bottom, left + 2 : right + 1] = spiral[top + 2 : bottom + 1, left + 2] = 1
        top, left, bottom, right = top + 2, left + 2, bottom - 2, right - 2
    for turned in (spiral, spiral[::-1], spiral.T, spiral[:, ::-1]):
        turned = np.ascontiguousarray(turned)
        assert np.array_equal(without_specks(turned, int(spiral.sum()), 0), naive(turned, int(spiral.sum()), 0))


def test_nothing_to_do_costs_no_copy():
    mask = np.ones((5, 5), np.uint8)
    assert without_specks(mask, 0, 1) is mask
