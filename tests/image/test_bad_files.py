"""What cannot be opened says what it is, and what to do."""

from __future__ import annotations

import io
import resource
import struct
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFile

from vec2art_nb.errors import ImageError, ImageFileError
from vec2art_nb.image import open_image

Encoded = Callable[..., bytes]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, bytes]) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "holiday.png").write_bytes(files["png"])
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / "photos").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("holyday.png", r"no such file: 'holyday.png'; did you mean 'holiday.png'\?"),
        ("HOLIDAY.PNG", r"did you mean 'holiday.png'\?"),
        (Path("holyday.png"), r"did you mean 'holiday.png'\?"),
        ("landscap", r"did you mean 'landscape'\?"),
        ("qqqqqq", r"no such file: 'qqqqqq'$"),
        ("nowhere/holiday.png", r"there is no folder 'nowhere'"),
        ("holiday.png/inside.png", r"there is no folder 'holiday.png'"),
        ("photos", r"'photos' is a directory; give one file in it"),
        ("", r"the path is empty"),
        ("empty.png", r"'empty.png' is empty \(0 bytes\)"),
        ("a\0b.png", r"'a\\x00b.png' (cannot be used as a path|cannot be read)"),
        ("x" * 5000, r"cannot be used as a path"),
        ("~nobody-of-this-name/x.png", r"cannot be used as a path"),
    ],
)
def test_a_path_that_leads_to_no_picture_is_explained(folder: Path, given: str | Path, message: str) -> None:
    with pytest.raises(ImageFileError, match=message) as caught:
        open_image(given)
    assert isinstance(caught.value, OSError)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    "given",
    [
        "https://example.org/photo.jpg",
        "HTTP://EXAMPLE.ORG/photo.jpg",
        "file:///home/me/photo.jpg",
        "s3://bucket/photo.jpg",
        "data:image/png;base64,iVBORw0KGgo=",
    ],
)
def test_a_url_is_not_fetched(given: str) -> None:
    with pytest.raises(ImageError, match="is a URL; download it first"):
        open_image(given)


def test_a_string_of_svg_is_not_taken_for_a_path() -> None:
    with pytest.raises(ImageError, match="SVG is vector art already"):
        open_image('<svg xmlns="http://www.w3.org/2000/svg"/>')


def test_a_loop_of_links_is_explained(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(ImageFileError, match=r"cannot be|no such file"):
        open_image(tmp_path / "a")


CONTENTS = [
    (b"just some words\nin a file\n", "is text and not an image"),
    ("Größe, naïve, 東京".encode(), "is text and not an image"),
    (b"BM is how this text begins, and yet it is none of Windows' bitmaps", "is text"),
    (b'<svg xmlns="http://www.w3.org/2000/svg">', "is an SVG drawing: it is vector art already"),
    (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- made by hand -->\n<svg>', "is an SVG drawing"),
    (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "is a PDF document; save a page of it as PNG"),
    (b"%!PS-Adobe-3.0 EPSF-3.0", "is a PostScript drawing"),
    (b"<!DOCTYPE html><html><svg></svg>", "is a web page and not the image"),
    (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
    (b"\x1f\x8b\x08\0", "is a compressed archive"),
    (b"PK\x03\x04\x14\0", "is a compressed archive"),
    (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "is a HEIC photo.*pip install pillow-heif.*register_heif_opener"),
    (b"\0\0\0\x18ftypisom\0\0\0\0", "is a video; save one frame"),
    (bytes(range(256)), r"is not an image of a kind that can be read \(PNG, JPEG, WEBP, .*numpy.frombuffer"),
    (b"\0" * 5000, "is not an image of a kind"),
    (b"\x89PNG\r\n\x1a\n", "begins like a PNG image but cannot be decoded"),
]


@pytest.mark.parametrize(("content", "message"), CONTENTS)
def test_content_that_is_no_picture_is_named(content: bytes, message: str, tmp_path: Path) -> None:
    with pytest.raises(ImageFileError, match=f"the data .*{message}" if message[:2] == "is" else message):
        open_image(content)
    path = tmp_path / "renamed.png"
    path.write_bytes(content)
    with pytest.raises(ImageFileError, match=r"renamed\.png' "):
        open_image(path)


def test_a_heic_photo_is_read_when_a_plugin_is_registered(
    monkeypatch: pytest.MonkeyPatch, files: dict[str, bytes]
) -> None:
    from PIL import PngImagePlugin

    def opener(file: io.BytesIO, name: str) -> Image.Image:
        return PngImagePlugin.PngImageFile(io.BytesIO(files["png"]))

    monkeypatch.setitem(Image.OPEN, "HEIF", (opener, None))
    assert open_image(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic") is open_image(files["png"])


@pytest.mark.parametrize("suffix", [".nef", ".CR2", ".dng"])
def test_a_camera_raw_file_is_not_read_as_its_thumbnail(tmp_path: Path, suffix: str, files: dict[str, bytes]) -> None:
    path = tmp_path / f"photo{suffix}"
    path.write_bytes(files["tiff"])
    with pytest.raises(ImageFileError, match="camera raw file; develop it"):
        open_image(path)


def test_a_file_cut_short_is_refused_or_whole(kind_of_file: str, files: dict[str, bytes]) -> None:
    data = files[kind_of_file]
    whole = open_image(data)
    ends = {*range(0, len(data), max(1, len(data) // 60)), *range(len(data) - 12, len(data))}
    refused = 0
    for end in sorted(ends):
        try:
            assert open_image(data[:end]) is whole
        except ImageFileError:
            refused += 1
    assert refused >= 50


def test_a_photo_cut_short_says_what_to_do(tmp_path: Path, files: dict[str, bytes]) -> None:
    for kind in ("jpeg", "jpeg progressive", "png"):
        path = tmp_path / "half.img"
        path.write_bytes(files[kind][: len(files[kind]) * 9 // 10])
        with pytest.raises(
            ImageFileError, match=r"half\.img' begins like a .* cut short, .* copy or download it again"
        ):
            open_image(path)
        refused = pytest.raises(ImageFileError, match=r"the PIL image from '.*half\.img' cannot be read .* cut short")
        with Image.open(path) as image, refused:
            open_image(image)


def test_a_picture_that_memory_cannot_hold_is_explained(
    monkeypatch: pytest.MonkeyPatch, files: dict[str, bytes]
) -> None:
    def exhausted(image: object) -> None:
        raise MemoryError

    monkeypatch.setattr(ImageFile.ImageFile, "load", exhausted)
    with pytest.raises(ImageError, match="the data needs more memory than there is"):
        open_image(files["bmp"])


# --- streams ----------------------------------------------------------------------------------------------------------


def test_a_stream_that_cannot_be_read_is_explained(tmp_path: Path, files: dict[str, bytes]) -> None:
    closed = io.BytesIO(files["png"])
    closed.close()
    with pytest.raises(ImageFileError, match="the file object cannot be read: I/O operation on closed file"):
        open_image(closed)
    with pytest.raises(ImageFileError, match="is opened as text; open it with mode 'rb'"):
        open_image(io.StringIO("text"))
    with (tmp_path / "x.png").open("wb") as writing, pytest.raises(ImageFileError, match=r"x\.png' cannot be read"):
        open_image(writing)
    with pytest.raises(ImageFileError, match="the file object is empty"):
        open_image(io.BytesIO())
    standard_input = io.BytesIO()
    standard_input.name = "<stdin>"
    with pytest.raises(ImageFileError, match="standard input is empty"):
        open_image(standard_input)


def test_a_stream_without_end_is_given_up() -> None:
    class Endless(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            return bytes(size)

    with pytest.raises(ImageFileError, match="goes on after 67 MB"):
        open_image(Endless(), max_pixels=100)


# --- bombs ------------------------------------------------------------------------------------------------------------


def _bombs(encoded: Encoded, tiff_with: Callable[[bytes, dict[int, int]], bytes]) -> dict[str, bytes]:
    """Small files whose headers promise 200 MP and more."""
    small = np.zeros((16, 16, 3), np.uint8)
    width, height = 20_000, 10_000

    def changed(kind: str, before: bytes, size: bytes, **options: bool) -> bytes:
        file = bytearray(encoded(small, kind, **options))
        at = file.index(before) + len(before)
        file[at : at + len(size)] = size
        return bytes(file)

    png = bytearray(encoded(small, "PNG"))
    png[16:24] = struct.pack(">II", width, height)
    png[29:33] = struct.pack(">I", zlib.crc32(png[12:29]))
    return {
        "png": bytes(png),
        "jpeg": changed("JPEG", b"\xff\xc0\0\x11\x08", struct.pack(">HH", height, width)),
        "gif": changed("GIF", b"GIF87a", struct.pack("<HH", width, height)),
        "bmp": changed("BMP", b"\x28\0\0\0", struct.pack("<ii", width, height)),
        "webp": changed("WEBP", b"\x9d\x01\x2a", struct.pack("<HH", 16383, 16383)),
        "webp lossless": changed("WEBP", b"\x2f", struct.pack("<I", 16382 | 16382 << 14), lossless=True),
        "tiff": tiff_with(encoded(small, "TIFF"), {256: width, 257: height}),
        "avif": changed("AVIF", b"ispe\0\0\0\0", struct.pack(">II", width, height)),
        "jpeg 2000": changed("JPEG2000", b"\xff\x51\0\x2f\0\0", struct.pack(">II", width, height), no_jp2=True),
        "qoi": changed("QOI", b"qoif", struct.pack(">II", width, height)),
        "ppm": b"P6 20000 10000 255\n" + bytes(100),
    }


def test_a_bomb_is_refused_before_it_goes_off(
    encoded: Encoded, tiff_with: Callable[[bytes, dict[int, int]], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    bombs = _bombs(encoded, tiff_with)
    decoded: list[object] = []
    monkeypatch.setattr(ImageFile.ImageFile, "load", decoded.append)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for bomb in bombs.values():
        with pytest.raises(ImageError, match=r"\(200 MP\), more than the limit of 100 MP|than Pillow allows"):
            open_image(bomb)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert decoded == []
    assert (after - before) * (1 if sys.platform == "darwin" else 1024) < 20e6


def test_the_limit_counts_pixels_of_files_and_pil_images(files: dict[str, bytes], picture: NDArray[np.uint8]) -> None:
    image = Image.fromarray(picture)
    assert open_image(files["png"], max_pixels=36 * 52).width == 52
    assert open_image(image, max_pixels=36 * 52).width == 52
    for refused in (files["png"], image):
        with pytest.raises(ImageError, match=r"has 52×36 pixels .* raise max_pixels"):
            open_image(refused, max_pixels=36 * 52 - 1)
