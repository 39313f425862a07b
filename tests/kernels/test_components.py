"""Specks and pinholes against SciPy's labels."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from vec2art_nb.kernels.components import clear_specks


def cleared(mask, min_ink, min_page):
    out = mask.copy()
    clear_specks(out, min_ink, min_page)
    return out


def naive(mask, min_ink, min_page):
    mask = mask.copy()
    for value, least, structure in ((1, min_ink, np.ones((3, 3))), (0, min_page, None)):
        labels, _ = ndimage.label(mask == value, structure)
        small = (np.bincount(labels.ravel()) < least)[labels] & (mask == value)
        mask[small] = 1 - value
    return mask


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 1), (2, 64), (7, 9), (64, 97), (90, 128), (130, 111)])
@pytest.mark.parametrize("share", [0.2, 0.45, 0.6, 0.9])
@pytest.mark.parametrize(
    ("min_ink", "min_page"), [(2, 0), (0, 2), (3, 0), (0, 4), (9, 9), (50, 20), (1, 1), (100_000, 3), (3, 100_000)]
)
def test_small_pieces_go(shape, share, min_ink, min_page):
    mask = (np.random.default_rng(7).random(shape) < share).astype(np.uint8)
    assert np.array_equal(cleared(mask, min_ink, min_page), naive(mask, min_ink, min_page))


def test_a_spiral_is_one_piece():
    spiral = np.zeros((41, 41), np.uint8)
    top, left, bottom, right = 0, 0, 40, 40
    while top <= bottom and left <= right:
        spiral[top, left : right + 1] = spiral[top : bottom + 1, right] = 1
        spiral[bottom, left + 2 : right + 1] = spiral[top + 2 : bottom + 1, left + 2] = 1
        top, left, bottom, right = top + 2, left + 2, bottom - 2, right - 2
    for turned in (spiral, spiral[::-1], spiral.T, spiral[:, ::-1]):
        turned = np.ascontiguousarray(turned)
        assert np.array_equal(cleared(turned, int(spiral.sum()), 0), turned)
        assert not cleared(turned, int(spiral.sum()) + 1, 0).any()


@pytest.mark.parametrize(("min_ink", "gone"), [(4, False), (5, True)])
def test_a_piece_just_large_enough_stays(min_ink, gone):
    for text in ("####", "#... .#.. ..#. ...#", "...# ..#. .#.. #...", "#.#. .#.# ....", "##.. ##..", "#..# .##."):
        mask = np.array([[letter == "#" for letter in line] for line in text.split()]).astype(np.uint8)
        assert cleared(mask, min_ink, 0).any() != gone


def test_the_flat_picture_is_no_ring():
    # The last pixel of a row and the first of the next are no neighbours.
    mask = np.array([[0, 0, 1], [0, 0, 0], [1, 0, 0]], np.uint8)
    assert not cleared(mask, 2, 0).any()
    mask = np.array([[0, 0, 0, 1], [1, 0, 0, 0]], np.uint8)
    assert not cleared(mask, 2, 0).any()
    holes = 1 - mask
    assert np.array_equal(cleared(holes, 0, 2), naive(holes, 0, 2))
