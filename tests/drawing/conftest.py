"""Drawings to test with, and an independent reader of SVG path data."""

import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import strategies as st

from vec2art_nb.drawing import Drawing, PathLayer, Recipe, Style

MOVETO, LINETO, CURVE4 = 1, 2, 4


def build_layer(paths, styles=None, closed=None, name="lines"):
    """A layer from paths given as lists of (code, x, y)."""
    vertices = [vertex for path in paths for vertex in path]
    return PathLayer(
        name=name,
        points=np.array([vertex[1:] for vertex in vertices], np.float32).reshape(-1, 2),
        codes=np.array([vertex[0] for vertex in vertices], np.uint8),
        offsets=np.cumsum([0, *map(len, paths)]).astype(np.int64),
        styles=np.array([0] * len(paths) if styles is None else styles, np.int32),
        closed=np.array([False] * len(paths) if closed is None else closed, np.bool_),
    )


def build_polyline(*points):
    return [(MOVETO if index == 0 else LINETO, x, y) for index, (x, y) in enumerate(points)]


@pytest.fixture(scope="session")
def layer():
    return build_layer


@pytest.fixture(scope="session")
def polyline():
    return build_polyline


@pytest.fixture(scope="session")
def recipe():
    return Recipe("edge", {"detail": 0.4, "smooth": True, "ink": "</metadata>&]]>"}, "0" * 32, (360, 300), "0.1.0")


@pytest.fixture(scope="session")
def showcase(recipe):
    """One of everything: fill, holes, curves, dots, opacity, two layers."""
    angles = np.arange(5) * 4 * np.pi / 5
    star = build_polyline(*zip(100 + 80 * np.cos(angles), 100 + 80 * np.sin(angles), strict=True))
    frame = build_polyline((220, 40), (320, 40), (320, 160), (220, 160))
    frame += build_polyline((240, 60), (240, 140), (300, 140), (300, 60))
    wave = [(MOVETO, 30, 250), *((CURVE4, *point) for point in [(80, 150), (120, 350), (180, 250)])]
    wave += [(CURVE4, *point) for point in [(240, 150), (250, 260), (330, 230)]]
    dots = [build_polyline((50, 200), (50, 200)), build_polyline((80, 200))]
    cross = build_polyline((200, 200), (320, 280)) + build_polyline((320, 200), (200, 280))
    return Drawing(
        size=(360, 300),
        layers=(
            build_layer([star, frame, wave], [0, 1, 2], [True, True, False], "shapes"),
            build_layer([*dots, cross], [3, 3, 4], None, "marks"),
        ),
        styles=(
            Style("#cc2020", "#ffd0a0", 6.0),
            Style("#203080", "#80c0ff", 3.0, 0.5),
            Style("#107030", None, 4.0),
            Style("#000000", None, 14.0),
            Style("#8020a0", None, 20.0, 0.4),
        ),
        background="#fffff0",
        recipe=recipe,
    )


@pytest.fixture(scope="session")
def drawings():
    """Strategy: ragged drawings, with many coincidences, in one or two layers."""
    near = st.sampled_from([0.0, 1.0, 2.5, 3.0, 10.0, 0.004, 0.125, 99.99])
    coordinate = near | st.floats(-2000, 2000, width=32) | st.floats(-(2.0**24), 2.0**24, width=32)
    point = st.tuples(coordinate, coordinate)
    line = st.tuples(point).map(lambda points: [(LINETO, *points[0])])
    curve = st.tuples(point, point, point).map(lambda points: [(CURVE4, *p) for p in points])
    subpath = st.tuples(point, st.lists(line | curve, max_size=5)).map(
        lambda parts: [(MOVETO, *parts[0]), *(vertex for segment in parts[1] for vertex in segment)]
    )
    path = st.lists(subpath, min_size=1, max_size=2).map(lambda parts: [vertex for part in parts for vertex in part])
    paths = st.lists(st.tuples(path, st.integers(0, 2), st.booleans()), max_size=5)
    layers = paths.map(lambda rows: build_layer(*([list(column) for column in zip(*rows, strict=True)] or [[]])))
    styles = (Style("#101010"), Style(None, "#ff0000"), Style("#00ff00", "#0000ff", 2.25, 0.5))
    return st.lists(layers, max_size=2).map(lambda parts: Drawing((100, 80), tuple(parts), styles, "#ffffff"))


_TOKEN = re.compile(r"([mlhvcsz])|([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)|([ ,\n]+)|(.)", re.IGNORECASE)
_NUMBERS = {"m": 2, "l": 2, "h": 1, "v": 1, "c": 6, "s": 4, "z": 0}


def read_path_data(text):
    """Subpaths of SVG path data: (start, [segments], closed), a segment being its absolute points; exact numbers."""
    tokens = [match.groups() for match in _TOKEN.finditer(text)]
    assert not [token for token in tokens if token[3]], f"stray characters in {text!r}"
    tokens = [token[0] or Fraction(token[1]) for token in tokens if not token[2]]
    subpaths, command, pen, second = [], None, (Fraction(0), Fraction(0)), None
    while tokens:
        if isinstance(tokens[0], str):
            command = tokens.pop(0)
            assert command.islower(), "only relative commands are written"
        else:
            assert command != "z"
            command = {"m": "l"}.get(command, command)
        numbers, tokens = tokens[: _NUMBERS[command]], tokens[_NUMBERS[command] :]
        assert len(numbers) == _NUMBERS[command]
        assert not any(isinstance(number, str) for number in numbers)
        if command == "z":
            start, segments, _ = subpaths[-1]
            subpaths[-1] = (start, segments, True)
            pen, second = start, None
            continue
        if command in "hv":
            numbers = [numbers[0], 0] if command == "h" else [0, numbers[0]]
        points = [(pen[0] + dx, pen[1] + dy) for dx, dy in zip(numbers[::2], numbers[1::2], strict=True)]
        if command == "s":
            points.insert(0, pen if second is None else (2 * pen[0] - second[0], 2 * pen[1] - second[1]))
        second = points[1] if command in "cs" else None
        pen = points[-1]
        if command == "m":
            subpaths.append((pen, [], False))
        else:
            subpaths[-1][1].append(points)
    return subpaths


@pytest.fixture(scope="session")
def path_data():
    return read_path_data
