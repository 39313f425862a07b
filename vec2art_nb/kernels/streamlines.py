"""Lines that follow the edge tangent flow: along contours, and evenly spaced between them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import copied, empty, full, zeros
from vec2art_nb.kernels._jit import (
    ReadF32,
    ReadI16,
    ReadI32,
    WriteF32,
    WriteI64,
    WriteU8,
    jitted,
    kernel,
)
from vec2art_nb.kernels.flow_walk import (
    CELL,
    FAR,
    PALEST,
    PER_PX,
    STEP,
    darkness,
    follow,
    line_distance,
    ridge,
    tangent,
)
from vec2art_nb.kernels.strokes import Chains

# For the type checker these are any numbers, as all is between kernels.
_u64: Any = np.uint64
_f32: Any = np.float32
_u8: Any = np.uint8

# No shorter line is drawn, in px; hatching covers so many separations at least.
_SHORTEST = 3.0
_SHORTEST_HATCH = 2.5


class Canvas:
    """The lines drawn so far, and where there is room for more.

    Parameters
    ----------
    height, width : int
        Of the picture.
    separation : float
        px between lines.
    longest : float
        px; longer lines are not drawn.
    room : (H, W) bool, optional
        Where lines may be.
    drawn : Chains, optional
        Strokes that are there already, with points about a pixel apart.
    """

    def __init__(
        self,
        height: int,
        width: int,
        separation: float,
        longest: float,
        room: NDArray[np.bool_] | None = None,
        drawn: Chains | None = None,
    ) -> None:
        self.height, self.width, self.separation = height, width, separation
        steps = int(longest / STEP) + 1
        # A line keeps half of the separation from the others; what no longer fits here is not drawn.
        most = int(height * width / max(1.0, 0.35 * separation)) + 4 * (height + width) + 64
        if drawn is not None:
            most += 2 * len(drawn.points)
        self.steps = min(steps, most)
        self.points = empty((most, 2), np.float32)
        self.offsets = zeros(most // 2 + 2, np.int64)
        self.closed = empty(most // 2 + 1, np.uint8)
        self.nearest = full((height, width), FAR, np.uint8)
        if room is not None:
            self.nearest[~room] = 0
        self.visited = full((height // CELL + 1, width // CELL + 1), -(1 << 62), np.int64)
        #: strokes, and the place on the arc length of all traces that the next one begins at
        self.count = np.zeros(2, np.int64)
        self.ways = empty((2, self.steps + 2, 2), np.float32)
        if drawn is not None:
            strokes, points = len(drawn.closed), len(drawn.points)
            self.points[:points], self.offsets[: strokes + 1], self.closed[:strokes] = drawn
            self.count[0] = strokes
            # In pale tones lines keep more than this from each other, but so much from a contour is enough.
            far = int(min(3 * separation, FAR / PER_PX)) + 1
            stamp_points(drawn.points, height, width, far, 1 + int(separation / 3), self.nearest)

    @property
    def chains(self) -> Chains:
        """What was drawn."""
        strokes = int(self.count[0])
        end = int(self.offsets[strokes])
        return Chains(copied(self.points[:end]), copied(self.offsets[: strokes + 1]), copied(self.closed[:strokes]))


def draw_contours(
    canvas: Canvas,
    tx: NDArray[np.int16],
    ty: NDArray[np.int16],
    dx: NDArray[np.int16],
    dy: NDArray[np.int16],
    strength: NDArray[np.uint16],
    low: int,
    high: int,
    bridge: float,
    directions: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0),
) -> None:
    """Draw lines along the flow from edge points, the strongest first, as long as the edge is strong.

    Parameters
    ----------
    canvas : Canvas
        Gets the lines.
    tx, ty : (H, W) int16
        Of `vec2art_nb.kernels.tangent_flow.tangent_flow`.
    dx, dy : (H, W) int16
        The gradient. A line is drawn to the ridge of its magnitude.
    strength : (H, W) uint16
        Of `vec2art_nb.kernels.edges.edge_points`: where lines begin.
    low, high : int
        A line begins above ``high`` and ends below ``low``.
    bridge : float
        px over which a line goes on below ``low`` to find what lies behind.
    directions : four floats
        What edges are worth that run across, up and down, up to the right, down to the right.

    References
    ----------
    Jobard, Lefer (1997), Creating evenly-spaced streamlines of arbitrary density, Visualization in
    Scientific Computing.
    """
    flat = strength.reshape(-1)
    seeds = np.flatnonzero(flat > max(high, 0)).astype(np.int32)
    # uint16: the stable sort is a radix sort then.
    seeds = seeds[np.argsort(65535 - flat[seeds], kind="stable")]
    follow_contours(
        tx,
        ty,
        dx,
        dy,
        seeds,
        canvas.height,
        canvas.width,
        low,
        canvas.separation,
        bridge,
        np.array(directions, np.float32),
        canvas.steps,
        canvas.ways[0],
        canvas.ways[1],
        canvas.nearest,
        canvas.visited,
        canvas.count,
        canvas.points,
        canvas.offsets,
        canvas.closed,
    )


def draw_hatching(
    canvas: Canvas, tx: NDArray[np.int16], ty: NDArray[np.int16], lightness: NDArray[np.int16], coverage: float
) -> None:
    """Draw evenly spaced lines along the flow beside those that are there, the denser the darker the picture.

    Parameters
    ----------
    canvas : Canvas
        Gets the lines.
    tx, ty : (H, W) int16
        Unit tangents times `UNIT`; where there is none, the line rises to the right.
    lightness : (H, W) int16
        L* times 256.
    coverage : float
        0 … 1, how much of the scale from black to white gets lines.
    """
    side = max(2, round(canvas.separation))
    tones = block_means(lightness, side) / 25600
    # From 0 at the palest tone that is drawn to 1 in black.
    dark = np.ascontiguousarray((coverage - np.clip(tones, 0, 1)) / max(coverage, 1e-6), np.float32)
    follow_between(
        tx,
        ty,
        dark,
        dark.shape[0],
        dark.shape[1],
        side,
        canvas.height,
        canvas.width,
        canvas.separation,
        canvas.steps,
        canvas.ways[0],
        canvas.ways[1],
        canvas.nearest,
        canvas.visited,
        canvas.count,
        canvas.points,
        canvas.offsets,
        canvas.closed,
    )


def block_means(values: NDArray[np.int16], side: int) -> NDArray[np.float64]:
    """The mean of each square of ``side`` pixels; those at the right and lower border may be smaller."""
    height, width = values.shape
    rows, columns = np.arange(0, height, side), np.arange(0, width, side)
    sums = np.add.reduceat(np.add.reduceat(values, rows, axis=0, dtype=np.int64), columns, axis=1)
    sizes = np.diff(np.append(rows, height))[:, None] * np.diff(np.append(columns, width))
    means: NDArray[np.float64] = sums / sizes
    return means


@jitted
def _stamp(nearest: Any, height: int, width: int, x: Any, y: Any, reach: int) -> None:
    """Tell the pixels around how far a point is."""
    column, row = int(x), int(y)
    left, right = max(0, column - reach), min(width, column + reach + 1)
    for line in range(max(0, row - reach), min(height, row + reach + 1)):
        v = _f32(line - row)
        o = line * width
        for i in range(left, right):
            u = _f32(i - column)
            distance = min(np.sqrt(u * u + v * v) * _f32(PER_PX), _f32(FAR))
            nearest[_u64(o + i)] = min(nearest[_u64(o + i)], _u8(distance))


@kernel
def stamp_points(points: ReadF32, height: int, width: int, reach: int, every: int, nearest: WriteU8) -> None:
    """Tell the pixels within ``reach`` px how far the points of strokes are; looks at ``every`` so many points."""
    for k in range(0, points.size // 2, every):
        x = min(max(points[_u64(2 * k)], _f32(0)), _f32(width) - _f32(0.01))
        y = min(max(points[_u64(2 * k + 1)], _f32(0)), _f32(height) - _f32(0.01))
        _stamp(nearest, height, width, x, y, reach)


@jitted
def _join(way: Any, back: Any, forward: int, backward: int, x: Any, y: Any, points: Any, n: int) -> int:
    """Write the way back, the beginning and the way forward as one stroke, from the point n on; returns its end."""
    for k in range(backward):
        points[_u64(2 * (n + k))] = back[_u64(2 * (backward - 1 - k))]
        points[_u64(2 * (n + k) + 1)] = back[_u64(2 * (backward - 1 - k) + 1)]
    n += backward
    points[_u64(2 * n)] = x
    points[_u64(2 * n + 1)] = y
    n += 1
    for k in range(2 * forward):
        points[_u64(2 * n + k)] = way[_u64(k)]
    return n + forward


@jitted
def _is_loop(points: Any, n: int, end: int, separation: Any) -> bool:
    """Whether a line came near its own beginning from behind: what is left between them is drawn too."""
    gap_x = points[_u64(2 * n)] - points[_u64(2 * end - 2)]
    gap_y = points[_u64(2 * n + 1)] - points[_u64(2 * end - 1)]
    ahead_x = points[_u64(2 * n + 2)] - points[_u64(2 * n)]
    ahead_y = points[_u64(2 * n + 3)] - points[_u64(2 * n + 1)]
    return bool(
        (gap_x * gap_x + gap_y * gap_y < separation * separation)
        & (gap_x * ahead_x + gap_y * ahead_y > _f32(0))
        & (_f32(end - n) * _f32(STEP) > _f32(3) * separation + _f32(6))
    )


@jitted
def _draw(
    tx: Any, ty: Any, dx: Any, dy: Any, directions: Any, dark: Any, rows: int, columns: int, side: int,
    nearest: Any, visited: Any, way: Any, back: Any, count: Any, points: Any, offsets: Any, closed: Any,
    height: int, width: int, x: Any, y: Any, low: Any, separation: Any, bridge: Any, shortest: Any, steps: int,
) -> bool:  # fmt: skip
    """Draw the line through (x, y), if it gets long enough; False when there is no room for more."""
    hatch = side > 0
    zero = _f32(0)
    n = int(offsets[_u64(count[0])])
    steps = min(steps, points.size // 2 - n - 1)
    if (steps < 2) | (count[0] + 1 >= closed.size):
        return False
    i = _u64(int(y) * width + int(x))
    lx, ly = tangent(tx, ty, height, width, x, y, _f32(tx[i]), _f32(ty[i]))
    if (lx == zero) & (ly == zero):
        if not hatch:
            return True
        lx, ly = _f32(0.70710678), _f32(-0.70710678)
    if not hatch:
        aside, _, _ = ridge(dx, dy, height, width, x, y, lx, ly)
        x = min(max(x + aside * ly, zero), _f32(width) - _f32(0.01))
        y = min(max(y - aside * lx, zero), _f32(height) - _f32(0.01))
    base = int(count[1])
    count[1] = base + 2 * steps + 3
    visited[_u64(int(y) // CELL * (width // CELL + 1) + int(x) // CELL)] = base + steps + 1
    forward, backward, loop = 0, 0, False
    # One call for both ways: it is inlined, and takes most of the time to compile.
    for sign in range(1, -2, -2):
        if loop:
            break
        path = way if sign > 0 else back
        u, v = _f32(sign) * lx, _f32(sign) * ly
        n_points, loop = follow(
            tx, ty, dx, dy, directions, dark, rows, columns, side, nearest, visited, path, height, width,
            x, y, u, v, low, separation, bridge, steps - forward, base + forward, sign,
        )  # fmt: skip
        if sign > 0:
            forward = n_points
        else:
            backward = n_points
    if _f32(forward + backward) * _f32(STEP) < shortest:
        return True
    end = _join(way, back, forward, backward, x, y, points, n)
    count[0] += 1
    offsets[_u64(count[0])] = end
    closed[_u64(count[0] - 1)] = loop or _is_loop(points, n, end, separation)
    for k in range(n, end, 2 if separation > _f32(3) else 1):
        px, py = points[_u64(2 * k)], points[_u64(2 * k + 1)]
        apart = line_distance(darkness(dark, rows, columns, side, px, py), separation) if hatch else separation
        _stamp(nearest, height, width, px, py, int(min(_f32(1.25) * apart, _f32(FAR / PER_PX))) + 1)
    return True


@kernel
def follow_contours(
    tx: ReadI16,
    ty: ReadI16,
    dx: ReadI16,
    dy: ReadI16,
    seeds: ReadI32,
    height: int,
    width: int,
    low: float,
    separation: float,
    bridge: float,
    directions: ReadF32,
    steps: int,
    way: WriteF32,
    back: WriteF32,
    nearest: WriteU8,
    visited: WriteI64,
    count: WriteI64,
    points: WriteF32,
    offsets: WriteI64,
    closed: WriteU8,
) -> None:
    """Lines along contours; see `draw_contours`.

    Parameters
    ----------
    seeds : (S,) int32
        Pixels that lines begin at, the best first.
    directions : (4,) float32
        What edges are worth that run across, up and down, up to the right, down to the right.
    steps : int
        The most that a line has.
    way, back : (steps + 2, 2) float32, scratch
    nearest : (H, W) uint8, changed
        How far the nearest line is, in quarters of a px.
    visited : (H // 2 + 1, W // 2 + 1) int64, changed
        When a line was last in each cell.
    count : (2,) int64, changed
        Strokes so far, and the time.
    points, offsets, closed : changed
        The strokes, as in `vec2art_nb.kernels.strokes.Chains`, with room for more.
    """
    for s in range(seeds.size):
        row = seeds[s] // width
        x, y = _f32(seeds[s] - row * width) + _f32(0.5), _f32(row) + _f32(0.5)
        if _f32(nearest[_u64(seeds[s])]) < _f32(PER_PX) * separation:
            continue
        # Tones are not looked at: any array does.
        room = _draw(
            tx, ty, dx, dy, directions, directions, 1, 1, 0, nearest, visited, way, back, count, points, offsets,
            closed, height, width, x, y, low, separation, bridge, _f32(_SHORTEST), steps,
        )  # fmt: skip
        if not room:
            return


@kernel
def follow_between(
    tx: ReadI16,
    ty: ReadI16,
    dark: ReadF32,
    rows: int,
    columns: int,
    side: int,
    height: int,
    width: int,
    separation: float,
    steps: int,
    way: WriteF32,
    back: WriteF32,
    nearest: WriteU8,
    visited: WriteI64,
    count: WriteI64,
    points: WriteF32,
    offsets: WriteI64,
    closed: WriteU8,
) -> None:
    """Lines between the others; see `draw_hatching`. First beside those that are there, then wherever there is room.

    Parameters
    ----------
    dark : (rows, columns) float32
        How dark the picture is in squares of ``side`` px: 1 has lines at the separation, and with less they are farther
        apart.
    way, back, nearest, visited, count, points, offsets, closed : as for `follow_contours`
    """
    shortest = max(_f32(_SHORTEST_HATCH) * separation, _f32(_SHORTEST))
    stroke, cell = 0, max(int(separation), 1)
    free, per_row = 0, (width + cell - 1) // cell
    cells = ((height + cell - 1) // cell) * per_row
    while (stroke < count[0]) | (free < cells):
        beside = stroke < count[0]
        first = int(offsets[_u64(stroke)]) if beside else 0
        last = int(offsets[_u64(stroke + 1)]) if beside else 1
        for k in range(2 * first, 2 * last):
            if beside:
                # To the left and to the right of a point of a line, at the distance that its tone asks for.
                here, before, after = k >> 1, max((k >> 1) - 1, first), min((k >> 1) + 1, last - 1)
                p = points[_u64(2 * after)] - points[_u64(2 * before)]
                q = points[_u64(2 * after + 1)] - points[_u64(2 * before + 1)]
                x, y = points[_u64(2 * here)], points[_u64(2 * here + 1)]
                away = _f32(1.02) * line_distance(darkness(dark, rows, columns, side, x, y), separation)
                away = (away if k & 1 else -away) / max(np.sqrt(p * p + q * q), _f32(1e-3))
                x, y = x - away * q, y + away * p
            else:
                row = free // per_row
                x, y = _f32((free - row * per_row) * cell) + _f32(0.5), _f32(row * cell) + _f32(0.5)
            if (x < _f32(0)) | (y < _f32(0)) | (x >= _f32(width)) | (y >= _f32(height)):
                continue
            dark_here = darkness(dark, rows, columns, side, x, y)
            near = _f32(nearest[_u64(int(y) * width + int(x))])
            if (dark_here < _f32(PALEST)) | (near < _f32(PER_PX * 0.9) * line_distance(dark_here, separation)):
                continue
            # Neither gradient nor directions are looked at.
            room = _draw(
                tx, ty, tx, ty, dark, dark, rows, columns, side, nearest, visited, way, back, count, points, offsets,
                closed, height, width, x, y, _f32(0), separation, _f32(0), shortest, steps,
            )  # fmt: skip
            if not room:
                return
        if beside:
            stroke += 1
        else:
            free += 1
