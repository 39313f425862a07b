"""The ways of drawing, by name.

This module *is* the mapping ``v2a.backends``: ``backends["edge"]`` loads the backend when it is first asked for,
``list(backends)`` names all. Packages add theirs through the entry point group ``vec2art_nb.backends``, a notebook
through :func:`register`.
"""

from __future__ import annotations

import difflib
import importlib
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from typing import Any, cast

from vec2art_nb.errors import ParameterError
from vec2art_nb.graph import Graph
from vec2art_nb.params import Params

__all__ = ["Backend", "register", "registry"]

ENTRY_POINT_GROUP = "vec2art_nb.backends"

_BUILT_IN = {
    "edge": "vec2art_nb.backends.edge",
    "centerline": "vec2art_nb.backends.centerline",
    "dots": "vec2art_nb.backends.dots",
    "superpixel": "vec2art_nb.backends.superpixel",
}


@dataclass(frozen=True)
class Backend:
    """One way of drawing: its parameters, its stages in order, its presets.

    Attributes
    ----------
    name
        What a person types.
    title
        One line that says what it draws.
    Params
        The class that declares its parameters.
    stages
        Functions, each after those whose results it reads; the last returns the ``Drawing``.
    presets
        By name, the parameter values that differ from the defaults.
    """

    name: str
    title: str
    Params: type[Params]
    stages: tuple[Callable[..., Any], ...]
    presets: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    graph: Graph = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "graph", Graph(self.Params, self.stages))
        for values in self.presets.values():
            self.Params().replaced(**values)

    def preset(self, name: str) -> Mapping[str, object]:
        """The values of a preset.

        Raises
        ------
        ParameterError
            When there is none of that name; the message lists those that exist.
        """
        if name not in self.presets:
            raise ParameterError(f"{self.name} has no preset {name!r}{_choices(name, list(self.presets))}")
        return self.presets[name]


class _Backends(types.ModuleType, Mapping[str, Backend]):
    """A module that is also the mapping from names to backends."""

    # Still a module to everybody who keeps modules in sets.
    __hash__ = types.ModuleType.__hash__
    __eq__ = types.ModuleType.__eq__

    def __getitem__(self, name: str) -> Backend:
        if name not in _loaded:
            _loaded[name] = _load(name)
        return _loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys([*_BUILT_IN, *_third_party(), *_loaded]))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        return name in list(self)


_loaded: dict[str, Backend] = {}


def register(backend: Backend) -> Backend:
    """Make a backend known in this process; one of the same name is replaced."""
    _loaded[backend.name] = backend
    return backend


@cache
def _third_party() -> dict[str, metadata.EntryPoint]:
    return {entry.name: entry for entry in metadata.entry_points(group=ENTRY_POINT_GROUP)}


def _load(name: str) -> Backend:
    if name in _BUILT_IN:
        backend: Backend = importlib.import_module(_BUILT_IN[name]).BACKEND
        return backend
    entry = _third_party().get(name)
    if entry is None:
        raise ParameterError(f"there is no backend {name!r}{_choices(name, list(registry))}")
    try:
        loaded = entry.load()
    except Exception as error:  # somebody else's code: whatever it raises must not break ours
        raise ParameterError(
            f"backend {name!r} comes from {entry.value}, which cannot be loaded: {type(error).__name__}: {error}; "
            "mend or uninstall that package"
        ) from error
    if not isinstance(loaded, Backend):
        raise ParameterError(f"backend {name!r}: {entry.value} is a {type(loaded).__name__}, not a vec2art_nb Backend")
    return loaded


def _choices(name: str, names: list[str]) -> str:
    close = difflib.get_close_matches(str(name), names, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; there are: {', '.join(names) or 'none'}"


sys.modules[__name__].__class__ = _Backends

# The same mapping with its type, which no type checker sees in a module.
registry = cast(Mapping[str, Backend], sys.modules[__name__])
