"""The one compute lane of the process.

numba's default threading layer ends the process when two threads launch parallel kernels at once, and widget
callbacks may come on any thread. So every kernel runs on this one thread, and everybody else hands it jobs.
"""

from __future__ import annotations

import atexit
import enum
import heapq
import itertools
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

from vec2art_nb.errors import Cancelled, LaneError

T = TypeVar("T")


class Purpose(enum.IntEnum):
    """Why something is rendered; the smaller value goes first."""

    LIVE = 0
    EXACT = 1
    PRERENDER = 2


class Job(Generic[T]):
    """Work for the lane. ``future`` gets what it returns or raises; ``Cancelled`` if it was cancelled."""

    def __init__(self, lane: Lane, work: Callable[[Job[T]], T], purpose: Purpose) -> None:
        self.purpose = purpose
        self.future: Future[T] = Future()
        self.submitted = time.perf_counter()
        self.waited_ms = 0.0
        self._lane = lane
        self._work = work
        self._cancelled = False

    def cancel(self) -> None:
        """Stop at the next checkpoint; a job that has not begun never does."""
        self._cancelled = True

    def checkpoint(self) -> None:
        """Called between stages: let what is more urgent go first, and stop if cancelled."""
        self._lane.run_pending(more_urgent_than=self.purpose)
        if self._cancelled:
            raise Cancelled

    def run(self) -> None:
        self.waited_ms = (time.perf_counter() - self.submitted) * 1e3
        try:
            if self._cancelled:
                raise Cancelled
            result = self._work(self)
        except BaseException as error:
            self.future.set_exception(error)
        else:
            self.future.set_result(result)


class Lane:
    """A thread that runs jobs, the most urgent first, in order of arrival among equals.

    A more urgent job does not wait for a running one to end: it runs at that one's next checkpoint, on the same thread,
    and the overtaken job goes on afterwards. Nothing that was computed is lost.
    """

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._pending: list[tuple[Purpose, int, Job[Any]]] = []
        self._arrival = itertools.count()
        self._thread: threading.Thread | None = None
        self._stopping = False

    def submit(self, work: Callable[[Job[T]], T], purpose: Purpose) -> Job[T]:
        job = Job(self, work, purpose)
        with self._condition:
            if self._stopping:
                job.cancel()
                job.run()
                return job
            heapq.heappush(self._pending, (purpose, next(self._arrival), job))
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="vec2art-nb-lane", daemon=True)
                self._thread.start()
            self._condition.notify()
        return job

    def wait(self, job: Job[T]) -> T:
        """The job's result. An interrupt (Ctrl-C) while waiting cancels the job.

        Raises
        ------
        LaneError
            On the lane itself, where waiting for it would never end.
        """
        if self.is_current():
            job.cancel()
            raise LaneError("this runs on the compute lane, which cannot wait for itself; ask from another thread")
        try:
            return job.future.result()
        except BaseException:
            job.cancel()
            raise

    def is_current(self) -> bool:
        return threading.current_thread() is self._thread

    def run_pending(self, more_urgent_than: Purpose) -> None:
        while (job := self._take(more_urgent_than)) is not None:
            job.run()

    def _take(self, more_urgent_than: Purpose) -> Job[Any] | None:
        with self._condition:
            if self._pending and self._pending[0][0] < more_urgent_than:
                return heapq.heappop(self._pending)[2]
        return None

    def _serve(self) -> None:
        while True:
            with self._condition:
                while not self._pending:
                    if self._stopping:
                        return
                    self._condition.wait()
                job = heapq.heappop(self._pending)[2]
            job.run()
            del job  # the lane must not keep the last drawing alive while it waits

    def stop(self) -> None:
        """Cancel everything and end the thread: the interpreter must not be torn down under a running kernel."""
        with self._condition:
            self._stopping = True
            for _, _, job in self._pending:
                job.cancel()
            self._condition.notify()
            thread = self._thread
        if thread is not None and thread.is_alive():
            thread.join(timeout=10)


_lane = Lane()


def lane() -> Lane:
    """The lane of this process."""
    return _lane


def _replace_after_fork() -> None:
    # The thread does not exist in the child, and the lock may have been held.
    global _lane
    _lane = Lane()


if hasattr(os, "register_at_fork"):  # where processes fork at all
    os.register_at_fork(after_in_child=_replace_after_fork)
atexit.register(lambda: _lane.stop())
