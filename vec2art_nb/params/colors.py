"""Colours and palettes as parameters: many spellings in, "#rrggbb" out."""

from __future__ import annotations

import operator
import re
from collections.abc import Iterable
from typing import Annotated, Any, TypeAlias

_HEXADECIMAL = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})")


class _ColorMark:
    """Tells a colour from an ordinary string in an annotation."""

    def __repr__(self) -> str:
        return "Color"


COLOR_MARK = _ColorMark()

Color: TypeAlias = Annotated[str, COLOR_MARK]
"""A colour, always "#rrggbb" once validated."""

Palette: TypeAlias = tuple[Color, ...]
"""At least one colour, in order."""


def as_color(value: object) -> str:
    """Bring "#rgb", "#rrggbb", a CSS name or three whole numbers 0 to 255 to "#rrggbb".

    Raises
    ------
    ValueError
        When ``value`` is none of these.
    """
    if isinstance(value, str):
        text = value.strip().lower()
        if _HEXADECIMAL.fullmatch(text):
            return text if len(text) == 7 else "#" + "".join(2 * digit for digit in text[1:])
        return _named_color(text)
    if isinstance(value, (bytes, bytearray)) or not isinstance(value, Iterable):
        raise ValueError("not a colour")
    channels = [_channel(channel) for channel in value]
    if len(channels) != 3:
        raise ValueError("a colour has three channels")
    return "#{:02x}{:02x}{:02x}".format(*channels)


def as_palette(value: object) -> tuple[str, ...]:
    """Bring a sequence of colours to a tuple of "#rrggbb".

    Raises
    ------
    ValueError
        When ``value`` is no sequence, is empty, or holds what is not a colour.
    """
    if isinstance(value, (str, bytes, bytearray)) or not isinstance(value, Iterable):
        raise ValueError("not a sequence of colours")
    colors = tuple(as_color(color) for color in value)
    if not colors:
        raise ValueError("a palette holds at least one colour")
    return colors


def _named_color(name: str) -> str:
    # Pillow already carries the CSS table, and a drawing with only "#…" colours never needs it.
    from PIL import ImageColor

    spelling = ImageColor.colormap.get(name)
    if not isinstance(spelling, str):
        raise ValueError("not the name of a colour")
    return spelling.lower()


def _channel(value: Any) -> int:
    if isinstance(value, bool):
        raise ValueError("a channel is a number")
    try:
        channel = operator.index(value)
    except TypeError:
        raise ValueError("a channel is a whole number") from None
    if not 0 <= channel <= 255:
        raise ValueError("a channel is between 0 and 255")
    return channel
