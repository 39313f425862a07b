"""The triangulation against SciPy's (Qhull)."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from scipy.spatial import Delaunay, cKDTree

from vec2art_nb.kernels import delaunay as module
from vec2art_nb.kernels.delaunay import thinned, triangle_labels, triangulation


def lattice_points(width, height, count, seed=0):
    random = np.random.default_rng(seed)
    points = np.stack([random.integers(0, width + 1, count), random.integers(0, height + 1, count)], axis=1)
    return np.unique(points, axis=0).astype(np.int32)


def doubled_areas(vertices, triangles):
    a, b, c = vertices.astype(np.int64)[triangles].transpose(1, 0, 2)
    return (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]


@pytest.mark.parametrize(
    ("width", "height", "count"),
    [(1000, 800, 600), (30, 40, 500), (12, 12, 400), (1, 1, 0), (9, 1, 30), (30_000, 20_000, 400)],
)
def test_the_rectangle_is_covered_once_and_circles_are_empty(width, height, count):
    vertices, triangles = triangulation(lattice_points(width, height, count), width, height)
    areas = doubled_areas(vertices, triangles)
    assert (areas > 0).all()
    assert areas.sum() == 2 * width * height
    assert set(triangles.ravel().tolist()) == set(range(len(vertices)))
    a, b, c = (vertices[triangles[:, k]].astype(object) for k in range(3))
    for t in range(0, len(triangles), max(1, len(triangles) // 60)):
        # Exact, in Python's whole numbers.
        d = vertices.astype(object)
        (ax, ay), (bx, by), (cx, cy) = ((p[t][0] - d[:, 0], p[t][1] - d[:, 1]) for p in (a, b, c))
        inside = (
            (ax * ax + ay * ay) * (bx * cy - by * cx)
            + (bx * bx + by * by) * (cx * ay - cy * ax)
            + (cx * cx + cy * cy) * (ax * by - ay * bx)
        )
        assert (inside <= 0).all()


def test_it_is_that_of_qhull_where_no_four_points_share_a_circle():
    points = lattice_points(1000, 900, 300, seed=7)
    vertices, triangles = triangulation(points, 1000, 900)
    ours = {tuple(sorted(triangle)) for triangle in triangles.tolist()}
    theirs = {tuple(sorted(triangle)) for triangle in Delaunay(vertices).simplices.tolist()}
    assert len(ours ^ theirs) <= 4


def test_pixels_have_the_triangle_that_holds_their_centre():
    vertices, triangles = triangulation(lattice_points(60, 50, 40), 60, 50)
    labels = triangle_labels(vertices.astype(np.float32), triangles, 60, 50)
    for y in range(0, 50, 3):
        for x in range(0, 60, 3):
            triangle = shapely.Polygon(vertices[triangles[labels[y, x]]])
            assert triangle.distance(shapely.Point(x + 0.5, y + 0.5)) < 1e-6


def test_thinned_points_keep_their_distance_and_leave_no_gap():
    points = lattice_points(300, 200, 3000)
    for distance in (1.0, 4.5, 20.0):
        kept = thinned(points, distance, 300, 200)
        tree = cKDTree(points[kept])
        assert tree.query(points[kept], 2)[0][:, 1].min() >= distance
        assert tree.query(points)[0].max() < distance
        assert kept[0]


@pytest.mark.parametrize("defect", ["in-circle test", "turn"])
def test_a_wrong_predicate_is_an_error_and_no_endless_loop(monkeypatch, defect):
    """As Python, where the predicates can be exchanged."""
    name = "_is_in_circle" if defect == "in-circle test" else "_turn"
    right = getattr(module, name)
    right = getattr(right, "py_func", right)
    monkeypatch.setattr(module, name, lambda *place: not right(*place) if name == "_is_in_circle" else -right(*place))

    def insert_points(points, count, triangles, beyond, stack):
        flat = (array.reshape(-1) for array in (triangles, beyond, stack))
        return module_insert(points.reshape(-1), count, *flat)

    module_insert = module.insert_points.__wrapped__
    monkeypatch.setattr(module, "insert_points", insert_points)
    with pytest.raises(RuntimeError, match=r"not Delaunay where point \d+, \(\d+, \d+\), was inserted"):
        triangulation(lattice_points(60, 50, 40), 60, 50)
