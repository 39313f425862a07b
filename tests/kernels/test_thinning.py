"""Thinning 64 pixels at a time against the papers' rules applied to whole arrays."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage
from skimage import data, filters
from skimage.morphology import skeletonize

from vec2art_nb.kernels.thinning import thinned

METHODS = ["zhang_suen", "guo_hall"]


def neighbours(mask):
    """p2 … p9: north, then clockwise."""
    padded = np.pad(mask, 1)
    height, width = mask.shape
    steps = [(0, 1), (0, 2), (1, 2), (2, 2), (2, 1), (2, 0), (1, 0), (0, 0)]
    return [padded[dy : dy + height, dx : dx + width] for dy, dx in steps]


def zhang_suen(p, second):
    count = np.sum(p, axis=0)
    steps = np.sum([~p[k] & p[(k + 1) % 8] for k in range(8)], axis=0)
    p2, _, p4, _, p6, _, p8, _ = p
    sides = (p2 & p4 & p8) | (p2 & p6 & p8) if second else (p2 & p4 & p6) | (p4 & p6 & p8)
    return (count >= 2) & (count <= 6) & (steps == 1) & ~sides


def guo_hall(p, second):
    p2, p3, p4, p5, p6, p7, p8, p9 = p
    pieces = np.sum([~p2 & (p3 | p4), ~p4 & (p5 | p6), ~p6 & (p7 | p8), ~p8 & (p9 | p2)], axis=0)
    first = np.sum([p9 | p2, p3 | p4, p5 | p6, p7 | p8], axis=0)
    other = np.sum([p2 | p3, p4 | p5, p6 | p7, p8 | p9], axis=0)
    fewer = np.minimum(first, other)
    keep = (p2 | p3 | ~p5) & p4 if second else (p6 | p7 | ~p9) & p8
    return (pieces == 1) & (fewer >= 2) & (fewer <= 3) & ~keep


def naive(mask, rule):
    mask = mask.astype(bool)
    while True:
        before = mask.copy()
        for second in (False, True):
            mask = mask & ~rule(neighbours(mask), second)
        if np.array_equal(mask, before):
            return mask


def skeleton(mask, method):
    out = np.zeros(mask.size, bool)
    out[thinned(mask, method)] = True
    return out.reshape(mask.shape)


def blobs(shape, seed, share=0.5, sigma=3):
    noise = np.random.default_rng(seed).random(shape)
    smooth = ndimage.gaussian_filter(noise, sigma) if sigma else noise
    return (smooth < np.quantile(smooth, share)).astype(np.uint8)


MASKS = {
    "page": (data.page() < filters.threshold_otsu(data.page())).astype(np.uint8),
    "noise": blobs((70, 131), 0, 0.6, 0),
    "blobs": blobs((100, 200), 1),
    "full": np.ones((30, 64), np.uint8),
    "one word wide": np.ones((9, 65), np.uint8),
    "one pixel": np.ones((1, 1), np.uint8),
    "nothing": np.zeros((5, 70), np.uint8),
    "a row": blobs((1, 300), 2, 0.7, 0),
    "a column": blobs((300, 1), 2, 0.7, 0),
}


@pytest.mark.parametrize("name", list(MASKS))
@pytest.mark.parametrize("method", METHODS)
def test_it_follows_the_paper(name, method):
    rule = {"zhang_suen": zhang_suen, "guo_hall": guo_hall}[method]
    assert np.array_equal(skeleton(MASKS[name], method), naive(MASKS[name], rule))


@pytest.mark.parametrize("method", METHODS)
def test_it_lies_where_scikit_images_skeleton_does(method):
    mask = MASKS["blobs"]
    theirs, ours = skeletonize(mask > 0), skeleton(mask, method)
    # Hairs and ends differ, the lines between them hardly.
    assert np.quantile(ndimage.distance_transform_edt(~theirs)[ours], 0.8) <= 1.5
    assert np.quantile(ndimage.distance_transform_edt(~ours)[theirs], 0.8) <= 2.5


@pytest.mark.parametrize("method", METHODS)
def test_pixels_are_listed_in_scan_order(method):
    pixels = thinned(MASKS["blobs"], method)
    assert (np.diff(pixels) > 0).all()


def test_the_methods_differ():
    assert not np.array_equal(thinned(MASKS["blobs"], "guo_hall"), thinned(MASKS["blobs"], "zhang_suen"))


def test_guo_hall_keeps_pieces_and_holes():
    mask = blobs((150, 190), 5)
    thin = skeleton(mask, "guo_hall")
    eight = np.ones((3, 3))
    assert ndimage.label(mask, eight)[1] == ndimage.label(thin, eight)[1]
    assert (
        ndimage.label(np.pad(1 - mask, 1, constant_values=1))[1]
        == ndimage.label(np.pad(~thin, 1, constant_values=1))[1]
    )
