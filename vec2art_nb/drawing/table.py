"""A drawing as a pandas table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.drawing import geometry
from vec2art_nb.drawing.layers import SHAPES, MarkLayer, PathLayer
from vec2art_nb.drawing.shapes import as_paths

if TYPE_CHECKING:
    import pandas

    from vec2art_nb.drawing.layers import Style
    from vec2art_nb.drawing.model import Drawing


def frame(drawing: Drawing) -> pandas.DataFrame:
    """One row for each path and mark; the columns are described at ``Drawing.to_frame``."""
    import pandas as pd

    def texts(values: Sequence[str | None], index: NDArray[np.integer]) -> pandas.Series[str]:
        # Through codes, so that text is made once per style and not once per path. "string" and not "str", which is
        # another type, and another missing value, in pandas 2.
        codes, distinct = _coded(values, index)
        return pd.Series(pd.Categorical.from_codes(codes, pd.Index(distinct, dtype="string"))).astype("string")

    columns = [_columns(layer, drawing.styles) for layer in drawing.layers]

    def joined(name: str, dtype: type) -> NDArray[Any]:
        return np.concatenate([np.empty(0, dtype), *(column[name] for column in columns)])

    layer_index = np.repeat(np.arange(len(drawing.layers)), [len(layer) for layer in drawing.layers])
    styles = joined("styles", np.int64)
    return pd.DataFrame(
        {
            "layer": texts([layer.name for layer in drawing.layers], layer_index),
            "kind": texts(("path", *SHAPES), joined("kind", np.int64)),
            "vertices": joined("vertices", np.int64),
            "length": joined("length", np.float64),
            "closed": joined("closed", np.bool_),
            "stroke": texts([style.stroke for style in drawing.styles], styles),
            "fill": texts([style.fill for style in drawing.styles], styles),
            "width": joined("width", np.float64),
            "x_min": joined("x_min", np.float64),
            "y_min": joined("y_min", np.float64),
            "x_max": joined("x_max", np.float64),
            "y_max": joined("y_max", np.float64),
        }
    )


def _columns(layer: PathLayer | MarkLayer, styles: tuple[Style, ...]) -> dict[str, NDArray[Any]]:
    """What is known of each item of a layer, as arrays of equal length."""
    paths = layer if isinstance(layer, PathLayer) else as_paths(layer)
    width = np.array([style.width for style in styles], np.float64)[layer.styles]
    if paths.widths is not None:
        width = np.add.reduceat(paths.widths.astype(np.float64), paths.offsets[:-1]) / np.diff(paths.offsets)
    low, high = geometry.bounds(paths)
    return {
        "kind": np.zeros(len(layer), np.int64) if isinstance(layer, PathLayer) else layer.shapes.astype(np.int64) + 1,
        "vertices": np.diff(paths.offsets),
        "length": geometry.lengths(paths),
        "closed": paths.closed,
        "styles": layer.styles,
        "width": width,
        "x_min": low[:, 0],
        "y_min": low[:, 1],
        "x_max": high[:, 0],
        "y_max": high[:, 1],
    }


def _coded(values: Sequence[str | None], index: NDArray[np.integer]) -> tuple[NDArray[np.int64], list[str]]:
    """Codes into the distinct values, -1 where there is none."""
    distinct = list(dict.fromkeys(value for value in values if value is not None))
    code = {value: number for number, value in enumerate(distinct)}
    codes = np.array([-1 if value is None else code[value] for value in values], np.int64)
    return codes[index] if len(codes) else np.zeros(0, np.int64), distinct
