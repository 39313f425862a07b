"""The edits of a person at work, always the same: drags back and forth, presets, undo, other backends."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from vec2art_nb.backends import registry
from vec2art_nb.params import Params
from vec2art_nb.params.parameter import Parameter

COUNT = 500

# Of a drag: so many events there, and most of them on the way back again.
_EVENTS = (8, 24)
_BACK = 0.7

# How often each thing is done; the rest are drags.
_PRESET, _UNDO, _SWITCH = 0.12, 0.2, 0.06


@dataclass(frozen=True)
class Edit:
    """One thing that is done to a session; ``rests`` says that the hand rests afterwards."""

    act: str
    values: tuple[tuple[str, Any], ...] = ()
    gesture: int | None = None
    rests: bool = False

    def do(self, session: Any) -> None:
        if self.act == "set":
            session.set(gesture=self.gesture, **dict(self.values))
        elif self.act == "preset":
            session.preset(self.values[0][1])
        elif self.act == "backend":
            session.set(backend=self.values[0][1])
        else:
            getattr(session, self.act)()


def edits(seed: int, count: int = COUNT) -> list[Edit]:
    """The edits of one session."""
    chance = random.Random(seed)
    made: list[Edit] = []
    backend = "edge"
    gestures = 0
    while len(made) < count:
        choice = chance.random()
        if choice < _SWITCH:
            backend = chance.choice([name for name in _BACKENDS if name != backend])
            made.append(Edit("backend", (("backend", backend),), rests=True))
        elif choice < _SWITCH + _PRESET:
            made.append(Edit("preset", (("name", chance.choice(list(registry[backend].presets))),), rests=True))
        elif choice < _SWITCH + _PRESET + _UNDO:
            back = chance.randrange(1, 4)
            made += [Edit("undo")] * back + [Edit("redo")] * chance.randrange(back) + [Edit("redo", rests=True)]
        else:
            gestures += 1
            made += _drag(chance, registry[backend].Params, gestures)
    return made[:count]


_BACKENDS = ("edge", "centerline", "superpixel", "dots")


def _drag(chance: random.Random, params: type[Params], gesture: int) -> Iterator[Edit]:
    """A slider there, and most often a way back over the same places, as one who compares."""
    parameter = chance.choice(_sliders(params))
    assert parameter.soft is not None
    assert parameter.step is not None
    low, high = parameter.soft
    steps = round((high - low) / parameter.step)
    place = chance.randrange(steps + 1)
    stride = max(1, steps // 40) * (1 if place < steps / 2 else -1)
    places = [place + stride * event for event in range(chance.randrange(*_EVENTS))]
    places = [at for at in places if 0 <= at <= steps]
    if chance.random() < _BACK:
        places += places[-2 : -2 - chance.randrange(len(places)) : -1]
    for number, at in enumerate(places):
        value = parameter.nearest(float(f"{low + at * parameter.step:.10g}"))
        yield Edit("set", ((parameter.name, value),), gesture, rests=number == len(places) - 1)


def _sliders(params: type[Params]) -> list[Parameter]:
    """Those that have an effect by default."""
    default = params()
    return [
        parameter
        for name, parameter in params.parameters().items()
        if parameter.soft is not None and parameter.step and default.active(name) is None
    ]
