"""A server extension for the benchmark: TCP_NODELAY of kernel web sockets is switched while they are open.

So one page has its drags with and without it, in any order. Whatever the server or another extension set before is
overridden.
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

from tornado.web import RequestHandler
from tornado.websocket import WebSocketClosedError

MODULE = __name__
_sockets: set[Any] = set()


def enable(scratch: Path) -> None:
    """Have the server that will be started with this folder load the extension."""
    folder = scratch / "config" / "jupyter_server_config.d"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "latency.json").write_text(json.dumps({"ServerApp": {"jpserver_extensions": {MODULE: True}}}))


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": MODULE}]


def _load_jupyter_server_extension(server: Any) -> None:
    settings = server.web_app.settings
    name = "kernel_websocket_connection_class"

    class Switched(settings[name]):  # type: ignore[misc]
        async def connect(self) -> Any:
            _sockets.add(self.websocket_handler)
            return await super().connect()

        def disconnect(self) -> None:
            _sockets.discard(self.websocket_handler)
            super().disconnect()

    class Switch(RequestHandler):
        def get(self, value: str) -> None:
            for socket in _sockets:
                with contextlib.suppress(WebSocketClosedError):
                    socket.set_nodelay(value == "on")
            self.write(str(len(_sockets)))

    settings[name] = Switched
    server.web_app.add_handlers(".*", [(settings["base_url"] + "latency/nodelay/(on|off)", Switch)])
