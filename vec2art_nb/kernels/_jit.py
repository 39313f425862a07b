"""Every decision about numba, in one place.

A kernel is an ordinary function whose annotations are the types below. Called from Python it gets exactly one numba
signature: every array becomes a flat, contiguous view of the annotated dtype, read-only for ``Read…``, and every scalar
is converted. So a kernel compiles once, whatever was handed to it, and a wrong dtype is an error instead of a second
compilation. Two-dimensional arrays arrive flattened; kernels take ``height`` and ``width`` and index with unsigned
offsets.

Three decorators:

* ``@jitted``: helper, called by other kernels only;
* ``@kernel``: serial, called from Python; releases the GIL;
* ``@parallel_kernel``: the same with ``prange`` over bands, each band one call of a ``@jitted`` core.

What they share is decided here: ``nogil``, NumPy's error model (no exceptions from division), no ``fastmath`` (the same
bytes on every machine), and a disk cache whose folder is named after the source of *all* kernels, because numba
does not see that a helper in another file has changed.
"""

from __future__ import annotations

import hashlib
import inspect
import operator
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args, get_type_hints

import numba
import numpy as np
import platformdirs
from numpy.typing import NDArray

from vec2art_nb import machine, settings

_READ, _WRITE = "read", "write"

ReadU8 = Annotated[NDArray[np.uint8], _READ, np.uint8]
ReadU16 = Annotated[NDArray[np.uint16], _READ, np.uint16]
ReadI16 = Annotated[NDArray[np.int16], _READ, np.int16]
ReadI32 = Annotated[NDArray[np.int32], _READ, np.int32]
ReadI64 = Annotated[NDArray[np.int64], _READ, np.int64]
ReadU64 = Annotated[NDArray[np.uint64], _READ, np.uint64]
ReadF32 = Annotated[NDArray[np.float32], _READ, np.float32]
ReadF64 = Annotated[NDArray[np.float64], _READ, np.float64]
WriteI8 = Annotated[NDArray[np.int8], _WRITE, np.int8]
WriteU8 = Annotated[NDArray[np.uint8], _WRITE, np.uint8]
WriteU16 = Annotated[NDArray[np.uint16], _WRITE, np.uint16]
WriteI16 = Annotated[NDArray[np.int16], _WRITE, np.int16]
WriteI32 = Annotated[NDArray[np.int32], _WRITE, np.int32]
WriteI64 = Annotated[NDArray[np.int64], _WRITE, np.int64]
WriteU32 = Annotated[NDArray[np.uint32], _WRITE, np.uint32]
WriteU64 = Annotated[NDArray[np.uint64], _WRITE, np.uint64]
WriteF32 = Annotated[NDArray[np.float32], _WRITE, np.float32]
WriteF64 = Annotated[NDArray[np.float64], _WRITE, np.float64]

_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": False}

F = TypeVar("F", bound=Callable[..., Any])


# --- the disk cache ---------------------------------------------------------------------------------------------------


@cache
def cache_folder() -> Path:
    """Where compiled kernels are kept: below ``$NUMBA_CACHE_DIR``, else below the user's cache folder."""
    digest = hashlib.blake2b(digest_size=8)
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.name.encode() + b"\0" + source.read_bytes())
    base = os.environ.get("NUMBA_CACHE_DIR") or platformdirs.user_cache_dir("vec2art_nb")
    return Path(base) / f"kernels-{digest.hexdigest()}"


def remove_stale_caches(older_than_s: float = 30 * 86_400) -> list[Path]:
    """Delete the kernels of other versions that nobody has added to for a month; returns the folders that went."""
    current = cache_folder()
    stale = [
        folder
        for folder in current.parent.glob("kernels-*")
        if folder != current and time.time() - folder.stat().st_mtime > older_than_s
    ]
    for folder in stale:
        shutil.rmtree(folder, ignore_errors=True)
    return stale


@contextmanager
def _our_cache_folder() -> Iterator[None]:
    # numba fixes a function's cache folder while decorating it, so the user's own setting is only borrowed.
    previous = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(cache_folder())
    try:
        yield
    finally:
        numba.config.CACHE_DIR = previous


# --- threads ----------------------------------------------------------------------------------------------------------

_threads = settings.current.threads


def threads() -> int:
    """How many bands a parallel kernel may run at once; 1 means that kernels run serial."""
    return _threads or min(machine.cores(), numba.config.NUMBA_NUM_THREADS)


def set_threads(count: int) -> None:
    """Limit the threads of parallel kernels; 0 goes back to what the machine allows."""
    global _threads
    _threads = min(count, numba.config.NUMBA_NUM_THREADS)


# numba's workqueue layer, the only one on macOS, aborts the process when two threads launch parallel kernels at once.
_parallel_region = threading.Lock()

# After an OpenMP region a forked child dies at its first parallel kernel, so it never launches one.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=lambda: set_threads(1))


# --- compilation, seen from outside -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Compilation:
    """A kernel is being made ready: compiled, or loaded from disk."""

    kernel: str
    finished: bool
    seconds: float = 0.0
    from_disk: bool = False


_watchers: list[Callable[[Compilation], None]] = []


@contextmanager
def watch_compilation(watcher: Callable[[Compilation], None]) -> Iterator[None]:
    """Call ``watcher`` before and after each kernel is made ready, in whatever thread does it."""
    _watchers.append(watcher)
    try:
        yield
    finally:
        _watchers.remove(watcher)


_prepared = 0


def prepared() -> int:
    """How many kernels were made ready so far in this process."""
    return _prepared


def _tell(event: Compilation) -> None:
    for watcher in tuple(_watchers):
        watcher(event)


# --- the decorators ---------------------------------------------------------------------------------------------------


def _array_coercion(name: str, access: str, dtype: type[np.generic]) -> Callable[[Any], Any]:
    wanted = np.dtype(dtype)

    def coerce(value: Any) -> Any:
        # numba types an array that is not aligned differently: it would compile a second time.
        if (
            not isinstance(value, np.ndarray)
            or value.dtype != wanted
            or not (value.flags.c_contiguous and value.flags.aligned)
        ):
            described = f"{value.dtype} array" if isinstance(value, np.ndarray) else type(value).__name__
            raise TypeError(f"{name} must be an aligned C-contiguous {wanted} array, got {described}")
        view = value.reshape(-1)
        if access == _READ:
            view.flags.writeable = False
        elif not view.flags.writeable:
            raise TypeError(f"{name} is written to, but the array is read-only")
        return view

    return coerce


def _coercions(function: Callable[..., Any]) -> list[Callable[[Any], Any]]:
    hints = get_type_hints(function, include_extras=True)
    result: list[Callable[[Any], Any]] = []
    for parameter in inspect.signature(function).parameters:
        hint = hints.get(parameter)
        if hint is int:
            # Not int(): a fraction handed in by mistake must not lose its tail in silence.
            result.append(operator.index)
        elif hint is bool:
            result.append(bool)
        elif hint is float:
            result.append(np.float32)
        elif len(get_args(hint)) == 3:
            _, access, dtype = get_args(hint)
            result.append(_array_coercion(f"{function.__name__}: {parameter}", access, dtype))
        else:
            raise TypeError(f"{function.__name__}: annotate {parameter} with int, float, bool or a Read…/Write… type")
    return result


def _signature(function: Callable[..., Any]) -> tuple[Any, ...]:
    """What numba is to compile for: what the coercions of the annotations give."""
    hints = get_type_hints(function, include_extras=True)
    scalars = {int: numba.int64, bool: numba.boolean, float: numba.float32}

    def numba_type(hint: Any) -> Any:
        if hint in scalars:
            return scalars[hint]
        _, access, dtype = get_args(hint)
        return numba.types.Array(numba.from_dtype(np.dtype(dtype)), 1, "C", readonly=access == _READ)

    return tuple(numba_type(hints[parameter]) for parameter in inspect.signature(function).parameters)


_entries: list[Kernel] = []


def entries() -> tuple[Kernel, ...]:
    """All kernels that Python calls, of the modules loaded so far."""
    return tuple(_entries)


class Kernel:
    """A compiled function with one signature, callable from Python."""

    def __init__(self, function: Callable[..., Any], *, parallel: bool) -> None:
        self.__name__ = function.__name__
        self.__doc__ = function.__doc__
        self.__wrapped__ = function
        self._coercions = _coercions(function)
        with _our_cache_folder():
            self.dispatcher = numba.njit(cache=True, parallel=parallel, **_OPTIONS)(function)
        self.parallel = parallel
        # With NUMBA_DISABLE_JIT the function stays Python and there is nothing to make ready.
        self._ready = bool(numba.config.DISABLE_JIT)
        self._preparing = threading.Lock()
        _entries.append(self)

    def __call__(self, *arguments: Any) -> Any:
        coerced = [coerce(argument) for coerce, argument in zip(self._coercions, arguments, strict=True)]
        if not self._ready:
            self.prepare()
        if not self.parallel:
            return self.dispatcher(*coerced)
        with _parallel_region:
            return self.dispatcher(*coerced)

    def prepare(self) -> None:
        """Compile it for its one signature, or load it from disk; does nothing when that was done."""
        with self._preparing:
            if not self._ready:
                _tell(Compilation(self.__name__, finished=False))
                started = time.perf_counter()
                self.dispatcher.compile(_signature(self.__wrapped__))
                seconds = time.perf_counter() - started
                from_disk = bool(self.dispatcher.stats.cache_hits)
                global _prepared
                _prepared += 1
                self._ready = True
                _tell(Compilation(self.__name__, True, seconds, from_disk))


def jitted(function: F) -> F:
    """A helper that only other kernels call."""
    compiled: F = numba.njit(**_OPTIONS)(function)
    return compiled


def kernel(function: Callable[..., Any]) -> Kernel:
    """A serial kernel that Python calls."""
    return Kernel(function, parallel=False)


def parallel_kernel(function: Callable[..., Any]) -> Kernel:
    """A kernel with ``prange`` that Python calls, from the compute lane only."""
    return Kernel(function, parallel=True)
