"""Stages, the graph that they form, and the keys of their results.

A stage is a plain function. Its positional arguments name the stages whose results it reads (or ``source``, the
picture); its keyword-only arguments name the parameters that it reads. Nothing is listed a second time, so nothing can
disagree, and everything that could be wrong is found when the graph is built.
"""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, get_type_hints

from vec2art_nb.drawing import Drawing
from vec2art_nb.errors import GraphError
from vec2art_nb.image import Source
from vec2art_nb.params import Params

SOURCE = "source"


@dataclass(frozen=True, slots=True)
class Stage:
    """A function with what its signature says.

    Attributes
    ----------
    function
        What computes the result. It alone is the stage's identity: two functions of one name are two stages.
    upstream
        Names of the stages whose results are its positional arguments; ``source`` is the picture.
    parameters
        Names of its keyword-only arguments: the parameters that it reads.
    """

    function: Callable[..., Any]
    name: str
    upstream: tuple[str, ...]
    parameters: tuple[str, ...]

    @classmethod
    def of(cls, function: Callable[..., Any]) -> Stage:
        upstream, parameters = [], []
        for argument in inspect.signature(function).parameters.values():
            if argument.kind is argument.KEYWORD_ONLY:
                parameters.append(argument.name)
            elif argument.kind in (argument.POSITIONAL_ONLY, argument.POSITIONAL_OR_KEYWORD):
                upstream.append(argument.name)
            else:
                raise GraphError(f"stage {function.__name__}: *{argument.name} cannot be resolved; name each input")
        return cls(function, function.__name__, tuple(upstream), tuple(parameters))


class Key:
    """What identifies a result: the stage, the parameter values that it read, and the keys of its inputs.

    Equal keys mean equal results, from the picture's digest down (a Merkle tree), so no array is ever hashed. The hash
    is computed once; comparing stops at the first shared part.
    """

    __slots__ = ("_hash", "stage", "upstream", "values")

    def __init__(self, stage: Stage, values: tuple[Hashable, ...], upstream: tuple[Hashable, ...]) -> None:
        self.stage = stage
        self.values = values
        self.upstream = upstream
        self._hash = hash((id(stage.function), values, upstream))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return (
            isinstance(other, Key)
            and self._hash == other._hash
            and self.stage.function is other.stage.function
            and self.values == other.values
            and self.upstream == other.upstream
        )

    def __repr__(self) -> str:
        return f"Key({self.stage.name}, {self.values})"


class Graph:
    """The stages of a backend in order, checked against its parameters.

    Parameters
    ----------
    params
        The backend's ``Params``.
    functions
        The stages, each after those that it reads; the last one makes the ``Drawing``.

    Raises
    ------
    GraphError
        For duplicate or unknown names, a wrong order or cycle, a parameter or result that nobody reads, and annotations
        that disagree. The message says what to mend.
    """

    def __init__(self, params: type[Params], functions: tuple[Callable[..., Any], ...]) -> None:
        self.params = params
        self.stages: Mapping[str, Stage] = _named(tuple(Stage.of(function) for function in functions))
        _check_order(self.stages)
        _check_parameters(self.stages, params)
        _check_annotations(self.stages, params)
        self.last = next(reversed(self.stages))

    def keys(self, root: Hashable, values: Params) -> dict[str, Hashable]:
        """The key of every stage's result for a picture (``root``) and its parameters.

        A parameter that has no effect in this state (it needs another one) is left out: turning it runs nothing.
        """
        inactive = values.inactive()
        keys: dict[str, Hashable] = {SOURCE: root}
        for stage in self.stages.values():
            read = tuple(None if name in inactive else getattr(values, name) for name in stage.parameters)
            keys[stage.name] = Key(stage, read, tuple(keys[name] for name in stage.upstream))
        return keys

    def missing(self, has: Callable[[str], bool], target: str = "") -> list[Stage]:
        """The stages that must run for the result of ``target`` (by default the drawing), in order.

        ``has`` says of a stage, or of the picture itself, whether its result is there; it is asked once for each that
        is needed.
        """
        missing, asked = set[str](), set[str]()
        waiting = [target or self.last]
        while waiting:
            name = waiting.pop()
            if name in asked or name == SOURCE:
                continue
            asked.add(name)
            if not has(name):
                missing.add(name)
                waiting.extend(self.stages[name].upstream)
        return [stage for name, stage in self.stages.items() if name in missing]


def _named(stages: tuple[Stage, ...]) -> dict[str, Stage]:
    if not stages:
        raise GraphError("a backend needs at least one stage")
    named: dict[str, Stage] = {}
    for stage in stages:
        if stage.name in named:
            raise GraphError(f"two stages are called {stage.name}; rename one of them")
        if stage.name == SOURCE:
            raise GraphError(f"no stage may be called {SOURCE}: that is the picture itself")
        named[stage.name] = stage
    return named


def _check_order(stages: Mapping[str, Stage]) -> None:
    known, read = {SOURCE}, set()
    for stage in stages.values():
        for name in stage.upstream:
            if name in known:
                read.add(name)
            elif name in stages:
                raise GraphError(
                    f"stage {stage.name} reads {name}, which comes after it; reorder them, or break the cycle"
                )
            else:
                raise GraphError(
                    f"stage {stage.name} reads {name}, which is no stage{_nearest(name, [*stages, SOURCE])}"
                )
        known.add(stage.name)
    *inner, _ = stages
    for name in inner:
        if name not in read:
            raise GraphError(f"nobody reads the result of stage {name}; remove it, or use it")


def _check_parameters(stages: Mapping[str, Stage], params: type[Params]) -> None:
    declared = params.parameters()
    read = set()
    for stage in stages.values():
        for name in stage.parameters:
            if name not in declared:
                raise GraphError(
                    f"stage {stage.name} reads parameter {name}, which {params.__name__} does not declare"
                    f"{_nearest(name, list(declared))}"
                )
            read.add(name)
    for name in declared:
        if name not in read:
            raise GraphError(f"no stage reads parameter {name} of {params.__name__}; remove it, or use it")


def _check_annotations(stages: Mapping[str, Stage], params: type[Params]) -> None:
    fields = get_type_hints(params)
    results: dict[str, Any] = {SOURCE: Source}
    for stage in stages.values():
        hints = get_type_hints(stage.function)
        expected = {name: results[name] for name in stage.upstream} | {name: fields[name] for name in stage.parameters}
        for name, annotation in expected.items():
            if name in hints and hints[name] != annotation:
                raise GraphError(
                    f"stage {stage.name}: {name} is annotated {_shown(hints[name])}, but it is {_shown(annotation)}"
                )
        if "return" not in hints:
            raise GraphError(f"stage {stage.name} does not say what it returns; annotate it")
        results[stage.name] = hints["return"]
    if results[stage.name] is not Drawing:
        raise GraphError(f"the last stage, {stage.name}, must return a Drawing, not {_shown(results[stage.name])}")


def _shown(annotation: Any) -> str:
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)


def _nearest(name: str, names: list[str]) -> str:
    close = difflib.get_close_matches(name, names, n=1)
    return f"; did you mean {close[0]}?" if close else f"; there are {', '.join(names)}"
