"""What stands around the package: the wheel, the pins, the docs, the hooks, make."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from PIL import Image
from pre_commit.clientlib import load_config

import vec2art_nb


@pytest.fixture(scope="module")
def project(repository: Path) -> dict[str, Any]:
    tables: dict[str, Any] = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))
    found: dict[str, Any] = tables["project"]
    return found


@pytest.fixture(scope="module")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=repository, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return zipfile.ZipFile(built)


# --- the wheel ------------------------------------------------------------------------------------------------------


def test_the_wheel_is_pure_python(wheel: zipfile.ZipFile) -> None:
    assert Path(wheel.filename or "").name == f"vec2art_nb-{vec2art_nb.__version__}-py3-none-any.whl"


def test_the_wheel_holds_every_file_of_the_package(wheel: zipfile.ZipFile, repository: Path) -> None:
    on_disk = {
        path.relative_to(repository).as_posix()
        for path in (repository / "vec2art_nb").rglob("*")
        if path.is_file() and not any(part == "__pycache__" or part.endswith("_modules") for part in path.parts)
    }
    assert {name for name in wheel.namelist() if name.startswith("vec2art_nb/")} == on_disk
    assert any(name.endswith(".js") for name in on_disk)


def test_the_wheel_holds_the_licence(wheel: zipfile.ZipFile) -> None:
    assert [name for name in wheel.namelist() if name.endswith("licenses/LICENSE")]


def test_the_version_is_written_down_once(repository: Path) -> None:
    places = [
        path.relative_to(repository).as_posix()
        for path in [*repository.glob("*.toml"), *(repository / "vec2art_nb").rglob("*.py")]
        if f'"{vec2art_nb.__version__}"' in path.read_text(encoding="utf-8")
    ]
    assert places == ["vec2art_nb/_version.py"]


def test_the_changelog_tells_of_this_version(repository: Path) -> None:
    assert f"## {vec2art_nb.__version__}" in (repository / "CHANGELOG.md").read_text(encoding="utf-8")


# --- dependencies ---------------------------------------------------------------------------------------------------


def test_every_dependency_gives_its_reason(repository: Path) -> None:
    text = (repository / "pyproject.toml").read_text(encoding="utf-8")
    listed = re.search(r"^dependencies = \[\n(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    assert listed
    assert [line for line in listed[1].splitlines() if not re.search(r", +# \w+", line)] == []


def test_every_dependency_is_pinned_to_a_version_that_is_allowed(repository: Path, project: dict[str, Any]) -> None:
    lines = (repository / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if not line.startswith("#"))
    pinned = {canonicalize_name(name): version for name, version in pins.items()}
    wanted = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    requirements = [requirement for requirement in map(Requirement, wanted) if requirement.name != "vec2art-nb"]
    assert [str(one) for one in requirements if pinned.get(canonicalize_name(one.name), "0") not in one.specifier] == []


# --- docs and hooks -------------------------------------------------------------------------------------------------


def _module(path: Path) -> ModuleType:
    specification = importlib.util.spec_from_file_location(path.stem, path)
    assert specification
    assert specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_the_tables_of_parameters_are_fresh(repository: Path) -> None:
    tables = _module(repository / "tools" / "parameter_tables.py")
    assert tables.PAGE.read_text(encoding="utf-8") == tables.page(), "run make docs"


@pytest.mark.parametrize(
    "name", ["README.md", "CONTRIBUTING.md", "docs/parameters.md", "docs/performance.md", "docs/quality.md"]
)
def test_links_between_our_pages_lead_somewhere(repository: Path, name: str) -> None:
    page = repository / name
    links = re.findall(r"\]\(([^)#:]+)\)|src=\"([^\":]+)\"", page.read_text(encoding="utf-8"))
    assert [link for pair in links for link in pair if link and not (page.parent / link).exists()] == []


def test_what_the_readme_shows_runs(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    photo = vec2art_nb.samples.load("shapes").pixels
    Image.fromarray(photo.squeeze()).convert("RGB").save("photo.jpg")
    blocks = re.findall(r"```python\n(.*?)```", (repository / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 2
    names = {"pixels": photo}
    for block in blocks:
        exec(block, names)
    assert (tmp_path / "photo.svg").stat().st_size > 0


def test_hooks_are_well_formed_and_local(repository: Path) -> None:
    hooks = load_config(str(repository / ".pre-commit-config.yaml"))
    assert [place["repo"] for place in hooks["repos"]] == ["local"]
    assert {hook["id"] for hook in hooks["repos"][0]["hooks"]} == {"ruff", "ruff-format", "mypy", "notebooks"}


# --- make -----------------------------------------------------------------------------------------------------------


def _make(repository: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = ["make", "--no-print-directory", *arguments]
    settings = {**os.environ, "LANG": "C", "MAKEFLAGS": "", **environment}
    return subprocess.run(command, cwd=repository, env=settings, capture_output=True, text=True, check=False)


def test_make_help_names_what_a_person_wants(repository: Path) -> None:
    listed = [" ".join(line.split()[:2]) for line in _make(repository, "help").stdout.splitlines()]
    assert {"make lab", "make test", "make bench"} <= set(listed)


def test_an_old_python_is_refused_by_name(repository: Path, tmp_path: Path) -> None:
    old = tmp_path / "python"
    old.write_text('#!/bin/sh\ncase "$1" in --version) echo Python 3.9.1 ;; *) exit 1 ;; esac\n')
    old.chmod(0o755)
    refused = _make(repository, ".environment/bin/python", "VENV=.environment", f"PYTHON={old}")
    assert refused.returncode != 0
    assert f"vec2art_nb needs Python 3.11 or later; {old} is Python 3.9.1." in refused.stderr


def test_a_browser_that_is_not_there_is_named(repository: Path) -> None:
    refused = _make(repository, "chromium", CHROMIUM="/nowhere/chromium")
    assert refused.returncode != 0
    assert "/nowhere/chromium is no program" in refused.stderr


def test_ci_runs_the_whole_suite(repository: Path) -> None:
    script = repository / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text().splitlines()[-1] == "exec make test"
    steps = _make(repository, "--dry-run", "--always-make", "test").stdout
    for step in ("ruff check .", "ruff format --check .", "bin/mypy", "-m pytest --nbval"):
        assert step in steps


def test_the_readme_names_every_backend_and_preset(repository: Path) -> None:
    text = (repository / "README.md").read_text(encoding="utf-8")
    for name in vec2art_nb.backends:
        row = re.search(rf"^\| `{name}` \|.*\| (.*) \|$", text, re.MULTILINE)
        assert row, f"{name} is not in the README's table"
        assert row[1].split(", ") == list(vec2art_nb.backends[name].presets)
