"""The doctor says what is there and whether it works."""

from __future__ import annotations

import json
from importlib import metadata

import pytest

from vec2art_nb.cli import doctor, main
from vec2art_nb.drawing import Drawing
from vec2art_nb.server import report as servers


@pytest.fixture(autouse=True)
def no_running_server(monkeypatch, tmp_path):
    """Whatever else runs on this machine."""
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))


@pytest.fixture
def report(capsys):
    def ask(*, code: int = 0) -> dict:
        assert main(["doctor", "--json"]) == code
        return json.loads(capsys.readouterr().out)

    return ask


def test_a_healthy_machine_is_well(report):
    """The self-test is the real one: it draws with real kernels."""
    found = report()
    assert found["faults"] == []
    assert found["versions"]["numba"] == metadata.version("numba")
    assert {"python", "vec2art_nb", "llvmlite", "jupyterlab", "ipykernel"} <= set(found["versions"])
    assert found["self-test"]["result"] == "passed"
    assert int(found["self-test"]["drawing"].split()[0]) > 0
    assert int(found["kernels"]["threads"]) >= 1
    assert found["kernels"]["kept in"]
    assert "kernels" in found["kernels"]["kept"]
    several = int(found["kernels"]["threads"]) > 1
    assert (found["kernels"]["threading layer"] in ("omp", "tbb", "workqueue")) == several
    assert "allowed" in found["machine"]["cores"]
    assert "not needed" in found["browser"]["chromium"]
    assert found["jupyter server"] == {"extension": servers.installation(), "running": "none found"}


def test_a_running_server_is_told_of(report, drawings, monkeypatch):
    drawings(_Digest("aa"), _Digest("aa"))
    monkeypatch.setattr(servers, "installation", lambda: "enabled")
    monkeypatch.setattr(servers, "running", lambda: {"on port 8888": "active"})
    assert report()["jupyter server"] == {"extension": "enabled", "on port 8888": "active"}


def test_a_server_that_is_not_active_or_cannot_be_asked_about_is_no_fault(report, drawings, monkeypatch):
    def installation():
        raise RuntimeError("no\nway")

    drawings(_Digest("aa"), _Digest("aa"))
    monkeypatch.setattr(servers, "installation", installation)
    assert report()["jupyter server"] == {"extension": "cannot be asked about: RuntimeError: no; way"}


@pytest.fixture
def drawings(monkeypatch):
    """What the self-test draws, one after the other."""

    def provide(*results):
        remaining = list(results)

        def vectorize(_):
            result = remaining.pop(0)
            if isinstance(result, Exception):
                raise result
            return result

        monkeypatch.setattr("vec2art_nb.runtime.session.vectorize", vectorize)

    return provide


class _Digest:
    vertices = 1

    def __init__(self, digest: str) -> None:
        self._digest = digest

    def __len__(self) -> int:
        return 1

    def digest(self) -> str:
        return self._digest


def test_two_drawings_that_differ_are_a_fault(report, drawings):
    drawings(_Digest("aa"), _Digest("bb"))
    assert report(code=1)["faults"] == ["the self-test failed: two drawings of one picture differ (aa, bb)"]


def test_an_empty_drawing_is_a_fault(report, drawings):
    drawings(Drawing((1, 1)), Drawing((1, 1)))
    assert report(code=1)["faults"] == ["the self-test failed: the drawing is empty"]


def test_a_failing_drawing_is_a_fault_and_not_a_traceback(report, drawings):
    drawings(RuntimeError("no\nway"))
    assert report(code=1)["faults"] == ["the self-test failed: RuntimeError: no; way"]


def test_the_second_drawing_is_made_with_one_thread_and_the_number_is_put_back(monkeypatch, report):
    done = []

    def vectorize(_):
        done.append("drawn")
        return _Digest("aa")

    monkeypatch.setattr("vec2art_nb.runtime.session.vectorize", vectorize)
    monkeypatch.setattr("vec2art_nb.kernels._jit.threads", lambda: 7)
    monkeypatch.setattr("vec2art_nb.kernels._jit.set_threads", done.append)
    report()
    assert done == ["drawn", 1, "drawn", 7]


def test_a_missing_package_is_a_fault_unless_only_notebooks_need_it(report, drawings, monkeypatch):
    drawings(_Digest("aa"), _Digest("aa"))

    def version(name):
        if name in ("pillow", "jupyterlab"):
            raise metadata.PackageNotFoundError(name)
        return "1.0"

    monkeypatch.setattr(doctor.metadata, "version", version)
    found = report(code=1)
    assert found["versions"]["jupyterlab"] == "not installed"
    assert found["faults"] == ["pillow is not installed: pip install pillow"]


def test_the_state_of_the_cache_is_told(tmp_path, monkeypatch):
    folder = tmp_path / "kernels"
    assert doctor._kept(folder) == "nothing yet"
    folder.mkdir()
    (folder / "blur.nbi").write_bytes(b"x" * 100_000)
    (folder / "blur.1.nbc").write_bytes(b"x" * 200_000)
    assert doctor._kept(folder) == "1 kernels, 0.3 MB"
    monkeypatch.setattr(doctor.os, "access", lambda *_: False)
    assert doctor._kept(folder) == "1 kernels, 0.3 MB; the folder cannot be written, so every process compiles anew"


def test_people_get_a_text(drawings, capsys):
    drawings(_Digest("aa"), _Digest("aa"))
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("versions:\n  vec2art_nb")
    assert out.endswith("all is well\n")
    drawings(_Digest("aa"), _Digest("bb"))
    assert main(["doctor"]) == 1
    assert "\nfault: the self-test failed: two drawings" in capsys.readouterr().out
