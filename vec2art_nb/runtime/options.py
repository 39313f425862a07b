"""``v2a.options(…)``: what is switched on, for the whole process or for a block."""

from __future__ import annotations

import sys
import threading
from dataclasses import fields, replace
from types import TracebackType

from vec2art_nb import buffers, settings
from vec2art_nb.errors import OptionError
from vec2art_nb.params.parameter import suggestion
from vec2art_nb.runtime.engine import shared_engine

_lock = threading.Lock()


class options:  # noqa: N801 - reads like the function that it is used as
    """Change options of the process at once; as a context manager, until the end of the block.

    >>> import vec2art_nb as v2a
    >>> with v2a.options(stage_cache=False, threads=1):
    ...     drawing = v2a.vectorize("coffee")

    Parameters
    ----------
    **changes
        Options and their new values: see `vec2art_nb.settings.Settings`. What is not named stays. From outside, the
        environment variables ``VEC2ART_NB_STAGE_CACHE`` and so on have the same effect when the process starts.

    Raises
    ------
    OptionError
        For an unknown option, or a value that it cannot have; then nothing is changed.
    """

    def __init__(self, **changes: object) -> None:
        known = [field.name for field in fields(settings.Settings)]
        for name in changes:
            if name not in known:
                raise OptionError(f"there is no option {name!r}; {suggestion(name, known)}")
        with _lock:
            self._before = {name: getattr(settings.current, name) for name in changes}
            _change(changes)

    def __enter__(self) -> settings.Settings:
        return settings.current

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with _lock:
            _change(self._before)

    def __repr__(self) -> str:
        return repr(settings.current)


def _change(changes: dict[str, object]) -> None:
    settings.current = now = replace(settings.current, **changes)  # type: ignore[arg-type]  # it checks them itself
    if "memory" in changes:
        if shared_engine.cache is not None:
            shared_engine.cache.budget_bytes = now.memory - now.memory // 3
        buffers.pool.idle_budget_bytes = now.memory // 3
        buffers.pool.trim(buffers.pool.idle_budget_bytes)
    if "buffers" in changes:
        buffers.pool.enabled = now.buffers
        if not now.buffers:
            buffers.pool.trim()
    jit = sys.modules.get("vec2art_nb.kernels._jit")
    if "threads" in changes and jit is not None:
        jit.set_threads(now.threads)
