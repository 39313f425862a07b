"""One parameter as the rest of the package sees it: what it accepts, and the sentence that refuses the rest."""

from __future__ import annotations

import difflib
import math
import numbers
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, TypeAlias, TypeGuard

import numpy as np

from vec2art_nb.params.colors import as_color, as_palette

Kind: TypeAlias = Literal["bool", "int", "float", "choice", "color", "palette"]

# JSON numbers travel through JavaScript, and kernels take int64: beyond this a whole number would change on its way.
_LARGEST_WHOLE_NUMBER = 2**53 - 1

_LONGEST_SHOWN = 60


@dataclass(frozen=True)
class Parameter:
    """One thing that can be turned, as its backend declared it.

    Attributes
    ----------
    name, label, help, group : str
        The Python name, what a control is called, what it does, and the heading it stands under.
    kind : "bool", "int", "float", "choice", "color" or "palette"
    default
        The default, already in its normal form.
    ge, gt, le, lt
        The hard range: nothing outside is accepted.
    soft : tuple
        What a slider spans; None for what has no slider.
    step
        The step of that slider.
    preview
        The most that a preview uses; None for no limit.
    unit : str or None
    choices : tuple
        The values of a choice, else empty.
    needs : mapping of name to tuple of values
        Other parameters, and the values they must have for this one to have an effect.
    """

    name: str
    kind: Kind
    default: Any
    help: str
    group: str
    label: str
    ge: float | None = None
    gt: float | None = None
    le: float | None = None
    lt: float | None = None
    soft: tuple[float, float] | None = None
    step: float | None = None
    preview: float | None = None
    unit: str | None = None
    choices: tuple[Any, ...] = ()
    needs: Mapping[str, tuple[Any, ...]] = field(default_factory=lambda: MappingProxyType({}), hash=False)

    @property
    def is_number(self) -> bool:
        """Whether this is a number, so has a range and a slider."""
        return self.kind in ("int", "float")

    def normalized(self, value: object) -> Any:
        """Bring ``value`` to this parameter's normal form: plain Python, no -0.0, colours as "#rrggbb".

        Raises
        ------
        ValueError
            When ``value`` is of another kind. The range is not looked at.
        """
        if isinstance(value, (np.generic, np.ndarray)) and value.ndim == 0:
            value = value.item()
        if self.kind == "choice":
            return self._choice(value)
        return _NORMAL_FORMS[self.kind](value)

    def accepts(self, value: object) -> bool:
        """Whether ``value`` is of the right kind and in the hard range."""
        try:
            return self.in_range(self.normalized(value))
        except ValueError:
            return False

    def in_range(self, value: Any) -> bool:
        """Whether a value in normal form lies in the hard range."""
        if not self.is_number:
            return True
        return (
            math.isfinite(value)
            and (self.ge is None or value >= self.ge)
            and (self.gt is None or value > self.gt)
            and (self.le is None or value <= self.le)
            and (self.lt is None or value < self.lt)
        )

    def nearest(self, value: float) -> float:
        """The value of this number that is nearest: whole where it must be, and within the inclusive hard range."""
        number = round(value) if self.kind == "int" else value
        if self.ge is not None and number < self.ge:
            return self.ge
        if self.le is not None and number > self.le:
            return self.le
        return number

    def place(self, value: float) -> float:
        """Where a number lies on its slider, 0 to 1 between the ends; by ratios where these are far apart."""
        low, high = self.soft or (0.0, 1.0)
        if low > 0 and high > 10 * low:
            return math.log(value / low) / math.log(high / low) if value > 0 else 0.0
        return (value - low) / (high - low)

    def range_text(self) -> str:
        """The hard range in words: "between 0 and 20 px"; empty when there is none."""
        lower = self._bound("at least", self.ge) or self._bound("above", self.gt)
        upper = self._bound("at most", self.le) or self._bound("below", self.lt)
        if self.ge is not None and self.le is not None:
            words = f"between {number_text(self.ge)} and {number_text(self.le)}"
        else:
            words = " and ".join(part for part in (lower, upper) if part)
        return f"{words} {self.unit}" if words and self.unit else words

    def needs_text(self, values: Mapping[str, Any] | None = None) -> str:
        """What this parameter needs, "needs denoise = bilateral"; of that, with ``values``, only what they lack."""
        wants = [
            f"{name} = {' or '.join(map(str, allowed))}"
            for name, allowed in self.needs.items()
            if values is None or values[name] not in allowed
        ]
        return "needs " + " and ".join(wants) if wants else ""

    def refusal(self, value: object, *, called: str | None = None, problem: str | None = None) -> str:
        """The sentence that says why ``value`` cannot be had, what can, and the way out.

        Parameters
        ----------
        value
            What was given.
        called : str, optional
            What the person typed for this parameter, such as ``--blur-sigma``; its name when left out.
        problem : str, optional
            What a backend's own validator said, in place of the kind and range.
        """
        says = problem or f"must be {self._expectation(value)}"
        return f"{called or self.name} {says}, got {shown(value)}; leave it out for the default {self.default!r}"

    def _bound(self, words: str, bound: float | None) -> str:
        return "" if bound is None else f"{words} {number_text(bound)}"

    def _choice(self, value: object) -> Any:
        # True == 1 in Python, but it is not what a choice between numbers means.
        for choice in self.choices:
            if isinstance(value, type(choice)) and not isinstance(value, bool) and value == choice:
                return choice
        raise ValueError("not one of the choices")

    def _expectation(self, value: object) -> str:
        match self.kind:
            case "bool":
                return "True or False"
            case "choice":
                return "one of " + ", ".join(repr(choice) for choice in self.choices)
            case "color":
                return f"a colour ({_COLOR_SPELLINGS})"
            case "palette":
                return f"a sequence of at least one colour (each {_COLOR_SPELLINGS})"
        return " ".join(part for part in (self._noun(value), self.range_text()) if part)

    def _noun(self, value: object) -> str:
        """What a number must be besides in its range; empty where saying so would only distract."""
        if self.kind == "int":
            if not _is_real(value):
                return "a whole number"
            if _is_too_large(value):
                return "a whole number below 2**53 in size"
            return "" if value == math.floor(value) and self.range_text() else "a whole number"
        if not _is_real(value):
            return "a number"
        bounded = (self.ge is not None or self.gt is not None) and (self.le is not None or self.lt is not None)
        return "" if bounded or (self.range_text() and _is_finite(value)) else "a finite number"


_COLOR_SPELLINGS = "'#rgb', '#rrggbb', a CSS name, or three whole numbers from 0 to 255"


def _as_bool(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("not a truth value")
    return value


def _as_int(value: object) -> int:
    if not _is_real(value):
        raise ValueError("not a number")
    # JavaScript has no whole numbers, so 3.0 is one too.
    if _is_too_large(value) or value != math.floor(value):
        raise ValueError("not a whole number")
    return int(value)


def _is_real(value: object) -> TypeGuard[float]:
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def _is_finite(value: float) -> bool:
    """Whether a float can hold it: whole numbers can be larger."""
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _is_too_large(value: float) -> bool:
    """Whether a whole number would not survive its way, nan and infinities among them."""
    return not abs(value) <= _LARGEST_WHOLE_NUMBER


def _as_float(value: object) -> float:
    if not _is_real(value):
        raise ValueError("not a number")
    try:
        # Adding 0.0 turns -0.0 into 0.0, so that equal values have equal keys and equal text.
        return float(value) + 0.0
    except OverflowError:
        raise ValueError("too large") from None


_NORMAL_FORMS = {
    "bool": _as_bool,
    "int": _as_int,
    "float": _as_float,
    "color": as_color,
    "palette": as_palette,
}


def suggestion(name: str, known: Iterable[str]) -> str:
    """The nearest of the known names as a question, or all of them when none is near."""
    known = list(known)
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"there are: {', '.join(known)}" if known else "there are none"


def number_text(number: float) -> str:
    """A bound as people write it: 20, not 20.0."""
    return repr(int(number)) if number == int(number) else repr(number)


def shown(value: object) -> str:
    """``repr(value)`` for one line of a message, cut short, whatever it is."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    try:
        text = " ".join(repr(value).split())
    except Exception:  # a broken __repr__ of somebody else's object must not hide what was wrong
        return f"a value of type {type(value).__name__}"
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"
