"""Random numbers that depend on a seed and a counter only: the same in any order and on any thread."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.kernels._jit import jitted

_U: Any = np.uint64
_f32: Any = np.float32

# Steele, Lea, Flood (2014), Fast splittable pseudorandom number generators, OOPSLA: the mixer of SplitMix64.
_GAMMA, _FIRST, _SECOND, _SEEDS = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xD1342543DE82EF95


@jitted
def random_bits(seed: Any, counter: Any) -> Any:
    """64 random bits for a counter under a seed."""
    z = _U(seed) * _U(_SEEDS) + (_U(counter) + _U(1)) * _U(_GAMMA)
    z = (z ^ (z >> _U(30))) * _U(_FIRST)
    z = (z ^ (z >> _U(27))) * _U(_SECOND)
    return z ^ (z >> _U(31))


@jitted
def upper_share(bits: Any) -> Any:
    """A float32 from 0 to below 1 from the upper 24 of 64 bits."""
    return _f32(bits >> _U(40)) * _f32(1 / 16777216)


@jitted
def lower_share(bits: Any) -> Any:
    """A float32 from 0 to below 1 from other 24 of 64 bits."""
    return _f32((bits >> _U(8)) & _U(0xFFFFFF)) * _f32(1 / 16777216)


def shares(seed: int, count: int, stream: int = 0) -> NDArray[np.float64]:
    """Numbers from 0 to below 1, one for each index: the same for an index however many there are."""
    with np.errstate(over="ignore"):
        # Streams are kept apart in the upper half of the counter.
        counter = np.arange(1, count + 1, dtype=np.uint64) + (_U(stream) << _U(40))
        z = _U(seed & 0xFFFFFFFFFFFFFFFF) * _U(_SEEDS) + counter * _U(_GAMMA)
        z = (z ^ (z >> _U(30))) * _U(_FIRST)
        z = (z ^ (z >> _U(27))) * _U(_SECOND)
        z ^= z >> _U(31)
    numbers: NDArray[np.float64] = (z >> _U(11)).astype(np.float64) * 2.0**-53
    return numbers
