"""The extension by itself, on servers of many shapes."""

from __future__ import annotations

import json
import logging
from importlib import metadata
from types import SimpleNamespace

import pytest
from traitlets import Instance, Integer
from traitlets.config import Config, LoggingConfigurable

from vec2art_nb import server as extension

SETTING = "kernel_websocket_connection_class"


class WebSocket:
    """Of a browser."""

    def __init__(self, error=None):
        self.error = error
        self.nodelay = False

    def set_nodelay(self, value):
        if self.error:
            raise self.error
        self.nodelay = value


class Connection(LoggingConfigurable):
    """The server's own."""

    websocket_handler = Instance(WebSocket)
    rate = Integer(1, config=True)

    def connect(self):
        return f"connected, nodelay {self.websocket_handler.nodelay}"


class AwaitedConnection(Connection):
    async def connect(self):
        return super().connect()


class WebApplication:
    def __init__(self, **settings):
        self.settings = {"base_url": "/", SETTING: Connection} | settings
        self.handlers = []

    def add_handlers(self, _, handlers):
        self.handlers += handlers


@pytest.fixture
def load(caplog):
    """Load the extension; gives what it warns of."""

    def load_into(web_app):
        caplog.clear()
        extension._load_jupyter_server_extension(SimpleNamespace(web_app=web_app, log=logging.getLogger("ServerApp")))
        return [record.getMessage() for record in caplog.records]

    return load_into


def test_the_server_keeps_its_class_below_ours(load):
    web_app = WebApplication()
    assert load(web_app) == []
    used = web_app.settings[SETTING]
    assert issubclass(used, Connection) and used.__name__ == "Connection"
    assert [path for path, _ in web_app.handlers] == ["/vec2art-nb/server"]
    assert extension.status(web_app.settings)["active"]


def test_the_option_is_set_before_the_first_message():
    connection = extension.prompt(Connection)(websocket_handler=WebSocket())
    assert connection.connect() == "connected, nodelay True"


def test_a_connection_that_is_awaited_still_is():
    connection = extension.prompt(AwaitedConnection)(websocket_handler=WebSocket())
    # By hand, because the browser tests leave this thread with an event loop that runs.
    with pytest.raises(StopIteration) as ended:
        connection.connect().send(None)
    assert ended.value.value == "connected, nodelay True"


def test_settings_for_the_server_s_class_still_hold():
    config = Config({"Connection": {"rate": 5}})
    assert extension.prompt(Connection)(websocket_handler=WebSocket(), config=config).rate == 5


def test_loading_it_twice_changes_nothing(load):
    web_app = WebApplication()
    load(web_app)
    once = web_app.settings[SETTING]
    assert load(web_app) == []
    assert web_app.settings[SETTING] is once


def test_two_servers_in_one_process_count_their_own_connections():
    assert extension.prompt(Connection).opened is not extension.prompt(Connection).opened


@pytest.mark.parametrize(
    ("web_app", "reason"),
    [
        (None, "AttributeError: 'NoneType' object has no attribute 'settings'"),
        (WebApplication(**{SETTING: None}), f"TypeError: the server's {SETTING} is no class with a method connect"),
        (WebApplication(**{SETTING: dict}), "but <class 'dict'>"),
        (WebApplication(**{SETTING: bool}), "but <class 'bool'>"),
        (SimpleNamespace(settings={SETTING: Connection}), "but vec2art-nb doctor cannot ask it, because it"),
    ],
    ids=["no web application", "nothing", "another class", "a final class", "no way to add a handler"],
)
def test_a_server_of_another_make_is_warned_of_once(load, web_app, reason):
    (warning,) = load(web_app)
    assert warning.startswith("vec2art_nb: this Jupyter server works as ever, but")
    assert reason in warning


def test_what_does_not_fit_is_left_as_it_is(load):
    web_app = WebApplication(**{SETTING: dict})
    load(web_app)
    assert web_app.settings[SETTING] is dict
    assert extension.status(web_app.settings) == {
        "version": extension.__version__,
        "active": False,
        "connections": 0,
        "prompt": 0,
    }


def test_a_websocket_of_another_make_is_warned_of_once_and_connects(caplog):
    connections = extension.prompt(Connection)
    for _ in range(2):
        connection = connections(websocket_handler=WebSocket(AttributeError("set_nodelay")))
        assert connection.connect() == "connected, nodelay False"
    (record,) = caplog.records
    assert "AttributeError: set_nodelay" in record.getMessage()


def test_a_later_extension_that_puts_its_own_class_is_told_of(load):
    web_app = WebApplication()
    load(web_app)
    web_app.settings[SETTING] = Connection
    assert not extension.status(web_app.settings)["active"]


def test_voila_can_be_given_the_class_by_its_name():
    from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
    from traitlets.utils.importstring import import_item

    named = import_item("vec2art_nb.server.KernelConnection")
    assert issubclass(named, extension.PromptConnection) and issubclass(named, ZMQChannelsWebsocketConnection)
    with pytest.raises(AttributeError, match="no attribute 'Connection'"):
        extension.Connection


def test_the_installation_lays_the_file_that_enables_it(repository):
    """An editable one, too."""
    place = "etc/jupyter/jupyter_server_config.d/vec2art_nb.json"
    (laid,) = (file for file in metadata.files("vec2art-nb") or () if file.as_posix().endswith(place))
    written = repository / "jupyter-config" / "jupyter_server_config.d" / "vec2art_nb.json"
    assert json.loads(laid.read_text()) == json.loads(written.read_text())
