"""Draws the picture of the README, docs/images/astronaut.png; part of ``make docs``."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

import vec2art_nb as v2a

PICTURE = Path(__file__).parent.parent / "docs" / "images" / "astronaut.png"
SIDE, GAP, COLORS = 300, 6, 128


def picture() -> Image.Image:
    """The photograph, its drawing in ink, and its drawing in its own colours, side by side."""
    photograph = v2a.samples.load("astronaut")
    # Drawn at twice the size and scaled down, so a pen 1.6 px wide here is one of about 1 px there.
    drawings = [
        v2a.vectorize(photograph, stroke_width=1.6),
        v2a.vectorize(photograph, detail=0.6, stroke_width=1.9, color_source="mean"),
    ]
    panels = [Image.fromarray(photograph.pixels), *(Image.open(io.BytesIO(each.to_png(scale=2))) for each in drawings)]
    page = Image.new("RGB", (len(panels) * (SIDE + GAP) - GAP, SIDE), "white")
    for number, panel in enumerate(panels):
        page.paste(panel.convert("RGB").resize((SIDE, SIDE), Image.Resampling.LANCZOS), (number * (SIDE + GAP), 0))
    return page.quantize(COLORS)  # a third of the bytes


if __name__ == "__main__":
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    picture().save(PICTURE, optimize=True)
    print(f"wrote {PICTURE}")
