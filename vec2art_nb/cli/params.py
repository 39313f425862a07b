"""``vec2art-nb params``: what can be turned in a backend."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from typing import Any

from vec2art_nb.backends import registry
from vec2art_nb.cli import OK
from vec2art_nb.cli.flags import flag
from vec2art_nb.cli.parsing import PROGRAM, Parser
from vec2art_nb.cli.terminal import columns
from vec2art_nb.errors import ParameterError
from vec2art_nb.params import Parameter
from vec2art_nb.params.table import rows


def parser(argv: Sequence[str]) -> Parser:
    """The command's options."""
    made = Parser(prog=f"{PROGRAM} params", description="List the parameters of a backend.")
    made.add_argument("backend", metavar="BACKEND", type=known_backend, help=f"{PROGRAM} backends lists them")
    made.add_argument("--json", action="store_true", help="as JSON, with all that is known of each")
    return made


def run(arguments: argparse.Namespace) -> int:
    """Print the table."""
    params = registry[arguments.backend].Params
    if arguments.json:
        print(json.dumps([_described(one) for one in params.parameters().values()], indent=2, ensure_ascii=False))
    else:
        header = ("NAME", "DEFAULT", "RANGE", "UNIT", "HELP")
        print(columns([header, *((row.name, row.default, row.range, row.unit, row.help) for row in rows(params))]))
    return OK


def known_backend(name: str) -> str:
    """The name of a backend that can be loaded, as the type of an argument."""
    try:
        return registry[name].name
    except ParameterError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _described(parameter: Parameter) -> dict[str, Any]:
    known = {name: value for name, value in vars(parameter).items() if name != "needs" and value not in (None, ())}
    return {"flag": flag(parameter.name), **known, "needs": dict(parameter.needs)}
