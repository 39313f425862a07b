"""The page below a drawing, and the picture laid on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.image import Source
from vec2art_nb.params import Color, Params, param


class PageParams(Params):
    """The page."""

    background: Color = param(
        "#ffffff", "Colour of the page: behind the drawing, and under transparent parts.", group="Page"
    )
    page: bool = param(True, "Paint the page; off, the drawing has no background.", group="Page")  # fmt: skip


@dataclass(frozen=True, eq=False)
class Lightness:
    """CIE L* × 256 as int16, (H, W)."""

    values: NDArray[np.int16]


def lightness(source: Source, *, background: Color) -> Lightness:
    """How light each pixel looks, over the page's colour."""
    from vec2art_nb.kernels.lightness import lightness as lightness_of

    return Lightness(lightness_of(source.pixels, rgb(background)))


def rgb(color: str) -> tuple[int, int, int]:
    """Red, green and blue, 0 … 255 in sRGB, of ``"#rrggbb"``."""
    red, green, blue = bytes.fromhex(color[1:])
    return red, green, blue
