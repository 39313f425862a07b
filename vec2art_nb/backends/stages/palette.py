"""A few colours for the whole drawing, and which of them each mark gets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from vec2art_nb import srgb
from vec2art_nb.backends.stages.page import rgb
from vec2art_nb.backends.stages.subject import Subject
from vec2art_nb.image import Source
from vec2art_nb.params import Color, Palette, Params, param

PaletteMethod = Literal["none", "kmeans", "median_cut", "octree", "custom"]
Dither = Literal["none", "ordered", "diffusion"]

FROM_PICTURE: tuple[PaletteMethod, ...] = ("kmeans", "median_cut", "octree")
ANY_PALETTE: tuple[PaletteMethod, ...] = (*FROM_PICTURE, "custom")

# With no palette: this many different colours are kept as they are, and of alike ones so many at most.
_FEW, _MOST = 256, 512

# Side of the cells of OKLab in which colours count as alike: from its centre to its corner a cell has 0.02, which is
# about what can just be noticed. Where there are too many the cells grow.
_ALIKE, _GROWTH = 0.0231, 1.26


def palette_choice(needs: Mapping[str, Any] | None = None) -> Any:
    """Declare ``palette``; a backend in which colour depends on something else says what it needs."""
    return param(
        "none",
        "Few colours for the whole drawing: found in the picture, or those you give. K-means is the truest, median cut "
        "the fastest, octree keeps rare strong colours.",
        group="Palette",
        needs=needs,
    )


class PaletteParams(Params):
    """The colours of the drawing."""

    palette: PaletteMethod = palette_choice()
    palette_size: int = param(
        8, "How many colours are looked for.", group="Palette", ge=2, le=64, soft=(2, 32),
        needs={"palette": FROM_PICTURE},
    )  # fmt: skip
    palette_colors: Palette = param(
        ("#1b1b1f", "#3d5a80", "#98c1d9", "#ee6c4d", "#f2cc8f"),
        "The colours to draw with.",
        group="Palette",
        needs={"palette": "custom"},
    )
    dither: Dither = param(
        "none",
        "Mix colours that the palette lacks from neighbouring marks: by their place, or by handing on what is missing.",
        group="Palette",
        needs={"palette": ANY_PALETTE},
    )


@dataclass(frozen=True, eq=False)
class PaletteTable:
    """The palette, dark to light.

    Attributes
    ----------
    colors : (K, 3) uint8 or None
        sRGB, no colour twice; None where marks keep their own colours.
    """

    colors: NDArray[np.uint8] | None


NO_PALETTE = PaletteTable(None)


def palette(
    source: Source,
    subject: Subject,
    *,
    palette: PaletteMethod,
    palette_size: int,
    palette_colors: Palette,
    background: Color,
) -> PaletteTable:
    """The colours that the whole drawing is made of."""
    if palette == "none":
        return NO_PALETTE
    if palette == "custom":
        return PaletteTable(_dark_to_light(np.array([rgb(color) for color in palette_colors], np.uint8)))
    return PaletteTable(picture_palette(source, subject.coverage, palette, palette_size, rgb(background)))


def picture_palette(
    source: Source,
    coverage: NDArray[np.uint8] | None,
    method: PaletteMethod,
    size: int,
    background: tuple[int, int, int],
) -> NDArray[np.uint8]:
    """At most ``size`` colours that stand for those of the subject, each the nearest to some of it.

    Returns
    -------
    (K, 3) uint8
        Dark to light; K = 0 where nothing is subject.
    """
    from vec2art_nb.kernels.cuts import median_cut, octree
    from vec2art_nb.kernels.oklab import oklab_of_light, rgb_of_oklab
    from vec2art_nb.kernels.painting import nearest
    from vec2art_nb.kernels.quantize import histogram, kmeans

    colors = histogram(source.pixels, background, coverage)
    if len(colors.weights) <= size:
        found = colors.lab
    elif method == "kmeans":
        found = kmeans(colors.lab, colors.weights, size)
    else:
        found = median_cut(colors, size) if method == "median_cut" else octree(colors, size)
    stored = _dark_to_light(rgb_of_oklab(found))
    if len(stored):
        stored = stored[np.unique(nearest(colors.lab, oklab_of_light(_light_of(stored))))]
    return stored


def painted(
    colors_linear: NDArray[Any], positions: NDArray[np.float32], table: PaletteTable, dither: Dither = "none"
) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """The colour that each mark is drawn in.

    Parameters
    ----------
    colors_linear : (M, 3) float
        What colour each mark should have, in linear light, 0 to 1.
    positions : (M, 2) float32
        Where the marks are, in px; only dithering asks.
    table : PaletteTable
        With colours, each mark gets one of them: the nearest in OKLab, or dithered. Without, marks keep their own
        colours, but for differences that can hardly be seen: the table that comes back has at most 512 colours.
    dither : "none", "ordered" or "diffusion"
        By a threshold at the mark's place, or by handing on to its neighbours what a mark's colour lacks; both in
        linear light, so that marks seen together have the mean light of the picture.

    Returns
    -------
    colors : tuple of "#rrggbb"
        With a palette, exactly that, used or not.
    choice : (M,) int32
        Index into ``colors``.
    """
    if len(colors_linear) == 0:
        return (), np.empty(0, np.int32)
    from vec2art_nb.kernels import painting
    from vec2art_nb.kernels.oklab import oklab_of_light

    light = np.ascontiguousarray(colors_linear, np.float32)
    if table.colors is None or len(table.colors) == 0:
        return _alike_merged(light)
    positions = np.ascontiguousarray(positions, np.float32)
    palette_light = _light_of(table.colors).astype(np.float32)
    palette_lab = oklab_of_light(palette_light)
    if dither == "ordered":
        choice = painting.dithered(light, oklab_of_light(light), positions, palette_light, palette_lab)
    elif dither == "diffusion":
        choice = painting.diffused(light, positions, palette_light)
    else:
        choice = painting.nearest(oklab_of_light(light), palette_lab)
    return _names(table.colors), choice


def _alike_merged(light: NDArray[np.float32]) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    from vec2art_nb.kernels import painting
    from vec2art_nb.kernels.oklab import oklab_of_light

    unique, exact = np.unique(painting.stored_colors(light), return_inverse=True)
    if len(unique) > _FEW:
        lab, step = oklab_of_light(light), _ALIKE
        means, alike = painting.merged(light, lab, step)
        while len(means) > _MOST:
            step *= _GROWTH
            means, alike = painting.merged(light, lab, step)
        # Means of two cells can be stored alike.
        unique, again = np.unique(painting.stored_colors(means.astype(np.float32)), return_inverse=True)
        exact = again[alike]
    return tuple(f"#{color:06x}" for color in unique.tolist()), exact.astype(np.int32)


def _light_of(colors: NDArray[np.uint8]) -> NDArray[np.float64]:
    return srgb.linear_light(256)[colors]


def _names(colors: NDArray[np.uint8]) -> tuple[str, ...]:
    return tuple(f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in colors.tolist())


def _dark_to_light(colors: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Without what is there twice."""
    from vec2art_nb.kernels.oklab import oklab_of_light

    colors = np.unique(colors.reshape(-1, 3), axis=0)
    return colors[np.argsort(oklab_of_light(_light_of(colors))[:, 0], kind="stable")]
