from __future__ import annotations

import pytest

from vec2art_nb.runtime.previews import SCALES, Costs, PreviewScale


def test_nothing_is_known_of_a_stage_that_never_ran() -> None:
    assert Costs().expected("stage", 1.0) is None


def test_the_cost_at_a_scale_follows_what_was_measured_there() -> None:
    costs = Costs()
    costs.note("stage", 0.5, 10)
    assert costs.expected("stage", 0.5) == 10
    costs.note("stage", 0.5, 20)
    assert 10 < costs.expected("stage", 0.5) < 20
    for _ in range(20):
        costs.note("stage", 0.5, 20)
    assert costs.expected("stage", 0.5) == pytest.approx(20, abs=0.01)


def test_other_scales_are_judged_by_the_nearest_that_was_measured() -> None:
    costs = Costs()
    costs.note("stage", 1.0, 100)
    quarter = costs.expected("stage", 0.5)
    assert 25 < quarter < 50, "a quarter of the pixels takes a little more than a quarter of the time"
    costs.note("stage", 0.25, 1)
    assert costs.expected("stage", 2**-1.5) < quarter
    assert costs.expected("other", 1.0) is None


def test_the_scale_is_the_largest_that_fits() -> None:
    preview = PreviewScale(20.0)
    assert preview.choose(lambda scale: 10 * scale**2) == (1.0, 10)
    assert preview.choose(lambda scale: 76 * scale**2) == (0.5, 19)
    assert preview.choose(lambda _: 1000.0)[0] == SCALES[-1]


def test_a_scale_is_kept_until_the_next_larger_one_fits_with_room_to_spare() -> None:
    preview = PreviewScale(20.0)
    preview.choose(lambda scale: 39 * scale**2)
    # Now the whole would just fit; so it did for a moment between two frames, and two scales would take turns.
    assert preview.choose(lambda scale: 19 * scale**2)[0] == SCALES[1]
    assert preview.choose(lambda scale: 14 * scale**2)[0] == 1.0
    assert preview.choose(lambda scale: 19 * scale**2)[0] == 1.0
