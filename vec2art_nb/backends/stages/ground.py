"""What the background of a picture looks like, judged by the picture's border."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Pixels of the border that are looked at, about; and how wide the border is, as a part of the shorter side.
_MOST, _WIDTH = 6000, 0.012

# Colours of the border, at most; one must have this share of all of it, and this share of the sides that meet in an
# upper corner, or of the lower three: what is at the bottom only, or from side to side, reaches out of the picture.
_COLORS, _SHARE, _SIDE_SHARE = 4, 0.08, 0.12

# Differences in OKLab that can hardly be seen: no ground is smoother than that.
_SMOOTH = 0.008

# A surface is taken instead of colours when it explains about as much of the border.
_SIMPLER = 0.1

# Whole numbers: a coordinate from -1 to 1, a colour, a weight. Sums of their products fit in 64 bits.
_SPAN, _STEPS, _HEAVY = 128, 4096, 1024


@dataclass(frozen=True, eq=False)
class Ground:
    """A model of the background.

    Attributes
    ----------
    surface : (3, 6) float32 or None
        Colour as a quadratic surface over the picture; see `vec2art_nb.kernels.subject.distance_from_surface`.
    colors : (K, 3) float32 or None
        Or the colours that the border has.
    noise : float
        How far the border's pixels typically are from the model.
    explained : float
        Share of the border's pixels that agree with it, 0 to 1.
    """

    surface: NDArray[np.float32] | None
    colors: NDArray[np.float32] | None
    noise: float
    explained: float

    def distance(self, lab: NDArray[np.float32]) -> NDArray[np.float32]:
        """How far each pixel is from the background, (H, W) float32."""
        from vec2art_nb.kernels.subject import distance_from_colors, distance_from_surface

        if self.surface is not None:
            return distance_from_surface(lab, self.surface)
        assert self.colors is not None
        return distance_from_colors(lab, self.colors)


@dataclass(frozen=True, eq=False)
class _Border:
    """Pixels of the border: their colours in OKLab, their places from -128 to 128, and on which side they are."""

    lab: NDArray[np.float32]
    places: NDArray[np.int64]
    sides: NDArray[np.int64]


def ground_of(lab: NDArray[np.float32]) -> Ground:
    """The background of a picture, (H, W, 3) float32 in OKLab.

    A quadratic surface is fitted to the border, robustly, so that a subject that touches it does not count. When a few
    colours explain more of the border than the surface (a horizon, a pattern), these are the background.
    """
    border = _border(lab)
    surface, from_surface = _surface(border)
    colors, from_colors = _colors(border)
    # The noise by the nearer two thirds, of which it is the median; what is more than four times as far is not ground.
    noises = [max(float(np.quantile(distance, 1 / 3)), _SMOOTH) for distance in (from_surface, from_colors)]
    limit = 4 * max(noises)
    explained = [float((distance <= limit).mean()) for distance in (from_surface, from_colors)]
    if explained[0] >= explained[1] - _SIMPLER:
        return Ground(surface, None, noises[0], explained[0])
    return Ground(None, colors, noises[1], explained[1])


def _border(lab: NDArray[np.float32]) -> _Border:
    height, width = lab.shape[:2]
    deep = max(1, round(_WIDTH * min(height, width)))
    places, sides = [], []
    edges = (
        (range(min(deep, height)), range(width)),
        (range(max(height - deep, 0), height), range(width)),
        (range(height), range(min(deep, width))),
        (range(height), range(max(width - deep, 0), width)),
    )
    for side, (rows, columns) in enumerate(edges):
        step = max(1, len(rows) * len(columns) * 4 // _MOST)
        # Every so many pixels along the side, at all depths.
        long = np.arange(len(rows) * len(columns))[::step]
        across = len(columns)
        places.append(np.stack([columns.start + long % across, rows.start + long // across], axis=1))
        sides.append(np.full(len(long), side))
    where = np.concatenate(places)
    size = np.array([width, height])
    scaled = ((2 * where + 1 - size) * _SPAN) // size
    return _Border(lab[where[:, 1], where[:, 0]], scaled.astype(np.int64), np.concatenate(sides))


def _surface(border: _Border) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """A quadratic surface by reweighted least squares (Geman and McClure 1987), and how far each pixel is from it."""
    u, v = border.places[:, 0], border.places[:, 1]
    terms = np.stack([np.full_like(u, _SPAN * _SPAN), u * _SPAN, v * _SPAN, u * u, u * v, v * v])
    colors = np.rint(border.lab.T.astype(np.float64) * _STEPS).astype(np.int64)
    weights = np.full(len(u), _HEAVY, np.int64)
    for _ in range(12):
        # Whole numbers: the same sums in whatever order they are added.
        weighted = terms * weights
        matrix = [[int(weighted[i] @ terms[j]) for j in range(6)] for i in range(6)]
        factors = [_solved(matrix, [int(weighted[i] @ colors[channel]) for i in range(6)]) for channel in range(3)]
        square = np.zeros(len(u))
        for channel in range(3):
            apart = colors[channel].astype(np.float64)
            for factor, term in zip(factors[channel], terms, strict=True):
                apart = apart - factor * term
            square = square + apart * apart
        distance = np.sqrt(square) / _STEPS
        ratio = distance / max(1.5 * float(np.median(distance)), _SMOOTH)
        weights = np.maximum(_HEAVY / (1 + ratio * ratio) ** 2, 1).astype(np.int64)
    return (np.array(factors) * (_SPAN * _SPAN / _STEPS)).astype(np.float32), distance


def _solved(matrix: list[list[int]], wanted: list[int]) -> list[float]:
    """The solution of symmetric equations; an unknown that they do not fix (one row, one column) becomes 0."""
    size = len(wanted)
    # A little on the diagonal, so that there is always a solution.
    rows = [[float(value) for value in row] + [float(right)] for row, right in zip(matrix, wanted, strict=True)]
    for i in range(size):
        rows[i][i] = rows[i][i] * (1 + 1e-9) + 1.0
    for i in range(size):
        for j in range(i + 1, size):
            share = rows[j][i] / rows[i][i]
            for k in range(i, size + 1):
                rows[j][k] -= share * rows[i][k]
    solution = [0.0] * size
    for i in reversed(range(size)):
        rest = rows[i][size] - sum(rows[i][k] * solution[k] for k in range(i + 1, size))
        solution[i] = rest / rows[i][i]
    return solution


def _colors(border: _Border) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """The colours of the border that are found on two of its sides, and how far each pixel is from the nearest."""
    from vec2art_nb.kernels.painting import nearest
    from vec2art_nb.kernels.quantize import kmeans

    colors = kmeans(border.lab, np.ones(len(border.lab), np.int64), min(_COLORS, len(border.lab)))
    choice = nearest(border.lab, colors)
    counts = np.bincount(choice, minlength=len(colors))
    kept = []
    for color in range(len(colors)):
        top, bottom, left, right = ((choice[border.sides == side] == color).mean() >= _SIDE_SHARE for side in range(4))
        if counts[color] >= _SHARE * len(choice) and ((top and (left or right)) or (bottom and left and right)):
            kept.append(color)
    ground = colors[kept or [int(counts.argmax())]]
    apart = border.lab[:, None].astype(np.float64) - ground[None]
    return ground, np.sqrt((apart * apart).sum(axis=2)).min(axis=1)
