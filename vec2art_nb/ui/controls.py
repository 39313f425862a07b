"""The controls of a backend, in groups that open, made from the declarations of its parameters."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import ipywidgets

from vec2art_nb.ui.knobs import Knob, Parts, knobs_for

if TYPE_CHECKING:
    from vec2art_nb.params import Delta, Parameter, ParamModel, Params, State


class Row:
    """One parameter: its knobs, its unit, what it needs when it has no effect, and a mark while it is not the default.

    Whatever is shown again as it is costs no message.
    """

    def __init__(
        self,
        parameter: Parameter,
        values: Params,
        parts: Parts,
        on_move: Callable[[Row, Knob, Any], None],
        on_reset: Callable[[str], None],
    ) -> None:
        self.parameter = parameter
        self._parts = parts
        self._on_reset = on_reset
        self._mark: Any = None
        self._is_marked = False
        self._need = values.active(parameter.name)
        value = getattr(values, parameter.name)
        given = {"value": value, "tooltip": self._tooltip(), "disabled": self._need is not None}
        self.knobs = knobs_for(parameter, parts, given, lambda knob, moved: on_move(self, knob, moved))
        self._needs_line = (
            parts.make(ipywidgets.Label, value=self._need or "", classes=["v2a-needs"]) if parameter.needs else None
        )
        widgets = [knob.widget for knob in self.knobs]
        if parameter.unit:
            widgets.append(parts.make(ipywidgets.Label, value=parameter.unit, classes=["v2a-unit"]))
        if self._needs_line is not None:
            widgets.append(self._needs_line)
        self.box = parts.make(
            ipywidgets.HBox,
            children=widgets,
            classes=["v2a-row", f"v2a-parameter-{parameter.name}"],
            layout=ipywidgets.Layout(),
        )
        self.show_value(value)

    def show(self, values: Params) -> None:
        """Show the value, and whether it has an effect."""
        self.show_value(getattr(values, self.parameter.name))
        self.show_need(values)

    def show_value(self, value: Any) -> None:
        """Show a value wherever it is not shown yet."""
        for knob in self.knobs:
            if knob.shown != value:
                knob.show(value)
        marked = value != self.parameter.default
        if marked != self._is_marked:
            self._is_marked = marked
            self._show_mark()

    def show_need(self, values: Params) -> None:
        """Grey out and say what is needed, when something is."""
        need = values.active(self.parameter.name)
        if need == self._need:
            return
        self._need = need
        for knob in self.knobs:
            knob.show_as_disabled(need is not None, self._tooltip())
        if self._needs_line is not None:
            self._needs_line.value = need or ""

    def _tooltip(self) -> str:
        help_text = f"{self.parameter.label}: {self.parameter.help}"
        return f"{help_text} ({self._need})" if self._need else help_text

    def _show_mark(self) -> None:
        if self._mark is None:
            name = self.parameter.name
            back = f"Back to the default, {_text(self.parameter.default)}"
            self._mark = self._parts.make(ipywidgets.Button, tooltip=back, classes=["v2a-changed-mark"])
            self._mark.on_click(lambda _: self._on_reset(name))
            self.box.children = (*self.box.children, self._mark)
        if self._is_marked:
            self.box.add_class("v2a-changed")
        else:
            self.box.remove_class("v2a-changed")


class Group:
    """A heading that opens. What stands under it is made when it first does, and follows the model while it is open."""

    def __init__(
        self, name: str, parameters: Iterable[Parameter], parts: Parts, make_row: Callable[[Parameter], Row]
    ) -> None:
        self.name = name
        self.parameters = {parameter.name: parameter for parameter in parameters}
        self.rows: dict[str, Row] = {}
        self._make_row = make_row
        self._words: str = ""
        self.heading = parts.make(
            ipywidgets.ToggleButton, description=name, icon="chevron-right", classes=["v2a-heading"]
        )
        self._body = parts.make(ipywidgets.VBox, classes=["v2a-body"], layout=ipywidgets.Layout(display="none"))
        self.box = parts.make(
            ipywidgets.VBox,
            children=(self.heading, self._body),
            classes=["v2a-control-group"],
            layout=ipywidgets.Layout(),
        )

    @property
    def is_shown(self) -> bool:
        """Whether rows of it can be seen."""
        return bool(self.rows) and (self.heading.value or bool(self._words))

    def toggle(self, opened: bool) -> None:
        """Open or close."""
        self.heading.value = opened

    def arrange(self, words: str) -> None:
        """Show what the heading and these words of a search leave to see, as it is now.

        Without words, that is everything when the heading is open.
        """
        hits = [name for name, parameter in self.parameters.items() if matches(parameter, words)]
        self._words = words if hits else ""
        self.heading.icon = "chevron-down" if self.heading.value else "chevron-right"
        opened = bool(hits) if words else self.heading.value
        if opened:
            # Rows of other backends' groups may be among them, so each is brought up to date.
            self.rows = {name: self._make_row(parameter) for name, parameter in self.parameters.items()}
            self._body.children = tuple(row.box for row in self.rows.values())
        for name, row in self.rows.items():
            row.box.layout.display = None if name in hits else "none"
        self.box.layout.display = None if hits else "none"
        self._body.layout.display = None if opened else "none"


class Panel:
    """The groups of one backend, and which of its parameters wait for which."""

    def __init__(self, schema: type[Params], parts: Parts, make_row: Callable[[Parameter], Row]) -> None:
        declared = schema.parameters()
        self._dependents = _dependents(declared)
        grouped: dict[str, list[Parameter]] = {}
        for parameter in declared.values():
            grouped.setdefault(parameter.group, []).append(parameter)
        self.groups = tuple(Group(name, members, parts, make_row) for name, members in grouped.items())
        self._group_of = {name: group for group in self.groups for name in group.parameters}
        self.box = parts.make(ipywidgets.VBox, children=[group.box for group in self.groups], classes=["v2a-panel"])

    def holds(self, row: Row) -> bool:
        """Whether a row is one of these."""
        group = self._group_of.get(row.parameter.name)
        return group is not None and group.rows.get(row.parameter.name) is row

    def show(self, values: Params, names: Collection[str]) -> None:
        """Show the values of these parameters, and what that means for others."""
        for name in names:
            if row := self._shown_row(name):
                row.show_value(getattr(values, name))
        for name in {dependent for needed in names for dependent in self._dependents.get(needed, ())}:
            if row := self._shown_row(name):
                row.show_need(values)

    def _shown_row(self, name: str) -> Row | None:
        group = self._group_of[name]
        return group.rows[name] if group.is_shown else None


class Controls(ipywidgets.VBox):
    """All controls of the active backend, and a box to find one.

    A control that is moved sets one parameter of the model. Who made these controls calls `refresh` after each change
    of the model, whoever made it. Handlers run on whatever thread a message came in by.

    A change reaches only the widgets that show it, of groups that are open. A parameter that several backends declare
    alike has one row in all of them.

    Parameters
    ----------
    model
        What is turned.
    on_error
        Told of a value that the model refuses; the control goes back to the value that holds.
    """

    def __init__(self, model: ParamModel, on_error: Callable[[Exception], None]) -> None:
        self._model = model
        self._on_error = on_error
        # Held while a value passes between a widget and the model, in either direction.
        self._lock = threading.RLock()
        self._parts = Parts()
        self._rows: dict[Parameter, Row] = {}
        self._panels: dict[str, Panel] = {}
        self._backend = ""
        self._movements = itertools.count(1)
        self._gesture = ("", 0)
        self._search = self._parts.make(
            ipywidgets.Text, placeholder="find a parameter", continuous_update=True, classes=["v2a-search"]
        )
        self._search.observe(lambda _: self._arrange(), "value")
        super().__init__([self._search], _dom_classes=("v2a-controls",))
        self._show_panel(model.state)

    def __repr__(self) -> str:
        return f"Controls({self._backend})"

    @property
    def groups(self) -> tuple[Group, ...]:
        """The groups of the active backend."""
        return self._panels[self._backend].groups

    def refresh(self, delta: Delta) -> None:
        """Show what a change of the model has changed, except where a hand has just put it."""
        with self._lock:
            state = self._model.state
            if state.backend != self._backend or "backend" in delta.changed:
                self._show_panel(state)
            else:
                self._panels[self._backend].show(state.values, delta.changed)

    def begin_gesture(self) -> None:
        """What is moved from now on is a new step of undo, whatever was moved before."""
        self._gesture = ("", next(self._movements))

    def close(self) -> None:
        """Let go of every widget."""
        super().close()
        self.layout.close()
        self._parts.close()

    def _show_panel(self, state: State) -> None:
        self._backend = state.backend
        panel = self._panels.get(state.backend)
        if panel is None:
            panel = self._panels[state.backend] = Panel(type(state.values), self._parts, self._row)
            for number, group in enumerate(panel.groups):
                group.toggle(number == 0)
                group.heading.observe(lambda _: self._arrange(), "value")
        self._arrange()
        self.children = (self._search, panel.box)

    def _arrange(self) -> None:
        with self._lock:
            words = self._search.value.strip().lower()
            for group in self.groups:
                group.arrange(words)

    def _row(self, parameter: Parameter) -> Row:
        values = self._model.values
        row = self._rows.get(parameter)
        if row is None:
            row = self._rows[parameter] = Row(parameter, values, self._parts, self._move, self._reset)
        else:
            row.show(values)
        return row

    def _move(self, row: Row, knob: Knob, value: Any) -> None:
        name = row.parameter.name
        with self._lock:
            if not self._panels[self._backend].holds(row):
                return  # the last of a drag, which a switch of the backend has overtaken
            knob.shown = value
            if self._gesture[0] != name:
                self._gesture = (name, next(self._movements))
            try:
                self._model.set(gesture=self._gesture, **{name: value})
            except Exception as error:  # nobody sees what a comm handler raises
                self._on_error(error)
                row.show(self._model.values)

    def _reset(self, name: str) -> None:
        try:
            self._model.reset(name)
        except Exception as error:  # as above
            self._on_error(error)


def matches(parameter: Parameter, words: str) -> bool:
    """Whether a person who types ``words``, in small letters, means this parameter."""
    text = f"{parameter.name} {parameter.label} {parameter.group} {parameter.help}".lower()
    return all(word in text for word in words.split())


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


def _text(default: Any) -> str:
    return ", ".join(default) if isinstance(default, tuple) else str(default)
