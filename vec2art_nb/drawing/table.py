"""A drawing as a pandas table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.drawing import geometry

if TYPE_CHECKING:
    import pandas

    from vec2art_nb.drawing.model import Drawing


def frame(drawing: Drawing) -> pandas.DataFrame:
    """One row for each path; the columns are described at ``Drawing.to_frame``."""
    import pandas as pd

    paths = drawing.paths

    def texts(values: Sequence[str | None], index: NDArray[np.integer]) -> pandas.Series[str]:
        # Through codes, so that text is made once per style and not once per path. "string" and not "str", which is
        # another type, and another missing value, in pandas 2.
        codes, distinct = _coded(values, index)
        return pd.Series(pd.Categorical.from_codes(codes, pd.Index(distinct, dtype="string"))).astype("string")

    low, high = geometry.bounds(paths)
    layer_index = np.repeat(np.arange(len(drawing.layers)), [len(layer) for layer in drawing.layers])
    widths = np.array([style.width for style in drawing.styles], np.float64)
    return pd.DataFrame(
        {
            "layer": texts([layer.name for layer in drawing.layers], layer_index),
            "vertices": np.diff(paths.offsets),
            "length": geometry.lengths(paths),
            "closed": paths.closed,
            "stroke": texts([style.stroke for style in drawing.styles], paths.styles),
            "fill": texts([style.fill for style in drawing.styles], paths.styles),
            "width": widths[paths.styles],
            "x_min": low[:, 0],
            "y_min": low[:, 1],
            "x_max": high[:, 0],
            "y_max": high[:, 1],
        }
    )


def _coded(values: Sequence[str | None], index: NDArray[np.integer]) -> tuple[NDArray[np.int64], list[str]]:
    """Codes into the distinct values, -1 where there is none."""
    distinct = list(dict.fromkeys(value for value in values if value is not None))
    code = {value: number for number, value in enumerate(distinct)}
    codes = np.array([-1 if value is None else code[value] for value in values], np.int64)
    return codes[index] if len(codes) else np.zeros(0, np.int64), distinct
