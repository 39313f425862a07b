"""What this user's Jupyter servers have made of the extension; for ``vec2art-nb doctor``."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from vec2art_nb.server import MODULE, STATUS_PATH

_TIMEOUT_S = 3.0
_ENABLE = f"jupyter server extension enable {MODULE}"


def installation() -> str:
    """Whether a server that is started in this environment will load the extension."""
    try:
        from jupyter_core.paths import jupyter_config_path
        from jupyter_server.extension.config import ExtensionConfigManager
    except ImportError:
        return "none here: jupyter_server is not installed"
    configuration: Any = ExtensionConfigManager(read_config_path=jupyter_config_path())
    enabled = configuration.get_jpserver_extensions().get(MODULE)
    if enabled is None:
        return "not enabled: its configuration was not found; install vec2art-nb again, or run " + _ENABLE
    return "enabled" if enabled else f"disabled; {_ENABLE} enables it"


def running() -> dict[str, str]:
    """What each running server of this user says, by its port or socket."""
    try:
        from jupyter_server.serverapp import list_running_servers
    except ImportError:
        return {}
    return {_name(server): _ask(server) for server in list_running_servers()}


def _name(server: Mapping[str, Any]) -> str:
    return f"on {server['sock']}" if server.get("sock") else f"on port {server['port']}"


def _ask(server: Mapping[str, Any]) -> str:
    if server.get("sock"):
        return "not asked: it listens on a Unix socket, where nothing waits"
    address = urlsplit(server["url"])
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    # No proxy and no redirection, since the server's token goes with the question.
    connection = kind(address.hostname or "localhost", address.port, timeout=_TIMEOUT_S)
    headers = {"Authorization": f"token {server['token']}"} if server.get("token") else {}
    try:
        connection.request("GET", f"{address.path.rstrip('/')}/{STATUS_PATH}", headers=headers)
        response = connection.getresponse()
        content = response.read()
        if response.status == http.client.OK:
            return _as_sentence(json.loads(content))
    except Exception as error:  # anything may listen at that port by now
        return f"gave no answer that could be understood: {type(error).__name__}: {error}"
    finally:
        connection.close()
    if response.status == http.client.NOT_FOUND:
        return "not active: vec2art-nb must be installed and enabled where this server runs, before it starts"
    return f"unknown: it answered {response.status} {response.reason}"


def _as_sentence(status: Mapping[str, Any]) -> str:
    version = f"vec2art_nb {status['version']}"
    if not status["active"]:
        return f"not active, the server's log says why ({version})"
    connections = status["connections"]
    if not connections:
        return f"active, no kernel is connected ({version})"
    return f"active, {status['prompt']} of {connections} connected kernels send at once ({version})"
