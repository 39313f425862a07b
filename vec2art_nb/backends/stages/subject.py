"""What of the picture is subject, and what background: background gets no marks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.backends.stages.ground import Ground, ground_of
from vec2art_nb.backends.stages.page import lightness, rgb
from vec2art_nb.image import Source
from vec2art_nb.params import Color, Params, param

RemoveBackground = Literal["none", "auto", "otsu", "adaptive", "border"]

REMOVING: tuple[RemoveBackground, ...] = ("border", "adaptive", "otsu", "auto")

# A picture is transparent when this share of it lets more than half of the page through.
_SEEN_THROUGH = 0.001

# Noise of the border, in OKLab, from which on colours are averaged over 3 × 3 and over 5 × 5 px.
_NOISY = (0.015, 0.04)

# How far from the ground still is ground, in OKLab, from the least to the greatest strength.
_LEAST_TOLERANCE, _MOST_TOLERANCE = 0.025, 0.3

# Parts smaller than this, as a share of the picture and in px, are no subjects, and no holes in one.
_SPECK, _SPECK_PX = 0.0001, 6

# Local means of the background are taken over squares of which so many halves fit in the shorter side.
_PARTS_ACROSS = 16

# How often the ground may be flooded further, and how little of the picture a flood gains when it has come to rest.
_FLOODS, _STILL = 5, 0.001

# A background is believed in when this much of the border agrees with it, the subject's share of the picture is between
# these, and its pixels within so many px of the edge are typically so many times farther from the ground than those
# beyond the edge.
_EXPLAINED, _SMALLEST, _LARGEST, _EDGE_PX, _CLEAR = 0.7, 0.002, 0.9, 4, 4.0


class SubjectParams(Params):
    """Taking away the picture's own background."""

    remove_background: RemoveBackground = param(
        "none",
        "Draw only the subject. The background is what is transparent (auto), what is of one lightness (Otsu), what "
        "varies slowly (adaptive), or what looks like the border and hangs together with it (border); auto finds out.",
        group="Subject",
    )
    background_strength: float = param(
        0.5,
        "How different from the background something may be and still be taken away.",
        group="Subject",
        ge=0,
        le=1,
        step=0.01,
        needs={"remove_background": REMOVING},
    )
    background_invert: bool = param(
        False, "Draw the background instead.", group="Subject", needs={"remove_background": REMOVING}
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Subject:
    """Where the subject is.

    Attributes
    ----------
    coverage : (H, W) uint8 or None
        255 where it is subject, 0 where background, between where it is partly transparent; None: all is subject.
    """

    coverage: NDArray[np.uint8] | None


EVERYTHING = Subject(None)


def subject(
    source: Source,
    *,
    remove_background: RemoveBackground,
    background_strength: float,
    background_invert: bool,
    background: Color,
) -> Subject:
    """What is drawn of the picture."""
    if remove_background == "none":
        return EVERYTHING
    alpha = _real_alpha(source.pixels)
    if remove_background == "auto" and alpha is not None:
        coverage: NDArray[np.uint8] | None = alpha
    else:
        mask = _mask(source, remove_background, background_strength, background)
        coverage = None if mask is None else mask * np.uint8(255)
        if coverage is not None and alpha is not None:
            coverage = np.minimum(coverage, alpha)
    if coverage is None:
        return EVERYTHING
    return Subject(255 - coverage if background_invert else coverage)


def widened(subject: Subject, reach_px: int) -> Subject:
    """The subject with a rim, for contours: they run along its edge, half a pixel to this side or that."""
    if subject.coverage is None:
        return subject
    from vec2art_nb.kernels.subject import widened as widened_coverage

    return Subject(widened_coverage(subject.coverage, reach_px))


def _real_alpha(pixels: NDArray[np.uint8 | np.uint16]) -> NDArray[np.uint8] | None:
    """The alpha channel in 8 bits, where some of the picture can be seen through."""
    if pixels.shape[2] < 4:
        return None
    alpha = pixels[:, :, 3]
    full = int(np.iinfo(pixels.dtype).max)
    if (alpha < full // 2).mean() < _SEEN_THROUGH:
        return None
    return ((alpha.astype(np.uint32) * 255 + full // 2) // full).astype(np.uint8)


def _mask(source: Source, method: RemoveBackground, strength: float, background: Color) -> NDArray[np.uint8] | None:
    """1 where subject, 0 where background; None where there is no background to be believed in."""
    from vec2art_nb.kernels.oklab import oklab

    if method == "otsu":
        return _by_lightness(lightness(source, background=background).values, strength)
    lab = oklab(source.pixels, rgb(background))
    ground = ground_of(lab)
    smoothed = _smoothed(lab, ground.noise)
    if method == "auto":
        mask, distance = _by_border(smoothed, ground, strength)
        if not _is_believable(ground, mask, distance, _tolerance(ground.noise, strength)):
            return None
    if smoothed is not lab:
        # What is left of the noise is what a subject must stand out from.
        ground = ground_of(smoothed)
    if method == "adaptive":
        return _by_local_ground(smoothed, ground, strength)
    return _by_border(smoothed, ground, strength)[0]


def _smoothed(lab: NDArray[np.float32], noise: float) -> NDArray[np.float32]:
    """Means over small squares where there is noise: it must not look like a subject."""
    from vec2art_nb.kernels.subject import local_mean

    radius = sum(noise > limit for limit in _NOISY)
    return local_mean(lab, np.ones(lab.shape[:2], np.uint8), radius) if radius else lab


def _tolerance(noise: float, strength: float) -> float:
    """How far from the ground still is ground, in OKLab: in equal factors from what can just be told to a lot."""
    low = max(_LEAST_TOLERANCE, 2 * noise)
    high = max(_MOST_TOLERANCE, 3 * low)
    # Not the power function, whose last digit is the mathematical library's.
    return low + (high - low) * strength * strength * strength


def _cleaned(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    from vec2art_nb.kernels.subject import without_small

    return without_small(mask, max(_SPECK_PX, round(_SPECK * mask.size)))


def _by_lightness(values: NDArray[np.int16], strength: float) -> NDArray[np.uint8]:
    """Otsu's threshold; the side that has more of the border is background."""
    # L* × 256 in steps of half an L*.
    levels = (values >> 7).astype(np.uint8)
    counts = np.bincount(levels.ravel(), minlength=256).astype(np.int64)
    threshold = otsu(counts)
    edge = np.concatenate([levels[0], levels[-1], levels[1:-1, 0], levels[1:-1, -1]])
    ground_is_light = bool(2 * int((edge > threshold).sum()) >= len(edge))
    value = np.arange(256)
    is_ground = (value > threshold) == ground_is_light
    means = [float((counts * value)[side].sum()) / max(int(counts[side].sum()), 1) for side in (is_ground, ~is_ground)]
    # From the mean of the ground by way of Otsu's threshold to the mean of the subject.
    middle = threshold + 0.5
    end, share = (means[1], 2 * strength - 1) if strength > 0.5 else (means[0], 1 - 2 * strength)
    limit = middle + (end - middle) * share
    return _cleaned(((levels < limit) if ground_is_light else (levels > limit)).astype(np.uint8))


def otsu(counts: NDArray[np.int64]) -> int:
    """The level that best divides a histogram in two, itself in the lower part (Otsu 1979)."""
    below, total = np.cumsum(counts), int(counts.sum())
    first = np.cumsum(counts * np.arange(len(counts)))
    above = total - below
    apart = first.astype(np.float64) * total - float(first[-1]) * below
    between = apart * apart / np.maximum(below.astype(np.float64) * above, 1)
    best = np.flatnonzero(between == between.max())
    # Between two peaks with nothing in between every level is as good: the middle one.
    return int(best[len(best) // 2])


def _by_border(
    lab: NDArray[np.float32], ground: Ground, strength: float
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """What cannot be reached from the border without crossing something that is not like it; and how unlike all is.

    What was reached tells what the ground looks like a little farther on, so the flood is let loose again some times.
    """
    from vec2art_nb.kernels.subject import distance_from_around, flooded, without_fringe

    distance, tolerance = ground.distance(lab), _tolerance(ground.noise, strength)
    found = flooded(distance, tolerance)
    reached, radius = int(found.sum()), max(2, min(lab.shape[:2]) // _PARTS_ACROSS)
    for _ in range(_FLOODS):
        distance = distance_from_around(lab, found, radius, distance, only_nearer=True)
        found = flooded(distance, tolerance)
        before, reached = reached, int(found.sum())
        if reached - before <= _STILL * found.size:
            break
    return _cleaned(without_fringe(1 - found, distance)), distance


def _by_local_ground(lab: NDArray[np.float32], ground: Ground, strength: float) -> NDArray[np.uint8]:
    """What differs from the mean of the background round it, which is looked for again with what was found."""
    from vec2art_nb.kernels.subject import distance_from_around, without_fringe

    tolerance = _tolerance(ground.noise, strength)
    distance = ground.distance(lab)
    radius = max(2, 2 * min(lab.shape[:2]) // _PARTS_ACROSS)
    for _ in range(3):
        ground_here = (distance <= tolerance).view(np.uint8)
        distance = distance_from_around(lab, ground_here, radius, distance, only_nearer=False)
    return _cleaned(without_fringe((distance > tolerance).astype(np.uint8), distance))


def _is_believable(ground: Ground, mask: NDArray[np.uint8], distance: NDArray[np.float32], tolerance: float) -> bool:
    """Whether the border is mostly of one ground, and the subject unlike it, of some size and with a clear edge."""
    from vec2art_nb.kernels.subject import widened

    if ground.explained < _EXPLAINED or not _SMALLEST <= float(mask.mean()) <= _LARGEST:
        return False
    if float(np.median(distance[mask == 1])) < tolerance:
        return False
    inner = distance[(mask == 1) & (widened(1 - mask, _EDGE_PX) == 1)]
    outer = distance[(mask == 0) & (widened(mask, _EDGE_PX) == 1)]
    return float(np.median(inner)) >= _CLEAR * max(float(np.median(outer)), _LEAST_TOLERANCE / 5)
