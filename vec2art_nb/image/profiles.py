"""Colour profiles that are embedded in files: photos in Display P3 or Adobe RGB would otherwise look dull."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL.Image import Image


@lru_cache(maxsize=8)
def _transform(profile: bytes, mode: str) -> Any:
    """Build what converts a mode by its embedded profile; None when nothing would change, or the profile is no use.

    Cached, because building takes 2 ms, and the photos of one camera share their profile.
    """
    try:
        from PIL import Image, ImageCms

        embedded = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if embedded.profile.xcolor_space.strip() != {"L": "GRAY", "CMYK": "CMYK"}.get(mode, "RGB"):
            return None
        # LittleCMS cuts a grey curve into straight pieces, 10 levels off. Exactly is slow, but these are 256 pixels.
        exact = ImageCms.Flags.NOOPTIMIZE if mode == "L" else ImageCms.Flags.NONE
        transform = ImageCms.buildTransform(
            embedded,
            ImageCms.createProfile("sRGB"),
            mode,
            "RGBA" if mode == "RGBA" else "RGB",
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION | exact,
        )
        if mode in ("CMYK", "L"):
            return transform
        # Most photos embed sRGB, under many names: try a grid of colours, and leave the picture alone if none moves.
        steps = np.linspace(0, 255, 9).astype(np.uint8)
        grid = np.stack(np.meshgrid(steps, steps, steps, *([steps[-1:]] if mode == "RGBA" else [])), -1)
        grid = grid.reshape(-1, 1, len(mode))
        moved = np.asarray(ImageCms.applyTransform(Image.fromarray(grid), transform))
        return None if int(np.abs(moved.astype(int) - grid).max()) <= 1 else transform
    except Exception:  # A damaged profile, or a Pillow without LittleCMS: the raw pixels are the best there is.
        return None


def in_srgb(image: Image, profile: object) -> Image:
    """Convert an image by its embedded profile; one that is of no use is passed over."""
    transform = _transform(profile, image.mode) if isinstance(profile, bytes) else None
    if transform is None:
        return image
    from PIL import ImageCms

    converted = ImageCms.applyTransform(image, transform)
    return image if converted is None else converted


def grey_in_srgb(pixels: NDArray[np.uint8], profile: object) -> NDArray[np.uint8]:
    """Apply a grey profile, which is one curve, to grey or to the equal colours of grey with alpha."""
    transform = _transform(profile, "L") if isinstance(profile, bytes) else None
    pixels = pixels if pixels.ndim == 3 else pixels[:, :, np.newaxis]
    if transform is None:
        return pixels
    from PIL import Image, ImageCms

    ramp = Image.fromarray(np.arange(256, dtype=np.uint8).reshape(1, 256))
    converted = ImageCms.applyTransform(ramp, transform)
    curve = np.asarray(converted)[0, :, 1]
    converted_pixels = curve[pixels]
    if pixels.shape[2] == 4:
        converted_pixels[:, :, 3] = pixels[:, :, 3]
    return converted_pixels
