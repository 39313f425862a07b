"""The parameters that the tests turn, and a strategy that draws valid values from any declaration."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal

import pytest
from hypothesis import strategies as st

from vec2art_nb.params import Color, Palette, Parameter, ParamModel, Params, param


class EdgeParams(Params):
    """The parameters of the backend edge, as its file will declare them."""

    detail: float = param(0.4, "How much is drawn.", group="Edges", ge=0, le=1, step=0.01)
    blur_sigma: float = param(1.2, "Blur first.", group="Edges", ge=0, le=20, soft=(0, 5), unit="px")
    denoise: Literal["none", "bilateral"] = param("none", "Noise filter.", group="Edges")
    denoise_radius_px: int = param(
        3, "Its radius.", group="Edges", ge=1, le=9, unit="px", needs={"denoise": "bilateral"}
    )
    denoise_contrast: float = param(
        12, "What it keeps.", group="Edges", gt=0, le=100, soft=(1, 50), unit="L*", needs={"denoise": "bilateral"}
    )
    min_length_px: float = param(12, "Shortest stroke.", group="Strokes", ge=0, soft=(0, 100), unit="px")
    smooth: bool = param(True, "Curves instead of polylines.", group="Strokes")
    simplify_px: float = param(0.6, "How far it may stray.", group="Strokes", ge=0, soft=(0, 5), unit="px")
    corner_angle_deg: float = param(
        60, "Sharper turns stay corners.", group="Strokes", ge=0, le=180, unit="°", needs={"smooth": True}
    )
    stroke_width: float = param(1.2, "Width of the pen.", group="Colour", gt=0, soft=(0.1, 8), unit="px")
    color_source: Literal["ink", "image"] = param("ink", "Where colour comes from.", group="Colour")
    stroke_color: Color = param("#1b1b1f", "The ink.", group="Colour", needs={"color_source": "ink"})
    background: Color = param("#ffffff", "The page.", group="Colour")
    page: bool = param(True, "Paint the page.", group="Colour")


class DotsParams(Params):
    """Another backend: shares names with edge, and has the kinds that edge lacks."""

    detail: float = param(0.8, "How much is drawn.", group="Dots", ge=0, le=1)
    seed: int = param(7, "Where chance begins.", group="Dots", ge=0, soft=(0, 99))
    inks: Palette = param(("black", "#f00"), "The pens.", group="Colour")
    connectivity: Literal[4, 8] = param(8, "Neighbours.", group="Dots")
    background: Color = param("white", "The page.", group="Colour")


@pytest.fixture(scope="session")
def edge_params() -> type[EdgeParams]:
    return EdgeParams


@pytest.fixture(scope="session")
def dots_params() -> type[DotsParams]:
    return DotsParams


@pytest.fixture(scope="session")
def schemas() -> dict[str, type[Params]]:
    return {"edge": EdgeParams, "dots": DotsParams}


@pytest.fixture
def model(schemas) -> ParamModel:
    """A model whose clock counts its changes."""
    ticks = iter(range(1_000_000))
    return ParamModel(schemas, "edge", clock=lambda: float(next(ticks)))


def values_of(parameter: Parameter) -> st.SearchStrategy[Any]:
    """Valid values in normal form, from the declaration alone; ends of ranges come up often."""
    match parameter.kind:
        case "bool":
            return st.booleans()
        case "choice":
            return st.sampled_from(parameter.choices)
        case "color":
            return st.integers(0, 0xFFFFFF).map("#{:06x}".format)
        case "palette":
            return st.lists(st.integers(0, 0xFFFFFF).map("#{:06x}".format), min_size=1, max_size=4).map(tuple)
        case "int":
            low = parameter.ge if parameter.gt is None else parameter.gt + 1
            high = parameter.le if parameter.lt is None else parameter.lt - 1
            return st.integers(-(2**53) + 1 if low is None else int(low), 2**53 - 1 if high is None else int(high))
    low = parameter.ge if parameter.gt is None else parameter.gt
    high = parameter.le if parameter.lt is None else parameter.lt
    assert low is None or math.isfinite(low)
    return st.floats(
        low,
        high,
        exclude_min=parameter.gt is not None,
        exclude_max=parameter.lt is not None,
        allow_nan=False,
        allow_infinity=False,
    ).map(lambda value: value + 0.0)


def _configurations(params: type[Params]) -> st.SearchStrategy[dict[str, Any]]:
    """Some of a class's parameters with valid values."""
    return st.fixed_dictionaries({}, optional={name: values_of(one) for name, one in params.parameters().items()})


@pytest.fixture(scope="session")
def configurations() -> Callable[[type[Params]], st.SearchStrategy[dict[str, Any]]]:
    return _configurations
