"""What the widgets of a studio have in common."""

from __future__ import annotations

from typing import Any

import anywidget


class Part(anywidget.AnyWidget):
    """A widget whose messages from a page are handled on the thread that the page asks for.

    JupyterLab asks for a thread beside that of cells (a subshell), so that a hand is followed while a cell runs. But
    ipykernel has what comes in handled where the widget last sent something; where that was a cell, or a thread that
    nobody asked for, all that a hand does would wait for the end of cells.
    """

    def open(self) -> None:
        """Tell front ends that this widget is there."""
        super().open()
        self._let_pages_choose()

    def _send(self, msg: Any, buffers: Any = None) -> None:
        super()._send(msg, buffers)
        self._let_pages_choose()

    def _let_pages_choose(self) -> None:
        getattr(self.comm, "__dict__", {}).pop("_reply_subshell_id", None)
