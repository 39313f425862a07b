"""From lightness and colour to contours: gradients, edge points, chains, passes."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.backends.stages.curves import Strokes
from vec2art_nb.backends.stages.denoising import Denoise
from vec2art_nb.backends.stages.page import Lightness, rgb
from vec2art_nb.backends.stages.subject import Subject, widened
from vec2art_nb.image import Source
from vec2art_nb.params import Color, Params, param

if TYPE_CHECKING:
    from vec2art_nb.kernels import edges as kernel_edges
    from vec2art_nb.kernels import strokes as kernel_strokes

Multipass = Literal["none", "finer", "coarser"]

ThinLines = Literal["outlined", "dark", "light", "both"]

PASSING: tuple[Multipass, ...] = ("finer", "coarser")


class ContourParams(Params):
    """How contours are found."""

    detail: float = param(
        0.4,
        "How much is drawn: 0 only the strongest contours, 1 all that stands above the noise.",
        group="Edges",
        ge=0,
        le=1,
        step=0.01,
    )
    blur_sigma: float = param(
        1.2,
        "Width of the Gaussian whose derivative finds the edges; more ignores finer texture.",
        group="Edges",
        ge=0,
        le=20,
        soft=(0, 5),
        step=0.1,
        unit="px",
    )
    color_edges: float = param(
        0.0,
        "How much changes of colour count beside changes of lightness: finds edges between equally light colours.",
        group="Edges",
        ge=0,
        le=2,
        soft=(0, 1),
        step=0.05,
    )
    min_length_px: float = param(
        12.0, "Shortest stroke that is kept.", group="Edges", ge=0, le=10_000, soft=(0, 100), step=1, unit="px"
    )
    declutter: float = param(
        0.25,
        "How much longer, or stronger, a stroke has to be where many crowd: calms foliage, hair and grain.",
        group="Edges",
        ge=0,
        le=1,
        step=0.05,
    )
    bridge_px: float = param(
        4.0,
        "Strokes that go on in each other's direction are joined across gaps up to this; 0 joins none.",
        group="Edges",
        ge=0,
        le=50,
        soft=(0, 20),
        step=0.5,
        unit="px",
    )
    thin_lines: ThinLines = param(
        "outlined",
        "Thin lines have an edge on either side. Outlined draws both; dark, light or both draws these lines by one "
        "stroke along the middle.",
        group="Edges",
    )
    thin_line_px: float = param(
        4.0,
        "Lines up to this wide count as thin.",
        group="Edges",
        ge=1,
        le=40,
        soft=(1, 12),
        step=0.5,
        unit="px",
        needs={"thin_lines": ("dark", "light", "both")},
    )
    multipass: Multipass = param(
        "none",
        "Draw again at other scales, only what is not yet drawn: finer adds detail, coarser adds soft edges.",
        group="Passes",
    )
    passes: int = param(2, "How many passes in all.", group="Passes", ge=2, le=4, needs={"multipass": PASSING})
    pass_scale: float = param(
        1.8,
        "How many times finer, or coarser, the blur of each further pass is.",
        group="Passes",
        ge=1,
        le=10,
        soft=(1, 4),
        step=0.1,
        needs={"multipass": PASSING},
    )
    pass_detail: float = param(
        0.1,
        "How much more detail each further pass looks for.",
        group="Passes",
        ge=-1,
        le=1,
        soft=(-0.3, 0.6),
        step=0.05,
        needs={"multipass": PASSING},
    )


# --- what the stages make ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Chroma:
    """The two channels of colour in the units of lightness, times the weight of colour, or None: lightness decides.

    Attributes
    ----------
    planes : two (H, W) int16 or None
    """

    planes: tuple[NDArray[np.int16], NDArray[np.int16]] | None


NO_CHROMA = Chroma(None)


@dataclass(frozen=True, eq=False)
class Gradient:
    """Change of lightness along x and y, in units of :func:`vec2art_nb.kernels.gradient.units`; int16, (H, W) each."""

    dx: NDArray[np.int16]
    dy: NDArray[np.int16]


@dataclass(frozen=True, eq=False)
class EdgePoints:
    """Maxima of the gradient: its magnitude there, else 0, and the sub-pixel shift in 1/128 px; (H, W) each."""

    strength: NDArray[np.uint16]
    shift: NDArray[np.int8]


@dataclass(frozen=True, eq=False)
class EdgeScale:
    """See :class:`vec2art_nb.kernels.edges.EdgeScale`."""

    measured: kernel_edges.EdgeScale


@dataclass(frozen=True, eq=False)
class EdgeMask:
    """1 where an edge point is drawn, else 0; uint8, (H, W)."""

    values: NDArray[np.uint8]


# --- stages -----------------------------------------------------------------------------------------------------------


def chroma(
    source: Source,
    *,
    color_edges: float,
    denoise: Denoise,
    denoise_radius_px: int,
    denoise_contrast: float,
    background: Color,
) -> Chroma:
    """Colour, where it counts."""
    if color_edges == 0 or source.pixels.shape[2] == 1:
        return NO_CHROMA
    from vec2art_nb.kernels.color_gradient import chroma_planes
    from vec2art_nb.kernels.oklab import oklab

    first, second = chroma_planes(oklab(source.pixels, rgb(background)), color_edges)
    if denoise == "bilateral":
        from vec2art_nb.kernels.denoise import bilateral

        contrast = denoise_contrast * color_edges
        first, second = (bilateral(plane, denoise_radius_px, contrast) for plane in (first, second))
    return Chroma((first, second))


def gradient(denoised: Lightness, chroma: Chroma, *, blur_sigma: float) -> Gradient:
    """How lightness and colour change, at the scale of the blur."""
    from vec2art_nb.kernels.gradient import gaussian_gradient

    of_lightness = gaussian_gradient(denoised.values, blur_sigma)
    if chroma.planes is None:
        return Gradient(*of_lightness)
    from vec2art_nb.kernels.color_gradient import color_gradient

    return Gradient(*color_gradient([of_lightness, *(gaussian_gradient(plane, blur_sigma) for plane in chroma.planes)]))


def edge_points(gradient: Gradient, subject: Subject, *, blur_sigma: float) -> EdgePoints:
    """Where the gradient is greatest across the edge, in the subject and on its outline."""
    from vec2art_nb.kernels.edges import edge_points as maxima

    strength, shift = maxima(gradient.dx, gradient.dy)
    # Blur may move the outline's edge points outwards by as much.
    coverage = widened(subject, ceil(blur_sigma) + 1).coverage
    if coverage is not None:
        strength *= coverage >= 128
    return EdgePoints(strength, shift)


def edge_scale(edge_points: EdgePoints, gradient: Gradient) -> EdgeScale:
    """How strong the noise and the edges of this picture are."""
    from vec2art_nb.kernels import edges

    return EdgeScale(edges.edge_scale(edge_points.strength, gradient.dx, gradient.dy))


def edges(directed: EdgePoints, edge_scale: EdgeScale, *, detail: float) -> EdgeMask:
    """Edge points that are strong, or connected to strong ones."""
    from vec2art_nb.kernels.edges import hysteresis

    return EdgeMask(hysteresis(directed.strength, *edge_scale.measured.thresholds(detail)))


def linked(edges: EdgeMask, edge_points: EdgePoints, gradient: Gradient) -> Strokes:
    """Edge points linked along the contour."""
    from vec2art_nb.kernels.strokes import link_strokes

    return Strokes(*link_strokes(edges.values, gradient.dx, gradient.dy, edge_points.shift))


def lines(chains: Strokes, gradient: Gradient, *, thin_lines: ThinLines, thin_line_px: float) -> Strokes:
    """Chains, and one in the middle of a thin line in place of two."""
    if thin_lines == "outlined":
        return chains
    from vec2art_nb.kernels.thin_lines import middle_lines

    dark, light = thin_lines != "light", thin_lines != "dark"
    return Strokes(*middle_lines(as_chains(chains), gradient.dx, gradient.dy, thin_line_px, dark, light))


def joined(lines: Strokes, source: Source, *, bridge_px: float) -> Strokes:
    """Chains joined to those that go on in their direction."""
    if bridge_px == 0:
        return lines
    from vec2art_nb.kernels.continuation import join_strokes

    return Strokes(*join_strokes(as_chains(lines), bridge_px, (source.height, source.width)))


def kept(joined: Strokes, strengths: Gradient, *, min_length_px: float, declutter: float) -> Strokes:
    """The chains that are long enough to draw, and do not drown in a crowd of others."""
    from vec2art_nb.kernels.clutter import keep_contours

    return Strokes(*keep_contours(as_chains(joined), strengths.dx, strengths.dy, min_length_px, declutter))


def contours(
    kept: Strokes,
    denoised: Lightness,
    chroma: Chroma,
    subject: Subject,
    source: Source,
    *,
    multipass: Multipass,
    passes: int,
    pass_scale: float,
    pass_detail: float,
    blur_sigma: float,
    detail: float,
    thin_lines: ThinLines,
    thin_line_px: float,
    bridge_px: float,
    min_length_px: float,
    declutter: float,
) -> Strokes:
    """What was found, and what further passes add to it."""
    if multipass == "none":
        return kept
    from vec2art_nb.kernels.passes import drawn_mask, together, undrawn_parts
    from vec2art_nb.kernels.strokes import drop_short

    found = latest = as_chains(kept)
    drawn = np.zeros((source.height, source.width), np.uint8)
    factor = pass_scale if multipass == "coarser" else 1 / pass_scale
    latest_sigma = blur_sigma
    for turn in range(1, passes):
        sigma = min(blur_sigma * factor**turn, _WIDEST_BLUR)
        # The same contour lies elsewhere after another blur, by a part of the wider one.
        radius = _BESIDE_PX + ceil(max(latest_sigma, sigma) / 2)
        drawn_mask(latest, radius, drawn)
        change = gradient(denoised, chroma, blur_sigma=sigma)
        points = edge_points(change, subject, blur_sigma=sigma)
        more = min(max(detail + pass_detail * turn, 0.0), 1.0)
        mask = edges(points, edge_scale(points, change), detail=more)
        further = lines(linked(mask, points, change), change, thin_lines=thin_lines, thin_line_px=thin_line_px)
        further = joined(further, source, bridge_px=bridge_px)
        further = kept_again(further, change, min_length_px=min_length_px, declutter=declutter)
        latest = drop_short(undrawn_parts(as_chains(further), drawn, radius), min_length_px)
        latest_sigma = sigma
        found = together(found, latest)
    return Strokes(*found)


# Its own name is a result's in `contours`.
kept_again = kept

# Strokes this near to a drawn one, and running along it, are the same contour.
_BESIDE_PX = 1

_WIDEST_BLUR = 20.0


def as_chains(strokes: Strokes) -> kernel_strokes.Chains:
    """Strokes as kernels take them."""
    from vec2art_nb.kernels.strokes import Chains

    return Chains(strokes.points, strokes.offsets, strokes.closed)
