"""Everything that is asked of Pillow: from a file or a PIL image to upright pixels in sRGB."""

from __future__ import annotations

import importlib
import re
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.errors import ImageError, ImageFileError
from vec2art_nb.image.arrays import levels
from vec2art_nb.image.profiles import grey_in_srgb, in_srgb
from vec2art_nb.image.source import Pixels, check_size

if TYPE_CHECKING:
    from PIL.Image import Image

# What the first bytes look like -> Pillow's name of the format, and its module. Pillow's own list is longer, but the
# rest has no signature (any text is a TGA), runs other programs (EPS), or hides its size until it is decoded (ICO).
_READABLE = (
    (rb"\x89PNG\r\n\x1a\n", "PNG", "PngImagePlugin"),
    (rb"\xff\xd8\xff", "JPEG", "JpegImagePlugin"),
    (rb"RIFF.{4}WEBP", "WEBP", "WebPImagePlugin"),
    (rb"II[*+]\0|MM\0[*+]", "TIFF", "TiffImagePlugin"),
    (rb"GIF8[79]a", "GIF", "GifImagePlugin"),
    (rb"BM.{12}[\x0c\x10\x28\x34\x38\x40\x6c\x7c]\0\0\0", "BMP", "BmpImagePlugin"),
    (rb".{4}ftyp(avi[fs]|mi[af]1.{0,40}avif)", "AVIF", "AvifImagePlugin"),
    (rb"\0\0\0\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51", "JPEG2000", "Jpeg2KImagePlugin"),
    (rb"P[1-6][\s#]", "PPM", "PpmImagePlugin"),
    (rb"qoif", "QOI", "QoiImagePlugin"),
    # Read when the user has registered a plugin for it.
    (rb".{4}ftyp(hei[cxms]|hev[cxms]|mif1|msf1)", "HEIF", ""),
)

_ADVICE = (
    (rb".{4}ftyp", "is a video; save one frame of it as a PNG file"),
    (rb"(?i)(\xef\xbb\xbf)?\s*<(!doctype html|html)", "is a web page and not the image; download the image itself"),
    (rb"(\xef\xbb\xbf)?\s*(<svg[\s>]|<[?!][^\0]*?<svg[\s>])", "is an SVG drawing: it is vector art already"),
    (rb"%PDF", "is a PDF document; save a page of it as PNG first, for example `pdftoppm -r 300 -png`"),
    (rb"%!PS|\xc5\xd0\xd3\xc6", "is a PostScript drawing: it is vector art already"),
    (rb"version https://git-lfs", "is a Git LFS pointer and not the image; run `git lfs pull`"),
    (rb"\x1f\x8b|PK\x03\x04|7z\xbc\xaf|BZh|\xfd7zXZ", "is a compressed archive; unpack it first"),
    (rb"(\xef\xbb\xbf)?[\t\n\r -~\x80-\xff]+\Z", "is text and not an image"),
)


def decode_file(file: IO[bytes], label: str, max_pixels: int) -> Pixels:
    """Read the picture in a seekable file; ``label`` names it in errors."""
    head = file.read(1024)
    file.seek(0)
    kind, plugin = _format(head, label)
    with _pillow_on_our_terms():
        from PIL import Image

        if plugin:
            importlib.import_module(f"PIL.{plugin}")
        elif kind not in Image.OPEN:
            raise ImageFileError(
                f"{label} is a HEIC photo, which Pillow reads with a plugin: pip install pillow-heif, and once in your "
                f"program `import pillow_heif; pillow_heif.register_heif_opener()`; or export the photo as JPEG"
            )
        image: Image.Image | None = None
        try:
            # Not Image.open: that one warns or refuses by a process-wide limit that belongs to the user.
            image = Image.OPEN[kind][0](file, "")
            check_size(*image.size, label, max_pixels)
            header = _Header.of(image)
            image.load()
            pixels = _pixels(image, header, label)
        except ImageError:
            raise
        except MemoryError as reason:
            raise ImageError(f"{label} needs more memory than there is; make it smaller") from reason
        except Exception as reason:
            _refuse(kind, label, reason)
        finally:
            if image is not None:
                image.close()
    return pixels


def decode_image(image: Image, label: str, max_pixels: int) -> Pixels:
    """Take the pixels of a PIL image of any mode, which stays the user's."""
    if 0 in image.size:
        raise ImageError(f"{label} has no pixels: its size is {image.size}")
    check_size(*image.size, label, max_pixels)
    with _pillow_on_our_terms():
        try:
            header = _Header.of(image)
            image.load()
            return _pixels(image, header, label)
        except ImageError:
            raise
        except Exception as reason:
            raise ImageFileError(
                f"{label} cannot be read ({shortened(str(reason))}): its file is closed, cut short or damaged"
            ) from reason


def shortened(text: str) -> str:
    """Quote a text that may be long."""
    return repr(text if len(text) <= 120 else text[:100] + "…")


def _format(head: bytes, label: str) -> tuple[str, str]:
    """Find Pillow's name of a file's format, and the module that reads it."""
    if not head:
        raise ImageFileError(f"{label} is empty (0 bytes); copy or download it again")
    for pattern, kind, plugin in _READABLE:
        if re.match(pattern, head, re.DOTALL):
            return kind, plugin
    for pattern, advice in _ADVICE:
        if re.match(pattern, head, re.DOTALL):
            raise ImageFileError(f"{label} {advice}")
    readable = ", ".join(kind for _, kind, plugin in _READABLE if plugin)
    raw = "; raw pixels need a shape: numpy.frombuffer(…).reshape(height, width, 3)" if label == "the data" else ""
    raise ImageFileError(f"{label} is not an image of a kind that can be read ({readable}){raw}")


def _refuse(kind: str, label: str, reason: Exception) -> NoReturn:
    from PIL import Image

    if isinstance(reason, Image.DecompressionBombError):
        raise ImageFileError(
            f"{label} is larger than Pillow allows in this process: raise PIL.Image.MAX_IMAGE_PIXELS, "
            f"now {Image.MAX_IMAGE_PIXELS}"
        ) from reason
    said = shortened(str(reason) or type(reason).__name__)
    raise ImageFileError(
        f"{label} begins like a {kind} image but cannot be decoded ({said}): it is cut short, damaged or of a rare "
        f"kind; copy or download it again, or save it anew with an image editor"
    ) from reason


_terms_lock = threading.Lock()
_decoding = 0
_allowed_truncated = False


@contextmanager
def _pillow_on_our_terms() -> Iterator[None]:
    """Decode without warnings that no reader of ours can act on, and never half a picture.

    Both are settings of the whole process. The filter for warnings is one entry of ours, put in and taken out again:
    `warnings.catch_warnings` would restore the whole list, and so undo what another thread did meanwhile. The switch
    for truncated files is touched only when the user has set it, and put back by the last one to leave.
    """
    from PIL import ImageFile

    global _decoding, _allowed_truncated
    silence: Any = ("ignore", None, Warning, re.compile(r"PIL\."), 0)
    filters: Any = warnings.filters
    filters.insert(0, silence)
    with _terms_lock:
        _decoding += 1
        if ImageFile.LOAD_TRUNCATED_IMAGES:
            _allowed_truncated, ImageFile.LOAD_TRUNCATED_IMAGES = True, False
    try:
        yield
    finally:
        with _terms_lock:
            _decoding -= 1
            if _allowed_truncated and not _decoding:
                _allowed_truncated, ImageFile.LOAD_TRUNCATED_IMAGES = False, True
        with suppress(ValueError):
            filters.remove(silence)


@dataclass(frozen=True)
class _Header:
    """What the header says and Pillow does not act on; gone once the image is loaded."""

    grey_step: int = 1
    inverted: bool = False
    white: int = 65535

    @classmethod
    def of(cls, image: Image) -> _Header:
        """Look at an image that was opened and not yet loaded."""
        tiles = getattr(image, "tile", None) or [(None, None, None, None)]
        # PNG states the transparent grey in the file's own levels, of which 2 or 4 bits have few.
        grey_step = {"L;2": 85, "L;4": 17}.get(str(tiles[0][3]), 1)
        tags = getattr(image, "tag_v2", None)
        if tags is None or not image.mode.startswith("I;16"):
            return cls(grey_step)
        # TIFF: photometric 0 counts from white to black; 12 bits are left at the lower end of the 16.
        return cls(grey_step, tags.get(262) == 0, 4095 if tags.get(258) == (12,) else 65535)


def _pixels(image: Image, header: _Header, label: str) -> Pixels:
    """Turn a loaded image upright, into sRGB, and into an array of ours."""
    image = _upright(image)
    profile = image.info.get("icc_profile")
    transparent = image.info.get("transparency")
    if image.mode.startswith("I;16"):
        return _grey_16(image, header, transparent)
    if image.mode in ("I", "F"):
        if image.format == "PPM":  # Pillow has scaled it to 16 bits, dark pictures too.
            return np.asarray(image).astype(np.uint16)[:, :, np.newaxis]
        return levels(np.asarray(image), label)[:, :, np.newaxis]
    if header.grey_step > 1 and image.mode == "L" and isinstance(transparent, int):
        image = _with_transparent(image, transparent * header.grey_step)
    if image.mode == "RGB" and isinstance(transparent, tuple) and max(transparent) > 255:
        # 16-bit PNG: the colours have lost their lower bytes, so their transparent one has to lose its own.
        image = _with_transparent(image, tuple(level >> 8 for level in transparent))
    if image.mode == "CMYK" and profile:
        image = in_srgb(image, profile)
    if image.mode == "La":
        image = image.convert("LA")
    grey_profile = profile if image.mode in ("L", "LA") else None
    if image.has_transparency_data:
        image = image.convert("RGBA")
    elif image.mode == "1":
        image = image.convert("L")
    elif image.mode not in ("L", "RGB"):
        image = image.convert("RGB")
    if grey_profile:
        return grey_in_srgb(np.asarray(image), grey_profile)
    if profile and image.mode in ("RGB", "RGBA"):
        image = in_srgb(image, profile)
    # The array stands on the bytes object that Pillow has copied itself into: nobody else holds it.
    pixels: NDArray[np.uint8] = np.asarray(image)
    return pixels if pixels.ndim == 3 else pixels[:, :, np.newaxis]


def _upright(image: Image) -> Image:
    from PIL.Image import Transpose

    orientation = None
    with suppress(Exception):  # A damaged EXIF block is no reason to refuse the picture.
        orientation = image.getexif().get(0x0112)
    if not isinstance(orientation, int) or not 2 <= orientation <= 8:
        return image
    turn = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }[orientation]
    return image.transpose(turn)


def _with_transparent(image: Image, transparent: object) -> Image:
    copy = image.copy()  # The original may be the user's.
    copy.info["transparency"] = transparent
    return copy


def _grey_16(image: Image, header: _Header, transparent: object) -> Pixels:
    grey = np.asarray(image).astype(np.uint16)
    opaque = grey != transparent
    if header.white != 65535:
        grey = ((grey.astype(np.uint32) * 65535 + header.white // 2) // header.white).astype(np.uint16)
    if header.inverted:
        grey = np.uint16(65535) - grey
    if not isinstance(transparent, int):
        return grey[:, :, np.newaxis]
    return np.dstack((grey, grey, grey, np.where(opaque, np.uint16(65535), np.uint16(0))))
