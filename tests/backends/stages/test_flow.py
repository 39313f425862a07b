"""The stages that find lines, by themselves: what each method draws, what it costs when off, what parameters do."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy.spatial import cKDTree

from vec2art_nb.backends.stages import flow as stages
from vec2art_nb.backends.stages.contours import EdgePoints, EdgeScale, Gradient
from vec2art_nb.backends.stages.curves import Strokes
from vec2art_nb.backends.stages.flow import DirectionParams, FlowParams, HatchParams
from vec2art_nb.backends.stages.page import Lightness
from vec2art_nb.backends.stages.subject import Subject
from vec2art_nb.kernels import edges
from vec2art_nb.kernels.gradient import gaussian_gradient
from vec2art_nb.kernels.lightness import lightness
from vec2art_nb.kernels.strokes import link_strokes

METHODS = ("gradient", "fdog", "flow")
EVERYTHING = Subject(None)


class AllParams(FlowParams, HatchParams):
    """All that the stages read."""


def drawn(image: np.ndarray, subject: Subject = EVERYTHING, detail: float = 0.4, **values: Any) -> SimpleNamespace:
    """All results for a picture as L* times 256, the stages called as the engine calls them."""
    params = AllParams(**values)

    def chosen(*names: str) -> dict[str, Any]:
        return {name: getattr(params, name) for name in names}

    directions = chosen(*DirectionParams.parameters())
    made = SimpleNamespace(denoised=Lightness(image))
    made.gradient = Gradient(*gaussian_gradient(image, 1.2))
    made.points = EdgePoints(*edges.edge_points(made.gradient.dx, made.gradient.dy))
    made.scale = EdgeScale(edges.edge_scale(made.points.strength, made.gradient.dx, made.gradient.dy))
    made.directed = stages.directed(made.points, made.gradient, **directions)
    mask = edges.hysteresis(made.directed.strength, *made.scale.measured.thresholds(detail))
    made.linked = Strokes(*link_strokes(mask, made.gradient.dx, made.gradient.dy, made.points.shift))
    made.flow = stages.flow(made.gradient, **chosen("method", "etf_radius_px", "etf_iterations"))
    made.forms = stages.forms(made.gradient, **chosen("hatching"))
    fdog = chosen("fdog_sigma", "fdog_along", "fdog_tau")
    made.response = stages.flow_response(made.denoised, made.flow, method=params.method, **fdog)
    more = chosen("method", "fdog_threshold", "fdog_iterations")
    made.lines = stages.flow_lines(
        made.response, made.flow, made.denoised, subject, detail=detail, **more, **fdog, **directions
    )
    traced = chosen("method", "fdog_along", "flow_separation_px", "flow_length_px", "flow_bridge_px")
    made.chains = stages.chains(
        made.linked, made.lines, made.flow, made.points, made.scale, made.gradient, subject,
        detail=detail, **traced, **directions,
    )  # fmt: skip
    made.strokes = stages.strokes(made.chains, made.forms, made.denoised, subject, **chosen(*HatchParams.parameters()))
    return made


def strokes(image: np.ndarray, *, min_points: int = 12, **values: Any) -> list[np.ndarray]:
    chains = drawn(image, **values).strokes
    found = [chains.points[a:b] for a, b in zip(chains.offsets[:-1], chains.offsets[1:], strict=True)]
    return [points for points in found if len(points) >= min_points]


def of_pixels(pixels: np.ndarray) -> np.ndarray:
    pixels = pixels if pixels.ndim == 3 else pixels[..., None]
    return lightness(np.ascontiguousarray(pixels), (255, 255, 255))


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    from skimage import data

    pixels = data.astronaut()[:256, 100:356]
    noisy = pixels + np.random.default_rng(3).normal(0, 4, pixels.shape)
    return of_pixels(np.clip(noisy, 0, 255).astype(np.uint8))


def discs(noise: float, contrast: float = 40, seed: int = 0, size: int = 200) -> np.ndarray:
    """A disc and a ring in noise, as levels of an 8-bit picture."""
    y, x = np.mgrid[0:size, 0:size] + 0.5
    inside = np.clip(45.5 - np.hypot(x - 60, y - 60), 0, 1)
    away = np.hypot(x - 135, y - 130)
    inside += np.clip(50.5 - away, 0, 1) - np.clip(28.5 - away, 0, 1)
    noisy = 70 + contrast * inside + np.random.default_rng(seed).normal(0, noise, inside.shape)
    return of_pixels(np.clip(np.rint(noisy), 0, 255).astype(np.uint8))


OUTLINES = ((60, 60, 45), (135, 130, 50), (135, 130, 28))


def score(found: list[np.ndarray], within: float = 1.5) -> tuple[float, float]:
    """F-score against the outlines of `discs`, and strokes per outline."""
    angle = np.linspace(0, 2 * np.pi, 720)
    truth = np.vstack([np.stack([x + r * np.cos(angle), y + r * np.sin(angle)], 1) for x, y, r in OUTLINES])

    drawn_points = np.vstack(found)
    right = (cKDTree(truth).query(drawn_points)[0] < within).mean()
    complete = (cKDTree(drawn_points).query(truth)[0] < within).mean()
    return 2 * right * complete / (right + complete), len(found) / len(OUTLINES)


# --- what is off costs nothing ----------------------------------------------------------------------------------------


def test_with_the_gradient_nothing_is_computed(photo: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    from vec2art_nb.kernels import _jit

    def never(*_: Any) -> None:
        raise AssertionError("a kernel of another method ran")

    from vec2art_nb.kernels import flow_dog, flow_lines, orientation, streamlines, tangent_flow

    for module in (flow_dog, flow_lines, orientation, streamlines, tangent_flow):
        for name, value in list(vars(module).items()):
            if isinstance(value, _jit.Kernel) and value.__wrapped__.__module__ == module.__name__:
                monkeypatch.setattr(module, name, never)
    made = drawn(photo)
    assert made.strokes is made.chains is made.linked
    assert made.directed is made.points
    assert stages.strengths(made.gradient, made.response) is made.gradient
    assert made.flow.tangents is made.forms.tangents is made.response.found is made.lines.mask is None


@pytest.mark.parametrize("name", list(AllParams.parameters()))
def test_every_parameter_changes_the_strokes(name: str, photo: np.ndarray) -> None:
    declared = AllParams.parameters()[name]
    values: tuple[Any, ...] = (False, True) if declared.kind == "bool" else tuple(declared.choices or ())
    if not values:
        values = (declared.default, *(declared.soft or (declared.ge, declared.le)))
    needed = {other: allowed[-1] for other, allowed in (declared.needs or {}).items()}
    found = {drawn(photo, **needed, **{name: value}).strokes.points.tobytes() for value in values}
    assert len(found) == len(set(values)), f"{name} does not change the strokes"


@pytest.mark.parametrize("name", list(DirectionParams.parameters()))
@pytest.mark.parametrize("method", METHODS)
def test_directions_count_for_every_method(name: str, method: str, photo: np.ndarray) -> None:
    one, none = (drawn(photo, method=method, **{name: worth}).chains.points for worth in (1.0, 0.0))
    assert len(none) < 0.95 * len(one)


@pytest.mark.parametrize("name", [name for name, one in AllParams.parameters().items() if one.needs])
def test_a_parameter_whose_needs_are_not_met_changes_nothing(name: str, photo: np.ndarray) -> None:
    declared = AllParams.parameters()[name]
    unmet = {"hatching": False}
    if "method" in declared.needs:
        unmet = {"method": next(method for method in METHODS if method not in declared.needs["method"])}
    low, high = declared.soft or (declared.ge, declared.le)
    one, two = (drawn(photo, **unmet, **{name: value}).strokes.points for value in (low, high))
    assert np.array_equal(one, two)


# --- what is drawn ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["fdog", "flow"])
@pytest.mark.parametrize(("contrast", "noise"), [(100, 0), (100, 20), (40, 8), (40, 14)])
def test_outlines_are_found_in_noise(method: str, contrast: float, noise: float) -> None:
    image = discs(noise, contrast)
    f_score, pieces = score(strokes(image, method=method))
    plain, plain_pieces = score(strokes(image, method="gradient"))
    assert f_score > 0.97
    assert f_score > plain - 0.02
    assert pieces < max(1.8, plain_pieces)


@pytest.mark.parametrize("method", ["fdog", "flow"])
def test_in_strong_noise_the_flow_draws_fewer_and_better_pieces_than_the_gradient(method: str) -> None:
    flowing, plain = [], []
    for seed in range(3):
        image = discs(19, 40, seed)
        flowing.append(score(strokes(image, method=method)))
        plain.append(score(strokes(image, method="gradient")))
    f_score, pieces = np.mean(flowing, axis=0)
    plain_score, plain_pieces = np.mean(plain, axis=0)
    assert f_score > plain_score
    assert pieces < 0.7 * plain_pieces


def test_a_thin_dark_line_is_one_stroke_with_fdog_and_two_outlines_with_the_gradient() -> None:
    pixels = np.full((80, 120), 220, np.uint8)
    pixels[39:41, 10:110] = 40
    image = of_pixels(pixels)
    assert len(strokes(image, method="gradient")) <= 2
    (stroke,) = strokes(image, method="fdog")
    assert np.abs(stroke[10:-10, 1] - 40).max() < 0.3
    assert np.ptp(stroke[:, 0]) > 90


def test_a_thin_line_has_strength_in_its_middle_and_a_step_where_it_is_steepest() -> None:
    pixels = np.full((80, 120), 220, np.uint8)
    pixels[20:22] = 40
    pixels[60:] = 40
    made = drawn(of_pixels(pixels), method="fdog")
    found = stages.strengths(made.gradient, made.response)
    strength = np.hypot(found.dx.astype(float), found.dy)[:, 60]
    assert abs(made.gradient.dy[20, 60]) < 0.5 * strength[20]
    assert 0.4 < strength[21] / strength[60] < 2.5
    assert strength[40] < 0.01 * strength[60]


@pytest.mark.parametrize("method", METHODS)
def test_more_detail_draws_more_and_about_as_much_as_the_gradient(method: str, photo: np.ndarray) -> None:
    points = [len(drawn(photo, method=method, detail=detail).chains.points) for detail in (0.0, 0.25, 0.5, 0.75, 1.0)]
    assert points == sorted(points)
    assert points[0] < 0.5 * points[-1]
    plain = len(drawn(photo, detail=0.5).chains.points)
    assert 0.5 * plain < points[2] < 1.6 * plain


def test_strokes_along_the_flow_are_longer_than_plain_ones(photo: np.ndarray) -> None:
    means = {method: np.mean([len(s) for s in strokes(photo, method=method)]) for method in METHODS}
    assert means["flow"] > means["gradient"]
    assert means["fdog"] > 0.9 * means["gradient"]


def test_further_iterations_lengthen_the_lines() -> None:
    image = discs(16, 40)
    one, three = (strokes(image, method="fdog", fdog_iterations=count) for count in (1, 3))
    assert max(map(len, three)) > max(map(len, one)) - 5
    assert len(three) <= len(one)
    assert score(three)[0] > score(one)[0] - 0.02


def test_a_threshold_of_contrast_leaves_fainter_lines_out() -> None:
    pixels = np.full((60, 160), 200, np.uint8)
    pixels[20:] -= 20
    pixels[40:] -= 120
    found = strokes(of_pixels(pixels), method="fdog", fdog_threshold=20, detail=1.0)
    assert len(found) == 1
    assert np.abs(found[0][:, 1] - 40).max() < 1


@pytest.mark.parametrize("method", METHODS)
def test_hatching_comes_after_the_contours_and_keeps_away_from_them(method: str) -> None:
    made = drawn(discs(0, -60), method=method, hatching=True, hatch_coverage=1.0)
    contours = len(made.chains.points)
    assert np.array_equal(made.strokes.points[:contours], made.chains.points)
    assert np.array_equal(made.strokes.offsets[: len(made.chains.offsets)], made.chains.offsets)
    hatches = made.strokes.points[contours:]
    assert len(hatches) > 5 * contours
    assert cKDTree(made.chains.points).query(hatches)[0].min() > 1.8


@pytest.mark.parametrize("method", ["fdog", "flow"])
def test_background_gets_no_marks(method: str) -> None:
    coverage = np.zeros((200, 200), np.uint8)
    coverage[:, :100] = 255
    found = drawn(discs(0, 100), Subject(coverage), method=method, hatching=True, hatch_coverage=1.0).strokes.points
    assert len(found) > 50
    assert found[:, 0].max() < 105


# --- every picture ----------------------------------------------------------------------------------------------------

PICTURES = {
    "1x1": np.zeros((1, 1), np.uint8),
    "2x2": np.array([[0, 255], [255, 0]], np.uint8),
    "1x4000": np.tile(np.array([0, 255], np.uint8), 2000)[None],
    "4000x1": np.tile(np.array([0, 255], np.uint8), 2000)[:, None],
    "flat": np.full((40, 50), 77, np.uint8),
    "shading": np.tile(np.arange(256, dtype=np.uint8), (64, 1)),
    "checkerboard": (np.indices((96, 96)) // 8).sum(0).astype(np.uint8) % 2 * 255,
    "noise": np.random.default_rng(2).integers(0, 256, (64, 64), np.uint8),
    "16 bits": np.random.default_rng(2).integers(0, 65536, (64, 64), np.uint16),
}


@pytest.mark.parametrize("picture", list(PICTURES))
@pytest.mark.parametrize(
    "values",
    [
        {"method": "fdog"},
        {"method": "fdog", "fdog_sigma": 10.0, "fdog_along": 50.0, "fdog_iterations": 3, "etf_radius_px": 30},
        {"method": "fdog", "fdog_sigma": 0.5, "fdog_along": 0.0, "fdog_tau": 0.9, "etf_iterations": 0},
        {"method": "flow"},
        {"method": "flow", "flow_separation_px": 1.0, "flow_bridge_px": 1000.0},
        {"method": "flow", "flow_separation_px": 100.0, "flow_length_px": 5.0},
        {"hatching": True, "hatch_coverage": 1.0, "hatch_spacing_px": 1.0},
        {"method": "fdog", "hatching": True, "hatch_coverage": 0.5, "hatch_spacing_px": 100.0, "hatch_length_px": 5.0},
        {"method": "flow", "horizontal": 0.0, "vertical": 0.0, "rising": 0.0, "falling": 0.0},
    ],
    ids=lambda values: " ".join(str(value) for value in values.values()),
)
def test_every_picture_gives_sound_strokes(picture: str, values: dict[str, Any]) -> None:
    pixels = PICTURES[picture]
    found = drawn(of_pixels(pixels), detail=1.0, **values).strokes
    height, width = pixels.shape
    assert np.isfinite(found.points).all()
    assert (found.points >= 0).all() and (found.points <= (width, height)).all()
    assert found.offsets[0] == 0 and found.offsets[-1] == len(found.points)
    assert (np.diff(found.offsets) >= 2).all() and len(found.closed) == len(found.offsets) - 1


@pytest.mark.parametrize("method", ["fdog", "flow"])
@pytest.mark.parametrize("picture", ["flat", "shading"])
def test_without_edges_there_are_no_strokes(method: str, picture: str) -> None:
    assert len(drawn(of_pixels(PICTURES[picture]), method=method, detail=1.0).chains.points) == 0


@pytest.mark.parametrize("method", ["fdog", "flow"])
def test_pure_noise_gives_almost_nothing(method: str) -> None:
    noise = np.random.default_rng(0).normal(128, 12, (256, 256)).clip(0, 255).astype(np.uint8)
    assert sum(map(len, strokes(of_pixels(noise), method=method))) < 256 * 256 / 500
