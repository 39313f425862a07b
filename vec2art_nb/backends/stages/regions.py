"""Regions of a picture, and the shapes that are drawn for them: their outlines, or a triangulation."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.params import Params, param

if TYPE_CHECKING:
    from vec2art_nb.kernels.curves import Paths
    from vec2art_nb.kernels.planar_map import PlanarMap

Style = Literal["outlines", "low_poly"]

# Passes of [1, 2, 1] / 4 over the line between pixels: a Gaussian of two cracks, which takes away their staircase.
_PASSES = 5

# Vertices of a triangulation keep this distance, as a part of the side of a square as large as a region.
_APART = 0.45


class ShapeParams(Params):
    """What is drawn for a region."""

    style: Style = param(
        "outlines", "Draw the regions as they are, or triangles between the points where regions meet.", group="Shapes"
    )
    smooth: bool = param(True, "Curved outlines; off, straight sides.", group="Shapes", needs={"style": "outlines"})
    simplify_px: float = param(
        0.8,
        "How far an outline may leave the border between the pixels; more gives fewer and longer sides.",
        group="Shapes",
        ge=0,
        le=100,
        soft=(0, 6),
        step=0.1,
        unit="px",
        needs={"style": "outlines"},
    )


@dataclass(frozen=True, eq=False)
class Regions:
    """A partition of the picture.

    Attributes
    ----------
    labels : (H, W) int32
        0 … count − 1; each region is 4-connected.
    count : int
    """

    labels: NDArray[np.int32]
    count: int


@dataclass(frozen=True, eq=False)
class Shapes:
    """What covers the page exactly once, and the lines between.

    Attributes
    ----------
    labels : (H, W) int32
        The shape that each pixel gives its colour to.
    centers : (S, 2) float32
        px; a point of each shape, or near it.
    outlines : Paths
        Points, codes and offsets of one path for each shape; holes are subpaths of the opposite direction.
    borders : Paths
        The lines between two shapes, each once.
    seams : Paths
        About the same lines with fewer points.
    sides : (B, 2) int32
        The shapes on both sides of each border.
    """

    labels: NDArray[np.int32]
    centers: NDArray[np.float32]
    outlines: Paths
    borders: Paths
    seams: Paths
    sides: NDArray[np.int32]


def shapes(regions: Regions, *, style: Style, smooth: bool, simplify_px: float) -> Shapes:
    """The shapes that are drawn for the regions."""
    from vec2art_nb.kernels.planar_map import planar_map

    borders = planar_map(regions.labels)
    if style == "low_poly":
        return _triangles(borders, regions.count)
    return _outlines(borders, regions, smooth, simplify_px)


def _outlines(borders: PlanarMap, regions: Regions, smooth: bool, simplify_px: float) -> Shapes:
    from vec2art_nb.kernels.borders import simplified_borders
    from vec2art_nb.kernels.corners import chosen_paths, ring_paths, rounded_borders
    from vec2art_nb.kernels.planar_map import rings

    lines = simplified_borders(borders, simplify_px, _PASSES if smooth else 0)
    # As far as a line may leave the border, a curve may leave the line; but corners are always softened.
    curves = rounded_borders(borders, lines, max(simplify_px, 0.5) if smooth else 0.0)
    outlines, _ = ring_paths(rings(borders), curves, np.ones(regions.count, np.bool_))
    # Straight, which is near enough below the shapes.
    seams = rounded_borders(borders, lines, 0.0)
    inner = np.flatnonzero((borders.sides >= 0).all(axis=1))
    return Shapes(
        labels=regions.labels,
        centers=outlines[0][outlines[2][:-1]],
        outlines=outlines,
        borders=chosen_paths(curves, inner),
        seams=chosen_paths(seams, inner),
        sides=borders.sides[inner],
    )


def _triangles(borders: PlanarMap, count: int) -> Shapes:
    """A Delaunay triangulation of the points where regions meet, which lie on the edges of the picture."""
    from vec2art_nb.kernels.curves import LINETO, MOVETO
    from vec2art_nb.kernels.delaunay import thinned, triangle_labels, triangulation

    width, height = borders.width, borders.height
    wide = width + 1
    points = np.stack([borders.junctions % wide, borders.junctions // wide], axis=1).astype(np.int32)
    # Those on the frame first, so that they stay.
    is_frame = (points[:, 0] == 0) | (points[:, 0] == width) | (points[:, 1] == 0) | (points[:, 1] == height)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.int32)
    points = np.concatenate([corners, points[is_frame], points[~is_frame]])
    kept = thinned(points, max(1.0, _APART * math.sqrt(width * height / count)), width, height)
    vertices, triangles = triangulation(points[kept], width, height)
    # The direction of the outlines of regions.
    triangles = triangles[:, ::-1]
    places = vertices.astype(np.float32)

    total = len(triangles)
    # A side belongs to two triangles, or to one at the frame.
    ends = np.sort(triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    key = ends[:, 0].astype(np.int64) * len(vertices) + ends[:, 1]
    order = np.argsort(key, kind="stable")
    twins = np.flatnonzero(key[order][1:] == key[order][:-1])
    first, second = order[twins], order[twins + 1]
    lines = places[ends[first]].reshape(-1, 2)
    sides = (
        lines,
        np.tile(np.array([MOVETO, LINETO], np.uint8), len(first)),
        np.arange(0, len(lines) + 1, 2, dtype=np.int64),
    )
    return Shapes(
        labels=triangle_labels(places, np.ascontiguousarray(triangles), width, height),
        centers=places[triangles].mean(axis=1, dtype=np.float64).astype(np.float32),
        outlines=(
            places[triangles].reshape(-1, 2),
            np.tile(np.array([MOVETO, LINETO, LINETO], np.uint8), total),
            np.arange(0, 3 * total + 1, 3, dtype=np.int64),
        ),
        borders=sides,
        seams=sides,
        sides=np.stack([first // 3, second // 3], axis=1).astype(np.int32),
    )
