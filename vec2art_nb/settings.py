"""What is switched on, and how much memory may be used: the whole process's, from the environment to begin with.

Rooms read `current` when it matters to them; `vec2art_nb.options` changes it.
"""

from __future__ import annotations

import math
import os
import re
from dataclasses import dataclass, field, fields

from vec2art_nb import machine
from vec2art_nb.errors import OptionError

_PREFIX = "VEC2ART_NB_"
_TRUE, _FALSE = ("1", "on", "true", "yes"), ("0", "off", "false", "no")
_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}


@dataclass(frozen=True)
class Settings:
    """Every mechanism that can be switched off, and what is bounded.

    Attributes
    ----------
    stage_cache : bool
        Keep the results of stages for later edits. Off, each drawing is made from the beginning.
    validation_cache : bool
        Keep validated parameters.
    buffers : bool
        Keep the memory of large arrays for the next ones.
    threads : int
        The most that parallel kernels use; 0 for as many as the machine allows.
    disk : bool
        Keep results on disk, for later kernels.
    prerender : bool
        Draw ahead, while nothing else is to be done, what the hand will likely ask for.
    adaptive : bool
        Show previews of smaller copies while the hand moves, where the exact drawing takes too long for a frame.
    memory : int
        Bytes that results and idle buffers may hold together, also given as a text like "256 MB"; by default three
        sixteenths of the memory that the container, else the machine, has.
    """

    stage_cache: bool = True
    validation_cache: bool = True
    buffers: bool = True
    threads: int = 0
    disk: bool = False
    prerender: bool = True
    adaptive: bool = True
    memory: int = field(default_factory=lambda: machine.memory_bytes() * 3 // 16)

    def __post_init__(self) -> None:
        for each in fields(self):
            object.__setattr__(self, each.name, _normalized(each.name, getattr(self, each.name)))


def _normalized(name: str, value: object) -> object:
    """A value of an option in its plain form.

    Raises
    ------
    OptionError
    """
    if name == "memory":
        return _bytes(value)
    if name == "threads":
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise OptionError(f"threads must be a whole number, 0 for as many as the machine allows, not {value!r}")
        return value
    if not isinstance(value, bool):
        raise OptionError(f"{name} must be True or False, not {value!r}")
    return value


def _bytes(value: object) -> int:
    if isinstance(value, str):
        match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMG]?i?B?)\s*", value, re.IGNORECASE)
        if match and match[2].upper() in _UNITS:
            return int(float(match[1]) * _UNITS[match[2].upper()])
    elif not isinstance(value, bool) and isinstance(value, (int, float)) and 0 <= value < math.inf:
        return int(value)
    raise OptionError(f'memory must be a number of bytes or a text like "256 MB", not {value!r}')


def from_environment() -> Settings:
    """The settings that the environment asks for: ``VEC2ART_NB_STAGE_CACHE=off``, ``VEC2ART_NB_MEMORY="256 MB"``.

    Raises
    ------
    OptionError
    """
    given: dict[str, object] = {}
    for each in fields(Settings):
        variable = _PREFIX + each.name.upper()
        text = os.environ.get(variable, "").strip()
        if not text:
            continue
        try:
            given[each.name] = _read(each.name, text)
        except OptionError as error:
            raise OptionError(f"the environment variable {variable}: {error}") from None
    return Settings(**given)  # type: ignore[arg-type]  # each was read as what it is


def _read(name: str, text: str) -> object:
    if name == "memory":
        return _bytes(text)
    if name == "threads":
        return int(text) if text.isdecimal() else _normalized(name, text)
    if text.lower() in _TRUE + _FALSE:
        return text.lower() in _TRUE
    return _normalized(name, text)


current = from_environment()
