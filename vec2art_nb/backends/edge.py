"""Edge: the contours of the picture as pen strokes.

Lightness, gradient, non-maximum suppression with sub-pixel positions, hysteresis (Canny 1986; Devernay 1995), linking
into strokes, simplification (Douglas and Peucker 1973) and Bézier fitting (Schneider 1990).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.backends import Backend
from vec2art_nb.backends.stages.curves import CurveParams, Curves, Strokes, curves
from vec2art_nb.backends.stages.denoising import DenoiseParams, denoised
from vec2art_nb.backends.stages.ink import Ink, InkParams, ink
from vec2art_nb.backends.stages.page import Lightness, PageParams, lightness
from vec2art_nb.drawing import Drawing, PathLayer, Style
from vec2art_nb.image import Source
from vec2art_nb.params import Color, param

if TYPE_CHECKING:
    from vec2art_nb.kernels import edges as kernel_edges


class EdgeParams(CurveParams, InkParams, DenoiseParams, PageParams):
    """What can be turned in an edge drawing. Lengths are pixels of the source picture."""

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
    min_length_px: float = param(
        12.0, "Shortest stroke that is kept.", group="Edges", ge=0, le=10_000, soft=(0, 100), step=1, unit="px"
    )
    stroke_width: float = param(
        1.2, "Width of the pen.", group="Ink", gt=0, le=1000, soft=(0.1, 8), step=0.1, unit="px"
    )


# --- what the stages make ---------------------------------------------------------------------------------------------


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


def gradient(denoised: Lightness, *, blur_sigma: float) -> Gradient:
    """How lightness changes, at the scale of the blur."""
    from vec2art_nb.kernels.gradient import gaussian_gradient

    return Gradient(*gaussian_gradient(denoised.values, blur_sigma))


def edge_points(gradient: Gradient) -> EdgePoints:
    """Where the gradient is greatest across the edge."""
    from vec2art_nb.kernels.edges import edge_points as maxima

    return EdgePoints(*maxima(gradient.dx, gradient.dy))


def edge_scale(edge_points: EdgePoints, gradient: Gradient) -> EdgeScale:
    """How strong the noise and the edges of this picture are."""
    from vec2art_nb.kernels import edges

    return EdgeScale(edges.edge_scale(edge_points.strength, gradient.dx, gradient.dy))


def edges(edge_points: EdgePoints, edge_scale: EdgeScale, *, detail: float) -> EdgeMask:
    """Edge points that are strong, or connected to strong ones."""
    from vec2art_nb.kernels.edges import hysteresis

    return EdgeMask(hysteresis(edge_points.strength, *edge_scale.measured.thresholds(detail)))


def chains(edges: EdgeMask, edge_points: EdgePoints, gradient: Gradient) -> Strokes:
    """Edge points linked along the contour."""
    from vec2art_nb.kernels.strokes import link_strokes

    return Strokes(*link_strokes(edges.values, gradient.dx, gradient.dy, edge_points.shift))


def strokes(chains: Strokes, *, min_length_px: float) -> Strokes:
    """The chains that are long enough to draw."""
    from vec2art_nb.kernels.strokes import Chains, drop_short

    return Strokes(*drop_short(Chains(chains.points, chains.offsets, chains.closed), min_length_px))


def drawing(curves: Curves, ink: Ink, source: Source, *, stroke_width: float, background: Color, page: bool) -> Drawing:
    """The strokes in ink on the page."""
    styles = ink.choice[curves.strokes]
    layer = PathLayer("strokes", curves.points, curves.codes, curves.offsets, styles, curves.closed, curves.widths)
    notes = (
        ()
        if len(layer)
        else ("No edge is strong and long enough: raise detail, or lower min_length_px or blur_sigma.",)
    )
    return Drawing(
        size=(source.width, source.height),
        layers=(layer,),
        styles=tuple(Style(stroke=color, fill=None, width=stroke_width) for color in ink.colors),
        background=background if page else None,
        notes=notes,
    )


BACKEND = Backend(
    name="edge",
    title="Contours as pen strokes",
    Params=EdgeParams,
    stages=(lightness, denoised, gradient, edge_points, edge_scale, edges, chains, strokes, curves, ink, drawing),
    presets={
        "fine": {"detail": 0.7, "blur_sigma": 0.9, "min_length_px": 8, "stroke_width": 0.7},
        "bold": {"detail": 0.25, "blur_sigma": 2.2, "min_length_px": 40, "stroke_width": 2.6, "simplify_px": 1.0},
        "blueprint": {"stroke_color": "#e8f0ff", "background": "#16407a", "stroke_width": 1.0},
        "crayon": {"color_source": "mean", "detail": 0.6, "blur_sigma": 1.0, "min_length_px": 8, "stroke_width": 1.6},
        "painterly": {"denoise": "bilateral", "color_source": "mean", "detail": 0.5, "stroke_width": 2.2},
    },
)
