"""``vec2art-nb backends``: the ways of drawing."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from vec2art_nb.backends import Backend, registry
from vec2art_nb.cli import FAILED, OK, one_line
from vec2art_nb.cli.parsing import PROGRAM, Parser
from vec2art_nb.cli.terminal import columns
from vec2art_nb.errors import ParameterError


def parser(argv: Sequence[str]) -> Parser:
    """The command's options."""
    made = Parser(prog=f"{PROGRAM} backends", description="List the ways of drawing, with their presets.")
    made.add_argument("--json", action="store_true", help="as JSON, with the values of the presets")
    return made


def run(arguments: argparse.Namespace) -> int:
    """Print them; one that cannot be loaded is told on standard error, and the others are listed all the same."""
    loaded: list[Backend] = []
    code = OK
    for name in registry:
        try:
            loaded.append(registry[name])
        except ParameterError as error:
            print(f"{PROGRAM}: {one_line(error)}", file=sys.stderr)
            code = FAILED
    if arguments.json:
        described = [{"name": one.name, "title": one.title, "presets": dict(one.presets)} for one in loaded]
        print(json.dumps(described, indent=2))
    else:
        rows = [("NAME", "PRESETS", "TITLE"), *((one.name, ",".join(one.presets), one.title) for one in loaded)]
        print(columns(rows))
    return code
