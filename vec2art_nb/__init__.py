"""Raster images become vector art, live in a notebook.

>>> import vec2art_nb as v2a
>>> drawing = v2a.vectorize("coffee", backend="edge", detail=0.4)

Public names are loaded when first used: importing the package costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from vec2art_nb._version import __version__

if TYPE_CHECKING:
    from vec2art_nb import backends, perf, samples
    from vec2art_nb.backends import Backend
    from vec2art_nb.drawing import Drawing, Recipe, open_recipe
    from vec2art_nb.errors import ImageError, OptionError, OutputError, ParameterError, RecipeError, Vec2ArtError
    from vec2art_nb.params import Color, Palette, Params, param
    from vec2art_nb.runtime.options import options
    from vec2art_nb.runtime.session import Session, vectorize
    from vec2art_nb.runtime.warmup import warmup
    from vec2art_nb.ui import Studio
    from vec2art_nb.ui.performance import PerfPanel

_HOMES = {
    "Backend": "vec2art_nb.backends",
    "Color": "vec2art_nb.params",
    "Drawing": "vec2art_nb.drawing",
    "ImageError": "vec2art_nb.errors",
    "OptionError": "vec2art_nb.errors",
    "OutputError": "vec2art_nb.errors",
    "Palette": "vec2art_nb.params",
    "ParameterError": "vec2art_nb.errors",
    "Params": "vec2art_nb.params",
    "Recipe": "vec2art_nb.drawing",
    "RecipeError": "vec2art_nb.errors",
    "Session": "vec2art_nb.runtime.session",
    "PerfPanel": "vec2art_nb.ui.performance",
    "Studio": "vec2art_nb.ui",
    "Vec2ArtError": "vec2art_nb.errors",
    "open_recipe": "vec2art_nb.drawing",
    "options": "vec2art_nb.runtime.options",
    "param": "vec2art_nb.params",
    "vectorize": "vec2art_nb.runtime.session",
    "warmup": "vec2art_nb.runtime.warmup",
}
_ROOMS = ("backends", "perf", "samples")

__all__ = [
    "Backend",
    "Color",
    "Drawing",
    "ImageError",
    "OptionError",
    "OutputError",
    "Palette",
    "ParameterError",
    "Params",
    "PerfPanel",
    "Recipe",
    "RecipeError",
    "Session",
    "Studio",
    "Vec2ArtError",
    "__version__",
    "backends",
    "open_recipe",
    "options",
    "param",
    "perf",
    "samples",
    "vectorize",
    "warmup",
]


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return importlib.import_module(f"vec2art_nb.{name}")
    if name in _HOMES:
        value = getattr(importlib.import_module(_HOMES[name]), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'vec2art_nb' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
