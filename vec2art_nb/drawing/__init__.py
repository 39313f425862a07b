"""What a job gives: ragged arrays of paths and marks with styles, and everything that can be made from them."""

from vec2art_nb.drawing.layers import SHAPES, MarkLayer, PathLayer, Style
from vec2art_nb.drawing.model import Drawing
from vec2art_nb.drawing.recipe import Recipe, open_recipe

__all__ = ["SHAPES", "Drawing", "MarkLayer", "PathLayer", "Recipe", "Style", "open_recipe"]
