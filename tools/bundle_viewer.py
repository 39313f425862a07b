"""Writes the viewer's one JavaScript file, vec2art_nb/ui/viewer.js, from its modules; part of ``make viewer``."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent
BUNDLE = ROOT / "vec2art_nb" / "ui" / "viewer.js"
_MAIN = "vec2art_nb/ui/viewer_modules/main.js"
_ESBUILD = ROOT / ".tools" / "node_modules" / ".bin" / "esbuild"
_HEAD = f"// Generated from {_MAIN} by make viewer. Edit the modules there."


def bundle() -> bytes:
    """The viewer's modules as one, without their comments; nobody needs Node to install or run it."""
    if not _ESBUILD.exists():
        raise FileNotFoundError("esbuild is missing: run make tools")
    options = ("--bundle", "--format=esm", "--target=es2022", "--charset=utf8", "--log-level=warning")
    command = [str(_ESBUILD), _MAIN, *options, f"--banner:js={_HEAD}"]
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout


if __name__ == "__main__":
    BUNDLE.write_bytes(bundle())
    print(f"wrote {BUNDLE}")
