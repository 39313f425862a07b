"""Arrays of any shape and numeric type that can mean a picture, as fresh uint8 or uint16."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.errors import ImageError
from vec2art_nb.image.source import Pixels, check_size

# What float arithmetic may leave outside [0, 1] of a picture that is meant to be inside.
_ROUNDING = 1e-6


def pixels_of_array(image: Any, label: str, max_pixels: int) -> Pixels:
    """Copy an array, or what offers itself as one, to (height, width, 1, 3 or 4) uint8 or uint16."""
    if isinstance(image, np.ma.MaskedArray):
        if np.ma.is_masked(image):
            raise ImageError(f"{label} has masked values, which have no colour; fill them first: image.filled(value)")
        image = image.data
    try:
        array = np.asarray(image)
    except Exception as reason:
        raise ImageError(f"{type(image).__name__} cannot be read as an array: {reason}") from reason
    if array.dtype.kind not in "biuf":
        raise ImageError(f"{label} must hold bool, integers or floats, got dtype {array.dtype}; convert it first")
    if array.size == 0:
        raise ImageError(f"{label} has no pixels: its shape is {array.shape}")
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] > 4):
        raise ImageError(
            f"{label} must have the shape (height, width) or (height, width, 1 to 4 channels), "
            f"got {array.shape}{_shape_advice(array.shape)}"
        )
    check_size(array.shape[1], array.shape[0], label, max_pixels)
    pixels = levels(array if array.ndim == 3 else array[:, :, np.newaxis], label)
    return pixels[:, :, [0, 0, 0, 1]] if pixels.shape[2] == 2 else pixels


def _shape_advice(shape: tuple[int, ...]) -> str:
    if len(shape) == 4:
        return "; that looks like several pictures: take one, image[0]"
    if len(shape) == 3 and shape[0] in (1, 3, 4):
        return "; channels come last: numpy.moveaxis(image, 0, -1)"
    if len(shape) == 3:
        return "; choose three channels: image[:, :, :3]"
    return ""


def levels(array: NDArray[Any], label: str) -> Pixels:
    """Copy an array of any numeric type as uint8 or uint16, in native byte order and row by row."""
    if array.dtype.kind == "b":
        return array.astype(np.uint8, order="C") * np.uint8(255)
    if array.dtype.kind == "f":
        return _levels_of_floats(array, label)
    if array.dtype.kind == "u" and array.itemsize <= 2:
        return _copied(array, 8 * array.itemsize)
    low, high = int(array.min()), int(array.max())
    if low < 0 or high > 65535:
        raise ImageError(
            f"{label} of {array.dtype} must have values from 0 to 255 or from 0 to 65535, got {low} to {high}; "
            f"scale it, and convert it to uint8 or uint16"
        )
    return _copied(array, 8 if high <= 255 else 16)


def _copied(array: NDArray[Any], bits: int) -> Pixels:
    return np.array(array, np.uint8, order="C") if bits == 8 else np.array(array, np.uint16, order="C")


def _levels_of_floats(array: NDArray[Any], label: str) -> NDArray[np.uint16]:
    low, high = float(array.min()), float(array.max())
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ImageError(f"{label} has NaN or infinite values; replace them first: numpy.nan_to_num(image, posinf=1)")
    if low < -_ROUNDING or high > 1 + _ROUNDING:
        whites = [white for white in (255, 65535) if low >= 0 and 1.5 < high <= white]
        advice = f"divide it by {whites[0]}" if whites else "scale it, or cut it off: numpy.clip(image, 0, 1)"
        raise ImageError(f"{label} of {array.dtype} must have values from 0 to 1, got {low:g} to {high:g}; {advice}")
    result = np.empty(array.shape, np.uint16)
    # In doubles, so that equal values give equal levels in every float type; in bands of rows, which stay in the cache.
    rows = max(1, 65536 // (array.size // array.shape[0]))
    for top in range(0, array.shape[0], rows):
        band = array[top : top + rows].astype(np.float64)
        np.multiply(band, 65535, out=band)
        np.rint(np.clip(band, 0, 65535, out=band), out=band)
        result[top : top + rows] = band
    return result
