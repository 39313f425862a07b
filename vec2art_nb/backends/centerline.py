"""Centerline: drawings, writing and diagrams as the strokes of the pen that made them.

Ink is told from page (Otsu 1979; Sauvola and Pietikäinen 2000), worn down to a skeleton (Guo and Hall 1989; Zhang and
Suen 1984; or the medial axis), which becomes a graph. Its edges go to the true middle of the ink, between the pixels;
through each crossing goes the best continuation, so that a stroke of the pen comes out as one path.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.backends import Backend
from vec2art_nb.backends.centerline_stages import (
    PenLines,
    SkeletonParams,
    ThresholdParams,
    branches,
    dark_ink,
    foreground,
    middles,
    pen_lines,
    skeleton,
    strokes,
    tones,
)
from vec2art_nb.backends.stages.curves import CurveParams, Curves, curves
from vec2art_nb.backends.stages.denoising import DenoiseParams, denoised
from vec2art_nb.backends.stages.hand import Hand, HandParams, hand
from vec2art_nb.backends.stages.ink import Ink, InkParams, ink, palette, stroke_layer
from vec2art_nb.backends.stages.page import PageParams, lightness
from vec2art_nb.backends.stages.subject import SubjectParams, subject
from vec2art_nb.drawing import Drawing, Style
from vec2art_nb.image import Source
from vec2art_nb.params import Color, param

Width = Literal["measured", "even", "fixed"]

# px; one width for all is rounded to this, so that it reads well in the SVG.
_EVEN_STEP = 0.05

# Points on either side, about a pixel apart.
_SHORTEST_BLOT, _LONGEST_BLOT = 2, 24


class CenterlineParams(
    ThresholdParams, SkeletonParams, CurveParams, InkParams, HandParams, SubjectParams, DenoiseParams, PageParams
):
    """What can be turned in a centre-line drawing. Lengths are pixels of the source picture."""

    simplify_px: float = param(
        0.4,
        "How far a stroke may leave the line that it follows.",
        group="Strokes",
        ge=0,
        le=100,
        soft=(0, 5),
        step=0.05,
        unit="px",
    )
    width: Width = param(
        "measured",
        "Each line as wide as the ink is along it; all as wide as most of the ink is; or all as wide as the pen.",
        group="Ink",
    )
    stroke_width: float = param(
        1.2,
        "Width of the pen.",
        group="Ink",
        gt=0,
        le=1000,
        soft=(0.1, 8),
        step=0.1,
        unit="px",
        needs={"width": "fixed"},
    )
    width_scale: float = param(
        1.0,
        "Lines are so many times as wide as the ink.",
        group="Ink",
        gt=0,
        le=100,
        soft=(0.1, 3),
        step=0.05,
        needs={"width": ("measured", "even")},
    )
    width_min_px: float = param(
        0.5,
        "No line is thinner than this.",
        group="Ink",
        ge=0,
        le=1000,
        soft=(0, 10),
        step=0.1,
        unit="px",
        needs={"width": "measured"},
    )
    width_max_px: float = param(
        100.0,
        "No line is wider than this.",
        group="Ink",
        gt=0,
        le=1000,
        soft=(0.5, 100),
        step=0.5,
        unit="px",
        needs={"width": "measured"},
    )


# --- stages -----------------------------------------------------------------------------------------------------------


def weighted(
    curves: Curves,
    pen_lines: PenLines,
    *,
    width: Width,
    width_scale: float,
    width_min_px: float,
    width_max_px: float,
    hand: Hand,
) -> Curves:
    """The curves with the width of the ink below them."""
    if width == "even" and hand != "none":
        even = np.full(len(curves.points), _even_width(pen_lines, width_scale), np.float32)
        return replace(curves, widths=even)
    if width != "measured":
        return curves
    from vec2art_nb.kernels.along import values_along

    half_widths = without_blots(pen_lines.half_widths, pen_lines.offsets)
    widths = np.clip(half_widths * np.float32(2 * width_scale), width_min_px, max(width_min_px, width_max_px))
    values = values_along(
        pen_lines.points, pen_lines.offsets, widths.astype(np.float32),
        curves.points, curves.codes, curves.offsets, curves.strokes,
    )  # fmt: skip
    return replace(curves, widths=values)


def without_blots(half_widths: NDArray[np.float32], offsets: NDArray[np.int64]) -> NDArray[np.float32]:
    """Widths along each stroke without peaks shorter than the pen is wide (a morphological opening along it).

    Where strokes meet, the ink is wider than any of them; a pen that follows it makes a blot.
    """
    from vec2art_nb.kernels.along import without_peaks

    return without_peaks(half_widths, offsets, _SHORTEST_BLOT, _LONGEST_BLOT)


def _even_width(pen_lines: PenLines, width_scale: float) -> float:
    """One width for all: as wide as half of the ink's length is at most."""
    if len(pen_lines.half_widths) == 0:
        return _EVEN_STEP
    most = float(np.median(pen_lines.half_widths)) * 2 * width_scale
    return max(round(most / _EVEN_STEP), 1) * _EVEN_STEP


def drawing(
    hand: Curves,
    pen_lines: PenLines,
    ink: Ink,
    source: Source,
    *,
    width: Width,
    stroke_width: float,
    width_scale: float,
    background: Color,
    page: bool,
) -> Drawing:
    """The strokes in ink on the page."""
    pen = _even_width(pen_lines, width_scale) if width == "even" else stroke_width
    layer = stroke_layer("strokes", hand, ink)
    notes = (
        ()
        if len(layer)
        else ("No ink is found: try another threshold or polarity, or lower despeckle_px2 and min_length_px.",)
    )
    return Drawing(
        size=(source.width, source.height),
        layers=(layer,),
        styles=tuple(Style(stroke=color, fill=None, width=pen) for color in ink.colors),
        background=background if page else None,
        notes=notes,
    )


BACKEND = Backend(
    name="centerline",
    title="Lines of ink as the pen's strokes",
    Params=CenterlineParams,
    stages=(
        lightness, denoised, subject, tones, dark_ink, foreground, skeleton, branches, middles, pen_lines, strokes,
        curves, weighted, hand, palette, ink, drawing,
    ),
    presets={
        "handwriting": {"threshold": "sauvola", "window_px": 41, "bridge_px": 5, "simplify_px": 0.3},
        "technical": {"width": "even", "corner_angle_deg": 40, "bridge_px": 4, "prune": 1.5, "simplify_px": 0.5},
        "scan": {"threshold": "sauvola", "window_px": 41, "despeckle_px2": 6, "fill_px2": 2},
        "logo": {"thinning": "medial_axis", "prune": 1.5, "despeckle_px2": 40, "fill_px2": 20, "simplify_px": 1.0},
        "calligraphy": {"thinning": "medial_axis", "prune": 1.4, "width_scale": 1.1, "simplify_px": 0.5},
        "plotter": {"width": "fixed", "stroke_width": 1.0, "min_length_px": 6},
    },
)  # fmt: skip
