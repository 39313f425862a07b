"""What can be switched, from the environment and in the process."""

import os
import subprocess
import sys
from dataclasses import fields, replace

import numpy as np
import pytest

import vec2art_nb as v2a
from vec2art_nb import buffers, machine, settings
from vec2art_nb.kernels import _jit
from vec2art_nb.runtime.engine import shared_engine


@pytest.fixture
def clean(monkeypatch):
    for field in fields(settings.Settings):
        monkeypatch.delenv(f"VEC2ART_NB_{field.name.upper()}", raising=False)
    return monkeypatch


def test_by_default_everything_is_on_but_the_disk(clean):
    now = settings.from_environment()
    assert now == settings.Settings()
    switches = {field.name for field in fields(now) if getattr(now, field.name) is True}
    assert switches == {"stage_cache", "validation_cache", "buffers", "prerender", "adaptive"}
    assert (now.threads, now.disk, now.memory) == (0, False, machine.memory_bytes() * 3 // 16)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("stage_cache", "off", False), ("stage_cache", "YES", True), ("disk", " 1 ", True), ("adaptive", "0", False),
        ("prerender", "no", False), ("validation_cache", "false", False), ("buffers", "True", True),
        ("threads", "3", 3), ("memory", "256 MB", 256_000_000), ("memory", "1.5GiB", 3 << 29), ("memory", "1000", 1000),
        ("memory", "64 kB", 64_000), ("stage_cache", "", True),
    ],
)  # fmt: skip
def test_the_environment_sets_each_option(clean, name, text, value):
    clean.setenv(f"VEC2ART_NB_{name.upper()}", text)
    assert settings.from_environment() == replace(settings.Settings(), **{name: value})


@pytest.mark.parametrize(
    ("name", "text"), [("disk", "maybe"), ("threads", "-1"), ("threads", "two"), ("memory", "lots"), ("memory", "-5")]
)
def test_nonsense_in_the_environment_is_named(clean, name, text):
    clean.setenv(f"VEC2ART_NB_{name.upper()}", text)
    with pytest.raises(v2a.OptionError, match=f"VEC2ART_NB_{name.upper()}.*{name}.*{text}"):
        settings.from_environment()


@pytest.mark.parametrize(
    "wrong",
    [
        {"disk": 1}, {"stage_cache": "off"}, {"threads": True}, {"threads": -1}, {"threads": 1.5}, {"memory": -1},
        {"memory": float("nan")}, {"memory": True}, {"memory": "12 XB"}, {"memory": None}, {"adaptive": None},
    ],
)  # fmt: skip
def test_a_wrong_option_changes_nothing_not_even_the_others(wrong):
    before = settings.current
    with pytest.raises(v2a.OptionError, match=next(iter(wrong))):
        v2a.options(prerender=False, **wrong)
    assert settings.current is before


def test_an_unknown_option_is_told_with_the_nearest():
    with pytest.raises(v2a.OptionError, match=r"stage_cash.*stage_cache"):
        v2a.options(stage_cash=False)


def test_options_hold_for_a_block_also_when_it_fails():
    before = settings.current

    def fail():
        with v2a.options(adaptive=False, memory="100 MB") as now:
            assert (now.adaptive, now.memory, now.prerender) == (False, 100_000_000, before.prerender)
            assert now is settings.current
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert settings.current == before


def test_blocks_within_blocks_and_settings_that_stay():
    before = settings.current
    with v2a.options(adaptive=False):
        with v2a.options(prerender=False):
            assert (settings.current.adaptive, settings.current.prerender) == (False, False)
        assert (settings.current.adaptive, settings.current.prerender) == (False, True)
    stays = v2a.options(prerender=False)
    assert not settings.current.prerender
    assert "prerender=False" in repr(stays)
    v2a.options(prerender=True)
    assert settings.current == before


def test_the_budget_is_shared_by_results_and_idle_buffers():
    held = shared_engine.cache.budget_bytes, buffers.pool.idle_budget_bytes
    leave_idle_memory()
    assert buffers.pool._warm.total > 1_000_000
    with v2a.options(memory="3 MB"):
        assert shared_engine.cache.budget_bytes + buffers.pool.idle_budget_bytes == 3_000_000
        # At once, and not only when somebody asks the pool for something.
        assert buffers.pool._warm.total <= 1_000_000
    assert (shared_engine.cache.budget_bytes, buffers.pool.idle_budget_bytes) == held


def leave_idle_memory():
    array = buffers.empty(4 << 20, np.uint8)
    del array
    buffers.pool.statistics()


def test_without_buffers_arrays_come_from_numpy_and_none_lies_idle():
    leave_idle_memory()
    assert buffers.pool._warm.total
    with v2a.options(buffers=False):
        assert buffers.pool._warm.total == 0
        leases = buffers.pool.statistics().leases
        assert len(v2a.vectorize("coffee", "edge"))
        assert buffers.pool.statistics().leases == leases
    assert len(v2a.vectorize("coffee", "edge"))
    assert buffers.pool.statistics().leases > leases


def test_threads_are_limited_for_the_block():
    usual = _jit.threads()
    with v2a.options(threads=1):
        assert _jit.threads() == 1
    assert _jit.threads() == usual


def test_without_the_stage_cache_each_drawing_is_made_from_the_beginning():
    with v2a.Session("camera") as session:
        first = session.drawing.to_svg_bytes()
        v2a.perf.clear()
        with v2a.options(stage_cache=False):
            assert session.drawing.to_svg_bytes() == first
        assert set(v2a.perf.stages().outcome) == {"run"}
        v2a.perf.clear()
        assert session.drawing.to_svg_bytes() == first
        assert set(v2a.perf.stages().outcome) == {"hit"}


@pytest.mark.parametrize("loaded_first", [True, False])
def test_threads_hold_whenever_the_kernels_are_loaded(loaded_first):
    lines = ["from vec2art_nb.kernels import _jit", "v2a.options(threads=1)"]
    script = "\n".join(["import vec2art_nb as v2a", *(lines if loaded_first else lines[::-1]), "print(_jit.threads())"])
    environment = {**os.environ, "VEC2ART_NB_THREADS": "2"}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1"


def test_a_drawing_is_the_same_whatever_is_switched_off():
    picture = np.random.default_rng(3).integers(0, 255, (60, 80, 3), np.uint8)
    expected = v2a.vectorize(picture, "superpixel", regions=40).to_svg_bytes()
    everything = {"stage_cache": False, "validation_cache": False, "buffers": False, "threads": 1, "disk": False}
    with v2a.options(**everything, prerender=False, adaptive=False, memory=0), v2a.Session(picture) as session:
        session.set(backend="superpixel", regions=40)
        assert session.drawing.to_svg_bytes() == expected
