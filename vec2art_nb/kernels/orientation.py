"""Edges by their direction."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import empty_like
from vec2art_nb.kernels._jit import ReadF32, ReadI16, ReadU16, WriteU16, kernel

_U = np.uint64
_f32: Any = np.float32
_u16: Any = np.uint16
_i32: Any = np.int32


def weighed_by_direction(
    strength: NDArray[np.uint16],
    dx: NDArray[np.int16],
    dy: NDArray[np.int16],
    directions: tuple[float, float, float, float],
) -> NDArray[np.uint16]:
    """Strengths times what their edges' direction is worth.

    Parameters
    ----------
    strength : (H, W) uint16
    dx, dy : (H, W) int16
        A vector across the edge, to either side.
    directions : four floats, 0 … 1
        The worth of edges that run across, up and down, up to the right, down to the right. In between the two nearest
        count with cos²(2α), where α is the angle to them: smooth, and together always 1.

    Returns
    -------
    (H, W) uint16
    """
    weighed = empty_like(strength)
    weigh_directions(strength, dx, dy, np.array(directions, np.float32), weighed)
    return weighed


@kernel
def weigh_directions(strength: ReadU16, dx: ReadI16, dy: ReadI16, directions: ReadF32, weighed: WriteU16) -> None:
    """Strengths times what their edges' direction is worth; see `weighed_by_direction`."""
    across, upright, rising, falling = directions[0], directions[1], directions[2], directions[3]
    zero, one = _f32(0), _f32(1)
    for i in range(_U(strength.size)):
        a, b = _f32(dx[i]), _f32(dy[i])
        # Cosine and sine of twice the angle; their squares are the windows.
        length = a * a + b * b
        c, s = a * a - b * b, _f32(2) * a * b
        straight = upright if c >= zero else across
        slanted = rising if s >= zero else falling
        worth = (c * c * straight + s * s * slanted) / (length * length if length > zero else one)
        weighed[i] = _u16(_i32(_f32(strength[i]) * worth + _f32(0.5)))
