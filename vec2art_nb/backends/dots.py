"""Dots: tone as many small marks, from stippling to halftone screens.

Tone becomes a demand for ink, dots are placed so that they meet it (stratified sampling, Poisson disks, capacity-
constrained Voronoi relaxation after Secord 2002 and de Goes et al. 2012, Linde–Buzo–Gray stippling after Deussen et al.
2017, or lattices), sized so that their area is that of the ink, turned, and coloured.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.backends import Backend
from vec2art_nb.backends.stages.denoising import DenoiseParams, denoised
from vec2art_nb.backends.stages.page import Lightness, PageParams, lightness, rgb
from vec2art_nb.backends.stages.palette import (
    Dither,
    PaletteMethod,
    PaletteParams,
    PaletteTable,
    painted,
    palette,
    palette_choice,
)
from vec2art_nb.backends.stages.placement import PlacementParams, Places, RadiusParams, places, relative_radius
from vec2art_nb.backends.stages.sampling import discs
from vec2art_nb.backends.stages.subject import SubjectParams, subject
from vec2art_nb.backends.stages.tone import ToneParams, darkness, demand
from vec2art_nb.drawing import Drawing, MarkLayer, Style
from vec2art_nb.drawing.layers import SHAPES
from vec2art_nb.drawing.shapes import area
from vec2art_nb.image import Source
from vec2art_nb.params import Color, Params, param

Shape = Literal["circle", "square", "diamond", "triangle", "hexagon", "cross", "line"]
AngleBy = Literal["fixed", "tangent", "gradient"]
ColorSource = Literal["ink", "mean"]

TURNING: tuple[Shape, ...] = ("square", "diamond", "triangle", "hexagon", "cross", "line")

# The radii of a drawing are multiples of the largest over this.
_SIZE_STEPS = 64

_SIZES, _TURNS = 3, 4  # streams of random numbers; the jitter of lattices has 1 and 2


class MarkParams(Params):
    """What a dot looks like."""

    radius_scale: float = param(
        1.0,
        "Radius of the dots, as a multiple of the one that gives the right tone.",
        group="Size",
        gt=0,
        le=20,
        soft=(0.3, 2.5),
        step=0.05,
    )
    radius_variation: float = param(0.0, "How much dots differ in size at random.", group="Size", ge=0, le=1, step=0.01)
    min_radius_px: float = param(
        0.0, "No dot is smaller.", group="Size", ge=0, le=1000, soft=(0, 5), step=0.1, unit="px"
    )
    max_radius_px: float = param(
        60.0, "No dot is larger.", group="Size", gt=0, le=10_000, soft=(0.2, 60), step=0.1, unit="px"
    )
    shape: Shape = param("circle", "The shape of the dots.", group="Shape")
    angle_by: AngleBy = param(
        "fixed",
        "Which way dots turn: all alike, along the contours of the picture, or across them.",
        group="Shape",
        needs={"shape": TURNING},
    )
    angle_deg: float = param(
        0.0,
        "How far dots are turned, clockwise.",
        group="Shape",
        ge=-360,
        le=360,
        soft=(0, 90),
        step=1,
        unit="°",
        needs={"shape": TURNING},
    )
    angle_variation_deg: float = param(
        0.0,
        "How far dots are turned at random, either way.",
        group="Shape",
        ge=0,
        le=180,
        step=1,
        unit="°",
        needs={"shape": TURNING},
    )
    flow_blur_px: float = param(
        6.0,
        "How far around the direction of the contours is smoothed.",
        group="Shape",
        ge=0,
        le=100,
        soft=(0, 30),
        step=0.5,
        unit="px",
        needs={"angle_by": ("tangent", "gradient")},
    )


class DotColorParams(PaletteParams):
    """What colour a dot has."""

    color_source: ColorSource = param(
        "ink", "One ink for all dots, or each in the mean colour of the picture below it.", group="Colour"
    )
    dot_color: Color = param("#1b1b1f", "The ink.", group="Colour", needs={"color_source": "ink"})
    opacity: float = param(1.0, "How opaque dots are.", group="Colour", gt=0, le=1, soft=(0.05, 1), step=0.01)
    palette: PaletteMethod = palette_choice(needs={"color_source": "mean"})


class DotsParams(
    PlacementParams, RadiusParams, MarkParams, ToneParams, DotColorParams, SubjectParams, DenoiseParams, PageParams
):
    """What can be turned in a drawing of dots. Lengths are pixels of the source picture."""


# --- what the stages make ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Dots:
    """Where dots are, and how large: (M, 2) and (M,) float32, px."""

    centers: NDArray[np.float32]
    radii: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Angles:
    """How far each dot is turned, degrees clockwise; (M,) float32."""

    degrees: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class DotColors:
    """A table of colours, and which of them each dot has: (M,) int32."""

    colors: tuple[str, ...]
    choice: NDArray[np.int32]


# --- stages -----------------------------------------------------------------------------------------------------------


def dots(
    places: Places,
    *,
    shape: Shape,
    radius_scale: float,
    radius_variation: float,
    min_radius_px: float,
    max_radius_px: float,
    seed: int,
) -> Dots:
    """Dots whose area is that of the ink."""
    sizes = places.relative.astype(np.float64)
    if radius_variation and len(sizes):
        from vec2art_nb.kernels.chance import shares

        sizes *= 1 + radius_variation * (2 * shares(seed, len(sizes), _SIZES) - 1) * 0.9
    unit = float(np.square(sizes).sum()) * area(shape)
    radii = sizes * (radius_scale * np.sqrt(places.ink_px / unit)) if unit else sizes
    # When the bounds contradict each other the upper one holds.
    np.minimum(np.maximum(radii, min_radius_px), max_radius_px, out=radii)
    drawn = radii > 0
    return Dots(places.points[drawn], _few_sizes(radii[drawn]))


def _few_sizes(radii: NDArray[np.float64]) -> NDArray[np.float32]:
    """At most 64 different radii, as far apart as the eye hardly sees: dots of one size are written together."""
    if not len(radii):
        return radii.astype(np.float32)
    smallest, largest = radii.min(), radii.max()
    step = max(largest / _SIZE_STEPS, 1e-9)
    if largest - smallest < step:
        return np.full(len(radii), np.sqrt(np.square(radii).mean()), np.float32)
    stepped: NDArray[np.float32] = (np.maximum(np.rint(radii / step), 1) * step).astype(np.float32)
    return stepped


def angles(
    dots: Dots,
    denoised: Lightness,
    *,
    shape: Shape,
    angle_by: AngleBy,
    angle_deg: float,
    angle_variation_deg: float,
    flow_blur_px: float,
    seed: int,
) -> Angles:
    """Which way the dots are turned."""
    degrees = np.zeros(len(dots.radii))
    if shape == "circle":
        return Angles(degrees.astype(np.float32))
    if angle_by != "fixed" and len(degrees):
        from vec2art_nb.kernels.directions import directions

        degrees = directions(denoised.values, dots.centers, flow_blur_px) + (90 if angle_by == "tangent" else 0)
    degrees = degrees + angle_deg
    if angle_variation_deg:
        from vec2art_nb.kernels.chance import shares

        degrees += angle_variation_deg * (2 * shares(seed, len(degrees), _TURNS) - 1)
    return Angles((degrees % 360).astype(np.float32))


def dot_colors(
    dots: Dots,
    source: Source,
    palette: PaletteTable,
    *,
    color_source: ColorSource,
    dot_color: Color,
    dither: Dither,
    background: Color,
) -> DotColors:
    """The colour of each dot."""
    if color_source == "ink" or not len(dots.radii):
        return DotColors((dot_color,), np.zeros(len(dots.radii), np.int32))
    light = discs(source, rgb(background), dots.centers, dots.radii)
    return DotColors(*painted(light, dots.centers, palette, dither))


def drawing(
    dots: Dots,
    angles: Angles,
    dot_colors: DotColors,
    source: Source,
    *,
    shape: Shape,
    opacity: float,
    background: Color,
    page: bool,
) -> Drawing:
    """The dots on the page, those of one colour together."""
    # Dots of one colour and size are written as one; large ones first, so that they hide none. Stable, so that dots
    # keep the order in which they stand close together.
    alike = len(dot_colors.colors) == 1 and dots.radii.min(initial=np.inf) == dots.radii.max(initial=-np.inf)
    order = slice(None) if alike else np.lexsort((-dots.radii, dot_colors.choice))
    layer = MarkLayer(
        "dots",
        np.full(len(dots.radii), SHAPES.index(shape), np.uint8),
        dots.centers[order],
        dots.radii[order],
        angles.degrees[order],
        dot_colors.choice[order],
    )
    notes = (
        () if len(layer) else ("Nothing asks for ink here: lower exposure, turn invert, or look at the background.",)
    )
    return Drawing(
        size=(source.width, source.height),
        layers=(layer,),
        styles=tuple(Style(stroke=None, fill=color, opacity=opacity) for color in dot_colors.colors),
        background=background if page else None,
        notes=notes,
    )


BACKEND = Backend(
    name="dots",
    title="Tone as dots: stippling, halftone, pointillism",
    Params=DotsParams,
    stages=(
        lightness,
        denoised,
        subject,
        darkness,
        demand,
        relative_radius,
        places,
        dots,
        angles,
        palette,
        dot_colors,
        drawing,
    ),
    presets={
        "stipple": {"count": 24_000, "radius_by": "tone", "radius_range": 1.8, "contrast": 1.2},
        "halftone": {
            "pattern": "grid",
            "radius_by": "tone",
            "screen_angle_deg": 45.0,
            "count": 8000,
            "contrast": 1.2,
        },
        "newsprint": {
            "pattern": "hexagonal",
            "radius_by": "tone",
            "screen_angle_deg": 22.0,
            "count": 14_000,
            "contrast": 1.3,
            "radius_variation": 0.1,
            "dot_color": "#2a2622",
            "background": "#f1ead9",
        },
        "pointillism": {
            "pattern": "lbg",
            "follow": "even",
            "count": 9000,
            "radius_by": "variance",
            "radius_reverse": True,
            "radius_range": 2.2,
            "radius_variation": 0.15,
            "radius_scale": 1.06,
            "color_source": "mean",
            "palette": "kmeans",
            "palette_size": 32,
            "background": "#e9dcc0",
        },
        "engraving": {
            "shape": "line",
            "angle_by": "tangent",
            "flow_blur_px": 10.0,
            "count": 14_000,
            "radius_by": "tone",
            "radius_range": 1.6,
            "contrast": 1.2,
            "dot_color": "#1d2433",
            "background": "#f6f1e4",
        },
        "confetti": {
            "shape": "square",
            "angle_variation_deg": 180.0,
            "follow": "even",
            "count": 6000,
            "radius_variation": 0.3,
            "radius_scale": 0.95,
            "color_source": "mean",
            "background": "#1d1b24",
        },
        "chalk": {
            "invert": True,
            "count": 16_000,
            "radius_by": "tone",
            "radius_range": 1.8,
            "contrast": 1.6,
            "exposure": -0.4,
            "dot_color": "#f3f1e7",
            "background": "#22302b",
        },
    },
)
