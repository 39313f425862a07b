"""Draws the contact sheets of the backends: a row for each preset, a column for each picture; ``make gallery``."""

from __future__ import annotations

import argparse
import io
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

import vec2art_nb as v2a

SHEETS = Path(__file__).parent.parent / "build" / "gallery"
PHOTOGRAPHS = ("astronaut", "chelsea", "coffee", "camera", "rocket", "flower")
LINES = ("lettering", "page", "bicycle", "horse", "logo", "coins")
TILE, GAP, LABEL = 360, 8, 22


def drawn(picture: str, backend: str, preset: str | None) -> Image.Image:
    """A drawing, scaled down from twice the tile."""
    values = {} if preset is None else v2a.backends[backend].preset(preset)
    drawing = v2a.vectorize(v2a.samples.load(picture), backend, **values)
    scale = min(4.0, 2 * TILE / max(drawing.size))
    return Image.open(io.BytesIO(drawing.to_png(scale))).convert("RGB")


def sheet(backend: str, pictures: tuple[str, ...]) -> Image.Image:
    """The contact sheet of a backend."""
    rows = [None, *v2a.backends[backend].presets]
    page = Image.new(
        "RGB", (GAP + len(pictures) * (TILE + GAP), GAP + len(rows) * (TILE + LABEL + GAP)), (120, 120, 120)
    )
    draw = ImageDraw.Draw(page)
    for row, preset in enumerate(rows):
        top = GAP + row * (TILE + LABEL + GAP)
        draw.text((GAP, top), f"{backend}: {preset or 'defaults'}", "white", ImageFont.load_default(16))
        for column, picture in enumerate(pictures):
            tile = drawn(picture, backend, preset)
            tile.thumbnail((TILE, TILE), Image.Resampling.LANCZOS)
            left = GAP + column * (TILE + GAP)
            page.paste(tile, (left + (TILE - tile.width) // 2, top + LABEL + (TILE - tile.height) // 2))
    return page


def main() -> None:
    """Draw the sheets that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("backends", nargs="*", default=list(v2a.backends), help="which (default: all)")
    SHEETS.mkdir(parents=True, exist_ok=True)
    for backend in parser.parse_args().backends:
        path = SHEETS / f"{backend}.png"
        sheet(backend, LINES if backend == "centerline" else PHOTOGRAPHS).save(path)
        print(f"wrote {path}")


if __name__ == "__main__":
    main()
