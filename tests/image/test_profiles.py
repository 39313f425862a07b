"""Embedded colour profiles, against the arithmetic of the ICC and sRGB standards."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

from vec2art_nb.image import open_image

Encoded = Callable[..., bytes]
Matrix = NDArray[np.float64]

# Columns: red, green, blue in CIE XYZ, adapted to D50 as profiles want it.
SRGB = np.array([[0.43607, 0.38515, 0.14307], [0.22249, 0.71687, 0.06061], [0.01392, 0.09708, 0.71410]])
DISPLAY_P3 = np.array([[0.51512, 0.29198, 0.15710], [0.24120, 0.69225, 0.06657], [-0.00105, 0.04189, 0.78407]])


def _fixed(*numbers: float) -> bytes:
    return b"".join(struct.pack(">i", round(number * 65536)) for number in numbers)


def _profile(space: bytes, kind: bytes, pcs: bytes, tags: dict[bytes, bytes]) -> bytes:
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", 5) + b"test\0" + bytes(78),
        b"cprt": b"text\0\0\0\0none\0",
        b"wtpt": b"XYZ \0\0\0\0" + _fixed(0.9642, 1, 0.8249),
        **tags,
    }
    directory, content = struct.pack(">I", len(tags)), b""
    for name, tag in tags.items():
        directory += name + struct.pack(">II", 132 + 12 * len(tags) + len(content), len(tag))
        content += tag + bytes(-len(tag) % 4)
    white = _fixed(0.9642, 1, 0.8249)
    header = struct.pack(">I4sI4s4s4s12s4s", 0, b"none", 0x02400000, kind, space, pcs, bytes(12), b"acsp")
    header = (header + bytes(28) + white).ljust(128, b"\0")
    return struct.pack(">I", len(header + directory + content)) + header[4:] + directory + content


def _curve(gamma: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256))


def _rgb_profile(primaries: Matrix, gamma: float) -> bytes:
    tags = {}
    for letter, column in zip(b"rgb", primaries.T, strict=True):
        tags[bytes([letter]) + b"XYZ"] = b"XYZ \0\0\0\0" + _fixed(*column)
        tags[bytes([letter]) + b"TRC"] = _curve(gamma)
    return _profile(b"RGB ", b"mntr", b"XYZ ", tags)


def _encoded_srgb(linear: Matrix) -> Matrix:
    linear = np.clip(linear, 0, 1)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055) * 255


def _from_p3(pixels: NDArray[np.uint8]) -> Matrix:
    linear = (pixels / 255.0) ** 2.19921875  # 563 / 256, as the profile can state it
    return _encoded_srgb(linear @ (np.linalg.inv(SRGB) @ DISPLAY_P3).T)


@pytest.fixture(scope="module")
def display_p3() -> bytes:
    return _rgb_profile(DISPLAY_P3, 2.2)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "a PIL image"])
def test_a_wide_gamut_is_converted_to_srgb(
    kind: str, picture: NDArray[np.uint8], encoded: Encoded, display_p3: bytes
) -> None:
    expected = _from_p3(picture)
    assert np.abs(expected - picture).max() > 20
    if kind == "a PIL image":
        image = Image.fromarray(picture)
        image.info["icc_profile"] = display_p3
        source = open_image(image)
    else:
        source = open_image(encoded(picture, kind, icc_profile=display_p3))
    # Dark colours differ most, because LittleCMS reckons 8 bits with tables.
    difference = np.abs(source.pixels - expected)
    assert difference.max() <= 3
    assert difference.mean() < 0.5


def test_alpha_is_kept_when_colours_are_converted(
    encoded: Encoded, display_p3: bytes, pil_image: Callable[[str], Image.Image]
) -> None:
    image = pil_image("RGBA")
    source = open_image(encoded(image, "PNG", icc_profile=display_p3))
    assert np.array_equal(source.pixels[..., 3], np.asarray(image)[..., 3])
    assert np.abs(source.pixels[..., :3] - _from_p3(np.asarray(image)[..., :3])).max() <= 3


def test_a_palette_is_converted_too(
    encoded: Encoded, display_p3: bytes, pil_image: Callable[[str], Image.Image]
) -> None:
    image = pil_image("P")
    expected = _from_p3(np.asarray(image.convert("RGB")))
    assert np.abs(open_image(encoded(image, "PNG", icc_profile=display_p3)).pixels - expected).max() <= 3


def test_pixels_that_are_srgb_already_stay_as_they_are(picture: NDArray[np.uint8], encoded: Encoded) -> None:
    own = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert open_image(encoded(picture, "PNG", icc_profile=own)) is open_image(picture)


def test_a_grey_profile_is_one_curve(encoded: Encoded) -> None:
    linear = _profile(b"GRAY", b"mntr", b"XYZ ", {b"kTRC": _curve(1.0)})
    ramp = np.arange(256, dtype=np.uint8).reshape(4, 64)
    expected = _encoded_srgb(ramp / 255.0)
    source = open_image(encoded(ramp, "PNG", icc_profile=linear))
    assert source.channels == 1
    assert np.abs(source.pixels[..., 0] - expected).max() <= 1.5
    with_alpha = Image.merge("LA", (Image.fromarray(ramp), Image.fromarray(ramp[::-1].copy())))
    source = open_image(encoded(with_alpha, "PNG", icc_profile=linear))
    assert np.abs(source.pixels[..., 1] - expected).max() <= 1.5
    assert np.array_equal(source.pixels[..., 3], ramp[::-1])


def test_cmyk_is_converted_by_its_profile(encoded: Encoded) -> None:
    # A lookup table of two steps per ink: no ink is white, cyan alone a neutral grey of L* 50, all else black.
    table = bytearray(16 * 3)
    for corner in range(16):
        table[3 * corner : 3 * corner + 3] = bytes([{0: 255, 8: 128}.get(corner, 0), 128, 128])
    straight = bytes(range(256))
    lookup = b"mft1\0\0\0\0" + bytes([4, 3, 2, 0]) + _fixed(1, 0, 0, 0, 1, 0, 0, 0, 1)
    profile = _profile(b"CMYK", b"prtr", b"Lab ", {b"A2B0": lookup + 4 * straight + bytes(table) + 3 * straight})
    inks = Image.new("CMYK", (3, 1))
    inks.putdata([(0, 0, 0, 0), (255, 0, 0, 0), (0, 0, 0, 255)])
    white, cyan, black = open_image(encoded(inks, "TIFF", icc_profile=profile)).pixels[0].tolist()
    assert min(white) >= 254
    assert max(cyan) - min(cyan) <= 2
    assert abs(cyan[0] - 119) <= 8  # L* 50, moved a little by black point compensation
    assert max(black) <= 2
    assert open_image(encoded(inks, "TIFF")).pixels[0, 1].tolist() == [0, 255, 255]


@pytest.mark.parametrize(
    "damage",
    [
        lambda profile: b"nonsense",
        lambda profile: profile[: len(profile) // 2],
        lambda profile: profile[:16] + b"CMYK" + profile[20:],
        lambda profile: profile[:132] + b"\xff" * (len(profile) - 132),
    ],
)
def test_a_profile_of_no_use_leaves_the_pixels_as_they_are(
    damage: Callable[[bytes], bytes], picture: NDArray[np.uint8], encoded: Encoded, display_p3: bytes
) -> None:
    image: Any = Image.fromarray(picture)
    image.info["icc_profile"] = damage(display_p3)
    assert open_image(image) is open_image(picture)
    assert open_image(encoded(picture, "PNG", icc_profile=damage(display_p3))) is open_image(picture)


def test_a_colour_profile_in_a_grey_file_is_passed_over(encoded: Encoded, display_p3: bytes) -> None:
    ramp = np.arange(256, dtype=np.uint8).reshape(4, 64)
    assert open_image(encoded(ramp, "PNG", icc_profile=display_p3)) is open_image(ramp)


def test_a_pillow_without_littlecms_leaves_the_pixels_as_they_are(
    monkeypatch: pytest.MonkeyPatch, picture: NDArray[np.uint8], encoded: Encoded
) -> None:
    def missing(*arguments: object) -> None:
        raise ImportError("the _imagingcms C module is not installed")

    monkeypatch.setattr(ImageCms, "ImageCmsProfile", missing)
    unseen = _rgb_profile(DISPLAY_P3, 1.9)  # converted nowhere else, so no conversion waits in the cache
    assert open_image(encoded(picture, "PNG", icc_profile=unseen)) is open_image(picture)
