"""Equal numbers of dots, all of one size, ``tone="linear"``, on scikit-image's camera and on even grey.

*Tone error*: root mean square of the difference between the picture's darkness in linear light and the dots' ink, both
after a Gaussian of 5.2 px; 6000 dots on 512 × 512 px, so that dots stand about 7 px apart. On grey: the least distance
of two dots as a share of the largest that is possible (normalized Poisson radius; Lagae, Dutré 2008), the power of
their spectrum below a quarter of the dots' own frequency (1 for chance), and the strongest direction's power near that
frequency as a multiple of the mean (1 for none). White noise puts dots by chance; Lloyd relaxes such dots 20 times with
SciPy's cKDTree.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

import vec2art_nb as v2a

COUNT, SIGMA, SIDE = 6000, 5.2, 512
PATTERNS = ("random", "poisson", "voronoi", "lbg")

Points = NDArray[np.float64]


# --- measures ---------------------------------------------------------------------------------------------------------


def tone_error(points: Points, darkness: NDArray[np.float64], sigma: float = SIGMA) -> float:
    """RMSE of dots of equal ink against the darkness, both low-passed."""
    height, width = darkness.shape
    ink = np.zeros((height, width))
    each = darkness.sum() / len(points)
    place = np.clip(points - 0.5, 0, [width - 1.001, height - 1.001])
    cell = place.astype(int)
    share = place - cell
    for across in (0, 1):
        for down in (0, 1):
            weight = np.abs(1 - across - share[:, 0]) * np.abs(1 - down - share[:, 1])
            np.add.at(ink, (cell[:, 1] + down, cell[:, 0] + across), each * weight)
    difference = ndimage.gaussian_filter(ink - darkness, sigma, mode="reflect")
    return float(np.sqrt(np.mean(difference**2)))


def poisson_radius(points: Points, side: float) -> float:
    """The least distance, as a share of that in a hexagonal lattice of as many dots."""
    distance = cKDTree(points).query(points, k=2)[0][:, 1].min()
    return float(distance / np.sqrt(2 * side * side / (np.sqrt(3) * len(points))))


def spectrum(points: Points, side: float) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Frequency (1 is the root of the density), direction in degrees, and power (1 for chance) of each wave.

    Dots fade out towards the border (a Hann window), or the border itself would be the strongest wave.
    """
    reach = int(1.5 * np.sqrt(len(points)))
    waves = np.arange(-reach, reach + 1)
    window = np.prod(np.sin(np.pi * points / side) ** 2, axis=1)
    across = np.exp(-2j * np.pi * np.outer(waves, points[:, 0] / side)) * window
    down = np.exp(-2j * np.pi * np.outer(points[:, 1] / side, waves))
    power = np.abs(across @ down) ** 2 / np.sum(window**2)
    x, y = np.meshgrid(waves, waves, indexing="ij")
    return np.hypot(x, y) / np.sqrt(len(points)), np.degrees(np.arctan2(y, x)) % 180, power


def low_frequencies(points: Points, side: float) -> float:
    """Mean power below a quarter of the dots' frequency, without what the window brings to the lowest waves."""
    frequency, _, power = spectrum(points, side)
    return float(power[(frequency < 0.25) & (frequency * np.sqrt(len(points)) > 3)].mean())


def anisotropy(points: Points, side: float) -> float:
    """The strongest of twelve directions near the dots' frequency, as a multiple of their mean."""
    frequency, direction, power = spectrum(points, side)
    ring = (frequency > 0.7) & (frequency < 1.3)
    sector = (direction[ring] // 15).astype(int)
    means = np.bincount(sector, power[ring], 12) / np.bincount(sector, minlength=12)
    return float(means.max() / means.mean())


# --- dots -------------------------------------------------------------------------------------------------------------


@cache
def camera() -> NDArray[np.uint8]:
    from skimage import data

    return np.ascontiguousarray(data.camera())


def darkness_of(grey: NDArray[np.uint8]) -> NDArray[np.float64]:
    value = grey / 255
    return 1 - np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def even_grey() -> NDArray[np.uint8]:
    return np.full((SIDE, SIDE), 140, np.uint8)


def ours(picture: NDArray[np.uint8], pattern: str, **parameters: object) -> Points:
    drawing = v2a.vectorize(picture, "dots", tone="linear", pattern=pattern, count=COUNT, **parameters)
    return drawing.marks.centers.astype(np.float64)


def white_noise(darkness: NDArray[np.float64], count: int = COUNT, seed: int = 0) -> Points:
    random = np.random.default_rng(seed)
    chosen = random.choice(darkness.size, count, p=(darkness / darkness.sum()).ravel())
    row, column = np.divmod(chosen, darkness.shape[1])
    return np.stack([column, row], axis=1) + random.random((count, 2))


def lloyd(darkness: NDArray[np.float64], points: Points, iterations: int = 20) -> Points:
    """Plain weighted Lloyd relaxation: every pixel to its nearest dot, every dot to the middle of its pixels."""
    rows, columns = np.mgrid[0 : darkness.shape[0], 0 : darkness.shape[1]] + 0.5
    pixels = np.stack([columns.ravel(), rows.ravel()], axis=1)
    weight = darkness.ravel()
    for _ in range(iterations):
        _, owner = cKDTree(points).query(pixels)
        ink = np.bincount(owner, weight, len(points))
        middle = np.stack([np.bincount(owner, weight * pixels[:, axis], len(points)) for axis in (0, 1)], axis=1)
        points = np.where(ink[:, None] > 0, middle / np.maximum(ink, 1e-12)[:, None], points)
    return points


def measured(name: str, on_camera: Points, on_grey: Points) -> dict[str, object]:
    return {
        "dots": name,
        "number": len(on_camera),
        "tone error": tone_error(on_camera, darkness_of(camera())),
        "Poisson radius": poisson_radius(on_grey, SIDE),
        "low frequencies": low_frequencies(on_grey, SIDE),
        "anisotropy": anisotropy(on_grey, SIDE),
    }


def rows() -> list[dict[str, object]]:
    """One row for each way of placing dots."""
    tone, grey = darkness_of(camera()), darkness_of(even_grey())
    table = [measured("white noise", white_noise(tone), white_noise(grey))]
    table.append(measured("SciPy, Lloyd", lloyd(tone, white_noise(tone)), lloyd(grey, white_noise(grey))))
    jittered = {"jitter": 1.0, "pattern": "grid"}
    table.append(measured("grid, jittered", ours(camera(), **jittered), ours(even_grey(), **jittered)))
    return table + [measured(pattern, ours(camera(), pattern), ours(even_grey(), pattern)) for pattern in PATTERNS]
