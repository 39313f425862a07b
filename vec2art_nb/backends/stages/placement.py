"""Where dots go, so that their ink is that of the picture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.backends.stages.page import Lightness
from vec2art_nb.backends.stages.tone import Demand, Follow, relative, strength
from vec2art_nb.params import Params, param

Pattern = Literal["grid", "hexagonal", "random", "poisson", "voronoi", "lbg"]
Amount = Literal["count", "spacing"]
RadiusBy = Literal["fixed", "tone", "gradient", "variance"]

LATTICES: tuple[Pattern, ...] = ("grid", "hexagonal")
RELAXED: tuple[Pattern, ...] = ("voronoi", "lbg")
VARYING: tuple[RadiusBy, ...] = ("tone", "gradient", "variance")

# Pixels of the working grid for each dot where all is ink: enough for a cell to know its middle, and no more.
_PIXELS_A_DOT = {"grid": 16, "hexagonal": 16, "random": 4, "poisson": 20, "voronoi": 16, "lbg": 16}

# A picture's pixel is cut into so many at most, a side, and the working grid has so many pixels at most unless the
# picture itself has more.
_FINEST, _MOST_PIXELS = 8, 4_000_000

# Places that ask for less ink than this get none. Cells that reach far into nothing would cost much and give nothing.
_LEAST = 0.004


class PlacementParams(Params):
    """Where dots go."""

    pattern: Pattern = param(
        "voronoi",
        "How dots stand: in rows (grid, hexagonal), at random, at random with distance (poisson), or relaxed until "
        "each has an equal share of the ink (voronoi; lbg, which splits and merges dots).",
        group="Dots",
    )
    amount: Amount = param("count", "What says how many dots there are.", group="Dots")
    count: int = param(
        10_000, "About how many dots.", group="Dots", ge=1, le=1_000_000, soft=(200, 40_000), step=100,
        needs={"amount": "count"},
    )  # fmt: skip
    spacing_px: float = param(
        8.0,
        "Distance between dots where they are densest.",
        group="Dots",
        ge=0.5,
        le=1000,
        soft=(2, 40),
        step=0.5,
        unit="px",
        needs={"amount": "spacing"},
    )
    iterations: int = param(
        15, "Steps of the relaxation.", group="Dots", ge=0, le=500, soft=(0, 40), preview=4, needs={"pattern": RELAXED}
    )
    screen_angle_deg: float = param(
        0.0,
        "How far the rows are turned.",
        group="Dots",
        ge=-360,
        le=360,
        soft=(0, 75),
        step=1,
        unit="°",
        needs={"pattern": LATTICES},
    )
    jitter: float = param(
        0.0,
        "How far dots leave the rows at random, as a share of their distance.",
        group="Dots",
        ge=0,
        le=1,
        step=0.01,
        needs={"pattern": LATTICES},
    )
    seed: int = param(
        0, "Another number, another drawing of the same kind.", group="Dots", ge=0, le=2**31, soft=(0, 99)
    )


class RadiusParams(Params):
    """What the size of a dot follows."""

    radius_by: RadiusBy = param(
        "fixed",
        "What makes a dot large: nothing, darkness, a steep edge, or texture. Where dots are large there are fewer.",
        group="Size",
    )
    radius_range: float = param(
        3.0, "How many times larger the largest dot is.", group="Size", ge=1, le=20, soft=(1, 8), step=0.1,
        needs={"radius_by": VARYING},
    )  # fmt: skip
    radius_reverse: bool = param(False, "Small where they would be large.", group="Size", needs={"radius_by": VARYING})
    radius_blur_px: float = param(
        3.0,
        "How far around is looked for edges or texture.",
        group="Size",
        ge=0,
        le=20,
        soft=(0, 10),
        step=0.1,
        unit="px",
        needs={"radius_by": ("gradient", "variance")},
    )


@dataclass(frozen=True, eq=False)
class Relative:
    """How large dots are to be, from ``smallest`` to 1, by a strength for each pixel.

    Attributes
    ----------
    strength : (H, W) uint16 or None
        65535 for the largest; None where all dots are alike.
    smallest : float
        Radius of the smallest as a share of the largest.
    fewer : bool
        Whether there are fewer dots where they are large, so that their ink is what was asked for.
    ink : int, optional
        The ink of all dots, when it is another than what their places follow; in the unit of `Demand`.
    """

    strength: NDArray[np.uint16] | None
    smallest: float
    fewer: bool = True
    ink: int | None = None

    def radius(self, strength: NDArray[np.uint16]) -> NDArray[np.float32]:
        """Relative radius for a strength."""
        share = strength.astype(np.float32) * np.float32(1 / 65535)
        return np.float32(self.smallest) + np.float32(1 - self.smallest) * share


@dataclass(frozen=True, eq=False)
class Places:
    """Where the dots are.

    Attributes
    ----------
    points : (M, 2) float32
        px in the pixel plane.
    relative : (M,) float32
        How large each is, in any unit.
    ink_px : float
        The area that all of them are to cover, in px².
    """

    points: NDArray[np.float32]
    relative: NDArray[np.float32]
    ink_px: float


def relative_radius(
    demand: Demand,
    darkness: Demand,
    denoised: Lightness,
    *,
    follow: Follow,
    radius_by: RadiusBy,
    radius_range: float,
    radius_reverse: bool,
    radius_blur_px: float,
) -> Relative:
    """How large dots are where."""
    if radius_by == "fixed":
        return Relative(None, 1.0)
    # Dots that are everywhere can show tone by their size alone.
    by_size = follow == "even" and radius_by == "tone"
    if radius_by == "tone":
        values = _roots()[darkness.values]
    elif radius_by == "gradient":
        values = strength(denoised.values, radius_blur_px)
    else:
        values = _deviation(denoised.values, radius_blur_px)
    ink = darkness.total if by_size else None
    return Relative(65535 - values if radius_reverse else values, 1 / radius_range, not by_size, ink)


@cache
def _roots() -> NDArray[np.uint16]:
    """The radius whose area is so large, 65535 for 1."""
    roots: NDArray[np.uint16] = np.rint(np.sqrt(np.arange(65536) * 65535.0)).astype(np.uint16)
    return roots


def _deviation(lightness: NDArray[np.int16], radius_px: float) -> NDArray[np.uint16]:
    """Standard deviation of lightness in a square around each pixel."""
    from vec2art_nb.kernels.directions import block_means, square_means

    # Means of blocks where the square is large: it hardly moves from one pixel to the next.
    step = max(1, int(radius_px / 1.5))
    light = lightness.astype(np.float32) * np.float32(1 / 256)
    mean, mean_of_squares = block_means(light, step), block_means(light * light, step)
    radius = round(radius_px / step)
    mean, mean_of_squares = square_means(mean, radius), square_means(mean_of_squares, radius)
    deviation = relative(np.sqrt(np.maximum(mean_of_squares - mean * mean, 0)).astype(np.float32))
    height, width = lightness.shape
    return np.ascontiguousarray(np.repeat(np.repeat(deviation, step, axis=0), step, axis=1)[:height, :width])


# --- the working grid -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Field:
    """The ink on a grid as fine as the dots need it.

    Attributes
    ----------
    weights : (h, w) uint16
        How many dots are wanted, in any unit.
    radius : (h, w) float32 or None
        Their relative radius; None where all are alike.
    step : float
        Side of a grid's pixel in px of the picture.
    """

    weights: NDArray[np.uint16]
    radius: NDArray[np.float32] | None
    step: float


def _field(demand: Demand, relative: Relative, dots: int, pixels_a_dot: int) -> _Field:
    from vec2art_nb.kernels.tone import reduced

    height, width = demand.values.shape
    wanted = demand.total / 65535 / (dots * pixels_a_dot)
    halves = max(2, math.floor(2 * math.sqrt(wanted)))
    values = reduced(demand.values, halves)
    strength = None if relative.strength is None else reduced(relative.strength, halves)
    most = math.isqrt(max(1, _MOST_PIXELS // (height * width)))
    parts = min(_FINEST, most, math.ceil(1 / math.sqrt(wanted))) if wanted < 1 else 1
    if parts > 1:
        values = np.repeat(np.repeat(values, parts, axis=0), parts, axis=1)
        strength = None if strength is None else np.repeat(np.repeat(strength, parts, axis=0), parts, axis=1)
    step = halves / 2 / parts
    values = np.where(values < _LEAST * 65535, np.uint16(0), values)
    if strength is None:
        return _Field(values, None, step)
    radius = relative.radius(strength)
    if not relative.fewer:
        return _Field(values, radius, step)
    # Large dots bring more ink, so there are fewer of them.
    weights = values * np.square(np.float32(relative.smallest) / radius)
    return _Field(np.rint(weights).astype(np.uint16), radius, step)


# --- the patterns -----------------------------------------------------------------------------------------------------


def places(
    demand: Demand,
    relative_radius: Relative,
    *,
    pattern: Pattern,
    amount: Amount,
    count: int,
    spacing_px: float,
    iterations: int,
    screen_angle_deg: float,
    jitter: float,
    seed: int,
    radius_by: RadiusBy,
) -> Places:
    """Where the dots are."""
    if not demand.total:
        return Places(np.empty((0, 2), np.float32), np.empty(0, np.float32), 0.0)
    if pattern == "grid" or pattern == "hexagonal":
        spacing = spacing_px if amount == "spacing" else _spacing(demand, relative_radius, pattern, count, radius_by)
        return _on_lattice(demand, relative_radius, pattern, spacing, screen_angle_deg, jitter, seed, radius_by)
    dots = count if amount == "count" else _dots(demand, relative_radius, spacing_px)
    field = _field(demand, relative_radius, dots, _PIXELS_A_DOT[pattern])
    dots = max(1, min(dots, int(np.count_nonzero(field.weights))))
    x, y = _scattered(field.weights, pattern, dots, iterations, seed)
    height, width = demand.values.shape
    ink = demand.total if relative_radius.ink is None else relative_radius.ink
    points = np.stack([x, y], axis=1) * np.float32(field.step)
    # The last square of a coarse grid may stick out of the picture.
    np.minimum(points, np.array([width, height], np.float32), out=points)
    if field.radius is None:
        return Places(points, np.ones(len(x), np.float32), ink / 65535)
    rows, columns = field.radius.shape
    row, column = np.minimum(y.astype(np.intp), rows - 1), np.minimum(x.astype(np.intp), columns - 1)
    return Places(points, field.radius[row, column], ink / 65535)


def _scattered(
    weights: NDArray[np.uint16], pattern: Pattern, dots: int, iterations: int, seed: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    if pattern == "random":
        from vec2art_nb.kernels.stratified import stratified

        return stratified(weights, dots, 1.0, seed)
    if pattern == "poisson":
        from vec2art_nb.kernels.poisson import poisson_disk

        return poisson_disk(weights, dots, seed)
    from vec2art_nb.kernels import stippling

    if pattern == "lbg":
        return stippling.split_and_merged(weights, dots, iterations, seed)
    return stippling.relaxed(weights, dots, iterations, seed)


def _dots(demand: Demand, relative: Relative, spacing_px: float) -> int:
    """How many dots there are when they stand that far apart where they are densest."""
    density = demand.total / 65535
    if relative.strength is not None and relative.fewer:
        density *= _fewer(demand, relative)
    return max(1, round(density / (spacing_px * spacing_px * math.sqrt(3) / 2)))


def _fewer(demand: Demand, relative: Relative) -> float:
    """The dots that there are, as a share of what there would be were all small."""
    assert relative.strength is not None
    step = max(1, int((demand.values.size / 100_000) ** 0.5))
    ink = demand.values[step // 2 :: step, step // 2 :: step].astype(np.float64)
    radius = relative.radius(relative.strength[step // 2 :: step, step // 2 :: step])
    total = ink.sum()
    return float((ink * np.square(relative.smallest / radius)).sum() / total) if total else 1.0


# --- lattices ---------------------------------------------------------------------------------------------------------


def _cell(pattern: Pattern) -> float:
    """Area of a dot's cell for a spacing of 1."""
    return math.sqrt(3) / 2 if pattern == "hexagonal" else 1.0


def _spacing(demand: Demand, relative: Relative, pattern: Pattern, count: int, radius_by: RadiusBy) -> float:
    """The distance of rows that gives about so many dots."""
    if radius_by == "tone" and relative.fewer:
        area = float(np.count_nonzero(demand.values > _LEAST * 65535))
    else:
        area = (
            demand.total
            / 65535
            * (_fewer(demand, relative) if relative.strength is not None and relative.fewer else 1.0)
        )
    height, width = demand.values.shape
    # Not more dots than 64 in a pixel.
    share = max(area / (height * width * count), 1 / (64 * height * width))
    spacing = 0.0
    for _ in range(8):
        # Rows up to half of a spacing outside are there too, on the border.
        spacing = math.sqrt(share * (width + spacing) * (height + spacing) / _cell(pattern))
        spacing = min(spacing, 2.0 * max(width, height))
    return spacing


def _on_lattice(
    demand: Demand,
    relative: Relative,
    pattern: Pattern,
    spacing: float,
    angle_deg: float,
    jitter: float,
    seed: int,
    radius_by: RadiusBy,
) -> Places:
    from vec2art_nb.kernels.lattice import lattice, thinned_out
    from vec2art_nb.kernels.voronoi import Cells

    screen = radius_by == "tone" and relative.fewer
    if screen:
        # A screen: no dot is left out, each is as large as its cell is dark.
        relative = Relative(None, 1.0)
    height, width = demand.values.shape
    points, rows = lattice(width, height, spacing, angle_deg, pattern == "hexagonal")
    if jitter:
        points = _jittered(points, rows, jitter * spacing, seed)
        np.clip(points, 0, np.array([width, height], np.float32), out=points)
    field = _field(demand, relative, max(1, len(points)), _PIXELS_A_DOT[pattern])
    # At least 1, so that the cells know how large they are where nothing is wanted.
    cells = Cells(np.maximum(field.weights, 1))
    scale = np.float32(1 / field.step)
    sums = cells.sums(points[:, 0] * scale, points[:, 1] * scale, np.zeros(len(points), np.float32))
    dark = (sums[:, 0] / np.maximum(sums[:, 3], 1) / 65535).astype(np.float32)
    # Half of a dot on the border is outside, and its cell is half of a whole one.
    whole = spacing * spacing * _cell(pattern) * float(scale) ** 2
    wanted = dark * np.minimum(1, 2 * sums[:, 3] / whole).astype(np.float32)
    ink = (demand.total if relative.ink is None else relative.ink) / 65535
    if screen:
        stay, size = wanted > _LEAST, np.sqrt(wanted)
    else:
        stay, size = thinned_out(wanted, rows, seed), np.ones(len(points), np.float32)
        if not stay.any() and dark.max(initial=0) >= 0.5:
            # No cell of a lattice that is wider than the picture is in it by half.
            stay[dark.argmax()] = True
    if field.radius is not None:
        row = np.minimum((points[:, 1] * scale).astype(np.intp), field.radius.shape[0] - 1)
        column = np.minimum((points[:, 0] * scale).astype(np.intp), field.radius.shape[1] - 1)
        size = field.radius[row, column]
    return Places(points[stay], size[stay], ink)


def _jittered(points: NDArray[np.float32], places: NDArray[np.int64], reach: float, seed: int) -> NDArray[np.float32]:
    from vec2art_nb.kernels.chance import shares

    shift = np.stack([shares(seed, len(points), 1), shares(seed, len(points), 2)], axis=1) - 0.5
    return (points + shift * reach).astype(np.float32)
