"""What a person sees while they wait: one line on standard error that is written over, and only on a terminal."""

from __future__ import annotations

import contextlib
import shutil
import sys
import threading
from collections.abc import Iterator, Sequence
from typing import TextIO

_CLEAR_LINE = "\r\x1b[K"


class StatusLine:
    """A line that tells what is going on; on anything but a terminal it is silent.

    Threads may write to it at once: progress is told from the compute lane.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._shown = False
        self.is_terminal = stream.isatty()

    def show(self, text: str) -> None:
        """Replace the line; an empty text takes it away."""
        if not self.is_terminal:
            return
        # A line that wraps could not be written over.
        text = text[: max(10, shutil.get_terminal_size().columns - 1)]
        with self._lock:
            if text or self._shown:
                self._stream.write(_CLEAR_LINE + text)
                self._stream.flush()
            self._shown = bool(text)

    def say(self, text: str) -> None:
        """Print a line that stays."""
        self.show("")
        with self._lock:
            print(text, file=self._stream, flush=True)


@contextlib.contextmanager
def status_line() -> Iterator[StatusLine]:
    """A status line on standard error, taken away at the end."""
    line = StatusLine(sys.stderr)
    try:
        yield line
    finally:
        line.show("")


def bar(done: int, total: int, width: int = 24) -> str:
    """A progress bar: ``[#########---------------] 12/32``."""
    filled = width * done // total if total else 0
    return f"[{'#' * filled}{'-' * (width - filled)}] {done}/{total}"


def columns(rows: Sequence[tuple[str, ...]]) -> str:
    """Rows as aligned columns with nothing but spaces between; an empty cell is ``-``, so that they can be counted."""
    cells = [tuple(cell or "-" for cell in row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells
    )
