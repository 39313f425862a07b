"""A stage's result as bytes and back: a header in JSON, then the arrays as they lie in memory. No pickle.

What is read back can only be of the kinds that the stage's annotation names, directly or by way of fields; data never
says what is to be imported. Arrays come back read-only, bit for bit, with their dtype, shape and order, and without a
copy: they are views of the bytes.
"""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import json
import struct
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, get_args, get_type_hints

import numpy as np
from numpy.typing import NDArray

_MAGIC = b"v2a1"
_PREFIX = struct.Struct("<4sI")

# Bytes objects begin at a multiple of it, and no number of NumPy's needs more.
_ALIGNMENT = 16

# Plain numbers, times and texts of fixed length. Objects and records are refused.
_DTYPE_KINDS = "biufcmMSU"

Kinds = Mapping[str, type]


class PackingError(ValueError):
    """A result that cannot be packed, or bytes that are no packed result."""


# --- kinds ------------------------------------------------------------------------------------------------------------


@cache
def kinds_of(function: Callable[..., Any]) -> Kinds:
    """The dataclasses and named tuples that a stage's result can consist of, by name.

    They are those that its return annotation reaches. Asking may import modules that are named there for type checkers
    only, for instance kernels.
    """
    kinds: dict[str, type] = {}
    _reach(get_type_hints(function).get("return"), kinds)
    return kinds


def _reach(annotation: Any, kinds: dict[str, type]) -> None:
    for argument in get_args(annotation):
        _reach(argument, kinds)
    if not isinstance(annotation, type) or _field_names(annotation) is None:
        return
    name = _name(annotation)
    if name not in kinds:
        kinds[name] = annotation
        for hint in _field_hints(annotation).values():
            _reach(hint, kinds)


def _name(kind: type) -> str:
    return f"{kind.__module__}:{kind.__qualname__}"


# Asked for so often that looking them up would show.
_known_fields: dict[type, tuple[str, ...] | None] = {}


def _field_names(kind: type) -> tuple[str, ...] | None:
    """The fields of a named tuple or of a dataclass that is wholly told by them; of anything else None."""
    if kind not in _known_fields:
        _known_fields[kind] = _find_field_names(kind)
    return _known_fields[kind]


def _find_field_names(kind: type) -> tuple[str, ...] | None:
    if issubclass(kind, tuple) and hasattr(kind, "_fields"):
        return tuple(kind._fields)
    if dataclasses.is_dataclass(kind):
        fields = dataclasses.fields(kind)
        return tuple(field.name for field in fields) if all(field.init for field in fields) else None
    return None


def _field_hints(kind: type) -> dict[str, Any]:
    try:
        return get_type_hints(kind)
    except NameError:
        return get_type_hints(kind, localns=_for_type_checkers(sys.modules[kind.__module__]))


def _for_type_checkers(module: types.ModuleType) -> dict[str, Any]:
    """What a module imports ``if TYPE_CHECKING`` only: heavy modules whose types its fields have."""
    names: dict[str, Any] = {}
    for statement in ast.parse(inspect.getsource(module)).body:
        if isinstance(statement, ast.If) and ast.unparse(statement.test).endswith("TYPE_CHECKING"):
            for imported in statement.body:
                if isinstance(imported, ast.ImportFrom) and imported.module is not None:
                    home = importlib.import_module(imported.module)
                    for alias in imported.names:
                        found = getattr(home, alias.name, None)
                        if found is None:
                            found = importlib.import_module(f"{imported.module}.{alias.name}")
                        names[alias.asname or alias.name] = found
    return names


# --- to bytes ---------------------------------------------------------------------------------------------------------


def pack(result: Any, kinds: Kinds) -> bytearray | None:
    """The result as bytes, or None for one that cannot be packed."""
    packer = _Packer(kinds)
    try:
        header = json.dumps([packer.described(result), packer.table()], separators=(",", ":")).encode()
    except (PackingError, RecursionError, ValueError):  # the last for whole numbers that are too long
        return None
    return packer.joined(header)


class _Packer:
    """Describes a result in what JSON has, and collects its arrays; one that is met twice is kept once."""

    def __init__(self, kinds: Kinds) -> None:
        self._names = {kind: name for name, kind in kinds.items()}
        self._places: dict[int, int] = {}
        self._arrays: list[NDArray[Any]] = []

    def described(self, value: Any) -> Any:
        kind = type(value)
        # A float is written with as many digits as it takes to read the same one, and never without a point.
        if value is None or kind in (bool, int, float, str):
            return value
        if kind is np.ndarray:
            return ["array", self._place(value)]
        if kind in (tuple, list):
            return [kind.__name__, *(self.described(part) for part in value)]
        if kind is dict:
            return ["dict", *([self.described(key), self.described(part)] for key, part in value.items())]
        if isinstance(value, np.generic) and value.dtype.kind in _DTYPE_KINDS and kind is value.dtype.type:
            return ["scalar", value.dtype.str, value.tobytes().hex()]
        if kind in self._names:
            parts = [self.described(getattr(value, name)) for name in _field_names(kind) or ()]
            return ["object", self._names[kind], *parts]
        raise PackingError(f"a {kind.__name__} cannot be packed")

    def table(self) -> list[Any]:
        """Of each array dtype, shape and order."""
        return [[array.dtype.str, list(array.shape), _order(array)] for array in self._arrays]

    def joined(self, header: bytes) -> bytearray:
        places = list(_offsets(_PREFIX.size + len(header), [array.nbytes for array in self._arrays]))
        data = bytearray(places[-1])
        _PREFIX.pack_into(data, 0, _MAGIC, len(header))
        data[_PREFIX.size : _PREFIX.size + len(header)] = header
        for array, place in zip(self._arrays, places, strict=False):
            if array.size:
                np.copyto(np.ndarray(array.shape, array.dtype, data, place, order=_order(array)), array)
        return data

    def _place(self, array: NDArray[Any]) -> int:
        if array.dtype.kind not in _DTYPE_KINDS:
            raise PackingError(f"an array of {array.dtype} cannot be packed")
        place = self._places.setdefault(id(array), len(self._arrays))
        if place == len(self._arrays):
            self._arrays.append(array)
        return place


def _order(array: NDArray[Any]) -> Any:
    return "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"


def _offsets(begin: int, sizes: list[int]) -> Iterator[int]:
    """Where each array begins, and where the last one ends."""
    for size in sizes:
        begin += -begin % _ALIGNMENT
        yield begin
        begin += size
    yield begin


# --- and back ---------------------------------------------------------------------------------------------------------


def unpack(data: bytes, kinds: Kinds) -> Any:
    """The result that `pack` was given.

    The values are those that once made a result, so no kind checks them again; see to it that nobody changed the bytes.

    Raises
    ------
    PackingError
        When the bytes are no packed result of these kinds.
    """
    try:
        magic, length = _PREFIX.unpack_from(data)
        if magic != _MAGIC:
            raise PackingError("not a packed result")
        described, table = json.loads(data[_PREFIX.size : _PREFIX.size + length])
        layouts = [(np.dtype(dtype), tuple(shape), order) for dtype, shape, order in table]
        sizes = [dtype.itemsize * int(np.prod(shape, dtype=np.int64)) for dtype, shape, _ in layouts]
        places = _offsets(_PREFIX.size + length, sizes)
        arrays = [_array(data, place, *layout) for place, layout in zip(places, layouts, strict=False)]
        return _restored(described, kinds, arrays)
    except PackingError:
        raise
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError, struct.error) as error:
        raise PackingError(f"damaged: {error}") from error


def _array(data: bytes, place: int, dtype: np.dtype[Any], shape: tuple[int, ...], order: Any) -> NDArray[Any]:
    if dtype.kind not in _DTYPE_KINDS or any(side < 0 for side in shape):
        raise PackingError(f"damaged: an array of {dtype} and {shape}")
    if 0 in shape:  # has no place
        array: NDArray[Any] = np.empty(shape, dtype)
    else:
        array = np.ndarray(shape, dtype, data, place, order=order)
    if not array.flags.aligned:  # where bytes objects begin elsewhere
        array = array.copy(order="K")
    array.flags.writeable = False
    return array


def _restored(described: Any, kinds: Kinds, arrays: list[NDArray[Any]]) -> Any:
    if not isinstance(described, list):
        return described
    tag, *parts = described
    if tag == "array":
        return arrays[parts[0]]
    if tag == "scalar":
        return np.frombuffer(bytes.fromhex(parts[1]), np.dtype(parts[0]))[0]
    if tag == "dict":
        return {_restored(key, kinds, arrays): _restored(part, kinds, arrays) for key, part in parts}
    if tag == "object":
        name, *parts = parts
        return _built(kinds[name], [_restored(part, kinds, arrays) for part in parts])
    restored = [_restored(part, kinds, arrays) for part in parts]
    if tag not in ("tuple", "list"):
        raise PackingError(f"damaged: {tag!r}")
    return tuple(restored) if tag == "tuple" else restored


def _built(kind: type, values: list[Any]) -> Any:
    if issubclass(kind, tuple):
        return kind._make(values)  # type: ignore[attr-defined]  # what makes a tuple a NamedTuple has no type
    built = object.__new__(kind)
    for name, value in zip(_field_names(kind) or (), values, strict=True):
        object.__setattr__(built, name, value)
    return built
