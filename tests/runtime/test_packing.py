from __future__ import annotations

import contextlib
import json
import math
import random
import struct
import subprocess
import sys
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

import vec2art_nb as v2a
from vec2art_nb.backends import registry
from vec2art_nb.drawing import Drawing, PathLayer, Style
from vec2art_nb.image import Source, open_image
from vec2art_nb.runtime.packing import PackingError, kinds_of, pack, unpack


class Pair(NamedTuple):
    left: Any
    right: Any


@dataclass(frozen=True, slots=True)
class Slotted:
    value: Any


@dataclass
class Plain:
    value: Any
    pair: Pair | None = None


@dataclass
class Stranger:
    value: Any = None


def stage() -> Plain | Slotted:
    """Whose annotation reaches all but the stranger."""


KINDS = kinds_of(stage)


def same(one: Any, other: Any) -> bool:
    """Equal to the last bit, and of the same types."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        order = one.flags.f_contiguous and not one.flags.c_contiguous
        return (
            (one.dtype.str, one.shape) == (other.dtype.str, other.shape)
            and one.tobytes() == other.tobytes()
            and order == (other.flags.f_contiguous and not other.flags.c_contiguous)
        )
    if isinstance(one, np.generic):
        return one.dtype.str == other.dtype.str and one.tobytes() == other.tobytes()
    if isinstance(one, float):
        return struct.pack("d", one) == struct.pack("d", other) or (math.isnan(one) and math.isnan(other))
    if isinstance(one, (tuple, list)):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return same(list(one.items()), list(other.items()))
    if is_dataclass(one):
        return all(same(getattr(one, field.name), getattr(other, field.name)) for field in fields(one))
    return bool(one == other)


def contained_arrays(value: Any) -> list[np.ndarray]:
    if isinstance(value, np.ndarray):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    elif is_dataclass(value):
        value = [getattr(value, field.name) for field in fields(value)]
    return [array for part in value for array in contained_arrays(part)] if isinstance(value, (tuple, list)) else []


# --- whatever a result can be -----------------------------------------------------------------------------------------

DTYPES = st.one_of(
    arrays_of.boolean_dtypes(),
    arrays_of.integer_dtypes(endianness="?"),
    arrays_of.unsigned_integer_dtypes(endianness="?"),
    arrays_of.floating_dtypes(endianness="?", sizes=(16, 32, 64)),
    arrays_of.complex_number_dtypes(endianness="?", sizes=(64, 128)),
    arrays_of.datetime64_dtypes(endianness="?"),
    arrays_of.unicode_string_dtypes(endianness="?"),
)
SHAPES = arrays_of.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=5)
ARRAYS = arrays_of.arrays(DTYPES, SHAPES) | arrays_of.arrays(DTYPES, SHAPES).map(np.asfortranarray)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters())
    | st.floats(width=32).map(np.float32)
    | st.integers(0, 255).map(np.uint8)
)
RESULTS = st.recursive(
    SCALARS | ARRAYS,
    lambda parts: st.one_of(
        st.lists(parts, max_size=4).map(tuple),
        st.lists(parts, max_size=4),
        st.dictionaries(st.text(max_size=5) | st.integers(), parts, max_size=3),
        st.builds(Pair, parts, parts),
        st.builds(Slotted, parts),
        st.builds(Plain, parts, st.none() | st.builds(Pair, parts, parts)),
    ),
    max_leaves=12,
)


@given(RESULTS)
@settings(max_examples=300, derandomize=True, deadline=None)
def test_a_result_comes_back_bit_for_bit(result: Any) -> None:
    packed = pack(result, KINDS)
    assert packed is not None
    back = unpack(bytes(packed), KINDS)
    assert same(back, result)
    for array in contained_arrays(back):
        assert not array.flags.writeable and array.flags.aligned


def test_an_array_that_is_met_twice_is_kept_once() -> None:
    array = np.arange(10_000)
    packed = pack((array, Slotted(array)), KINDS)
    assert packed is not None and len(packed) < 1.1 * array.nbytes
    first, second = unpack(bytes(packed), KINDS)
    assert first is second.value


@pytest.mark.parametrize("length", range(16))
def test_arrays_are_not_copied_however_long_the_header_is(length: int) -> None:
    data = bytes(pack(("x" * length, np.arange(10.0)), KINDS) or b"")
    assert np.shares_memory(unpack(data, KINDS)[1], np.frombuffer(data, np.uint8))


@pytest.mark.parametrize(
    "value",
    [
        Stranger(),
        Slotted(Stranger()),
        object(),
        len,
        {1, 2},
        b"bytes",
        1j,
        np.array([object()]),
        np.zeros(3, [("x", "f4")]),
        np.ma.masked_array([1, 2], [0, 1]),
        type("Text", (str,), {})("a subclass"),
        10**5000,
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_cannot_be_packed_is_refused(value: Any) -> None:
    assert pack(value, KINDS) is None
    assert pack((1, [value]), KINDS) is None


def test_what_contains_itself_is_refused() -> None:
    endless: list[Any] = []
    endless.append(endless)
    assert pack(endless, KINDS) is None


# --- what data may not do ---------------------------------------------------------------------------------------------


def forged(described: object, table: object = ()) -> bytes:
    header = json.dumps([described, table]).encode()
    return struct.pack("<4sI", b"v2a1", len(header)) + header


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"v2a1",
        b"nonsense" * 10,
        forged(["object", "os:system", "echo"]),
        forged(["object", f"{__name__}:Stranger", None]),
        forged(["object", f"{__name__}:Slotted", 1, 2]),
        forged(["array", 0]),
        forged(["array", 0], [["|O", [1], "C"]]),
        forged(["array", 0], [["<f8", [1000], "C"]]),
        forged(["array", 0], [["<f8", [-1], "C"]]),
        forged(["surprise", 0]),
        forged(["scalar", "|O", "00" * 8]),
        forged([]),
    ],
)
def test_bytes_that_are_no_packed_result_are_told_apart(data: bytes) -> None:
    with pytest.raises(PackingError):
        unpack(data, KINDS)


def test_damaged_bytes_never_do_worse_than_being_refused() -> None:
    chance = random.Random(5)
    packed = pack(Plain((np.arange(20.0), "text", 3), Pair(1, None)), KINDS)
    assert packed is not None
    for _ in range(2_000):
        damaged = bytearray(packed)
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        with contextlib.suppress(PackingError):
            unpack(bytes(damaged[: chance.choice((None, chance.randrange(len(damaged))))]), KINDS)


# --- the results of the backends --------------------------------------------------------------------------------------


def test_a_drawing_comes_back_with_its_layers_styles_and_recipe() -> None:
    drawing = v2a.vectorize(np.random.default_rng(1).integers(0, 256, (40, 30, 3), np.uint8), backend="dots")
    assert drawing.recipe is not None
    drawing = replace(drawing, notes=("a note",))
    kinds = kinds_of(registry["dots"].stages[-1])
    back = unpack(bytes(pack(drawing, kinds) or b""), kinds)
    assert same(back, drawing)
    assert back.to_svg() == drawing.to_svg()
    assert isinstance(back, Drawing) and set(map(type, back.styles)) == {Style}


@pytest.fixture(scope="module")
def small_picture() -> Source:
    y, x = np.mgrid[:44, :60]
    pixels = np.stack([x * 4, y * 5, (np.hypot(x - 30, y - 20) < 12) * 200], axis=2)
    noise = np.random.default_rng(4).integers(0, 20, pixels.shape)
    return open_image((pixels + noise).clip(0, 255).astype(np.uint8))


BUILT_IN = ("edge", "centerline", "dots", "superpixel")
CASES = [(name, preset) for name in BUILT_IN for preset in ("", *registry[name].presets)]


@pytest.mark.parametrize(("name", "preset"), CASES, ids=[f"{name} {preset}" for name, preset in CASES])
def test_every_result_of_every_stage_comes_back(small_picture: Source, name: str, preset: str) -> None:
    backend = registry[name]
    values = backend.Params(**(backend.preset(preset) if preset else {}))
    results: dict[str, Any] = {"source": small_picture}
    for each in backend.graph.stages.values():
        inputs = [results[upstream] for upstream in each.upstream]
        result = each.function(*inputs, **{parameter: getattr(values, parameter) for parameter in each.parameters})
        kinds = kinds_of(each.function)
        packed = pack(result, kinds)
        assert packed is not None, each.name
        back = unpack(bytes(packed), kinds)
        assert same(back, result), each.name
        results[each.name] = back  # so that the following stages run on what was read
    assert isinstance(results[backend.graph.last], Drawing)


def test_a_drawing_is_read_without_the_compiler() -> None:
    layer = PathLayer(
        "lines",
        np.zeros((2, 2), np.float32),
        np.array([1, 2], np.uint8),
        np.array([0, 2]),
        np.zeros(1, np.int32),
        np.zeros(1, np.bool_),
    )
    packed = pack(Drawing((5, 5), (layer,), (Style("#000000"),)), kinds_of(registry["edge"].stages[-1]))
    assert packed is not None
    script = (
        "import sys; from vec2art_nb.backends import registry; from vec2art_nb.runtime.packing import kinds_of, unpack;"
        f"data = bytes.fromhex({packed.hex()!r});"
        "print([repr(unpack(data, kinds_of(registry[name].stages[-1]))) for name in ('edge', 'dots')]);"
        "assert 'numba' not in sys.modules"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert told.count("1 paths, 2 points") == 2
