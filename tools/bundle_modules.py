"""Writes the widgets' JavaScript that has outgrown one file, each bundle from its modules; part of ``make bundles``."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent
UI = ROOT / "vec2art_nb" / "ui"
BUNDLES = {name: UI / f"{name}.js" for name in ("controls", "performance", "viewer")}
_ESBUILD = ROOT / ".tools" / "node_modules" / ".bin" / "esbuild"


def bundle(name: str) -> bytes:
    """The modules of a widget as one, without their comments; nobody needs Node to install or run it."""
    if not _ESBUILD.exists():
        raise FileNotFoundError("esbuild is missing: run make tools")
    main = f"vec2art_nb/ui/{name}_modules/main.js"
    head = f"// Generated from {main} by make bundles. Edit the modules there."
    options = ("--bundle", "--format=esm", "--target=es2022", "--charset=utf8", "--log-level=warning")
    command = [str(_ESBUILD), main, *options, f"--banner:js={head}"]
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout


if __name__ == "__main__":
    for name, path in BUNDLES.items():
        path.write_bytes(bundle(name))
        print(f"wrote {path}")
