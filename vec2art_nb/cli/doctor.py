"""``vec2art-nb doctor``: what is installed here, what the machine allows, and whether a drawing comes out."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from vec2art_nb import machine
from vec2art_nb._version import __version__
from vec2art_nb.cli import FAILED, OK, one_line
from vec2art_nb.cli.parsing import PROGRAM, Parser
from vec2art_nb.cli.terminal import status_line
from vec2art_nb.server import report as servers

# Without the first the package does nothing; without the second, nothing in a notebook.
_NEEDED = ("numpy", "numba", "llvmlite", "pydantic", "pillow", "xxhash", "matplotlib", "pandas")
_FOR_NOTEBOOKS = ("ipywidgets", "anywidget", "jupyterlab", "jupyter_server", "ipykernel")

_ABSENT = "not installed"


def parser(argv: Sequence[str]) -> Parser:
    """The command's options."""
    made = Parser(
        prog=f"{PROGRAM} doctor",
        description="Say what is installed here, what the machine allows, and whether a drawing comes out right. "
        "The first time, kernels are compiled for that.",
    )
    made.add_argument("--json", action="store_true", help="as JSON")
    return made


def run(arguments: argparse.Namespace) -> int:
    """Print the report; the exit code says whether all is well."""
    report: dict[str, dict[str, Any]] = {
        "versions": _versions(),
        "machine": _machine(),
        "kernels": {},
        "self-test": {},
        "jupyter server": _jupyter_server(),
        "browser": {"chromium": "not needed; any browser that shows JupyterLab will do"},
    }
    with status_line() as line:
        line.show("loading the compiler")
        report["self-test"] = _self_test(line.show)
    report["kernels"] = _kernels()
    faults = _faults(report)
    if arguments.json:
        print(json.dumps({**report, "faults": faults}, indent=2, ensure_ascii=False))
    else:
        print(_as_text(report))
        print("\n" + ("\n".join(f"fault: {fault}" for fault in faults) or "all is well"))
    return FAILED if faults else OK


def _versions() -> dict[str, str]:
    found = {"vec2art_nb": __version__, "python": platform.python_version(), "system": platform.platform()}
    return found | {name: _version(name) for name in (*_NEEDED, *_FOR_NOTEBOOKS)}


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return _ABSENT


def _machine() -> dict[str, str]:
    allowed, host = machine.cores(), os.cpu_count() or 1
    memory = f"{machine.memory_bytes() / 2**30:.1f} GiB allowed"
    if hasattr(os, "sysconf"):
        pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        memory += f", {pages / 2**30:.1f} GiB on the host"
    return {"cores": f"{allowed} allowed, {host} on the host", "memory": memory}


def _kernels() -> dict[str, str]:
    """How kernels run and where they are kept; asked after the self-test, which is what chooses the threading layer."""
    try:
        from vec2art_nb.kernels import _jit
    except Exception as error:  # a broken compiler is what this command is there to tell about
        return {"compiler": f"cannot be loaded: {type(error).__name__}: {one_line(error)}"}
    try:
        # Only kernels import numba; here it is asked what they have made of it.
        layer = sys.modules["numba"].threading_layer()
    except ValueError:
        layer = "none: kernels run on one thread here"
    folder = _jit.cache_folder()
    return {"threading layer": layer, "threads": str(_jit.threads()), "kept in": str(folder), "kept": _kept(folder)}


def _kept(folder: Path) -> str:
    files = [path for path in folder.rglob("*.nb[ci]") if path.is_file()] if folder.is_dir() else []
    size = sum(path.stat().st_size for path in files)
    compiled = sum(path.suffix == ".nbi" for path in files)
    state = f"{compiled} kernels, {size / 1e6:.1f} MB" if files else "nothing yet"
    return state if _is_writable(folder) else f"{state}; the folder cannot be written, so every process compiles anew"


def _is_writable(folder: Path) -> bool:
    existing = next((path for path in (folder, *folder.parents) if path.exists()), folder)
    return os.access(existing, os.W_OK | os.X_OK)


def _jupyter_server() -> dict[str, str]:
    """Whether kernels' small messages reach the browser at once; if not, all is slower but nothing is wrong."""
    try:
        return {"extension": servers.installation(), **(servers.running() or {"running": "none found"})}
    except Exception as error:  # the report goes on without it
        return {"extension": f"cannot be asked about: {type(error).__name__}: {one_line(error)}"}


def _self_test(tell: Any) -> dict[str, str]:
    """Draw one picture twice, with all threads and with one, and compare."""
    try:
        import numpy as np

        from vec2art_nb import samples
        from vec2art_nb.kernels import _jit
        from vec2art_nb.runtime.session import vectorize

        # Twelve of it side by side: from 8 MP on every kernel that can runs parallel.
        picture = np.tile(samples.load("landscape").pixels, (4, 3, 1))
        with _jit.watch_compilation(lambda event: tell(f"preparing {event.kernel.replace('_', ' ')}")):
            first = vectorize(picture)
        tell("drawing again, with one thread")
        started = time.perf_counter()
        threads = _jit.threads()
        _jit.set_threads(1)
        try:
            second = vectorize(picture)
        finally:
            _jit.set_threads(threads)
        milliseconds = (time.perf_counter() - started) * 1e3
    except Exception as error:  # whatever it is, it is what the person wants to know
        return {"result": f"failed: {type(error).__name__}: {one_line(error)}"}
    if not len(first):
        return {"result": "failed: the drawing is empty"}
    if first.digest() != second.digest():
        return {"result": f"failed: two drawings of one picture differ ({first.digest()}, {second.digest()})"}
    return {
        "result": "passed",
        "drawing": f"{len(first)} paths, {first.vertices} points, {milliseconds:.0f} ms",
        "digest": first.digest(),
    }


def _faults(report: dict[str, dict[str, Any]]) -> list[str]:
    faults = [f"{name} is not installed: pip install {name}" for name in _NEEDED if report["versions"][name] == _ABSENT]
    if report["self-test"]["result"] != "passed":
        faults.append(f"the self-test {report['self-test']['result']}")
    return faults


def _as_text(report: dict[str, dict[str, Any]]) -> str:
    width = max(len(name) for section in report.values() for name in section)
    sections = [
        "\n".join([f"{title}:", *(f"  {name:<{width}}  {value}" for name, value in section.items())])
        for title, section in report.items()
    ]
    return "\n".join(sections)
