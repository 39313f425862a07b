"""The live parameters of a session: set, observed, taken back."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from vec2art_nb.errors import ParameterError
from vec2art_nb.params.declaration import Params, find_parameter
from vec2art_nb.params.history import Delta, Patch, State, backend_values, read_json
from vec2art_nb.params.parameter import shown, suggestion
from vec2art_nb.params.rhythm import Frequency, Settling
from vec2art_nb.params.validation import validated
from vec2art_nb.perf.log import EditEvent, log

_HISTORY_LENGTH = 300

_log = logging.getLogger("vec2art_nb")


def _log_observer_error(error: Exception) -> None:
    _log.error("an observer of parameters failed", exc_info=error)


class _Observer:
    """One callback with the names it listens to; ``listening`` falls when it is unsubscribed."""

    def __init__(self, callback: Callable[[Delta], object], names: frozenset[str]) -> None:
        self.callback = callback
        self.names = names
        self.listening = True

    def wants(self, delta: Delta) -> bool:
        return not self.names or not self.names.isdisjoint(delta.changed)


class _Edit(NamedTuple):
    """A change, and `time.perf_counter` when the call began that made it."""

    delta: Delta
    started: float

    def written_down(self) -> None:
        names = self.delta.changed.keys() - {"backend"}
        milliseconds = (time.perf_counter() - self.started) * 1e3
        log.edits.append(EditEvent(log.now(), self.delta.current.backend, len(names), milliseconds))


class ParamModel:
    """The parameters of one backend at a time, live: what a control sets, a session observes, and undo takes back.

    The parameters of the active backend are attributes: ``model.detail = 0.6``. A value that cannot be had raises
    `ParameterError` and leaves everything as it was; so does any part of a change of several.

    Parameters
    ----------
    schemas : mapping of backend name to Params class
        May be lazy: only the classes of backends that are used are asked for.
    backend : str
        The backend to start with.
    values : mapping, optional
        Its parameters, where they are not the defaults.
    clock : callable
        Gives the time of a `Delta`.

    Attributes
    ----------
    on_observer_error : callable
        Called with the exception of an observer that failed; it is logged when nothing else is set.

    Notes
    -----
    Every method may be called from any thread, and from within an observer. What observers can rely on:

    * each change reaches each observer that listened to one of its names when it was made, once, in the order of
      the changes, and never two callbacks of a model at once;
    * no lock is held while a callback runs, so it may wait for other threads that use the model;
    * callbacks run in a thread that changes the model: usually the one that made the change, before its call returns.
      While another thread (or an observer further up the stack) is already telling, the new change is left to it,
      and the call that made it returns at once. So read `state` for what is, and use observers for when to look;
    * an observer that fails stops no other.
    """

    def __init__(
        self,
        schemas: Mapping[str, type[Params]],
        backend: str,
        values: Mapping[str, object] | None = None,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.on_observer_error: Callable[[Exception], object] = _log_observer_error
        self._schemas = schemas
        self._clock = clock
        # Re-entrant: a finalizer that unsubscribes may run in the middle of anything this thread does.
        self._lock = threading.RLock()
        schema = self._schema(backend)
        self._state = State(backend, validated(schema, schema.__defaults__, values or {}, backend))
        self._done: deque[Delta] = deque(maxlen=_HISTORY_LENGTH)
        self._undone: list[Delta] = []
        self._gesture: Hashable = None
        self._observers: tuple[_Observer, ...] = ()
        # After the observers of an edit comes None: all were told.
        self._untold: deque[tuple[_Observer | None, _Edit]] = deque()
        self._telling = False
        self._frequencies: dict[str, Frequency] = {}
        self._settling = Settling()

    # --- reading ----------------------------------------------------------------------------------------------------

    @property
    def state(self) -> State:
        """Backend and values at one moment, frozen."""
        return self._state

    @property
    def values(self) -> Params:
        """The active backend's parameters at one moment, frozen."""
        return self._state.values

    @property
    def backend(self) -> str:
        """The active backend's name; setting it switches."""
        return self._state.backend

    @backend.setter
    def backend(self, name: str) -> None:
        self.set(backend=name)

    @property
    def history(self) -> tuple[Delta, ...]:
        """What `undo` would take back, oldest first."""
        with self._lock:
            return tuple(self._done)

    @property
    def can_undo(self) -> bool:
        """Whether there is something to take back."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether something was taken back and nothing was changed since."""
        return bool(self._undone)

    def frequency(self, name: str) -> float:
        """How often a parameter changed of late, times a second; "backend" has one too.

        Each change counts, and fades to a third in a second. Undo and redo are changes too.
        """
        if name != "backend":
            find_parameter(type(self._state.values), name)
        with self._lock:
            frequency = self._frequencies.get(name)
            return 0.0 if frequency is None else frequency.at(self._clock())

    @property
    def settle_s(self) -> float:
        """Seconds after the last change after which the hand rests, learned from its changes: see `Settling`."""
        with self._lock:
            return self._settling.delay_s

    @property
    def is_settling(self) -> bool:
        """Whether the last change is so young that the hand may still be moving."""
        with self._lock:
            return not self._settling.rests(self._clock())

    def __getattr__(self, name: str) -> Any:
        # Reached only for what is not an ordinary attribute. Notebooks and copy probe for underscored names.
        if name.startswith("_"):
            raise AttributeError(name)
        values = self._state.values
        find_parameter(type(values), name)
        return getattr(values, name)

    def __setattr__(self, name: str, value: Any) -> None:
        ours = (
            name.startswith("_") or name == "on_observer_error" or isinstance(getattr(type(self), name, None), property)
        )
        if ours:
            object.__setattr__(self, name, value)
        else:
            self.set(**{name: value})

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *type(self._state.values).parameters()})

    def __repr__(self) -> str:
        backend, values = self._state.backend, self._state.values
        turned = [
            f"{name}={getattr(values, name)!r}"
            for name, parameter in values.parameters().items()
            if getattr(values, name) != parameter.default
        ]
        return f"ParamModel({', '.join([backend, *turned])})"

    # --- changing ---------------------------------------------------------------------------------------------------

    def set(self, /, *, backend: str | None = None, gesture: Hashable = None, **values: object) -> Delta | None:
        """Change any number of parameters, and the backend, at once or not at all.

        Parameters
        ----------
        backend : str, optional
            The backend to switch to; ``values`` are then its parameters. A switch is one undo entry.
        gesture : hashable, optional
            Names one movement of a hand: consecutive changes with the same gesture are one undo entry.
        **values
            Parameters and their new values.

        Returns
        -------
        Delta or None
            What changed; None when nothing did.
        """

        def make() -> Delta | None:
            base = self._state if backend is None else self._switched(self._state, backend)
            return self._record(self._with(base, values) if values else base, gesture)

        return self._edit(make)

    def preset(self, values: Mapping[str, object]) -> Delta | None:
        """Take the defaults with these values over them, as one undo entry."""

        def make() -> Delta | None:
            state = self._state
            schema = type(state.values)
            fresh = validated(schema, schema.__defaults__, values, state.backend)
            return self._record(State(state.backend, fresh, state.kept))

        return self._edit(make)

    def reset(self, *names: str) -> Delta | None:
        """Take the defaults of these parameters of the active backend, or of all of them, as one undo entry."""

        def make() -> Delta | None:
            schema = type(self._state.values)
            defaults = {name: find_parameter(schema, name).default for name in names or schema.parameters()}
            return self._record(self._with(self._state, defaults))

        return self._edit(make)

    def undo(self) -> Delta | None:
        """Take the last change back; None when there is none."""

        def make() -> Delta | None:
            if not self._done:
                return None
            undone = self._done.pop()
            self._undone.append(undone)
            return self._swap(undone.previous)

        return self._edit(make)

    def redo(self) -> Delta | None:
        """Make the change again that was last taken back; None when there is none."""

        def make() -> Delta | None:
            if not self._undone:
                return None
            redone = self._undone.pop()
            self._done.append(redone)
            return self._swap(redone.current)

        return self._edit(make)

    def apply(self, patch: Patch) -> Delta | None:
        """Set what a patch names to its current values, all or nothing, as one undo entry."""

        def make() -> Delta | None:
            everything = {self._state.backend: self._state.values, **self._state.kept}
            for backend, changes in patch.values.items():
                values = everything.get(backend) or self._schema(backend).defaults()
                current = {name: change.current for name, change in changes.items()}
                everything[backend] = validated(type(values), values.__dict__, current, backend)
            backend = self._state.backend if patch.backend is None else patch.backend.current
            return self._record(self._state_of(backend, everything))

        return self._edit(make)

    # --- JSON -------------------------------------------------------------------------------------------------------

    def to_json(self) -> str:
        """The active backend and the values of every backend that has been turned; not the history."""
        state = self._state
        everything = {state.backend: state.values, **state.kept}
        values = {backend: params.to_dict() for backend, params in everything.items()}
        return json.dumps({"backend": state.backend, "values": values})

    def from_json(self, text: str) -> Delta | None:
        """Take the state that `to_json` wrote, as one undo entry; what it does not name takes its default."""
        content = read_json(text, "parameters", {"backend", "values"})
        if not isinstance(content.get("backend"), str):
            raise ParameterError('this is no parameters: "backend" must be the name of a backend')

        def make() -> Delta | None:
            everything = {}
            for backend, values in backend_values(content, "parameters").items():
                schema = self._schema(backend)
                everything[backend] = validated(schema, schema.__defaults__, values, backend)
            return self._record(self._state_of(content["backend"], everything))

        return self._edit(make)

    # --- observing --------------------------------------------------------------------------------------------------

    def observe(self, callback: Callable[[Delta], object], *names: str) -> Callable[[], None]:
        """Call ``callback(delta)`` after each change of one of ``names``, or of anything when none are given.

        Parameters
        ----------
        callback : callable
            See the class's notes for the thread and the order in which it is called.
        *names : str
            Parameters of any backend, or "backend".

        Returns
        -------
        callable
            Ends the subscription; calling it again does nothing.
        """
        observer = _Observer(callback, frozenset(names))
        with self._lock:
            self._observers = (*self._observers, observer)

        def unsubscribe() -> None:
            observer.listening = False
            with self._lock:
                self._observers = tuple(other for other in self._observers if other is not observer)

        return unsubscribe

    # --- inside; the lock is held, except where a callback runs -------------------------------------------------------

    def _schema(self, backend: str) -> type[Params]:
        try:
            return self._schemas[backend]
        except KeyError:
            raise ParameterError(
                f"there is no backend {shown(backend)}; {suggestion(str(backend), self._schemas)}"
            ) from None

    def _edit(self, make: Callable[[], Delta | None]) -> Delta | None:
        """Make a change under the lock, then tell of it."""
        started = time.perf_counter()
        with self._lock:
            delta = make()
            if delta is not None:
                edit = _Edit(delta, started)
                for name in delta.changed:
                    self._frequencies.setdefault(name, Frequency()).changed(delta.time)
                self._settling.changed(delta.time)
                self._untold.extend((observer, edit) for observer in self._observers if observer.wants(delta))
                self._untold.append((None, edit))
        self._tell()
        return delta

    def _with(self, state: State, values: Mapping[str, object]) -> State:
        changed = validated(type(state.values), state.values.__dict__, values, state.backend)
        return State(state.backend, changed, state.kept)

    def _switched(self, state: State, backend: str) -> State:
        everything = {state.backend: state.values, **state.kept}
        return state if backend == state.backend else self._state_of(backend, everything)

    def _state_of(self, backend: str, everything: Mapping[str, Params]) -> State:
        values = everything[backend] if backend in everything else self._schema(backend).defaults()
        # Defaults are not kept, so that a backend that was only visited leaves no trace and states compare equal.
        others = {other: params for other, params in everything.items() if other != backend}
        kept = {other: params for other, params in others.items() if params != params.defaults()}
        return State(backend, values, MappingProxyType(kept))

    def _record(self, state: State, gesture: Hashable = None) -> Delta | None:
        """Make ``state`` the state, and put the way there in the history."""
        previous = self._state
        if state == previous:
            return None
        switches = state.backend != previous.backend
        goes_on = gesture is not None and gesture == self._gesture and not switches
        delta = self._swap(state)
        entry = delta
        if goes_on:
            entry = Delta(self._done.pop().previous, state, delta.time)
        # A hand that came back to where it began leaves nothing to undo.
        if entry.previous != entry.current:
            self._done.append(entry)
            self._gesture = None if switches else gesture
        self._undone.clear()
        return delta

    def _swap(self, state: State) -> Delta:
        delta = Delta(self._state, state, self._clock())
        self._state = state
        self._gesture = None
        return delta

    def _tell(self) -> None:
        """Call the observers of what has changed, unless another call is already doing so: then it does this too."""
        with self._lock:
            if self._telling:
                return
            self._telling = True
        try:
            while True:
                # Looked at under the lock, so that whoever adds a change sees either this loop or that it has ended.
                with self._lock:
                    if not self._untold:
                        self._telling = False
                        return
                    observer, edit = self._untold.popleft()
                if observer is None:
                    edit.written_down()
                elif observer.listening:
                    self._call(observer, edit.delta)
        except BaseException:
            # KeyboardInterrupt and its like: the rest is told after the next change.
            self._telling = False
            raise

    def _call(self, observer: _Observer, delta: Delta) -> None:
        try:
            observer.callback(delta)
        except Exception as error:
            try:
                self.on_observer_error(error)
            except Exception:
                _log.exception("on_observer_error failed")
