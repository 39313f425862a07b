"""When a session makes frames, and at what scale: the newest state while the hand moves, the exact drawing at rest."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from vec2art_nb import settings
from vec2art_nb.drawing import Drawing
from vec2art_nb.params import State
from vec2art_nb.perf.log import BatchEvent, log
from vec2art_nb.runtime.alarm import Timer, after
from vec2art_nb.runtime.engine import StageRun
from vec2art_nb.runtime.lane import Job, Purpose
from vec2art_nb.runtime.previews import SCALES, PreviewScale

# Milliseconds that a frame may take while the hand moves. Of 8, 13 and 20 none stood out beyond the noise of a machine
# of two cores; the page works at the same time, and less leaves it more of them.
FRAME_BUDGET_MS = 12.0

# How long the hand rests before what it may ask for next is drawn.
FORESEE_S = 0.25


@dataclass(frozen=True, slots=True)
class Frame:
    """What a session tells its viewers: a drawing, or the error that stood in its way.

    Attributes
    ----------
    generation
        Counts the edits of the session; a viewer drops what is older than what it shows.
    drawing, error
        One of them is None.
    scale
        Of the picture that it was made from: below 1 for a preview.
    milliseconds, stages
        What it took, stage by stage.
    """

    generation: int
    drawing: Drawing | None
    error: Exception | None
    scale: float
    milliseconds: float
    stages: tuple[StageRun, ...]

    @property
    def exact(self) -> bool:
        """Whether this is the drawing itself and not a preview."""
        return self.scale == 1

    @property
    def order(self) -> tuple[int, float]:
        """Grows from frame to frame: with the generation, and within it with the scale."""
        return self.generation, self.scale


def no_pace(_: float) -> float:
    """Always at once."""
    return 0.0


class FrameScheduler:
    """Latest wins, nothing queues.

    An edit has a frame made of the state that is newest when it begins. It is begun when whoever shows frames can take
    one, as ``pace`` tells; until then further edits only change what it will show. Its scale is the largest that is
    expected to fit the budget of a frame. When that was a preview and the hand rests, the exact drawing follows; an
    edit cancels it.

    Parameters
    ----------
    submit
        Hands work to the compute lane.
    state
        The newest state.
    expected_ms
        How long the drawing of a state at a scale will take to make.
    make
        Makes it: a job, generation, state and scale become a frame. Raises nothing but Cancelled.
    post
        Gives a frame to those who listen.
    foresee
        At rest, draws one thing that may be asked for next; returns whether there is more.
    settle_s
        How long after an edit the hand counts as resting, in seconds.
    number
        Of the session, for the log.

    Attributes
    ----------
    pace : callable
        Given the seconds that the next frame will take to make, says how many to wait before it is begun.
    """

    def __init__(
        self,
        *,
        submit: Callable[[Callable[[Job[Any]], Any], Purpose], Job[Any]],
        state: Callable[[], State],
        expected_ms: Callable[[State, float], float],
        make: Callable[[Job[Any], int, State, float], Frame],
        post: Callable[[Frame], None],
        foresee: Callable[[Job[Any]], bool],
        settle_s: Callable[[], float],
        number: int = 0,
    ) -> None:
        self.pace: Callable[[float], float] = no_pace
        self._submit, self._state, self._make, self._give = submit, state, make, post
        self._expected, self._foresee = expected_ms, foresee
        self._settle_s = settle_s
        self._number = number
        self._lock = threading.Lock()
        self._generation = 0
        self._edited_at = 0.0
        # Edits that no frame was begun for yet, and when the first of them was made.
        self._unanswered = 0
        self._first_edit_at = 0.0
        self._closed = False
        self._preview = PreviewScale(FRAME_BUDGET_MS)
        self._expected_ms = 0.0
        self._live: Job[Any] | None = None
        self._exact: Job[Any] | None = None
        self._guess: Job[Any] | None = None
        self._waiting: Timer | None = None
        self._settling: Timer | None = None
        self._posted = (-1, 0.0)

    @property
    def generation(self) -> int:
        """How many edits there were."""
        return self._generation

    def edited(self) -> None:
        """There is a new state."""
        with self._lock:
            self._generation += 1
            self._edited_at = time.monotonic()
            if not self._unanswered:
                self._first_edit_at = self._edited_at
            self._unanswered += 1
            # Of a state that is no more; what they have computed so far stays in the cache.
            for job in (self._exact, self._guess):
                if job is not None:
                    job.cancel()
            self._exact = self._guess = None

    def request(self) -> None:
        """Have a frame made of the newest state, as soon as it can be shown, unless one not yet begun will do."""
        with self._lock:
            if self._closed or self._live is not None:
                return
            if self._waiting is not None:
                self._waiting.cancel()
                self._waiting = None
            seconds = self.pace(self._expected_ms / 1e3)
            if seconds > 0:
                self._waiting = after(seconds, self.request)
            else:
                self._live = self._submit(self._make_frame, Purpose.LIVE)

    def resume(self) -> None:
        """Make the frame now that was waiting, if there is one: it can be shown earlier than the pace said."""
        with self._lock:
            due = self._waiting is not None
        if due:
            self.request()

    def cancel(self) -> None:
        """Forget what was to be made; the next edit begins anew."""
        with self._lock:
            for job in (self._live, self._exact, self._guess):
                if job is not None:
                    job.cancel()
            self._live = self._exact = self._guess = None
            for timer in (self._waiting, self._settling):
                if timer is not None:
                    timer.cancel()
            self._waiting = self._settling = None

    def close(self) -> None:
        """Make nothing any more."""
        with self._lock:
            self._closed = True
        self.cancel()

    # --- on the compute lane ---

    def _make_frame(self, job: Job[Any]) -> None:
        with self._lock:
            # From here on an edit asks for the next frame.
            if self._live is job:
                self._live = None
            generation = self._generation
            edits, self._unanswered = self._unanswered, 0
            waited_ms = (time.monotonic() - self._first_edit_at) * 1e3
        if edits:
            log.batches.append(BatchEvent(log.now(), self._number, generation, edits, waited_ms))
        # Read after the generation: it may be newer than its number, never older.
        state = self._state()
        scales = SCALES if settings.current.adaptive else (1.0,)
        scale, self._expected_ms = self._preview.choose(lambda scale: self._expected(state, scale), scales)
        self._post(self._make(job, generation, state, scale))
        if scale < 1:
            self._rest(generation, self._finish, self._settle_s())
        else:
            self._rest(generation, self._look_ahead, FORESEE_S)

    def _make_exact(self, job: Job[Any]) -> None:
        with self._lock:
            generation = self._generation
        try:
            self._post(self._make(job, generation, self._state(), 1.0))
        finally:
            with self._lock:
                if self._exact is job:
                    self._exact = None
        self._rest(generation, self._look_ahead, FORESEE_S)

    def _make_guess(self, job: Job[Any]) -> None:
        has_more = False
        try:
            has_more = self._foresee(job)
        finally:
            with self._lock:
                is_wanted = self._guess is job
                if is_wanted:
                    self._guess = None
        if is_wanted and has_more:
            self._look_ahead()

    def _post(self, frame: Frame) -> None:
        with self._lock:
            if frame.order < self._posted:
                return  # a job that was overtaken at a checkpoint ends after the one that overtook it
            self._posted = frame.order
        self._give(frame)

    # --- at rest ---

    def _rest(self, generation: int, then: Callable[[], None], seconds: float) -> None:
        """Call ``then`` when the hand has rested for so long."""
        with self._lock:
            if self._closed or generation != self._generation:
                return  # another frame is on its way, and sees to it
            if self._settling is not None:
                self._settling.cancel()
            rested = time.monotonic() - self._edited_at
            self._settling = after(max(0.0, seconds - rested), then)

    def _is_idle(self) -> bool:
        return not self._closed and self._exact is None and self._live is None and self._waiting is None

    def _finish(self) -> None:
        with self._lock:
            if self._is_idle():
                self._exact = self._submit(self._make_exact, Purpose.EXACT)

    def _look_ahead(self) -> None:
        with self._lock:
            if self._is_idle() and self._guess is None:
                self._guess = self._submit(self._make_guess, Purpose.PRERENDER)
