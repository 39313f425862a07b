"""Strokes as chains of points, and the curves fitted to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.params import Params, param


class CurveParams(Params):
    """How chains of points become curves."""

    smooth: bool = param(True, "Draw Bézier curves; off, polylines.", group="Strokes")
    simplify_px: float = param(
        0.6,
        "How far a stroke may leave the line that it follows.",
        group="Strokes",
        ge=0,
        le=100,
        soft=(0, 5),
        step=0.05,
        unit="px",
    )
    corner_angle_deg: float = param(
        60.0,
        "Turns sharper than this stay corners.",
        group="Strokes",
        ge=0,
        le=180,
        step=1,
        unit="°",
        needs={"smooth": True},
    )


@dataclass(frozen=True, eq=False)
class Strokes:
    """Chains of points, about a pixel apart, one for each stroke.

    Attributes
    ----------
    points : (N, 2) float32
        px in the pixel plane. A closed chain does not repeat its first point.
    offsets : (S + 1,) int64
        Where each chain begins in ``points``, then N.
    closed : (S,) uint8
    """

    points: NDArray[np.float32]
    offsets: NDArray[np.int64]
    closed: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Curves:
    """Paths ready to draw.

    Attributes
    ----------
    points : (N, 2) float32
    codes : (N,) uint8
        As in ``matplotlib.path``.
    offsets : (P + 1,) int64
    closed : (P,) bool
    strokes : (P,) int32
        The stroke that each path draws; several paths may draw one (a pen that goes over it twice).
    widths : (N,) float32, optional
        Width of the pen at each point in px; None where the pen has one width.
    """

    points: NDArray[np.float32]
    codes: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    closed: NDArray[np.bool_]
    strokes: NDArray[np.int32]
    widths: NDArray[np.float32] | None = None


def curves(strokes: Strokes, *, smooth: bool, simplify_px: float, corner_angle_deg: float) -> Curves:
    """Strokes as Bézier curves, or as polylines with few vertices."""
    from vec2art_nb.kernels.curves import fit_beziers, polylines
    from vec2art_nb.kernels.simplify import douglas_peucker

    if smooth:
        fitted = fit_beziers(strokes.points, strokes.offsets, strokes.closed, simplify_px, corner_angle_deg)
    else:
        fitted = polylines(*douglas_peucker(strokes.points, strokes.offsets, strokes.closed, simplify_px)[:2])
    return Curves(
        *fitted, closed=strokes.closed.astype(np.bool_), strokes=np.arange(len(strokes.closed), dtype=np.int32)
    )
