"""The buffer pool: memory for large arrays, which a drawing gets from the drawing before it.

The operating system hands out memory page by page, each at its first touch and filled with zeros; a drawing of four
megapixels pays for thousands of such page faults, and gives all pages back at its end. Here they are kept. `empty`,
`zeros`, `full` and `copied` stand in for NumPy's; what they return is an ordinary array whose memory comes back to the
pool when the last view of it is gone, not earlier and not by anybody's word.

All memory is cut from one range of addresses, reserved once, of which only what is touched takes room. What comes back
grows together with its free neighbours, so a picture of another size needs no other buffers, and no memory lies idle
because it is of the wrong size. Lengths are rounded up to classes, eighths of a power of two: a list that is a little
longer after an edit fits where it lay before. Memory is *warm* when it was leased before, and *cold* when it never was
or went back to the system.
"""

from __future__ import annotations

import math
import mmap
import os
import sys
import threading
import time
import weakref
from bisect import bisect_left, insort
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from vec2art_nb import machine, settings
from vec2art_nb.perf.log import BufferEvent, log

# The allocator of C keeps smaller blocks by itself, and is quicker; from 64 KiB on, drawings of lines lose 2 % by it.
SMALLEST_BYTES = 1 << 18

# What was not needed at once during the last two spans of this length is given back.
MEMORY_S = 30.0

_PAGE = mmap.PAGESIZE
_HUGE_PAGE = 1 << 21
_GARBAGE = 0xA5

T = TypeVar("T", bound=np.generic)

# Shapes as NumPy takes them.
Shape = int | tuple[int, ...]


@lru_cache(1024)
def class_bytes(size: int) -> int:
    """The length that is leased when ``size`` bytes are asked for."""
    step = max(_PAGE, 1 << max(0, (size - 1).bit_length() - 4))
    return -(-size // step) * step


class Statistics(NamedTuple):
    """What the pool did since the process began, and what it holds now.

    ``leases`` is how many arrays it gave, of which ``reused`` lay in warm memory entirely; ``returned`` how many came
    back; ``refused`` how many had to come from NumPy, because the reserved addresses were all leased. ``leased_bytes``
    and ``idle_bytes`` are the warm memory that is in use and that is not, ``given_back_bytes`` what went back to the
    system. ``classes`` has leases, reused and returned for each length in bytes.
    """

    leases: int
    reused: int
    returned: int
    refused: int
    leased_bytes: int
    idle_bytes: int
    given_back_bytes: int
    classes: dict[int, tuple[int, int, int]]


class _Ranges:
    """Free addresses: ranges that do not touch, found by length, by where they begin and by where they end."""

    def __init__(self) -> None:
        self.total = 0
        self._by_size: list[tuple[int, int]] = []
        self._size_from: dict[int, int] = {}
        self._begin_of_end: dict[int, int] = {}

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """(begin, size) of each, in no order."""
        return iter(list(self._size_from.items()))

    def remove(self, begin: int) -> int:
        """Take a whole range out; returns its size."""
        size = self._size_from.pop(begin)
        del self._begin_of_end[begin + size]
        del self._by_size[bisect_left(self._by_size, (size, begin))]
        self.total -= size
        return size

    def take(self, size: int) -> int | None:
        """Cut ``size`` bytes off the smallest range that has them; returns where they begin."""
        place = bisect_left(self._by_size, (size, 0))
        if place == len(self._by_size):
            return None
        found, begin = self._by_size.pop(place)
        del self._size_from[begin]
        if found == size:
            del self._begin_of_end[begin + size]
        else:
            self._size_from[begin + size] = found - size
            self._begin_of_end[begin + found] = begin + size
            insort(self._by_size, (found - size, begin + size))
        self.total -= size
        return begin

    def add(self, begin: int, size: int) -> None:
        """Put addresses in; they grow together with the ranges that they touch."""
        before = self._begin_of_end.get(begin)
        if before is not None:
            size += self.remove(before)
            begin = before
        if begin + size in self._size_from:
            size += self.remove(begin + size)
        self._size_from[begin] = size
        self._begin_of_end[begin + size] = begin
        insort(self._by_size, (size, begin))
        self.total += size


class _Lease(weakref.ref[NDArray[Any]]):
    """A range of addresses that is out for as long as an array, or a view of it, is alive.

    Views refer to the array, so the array dies last. That may be on any thread, and inside the pool's own lock when
    a collection of garbage begins there; so all that happens then is that the lease is put on a list, which the pool
    reads when it is asked for memory next.
    """

    __slots__ = ("begin", "counts", "size")

    begin: int
    size: int
    counts: list[int]


class Pool:
    """Leases memory, and keeps what comes back for the next who asks.

    Parameters
    ----------
    reserved_bytes
        How many addresses to reserve; by default as many as there is memory. Beyond, arrays come from NumPy.
    idle_budget_bytes
        How much idle memory is kept at most; by default a third of what `settings` allow.
    clock
        Seconds since whenever.
    """

    def __init__(
        self,
        reserved_bytes: int | None = None,
        idle_budget_bytes: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.enabled = True
        self.fills_with_garbage = False  # for tests: nothing may rely on what memory holds
        self.idle_budget_bytes = settings.current.memory // 3 if idle_budget_bytes is None else idle_budget_bytes
        self._reserved_bytes = machine.memory_bytes() if reserved_bytes is None else reserved_bytes
        self._clock = clock
        self._lock = threading.Lock()
        self._out: dict[int, _Lease] = {}  # by where it begins; a lease that nobody holds would end unseen
        self._returned: deque[_Lease] = deque()
        self._region: mmap.mmap | None = None
        self._warm, self._cold = _Ranges(), _Ranges()
        self._leased = self._refused = self._given_back = 0
        self._counts: dict[int, list[int]] = {}  # by class: leases, reused, returned
        self._most = self._most_before = 0
        self._span_ends = 0.0

    def empty(self, shape: Shape, dtype: type[T] | np.dtype[T]) -> NDArray[T]:
        """An array whose values are whatever the memory holds; see `numpy.empty`."""
        kind = np.dtype(dtype)
        size = math.prod(shape) * kind.itemsize if isinstance(shape, tuple) else shape * kind.itemsize
        array = self._lease(shape, kind, int(size)) if self.enabled and size >= SMALLEST_BYTES else None
        if array is None:
            array = np.empty(shape, kind)
        if self.fills_with_garbage:
            array.reshape(-1).view(np.uint8).fill(_GARBAGE)
        return array

    @contextmanager
    def scratch(self, shape: Shape, dtype: type[T] | np.dtype[T]) -> Iterator[NDArray[T]]:
        """An array for one block, at the end of which its memory comes back.

        The name of the array outlives the block: it must not be used any more, and writing to it is an error. While
        somebody else still refers to the array or to a view of it, it stays an ordinary array.
        """
        array = self.empty(shape, dtype)
        # Of us alone. After the block the name in the with statement refers to it too.
        references = sys.getrefcount(array)
        try:
            yield array
        finally:
            if sys.getrefcount(array) <= references + 1:
                array.flags.writeable = False
                self._end(array)

    def trim(self, keep_bytes: int = 0) -> int:
        """Give idle memory back to the system until no more than ``keep_bytes`` are idle; returns how much went."""
        with self._lock:
            self._take_back()
            return self._give_back(self._warm.total - keep_bytes)

    def statistics(self) -> Statistics:
        """What was leased, reused and returned so far, and what the pool holds."""
        with self._lock:
            self._take_back()
            classes = {size: (counts[0], counts[1], counts[2]) for size, counts in sorted(self._counts.items())}
            leases, reused, returned = (sum(counts[which] for counts in classes.values()) for which in range(3))
            return Statistics(
                leases, reused, returned, self._refused, self._leased, self._warm.total, self._given_back, classes
            )

    # --- within ---

    def _end(self, array: NDArray[Any]) -> None:
        """End the lease of an array that is still there. It is seen no more when that goes."""
        with self._lock:
            for lease in weakref.getweakrefs(array):
                if isinstance(lease, _Lease):
                    self._free(lease)

    def _lease(self, shape: Shape, dtype: np.dtype[T], asked: int) -> NDArray[T] | None:
        size = class_bytes(asked)
        with self._lock:
            if self._returned:
                self._take_back()
            begin = self._warm.take(size)
            reused = begin is not None
            if begin is None:
                begin = self._from_all(size)
            if begin is None:
                self._refused += 1
                return None
            # NumPy would let views of views of an array refer to that array's owner and skip what is between, were
            # the owner an array too. It is the mapping, so they refer to this array, and the lease sees the last go.
            array: NDArray[T] = np.ndarray(shape, dtype, self._region, begin)
            lease = _Lease(array, self._returned.append)
            lease.begin, lease.size = begin, size
            self._out[begin] = lease
            counts = self._counts.get(size)
            if counts is None:
                counts = self._counts[size] = [0, 0, 0]
            lease.counts = counts
            counts[0] += 1
            counts[1] += reused
            self._leased += size
            if self._leased > self._most:
                self._most = self._leased
            log.buffers.append(BufferEvent(log.now(), "lease", asked, size, reused, self._leased, self._warm.total))
        return array

    # --- under the lock ---

    def _from_all(self, size: int) -> int | None:
        """The lowest free addresses, warm and cold together."""
        if self._region is None and not self._reserve():
            return None
        begin = end = -1
        run: list[tuple[int, int, _Ranges]] = []
        every = [(at, free, of) for of in (self._warm, self._cold) for at, free in of]
        for at, free, of in sorted(every, key=lambda one: one[0]):
            if at != end:
                begin, run = at, []
            run.append((at, free, of))
            end = at + free
            if end - begin >= size:
                for start, _, home in run:
                    home.remove(start)
                if end > begin + size:  # only the last reaches beyond
                    of.add(begin + size, end - begin - size)
                return begin
        return None

    def _take_back(self) -> None:
        """Put the memory of those leases that ended among what is free."""
        while self._returned:
            self._free(self._returned.popleft())
        excess = self._warm.total - self.idle_budget_bytes
        now = self._clock()
        if now >= self._span_ends:
            # A quarter more than was needed at once, because free memory is not all in one piece.
            needed = max(self._most, self._most_before)
            excess = max(excess, self._leased + self._warm.total - needed - needed // 4)
            self._most_before, self._most = self._most, self._leased
            self._span_ends = now + MEMORY_S
        if excess > 0:
            self._give_back(excess)

    def _free(self, lease: _Lease) -> None:
        del self._out[lease.begin]
        self._warm.add(lease.begin, lease.size)
        self._leased -= lease.size
        lease.counts[2] += 1

    def _give_back(self, size: int) -> int:
        """Let the system have idle memory, the highest addresses first: so that what is used lies together."""
        gone = 0
        for begin, free in sorted(self._warm, reverse=True):
            if gone >= size:
                break
            part = min(free, -(-(size - gone) // _PAGE) * _PAGE)
            self._warm.remove(begin)
            if part < free:
                self._warm.add(begin, free - part)
            self._forget(begin + free - part, part)
            self._cold.add(begin + free - part, part)
            gone += part
        if gone:
            self._given_back += gone
            log.buffers.append(BufferEvent(log.now(), "give back", gone, gone, False, self._leased, self._warm.total))
        return gone

    def _forget(self, begin: int, size: int) -> None:
        assert self._region is not None
        self._region.madvise(mmap.MADV_DONTNEED, begin, size)

    def _reserve(self) -> bool:
        """Reserve addresses, fewer when the system will not have it; False where this cannot be done."""
        if not hasattr(mmap, "MADV_DONTNEED"):  # Windows
            return False
        flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | getattr(mmap, "MAP_NORESERVE", 0)
        while self._reserved_bytes >= _HUGE_PAGE:
            try:
                self._region = mmap.mmap(-1, self._reserved_bytes + _HUGE_PAGE, flags=flags)
                break
            except OSError:
                self._reserved_bytes //= 4  # where memory is not promised twice, others need some too
        if self._region is None:
            return False
        if hasattr(mmap, "MADV_HUGEPAGE"):
            self._region.madvise(mmap.MADV_HUGEPAGE)
        origin = np.frombuffer(self._region, np.uint8, 1).ctypes.data
        self._cold.add(-origin % _HUGE_PAGE, self._reserved_bytes)
        return True


pool = Pool()
pool.enabled = settings.current.buffers

if hasattr(os, "register_at_fork"):  # a child must not find the pool in the middle of something
    os.register_at_fork(
        before=pool._lock.acquire, after_in_parent=pool._lock.release, after_in_child=pool._lock.release
    )

empty = pool.empty
scratch = pool.scratch


def empty_like(array: NDArray[T]) -> NDArray[T]:
    """An array of the same shape and type, with any values; see `numpy.empty_like`."""
    return empty(array.shape, array.dtype)


def zeros(shape: Shape, dtype: type[T] | np.dtype[T]) -> NDArray[T]:
    """An array of zeros; see `numpy.zeros`."""
    return full(shape, 0, dtype)


def full(shape: Shape, value: float, dtype: type[T] | np.dtype[T]) -> NDArray[T]:
    """An array of one value; see `numpy.full`."""
    array = empty(shape, dtype)
    array.fill(value)
    return array


def copied(array: NDArray[T]) -> NDArray[T]:
    """A contiguous copy that can be written to; see `numpy.ndarray.copy`."""
    copy = empty_like(array)
    np.copyto(copy, array)
    return copy
