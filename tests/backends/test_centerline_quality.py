"""Glyphs of a known pen: the quality that the README promises, on a part of the benchmark's glyphs."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.quality import centerline as quality
from benchmarks.quality.centerline import Condition

pytest.importorskip("HersheyFonts")

LETTERS = "ABDEGHKMQRSXabdeghkmqrsx24589"


@pytest.mark.parametrize(
    ("condition", "chamfer", "f"),
    [
        (Condition(), 0.2, 0.98),
        (Condition(pen=3.0), 0.2, 0.985),
        (Condition(size=256), 0.2, 0.985),
        (Condition(noise=20.0), 0.26, 0.975),
        (Condition(jpeg=40), 0.22, 0.975),
        (Condition(light=True), 0.2, 0.98),
    ],
    ids=str,
)
def test_strokes_lie_where_the_pen_was(condition: Condition, chamfer: float, f: float) -> None:
    cases = list(quality.scenes(condition, "futural", LETTERS))
    ours = quality.score(quality.ours, cases)
    assert ours.chamfer <= chamfer
    assert ours.f >= f
    assert ours.paths <= 1.0


def test_the_bars_hold_for_all_alphabets_together() -> None:
    """And for the joined script alone, but for what its strokes share."""
    tables = {
        font: quality.glyph_scores(quality.ours, list(quality.scenes(Condition(), font))) for font in quality.GLYPHS
    }
    together = quality.mean_score(np.concatenate(list(tables.values())))
    assert together.chamfer <= 0.2 and together.f >= 0.977 and together.paths <= 0.9
    script = quality.mean_score(tables["scripts"])
    assert script.chamfer <= 0.28 and script.f >= 0.953 and script.paths <= 1.0


@pytest.mark.parametrize("thinning", ["guo_hall", "medial_axis"])
def test_they_lie_nearer_than_skeletons_do(thinning: str) -> None:
    for font in quality.GLYPHS:
        cases = list(quality.scenes(Condition(), font, "AHKabdegkR"))
        ours = quality.score(lambda pixels: quality.ours(pixels, thinning=thinning), cases)
        for peer in (quality.zhang, quality.lee, quality.medial):
            theirs = quality.score(peer, cases)
            assert ours.chamfer < 0.7 * theirs.chamfer
            assert ours.f > theirs.f
            assert ours.paths < theirs.paths
