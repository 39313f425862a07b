"""Pictures, files in every format, and files that other programs would have to be asked for."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

# name: (mode to save in, Pillow's format, options, whether the pixels come back as they were)
FORMATS: dict[str, tuple[str, str, dict[str, Any], bool]] = {
    "png": ("RGB", "PNG", {}, True),
    "png palette": ("P", "PNG", {}, True),
    "png grey": ("L", "PNG", {}, True),
    "png alpha": ("RGBA", "PNG", {}, True),
    "png grey alpha": ("LA", "PNG", {}, True),
    "png bits": ("1", "PNG", {}, True),
    "png 16 bit": ("I;16", "PNG", {}, True),
    "jpeg": ("RGB", "JPEG", {}, False),
    "jpeg progressive": ("RGB", "JPEG", {"progressive": True}, False),
    "jpeg grey": ("L", "JPEG", {}, False),
    "jpeg cmyk": ("CMYK", "JPEG", {}, False),
    "webp": ("RGB", "WEBP", {}, False),
    "webp lossless": ("RGBA", "WEBP", {"lossless": True, "exact": True}, True),
    "tiff": ("RGB", "TIFF", {}, True),
    "tiff lzw": ("RGB", "TIFF", {"compression": "tiff_lzw"}, True),
    "tiff deflate": ("RGBA", "TIFF", {"compression": "tiff_adobe_deflate"}, True),
    "tiff fax": ("1", "TIFF", {"compression": "group4"}, True),
    "tiff cmyk": ("CMYK", "TIFF", {}, True),
    "tiff 16 bit": ("I;16", "TIFF", {}, True),
    "bmp": ("RGB", "BMP", {}, True),
    "bmp palette": ("P", "BMP", {}, True),
    "gif": ("P", "GIF", {}, True),
    "avif": ("RGB", "AVIF", {}, False),
    "jpeg 2000": ("RGB", "JPEG2000", {}, True),
    "ppm": ("RGB", "PPM", {}, True),
    "pgm 16 bit": ("I", "PPM", {}, True),
    "qoi": ("RGBA", "QOI", {}, True),
}


def picture_pixels() -> NDArray[np.uint8]:
    """Slopes with some noise, not square, every corner different."""
    y, x = np.mgrid[0:36, 0:52]
    pixels = np.stack([x * 4, y * 6, (x * y) // 9], -1).astype(np.uint8)
    pixels[::3] ^= np.random.default_rng(1).integers(0, 40, pixels[::3].shape, dtype=np.uint8)
    return pixels


def in_mode(mode: str) -> Image.Image:
    """Return the picture as a PIL image of any mode; where there is alpha, it falls from left to right."""
    image = Image.fromarray(picture_pixels())
    grey = np.asarray(image.convert("L"))
    fading = Image.fromarray(np.broadcast_to(np.arange(255, 255 - 52 * 4, -4, dtype=np.uint8), grey.shape).copy())
    if mode.startswith("I;16"):
        wide = grey.astype(np.uint16) * 257 - 5 * (grey > 9)
        return Image.frombytes(mode, image.size, wide.astype(">u2" if mode == "I;16B" else "<u2").tobytes())
    if mode == "I":
        return Image.fromarray(grey.astype(np.int32) * 257)
    if mode == "F":
        return Image.fromarray(grey.astype(np.float32) / 255)
    if mode in ("LA", "La"):
        image = image.convert("LA")
        image.putalpha(fading)
        return image if mode == "LA" else image.convert("La")
    if mode in ("RGBA", "RGBa"):
        image.putalpha(fading)
        return image if mode == "RGBA" else image.convert("RGBa")
    if mode == "PA":
        image = image.convert("P").convert("PA")
        image.putalpha(fading)
        return image
    if mode == "LAB":
        from PIL import ImageCms

        to_lab = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB")
        converted = ImageCms.applyTransform(image, to_lab)
        assert converted is not None
        return converted
    return image.convert(mode)


def file_in_format(name: str) -> bytes:
    mode, kind, options, _ = FORMATS[name]
    written = io.BytesIO()
    in_mode(mode).save(written, kind, **options)
    return written.getvalue()


@pytest.fixture(scope="session")
def picture() -> NDArray[np.uint8]:
    return picture_pixels()


@pytest.fixture(scope="session")
def pil_image() -> Callable[[str], Image.Image]:
    return in_mode


@pytest.fixture(scope="session")
def files() -> dict[str, bytes]:
    """The picture in every format."""
    return {name: file_in_format(name) for name in FORMATS}


@pytest.fixture(scope="session")
def formats() -> dict[str, tuple[str, str, dict[str, Any], bool]]:
    return FORMATS


@pytest.fixture(params=FORMATS)
def kind_of_file(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def encoded() -> Callable[..., bytes]:
    """Save a PIL image, or an array, as bytes."""

    def encode(image: Image.Image | NDArray[Any], kind: str, **options: Any) -> bytes:
        written = io.BytesIO()
        (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(written, kind, **options)
        return written.getvalue()

    return encode


@pytest.fixture(scope="session")
def png() -> Callable[..., bytes]:
    """Write a PNG file by hand: rows of packed samples, and chunks between header and pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    def write(size: tuple[int, int], depth: int, colour_type: int, rows: list[bytes], **chunks: bytes) -> bytes:
        header = struct.pack(">IIBBBBB", *size, depth, colour_type, 0, 0, 0)
        pixels = zlib.compress(b"".join(b"\0" + row for row in rows))
        between = b"".join(chunk(kind.encode(), content) for kind, content in chunks.items())
        return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + between + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")

    return write


@pytest.fixture(scope="session")
def tiff_with() -> Callable[[bytes, dict[int, int]], bytes]:
    """Change single numbers in the directory of a little-endian TIFF file."""

    def change(file: bytes, numbers: dict[int, int]) -> bytes:
        changed = bytearray(file)
        (at,) = struct.unpack_from("<I", changed, 4)
        (count,) = struct.unpack_from("<H", changed, at)
        for entry in range(at + 2, at + 2 + 12 * count, 12):
            (tag,) = struct.unpack_from("<H", changed, entry)
            if tag in numbers:
                struct.pack_into("<HII", changed, entry + 2, 4, 1, numbers[tag])
        return bytes(changed)

    return change
