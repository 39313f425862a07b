"""Where a backend declares its parameters, each once."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Self, TypeAlias

import cachetools
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic.fields import FieldInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from vec2art_nb.errors import ParameterError, UnknownParameterError
from vec2art_nb.params.checks import Declaration, checked_parameters
from vec2art_nb.params.parameter import Parameter, suggestion
from vec2art_nb.params.validation import cache, validated

# Units that are measured in pixels of the picture.
_POWERS = {"px": 1, "px²": 2}

_inactive_lock = threading.Lock()

# Combinations of switches of one class for which it is remembered what has no effect.
_COMBINATIONS = 256

# A parameter's name, and the values that it must have.
Condition: TypeAlias = tuple[str, tuple[Any, ...]]


def param(
    default: Any,
    help: str,  # the word people look for
    *,
    group: str,
    ge: float | None = None,
    gt: float | None = None,
    le: float | None = None,
    lt: float | None = None,
    soft: tuple[float, float] | None = None,
    step: float | None = None,
    unit: str | None = None,
    label: str | None = None,
    preview: float | None = None,
    needs: Mapping[str, Any] | None = None,
) -> Any:
    """Declare one parameter of a backend, on the one line where a person would look for it.

    Parameters
    ----------
    default
        Its value when nobody says otherwise.
    help : str
        One sentence on what it does.
    group : str
        The heading it stands under in the controls, the command line's help and the docs.
    ge, gt, le, lt : float, optional
        The hard range of a number: at least, above, at most, below. Outside it a value is refused.
    soft : (float, float), optional
        What the slider spans. May be left out when ``ge`` and ``le`` are both given.
    step : float, optional
        The slider's step; about a hundredth of the soft range when left out, 1 for whole numbers.
    unit : str, optional
        The unit of a number, such as ``"px"``.
    label : str, optional
        What the control is called; the name without underscores and unit when left out.
    preview : float, optional
        The most that a preview uses: of rounds that refine, while the hand moves the first few are enough.
    needs : mapping, optional
        Other parameters' names, each with the value or the tuple of values that it must have for this one to have
        an effect.

    Examples
    --------
    >>> class EdgeParams(Params):
    ...     blur_sigma: float = param(1.2, "Blur before edges are looked for.", group="Edges", ge=0, le=20, unit="px")
    """
    # pydantic is not told the range: our own check of it can refuse a range that makes no sense with a better message.
    info = Field(default=default, description=help)
    declaration = Declaration(group, ge, gt, le, lt, soft, step, unit, label, preview, {} if needs is None else needs)
    info.metadata.append(declaration)
    return info


class Params(BaseModel):
    """Base of a backend's parameters: frozen, checked, and all that is known of each from its one declaration.

    Every value is brought to a normal form (plain Python numbers, no -0.0, colours as ``"#rrggbb"``), so equal
    parameters are equal, hash alike and print alike. What cannot be had raises `ParameterError`, and a name that
    does not exist `UnknownParameterError`.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        validate_default=True,
        # Lets a wrong annotation reach our own check, whose message says what to mend.
        arbitrary_types_allowed=True,
        protected_namespaces=(),
    )

    __declared__: ClassVar[Mapping[str, Parameter]] = MappingProxyType({})

    # For each parameter with needs: all that must hold for it to have an effect, needs of needs among it.
    __conditions__: ClassVar[Mapping[str, tuple[Condition, ...]]] = MappingProxyType({})

    # By which power of the scale a parameter grows with its picture.
    __powers__: ClassVar[Mapping[str, int]] = MappingProxyType({})

    __defaults__: ClassVar[Mapping[str, Any]] = MappingProxyType({})

    # Whether a backend's own validator looks at values before they have their normal form: nothing is cached then.
    __sees_given_values__: ClassVar[bool] = False

    # The parameters that others need, and what has no effect for combinations of their values.
    __switches__: ClassVar[tuple[str, ...]] = ()
    __inactive__: ClassVar[cachetools.LRUCache[tuple[Any, ...], frozenset[str]]]

    def __init__(self, /, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise self._parameter_error(error) from None

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        cls.__declared__ = checked_parameters(cls.__name__, _in_order(cls), taken=dir(Params))
        cls.__conditions__ = _conditions(cls.__declared__)
        cls.__powers__ = MappingProxyType(
            {name: _POWERS[parameter.unit] for name, parameter in cls.__declared__.items() if parameter.unit in _POWERS}
        )
        # In the order in which instances have their values.
        cls.__defaults__ = MappingProxyType({name: cls.__declared__[name].default for name in cls.model_fields})
        cls.__sees_given_values__ = _sees_given_values(cls)
        cls.__switches__ = tuple({name: None for needs in cls.__conditions__.values() for name, _ in needs})
        cls.__inactive__ = cachetools.LRUCache(_COMBINATIONS)

    @classmethod
    def parameters(cls) -> Mapping[str, Parameter]:
        """The parameters by name: the class's own in the order of their declaration, then those of its bases."""
        return cls.__declared__

    def active(self, name: str) -> str | None:
        """None when ``name`` has an effect now, else what it needs: "needs denoise = bilateral"."""
        parameter = find_parameter(type(self), name)
        missing = parameter.needs_text(self.__dict__)
        if missing:
            return missing
        return next((reason for other in parameter.needs if (reason := self.active(other))), None)

    def inactive(self) -> frozenset[str]:
        """The parameters that have no effect now: those for which `active` gives a reason."""
        values = self.__dict__
        if not cache.enabled:
            return self._inactive()
        switches = tuple([values[name] for name in self.__switches__])
        with _inactive_lock:
            known = self.__inactive__.get(switches)
        if known is None:
            known = self._inactive()
            with _inactive_lock:
                self.__inactive__[switches] = known
        return known

    def _inactive(self) -> frozenset[str]:
        values = self.__dict__
        return frozenset(
            name
            for name, conditions in self.__conditions__.items()
            if any(values[other] not in allowed for other, allowed in conditions)
        )

    def at_scale(self, scale: float) -> Mapping[str, Any]:
        """The values for a copy of the picture that is ``scale`` times as large.

        Lengths and areas in pixels change with it, as far as their hard range goes; what has a limit for previews
        keeps to it; the others stay.
        """
        values = self.__dict__
        if scale == 1:
            return values
        lengths = {
            name: self.__declared__[name].nearest(values[name] * scale**power)
            for name, power in self.__powers__.items()
        }
        limited = {
            name: min(values[name], parameter.preview)
            for name, parameter in self.__declared__.items()
            if parameter.preview is not None
        }
        return values | lengths | limited

    def replaced(self, /, **changes: Any) -> Self:
        """The same parameters with some changed, all checked.

        Raises
        ------
        UnknownParameterError
            For a name that is no parameter.
        ParameterError
            For a value that cannot be had; the message has a line for each.
        """
        return validated(type(self), self.__dict__, changes)

    @classmethod
    def defaults(cls) -> Self:
        """The parameters when nobody says otherwise."""
        return validated(cls, cls.__defaults__, {})

    def to_dict(self) -> dict[str, Any]:
        """The values by name, as JSON has them."""
        values = {name: self.__dict__[name] for name in self.__declared__}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}

    @field_validator("*", mode="before", check_fields=False)
    @classmethod
    def _normal_form(cls, value: object, info: ValidationInfo) -> Any:
        parameter = cls.__declared__[str(info.field_name)]
        try:
            normal = parameter.normalized(value)
        except ValueError:
            raise PydanticCustomError("kind", "another kind of value") from None
        if not parameter.in_range(normal):
            raise PydanticCustomError("range", "outside the hard range")
        return normal

    @classmethod
    def _parameter_error(cls, error: ValidationError) -> ParameterError:
        unknown: list[str] = []
        sentences: list[str] = []
        for problem in error.errors(include_url=False):
            name = str(problem["loc"][0]) if problem["loc"] else ""
            if problem["type"] == "extra_forbidden":
                unknown.append(unknown_parameter_text(cls, name))
            elif name:
                own = str(problem["ctx"]["error"]) if problem["type"] in ("value_error", "assertion_error") else None
                sentences.append(cls.__declared__[name].refusal(problem["input"], problem=own))
            else:  # a backend's own check of several parameters at once
                sentences.append(problem["msg"].removeprefix("Value error, "))
        kind = UnknownParameterError if unknown else ParameterError
        return kind("\n".join(unknown + sentences))

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        described = handler(schema)
        properties = handler.resolve_ref_schema(described).get("properties", {})
        for name, parameter in cls.__declared__.items():
            properties[name].update(_schema_extras(parameter))
        return described


def _sees_given_values(cls: type[Params]) -> bool:
    own = cls.__pydantic_decorators__
    modes = [one.info.mode for name, one in own.field_validators.items() if name != "_normal_form"]
    modes += [one.info.mode for one in own.model_validators.values()]
    return any(mode != "after" for mode in modes)


def _in_order(cls: type[Params]) -> dict[str, FieldInfo]:
    """A backend's own parameters first, then those of its bases from left to right (pydantic has it the other way)."""
    names = [name for base in cls.__mro__ for name in inspect.get_annotations(base)]
    return {name: cls.model_fields[name] for name in dict.fromkeys(names) if name in cls.model_fields}


def _conditions(declared: Mapping[str, Parameter]) -> Mapping[str, tuple[Condition, ...]]:
    def every(parameter: Parameter) -> Iterator[Condition]:
        for name, allowed in parameter.needs.items():
            yield name, allowed
            yield from every(declared[name])

    return MappingProxyType({name: tuple(every(parameter)) for name, parameter in declared.items() if parameter.needs})


def find_parameter(params: type[Params], name: str) -> Parameter:
    """The parameter called ``name``, or an `UnknownParameterError` that suggests the nearest."""
    try:
        return params.parameters()[name]
    except KeyError:
        raise UnknownParameterError(unknown_parameter_text(params, name)) from None


def unknown_parameter_text(params: type[Params], name: str) -> str:
    """The sentence for a name that is no parameter."""
    return f"there is no parameter {name!r}; {suggestion(name, params.parameters())}"


def _schema_extras(parameter: Parameter) -> dict[str, Any]:
    """What a JSON schema of a control needs beyond the standard's own words."""
    extras: dict[str, Any] = {
        "title": parameter.label,
        "default": list(parameter.default) if isinstance(parameter.default, tuple) else parameter.default,
        "group": parameter.group,
        "soft": None if parameter.soft is None else list(parameter.soft),
        "step": parameter.step,
        "unit": parameter.unit,
        "needs": {name: list(allowed) for name, allowed in parameter.needs.items()} or None,
        "format": "color" if parameter.kind == "color" else None,
        "minItems": 1 if parameter.kind == "palette" else None,
        "minimum": parameter.ge,
        "exclusiveMinimum": parameter.gt,
        "maximum": parameter.le,
        "exclusiveMaximum": parameter.lt,
    }
    return {key: value for key, value in extras.items() if value is not None}
