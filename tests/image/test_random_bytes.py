"""Whatever the bytes, there is a Source or a Vec2ArtError."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vec2art_nb import samples
from vec2art_nb.errors import Vec2ArtError
from vec2art_nb.image import Source, open_image

SIGNATURES = [
    b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR",
    b"\xff\xd8\xff\xe0\0\x10JFIF\0",
    b"RIFF\x40\0\0\0WEBPVP8L",
    b"II*\0\x08\0\0\0",
    b"MM\0*\0\0\0\x08",
    b"GIF89a",
    b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0",
    b"\0\0\0\x1cftypavif",
    b"\0\0\0\x0cjP  \r\n\x87\n",
    b"\xff\x4f\xff\x51\0\x2f",
    b"P6\n",
    b"P1 ",
    b"qoif",
    b"<?xml ",
]


def _try(data: bytes) -> None:
    with suppress(Vec2ArtError):
        assert isinstance(open_image(data, max_pixels=1_000_000), Source)


@settings(max_examples=400)
@given(st.builds(bytes.__add__, st.sampled_from([b"", *SIGNATURES]), st.binary(max_size=400)))
def test_random_bytes_give_a_source_or_our_error(data: bytes) -> None:
    _try(data)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_files_give_a_source_or_our_error(
    kind_of_file: str, files: dict[str, bytes], data: st.DataObject
) -> None:
    file = bytearray(files[kind_of_file])
    # Headers are where the traps are.
    position = st.one_of(st.integers(0, min(300, len(file)) - 1), st.integers(0, len(file) - 1))
    value = st.one_of(st.sampled_from([0, 1, 127, 128, 254, 255]), st.integers(0, 255))
    for at, byte in data.draw(st.lists(st.tuples(position, value), min_size=1, max_size=5)):
        file[at] = byte
    _try(bytes(file[: data.draw(st.one_of(st.none(), st.integers(0, len(file))))]))


@settings(max_examples=200)
# Hypothesis also tries words that stand in the code, and some of those name pictures.
@given(st.text(max_size=60).filter(lambda text: text not in samples.names()))
def test_random_text_as_a_path_gives_our_error(text: str) -> None:
    with pytest.raises(Vec2ArtError):
        open_image(text)
