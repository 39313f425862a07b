"""What the hand will probably ask for next, so that it can be drawn before it is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from vec2art_nb.params import Delta, Params, State
from vec2art_nb.params.parameter import Parameter

# How far ahead along a slider.
_STEPS = 3

# Of so many guesses that were drawn, at least this share must have been asked for, or guessing pauses.
_JUDGED, _LEAST_SHARE = 24, 0.08

# After so many edits it tries again: another parameter, another hand.
_PAUSE_EDITS = 40

# Guesses that are remembered.
_MOST_WAITING = 256


def likely_states(delta: Delta | None, others: Iterable[Params], state: State) -> Iterator[State]:
    """The states that will probably follow, the likeliest first; none is yielded twice, and never the present one.

    Parameters
    ----------
    delta : Delta or None
        The last change. The hand goes on along the same slider, the way it went or back; or the change is undone.
    others : iterable of Params
        What else is likely, after that.
    state : State
        The present one.
    """
    known = [state]
    for candidate in _candidates(delta, others, state):
        if candidate not in known:
            known.append(candidate)
            yield candidate


def _candidates(delta: Delta | None, others: Iterable[Params], state: State) -> Iterator[State]:
    if delta is not None and delta.current == state and len(delta.changed) == 1:
        ((name, change),) = delta.changed.items()
        parameter = state.values.parameters().get(name)
        if parameter is not None and parameter.soft is not None and parameter.step:
            ahead = 1 if change.current > change.previous else -1
            for value in _next_values(parameter, parameter.soft, parameter.step, change.current, ahead):
                yield State(state.backend, state.values.replaced(**{name: value}), state.kept)
    if delta is not None:
        yield delta.previous
    for values in others:
        yield State(state.backend, values, state.kept)


def _next_values(
    parameter: Parameter, soft: tuple[float, float], step: float, current: float, ahead: int
) -> Iterator[float]:
    low, high = soft
    place = round((current - low) / step)
    for steps in (*range(1, _STEPS + 1), -1):
        # As sliders do: they count steps from their lower end.
        value = float(f"{low + (place + ahead * steps) * step:.10g}")
        if low <= value <= high:
            yield parameter.nearest(value)


class Foresight:
    """Counts which guesses came true, and pauses when too few do.

    Attributes
    ----------
    drawn, hits : int
        Guesses that were drawn, and those of them that were asked for.
    """

    def __init__(self) -> None:
        self.drawn = self.hits = 0
        self._waiting: dict[Params, None] = {}
        self._judged_from = (0, 0)
        self._pause = 0

    @property
    def is_worthwhile(self) -> bool:
        """Whether guesses have come true often enough of late."""
        return self._pause == 0

    def foresaw(self, values: Params) -> None:
        """A guess was drawn."""
        self.drawn += 1
        self._waiting[values] = None
        if len(self._waiting) > _MOST_WAITING:
            del self._waiting[next(iter(self._waiting))]
        drawn, hits = self._judged_from
        if self.drawn - drawn >= _JUDGED:
            if self.hits - hits < _LEAST_SHARE * _JUDGED:
                self._pause = _PAUSE_EDITS
            self._judged_from = self.drawn, self.hits

    def asked(self, values: Params) -> bool:
        """A state is asked for; whether it was drawn ahead, and is asked for the first time."""
        self._pause = max(0, self._pause - 1)
        if values not in self._waiting:
            return False
        del self._waiting[values]
        self.hits += 1
        return True
