from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from vec2art_nb.backends import Backend, registry
from vec2art_nb.graph import Key, Stage
from vec2art_nb.runtime import digests
from vec2art_nb.runtime.digests import key_digest

ROOT = ("0" * 32, 1.0)


@pytest.fixture(autouse=True)
def nobody_edits_the_source(monkeypatch: pytest.MonkeyPatch) -> None:
    """Though somebody may while the tests run."""
    monkeypatch.setattr(digests, "_LOADED_AT_S", float("inf"))


def key_of(*values: Any, root: Any = ROOT) -> Key:
    """A key of a stage of the package, with any values."""
    return Key(Stage.of(registry["dots"].stages[-1]), values, (root,))


DIFFERENT = [
    (),
    (None,),
    (1,),
    (True,),
    (1.0,),
    ("1",),
    (0,),
    (0.0,),
    (-0.0,),
    (False,),
    ("",),
    ("a", "b"),
    ("ab", ""),
    ("ab",),
    (("ab",),),
    (("a", "b"),),
    (("a",), "b"),
    (1, 23),
    (12, 3),
    (float("nan"),),
    (float("inf"),),
    ((),),
]


def test_different_values_have_different_digests_also_where_python_calls_them_equal() -> None:
    found = [key_digest(key_of(*values)) for values in DIFFERENT]
    assert None not in found
    assert len(set(found)) == len(DIFFERENT)
    assert [key_digest(key_of(*values)) for values in DIFFERENT] == found


def test_picture_scale_and_everything_upstream_count() -> None:
    roots = [("0" * 32, 1.0), ("1" * 32, 1.0), ("0" * 32, 0.5)]
    assert len({key_digest(key_of(1, root=root)) for root in roots}) == 3
    backend = registry["dots"]
    keys = backend.graph.keys(ROOT, backend.Params())
    turned = backend.graph.keys(ROOT, backend.Params(count=77))
    changed = {name for name in keys if key_digest(keys[name]) != key_digest(turned[name])}
    assert changed == {name for name in keys if keys[name] != turned[name]}
    assert changed and backend.graph.last in changed


def test_every_stage_of_every_backend_has_a_digest_of_its_own() -> None:
    for name in ("edge", "centerline", "dots", "superpixel"):
        backend = registry[name]
        keys = backend.graph.keys(ROOT, backend.Params())
        found = {key_digest(keys[stage]) for stage in backend.graph.stages}
        assert len(found) == len(backend.graph.stages) and None not in found


def test_a_digest_is_the_same_in_every_process() -> None:
    script = (
        "from vec2art_nb.backends import registry; from vec2art_nb.runtime.digests import key_digest;"
        "backend = registry['superpixel'];"
        "print(key_digest(backend.graph.keys(('ab' * 16, 0.5), backend.Params())[backend.graph.last]).hex())"
    )
    backend = registry["superpixel"]
    here = key_digest(backend.graph.keys(("ab" * 16, 0.5), backend.Params())[backend.graph.last])
    there = {
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.strip()
        for _ in range(2)
    }
    assert here is not None and there == {here.hex()}


def test_stages_that_are_not_of_the_package_have_none_nor_has_what_reads_them(toy: Backend) -> None:
    keys = toy.graph.keys(ROOT, toy.Params())
    assert {key_digest(keys[name]) for name in toy.graph.stages} == {None}
    ours = Key(Stage.of(registry["dots"].stages[-1]), (), (keys["drawn"],))
    assert key_digest(ours) is None


def foreign(source: Any) -> None:
    """A stage of another package."""


def test_a_stage_of_another_package_has_none() -> None:
    assert getattr(sys.modules[__name__], "foreign", None) is foreign
    assert key_digest(Key(Stage.of(foreign), (), (ROOT,))) is None


def test_a_function_that_only_has_the_name_of_ours_has_none() -> None:
    ours = registry["dots"].stages[-1]

    def impostor(source: Any) -> None: ...

    impostor.__module__, impostor.__qualname__ = ours.__module__, ours.__qualname__
    assert key_digest(Key(Stage.of(impostor), (), (ROOT,))) is None


@pytest.mark.parametrize("value", [np.float32(1), [1], object(), b"1", {1}])
def test_values_that_no_parameter_has_have_none(value: Any) -> None:
    key = object.__new__(Key)  # some of them cannot be hashed
    key.stage, key.values, key.upstream = Stage.of(registry["dots"].stages[-1]), (value,), (ROOT,)
    assert key_digest(key) is None


def test_what_is_no_key_has_none() -> None:
    assert key_digest(ROOT) is None


def test_another_source_or_library_gives_other_digests(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = digests.source_digest.__wrapped__
    before = key_digest(key_of(1)), fresh()
    assert before[1] == digests.source_digest()
    monkeypatch.setattr(digests, "_libraries", lambda: {"numpy": "0"})
    assert fresh() not in (None, before[1])
    monkeypatch.setattr(digests, "source_digest", lambda: b"another version!")
    assert key_digest(key_of(1)) not in (None, before[0])


def test_source_that_was_changed_after_it_was_loaded_gives_no_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    assert digests.source_is_as_loaded()
    monkeypatch.setattr(digests, "_LOADED_AT_S", 0.0)
    assert not digests.source_is_as_loaded()
    assert digests.source_digest.__wrapped__() is None


def test_what_is_remembered_is_bounded() -> None:
    for value in range(digests._MOST_REMEMBERED + 100):
        assert key_digest(key_of(value)) is not None
    assert len(digests._remembered) <= digests._MOST_REMEMBERED
