"""What the doctor finds out about Jupyter servers, whatever they answer."""

from __future__ import annotations

import http.server
import json
import sys
import threading

import pytest

from vec2art_nb.server import report

SWITCH = "vec2art_nb.server"


@pytest.fixture
def configure(monkeypatch, tmp_path):
    """Only what is given here counts: nothing of this environment's."""
    for places in ("ENV_CONFIG_PATH", "SYSTEM_CONFIG_PATH"):
        monkeypatch.setattr(f"jupyter_core.paths.{places}", [])
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path))

    def write(extensions):
        (tmp_path / "jupyter_server_config.json").write_text(
            json.dumps({"ServerApp": {"jpserver_extensions": extensions}})
        )

    return write


def test_the_installation_has_enabled_it(monkeypatch, tmp_path):
    """The real file, laid by the wheel where Jupyter looks."""
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path))
    assert report.installation() == "enabled"


@pytest.mark.parametrize(
    ("extensions", "told"),
    [
        ({SWITCH: True}, "enabled"),
        ({SWITCH: False}, "disabled; jupyter server extension enable vec2art_nb.server enables it"),
        ({"voila": True}, "not enabled: its configuration was not found; install vec2art-nb again, or run jupyter"),
    ],
    ids=["enabled", "disabled", "not found"],
)
def test_a_person_s_own_settings_count(configure, extensions, told):
    configure(extensions)
    assert report.installation().startswith(told)


def test_without_jupyter_there_is_nothing_to_extend(monkeypatch):
    monkeypatch.setitem(sys.modules, "jupyter_server.extension.config", None)
    monkeypatch.setitem(sys.modules, "jupyter_server.serverapp", None)
    assert report.installation() == "none here: jupyter_server is not installed"
    assert report.running() == {}


@pytest.fixture
def answering():
    """A server that gives one answer; ``asked`` holds the paths and tokens that came."""
    servers = []

    def serve(code, content, location=None):
        asked = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append((self.path, self.headers.get("Authorization")))
                self.send_response(code)
                if location:
                    self.send_header("Location", location)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        return {"url": f"http://127.0.0.1:{port}/user/ada/", "port": port, "token": "t0"}, asked

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def answer(**values):
    return json.dumps({"version": "1.2", "active": True, "connections": 0, "prompt": 0} | values).encode()


@pytest.mark.parametrize(
    ("code", "content", "told"),
    [
        (200, answer(), "active, no kernel is connected (vec2art_nb 1.2)"),
        (200, answer(connections=3, prompt=2), "active, 2 of 3 connected kernels send at once (vec2art_nb 1.2)"),
        (200, answer(active=False), "not active, the server's log says why (vec2art_nb 1.2)"),
        (200, b"<html>", "gave no answer that could be understood: JSONDecodeError"),
        (200, b"{}", "gave no answer that could be understood: KeyError"),
        (200, b"[]", "gave no answer that could be understood: TypeError"),
        (404, b"", "not active: vec2art-nb must be installed and enabled where this server runs, before it starts"),
        (403, b"", "unknown: it answered 403 Forbidden"),
    ],
)
def test_each_answer_has_its_sentence(answering, code, content, told):
    server, asked = answering(code, content)
    assert report._ask(server).startswith(told)
    assert asked == [("/user/ada/vec2art-nb/server", "token t0")]


def test_the_token_follows_no_redirection(answering):
    elsewhere, asked_there = answering(200, answer())
    server, asked = answering(302, b"", elsewhere["url"])
    assert report._ask(server) == "unknown: it answered 302 Found"
    assert len(asked) == 1 and asked_there == []


def test_a_server_without_a_token_is_asked_without(answering):
    server, asked = answering(200, answer())
    report._ask(server | {"token": ""})
    assert asked == [("/user/ada/vec2art-nb/server", None)]


def test_the_token_goes_through_no_proxy(answering, monkeypatch):
    proxy, asked_there = answering(200, answer())
    server, asked = answering(200, answer())
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy['port']}")
    report._ask(server)
    assert len(asked) == 1 and asked_there == []


def test_a_server_that_is_gone_is_told_of(answering):
    server, _ = answering(200, answer())
    assert report._ask(server | {"url": "http://127.0.0.1:9/"}).startswith(
        "gave no answer that could be understood: Conn"
    )


def test_a_unix_socket_is_named_and_not_asked():
    server = {"sock": "/run/jupyter.sock", "url": "http+unix://%2Frun%2Fjupyter.sock/", "port": 0}
    assert report._name(server) == "on /run/jupyter.sock"
    assert report._ask(server) == "not asked: it listens on a Unix socket, where nothing waits"
