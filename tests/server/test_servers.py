"""The extension in real Jupyter servers, found through the files that the installation has laid."""

from __future__ import annotations

import statistics

import pytest

from vec2art_nb.server import report

# Extensions are loaded in the order of their names, so this one comes before ours.
OTHER_INTERNALS = """
def _load_jupyter_server_extension(server):
    settings = server.web_app.settings
    settings["the_connection_class"] = settings.pop("kernel_websocket_connection_class")

    from jupyter_server.services.kernels.websocket import KernelWebsocketHandler

    KernelWebsocketHandler.kernel_websocket_connection_class = settings["the_connection_class"]
"""


@pytest.fixture(scope="module")
def server(serve):
    """As it is after the installation, with nothing set by hand."""
    return serve()


@pytest.fixture(scope="module")
def server_without(serve):
    return serve(extensions={"vec2art_nb.server": False})


@pytest.fixture
def doctor(monkeypatch):
    """What the doctor says of the one server that runs, as far as that server's files tell."""

    def ask(server):
        monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(server.scratch / "runtime"))
        (told,) = report.running().items()
        name, text = told
        assert server.address.endswith(name.removeprefix("on port "))
        return text

    return ask


def test_the_websocket_of_a_kernel_sends_at_once(server, doctor):
    assert doctor(server).startswith("active, no kernel is connected (vec2art_nb ")
    with server.kernel() as kernel:
        assert kernel.nodelay()
        assert kernel.run("print(6 * 7)")[0] == "42\n"
        assert doctor(server).startswith("active, 1 of 1 connected kernels send at once")
    assert server.warnings == []


def test_a_server_where_it_is_disabled_is_as_it_was(server_without, doctor):
    with server_without.kernel() as kernel:
        assert not kernel.nodelay()
        assert kernel.run("print(6 * 7)")[0] == "42\n"
    assert server_without.warnings == []
    assert doctor(server_without).startswith("not active: vec2art-nb must be installed")


def test_small_messages_come_sooner(server, server_without):
    """By turns, so that a busy machine is busy for both; usually it is five times sooner."""
    with server.kernel() as at_once, server_without.kernel() as waiting:
        seconds = [[kernel.run("print(1)")[1] for kernel in (at_once, waiting)] for _ in range(40)][10:]
    sooner, later = (statistics.median(column) for column in zip(*seconds, strict=True))
    assert sooner < later, f"{sooner * 1e3:.1f} ms, and without the extension {later * 1e3:.1f} ms"


def test_a_server_that_is_made_otherwise_warns_once_and_works(serve, doctor):
    server = serve({"other_internals.py": OTHER_INTERNALS}, {"other_internals": True})
    with server.kernel() as kernel:
        assert kernel.run("print(6 * 7)")[0] == "42\n"
        assert not kernel.nodelay()
    (warning,) = server.warnings
    assert "works as ever" in warning and "kernel_websocket_connection_class" in warning
    assert doctor(server).startswith("not active, the server's log says why")


def test_a_server_whose_package_is_gone_starts(serve):
    """Its configuration stayed behind."""
    server = serve({"sitecustomize.py": "import sys; sys.modules['vec2art_nb'] = None"})
    with server.kernel() as kernel:
        assert kernel.run("print(6 * 7)")[0] == "42\n"
        assert not kernel.nodelay()
    (warning,) = server.warnings
    assert "could not be found" in warning
