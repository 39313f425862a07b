"""Draws the picture of the README, docs/images/astronaut.png; part of ``make docs``."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

import vec2art_nb as v2a

PICTURE = Path(__file__).parent.parent / "docs" / "images" / "astronaut.png"
SIDE, GAP, COLUMNS, COLORS = 300, 6, 3, 160


def picture() -> Image.Image:
    """The photograph and five drawings of it, in two rows."""
    photograph = v2a.samples.load("astronaut")
    drawings = [
        # Drawn at twice the size and scaled down, so a pen 1.6 px wide here is one of about 1 px there.
        v2a.vectorize(photograph, "edge", stroke_width=1.6),
        v2a.vectorize(photograph, "edge", **v2a.backends["edge"].preset("engraving")),
        v2a.vectorize(photograph, "superpixel", **v2a.backends["superpixel"].preset("low_poly")),
        v2a.vectorize(photograph, "superpixel", **v2a.backends["superpixel"].preset("stained_glass")),
        v2a.vectorize(photograph, "dots", **v2a.backends["dots"].preset("stipple")),
    ]
    panels = [Image.fromarray(photograph.pixels), *(Image.open(io.BytesIO(each.to_png(scale=2))) for each in drawings)]
    page = Image.new("RGB", (COLUMNS * (SIDE + GAP) - GAP, len(panels) // COLUMNS * (SIDE + GAP) - GAP), "white")
    for number, panel in enumerate(panels):
        place = (number % COLUMNS * (SIDE + GAP), number // COLUMNS * (SIDE + GAP))
        page.paste(panel.convert("RGB").resize((SIDE, SIDE), Image.Resampling.LANCZOS), place)
    return page.quantize(COLORS)  # a third of the bytes


if __name__ == "__main__":
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    picture().save(PICTURE, optimize=True)
    print(f"wrote {PICTURE}")
