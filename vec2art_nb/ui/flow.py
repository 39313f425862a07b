"""Frames on their way to a browser: one under way, the newest waiting, nothing old ever."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar


class Numbered(Protocol):
    """What can be sent and acknowledged."""

    @property
    def generation(self) -> int: ...


class Timer(Protocol):
    """What ``start_timer`` returns."""

    def cancel(self) -> None: ...


FrameT = TypeVar("FrameT", bound=Numbered)


def start_timer(seconds: float, callback: Callable[[], None]) -> Timer:
    """Call ``callback`` after a while, on a thread that keeps no process alive."""
    timer = threading.Timer(seconds, callback)
    timer.daemon = True
    timer.start()
    return timer


class FrameFlow(Generic[FrameT]):
    """Sends the newest frame when the browser has painted the one before.

    A slow link gets fewer frames, never old ones. A browser that does not answer (a closed tab, a sleeping laptop)
    holds a frame up for ``timeout_s`` at most. Nothing is sent before somebody asked with `repeat`.

    Parameters
    ----------
    send
        Puts a frame on the wire. Called with the lock held, so that frames leave in order.
    timeout_s
        How long an acknowledgement is waited for.
    clock, start_timer
        For tests.
    """

    def __init__(
        self,
        send: Callable[[FrameT], None],
        *,
        timeout_s: float = 1.5,
        clock: Callable[[], float] = time.monotonic,
        start_timer: Callable[[float, Callable[[], None]], Timer] = start_timer,
    ) -> None:
        self._send = send
        self._timeout_s = timeout_s
        self._clock = clock
        self._start_timer = start_timer
        self._lock = threading.Lock()
        self._newest: FrameT | None = None
        self._wanted = False
        self._under_way: int | None = None
        self._deadline = 0.0
        self._timer: Timer | None = None

    def offer(self, frame: FrameT) -> None:
        """A new frame: sent now, or when the one under way is acknowledged or given up."""
        with self._lock:
            self._newest = frame
            if not self._wanted:
                return
            left = self._deadline - self._clock()
            if self._under_way is None or left <= 0:
                self._send_newest()
            elif self._timer is None:
                self._timer = self._start_timer(left, self._give_up)

    def acknowledge(self, generation: int) -> None:
        """A browser has painted this generation."""
        with self._lock:
            if generation != self._under_way:
                return
            self._under_way = None
            if self._timer is not None:
                self._send_newest()

    def repeat(self) -> None:
        """A view has come up and has nothing yet: send the newest frame, again if need be."""
        with self._lock:
            self._wanted = True
            if self._newest is not None:
                self._send_newest()

    def close(self) -> None:
        """Send nothing more."""
        with self._lock:
            self._wanted = False
            self._newest = None
            self._stop_timer()

    # --- with the lock held ---

    def _send_newest(self) -> None:
        assert self._newest is not None
        self._stop_timer()
        self._under_way = self._newest.generation
        self._deadline = self._clock() + self._timeout_s
        self._send(self._newest)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    # --- on the timer's thread ---

    def _give_up(self) -> None:
        with self._lock:
            # Only the timer that is still set may speak: a cancelled one can be past cancelling.
            if self._timer is not None and self._clock() >= self._deadline:
                self._send_newest()
