"""Files, bytes and streams that hold a picture."""

from __future__ import annotations

import io
import os
import struct
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFile

from vec2art_nb.errors import ImageFileError
from vec2art_nb.image import open_image

Formats = dict[str, tuple[str, str, dict[str, Any], bool]]
Encoded = Callable[..., bytes]


def test_every_format_gives_its_pixels(
    kind_of_file: str, files: dict[str, bytes], formats: Formats, pil_image: Callable[[str], Image.Image]
) -> None:
    mode, _, _, exact = formats[kind_of_file]
    source = open_image(files[kind_of_file])
    if mode in ("I;16", "I"):
        expected = np.asarray(pil_image(mode)).astype(np.uint16)[..., np.newaxis]
    else:
        shown = {"1": "L", "L": "L", "LA": "RGBA", "RGBA": "RGBA"}.get(mode, "RGB")
        expected = np.asarray(pil_image(mode).convert(shown)).reshape(36, 52, -1)
    assert source.pixels.dtype == expected.dtype
    assert source.pixels.shape == expected.shape
    if exact:
        assert np.array_equal(source.pixels, expected)
    else:
        assert np.abs(source.pixels.astype(int) - expected).mean() < 12


def test_path_bytes_and_streams_give_the_same_source(
    kind_of_file: str, files: dict[str, bytes], tmp_path: Path
) -> None:
    data = files[kind_of_file]
    path = tmp_path / "photo.data"
    path.write_bytes(data)
    source = open_image(path)
    assert source.name == "photo"
    for same in (str(path), data, bytearray(data), memoryview(data), io.BytesIO(data)):
        assert open_image(same) is source
    with path.open("rb") as file:
        assert open_image(file) is source


def test_a_source_is_named_after_its_file(tmp_path: Path, encoded: Encoded) -> None:
    def data(level: int) -> bytes:
        return encoded(np.full((2, 2), level, np.uint8), "PNG")

    path = tmp_path / "my photo.v2.png"
    path.write_bytes(data(1))
    assert open_image(path).name == "my photo.v2"
    stream = io.BytesIO(data(2))
    stream.name = "folder/from a stream.png"
    assert open_image(stream).name == "from a stream"
    assert open_image(data(3)).name == "image"
    with Image.open(path) as image:
        assert open_image(image.rotate(90).point(lambda level: level + 3)).name == "image"


def test_a_path_in_the_home_folder_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, bytes]
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    (tmp_path / "photo.png").write_bytes(files["png"])
    assert open_image("~/photo.png") is open_image(files["png"])


def test_the_suffix_does_not_matter(tmp_path: Path, files: dict[str, bytes]) -> None:
    path = tmp_path / "really.png"
    path.write_bytes(files["jpeg"])
    assert open_image(path) is open_image(files["jpeg"])


# --- streams ----------------------------------------------------------------------------------------------------------


def test_a_file_object_is_left_open_and_read_from_its_start(files: dict[str, bytes]) -> None:
    stream = io.BytesIO(files["png"])
    stream.seek(30)
    source = open_image(stream)
    assert not stream.closed
    assert open_image(stream) is source


def test_a_pipe_is_read_to_its_end(files: dict[str, bytes]) -> None:
    reading, writing = os.pipe()

    def write() -> None:
        with open(writing, "wb") as pipe:
            pipe.write(files["tiff"])

    writer = threading.Thread(target=write)
    writer.start()
    with open(reading, "rb") as pipe:
        assert open_image(pipe) is open_image(files["tiff"])
    writer.join()


def test_a_path_to_a_pipe_is_read_to_its_end(files: dict[str, bytes], tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(files["tiff"],))
    writer.start()
    assert open_image(pipe) is open_image(files["tiff"])
    writer.join()


def test_a_stream_that_hands_out_small_pieces_is_read_to_its_end(files: dict[str, bytes]) -> None:
    class Slow(io.RawIOBase):
        def __init__(self) -> None:
            self.rest = files["png"]

        def read(self, size: int = -1) -> bytes:
            piece, self.rest = self.rest[:100], self.rest[100:]
            return piece

    assert open_image(Slow()) is open_image(files["png"])


def test_no_file_is_left_open(tmp_path: Path, files: dict[str, bytes]) -> None:
    before = len(list(Path("/dev/fd").iterdir()))
    for name, data in files.items():
        path = tmp_path / name
        path.write_bytes(data)
        open_image(path)
        path.write_bytes(data[: len(data) // 2])
        with pytest.raises(ImageFileError):
            open_image(path)
    assert len(list(Path("/dev/fd").iterdir())) == before


# --- orientation ------------------------------------------------------------------------------------------------------

# EXIF orientation -> how upright pixels are stored under it.
STORED: dict[int, Callable[[NDArray[np.uint8]], NDArray[np.uint8]]] = {
    1: lambda upright: upright,
    2: lambda upright: upright[:, ::-1],
    3: lambda upright: upright[::-1, ::-1],
    4: lambda upright: upright[::-1],
    5: lambda upright: upright.transpose(1, 0, 2),
    6: lambda upright: np.rot90(upright, 1),
    7: lambda upright: np.rot90(upright, 2).transpose(1, 0, 2),
    8: lambda upright: np.rot90(upright, -1),
}


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP", "JPEG", "a PIL image"])
@pytest.mark.parametrize("orientation", STORED)
def test_a_picture_is_turned_upright(orientation: int, kind: str, picture: NDArray[np.uint8], encoded: Encoded) -> None:
    stored = np.ascontiguousarray(STORED[orientation](picture))
    exif = Image.Exif()
    exif[0x0112] = orientation
    options: dict[str, Any] = {"WEBP": {"lossless": True}, "JPEG": {"quality": 100, "subsampling": 0}}.get(kind, {})
    if kind == "a PIL image":
        image = Image.open(io.BytesIO(encoded(stored, "PNG", exif=exif)))
        source = open_image(image)
        assert image.getexif()[0x0112] == orientation
        assert image.size == (stored.shape[1], stored.shape[0])
    else:
        source = open_image(encoded(stored, kind, exif=exif, **options))
    assert source.pixels.shape == picture.shape
    assert np.abs(source.pixels.astype(int) - picture).max() <= (6 if kind == "JPEG" else 0)


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_does_not_exist_is_passed_over(
    orientation: int, picture: NDArray[np.uint8], encoded: Encoded
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert open_image(encoded(picture, "PNG", exif=exif)) is open_image(picture)


def test_a_damaged_exif_block_is_passed_over(picture: NDArray[np.uint8], encoded: Encoded) -> None:
    assert open_image(encoded(picture, "PNG", exif=b"Exif\0\0nonsense")) is open_image(picture)


# --- what Pillow leaves to do -----------------------------------------------------------------------------------------


def test_the_first_frame_of_an_animation_is_taken(picture: NDArray[np.uint8], encoded: Encoded) -> None:
    frames = [Image.fromarray(picture[::step, ::step]).resize((52, 36)).quantize(64) for step in (1, 2, 3)]
    for kind in ("GIF", "PNG", "WEBP", "TIFF"):
        animated = encoded(frames[0], kind, save_all=True, append_images=frames[1:], lossless=True)
        first = np.asarray(frames[0].convert("RGB"))
        assert np.array_equal(open_image(animated).pixels[..., :3], first)


def test_transparent_colours_become_alpha(png: Callable[..., bytes]) -> None:
    def pixels(*arguments: Any, **chunks: bytes) -> list[list[int]]:
        return open_image(png(*arguments, **chunks)).pixels[0].tolist()

    # colour types: 0 grey, 2 RGB, 3 palette; the chunk tRNS holds 16-bit samples, for a palette one alpha per entry
    assert pixels((2, 1), 8, 0, [b"\x07\x09"], tRNS=b"\0\x07") == [[7, 7, 7, 0], [9, 9, 9, 255]]
    assert pixels((2, 1), 8, 2, [b"\1\2\3\1\2\4"], tRNS=b"\0\1\0\2\0\3") == [[1, 2, 3, 0], [1, 2, 4, 255]]
    assert pixels((2, 1), 1, 0, [b"\x40"], tRNS=b"\0\1") == [[0, 0, 0, 255], [255, 255, 255, 0]]
    assert pixels((4, 1), 2, 0, [b"\x1b"], tRNS=b"\0\1")[1:3] == [[85, 85, 85, 0], [170, 170, 170, 255]]
    assert pixels((2, 1), 4, 0, [b"\x23"], tRNS=b"\0\3") == [[34, 34, 34, 255], [51, 51, 51, 0]]
    palette = {"PLTE": b"\x0a\x0b\x0c\x14\x15\x16", "tRNS": b"\x80"}
    assert pixels((2, 1), 8, 3, [b"\0\1"], **palette) == [[10, 11, 12, 128], [20, 21, 22, 255]]


def test_16_bit_grey_with_a_transparent_level_becomes_16_bit_rgba(png: Callable[..., bytes]) -> None:
    source = open_image(png((2, 1), 16, 0, [struct.pack(">HH", 1000, 40000)], tRNS=struct.pack(">H", 1000)))
    assert source.pixels.dtype == np.uint16
    assert source.pixels[0].tolist() == [[1000, 1000, 1000, 0], [40000, 40000, 40000, 65535]]


def test_16_bit_colour_keeps_its_upper_bytes(png: Callable[..., bytes]) -> None:
    row = struct.pack(">6H", 1000, 2000, 3000, 40000, 50000, 60000)
    assert open_image(png((2, 1), 16, 2, [row])).pixels[0].tolist() == [[3, 7, 11], [156, 195, 234]]
    transparent = open_image(png((2, 1), 16, 2, [row], tRNS=row[:6]))
    assert transparent.pixels[0].tolist() == [[3, 7, 11, 0], [156, 195, 234, 255]]


def test_16_bit_tiff_that_counts_from_white_is_turned_round(
    encoded: Encoded, tiff_with: Callable[[bytes, dict[int, int]], bytes]
) -> None:
    grey = np.array([[0, 1000, 65535]], np.uint16)
    file = encoded(grey, "TIFF")
    assert open_image(file).pixels.ravel().tolist() == [0, 1000, 65535]
    assert open_image(tiff_with(file, {262: 0})).pixels.ravel().tolist() == [65535, 64535, 0]


def test_12_bit_tiff_is_spread_over_16_bits(
    encoded: Encoded, tiff_with: Callable[[bytes, dict[int, int]], bytes]
) -> None:
    packed = np.array([[0x00, 0x0F, 0xFF]], np.uint8)  # two samples: 0x000, 0xfff
    file = tiff_with(encoded(packed, "TIFF"), {256: 2, 258: 12})
    assert open_image(file).pixels.ravel().tolist() == [0, 65535]


def test_a_dark_16_bit_pgm_is_not_taken_for_8_bits() -> None:
    source = open_image(b"P5\n2 1\n65535\n" + struct.pack(">HH", 3, 200))
    assert source.pixels.dtype == np.uint16
    assert source.pixels.ravel().tolist() == [3, 200]


def test_a_float_tiff_is_read_by_the_rule_for_float_arrays(encoded: Encoded) -> None:
    grey = np.linspace(0, 1, 12, dtype=np.float32).reshape(3, 4)
    assert open_image(encoded(grey, "TIFF")) is open_image(grey)


# --- settings that belong to the user ---------------------------------------------------------------------------------


def test_warnings_of_pillow_do_not_reach_the_user(
    encoded: Encoded, picture: NDArray[np.uint8], tiff_with: Callable[[bytes, dict[int, int]], bytes]
) -> None:
    # A resolution of which the file's end cuts off a part.
    file = encoded(picture, "TIFF", x_resolution=300)
    file = tiff_with(file, {0x011A: 0})
    at = file.index(struct.pack("<HHI", 0x011A, 4, 1))
    file = file[: at + 2] + struct.pack("<HII", 5, 1, len(file) - 4) + file[at + 12 :]
    with pytest.warns(UserWarning, match="Truncated File Read"), Image.open(io.BytesIO(file)) as image:
        image.load()
    filters = list(warnings.filters)
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        assert open_image(file) is open_image(picture)
    assert seen == []
    assert list(warnings.filters) == filters


def test_the_limit_that_pillow_has_set_is_neither_heeded_nor_touched(
    monkeypatch: pytest.MonkeyPatch, files: dict[str, bytes], picture: NDArray[np.uint8]
) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    for kind in ("png", "bmp", "ppm"):
        assert open_image(files[kind]) is open_image(picture)
    # Some of Pillow's decoders look at it themselves.
    with pytest.raises(ImageFileError, match=r"raise PIL\.Image\.MAX_IMAGE_PIXELS, now 100"):
        open_image(files["tiff"])
    assert Image.MAX_IMAGE_PIXELS == 100


def test_half_a_file_is_refused_even_where_the_user_lets_pillow_load_it(
    monkeypatch: pytest.MonkeyPatch, files: dict[str, bytes]
) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    for kind in ("png", "jpeg", "bmp"):
        half = files[kind][: len(files[kind]) * 9 // 10]
        with Image.open(io.BytesIO(half)) as image:
            image.load()
        with pytest.raises(ImageFileError, match="cut short"):
            open_image(half)
        with pytest.raises(ImageFileError, match="cut short"):
            open_image(Image.open(io.BytesIO(half)))
    assert ImageFile.LOAD_TRUNCATED_IMAGES is True


def test_threads_that_decode_at_once_leave_the_settings_as_they_were(
    monkeypatch: pytest.MonkeyPatch, files: dict[str, bytes]
) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    filters = list(warnings.filters)
    half = files["png"][: len(files["png"]) // 2]
    refused: list[str] = []

    def decode() -> None:
        for _ in range(30):
            open_image(files["png"])
            try:
                open_image(half)
            except ImageFileError as error:
                refused.append(str(error))

    threads = [threading.Thread(target=decode) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 120
    assert ImageFile.LOAD_TRUNCATED_IMAGES is True
    assert list(warnings.filters) == filters
