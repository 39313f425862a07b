"""Results that outlive the process, as sessions and vectorize meet them."""

import os
import subprocess
import sys
import threading

import numpy as np
import pytest

import vec2art_nb as v2a
from vec2art_nb.runtime.disk import DiskTier
from vec2art_nb.runtime.engine import shared_engine
from vec2art_nb.runtime.lane import Purpose, lane

PICTURE = np.random.default_rng(8).integers(0, 255, (40, 60, 3), np.uint8)


@pytest.fixture
def disk(tmp_path, monkeypatch):
    """The engine with a tier of its own, switched on."""
    tier = DiskTier(tmp_path / "results")
    monkeypatch.setattr(shared_engine, "disk", tier)
    with v2a.options(disk=True):
        yield tier
    tier.close()


def outcomes():
    found = v2a.perf.stages().outcome.value_counts().to_dict()
    v2a.perf.clear()
    return found


def another_process(disk):
    """What a later one has: nothing in memory."""
    disk.flush()
    shared_engine.cache.clear()
    v2a.perf.clear()


def test_a_session_finds_the_drawing_of_an_earlier_process(disk):
    with v2a.Session(PICTURE, "superpixel", regions=30) as session:
        first = session.drawing.to_svg_bytes()
    another_process(disk)
    with v2a.Session(PICTURE, "superpixel", regions=30) as session:
        assert session.drawing.to_svg_bytes() == first
        assert outcomes() == {"hit": 1}
        assert session.drawing.to_svg_bytes() == first
    tiers = v2a.perf.cache().query("event == 'hit'").tier
    assert list(tiers) == ["memory"], "the second time it is in memory"


def test_vectorize_keeps_and_finds_too(disk):
    first = v2a.vectorize(PICTURE, "dots", count=50).to_svg_bytes()
    another_process(disk)
    assert v2a.vectorize(PICTURE, "dots", count=50).to_svg_bytes() == first
    assert outcomes() == {"hit": 1}


def test_another_state_is_drawn(disk):
    v2a.vectorize(PICTURE, "dots", count=50)
    another_process(disk)
    assert len(v2a.vectorize(PICTURE, "dots", count=60)) > 50
    assert outcomes()["run"] > 1


def test_live_frames_that_were_exact_are_kept_at_rest(disk, monkeypatch):
    monkeypatch.setattr("vec2art_nb.runtime.scheduler.FORESEE_S", 0.0)
    with v2a.options(prerender=False), v2a.Session(PICTURE, "superpixel", regions=30) as session:
        exact = []
        session.on_frame(lambda frame: exact.append(frame.exact))
        session.set(regions=40)
        for _ in range(200):
            lane().wait(lane().submit(lambda job: None, Purpose.PRERENDER))
            disk.flush()
            if disk.statistics().written:
                break
    another_process(disk)
    with v2a.Session(PICTURE, "superpixel", regions=40) as session:
        assert len(session.drawing) > 30
    assert outcomes() == {"hit": 1}


def test_without_the_option_nothing_is_written(disk):
    with v2a.options(disk=False):
        v2a.vectorize(PICTURE, "dots", count=50)
        with v2a.Session(PICTURE, "dots", count=40) as session:
            assert len(session.drawing)
    disk.flush()
    assert disk.statistics().written == 0


@pytest.mark.parametrize("how", ["v2a.vectorize('camera')", "v2a.Session('camera').drawing"])
def test_a_drawing_that_is_kept_needs_no_compiler(tmp_path, how):
    script = f"import sys, vec2art_nb as v2a; drawing = {how}; print('numba' in sys.modules, drawing.vertices)"
    environment = {**os.environ, "VEC2ART_NB_CACHE_DIR": str(tmp_path), "VEC2ART_NB_DISK": "on"}
    runs = [
        subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    assert [run.stdout.split()[0] for run in runs] == ["True", "False"]
    assert runs[0].stdout.split()[1] == runs[1].stdout.split()[1]


def test_while_the_hand_moves_only_the_drawing_is_looked_for(disk):
    v2a.perf.clear()
    drawn = threading.Event()
    with v2a.Session(PICTURE, "superpixel", regions=35) as session:
        session.on_frame(lambda _: drawn.set())
        assert drawn.wait(30)
    assert list(v2a.perf.cache().query("tier == 'disk' and event == 'miss'").stage) == ["drawing"]
