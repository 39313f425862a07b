"""SLIC, SLICO and SNIC against naive twins in float64."""

from __future__ import annotations

import heapq

import numpy as np
import pytest
from scipy import ndimage

from vec2art_nb.kernels import slic as module
from vec2art_nb.kernels.color_planes import color_planes
from vec2art_nb.kernels.seeds import seed_points
from vec2art_nb.kernels.slic import first_centers, slic
from vec2art_nb.kernels.slico import slico
from vec2art_nb.kernels.snic import snic

PHASES = (0, 2, 1, 3)


@pytest.fixture(scope="module")
def planes(photograph):
    return color_planes(np.ascontiguousarray(photograph[60:150, 160:283]), (255, 255, 255))


def tile_of(step):
    return 32 if step >= 16 else 16 if step >= 7 else 8


def naive_slic(planes, seeds, compactness, iterations):
    """Every pixel and every centre; windows as in the kernel, which lets whole tiles see a centre."""
    _, height, width = planes.shape
    step = np.sqrt(height * width / len(seeds))
    tile = tile_of(step)
    colors = planes.reshape(3, -1).T.astype(float) / 256
    y, x = (axis.ravel() for axis in np.mgrid[0:height, 0:width])
    centers = first_centers(planes, seeds).astype(float)
    centers[:, :3] /= 256
    left, top = x // tile * tile, y // tile * tile
    right, bottom = np.minimum(left + tile, width), np.minimum(top + tile, height)
    for turn in range(iterations + 1):
        distance = ((colors[:, None] - centers[None, :, :3]) ** 2).sum(-1)
        place = (x[:, None] + 0.5 - centers[:, 3]) ** 2 + (y[:, None] + 0.5 - centers[:, 4]) ** 2
        distance += (compactness / step) ** 2 * place
        seen = (centers[:, 3] > left[:, None] - step) & (centers[:, 3] < right[:, None] + step)
        seen &= (centers[:, 4] > top[:, None] - step) & (centers[:, 4] < bottom[:, None] + step)
        labels = np.where(seen, distance, np.inf).argmin(1)
        if turn == iterations:
            return labels.reshape(height, width)
        looked_at = (y - top) % 4 == PHASES[turn % 4]
        owners = labels[looked_at]
        sizes = np.bincount(owners, minlength=len(centers))
        values = np.column_stack([colors, x + 0.5, y + 0.5])[looked_at]
        sums = np.stack([np.bincount(owners, column, len(centers)) for column in values.T], axis=1)
        centers[sizes > 0] = sums[sizes > 0] / sizes[sizes > 0, None]
    raise AssertionError


@pytest.mark.parametrize("count", [12, 60, 400, 900])
@pytest.mark.parametrize("compactness", [3.0, 20.0])
def test_slic_is_its_naive_twin(planes, count, compactness):
    seeds = seed_points(planes.shape[2], planes.shape[1], count)
    # Rounding decides few pixels; after many rounds these decide others, so there are few rounds.
    assert (slic(planes, seeds, compactness, 3) == naive_slic(planes, seeds, compactness, 3)).mean() > 0.999


def test_more_rounds_fit_better(planes):
    seeds = seed_points(planes.shape[2], planes.shape[1], 150)
    errors = []
    for iterations in (1, 4, 16):
        labels = slic(planes, seeds, 10, iterations)
        means = [ndimage.mean(plane, labels, np.arange(150))[labels] for plane in planes.astype(float)]
        errors.append(((planes - np.stack(means)) ** 2).mean())
    assert errors[0] > errors[1] > errors[2] * 0.99


def test_compact_superpixels_are_the_cells_of_their_seeds(planes):
    seeds = seed_points(planes.shape[2], planes.shape[1], 77, "poisson", 3)
    labels = slic(planes, seeds, 1000, 1)
    moved = [ndimage.center_of_mass(labels == k) for k in range(77)]
    y, x = np.mgrid[0 : labels.shape[0], 0 : labels.shape[1]]
    nearest = ((y[..., None] - np.array(moved)[:, 0]) ** 2 + (x[..., None] - np.array(moved)[:, 1]) ** 2).argmin(-1)
    assert (nearest == labels).mean() > 0.9


def test_centres_begin_where_the_gradient_is_least(planes):
    seeds = seed_points(planes.shape[2], planes.shape[1], 90)
    found = first_centers(planes, seeds)
    change = sum(
        ndimage.correlate1d(plane, [-1, 0, 1], axis) ** 2 for plane in planes.astype(np.int64) for axis in (0, 1)
    )
    for (x, y), center in zip(seeds, found, strict=True):
        column, row = int(x), int(y)
        around = change[max(row - 1, 1) : row + 2, max(column - 1, 1) : column + 2]
        assert change[int(center[4]), int(center[3])] == around.min()
        assert np.array_equal(center[:3], planes[:, int(center[4]), int(center[3])])


@pytest.mark.parametrize("method", [lambda *a: slic(*a, 10, 5), lambda *a: slico(*a, 5), lambda *a: snic(*a, 10)])
@pytest.mark.parametrize("shape", [(1, 1), (1, 70), (70, 1), (2, 3), (33, 65)])
def test_pictures_of_any_size(method, shape):
    planes = np.random.default_rng(1).integers(-5000, 25601, (3, *shape)).astype(np.int16)
    for count in {1, min(3, shape[0] * shape[1]), shape[0] * shape[1]}:
        labels = method(planes, seed_points(shape[1], shape[0], count))
        assert labels.shape == shape
        assert labels.min() >= 0
        assert labels.max() < count


def test_colours_at_the_ends_of_the_range_do_not_wrap():
    planes = np.full((3, 40, 40), -27700, np.int16)
    planes[:, :, 20:] = 27700
    labels = slic(planes, seed_points(40, 40, 2), 10, 5)
    assert len(np.unique(labels[:, :20])) == len(np.unique(labels[:, 20:])) == 1


def naive_slico(planes, seeds, iterations):
    _, height, width = planes.shape
    step = np.sqrt(height * width / len(seeds))
    colors = planes.astype(float)
    y, x = np.mgrid[0:height, 0:width]
    centers = first_centers(planes, seeds).astype(float)
    spread = np.full(len(seeds), (10 * 256.0) ** 2)
    labels = np.zeros((height, width), int)
    for turn in range(iterations + 1):
        best = np.full((height, width), np.inf)
        for k, (light, a, b, cx, cy) in enumerate(centers):
            color = ((colors - np.array([light, a, b])[:, None, None]) ** 2).sum(0)
            place = (x + 0.5 - cx) ** 2 + (y + 0.5 - cy) ** 2
            left, top = max(int(cx - 0.5 - step), 0), max(int(cy - 0.5 - step), 0)
            window = np.zeros((height, width), bool)
            window[top : int(cy - 0.5 + step) + 2, left : int(cx - 0.5 + step) + 2] = True
            distance = np.where(window, color / spread[k] + place / step**2, np.inf)
            labels[distance < best] = k
            best = np.minimum(best, distance)
        if turn < iterations:
            for k in range(len(centers)):
                mine = labels == k
                spread[k] = 256.0**2
                if mine.any():
                    color = ((colors - centers[k, :3, None, None]) ** 2).sum(0)
                    spread[k] = max(256.0**2, color[mine].max())
                    centers[k] = [*colors[:, mine].mean(1), x[mine].mean() + 0.5, y[mine].mean() + 0.5]
    return labels


def test_slico_is_its_naive_twin(planes):
    seeds = seed_points(planes.shape[2], planes.shape[1], 80)
    assert (slico(planes, seeds, 3) == naive_slico(planes, seeds, 3)).mean() > 0.999


def naive_snic(planes, seeds, compactness):
    _, height, width = planes.shape
    labels = np.full((height, width), -1)
    spatial = compactness**2 * len(seeds) / (height * width)
    queue = [(0, k, int(y), int(x), k) for k, (x, y) in enumerate(seeds)]
    arrival, sums = len(queue), np.zeros((len(seeds), 6))
    while queue:
        _, _, y, x, owner = heapq.heappop(queue)
        if labels[y, x] >= 0:
            continue
        labels[y, x] = owner
        sums[owner] += [1, x, y, *planes[:, y, x]]
        mean = sums[owner, 1:] / sums[owner, 0]
        for v, u in ((y, x + 1), (y + 1, x), (y, x - 1), (y - 1, x)):
            if 0 <= v < height and 0 <= u < width and labels[v, u] < 0:
                color = ((planes[:, v, u] - mean[2:]) ** 2).sum() / 65536
                distance = color + spatial * ((u - mean[0]) ** 2 + (v - mean[1]) ** 2)
                heapq.heappush(queue, (int(distance * 64), arrival, v, u, owner))
                arrival += 1
    return labels


def test_snic_is_its_naive_twin(planes):
    small = np.ascontiguousarray(planes[:, :50, :60])
    seeds = seed_points(60, 50, 30)
    assert (snic(small, seeds, 10) == naive_snic(small, seeds, 10)).mean() > 0.995


def test_every_kernel_compiles_once(planes):
    seeds = seed_points(planes.shape[2], planes.shape[1], 30)
    slic(planes, seeds, 10, 1)
    slic(planes[:, :5].copy(), seeds[:4], 3, 2)
    for kernel in (module.assign_pixels, module.pack_tiles, module.sort_centers, module.move_centers):
        assert len(kernel.dispatcher.signatures) == 1
