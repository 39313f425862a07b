"""The widget for one parameter, made from its declaration."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import ipywidgets

if TYPE_CHECKING:
    from vec2art_nb.params import Parameter

_NEW_COLOR = "#808080"


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
    on_move
        Called with this knob and the value that came from the browser.
    """

    def __init__(self, parameter: Parameter, widget: Any, on_move: Callable[[Knob, Any], None]) -> None:
        self.parameter = parameter
        self.widget = widget
        self.shown: Any = None
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
        if self.shown is not None and slider.step:
            nearest = slider.min + round((self.shown - slider.min) / slider.step) * slider.step
            if abs(change.new - nearest) < 1e-6 * slider.step and abs(self.shown - nearest) > 1e-6 * slider.step:
                return
        super()._moved(change)


class PaletteKnob(Knob):
    """A row of colours with one button to add and one to take away."""

    def __init__(self, parameter: Parameter, on_move: Callable[[Knob, Any], None]) -> None:
        self._row = ipywidgets.HBox()
        self._row.add_class("v2a-palette")
        self._more = ipywidgets.Button(icon="plus", tooltip="Add a colour")
        self._fewer = ipywidgets.Button(icon="minus", tooltip="Take the last colour away")
        self._more.on_click(lambda _: self._resized((*self.shown, _NEW_COLOR)))
        self._fewer.on_click(lambda _: self._resized(self.shown[:-1]))
        self._label = ipywidgets.Label(parameter.label)
        self._pickers: list[Any] = []
        self._disabled = False
        self.parameter = parameter
        self.widget = ipywidgets.HBox([self._label, self._row])
        self.shown = ()
        self._on_move = on_move

    def show(self, value: Any) -> None:
        """Show these colours."""
        self.shown = value
        while len(self._pickers) < len(value):
            picker = ipywidgets.ColorPicker(concise=True, value=_NEW_COLOR)
            picker.observe(self._recolored, "value")
            self._pickers.append(picker)
        for picker, color in zip(self._pickers, value, strict=False):
            picker.value = color
        self._row.children = (*self._pickers[: len(value)], self._more, self._fewer)
        self.show_as_disabled(self._disabled, self._label.tooltip or "")

    def show_as_disabled(self, disabled: bool, tooltip: str) -> None:
        """Grey out every part, or none."""
        self._disabled = disabled
        self._label.tooltip = tooltip
        for part in (*self._pickers, self._more):
            part.disabled = disabled
        self._fewer.disabled = disabled or len(self.shown) < 2

    def _recolored(self, _: object) -> None:
        self._picked(tuple(picker.value for picker in self._pickers[: len(self.shown)]))

    def _resized(self, colors: tuple[str, ...]) -> None:
        self._picked(colors)
        self.show(self.shown)

    def _picked(self, colors: tuple[str, ...]) -> None:
        if colors != self.shown and colors:
            self._on_move(self, colors)


def knobs_for(parameter: Parameter, on_move: Callable[[Knob, Any], None]) -> list[Knob]:
    """What a parameter is turned with. A number has a field beside its slider, which takes its whole hard range."""
    label = parameter.label
    match parameter.kind:
        case "bool":
            return [Knob(parameter, ipywidgets.Checkbox(description=label, indent=False), on_move)]
        case "choice":
            options = [(str(choice), choice) for choice in parameter.choices]
            return [Knob(parameter, ipywidgets.Dropdown(options=options, description=label), on_move)]
        case "color":
            return [Knob(parameter, ipywidgets.ColorPicker(description=label), on_move)]
        case "palette":
            return [PaletteKnob(parameter, on_move)]
    whole = parameter.kind == "int"
    number = (ipywidgets.IntText if whole else ipywidgets.FloatText)(step=parameter.step or (1 if whole else None))
    if parameter.soft is None:
        number.description = label
        return [Knob(parameter, number, on_move)]
    least, most = parameter.soft
    kind = ipywidgets.IntSlider if whole else ipywidgets.FloatSlider
    slider = kind(description=label, min=least, max=most, step=parameter.step, readout=False, continuous_update=True)
    return [SliderKnob(parameter, slider, on_move), Knob(parameter, number, on_move)]
