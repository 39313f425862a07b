"""Pictures drawn by code.

They use only arithmetic that every machine rounds alike (+ − × ÷ and square roots), so they have the same digest
everywhere; "lettering" alone depends on the version of Pillow, whose bundled font it shows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Canvas = NDArray[np.float64]  # (height, width, 3), 0 to 255; or numbers for each pixel, row or column
Point = tuple[float, float]

# --- drawing: signed distances, painted with an edge that is one pixel soft -----------------------------------------


def _canvas(width: int, height: int, colour: str) -> Canvas:
    return np.tile(_rgb(colour), (height, width, 1))


def _rgb(colour: str) -> NDArray[np.float64]:
    return np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)], np.float64)


def _finished(canvas: Canvas) -> NDArray[np.uint8]:
    return np.floor(np.clip(canvas, 0, 255) + 0.5).astype(np.uint8)


def _direction(degrees: float) -> Point:
    # Rounded, because mathematical libraries differ in the last digit of a sine.
    return round(math.cos(math.radians(degrees)), 6), round(math.sin(math.radians(degrees)), 6)


def _arc(centre: Point, radius: float, start: float, end: float) -> list[Point]:
    """Points on a circle, clockwise from ``start`` to ``end`` in degrees, 0 to the right."""
    count = max(2, math.ceil(abs(end - start) / 4))
    turns = [_direction(start + (end - start) * step / count) for step in range(count + 1)]
    return [(centre[0] + radius * x, centre[1] + radius * y) for x, y in turns]


def _curve(start: Point, first: Point, second: Point, end: Point) -> list[Point]:
    """Points on a cubic Bézier curve."""
    result: list[Point] = []
    for step in range(33):
        t = step / 32
        u = 1 - t
        # Not sum(): it rounds in another way since Python 3.12.
        a, b, c, d = u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t
        x = a * start[0] + b * first[0] + c * second[0] + d * end[0]
        y = a * start[1] + b * first[1] + c * second[1] + d * end[1]
        result.append((x, y))
    return result


def _cover(canvas: Canvas, share: NDArray[np.float64], colour: str | Canvas) -> None:
    paint = _rgb(colour) if isinstance(colour, str) else colour
    canvas += (paint - canvas) * share[..., np.newaxis]


def _window(canvas: Canvas, points: Sequence[Point], margin: float) -> tuple[Canvas, Canvas, Canvas]:
    """Cut out what a shape can touch, with the coordinates of its pixels: a small shape costs little."""
    left, top = (max(0, math.floor(min(point[axis] for point in points) - margin)) for axis in (0, 1))
    right, bottom = (max(0, math.ceil(max(point[axis] for point in points) + margin)) for axis in (0, 1))
    part = canvas[top:bottom, left:right]
    x, y = _centres(part)
    return part, x + left, y + top


def _centres(canvas: Canvas) -> tuple[Canvas, Canvas]:
    """Coordinates of the pixels' centres, as a row and as a column."""
    height, width = canvas.shape[:2]
    return np.arange(width, dtype=np.float64) + 0.5, np.arange(height, dtype=np.float64)[:, np.newaxis] + 0.5


def _disc(canvas: Canvas, centre: Point, radius: float, colour: str, opacity: float = 1) -> None:
    part, x, y = _window(canvas, [centre], radius + 1)
    distance = np.sqrt((x - centre[0]) ** 2 + (y - centre[1]) ** 2) - radius
    _cover(part, np.clip(0.5 - distance, 0, 1) * opacity, colour)


def _to_segment(x: Canvas, y: Canvas, start: Point, end: Point) -> Canvas:
    """Squared distance to a segment."""
    across, down = end[0] - start[0], end[1] - start[1]
    along = ((x - start[0]) * across + (y - start[1]) * down) / max(across * across + down * down, 1e-12)
    along = np.clip(along, 0, 1)
    return (x - start[0] - along * across) ** 2 + (y - start[1] - along * down) ** 2


def _stroke(canvas: Canvas, points: Sequence[Point], width: float, colour: str, opacity: float = 1) -> None:
    part, x, y = _window(canvas, points, width / 2 + 1)
    nearest = np.full(part.shape[:2], np.inf)
    for start, end in pairwise(points):
        nearest = np.minimum(nearest, _to_segment(x, y, start, end))
    _cover(part, np.clip(0.5 + width / 2 - np.sqrt(nearest), 0, 1) * opacity, colour)


def _polygon(canvas: Canvas, points: Sequence[Point], colour: str, opacity: float = 1) -> None:
    part, x, y = _window(canvas, points, 1)
    nearest = np.full(part.shape[:2], np.inf)
    inside = np.zeros(part.shape[:2], bool)
    for start, end in zip(points, [*points[1:], points[0]], strict=True):
        nearest = np.minimum(nearest, _to_segment(x, y, start, end))
        if start[1] != end[1]:
            crossed = (start[1] <= y) != (end[1] <= y)
            inside ^= crossed & (x < start[0] + (y - start[1]) / (end[1] - start[1]) * (end[0] - start[0]))
    distance = np.sqrt(nearest)
    _cover(part, np.clip(0.5 + np.where(inside, distance, -distance), 0, 1) * opacity, colour)


def _gradient(share: Canvas, *stops: tuple[float, str]) -> Canvas:
    """Colours between stops, for shares from 0 to 1."""
    result = np.tile(_rgb(stops[0][1]), (*share.shape, 1))
    for (start, _), (end, colour) in pairwise(stops):
        _cover(result, np.clip((share - start) / (end - start), 0, 1), colour)
    return result


def _ridge(width: int, seed: int, spacing: float, octaves: int, sharp: bool = False) -> Canvas:
    """Value noise along a line, from 0 to 1: rolling hills, or with sharp crests mountains."""
    # Raw bits, because only their stream is promised to stay the same from one NumPy to the next.
    lattice = np.random.PCG64(seed).random_raw(4096).astype(np.float64) / 2.0**64
    total, weight, height = np.zeros(width), 0.0, 1.0
    for octave in range(octaves):
        at = np.arange(width) / (spacing / 2**octave) + 97 * octave
        cell = np.floor(at).astype(int)
        t = at - cell
        t = t if sharp else t * t * (3 - 2 * t)
        total += height * (lattice[cell] * (1 - t) + lattice[cell + 1] * t)
        weight += height
        height *= 0.45
    return total / weight


def _land(canvas: Canvas, crest: Canvas, bottom: float, high: str, low: str) -> None:
    """Fill what lies below a crest, from one colour at its top to another in the haze at its bottom."""
    first_row = max(0, math.floor(crest.min()) - 1)
    part = canvas[first_row:]
    y = _centres(part)[1] + first_row
    below = (y - crest) / np.sqrt(1 + np.gradient(crest) ** 2)
    haze = np.clip((y - crest.min()) / (bottom - crest.min()), 0, 1)
    _cover(part, np.clip(below + 0.5, 0, 1), _gradient(haze, (0, high), (1, low)))


# --- the pictures -----------------------------------------------------------------------------------------------------


def _pine(canvas: Canvas, foot: Point, height: float, colour: str) -> None:
    x, y = foot
    tiers = 6
    right: list[Point] = []
    for tier in range(1, tiers + 1):
        down = y - height * (1 - 0.93 * tier / tiers)
        reach = height * 0.2 * tier / tiers
        right += [(x + reach, down), (x + reach * 0.45, down - height * 0.035)]
    left = [(2 * x - across, down) for across, down in reversed(right)]
    _stroke(canvas, [(x, y), (x, y - height * 0.2)], height * 0.035, colour)
    _polygon(canvas, [(x, y - height), *right[:-1], (x, y - height * 0.05), *left[1:]], colour)


def _cloud(canvas: Canvas, centre: Point, size: float, colour: str) -> None:
    x, y = centre
    layer = np.zeros_like(canvas)
    for left, right, up, thickness in ((-1, 1, 0, 0.28), (-0.55, 0.62, -0.2, 0.34), (-0.2, 0.3, -0.4, 0.3)):
        ends = [(x + left * size, y + up * size), (x + right * size, y + up * size)]
        _stroke(layer, ends, thickness * size, "#ffffff")
    _cover(canvas, layer[..., 0] / 255 * 0.86, colour)


def _landscape() -> NDArray[np.uint8]:
    """Draw evening over a lake: layers of hills, a low sun, pines, a sailing boat, birds."""
    width, height, shore = 1024, 768, 560
    canvas = _canvas(width, height, "#000000")
    x, y = _centres(canvas)
    canvas[:] = _gradient(y / height, (0, "#3d6aa5"), (0.3, "#8fb3d6"), (0.52, "#f6d3ae"), (0.7, "#fbe7c8"))
    sun = (688.0, 268.0)
    away = (x - sun[0]) ** 2 + (y - sun[1]) ** 2
    _cover(canvas, 0.75 / (1 + away / 110**2), "#ffe9b8")
    _disc(canvas, sun, 56, "#fff8e4")
    for at, up, size in ((250, 150, 120), (880, 118, 84), (478, 226, 58)):
        _cloud(canvas, (at, up), size, "#fff6ea")

    mountains = 408 - 240 * _ridge(width, 11, 205, 6, sharp=True)
    _land(canvas, mountains, 470, "#8098c0", "#dfd3d2")
    # Snow reaches down to an uneven line, and so stays on the peaks.
    snow = 296 + 48 * _ridge(width, 12, 34, 3, sharp=True)
    _cover(canvas, np.clip(y - mountains + 0.5, 0, 1) * np.clip(snow - y + 0.5, 0, 1), "#f9f6f3")
    _land(canvas, 470 - 150 * _ridge(width, 23, 300, 4), 540, "#7590a6", "#cdd2c9")
    _land(canvas, 520 - 150 * _ridge(width, 37, 240, 4), 560, "#577b84", "#b3c0aa")
    _land(canvas, 566 - 110 * _ridge(width, 44, 200, 5), 570, "#3d6066", "#86a083")
    for at, size in ((66, 40), (92, 54), (118, 44), (905, 46), (934, 62), (962, 50), (986, 38), (352, 30), (372, 38)):
        _pine(canvas, (at, shore + 1), size, "#2f4d50")

    # The lake mirrors what is above it, a little squeezed and cooler.
    rows = np.arange(height - shore)
    canvas[shore:] = canvas[np.maximum(0, shore - 1 - rows * 2)]
    depth = rows[:, np.newaxis] / (height - shore)
    _cover(canvas[shore:], np.full(depth.shape, 0.38), _gradient(depth, (0, "#7c9cb0"), (1, "#27466b")))
    _stroke(canvas, [(0, shore), (width, shore)], 2, "#eef0e4", 0.8)
    ripples = np.random.PCG64(5).random_raw(3 * 46).reshape(-1, 3).astype(np.float64) / 2.0**64
    for across, down, length in ripples.tolist():
        at, level = across * width, shore + 8 + down * down * 190
        reach = (8 + 42 * length) * (0.4 + down)
        _stroke(canvas, [(at - reach, level), (at + reach, level)], 1.2 + 1.6 * down, "#fdf3dc", 0.55)

    _polygon(canvas, [(438, 622), (492, 622), (500, 612), (430, 612)], "#4a2f28", 0.4)
    _polygon(canvas, [(462, 676), (462, 624), (424, 624)], "#fffaf0", 0.3)
    _polygon(canvas, [(468, 668), (502, 624), (468, 624)], "#e8794f", 0.4)
    _polygon(canvas, [(424, 604), (506, 604), (492, 620), (438, 620)], "#6b3f34")
    _polygon(canvas, [(462, 500), (462, 597), (418, 597)], "#fffaf0")
    _polygon(canvas, [(468, 516), (508, 597), (468, 597)], "#e8794f")
    _stroke(canvas, [(465, 494), (465, 604)], 2.4, "#4a2f28")
    for left, up, size in ((560, 160, 15), (604, 140, 19), (650, 168, 12), (532, 196, 9)):
        wing = [(left - size, up - size * 0.4), (left - size * 0.5, up - size * 0.55), (left, up)]
        _stroke(canvas, [*wing, (left + size * 0.5, up - size * 0.55), (left + size, up - size * 0.4)], 2.2, "#33445c")

    _land(canvas, 768 - 120 * _ridge(width, 59, 330, 4) - 46 * ((x - 512) / 512) ** 2, 768, "#24403c", "#142826")
    for at, base, size in ((44, 742, 330), (122, 752, 236), (188, 760, 150), (986, 748, 300), (910, 756, 196)):
        _pine(canvas, (at, base), size, "#15302f")
    return _finished(canvas)


def _shapes() -> NDArray[np.uint8]:
    """Draw flat geometric figures with soft edges, some of them overlapping."""
    canvas = _canvas(640, 480, "#f3ecdd")
    _disc(canvas, (190, 190), 130, "#d8432f")
    _polygon(canvas, [(60, 420), (300, 420), (180, 212)], "#1f4e8c")
    _polygon(canvas, [(190, 190), *_arc((190, 190), 84, 180, 360)], "#f3ecdd")
    _disc(canvas, (190, 170), 26, "#222126")
    _polygon(canvas, [(400, 52), (492, 98), (446, 190), (354, 144)], "#f0b429")
    _disc(canvas, (545, 160), 62, "#222126")
    _disc(canvas, (545, 160), 42, "#f3ecdd")
    _disc(canvas, (545, 160), 20, "#2f8f83")
    for step in range(6):
        left = 340 + 18 * step
        _polygon(canvas, [(left, 236), (left + 9, 236), (left + 9, 330), (left, 330)], "#222126")
    star = [
        (540 + (74 if step % 2 == 0 else 31) * turn[0], 330 + (74 if step % 2 == 0 else 31) * turn[1])
        for step in range(10)
        for turn in [_direction(36 * step - 90)]
    ]
    _polygon(canvas, star, "#2f8f83")
    _stroke(canvas, [(340, 410), (400, 370), (460, 430), (520, 390), (590, 432)], 9, "#d8432f")
    _stroke(canvas, [(40, 448), (600, 448)], 3, "#222126")
    _stroke(canvas, _arc((300, 70), 44, 100, 330), 7, "#1f4e8c")
    return _finished(canvas)


def _bicycle() -> NDArray[np.uint8]:
    """Draw a bicycle in ink: circles, straight lines that meet, thick and thin."""
    canvas = _canvas(800, 540, "#ffffff")
    ink = "#16161a"
    rear, front, crank = (214.0, 350.0), (592.0, 350.0), (372.0, 356.0)
    saddle, head, fork = (316.0, 178.0), (532.0, 172.0), (546.0, 214.0)
    for hub in (rear, front):
        for turn in range(0, 360, 30):
            across, down = _direction(turn + 8)
            _stroke(canvas, [hub, (hub[0] + 116 * across, hub[1] + 116 * down)], 2, ink)
        _stroke(canvas, _arc(hub, 126, 0, 360), 11, ink)
        _stroke(canvas, _arc(hub, 112, 0, 360), 3, ink)
        _disc(canvas, hub, 11, ink)
        _disc(canvas, hub, 4, "#ffffff")
    seat_tube = (saddle[0] + 10, saddle[1] + 32)
    for tube in ([rear, crank], [rear, seat_tube], [saddle, crank], [seat_tube, head], [crank, fork]):
        _stroke(canvas, tube, 9, ink)
    _stroke(canvas, [(524, 148), head, fork, *_curve(fork, (562, 262), (572, 314), front)], 9, ink)
    _stroke(canvas, _curve((524, 148), (560, 128), (606, 132), (590, 172)), 9, ink)
    _stroke(canvas, _curve((590, 172), (584, 190), (566, 192), (552, 186)), 9, ink)
    _polygon(canvas, [*_curve((262, 160), (296, 168), (334, 162), (372, 168)), (330, 184), (282, 188)], ink)
    _stroke(canvas, _arc(crank, 36, 0, 360), 5, ink)
    _stroke(canvas, [(372, 320), (214, 333)], 2.5, ink)
    _stroke(canvas, [(372, 392), (214, 367)], 2.5, ink)
    _stroke(canvas, _arc(rear, 17, 0, 360), 3, ink)
    _stroke(canvas, [(342, 300), crank, (402, 412)], 7, ink)
    _stroke(canvas, [(324, 300), (360, 300)], 8, ink)
    _stroke(canvas, [(384, 412), (420, 412)], 8, ink)
    _stroke(canvas, [(40, 484), (760, 484)], 5, ink)
    for left, right in ((90, 180), (300, 420), (640, 700)):
        _stroke(canvas, [(left, 504), (right, 504)], 3, ink)
    return _finished(canvas)[:, :, :1]


def _logo() -> NDArray[np.uint8]:
    """Draw a badge on nothing: a curve with its handles, a hole, and a shadow that fades into transparency."""
    size = 512
    centre, white = (256.0, 240.0), "#fdfcf7"
    canvas, alpha = _canvas(size, size, "#101426"), _canvas(size, size, "#000000")
    x, y = _centres(canvas)
    shadow = np.clip(1.35 - np.sqrt((x - 256) ** 2 + (y - 268) ** 2) / 180, 0, 0.45)
    _cover(alpha, np.clip(shadow, 0, 1), "#ffffff")
    _disc(alpha, centre, 204, "#ffffff")
    inside = np.sqrt((x - centre[0]) ** 2 + (y - centre[1]) ** 2)
    badge = _gradient(np.clip((x + y - 200) / 600, 0, 1), (0, "#1fb6a6"), (0.55, "#2f6fd0"), (1, "#5b3fb5"))
    _cover(canvas, np.clip(204.5 - inside, 0, 1), badge)
    _stroke(canvas, _arc(centre, 184, 0, 360), 6, white)
    start, first, second, end = (130.0, 300.0), (176.0, 92.0), (336.0, 388.0), (382.0, 180.0)
    _stroke(canvas, [start, first], 4, "#bfe9ff")
    _stroke(canvas, [second, end], 4, "#bfe9ff")
    _stroke(canvas, _curve(start, first, second, end), 17, white)
    for handle in (first, second):
        _disc(canvas, handle, 13, "#ffc94d")
    for left, top in (start, end):
        _polygon(canvas, [(left + a, top + b) for a, b in ((-20, -20), (20, -20), (20, 20), (-20, 20))], white)
        _polygon(canvas, [(left + a, top + b) for a, b in ((-11, -11), (11, -11), (11, 11), (-11, 11))], "#2f6fd0")
    _disc(alpha, (256, 372), 22, "#000000")
    return np.dstack((_finished(canvas), _finished(alpha)[:, :, :1]))


def _lettering() -> NDArray[np.uint8]:
    """Set type in several sizes, black on paper."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("L", (960, 600), 250)
    pen = ImageDraw.Draw(image)
    for text, size, top in (
        ("Raster & Vector", 118, 40),
        ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 55, 200),
        ("abcdefghijklmnopqrstuvwxyz 0123456789", 46, 285),
        ("How quickly daft jumping zebras vex: 3 + 7 = 10 (?!)", 36, 368),
        ("Small print shows how fine a line a drawing still keeps when pixels are few.", 24, 440),
        ("And the smallest of all: @ # % & * { } [ ] < > / | ~ ^ 0123456789", 18, 500),
    ):
        font = ImageFont.load_default(size)
        pen.text((480 - pen.textlength(text, font) / 2, top), text, 20, font)
    return np.array(image)[:, :, np.newaxis]


def _noise() -> NDArray[np.uint8]:
    """Make grey noise, nearly Gaussian: in it there is nothing to draw."""
    bits = np.random.PCG64(2026).random_raw(512 * 512)
    total = np.zeros(bits.shape, np.int64)
    for byte in range(8):
        total += ((bits >> np.uint64(8 * byte)) & np.uint64(255)).astype(np.int64)
    # The sum of eight evenly spread bytes has mean 1020 and standard deviation 209; here they become 127 and 52.
    return np.clip((total - 510) // 4, 0, 255).astype(np.uint8).reshape(512, 512, 1)


DRAWN: dict[str, Callable[[], NDArray[np.uint8]]] = {
    "landscape": _landscape,
    "shapes": _shapes,
    "bicycle": _bicycle,
    "lettering": _lettering,
    "logo": _logo,
    "noise": _noise,
}
