"""What Binder would make of the checkout, asked of repo2docker itself; no Docker is needed for that."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from repo2docker.app import Repo2Docker
from repo2docker.buildpacks import BuildPack, PythonBuildPack


@pytest.fixture
def pack(repository: Path, monkeypatch: pytest.MonkeyPatch) -> BuildPack:
    monkeypatch.chdir(repository)
    packs = (kind("base") for kind in Repo2Docker().buildpacks)
    found = next(pack for pack in packs if pack.detect())
    found.platform = "linux/amd64"  # what BinderHubs run on
    return found


@pytest.fixture
def dockerfile(pack: BuildPack) -> str:
    return pack.render({})


def test_the_checkout_is_a_python_one(pack: BuildPack) -> None:
    assert type(pack) is PythonBuildPack


def test_python_is_pinned_to_one_that_the_package_supports(pack: BuildPack, repository: Path) -> None:
    assert pack.python_version == "3.11"
    assert 'requires-python = ">=3.11"' in (repository / "pyproject.toml").read_text()


def test_the_whole_checkout_is_there_before_it_is_installed(dockerfile: str) -> None:
    copied = dockerfile.index(" src/ ${REPO_DIR}/")
    installed = dockerfile.index('bin/pip install --no-cache-dir -r "binder/requirements.txt"')
    assert copied < installed


def test_the_requirements_are_the_checkout_with_jupyterlab_and_the_pins(repository: Path) -> None:
    lines = (repository / "binder" / "requirements.txt").read_text().splitlines()
    # pip takes -e from the folder it runs in, the root, and -c from the folder of the file.
    assert [line for line in lines if not line.startswith("#")] == ["-c ../constraints.txt", "-e .[lab]"]
    assert (repository / "constraints.txt").is_file()


def test_nothing_overrides_the_requirements(repository: Path) -> None:
    assert not [name for name in ("environment.yml", "Pipfile", "setup.py") if (repository / "binder" / name).exists()]


@pytest.mark.parametrize("name", ["postBuild", "start"])
def test_a_script_may_run_and_stops_at_the_first_failure(repository: Path, name: str) -> None:
    script = repository / "binder" / name
    assert os.access(script, os.X_OK)
    assert re.search(r"^set -e", script.read_text(), re.MULTILINE)


def test_kernels_are_warmed_after_the_installation(dockerfile: str, repository: Path) -> None:
    assert dockerfile.index("binder/requirements.txt") < dockerfile.index("RUN ./binder/postBuild")
    assert "vec2art-nb warmup" in (repository / "binder" / "postBuild").read_text()


def test_kernels_run_for_the_processor_that_they_were_warmed_for(dockerfile: str, repository: Path) -> None:
    assert 'ENV R2D_ENTRYPOINT="${REPO_DIR}/binder/start"' in dockerfile
    warmed, running = (
        subprocess.run(command, cwd=folder, env=_path_only(), capture_output=True, text=True, check=True).stdout
        for command, folder in (
            (["bash", "-c", ". binder/numba.sh; env"], repository),
            ([repository / "binder" / "start", "env"], "/"),
        )
    )
    assert ". binder/numba.sh\n" in (repository / "binder" / "postBuild").read_text()
    assert _numba(warmed) == _numba(running) == ["NUMBA_CPU_NAME=generic"]


def _path_only() -> dict[str, str]:
    return {"PATH": os.environ["PATH"]}


def _numba(environment: str) -> list[str]:
    return [line for line in environment.splitlines() if line.startswith("NUMBA_")]


def test_the_server_opens_the_quickstart(repository: Path) -> None:
    configuration = json.loads((repository / "binder" / "jupyter_server_config.json").read_text())
    pages = {application["default_url"] for application in configuration.values()}
    assert pages == {"/lab/tree/notebooks/01_quickstart.ipynb"}
    assert (repository / "notebooks" / "01_quickstart.ipynb").is_file()
