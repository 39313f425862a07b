"""The stage cache: results by key, bounded by bytes, shared by all sessions of the process."""

from __future__ import annotations

import dataclasses
import heapq
import itertools
import threading
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from vec2art_nb.drawing import Style
from vec2art_nb.perf.log import CacheEvent, log


def result_bytes(result: object) -> int:
    """Bytes that the arrays of a stage's result hold; an array met twice counts once."""
    arrays: dict[int, int] = {}
    _weigh(result, arrays)
    return sum(arrays.values())


# A drawing may have thousands of them, one for each colour.
_WITHOUT_ARRAYS = frozenset({Style, str, int, float, bool})


def _weigh(result: object, arrays: dict[int, int]) -> None:
    if isinstance(result, np.ndarray):
        arrays[id(result)] = result.nbytes
    elif isinstance(result, (tuple, list)):
        for part in result:
            if type(part) not in _WITHOUT_ARRAYS:
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


@dataclass(slots=True)
class _Entry:
    stage: str
    result: Any
    size: int
    milliseconds: float
    #: what it is worth, and, among equals, when it was asked for
    rank: tuple[float, int]
    users: int = 0


class StageCache:
    """What is cheap to make again for the room that it takes goes first, and of that what was not asked for lately.

    The rule is GreedyDual-Size (Cao and Irani, "Cost-aware WWW proxy caching algorithms", 1997): a result is worth its
    milliseconds for each byte, above a floor that rises to the worth of each one that goes; when it is asked for, its
    worth counts from the floor of that time. A result larger than the whole budget is not kept. Results are shared, so
    nobody may write to them; what is in use stays, since letting it go would free nothing.
    """

    # A result without arrays still costs its objects; this keeps the number of entries bounded too.
    _OVERHEAD = 1024

    def __init__(self, budget_bytes: int) -> None:
        self._budget_bytes = budget_bytes
        self._lock = threading.Lock()
        self._entries: dict[Hashable, _Entry] = {}
        # By rank. That of a result which was asked for since is too low here, which shows when it comes up.
        self._cheapest: list[tuple[tuple[float, int], Hashable]] = []
        self._numbers = itertools.count()
        self._floor = 0.0
        self._bytes = 0

    @property
    def budget_bytes(self) -> int:
        """The most that may be held; what is too much for a new budget goes at once."""
        return self._budget_bytes

    @budget_bytes.setter
    def budget_bytes(self, budget_bytes: int) -> None:
        with self._lock:
            self._budget_bytes = budget_bytes
            self._evict(budget_bytes)

    @property
    def bytes(self) -> int:
        return self._bytes

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, key: Hashable) -> bool:
        """Whether a result is there; asking does not make it more recent."""
        with self._lock:
            return key in self._entries

    def get(self, key: Hashable, stage: str = "") -> tuple[Any, int] | None:
        """The result and its bytes, or None. It is in use from now on, until `release`."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                self._tell("miss", stage, 0, 0.0)
                return None
            entry.rank = self._rank(entry.size, entry.milliseconds)
            entry.users += 1
            self._tell("hit", entry.stage, entry.size, entry.milliseconds)
            return entry.result, entry.size

    def entry(self, key: Hashable) -> tuple[Any, float] | None:
        """A result, and the milliseconds that it would take to make it again; nobody counts it as asked for."""
        with self._lock:
            entry = self._entries.get(key)
            return None if entry is None else (entry.result, entry.milliseconds)

    def release(self, keys: Iterable[Hashable]) -> None:
        """Results that `get` gave are in use no more."""
        with self._lock:
            for key in keys:
                entry = self._entries.get(key)
                if entry is not None and entry.users:
                    entry.users -= 1

    def put(
        self, key: Hashable, result: Any, size: int, *, stage: str = "", milliseconds: float = 0.0,
        may_evict: bool = True,
    ) -> None:  # fmt: skip
        """Keep a result; one that ``may_evict`` nothing is kept only while there is room.

        Parameters
        ----------
        key, result
            Under what it will be asked for, and what it is.
        size
            Bytes of its arrays.
        stage
            What made it.
        milliseconds
            What it would take to make it again.
        """
        room = self._room(size)
        with self._lock:
            if key in self._entries:
                return
            if may_evict and room <= self._budget_bytes:
                self._evict(self._budget_bytes - room)
            if self._bytes + room > self._budget_bytes:
                self._tell("refuse", stage, size, milliseconds)
                return
            entry = _Entry(stage, result, size, milliseconds, self._rank(size, milliseconds))
            self._entries[key] = entry
            self._bytes += room
            heapq.heappush(self._cheapest, (entry.rank, key))
            self._tell("keep", stage, size, milliseconds)

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
            self._cheapest.clear()
            self._bytes = 0

    # --- under the lock ---

    def _room(self, size: int) -> int:
        return size + self._OVERHEAD

    def _rank(self, size: int, milliseconds: float) -> tuple[float, int]:
        return self._floor + milliseconds / self._room(size), next(self._numbers)

    def _evict(self, most: int) -> None:
        """Let results go until no more than so many bytes are held, or all of the rest are in use."""
        in_use = []
        while self._bytes > most and self._cheapest:
            rank, key = heapq.heappop(self._cheapest)
            entry = self._entries[key]
            if entry.users:
                in_use.append((entry.rank, key))
            elif entry.rank > rank:
                heapq.heappush(self._cheapest, (entry.rank, key))
            else:
                self._floor = rank[0]
                del self._entries[key]
                self._bytes -= self._room(entry.size)
                self._tell("evict", entry.stage, entry.size, entry.milliseconds)
        for one in in_use:
            heapq.heappush(self._cheapest, one)

    def _tell(self, event: str, stage: str, size: int, milliseconds: float) -> None:
        log.cache.append(
            CacheEvent(log.now(), "memory", event, stage, size, milliseconds, self._bytes, len(self._entries))
        )
