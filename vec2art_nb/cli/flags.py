"""Options made from the parameters of a backend."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from vec2art_nb.params import Parameter, Params
from vec2art_nb.params.table import range_text

# A parameter may have the name of an argument, so the two are kept apart by a prefix that no argument has.
_PREFIX = "parameter "


def flag(parameter_name: str) -> str:
    """What is typed for a parameter: ``--blur-sigma``."""
    return "--" + parameter_name.replace("_", "-")


def add_parameter_flags(parser: argparse.ArgumentParser, params: type[Params]) -> None:
    """Add an option for each parameter, under a heading for each group."""
    groups: dict[str, argparse._ArgumentGroup] = {}
    for name, parameter in params.parameters().items():
        if parameter.group not in groups:
            groups[parameter.group] = parser.add_argument_group(parameter.group)
        options: dict[str, Any] = {
            "dest": _PREFIX + name,
            "default": argparse.SUPPRESS,
            "help": _help(parameter, params),
        }
        if parameter.kind == "bool":
            options["action"] = argparse.BooleanOptionalAction
        else:
            options |= {"type": _reader(parameter), "metavar": _metavar(parameter)}
        groups[parameter.group].add_argument(flag(name), **options)


def given_parameters(arguments: argparse.Namespace) -> dict[str, object]:
    """The parameters that were typed, with their values."""
    return {name.removeprefix(_PREFIX): value for name, value in vars(arguments).items() if name.startswith(_PREFIX)}


def _reader(parameter: Parameter) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        value = _value(parameter, text)
        if not parameter.accepts(value):
            # argparse puts the option's name before this.
            raise argparse.ArgumentTypeError(parameter.refusal(value, called="it"))
        return parameter.normalized(value)

    return read


def _value(parameter: Parameter, text: str) -> object:
    """What a person means by ``text``; the text itself when it means nothing, for the message."""
    if parameter.kind == "palette":
        return tuple(part.strip() for part in text.split(","))
    if parameter.kind == "choice":
        return next((choice for choice in parameter.choices if str(choice) == text), text)
    if parameter.is_number:
        for number in (int, float):
            try:
                return number(text)
            except ValueError:
                pass
    return text


def _metavar(parameter: Parameter) -> str:
    if parameter.kind == "choice":
        return "{" + ",".join(map(str, parameter.choices)) + "}"
    return {"color": "COLOUR", "palette": "COLOUR,COLOUR,…"}.get(parameter.kind, "NUMBER")


def _help(parameter: Parameter, params: type[Params]) -> str:
    """What it does, its range and default, and what it needs, as all that is typed."""
    facts = [f"default {_typed(parameter, parameter.default)}"]
    if parameter.is_number:
        facts.insert(0, f"{range_text(parameter)} {parameter.unit or ''}".strip())
    for name, allowed in parameter.needs.items():
        other = params.parameters()[name]
        wanted = [
            _typed(other, value) if other.kind == "bool" else f"{flag(name)} {_typed(other, value)}"
            for value in allowed
        ]
        facts.append(f"needs {' or '.join(wanted)}")
    # argparse takes % for the beginning of a substitution.
    return f"{parameter.help} ({'; '.join(facts)})".replace("%", "%%")


def _typed(parameter: Parameter, value: Any) -> str:
    """A value as it is typed; of a switch, the option itself."""
    if parameter.kind == "bool":
        return flag(parameter.name) if value else f"--no-{flag(parameter.name)[2:]}"
    return ",".join(value) if parameter.kind == "palette" else str(value)
