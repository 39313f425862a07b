"""Linking edge pixels into strokes, against a naive linker and on drawn shapes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy.ndimage import gaussian_filter

from vec2art_nb.kernels import strokes

Where = slice | int | NDArray[np.int64]
EdgeMap = tuple[NDArray[np.uint8], NDArray[np.int16], NDArray[np.int16], NDArray[np.int8]]


def edge_map(brightness: NDArray[np.float64], sigma: float, threshold: float = 2.0) -> EdgeMap:
    """Devernay's edge points of a picture from 0 to 100, in plain NumPy."""
    blurred = gaussian_filter(brightness, sigma) if sigma else brightness
    gradient_y, gradient_x = np.gradient(blurred)
    dx = np.round(gradient_x * 128).astype(np.int16)
    dy = np.round(gradient_y * 128).astype(np.int16)
    size = np.hypot(dx.astype(float), dy.astype(float))
    framed = np.pad(size, 1)
    sideways = np.abs(dx) >= np.abs(dy)
    before = np.where(sideways, framed[1:-1, :-2], framed[:-2, 1:-1])
    after = np.where(sideways, framed[1:-1, 2:], framed[2:, 1:-1])
    mask = (size > before) & (size >= after) & (size >= threshold * 128)
    mask[[0, -1]] = False
    mask[:, [0, -1]] = False
    bend = before - 2 * size + after
    shift = np.where(mask, (before - after) / 2 / np.where(bend == 0, 1, bend), 0)
    return mask.astype(np.uint8), dx, dy, np.clip(np.round(shift * 128), -64, 64).astype(np.int8)


def dark_shape(name: str, size: int = 96) -> NDArray[np.float64]:
    """A black shape on white, antialiased."""
    y, x = (np.mgrid[: 4 * size, : 4 * size] + 0.5) / 4 - size / 2
    if name == "disc":
        inside = x**2 + y**2 < 900
    elif name == "square":
        inside = np.maximum(np.abs(x), np.abs(y)) < 30
    elif name == "star":
        angle = np.abs((np.arctan2(x, -y) + np.pi / 5) % (2 * np.pi / 5) - np.pi / 5)
        inside = np.hypot(x, y) * np.sin(angle + 0.6) < 40 * np.sin(0.6)
    else:
        radii = np.tile([46, 20], 5) * 4
        angles = np.arange(10) * np.pi / 5
        tips = np.stack([2 * size + radii * np.sin(angles), 2 * size - radii * np.cos(angles)], axis=1)
        drawing = Image.new("1", (4 * size, 4 * size))
        ImageDraw.Draw(drawing).polygon(tips.ravel().tolist(), fill=1)
        inside = np.array(drawing)
    return 100.0 - 100.0 * inside.reshape(size, 4, size, 4).mean(axis=(1, 3))


def naive_places(mask: NDArray[np.uint8], dx: NDArray[np.int16], dy: NDArray[np.int16], offset: NDArray[np.int8]):
    """Pixel (y, x) -> place and tangent."""
    result = {}
    for y, x in zip(*np.nonzero(mask), strict=True):
        gx, gy, shift = float(dx[y, x]), float(dy[y, x]), offset[y, x] / 128
        place = np.array([x + 0.5, y + 0.5]) + ([shift, 0] if abs(gx) >= abs(gy) else [0, shift])
        result[y, x] = place, np.array([-gy, gx]) / (np.hypot(gx, gy) or 1.0)
    return result


def naive_links(pixels) -> set[tuple[tuple[int, int], tuple[int, int]]]:
    """The pairs of 3×3 neighbours that are each other's best, as (pixel, next pixel)."""

    def score(p, q) -> float:
        (a, s), (b, t) = pixels[p], pixels[q]
        step = b - a
        length = np.hypot(*step)
        if length == 0 or length > 2.25 or s @ t <= 0 or min(s @ step, t @ step) < 0.5 * length:
            return 0.0
        return (s @ step + t @ step) / length**2

    def best(p, backward: bool):
        near = [(p[0] + j, p[1] + i) for j in (-1, 0, 1) for i in (-1, 0, 1) if (j or i)]
        scored = [(score(q, p) if backward else score(p, q), q) for q in near if q in pixels]
        return max(scored, default=(0.0, None))

    links = set()
    for p in pixels:
        value, q = best(p, backward=False)
        if value > 0 and best(q, backward=True)[1] == p:
            links.add((p, q))
    return links


def stroke_points(chains: strokes.Chains) -> list[NDArray[np.float32]]:
    return [chains.points[a:b] for a, b in pairwise(chains.offsets)]


@pytest.fixture(scope="module")
def photo_edges(photograph: NDArray[np.uint8]) -> EdgeMap:
    return edge_map(photograph[:256, 100:356].mean(axis=2) / 2.55, 1.2)


@pytest.mark.parametrize("sigma", [0.8, 1.2, 1.5])
@pytest.mark.parametrize("shape", ["disc", "square", "star", "sharp star"])
def test_the_outline_of_a_shape_is_one_closed_stroke(shape: str, sigma: float) -> None:
    edges = edge_map(dark_shape(shape), sigma)
    chains = strokes.drop_short(strokes.link_strokes(*edges), 4)
    assert chains.closed.tolist() == [1]


def test_points_lie_on_the_drawn_circle() -> None:
    points = strokes.link_strokes(*edge_map(dark_shape("disc"), 1.2)).points
    radius = np.hypot(*(points - 48).T)
    assert abs(radius.mean() - 30) < 0.15
    assert radius.std() < 0.1


def test_the_bright_side_is_on_the_left() -> None:
    (points,) = stroke_points(strokes.link_strokes(*edge_map(dark_shape("disc"), 1.2)))
    x, y = points.astype(float).T
    # Left is counterclockwise on the screen, where y points down; so the dark disc is gone round clockwise.
    assert (x * np.roll(y, -1) - y * np.roll(x, -1)).sum() > 0


def test_neighbours_that_are_each_others_best_are_linked(photo_edges: EdgeMap) -> None:
    pixels = naive_places(*photo_edges)
    chains = strokes.link_strokes(*photo_edges)
    linked = set()
    for points, closed in zip(stroke_points(chains), chains.closed, strict=True):
        listed = [tuple(p) for p in points.tolist()]
        linked.update(pairwise(listed + listed[:1] if closed else listed))
    wanted = {tuple(tuple(np.float32(pixels[p][0]).tolist()) for p in link) for link in naive_links(pixels)}
    missing = wanted - linked
    assert len(wanted) > 3000
    # Only links that would make a stroke turn back are cut.
    assert len(missing) <= 4


def check_each_pixel_is_used_once(edges: EdgeMap) -> None:
    places = Counter(tuple(np.float32(place).tolist()) for place, _ in naive_places(*edges).values())
    chains = strokes.link_strokes(*edges)
    assert chains.offsets[0] == 0
    assert chains.offsets[-1] == len(chains.points)
    assert (np.diff(chains.offsets) >= 2).all()
    points = Counter(tuple(point) for point in chains.points.tolist())
    ends = Counter(tuple(stroke[k].tolist()) for stroke in stroke_points(chains) for k in (0, -1))
    assert points.keys() <= places.keys()
    # What is there more than once is a touch, and stands at a stroke's end.
    assert points - places <= ends
    assert (points - places).total() <= 2 * (chains.closed == 0).sum()


def test_each_edge_pixel_is_used_once_and_extra_points_are_touches(photo_edges: EdgeMap) -> None:
    mask, dx, dy, offset = (np.ascontiguousarray(plane[60:150, 60:150]) for plane in photo_edges)
    check_each_pixel_is_used_once((mask, dx, dy, offset))


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 2**32 - 1))
def test_any_mask_and_any_gradient_give_sound_strokes(height: int, width: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    mask = (random.random((height, width)) < random.random()).astype(np.uint8)
    dx, dy = random.integers(-3, 4, (2, height, width)).astype(np.int16)
    offset = random.integers(-64, 65, (height, width)).astype(np.int8)
    check_each_pixel_is_used_once((mask, dx, dy, offset))


def test_strokes_have_no_chords_and_never_turn_back(photo_edges: EdgeMap) -> None:
    for points in stroke_points(strokes.link_strokes(*photo_edges)):
        steps = np.diff(points.astype(float), axis=0)
        assert np.hypot(*steps.T).max() < 2.95
        assert (steps[1:] * steps[:-1]).sum(axis=1).min(initial=1) >= -1e-5


def lines(*segments: tuple[Where, Where, int, int]) -> EdgeMap:
    """A 20×20 edge map with lines of edge pixels and their gradients."""
    mask = np.zeros((20, 20), np.uint8)
    dx, dy = np.zeros((2, 20, 20), np.int16)
    for rows, columns, gx, gy in segments:
        mask[rows, columns] = 1
        dx[rows, columns] = gx
        dy[rows, columns] = gy
    return mask, dx, dy, np.zeros((20, 20), np.int8)


def test_a_stroke_that_ends_beside_another_touches_it() -> None:
    chains = strokes.link_strokes(*lines((slice(2, 18), 5, 100, 0), (9, slice(6, 18), 0, -100)))
    assert len(chains.closed) == 2
    ends = [points[k].tolist() for points in stroke_points(chains) for k in (0, -1)]
    assert [5.5, 9.5] in ends
    assert len(chains.points) == 16 + 12 + 1


@pytest.mark.parametrize("slope", [0, 1])
def test_ends_that_face_each_other_across_a_missing_pixel_are_joined(slope: int) -> None:
    k = np.arange(2, 18)
    mask, dx, dy, offset = lines((9 if slope == 0 else k, k, 100 * slope, -100))
    mask[:, 10] = 0
    assert len(strokes.link_strokes(mask, dx, dy, offset).closed) == 1
    mask[:, 11] = 0
    assert len(strokes.link_strokes(mask, dx, dy, offset).closed) == 2


def test_lines_with_opposite_gradients_stay_apart() -> None:
    chains = strokes.link_strokes(*lines((9, slice(2, 18), 0, -100), (10, slice(2, 18), 0, 100)))
    for points in stroke_points(chains):
        assert len(np.unique(points[1:-1, 1])) == 1


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (7, 1), (2, 2), (3, 40)])
@pytest.mark.parametrize("filled", [0, 1])
def test_tiny_pictures_are_linked_like_any_other(shape: tuple[int, int], filled: int) -> None:
    mask = np.full(shape, filled, np.uint8)
    flat = np.zeros(shape, np.int16)
    chains = strokes.link_strokes(mask, flat, flat + np.int16(50), np.zeros(shape, np.int8))
    rows = shape[0] if filled and shape[1] > 1 else 0
    assert len(chains.closed) == rows
    assert len(chains.points) == rows * shape[1]


def test_short_strokes_are_dropped_and_the_others_kept_as_they_are(photo_edges: EdgeMap) -> None:
    chains = strokes.link_strokes(*photo_edges)
    kept = strokes.drop_short(chains, 12.0)
    wanted = []
    for points, closed in zip(stroke_points(chains), chains.closed, strict=True):
        path = np.vstack([points, points[:1]]) if closed else points
        if np.hypot(*np.diff(path.astype(float), axis=0).T).sum() >= 12:
            wanted.append((points.tolist(), closed))
    assert 0 < len(wanted) < len(chains.closed)
    assert [(p.tolist(), c) for p, c in zip(stroke_points(kept), kept.closed, strict=True)] == wanted
    assert strokes.drop_short(chains, 0.0) is chains


BOUNDS = """
import numpy as np
from vec2art_nb.kernels import curves, simplify, strokes

random = np.random.default_rng(3)
for shape in [(1, 1), (1, 9), (9, 1), (2, 3), (33, 40), (64, 31)]:
    for density in (0.0, 0.15, 0.5, 1.0):
        mask = (random.random(shape) < density).astype(np.uint8)
        y, x = np.indices(shape)
        dx, dy = (x * 5 - 70).astype(np.int16), (y * 5 - 60).astype(np.int16)
        offset = random.integers(-64, 65, shape).astype(np.int8)
        chains = strokes.drop_short(strokes.link_strokes(mask, dx, dy, offset), 3.0)
        simplify.douglas_peucker(*chains, 0.5)
        for tolerance in (0.0, 0.1, 2.0):
            curves.fit_beziers(*chains, tolerance, 60.0)
for count in range(1, 40):
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1) * count / 6
    square = np.clip(circle * 2, -count / 8, count / 8)
    for points in (circle, square, circle * 0):
        for closed in (0, 1):
            arguments = np.float32(points), np.array([0, count]), np.array([closed], np.uint8)
            simplify.douglas_peucker(*arguments, 0.1)
            for corner in (0.0, 45.0, 180.0):
                curves.fit_beziers(*arguments, 0.1, corner)
print("inside")
"""


def test_no_kernel_of_the_back_end_leaves_its_arrays(tmp_path) -> None:
    environment = {**os.environ, "NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(tmp_path)}
    run = subprocess.run([sys.executable, "-c", BOUNDS], env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert run.stdout == "inside\n"


def test_a_mask_at_an_odd_address_gives_the_same_strokes() -> None:
    mask, dx, dy, offset = edge_map(dark_shape("disc"), 1.0)
    shifted = np.empty(mask.size + 3, np.uint8)[3:].reshape(mask.shape)
    shifted[:] = mask
    for expected, found in zip(
        strokes.link_strokes(mask, dx, dy, offset), strokes.link_strokes(shifted, dx, dy, offset), strict=True
    ):
        assert np.array_equal(expected, found)
