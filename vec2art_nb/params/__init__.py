"""Parameters: declared once with `param`, held by a `Params`, turned through a `ParamModel`."""

from __future__ import annotations

from vec2art_nb.params.colors import Color, Palette
from vec2art_nb.params.declaration import Params, param
from vec2art_nb.params.history import Change, Delta, Patch, State
from vec2art_nb.params.model import ParamModel
from vec2art_nb.params.parameter import Parameter
from vec2art_nb.params.rhythm import Settling
from vec2art_nb.params.table import markdown_table

__all__ = [
    "Change",
    "Color",
    "Delta",
    "Palette",
    "ParamModel",
    "Parameter",
    "Params",
    "Patch",
    "Settling",
    "State",
    "markdown_table",
    "param",
]
