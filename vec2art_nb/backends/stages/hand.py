"""Strokes drawn as if by hand."""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

import numpy as np

from vec2art_nb.backends.stages.curves import Curves
from vec2art_nb.image import Source
from vec2art_nb.params import Params, param

Hand = Literal["none", "subtle", "medium", "strong", "sketchy"]

_NOT_NONE = {"hand": ("subtle", "medium", "strong", "sketchy")}


class HandParams(Params):
    """The hand that draws. The numbers multiply what the chosen hand has: 1 leaves it as it is."""

    hand: Hand = param("none", "Draw strokes as if by hand, more or less freely.", group="Hand")
    tremor: float = param(1.0, "Fine unsteadiness.", group="Hand", ge=0, le=20, soft=(0, 4), step=0.1, needs=_NOT_NONE)
    wobble: float = param(
        1.0, "Slow drifting off the line.", group="Hand", ge=0, le=20, soft=(0, 4), step=0.1, needs=_NOT_NONE
    )
    pressure: float = param(
        1.0, "How much heavier the line gets in bends, where a hand is slow.", group="Hand", ge=0, le=5, soft=(0, 3),
        step=0.1, needs=_NOT_NONE,
    )  # fmt: skip
    weight_variation: float = param(
        1.0, "How uneven the weight is along a stroke, and from stroke to stroke.", group="Hand", ge=0, le=5,
        soft=(0, 3), step=0.1, needs=_NOT_NONE,
    )  # fmt: skip
    taper: float = param(
        1.0, "How long the thin ends of strokes are.", group="Hand", ge=0, le=20, soft=(0, 4), step=0.1, needs=_NOT_NONE
    )
    overshoot: float = param(
        1.0, "How far strokes miss their ends.", group="Hand", ge=0, le=20, soft=(0, 4), step=0.1, needs=_NOT_NONE
    )
    repeats: int = param(
        1, "How many times each stroke is gone over; multiplies what the chosen hand does.", group="Hand", ge=1, le=8,
        soft=(1, 4), needs=_NOT_NONE,
    )  # fmt: skip
    seed: int = param(
        0, "Another number, another drawing by the same hand.", group="Hand", ge=0, le=2**31 - 1, soft=(0, 100),
        needs=_NOT_NONE,
    )  # fmt: skip


class _Preset(NamedTuple):
    """Lengths in thousandths of the picture; see :class:`vec2art_nb.kernels.hand_movements.Manner`."""

    tremor: float
    wobble: float
    taper: float
    tip: float
    pressure: float
    overshoot: float
    weight: float
    weight_variation: float
    drift: float = 1.5
    lift: float = 0.0
    goes: int = 1


_PRESETS = {
    "subtle": _Preset(0.5, 1.2, 16, 0.25, 0.4, 1.5, 1.08, 0.12),
    "medium": _Preset(1.0, 2.4, 26, 0.08, 0.7, 3.0, 1.15, 0.2),
    "strong": _Preset(1.6, 4.2, 36, 0.0, 1.0, 5.0, 1.2, 0.3),
    "sketchy": _Preset(1.1, 4.0, 30, 0.0, 0.8, 9.0, 0.88, 0.3, drift=2.0, lift=150.0, goes=2),
}


def hand(
    weighted: Curves,
    source: Source,
    *,
    hand: Hand,
    tremor: float,
    wobble: float,
    pressure: float,
    weight_variation: float,
    taper: float,
    overshoot: float,
    repeats: int,
    seed: int,
    stroke_width: float,
) -> Curves:
    """The strokes as a hand would draw them."""
    if hand == "none":
        return weighted
    from vec2art_nb.kernels.hand import draw_by_hand
    from vec2art_nb.kernels.hand_movements import Manner

    preset = _PRESETS[hand]
    manner = Manner(
        unit=unit_px(source.width, source.height),
        tremor=preset.tremor * tremor,
        wobble=preset.wobble * wobble,
        taper=preset.taper * taper,
        tip=preset.tip,
        pressure=preset.pressure * pressure,
        overshoot=preset.overshoot * overshoot,
        weight=preset.weight,
        weight_variation=preset.weight_variation * weight_variation,
        drift=preset.drift,
        lift=preset.lift,
        width=source.width,
        height=source.height,
    )
    widths = weighted.widths
    if widths is None:
        widths = np.full(len(weighted.points), stroke_width, np.float32)
    drawn = draw_by_hand(
        weighted.points, weighted.codes, weighted.offsets, weighted.closed, widths, manner, preset.goes * repeats, seed
    )
    return Curves(
        drawn.points,
        drawn.codes,
        drawn.offsets,
        closed=np.zeros(len(drawn.sources), np.bool_),
        strokes=weighted.strokes[drawn.sources],
        widths=drawn.widths,
    )


def unit_px(width: int, height: int) -> float:
    """The hand's unit of length: 1 px in a picture of a megapixel, and less than in proportion in others.

    A small picture is drawn with a pen that is large for it, and by a hand that goes with the pen.
    """
    # The side to the power 3/4, by roots, which are the same on every machine.
    side = math.sqrt(width * height) / 1000.0
    return math.sqrt(side) * math.sqrt(math.sqrt(side))
