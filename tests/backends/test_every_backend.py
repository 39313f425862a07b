"""What holds for every backend: parameters are alive, every picture is drawn, drawings are sound."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator

import backend_scenes as scenes
import numpy as np
import pytest
from PIL import Image

import vec2art_nb as v2a
from vec2art_nb.backends import Backend
from vec2art_nb.params import Parameter

BACKENDS = [v2a.backends[name] for name in ("edge", "centerline", "superpixel", "dots")]
PARAMETERS = [(backend, name) for backend in BACKENDS for name in backend.Params.parameters()]

SVG = "{http://www.w3.org/2000/svg}"


def ident(value: object) -> str:
    return value.name if isinstance(value, Backend) else str(value)


# --- pictures ---------------------------------------------------------------------------------------------------------


def disc(size: int = 96) -> np.ndarray:
    """An anti-aliased disc, uint8."""
    y, x = np.mgrid[0 : size * 4, 0 : size * 4] / 4 + 0.125
    inside = np.hypot(x - size / 2, y - size / 2) < size / 3
    return (30 + 200 * inside.reshape(size, 4, size, 4).mean((1, 3))).astype(np.uint8)


def crop(name: str, top: int, left: int, side: int) -> np.ndarray:
    return v2a.samples.load(name).pixels[top : top + side, left : left + side]


def noisy(pixels: np.ndarray, sigma: float = 4.0) -> np.ndarray:
    noise = np.random.default_rng(3).normal(0, sigma, pixels.shape)
    return np.clip(pixels + noise, 0, 255).astype(np.uint8)


PICTURES = {
    "photo": noisy(crop("astronaut", 0, 150, 128)),
    "portrait": crop("chelsea", 60, 120, 112),
    "line art": crop("bicycle", 120, 40, 160)[:, :, 0],
    "scanned page": crop("page", 0, 0, 160)[:, :, 0],
    "logo with alpha": np.ascontiguousarray(v2a.samples.load("logo").pixels[::4, ::4]),
    "gradient": np.tile(np.arange(128, dtype=np.uint8) * 2, (64, 1)),
    "flat": np.full((40, 50, 3), 77, np.uint8),
    "noise": np.random.default_rng(2).integers(0, 256, (64, 64, 3), np.uint8),
    "1x1": np.zeros((1, 1), np.uint8),
    "2x2": np.array([[0, 255], [255, 0]], np.uint8),
    "1x4000": np.tile(np.array([0, 255], np.uint8), 2000)[None],
    "4000x1": np.tile(np.array([0, 255], np.uint8), 2000)[:, None],
    "16 bits": disc().astype(np.uint16) * 257,
    "checkerboard": (np.indices((96, 96)) // 8).sum(0).astype(np.uint8) % 2 * 255,
    "transparent": np.zeros((32, 32, 4), np.uint8),
}


# --- values -----------------------------------------------------------------------------------------------------------


def values_of(parameter: Parameter) -> tuple[object, ...]:
    """Its default and both ends of its soft range, or all its choices."""
    if parameter.kind == "bool":
        return (False, True)
    if parameter.kind == "choice":
        return tuple(parameter.choices)
    if parameter.kind == "color":
        return ("#ffffff", "#802010")
    if parameter.kind == "palette":
        return (("#000000", "#ffffff"), ("#203040", "#e0b080", "#904030"))
    low, high = parameter.soft or (parameter.ge, parameter.le)
    return tuple(dict.fromkeys((parameter.default, type(parameter.default)(low), type(parameter.default)(high))))


def met(backend: Backend, name: str) -> dict[str, object]:
    """What other parameters must be, and theirs, for this one to have an effect."""
    wanted: dict[str, object] = {}
    for other, allowed in backend.Params.parameters()[name].needs.items():
        default = backend.Params.parameters()[other].default
        wanted |= met(backend, other)
        wanted[other] = default if default in allowed else allowed[0]
    return wanted


# A slope of transparency on the photograph, for the page's colour to show through.
WITH_ALPHA = np.dstack([PICTURES["photo"], np.tile(np.arange(128, dtype=np.uint8) * 2, (128, 1))])
SCAN = scenes.scan()

# What else must be turned for an effect to be seen.
COMPANY: dict[tuple[str, str], dict[str, object]] = {
    # Further passes find little where all is drawn, or where what is new is called clutter.
    ("edge", "pass_detail"): {"declutter": 0.0},
    ("edge", "remove_background"): {"declutter": 0.0, "min_length_px": 4, "detail": 0.8},
    ("edge", "background_strength"): {"declutter": 0.0, "min_length_px": 4, "detail": 0.8},
    ("centerline", "width_min_px"): {"width_scale": 0.1},
    ("centerline", "fill_px2"): {"threshold": "sauvola", "sensitivity": 0.1},
    ("centerline", "despeckle_px2"): {"min_length_px": 0},
    ("centerline", "min_length_px"): {"despeckle_px2": 0},
}

# Choices that find out by themselves which of the others to take.
AUTOMATIC = {"polarity": "auto", "remove_background": "auto"}


def suitable(backend: Backend, name: str) -> np.ndarray:
    if name == "background":
        return WITH_ALPHA
    return SCAN if backend.name == "centerline" or "background" in name else PICTURES["photo"]


@pytest.mark.parametrize(("backend", "name"), PARAMETERS, ids=ident)
def test_every_parameter_changes_the_drawing(backend: Backend, name: str) -> None:
    company = {**COMPANY.get((backend.name, name), {}), **met(backend, name)}
    automatic = AUTOMATIC.get(name)
    values = [value for value in values_of(backend.Params.parameters()[name]) if value != automatic]
    picture = suitable(backend, name)
    drawings = {v2a.vectorize(picture, backend.name, **company, **{name: value}).digest() for value in values}
    assert len(drawings) == len(values), f"{len(values)} values of {name} make {len(drawings)} drawings"


def unmet(backend: Backend, name: str) -> Iterator[dict[str, object]]:
    """For each other parameter that this one needs: a state in which all is met but that."""
    parameters = backend.Params.parameters()
    for other, allowed in parameters[name].needs.items():
        wrong = next(value for value in values_of(parameters[other]) if value not in allowed)
        yield {**met(backend, name), other: wrong}


@pytest.mark.parametrize(
    ("backend", "name"),
    [(backend, name) for backend, name in PARAMETERS if backend.Params.parameters()[name].needs],
    ids=ident,
)
def test_a_parameter_whose_needs_are_not_met_changes_nothing(backend: Backend, name: str) -> None:
    for state in unmet(backend, name):
        values = values_of(backend.Params.parameters()[name])
        picture = suitable(backend, name)
        drawings = {v2a.vectorize(picture, backend.name, **state, **{name: value}).digest() for value in values}
        assert len(drawings) == 1, f"{name} has an effect although {state}"


# --- soundness --------------------------------------------------------------------------------------------------------


def check_sound(drawing: v2a.Drawing) -> None:
    """Well-formed, finite, inside the page, nothing without extent; and an empty drawing says why."""
    root = ElementTree.fromstring(drawing.to_svg())
    assert root.tag == f"{SVG}svg"
    assert [float(side) for side in root.get("viewBox", "").split()] == [0, 0, *drawing.size]
    for element in root.iter(f"{SVG}path"):
        assert len(element.get("d", "")) > 3, "an empty path"
    assert np.isfinite(drawing.paths.points).all()
    assert np.isfinite(drawing.marks.centers).all()
    assert (np.diff(drawing.paths.offsets) >= 2).all(), "a path without extent"
    on_curve = drawing.paths.points[drawing.paths.codes != 4]
    reach = max(drawing.size) * 0.1 + 8
    for points in (on_curve, drawing.marks.centers):
        if len(points):
            assert points.min() >= -reach
            assert (points <= np.array(drawing.size) + reach).all()
    if len(drawing) == 0:
        assert drawing.notes, "an empty drawing says why"


@pytest.mark.parametrize("picture", list(PICTURES))
@pytest.mark.parametrize("backend", BACKENDS, ids=ident)
def test_every_preset_draws_every_picture(backend: Backend, picture: str) -> None:
    for preset in ("defaults", *backend.presets):
        values = {} if preset == "defaults" else backend.preset(preset)
        check_sound(v2a.vectorize(PICTURES[picture], backend.name, **values))


@pytest.mark.parametrize("picture", list(PICTURES))
@pytest.mark.parametrize("backend", BACKENDS, ids=ident)
def test_every_parameter_is_sound_at_its_bounds_on_every_picture(backend: Backend, picture: str) -> None:
    # One session: what a parameter does not touch is not computed again.
    with v2a.Session(PICTURES[picture], backend.name) as session:
        for name, parameter in backend.Params.parameters().items():
            for value in values_of(parameter)[-2:] if parameter.kind in ("int", "float") else values_of(parameter):
                session.params.reset()
                session.set(**met(backend, name), **{name: value})
                check_sound(session.drawing)


@pytest.mark.parametrize("backend", BACKENDS, ids=ident)
def test_the_page_is_painted_only_when_asked_for(backend: Backend) -> None:
    picture = PICTURES["photo"]
    assert v2a.vectorize(picture, backend.name, background="#102030").background == "#102030"
    assert v2a.vectorize(picture, backend.name, background="#102030", page=False).background is None


@pytest.mark.parametrize("backend", BACKENDS, ids=ident)
def test_sixteen_bits_draw_what_eight_draw(backend: Backend) -> None:
    picture = PICTURES["photo"]
    eight = v2a.vectorize(picture, backend.name)
    sixteen = v2a.vectorize(picture.astype(np.uint16) * 257, backend.name)
    assert abs(len(eight) - len(sixteen)) <= 0.03 * len(eight) + 1


@pytest.mark.parametrize("backend", BACKENDS, ids=ident)
def test_what_is_background_gets_no_marks(backend: Backend) -> None:
    """A busy subject before an even ground: with the ground taken away, nothing stands on it."""
    y, x = np.mgrid[0:128, 0:128]
    inside = np.hypot(x - 64, y - 64) < 36
    texture = np.random.default_rng(1).integers(0, 120, (16, 16, 3)).repeat(8, 0).repeat(8, 1)
    picture = np.where(inside[:, :, None], texture, 225).astype(np.uint8)
    picture = noisy(picture, 3)
    drawing = v2a.vectorize(picture, backend.name, remove_background="auto", page=True, background="#ffffff")

    shown = np.asarray(Image.open(io.BytesIO(drawing.to_png())).convert("L")).astype(int)
    far = np.hypot(x - 63.5, y - 63.5) > 44
    assert len(drawing) > 0
    assert (shown[far] < 250).mean() < 0.005
    assert (shown[inside] < 250).mean() > 0.02
