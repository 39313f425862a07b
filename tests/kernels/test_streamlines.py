"""Streamlines on fields and contours that are known, and what evenly spaced means."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage
from scipy.spatial import cKDTree

from vec2art_nb.kernels import flow_walk, streamlines
from vec2art_nb.kernels.edges import edge_points
from vec2art_nb.kernels.gradient import gaussian_gradient
from vec2art_nb.kernels.streamlines import Canvas, block_means, draw_contours, draw_hatching
from vec2art_nb.kernels.tangent_flow import UNIT, tangent_flow

HIGH, LOW = 600, 250


def pixels_as_lightness(values):
    return np.rint(np.asarray(values, float) * 256).astype(np.int16)


def disc(size=120, radius=40.0, contrast=40.0):
    y, x = np.mgrid[0:size, 0:size] + 0.5 - size / 2
    return pixels_as_lightness(30 + contrast * np.clip(radius + 0.5 - np.hypot(x, y), 0, 1))


def contours_of(image, separation=4.0, longest=2000.0, bridge=6.0, room=None, tangents=None, **options):
    dx, dy = gaussian_gradient(image, 1.2)
    strength, _ = edge_points(dx, dy)
    canvas = Canvas(*image.shape, separation, longest, room)
    tx, ty = tangents or tangent_flow(dx, dy, 5, 2)
    draw_contours(canvas, tx, ty, dx, dy, strength, LOW, HIGH, bridge, **options)
    return canvas.chains


def hatching_of(image, tangents, separation=5.0, coverage=1.0, longest=2000.0, room=None):
    canvas = Canvas(*image.shape, separation, longest, room)
    draw_hatching(canvas, *tangents, image, coverage)
    return canvas.chains


def field(shape, angle):
    angle = np.broadcast_to(np.radians(angle), shape)
    return tuple(np.rint(UNIT * part(angle)).astype(np.int16) for part in (np.cos, np.sin))


def each(chains):
    return [chains.points[a:b] for a, b in zip(chains.offsets[:-1], chains.offsets[1:], strict=True)]


def lengths(chains):
    return [np.hypot(*np.diff(points, axis=0).T).sum() for points in each(chains)]


def least_distance_between(chains):
    """The least distance of a point to another line, for every line."""
    lines = each(chains)
    trees = [cKDTree(points) for points in lines]
    return np.array(
        [
            min((trees[k].query(points)[0].min() for k in range(len(lines)) if k != own), default=np.inf)
            for own, points in enumerate(lines)
        ]
    )


# --- contours ---------------------------------------------------------------------------------------------------------


def test_a_disc_is_one_closed_line_on_its_outline():
    chains = contours_of(disc())
    assert len(chains.closed) == 1 and chains.closed[0] == 1
    assert np.abs(np.hypot(*(chains.points - 60).T) - 40).max() < 0.35
    assert lengths(chains)[0] == pytest.approx(2 * np.pi * 40, abs=4)


def test_the_sign_of_tangents_means_nothing():
    image = disc()
    tx, ty = tangent_flow(*gaussian_gradient(image, 1.2), 5, 2)
    one = contours_of(image, tangents=(tx, ty))
    sign = np.random.default_rng(0).choice(np.array([-1, 1], np.int16), tx.shape)
    other = contours_of(image, tangents=(sign * tx, sign * ty))
    assert len(other.closed) == 1 and other.closed[0] == 1
    assert cKDTree(one.points).query(other.points)[0].max() < 0.75
    assert np.abs(np.hypot(*(other.points - 60).T) - 40).max() < 0.35


def naive_tangent(tx, ty, x, y, lx, ly):
    """Bilinear interpolation of outer products: the same line where the field is smooth."""
    outer = [np.outer(v, v) for v in (np.array([tx, ty]) / UNIT).reshape(2, -1).T]
    outer = np.array(outer).reshape(*tx.shape, 2, 2)
    place = [[y - 0.5], [x - 0.5]]
    matrix = np.array(
        [[ndimage.map_coordinates(outer[..., i, j], place, order=1, mode="nearest")[0] for j in (0, 1)] for i in (0, 1)]
    )
    main = np.linalg.eigh(matrix)[1][:, 1]
    return main if main @ (lx, ly) >= 0 else -main


def test_tangents_between_pixels_agree_with_a_naive_one():
    rng = np.random.default_rng(0)
    angle = ndimage.gaussian_filter(rng.normal(0, 400, (20, 30)), 3)
    sign = rng.choice(np.array([-1, 1], np.int16), angle.shape)
    tx, ty = (sign * part for part in field(angle.shape, angle))
    for x, y in rng.uniform([0, 0], [30, 20], (100, 2)):
        lx, ly = tx[int(y), int(x)] / UNIT, ty[int(y), int(x)] / UNIT
        found = flow_walk.tangent(
            tx.ravel(), ty.ravel(), 20, 30, np.float32(x), np.float32(y), np.float32(lx), np.float32(ly)
        )
        assert np.hypot(*found) == pytest.approx(1, abs=1e-4)
        assert found == pytest.approx(naive_tangent(tx, ty, x, y, lx, ly), abs=0.05)


def level_edge(contrast):
    """An edge along the row 30, of a contrast that changes slowly."""
    half = np.asarray(contrast) / 2
    return pixels_as_lightness(np.where(np.arange(60)[:, None] < 30, 50 - half, 50 + half))


def test_lines_end_where_the_edge_gets_weak():
    # A step of 1 L* has a strength of about 42.
    chains = contours_of(level_edge(np.linspace(30, 0, 160)), bridge=3.0)
    assert len(chains.closed) == 1
    assert pytest.approx(chains.points[:, 0].max(), abs=6) == 160 * (1 - LOW / 42 / 30)
    assert np.abs(chains.points[:, 1] - 30).max() < 0.3


def test_a_line_goes_on_behind_a_gap_that_is_short_enough():
    image = level_edge(np.abs(np.linspace(-30, 30, 160)))
    assert [len(contours_of(image, bridge=bridge).closed) for bridge in (2.0, 50.0)] == [2, 1]


def test_the_strongest_contour_is_drawn_first_and_others_keep_their_distance():
    image = np.full((60, 160), 50.0)
    image[20:] += 20
    image[26:] += 30
    chains = contours_of(pixels_as_lightness(image), separation=10.0)
    assert len(chains.closed) == 1
    assert np.abs(chains.points[:, 1] - 26).max() < 0.3
    assert len(contours_of(pixels_as_lightness(image), separation=3.0).closed) == 2


def test_no_line_is_longer_than_asked_for():
    chains = contours_of(disc(), longest=30.0)
    assert len(chains.closed) > 4
    assert max(lengths(chains)) < 31.5


def test_directions_that_are_worth_nothing_are_not_drawn():
    square = np.full((120, 120), 30.0)
    square[30:90, 30:90] = 80
    chains = contours_of(pixels_as_lightness(square), directions=(1.0, 0.0, 1.0, 1.0))
    assert len(chains.closed) == 2
    assert np.abs(np.abs(chains.points[:, 1] - 60) - 30).max() < 12


def test_nothing_is_drawn_where_there_is_no_room():
    room = np.zeros((120, 120), bool)
    room[:, 60:] = True
    chains = contours_of(disc(), room=room)
    assert len(chains.points) > 80
    assert chains.points[:, 0].min() >= 60


# --- hatching ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("angle", [0, 30, 90, 135])
def test_hatching_of_an_even_tone_is_evenly_spaced(angle):
    black = np.zeros((150, 170), np.int16)
    chains = hatching_of(black, field(black.shape, angle))
    assert least_distance_between(chains).min() > 0.85 * 5
    y, x = np.mgrid[10:140, 10:160] + 0.5
    far = cKDTree(chains.points).query(np.stack([x.ravel(), y.ravel()], 1))[0]
    assert far.max() < 1.1 * 5
    ink = sum(lengths(chains)) / black.size
    assert 0.8 / 5 < ink < 1.2 / 5
    assert np.mean(lengths(chains)) > 50


def test_lines_of_a_curved_field_follow_it():
    y, x = np.mgrid[0:140, 0:140] - 69.5
    black = np.zeros((140, 140), np.int16)
    chains = hatching_of(black, field(black.shape, np.degrees(np.arctan2(x, -y))), separation=6.0)
    for points in each(chains):
        radius = np.hypot(*(points - 70).T)
        if radius.min() > 8:
            assert np.ptp(radius) < 0.75
    assert chains.closed.sum() >= 5


def test_dark_is_dense_and_light_is_empty():
    tones = np.repeat([0, 40, 70, 100], 60)
    image = pixels_as_lightness(np.tile(tones, (120, 1)))
    chains = hatching_of(image, field(image.shape, 90), separation=4.0)
    ink = np.histogram(chains.points[:, 0], [0, 55, 115, 175, 240])[0] / 60
    assert ink[0] > 1.3 * ink[1] > 1.3 * 1.3 * ink[2]
    assert np.count_nonzero(chains.points[:, 0] > 185) == 0


def test_less_coverage_leaves_the_lighter_tones_out():
    image = pixels_as_lightness(np.tile(np.linspace(0, 100, 200), (80, 1)))
    shares = np.array([0.3, 0.6, 1.0])
    reach = [hatching_of(image, field(image.shape, 90), coverage=share).points[:, 0].max() for share in shares]
    lightest = 0.88 * 200 * shares
    assert (reach < lightest + 1).all()
    assert (reach > 0.7 * lightest).all()


def test_flat_ground_without_tangents_gets_lines_too():
    nothing = np.zeros((60, 80), np.int16)
    chains = hatching_of(nothing, (nothing, nothing))
    assert len(chains.closed) > 5
    for points in each(chains):
        assert np.abs(np.ptp(points.sum(axis=1))) < 0.01


def test_hatching_keeps_away_from_contours():
    image = disc(contrast=-25.0)
    dx, dy = gaussian_gradient(image, 1.2)
    tangents = tangent_flow(dx, dy, 20, 3)
    canvas = Canvas(*image.shape, 5.0, 2000.0)
    draw_contours(canvas, *tangents, dx, dy, edge_points(dx, dy)[0], LOW, HIGH, 6.0)
    contours = len(canvas.chains.closed)
    draw_hatching(canvas, *tangents, image, 1.0)
    lines = each(canvas.chains)
    assert contours == 1 and len(lines) > 10
    assert cKDTree(lines[0]).query(np.vstack(lines[1:]))[0].min() > 0.4 * 5


# --- every picture ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(1, 1), (1, 60), (60, 1), (2, 2), (3, 7), (40, 50)])
@pytest.mark.parametrize("separation", [1.0, 4.0, 100.0])
@pytest.mark.parametrize("longest", [5.0, 20_000.0])
def test_noise_of_any_size_gives_lines_within_the_picture(shape, separation, longest):
    image = pixels_as_lightness(np.random.default_rng(0).uniform(0, 100, shape))
    dx, dy = gaussian_gradient(image, 0.5)
    canvas = Canvas(*shape, separation, longest)
    draw_contours(canvas, *tangent_flow(dx, dy, 2, 1), dx, dy, edge_points(dx, dy)[0], 0, 0, 40.0)
    draw_hatching(canvas, *tangent_flow(dx, dy, 20, 1), image, 1.0)
    chains = canvas.chains
    assert np.isfinite(chains.points).all()
    assert (chains.points >= 0).all() and (chains.points <= shape[::-1]).all()
    assert (np.diff(chains.offsets) >= 2).all() and chains.closed.max(initial=0) <= 1
    if min(shape) >= 40 and separation < 100:
        assert len(chains.closed) > 3


def test_a_line_does_not_run_beside_itself():
    y, x = np.mgrid[0:160, 0:160] - 79.5
    # A spiral: a circle's tangent that leans inwards.
    black = np.zeros((160, 160), np.int16)
    chains = hatching_of(black, field(black.shape, np.degrees(np.arctan2(x, -y)) + 2.0), separation=8.0)
    for points in each(chains):
        along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
        pairs = cKDTree(points).query_pairs(2.0, output_type="ndarray")
        if len(pairs) and np.hypot(*(points - 80).T).min() > 12:
            apart = np.abs(along[pairs[:, 0]] - along[pairs[:, 1]])
            # A loop's two ends may meet.
            assert (np.minimum(apart, along[-1] - apart) < 30).all()


def test_means_of_blocks():
    values = np.random.default_rng(0).integers(-32768, 32767, (13, 17)).astype(np.int16)
    found = block_means(values, 5)
    expected = [[values[a : a + 5, b : b + 5].mean() for b in range(0, 17, 5)] for a in range(0, 13, 5)]
    assert np.allclose(found, expected)


def test_it_draws_the_same_every_time():
    image = pixels_as_lightness(ndimage.gaussian_filter(np.random.default_rng(0).uniform(-400, 500, (90, 90)), 3))
    tangents = tangent_flow(*gaussian_gradient(image, 1.2), 8, 2)
    one, two = (hatching_of(image, tangents) for _ in range(2))
    assert np.array_equal(one.points, two.points) and np.array_equal(one.offsets, two.offsets)


def test_every_kernel_compiles_once():
    contours_of(disc())
    contours_of(disc()[:60].copy(), separation=np.float32(9))
    image = disc(80, 20.0)
    image.flags.writeable = False
    hatching_of(image, field(image.shape, 20))
    for kernel in (streamlines.follow_contours, streamlines.follow_between):
        assert len(kernel.dispatcher.signatures) == 1
