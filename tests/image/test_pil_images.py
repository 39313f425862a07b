"""PIL images of every mode."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from vec2art_nb.errors import ImageError
from vec2art_nb.image import open_image

# mode -> what Pillow, asked directly, would show of it
SHOWN = {
    "1": "L",
    "L": "L",
    "P": "RGB",
    "RGB": "RGB",
    "RGBX": "RGB",
    "CMYK": "RGB",
    "YCbCr": "RGB",
    "LAB": "RGB",
    "HSV": "RGB",
    "LA": "RGBA",
    "PA": "RGBA",
    "RGBA": "RGBA",
    "RGBa": "RGBA",
}


@pytest.mark.parametrize("mode", SHOWN)
def test_every_mode_is_shown_as_pillow_shows_it(mode: str, pil_image: Callable[[str], Image.Image]) -> None:
    image = pil_image(mode)
    source = open_image(image)
    expected = np.asarray(image.convert(SHOWN[mode])).reshape(36, 52, -1)
    assert source.pixels.dtype == np.uint8
    assert np.array_equal(source.pixels, expected)
    assert image.mode == mode


def test_grey_with_multiplied_alpha_is_divided_again(pil_image: Callable[[str], Image.Image]) -> None:
    source = open_image(pil_image("La"))
    assert np.array_equal(source.pixels, np.asarray(pil_image("La").convert("LA").convert("RGBA")))


@pytest.mark.parametrize("mode", ["I;16", "I;16L", "I;16B", "I"])
def test_16_bits_stay_whole(mode: str, pil_image: Callable[[str], Image.Image]) -> None:
    source = open_image(pil_image(mode))
    assert source.pixels.dtype == np.uint16
    assert np.array_equal(source.pixels[..., 0], np.asarray(pil_image(mode)))


def test_floats_and_integers_follow_the_rules_for_arrays(pil_image: Callable[[str], Image.Image]) -> None:
    assert open_image(pil_image("F")) is open_image(np.asarray(pil_image("F")))
    assert open_image(Image.fromarray(np.array([[0, 200]], np.int32))).pixels.dtype == np.uint8
    with pytest.raises(ImageError, match="the PIL image of float32 must have values from 0 to 1"):
        open_image(Image.fromarray(np.array([[0, 255]], np.float32)))


def test_a_palette_with_transparency_becomes_alpha() -> None:
    image = Image.new("P", (3, 1))
    image.putpalette([10, 11, 12, 20, 21, 22, 30, 31, 32])
    image.putdata([0, 1, 2])
    image.info["transparency"] = 1
    assert open_image(image).pixels[0, :, 3].tolist() == [255, 0, 255]
    image.info["transparency"] = bytes([0, 128])
    assert open_image(image).pixels[0, :, 3].tolist() == [0, 128, 255]
    image.putpalette([10, 11, 12, 99], "RGBA")
    del image.info["transparency"]
    assert open_image(image).pixels[0, 0].tolist() == [10, 11, 12, 99]


def test_the_image_handed_in_stays_as_it_is(files: dict[str, bytes], png: Callable[..., bytes]) -> None:
    for data in (files["png palette"], png((1, 1), 16, 2, [b"\1\2\3\4\5\6"], tRNS=b"\1\2\3\4\5\6")):
        image = Image.open(io.BytesIO(data))
        before = dict(image.info)
        open_image(image)
        assert image.info == before
        assert np.asarray(image).size


def test_the_frame_that_an_image_stands_at_is_taken(encoded: Callable[..., bytes]) -> None:
    frames = [Image.new("L", (4, 4), level) for level in (0, 90, 250)]
    animated = Image.open(io.BytesIO(encoded(frames[0], "TIFF", save_all=True, append_images=frames[1:])))
    animated.seek(1)
    assert open_image(animated).pixels.max() == 90


def test_pixels_of_an_image_are_copied(picture: NDArray[np.uint8]) -> None:
    image = Image.fromarray(picture.copy())
    source = open_image(image)
    image.paste((0, 0, 0), (0, 0, 52, 36))
    assert np.array_equal(source.pixels, picture)


def test_an_image_without_pixels_is_refused() -> None:
    with pytest.raises(ImageError, match=r"the PIL image has no pixels: its size is \(0, 5\)"):
        open_image(Image.new("RGB", (0, 5)))


def test_an_image_whose_file_is_closed_is_explained(files: dict[str, bytes]) -> None:
    image = Image.open(io.BytesIO(files["png"]))
    image.close()
    with pytest.raises(ImageError, match=r"the PIL image cannot be read .* its file is closed"):
        open_image(image)
