"""The command ``vec2art-nb``.

Each command is a module with ``parser(argv)`` and ``run(arguments)``, imported when it is the one that was asked
for, so that help is quick and nothing loads the compiler without need.
"""

from __future__ import annotations

import importlib
import io
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from vec2art_nb._version import __version__
from vec2art_nb.cli.parsing import PROGRAM, Parser, suggestion
from vec2art_nb.cli.terminal import status_line
from vec2art_nb.errors import Vec2ArtError

OK, FAILED = 0, 1
# What a shell reports for a program that a signal ended: 128 and the signal's number.
INTERRUPTED, BROKEN_PIPE = 130, 141

COMMANDS = {
    "convert": "turn pictures into drawings: SVG, SVGZ or PNG",
    "backends": "list the ways of drawing",
    "params": "list the parameters of a backend",
    "warmup": "compile all kernels now instead of when they are first used",
    "doctor": "say what is installed here and whether it works",
}

_HOMES = {
    "convert": "vec2art_nb.cli.convert",
    "backends": "vec2art_nb.cli.backends",
    "params": "vec2art_nb.cli.params",
    "warmup": "vec2art_nb.cli.warmup",
    "doctor": "vec2art_nb.cli.doctor",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code.

    0: done. 1: something failed, and what did not depend on it was done. 2: the command line makes no sense, and
    nothing was done. 130: interrupted. 141: whoever read the output stopped reading.
    """
    _accept_any_character()
    try:
        code = _run(list(sys.argv[1:] if argv is None else argv))
        sys.stdout.flush()
    except SystemExit as stop:  # argparse's way to say that all is said
        return stop.code if isinstance(stop.code, int) else OK
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _abandon_stdout()
        return BROKEN_PIPE
    except Vec2ArtError as error:
        print(f"{PROGRAM}: {one_line(error)}", file=sys.stderr)
        return FAILED
    return code


def one_line(error: BaseException) -> str:
    """An error's message on one line, whatever it says."""
    return "; ".join(str(error).splitlines()) or type(error).__name__


def _run(argv: list[str]) -> int:
    if not argv or argv[0] not in COMMANDS:
        _without_command(argv)
    with status_line() as line:
        # On a slow machine even loading the libraries takes a second, and silence looks like a hang.
        line.show("starting")
        command = importlib.import_module(_HOMES[argv[0]])
        parser = command.parser(argv[1:])
    code: int = command.run(parser.parse(argv[1:]))
    return code


def _without_command(argv: list[str]) -> NoReturn:
    parser = _top_parser()
    name = parser.parse(argv).command
    if name is None:
        parser.error(f"say what to do: {', '.join(COMMANDS)}")
    parser.error(f"there is no command {name!r}; {suggestion(name, COMMANDS)}")


def _top_parser() -> Parser:
    width = max(map(len, COMMANDS))
    listing = "\n".join(f"  {name:<{width}}  {summary}" for name, summary in COMMANDS.items())
    parser = Parser(
        prog=PROGRAM,
        usage=f"{PROGRAM} COMMAND [OPTIONS]",
        description="Turns raster images into vector art.",
        epilog=f"commands:\n{listing}\n\nEach has its own help: {PROGRAM} convert --help",
        keep_lines=True,
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    parser.add_argument("command", nargs="?", help="one of those below")
    return parser


def _accept_any_character() -> None:
    """Let a terminal that lacks a character show another one, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _abandon_stdout() -> None:
    """Send what is still in the buffer nowhere; else Python complains about it when it exits."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    except (OSError, ValueError):
        pass
