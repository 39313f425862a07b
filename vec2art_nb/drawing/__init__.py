"""What a job gives: ragged arrays of paths with styles, and everything that can be made from them."""

from vec2art_nb.drawing.model import Drawing, PathLayer, Style
from vec2art_nb.drawing.recipe import Recipe, open_recipe

__all__ = ["Drawing", "PathLayer", "Recipe", "Style", "open_recipe"]
