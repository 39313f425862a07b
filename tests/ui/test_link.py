from __future__ import annotations

import numpy as np
import pytest

from vec2art_nb.ui.link import Link


def measured(latency_s: float, bytes_per_s: float, sizes: list[int], *, noise_s: float = 0.0, seed: int = 2) -> Link:
    """A link over which frames of these sizes went, again and again."""
    link = Link()
    random = np.random.default_rng(seed)
    for size in sizes * 12:
        link.note(size, latency_s + size / bytes_per_s + random.exponential(noise_s))
    return link


DRAG = [80_000, 120_000, 60_000, 4_000, 200_000]


@pytest.mark.parametrize(
    ("latency_s", "bytes_per_s", "deflates"),
    [
        (0.004, 200e6, False),  # this machine
        (0.045, 200e6, False),  # the same, where small messages wait
        (0.150, 200e6, False),  # far away
        (0.004, 1e6, True),  # a phone
        (0.100, 2e6, True),  # Binder
        (0.020, 50e6, False),
    ],
)
def test_frames_are_deflated_where_bytes_take_long_and_not_where_only_the_way_is(
    latency_s: float, bytes_per_s: float, deflates: bool
) -> None:
    assert measured(latency_s, bytes_per_s, DRAG).deflates is deflates
    assert measured(latency_s, bytes_per_s, DRAG, noise_s=0.002).deflates is deflates


def test_the_cost_of_a_byte_is_found() -> None:
    assert measured(0.05, 1e6, DRAG).seconds_per_byte == pytest.approx(1e-6, rel=0.1)


def test_times_that_scatter_are_no_evidence() -> None:
    sizes = [100_000, 110_000, 95_000, 120_000]
    assert sum(measured(0.15, 200e6, sizes, noise_s=0.02, seed=seed).deflates for seed in range(40)) <= 2


def test_one_frame_that_was_slow_is_no_evidence() -> None:
    link = Link()
    for size, seconds in [(15_000, 0.2), (500, 0.02), (16_000, 0.03), (15_000, 0.1)]:
        link.note(size, seconds)
        assert not link.deflates


def test_frames_of_one_size_are_deflated_on_a_slow_link_and_not_on_this_machine() -> None:
    assert measured(0.004, 1e6, [200_000]).deflates
    for size in (5_000, 50_000, 200_000):
        assert not measured(0.045, 200e6, [size]).deflates


def test_a_link_that_becomes_fast_is_known_as_that() -> None:
    link = measured(0.05, 1e6, DRAG)
    for size in DRAG * 12:
        link.note(size, 0.004 + size / 200e6)
    assert not link.deflates


def test_nothing_is_known_at_first() -> None:
    link = Link()
    assert not link.deflates
    link.note(0, 0.5)
    assert link.seconds_per_byte == 0
