"""Frames on their way to a browser: one under way, the newest waiting, nothing old ever."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from vec2art_nb.runtime.alarm import after
from vec2art_nb.ui.link import Link

FrameT = TypeVar("FrameT")

# On a link this slow the next frame leaves before the one under way has been acknowledged.
SLOW_LINK_S = 0.12

# How much a new measurement of the round trip counts against those before.
_NEW_SHARE = 0.25

# A frame is given up after so many round trips, so that a link is not filled up with frames that it still carries.
_PATIENCE = 3
_LONGEST_TIMEOUT_S = 10.0

# Rounding may wake a timer a trifle too early: it must not set itself again for no time at all.
_SHORTEST_TIMER_S = 1e-3

# So many of the frames that were given up are remembered: a late answer tells how slow the link is.
_REMEMBERED = 8


class Timer(Protocol):
    """What ``start_timer`` returns."""

    def cancel(self) -> None: ...


@dataclass(frozen=True, slots=True)
class _Sent:
    at: float
    size: int
    #: whether its answer tells how fast the link is: a page that has just come up is busy
    tells: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a frame that was sent: painted, or given up; and how long it was under way and being painted."""

    number: int
    is_painted: bool
    size: int
    round_trip_s: float
    painting_s: float


class FrameFlow(Generic[FrameT]):
    """Sends the newest frame when the browser has painted the one before.

    A slow link gets fewer frames, never old ones. Where it is so slow that most of the time would pass waiting, two are
    under way. A browser that does not answer (a closed tab, a sleeping laptop) holds a frame up for the timeout at
    most. Nothing is sent before somebody asked with `repeat`.

    Parameters
    ----------
    send
        Puts a frame on the wire, with a number that its acknowledgement will have, and tells how many bytes that were;
        None when it could not. Called with the lock held, so that frames leave in order.
    on_room
        Called when a frame that is not yet made could leave at once.
    on_end
        Told of each frame that was sent what became of it.
    timeout_s
        How long an acknowledgement is waited for, unless the link is known to be slow.
    clock, start_timer
        For tests.
    """

    def __init__(
        self,
        send: Callable[[FrameT, int], int | None],
        *,
        on_room: Callable[[], None] = lambda: None,
        on_end: Callable[[Outcome], None] = lambda _: None,
        timeout_s: float = 1.5,
        clock: Callable[[], float] = time.monotonic,
        start_timer: Callable[[float, Callable[[], None]], Timer] = after,
    ) -> None:
        self.link = Link()
        self._send = send
        self._on_room = on_room
        self._on_end = on_end
        self._timeout_s = timeout_s
        self._clock = clock
        self._start_timer = start_timer
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._newest: FrameT | None = None
        self._is_held = False
        self._wanted = False
        self._under_way: dict[int, _Sent] = {}
        self._given_up: dict[int, _Sent] = {}
        self._answered_at = 0.0
        self._round_trip_s = 0.0
        self._making_s = 0.0
        self._timer: Timer | None = None

    @property
    def round_trip_s(self) -> float:
        """From sending a frame to its acknowledgement, painting included, lately; 0 before the first."""
        return self._round_trip_s

    def offer(self, frame: FrameT) -> None:
        """A new frame: sent now, or when one under way is acknowledged or given up."""
        with self._lock:
            self._newest = frame
            if not self._wanted:
                return
            self._forget_lost()
            if self._has_room():
                self._send_newest()
            else:
                self._is_held = True
                self._watch()

    def acknowledge(self, number: int, painting_s: float = 0.0) -> None:
        """A browser has painted the frame with this number; of the time since it left, so much passed there."""
        with self._lock:
            now = self._clock()
            is_late = number in self._given_up
            sent = (self._given_up if is_late else self._under_way).pop(number, None)
            if sent is None:
                return
            self._measure(sent, now, painting_s, is_late)
            # Messages keep their order: what left earlier and is not acknowledged by now was dropped.
            for earlier in [other for other in self._under_way if other < number]:
                self._give_up(earlier)
            for earlier in [other for other in self._given_up if other < number]:
                del self._given_up[earlier]
            if not is_late:
                self._on_end(Outcome(number, True, sent.size, now - sent.at, painting_s))
            self._send_held()
        self._on_room()

    def repeat(self) -> None:
        """A view has nothing yet, or too little: send the newest frame, again if need be."""
        with self._lock:
            self._wanted = True
            if self._newest is not None:
                self._send_newest(tells=False)

    def pace(self, seconds: float) -> float:
        """How long to wait before a frame is begun that takes ``seconds`` to make: it should be done when it can leave.

        Begun earlier it would lie here and grow old; begun later, the link would stand idle.
        """
        with self._lock:
            self._making_s = seconds
            self._forget_lost()
            if not self._wanted or not self._under_way or (self._has_room() and not self._is_held):
                return 0.0
            first = min(sent.at for sent in self._under_way.values())
            until = first + (self._patience_s() if self._is_held else self._round_trip_s - seconds)
            return max(0.0, until - self._clock())

    def close(self) -> None:
        """Send nothing more."""
        with self._lock:
            self._wanted = self._is_held = False
            self._newest = None
            self._stop_timer()

    # --- with the lock held ---

    def _patience_s(self) -> float:
        return min(max(self._timeout_s, _PATIENCE * self._round_trip_s), _LONGEST_TIMEOUT_S)

    def _measure(self, sent: _Sent, now: float, painting_s: float, is_late: bool) -> None:
        trip = now - sent.at
        if trip > _LONGEST_TIMEOUT_S:
            return  # somebody slept, which tells nothing of the link
        before = self._round_trip_s or trip
        self._round_trip_s = trip if is_late else before + _NEW_SHARE * (trip - before)
        # Until the frame before had been answered, this one may have stood behind it.
        if sent.tells:
            self.link.note(sent.size, max(0.0, now - max(sent.at, self._answered_at) - painting_s))
        self._answered_at = now

    def _has_room(self) -> bool:
        is_slow = self._round_trip_s > max(SLOW_LINK_S, self._making_s)
        return len(self._under_way) < (2 if is_slow else 1)

    def _forget_lost(self) -> None:
        oldest = self._clock() - self._patience_s()
        for number in [number for number, sent in self._under_way.items() if sent.at <= oldest]:
            self._give_up(number)
        while len(self._given_up) > _REMEMBERED:
            del self._given_up[min(self._given_up)]

    def _give_up(self, number: int) -> None:
        self._given_up[number] = sent = self._under_way.pop(number)
        self._on_end(Outcome(number, False, sent.size, self._clock() - sent.at, 0.0))

    def _send_held(self) -> None:
        if self._is_held and self._has_room():
            self._send_newest()

    def _send_newest(self, *, tells: bool = True) -> None:
        assert self._newest is not None
        self._stop_timer()
        self._is_held = False
        number = next(self._numbers)
        at = self._clock()
        size = self._send(self._newest, number)
        if size is not None:
            self._under_way[number] = _Sent(at, size, tells)

    def _watch(self) -> None:
        if self._timer is None:
            left = min(sent.at for sent in self._under_way.values()) + self._patience_s() - self._clock()
            self._timer = self._start_timer(max(_SHORTEST_TIMER_S, left), self._timed_out)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    # --- on the timer's thread ---

    def _timed_out(self) -> None:
        with self._lock:
            # Only the timer that is still set may speak: a cancelled one can be past cancelling.
            if self._timer is None:
                return
            self._timer = None
            self._forget_lost()
            if self._has_room():
                self._send_held()
            elif self._is_held:
                self._watch()
