"""The stage cache: results by key, bounded by bytes, shared by all sessions of the process."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Hashable
from typing import Any

import cachetools
import numpy as np

from vec2art_nb import machine


def result_bytes(result: object) -> int:
    """Bytes that the arrays of a stage's result hold; an array met twice counts once."""
    arrays: dict[int, int] = {}
    _weigh(result, arrays)
    return sum(arrays.values())


def _weigh(result: object, arrays: dict[int, int]) -> None:
    if isinstance(result, np.ndarray):
        arrays[id(result)] = result.nbytes
    elif isinstance(result, (tuple, list)):
        for part in result:
            _weigh(part, arrays)
    else:
        for name in _field_names(type(result)):
            _weigh(getattr(result, name), arrays)


# Asked for so often that looking them up would show.
_known_fields: dict[type, tuple[str, ...]] = {}


def _field_names(kind: type) -> tuple[str, ...]:
    """The fields of a dataclass; of anything else none."""
    if kind not in _known_fields:
        fields = dataclasses.fields(kind) if dataclasses.is_dataclass(kind) else ()
        _known_fields[kind] = tuple(field.name for field in fields)
    return _known_fields[kind]


class StageCache:
    """Least recently used results go first when the byte budget is spent.

    A result larger than the whole budget is not kept. Results are shared, so nobody may write to them.
    """

    # A result without arrays still costs its objects; this keeps the number of entries bounded too.
    _OVERHEAD = 1024

    def __init__(self, budget_bytes: int | None = None) -> None:
        budget = machine.memory_bytes() // 8 if budget_bytes is None else budget_bytes
        self._lock = threading.Lock()
        self._results: cachetools.LRUCache[Hashable, tuple[Any, int]] = cachetools.LRUCache(
            budget, getsizeof=lambda entry: entry[1] + self._OVERHEAD
        )

    @property
    def budget_bytes(self) -> int:
        return int(self._results.maxsize)

    @property
    def bytes(self) -> int:
        return int(self._results.currsize)

    def __len__(self) -> int:
        return len(self._results)

    def __contains__(self, key: Hashable) -> bool:
        """Whether a result is there; asking does not make it more recent."""
        with self._lock:
            return key in self._results

    def get(self, key: Hashable) -> tuple[Any, int] | None:
        """The result and its bytes, or None."""
        with self._lock:
            return self._results.get(key)

    def put(self, key: Hashable, result: Any, size: int, *, may_evict: bool = True) -> None:
        """Keep a result; one that ``may_evict`` nothing is kept only while there is room."""
        with self._lock:
            room = self._results.maxsize - (0 if may_evict else self._results.currsize)
            if size + self._OVERHEAD <= room:
                self._results[key] = (result, size)

    def clear(self) -> None:
        with self._lock:
            self._results.clear()
