"""From pixels to pen lines: what is ink, its skeleton, the middle of its lines, one stroke for each of the pen's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.backends.stages.curves import Strokes
from vec2art_nb.backends.stages.page import Lightness
from vec2art_nb.backends.stages.subject import Subject
from vec2art_nb.image import Source
from vec2art_nb.params import Params, param

if TYPE_CHECKING:
    from vec2art_nb.kernels.centering import Centered
    from vec2art_nb.kernels.skeleton_graph import SkeletonGraph

Threshold = Literal["otsu", "sauvola", "adaptive", "fixed"]
Polarity = Literal["auto", "dark", "light"]
Thinning = Literal["guo_hall", "zhang_suen", "medial_axis"]

LOCAL = ("sauvola", "adaptive")

# L* by which ink must be darker than the mean, for one unit of sensitivity.
_ADAPTIVE_SPAN = 50.0


class ThresholdParams(Params):
    """What counts as ink."""

    threshold: Threshold = param(
        "otsu",
        "What counts as ink: darker than one level, found by Otsu's method or fixed; or darker than its neighbourhood, "
        "by Sauvola's method or the mean, for pages that are unevenly lit.",
        group="Threshold",
    )
    threshold_level: float = param(
        50.0,
        "Ink is darker than this lightness (L*); for light ink, 100 less this.",
        group="Threshold",
        ge=0,
        le=100,
        step=0.5,
        needs={"threshold": "fixed"},
    )
    window_px: int = param(
        31,
        "Side of the neighbourhood; a few times the widest line.",
        group="Threshold",
        ge=3,
        le=1023,
        soft=(9, 151),
        step=2,
        unit="px",
        needs={"threshold": LOCAL},
    )
    sensitivity: float = param(
        0.2,
        "How far ink must stand out from its neighbourhood (Sauvola's k); less finds fainter ink, and more dirt.",
        group="Threshold",
        ge=0,
        le=1,
        soft=(0, 0.6),
        step=0.01,
        needs={"threshold": LOCAL},
    )
    polarity: Polarity = param("auto", "Dark ink on a light page, or light ink on a dark one.", group="Threshold")
    despeckle_px2: int = param(
        8, "Pieces of ink smaller than this are dirt.", group="Threshold", ge=0, le=10_000, soft=(0, 100), unit="px²"
    )
    fill_px2: int = param(
        4, "Smaller holes in the ink are filled.", group="Threshold", ge=0, le=10_000, soft=(0, 100), unit="px²"
    )


class SkeletonParams(Params):
    """How ink becomes strokes."""

    thinning: Thinning = param(
        "guo_hall",
        "How ink is worn down to lines. Guo and Hall's and Zhang and Suen's are fast; the medial axis follows lines of "
        "changing width best.",
        group="Skeleton",
    )
    prune: float = param(
        1.0,
        "Side branches that stand out less than this many half widths of their line are hairs and go.",
        group="Skeleton",
        ge=0,
        le=20,
        soft=(0, 4),
        step=0.05,
    )
    join_angle_deg: float = param(
        75.0,
        "At a crossing a stroke goes on where it turns least, if by no more than this.",
        group="Skeleton",
        ge=0,
        le=180,
        step=1,
        unit="°",
    )
    bridge_px: float = param(
        3.0,
        "Gaps in a line up to this long are bridged.",
        group="Skeleton",
        ge=0,
        le=1000,
        soft=(0, 30),
        step=0.5,
        unit="px",
    )
    min_length_px: float = param(
        4.0, "Shortest stroke that is kept.", group="Skeleton", ge=0, le=10_000, soft=(0, 100), step=1, unit="px"
    )


# --- what the stages make ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Tones:
    """How often each level of lightness occurs, and whether the ink is light; None where nobody wants to know.

    Attributes
    ----------
    counts : (256,) int64 or None
        See :func:`vec2art_nb.kernels.thresholds.histogram`.
    light : bool
    """

    counts: NDArray[np.int64] | None
    light: bool


@dataclass(frozen=True, eq=False)
class Foreground:
    """1 where there is ink, else 0; uint8, (H, W)."""

    values: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Skeleton:
    """The skeleton's pixels in scan order, (n,) int32, and their distances to the page in px, (n,) float32."""

    pixels: NDArray[np.int32]
    radii: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Branches:
    """See :class:`vec2art_nb.kernels.skeleton_graph.SkeletonGraph`."""

    graph: SkeletonGraph


@dataclass(frozen=True, eq=False)
class Middles:
    """See :class:`vec2art_nb.kernels.centering.Centered`."""

    edges: Centered


@dataclass(frozen=True, eq=False)
class PenLines:
    """One chain of points for each stroke of the pen; see :class:`vec2art_nb.kernels.joining.PenStrokes`."""

    points: NDArray[np.float32]
    half_widths: NDArray[np.float32]
    offsets: NDArray[np.int64]
    closed: NDArray[np.uint8]


# --- stages -----------------------------------------------------------------------------------------------------------


def tones(denoised: Lightness, *, threshold: Threshold, polarity: Polarity) -> Tones:
    """How light page and ink are."""
    from vec2art_nb.kernels.thresholds import histogram

    if polarity != "auto" and threshold != "otsu":
        return Tones(None, polarity == "light")
    counts, balance = histogram(denoised.values)
    light = balance > 0 if polarity == "auto" else polarity == "light"
    return Tones(counts[::-1].copy() if light else counts, light)


def dark_ink(denoised: Lightness, tones: Tones) -> Lightness:
    """The picture with its ink dark, whichever it was."""
    from vec2art_nb.kernels.thresholds import inverted

    return Lightness(inverted(denoised.values)) if tones.light else denoised


def foreground(
    dark_ink: Lightness,
    tones: Tones,
    subject: Subject,
    source: Source,
    *,
    threshold: Threshold,
    threshold_level: float,
    window_px: int,
    sensitivity: float,
    despeckle_px2: int,
    fill_px2: int,
) -> Foreground:
    """What counts as ink."""
    from vec2art_nb.kernels import thresholds
    from vec2art_nb.kernels.components import clear_specks

    values = dark_ink.values
    if threshold == "sauvola":
        mask = thresholds.sauvola(values, window_px, sensitivity)
    elif threshold == "adaptive":
        mask = thresholds.adaptive(values, window_px, sensitivity * _ADAPTIVE_SPAN)
    elif threshold == "otsu":
        assert tones.counts is not None  # `tones` reads the same parameter
        mask = thresholds.darker_than(values, thresholds.lightness_of_level(thresholds.otsu_level(tones.counts)))
    else:
        mask = thresholds.darker_than(values, round(threshold_level * 256))
    if source.has_alpha:
        # What shines through is page, also where the ink is light.
        mask &= source.pixels[:, :, 3] > np.iinfo(source.pixels.dtype).max // 2
    if subject.coverage is not None:
        mask &= subject.coverage >> 7
    clear_specks(mask, despeckle_px2, fill_px2)
    return Foreground(mask)


def skeleton(foreground: Foreground, *, thinning: Thinning) -> Skeleton:
    """The ink worn down to lines one pixel wide."""
    from vec2art_nb.kernels.distance import distances_at, squared_distances
    from vec2art_nb.kernels.medial import medial_axis
    from vec2art_nb.kernels.thinning import thinned

    mask = foreground.values
    pixels = medial_axis(mask, squared_distances(mask)) if thinning == "medial_axis" else thinned(mask, thinning)
    return Skeleton(pixels, distances_at(mask, pixels))


def branches(skeleton: Skeleton, foreground: Foreground, *, prune: float) -> Branches:
    """The skeleton as a graph, without hairs, with crossings that are one made one."""
    from vec2art_nb.kernels.skeleton_graph import skeleton_graph

    return Branches(skeleton_graph(skeleton.pixels, skeleton.radii, foreground.values.shape[1], prune))


def middles(branches: Branches, skeleton: Skeleton, dark_ink: Lightness, foreground: Foreground) -> Middles:
    """The branches on the true middle of the ink, with its width."""
    from vec2art_nb.kernels.centering import centered

    return Middles(centered(branches.graph, skeleton.pixels, skeleton.radii, dark_ink.values, foreground.values))


def pen_lines(
    branches: Branches,
    middles: Middles,
    foreground: Foreground,
    *,
    join_angle_deg: float,
    bridge_px: float,
    min_length_px: float,
) -> PenLines:
    """One line for each stroke of the pen, through crossings and over gaps."""
    from vec2art_nb.kernels.joining import joined

    lines = joined(branches.graph, middles.edges, foreground.values, join_angle_deg, bridge_px, min_length_px)
    return PenLines(*lines)


def strokes(pen_lines: PenLines) -> Strokes:
    """The lines, whatever their width."""
    return Strokes(pen_lines.points, pen_lines.offsets, pen_lines.closed)
