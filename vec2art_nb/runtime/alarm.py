"""Calls things later: one thread for all timers of the process."""

from __future__ import annotations

import heapq
import itertools
import logging
import os
import threading
import time
from collections.abc import Callable


class Timer:
    """A call that is to come."""

    def __init__(self, callback: Callable[[], None]) -> None:
        self.callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        """Do not call; nothing happens when it was called already."""
        self.callback = None


class Alarm:
    """A thread that sleeps until the next timer is due. It starts with the first timer and keeps no process alive."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._due: list[tuple[float, int, Timer]] = []
        self._numbers = itertools.count()
        self._thread: threading.Thread | None = None

    def after(self, seconds: float, callback: Callable[[], None]) -> Timer:
        """Call ``callback`` after a while, on the alarm's thread: it must return at once."""
        timer = Timer(callback)
        with self._condition:
            heapq.heappush(self._due, (time.monotonic() + seconds, next(self._numbers), timer))
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="vec2art-nb-alarm", daemon=True)
                self._thread.start()
            if self._due[0][2] is timer:
                self._condition.notify()
        return timer

    def _serve(self) -> None:
        while True:
            with self._condition:
                while not self._due or (left := self._due[0][0] - time.monotonic()) > 0:
                    self._condition.wait(left if self._due else None)
                callback = heapq.heappop(self._due)[2].callback
            if callback is not None:
                try:
                    callback()
                except Exception:  # one fault must not stop the others' timers
                    logging.getLogger("vec2art_nb").exception("a timer's callback failed")


_alarm = Alarm()


def after(seconds: float, callback: Callable[[], None]) -> Timer:
    """Call ``callback`` after a while, on a thread that all timers share: it must return at once."""
    return _alarm.after(seconds, callback)


def _replace_after_fork() -> None:
    # The thread does not exist in the child.
    global _alarm
    _alarm = Alarm()


if hasattr(os, "register_at_fork"):  # where processes fork at all
    os.register_at_fork(after_in_child=_replace_after_fork)
