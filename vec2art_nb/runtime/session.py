"""A session: one picture, one parameter model, live, without any widget."""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import replace
from types import TracebackType
from typing import Any

from vec2art_nb import settings
from vec2art_nb._version import __version__
from vec2art_nb.backends import registry
from vec2art_nb.drawing import Drawing, Recipe
from vec2art_nb.errors import Cancelled, ParameterError, RecipeError, SessionClosedError
from vec2art_nb.image import Source, open_image
from vec2art_nb.params import Delta, ParamModel, Params, State
from vec2art_nb.runtime.advice import Advice, shared_advisor
from vec2art_nb.runtime.engine import Engine, Progress, Rendering, Request, shared_engine
from vec2art_nb.runtime.foresight import Foresight, likely_states
from vec2art_nb.runtime.lane import Job, Purpose, lane
from vec2art_nb.runtime.previews import SCALES
from vec2art_nb.runtime.scheduler import Frame, FrameScheduler
from vec2art_nb.runtime.warmup import is_warm

_session_numbers = itertools.count(1)

# No stage of what is drawn ahead may take longer.
_LONGEST_GUESS_MS = 12.0


class _Schemas(Mapping[str, type[Params]]):
    """The parameter classes of all backends, each loaded when it is asked for."""

    def __getitem__(self, name: str) -> type[Params]:
        return registry[name].Params

    def __iter__(self) -> Iterator[str]:
        return iter(registry)

    def __len__(self) -> int:
        return len(registry)


class Session:
    """A picture and its parameters, with the drawing that follows them.

    Every edit of ``params``, by whomever, schedules a frame. The newest state wins: what was not yet begun is
    replaced, what is running is finished, and the last state always gets its frame.

    Parameters
    ----------
    image
        A path, bytes, file object, array, PIL image, sample name or ``Source``.
    backend
        Name of a backend.
    recipe
        Where backend and parameters come from instead; further ``parameters`` override it.
    parameters
        Values that differ from the backend's defaults.

    Attributes
    ----------
    number : int
        Counts the sessions of the process; events in the perf log have it.

    Raises
    ------
    ImageError, ParameterError, RecipeError
    """

    def __init__(
        self, image: object, backend: str = "edge", *, recipe: Recipe | None = None, **parameters: object
    ) -> None:
        backend, values = initial_state(backend, recipe, parameters)
        self.source: Source = open_image(image)
        self.params = ParamModel(_Schemas(), backend, values)
        self.number = next(_session_numbers)
        self._lock = threading.Lock()
        self._closed = False
        self._jobs: set[Job[Any]] = set()
        self._frames = _Mailbox(f"vec2art-nb-frames-{self.number}")
        self._scheduler = FrameScheduler(
            submit=self._submit,
            state=lambda: self.params.state,
            expected_ms=self._expected_ms,
            make=self._make_frame,
            post=self._frames.post,
            foresee=self._foresee,
            settle_s=lambda: self.params.settle_s,
            number=self.number,
        )
        self._foresight = Foresight()
        self._not_noted: Callable[[], None] | None = None
        self._progress_listeners: list[Callable[[Progress], None]] = []
        self._stop_observing = self.params.observe(self._edited)

    # --- state ---

    @property
    def backend(self) -> str:
        return self.params.backend

    @property
    def generation(self) -> int:
        """How many edits there were."""
        return self._scheduler.generation

    @property
    def closed(self) -> bool:
        return self._closed

    def set(self, *, backend: str | None = None, gesture: Hashable = None, **values: object) -> Delta | None:
        """Change several parameters, and the backend, at once: all of them or, when one is invalid, none."""
        self._check_open()
        return self.params.set(backend=backend, gesture=gesture, **values)

    def undo(self) -> Delta | None:
        self._check_open()
        return self.params.undo()

    def redo(self) -> Delta | None:
        self._check_open()
        return self.params.redo()

    def preset(self, name: str) -> Delta | None:
        """Go to the defaults of the backend with the preset's values: one step of undo."""
        self._check_open()
        return self.params.preset(registry[self.backend].preset(name))

    # --- results ---

    @property
    def drawing(self) -> Drawing:
        """The exact drawing of the present state; waits for it.

        Raises
        ------
        LaneError
            When asked for on the compute lane.
        SessionClosedError
        """
        state = self.params.state
        rendering = self._wait(state, None)
        return self._signed(rendering.result, state)

    def stage(self, name: str) -> Any:
        """The result of one stage in the present state, for a look inside."""
        state = self.params.state
        graph = registry[state.backend].graph
        if name not in graph.stages:
            raise ParameterError(f"{state.backend} has no stage {name!r}; there are: {', '.join(graph.stages)}")
        return self._wait(state, name).result

    def recipe(self) -> Recipe:
        """Everything needed to make the present drawing again."""
        return _recipe(self.source, self.params.state)

    def advice(self) -> Advice:
        """What the exact drawing of the present state will cost, as far as is known, before it is made."""
        self._check_open()
        return shared_advisor.advise(self._request(self.params.state, 1.0))

    def cancel(self) -> None:
        """Give up what is being rendered now. The state stays; the next edit or ``.drawing`` renders again."""
        self._scheduler.cancel()
        for job in tuple(self._jobs):
            job.cancel()

    # --- listeners ---

    def on_frame(
        self, callback: Callable[[Frame], None], pace: Callable[[float], float] | None = None
    ) -> Callable[[], None]:
        """Call ``callback`` with each new frame, on a thread of this session; returns what ends that.

        A slow callback gets fewer frames, never old ones. The present state's frame comes first. While parameters
        change quickly, frames may be previews; the exact drawing follows when they rest.

        Parameters
        ----------
        callback
            Takes a `Frame`.
        pace
            Given the seconds that the next frame will take to make, says how many to wait before it is begun: what
            would only lie and grow old is better made later, of a newer state. Whoever gives it calls `resume` when
            a frame can be taken earlier than was said. The exact drawing waits for nobody.
        """
        self._check_open()
        if pace is not None:
            self._scheduler.pace = pace
        stop = self._frames.listen(callback)
        self._scheduler.request()
        return stop

    def resume(self) -> None:
        """Begin the next frame now, if one waits: whoever set the pace can take it."""
        self._scheduler.resume()

    def on_progress(self, callback: Callable[[Progress], None]) -> Callable[[], None]:
        """Call ``callback`` while a render is slow; returns what ends that.

        It is called on the compute lane or on the timers' thread, so it must return at once.
        """
        self._check_open()
        self._progress_listeners.append(callback)

        def stop() -> None:
            if callback in self._progress_listeners:
                self._progress_listeners.remove(callback)

        return stop

    def close(self) -> None:
        """Stop rendering and delivering. Safe to call twice."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        self._stop_observing()
        self._scheduler.close()
        self.cancel()
        self._frames.close()
        self._progress_listeners.clear()

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Session({self.source.name}, {self.backend}{', closed' if self._closed else ''})"

    # --- within ---

    def _check_open(self) -> None:
        if self._closed:
            raise SessionClosedError(f"the session on {self.source.name} is closed; open a new one")

    def _edited(self, _: Delta) -> None:
        self._scheduler.edited()
        if self._frames.has_listeners:
            self._scheduler.request()

    def _submit(self, work: Callable[[Job[Any]], Any], purpose: Purpose) -> Job[Any]:
        job = lane().submit(work, purpose)
        self._jobs.add(job)
        job.future.add_done_callback(lambda _: self._jobs.discard(job))
        return job

    def _expected_ms(self, state: State, scale: float) -> float:
        return sum(milliseconds or 0.0 for milliseconds in shared_engine.outlook(self._request(state, scale)))

    def _foresee(self, job: Job[Any]) -> bool:
        """Draw the likeliest state that is not drawn yet; False when there is none.

        First of all the last exact drawing is seen to: how large it is, and that the disk has it.
        """
        note, self._not_noted = self._not_noted, None
        if note is not None:
            note()
        if not settings.current.prerender or not self._foresight.is_worthwhile:
            return False
        delta = self.params.history[-1] if self.params.can_undo else None
        for state in likely_states(delta, self._presets(), self.params.state):
            # A real edit waits for the stage that is running, so that must be a short one. What a stage takes that
            # never ran this way is found out on a very small copy.
            for scale in (1.0, SCALES[-1]):
                outlook = shared_engine.outlook(self._request(state, scale))
                is_unknown = None in outlook
                is_short = all((expected or 0.0) <= _LONGEST_GUESS_MS for expected in outlook)
                if outlook and (is_short and not is_unknown if scale == 1 else is_unknown and is_warm()):
                    shared_engine.render(self._request(state, scale), job)
                    if shared_engine.outlook(self._request(state, scale)):
                        return False  # there was no room to keep it
                    if scale == 1:
                        self._foresight.foresaw(state.values)
                    return True
        return False

    def _presets(self) -> Iterator[Params]:
        """What is tried by a person who has just come."""
        if len(self.params.history) <= 1:
            backend = registry[self.backend]
            yield from (backend.Params(**values) for values in backend.presets.values())

    def _make_frame(self, job: Job[Any], generation: int, state: State, scale: float) -> Frame:
        request = replace(self._request(state, scale), foreseen=self._foresight.asked(state.values))
        try:
            rendering = shared_engine.render(request, job)
        except Cancelled:
            raise
        except Exception as error:  # whatever a stage raises belongs to the person, in the viewer
            return Frame(generation, None, error, scale, 0.0, ())
        drawing = self._signed(rendering.result, state)
        if scale == 1 and any(run.outcome == "run" for run in rendering.stages):
            stage_bytes = {run.stage: run.bytes for run in rendering.stages}

            def note() -> None:
                shared_advisor.note(request, drawing, stage_bytes=stage_bytes)
                shared_engine.keep(request)

            self._not_noted = note
        return Frame(generation, drawing, None, scale, rendering.milliseconds, rendering.stages)

    def _wait(self, state: State, target: str | None) -> Rendering:
        with self._lock:
            self._check_open()
            job = self._submit(lambda job: shared_engine.render(self._request(state, 1.0), job, target), Purpose.EXACT)
        try:
            rendering: Rendering = lane().wait(job)
        except Cancelled:
            self._check_open()
            raise
        return rendering

    def _request(self, state: State, scale: float) -> Request:
        graph = registry[state.backend].graph
        return Request(
            state.backend, graph, self.source, state.values, scale, self.number, progress=self._tell_progress
        )

    def _tell_progress(self, progress: Progress) -> None:
        for listener in tuple(self._progress_listeners):
            try:
                listener(progress)
            except Exception:  # a listener's fault must not cost the drawing
                logging.getLogger("vec2art_nb").exception("a progress listener failed")

    def _signed(self, drawing: Drawing, state: State) -> Drawing:
        return drawing.with_recipe(_recipe(self.source, state))


def initial_state(
    backend: str, recipe: Recipe | None, parameters: Mapping[str, object]
) -> tuple[str, dict[str, object]]:
    """Backend and values from a recipe, if any, and from what was given besides.

    Raises
    ------
    RecipeError
        When the recipe names a backend or parameters that this version does not have.
    """
    if recipe is None:
        return backend, dict(parameters)
    try:
        registry[recipe.backend].Params(**recipe.params)
    except ParameterError as error:
        raise RecipeError(
            f"the recipe was made with vec2art_nb {recipe.version} and does not fit version {__version__}: {error}"
        ) from error
    return recipe.backend, {**recipe.params, **parameters}


def _recipe(source: Source, state: State) -> Recipe:
    return Recipe(
        backend=state.backend,
        params=state.values.to_dict(),
        image_digest=source.digest,
        image_size=(source.width, source.height),
        version=__version__,
    )


def vectorize(image: object, backend: str = "edge", *, recipe: Recipe | None = None, **parameters: object) -> Drawing:
    """Turn a picture into a drawing.

    Parameters
    ----------
    image
        A path, bytes, file object, NumPy array, PIL image or the name of a sample.
    backend
        Name of a backend; ``list(vec2art_nb.backends)`` has them all.
    recipe
        Backend and parameters of an earlier drawing, from ``open_recipe``; further ``parameters`` override it.
    parameters
        Values that differ from the backend's defaults.

    Raises
    ------
    ImageError, ParameterError, RecipeError
        With a message that says what to mend.
    """
    backend, given = initial_state(backend, recipe, parameters)
    loaded = registry[backend]
    state = State(backend, loaded.Params(**given))
    source = open_image(image)
    request = Request(backend, loaded.graph, source, state.values)
    engine = Engine(cache=None, disk=shared_engine.disk)
    job = lane().submit(lambda job: engine.render(request, job), Purpose.EXACT)
    drawing: Drawing = lane().wait(job).result
    return drawing.with_recipe(_recipe(source, state))


class _Mailbox:
    """Hands the newest frame to the listeners, on a thread of its own; a frame not yet taken is replaced."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._condition = threading.Condition()
        self._listeners: list[Callable[[Frame], None]] = []
        self._newest: Frame | None = None
        self._thread: threading.Thread | None = None
        self._closed = False

    @property
    def has_listeners(self) -> bool:
        return bool(self._listeners)

    def listen(self, callback: Callable[[Frame], None]) -> Callable[[], None]:
        with self._condition:
            self._listeners.append(callback)
            if self._thread is None:
                self._thread = threading.Thread(target=self._deliver, name=self._name, daemon=True)
                self._thread.start()

        def stop() -> None:
            with self._condition:
                if callback in self._listeners:
                    self._listeners.remove(callback)

        return stop

    def post(self, frame: Frame) -> None:
        with self._condition:
            self._newest = frame
            self._condition.notify()

    def close(self) -> None:
        with self._condition:
            self._closed = True
            self._listeners.clear()
            self._newest = None
            self._condition.notify()

    def _deliver(self) -> None:
        while True:
            with self._condition:
                while self._newest is None and not self._closed:
                    self._condition.wait()
                if self._closed:
                    return
                frame, self._newest = self._newest, None
                listeners = tuple(self._listeners)
            assert frame is not None
            for listener in listeners:
                try:
                    listener(frame)
                except Exception:  # one listener's fault must not silence the others
                    logging.getLogger("vec2art_nb").exception("a frame listener failed")
            del frame
