"""Real Jupyter servers, and a kernel's websocket without a browser."""

from __future__ import annotations

import contextlib
import json
import sys
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import websocket

sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))

from lab import jupyterlab

# An extension of the server's that says how its end of a connection is set, asked of the system and not of Tornado.
SOCKET_OPTIONS = """
import os
import socket

import psutil
from jupyter_server.base.handlers import APIHandler


class SocketOptions(APIHandler):
    def get(self, port):
        for found in psutil.Process().net_connections("tcp"):
            if found.raddr and found.raddr.port == int(port):
                with socket.socket(fileno=os.dup(found.fd)) as mine:
                    self.finish({"nodelay": mine.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)})


def _load_jupyter_server_extension(server):
    server.web_app.add_handlers(".*$", [(r"/socket-options/(\\d+)", SocketOptions)])
"""


class Kernel:
    """A kernel of a server, and the websocket to it."""

    def __init__(self, address: str) -> None:
        self.address = address
        kernel = self.ask("/api/kernels", b"{}")["id"]
        self.socket = websocket.create_connection(
            f"{address.replace('http', 'ws', 1)}/api/kernels/{kernel}/channels?session_id={uuid.uuid4().hex}",
            timeout=60,
        )

    def ask(self, path: str, body: bytes | None = None) -> dict[str, Any]:
        with urllib.request.urlopen(self.address + path, body, timeout=60) as answer:
            found: dict[str, Any] = json.load(answer)
            return found

    def run(self, code: str) -> tuple[str, float]:
        """What the code prints, and the seconds until the kernel's last message about it has come."""
        header = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "session": "", "username": ""}
        content = {"code": code, "silent": False, "store_history": False, "allow_stdin": False}
        message = {"header": header, "content": content, "parent_header": {}, "metadata": {}, "channel": "shell"}
        printed, waiting = "", {"idle", "reply"}
        started = time.perf_counter()
        self.socket.send(json.dumps(message))
        while waiting:
            reply = json.loads(self.socket.recv())
            if reply["parent_header"].get("msg_id") != header["msg_id"]:
                continue
            kind, told = reply["header"]["msg_type"], reply["content"]
            if kind == "stream":
                printed += told["text"]
            waiting -= {"reply"} if kind == "execute_reply" else {told.get("execution_state")}
        return printed, time.perf_counter() - started

    def nodelay(self) -> bool:
        """Whether TCP_NODELAY is set on the server's side."""
        return bool(self.ask(f"/socket-options/{self.socket.sock.getsockname()[1]}")["nodelay"])


@dataclass
class Server:
    """A server that runs."""

    address: str
    scratch: Path

    @contextlib.contextmanager
    def kernel(self) -> Iterator[Kernel]:
        kernel = Kernel(self.address)
        try:
            yield kernel
        finally:
            kernel.socket.close()

    @property
    def warnings(self) -> list[str]:
        """What the server warned of that is about us."""
        lines = (self.scratch / "lab.log").read_text().splitlines()
        return [line for line in lines if line.startswith("[W") and "vec2art" in line]


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Start JupyterLab's server: ``serve(files={name: text}, extensions={name: enabled})``."""
    with contextlib.ExitStack() as servers:

        def start(files: Mapping[str, str] = {}, extensions: Mapping[str, bool] = {}) -> Server:
            root, scratch = tmp_path_factory.mktemp("root"), tmp_path_factory.mktemp("jupyter")
            for name, text in {"socket_options.py": SOCKET_OPTIONS, **files}.items():
                (root / name).parent.mkdir(exist_ok=True)
                (root / name).write_text(text)
            enabled = {"jpserver_extensions": {"socket_options": True, **extensions}, "disable_check_xsrf": True}
            (scratch / "config").mkdir()
            (scratch / "config" / "jupyter_server_config.json").write_text(json.dumps({"ServerApp": enabled}))
            return Server(servers.enter_context(jupyterlab(root, scratch)), scratch)

        yield start
