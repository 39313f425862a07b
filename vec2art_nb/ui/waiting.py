"""Whether a page waits for a drawing longer than a person takes for at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from vec2art_nb.runtime.alarm import after

# What takes no longer than a blink is not worth a flicker of the status line, nor a message.
PATIENCE_S = 0.2


class Waiting:
    """Tells when what was edited is not on a screen in time.

    Parameters
    ----------
    tell
        Called, on the timer's thread, with the newest generation when none as new as the one that was expected
        `PATIENCE_S` ago has been painted.
    start_timer
        For tests.
    """

    def __init__(
        self,
        tell: Callable[[int], None],
        *,
        start_timer: Callable[[float, Callable[[], None]], Any] = after,
    ) -> None:
        self._tell = tell
        self._start_timer = start_timer
        self._lock = threading.Lock()
        self._newest = -1
        self._settled = -1
        self._looked_for = -1
        self._is_set = False
        # Frames on their way: number -> generation.
        self._sent: dict[int, int] = {}

    def expect(self, generation: int) -> None:
        """There was an edit; a frame will show it."""
        with self._lock:
            self._newest = max(self._newest, generation)
            if not self._is_set:
                self._set()

    def sent(self, number: int, generation: int) -> None:
        """A frame has left for the page."""
        with self._lock:
            self._sent[number] = generation

    def painted(self, number: int) -> None:
        """A page shows the frame with this number; frames keep their order, so none before it is painted any more."""
        with self._lock:
            self._settled = max(self._settled, self._sent.get(number, -1))
            for earlier in [other for other in self._sent if other <= number]:
                del self._sent[earlier]

    def failed(self, generation: int) -> None:
        """No frame will show this edit, and the page knows."""
        with self._lock:
            self._settled = max(self._settled, generation)

    def _set(self) -> None:
        self._is_set = True
        self._looked_for = self._newest
        self._start_timer(PATIENCE_S, self._look)

    def _look(self) -> None:
        with self._lock:
            self._is_set = False
            generation = self._newest
            is_late = self._settled < self._looked_for
            if not is_late and self._settled < generation:
                self._set()
        if is_late:
            self._tell(generation)
