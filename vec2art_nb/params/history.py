"""What a parameter model was, is, and how one becomes the other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

from vec2art_nb.errors import ParameterError
from vec2art_nb.params.declaration import Params


@dataclass(frozen=True)
class State:
    """All that a model holds at one moment.

    Attributes
    ----------
    backend : str
    values : Params
        The active backend's parameters.
    kept : mapping of backend name to Params
        What the other backends will come back with; one that would come back with its defaults is not in it.
    """

    backend: str
    values: Params
    kept: Mapping[str, Params] = field(default_factory=lambda: MappingProxyType({}), hash=False)

    def of(self, backend: str) -> Params | None:
        """The parameters of ``backend``, or None when they are its defaults and it is not active."""
        return self.values if backend == self.backend else self.kept.get(backend)


@dataclass(frozen=True, slots=True)
class Change:
    """One value before and after."""

    previous: Any
    current: Any

    def inverted(self) -> Change:
        """The way back."""
        return Change(self.current, self.previous)


@dataclass(frozen=True)
class Delta:
    """One change of a model.

    Attributes
    ----------
    previous, current : State
    time : float
        When, in seconds since the epoch.
    """

    previous: State
    current: State
    time: float

    @cached_property
    def changed(self) -> Mapping[str, Change]:
        """The names whose values changed, "backend" among them.

        After a switch these are the new backend's parameters that differ from what the model showed under the same name
        before, or, where the previous backend has no such parameter, from what the new one had kept.
        """
        before, after = self.previous.values.__dict__, self.current.values.__dict__
        changed: dict[str, Change] = {}
        if self.previous.backend != self.current.backend:
            changed["backend"] = Change(self.previous.backend, self.current.backend)
            kept = self.previous.of(self.current.backend) or self.current.values.defaults()
            before = {**kept.__dict__, **before}
        for name, value in after.items():
            if before[name] != value:
                changed[name] = Change(before[name], value)
        return MappingProxyType(changed)

    @cached_property
    def patch(self) -> Patch:
        """The change alone, without the states around it; it can be stored, inverted and applied elsewhere."""
        switched = self.previous.backend != self.current.backend
        values: dict[str, Mapping[str, Change]] = {}
        names = [self.previous.backend, self.current.backend, *self.previous.kept, *self.current.kept]
        for backend in dict.fromkeys(names):
            before, after = self.previous.of(backend), self.current.of(backend)
            some = before or after
            if before is after or some is None:
                continue
            old = (before or some.defaults()).__dict__
            new = (after or some.defaults()).__dict__
            changes = {name: Change(old[name], new[name]) for name in old if old[name] != new[name]}
            if changes:
                values[backend] = MappingProxyType(changes)
        return Patch(
            Change(self.previous.backend, self.current.backend) if switched else None, MappingProxyType(values)
        )


@dataclass(frozen=True)
class Patch:
    """A change that can be applied, inverted, and written as JSON.

    A patch sets what it names to its current values, whatever stands there: the previous ones are for the way back.

    Attributes
    ----------
    backend : Change or None
        The switch of the backend, if there is one.
    values : mapping of backend name to mapping of parameter name to Change
    """

    backend: Change | None
    values: Mapping[str, Mapping[str, Change]]

    def inverted(self) -> Patch:
        """The patch that takes this one back."""
        return Patch(
            None if self.backend is None else self.backend.inverted(),
            MappingProxyType(
                {
                    backend: MappingProxyType({name: change.inverted() for name, change in changes.items()})
                    for backend, changes in self.values.items()
                }
            ),
        )

    def to_json(self) -> str:
        """``{"backend": [previous, current] or null, "values": {backend: {name: [previous, current]}}}``."""
        pairs = {
            backend: {name: [change.previous, change.current] for name, change in changes.items()}
            for backend, changes in self.values.items()
        }
        switch = None if self.backend is None else [self.backend.previous, self.backend.current]
        return json.dumps({"backend": switch, "values": pairs})

    @classmethod
    def from_json(cls, text: str) -> Patch:
        """Read what `to_json` wrote; the values themselves are checked when the patch is applied."""
        content = read_json(text, "patch", {"backend", "values"})
        switch = content.get("backend")
        if switch is not None and not all(isinstance(name, str) for name in _pair(switch)):
            raise ParameterError(f"this is no patch: backend must be two names, got {switch!r}")
        return cls(
            None if switch is None else Change(*_pair(switch)),
            MappingProxyType(
                {
                    backend: MappingProxyType({name: Change(*_pair(pair)) for name, pair in changes.items()})
                    for backend, changes in backend_values(content, "patch").items()
                }
            ),
        )


def read_json(text: str, what: str, keys: set[str]) -> dict[str, Any]:
    """A JSON object with no other than these keys, or a `ParameterError` that says it is no ``what``."""
    try:
        content = json.loads(text)
    except (ValueError, TypeError, RecursionError) as error:
        raise ParameterError(f"this is no {what}: it is not JSON ({error})") from None
    if not isinstance(content, dict):
        raise ParameterError(f"this is no {what}: expected a JSON object, got a {type(content).__name__}")
    if extra := content.keys() - keys:
        raise ParameterError(f"this is no {what}: it has {', '.join(map(repr, sorted(extra)))}")
    return content


def backend_values(content: Mapping[str, Any], what: str) -> Mapping[str, Mapping[str, Any]]:
    """The "values" of a JSON object: backend name to parameter name to whatever stands there."""
    values = content.get("values")
    if not isinstance(values, dict) or not all(isinstance(one, dict) for one in values.values()):
        raise ParameterError(f'this is no {what}: "values" must hold one object for each backend')
    return values


def _pair(value: Any) -> tuple[Any, Any]:
    if not isinstance(value, list) or len(value) != 2:
        raise ParameterError(f"this is no patch: expected [previous, current], got {value!r}")
    # JSON has no tuples, and a palette is one.
    previous, current = (tuple(item) if isinstance(item, list) else item for item in value)
    return previous, current
