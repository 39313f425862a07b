"""How much ink each part of the picture asks for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.backends.stages.page import Lightness
from vec2art_nb.backends.stages.subject import Subject
from vec2art_nb.params import Params, param

ToneScale = Literal["perceptual", "linear"]
Follow = Literal["tone", "gradient", "mix", "even"]


class ToneParams(Params):
    """How tone becomes ink."""

    tone: ToneScale = param(
        "perceptual",
        "What ink is equal to: perceptual, how dark a place looks; linear, how much light it lacks.",
        group="Tone",
    )
    exposure: float = param(
        0.0, "Brightens the picture first, in stops; below 0 darkens it.", group="Tone", ge=-10, le=10, soft=(-2, 2),
        step=0.05,
    )  # fmt: skip
    contrast: float = param(
        1.0, "Spreads the tones around the middle; below 1 brings them together.", group="Tone", gt=0, le=20,
        soft=(0.3, 3), step=0.05,
    )  # fmt: skip
    invert: bool = param(False, "Ink where the picture is light, for a light ink on a dark page.", group="Tone")
    follow: Follow = param(
        "tone",
        "What dots gather at: dark places, edges, a mix of both, or nothing, so that they are everywhere.",
        group="Tone",
    )
    gradient_share: float = param(
        0.5, "How much of the mix is edges.", group="Tone", ge=0, le=1, step=0.01, needs={"follow": "mix"}
    )
    edge_blur_px: float = param(
        1.5,
        "Blur before edges are looked for.",
        group="Tone",
        ge=0,
        le=20,
        soft=(0, 8),
        step=0.1,
        unit="px",
        needs={"follow": ("gradient", "mix")},
    )


@dataclass(frozen=True, eq=False)
class Demand:
    """The ink that each pixel asks for, 65535 for ink everywhere; (H, W) uint16; and the sum of it."""

    values: NDArray[np.uint16]
    total: int


def darkness(
    denoised: Lightness, subject: Subject, *, tone: ToneScale, exposure: float, contrast: float, invert: bool
) -> Demand:
    """The ink that tone asks for; nothing where there is background."""
    from vec2art_nb.kernels.tone import ink_wanted

    return Demand(*ink_wanted(denoised.values, ink_curve(tone, exposure, contrast, invert), subject.coverage))


@lru_cache(maxsize=32)
def ink_curve(tone: ToneScale, exposure: float, contrast: float, invert: bool) -> NDArray[np.uint16]:
    """The ink for each lightness, L* × 256 from 0 to 25600; 65535 is ink everywhere."""
    light = _light(np.arange(25601) / 256)
    seen = _seen(np.minimum(light * 2.0**exposure, 1.0)) / 100
    # Fixes black, middle grey and white, and never clips.
    lifted = seen**contrast
    seen = lifted / np.maximum(lifted + (1 - seen) ** contrast, 1e-300)
    lit = seen if tone == "perceptual" else _light(seen * 100)
    curve: NDArray[np.uint16] = np.rint(np.clip(lit if invert else 1 - lit, 0, 1) * 65535).astype(np.uint16)
    curve.flags.writeable = False
    return curve


def _light(lightness: NDArray[np.float64]) -> NDArray[np.float64]:
    """Luminance, 0 … 1, of L*."""
    f = (lightness + 16) / 116
    return np.where(lightness > 8, f * f * f, lightness * (3 / 29) ** 3)


def _seen(luminance: NDArray[np.float64]) -> NDArray[np.float64]:
    """L* of a luminance from 0 to 1 (CIE 15:2004)."""
    return np.where(luminance > (6 / 29) ** 3, 116 * np.cbrt(luminance) - 16, luminance * (29 / 3) ** 3)


def demand(
    darkness: Demand,
    denoised: Lightness,
    subject: Subject,
    *,
    follow: Follow,
    gradient_share: float,
    edge_blur_px: float,
) -> Demand:
    """The ink that dots are to follow: that of the tone, of edges, of both, or the same everywhere."""
    if follow == "tone":
        return darkness
    if follow == "even":
        everywhere = np.full(denoised.values.shape, 65535, np.uint16)
        if subject.coverage is not None:
            everywhere = _weakened(everywhere, subject.coverage)
        return Demand(everywhere, int(everywhere.sum(dtype=np.int64)))
    edges = strength(denoised.values, edge_blur_px)
    if subject.coverage is not None:
        edges = _weakened(edges, subject.coverage)
    if follow == "mix":
        mixed = edges * np.float32(gradient_share) + darkness.values * np.float32(1 - gradient_share)
        edges = mixed.astype(np.uint16)
    return Demand(edges, int(edges.sum(dtype=np.int64)))


def _weakened(values: NDArray[np.uint16], coverage: NDArray[np.uint8]) -> NDArray[np.uint16]:
    return (values.astype(np.uint32) * coverage // 255).astype(np.uint16)


def strength(lightness: NDArray[np.int16], blur_px: float) -> NDArray[np.uint16]:
    """How steep the picture is at each pixel, 65535 for as steep as its strong edges."""
    from vec2art_nb.kernels.gradient import gaussian_gradient

    dx, dy = gaussian_gradient(lightness, blur_px)
    steep = np.sqrt(np.square(dx, dtype=np.float32) + np.square(dy, dtype=np.float32))
    return relative(steep)


def relative(values: NDArray[np.float32]) -> NDArray[np.uint16]:
    """Values from 0 up as shares of the largest but for a fiftieth, 65535 for the whole."""
    step = max(1, int((values.size / 100_000) ** 0.5))
    sample = values[step // 2 :: step, step // 2 :: step]
    some = sample[sample > 0]
    if not some.size:
        return np.zeros(values.shape, np.uint16)
    large = np.partition(some, int(0.98 * (some.size - 1)))[int(0.98 * (some.size - 1))]
    shares: NDArray[np.uint16] = (np.minimum(values / large, np.float32(1)) * np.float32(65535)).astype(np.uint16)
    return shares
