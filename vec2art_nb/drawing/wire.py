"""A drawing as the binary frame that the viewer draws: a JSON header, and buffers of flat little-endian arrays."""

from __future__ import annotations

import json
import math
import weakref
import zlib
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import xxhash
from numpy.typing import NDArray

from vec2art_nb.drawing import painting
from vec2art_nb.drawing.held import HeldBuffers
from vec2art_nb.drawing.layers import SHAPES, MarkLayer, PathLayer, Style
from vec2art_nb.drawing.shapes import ANGLE_STEPS, OUTLINES, angle_steps

if TYPE_CHECKING:
    from vec2art_nb.drawing.model import Drawing

FORMAT = 2

#: Steps in a px of the finest grid.
FINEST_GRID = 64.0

_LARGEST_INT16, _LARGEST_INT32, _LARGEST_UINT16 = 32_767, 2_147_483_647, 65_535
_NO_COLOR = 0xFFFFFFFF
_STYLE = np.dtype([("stroke", "<u4"), ("fill", "<u4"), ("width", "<f4"), ("opacity", "<f4")])


@dataclass(frozen=True, slots=True)
class Buffer:
    """One flat array on its way.

    Attributes
    ----------
    data
        Its bytes.
    digest
        Stands for them.
    word
        Bytes of one number.
    stride
        How many numbers back the one is that resembles it most; 0 where none does.
    """

    data: bytes
    digest: str
    word: int
    stride: int

    def deflated(self) -> bytes:
        """Differences between neighbours, their low bytes first, then their high ones; all that through zlib."""
        data = self.data
        if self.word > 1:
            numbers = np.frombuffer(data, f"<u{self.word}")
            if self.stride:
                numbers = numbers.copy()
                numbers[self.stride :] -= np.frombuffer(data, numbers.dtype)[: -self.stride]
            data = numbers.view(np.uint8).reshape(-1, self.word).T.tobytes()
        return zlib.compress(data, 1)


@dataclass(frozen=True, slots=True)
class EncodedFrame:
    """A frame before it is decided which of its buffers travel, and how.

    The header names buffers by their place in ``buffers``; ``digest`` stands for everything that is seen.
    """

    header: dict[str, Any]
    buffers: tuple[Buffer, ...]
    digest: str


class FrameEncoder:
    """Encodes the drawings of one viewer, one after the other.

    Arrays that were in the last drawing too are not looked at again: arrays of a layer are never written to, so that
    an array is known by its identity.
    """

    def __init__(self) -> None:
        self._known: dict[Hashable, _Known] = {}

    def encode(self, drawing: Drawing, *, grid: float = FINEST_GRID, pixels_per_px: float = 0.0) -> EncodedFrame:
        """Header and buffers of a frame.

        The header is plain JSON: ``format``, ``size``, ``background``, ``styles``, ``layers`` and, when there are
        marks, ``shapes``: ``name`` and ``polygon`` of each, corners at most 1 from the centre, or None for a circle. A
        layer has ``name``, ``kind``, its counts, ``grid``, and ``buffers``: where each array stands among the buffers.
        Lines of varying width are filled outlines here, and their layer says ``union``: they all turn one way, so that
        the viewer may fill them one by one.

        Buffers of ``kind`` "paths", little-endian: ``points`` int16, x and y by turns, value = round(px × grid);
        ``codes`` uint8 as in PathLayer; ``offsets`` uint32; ``styles`` uint16; ``closed`` uint8. Of "marks": ``shapes``
        uint8; ``centers`` int16 like points; ``radii`` uint16 = round(px × radius_grid); ``angles`` int16 = steps of
        1/64 degree, from -180 degrees up; ``styles`` uint16. The header's ``styles`` have a ``count`` and a ``buffer``
        of 16 bytes each: stroke and fill as uint32 0xrrggbb, or 0xffffffff for none, width and opacity as float32.

        A grid is the largest power of two up to the one that is asked for with which all values fit. Where that is too
        coarse for the screen, points and centres are int32, and their layer says ``wide``.

        Parameters
        ----------
        drawing
            What is shown.
        grid
            Steps in a px, a power of two.
        pixels_per_px
            How many pixels of the screen show a px of the picture; 0 when that is not known.
        """
        book = _Book(self._known)
        layers: list[dict[str, Any]] = []
        # Not the drawing's own, which stays with it: frames come and go.
        outlined = painting.outlined(drawing)
        fits = _Grids(grid, screen_grid(pixels_per_px))
        for line, layer in zip(drawing.layers, outlined.layers, strict=True):
            facts = _paths(layer, book, fits) if isinstance(layer, PathLayer) else _marks(layer, book, fits)
            if isinstance(line, PathLayer) and line.widths is not None:
                facts["union"] = True
            layers.append({"name": layer.name, **facts})
        self._known = book.used
        header = {
            "format": FORMAT,
            "size": list(drawing.size),
            "background": drawing.background,
            "styles": {"count": len(outlined.styles), "buffer": book.add(_styles(outlined.styles), 4)},
            "layers": layers,
        }
        if any(layer["kind"] == "marks" for layer in layers):
            header["shapes"] = [{"name": name, "polygon": OUTLINES[name]} for name in SHAPES]
        seen = json.dumps([header, [buffer.digest for buffer in book.buffers]], separators=(",", ":"))
        return EncodedFrame(header, tuple(book.buffers), xxhash.xxh3_64_hexdigest(seen.encode()))


def encode_frame(drawing: Drawing) -> tuple[dict[str, Any], list[bytes]]:
    """Header and buffers of a drawing by itself: on the finest grid, with everything that is in it."""
    return HeldBuffers().pack(FrameEncoder().encode(drawing), deflate=False)


def screen_grid(pixels_per_px: float) -> float:
    """The coarsest grid, up to the finest, whose steps are at most an eighth of a pixel of the screen."""
    return float(min(FINEST_GRID, 2.0 ** math.ceil(math.log2(8 * pixels_per_px)))) if pixels_per_px > 0 else 0.0


def _styles(styles: tuple[Style, ...]) -> NDArray[Any]:
    table = np.empty(len(styles), _STYLE)
    for name in ("stroke", "fill"):
        colors = [getattr(style, name) for style in styles]
        table[name] = [_NO_COLOR if color is None else int(color[1:], 16) for color in colors]
    for name in ("width", "opacity"):
        table[name] = [getattr(style, name) for style in styles]
    return table


# --- arrays -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Grids:
    asked: float
    #: what the screen needs
    needed: float


@dataclass(frozen=True, slots=True)
class _Known:
    """What became of an array: the buffer, and its grid where it has one."""

    owner: weakref.ref[NDArray[Any]]
    buffer: Buffer
    grid: float


class _Book:
    """The buffers of one frame, each once, and what is known of the arrays from the frame before."""

    def __init__(self, known: dict[Hashable, _Known]) -> None:
        self._known = known
        self.used: dict[Hashable, _Known] = {}
        self.buffers: list[Buffer] = []
        self._places: dict[str, int] = {}

    def add(self, array: NDArray[Any], stride: int) -> int:
        """The place of an array's buffer that was made for this frame alone."""
        return self._place(_buffer(array, stride))

    def place(
        self,
        array: NDArray[Any],
        stride: int,
        asked: Hashable,
        encode: Callable[[NDArray[Any]], tuple[NDArray[Any], float]],
    ) -> tuple[int, Buffer, float]:
        """The place of an array's buffer, the buffer, and its grid: as last time, if it is the same array."""
        # A layer's arrays are views, made anew with it, of arrays that stay.
        owner: object = array if array.base is None else array.base
        interface = array.__array_interface__
        key = (id(owner), interface["data"][0], array.shape, array.dtype.str, asked)
        found = self._known.get(key)
        if found is None or found.owner() is not owner:  # another array has the place of one that is gone
            encoded, grid = encode(array)
            buffer = _buffer(encoded, stride)
            if not isinstance(owner, np.ndarray):
                return self._place(buffer), buffer, grid
            found = _Known(weakref.ref(owner), buffer, grid)
        self.used[key] = found
        return self._place(found.buffer), found.buffer, found.grid

    def _place(self, buffer: Buffer) -> int:
        place = self._places.setdefault(buffer.digest, len(self.buffers))
        if place == len(self.buffers):
            self.buffers.append(buffer)
        return place


def _buffer(array: NDArray[Any], stride: int) -> Buffer:
    data = array.tobytes()
    # Numbers as long as the fields of the table of styles, which are four of four bytes each.
    word = 4 if array.dtype.fields else array.itemsize
    return Buffer(data, xxhash.xxh3_64_hexdigest(data), word, stride)


def _paths(layer: PathLayer, book: _Book, grids: _Grids) -> dict[str, Any]:
    places = {}
    places["points"], points, grid = _coordinates(layer.points, book, grids)
    places["codes"] = _plain(layer.codes, "u1", 0, book)
    places["offsets"] = _plain(layer.offsets, "<u4", 1, book)
    places["styles"] = _plain(layer.styles, "<u2", 1, book)
    places["closed"] = _plain(layer.closed, "u1", 0, book)
    facts = {"kind": "paths", "paths": len(layer), "points": len(layer.points), "grid": grid, "buffers": places}
    return facts | ({"wide": True} if points.word == 4 else {})


def _marks(layer: MarkLayer, book: _Book, grids: _Grids) -> dict[str, Any]:
    places = {"shapes": _plain(layer.shapes, "u1", 0, book)}
    places["centers"], centers, grid = _coordinates(layer.centers, book, grids)
    places["radii"], _, radius_grid = book.place(layer.radii, 1, ("radii", grids.asked), _radii(grids.asked))
    places["angles"] = book.place(layer.angles, 1, "angles", _angles)[0]
    places["styles"] = _plain(layer.styles, "<u2", 1, book)
    facts = {"kind": "marks", "marks": len(layer), "grid": grid, "radius_grid": radius_grid, "buffers": places}
    return facts | ({"wide": True} if centers.word == 4 else {})


def _plain(array: NDArray[Any], dtype: str, stride: int, book: _Book) -> int:
    return book.place(array, stride, dtype, lambda array: (array.astype(dtype, copy=False), 1.0))[0]


def _coordinates(points: NDArray[np.float32], book: _Book, grids: _Grids) -> tuple[int, Buffer, float]:
    def encode(points: NDArray[np.float32]) -> tuple[NDArray[Any], float]:
        grid = _grid(points, grids.asked, _LARGEST_INT16)
        if grid >= min(grids.asked, grids.needed):
            return _on_grid(points, grid).astype("<i2"), grid
        grid = _grid(points, min(grids.asked, grids.needed), _LARGEST_INT32)
        return _on_grid(points.astype(np.float64), grid).astype("<i4"), grid

    return book.place(points, 2, grids, encode)


def _radii(asked: float) -> Callable[[NDArray[np.float32]], tuple[NDArray[Any], float]]:
    def encode(radii: NDArray[np.float32]) -> tuple[NDArray[Any], float]:
        grid = _grid(radii, asked, _LARGEST_UINT16)
        return _on_grid(radii, grid).astype("<u2"), grid

    return encode


def _angles(angles: NDArray[np.float32]) -> tuple[NDArray[Any], float]:
    half_turn = 180 * ANGLE_STEPS
    return ((angle_steps(angles) + half_turn) % (2 * half_turn) - half_turn).astype("<i2"), 1.0


def _on_grid(values: NDArray[Any], grid: float) -> NDArray[Any]:
    # A power of two and 24 bits: exact in float32, so that rounding is decided on the true value.
    rounded: NDArray[Any] = np.rint(values * values.dtype.type(grid))
    return rounded


def _grid(values: NDArray[np.float32], finest: float, limit: int) -> float:
    largest = float(np.abs(values).max(initial=0))
    grid = finest
    while round(largest * grid) > limit:
        grid /= 2
    return grid
