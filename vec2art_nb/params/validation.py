"""The validation cache: what was found valid before is not checked again.

A hand that goes back and forth along a slider, a preset, a reset: they lead to states that were there before. What the
cache finds is the very object that was checked then, so it is the same with the cache and without it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

import cachetools
from cachetools.keys import hashkey

from vec2art_nb import settings
from vec2art_nb.perf.log import ValidationEvent, log

if TYPE_CHECKING:
    from vec2art_nb.params.declaration import Params

T = TypeVar("T")
P = TypeVar("P", bound="Params")

# Some minutes of dragging. One set of 60 parameters holds about 10 KB, with its key.
CAPACITY = 1024

# Values do not grow old, but classes do: a backend that is written anew in a notebook's cell leaves its old one.
LIFETIME_S = 900.0


class _Entry(NamedTuple):
    value: Any
    backend: str
    milliseconds: float  # what the miss took that made it


class _Entries(cachetools.TTLCache[Hashable, _Entry]):
    """Tells of each entry that goes, because its time is over or because there is no more room."""

    def __init__(
        self, capacity: int, lifetime_s: float, timer: Callable[[], float], gone: Callable[[_Entry], None]
    ) -> None:
        super().__init__(capacity, lifetime_s, timer)
        self._gone = gone

    def popitem(self) -> tuple[Hashable, _Entry]:
        key, entry = super().popitem()
        self._gone(entry)
        return key, entry

    def expire(self, time: float | None = None) -> list[tuple[Hashable, _Entry]]:
        expired = list(super().expire(time))
        for _, entry in expired:
            self._gone(entry)
        return expired


class ValidationCache:
    """Remembers what was made of a key: the least recently used goes first, and each after some time.

    Safe to use from several threads. Two that miss the same key at once both make it, and one of the two stays.

    Parameters
    ----------
    about : str
        What is validated, for the log: see `vec2art_nb.perf.log.ValidationEvent`.
    capacity : int
        The most entries.
    lifetime_s : float
        Seconds after which an entry goes.
    timer : callable
        Seconds since whenever.
    """

    def __init__(
        self,
        about: str,
        capacity: int = CAPACITY,
        lifetime_s: float = LIFETIME_S,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._about = about
        self._lock = threading.Lock()
        self._capacity, self._lifetime_s, self._timer = capacity, lifetime_s, timer
        self._entries = self._fresh()

    @property
    def enabled(self) -> bool:
        """Whether it is to be used at all, as the option ``validation_cache`` says; results are the same without."""
        return settings.current.validation_cache

    def __len__(self) -> int:
        with self._lock:
            return len(self._entries)

    def clear(self) -> None:
        """Forget everything; no eviction is counted."""
        with self._lock:
            self._entries = self._fresh()

    def forget(self, key: Hashable) -> None:
        """Forget one, because more is known by now; no eviction is counted."""
        with self._lock:
            self._entries.pop(key, None)

    def find(self, key: Hashable | None, make: Callable[[], T], *, backend: str, started: float) -> T:
        """What was made of ``key`` before, or what ``make`` gives now.

        Parameters
        ----------
        key
            Its equals must lead to the same result. None looks for nothing and keeps nothing.
        make
            Makes it. What it raises is passed on, and nothing is kept.
        backend
            For the log.
        started
            `time.perf_counter` when the look began, so that making the key counts too.
        """
        entry = None
        if key is not None:
            with self._lock:
                entry = self._entries.get(key)
        if entry is not None:
            milliseconds = (time.perf_counter() - started) * 1e3
            self._log("hit", backend, milliseconds, entry.milliseconds - milliseconds)
            return cast(T, entry.value)
        try:
            made = make()
        finally:
            milliseconds = (time.perf_counter() - started) * 1e3
            self._log("miss", backend, milliseconds, 0.0)
        if key is not None:
            with self._lock:
                self._entries[key] = _Entry(made, backend, milliseconds)
        return made

    def _fresh(self) -> _Entries:
        return _Entries(self._capacity, self._lifetime_s, self._timer, self._evicted)

    def _evicted(self, entry: _Entry) -> None:
        self._log("evict", entry.backend, 0.0, 0.0)

    def _log(self, event: str, backend: str, milliseconds: float, saved: float) -> None:
        log.validation.append(ValidationEvent(log.now(), self._about, event, backend, milliseconds, saved))


cache = ValidationCache("values")
"""Of the values of parameters."""


def validated(schema: type[P], base: Mapping[str, Any], changes: Mapping[str, object], backend: str = "") -> P:
    """The parameters of a class with these values over those of ``base``, all checked.

    Parameters
    ----------
    schema : Params class
    base : mapping
        A value for each parameter, all in normal form.
    changes : mapping
        Values in any form that the parameters take.
    backend : str
        For whom, in the log.

    Raises
    ------
    UnknownParameterError, ParameterError
    """
    if not cache.enabled or schema.__sees_given_values__:
        return schema(**{**base, **changes})
    started = time.perf_counter()
    values = _normal_values(schema, base, changes)
    if values is None:
        # It is refused, or hard to tell: whoever looks at all of it says why.
        return cache.find(None, lambda: schema(**{**base, **changes}), backend=backend, started=started)
    return cache.find(_key(schema, values), lambda: schema(**values), backend=backend, started=started)


def _normal_values(
    schema: type[Params], base: Mapping[str, Any], changes: Mapping[str, object]
) -> dict[str, Any] | None:
    """The values that are asked for in normal form; None when there is something wrong with one."""
    declared = schema.parameters()
    values = {**base}
    for name, value in changes.items():
        parameter = declared.get(name)
        # An iterator can be read only once, and whoever refuses it must read it too.
        if parameter is None or (parameter.kind in ("color", "palette") and isinstance(value, Iterator)):
            return None
        try:
            normal = parameter.normalized(value)
        except ValueError:
            return None
        if not parameter.in_range(normal):
            return None
        values[name] = normal
    return values


def _key(schema: type[Params], values: dict[str, Any]) -> Hashable | None:
    """All values that the state will have: it is the same state, whichever way the hand came to it.

    The types are part of it, because 1 == True == 1.0; there is no -0.0 among normal values.
    """
    key = hashkey(schema, tuple(map(type, values.values())), *values.values())
    try:
        hash(key)
    except TypeError:  # made by somebody who went round the checks
        return None
    return cast(Hashable, key)
