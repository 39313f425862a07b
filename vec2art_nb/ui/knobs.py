"""The widget for one parameter, made from its declaration."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import ipywidgets

if TYPE_CHECKING:
    from vec2art_nb.params import Parameter

_NEW_COLOR = "#808080"


class Parts:
    """Makes widgets that look alike, and closes them together.

    All share one layout and those of a kind one style: each of these would be a model of its own in the browser, two
    for every widget that a person sees.
    """

    def __init__(self) -> None:
        self._layout = ipywidgets.Layout()
        self._styles: dict[type, Any] = {}
        self._made: list[Any] = [self._layout]

    def make(self, kind: type[Any], *, classes: Sequence[str] = (), **traits: Any) -> Any:
        """A widget with these CSS classes; with ``layout=`` among its traits, one that it shares with nobody."""
        traits.setdefault("layout", self._layout)
        # Some kinds show the word "null" where there is none.
        traits.setdefault("tooltip", "")
        if kind in self._styles:
            traits["style"] = self._styles[kind]
        widget = kind(_dom_classes=tuple(classes), **traits)
        self._made.append(widget)
        if kind not in self._styles and widget.has_trait("style"):
            self._styles[kind] = widget.style
            self._made.append(widget.style)
        if widget.layout is not self._layout:
            self._made.append(widget.layout)
        return widget

    def close(self) -> None:
        """Let go of all that was made, here and in the browser."""
        for widget in self._made:
            widget.close()
        self._made.clear()


class Knob:
    """One ipywidget that shows a parameter, and knows what it shows.

    ``shown`` is the value that browser and kernel last agreed on. Comparing with it, and not with the widget, is what
    keeps an older value from being written back under a hand that has moved on in the meantime.

    Parameters
    ----------
    parameter
        What it shows.
    widget
        An ipywidget with a ``value``.
    value
        What the widget was made to show.
    on_move
        Called with this knob and the value that came from the browser.
    """

    def __init__(self, parameter: Parameter, widget: Any, value: Any, on_move: Callable[[Knob, Any], None]) -> None:
        self.parameter = parameter
        self.widget = widget
        self.shown = value
        self._on_move = on_move
        widget.observe(self._moved, "value")

    def show(self, value: Any) -> None:
        """Show a value that came from elsewhere."""
        self.shown = value
        self.widget.value = value

    def show_as_disabled(self, disabled: bool, tooltip: str) -> None:
        """Grey out, or not, and say why."""
        self.widget.disabled = disabled
        self.widget.tooltip = tooltip

    def _moved(self, change: Any) -> None:
        value = change.new
        # 0.1 + 0.2 is what a slider in a browser makes of 0.3.
        if isinstance(value, float):
            value = float(f"{value:.10g}")
        if value != self.shown:
            self._on_move(self, value)


class SliderKnob(Knob):
    """A slider over the soft range, made wider while the value lies outside."""

    def show(self, value: Any) -> None:
        """Show a value that came from elsewhere, however far out it is."""
        self.shown = value
        least, most = self.parameter.soft or (value, value)
        slider = self.widget
        # One message for each step: within one, the order is left to chance, and a browser that hears of the value
        # before it hears of the range clamps the value and sends it back.
        slider.min = min(slider.min, least, value)
        slider.max = max(slider.max, most, value)
        slider.value = value
        slider.min = min(least, value)
        slider.max = max(most, value)

    def _moved(self, change: Any) -> None:
        # A browser brings a value that lies between two steps to the nearest, and sends that back: no hand has moved.
        slider = self.widget
        if slider.step:
            nearest = slider.min + round((self.shown - slider.min) / slider.step) * slider.step
            if abs(change.new - nearest) < 1e-6 * slider.step and abs(self.shown - nearest) > 1e-6 * slider.step:
                return
        super()._moved(change)


class PaletteKnob(Knob):
    """A row of colours with one button to add and one to take away."""

    def __init__(
        self, parameter: Parameter, parts: Parts, given: Mapping[str, Any], on_move: Callable[[Knob, Any], None]
    ) -> None:
        self.parameter = parameter
        self.shown = given["value"]
        self._parts = parts
        self._disabled = given["disabled"]
        self._on_move = on_move
        self._label = parts.make(ipywidgets.Label, value=parameter.label, tooltip=given["tooltip"])
        self._more = self._button("plus", "Add a colour", lambda: (*self.shown, _NEW_COLOR))
        self._fewer = self._button("minus", "Take the last colour away", lambda: self.shown[:-1])
        self._fewer.disabled = self._cannot_shrink()
        self._pickers = [self._picker(color) for color in self.shown]
        children = (*self._pickers, self._more, self._fewer)
        self._row = parts.make(ipywidgets.HBox, children=children, classes=["v2a-palette"])
        self.widget = parts.make(ipywidgets.HBox, children=(self._label, self._row), classes=["v2a-palette-knob"])

    def show(self, value: Any) -> None:
        """Show these colours."""
        self.shown = value
        for picker, color in zip(self._pickers, value, strict=False):
            picker.value = color
        self._pickers += [self._picker(color) for color in value[len(self._pickers) :]]
        self._row.children = (*self._pickers[: len(value)], self._more, self._fewer)
        self.show_as_disabled(self._disabled, self._label.tooltip or "")

    def show_as_disabled(self, disabled: bool, tooltip: str) -> None:
        """Grey out every part, or none."""
        self._disabled = disabled
        self._label.tooltip = tooltip
        for part in (*self._pickers, self._more):
            part.disabled = disabled
        self._fewer.disabled = self._cannot_shrink()

    def _cannot_shrink(self) -> bool:
        return self._disabled or len(self.shown) < 2

    def _button(self, icon: str, tooltip: str, colors: Callable[[], tuple[str, ...]]) -> Any:
        button = self._parts.make(ipywidgets.Button, icon=icon, tooltip=tooltip, disabled=self._disabled)
        button.on_click(lambda _: self._resized(colors()))
        return button

    def _picker(self, color: str) -> Any:
        picker = self._parts.make(ipywidgets.ColorPicker, concise=True, value=color, disabled=self._disabled)
        picker.observe(self._recolored, "value")
        return picker

    def _recolored(self, _: object) -> None:
        self._picked(tuple(picker.value for picker in self._pickers[: len(self.shown)]))

    def _resized(self, colors: tuple[str, ...]) -> None:
        self._picked(colors)
        self.show(self.shown)

    def _picked(self, colors: tuple[str, ...]) -> None:
        if colors != self.shown and colors:
            self._on_move(self, colors)


def knobs_for(
    parameter: Parameter, parts: Parts, given: Mapping[str, Any], on_move: Callable[[Knob, Any], None]
) -> list[Knob]:
    """What a parameter is turned with. A number has a field beside its slider, which takes its whole hard range.

    Parameters
    ----------
    given
        ``value``, ``tooltip`` and ``disabled``, as the widgets show them from the start.
    """
    value = given["value"]

    def knob(kind: type[Any], knob_kind: type[Knob] = Knob, **traits: Any) -> Knob:
        return knob_kind(parameter, parts.make(kind, **given, **traits), value, on_move)

    label = parameter.label
    match parameter.kind:
        case "bool":
            return [knob(ipywidgets.Checkbox, description=label, indent=False)]
        case "choice":
            options = [(str(choice), choice) for choice in parameter.choices]
            return [knob(ipywidgets.Dropdown, options=options, description=label)]
        case "color":
            return [knob(ipywidgets.ColorPicker, description=label)]
        case "palette":
            return [PaletteKnob(parameter, parts, given, on_move)]
    whole = parameter.kind == "int"
    number = ipywidgets.IntText if whole else ipywidgets.FloatText
    step = parameter.step or (1 if whole else None)
    if parameter.soft is None:
        return [knob(number, step=step, description=label)]
    least, most = parameter.soft
    slider = knob(
        ipywidgets.IntSlider if whole else ipywidgets.FloatSlider,
        SliderKnob,
        description=label,
        min=min(least, value),
        max=max(most, value),
        step=step,
        readout=False,
        continuous_update=True,
    )
    return [slider, knob(number, step=step)]
