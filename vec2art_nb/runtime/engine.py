"""Runs a graph: what stands in the cache is returned, the rest is computed, and both are logged."""

from __future__ import annotations

import atexit
import itertools
import math
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Hashable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

from vec2art_nb import settings
from vec2art_nb.drawing import Drawing
from vec2art_nb.errors import Cancelled
from vec2art_nb.graph import SOURCE, Graph, Stage
from vec2art_nb.image import Source
from vec2art_nb.params import Params
from vec2art_nb.perf.log import FrameEvent, StageEvent, log
from vec2art_nb.runtime.alarm import Timer, after
from vec2art_nb.runtime.cache import StageCache, result_bytes
from vec2art_nb.runtime.costs import CostModel, Task, default_path
from vec2art_nb.runtime.disk import DiskTier
from vec2art_nb.runtime.lane import Job, Purpose

# A render that takes longer says where it is; a quick one says nothing.
_QUIET_S = 0.25

_frame_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class StageRun:
    """A stage visited in a frame. ``outcome`` is ``run``, ``hit`` or ``cancelled``; ``bytes`` is of its result."""

    stage: str
    outcome: str
    milliseconds: float
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """What a slow render is doing: ``done`` of ``total`` stages are finished; an empty text means that it has ended."""

    text: str
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be rendered, and for whom."""

    backend: str
    graph: Graph
    source: Source
    params: Params
    scale: float = 1.0
    session: int = 0
    foreseen: bool = False
    progress: Callable[[Progress], None] | None = None

    @property
    def megapixels(self) -> float:
        """Of the picture, or of its smaller copy."""
        return self.source.megapixels * self.scale**2

    def run(self, stage: Stage) -> tuple[Task, Hashable, float, list[float]]:
        """What the time of a stage depends on, as `CostModel` takes it.

        The task is another one with other switches, choices or threads; the traits are where the numbers that the
        stage reads lie between the ends of their sliders.
        """
        declared, values = self.params.parameters(), self.params.__dict__
        modes, traits = [], []
        for name in stage.parameters:
            parameter, value = declared[name], values[name]
            if parameter.kind in ("bool", "choice"):
                modes.append(value)
            elif parameter.soft is not None:
                if parameter.preview is not None and self.scale != 1:
                    value = min(value, parameter.preview)
                traits.append(parameter.place(value))
        return (stage.function, *modes, _threads()), self.source.digest, self.megapixels, traits


@dataclass(frozen=True, slots=True)
class Rendering:
    """A result with what it took."""

    result: Any
    milliseconds: float
    stages: tuple[StageRun, ...]


class Engine:
    """Evaluates graphs on the compute lane.

    Parameters
    ----------
    cache
        Where results are looked up and kept. None keeps nothing: each result is freed after its last reader.
    costs
        What stages take.
    disk
        Where exact results are looked up besides, and kept for later processes.
    """

    def __init__(self, cache: StageCache | None, costs: CostModel | None = None, disk: DiskTier | None = None) -> None:
        self.cache = cache
        self.costs = costs or CostModel()
        self.disk = disk

    @property
    def _active_cache(self) -> StageCache | None:
        return self.cache if settings.current.stage_cache else None

    @property
    def _active_disk(self) -> DiskTier | None:
        return self.disk if settings.current.disk else None

    def outlook(self, request: Request) -> list[float | None]:
        """Milliseconds that each stage will take which must run for the drawing, as they took lately.

        None stands for a stage that never ran; when the cache holds the drawing, the list is empty.
        """
        keys = request.graph.keys((request.source.digest, request.scale), request.params)
        cache = self._active_cache
        missing = request.graph.missing(lambda name: cache is not None and keys[name] in cache)
        return [self.costs.expected(*request.run(stage)) for stage in missing]

    def render(self, request: Request, job: Job[Any], target: str | None = None) -> Rendering:
        """Compute the result of ``target``, by default the drawing.

        Raises
        ------
        Cancelled
            At a checkpoint between stages, when the job was cancelled.
        """
        evaluation = _Evaluation(self._active_cache, self._active_disk, self.costs, request, job)
        started = time.perf_counter()
        outcome, result = "failed", None
        try:
            result = evaluation.run(target or request.graph.last)
            outcome = "drawn"
        except Cancelled:
            outcome = "cancelled"
            raise
        finally:
            milliseconds = (time.perf_counter() - started) * 1e3
            evaluation.record_frame(outcome, milliseconds, result)
            evaluation.release()
        return Rendering(result, milliseconds, tuple(evaluation.runs))

    def keep(self, request: Request) -> None:
        """Hand what the cache holds of an exact drawing to the disk; nothing where one of them is switched off."""
        cache, disk = self._active_cache, self._active_disk
        if cache is None or disk is None:
            return
        for key in request.graph.keys((request.source.digest, request.scale), request.params).values():
            entry = cache.entry(key)
            if entry is not None:
                disk.put(key, *entry)


class _Evaluation:
    """One render: which results are there, which are needed, and what happened."""

    def __init__(
        self, cache: StageCache | None, disk: DiskTier | None, costs: CostModel, request: Request, job: Job[Any]
    ) -> None:
        self.cache = cache
        # Previews are not worth a look there, and while the hand moves only the drawing itself is.
        self.disk = disk if request.scale == 1 else None
        self.costs = costs
        self.request = request
        self.job = job
        self.frame = next(_frame_numbers)
        self.runs: list[StageRun] = []
        self.source = request.source.at_scale(request.scale)
        self.values = request.params.at_scale(request.scale)
        self.purpose = job.purpose.name.lower()
        # A result belongs to a picture at a scale; exact results are those at full scale.
        root = request.source.digest, request.scale
        self.keys = {} if cache is None and disk is None else request.graph.keys(root, request.params)
        self.results: dict[str, Any] = {SOURCE: self.source}
        self.fetched: list[Hashable] = []
        # Of each result that was made here: the stages that were run for it, with their milliseconds.
        self.effort: dict[str, dict[str, float]] = {}
        self.reporting = _Reporting(request.progress)

    def run(self, target: str) -> Any:
        needed = self._needed(target)
        # How many stages still read a result; whoever asked reads the target.
        readers = Counter(upstream for name in needed for upstream in self.request.graph.stages[name].upstream)
        readers[target] += 1
        # A result that is there already must not load the compiler.
        with self.reporting if needed else nullcontext():
            for position, name in enumerate(needed):
                self._checkpoint(name)
                self.reporting.stage(name, position, len(needed))
                self._run_stage(name)
                self._free(name, readers)
        return self.results[target]

    def _needed(self, target: str) -> list[str]:
        """The stages that must run, in order. What the cache holds is fetched now, so that eviction cannot take it."""
        missing = self.request.graph.missing(self._fetch, target)
        return [stage.name for stage in missing]

    def release(self) -> None:
        """What was fetched is in use no more."""
        if self.cache is not None:
            self.cache.release(self.fetched)

    def _fetch(self, name: str) -> bool:
        entry = None if self.cache is None else self.cache.get(self.keys[name], name)
        if entry is not None:
            self.fetched.append(self.keys[name])
        else:
            entry = self._read(name)
        if entry is None:
            return False
        self.results[name], size = entry
        self._record(name, "hit", 0.0, size)
        return True

    def _read(self, name: str) -> tuple[Any, int] | None:
        """A result from the disk, which is then in memory too."""
        if self.disk is None or (self.job.purpose is Purpose.LIVE and name != self.request.graph.last):
            return None
        started = time.perf_counter()
        entry = self.disk.get(self.keys[name])
        if entry is not None and self.cache is not None:
            milliseconds = (time.perf_counter() - started) * 1e3
            self.cache.put(self.keys[name], *entry, stage=name, milliseconds=milliseconds)
        return entry

    def _checkpoint(self, name: str) -> None:
        try:
            self.job.checkpoint()
        except Cancelled:
            self._record(name, "cancelled", 0.0, 0)
            raise

    def _run_stage(self, name: str) -> None:
        stage = self.request.graph.stages[name]
        inputs = [self.results[upstream] for upstream in stage.upstream]
        values = {parameter: self.values[parameter] for parameter in stage.parameters}
        prepared = _prepared_kernels()
        run = self.request.run(stage)
        expected = self.costs.expected(*run)
        started = time.perf_counter()
        result = stage.function(*inputs, **values)
        if self.request.scale != 1 and name == self.request.graph.last:
            result = result.resized((self.request.source.width, self.request.source.height))
        milliseconds = (time.perf_counter() - started) * 1e3
        is_prepared = _prepared_kernels() == prepared
        if is_prepared:  # what it takes to compile says nothing about the next time
            self.costs.note(*run, milliseconds)
        self.results[name] = result
        size = result_bytes(result)
        if self.cache is not None:
            # When it is gone, what it was made of will be gone too: that was not asked for any later.
            self.effort[name] = effort = {name: milliseconds}
            for upstream in stage.upstream:
                effort.update(self.effort.get(upstream, {}))
            self.cache.put(
                self.keys[name], result, size, stage=name, milliseconds=sum(effort.values()),
                # What nobody has asked for must not drive out what somebody has.
                may_evict=self.job.purpose is not Purpose.PRERENDER,
            )  # fmt: skip
        if self.disk is not None and self.job.purpose is Purpose.EXACT:
            # Not what it takes to compile: it would be compiled anyway.
            self.disk.put(self.keys[name], result, milliseconds if is_prepared else expected or 0.0)
        self._record(name, "run", milliseconds, size, expected)

    def _free(self, finished: str, readers: Counter[str]) -> None:
        """Let go of what the finished stage was the last to read."""
        for name in self.request.graph.stages[finished].upstream:
            readers[name] -= 1
            if not readers[name]:
                del self.results[name]

    def _record(
        self, stage: str, outcome: str, milliseconds: float, size: int, expected_ms: float | None = None
    ) -> None:
        request = self.request
        self.runs.append(StageRun(stage, outcome, milliseconds, size))
        log.stages.append(
            StageEvent(
                log.now(), request.session, self.frame, request.backend, stage, outcome, milliseconds, size,
                request.megapixels, _threads(), self.purpose, math.nan if expected_ms is None else expected_ms,
            )
        )  # fmt: skip

    def record_frame(self, outcome: str, milliseconds: float, result: Any) -> None:
        request = self.request
        outcomes = [run.outcome for run in self.runs]
        paths, points = (len(result), result.vertices) if isinstance(result, Drawing) else (0, 0)
        log.frames.append(
            FrameEvent(
                log.now(), request.session, self.frame, request.backend, self.purpose, outcome,
                self.job.waited_ms, milliseconds, outcomes.count("run"), outcomes.count("hit"), paths, points,
                request.scale, request.foreseen,
            )
        )  # fmt: skip


class _Reporting:
    """Tells a listener where a slow render is, and that it waits for the compiler.

    The first news comes from the timer's thread, since the stage that is slow may be the only one.
    """

    def __init__(self, listener: Callable[[Progress], None] | None) -> None:
        self.listener = listener
        self.progress = Progress("")
        self.is_slow = False
        self.lock = threading.Lock()
        self.timer: Timer | None = None
        self.watch: Any = None

    def __enter__(self) -> None:
        if self.listener is None:
            return
        if "numba" not in sys.modules:
            self._tell_now(Progress("loading the compiler"))
        from vec2art_nb.kernels import _jit

        self.timer = after(_QUIET_S, self._tell_of_slowness)
        self.watch = _jit.watch_compilation(self._compiling)
        self.watch.__enter__()

    def __exit__(self, *_: object) -> None:
        if self.listener is None:
            return
        if self.watch is not None:
            self.watch.__exit__(None, None, None)
        with self.lock:
            listener, self.listener = self.listener, None
            if self.is_slow:
                listener(Progress(""))
        if self.timer is not None:
            self.timer.cancel()

    def stage(self, name: str, done: int, total: int) -> None:
        self._tell(Progress(name.replace("_", " "), done, total))

    def _compiling(self, event: Any) -> None:
        if not event.finished:
            self._tell_now(replace(self.progress, text=f"preparing {event.kernel.replace('_', ' ')}"))

    def _tell_now(self, progress: Progress) -> None:
        self.is_slow = True
        self._tell(progress)

    def _tell_of_slowness(self) -> None:
        if not self.is_slow:
            self._tell_now(self.progress)

    def _tell(self, progress: Progress) -> None:
        with self.lock:
            self.progress = progress
            if self.is_slow and progress.text and self.listener is not None:
                self.listener(progress)


def _prepared_kernels() -> int:
    """How many kernels were compiled or loaded so far."""
    jit = sys.modules.get("vec2art_nb.kernels._jit")
    return jit.prepared() if jit is not None else 0


def _threads() -> int:
    """Threads of parallel kernels, without loading the compiler only to ask."""
    jit = sys.modules.get("vec2art_nb.kernels._jit")
    return jit.threads() if jit is not None else 1


shared_engine = Engine(
    StageCache(settings.current.memory - settings.current.memory // 3), CostModel(default_path()), DiskTier()
)
atexit.register(shared_engine.costs.save)
