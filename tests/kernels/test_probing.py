"""The middle of the ink across a line, against a naive twin with SciPy's interpolation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from vec2art_nb.kernels.distance import distances_at
from vec2art_nb.kernels.probing import probe_across
from vec2art_nb.kernels.skeleton_graph import KEPT, skeleton_graph
from vec2art_nb.kernels.thinning import thinned


def blobs(shape, seed, sigma):
    smooth = ndimage.gaussian_filter(np.random.default_rng(seed).random(shape), sigma)
    spread = smooth - np.quantile(smooth, 0.4)
    return np.clip(12800 + spread / np.abs(spread).max() * 60000, 0, 25600).astype(np.int16)


def away(lightness, mask, place, direction, most):
    """How far it is to half way from ink to page."""
    height, width = mask.shape
    k = 0
    while True:
        x, y = place + k * direction
        if not (0 <= x < width and 0 <= y < height and mask[int(y), int(x)]):
            break
        k += 1
        if k > most:
            return -1.0
    if k == 0:
        return 0.0
    at = place + np.maximum(np.arange(k - 3, k + 2), 0)[:, None] * direction - 0.5
    farther, inside, last, here, after = ndimage.map_coordinates(
        lightness.astype(float), at.T[::-1], order=1, mode="nearest"
    )
    ink = inside if inside < last else (inside + last) / 2
    if k >= 4:
        ink = (ink + farther) / 2
    level = (ink + max(here, after)) / 2
    if level > here:
        return k + ((level - here) / (after - here) if after > level else 0.5)
    if level > last:
        return k - 1 + (level - last) / (here - last)
    if level > inside and k >= 2:
        return k - 2 + (level - inside) / (last - inside)
    return k - 1


def naive(lightness, mask, graph, pixels, radii):
    """Middle, width and whether it is trusted, for each point."""
    rows = []
    for e, (first, stop) in enumerate(zip(graph.offsets[:-1], graph.offsets[1:], strict=True)):
        on = graph.chain[first:stop]
        places = np.stack([pixels[on] % mask.shape[1], pixels[on] // mask.shape[1]], 1) + 0.5
        pad = min(8, len(on)) if graph.nodes[e, 0] < 0 else 0
        padded = np.take(places, np.arange(-pad, len(on) + pad), axis=0, mode="wrap")
        m = len(padded)
        reaches = [min(3, i, m - 1 - i) for i in range(m)]
        smooth = np.array([padded[i - k : i + k + 1].mean(0) for i, k in enumerate(reaches)])
        for i in range(pad, m - pad):
            tx, ty = smooth[min(i + 4, m - 1)] - smooth[max(i - 4, 0)]
            length = np.hypot(tx, ty)
            found = [-1.0, -1.0]
            if length > 0:
                across = np.array([-ty, tx]) / length
                most = int(2.5 * radii[on[i - pad]] + 4)
                found = [away(lightness, mask, smooth[i], sign * across, most) for sign in (1, -1)]
            wide = sum(found)
            if graph.states[e] != KEPT:
                rows.append((np.nan, np.nan, np.nan, 0))
            elif min(found) < 0 or wide < 0.5:
                rows.append((*smooth[i], -1.0, 0))
            else:
                shift = (found[0] - found[1]) / 2
                near = abs(shift) <= 0.2 * wide + 0.5
                rows.append((*(smooth[i] + (shift * across if near else 0)), wide, near))
    return np.array(rows)


@pytest.mark.parametrize("sigma", [0.7, 1.5, 3.0])
@pytest.mark.parametrize(("shape", "seed"), [((90, 110), 0), ((70, 61), 1), ((3, 40), 2), ((40, 2), 3), ((1, 30), 4)])
def test_middles_and_widths_are_those_of_a_naive_search(shape, seed, sigma):
    check(blobs(shape, seed, sigma))


def test_a_loop_has_no_seam():
    y, x = np.mgrid[0:60, 0:70]
    apart = np.abs(np.hypot((x - 34.3) / 1.3, y - 29.8) - 20) - 3
    check(np.rint(12800 + 10000 * np.clip(apart, -1, 1)).astype(np.int16))


def check(lightness):
    shape = lightness.shape
    mask = (lightness < 12800).view(np.uint8)
    pixels = thinned(mask, "guo_hall")
    radii = distances_at(mask, pixels)
    graph = skeleton_graph(pixels, radii, shape[1], 1.0)
    count = len(graph.chain)
    middles, widths = np.full((count, 2), np.nan, np.float32), np.full(count, np.nan, np.float32)
    trusted = np.zeros(count, np.uint8)
    probe_across(
        lightness, mask, *shape, pixels, radii, graph.chain, graph.offsets, graph.nodes, graph.states,
        int(np.diff(graph.offsets).max(initial=0)), middles, widths, trusted,
    )  # fmt: skip
    expected = naive(lightness, mask, graph, pixels, radii)
    np.testing.assert_array_equal(np.isnan(widths), np.isnan(expected[:, 2]))
    drawn = ~np.isnan(widths)
    # Rays start and end between 1/4096 px, which now and then is on the other side of a pixel's border.
    same = (trusted == expected[:, 3]) & (np.abs(widths - expected[:, 2]) < 0.02)
    same &= np.abs(middles - expected[:, :2]).max(1) < 0.02
    assert same[drawn].mean() >= 0.985
    assert drawn.sum() == 0 or (np.abs(middles - expected[:, :2]).max(1) < 0.02)[drawn].mean() >= 0.985
