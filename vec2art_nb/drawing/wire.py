"""A drawing as the binary frame that the viewer draws: a JSON header, and buffers of flat little-endian arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from vec2art_nb.drawing.model import Drawing

FORMAT = 1

_FINEST_GRID = 64.0
_LARGEST_INT16 = 32_767


def encode_frame(drawing: Drawing) -> tuple[dict[str, Any], list[bytes]]:
    """Header and buffers of a frame.

    The header is plain JSON: ``format``, ``size``, ``background``, ``styles`` and, per layer, ``name``, ``kind``
    ("paths"), the counts ``paths`` and ``points``, ``grid``, and ``buffers``: where each array stands in the list.

    The buffers are little-endian: ``points`` int16, x and y by turns, value = round(px × grid); ``codes`` uint8 as in
    PathLayer; ``offsets`` uint32; ``styles`` uint16; ``closed`` uint8. The grid is the largest power of two up to 64
    with which all points fit.
    """
    layers: list[dict[str, Any]] = []
    buffers: list[bytes] = []
    for layer in drawing.layers:
        grid = _grid(layer.points)
        arrays = {
            # A power of two and 24 bits: exact in float32, so that rounding is decided on the true value.
            "points": np.rint(layer.points * np.float32(grid)).astype("<i2"),
            "codes": layer.codes,
            "offsets": layer.offsets.astype("<u4"),
            "styles": layer.styles.astype("<u2"),
            "closed": layer.closed,
        }
        layers.append(
            {
                "name": layer.name,
                "kind": "paths",
                "paths": len(layer),
                "points": len(layer.points),
                "grid": grid,
                "buffers": {name: len(buffers) + index for index, name in enumerate(arrays)},
            }
        )
        buffers += [array.tobytes() for array in arrays.values()]
    header = {
        "format": FORMAT,
        "size": list(drawing.size),
        "background": drawing.background,
        "styles": [
            {"stroke": style.stroke, "fill": style.fill, "width": style.width, "opacity": style.opacity}
            for style in drawing.styles
        ],
        "layers": layers,
    }
    return header, buffers


def _grid(points: NDArray[np.float32]) -> float:
    largest = float(np.abs(points).max(initial=0))
    grid = _FINEST_GRID
    while round(largest * grid) > _LARGEST_INT16:
        grid /= 2
    return grid
