"""The transfer function of sRGB (IEC 61966-2-1), as tables: between stored values and linear light."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray


@cache
def linear_light(levels: int) -> NDArray[np.float64]:
    """Linear light, 0 to 1, of each stored value; (levels,), read-only."""
    value = np.arange(levels) / (levels - 1)
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    linear.flags.writeable = False
    return linear


def stored(linear: NDArray[np.float64]) -> NDArray[np.uint8]:
    """The 8-bit value nearest to each amount of linear light."""
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 0) ** (1 / 2.4) - 0.055)
    values: NDArray[np.uint8] = np.rint(np.clip(encoded, 0, 1) * 255).astype(np.uint8)
    return values
