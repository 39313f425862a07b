"""The browser's modules: their types hold, their pure parts do what they say, and they are as plain as they should."""

from __future__ import annotations

import base64
import importlib.util
import json
import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from vec2art_nb.drawing import SHAPES, Drawing, MarkLayer, PathLayer, Style
from vec2art_nb.drawing.held import HeldBuffers
from vec2art_nb.drawing.wire import FrameEncoder, encode_frame

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
UI = ROOT / "vec2art_nb" / "ui"
SOURCES = sorted([UI / "toolbar.js", *UI.glob("*_modules/*.js")])
BUNDLES = ("controls", "performance", "viewer")
LOADED = sorted(UI.glob("*.js"))


def run(*command: str, given: str | None = None) -> str:
    done = subprocess.run(command, cwd=ROOT, input=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def node() -> str:
    found = shutil.which("node")
    assert found, "node is missing: apt-get install nodejs"
    return found


def test_the_types_hold() -> None:
    compiler = ROOT / ".tools" / "node_modules" / ".bin" / "tsc"
    assert compiler.exists(), "TypeScript is missing: run make tools"
    run(str(compiler), "--project", str(HERE / "tsconfig.json"))


def test_the_pure_parts_do_what_they_say() -> None:
    run(node(), "--test", *map(str, sorted(HERE.glob("*.test.mjs"))))


# --- the bundle -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bundling() -> ModuleType:
    specification = importlib.util.spec_from_file_location("bundle_modules", ROOT / "tools" / "bundle_modules.py")
    assert specification
    assert specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", BUNDLES)
def test_a_widget_is_bundled_from_its_modules_as_they_are(bundling: ModuleType, name: str) -> None:
    assert bundling.BUNDLES[name].read_bytes() == bundling.bundle(name), "run make bundles"


@pytest.mark.parametrize("name", BUNDLES)
def test_every_module_is_in_its_bundle(bundling: ModuleType, name: str) -> None:
    text = bundling.BUNDLES[name].read_text()
    modules = {path.relative_to(ROOT).as_posix() for path in SOURCES if path.parent.name == f"{name}_modules"}
    assert set(re.findall(r"^// (vec2art_nb/\S+)$", text, re.MULTILINE)) == modules


# --- plainness ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("module", SOURCES, ids=lambda path: path.relative_to(UI).as_posix())
def test_a_module_is_typed_and_needs_only_its_neighbours(module: Path) -> None:
    text = module.read_text()
    assert text.startswith("// @ts-check\n")
    assert not re.search(r"@type \{any|: any\b|\{any\}|@ts-ignore|@ts-expect-error", text)
    imported = re.findall(r"^import .* from \"(.*)\";$", text, re.MULTILINE)
    assert len(imported) == len(re.findall(r"^\s*import\b|^export .* from \"|\brequire\(", text, re.MULTILINE))
    assert [name for name in imported if not (module.parent / name).is_file() or not name.startswith("./")] == []


@pytest.mark.parametrize("module", [*SOURCES, *LOADED], ids=lambda path: path.relative_to(UI).as_posix())
def test_nothing_is_fetched_and_no_text_becomes_code(module: Path) -> None:
    text = module.read_text()
    assert not re.search(r"https?://(?!www\.w3\.org/)", text)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|\beval\(|new Function", text)


@pytest.mark.parametrize("module", LOADED, ids=lambda path: path.name)
def test_what_anywidget_loads_stands_alone(module: Path) -> None:
    # It comes from a blob's address, where nothing stands beside it.
    assert not re.search(r"^\s*import\s|\bimport\([^\"]|\brequire\(", module.read_text(), re.MULTILINE)


# --- from Python to JavaScript --------------------------------------------------------------------------------------


def decoded(frames: Iterable[tuple[dict[str, Any], list[bytes]]]) -> list[dict[str, Any]]:
    """What the viewer makes of frames, one after the other."""
    given = [
        {"header": header, "buffers": [base64.b64encode(buffer).decode() for buffer in buffers]}
        for header, buffers in frames
    ]
    result: list[dict[str, Any]] = json.loads(run(node(), str(HERE / "decode.mjs"), given=json.dumps(given)))
    return result


def mixed_drawing() -> Drawing:
    """Paths with curves and subpaths, and marks of every shape, some of them far out."""
    random = np.random.default_rng(4)
    count = 500
    marks = MarkLayer(
        "marks",
        (np.arange(count) % len(SHAPES)).astype(np.uint8),
        random.uniform(-20, 620, (count, 2)).astype(np.float32),
        random.uniform(0, 30, count).astype(np.float32),
        random.uniform(-720, 720, count).astype(np.float32),
        random.integers(0, 3, count).astype(np.int32),
    )
    paths = PathLayer(
        "paths",
        random.uniform(-900, 900, (9, 2)).astype(np.float32),
        np.array([1, 4, 4, 4, 2, 1, 2, 1, 1], np.uint8),
        np.array([0, 7, 8, 9], np.int64),
        np.array([2, 0, 1], np.int32),
        np.array([True, False, True]),
    )
    styles = (Style("#101010"), Style(None, "#20a0c0"), Style("#aa0000", "#ffffff", 2.5, 0.5))
    return Drawing((600, 400), (paths, marks, paths), styles, "#ffffff")


def assert_same(drawing: Drawing, found: dict[str, Any]) -> None:
    assert found["styles"] == [
        {"stroke": style.stroke, "fill": style.fill, "width": style.width, "opacity": style.opacity}
        for style in drawing.styles
    ]
    for layer, here in zip(drawing.layers, found["layers"], strict=True):
        assert here["styles"] == layer.styles.tolist()
        if isinstance(layer, PathLayer):
            points = np.reshape(here["points"], (-1, 2)) / here["grid"]
            assert np.abs(points - layer.points).max() <= 0.5 / here["grid"]
            assert here["codes"] == layer.codes.tolist()
            assert here["offsets"] == layer.offsets.tolist()
            assert here["closed"] == layer.closed.astype(int).tolist()
        else:
            centers = np.reshape(here["centers"], (-1, 2)) / here["grid"]
            assert np.abs(centers - layer.centers).max() <= 0.5 / here["grid"]
            assert np.abs(np.array(here["radii"]) / here["radiusGrid"] - layer.radii).max() <= 0.5 / here["radiusGrid"]
            turns = (np.array(here["angles"]) / 64 - layer.angles) / 360
            assert np.abs(turns - np.rint(turns)).max() * 360 <= 0.51 / 64
            assert here["shapes"] == layer.shapes.tolist()


def test_a_drawing_is_the_same_in_the_browser() -> None:
    drawing = mixed_drawing()
    (found,) = decoded([encode_frame(drawing)])
    assert found["totals"] == {"paths": 6, "points": 18, "marks": 500}
    assert_same(drawing, found)


def test_drawings_one_after_the_other_are_the_same_in_the_browser() -> None:
    """With what the browser holds left out, deflated or not, on any grid, wide or not."""
    first = mixed_drawing()
    restyled = replace(first, styles=tuple(Style("#404040", width=number) for number in (1.0, 2.0, 3.5)))
    far = replace(first.layers[0], points=first.layers[0].points * np.float32(40))
    larger = replace(first, size=(24_000, 16_000), layers=(first.layers[1], far))
    drawings = [first, restyled, larger, first, larger, restyled, Drawing((3, 2)), first]
    encoder, held = FrameEncoder(), HeldBuffers()
    frames = [
        held.pack(encoder.encode(drawing, pixels_per_px=8.0 * (number % 3 == 2)), deflate=number % 4 < 3)
        for number, drawing in enumerate(drawings)
    ]
    sizes = [sum(map(len, buffers)) for _, buffers in frames]
    assert sizes[1] < sizes[0] / 50
    assert sizes[-1] == 0
    codings = {entry["coding"] for header, _ in frames for entry in header["buffers"] if entry["at"] is not None}
    assert codings == {"raw", "deflate"}
    assert any(layer.get("wide") for header, _ in frames for layer in header["layers"])
    for drawing, found in zip(drawings, decoded(frames), strict=True):
        assert_same(drawing, found)


def test_a_drawing_without_anything_is_nothing_in_the_browser() -> None:
    none = MarkLayer(
        "marks",
        np.zeros(0, np.uint8),
        np.zeros((0, 2), np.float32),
        np.zeros(0, np.float32),
        np.zeros(0, np.float32),
        np.zeros(0, np.int32),
    )
    empty, hollow = decoded([encode_frame(Drawing((3, 2))), encode_frame(Drawing((3, 2), (none,)))])
    assert empty == {"styles": [], "layers": [], "totals": {"paths": 0, "points": 0, "marks": 0}}
    assert hollow["layers"][0]["centers"] == hollow["layers"][0]["styles"] == []
