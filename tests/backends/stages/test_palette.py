"""Palettes of pictures, and marks painted with them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import cKDTree

from vec2art_nb import srgb
from vec2art_nb.backends.stages.palette import FROM_PICTURE, NO_PALETTE, PaletteParams, PaletteTable, painted, palette
from vec2art_nb.backends.stages.subject import EVERYTHING, Subject
from vec2art_nb.image import open_image
from vec2art_nb.kernels.oklab import oklab_of_light

LIGHT = srgb.linear_light(256)
DEFAULTS = PaletteParams().to_dict()


@pytest.fixture(scope="module")
def photo():
    from skimage import data

    return open_image(np.ascontiguousarray(data.coffee()[::2, ::2]))


def table_of(source, method, size=8, subject=EVERYTHING, background="#ffffff", colors=("#000000",)):
    return palette(
        source, subject, palette=method, palette_size=size, palette_colors=colors, background=background
    ).colors


def rgb_of(names):
    return np.array([[int(name[i : i + 2], 16) for i in (1, 3, 5)] for name in names]).reshape(-1, 3)


def shown(colors, choice):
    return LIGHT[rgb_of(colors)[choice]]


def lightness(colors):
    return oklab_of_light(LIGHT[colors])[:, 0]


@pytest.mark.parametrize("size", [2, 3, 8, 31, 64])
@pytest.mark.parametrize("method", FROM_PICTURE)
def test_a_photograph_has_as_many_colours_as_asked_each_of_use(photo, method, size):
    colors = table_of(photo, method, size)
    assert colors.shape == (size, 3)
    assert colors.dtype == np.uint8
    assert len(np.unique(colors, axis=0)) == size
    assert (np.diff(lightness(colors)) >= 0).all(), "dark to light"
    lab, of_pixels = oklab_of_light(LIGHT[colors]), oklab_of_light(LIGHT[photo.pixels.reshape(-1, 3)])
    _, nearest = cKDTree(lab).query(of_pixels)
    assert len(np.unique(nearest)) == size


PICTURES = {
    "1x1": np.full((1, 1, 3), 9, np.uint8),
    "flat": np.full((20, 30), 128, np.uint8),
    "two": np.repeat(np.array([[0], [255]], np.uint8), 9, axis=1),
    "grey ramp": np.tile(np.arange(256, dtype=np.uint8), (4, 1)),
    "16 bits": np.tile(np.arange(0, 65536, 64, dtype=np.uint16), (4, 1)),
    "noise": np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8),
    "transparent": np.zeros((8, 8, 4), np.uint8),
    "line": np.random.default_rng(1).integers(0, 256, (1, 4000, 3), np.uint8),
}


@pytest.mark.parametrize("picture", list(PICTURES))
@pytest.mark.parametrize("method", FROM_PICTURE)
def test_every_picture_has_a_palette(method, picture):
    source = open_image(PICTURES[picture])
    for size in (2, 7, 64):
        colors = table_of(source, method, size)
        assert 1 <= len(colors) <= size
        assert len(np.unique(colors, axis=0)) == len(colors)


def test_few_colours_are_kept_exactly():
    wanted = np.array([[12, 30, 90], [200, 30, 40], [250, 250, 240]], np.uint8)
    source = open_image(np.repeat(np.repeat(wanted[None], 8, axis=0), 5, axis=1))
    for method in FROM_PICTURE:
        np.testing.assert_array_equal(table_of(source, method, 8), wanted)


@pytest.mark.parametrize("method", FROM_PICTURE)
def test_as_many_colours_as_asked_are_kept_exactly_and_one_more_is_not(method):
    wanted = np.array([[12, 30, 90], [200, 30, 40], [90, 160, 70], [250, 250, 240]], np.uint8)
    source = open_image(np.repeat(np.repeat(wanted[None], 8, axis=0), 5, axis=1))
    np.testing.assert_array_equal(table_of(source, method, 4), wanted)
    assert len(table_of(source, method, 3)) <= 3


# Pictures of a few pixels in which one of the first colours found is the nearest to none.
@pytest.mark.parametrize(
    ("method", "seed", "count", "size"),
    [("median_cut", 94, 6, 3), ("median_cut", 310, 9, 5), ("octree", 218, 25, 8), ("octree", 344, 11, 6)],
)
def test_a_colour_that_is_the_nearest_to_no_pixel_is_left_out(method, seed, count, size):
    random = np.random.default_rng(seed)
    random.integers(5, 40), random.integers(2, 9)
    source = open_image(random.integers(0, 256, (1, count, 3)).astype(np.uint8))
    colors = table_of(source, method, size)
    _, nearest = cKDTree(oklab_of_light(LIGHT[colors])).query(oklab_of_light(LIGHT[source.pixels[0]]))
    assert len(np.unique(nearest)) == len(colors) < size


def error(source, colors):
    lab = oklab_of_light(LIGHT[source.pixels.reshape(-1, 3)])
    return np.square(cKDTree(oklab_of_light(LIGHT[colors])).query(lab)[0]).mean()


def test_k_means_is_as_true_as_scipys(photo):
    from scipy.cluster.vq import kmeans2

    # Mostly dark: what is frequent must count for more.
    dark = open_image((photo.pixels[::3, ::3].astype(int) ** 2 // 255).astype(np.uint8))
    lab = oklab_of_light(LIGHT[dark.pixels.reshape(-1, 3)])
    theirs = min(
        np.square(cKDTree(kmeans2(lab, 6, iter=40, minit="++", rng=seed)[0]).query(lab)[0]).mean() for seed in range(4)
    )
    assert error(dark, table_of(dark, "kmeans", 6)) < 1.05 * theirs


def test_octree_keeps_a_rare_strong_colour_and_median_cut_does_not():
    pixels = np.random.default_rng(0).integers(60, 200, (80, 80, 1)).astype(np.uint8) * np.ones(3, np.uint8)
    pixels[:3, :3] = (250, 20, 20)
    red = [
        np.ptp(table_of(open_image(pixels), method, 6).astype(int), axis=1).max() for method in ("octree", "median_cut")
    ]
    assert red[0] > 150
    assert red[1] < 50


def test_only_the_subject_counts():
    pixels = np.zeros((10, 10, 3), np.uint8)
    pixels[:] = (0, 200, 0)
    pixels[2:5, 2:5] = (200, 0, 0)
    coverage = np.where(pixels[..., 0] == 200, 255, 0).astype(np.uint8)
    assert table_of(open_image(pixels), "kmeans", 2, Subject(coverage)).tolist() == [[200, 0, 0]]
    assert len(table_of(open_image(pixels), "kmeans", 2)) == 2


@pytest.mark.parametrize("method", FROM_PICTURE)
def test_a_picture_without_subject_has_no_colours_and_marks_keep_theirs(method):
    source = open_image(PICTURES["noise"])
    colors = table_of(source, method, 4, Subject(np.zeros((64, 64), np.uint8)))
    assert colors.shape == (0, 3)
    names, choice = painted(np.full((3, 3), 0.5), np.zeros((3, 2), np.float32), PaletteTable(colors), "ordered")
    assert len(names) == 1
    assert choice.tolist() == [0, 0, 0]


def test_transparent_parts_have_the_colour_of_the_page():
    source = open_image(PICTURES["transparent"])
    assert table_of(source, "kmeans", 4, background="#102030").tolist() == [[0x10, 0x20, 0x30]]


def test_a_palette_of_ones_own_is_kept_dark_to_light_without_doubles(photo):
    colors = table_of(photo, "custom", colors=("#ffffff", "#102030", "#ff0000", "#102030"))
    assert colors.tolist() == [[0x10, 0x20, 0x30], [255, 0, 0], [255, 255, 255]]


def test_dark_to_light_is_as_the_eye_sees_it(photo):
    colors = table_of(photo, "custom", colors=("#ffff00", "#0000ff", "#ff0000", "#00ff00", "#ff00ff"))
    assert colors.tolist() == [[0, 0, 255], [255, 0, 0], [255, 0, 255], [0, 255, 0], [255, 255, 0]]


def test_no_palette_costs_nothing(photo):
    assert (
        palette(photo, EVERYTHING, palette="none", palette_size=8, palette_colors=(), background="#ffffff")
        is NO_PALETTE
    )


@pytest.mark.parametrize("method", FROM_PICTURE)
def test_sixteen_bits_have_the_palette_of_eight(photo, method):
    wide = open_image(photo.pixels.astype(np.uint16) * 257)
    np.testing.assert_array_equal(table_of(photo, method, 9), table_of(wide, method, 9))


# --- marks ------------------------------------------------------------------------------------------------------------


def some_marks(count=5000, seed=0):
    random = np.random.default_rng(seed)
    return random.random((count, 3)) ** 2, (random.random((count, 2)) * 500).astype(np.float32)


def test_with_a_palette_each_mark_has_its_nearest_colour():
    light, positions = some_marks()
    colors = np.array([[0, 0, 0], [90, 60, 30], [200, 40, 40], [240, 240, 230]], np.uint8)
    names, choice = painted(light, positions, PaletteTable(colors))
    assert names == ("#000000", "#5a3c1e", "#c82828", "#f0f0e6")
    apart = oklab_of_light(light)[:, None] - oklab_of_light(LIGHT[colors])[None]
    np.testing.assert_array_equal(choice, (apart * apart).sum(axis=2).argmin(axis=1))


@pytest.mark.parametrize("dither", ["none", "ordered", "diffusion"])
def test_dithering_decides_only_between_the_palettes_colours(dither):
    light, positions = some_marks()
    colors = np.array([[0, 0, 0], [90, 60, 30], [200, 40, 40], [240, 240, 230]], np.uint8)
    names, choice = painted(light, positions, PaletteTable(colors), dither)
    assert len(names) == 4
    assert choice.dtype == np.int32
    assert set(choice.tolist()) == {0, 1, 2, 3}


def test_dithering_keeps_the_light_that_the_nearest_colour_loses():
    positions = (np.random.default_rng(3).random((4000, 2)) * 400).astype(np.float32)
    light = np.repeat(positions[:, :1] / 400.0, 3, axis=1)
    table = PaletteTable(np.array([[0] * 3, [255] * 3], np.uint8))
    lost = {}
    for dither in ("none", "ordered", "diffusion"):
        got = shown(*painted(light, positions, table, dither))
        part = (positions[:, 0] / 50).astype(int)
        lost[dither] = max(abs(got[part == i].mean() - light[part == i].mean()) for i in range(8))
    assert lost["none"] > 0.3
    assert lost["ordered"] < 0.06
    assert lost["diffusion"] < 0.03


def test_without_a_palette_few_colours_are_exact():
    colors = np.random.default_rng(1).integers(0, 256, (200, 3))
    marks = np.random.default_rng(2).integers(0, 200, 3000)
    names, choice = painted(LIGHT[colors[marks]], np.zeros((3000, 2), np.float32), NO_PALETTE)
    np.testing.assert_array_equal(rgb_of(names)[choice], colors[marks])


def test_without_a_palette_256_colours_are_exact_and_more_that_look_alike_are_merged():
    # A cube of sRGB around a grey, in which no two colours can be told apart.
    cube = np.array([120, 118, 119]) + np.indices((7, 7, 7)).reshape(3, -1).T
    light = LIGHT[cube]
    names, choice = painted(light[:256], np.zeros((256, 2), np.float32), NO_PALETTE)
    np.testing.assert_array_equal(rgb_of(names)[choice], cube[:256])
    lab = oklab_of_light(light)
    assert np.ptp(lab, axis=0).max() < 0.0231
    names, choice = painted(light, np.zeros((343, 2), np.float32), NO_PALETTE)
    # Two cells along each axis at most.
    assert len(names) <= 8
    assert np.linalg.norm(oklab_of_light(shown(names, choice)) - lab, axis=1).max() < 0.023


def test_without_a_palette_no_colour_is_there_twice():
    """Next to black, means that differ are stored alike."""
    dark = np.linspace(0, 1.4e-4, 40)[:, None] * np.ones(3)
    alike = LIGHT[np.indices((7, 7, 7)).reshape(3, -1).T + 120]
    light = np.concatenate([dark, alike])
    names, choice = painted(light, np.zeros((len(light), 2), np.float32), NO_PALETTE)
    assert len(names) == len(set(names))
    assert {names[mark] for mark in choice[:40]} == {"#000000"}


def test_without_a_palette_a_photographs_colours_are_merged_below_notice(photo):
    light = LIGHT[photo.pixels.reshape(-1, 3)]
    names, choice = painted(light, np.zeros((len(light), 2), np.float32), NO_PALETTE)
    assert 100 < len(names) <= 512
    apart = np.linalg.norm(oklab_of_light(light) - oklab_of_light(shown(names, choice)), axis=1)
    assert np.quantile(apart, 0.99) < 0.023
    assert apart.max() < 0.04


def test_without_a_palette_the_table_stays_small_whatever_comes():
    light, positions = some_marks(50_000)
    names, choice = painted(light, positions, NO_PALETTE)
    assert len(names) == len(set(names)) <= 512
    assert choice.max() < len(names)


@pytest.mark.parametrize("dither", ["none", "ordered", "diffusion"])
@pytest.mark.parametrize("table", [NO_PALETTE, PaletteTable(np.array([[0, 0, 0], [9, 9, 9]], np.uint8))])
def test_no_marks_are_no_trouble(table, dither):
    names, choice = painted(np.empty((0, 3)), np.empty((0, 2), np.float32), table, dither)
    assert choice.shape == (0,)
    assert isinstance(names, tuple)


# --- what is declared -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("palette_size", {"palette": "kmeans"}),
        ("palette_size", {"palette": "median_cut"}),
        ("palette_size", {"palette": "octree"}),
        ("palette_colors", {"palette": "custom"}),
        ("dither", {"palette": "octree"}),
        ("dither", {"palette": "custom"}),
    ],
)
def test_what_needs_a_palette_says_so(name, values):
    assert PaletteParams(**values).active(name) is None
    assert "palette" in PaletteParams().active(name)


def test_a_given_palette_has_no_size_and_a_found_one_no_given_colours():
    assert PaletteParams(palette="custom").active("palette_size") == "needs palette = kmeans or median_cut or octree"
    assert PaletteParams(palette="kmeans").active("palette_colors") == "needs palette = custom"
