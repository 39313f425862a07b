"""Random numbers by counter: reproducible, alike inside kernels and outside, and random."""

from __future__ import annotations

import numpy as np
from scipy import stats

from vec2art_nb.kernels._jit import WriteF32, kernel
from vec2art_nb.kernels.chance import lower_share, random_bits, shares, upper_share


def splitmix64(state: int) -> int:
    """The mixer as it was published, in Python's own numbers."""
    mask = (1 << 64) - 1
    z = (state + 0x9E3779B97F4A7C15) & mask
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
    return z ^ (z >> 31)


@kernel
def _drawn(seed: int, upper: WriteF32, lower: WriteF32) -> None:
    for i in range(upper.size):
        bits = random_bits(seed, i)
        upper[i], lower[i] = upper_share(bits), lower_share(bits)


def test_it_is_splitmix() -> None:
    # Published: the first outputs of SplitMix64 for the state 0.
    assert splitmix64(0) == 0xE220A8397B1DCDAF
    expected = [(splitmix64(0x9E3779B97F4A7C15 * i & ((1 << 64) - 1)) >> 11) * 2.0**-53 for i in range(50)]
    assert shares(0, 50).tolist() == expected


def test_kernels_draw_the_same_numbers() -> None:
    upper, lower = np.empty((2, 1000), np.float32)
    _drawn(7, upper, lower)
    assert np.abs(upper - shares(7, 1000)).max() <= 2.0**-24
    assert upper.min() >= 0 and upper.max() < 1 and lower.min() >= 0 and lower.max() < 1
    assert abs(np.corrcoef(upper, lower)[0, 1]) < 0.1


def test_a_number_does_not_depend_on_how_many_are_drawn() -> None:
    assert np.array_equal(shares(3, 10), shares(3, 1000)[:10])


def test_seeds_and_streams_are_uniform_and_unrelated() -> None:
    drawn = [shares(0, 20_000), shares(1, 20_000), shares(0, 20_000, 1), shares(2**31, 20_000)]
    for numbers in drawn:
        assert stats.kstest(numbers, "uniform").pvalue > 0.001
    correlations = np.corrcoef(drawn) - np.eye(len(drawn))
    assert np.abs(correlations).max() < 0.03
