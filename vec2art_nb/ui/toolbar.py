"""The toolbar: menus, undo, saving, and the lines for progress and errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import traitlets

from vec2art_nb.ui.part import Part

_HERE = Path(__file__).parent


class Toolbar(Part):
    """Buttons that are commands, and what they show. Only Python writes the traits, from whatever thread.

    Parameters
    ----------
    commands
        What each message type of the browser does; called with the message. They must return at once.
    on_error
        Told of whatever a command raises.
    """

    _esm = _HERE / "toolbar.js"
    _css = _HERE / "toolbar.css"

    backends = traitlets.List(traitlets.Unicode()).tag(sync=True)
    backend = traitlets.Unicode().tag(sync=True)
    presets = traitlets.List(traitlets.Unicode()).tag(sync=True)
    preset = traitlets.Unicode().tag(sync=True)
    can_undo = traitlets.Bool().tag(sync=True)
    can_redo = traitlets.Bool().tag(sync=True)
    error = traitlets.Unicode().tag(sync=True)
    progress = traitlets.Dict({"text": "", "done": 0, "total": 0}).tag(sync=True)

    def __init__(
        self, commands: Mapping[str, Callable[[dict[str, Any]], None]], on_error: Callable[[Exception], None]
    ) -> None:
        super().__init__()
        self._commands = commands
        self._on_error = on_error
        self.on_msg(self._receive)

    def __repr__(self) -> str:
        return "Toolbar()"

    def _receive(self, _: object, content: dict[str, Any], buffers: object) -> None:
        try:
            self._commands[content["type"]](content)
        except Exception as error:  # nobody sees what a comm handler raises, so it is shown in the error line
            self._on_error(error)
