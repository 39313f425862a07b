from __future__ import annotations

from typing import Literal

import pytest

from vec2art_nb.params import ParamModel, Params, param
from vec2art_nb.runtime import foresight
from vec2art_nb.runtime.foresight import Foresight, likely_states


class Toy(Params):
    level: int = param(3, "Whole.", group="Toy", ge=0, le=50, step=2)
    shift: float = param(0.5, "Part.", group="Toy", ge=0, le=10, soft=(0, 1), step=0.1)
    mode: Literal["plain", "double"] = param("plain", "Choice.", group="Toy")


@pytest.fixture
def model() -> ParamModel:
    return ParamModel({"toy": Toy}, "toy")


def guesses(model: ParamModel, *others: Params) -> list[dict[str, object]]:
    """What each guess has that differs from the present state."""
    delta = model.history[-1] if model.can_undo else None
    now = model.values.to_dict()
    return [
        {name: value for name, value in state.values.to_dict().items() if value != now[name]}
        for state in likely_states(delta, others, model.state)
    ]


def test_without_a_change_only_the_others_are_likely(model: ParamModel) -> None:
    assert guesses(model) == []
    assert guesses(model, Toy(level=9), Toy(), Toy(level=9)) == [{"level": 9}]


def test_a_slider_goes_on_the_way_it_went_then_back(model: ParamModel) -> None:
    model.set(shift=0.6)
    assert guesses(model) == [{"shift": 0.7}, {"shift": 0.8}, {"shift": 0.9}, {"shift": 0.5}]
    model.set(shift=0.3)
    assert guesses(model) == [{"shift": 0.2}, {"shift": 0.1}, {"shift": 0.0}, {"shift": 0.4}, {"shift": 0.6}]


def test_values_are_those_that_the_slider_has(model: ParamModel) -> None:
    model.set(level=21)
    assert guesses(model) == [{"level": 22}, {"level": 24}, {"level": 26}, {"level": 18}, {"level": 3}]
    assert all(type(value) is int for guess in guesses(model) for value in guess.values())


def test_nothing_is_likely_beyond_the_end_of_the_slider(model: ParamModel) -> None:
    model.set(shift=1.0)
    assert guesses(model) == [{"shift": 0.9}, {"shift": 0.5}]


def test_after_anything_else_taking_it_back_is_likely(model: ParamModel) -> None:
    model.set(mode="double")
    assert guesses(model) == [{"mode": "plain"}]
    model.set(level=9, shift=0.9)
    assert guesses(model) == [{"level": 3, "shift": 0.5}]


def test_a_guess_counts_once_when_it_is_asked_for() -> None:
    found = Foresight()
    assert not found.asked(Toy(level=1))
    found.foresaw(Toy(level=1))
    assert found.asked(Toy(level=1))
    assert not found.asked(Toy(level=1))
    assert (found.drawn, found.hits) == (1, 1)


def test_guessing_pauses_when_it_never_comes_true_and_tries_again_later() -> None:
    found = Foresight()
    for level in range(foresight._JUDGED):
        assert found.is_worthwhile
        found.foresaw(Toy(level=level))
    assert not found.is_worthwhile
    for _ in range(foresight._PAUSE_EDITS):
        assert not found.is_worthwhile
        found.asked(Toy(shift=1.0))
    assert found.is_worthwhile


def test_guessing_goes_on_while_some_come_true() -> None:
    found = Foresight()
    for level in range(48):
        found.foresaw(Toy(level=level))
        if level % 6 == 0:
            assert found.asked(Toy(level=level))
    assert found.is_worthwhile


def test_old_guesses_are_forgotten() -> None:
    found = Foresight()
    for step in range(foresight._MOST_WAITING + 1):
        found.foresaw(Toy(shift=step / 1000))
    assert not found.asked(Toy(shift=0.0))
    assert found.asked(Toy(shift=0.001))
