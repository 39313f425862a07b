import json
import weakref
import zlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vec2art_nb.drawing import Drawing, MarkLayer, PathLayer, Style
from vec2art_nb.drawing.held import HeldBuffers
from vec2art_nb.drawing.wire import FrameEncoder, encode_frame, screen_grid

PATH_TYPES = {"points": "<i2", "codes": "u1", "offsets": "<u4", "styles": "<u2", "closed": "u1"}
MARK_TYPES = {"shapes": "u1", "centers": "<i2", "radii": "<u2", "angles": "<i2", "styles": "<u2"}


class Browser:
    """What a browser makes of frames, written from the documentation of the wire: NumPy and zlib, nothing of ours.

    It holds buffers, those used lately last, up to a limit in bytes.
    """

    def __init__(self, limit=1 << 30):
        self.limit = limit
        self.held = {}

    def take(self, header, message):
        """The layers and styles of a frame, or None when a buffer is missing."""
        buffers = []
        for entry in header["buffers"]:
            data = (
                self.held.pop(entry["digest"], None) if entry["at"] is None else unpacked(entry, message[entry["at"]])
            )
            if data is not None:
                self.held.pop(entry["digest"], None)
                self.held[entry["digest"]] = data
            buffers.append(data)
        while sum(map(len, self.held.values())) > self.limit and len(self.held) > len(buffers):
            del self.held[next(iter(self.held))]
        return None if any(data is None for data in buffers) else decoded(header, buffers)


def unpacked(entry, data):
    if entry["coding"] == "deflate":
        planes = np.frombuffer(zlib.decompress(data), np.uint8).reshape(entry["word"], -1)
        numbers = np.ascontiguousarray(planes.T).view(f"<u{entry['word']}").ravel()
        for start in range(entry["stride"]):
            numbers[start :: entry["stride"]] = np.cumsum(numbers[start :: entry["stride"]], dtype=numbers.dtype)
        data = numbers.tobytes()
    assert len(data) == entry["bytes"]
    return data


def decoded(header, buffers):
    """Layers as dicts of arrays, coordinates in px; and styles."""
    layers = []
    for layer in header["layers"]:
        types = PATH_TYPES if layer["kind"] == "paths" else MARK_TYPES
        wide = "points" if layer["kind"] == "paths" else "centers"
        arrays = {}
        for name, place in layer["buffers"].items():
            arrays[name] = np.frombuffer(buffers[place], "<i4" if name == wide and layer.get("wide") else types[name])
        arrays[wide] = arrays[wide].reshape(-1, 2) / layer["grid"]
        if layer["kind"] == "marks":
            arrays["radii"] = arrays["radii"] / layer["radius_grid"]
            arrays["angles"] = arrays["angles"] / 64
        counted = {"points", "codes"} if layer["kind"] == "paths" else {}
        for name, array in arrays.items():
            count = layer["points"] if name in counted else layer[layer["kind"]]
            assert len(array) == count + (name == "offsets")
        layers.append({"name": layer["name"], "kind": layer["kind"], "grid": layer["grid"], **arrays})
    table = np.frombuffer(buffers[header["styles"]["buffer"]], "<u4").reshape(header["styles"]["count"], 4)
    styles = [
        (
            *(None if color == 0xFFFFFFFF else f"#{color:06x}" for color in row[:2].tolist()),
            *row[2:].view("<f4").tolist(),
        )
        for row in table
    ]
    return layers, styles


def assert_shows(found, drawing):
    """What the browser has is the drawing, within half a step of the grid."""
    layers, styles = found
    assert styles == [
        (style.stroke, style.fill, np.float32(style.width), np.float32(style.opacity)) for style in drawing.styles
    ]
    assert len(layers) == len(drawing.layers)
    for layer, there in zip(drawing.layers, layers, strict=True):
        assert there["name"] == layer.name
        exact = {"codes", "offsets", "styles", "closed", "shapes"}
        for name in exact & set(there):
            assert np.array_equal(there[name], getattr(layer, name))
        for name in {"points", "centers", "radii"} & set(there):
            assert np.abs(there[name] - getattr(layer, name)).max(initial=0) <= 0.5 / there["grid"]


def sent(frame, held=None, *, deflate=False):
    """The message of a frame, as it is after its journey as JSON."""
    header, buffers = (held or HeldBuffers()).pack(frame, deflate=deflate)
    return json.loads(json.dumps(header)), buffers


def strokes(*points, color="#101010", width=1.0):
    count = len(points)
    layer = PathLayer(
        "strokes",
        np.array(points, np.float32),
        np.array([1] + [2] * (count - 1), np.uint8),
        np.array([0, count], np.int64),
        np.zeros(1, np.int32),
        np.zeros(1, np.bool_),
    )
    return Drawing((900, 900), (layer,), (Style(color, None, width),))


def recolored(drawing, color):
    """The same arrays in layers made anew, as a stage does that only sees to the colours."""
    layers = tuple(
        PathLayer(layer.name, layer.points, layer.codes, layer.offsets, layer.styles, layer.closed)
        for layer in drawing.layers
    )
    return Drawing(drawing.size, layers, tuple(Style(color) for _ in drawing.styles), drawing.background)


# --- one frame --------------------------------------------------------------------------------------------------------


@given(data=st.data(), deflate=st.booleans())
def test_a_frame_decodes_to_the_drawing_within_half_a_step(data, drawings, deflate):
    drawing = data.draw(drawings)
    assert_shows(Browser().take(*sent(FrameEncoder().encode(drawing), deflate=deflate)), drawing)


@pytest.mark.parametrize(
    ("largest", "grid"),
    [(0, 64), (511.98, 64), (511.995, 32), (1000, 32), (-1024, 16), (4000, 8), (40_000, 0.5), (2**24, 2**-10)],
)
def test_the_grid_is_the_finest_power_of_two_with_which_all_points_fit(largest, grid):
    header, buffers = encode_frame(strokes((0, 0), (0, largest)))
    assert header["layers"][0]["grid"] == grid
    points = buffers[header["layers"][0]["buffers"]["points"]]
    assert np.frombuffer(points, "<i2")[3] == round(largest * grid)


@pytest.mark.parametrize(
    ("pixels_per_px", "grid"), [(0.05, 0.5), (0.1, 1), (0.25, 2), (1.0, 8), (1.01, 16), (64.0, 64)]
)
def test_the_grid_of_a_screen_has_steps_of_an_eighth_of_its_pixels_at_most(pixels_per_px, grid):
    assert screen_grid(pixels_per_px) == grid
    header = FrameEncoder().encode(strokes((0, 0), (7, 3)), grid=grid).header
    assert header["layers"][0]["grid"] == grid


def test_a_large_drawing_that_is_looked_at_closely_is_sent_with_wide_coordinates():
    drawing = strokes((0.013, 0), (0.5, 4000.51))
    coarse = FrameEncoder().encode(drawing, pixels_per_px=1)
    fine = FrameEncoder().encode(drawing, pixels_per_px=8)
    assert [frame.header["layers"][0].get("wide", False) for frame in (coarse, fine)] == [False, True]
    assert [frame.header["layers"][0]["grid"] for frame in (coarse, fine)] == [8, 64]
    for deflate in (False, True):
        assert_shows(Browser().take(*sent(fine, deflate=deflate)), drawing)


def test_the_header_says_everything_that_is_not_in_the_buffers(showcase):
    header, buffers = encode_frame(showcase)
    assert header["format"] == 2
    assert header["size"] == [360, 300]
    assert header["background"] == "#fffff0"
    assert [layer["name"] for layer in header["layers"]] == ["shapes", "marks"]
    assert header["layers"][1]["buffers"].keys() == {"points", "codes", "offsets", "styles", "closed"}
    assert header["styles"]["count"] == 5
    assert [entry["at"] for entry in header["buffers"]] == list(range(len(buffers)))
    assert all(isinstance(buffer, bytes) for buffer in buffers)


def test_a_frame_without_layers_has_no_buffers_but_that_of_no_styles():
    header, buffers = encode_frame(Drawing((2, 3)))
    assert (header["layers"], header["styles"], buffers) == ([], {"count": 0, "buffer": 0}, [b""])


def test_the_digest_tells_any_difference_that_is_seen_apart():
    plain = strokes((0, 0), (7, 3))
    others = [
        strokes((0, 0), (7, 3.1)),
        strokes((0, 0), (7, 3), color="#101011"),
        strokes((0, 0), (7, 3), width=1.5),
        Drawing((901, 900), plain.layers, plain.styles),
        Drawing((900, 900), plain.layers, plain.styles, "#ffffff"),
    ]
    digests = {FrameEncoder().encode(drawing).digest for drawing in [plain, *others, strokes((0, 0), (7, 3))]}
    assert len(digests) == 6


# --- one frame after another ------------------------------------------------------------------------------------------


def test_arrays_of_the_frame_before_are_not_encoded_again(monkeypatch):
    encoder = FrameEncoder()
    # Arrays that own nothing, as most stages make them, and such that do.
    drawing = strokes((0, 0), (7, 3), (9, 9))
    first = encoder.encode(drawing)
    monkeypatch.setattr("vec2art_nb.drawing.wire._on_grid", lambda *_: pytest.fail("encoded again"))
    again = encoder.encode(recolored(drawing, "#aa0000"))
    place = again.header["layers"][0]["buffers"]["points"]
    assert again.buffers[place] is first.buffers[first.header["layers"][0]["buffers"]["points"]]


def test_an_array_in_the_place_of_one_that_is_gone_is_another():
    encoder = FrameEncoder()
    like = strokes(*np.zeros((64, 2))).layers[0]
    memory = bytearray(64 * 8)
    seen = set()
    for value in range(50):
        # Another array object, which often gets the address of the last one, on the same memory.
        np.frombuffer(memory, np.float32)[:] = value
        layer = replace(like, points=np.frombuffer(memory, np.float32).reshape(64, 2))
        gone = weakref.ref(layer.points.base)
        seen.add(id(layer.points.base))
        drawing = Drawing((900, 900), (layer,), (Style("#101010"),))
        assert_shows(Browser().take(*sent(encoder.encode(drawing))), drawing)
        del drawing, layer
        # The encoder does not keep arrays.
        assert gone() is None
    assert len(seen) < 50, "no array came to stand where one had stood"


def test_another_grid_is_another_buffer_even_of_the_same_array():
    encoder = FrameEncoder()
    drawing = strokes((0, 0), (7.26, 3.74))
    for grid in (64.0, 8.0, 1.0, 64.0):
        frame = encoder.encode(drawing, grid=grid)
        assert frame.header["layers"][0]["grid"] == grid
        assert_shows(Browser().take(*sent(frame)), drawing)


def dots(random, count):
    return MarkLayer(
        "dots",
        random.integers(0, 7, count).astype(np.uint8),
        random.uniform(0, 700, (count, 2)).astype(np.float32),
        random.uniform(0, 9, count).astype(np.float32),
        np.zeros(count, np.float32),
        np.zeros(count, np.int32),
    )


@given(data=st.data(), seed=st.integers(0, 2**32 - 1))
def test_any_sequence_of_drawings_decodes_to_what_was_sent(data, seed, drawings):
    """With messages lost, pages reloaded, either coding, and both sides forgetting what they can't keep."""
    random = np.random.default_rng(seed)
    marks = Drawing((700, 700), (dots(random, 300),), (Style(None, "#207050"),))
    pool = [marks, *data.draw(st.lists(drawings, min_size=1, max_size=4))]
    encoder = FrameEncoder()
    held = HeldBuffers(data.draw(st.sampled_from([0, 3_000, 1 << 20])))
    browser = Browser(data.draw(st.sampled_from([0, 3_000, 1 << 20])))
    lost = 0
    for _ in range(data.draw(st.integers(1, 12))):
        drawing = data.draw(st.sampled_from(pool))
        event = data.draw(st.sampled_from(["arrives", "arrives", "arrives", "is lost", "reload", "restyle"]))
        if event == "reload":
            browser.held.clear()
            held.keep(browser.held)
        if event == "restyle":
            drawing = Drawing(drawing.size, drawing.layers, (Style("#abcdef", "#123456", 7.0),) * 3)
        grid = data.draw(st.sampled_from([64.0, 8.0]))
        frame = encoder.encode(drawing, grid=grid, pixels_per_px=data.draw(st.sampled_from([0.0, 8.0])))
        message = sent(frame, held, deflate=data.draw(st.booleans()))
        if event == "is lost":
            lost += 1
            continue
        found = browser.take(*message)
        if found is None:
            # What is missing is asked for, and then all comes.
            held.forget()
            found = browser.take(*sent(frame, held))
            assert found is not None
        assert_shows(found, drawing)
    if not lost and browser.limit >= held._limit:
        assert set(held._sizes) <= set(browser.held)
