"""Superpixel: the picture as a mosaic of regions of one colour each.

Colour planes, superpixels (SLIC, Achanta et al. 2012; SNIC, Achanta and Süsstrunk 2017), merging on the region graph, a
planar map of borders that neighbours share, and the colour of each region in linear light.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.backends import Backend
from vec2art_nb.backends.stages.denoising import Denoise, DenoiseParams
from vec2art_nb.backends.stages.page import PageParams, rgb
from vec2art_nb.backends.stages.palette import (
    Dither,
    PaletteMethod,
    PaletteParams,
    PaletteTable,
    painted,
    palette,
    palette_choice,
)
from vec2art_nb.backends.stages.regions import Regions, ShapeParams, Shapes, shapes
from vec2art_nb.backends.stages.subject import Subject, SubjectParams, subject
from vec2art_nb.drawing import Drawing, PathLayer, Style
from vec2art_nb.image import Source
from vec2art_nb.params import Color, Params, param

if TYPE_CHECKING:
    from vec2art_nb.kernels.curves import Paths

Method = Literal["slic", "slico", "snic"]
ColorSpace = Literal["lab", "oklab", "luminance"]
Seeds = Literal["square", "hexagonal", "poisson"]
Draw = Literal["fills", "borders", "both"]
Fill = Literal["mean", "median", "dominant"]

_FILLS: tuple[Draw, ...] = ("fills", "both")
_BORDERS: tuple[Draw, ...] = ("borders", "both")


class RegionParams(Params):
    """How the picture is taken apart."""

    regions: int = param(
        1200, "How many regions there are before merging.", group="Regions", ge=1, le=200_000, soft=(50, 5000), step=50
    )
    method: Method = param(
        "slic",
        "SLIC follows edges with equal compactness everywhere; SLICO finds the compactness of each region itself; SNIC "
        "grows the regions from their seeds.",
        group="Regions",
    )
    compactness: float = param(
        15.0,
        "How much place counts against colour: low follows every edge, high gives regular cells.",
        group="Regions",
        gt=0,
        le=1000,
        soft=(2, 60),
        step=0.5,
        needs={"method": ("slic", "snic")},
    )
    iterations: int = param(
        10, "Rounds in which regions settle.", group="Regions", ge=1, le=100, soft=(1, 20), preview=4,
        needs={"method": ("slic", "slico")},
    )  # fmt: skip
    color_space: ColorSpace = param(
        "lab", "Where colours are compared: CIE Lab, OKLab, or by lightness alone.", group="Regions"
    )
    seeds: Seeds = param("square", "The pattern in which regions begin.", group="Regions")
    seed: int = param(
        1, "Another number, another random pattern.", group="Regions", ge=0, le=2**31 - 1, soft=(0, 100),
        needs={"seeds": "poisson"},
    )  # fmt: skip
    merge_difference: float = param(
        0.0,
        "Neighbours whose colours differ by less become one region, nearest first; about 2 can just be seen.",
        group="Regions",
        ge=0,
        le=200,
        soft=(0, 30),
        step=0.5,
    )
    min_size_px2: int = param(
        0, "Regions smaller than this join their nearest neighbour.", group="Regions", ge=0, le=10**9, soft=(0, 2000),
        step=10, unit="px²",
    )  # fmt: skip


class PaintParams(Params):
    """How the shapes are painted."""

    draw: Draw = param("fills", "Filled shapes, the lines between them, or both.", group="Paint")
    fill: Fill = param(
        "mean", "The colour of a shape: the mean of its light, the median, or the most frequent colour.",
        group="Paint", needs={"draw": _FILLS},
    )  # fmt: skip
    grey: bool = param(False, "Paint how light a shape is, not its colour.", group="Paint", needs={"draw": _FILLS})
    seam_px: float = param(
        3.0,
        "Width of lines below the borders in the colour of a neighbour: they hide the hairlines that viewers show "
        "between shapes; 0 for cutters and plotters.",
        group="Paint",
        ge=0,
        le=10,
        soft=(0, 6),
        step=0.1,
        unit="px",
        needs={"draw": "fills"},
    )
    stroke_width: float = param(
        1.0, "Width of the lines between shapes.", group="Paint", gt=0, le=1000, soft=(0.2, 10), step=0.1, unit="px",
        needs={"draw": _BORDERS},
    )  # fmt: skip
    stroke_color: Color = param("#1b1b1f", "Colour of these lines.", group="Paint", needs={"draw": _BORDERS})
    palette: PaletteMethod = palette_choice(needs={"draw": _FILLS})


class SuperpixelParams(RegionParams, ShapeParams, PaintParams, PaletteParams, SubjectParams, DenoiseParams, PageParams):
    """What can be turned in a superpixel drawing. Lengths are pixels of the source picture."""


# --- what the stages make ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class ColorPlanes:
    """Lightness and two opponent colours × 256; int16, (3, H, W)."""

    values: NDArray[np.int16]


@dataclass(frozen=True, eq=False)
class Fills:
    """Which shapes are painted, and how.

    Attributes
    ----------
    colors : tuple of "#rrggbb"
    choice : (S,) int32
        Index into the colours; -1 for shapes that are background.
    """

    colors: tuple[str, ...]
    choice: NDArray[np.int32]


# --- stages -----------------------------------------------------------------------------------------------------------


def color_planes(source: Source, *, color_space: ColorSpace, background: Color) -> ColorPlanes:
    """Colours where equal distances look about equal."""
    from vec2art_nb.kernels.color_planes import color_planes as planes_of

    return ColorPlanes(planes_of(source.pixels, rgb(background), color_space))


def denoised_planes(
    color_planes: ColorPlanes, *, denoise: Denoise, denoise_radius_px: int, denoise_contrast: float
) -> ColorPlanes:
    """Colours without noise, their edges kept."""
    if denoise == "none":
        return color_planes
    from vec2art_nb.kernels.denoise import bilateral

    smoothed = [bilateral(plane, denoise_radius_px, denoise_contrast) for plane in color_planes.values]
    return ColorPlanes(np.stack(smoothed))


def superpixels(
    denoised_planes: ColorPlanes, *, regions: int, method: Method, compactness: float, iterations: int, seeds: Seeds,
    seed: int,
) -> Regions:  # fmt: skip
    """Connected regions of about one colour and size, as many as asked for."""
    from vec2art_nb.kernels.runs import connected_runs, largest_kept
    from vec2art_nb.kernels.seeds import seed_points
    from vec2art_nb.kernels.slic import slic
    from vec2art_nb.kernels.slico import slico
    from vec2art_nb.kernels.snic import snic

    planes = denoised_planes.values
    _, height, width = planes.shape
    count = min(regions, width * height)
    begins = seed_points(width, height, count, seeds, seed)
    if method == "slic":
        labels = slic(planes, begins, compactness, iterations)
    elif method == "slico":
        labels = slico(planes, begins, iterations)
    else:
        labels = snic(planes, begins, compactness)
    return Regions(*largest_kept(planes, connected_runs(labels), count))


def regions(
    superpixels: Regions, denoised_planes: ColorPlanes, *, merge_difference: float, min_size_px2: int
) -> Regions:
    """Superpixels of like colour joined, and small ones with their neighbours."""
    if merge_difference == 0 and min_size_px2 <= 1:
        return superpixels
    from vec2art_nb.kernels.color_planes import UNITS
    from vec2art_nb.kernels.region_graph import simplified
    from vec2art_nb.kernels.runs import connected_runs

    runs = connected_runs(superpixels.labels)
    return Regions(*simplified(denoised_planes.values, runs, merge_difference * UNITS, min_size_px2))


def fills(
    shapes: Shapes, source: Source, subject: Subject, palette: PaletteTable, *, fill: Fill, grey: bool, dither: Dither,
    draw: Draw, background: Color,
) -> Fills:  # fmt: skip
    """The colour of each shape."""
    from vec2art_nb.kernels.region_colors import region_colors

    total = len(shapes.outlines[2]) - 1
    is_painted = np.ones(total, np.bool_)
    if subject.coverage is not None:
        covered = np.bincount(shapes.labels.ravel(), subject.coverage.ravel(), minlength=total)
        is_painted = covered >= 127.5 * np.bincount(shapes.labels.ravel(), minlength=total)
    if draw == "borders":
        return Fills((), np.where(is_painted, 0, -1).astype(np.int32))
    light, sizes = region_colors(source.pixels, rgb(background), shapes.labels, total, fill)
    for empty in np.flatnonzero(sizes == 0):
        # A triangle between pixel centres: the colour of the pixel that it lies in.
        x, y = shapes.centers[empty]
        pixel = source.pixels[None, min(int(y), source.height - 1), None, min(int(x), source.width - 1)]
        light[empty] = region_colors(np.ascontiguousarray(pixel), rgb(background), np.zeros((1, 1), np.int32), 1)[0][0]
    if grey:
        light = np.repeat(light @ np.array([[0.2126], [0.7152], [0.0722]]), 3, axis=1)
    choice = np.full(total, -1, np.int32)
    colors, choice[is_painted] = painted(light[is_painted], shapes.centers[is_painted], palette, dither)
    return Fills(colors, choice)


def drawing(
    shapes: Shapes, fills: Fills, source: Source, *, draw: Draw, seam_px: float, stroke_width: float,
    stroke_color: Color, background: Color, page: bool,
) -> Drawing:  # fmt: skip
    """The painted shapes, and the lines between them, on the page."""
    layers: list[PathLayer] = []
    styles: tuple[Style, ...] = ()
    # The shapes on both sides of each border; -1 where that is background.
    choices = fills.choice[shapes.sides].reshape(-1, 2)
    if draw != "borders":
        if draw == "fills" and seam_px > 0:
            # Shapes fit exactly, but viewers paint one after the other, and where both cover half of a pixel something
            # of the page shines through. Let it be a neighbour. Those of one colour are painted as one shape.
            shining = (choices.min(axis=1, initial=0) >= 0) & (choices[:, 0] != choices[:, 1])
            layers.append(_layer("seams", shapes.seams, choices[:, 0], shining))
            styles = tuple(Style(stroke=color, width=seam_px) for color in fills.colors)
        # Shapes do not overlap, so those of one colour can be painted together.
        layers.append(_layer("regions", shapes.outlines, fills.choice, fills.choice >= 0, len(styles)))
        styles = (*styles, *(Style(stroke=None, fill=color) for color in fills.colors))
    if draw != "fills":
        style = np.zeros(len(choices), np.int32)
        layers.append(_layer("borders", shapes.borders, style, choices.max(axis=1, initial=-1) >= 0, len(styles)))
        styles = (*styles, Style(stroke=stroke_color, width=stroke_width))
    return Drawing(
        size=(source.width, source.height),
        layers=tuple(layers),
        styles=styles,
        background=background if page else None,
        notes=() if any(len(layer) for layer in layers) else (_why_empty(fills),),
    )


def _why_empty(fills: Fills) -> str:
    if (fills.choice < 0).all():
        return "All of the picture counts as background: lower background_strength, or set remove_background to none."
    return "There is one region only, so nothing is between: raise regions, or lower merge_difference or min_size_px2."


def _layer(
    name: str, paths: Paths, choice: NDArray[np.int32], is_painted: NDArray[np.bool_], first_style: int = 0
) -> PathLayer:
    """The painted ones of the paths, those of one style together."""
    from vec2art_nb.kernels.corners import chosen_paths

    order = np.argsort(choice, kind="stable")
    order = order[is_painted[order]]
    points, codes, begins = chosen_paths(paths, order)
    closed = (points[begins[:-1]] == points[begins[1:] - 1]).all(axis=1) | (name == "regions")
    return PathLayer(name, points, codes, begins, choice[order] + np.int32(first_style), closed)


BACKEND = Backend(
    name="superpixel",
    title="A mosaic of regions of one colour each",
    Params=SuperpixelParams,
    stages=(subject, palette, color_planes, denoised_planes, superpixels, regions, shapes, fills, drawing),
    presets={
        "mosaic": {
            "seeds": "hexagonal", "compactness": 40, "regions": 1800, "smooth": False, "draw": "both",
            "stroke_color": "#f3efe6", "stroke_width": 1.2,
        },
        "stained_glass": {
            "regions": 500, "merge_difference": 6, "min_size_px2": 120, "fill": "dominant", "draw": "both",
            "stroke_color": "#15120f", "stroke_width": 3.5, "simplify_px": 1.2,
        },
        "poster": {
            "regions": 1500, "merge_difference": 9, "min_size_px2": 150, "palette": "kmeans", "palette_size": 10,
            "simplify_px": 1.4,
        },
        "low_poly": {"style": "low_poly", "regions": 1200, "compactness": 8},
        "watercolour": {
            "regions": 3000, "compactness": 6, "merge_difference": 5, "min_size_px2": 40, "simplify_px": 1.6,
            "fill": "median",
        },
    },
)  # fmt: skip
