"""The medial axis: it keeps what is connected, lies in the middle, and runs into no blunt corners."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage
from skimage.morphology import medial_axis as theirs

from vec2art_nb.kernels.distance import squared_distances
from vec2art_nb.kernels.medial import medial_axis


def axis(mask):
    out = np.zeros(mask.size, bool)
    out[medial_axis(mask, squared_distances(mask))] = True
    return out.reshape(mask.shape)


def blobs(shape, seed, sigma=2.5):
    smooth = ndimage.gaussian_filter(np.random.default_rng(seed).random(shape), sigma)
    return (smooth < np.median(smooth)).astype(np.uint8)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("sigma", [0.8, 2.5])
def test_pieces_and_holes_stay(seed, sigma):
    mask = blobs((90, 120), seed, sigma)
    thin = axis(mask)
    assert not (thin & (mask == 0)).any()
    eight = np.ones((3, 3))
    assert ndimage.label(thin, eight)[1] == ndimage.label(mask, eight)[1]
    assert (
        ndimage.label(np.pad(~thin, 1, constant_values=1))[1]
        == ndimage.label(np.pad(1 - mask, 1, constant_values=1))[1]
    )


def test_it_is_one_pixel_wide():
    thin = axis(blobs((90, 120), 1))
    squares = thin[:-1, :-1] & thin[1:, :-1] & thin[:-1, 1:] & thin[1:, 1:]
    assert squares.sum() <= 3


@pytest.mark.parametrize("angle", [0, 17, 45, 80])
def test_a_bar_is_one_line_in_its_middle(angle):
    y, x = np.mgrid[0:120, 0:120] - 59.5
    along = x * np.cos(np.radians(angle)) + y * np.sin(np.radians(angle))
    across = -x * np.sin(np.radians(angle)) + y * np.cos(np.radians(angle))
    mask = ((abs(along) < 45) & (abs(across) < 5)).astype(np.uint8)
    thin = axis(mask)
    assert abs(across[thin]).max() <= 1.0
    assert thin.sum() < 100
    assert np.ptp(along[thin]) > 75


def test_hairs_into_blunt_corners_go():
    mask = np.zeros((60, 120), np.uint8)
    mask[10:50, 10:110] = 1
    ours, other = axis(mask), theirs(mask > 0)
    assert ours.sum() < 0.7 * other.sum()
    near = ndimage.distance_transform_edt(~other)
    assert near[ours].max() <= 1.5


def test_every_shape_works():
    for shape in ((1, 1), (1, 9), (9, 1), (2, 2)):
        assert axis(np.ones(shape, np.uint8)).any()
        assert not axis(np.zeros(shape, np.uint8)).any()
