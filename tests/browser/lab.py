"""JupyterLab on this machine, driven by Playwright in Chromium."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat

SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
}
# Without --disable-gpu software GL makes canvas 2D a hundred times slower.
CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str:
    """The browser: $CHROMIUM, or the first that is on the path."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if found is None:
        raise RuntimeError("no Chromium: install it (apt-get install chromium) or name it in $CHROMIUM")
    return found


@contextlib.contextmanager
def jupyterlab(root: Path, scratch: Path, settings: Mapping[str, Mapping[str, Any]] = {}) -> Iterator[str]:
    """A server of its own, with nothing of this user's settings; gives its address."""
    for plugin, values in {**SETTINGS, **settings}.items():
        package, name = plugin.rsplit(":", 1)
        folder = scratch / "settings" / package
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.jupyterlab-settings").write_text(json.dumps(values))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": f"{scratch}/config",
        "JUPYTER_DATA_DIR": f"{scratch}/data",
        "JUPYTER_RUNTIME_DIR": f"{scratch}/runtime",
        "IPYTHONDIR": f"{scratch}/ipython",
        "JUPYTERLAB_SETTINGS_DIR": f"{scratch}/settings",
        "JUPYTERLAB_WORKSPACES_DIR": f"{scratch}/workspaces",
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), str(root)]),
    }
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}"),
        *("--ServerApp.port_retries=0", "--IdentityProvider.token=", "--ServerApp.terminals_enabled=False"),
        *(f"--ServerApp.root_dir={root}", "--LabApp.extension_manager=readonly"),
        "--LabApp.expose_app_in_browser=True",
    ]
    log = scratch / "lab.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            command, env=environment, stdout=output, stderr=subprocess.STDOUT, preexec_fn=_die_with_parent
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(server, address, log)
        yield address
    finally:
        # SIGTERM to the server shuts its kernels down as well.
        server.terminate()
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL("libc.so.6").prctl(1, signal.SIGTERM)


def _wait_until_up(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    end = time.monotonic() + 90
    while True:
        with contextlib.suppress(urllib.error.URLError, OSError):
            urllib.request.urlopen(f"{address}/api/status", timeout=2).read()
            return
        if server.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"JupyterLab did not come up:\n{log.read_text()[-3000:]}")
        time.sleep(0.05)


def write_notebook(path: Path, cells: Sequence[str]) -> None:
    """A notebook of code cells, with the kernel named so that no dialog asks for it."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)


class Lab:
    """One notebook in one page of JupyterLab."""

    def __init__(self, page: Any, address: str, root: Path) -> None:
        self.page = page
        self.address = address
        self.root = root
        self.name = ""

    def open(self, name: str, cells: Sequence[str]) -> None:
        """Write a notebook, open it and run all of it."""
        self.name = name
        write_notebook(self.root / name, cells)
        self.page.goto(f"{self.address}/lab/tree/{name}?reset")
        self.wait_for_kernel()
        self.run_all()

    def wait_for_kernel(self) -> None:
        """Wait until the notebook's kernel is there and has nothing to do."""
        self.page.wait_for_function(
            """() => {
              const session = window.jupyterapp?.shell?.currentWidget?.context?.sessionContext;
              return session?.isReady && session.session?.kernel?.status === "idle";
            }"""
        )

    def run_all(self) -> None:
        """Run all cells and wait for the last one."""
        assert self.command("notebook:run-all-cells"), "a cell failed"

    def command(self, name: str, arguments: Mapping[str, Any] | None = None) -> Any:
        """Run a command of JupyterLab."""
        return self.page.evaluate(
            "([name, given]) => window.jupyterapp.commands.execute(name, given).then(Boolean)",
            [name, dict(arguments or {})],
        )

    def python(self, code: str) -> str:
        """Run code in the kernel, in no cell; gives what it prints."""
        return self.page.evaluate(
            """async (code) => {
              const { kernel } = window.jupyterapp.shell.currentWidget.context.sessionContext.session;
              const future = kernel.requestExecute({ code });
              let printed = "";
              future.onIOPub = ({ header, content }) => {
                if (header.msg_type === "stream") printed += content.text;
                if (header.msg_type === "error") printed += content.traceback.join("\\n");
              };
              await future.done;
              return printed.trim();
            }""",
            code,
        )

    def wait_for_python(self, expression: str, value: str) -> None:
        """Wait until an expression has this value in the kernel."""
        end = time.monotonic() + 20
        while (found := self.python(f"print({expression})")) != value:
            assert time.monotonic() < end, f"{expression} is {found}, not {value}"

    def studio(self, number: int = 0) -> Studio:
        """One of the studios in the notebook, from above."""
        return Studio(self, self.page.locator(".v2a-studio").nth(number))


class Studio:
    """A studio as a person sees it."""

    def __init__(self, lab: Lab, locator: Any) -> None:
        self.lab = lab
        self.page = lab.page
        self.locator = locator
        self.root = locator.locator(".v2a-root")
        self.canvas = locator.locator(".v2a-canvas")
        self.handle = locator.locator(".v2a-wipe")
        self.status = locator.locator(".v2a-status")
        self.error = locator.locator(".v2a-error")

    def button(self, name: str) -> Any:
        """A button by its accessible name."""
        return self.locator.get_by_role("button", name=name, exact=True)

    def row(self, parameter: str) -> Any:
        """The controls of one parameter."""
        return self.locator.locator(f".v2a-parameter-{parameter}")

    def slider(self, parameter: str) -> Any:
        """The slider of one parameter."""
        return self.row(parameter).locator("input[type=range]")

    def number(self, parameter: str) -> Any:
        """The number field of one parameter."""
        return self.row(parameter).locator("input[type=number]")

    def wait_for_number(self, parameter: str, value: str) -> None:
        """Wait until the number field of a parameter shows this."""
        field = self.number(parameter).element_handle()
        self.page.wait_for_function("([field, value]) => field.value === value", arg=[field, value])

    def wait_for(self, attribute: str, value: str) -> None:
        """Wait until what is painted says so."""
        self.page.wait_for_function(
            "([root, name, value]) => root.dataset[name] === value",
            arg=[self.root.element_handle(), attribute, value],
        )

    def wait_for_exact(self, name: str) -> None:
        """Wait until what is painted is the frame of the kernel's present state, made anew there.

        Values of a drag may still be on their way to the kernel, so the question is asked until it has the same answer
        on both sides; `Lab.wait_for_python` first makes sure of the state.
        """
        question = (
            "from vec2art_nb.drawing.wire import FrameEncoder\n"
            f"print(FrameEncoder().encode({name}.drawing).digest, {name}.session.generation, 'true')"
        )
        end = time.monotonic() + 20
        while True:
            wanted = self.lab.python(question)
            painted = self.root.evaluate(
                "root => [root.dataset.digest, root.dataset.generation, root.dataset.exact].join(' ')"
            )
            if painted == wanted:
                return
            assert time.monotonic() < end, f"painted {painted}, wanted {wanted}"

    def pixels(self) -> str:
        """What is on the canvas, as text to compare, once it is painted truly."""
        self.canvas.and_(self.page.locator("[data-sharp=true]")).wait_for()
        return self.canvas.evaluate("canvas => canvas.toDataURL()")

    def ink(self, left: float = 0.0, right: float = 1.0) -> int:
        """How many dark pixels there are in an upright band of the canvas."""
        return self.canvas.evaluate(
            """(canvas, [left, right]) => {
              const from = Math.round(left * canvas.width);
              const width = Math.round(right * canvas.width) - from;
              const { data } = canvas.getContext("2d").getImageData(from, 0, width, canvas.height);
              let dark = 0;
              for (let i = 0; i < data.length; i += 4) dark += data[i + 3] > 128 && data[i] < 90;
              return dark;
            }""",
            [left, right],
        )

    def drag_slider(self, parameter: str, start: float, stop: float, *, events: int = 120, hertz: float = 120) -> float:
        """Drag at the speed of a quick hand; gives the last value of the slider.

        What a slider makes of a hand is done for it here: Playwright's own mouse gives too few events a second.
        """
        return self.slider(parameter).evaluate(
            """async (slider, [start, stop, events, hertz]) => {
              const fire = (type) => slider.dispatchEvent(
                new PointerEvent(type, { bubbles: true, cancelable: true, pointerId: 1, pointerType: "mouse" }));
              const [least, most] = [slider.min, slider.max].map(Number);
              fire("pointerdown");
              const begin = performance.now();
              for (let i = 0; i < events; i += 1) {
                while (performance.now() < begin + (i * 1000) / hertz) await new Promise((next) => setTimeout(next, 2));
                const before = slider.value;
                slider.valueAsNumber = least + (most - least) * (start + ((stop - start) * (i + 1)) / events);
                if (slider.value !== before) slider.dispatchEvent(new Event("input", { bubbles: true }));
              }
              fire("pointerup");
              slider.dispatchEvent(new Event("change", { bubbles: true }));
              return slider.valueAsNumber;
            }""",
            [start, stop, events, hertz],
        )
