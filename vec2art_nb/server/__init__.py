"""An extension of Jupyter's server: what a kernel answers leaves for the browser at once.

Jupyter's server leaves Nagle's algorithm on for the websocket of a kernel, so a small message waits until the browser
has confirmed the one before it, and browsers take some 40 ms for that. Here the server's own connection class,
whichever it is, is extended to set TCP_NODELAY.

The server finds this module through ``etc/jupyter/jupyter_server_config.d/vec2art_nb.json``, which the wheel brings
along. Where the server is not made as expected, it is warned of once and goes on as it was.

The command ``voila`` loads no extensions. It can be told by hand:
``voila --Voila.kernel_websocket_connection_class=vec2art_nb.server.KernelConnection``.
"""

from __future__ import annotations

import logging
import socket
import types
from collections.abc import Iterator
from typing import Any, ClassVar
from weakref import WeakSet

from vec2art_nb._version import __version__

MODULE = "vec2art_nb.server"
STATUS_PATH = "vec2art-nb/server"
_CLASS_SETTING = "kernel_websocket_connection_class"
_SLOWER = "small messages from kernels may wait some 40 ms"


class PromptConnection:
    """Stands in front of a server's own class for the connection between browser and kernel."""

    opened: ClassVar[WeakSet[Any]]
    excused: ClassVar[bool]

    websocket_handler: Any

    def connect(self) -> Any:
        """Set TCP_NODELAY before the first message, then connect as ever."""
        try:
            self.websocket_handler.set_nodelay(True)
            self.opened.add(self.websocket_handler)
        except Exception as error:  # whatever it is, the kernel matters more
            self._excuse(error)
        # Handed through as it is: a coroutine, a future or nothing, as the server's version has it.
        return super().connect()  # type: ignore[misc]

    def _excuse(self, error: Exception) -> None:
        if not self.excused:
            type(self).excused = True
            _warn(getattr(self, "log", logging.getLogger(__name__)), error, _SLOWER)


def prompt(connection_class: Any) -> Any:
    """The class, extended to send at once; the same one if it does so already."""
    if not isinstance(connection_class, type) or not callable(getattr(connection_class, "connect", None)):
        raise TypeError(f"the server's {_CLASS_SETTING} is no class with a method connect, but {connection_class!r}")
    if issubclass(connection_class, PromptConnection):
        return connection_class
    attributes = {"__module__": MODULE, "opened": WeakSet(), "excused": False}
    bases = (PromptConnection, connection_class)
    return types.new_class(connection_class.__name__, bases, exec_body=lambda body: body.update(attributes))


def status(settings: dict[str, Any]) -> dict[str, Any]:
    """What is true of a running server, from the settings of its web application."""
    used = settings.get(_CLASS_SETTING)
    if not isinstance(used, type) or not issubclass(used, PromptConnection):
        return {"version": __version__, "active": False, "connections": 0, "prompt": 0}
    options = list(_nodelay_of(used.opened))
    return {"version": __version__, "active": True, "connections": len(options), "prompt": sum(options)}


def _nodelay_of(handlers: WeakSet[Any]) -> Iterator[bool]:
    """Whether the option is set, read back from the socket of each websocket that is still open."""
    for handler in list(handlers):
        connection = getattr(handler, "ws_connection", None)
        if connection is not None and not connection.stream.closed():
            yield bool(connection.stream.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": MODULE}]


def _load_jupyter_server_extension(server: Any) -> None:
    """Called by Jupyter's server when it starts; never raises."""
    failures = []
    for step, consequence in ((_send_at_once, _SLOWER), (_answer_the_doctor, "vec2art-nb doctor cannot ask it")):
        try:
            step(server.web_app)
        except Exception as error:  # a server without this is slower, a server that does not start is worse
            failures.append((error, consequence))
    if failures:
        _warn(server.log, *failures[0])


def _send_at_once(web_app: Any) -> None:
    web_app.settings[_CLASS_SETTING] = prompt(web_app.settings.get(_CLASS_SETTING))


def _answer_the_doctor(web_app: Any) -> None:
    from jupyter_server.base.handlers import APIHandler
    from jupyter_server.utils import url_path_join
    from tornado import web

    class StatusHandler(APIHandler):
        @web.authenticated
        def get(self) -> None:
            self.finish(status(self.settings))

    web_app.add_handlers(".*$", [(url_path_join(web_app.settings["base_url"], STATUS_PATH), StatusHandler)])


def _warn(log: Any, error: Exception, consequence: str) -> None:
    log.warning(
        "vec2art_nb: this Jupyter server works as ever, but %s, because it is not made as expected: %s: %s",
        consequence,
        type(error).__name__,
        error,
    )


def __getattr__(name: str) -> Any:
    if name != "KernelConnection":
        raise AttributeError(f"module {MODULE!r} has no attribute {name!r}")
    from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

    return prompt(ZMQChannelsWebsocketConnection)
