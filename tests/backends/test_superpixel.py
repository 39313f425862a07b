"""The superpixel backend: shapes that cover the page exactly once, as many as asked for, painted without hairlines."""

from __future__ import annotations

import io

import numpy as np
import pytest
import resvg_py
import shapely
from PIL import Image
from scipy import ndimage

import vec2art_nb as v2a

BACKEND = v2a.backends["superpixel"]


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    """A part of a real photograph."""
    return np.ascontiguousarray(v2a.samples.load("astronaut").pixels[20:180, 140:340])


# --- the plane is covered once ----------------------------------------------------------------------------------------


def flattened(points: np.ndarray, codes: np.ndarray, pieces: int) -> list[np.ndarray]:
    """The rings of one path, curves cut into so many lines."""
    rings: list[list[np.ndarray]] = []
    t = np.arange(1, pieces + 1)[:, None] / pieces
    i = 0
    while i < len(codes):
        if codes[i] == 1:
            rings.append([points[i]])
        elif codes[i] == 2:
            rings[-1].append(points[i])
        else:
            a, b, c, d = rings[-1][-1], *points[i : i + 3]
            s = 1 - t
            rings[-1].extend(s**3 * a + 3 * s * s * t * b + 3 * s * t * t * c + t**3 * d)
            rings[-1][-1] = points[i + 2]
            i += 2
        i += 1
    return [np.array(ring) for ring in rings]


def area(ring: np.ndarray) -> float:
    x, y = ring.T
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y) / 2)


def polygons(drawing: v2a.Drawing, pieces: int = 5) -> list[shapely.Polygon]:
    """The filled paths of a drawing; holes are the rings that go the other way round."""
    layer = next(layer for layer in drawing.layers if layer.name == "regions")
    points = layer.points.astype(np.float64)
    found = []
    for first, last in zip(layer.offsets[:-1], layer.offsets[1:], strict=True):
        rings = flattened(points[first:last], layer.codes[first:last], pieces)
        areas = [area(ring) for ring in rings]
        outer = [ring for ring, size in zip(rings, areas, strict=True) if size * max(areas, key=abs) > 0]
        assert len(outer) == 1, "one region, one outline"
        # With the nonzero rule only rings of one direction make one shape of neighbours.
        assert area(outer[0]) < 0
        found.append(shapely.Polygon(outer[0], [ring for ring in rings if ring is not outer[0]]))
    return found


def check_partition(drawing: v2a.Drawing, pieces: int = 5) -> None:
    width, height = drawing.size
    shapes = polygons(drawing, pieces)
    for shape in shapes:
        assert shape.is_valid, shapely.is_valid_reason(shape)
        assert shape.area > 0
    assert sum(shape.area for shape in shapes) == pytest.approx(width * height, abs=1e-6)
    assert shapely.union_all(shapes).area == pytest.approx(width * height, abs=1e-6)
    one, other = shapely.STRtree(shapes).query(shapes, predicate="overlaps")
    common = shapely.intersection(np.array(shapes)[one], np.array(shapes)[other])
    assert shapely.area(common).sum() < 1e-6


SETTINGS: dict[str, dict[str, object]] = {
    "defaults": {"regions": 250},
    "few pixels a region": {"regions": 4000},
    "hardly compact": {"regions": 400, "compactness": 0.5},
    "coarse lines": {"regions": 400, "simplify_px": 4.0},
    "polygons": {"regions": 300, "smooth": False},
    "pixels": {"regions": 300, "smooth": False, "simplify_px": 0},
    "merged, with holes": {"regions": 1500, "merge_difference": 9},
    "snic": {"regions": 300, "method": "snic"},
    "slico": {"regions": 300, "method": "slico"},
    "low poly": {"regions": 300, "style": "low_poly"},
    **{preset: {**BACKEND.preset(preset), "draw": "fills"} for preset in BACKEND.presets},
}


@pytest.mark.parametrize("setting", list(SETTINGS))
def test_shapes_cover_the_page_exactly_once(setting: str, photo: np.ndarray) -> None:
    check_partition(v2a.vectorize(photo, "superpixel", **SETTINGS[setting]))


@pytest.mark.parametrize("pieces", [1, 2, 9, 40])
def test_they_do_so_however_finely_curves_are_flattened(pieces: int, photo: np.ndarray) -> None:
    check_partition(v2a.vectorize(photo, "superpixel", regions=300, simplify_px=2.0), pieces)


ODD = {
    "noise": np.random.default_rng(1).integers(0, 256, (40, 50, 3), np.uint8),
    "checkerboard": (np.indices((60, 60)) // 5).sum(0).astype(np.uint8) % 2 * 255,
    "1x1": np.zeros((1, 1), np.uint8),
    "1x300": np.tile(np.array([0, 255], np.uint8), 150)[None],
    "islands": ((np.indices((80, 80)) % 16 - 8) ** 2).sum(0).astype(np.uint8),
}


@pytest.mark.parametrize("picture", list(ODD))
@pytest.mark.parametrize("setting", ["few pixels a region", "coarse lines", "merged, with holes", "low poly"])
def test_odd_pictures_are_covered_exactly_once(picture: str, setting: str) -> None:
    check_partition(v2a.vectorize(ODD[picture], "superpixel", **SETTINGS[setting]))


def test_what_is_written_to_svg_still_fits(photo: np.ndarray) -> None:
    """Rounded to the grid of 0.01 px, neighbours share their points, and next to nothing overlaps."""
    drawing = v2a.vectorize(photo, "superpixel", regions=400)
    layer = next(layer for layer in drawing.layers if layer.name == "regions")
    rounded = v2a.drawing.PathLayer(
        "regions", np.rint(layer.points * 100) / 100, layer.codes, layer.offsets, layer.styles, layer.closed
    )
    shapes = polygons(v2a.Drawing(drawing.size, (rounded,), drawing.styles))
    assert sum(shape.area for shape in shapes) == pytest.approx(photo.shape[0] * photo.shape[1], abs=1e-2)
    one, other = shapely.STRtree(shapes).query(shapes, predicate="overlaps")
    common = shapely.intersection(np.array(shapes)[one], np.array(shapes)[other])
    assert shapely.area(common).sum() < 0.02


# --- as many as asked for ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["slic", "slico", "snic"])
@pytest.mark.parametrize("seeds", ["square", "hexagonal", "poisson"])
@pytest.mark.parametrize("regions", [1, 7, 150, 2000])
def test_there_are_as_many_regions_as_asked_for(method: str, seeds: str, regions: int, photo: np.ndarray) -> None:
    with v2a.Session(photo, "superpixel", method=method, seeds=seeds, regions=regions) as session:
        found = session.stage("superpixels")
        assert abs(found.count - regions) <= 0.05 * regions
        assert found.labels.max() == found.count - 1
        for part in ndimage.find_objects(found.labels + 1)[:: max(1, regions // 40)]:
            assert part is not None


@pytest.mark.parametrize("picture", ["flat", "noise", "gradient", "lines"])
@pytest.mark.parametrize("method", ["slic", "slico", "snic"])
def test_also_in_pictures_without_shapes(picture: str, method: str) -> None:
    pixels = {
        "flat": np.full((90, 130), 120, np.uint8),
        "noise": np.random.default_rng(5).integers(0, 256, (90, 130, 3), np.uint8),
        "gradient": np.tile(np.arange(130, dtype=np.uint8), (90, 1)),
        "lines": np.tile(np.array([0, 0, 0, 255, 255], np.uint8), (90, 26)),
    }[picture]
    with v2a.Session(pixels, "superpixel", method=method, regions=200, compactness=5.0) as session:
        assert abs(session.stage("superpixels").count - 200) <= 10


@pytest.mark.parametrize("method", ["slic", "slico", "snic"])
def test_regions_are_connected(method: str, photo: np.ndarray) -> None:
    with v2a.Session(photo, "superpixel", method=method, regions=300, merge_difference=4, min_size_px2=60) as session:
        for stage in ("superpixels", "regions"):
            regions = session.stage(stage)
            for label in range(0, regions.count, 3):
                assert ndimage.label(regions.labels == label)[1] == 1
        assert np.bincount(session.stage("regions").labels.ravel()).min() >= 60


def test_more_merging_leaves_fewer_regions(photo: np.ndarray) -> None:
    counts = [
        len(v2a.vectorize(photo, "superpixel", regions=500, seam_px=0, merge_difference=difference))
        for difference in (0, 3, 8, 20, 200)
    ]
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] == 1


# --- how they are painted ---------------------------------------------------------------------------------------------


def agg(drawing: v2a.Drawing) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(drawing.to_png())).convert("RGB")).astype(int)


def resvg(drawing: v2a.Drawing) -> np.ndarray:
    png = bytes(resvg_py.svg_to_bytes(svg_string=drawing.to_svg()))
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


@pytest.mark.parametrize("renderer", [agg, resvg])
@pytest.mark.parametrize("style", ["outlines", "low_poly"])
def test_no_hairlines_of_the_page_show(renderer: object, style: str, photo: np.ndarray) -> None:
    def leak(**parameters: object) -> np.ndarray:
        pages = [
            renderer(v2a.vectorize(photo, "superpixel", regions=300, style=style, background=color, **parameters))
            for color in ("#000000", "#ffffff")
        ]
        return np.abs(pages[0] - pages[1]).max(axis=2)[3:-3, 3:-3]

    assert leak(seam_px=0).max() > 40
    assert leak().mean() < 0.05
    assert np.percentile(leak(), 99.9) <= 4


def test_the_mean_is_that_of_light() -> None:
    stripes = np.tile(np.array([0, 255], np.uint8), (32, 16))
    drawing = v2a.vectorize(stripes, "superpixel", regions=1)
    # Half of the light of white is 188 in sRGB, not 128.
    assert drawing.styles[-1].fill == "#bcbcbc"


@pytest.mark.parametrize(("fill", "color"), [("median", "#0000ff"), ("dominant", "#0000ff"), ("mean", None)])
def test_the_median_and_the_most_frequent_colour_ignore_the_few(fill: str, color: str | None) -> None:
    pixels = np.full((30, 30, 3), (0, 0, 255), np.uint8)
    pixels[:9] = (255, 0, 0)
    drawing = v2a.vectorize(pixels, "superpixel", regions=1, fill=fill)
    assert (drawing.styles[-1].fill == color) == (color is not None)


def test_background_is_not_painted() -> None:
    pixels = np.zeros((60, 60, 4), np.uint8)
    pixels[:, :30] = (200, 30, 30, 255)
    drawing = v2a.vectorize(pixels, "superpixel", regions=36, remove_background="auto")
    layer = next(layer for layer in drawing.layers if layer.name == "regions")
    assert len(layer) == 18
    assert layer.points[:, 0].max() < 31
    lines = v2a.vectorize(pixels, "superpixel", regions=36, remove_background="auto", draw="borders")
    assert lines.paths.points[:, 0].max() < 31


def test_borders_are_drawn_once_and_not_round_the_page(photo: np.ndarray) -> None:
    height, width = photo.shape[:2]
    fills = v2a.vectorize(photo, "superpixel", regions=200, smooth=False)
    drawing = v2a.vectorize(photo, "superpixel", regions=200, smooth=False, draw="borders")
    lines = v2a.vectorize(photo, "superpixel", regions=200, smooth=False, draw="both")
    assert [layer.name for layer in lines.layers] == ["regions", "borders"]
    outlines = sum(shape.length for shape in polygons(fills))
    assert float(drawing.to_frame()["length"].sum()) == pytest.approx((outlines - 2 * (width + height)) / 2, rel=1e-5)


def test_one_colour_is_one_path_element(photo: np.ndarray) -> None:
    drawing = v2a.vectorize(photo, "superpixel", regions=400, palette="kmeans", palette_size=6, seam_px=0)
    assert drawing.to_svg().count("<path") <= 6


def test_an_empty_drawing_says_why() -> None:
    flat = np.full((20, 20), 80, np.uint8)
    assert "one region" in v2a.vectorize(flat, "superpixel", regions=1, draw="borders").notes[0]
    clear = np.zeros((20, 20, 4), np.uint8)
    assert "background" in v2a.vectorize(clear, "superpixel", remove_background="auto").notes[0]


def test_low_poly_has_only_triangles(photo: np.ndarray) -> None:
    drawing = v2a.vectorize(photo, "superpixel", style="low_poly", regions=200, seam_px=0)
    assert (np.diff(drawing.paths.offsets) == 3).all()


def test_the_seed_moves_only_the_random_pattern(photo: np.ndarray) -> None:
    def digest(**parameters: object) -> str:
        return v2a.vectorize(photo, "superpixel", regions=100, **parameters).digest()

    assert digest(seeds="poisson", seed=1) != digest(seeds="poisson", seed=2)
    assert digest(seed=1) == digest(seed=2)
