"""What finds the lines besides the gradient: the flow's difference of Gaussians, or tracing along the flow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.backends.stages.contours import EdgePoints, EdgeScale, Gradient
from vec2art_nb.backends.stages.curves import Strokes
from vec2art_nb.backends.stages.page import Lightness
from vec2art_nb.backends.stages.subject import Subject, widened
from vec2art_nb.params import Params, param

if TYPE_CHECKING:
    from vec2art_nb.kernels.flow_dog import Response

Method = Literal["gradient", "fdog", "flow"]

# Hatching follows the large forms: the tangents are smoothed by this much more, in px and iterations.
_HATCH_RADIUS, _HATCH_ITERATIONS = 20, 3

# How far outside the subject its outline may be drawn.
_OUTLINE_PX = 2

# How much darker (L* times 256) a line is painted before the filter looks again. More than most steps, less than all.
_INK = 30 * 256


class DirectionParams(Params):
    """What edges are worth by the direction that they run in."""

    horizontal: float = param(1.0, "Strength of edges that run across.", group="Directions", ge=0, le=1, step=0.01)
    vertical: float = param(1.0, "Strength of edges that run up and down.", group="Directions", ge=0, le=1, step=0.01)
    rising: float = param(1.0, "Strength of edges that rise to the right.", group="Directions", ge=0, le=1, step=0.01)
    falling: float = param(1.0, "Strength of edges that fall to the right.", group="Directions", ge=0, le=1, step=0.01)


class FlowParams(DirectionParams):
    """How lines are found, and how they follow the flow of the contours."""

    method: Method = param(
        "gradient",
        "What finds the lines: the gradient (outlines), the difference of Gaussians along the flow of the contours "
        "(fdog: one coherent stroke for a dark line), or tracing along that flow (flow: long strokes, well apart).",
        group="Method",
    )
    etf_radius_px: int = param(
        5,
        "How far the contours' directions are smoothed: more flows more, and rounds corners.",
        group="Method",
        ge=0,
        le=30,
        soft=(0, 15),
        unit="px",
        needs={"method": ("fdog", "flow")},
    )
    etf_iterations: int = param(
        2,
        "How often the directions are smoothed.",
        group="Method",
        ge=0,
        le=10,
        soft=(0, 6),
        needs={"method": ("fdog", "flow")},
    )
    fdog_sigma: float = param(
        1.0,
        "Half the width of the lines that are looked for.",
        group="Method",
        ge=0.5,
        le=10,
        soft=(0.5, 4),
        step=0.05,
        unit="px",
        needs={"method": "fdog"},
    )
    fdog_along: float = param(
        6.0,
        "How far responses are gathered along the flow: more joins what belongs together.",
        group="Method",
        ge=0,
        le=50,
        soft=(0, 20),
        step=0.5,
        unit="px",
        needs={"method": "fdog"},
    )
    fdog_tau: float = param(
        1.0,
        "Weight of the surroundings: a little below 1 and weak lines on bright ground go.",
        group="Method",
        ge=0.9,
        le=1,
        step=0.001,
        needs={"method": "fdog"},
    )
    fdog_threshold: float = param(
        0.0,
        "Contrast (in L*) that a line has at least, whatever detail says.",
        group="Method",
        ge=0,
        le=100,
        soft=(0, 40),
        step=0.5,
        needs={"method": "fdog"},
    )
    fdog_iterations: int = param(
        1,
        "How often lines are looked for, each time with those found before drawn into the picture.",
        group="Method",
        ge=1,
        le=5,
        needs={"method": "fdog"},
    )
    flow_separation_px: float = param(
        4.0,
        "Distance between strokes.",
        group="Method",
        ge=1,
        le=100,
        soft=(1, 20),
        step=0.5,
        unit="px",
        needs={"method": "flow"},
    )
    flow_length_px: float = param(
        1000.0,
        "Longest stroke; longer ones are broken.",
        group="Method",
        ge=5,
        le=20_000,
        soft=(20, 1000),
        step=10,
        unit="px",
        needs={"method": "flow"},
    )
    flow_bridge_px: float = param(
        6.0,
        "Longest gap that a stroke crosses to go on behind it.",
        group="Method",
        ge=0,
        le=1000,
        soft=(0, 40),
        step=1,
        unit="px",
        needs={"method": "flow"},
    )


class HatchParams(Params):
    """Lines between the contours."""

    hatching: bool = param(False, "Fill the shadows with strokes that follow the forms.", group="Hatching")
    hatch_coverage: float = param(
        0.6,
        "How much of the scale from black to white gets strokes.",
        group="Hatching",
        gt=0,
        le=1,
        soft=(0.1, 1),
        step=0.01,
        needs={"hatching": True},
    )
    hatch_spacing_px: float = param(
        5.0,
        "Distance between strokes where it is darkest; lighter tones have more.",
        group="Hatching",
        ge=1,
        le=100,
        soft=(2, 20),
        step=0.5,
        unit="px",
        needs={"hatching": True},
    )
    hatch_length_px: float = param(
        300.0,
        "Longest stroke.",
        group="Hatching",
        ge=5,
        le=20_000,
        soft=(10, 300),
        step=5,
        unit="px",
        needs={"hatching": True},
    )


# --- what the stages read and make ------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Tangents:
    """Unit tangents of the contours' flow, times :data:`vec2art_nb.kernels.tangent_flow.UNIT`; int16, (H, W) each."""

    tx: NDArray[np.int16]
    ty: NDArray[np.int16]


@dataclass(frozen=True, eq=False)
class Flow:
    """The edge tangent flow; None where the drawing needs none."""

    tangents: Tangents | None


@dataclass(frozen=True, eq=False)
class FlowResponse:
    """What the filter along the flow found; None where the drawing has another method."""

    found: Response | None


@dataclass(frozen=True, eq=False)
class FlowLines:
    """Pixels on lines, as the linking of strokes wants them; all None where the drawing has another method.

    Attributes
    ----------
    mask : (H, W) uint8
    across_x, across_y : (H, W) int16
        A vector across the line.
    shift : (H, W) int8
        In 1/128 px, as for edge points.
    response : Response
        Of the picture as it is, whatever was drawn into it since.
    """

    mask: NDArray[np.uint8] | None = None
    across_x: NDArray[np.int16] | None = None
    across_y: NDArray[np.int16] | None = None
    shift: NDArray[np.int8] | None = None
    response: Response | None = None


# --- stages -----------------------------------------------------------------------------------------------------------


def directed(
    edge_points: EdgePoints, gradient: Gradient, *, horizontal: float, vertical: float, rising: float, falling: float
) -> EdgePoints:
    """Edge points with the strength that their direction is worth."""
    directions = (horizontal, vertical, rising, falling)
    if all(worth == 1 for worth in directions):
        return edge_points
    from vec2art_nb.kernels.orientation import weighed_by_direction

    strength = weighed_by_direction(edge_points.strength, gradient.dx, gradient.dy, directions)
    return EdgePoints(strength, edge_points.shift)


def flow(gradient: Gradient, *, method: Method, etf_radius_px: int, etf_iterations: int) -> Flow:
    """Where the contours lead."""
    if method == "gradient":
        return Flow(None)
    from vec2art_nb.kernels.tangent_flow import tangent_flow

    return Flow(Tangents(*tangent_flow(gradient.dx, gradient.dy, etf_radius_px, etf_iterations)))


def forms(gradient: Gradient, *, hatching: bool) -> Flow:
    """Where the large forms lead, which hatching follows."""
    if not hatching:
        return Flow(None)
    from vec2art_nb.kernels.tangent_flow import tangent_flow

    return Flow(Tangents(*tangent_flow(gradient.dx, gradient.dy, _HATCH_RADIUS, _HATCH_ITERATIONS)))


def flow_response(
    denoised: Lightness, flow: Flow, *, method: Method, fdog_sigma: float, fdog_along: float, fdog_tau: float
) -> FlowResponse:
    """How much every place looks like a line along the flow."""
    if method != "fdog" or flow.tangents is None:
        return FlowResponse(None)
    from vec2art_nb.kernels.flow_dog import flow_response as respond

    tangents = flow.tangents
    return FlowResponse(respond(denoised.values, tangents.tx, tangents.ty, fdog_sigma, fdog_along, fdog_tau))


def strengths(gradient: Gradient, flow_response: FlowResponse) -> Gradient:
    """What strokes are weighed by: the gradient, or on thin lines, where there is none, what the filter found."""
    response = flow_response.found
    if response is None:
        return gradient
    from vec2art_nb.kernels.flow_lines import stronger

    return Gradient(*stronger(gradient.dx, gradient.dy, response.across_x, response.across_y))


def flow_lines(
    flow_response: FlowResponse,
    flow: Flow,
    denoised: Lightness,
    subject: Subject,
    *,
    method: Method,
    detail: float,
    fdog_sigma: float,
    fdog_along: float,
    fdog_tau: float,
    fdog_threshold: float,
    fdog_iterations: int,
    horizontal: float,
    vertical: float,
    rising: float,
    falling: float,
) -> FlowLines:
    """The lines of the response that are strong, or connected to strong ones."""
    response = flow_response.found
    if method != "fdog" or response is None or flow.tangents is None:
        return FlowLines()
    from vec2art_nb.kernels.edges import edge_points, hysteresis
    from vec2art_nb.kernels.flow_dog import STEP_RESPONSE
    from vec2art_nb.kernels.flow_dog import flow_response as respond
    from vec2art_nb.kernels.flow_lines import response_scale
    from vec2art_nb.kernels.orientation import weighed_by_direction

    directions = (horizontal, vertical, rising, falling)
    room = _room(subject)
    low = high = 0
    mask: NDArray[np.uint8] = np.zeros(denoised.values.shape, np.uint8)
    for iteration in range(fdog_iterations):
        if iteration:
            inked = np.maximum(denoised.values, _INK - 32768) - _INK * mask.astype(np.int16)
            response = respond(inked, flow.tangents.tx, flow.tangents.ty, fdog_sigma, fdog_along, fdog_tau)
        strength, shift = edge_points(response.across_x, response.across_y)
        if not iteration:
            low, high = response_scale(strength, response).thresholds(detail)
            least = int(fdog_threshold * STEP_RESPONSE)
            low, high = max(low, int(0.35 * least)), max(high, least)
        if room is not None:
            strength[~room] = 0
        if any(worth != 1 for worth in directions):
            strength = weighed_by_direction(strength, response.across_x, response.across_y, directions)
        mask = hysteresis(strength, low, high)
    return FlowLines(mask, response.across_x, response.across_y, shift, flow_response.found)


def chains(
    linked: Strokes,
    flow_lines: FlowLines,
    flow: Flow,
    edge_points: EdgePoints,
    edge_scale: EdgeScale,
    gradient: Gradient,
    subject: Subject,
    *,
    method: Method,
    detail: float,
    fdog_along: float,
    flow_separation_px: float,
    flow_length_px: float,
    flow_bridge_px: float,
    horizontal: float,
    vertical: float,
    rising: float,
    falling: float,
) -> Strokes:
    """The strokes that the method finds; with the gradient those that are linked already."""
    if method == "fdog":
        return _linked_lines(flow_lines, fdog_along)
    if method == "gradient" or flow.tangents is None:
        return linked
    from vec2art_nb.kernels.streamlines import Canvas, draw_contours

    height, width = gradient.dx.shape
    canvas = Canvas(height, width, flow_separation_px, flow_length_px, _room(subject))
    draw_contours(
        canvas,
        flow.tangents.tx,
        flow.tangents.ty,
        gradient.dx,
        gradient.dy,
        edge_points.strength,
        *edge_scale.measured.thresholds(detail),
        flow_bridge_px,
        (horizontal, vertical, rising, falling),
    )
    return Strokes(*canvas.chains)


def strokes(
    contours: Strokes,
    forms: Flow,
    denoised: Lightness,
    subject: Subject,
    *,
    hatching: bool,
    hatch_coverage: float,
    hatch_spacing_px: float,
    hatch_length_px: float,
) -> Strokes:
    """The contours, and after them the hatching between them."""
    if not hatching or forms.tangents is None:
        return contours
    from vec2art_nb.kernels.streamlines import Canvas, draw_hatching
    from vec2art_nb.kernels.strokes import Chains

    drawn = Chains(contours.points, contours.offsets, contours.closed)
    height, width = denoised.values.shape
    canvas = Canvas(height, width, hatch_spacing_px, hatch_length_px, _room(subject), drawn)
    draw_hatching(canvas, forms.tangents.tx, forms.tangents.ty, denoised.values, hatch_coverage)
    return Strokes(*canvas.chains)


def _linked_lines(lines: FlowLines, along: float) -> Strokes:
    from vec2art_nb.kernels.flow_lines import moved_to_steps, one_sided
    from vec2art_nb.kernels.strokes import link_strokes

    assert lines.mask is not None and lines.across_x is not None and lines.across_y is not None
    assert lines.shift is not None and lines.response is not None
    across_x, across_y = one_sided(lines.mask, lines.across_x, lines.across_y)
    linked = link_strokes(lines.mask, across_x, across_y, lines.shift)
    return Strokes(moved_to_steps(linked, lines.response, along), linked.offsets, linked.closed)


def _room(subject: Subject) -> NDArray[np.bool_] | None:
    """Where lines may be: on the subject and a little beside it, so that its outline is drawn; None: everywhere."""
    coverage = widened(subject, _OUTLINE_PX).coverage
    if coverage is None:
        return None
    room: NDArray[np.bool_] = coverage >= 128
    return room
