import numpy as np
import pytest

from vec2art_nb.drawing.held import HeldBuffers
from vec2art_nb.drawing.wire import Buffer, EncodedFrame


def frame(*names, size=100):
    """A frame of one buffer for each letter."""
    return EncodedFrame({"format": 2}, tuple(Buffer(name.encode() * size, name, 1, 0) for name in names), "")


def travels(held, *names, deflate=False):
    """Which buffers are in the message."""
    header, message = held.pack(frame(*names), deflate=deflate)
    for entry in header["buffers"]:
        assert entry["at"] is None or message[entry["at"]] == entry["digest"].encode() * 100
    return "".join(entry["digest"] for entry in header["buffers"] if entry["at"] is not None)


def test_a_buffer_travels_once():
    held = HeldBuffers()
    assert travels(held, "a", "b") == "ab"
    assert travels(held, "b", "c") == "c"
    assert travels(held, "a", "b", "c") == ""


def test_what_is_forgotten_travels_again():
    held = HeldBuffers()
    travels(held, "a", "b")
    held.forget()
    assert travels(held, "a", "b") == "ab"


def test_only_what_a_browser_says_it_holds_is_counted_on():
    held = HeldBuffers()
    travels(held, "a", "b", "c")
    held.keep(["c", "a", "z"])
    assert travels(held, "a", "b", "c", "z") == "bz"


def test_buffers_that_were_used_longest_ago_are_counted_on_no_more_where_there_are_too_many_bytes():
    held = HeldBuffers(limit=300)
    travels(held, "a", "b", "c")
    travels(held, "a")
    assert travels(held, "d") == "d"
    assert travels(held, "a", "c", "d") == ""
    assert travels(held, "b") == "b"
    assert len(held) == 3


def test_the_buffers_of_one_frame_stay_together_however_many_they_are():
    held = HeldBuffers(limit=150)
    travels(held, "a", "b", "c")
    assert travels(held, "a", "b", "c") == ""


@pytest.mark.parametrize(("size", "coding"), [(100, "raw"), (5000, "deflate")])
def test_only_what_is_large_is_deflated(size, coding):
    header, (data,) = HeldBuffers().pack(frame("a", size=size), deflate=True)
    assert header["buffers"][0]["coding"] == coding
    assert len(data) <= 100


def test_a_wandering_line_takes_half_of_its_bytes():
    steps = np.random.default_rng(5).integers(-90, 91, (20_000, 2))
    data = np.cumsum(steps, axis=0).astype("<i2").tobytes()
    assert len(Buffer(data, "", 2, 2).deflated()) < 0.62 * len(data)
