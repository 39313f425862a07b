"""Install the peers into the environment of this interpreter: ``.bench/bin/python -m benchmarks.peers.install``.

Each by itself, because some are compiled, and what one machine cannot build must not keep the others out. What failed
is written down with its reason, and its rows of the tables show it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.peers import UNBUILT

_HERE = Path(__file__).parent
_REQUIREMENTS = _HERE / "requirements.txt"
_CONSTRAINTS = _HERE.parent.parent / "constraints.txt"


def requirements(text: str) -> Iterator[list[str]]:
    """The words of each line: what to install, then how."""
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        if words:
            yield words


def installer() -> list[str]:
    """uv where there is one, else pip."""
    uv = shutil.which("uv")
    if uv:
        return [uv, "pip", "install", "--quiet", "--python", sys.executable]
    return [sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]


def reason_of(output: str) -> str:
    """The line of an installer's lament that says most, short enough for a table."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    telling = [line for line in lines if "error" in line.lower()] or lines or ["no reason given"]
    return telling[0][:160]


def main() -> None:
    unbuilt = {}
    for requirement, *how in requirements(_REQUIREMENTS.read_text(encoding="utf-8")):
        command = [*installer(), *how, "-c", str(_CONSTRAINTS), requirement]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            name = requirement.partition("==")[0]
            unbuilt[name] = reason_of(done.stderr + done.stdout)
            print(f"{name} could not be built: {unbuilt[name]}", file=sys.stderr)
    UNBUILT.write_text(json.dumps(unbuilt, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
