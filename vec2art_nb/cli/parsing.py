"""argparse, with messages of one line that suggest what was meant."""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

PROGRAM = "vec2art-nb"


class Parser(argparse.ArgumentParser):
    """An argument parser without abbreviations: a script must not change its meaning when an option is added."""

    def __init__(self, *, keep_lines: bool = False, **options: Any) -> None:
        formatter = argparse.RawDescriptionHelpFormatter if keep_lines else argparse.HelpFormatter
        super().__init__(allow_abbrev=False, formatter_class=formatter, **options)

    def parse(self, argv: Sequence[str]) -> argparse.Namespace:
        """Parse a command line on which options and file names may be mixed.

        Raises
        ------
        SystemExit
            With code 2, after a message, when it makes no sense.
        """
        arguments, unknown = self.parse_known_intermixed_args(_without_double_dash(argv))
        if unknown:
            option = next((word for word in unknown if word.startswith("-")), None)
            if option is None:
                self.error(f"there is nothing to be done with {unknown[0]!r} here")
            option = option.partition("=")[0]
            near = difflib.get_close_matches(option, self._option_string_actions, n=1)
            self.error(f"there is no option {option}" + (f"; did you mean {near[0]}?" if near else ""))
        return arguments

    def error(self, message: str) -> NoReturn:
        """Say what is wrong in one line and where help is, and exit with code 2."""
        print(f"{self.prog}: {message}\nTry '{self.prog} --help'.", file=sys.stderr)
        sys.exit(2)


def _without_double_dash(argv: Sequence[str]) -> list[str]:
    """The same command line with no name after ``--`` that looks like an option.

    argparse forgets the ``--`` when options and names are mixed.
    """
    words = list(argv)
    if "--" not in words:
        return words
    end = words.index("--")
    names = words[end + 1 :]
    return words[:end] + [f"./{name}" if name.startswith("-") and name != "-" else name for name in names]


def suggestion(name: str, known: Iterable[str]) -> str:
    """The nearest of the known names as a question, or all of them."""
    known = list(known)
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(known)}"
