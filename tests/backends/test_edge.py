"""The edge backend as a whole: every parameter alive, every picture drawn, drawings that are right."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

import vec2art_nb as v2a

EDGE = v2a.backends["edge"]


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    """A quarter of a real photograph, with noise of a cheap camera."""
    pixels = v2a.samples.load("astronaut").pixels[:256, 100:356].astype(np.int16)
    noise = np.random.default_rng(3).normal(0, 4, pixels.shape)
    return np.clip(pixels + noise, 0, 255).astype(np.uint8)


def bounds(name: str) -> tuple[object, ...]:
    """Values across the soft range of a parameter, or all its choices."""
    declared = EDGE.Params.parameters()[name]
    if declared.kind == "bool":
        return (False, True)
    if declared.kind == "choice":
        return tuple(declared.choices)
    if declared.kind == "color":
        return ("#ffffff", "#802010")
    if declared.kind == "palette":
        return (("#102040", "#e0c080"), ("#202020", "#d04030", "#40b060"))
    low, high = declared.soft or (declared.ge if declared.ge is not None else declared.gt, declared.le)
    return (declared.default, low, high)


def needed(name: str) -> dict[str, object]:
    """What other parameters must be for this one to have an effect."""
    needs = EDGE.Params.parameters()[name].needs or {}
    found = {other: value[0] if isinstance(value, tuple) else value for other, value in needs.items()}
    return {deeper: value for other in found for deeper, value in needed(other).items()} | found


@pytest.mark.parametrize("name", list(EDGE.Params.parameters()))
def test_every_parameter_changes_the_drawing(name: str, photo: np.ndarray) -> None:
    if name == "background":
        photo = np.dstack([photo, np.tile(np.linspace(0, 255, 256), (256, 1)).astype(np.uint8)])
    if "background_" in name or name == "remove_background":
        photo = things_on_a_table()
    # Further passes find little that is new where all is drawn, or where what is new is called clutter.
    company = {"detail": 0.4, "declutter": 0.0} if name == "pass_detail" else {"detail": 0.8}
    drawings = {v2a.vectorize(photo, **company | needed(name) | {name: value}).digest() for value in bounds(name)}
    assert len(drawings) == len(set(bounds(name))), f"{name} does not change the drawing"


@pytest.mark.parametrize("name", [name for name, declared in EDGE.Params.parameters().items() if declared.needs])
def test_a_parameter_whose_needs_are_not_met_changes_nothing(name: str, photo: np.ndarray) -> None:
    unmet = {}
    for other in EDGE.Params.parameters()[name].needs:
        unmet[other] = next(value for value in bounds(other) if value != needed(name)[other])
    drawings = {v2a.vectorize(photo, **unmet, **{name: value}).digest() for value in bounds(name)}
    assert len(drawings) == 1


def things_on_a_table() -> np.ndarray:
    """On a ground that grows lighter: a ring round a faint square, three squares, and one behind thin air."""
    y, x = np.mgrid[0:256, 0:256]
    pixels = np.repeat((170 + x / 8)[..., None], 3, axis=2)
    from_ring = np.hypot(x - 80, y - 80)
    pixels[(from_ring < 50) & (from_ring > 30)] = (60, 50, 70)
    pixels[66:94, 66:94] -= 14
    for left, top, shift in ((100, 170, -14), (30, 170, -45), (180, 170, 45)):
        pixels[top : top + 40, left : left + 40] += shift
    alpha = np.full((256, 256, 1), 255)
    pixels[60:100, 180:220] = (120, 20, 20)
    alpha[50:110, 170:230] = 110
    return np.concatenate([pixels, alpha], axis=2).astype(np.uint8)


def disc(radius: float = 40.0, contrast: float = 200.0, size: int = 128) -> np.ndarray:
    """An anti-aliased disc around (64, 64) in the pixel plane."""
    y, x = np.mgrid[0 : size * 4, 0 : size * 4] / 4 + 0.125
    inside = np.hypot(x - 64, y - 64) < radius
    return (30 + contrast * inside.reshape(size, 4, size, 4).mean((1, 3))).astype(np.uint8)


def test_a_disc_is_one_closed_stroke_on_its_outline() -> None:
    drawing = v2a.vectorize(disc())
    assert len(drawing) == 1
    assert drawing.paths.closed.tolist() == [True]
    on_curve = drawing.paths.points[drawing.paths.codes == 1]
    distance = np.abs(np.hypot(*(on_curve - 64).T) - 40)
    assert distance.max() < 0.4


def test_a_faint_disc_is_found_with_the_same_setting() -> None:
    assert len(v2a.vectorize(disc(contrast=6.0))) == 1


def test_pure_noise_gives_almost_nothing() -> None:
    noise = np.random.default_rng(0).normal(128, 12, (256, 256)).clip(0, 255).astype(np.uint8)
    drawing = v2a.vectorize(noise)
    assert drawing.vertices < 256 * 256 / 200


PICTURES = {
    "1x1": np.zeros((1, 1), np.uint8),
    "2x2": np.array([[0, 255], [255, 0]], np.uint8),
    "1x4000": np.tile(np.array([0, 255], np.uint8), 2000)[None],
    "4000x1": np.tile(np.array([0, 255], np.uint8), 2000)[:, None],
    "flat": np.full((40, 50, 3), 77, np.uint8),
    "gradient": np.tile(np.arange(256, dtype=np.uint8), (64, 1)),
    "checkerboard": (np.indices((96, 96)) // 8).sum(0).astype(np.uint8) % 2 * 255,
    "noise": np.random.default_rng(2).integers(0, 256, (64, 64, 3), np.uint8),
    "16 bits": (disc().astype(np.uint16) * 257),
    "transparent": np.dstack([np.zeros((32, 32, 3), np.uint8), np.zeros((32, 32), np.uint8)]),
}


@pytest.mark.parametrize("picture", list(PICTURES))
@pytest.mark.parametrize("preset", ["defaults", *EDGE.presets])
def test_every_picture_gives_sound_svg(picture: str, preset: str) -> None:
    values = {} if preset == "defaults" else EDGE.preset(preset)
    drawing = v2a.vectorize(PICTURES[picture], **values)
    root = ElementTree.fromstring(drawing.to_svg())
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert np.isfinite(drawing.paths.points).all()
    assert (np.diff(drawing.paths.offsets) >= 2).all(), "a path without extent"
    if len(drawing) == 0:
        assert drawing.notes, "an empty drawing says why"


@pytest.mark.parametrize("picture", ["1x1", "1x4000", "4000x1", "noise", "2x2"])
@pytest.mark.parametrize("name", list(EDGE.Params.parameters()))
def test_every_parameter_is_sound_at_its_bounds_on_odd_pictures(name: str, picture: str) -> None:
    for value in bounds(name):
        drawing = v2a.vectorize(PICTURES[picture], **needed(name), **{name: value})
        ElementTree.fromstring(drawing.to_svg())


def test_points_lie_in_the_picture(photo: np.ndarray) -> None:
    polylines = v2a.vectorize(photo, smooth=False, detail=1.0).paths.points
    assert polylines.min() >= 0
    assert polylines.max() <= 256


def test_the_page_is_painted_only_when_asked_for(photo: np.ndarray) -> None:
    assert v2a.vectorize(photo, background="#102030").background == "#102030"
    assert v2a.vectorize(photo, background="#102030", page=False).background is None


def test_sixteen_bits_draw_what_eight_draw(photo: np.ndarray) -> None:
    eight, sixteen = v2a.vectorize(photo), v2a.vectorize(photo.astype(np.uint16) * 257)
    assert abs(len(eight) - len(sixteen)) <= 0.02 * len(eight)


def test_more_detail_never_draws_less(photo: np.ndarray) -> None:
    with v2a.Session(photo) as session:
        counts = []
        for detail in np.linspace(0, 1, 11):
            session.params.detail = detail
            counts.append(int(session.stage("edges").values.sum()))
    assert counts == sorted(counts)
    assert counts[0] < counts[-1] / 2
