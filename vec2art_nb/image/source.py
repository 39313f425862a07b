"""What stands at the root of every graph: pixels, their digest, their name."""

from __future__ import annotations

import sys
import threading
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

import numpy as np
import xxhash
from numpy.typing import NDArray

from vec2art_nb.errors import ImageError

Pixels = NDArray[np.uint8 | np.uint16]

MAX_PIXELS = 100_000_000


@dataclass(frozen=True, eq=False, repr=False)
class Source:
    """A picture, as `open_image` makes it. The same pixels give the same object, for as long as one is alive.

    Attributes
    ----------
    pixels : (height, width, channels) uint8 or uint16, read-only
        1 channel is grey, 3 are sRGB, 4 are sRGB and straight alpha.
    digest : str
        32 hexadecimal digits, from shape, dtype and pixels: equal on every machine.
    name : str
        For messages and file names: ``photo`` from ``photo.jpg``, ``array`` from an array. Whoever opened the pixels
        first has named them.
    """

    pixels: Pixels
    digest: str
    name: str
    _copies: dict[float, Source] = field(default_factory=dict, init=False)

    @property
    def width(self) -> int:
        """Pixels from left to right."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Pixels from top to bottom."""
        return int(self.pixels.shape[0])

    @property
    def channels(self) -> int:
        """1, 3 or 4."""
        return int(self.pixels.shape[2])

    @property
    def has_alpha(self) -> bool:
        """Whether the last channel is an alpha channel."""
        return self.channels == 4

    @property
    def megapixels(self) -> float:
        """Millions of pixels."""
        return self.width * self.height / 1e6

    def thumbnail(self, max_side: int) -> NDArray[np.uint8]:
        """Make a copy for looking at: no side longer than ``max_side``, never larger than the picture itself.

        Returns
        -------
        (height, width, 3 or 4) uint8
            sRGB or sRGB and straight alpha. Each pixel is the mean of the area that it covers, weighted by alpha, so
            that the invisible colour of transparent pixels does not show at edges.
        """
        if max_side < 1:
            raise ImageError(f"max_side must be 1 or more pixels, got {max_side}")
        small = self._averaged(min(1.0, max_side / max(self.width, self.height)))
        return np.repeat(small, 3, axis=2) if self.channels == 1 else small

    def at_scale(self, scale: float) -> Source:
        """Make a smaller copy for previews, or find the one made before; the picture itself for 1.

        It has 8 bits a channel, and digest and name of this one: with the scale they say which pixels it has.
        """
        if scale == 1:
            return self
        copy = self._copies.get(scale)
        if copy is None:
            pixels = self._averaged(scale)
            pixels.flags.writeable = False
            copy = self._copies.setdefault(scale, Source(pixels, self.digest, self.name))
        return copy

    def _averaged(self, scale: float) -> NDArray[np.uint8]:
        from PIL import Image

        pixels = _eight_bit(self.pixels)
        picture = Image.fromarray(pixels[:, :, 0] if self.channels == 1 else pixels)
        size = (max(1, round(self.width * scale)), max(1, round(self.height * scale)))
        # Pillow multiplies by alpha before it averages, and divides afterwards.
        return np.array(picture.resize(size, Image.Resampling.BOX)).reshape(size[1], size[0], self.channels)

    def __repr__(self) -> str:
        colours = {1: "grey", 3: "RGB", 4: "RGBA"}[self.channels]
        return f"Source({self.name}, {self.width}×{self.height} px, {colours} {self.pixels.dtype})"


def _eight_bit(pixels: Pixels) -> NDArray[np.uint8]:
    if pixels.dtype == np.uint8:
        return pixels.view(np.uint8)
    # 65535 / 255 is 257 exactly. In uint32, because adding the half overflows 16 bits near white.
    return ((pixels.astype(np.uint32) + 128) // 257).astype(np.uint8)


_sources: WeakValueDictionary[str, Source] = WeakValueDictionary()
_sources_lock = threading.Lock()


def source_of(pixels: Pixels, name: str) -> Source:
    """Freeze pixels that nobody else holds, and find or make their Source."""
    pixels = np.ascontiguousarray(pixels)
    pixels.flags.writeable = False
    little_endian = pixels if sys.byteorder == "little" else pixels.byteswap()
    hashing = xxhash.xxh3_128(f"{pixels.shape} {pixels.dtype.name}".encode())
    hashing.update(little_endian.data)
    digest = hashing.hexdigest()
    with _sources_lock:
        source = _sources.get(digest)
        if source is None:
            source = _sources[digest] = Source(pixels, digest, name)
        return source


def check_size(width: int, height: int, label: str, max_pixels: int) -> None:
    """Refuse a picture with more pixels than allowed."""
    if width * height > max_pixels:
        raise ImageError(
            f"{label} has {width}×{height} pixels ({width * height / 1e6:,.6g} MP), more than the limit of "
            f"{max_pixels / 1e6:,.6g} MP; make it smaller, or raise max_pixels if you trust it and have the memory"
        )
