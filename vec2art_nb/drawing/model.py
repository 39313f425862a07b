"""Drawing: layers of paths and marks, a table of styles, a page. It knows nothing of images or widgets."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.drawing.layers import MAX_COORDINATE, Layer, MarkLayer, PathLayer, Style, check_color
from vec2art_nb.drawing.recipe import Recipe
from vec2art_nb.errors import DrawingError

if TYPE_CHECKING:
    import pandas
    from matplotlib.axes import Axes

    from vec2art_nb.drawing.painting import Painted

# The frames for the viewer number styles with 16 bits.
MAX_STYLES = 65_535

# Above this a notebook shows a PNG: browsers draw large SVGs slowly, and notebooks carry them in their file.
SVG_DISPLAY_BYTES = 500_000

# Longer side in pixels of the PNG that stands for a heavy drawing, and of the one beside a light one's SVG.
_HEAVY_SIDE, _LIGHT_SIDE = 2000, 1000


def _joined_paths(layers: list[PathLayer], styles: tuple[Style, ...]) -> PathLayer:
    starts = np.cumsum([0, *(len(layer.points) for layer in layers)])
    offsets = [layer.offsets[:-1] + start for layer, start in zip(layers, starts[:-1], strict=True)]
    widths = None
    if any(layer.widths is not None for layer in layers):
        widths = np.concatenate([_widths(layer, styles) for layer in layers])
    return PathLayer(
        name="paths",
        points=np.concatenate([np.empty((0, 2), np.float32), *(layer.points for layer in layers)]),
        codes=np.concatenate([np.empty(0, np.uint8), *(layer.codes for layer in layers)]),
        offsets=np.concatenate([*offsets, starts[-1:]]).astype(np.int64, copy=False),
        styles=np.concatenate([np.empty(0, np.int32), *(layer.styles for layer in layers)]),
        closed=np.concatenate([np.empty(0, np.bool_), *(layer.closed for layer in layers)]),
        widths=widths,
    )


def _widths(layer: PathLayer, styles: tuple[Style, ...]) -> NDArray[np.float32]:
    """The width at each point, from the styles where the layer has none of its own."""
    if layer.widths is not None:
        return layer.widths
    table = np.array([style.width for style in styles], np.float32)
    return np.repeat(table[layer.styles], np.diff(layer.offsets))


def _joined_marks(layers: list[MarkLayer]) -> MarkLayer:
    return MarkLayer(
        name="marks",
        shapes=np.concatenate([np.empty(0, np.uint8), *(layer.shapes for layer in layers)]),
        centers=np.concatenate([np.empty((0, 2), np.float32), *(layer.centers for layer in layers)]),
        radii=np.concatenate([np.empty(0, np.float32), *(layer.radii for layer in layers)]),
        angles=np.concatenate([np.empty(0, np.float32), *(layer.angles for layer in layers)]),
        styles=np.concatenate([np.empty(0, np.int32), *(layer.styles for layer in layers)]),
    )


@dataclass(frozen=True, eq=False, repr=False)
class Drawing:
    """The result of a job: paths and marks with styles on a page.

    ``size`` is (width, height) in px of the source image. ``background`` is the colour of the page, None for no page.
    ``notes`` say what a person should know about it: why it is empty, for example.
    """

    size: tuple[int, int]
    layers: tuple[PathLayer | MarkLayer, ...] = ()
    styles: tuple[Style, ...] = ()
    background: str | None = None
    recipe: Recipe | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        width, height = (int(side) for side in self.size)
        if not (1 <= width <= MAX_COORDINATE and 1 <= height <= MAX_COORDINATE):
            raise DrawingError(f"size must be (width, height) of at least 1 px each, got {self.size}")
        check_color("background", self.background)
        if len(self.styles) > MAX_STYLES:
            raise DrawingError(
                f"a drawing has at most {MAX_STYLES} styles, got {len(self.styles)}; merge similar colours"
            )
        for layer in self.layers:
            self._check_styles(layer)
        for name, value in (("size", (width, height)), ("layers", tuple(self.layers)), ("styles", tuple(self.styles))):
            object.__setattr__(self, name, value)

    def _check_styles(self, layer: Layer) -> None:
        if not len(layer):
            return
        if layer.styles.max() >= len(self.styles):
            raise DrawingError(
                f"layer {layer.name!r}: style {layer.styles.max()} is used, but there are {len(self.styles)} styles"
            )
        if isinstance(layer, PathLayer) and layer.widths is not None:
            for index in np.unique(layer.styles).tolist():
                if self.styles[index].fill is not None or self.styles[index].stroke is None:
                    raise DrawingError(
                        f"layer {layer.name!r} has widths, so its styles need a stroke and no fill, got style {index}"
                    )

    def __len__(self) -> int:
        return sum(len(layer) for layer in self.layers)

    def __repr__(self) -> str:
        return f"Drawing({self.size[0]}×{self.size[1]} px, {self.contents()})"

    def contents(self) -> str:
        """What there is, in words: "12 paths, 80 points", "300 marks"."""
        marks = sum(len(layer) for layer in self.layers if isinstance(layer, MarkLayer))
        paths = len(self) - marks
        said = [f"{paths} paths, {self.vertices - marks} points"] if paths or not marks else []
        return ", ".join([*said, f"{marks} marks"] if marks else said)

    @property
    def vertices(self) -> int:
        """How many points there are, control points of curves and centres of marks included."""
        return sum(len(layer.points if isinstance(layer, PathLayer) else layer) for layer in self.layers)

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays."""
        return sum(layer.nbytes for layer in self.layers)

    @cached_property
    def paths(self) -> PathLayer:
        """All layers of paths joined into one, in painting order."""
        layers = [layer for layer in self.layers if isinstance(layer, PathLayer)]
        return layers[0] if len(layers) == 1 else _joined_paths(layers, self.styles)

    @cached_property
    def marks(self) -> MarkLayer:
        """All layers of marks joined into one, in painting order."""
        layers = [layer for layer in self.layers if isinstance(layer, MarkLayer)]
        return layers[0] if len(layers) == 1 else _joined_marks(layers)

    @cached_property
    def painted(self) -> Painted:
        """The same picture as paths of one width only: lines of varying width and marks are outlines or dots."""
        from vec2art_nb.drawing import painting

        return painting.painted(self)

    def resized(self, size: tuple[int, int]) -> Drawing:
        """The same drawing on a page of another size; pens and radii go along with the mean of both sides."""
        across, down = size[0] / self.size[0], size[1] / self.size[1]
        both = (across * down) ** 0.5
        return replace(
            self,
            size=size,
            layers=tuple(layer.scaled(across, down) for layer in self.layers),
            styles=tuple(style.widened(both) for style in self.styles),
        )

    def with_recipe(self, recipe: Recipe | None) -> Drawing:
        """The same drawing with another recipe."""
        return replace(self, recipe=recipe)

    def to_svg(self, precision: int = 2) -> str:
        """The drawing as SVG text.

        Parameters
        ----------
        precision : int
            Digits after the point, 0 … 4; coordinates are rounded to a grid of ``10**-precision`` px.
        """
        return self.to_svg_bytes(precision).decode()

    def to_svg_bytes(self, precision: int = 2) -> bytes:
        """The drawing as SVG in UTF-8; the same bytes for the same drawing on every machine."""
        from vec2art_nb.drawing import svg

        return svg.document(self, precision)

    def digest(self) -> str:
        """32 hexadecimal digits that stand for what is seen: size, page, paths to 0.01 px, styles and painting order.

        Recipe, version and notes do not enter, so it names the picture and not its making.
        """
        import xxhash

        from vec2art_nb.drawing import svg

        digest = xxhash.xxh3_128(b"%d %d\n" % self.size)
        for part in svg.body(self, 2):
            digest.update(part)
        return digest.hexdigest()

    def to_png(self, scale: float = 1.0) -> bytes:
        """The drawing as PNG, ``scale`` pixels for each px; transparent where there is no page."""
        from vec2art_nb.drawing import raster

        return raster.png(self, scale)

    def save(self, path: str | os.PathLike[str], *, precision: int = 2, scale: float = 1.0) -> None:
        """Write the drawing to a file: ``.svg``, ``.svgz`` or ``.png``.

        The file appears whole or not at all. ``precision`` is for SVG (see ``to_svg``), ``scale`` for PNG.

        Raises
        ------
        OutputError
            The file cannot be written there, or its suffix stands for no format that is known.
        """
        from vec2art_nb.drawing import output

        output.save(self, path, precision=precision, scale=scale)

    def to_frame(self) -> pandas.DataFrame:
        """A pandas table with one row for each path and mark, in painting order.

        Columns: ``layer``; ``kind`` ("path", or the shape of a mark); ``vertices`` (points, control points included);
        ``length`` (px along the curve, closing line included); ``closed``; ``stroke`` and ``fill`` (missing when not
        painted); ``width`` (px of the line; the mean where it varies); ``x_min``, ``y_min``, ``x_max``, ``y_max`` (px;
        bounds of the curve itself, without the width of its line).
        """
        from vec2art_nb.drawing import table

        return table.frame(self)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw on matplotlib axes (new ones by default), y down, and return them; line widths follow the zoom."""
        from vec2art_nb.drawing import plot

        return plot.plot(self, ax)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        from vec2art_nb.drawing import raster

        bundle: dict[str, Any] = {"text/plain": repr(self)}
        svg = self.to_svg()
        if len(svg) > SVG_DISPLAY_BYTES:
            return {**bundle, "image/png": raster.display_png(self, _HEAVY_SIDE)}
        # JupyterLab shows no SVG in a notebook that somebody else saved, until it is trusted: it falls back to the PNG.
        return {**bundle, "image/svg+xml": svg, "image/png": raster.display_png(self, _LIGHT_SIDE)}
