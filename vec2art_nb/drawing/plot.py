"""A drawing on matplotlib axes."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from vec2art_nb.drawing.raster import painted_runs

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from vec2art_nb.drawing.model import Drawing


def plot(drawing: Drawing, ax: Axes | None) -> Axes:
    """Draw in px, y down, equal aspect."""
    from matplotlib.colors import to_rgba
    from matplotlib.patches import Rectangle
    from matplotlib.path import Path

    if ax is None:
        from matplotlib import pyplot

        ax = pyplot.subplots()[1]
    width, height = drawing.size
    ax.set_xlim(0, width)
    ax.set_ylim(height, 0)
    ax.set_aspect("equal")
    if drawing.background is not None:
        ax.add_patch(Rectangle((0, 0), width, height, facecolor=drawing.background, edgecolor="none", zorder=0))
    for layer in drawing.painted.layers:
        runs = list(painted_runs(layer))
        styles = [drawing.painted.styles[style] for style, _, _ in runs]
        collection = _stroke_collection()(
            [Path(vertices, codes) for _, vertices, codes in runs],
            [style.width for style in styles],
            edgecolors=[to_rgba(style.stroke, style.opacity) if style.stroke else (0, 0, 0, 0) for style in styles],
            facecolors=[to_rgba(style.fill, style.opacity) if style.fill else (0, 0, 0, 0) for style in styles],
            capstyle="round",
            joinstyle="round",
            # Snapping to pixels would move straight lines, and make dots vanish.
            snap=False,
            label=layer.name,
        )
        ax.add_collection(collection, autolim=False)
    return ax


@cache
def _stroke_collection() -> Any:
    """The class of the artist; made when first needed, because matplotlib is imported only then."""
    from matplotlib.collections import PathCollection

    class StrokeCollection(PathCollection):
        """Paths whose line widths are in data units, so that lines thicken with the zoom as in an SVG."""

        def __init__(self, paths: list[Any], widths: list[float], **properties: Any) -> None:
            super().__init__(paths, **properties)
            self._data_widths = widths

        def draw(self, renderer: Any) -> None:
            origin, unit = self.get_transform().transform_affine([[0, 0], [1, 0]])
            pixels_per_px = abs(unit[0] - origin[0])
            points_per_px = pixels_per_px / renderer.points_to_pixels(1)
            self.set_linewidth([width * points_per_px for width in self._data_widths])
            super().draw(renderer)

    return StrokeCollection
