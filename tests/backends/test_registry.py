from __future__ import annotations

import subprocess
import sys
import textwrap

import numpy as np
import pytest

import vec2art_nb as v2a
from vec2art_nb.drawing import Drawing
from vec2art_nb.errors import ParameterError
from vec2art_nb.image import Source
from vec2art_nb.params import Params, param


class DotParams(Params):
    size: float = param(1.0, "Size.", group="G", ge=0.1, le=5)


def drawing(source: Source, *, size: float) -> Drawing:
    return Drawing((source.width, source.height), (), (), None)


@pytest.fixture
def registered():
    backend = v2a.backends.register(v2a.Backend("dot", "A dot", DotParams, (drawing,), {"big": {"size": 5}}))
    yield backend
    v2a.backends._loaded.pop("dot")


def test_backends_is_a_mapping_that_names_the_built_in_ones() -> None:
    assert "edge" in v2a.backends
    assert "egde" not in v2a.backends
    assert next(iter(v2a.backends)) == "edge"
    assert len(v2a.backends) == len(list(v2a.backends))
    assert v2a.backends["edge"].name == "edge"
    assert dict(v2a.backends.items())["edge"] is v2a.backends["edge"]


def test_a_backend_made_in_a_notebook_is_known_everywhere(registered) -> None:
    assert v2a.backends["dot"] is registered
    assert "dot" in v2a.backends
    assert v2a.vectorize(np.zeros((3, 4), np.uint8), "dot").size == (4, 3)


def test_an_unknown_backend_suggests_the_nearest() -> None:
    with pytest.raises(ParameterError, match="did you mean 'edge'"):
        v2a.backends["egde"]
    with pytest.raises(ParameterError, match="there are: edge"):
        v2a.backends["zzz"]


def test_a_preset_that_its_parameters_refuse_is_found_when_the_backend_is_made() -> None:
    with pytest.raises(ParameterError, match="size"):
        v2a.Backend("dot", "A dot", DotParams, (drawing,), {"huge": {"size": 50}})


def test_an_unknown_preset_names_those_that_exist(registered) -> None:
    with pytest.raises(ParameterError, match="there are: big"):
        registered.preset("zzz")


def test_a_third_party_backend_that_fails_explains_itself_and_breaks_nothing(tmp_path) -> None:
    """A real entry point of a package on the path, in a process of its own."""
    info = tmp_path / "broken_art-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken-art\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[vec2art_nb.backends]\nbroken = broken_art:BACKEND\nother = broken_art_two:BACKEND\n"
    )
    (tmp_path / "broken_art.py").write_text("import no_such_module\n")
    (tmp_path / "broken_art_two.py").write_text("BACKEND = 3\n")
    script = textwrap.dedent(f"""
        import sys; sys.path.insert(0, {str(tmp_path)!r})
        import vec2art_nb as v2a
        assert {{"edge", "broken", "other"}} <= set(v2a.backends)
        for name in ("broken", "other"):
            try: v2a.backends[name]
            except v2a.ParameterError as error: print(error)
        print(v2a.backends["edge"].name)
    """)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    assert "comes from broken_art:BACKEND" in lines[0], done.stderr
    assert "no_such_module" in lines[0]
    assert "mend or uninstall" in lines[0]
    assert "is a int, not a vec2art_nb Backend" in lines[1]
    assert lines[2] == "edge"
