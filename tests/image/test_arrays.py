from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from vec2art_nb.errors import ImageError
from vec2art_nb.image import open_image


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 1), (5, 7, 3), (5, 7, 4), (1, 1), (1, 1, 4)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_bytes_and_words_stay_as_they_are(shape: tuple[int, ...], dtype: type[np.generic]) -> None:
    image = np.random.default_rng(2).integers(0, np.iinfo(dtype).max, shape, dtype=dtype, endpoint=True)
    source = open_image(image)
    assert source.pixels.dtype == dtype
    assert source.pixels.flags.c_contiguous
    assert np.array_equal(source.pixels, image.reshape(*shape[:2], -1))


def test_two_channels_are_grey_and_alpha() -> None:
    image = np.array([[[10, 200], [30, 40]]], np.uint8)
    assert open_image(image).pixels.tolist() == [[[10, 10, 10, 200], [30, 30, 30, 40]]]


def test_bool_is_black_and_white() -> None:
    source = open_image(np.array([[False, True]]))
    assert source.pixels.dtype == np.uint8
    assert source.pixels[..., 0].tolist() == [[0, 255]]


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_floats_from_0_to_1_become_16_bits(dtype: type[np.floating[Any]]) -> None:
    image = np.linspace(0, 1, 300 * 401).reshape(300, 401).astype(dtype)
    source = open_image(image)
    assert source.pixels.dtype == np.uint16
    expected = [round(float(value) * 65535) for value in image.ravel()[::37]]
    assert source.pixels.ravel()[::37].tolist() == expected
    assert (source.pixels.min(), source.pixels.max()) == (0, 65535)


def test_equal_values_give_equal_levels_in_every_float_type() -> None:
    image = np.random.default_rng(3).random((40, 50)).astype(np.float16)
    assert open_image(image) is open_image(image.astype(np.float32)) is open_image(image.astype(np.float64))


def test_rounding_errors_just_outside_0_to_1_are_cut_off() -> None:
    assert open_image(np.array([[-1e-9, 1 + 1e-9]])).pixels.ravel().tolist() == [0, 65535]


@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.int32, np.int64, np.uint32, np.uint64])
def test_other_integers_are_read_as_the_depth_that_holds_them(dtype: type[np.integer[Any]]) -> None:
    low = open_image(np.array([[0, 100]], dtype))
    assert low.pixels.dtype == np.uint8
    assert low.pixels.ravel().tolist() == [0, 100]
    if np.iinfo(dtype).max > 255:
        high = open_image(np.array([[0, 256]], dtype))
        assert high.pixels.dtype == np.uint16
        assert high.pixels.ravel().tolist() == [0, 256]


LAYOUTS = {
    "every second pixel": lambda image: image[::2, ::2],
    "negative strides": lambda image: image[::-1, ::-1, ::-1],
    "Fortran order": np.asfortranarray,
    "big-endian": lambda image: image.astype(image.dtype.newbyteorder(">")),
    "transposed": lambda image: image.transpose(1, 0, 2),
    "read-only": lambda image: np.frombuffer(image.tobytes(), image.dtype).reshape(image.shape),
    "broadcast": lambda image: np.broadcast_to(image[:1], image.shape),
    "unaligned": lambda image: np.frombuffer(b"x" + image.tobytes(), image.dtype, offset=1).reshape(image.shape),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.int32])
def test_the_layout_in_memory_does_not_matter(layout: str, dtype: type[np.generic]) -> None:
    plain = np.random.default_rng(4).integers(0, 2, (8, 10, 3)).astype(dtype)
    laid_out = LAYOUTS[layout](plain)
    source = open_image(laid_out)
    assert source is open_image(np.array(laid_out.tolist(), dtype))
    assert source.pixels.dtype.isnative


def test_a_subclass_of_arrays_gives_plain_pixels(picture: NDArray[np.uint8]) -> None:
    class Photo(np.ndarray[Any, Any]):
        pass

    for dtype in (np.uint8, np.int64, np.bool_):
        assert type(open_image(picture.astype(dtype).view(Photo)).pixels) is np.ndarray


def test_a_masked_array_is_taken_when_nothing_is_masked(picture: NDArray[np.uint8]) -> None:
    assert open_image(np.ma.masked_array(picture)) is open_image(picture)
    with pytest.raises(ImageError, match=r"masked.*image\.filled"):
        open_image(np.ma.masked_less(picture, 9))


def test_what_offers_itself_as_an_array_is_taken(picture: NDArray[np.uint8]) -> None:
    class Tensor:
        def __array__(self, dtype: Any = None, copy: Any = None) -> NDArray[np.uint8]:
            return picture

    class Elsewhere:
        def __array__(self, dtype: Any = None, copy: Any = None) -> NDArray[np.uint8]:
            raise TypeError("copy the tensor to host memory first")

    assert open_image(Tensor()) is open_image(picture)
    assert open_image(memoryview(picture)) is open_image(picture)
    with pytest.raises(ImageError, match=r"Elsewhere cannot be read.*host memory first"):
        open_image(Elsewhere())


WRONG = [
    (np.zeros((0, 0)), "no pixels"),
    (np.zeros((0, 5, 3), np.uint8), "no pixels"),
    (np.zeros((5, 0), np.uint8), "no pixels"),
    (np.zeros((5, 5, 0), np.uint8), "no pixels"),
    (np.zeros((5, 5, 5), np.uint8), r"1 to 4 channels.*\(5, 5, 5\).*image\[:, :, :3\]"),
    (np.zeros((3, 5, 6), np.uint8), r"channels come last: numpy.moveaxis"),
    (np.zeros((2, 5, 6, 3), np.uint8), r"several pictures.*image\[0\]"),
    (np.zeros(7), r"\(height, width\).*\(7,\)"),
    (np.float64(0.5), r"\(height, width\)"),
    (np.array([[0.5, np.nan]]), "NaN or infinite"),
    (np.array([[0.5, np.inf]]), "NaN or infinite"),
    (np.array([[0.5, -np.inf]], np.float32), "NaN or infinite"),
    (np.array([[0.0, 255.0]]), "from 0 to 1, got 0 to 255; divide it by 255"),
    (np.array([[0.0, 4000.0]]), "divide it by 65535"),
    (np.array([[0.0, 1.2]]), "numpy.clip"),
    (np.array([[-0.2, 1.0]]), "numpy.clip"),
    (np.array([[1e300, 1.0]]), "scale it"),
    (np.array([[-1, 5]]), "from 0 to 255 or from 0 to 65535, got -1 to 5"),
    (np.array([[0, 65536]]), "got 0 to 65536"),
    (np.array([[0, 2**63]], np.uint64), "got 0 to 9223372036854775808"),
    (np.array([[None, 1]], object), "dtype object"),
    (np.array([["a"]]), "dtype <U1"),
    (np.zeros((2, 2), complex), "dtype complex128"),
    (np.zeros((2, 2), "datetime64[s]"), r"dtype datetime64"),
    (np.zeros((2, 2), [("r", "u1")]), "dtype"),
]


@pytest.mark.parametrize(("image", "message"), WRONG)
def test_an_array_that_means_no_picture_is_refused(image: Any, message: str) -> None:
    with pytest.raises(ImageError, match=message):
        open_image(image)


def test_an_array_of_too_many_pixels_is_refused_before_it_is_copied() -> None:
    huge = np.broadcast_to(np.uint8(0), (20_000, 10_000, 3))
    with pytest.raises(ImageError, match=r"10000×20000 pixels \(200 MP\), more than the limit of 100 MP"):
        open_image(huge)
    assert open_image(np.zeros((10, 10)), max_pixels=100).width == 10
    with pytest.raises(ImageError, match="max_pixels"):
        open_image(np.zeros((10, 11)), max_pixels=100)


@pytest.mark.parametrize("image", [None, 5, 0.5, [[0, 1]], {"content": b""}, object()])
def test_what_is_no_picture_at_all_is_refused(image: Any) -> None:
    with pytest.raises(ImageError, match=f"image must be a path, .* got {type(image).__name__}"):
        open_image(image)
