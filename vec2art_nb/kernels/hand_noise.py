"""Smooth noise that depends on nothing but a key and a place.

A number is the hash of a key and an index, so it is the same whatever is drawn before, beside or at the same time. Keys
are made of keys and numbers in the same way: by `chance.random_bits`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from vec2art_nb.kernels._jit import jitted
from vec2art_nb.kernels.chance import random_bits

# For the type checker these are any numbers, as all is between kernels.
_i64: Any = np.int64
_u64: Any = np.uint64

_11 = _u64(11)
_TO_SIGNED_UNIT = 2.0**-52


@jitted
def signed_unit(key: int, number: int) -> float:
    """A uniform number from -1 up to 1."""
    number_from_0_to_2: float = (random_bits(key, number) >> _11) * _TO_SIGNED_UNIT
    return number_from_0_to_2 - 1.0


@jitted
def smooth_noise(key: int, x: float) -> tuple[float, float]:
    """Noise at x and its slope: a uniform cubic B-spline whose coefficients are random.

    Its values are between -1 and 1, with a standard deviation of 0.4; its shortest waves are about two units long.
    """
    cell = math.floor(x)
    t = x - cell
    i = _i64(cell)
    c0, c1 = signed_unit(key, i - 1), signed_unit(key, i)
    c2, c3 = signed_unit(key, i + 1), signed_unit(key, i + 2)
    s = 1.0 - t
    value = s * s * s * c0 + (4.0 - 6.0 * t * t + 3.0 * t * t * t) * c1
    value += (4.0 - 6.0 * s * s + 3.0 * s * s * s) * c2 + t * t * t * c3
    slope = -s * s * c0 + (3.0 * t * t - 4.0 * t) * c1 + (4.0 * s - 3.0 * s * s) * c2 + t * t * c3
    return value / 6.0, slope / 2.0
