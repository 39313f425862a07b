"""The controls of a backend, in groups that open, made from the declarations of its parameters."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import ipywidgets

from vec2art_nb.ui.knobs import Knob, knobs_for

if TYPE_CHECKING:
    from vec2art_nb.params import Parameter, ParamModel, Params

# A hand that rested longer than this begins a new movement, and a new step of undo.
_GESTURE_S = 1.0


class Row:
    """One parameter: its knobs, its unit, and what it needs when it has no effect."""

    def __init__(self, parameter: Parameter, on_move: Callable[[Knob, Any], None]) -> None:
        self.parameter = parameter
        self.knobs = knobs_for(parameter, on_move)
        turned = ipywidgets.HBox([knob.widget for knob in self.knobs])
        turned.add_class("v2a-knobs")
        if parameter.is_number:
            # Without a unit too, so that the number fields stand in one column.
            unit = ipywidgets.Label(parameter.unit or "")
            unit.add_class("v2a-unit")
            turned.children = (*turned.children, unit)
        self.box = ipywidgets.VBox([turned])
        self._needs = ipywidgets.Label()
        if parameter.needs:
            self._needs.add_class("v2a-needs")
            self.box.children = (turned, self._needs)
        self.box.add_class("v2a-row")
        self.box.add_class(f"v2a-parameter-{parameter.name}")

    def show(self, values: Params) -> None:
        """Show the value, and whether it has an effect."""
        value = getattr(values, self.parameter.name)
        for knob in self.knobs:
            if knob.shown != value:
                knob.show(value)
        needs = values.active(self.parameter.name)
        self._needs.value = needs or ""
        self._needs.layout.display = None if needs else "none"
        for knob in self.knobs:
            help_text = f"{self.parameter.label}: {self.parameter.help}"
            knob.show_as_disabled(needs is not None, f"{help_text} ({needs})" if needs else help_text)

    def matches(self, words: str) -> bool:
        """Whether a person who types ``words`` means this one."""
        text = f"{self.parameter.name} {self.parameter.label} {self.parameter.group} {self.parameter.help}".lower()
        return all(word in text for word in words.lower().split())


class Group:
    """A heading that opens. What stands under it is made when it first does."""

    def __init__(
        self, name: str, parameters: list[Parameter], make_row: Callable[[Parameter], Row], lock: threading.RLock
    ) -> None:
        self.name = name
        self.rows: list[Row] = []
        self._lock = lock
        self._parameters = parameters
        self._make_row = make_row
        self._heading = ipywidgets.ToggleButton(value=False, description=name, icon="chevron-right")
        self._heading.add_class("v2a-heading")
        self._body = ipywidgets.VBox()
        self._body.add_class("v2a-body")
        self._body.layout.display = "none"
        self._heading.observe(lambda change: self._open(change.new), "value")
        self.box = ipywidgets.VBox([self._heading, self._body])
        self.box.add_class("v2a-control-group")

    def toggle(self, opened: bool) -> None:
        """Open or close."""
        self._heading.value = opened

    def show(self, values: Params) -> None:
        """Bring the rows that exist up to date."""
        for row in self.rows:
            row.show(values)

    def filter(self, words: str) -> None:
        """Leave only the rows that match; without words, all, in the state that the heading tells."""
        if words:
            self._make_rows()
        hits = 0
        for row in self.rows:
            matches = not words or row.matches(words)
            hits += matches
            row.box.layout.display = None if matches else "none"
        self.box.layout.display = None if hits or not words else "none"
        self._body.layout.display = None if words or self._heading.value else "none"

    def _open(self, opened: bool) -> None:
        if opened:
            with self._lock:
                self._make_rows()
        self._heading.icon = "chevron-down" if opened else "chevron-right"
        self._body.layout.display = None if opened else "none"

    def _make_rows(self) -> None:
        if not self.rows:
            self.rows = [self._make_row(parameter) for parameter in self._parameters]
            self._body.children = tuple(row.box for row in self.rows)


class Controls(ipywidgets.VBox):
    """All controls of the active backend, and a box to find one.

    A control that is moved sets one parameter of the model. Who made these controls calls `refresh` after each change
    of the model, whoever made it. Handlers run on whatever thread a message came in by.

    Parameters
    ----------
    model
        What is turned.
    on_error
        Told of a value that the model refuses; the control goes back to the value that holds.
    clock
        For tests.
    """

    def __init__(
        self, model: ParamModel, on_error: Callable[[Exception], None], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._model = model
        self._on_error = on_error
        self._clock = clock
        # Held while a value passes between a widget and the model, in either direction.
        self._lock = threading.RLock()
        self._panels: dict[str, tuple[Group, ...]] = {}
        self._backend = ""
        self._gesture: tuple[str, int] = ("", 0)
        self._moved_at = 0.0
        self._search = ipywidgets.Text(placeholder="find a parameter", continuous_update=True)
        self._search.add_class("v2a-search")
        self._search.observe(lambda change: self._filter(change.new), "value")
        super().__init__([self._search])
        self.add_class("v2a-controls")
        self.refresh()

    def __repr__(self) -> str:
        return f"Controls({self._backend})"

    @property
    def groups(self) -> tuple[Group, ...]:
        """The groups of the active backend."""
        return self._panels[self._backend]

    def refresh(self) -> None:
        """Show the state of the model, except where a hand has just put it."""
        with self._lock:
            state = self._model.state
            if state.backend != self._backend:
                self._show_panel(state.backend, type(state.values))
            for group in self.groups:
                group.show(state.values)

    def _show_panel(self, backend: str, schema: type[Params]) -> None:
        self._backend = backend
        if backend not in self._panels:
            grouped: dict[str, list[Parameter]] = {}
            for parameter in schema.parameters().values():
                grouped.setdefault(parameter.group, []).append(parameter)
            groups = tuple(Group(name, parameters, self._make_row, self._lock) for name, parameters in grouped.items())
            self._panels[backend] = groups
            if groups:
                groups[0].toggle(True)
        self._filter(self._search.value)
        self.children = (self._search, *(group.box for group in self.groups))

    def _make_row(self, parameter: Parameter) -> Row:
        row = Row(parameter, self._move)
        row.show(self._model.values)
        return row

    def _filter(self, words: str) -> None:
        with self._lock:
            for group in self.groups:
                group.filter(words.strip())

    def _move(self, knob: Knob, value: Any) -> None:
        with self._lock:
            knob.shown = value
            name = knob.parameter.name
            try:
                self._model.set(gesture=self._gesture_of(name), **{name: value})
            except Exception as error:  # nobody sees what a comm handler raises
                self._on_error(error)
                self.refresh()

    def _gesture_of(self, name: str) -> tuple[str, int]:
        now = self._clock()
        last, number = self._gesture
        if name != last or now - self._moved_at > _GESTURE_S:
            self._gesture = (name, number + 1)
        self._moved_at = now
        return self._gesture
