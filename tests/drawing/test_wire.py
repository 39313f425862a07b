import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vec2art_nb.drawing import Drawing, Style
from vec2art_nb.drawing.wire import encode_frame

TYPES = {"points": "<i2", "codes": "u1", "offsets": "<u4", "styles": "<u2", "closed": "u1"}


def decode_frame(header, buffers):
    """What the viewer does, in Python: a list of dicts of arrays, points in px."""
    layers = []
    for layer in header["layers"]:
        arrays = {name: np.frombuffer(buffers[index], TYPES[name]) for name, index in layer["buffers"].items()}
        arrays["points"] = arrays["points"].reshape(layer["points"], 2) / layer["grid"]
        assert len(arrays["codes"]) == layer["points"]
        assert [len(arrays[name]) for name in ("offsets", "styles", "closed")] == [
            layer["paths"] + 1,
            *[layer["paths"]] * 2,
        ]
        layers.append({"name": layer["name"], "kind": layer["kind"], **arrays})
    return layers


@given(data=st.data())
def test_a_frame_decodes_to_the_drawing_within_half_a_step(data, drawings):
    drawing = data.draw(drawings)
    header, buffers = encode_frame(drawing)
    decoded = decode_frame(json.loads(json.dumps(header)), buffers)
    assert len(decoded) == len(drawing.layers)
    for layer, found, described in zip(drawing.layers, decoded, header["layers"], strict=True):
        assert (found["name"], found["kind"]) == (layer.name, "paths")
        assert np.abs(found["points"] - layer.points).max(initial=0) <= 0.5 / described["grid"]
        for name in ("codes", "offsets", "styles", "closed"):
            assert np.array_equal(found[name], getattr(layer, name))


@pytest.mark.parametrize(
    ("largest", "grid"),
    [(0, 64), (511.98, 64), (511.995, 32), (1000, 32), (-1024, 16), (4000, 8), (40_000, 0.5), (2**24, 2**-10)],
)
def test_the_grid_is_the_finest_power_of_two_with_which_all_points_fit(layer, polyline, largest, grid):
    drawing = Drawing((9, 9), (layer([polyline((0, 0), (0, largest))]),), (Style("#000000"),))
    header, buffers = encode_frame(drawing)
    assert header["layers"][0]["grid"] == grid
    assert np.frombuffer(buffers[0], "<i2")[3] == round(largest * grid)


def test_the_header_says_everything_that_is_not_in_the_buffers(showcase):
    header, buffers = encode_frame(showcase)
    assert header["format"] == 1
    assert header["size"] == [360, 300]
    assert header["background"] == "#fffff0"
    assert header["styles"][1] == {"stroke": "#203080", "fill": "#80c0ff", "width": 3.0, "opacity": 0.5}
    assert [layer["name"] for layer in header["layers"]] == ["shapes", "marks"]
    assert header["layers"][1]["buffers"] == {"points": 5, "codes": 6, "offsets": 7, "styles": 8, "closed": 9}
    assert len(buffers) == 10


def test_a_frame_without_layers_has_no_buffers():
    header, buffers = encode_frame(Drawing((2, 3)))
    assert header == {"format": 1, "size": [2, 3], "background": None, "styles": [], "layers": []}
    assert buffers == []


def test_buffers_are_bytes_even_when_a_layer_is_empty(layer):
    _, buffers = encode_frame(Drawing((2, 3), (layer([]),)))
    assert [len(buffer) for buffer in buffers] == [0, 0, 4, 0, 0]
    assert all(isinstance(buffer, bytes) for buffer in buffers)
