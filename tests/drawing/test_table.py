import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vec2art_nb.drawing import Drawing, Style

COLUMNS = {
    "layer": "string",
    "kind": "string",
    "vertices": "int64",
    "length": "float64",
    "closed": "bool",
    "stroke": "string",
    "fill": "string",
    "width": "float64",
    "x_min": "float64",
    "y_min": "float64",
    "x_max": "float64",
    "y_max": "float64",
}
CURVE4 = 4


def sampled(path, closed, pieces=2000):
    """Polylines of a path, curves cut very finely."""
    parts, index = [], 0
    while index < len(path):
        code, *point = path[index]
        if code == 1:
            parts.append([np.float32(point)])
        elif code == 2:
            parts[-1].append(np.float32(point))
        else:
            a, b, c, d = parts[-1][-1], *(np.float32(vertex[1:]) for vertex in path[index : index + 3])
            t = np.linspace(0, 1, pieces + 1)[1:, None]
            parts[-1] += [*((1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d)]
            index += 2
        index += 1
    return [np.array([*part, part[0]] if closed else part, np.float64) for part in parts]


def test_a_row_says_what_a_path_is(showcase):
    frame = showcase.to_frame()
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == COLUMNS
    assert frame["layer"].tolist() == ["shapes"] * 3 + ["marks"] * 3
    assert frame["vertices"].tolist() == [5, 8, 7, 2, 1, 4]
    assert frame["vertices"].sum() == showcase.vertices
    assert frame["closed"].tolist() == [True, True, False, False, False, False]
    assert frame["stroke"].tolist() == ["#cc2020", "#203080", "#107030", "#000000", "#000000", "#8020a0"]
    assert frame["fill"][:2].tolist() == ["#ffd0a0", "#80c0ff"]
    assert frame["fill"][2:].isna().all()
    assert frame["width"].tolist() == [6.0, 3.0, 4.0, 14.0, 14.0, 20.0]


def test_closed_paths_count_the_closing_line_of_every_subpath(showcase, layer, polyline):
    assert showcase.to_frame()["length"][1] == pytest.approx(2 * (100 + 120) + 2 * (60 + 80))
    triangle = polyline((0, 0), (3, 0), (3, 4))
    paths = layer([triangle, triangle], [0, 0], [True, False])
    lengths = Drawing((9, 9), (paths,), (Style("#000000"),)).to_frame()["length"]
    assert lengths.tolist() == [12.0, 7.0]


COORDINATES = st.floats(-100, 100, width=32) | st.sampled_from([0.0, 10.0])
POINTS = st.tuples(COORDINATES, COORDINATES)
SEGMENTS = POINTS.map(lambda p: [(2, *p)]) | st.tuples(POINTS, POINTS, POINTS).map(lambda ps: [(4, *p) for p in ps])
PATHS = st.lists(st.tuples(POINTS, st.lists(SEGMENTS, max_size=3)), min_size=1, max_size=2).map(
    lambda parts: [vertex for start, rest in parts for vertex in [(1, *start), *(v for s in rest for v in s)]]
)


@settings(max_examples=60)
@given(rows=st.lists(st.tuples(PATHS, st.booleans()), min_size=1, max_size=3))
def test_lengths_and_bounds_are_those_of_the_curves(rows, layer):
    paths = layer([path for path, _ in rows], None, [closed for _, closed in rows])
    frame = Drawing((9, 9), (paths,), (Style("#000000"),)).to_frame()
    for (path, closed), row in zip(rows, frame.itertuples(), strict=True):
        parts = sampled(path, closed)
        length = sum(np.hypot(*np.diff(part, axis=0).T).sum() for part in parts)
        assert row.length == pytest.approx(length, rel=0.01, abs=1e-4)
        points = np.concatenate(parts)
        found = [row.x_min, row.y_min, row.x_max, row.y_max]
        # The samples miss an extreme by at most the sagitta of 1/2000 of a curve.
        assert found == pytest.approx([*points.min(axis=0), *points.max(axis=0)], abs=1e-3)


def test_bounds_are_tighter_than_the_control_points(layer):
    arch = [(1, 0, 0), (CURVE4, 0, 40), (CURVE4, 30, 40), (CURVE4, 30, 0)]
    frame = Drawing((9, 9), (layer([arch]),), (Style("#000000"),)).to_frame()
    assert frame.loc[0, ["x_min", "y_min", "x_max", "y_max"]].tolist() == [0, 0, 30, 30]


def test_an_empty_drawing_gives_a_table_of_the_same_columns_and_types(layer):
    for drawing in (Drawing((3, 3)), Drawing((3, 3), (layer([]),)), Drawing((3, 3), (), (Style("#000000"),))):
        frame = drawing.to_frame()
        assert len(frame) == 0
        assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == COLUMNS


def test_the_table_can_be_joined_grouped_and_written(showcase):
    frame = showcase.to_frame()
    assert isinstance(frame, pd.DataFrame)
    assert frame.groupby("layer")["length"].sum().index.tolist() == ["marks", "shapes"]
    assert pd.concat([frame, Drawing((3, 3)).to_frame()]).dtypes.equals(frame.dtypes)
