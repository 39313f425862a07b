"""Smoothing that keeps edges."""

from __future__ import annotations

from typing import Literal

from vec2art_nb.backends.stages.page import Lightness
from vec2art_nb.params import Params, param

Denoise = Literal["none", "bilateral"]


class DenoiseParams(Params):
    """Smoothing before anything is looked for."""

    denoise: Denoise = param("none", "Smooth the picture first, without blurring its edges.", group="Noise")
    denoise_radius_px: int = param(
        3, "How far the bilateral filter looks.", group="Noise", ge=1, le=9, unit="px", needs={"denoise": "bilateral"}
    )
    denoise_contrast: float = param(
        12.0,
        "Differences in lightness (L*) or colour above this count as edges and are kept.",
        group="Noise",
        gt=0,
        le=100,
        soft=(1, 40),
        step=0.5,
        needs={"denoise": "bilateral"},
    )


def denoised(lightness: Lightness, *, denoise: Denoise, denoise_radius_px: int, denoise_contrast: float) -> Lightness:
    """Lightness without noise, its edges kept."""
    if denoise == "none":
        return lightness
    from vec2art_nb.kernels.denoise import bilateral

    return Lightness(bilateral(lightness.values, denoise_radius_px, denoise_contrast))
