"""The benchmark of the mechanisms: its script, and a small session."""

from __future__ import annotations

import numpy as np
import pytest

import vec2art_nb as v2a
from benchmarks.phase3.arms import ARMS, run
from benchmarks.phase3.edits import COUNT, edits


def test_the_edits_are_always_the_same_and_of_all_kinds() -> None:
    script = edits(0)
    assert script == edits(0) != edits(1)
    assert len(script) == COUNT
    acts = [edit.act for edit in script]
    assert {act: acts.count(act) for act in set(acts)} == pytest.approx(
        {"set": 430, "preset": 20, "backend": 10, "undo": 25, "redo": 15}, abs=40
    )


def test_every_edit_can_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    with v2a.Session(np.zeros((8, 8, 3), np.uint8)) as session:
        for edit in edits(0):
            edit.do(session)
        assert session.generation > COUNT * 0.85


@pytest.mark.parametrize("arm", ["everything on", "everything off"])
def test_a_session_is_counted(arm: str) -> None:
    picture = np.random.default_rng(2).integers(0, 255, (48, 64, 3), np.uint8)
    row = run(picture, edits(0, 60), ARMS[arm], resting_s=0.0)
    assert row["edits"] >= 45
    assert row["frames"] >= row["edits"]
    assert row["kernel_ms"] > 0
    assert (row["validation_hits"] > 0) is (arm == "everything on")
    assert (row["foreseen"] == 0) or arm == "everything on"
