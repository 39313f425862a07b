"""The law of the runtime: whatever edits led to a state, its drawing is, byte for byte, that of a cold run."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

import vec2art_nb as v2a
from vec2art_nb import kernels
from vec2art_nb.kernels import _jit, lightness
from vec2art_nb.params import Params
from vec2art_nb.runtime.previews import SCALES, PreviewScale


def picture() -> np.ndarray:
    """Shapes, a slope and some noise: every stage has something to do."""
    y, x = np.mgrid[0:72, 0:96].astype(np.float64)
    disc = 120 * (np.hypot(x - 30, y - 36) < 20)
    square = 90 * ((abs(x - 70) < 14) & (abs(y - 30) < 18))
    noise = np.random.default_rng(5).normal(0, 3, (72, 96))
    grey = np.clip(40 + 0.6 * x + disc + square + noise, 0, 255)
    return np.stack([grey, np.roll(grey, 3, 1), 255 - grey], axis=-1).astype(np.uint8)


def configurations(params: type[Params]) -> st.SearchStrategy[dict[str, object]]:
    """Some parameters with values from their soft ranges."""
    values: dict[str, st.SearchStrategy[object]] = {}
    for name, declared in params.parameters().items():
        if declared.kind == "bool":
            values[name] = st.booleans()
        elif declared.kind == "choice":
            values[name] = st.sampled_from(declared.choices)
        elif declared.kind == "color":
            values[name] = st.sampled_from(["#ffffff", "#203040", "#e01010"])
        elif declared.kind == "palette":
            values[name] = st.sampled_from([("#000000", "#ffffff"), ("#203040", "#e0b080", "#904030")])
        elif declared.kind == "int":
            low, high = declared.soft or (declared.ge, declared.le)
            values[name] = st.integers(int(low), int(high))
        else:
            low, high = declared.soft or (declared.ge, declared.le)
            values[name] = st.sampled_from([float(v) for v in np.round(np.linspace(low, high, 5), 3)])
    return st.fixed_dictionaries({}, optional=values).map(lambda chosen: dict(list(chosen.items())[:3]))


def outcome(make: Callable[[], v2a.Drawing]) -> str:
    """The SVG, or what went wrong: a state that a cold run cannot draw must fail the same way."""
    try:
        return make().to_svg()
    except ValueError as error:
        return f"failed: {error}"


class Edits(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.session = v2a.Session(picture(), "edge")
        self.frames: list[object] = []
        self.session.on_frame(self.frames.append)

    @rule(data=st.data())
    def set(self, data: st.DataObject) -> None:
        self.session.set(**data.draw(configurations(v2a.backends[self.session.backend].Params)))

    @rule()
    def undo(self) -> None:
        self.session.undo()

    @rule()
    def redo(self) -> None:
        self.session.redo()

    @rule(name=st.sampled_from(["edge", "centerline", "superpixel", "dots", "toy"]))
    def switch(self, name: str) -> None:
        self.session.set(backend=name)

    @rule()
    def cancel(self) -> None:
        self.session.cancel()

    @rule()
    def bad(self) -> None:
        with pytest.raises(v2a.ParameterError):
            self.session.set(no_such_parameter=1)

    @invariant()
    def the_drawing_is_that_of_a_cold_run(self) -> None:
        values = self.session.params.values
        cold = outcome(lambda: v2a.vectorize(picture(), self.session.backend, **values.to_dict()))
        assert outcome(lambda: self.session.drawing) == cold

    def teardown(self) -> None:
        self.session.close()


@pytest.fixture
def parallel_launches(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Kernels run parallel on small pictures too; holds the bands of each launch that was seen."""
    launches: list[int] = []
    whole = lightness.lightness_8_bands

    def counted(*arguments: object) -> object:
        launches.append(arguments[-1])
        return whole(*arguments)

    monkeypatch.setattr(lightness, "lightness_8_bands", counted)
    kernels.load_all()
    for name, module in sys.modules.items():
        for limit in vars(module) if name.startswith("vec2art_nb.kernels.") else ():
            if limit.startswith("_PARALLEL_"):
                monkeypatch.setattr(module, limit, 0)
    yield launches
    _jit.set_threads(0)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.timeout(600)
def test_whatever_led_to_a_state_its_drawing_is_that_of_a_cold_run(
    threads: int, toy, parallel_launches, monkeypatch
) -> None:
    # Previews of all scales are in between.
    chance = random.Random(0)
    monkeypatch.setattr(PreviewScale, "choose", lambda *_: (chance.choice(SCALES), 1.0))
    monkeypatch.setattr("vec2art_nb.runtime.scheduler.FORESEE_S", 0.0)
    _jit.set_threads(threads)
    run_state_machine_as_test(
        Edits,
        settings=settings(
            max_examples=60, stateful_step_count=20, deadline=None, derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
    assert set(parallel_launches) == ({2} if threads == 2 else set())


@pytest.mark.parametrize("values", [{}, {"detail": 0.8, "denoise": "bilateral"}, {"blur_sigma": 4.0}], ids=str)
def test_the_number_of_threads_changes_no_byte(values: dict[str, object], parallel_launches) -> None:
    drawings = []
    for threads in (1, 2):
        _jit.set_threads(threads)
        drawings.append(v2a.vectorize(np.tile(picture(), (4, 4, 1)), "edge", **values).to_svg())
    assert parallel_launches == [2]
    assert drawings[0] == drawings[1]
    assert drawings[0].count("<path") >= 1
