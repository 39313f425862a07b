"""Edge: the contours of the picture as pen strokes.

Lightness, gradient, non-maximum suppression with sub-pixel positions, hysteresis (Canny 1986; Devernay 1995), linking
into strokes by good continuation, simplification (Douglas and Peucker 1973) and Bézier fitting (Schneider 1990).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.backends import Backend
from vec2art_nb.backends.stages.contours import (
    ContourParams,
    EdgeScale,
    Gradient,
    chroma,
    contours,
    edge_points,
    edge_scale,
    edges,
    gradient,
    joined,
    kept,
    lines,
    linked,
)
from vec2art_nb.backends.stages.curves import CurveParams, Curves, Strokes, curves
from vec2art_nb.backends.stages.denoising import DenoiseParams, denoised
from vec2art_nb.backends.stages.flow import (
    FlowParams,
    HatchParams,
    chains,
    directed,
    flow,
    flow_lines,
    flow_response,
    forms,
    strengths,
    strokes,
)
from vec2art_nb.backends.stages.hand import Hand, HandParams, hand
from vec2art_nb.backends.stages.ink import Ink, InkParams, ink, palette, stroke_layer
from vec2art_nb.backends.stages.page import PageParams, lightness
from vec2art_nb.backends.stages.subject import SubjectParams, subject
from vec2art_nb.drawing import Drawing, Style
from vec2art_nb.image import Source
from vec2art_nb.params import Color, param

LineWeight = Literal["uniform", "strokes", "varying"]

# The pens for weak and strong contours, as multiples of the nominal width, and where each begins.
_PENS = (0.35, 0.6, 0.9, 1.25, 1.6)
_BETWEEN_PENS = np.array([0.45, 0.75, 1.1, 1.45], np.float32)

# Points on either side over which the strength of a contour is evened out: a hand changes its pressure slowly.
_EVEN_POINTS = 8


class PenParams(HandParams):
    """The pen that draws contours."""

    stroke_width: float = param(
        1.2, "Width of the pen.", group="Ink", gt=0, le=1000, soft=(0.1, 8), step=0.1, unit="px"
    )
    line_weight: LineWeight = param(
        "strokes",
        "What stronger contours are drawn with: the same pen (uniform), a broader pen for each stroke (strokes), or "
        "one that is pressed harder along the stroke (varying).",
        group="Ink",
    )
    weight_range: float = param(
        0.8,
        "How much broader stronger contours are; 0 not at all.",
        group="Ink",
        ge=0,
        le=1,
        step=0.05,
        needs={"line_weight": ("strokes", "varying")},
    )
    taper_px: float = param(
        10.0,
        "Over which length open ends grow thin; 0 leaves them blunt.",
        group="Ink",
        ge=0,
        le=1000,
        soft=(0, 60),
        step=1,
        unit="px",
        label="tapered ends",
        needs={"line_weight": "varying", "hand": "none"},
    )


class ContourCurveParams(CurveParams):
    """Curves that stay nearer to the contour: what was measured at sub-pixel places is worth it."""

    simplify_px: float = param(
        0.5,
        "How far a stroke may leave the line that it follows.",
        group="Strokes",
        ge=0,
        le=100,
        soft=(0, 5),
        step=0.05,
        unit="px",
    )
    corner_angle_deg: float = param(
        45.0,
        "Turns sharper than this stay corners.",
        group="Strokes",
        ge=0,
        le=180,
        step=1,
        unit="°",
        needs={"smooth": True},
    )


class EdgeParams(
    ContourParams,
    FlowParams,
    HatchParams,
    ContourCurveParams,
    PenParams,
    InkParams,
    SubjectParams,
    DenoiseParams,
    PageParams,
):
    """What can be turned in an edge drawing. Lengths are pixels of the source picture."""


@dataclass(frozen=True, eq=False)
class Pens:
    """The pen of each stroke.

    Attributes
    ----------
    widths : tuple of float
        px, of the pens from the thinnest on.
    choice : (S,) uint8
        The pen of each stroke.
    """

    widths: tuple[float, ...]
    choice: NDArray[np.uint8]


def pens(
    strokes: Strokes,
    strengths: Gradient,
    edge_scale: EdgeScale,
    *,
    line_weight: LineWeight,
    weight_range: float,
    stroke_width: float,
) -> Pens:
    """A broader pen for stronger contours."""
    count = len(strokes.closed)
    if line_weight != "strokes" or weight_range == 0:
        return Pens((stroke_width,), np.zeros(count, np.uint8))
    from vec2art_nb.kernels.contrast import mean_contrast, relative_width

    contrast = mean_contrast(strokes.points, strokes.offsets, strengths.dx, strengths.dy)
    wanted = relative_width(contrast, edge_scale.measured.strong)
    choice = np.searchsorted(_BETWEEN_PENS, wanted).astype(np.uint8)
    return Pens(tuple(stroke_width * (1 + weight_range * (pen - 1)) for pen in _PENS), choice)


def weighted(
    curves: Curves,
    strokes: Strokes,
    pens: Pens,
    strengths: Gradient,
    edge_scale: EdgeScale,
    *,
    line_weight: LineWeight,
    weight_range: float,
    taper_px: float,
    stroke_width: float,
    hand: Hand,
) -> Curves:
    """Curves by a pen that is pressed harder where the contour is stronger, and lifted at the ends."""
    if hand != "none" and len(pens.widths) > 1:
        # A hand varies the pen that it is given.
        of_path = np.array(pens.widths, np.float32)[pens.choice[curves.strokes]]
        return replace(curves, widths=np.repeat(of_path, np.diff(curves.offsets)))
    if line_weight != "varying" or not len(strokes.closed):
        return curves
    from vec2art_nb.kernels.along import values_along
    from vec2art_nb.kernels.contrast import pen_widths, stroke_contrast

    chains = strokes.points, strokes.offsets, strokes.closed
    contrast = stroke_contrast(*chains, strengths.dx, strengths.dy, _EVEN_POINTS)
    widths = pen_widths(
        *chains, contrast, edge_scale.measured.strong, weight_range, 0.0 if hand != "none" else taper_px
    )
    widths *= np.float32(stroke_width)
    placed = values_along(*chains[:2], widths, curves.points, curves.codes, curves.offsets, curves.strokes)
    return replace(curves, widths=placed)


def drawing(hand: Curves, pens: Pens, ink: Ink, source: Source, *, background: Color, page: bool) -> Drawing:
    """The strokes in ink on the page, one pen after the other."""
    ordered = hand
    if len(pens.widths) > 1:
        # A pen at a time: then all that one pen draws in one colour is one shape in the SVG.
        ordered = in_order(hand, np.argsort(pens.choice[hand.strokes], kind="stable"))
    of_pen = np.repeat(pens.choice.astype(np.int32), ink.stops) * np.int32(len(ink.colors))
    layer = stroke_layer("strokes", ordered, replace(ink, choice=ink.choice + of_pen))
    return Drawing(
        size=(source.width, source.height),
        layers=(layer,),
        styles=tuple(Style(stroke=color, fill=None, width=width) for width in pens.widths for color in ink.colors),
        background=background if page else None,
        notes=() if len(layer) else (_NOTHING,),
    )


def in_order(curves: Curves, order: NDArray[np.intp]) -> Curves:
    """The same paths in another order."""
    counts = np.diff(curves.offsets)[order]
    offsets = np.zeros_like(curves.offsets)
    np.cumsum(counts, out=offsets[1:])
    index = np.repeat(curves.offsets[order] - offsets[:-1], counts)
    index += np.arange(len(index))
    # Not by brackets: taking whole rows is several times as fast.
    return Curves(
        curves.points.take(index, axis=0),
        curves.codes.take(index),
        offsets,
        curves.closed[order],
        curves.strokes[order],
        None if curves.widths is None else curves.widths.take(index),
    )


_NOTHING = "No edge is strong and long enough: raise detail, or lower min_length_px, declutter or blur_sigma."

BACKEND = Backend(
    name="edge",
    title="Contours as pen strokes",
    Params=EdgeParams,
    stages=(
        subject,
        lightness,
        denoised,
        chroma,
        gradient,
        edge_points,
        edge_scale,
        directed,
        edges,
        linked,
        flow,
        flow_response,
        flow_lines,
        strengths,
        chains,
        lines,
        joined,
        kept,
        contours,
        forms,
        strokes,
        curves,
        pens,
        weighted,
        hand,
        palette,
        ink,
        drawing,
    ),
    presets={
        "fine": {
            "detail": 0.65,
            "blur_sigma": 0.9,
            "min_length_px": 8,
            "declutter": 0.1,
            "stroke_width": 0.7,
            "line_weight": "varying",
            "taper_px": 8,
        },
        "bold": {
            "detail": 0.25,
            "blur_sigma": 2.2,
            "min_length_px": 40,
            "stroke_width": 2.8,
            "line_weight": "varying",
            "taper_px": 20,
        },
        "ink": {"line_weight": "varying", "weight_range": 1.0, "taper_px": 30, "stroke_width": 1.6, "detail": 0.5},
        "comic": {
            "thin_lines": "both",
            "blur_sigma": 1.6,
            "detail": 0.4,
            "declutter": 0.35,
            "line_weight": "varying",
            "weight_range": 1.0,
            "taper_px": 24,
            "stroke_width": 2.4,
        },
        "minimal": {
            "detail": 0.3,
            "blur_sigma": 2.0,
            "declutter": 0.8,
            "min_length_px": 30,
            "line_weight": "uniform",
            "stroke_width": 2.0,
            "thin_lines": "both",
            "thin_line_px": 6,
            "simplify_px": 1.0,
        },
        "coherent": {"method": "fdog", "line_weight": "varying"},
        "engraving": {"method": "flow", "hatching": True, "line_weight": "varying"},
        "pencil": {
            "hand": "sketchy",
            "stroke_color": "#4a4a52",
            "stroke_width": 0.9,
            "detail": 0.5,
            "min_length_px": 16,
            "line_weight": "varying",
        },
        "brush": {
            "hand": "medium",
            "thin_lines": "both",
            "stroke_width": 2.6,
            "blur_sigma": 1.8,
            "min_length_px": 24,
            "declutter": 0.35,
            "line_weight": "varying",
            "weight_range": 1.0,
        },
        "blueprint": {
            "stroke_color": "#e8f0ff",
            "background": "#16407a",
            "stroke_width": 1.0,
            "line_weight": "uniform",
            "detail": 0.5,
        },
        "chalk": {
            "stroke_color": "#f1efe6",
            "background": "#25332d",
            "line_weight": "varying",
            "taper_px": 6,
            "stroke_width": 1.8,
            "multipass": "finer",
        },
        "crayon": {
            "color_source": "gradient",
            "color_edges": 0.6,
            "detail": 0.6,
            "blur_sigma": 1.0,
            "min_length_px": 8,
            "declutter": 0.1,
            "line_weight": "varying",
            "stroke_width": 2.0,
        },
        "painterly": {
            "denoise": "bilateral",
            "color_source": "gradient",
            "color_edges": 1.0,
            "multipass": "finer",
            "passes": 3,
            "blur_sigma": 2.4,
            "detail": 0.5,
            "declutter": 0.0,
            "line_weight": "varying",
            "weight_range": 1.0,
            "taper_px": 20,
            "stroke_width": 4.0,
        },
    },
)
