"""The second tier of the stage cache: results on disk, per user, that survive the kernel.

It never raises into a render and no frame waits for it to write: results are packed and written on a thread of its own.
When something is wrong with the disk it says so once and is off from then on.
"""

from __future__ import annotations

import atexit
import logging
import os
import shutil
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from vec2art_nb import machine
from vec2art_nb.drawing import Drawing
from vec2art_nb.graph import Key
from vec2art_nb.perf.log import CacheEvent, log
from vec2art_nb.runtime.cache import result_bytes
from vec2art_nb.runtime.digests import key_digest, source_is_as_loaded
from vec2art_nb.runtime.packing import PackingError, kinds_of, pack, unpack

if TYPE_CHECKING:
    from vec2art_nb.runtime.disk_store import Store, Totals

# Unless told otherwise it takes a tenth of what is free, and no more than this.
_LARGEST_BUDGET = 1 << 30

# What reading a result back takes, in milliseconds, measured; a result must have taken some times as long to make.
_READ_MS, _READ_MS_PER_MB = 0.3, 0.9
_WORTHWHILE = 3.0

# A drawing from disk spares a new kernel more than its own making: loading the compiler and the kernels.
_LOADING_MS = 1000.0

# Results that wait for being written; what does not fit is not written.
_WAITING_BYTES = 64 << 20

# A file that is damaged is begun anew, but not for ever.
_MOST_RENEWALS = 3

# How long the end of the process waits for what is not yet written.
_LAST_WRITES_S = 3.0


@dataclass(frozen=True, slots=True)
class DiskStatistics:
    """What the tier did in this process, and what the disk holds as far as it knows.

    ``refused`` counts results that were worth keeping but were too large, could not be packed or came while too many
    others waited; ``damaged`` counts those that were no longer what had been written. ``off`` says why nothing is
    read or written any more; empty while all is well.
    """

    hits: int = 0
    misses: int = 0
    written: int = 0
    evicted: int = 0
    refused: int = 0
    damaged: int = 0
    saved_ms: float = 0.0
    held_bytes: int = 0
    entries: int = 0
    off: str = ""


class _Task(NamedTuple):
    """Something for the writing thread; ``size`` are bytes that it keeps from being freed."""

    act: Callable[[Store], None]
    size: int


class DiskTier:
    """Results by key, on disk. Safe to use from several threads and in several processes; off in a forked child.

    Parameters
    ----------
    folder
        Where; by default ``$VEC2ART_NB_CACHE_DIR``, else the user's cache folder.
    budget_bytes
        How large the file may become; by default a tenth of what is free on the disk, and at most 1 GB.
    """

    def __init__(self, folder: Path | str | None = None, budget_bytes: int | None = None) -> None:
        self._folder = None if folder is None else Path(folder)
        self._budget = budget_bytes
        self._store: Store | None = None
        self._opening = threading.Lock()
        self._condition = threading.Condition()
        self._tasks: deque[_Task] = deque()
        self._waiting_bytes = 0
        self._is_at_work = False
        self._thread: threading.Thread | None = None
        self._closed = self._forked = False
        self._renewals = 0
        self._seen = DiskStatistics()
        _tiers.add(self)

    # --- asking and keeping -------------------------------------------------------------------------------------------

    def get(self, key: Hashable) -> tuple[Any, int] | None:
        """The result and its bytes, or None."""
        if not self._is_on() or not isinstance(key, Key):
            return None
        started = time.perf_counter()
        store = None
        try:
            digest = key_digest(key)
            if digest is None:
                return None
            store = self._opened()
            found = self._read(store, digest, key)
        except Exception as error:  # whatever is wrong with the disk must not cost the drawing
            self._failed(error, store)
            return None
        name = key.stage.name
        if found is None:
            self._count(misses=1)
            self._tell("miss", name, 0, 0.0)
            return None
        result, made_ms = found
        size = result_bytes(result)
        saved_ms = made_ms - (time.perf_counter() - started) * 1e3
        self._count(hits=1, saved_ms=saved_ms)
        self._tell("hit", name, size, saved_ms)
        self._hand_over(lambda store: store.touch(digest), 0)
        return result, size

    def _read(self, store: Store, digest: bytes, key: Key) -> tuple[Any, float] | None:
        from vec2art_nb.runtime.disk_store import DamagedError

        try:
            found = store.read(digest)
            return None if found is None else (unpack(found.data, kinds_of(key.stage.function)), found.milliseconds)
        except (DamagedError, PackingError):
            self._count(damaged=1)
            self._hand_over(lambda store: store.remove(digest), 0)
            return None

    def put(self, key: Hashable, result: Any, milliseconds: float) -> None:
        """Keep a result that took so long to make, if it is worth it; it is written soon, on another thread.

        Drawings are always worth it, other results when they took clearly longer than reading them back will.
        """
        if not self._is_on() or not isinstance(key, Key):
            return
        try:
            size = result_bytes(result)
            is_drawing = isinstance(result, Drawing)
            worthwhile = milliseconds > _WORTHWHILE * (_READ_MS + _READ_MS_PER_MB * size / 1e6)
            digest = key_digest(key) if worthwhile or is_drawing else None
            if digest is None:
                return
            cost = milliseconds + (_LOADING_MS if is_drawing else 0.0)
            write = partial(self._write, digest, key, result, size, milliseconds, cost)
            if not self._hand_over(write, size):
                self._refuse(key, size, milliseconds)
        except Exception as error:  # as above
            self._failed(error, None)

    def _write(
        self, digest: bytes, key: Key, result: Any, size: int, milliseconds: float, cost: float, store: Store
    ) -> None:
        if not source_is_as_loaded():
            # Modules that are loaded from now on are others than those that the digest knows.
            raise _SourceChangedError("the source of vec2art_nb was changed since it was loaded")
        packed = pack(result, kinds_of(key.stage.function))
        if packed is None or not store.has_room_for(len(packed)):
            self._refuse(key, size, milliseconds)
            return
        evicted = store.write(digest, key.stage.name, packed, milliseconds, cost)
        self._hold(store.totals())
        self._count(written=1, evicted=len(evicted))
        for gone in evicted:
            self._tell("evict", gone.stage, gone.bytes, gone.milliseconds)
        self._tell("keep", key.stage.name, size, milliseconds)

    def _refuse(self, key: Key, size: int, milliseconds: float) -> None:
        self._count(refused=1)
        self._tell("refuse", key.stage.name, size, milliseconds)

    # --- the writing thread -------------------------------------------------------------------------------------------

    def _hand_over(self, act: Callable[[Store], None], size: int) -> bool:
        """Whether the task was taken: not when too much is waiting."""
        with self._condition:
            if self._closed or self._waiting_bytes + size > _WAITING_BYTES:
                return False
            self._tasks.append(_Task(act, size))
            self._waiting_bytes += size
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="vec2art_nb disk", daemon=True)
                self._thread.start()
            self._condition.notify_all()
        return True

    def _work(self) -> None:
        while True:
            with self._condition:
                while not self._tasks and not self._closed:
                    self._condition.wait()
                if not self._tasks:
                    return
                task = self._tasks.popleft()
                self._is_at_work = True
            store = None
            try:
                if self._is_on():
                    store = self._opened()
                    task.act(store)
            except Exception as error:  # a thread that ends would keep all others waiting
                self._failed(error, store)
            with self._condition:
                self._waiting_bytes -= task.size
                del task
                self._is_at_work = False
                self._condition.notify_all()

    def flush(self, timeout_s: float | None = None) -> bool:
        """Wait until all that was put is written; False when the time was up before."""
        if self._forked:
            return True
        with self._condition:
            return self._condition.wait_for(lambda: not self._tasks and not self._is_at_work, timeout_s)

    def close(self, timeout_s: float | None = None) -> None:
        """Write what waits, at most for so long, and let go of the file. Afterwards all is a miss."""
        if self._forked:
            return
        self.flush(timeout_s)
        with self._condition:
            self._closed = True
            self._tasks.clear()
            thread = self._thread
            self._condition.notify_all()
        if thread is not None:
            thread.join(timeout_s)
        self._let_go()

    # --- the file -----------------------------------------------------------------------------------------------------

    def _is_on(self) -> bool:
        return not (self._closed or self._forked or self._seen.off)

    def _opened(self) -> Store:
        with self._opening:
            if self._store is None:
                from vec2art_nb.runtime.disk_store import Store

                folder = self._place()
                budget = self._budget
                if budget is None:
                    budget = min(_LARGEST_BUDGET, shutil.disk_usage(_existing(folder)).free // 10)
                self._store = Store(folder, budget)
                self._hold(self._store.totals())
            return self._store

    def _place(self) -> Path:
        if self._folder is None:
            self._folder = machine.cache_folder()
        return self._folder

    def _let_go(self) -> None:
        with self._opening:
            store, self._store = self._store, None
        if store is not None:
            store.close()

    def _failed(self, error: Exception, store: Store | None) -> None:
        """Something is wrong: wait for better times, begin anew, or be off."""
        from vec2art_nb.runtime import disk_store

        if disk_store.is_contention(error):
            return
        if store is not None and store is not self._store:
            return  # another thread has met it too, and has begun anew
        if disk_store.is_damage(error) and self._renewals < _MOST_RENEWALS:
            self._renewals += 1
            self._count(damaged=1)
            try:
                self._let_go()
                disk_store.remove_store(self._place())
                return
            except Exception as later:  # then the folder is not ours to mend
                error = later
        self._turn_off(f"{type(error).__name__}: {error}")

    def _turn_off(self, why: str) -> None:
        with self._condition:
            was_off, self._seen = self._seen.off, replace(self._seen, off=why)
        if not was_off:
            logging.getLogger("vec2art_nb").warning(
                "results are no longer kept on disk, because of this: %s; drawings are not affected", why
            )

    # --- what is told -------------------------------------------------------------------------------------------------

    def statistics(self) -> DiskStatistics:
        return self._seen

    def _count(self, **more: float) -> None:
        with self._condition:
            self._seen = replace(self._seen, **{name: getattr(self._seen, name) + by for name, by in more.items()})

    def _hold(self, totals: Totals) -> None:
        with self._condition:
            self._seen = replace(self._seen, held_bytes=totals.bytes, entries=totals.entries)

    def _tell(self, event: str, stage: str, size: int, milliseconds: float) -> None:
        seen = self._seen
        log.cache.append(CacheEvent(log.now(), "disk", event, stage, size, milliseconds, seen.held_bytes, seen.entries))

    # --- forks --------------------------------------------------------------------------------------------------------

    def _before_fork(self) -> None:
        # SQLite must be at rest, or the child could find its locks taken by threads that it does not have.
        self._opening.acquire()
        if self._store is not None:
            self._store.writing.acquire()
            self._store.reading.acquire()
        self._condition.acquire()

    def _after_fork(self, *, is_child: bool) -> None:
        self._condition.release()
        if self._store is not None:
            self._store.reading.release()
            self._store.writing.release()
        self._opening.release()
        # SQLite's connections must not be used across a fork.
        self._forked = self._forked or is_child


class _SourceChangedError(Exception):
    """What is running is not what the source says."""


def _existing(folder: Path) -> Path:
    return next(place for place in (folder, *folder.absolute().parents) if place.exists())


_tiers: weakref.WeakSet[DiskTier] = weakref.WeakSet()

# Of a fork going on: a tier that is made meanwhile has no locks to release.
_forking: list[DiskTier] = []


def _before_fork() -> None:
    _forking.extend(_tiers)
    for tier in _forking:
        tier._before_fork()


def _after_fork(*, is_child: bool) -> None:
    while _forking:
        _forking.pop()._after_fork(is_child=is_child)


def _close_all() -> None:
    for tier in tuple(_tiers):
        tier.close(_LAST_WRITES_S)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork,
        after_in_parent=partial(_after_fork, is_child=False),
        after_in_child=partial(_after_fork, is_child=True),
    )
atexit.register(_close_all)
