"""The checks of a declaration, made once, when its class is made: each refusal says what to mend."""

from __future__ import annotations

import inspect
import keyword
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from vec2art_nb.errors import DeclarationError
from vec2art_nb.params.colors import COLOR_MARK, Palette
from vec2art_nb.params.parameter import Kind, Parameter, number_text, shown, suggestion

_SWITCHES_AND_CHOICES = ("bool", "choice", "int")

RESERVED_NAMES = frozenset(
    {
        # what ParamModel offers under the same dot, and the arguments of its set()
        *("backend", "values", "state", "set", "preset", "reset", "undo", "redo", "can_undo", "can_redo", "history"),
        *("apply", "observe", "on_observer_error", "to_json", "from_json", "gesture"),
        *("frequency", "settle_s", "is_settling"),
        # arguments of vectorize() and Session(), and options of the command line
        *("self", "cls", "image", "recipe", "help", "version", "output", "out_dir", "format", "source"),
    }
)
"""Names that no parameter can have, because something beside it is already called that."""


@dataclass(frozen=True)
class Declaration:
    """What ``param()`` was given, until the class is made and the name and annotation are known too."""

    group: str
    ge: float | None
    gt: float | None
    le: float | None
    lt: float | None
    soft: tuple[float, float] | None
    step: float | None
    unit: str | None
    label: str | None
    preview: float | None
    needs: Mapping[str, Any]


def checked_parameters(owner: str, fields: Mapping[str, FieldInfo], taken: Iterable[str]) -> Mapping[str, Parameter]:
    """The parameters that a class declares, in order, once nothing is wrong with any of them.

    Parameters
    ----------
    owner : str
        The class's name, for messages.
    fields : mapping of name to FieldInfo
        Its fields, made by ``param()``.
    taken : iterable of str
        Names that the base class uses itself.

    Raises
    ------
    DeclarationError
        With the sentence that says what to mend.
    """
    taken = RESERVED_NAMES.union(taken)
    declarations = {name: _declaration(f"{owner}.{name}", info) for name, info in fields.items()}
    declared: dict[str, Parameter] = {}
    for name, info in fields.items():
        _check_name(f"{owner}.{name}", name, taken)
        declared[name] = _parameter(f"{owner}.{name}", name, info, declarations[name])
    for name, parameter in declared.items():
        declared[name] = _with_needs(f"{owner}.{name}", parameter, declarations[name], declared)
    _refuse_circles(owner, declared)
    return MappingProxyType(declared)


def _declaration(where: str, info: FieldInfo) -> Declaration:
    for item in info.metadata:
        if isinstance(item, Declaration):
            return item
    raise DeclarationError(f'{where}: declare it with param(default, "what it does.", group="…")')


def _parameter(where: str, name: str, info: FieldInfo, declaration: Declaration) -> Parameter:
    for what, text in (("help", info.description), ("group", declaration.group)):
        if not isinstance(text, str) or not text.strip():
            raise DeclarationError(f"{where}: give it a {what}, a text that is not empty")
    if info.is_required():
        raise DeclarationError(f"{where}: give it a default; a drawing is made without asking anything")
    kind, choices = _kind(where, info)
    _check_bounds(where, kind, declaration)
    bare = Parameter(
        name=name,
        kind=kind,
        default=None,
        help=inspect.cleandoc(info.description or ""),
        group=declaration.group,
        label=declaration.label or _label(name, declaration.unit),
        ge=declaration.ge,
        gt=declaration.gt,
        le=declaration.le,
        lt=declaration.lt,
        unit=declaration.unit,
        choices=choices,
    )
    default = _checked_default(where, bare, info.default)
    soft = _checked_soft(where, bare, declaration.soft, default)
    step = _checked_step(where, bare, declaration.step, soft)
    preview = _checked_preview(where, bare, declaration.preview)
    return _remade(bare, default=default, soft=soft, step=step, preview=preview)


def _remade(parameter: Parameter, **changes: Any) -> Parameter:
    return replace(parameter, **changes)


def _check_name(where: str, name: str, taken: frozenset[str]) -> None:
    if name in taken or keyword.iskeyword(name):
        raise DeclarationError(f"{where}: {name!r} already means something else there; call the parameter otherwise")
    if name.startswith("no_"):
        raise DeclarationError(f"{where}: name the switch by what is so when it is on; --no-… is made for it")


def _kind(where: str, info: FieldInfo) -> tuple[Kind, tuple[Any, ...]]:
    annotation = info.annotation
    if annotation is bool:
        return "bool", ()
    if annotation is int:
        return "int", ()
    if annotation is float:
        return "float", ()
    if annotation is str and COLOR_MARK in info.metadata:
        return "color", ()
    if annotation == Palette:
        return "palette", ()
    if get_origin(annotation) is Literal:
        choices = get_args(annotation)
        if all(type(choice) is str for choice in choices) or all(type(choice) is int for choice in choices):
            return "choice", choices
        raise DeclarationError(f"{where}: the values of its Literal must be all strings or all whole numbers")
    written = getattr(annotation, "__name__", None) if isinstance(annotation, type) else None
    raise DeclarationError(
        f"{where}: {written or annotation} is no kind of parameter; annotate it with bool, int, float, a Literal, "
        "Color or Palette (and have that name imported where the class is made)"
    )


def _check_bounds(where: str, kind: Kind, declaration: Declaration) -> None:
    bounds = {name: getattr(declaration, name) for name in ("ge", "gt", "le", "lt")}
    given = {name: bound for name, bound in bounds.items() if bound is not None}
    if kind not in ("int", "float"):
        extra = [
            *given,
            *(name for name in ("soft", "step", "unit", "preview") if getattr(declaration, name) is not None),
        ]
        if extra:
            raise DeclarationError(f"{where}: only numbers have {', '.join(extra)}; leave that out")
        return
    for name, bound in given.items():
        if isinstance(bound, bool) or not isinstance(bound, (int, float)) or not math.isfinite(bound):
            raise DeclarationError(f"{where}: {name} must be a finite number, got {shown(bound)}")
        if kind == "int" and bound != int(bound):
            raise DeclarationError(f"{where}: {name} of a whole number must be whole, got {bound!r}")
    for inclusive, exclusive in (("ge", "gt"), ("le", "lt")):
        if inclusive in given and exclusive in given:
            raise DeclarationError(f"{where}: {inclusive} and {exclusive} say the same thing; keep one")
    lower = given.get("ge", given.get("gt"))
    upper = given.get("le", given.get("lt"))
    if lower is not None and upper is not None and not lower < upper:
        raise DeclarationError(f"{where}: its range is empty: {number_text(lower)} is not below {number_text(upper)}")


def _checked_default(where: str, parameter: Parameter, default: object) -> Any:
    try:
        normal = parameter.normalized(default)
    except ValueError as error:
        raise DeclarationError(f"{where}: the default {shown(default)} is of another kind: {error}") from None
    if not parameter.in_range(normal):
        raise DeclarationError(f"{where}: the default {shown(default)} must be {parameter.range_text() or 'finite'}")
    return normal


def _checked_soft(
    where: str, parameter: Parameter, soft: tuple[float, float] | None, default: Any
) -> tuple[float, float] | None:
    if not parameter.is_number:
        return None
    if soft is None:
        if parameter.ge is None or parameter.le is None:
            raise DeclarationError(f"{where}: give it soft=(low, high), or both ge and le: a slider needs two ends")
        soft = (parameter.ge, parameter.le)
    try:
        low, high = (parameter.normalized(end) for end in soft)
    except (ValueError, TypeError):
        raise DeclarationError(f"{where}: soft must be two numbers (low, high), got {shown(soft)}") from None
    if not low < high:
        raise DeclarationError(f"{where}: soft={soft} is empty; write the lower end first")
    if not (parameter.in_range(low) and parameter.in_range(high)):
        raise DeclarationError(
            f"{where}: soft={soft} reaches outside the hard range, {parameter.range_text() or 'finite'}"
        )
    if not low <= default <= high:
        raise DeclarationError(f"{where}: the default {default!r} lies outside soft={soft}, where no slider shows it")
    return low, high


def _checked_step(
    where: str, parameter: Parameter, step: float | None, soft: tuple[float, float] | None
) -> float | None:
    if soft is None:
        return None
    span = soft[1] - soft[0]
    if step is None:
        return 1 if parameter.kind == "int" else _round_step(span / 100)
    try:
        step = parameter.normalized(step)
    except ValueError as error:
        raise DeclarationError(f"{where}: step {shown(step)} is of another kind: {error}") from None
    if not 0 < step <= span:
        raise DeclarationError(f"{where}: step {step!r} must be above 0 and within the slider's length {span!r}")
    return step


def _checked_preview(where: str, parameter: Parameter, preview: float | None) -> float | None:
    if preview is None:
        return None
    if not (parameter.is_number and parameter.unit not in ("px", "px²") and parameter.accepts(preview)):
        raise DeclarationError(
            f"{where}: preview={shown(preview)} must be a number in its hard range, and of no length, which has a scale"
        )
    limit: float = parameter.normalized(preview)
    return limit


def _round_step(wanted: float) -> float:
    """The largest of …, 0.1, 0.2, 0.5, 1, 2, 5, … that is not above ``wanted``."""
    exponent = math.floor(math.log10(wanted))
    # The literal is read back from text, because 10**-2 * 5 is not the double that is nearest to 0.05.
    steps = [float(f"{digit}e{exponent}") for digit in (5, 2, 1)]
    return next((step for step in steps if step <= wanted), steps[-1])


def _with_needs(
    where: str, parameter: Parameter, declaration: Declaration, declared: Mapping[str, Parameter]
) -> Parameter:
    if not isinstance(declaration.needs, Mapping):
        raise DeclarationError(f'{where}: needs must be a mapping such as {{"smooth": True}}')
    needs: dict[str, tuple[Any, ...]] = {}
    for name, wanted in declaration.needs.items():
        other = declared.get(name)
        if other is None:
            raise DeclarationError(f"{where}: it needs {name!r}, and {suggestion(str(name), declared)}")
        if other.kind not in _SWITCHES_AND_CHOICES:
            raise DeclarationError(
                f"{where}: it needs {name}, a {other.kind}; a bool, a choice or an int can be needed"
            )
        allowed = wanted if isinstance(wanted, tuple) else (wanted,)
        for value in allowed:
            if not other.accepts(value):
                raise DeclarationError(f"{where}: it needs {name} = {shown(value)}, which {name} can never be")
        if not allowed:
            raise DeclarationError(f"{where}: it needs {name}, but no value of it is named")
        needs[name] = tuple(other.normalized(value) for value in allowed)
    return _remade(parameter, needs=MappingProxyType(needs))


def _refuse_circles(owner: str, declared: Mapping[str, Parameter]) -> None:
    for first in declared:
        reached, frontier = set[str](), [first]
        while frontier:
            for name in declared[frontier.pop()].needs:
                if name == first:
                    raise DeclarationError(f"{owner}.{first}: it needs itself in the end; break the circle of needs")
                if name not in reached:
                    reached.add(name)
                    frontier.append(name)


def _label(name: str, unit: str | None) -> str:
    spelled = (unit or "").replace("²", "2")
    return name.removesuffix(f"_{spelled}").removesuffix("_deg").replace("_", " ")
