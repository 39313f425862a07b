"""The controls of a backend, made in the browser from the declarations of its parameters."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vec2art_nb.runtime.alarm import Timer, after
from vec2art_nb.ui.part import Part

if TYPE_CHECKING:
    from vec2art_nb.params import Delta, Parameter, ParamModel, Params, State

_HERE = Path(__file__).parent

# A hand that pauses for so long rests: other pages may be told where it is.
REST_S = 0.3

# Pages that were closed say nothing, so only the last ones that came up are remembered.
_MOST_PAGES = 8


class Controls(Part):
    """All controls of the active backend, and a box to find one.

    A control that is moved sets one parameter of the model. Who made these controls calls `refresh` after each change
    of the model, whoever made it. Handlers run on whatever thread a message came in by.

    Everything goes by custom messages, so nothing of it is saved in a notebook. A message costs a page milliseconds:
    pages are told only what they do not show yet, and the page whose hand has set a value shows it.

    Parameters
    ----------
    model
        What is turned.
    on_error
        Told of a value that the model refuses; the control goes back to the value that holds.
    on_painted
        Told the number of a frame that a page has painted, and the seconds that it took: a value brings the news along.
    """

    _esm = _HERE / "controls.js"
    _css = _HERE / "controls.css"

    def __init__(
        self,
        model: ParamModel,
        on_error: Callable[[Exception], None],
        on_painted: Callable[[int, float], None],
    ) -> None:
        super().__init__()
        self._model = model
        self._on_error = on_error
        self._on_painted = on_painted
        # Held while a value passes between a page and the model, in either direction.
        self._lock = threading.RLock()
        #: Of each page, the number of its last message that was handled.
        self._seen: dict[str, int] = {}
        self._backend = ""
        self._described: dict[str, type[Params]] = {}
        self._dependents: Mapping[str, tuple[str, ...]] = {}
        #: What pages show, and why a parameter has no effect.
        self._shown: dict[str, Any] = {}
        self._needs: dict[str, str | None] = {}
        #: Parameters that a page has set and the others do not know of.
        self._owed: dict[str, str] = {}
        self._rest: Timer | None = None
        self.on_msg(self._receive)

    def __repr__(self) -> str:
        return f"Controls({self._model.backend})"

    def refresh(self, delta: Delta) -> None:
        """Show what a change of the model has changed, except where a hand has just put it."""
        with self._lock:
            state = self._model.state
            if not self._seen:
                return  # the first page asks for everything
            if state.backend != self._backend:
                self._send_panel(state)
            else:
                self._show(state.values, delta.changed)

    def close(self) -> None:
        """Let go of the browser's side."""
        with self._lock:
            self._seen.clear()
            self._stop_rest()
        super().close()

    # --- from a page ---

    def _receive(self, _: object, content: dict[str, Any], buffers: object) -> None:
        try:
            match content["type"]:
                case "ready":
                    self._welcome(content["page"])
                case "set":
                    self._set(content)
                case "painted":
                    self._painted(content)
                case "reset":
                    if content["backend"] == self._model.backend:
                        self._model.reset(*content["names"])
        except Exception as error:  # nobody sees what a comm handler raises
            self._on_error(error)

    def _welcome(self, page: str) -> None:
        with self._lock:
            self._seen[page] = self._seen.pop(page, 0)
            while len(self._seen) > _MOST_PAGES:
                del self._seen[next(iter(self._seen))]
            # All pages hear what is said to one: those that have a panel keep it.
            self._described.clear()
            self._send_panel(self._model.state)

    def _set(self, content: dict[str, Any]) -> None:
        try:
            with self._lock:
                page = content["page"]
                self._seen[page] = content["serial"]
                # Else it is the last of a drag, which a switch of the backend has overtaken.
                if content["backend"] == self._backend == self._model.backend:
                    values = {name: _normal(value) for name, value in content["values"].items()}
                    self._move(page, content["gesture"], values)
        finally:
            # After the values, so that a frame that begins now shows them.
            if content["painted"]:
                self._painted(content["painted"])

    def _painted(self, news: Mapping[str, Any]) -> None:
        self._on_painted(news["number"], news["milliseconds"] / 1e3)

    def _move(self, page: str, gesture: int, values: Mapping[str, Any]) -> None:
        known = {name: value for name, value in values.items() if name in self._shown}
        self._shown.update(known)
        self._owed.update(dict.fromkeys(known, page))
        try:
            self._model.set(gesture=(page, gesture), **values)
        except Exception as error:  # whatever it is, the page must hear what holds
            self._on_error(error)
        state = self._model.state
        if state.backend == self._backend:
            # What was refused, and what has another normal form.
            self._show(state.values, known)
        self._stop_rest()
        if len(self._seen) > 1:
            self._rest = after(REST_S, self._tell_others)

    # --- to pages, with the lock held ---

    def _send_panel(self, state: State) -> None:
        schema = type(state.values)
        declared = schema.parameters()
        self._backend = state.backend
        self._dependents = _dependents(declared)
        self._shown = {name: getattr(state.values, name) for name in declared}
        self._needs = {name: state.values.active(name) for name in declared}
        self._owed.clear()
        message: dict[str, Any] = {
            "type": "panel",
            "backend": state.backend,
            "values": _plain(self._shown),
            "needs": {name: need for name, need in self._needs.items() if need is not None},
            "seen": self._seen,
        }
        if self._described.get(state.backend) is not schema:
            self._described[state.backend] = schema
            message["groups"] = described(declared)
        self.send(message)

    def _show(self, values: Params, names: Iterable[str]) -> None:
        """Show these parameters, and what that means for others, where pages do not show it yet."""
        names = [name for name in names if name in self._shown]
        shown = {name: getattr(values, name) for name in names if getattr(values, name) != self._shown[name]}
        dependents = {other for name in names for other in self._dependents.get(name, ())}
        needs = {name: values.active(name) for name in dependents}
        needs = {name: need for name, need in needs.items() if need != self._needs[name]}
        if not shown and not needs:
            return
        self._shown.update(shown)
        self._needs.update(needs)
        for name in shown:
            self._owed.pop(name, None)
        self.send({"type": "show", "values": _plain(shown), "needs": needs, "seen": self._seen})

    def _stop_rest(self) -> None:
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None

    # --- on the alarm's thread ---

    def _tell_others(self) -> None:
        # Whoever holds the lock may be about to wait for an observer, and all timers for this one.
        if not self._lock.acquire(blocking=False):
            after(REST_S, self._tell_others)
            return
        try:
            for page in dict.fromkeys(self._owed.values()):
                values = _plain({name: self._shown[name] for name, by in self._owed.items() if by == page})
                self.send({"type": "show", "values": values, "needs": {}, "seen": self._seen, "by": page})
            self._owed.clear()
        finally:
            self._lock.release()


def described(declared: Mapping[str, Parameter]) -> list[dict[str, Any]]:
    """The groups of a backend, in order, with all that a page needs to make a control of each parameter."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for parameter in declared.values():
        row = {
            "name": parameter.name,
            "label": parameter.label,
            "help": parameter.help,
            "unit": parameter.unit,
            "kind": parameter.kind,
            "choices": list(parameter.choices),
            "soft": parameter.soft and list(parameter.soft),
            "step": parameter.step,
            "least": parameter.ge,
            "most": parameter.le,
            "default": parameter.default,
        }
        groups.setdefault(parameter.group, []).append(_plain(row))
    return [{"name": name, "rows": rows} for name, rows in groups.items()]


def _normal(value: Any) -> Any:
    """A value from a page: 0.1 + 0.2 is what a slider in a browser makes of 0.3, and JSON has no tuples."""
    if isinstance(value, float):
        return float(f"{value:.10g}")
    return tuple(value) if isinstance(value, list) else value


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def _dependents(declared: Mapping[str, Parameter]) -> dict[str, tuple[str, ...]]:
    """For each parameter, those that have an effect only at some of its values, through others too."""

    def needed(name: str) -> set[str]:
        direct = declared[name].needs
        return set(direct).union(*(needed(other) for other in direct))

    found: dict[str, list[str]] = {}
    for name in declared:
        for other in needed(name):
            found.setdefault(other, []).append(name)
    return {name: tuple(others) for name, others in found.items()}
