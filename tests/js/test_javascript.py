"""The browser's modules: their types hold, their pure parts do what they say, and they are as plain as they should."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
MODULES = sorted((ROOT / "vec2art_nb" / "ui").glob("*.js"))


def run(*command: str) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_types_hold() -> None:
    compiler = ROOT / ".tools" / "node_modules" / ".bin" / "tsc"
    assert compiler.exists(), "TypeScript is missing: run make tools"
    run(str(compiler), "--project", str(HERE / "tsconfig.json"))


def test_the_pure_parts_do_what_they_say() -> None:
    node = shutil.which("node")
    assert node, "node is missing: apt-get install nodejs"
    run(node, "--test", *map(str, sorted(HERE.glob("*.test.mjs"))))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_a_module_needs_nothing_and_trusts_nothing(module: Path) -> None:
    text = module.read_text()
    assert text.startswith("// @ts-check\n")
    assert not re.search(r"^\s*import\s|\bimport\(|\brequire\(|https?://(?!www\.w3\.org/)", text, re.MULTILINE)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|\beval\(|new Function|@type \{any|: any\b", text)
