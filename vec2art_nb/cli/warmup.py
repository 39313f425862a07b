"""``vec2art-nb warmup``: kernels are compiled before anybody waits for them."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence

from vec2art_nb.cli import OK
from vec2art_nb.cli.parsing import PROGRAM, Parser
from vec2art_nb.cli.terminal import StatusLine, bar, status_line


def parser(argv: Sequence[str]) -> Parser:
    """The command's options: none."""
    return Parser(
        prog=f"{PROGRAM} warmup",
        description="Compile every kernel and keep it on disk, so that the first drawing does not wait for that.",
    )


def run(arguments: argparse.Namespace) -> int:
    """Compile, with a bar on a terminal, and a line for each kernel elsewhere."""
    started = time.perf_counter()
    with status_line() as line:
        progress = _Progress(line)
        progress(0, 0, "loading the compiler")
        from vec2art_nb.runtime.warmup import warmup

        count = warmup(progress)
        line.say(f"{count} kernels are ready ({time.perf_counter() - started:.1f} s)")
    return OK


class _Progress:
    def __init__(self, line: StatusLine) -> None:
        self.line = line
        self._said = ""

    def __call__(self, done: int, total: int, text: str) -> None:
        counted = bar(done, total) if total else ""
        if self.line.is_terminal:
            self.line.show(f"{counted} {text}".strip())
        elif text and text != self._said:
            # Told once when a kernel begins, and not again when it is done.
            self._said = text
            self.line.say(f"{done + 1}/{total} {text}" if total else text)
