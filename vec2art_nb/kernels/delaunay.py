"""Delaunay triangulation of lattice points in a rectangle, exact: coordinates and predicates are whole numbers.

References
----------
Lawson (1977), Software for C1 surface interpolation: insertion and edge flips. Guibas, Stolfi (1985), Primitives for
the manipulation of general subdivisions and the computation of Voronoi diagrams, ACM TOG 4(2): the predicates.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import copied, empty, full, zeros
from vec2art_nb.kernels._jit import ReadF32, ReadI32, WriteI32, jitted, kernel

# For the type checker these are any numbers, as all is between kernels.
_i64: Any = np.int64
_i32: Any = np.int32
_f64: Any = np.float64

# Coordinate differences up to this keep the in-circle test below 2**62.
_EXACT = 1 << 14


def triangulation(points: NDArray[np.int32], width: int, height: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Triangles that cover the rectangle; no point lies inside the circle round any of them.

    Parameters
    ----------
    points : (N, 2) int32
        In [0, width] × [0, height], none twice. The rectangle's corners are added.
    width, height : int
        At least 1.

    Returns
    -------
    vertices : (M, 2) int32
        The four corners, then the points that are no corners, in an order that keeps near ones together.
    triangles : (T, 3) int32
        Indices of vertices, clockwise as seen (y points down).
    """
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.int32)
    x, y = points[:, 0].astype(np.int64), points[:, 1].astype(np.int64)
    is_corner = ((x == 0) | (x == width)) & ((y == 0) | (y == height))
    x, y = x[~is_corner], y[~is_corner]
    # Row by row of squares that hold about four points each, to and fro: the next point is near the last one.
    cell = max(1, round((width * height / max(len(x), 1)) ** 0.5 * 2))
    row = y // cell
    order = np.lexsort((y, np.where(row % 2 == 0, x, -x), row))
    vertices = np.concatenate([corners, np.stack([x, y], axis=1)[order].astype(np.int32)])
    # Euler: a triangulation of N points in a rectangle has at most 2 N triangles.
    triangles = empty((2 * len(vertices), 3), np.int32)
    beyond = empty((2 * len(vertices), 3), np.int32)
    stack = empty(4 * len(vertices) + 16, np.int32)
    count = insert_points(vertices, len(vertices), triangles, beyond, stack)
    if count < 0:
        x, y = vertices[-count].tolist()
        raise RuntimeError(
            f"the triangulation is not Delaunay where point {-count}, ({x}, {y}), was inserted: the way to it or the "
            "flips around it find no end, so the in-circle test or the order of vertices is wrong; please report it"
        )
    return vertices, copied(triangles[:count])


def triangle_labels(
    vertices: NDArray[np.float32], triangles: NDArray[np.int32], width: int, height: int
) -> NDArray[np.int32]:
    """The triangle of every pixel's centre; of several that meet there, the last. (H, W) int32."""
    labels = zeros((height, width), np.int32)
    paint_triangles(vertices, triangles, len(triangles), width, height, labels)
    return labels


def thinned(points: NDArray[np.int32], distance: float, width: int, height: int) -> NDArray[np.bool_]:
    """Which points stay when those nearer than ``distance`` to an earlier one go."""
    cell = max(1, int(distance))
    across, down = width // cell + 1, height // cell + 1
    heads = full(across * down, -1, np.int32)
    following = empty(len(points), np.int32)
    kept = zeros(len(points), np.int32)
    keep_apart(points, len(points), distance, cell, across, down, heads, following, kept)
    return kept.astype(np.bool_)


@kernel
def keep_apart(
    points: ReadI32, count: int, distance: float, cell: int, across: int, down: int, heads: WriteI32,
    following: WriteI32, kept: WriteI32,
) -> None:  # fmt: skip
    """Go through the points in order; see `thinned`."""
    least = _f64(distance) * _f64(distance)
    for i in range(count):
        x, y = _i64(points[2 * i]), _i64(points[2 * i + 1])
        column, row = x // cell, y // cell
        is_free = True
        for r in range(max(row - 2, 0), min(row + 3, down)):
            for c in range(max(column - 2, 0), min(column + 3, across)):
                k = heads[r * across + c]
                while k >= 0:
                    dx, dy = _i64(points[2 * k]) - x, _i64(points[2 * k + 1]) - y
                    if _f64(dx * dx + dy * dy) < least:
                        is_free = False
                    k = following[k]
        if is_free:
            kept[i] = _i32(1)
            following[i] = heads[row * across + column]
            heads[row * across + column] = _i32(i)


@jitted
def _turn(ax: Any, ay: Any, bx: Any, by: Any, cx: Any, cy: Any) -> Any:
    """Twice the area of the triangle, positive when it is clockwise as seen."""
    return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)


@jitted
def _is_in_circle(ax: Any, ay: Any, bx: Any, by: Any, cx: Any, cy: Any, dx: Any, dy: Any) -> Any:
    """Whether d lies inside the circle round a, b, c, which are in positive order."""
    ax, ay, bx, by, cx, cy = ax - dx, ay - dy, bx - dx, by - dy, cx - dx, cy - dy
    largest = max(max(abs(ax), abs(ay)), max(max(abs(bx), abs(by)), max(abs(cx), abs(cy))))
    if largest <= _EXACT:
        a, b, c = ax * ax + ay * ay, bx * bx + by * by, cx * cx + cy * cy
        return a * (bx * cy - by * cx) + b * (cx * ay - cy * ax) + c * (ax * by - ay * bx) > 0
    # Too large for whole numbers: only what is inside beyond doubt, so that no flip is ever taken back.
    fa = _f64(ax) * ax + _f64(ay) * ay
    fb = _f64(bx) * bx + _f64(by) * by
    fc = _f64(cx) * cx + _f64(cy) * cy
    one, two, three = _f64(bx * cy - by * cx), _f64(cx * ay - cy * ax), _f64(ax * by - ay * bx)
    doubt = 1e-14 * (fa * abs(one) + fb * abs(two) + fc * abs(three))
    return fa * one + fb * two + fc * three > doubt


@kernel
def insert_points(points: ReadI32, count: int, triangles: WriteI32, beyond: WriteI32, stack: WriteI32) -> int:
    """Insert the points one by one into the triangulation of the first four; returns the number of triangles.

    In a Delaunay triangulation a walk towards a point passes no triangle twice (De Floriani, Falcidieni, Nagy, Pienovi
    1991), and each flip gives the new point one more neighbour and takes none away. So there are fewer steps than
    triangles, and fewer flips than points; if not, minus the number of the new point is returned.

    Parameters
    ----------
    points : (N, 2) int32
        The first four are the corners of the rectangle that holds all.
    triangles : (2 N, 3) int32, written
    beyond : (2 N, 3) int32, written
        The triangle beyond the side that lies opposite each vertex; -1 for none.
    stack : int32, scratch
    """
    for k, value in enumerate((0, 1, 2, 0, 2, 3)):
        triangles[k] = _i32(value)
    for k, value in enumerate((-1, 1, -1, -1, -1, 0)):
        beyond[k] = _i32(value)
    found = _i64(2)
    t = _i64(0)
    for p in range(4, count):
        px, py = _i64(points[2 * p]), _i64(points[2 * p + 1])
        # Walk towards the point.
        on_side = _i64(-1)
        came_from = _i64(-1)
        steps = _i64(0)
        while True:
            on_side = _i64(-1)
            onwards = _i64(-1)
            for side in range(3):
                a, b = _i64(triangles[3 * t + (side + 1) % 3]), _i64(triangles[3 * t + (side + 2) % 3])
                turn = _turn(
                    _i64(points[2 * a]), _i64(points[2 * a + 1]), _i64(points[2 * b]), _i64(points[2 * b + 1]), px, py
                )
                if turn < 0 and beyond[3 * t + side] != came_from:
                    onwards = _i64(beyond[3 * t + side])
                    break
                if turn == 0:
                    on_side = _i64(side)
            if onwards < 0:
                break
            came_from = t
            t = onwards
            steps += 1
            if steps > found:
                return -p
        depth = _i64(0)
        if on_side < 0:
            # Three triangles with the new point in the place of one old vertex each.
            a, b, c = _i64(triangles[3 * t]), _i64(triangles[3 * t + 1]), _i64(triangles[3 * t + 2])
            na, nb, nc = _i64(beyond[3 * t]), _i64(beyond[3 * t + 1]), _i64(beyond[3 * t + 2])
            u, v = found, found + 1
            found += 2
            # t is b c p, u is c a p, v is a b p; the new point is always the last vertex.
            triangles[3 * t], triangles[3 * t + 1], triangles[3 * t + 2] = _i32(b), _i32(c), _i32(p)
            triangles[3 * u], triangles[3 * u + 1], triangles[3 * u + 2] = _i32(c), _i32(a), _i32(p)
            triangles[3 * v], triangles[3 * v + 1], triangles[3 * v + 2] = _i32(a), _i32(b), _i32(p)
            beyond[3 * t], beyond[3 * t + 1], beyond[3 * t + 2] = _i32(u), _i32(v), _i32(na)
            beyond[3 * u], beyond[3 * u + 1], beyond[3 * u + 2] = _i32(v), _i32(t), _i32(nb)
            beyond[3 * v], beyond[3 * v + 1], beyond[3 * v + 2] = _i32(t), _i32(u), _i32(nc)
            for k in range(2):
                neighbor, new = (nb, u) if k == 0 else (nc, v)
                if neighbor >= 0:
                    for side in range(3):
                        if beyond[3 * neighbor + side] == t:
                            beyond[3 * neighbor + side] = _i32(new)
                            break
            stack[0], stack[1], stack[2] = _i32(t), _i32(u), _i32(v)
            depth = _i64(3)
        else:
            # On a side: both triangles that share it are cut in two, or the one at the frame.
            s = on_side
            c, a, b = (
                _i64(triangles[3 * t + s]), _i64(triangles[3 * t + (s + 1) % 3]), _i64(triangles[3 * t + (s + 2) % 3])
            )  # fmt: skip
            na, nb = _i64(beyond[3 * t + (s + 1) % 3]), _i64(beyond[3 * t + (s + 2) % 3])
            w = _i64(beyond[3 * t + s])
            u = found
            found += 1
            # t is c a p, u is b c p.
            triangles[3 * t], triangles[3 * t + 1], triangles[3 * t + 2] = _i32(c), _i32(a), _i32(p)
            triangles[3 * u], triangles[3 * u + 1], triangles[3 * u + 2] = _i32(b), _i32(c), _i32(p)
            beyond[3 * t], beyond[3 * t + 1], beyond[3 * t + 2] = _i32(-1), _i32(u), _i32(nb)
            beyond[3 * u], beyond[3 * u + 1], beyond[3 * u + 2] = _i32(t), _i32(-1), _i32(na)
            if na >= 0:
                for side in range(3):
                    if beyond[3 * na + side] == t:
                        beyond[3 * na + side] = _i32(u)
                        break
            stack[0], stack[1] = _i32(t), _i32(u)
            depth = _i64(2)
            if w >= 0:
                r = _i64(0)
                while triangles[3 * w + r] == a or triangles[3 * w + r] == b:
                    r += 1
                d = _i64(triangles[3 * w + r])
                # Beyond: the sides d a (opposite b) and b d (opposite a).
                side_a = (r + 1) % 3 if triangles[3 * w + (r + 1) % 3] == a else (r + 2) % 3
                side_b = (r + 1) % 3 if side_a == (r + 2) % 3 else (r + 2) % 3
                n_bd, n_ad = _i64(beyond[3 * w + side_a]), _i64(beyond[3 * w + side_b])
                v = found
                found += 1
                # w is a d p, v is d b p.
                triangles[3 * w], triangles[3 * w + 1], triangles[3 * w + 2] = _i32(a), _i32(d), _i32(p)
                triangles[3 * v], triangles[3 * v + 1], triangles[3 * v + 2] = _i32(d), _i32(b), _i32(p)
                beyond[3 * w], beyond[3 * w + 1], beyond[3 * w + 2] = _i32(v), _i32(t), _i32(n_ad)
                beyond[3 * v], beyond[3 * v + 1], beyond[3 * v + 2] = _i32(u), _i32(w), _i32(n_bd)
                beyond[3 * t] = _i32(w)
                beyond[3 * u + 1] = _i32(v)
                if n_bd >= 0:
                    for side in range(3):
                        if beyond[3 * n_bd + side] == w:
                            beyond[3 * n_bd + side] = _i32(v)
                            break
                stack[2], stack[3] = _i32(w), _i32(v)
                depth = _i64(4)
        # Flip what is not Delaunay; the new point is the last vertex of every triangle on the stack.
        flips = _i64(0)
        while depth > 0:
            depth -= 1
            t = _i64(stack[depth])
            w = _i64(beyond[3 * t + 2])
            if w < 0:
                continue
            a, b = _i64(triangles[3 * t]), _i64(triangles[3 * t + 1])
            r = _i64(0)
            while triangles[3 * w + r] == a or triangles[3 * w + r] == b:
                r += 1
            d = _i64(triangles[3 * w + r])
            if not _is_in_circle(
                _i64(points[2 * a]), _i64(points[2 * a + 1]), _i64(points[2 * b]), _i64(points[2 * b + 1]), px, py,
                _i64(points[2 * d]), _i64(points[2 * d + 1]),
            ):  # fmt: skip
                continue
            flips += 1
            if flips > p:
                return -p
            # t = a b p and w = b a d become a d p and d b p.
            side_a = (r + 1) % 3 if triangles[3 * w + (r + 1) % 3] == a else (r + 2) % 3
            side_b = (r + 1) % 3 if side_a == (r + 2) % 3 else (r + 2) % 3
            n_bd, n_ad = _i64(beyond[3 * w + side_a]), _i64(beyond[3 * w + side_b])
            n_bp, n_pa = _i64(beyond[3 * t]), _i64(beyond[3 * t + 1])
            triangles[3 * t], triangles[3 * t + 1], triangles[3 * t + 2] = _i32(a), _i32(d), _i32(p)
            triangles[3 * w], triangles[3 * w + 1], triangles[3 * w + 2] = _i32(d), _i32(b), _i32(p)
            beyond[3 * t], beyond[3 * t + 1], beyond[3 * t + 2] = _i32(w), _i32(n_pa), _i32(n_ad)
            beyond[3 * w], beyond[3 * w + 1], beyond[3 * w + 2] = _i32(n_bp), _i32(t), _i32(n_bd)
            for k in range(2):
                neighbor, old, new = (n_ad, w, t) if k == 0 else (n_bp, t, w)
                if neighbor >= 0:
                    for side in range(3):
                        if beyond[3 * neighbor + side] == old:
                            beyond[3 * neighbor + side] = _i32(new)
                            break
            stack[depth] = _i32(t)
            stack[depth + 1] = _i32(w)
            depth += 2
    return int(found)


@kernel
def paint_triangles(
    vertices: ReadF32, triangles: ReadI32, count: int, width: int, height: int, labels: WriteI32
) -> None:
    """Write the number of each triangle to the pixels whose centres it holds, its outline included."""
    for t in range(count):
        a, b, c = 2 * _i64(triangles[3 * t]), 2 * _i64(triangles[3 * t + 1]), 2 * _i64(triangles[3 * t + 2])
        low_y = min(vertices[a + 1], min(vertices[b + 1], vertices[c + 1]))
        high_y = max(vertices[a + 1], max(vertices[b + 1], vertices[c + 1]))
        for y in range(max(_i64(low_y) - 1, _i64(0)), min(_i64(high_y) + 1, _i64(height))):
            at = _f64(y) + 0.5
            left, right = 1e9, -1e9
            for side in range(3):
                p = a if side == 0 else (b if side == 1 else c)
                q = b if side == 0 else (c if side == 1 else a)
                x0, y0 = _f64(vertices[p]), _f64(vertices[p + 1])
                x1, y1 = _f64(vertices[q]), _f64(vertices[q + 1])
                if (y0 <= at and y1 >= at) or (y1 <= at and y0 >= at):
                    if y0 == y1:
                        left, right = min(left, min(x0, x1)), max(right, max(x0, x1))
                    else:
                        x = x0 + (at - y0) / (y1 - y0) * (x1 - x0)
                        left, right = min(left, x), max(right, x)
            if left > right:
                continue
            first = max(_i64(np.ceil(left - 0.5 - 1e-9)), _i64(0))
            last = min(_i64(np.floor(right - 0.5 + 1e-9)), _i64(width - 1))
            for x in range(first, last + 1):
                labels[_i64(y) * width + x] = _i32(t)
