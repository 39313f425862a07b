"""A drawing as the binary frame that the viewer draws: a JSON header, and buffers of flat little-endian arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.drawing.layers import SHAPES, MarkLayer, PathLayer
from vec2art_nb.drawing.shapes import ANGLE_STEPS, OUTLINES, angle_steps

if TYPE_CHECKING:
    from vec2art_nb.drawing.model import Drawing

FORMAT = 1

_FINEST_GRID = 64.0
_LARGEST_INT16, _LARGEST_UINT16 = 32_767, 65_535


def encode_frame(drawing: Drawing) -> tuple[dict[str, Any], list[bytes]]:
    """Header and buffers of a frame.

    The header is plain JSON: ``format``, ``size``, ``background``, ``styles``, ``layers`` and, when there are marks,
    ``shapes``: ``name`` and ``polygon`` of each, corners at most 1 from the centre, or None for a circle. A layer has
    ``name``, ``kind``, its counts, ``grid``, and ``buffers``: where each array stands in the list. Lines of varying
    width are filled outlines here, and their layer says ``union``: they all turn one way, so that the viewer may fill
    them one by one.

    Buffers of ``kind`` "paths", little-endian: ``points`` int16, x and y by turns, value = round(px × grid); ``codes``
    uint8 as in PathLayer; ``offsets`` uint32; ``styles`` uint16; ``closed`` uint8. Of "marks": ``shapes`` uint8;
    ``centers`` int16 like points; ``radii`` uint16 = round(px × radius_grid); ``angles`` int16 = steps of 1/64 degree,
    from -180 degrees up; ``styles`` uint16. A grid is the largest power of two up to 64 with which all values fit.
    """
    layers: list[dict[str, Any]] = []
    buffers: list[bytes] = []
    for line, layer in zip(drawing.layers, drawing.outlined.layers, strict=True):
        facts, arrays = _paths(layer) if isinstance(layer, PathLayer) else _marks(layer)
        if isinstance(line, PathLayer) and line.widths is not None:
            facts["union"] = True
        places = {name: len(buffers) + index for index, name in enumerate(arrays)}
        layers.append({"name": layer.name, **facts, "buffers": places})
        buffers += [array.tobytes() for array in arrays.values()]
    header = {
        "format": FORMAT,
        "size": list(drawing.size),
        "background": drawing.background,
        "styles": [
            {"stroke": style.stroke, "fill": style.fill, "width": style.width, "opacity": style.opacity}
            for style in drawing.outlined.styles
        ],
        "layers": layers,
    }
    if any(layer["kind"] == "marks" for layer in layers):
        header["shapes"] = [{"name": name, "polygon": OUTLINES[name]} for name in SHAPES]
    return header, buffers


def _paths(layer: PathLayer) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    grid = _grid(layer.points, _LARGEST_INT16)
    facts = {"kind": "paths", "paths": len(layer), "points": len(layer.points), "grid": grid}
    return facts, {
        "points": _on_grid(layer.points, grid).astype("<i2"),
        "codes": layer.codes,
        "offsets": layer.offsets.astype("<u4"),
        "styles": layer.styles.astype("<u2"),
        "closed": layer.closed,
    }


def _marks(layer: MarkLayer) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    grid, radius_grid = _grid(layer.centers, _LARGEST_INT16), _grid(layer.radii, _LARGEST_UINT16)
    half_turn = 180 * ANGLE_STEPS
    return {"kind": "marks", "marks": len(layer), "grid": grid, "radius_grid": radius_grid}, {
        "shapes": layer.shapes,
        "centers": _on_grid(layer.centers, grid).astype("<i2"),
        "radii": _on_grid(layer.radii, radius_grid).astype("<u2"),
        "angles": ((angle_steps(layer.angles) + half_turn) % (2 * half_turn) - half_turn).astype("<i2"),
        "styles": layer.styles.astype("<u2"),
    }


def _on_grid(values: NDArray[np.float32], grid: float) -> NDArray[np.float32]:
    # A power of two and 24 bits: exact in float32, so that rounding is decided on the true value.
    rounded: NDArray[np.float32] = np.rint(values * np.float32(grid))
    return rounded


def _grid(values: NDArray[np.float32], limit: int) -> float:
    largest = float(np.abs(values).max(initial=0))
    grid = _FINEST_GRID
    while round(largest * grid) > limit:
        grid /= 2
    return grid
