"""What is dragged: for each backend, parameters that are read early, late and last in its graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# Whose figures a case is held to: what is read early has more to make anew.
KINDS = ("early", "late", "style")


@dataclass(frozen=True)
class Case:
    """One slider of the studio, and where a drag of it begins and ends.

    Attributes
    ----------
    kind : str
        Where in the graph the parameter is read.
    begin, end : float
        Values of the parameter.
    given : dict
        What else differs from the defaults, so that the parameter has an effect.
    """

    backend: str
    parameter: str
    kind: str
    begin: float
    end: float
    given: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.backend} {self.parameter}"

    @property
    def picture(self) -> str:
        return "lettering" if self.backend == "centerline" else "coffee"


# Of edges, also of the rigs that are no studio; and how many vertices OpenCV's drawing has at both ends.
DETAIL = (0.42, 0.72)
VERTICES = (20_000, 36_000)

_DENOISE = {"denoise": "bilateral"}

CASES = (
    Case("edge", "denoise_contrast", "early", 5, 25, _DENOISE),
    Case("edge", "detail", "early", *DETAIL),
    Case("edge", "simplify_px", "late", 0.3, 2.5),
    Case("edge", "stroke_width", "style", 0.5, 3),
    Case("centerline", "denoise_contrast", "early", 5, 25, _DENOISE),
    Case("centerline", "simplify_px", "late", 0.3, 2.5),
    Case("centerline", "stroke_width", "style", 0.5, 3, {"width": "fixed"}),
    Case("superpixel", "compactness", "early", 8, 30),
    Case("superpixel", "simplify_px", "late", 0.3, 2.5),
    Case("superpixel", "stroke_width", "style", 0.5, 3, {"draw": "both"}),
    Case("dots", "contrast", "early", 0.8, 1.6),
    Case("dots", "count", "early", 4_000, 16_000),
    Case("dots", "radius_scale", "late", 0.6, 1.6),
    Case("dots", "opacity", "style", 0.3, 1),
)
