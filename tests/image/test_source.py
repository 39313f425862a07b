from __future__ import annotations

import gc
import subprocess
import sys
import threading
import weakref

import numpy as np
import pytest
from numpy.typing import NDArray

from vec2art_nb.errors import ImageError
from vec2art_nb.image import Source, open_image


def test_a_source_describes_itself_shortly() -> None:
    assert repr(open_image(np.zeros((480, 640, 3), np.uint8))) == "Source(array, 640×480 px, RGB uint8)"
    assert repr(open_image(np.zeros((2, 3), np.uint16))) == "Source(array, 3×2 px, grey uint16)"


def test_a_source_knows_its_measures() -> None:
    source = open_image(np.zeros((200, 300, 4), np.uint8))
    assert (source.width, source.height, source.channels, source.has_alpha) == (300, 200, 4, True)
    assert source.megapixels == pytest.approx(0.06)


def test_a_source_passes_through_unchanged(picture: NDArray[np.uint8]) -> None:
    source = open_image(picture)
    assert open_image(source) is source
    with pytest.raises(ImageError, match="max_pixels"):
        open_image(source, max_pixels=10)


def test_pixels_cannot_be_written_to(picture: NDArray[np.uint8], files: dict[str, bytes]) -> None:
    for image in (picture, files["png"], files["tiff 16 bit"]):
        with pytest.raises(ValueError, match="read-only"):
            open_image(image).pixels[0, 0] = 0


def test_a_later_change_of_the_array_does_not_reach_the_source(picture: NDArray[np.uint8]) -> None:
    mine = picture.copy()
    source = open_image(mine)
    mine[:] = 7
    assert np.array_equal(source.pixels, picture)


def test_the_digest_is_the_same_on_every_machine() -> None:
    bytes_ = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    words = np.arange(24, dtype=np.uint16).reshape(2, 4, 3) * 1000
    assert open_image(bytes_).digest == "5e8e41f35abb50576e02a03fce64c565"
    assert open_image(words).digest == "9d52858a70f9e04afa656a3218331fbd"
    assert open_image(words.astype(">u2")).digest == "9d52858a70f9e04afa656a3218331fbd"


def test_shape_and_depth_are_part_of_the_digest() -> None:
    zeros = [np.zeros(shape, dtype) for shape in ((4, 6), (6, 4), (8, 3)) for dtype in (np.uint8, np.uint16)]
    assert len({open_image(image).digest for image in zeros}) == 6


def test_the_same_pixels_give_the_same_source(picture: NDArray[np.uint8], files: dict[str, bytes]) -> None:
    source = open_image(picture)
    assert open_image(picture.copy()) is source
    assert open_image(files["png"]) is source
    assert open_image(picture[::-1]) is not source


def test_many_threads_get_the_same_source() -> None:
    image = np.random.default_rng(5).integers(0, 255, (90, 90, 3), dtype=np.uint8)
    found: list[Source] = []
    together = threading.Barrier(8)

    def look() -> None:
        together.wait()
        found.append(open_image(image))

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len({id(source) for source in found}) == 1


def test_a_source_that_nobody_holds_goes_away() -> None:
    source = weakref.ref(open_image(np.full((3, 5), 201, np.uint8)))
    gc.collect()
    assert source() is None


# --- thumbnails -------------------------------------------------------------------------------------------------------


def test_a_thumbnail_is_the_mean_of_areas(picture: NDArray[np.uint8]) -> None:
    blocks = picture.reshape(9, 4, 13, 4, 3).astype(float).mean((1, 3))
    small = open_image(picture).thumbnail(13)
    assert small.dtype == np.uint8
    assert small.shape == (9, 13, 3)
    assert np.abs(small - blocks).max() < 1


def test_a_thumbnail_keeps_the_proportions_and_is_never_larger(picture: NDArray[np.uint8]) -> None:
    source = open_image(picture)
    assert source.thumbnail(26).shape == (18, 26, 3)
    assert np.array_equal(source.thumbnail(4000), picture)
    assert open_image(np.zeros((1, 900), np.uint8)).thumbnail(30).shape == (1, 30, 3)


def test_the_colour_of_transparent_pixels_does_not_show_in_a_thumbnail() -> None:
    image = np.zeros((8, 8, 4), np.uint8)
    image[:, ::2] = (250, 20, 10, 255)
    small = open_image(image).thumbnail(4)
    assert np.abs(small[..., :3].astype(int) - (250, 20, 10)).max() <= 1
    assert np.abs(small[..., 3].astype(int) - 128).max() <= 1


def test_a_thumbnail_of_16_bits_is_rounded_to_8() -> None:
    grey = np.array([[0, 128, 129, 257, 32896, 65406, 65407, 65535]], np.uint16)
    assert open_image(grey).thumbnail(8)[0, :, 0].tolist() == [0, 0, 1, 1, 128, 254, 255, 255]
    assert open_image(grey).thumbnail(8).shape == (1, 8, 3)


def test_a_thumbnail_of_no_size_is_refused(picture: NDArray[np.uint8]) -> None:
    with pytest.raises(ImageError, match="max_side must be 1 or more"):
        open_image(picture).thumbnail(0)


# --- imports ----------------------------------------------------------------------------------------------------------


def test_arrays_are_opened_without_pillow() -> None:
    script = (
        "import sys, numpy; from vec2art_nb.image import open_image; import vec2art_nb.samples; "
        "open_image(numpy.zeros((3, 3))); print([name for name in sys.modules if name.startswith('PIL')])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# --- copies for previews ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_a_smaller_copy_keeps_channels_digest_and_name(channels: int) -> None:
    source = open_image(np.random.default_rng(0).integers(0, 256, (40, 61, channels), np.uint8).squeeze())
    copy = source.at_scale(0.5)
    assert (copy.width, copy.height, copy.channels) == (30, 20, channels)
    assert (copy.digest, copy.name) == (source.digest, source.name)
    assert not copy.pixels.flags.writeable
    assert source.at_scale(0.5) is copy
    assert source.at_scale(1) is source


def test_each_pixel_of_a_copy_is_the_mean_of_its_area() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (20, 30, 3), np.uint8)
    means = pixels.reshape(10, 2, 15, 2, 3).mean((1, 3))
    # Across and down are rounded one after the other.
    assert np.abs(open_image(pixels).at_scale(0.5).pixels - means).max() <= 1


def test_a_copy_of_a_picture_of_16_bits_has_8_and_is_never_empty() -> None:
    copy = open_image(np.full((1, 9), 65535, np.uint16)).at_scale(0.125)
    assert copy.pixels.dtype == np.uint8
    assert copy.pixels.shape == (1, 1, 1)
    assert copy.pixels[0, 0, 0] == 255
