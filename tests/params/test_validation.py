"""What was found valid is found again, and nothing else changes by it."""

from __future__ import annotations

import itertools
import math
import os
import subprocess
import sys
import threading
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import field_validator, model_validator

from tests.params.conftest import DotsParams, EdgeParams, values_of
from vec2art_nb import settings
from vec2art_nb.errors import ParameterError
from vec2art_nb.params import Palette, ParamModel, Params, param, validation
from vec2art_nb.params.validation import ValidationCache
from vec2art_nb.perf.log import log


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """Each test begins with an empty cache that is on, and an empty log."""
    monkeypatch.setattr(settings, "current", replace(settings.current, validation_cache=True))
    validation.cache.clear()
    log.clear()


def switch(enabled: bool) -> None:
    settings.current = replace(settings.current, validation_cache=enabled)


def events() -> list[str]:
    return [event.event for event in log.validation]


def find(cache: ValidationCache, key: object, make: Any = object) -> Any:
    return cache.find(key, make, backend="toy", started=0.0)


# --- what is found ----------------------------------------------------------------------------------------------------


def test_a_state_that_was_there_before_is_the_same_object_whichever_way_the_hand_came(model):
    model.set(detail=0.6)
    first = model.values
    model.set(blur_sigma=2.0)
    model.set(detail=0.7)
    log.clear()
    model.set(blur_sigma=1.2)
    model.set(detail=0.6)
    assert model.values is first
    assert events() == ["miss", "hit"]


def test_back_and_forth_along_a_slider_hits(model):
    for _ in range(3):
        for step in range(20):
            model.set(detail=step / 20, gesture=1)
    # The default is one of the twenty, and the model began there.
    assert (events().count("miss"), events().count("hit")) == (20, 41)


def test_presets_resets_and_patches_hit(model):
    patch = model.preset({"detail": 0.9, "smooth": False}).patch
    log.clear()
    model.reset()
    model.preset({"smooth": False, "detail": 0.9})
    model.reset("detail", "smooth")
    model.apply(patch)
    model.from_json('{"backend": "edge", "values": {"edge": {}}}')
    assert set(events()) == {"hit"}


def test_the_log_says_for_whom_and_what_was_saved(model):
    log.clear()
    model.set(detail=0.6)
    model.set(detail=0.7)
    model.set(detail=0.6)
    miss, _, hit = log.validation
    assert (miss.about, miss.event, miss.backend, miss.saved_ms) == ("values", "miss", "edge", 0.0)
    assert (hit.about, hit.event, hit.backend) == ("values", "hit", "edge")
    assert hit.saved_ms == pytest.approx(miss.ms - hit.ms)


def test_spellings_of_one_value_are_one_state():
    base = EdgeParams()
    first = base.replaced(stroke_color="#ff0000", denoise_radius_px=3)
    for color in ("red", " RED ", "#F00", (255, 0, 0), [255, 0, 0], np.array([255, 0, 0])):
        assert base.replaced(stroke_color=color, denoise_radius_px=np.int64(3)) is first
    assert base.replaced(stroke_color="red", denoise_radius_px=3.0) is first


# --- equals that are not the same -------------------------------------------------------------------------------------


def test_one_is_not_true():
    class Mixed(Params):
        on: bool = param(True, "A switch.", group="A")
        number: float = param(1.0, "A number.", group="A", ge=-9, le=9)
        whole: int = param(1, "A whole number.", group="A", ge=-9, le=9)

    base = Mixed()
    for name, wrong in (("on", 1), ("on", 1.0), ("number", True), ("whole", True), ("on", np.int64(1))):
        base.replaced(**{name: getattr(base, name)})
        with pytest.raises(ParameterError):
            base.replaced(**{name: wrong})
    for one in (1, 1.0, np.float32(1), np.int8(1)):
        both = base.replaced(number=one, whole=one)
        assert (type(both.number), type(both.whole), type(both.on)) == (float, int, bool)
    for zero in (0.0, -0.0, 0, np.float64(-0.0)):
        assert math.copysign(1, base.replaced(number=zero).number) == 1


def test_a_base_that_went_round_the_checks_does_not_pass_for_one_that_was_checked():
    good = EdgeParams().replaced(blur_sigma=1.0, detail=0.5)
    assert good.blur_sigma == 1.0
    forged = EdgeParams().model_copy(update={"blur_sigma": True})
    with pytest.raises(ParameterError, match="blur_sigma"):
        forged.replaced(detail=0.5)
    unhashable = EdgeParams().model_copy(update={"blur_sigma": [1.0]})
    with pytest.raises(ParameterError, match="blur_sigma"):
        unhashable.replaced(detail=0.5)


def test_classes_with_the_same_values_are_kept_apart():
    class Other(EdgeParams):
        pass

    assert type(EdgeParams().replaced(detail=0.5)) is EdgeParams
    assert type(Other().replaced(detail=0.5)) is Other


def test_what_can_be_read_only_once_is_read_once():
    base = DotsParams()
    assert base.replaced(inks=(color for color in ("black", "red"))).inks == ("#000000", "#ff0000")
    for _ in range(2):
        with pytest.raises(ParameterError, match="inks"):
            base.replaced(inks=iter(("no colour", "red")))


# --- refusals ---------------------------------------------------------------------------------------------------------

WRONG = [
    {"detail": 2},
    {"detail": math.nan},
    {"detail": "much"},
    {"detail": [0.5]},
    {"detail": 2, "blur_sigma": None, "stroke_color": "no colour"},
    {"detial": 0.5},
    {"detail": True, "page": 1},
    {"smooth": np.array([1, 2])},
    {"min_length_px": 10**400},
]


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
def test_a_refusal_is_the_same_each_time_and_without_the_cache(wrong):
    said = []
    for enabled in (True, True, False):
        switch(enabled)
        with pytest.raises(ParameterError) as refusal:
            EdgeParams().replaced(**wrong)
        said.append((type(refusal.value), str(refusal.value)))
    assert said[0] == said[1] == said[2]
    assert len(validation.cache) == 0
    assert events() == ["miss", "miss"]


def test_a_backends_own_checks_are_kept():
    class Ordered(Params):
        low: float = param(1.0, "Low.", group="A", ge=0, le=9)
        high: float = param(2.0, "High.", group="A", ge=0, le=9)

        @field_validator("high")
        @classmethod
        def _whole_tenths(cls, value: float) -> float:
            return round(value, 1)

        @model_validator(mode="after")
        def _in_order(self):
            if self.low > self.high:
                raise ValueError("low must not be above high")
            return self

    base = Ordered()
    assert base.replaced(high=3.14).high == base.replaced(high=3.14).high == 3.1
    for _ in range(2):
        with pytest.raises(ParameterError, match="low must not be above high"):
            base.replaced(low=5)


def test_nothing_is_cached_where_a_backend_looks_at_what_was_given():
    class Given(Params):
        size: float = param(1.0, "A size.", group="A", ge=0, le=9)

        @field_validator("size", mode="before")
        @classmethod
        def _by_type(cls, value: object) -> object:
            return 7.0 if isinstance(value, int) else value

    seen = [Given(size=2.0).replaced(size=value).size for value in (2.0, 2, 2.0, 2)]
    assert seen == [2.0, 7.0, 2.0, 7.0]


# --- off: the same results --------------------------------------------------------------------------------------------

MISTAKES = st.sampled_from([None, True, 1, 1.0, 0, -0.0, "red", math.nan, [], (1, 2, 3), "none", 10**400, b"x"])


@given(st.data())
def test_any_edits_give_the_same_with_the_cache_and_without(data):
    def drawn(name: str) -> st.SearchStrategy[Any]:
        return values_of(EdgeParams.parameters()[name]) | MISTAKES

    names = st.sampled_from([*EdgeParams.parameters()])
    edits = data.draw(st.lists(names.flatmap(lambda name: st.tuples(st.just(name), drawn(name))), max_size=12))
    told = []
    for enabled in (True, False):
        switch(enabled)
        model = ParamModel({"edge": EdgeParams}, "edge", clock=lambda: 0.0)
        said: list[Any] = []
        for name, value in [*edits, *edits[::-1]]:
            try:
                model.set(**{name: value})
            except ParameterError as refusal:
                said.append(str(refusal))
            values = model.values
            said.append((values, [(type(one), repr(one)) for one in values.__dict__.values()], values.inactive()))
        told.append(said)
    assert told[0] == told[1]


def test_switched_off_it_neither_looks_nor_keeps(model):
    log.clear()
    switch(False)
    validation.cache.clear()
    model.set(detail=0.6)
    model.set(detail=0.7)
    model.set(detail=0.6)
    assert len(validation.cache) == 0
    assert events() == []


def test_what_has_no_effect_is_known_again_and_the_same(model):
    for enabled in (False, True, True):
        switch(enabled)
        for denoise, smooth, source in itertools.product(("none", "bilateral"), (True, False), ("ink", "image")):
            params = EdgeParams(denoise=denoise, smooth=smooth, color_source=source)
            assert params.inactive() == {name for name in EdgeParams.parameters() if params.active(name)}
    assert 0 < len(EdgeParams.__inactive__) <= 256


@pytest.mark.parametrize(("value", "enabled"), [("0", False), ("off", False), ("no", False), ("1", True)])
def test_the_environment_switches_it(value, enabled):
    script = "from vec2art_nb.params import validation; print(validation.cache.enabled)"
    environment = {**os.environ, "VEC2ART_NB_VALIDATION_CACHE": value}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(enabled)


# --- bounds -----------------------------------------------------------------------------------------------------------


def test_the_least_recently_used_goes_first_and_is_counted():
    cache = ValidationCache("values", capacity=2, timer=lambda: 0.0)
    first = find(cache, 1)
    find(cache, 2)
    assert find(cache, 1) is first
    find(cache, 3)
    assert find(cache, 1) is first
    assert (len(cache), events()) == (2, ["miss", "miss", "hit", "miss", "evict", "hit"])
    find(cache, 2)
    assert events()[-2:] == ["miss", "evict"]


def test_what_is_too_old_is_made_anew_and_counted_as_gone():
    now = [0.0]
    cache = ValidationCache("values", lifetime_s=10.0, timer=lambda: now[0])
    first, second = find(cache, 1), find(cache, 2)
    now[0] = 9.9
    assert (find(cache, 1), find(cache, 2)) == (first, second)
    now[0] = 10.1
    log.clear()
    assert find(cache, 1) is not first
    assert sorted(events()) == ["evict", "evict", "miss"]
    assert len(cache) == 1


def test_every_entry_that_was_kept_is_there_or_was_counted_as_gone():
    now = [0.0]
    cache = ValidationCache("values", capacity=7, lifetime_s=5.0, timer=lambda: now[0])
    for step in range(500):
        now[0] += (step * 7 % 5) / 4
        find(cache, step * step % 23)
    find(cache, "the last sweeps what is too old")
    assert events().count("evict") == events().count("miss") - len(cache)
    assert len(cache) <= 7


def test_clearing_is_no_eviction():
    cache = ValidationCache("values", capacity=2)
    find(cache, 1)
    cache.clear()
    assert (len(cache), events()) == (0, ["miss"])


def test_values_that_never_come_again_do_not_pile_up(model):
    for step in range(validation.CAPACITY + 300):
        model.set(min_length_px=step / 8, gesture=1)
    assert len(validation.cache) == validation.CAPACITY


def test_what_fails_is_not_kept():
    cache = ValidationCache("values")

    def fail():
        raise ValueError("no")

    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            find(cache, 1, fail)
    assert (len(cache), events()) == (0, ["miss", "miss"])


def test_threads_share_it():
    cache = ValidationCache("values", capacity=16)
    base = EdgeParams()
    wrong: list[object] = []
    begin = threading.Barrier(4)

    def work(seed: int) -> None:
        begin.wait()
        for step in range(400):
            number = (step * (seed + 3)) % 40
            if find(cache, number, lambda number=number: -number) != -number:
                wrong.append(number)
            if base.replaced(detail=number / 40).detail != number / 40:
                wrong.append(number)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(cache) <= 16


def test_a_palette_in_a_list_is_found_again():
    class Inks(Params):
        inks: Palette = param(("black",), "The pens.", group="A")

    first = Inks().replaced(inks=["red", "#00f"])
    assert Inks().replaced(inks=("#ff0000", "blue")) is first
