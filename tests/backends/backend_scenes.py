"""Pictures that several tests of backends draw."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

Strokes = list[tuple[list[tuple[float, float]], float, tuple[int, int, int]]]


def pen_drawing(strokes: Strokes, height: int = 160, width: int = 220, page: int = 245) -> np.ndarray:
    """Round-pen strokes (points, width, colour), anti-aliased; uint8 RGB."""
    fine = 3
    y, x = (np.mgrid[0 : height * fine, 0 : width * fine] + 0.5) / fine
    picture = np.full((height, width, 3), float(page))
    for points, pen, color in strokes:
        away = np.full(x.shape, np.inf)
        for (ax, ay), (bx, by) in pairwise(points):
            ux, uy = bx - ax, by - ay
            t = np.clip(((x - ax) * ux + (y - ay) * uy) / max(ux * ux + uy * uy, 1e-9), 0, 1)
            away = np.minimum(away, np.hypot(x - ax - t * ux, y - ay - t * uy))
        coverage = (away <= pen / 2).reshape(height, fine, width, fine).mean((1, 3))[:, :, None]
        picture = picture * (1 - coverage) + np.array(color) * coverage
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def arc(cx: float, cy: float, r: float, first: float, last: float) -> list[tuple[float, float]]:
    turn = np.radians(np.linspace(first, last, 60))
    return [(float(x), float(y)) for x, y in zip(cx + r * np.cos(turn), cy + r * np.sin(turn), strict=True)]


BLACK, RED, BLUE, GREEN = (20, 20, 24), (190, 40, 30), (30, 60, 170), (20, 110, 60)
SKETCH: Strokes = [
    ([(15, 20), (90, 28)], 6.0, BLACK),
    ([(101, 29), (200, 40)], 6.0, BLACK),  # a gap before it
    ([(20, 50), (60, 130), (100, 50), (112, 130)], 4.0, BLUE),
    ([(30, 120), (110, 70)], 3.0, GREEN),
    (arc(165, 95, 32, 0, 360), 5.0, RED),
    ([(135, 140), (205, 60)], 2.0, BLACK),
    ([(60, 24), (60, 32.5)], 2.0, BLACK),  # a hair on the first line
    (arc(30, 145, 5, 0, 360), 2.0, RED),
    ([(120, 150), (123, 150)], 3.0, BLUE),
    ([(50, 150), (50.1, 150)], 3.0, BLACK),
    ([(140, 20), (141, 20)], 2.2, BLACK),
    ([(165, 15), (200, 15)], 9.0, RED),
    ([(185, 118), (185, 158)], 3.0, BLACK),  # the letter K
    ([(212, 120), (185, 138), (212, 156)], 3.0, BLACK),
    ([(10, 8), (60, 8)], 2.4, BLUE),  # and a small gap
    ([(64.4, 8), (110, 8)], 2.4, BLUE),
]


def scan() -> np.ndarray:
    """A coloured drawing, unevenly lit, with the noise of a scanner, holes in its ink and specks beside it."""
    picture = pen_drawing(SKETCH).astype(float)
    picture[:, :] *= (1.0 - 0.35 * np.linspace(0, 1, 220))[None, :, None]
    random = np.random.default_rng(8)
    picture += random.normal(0, 9, picture.shape)
    for _ in range(40):
        row, column = random.integers(2, 155), random.integers(2, 215)
        side = random.integers(1, 4)
        picture[row : row + side, column : column + side] = 60
    for at in range(20, 85, 9):
        picture[22:24, at : at + 2] = 235
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)
