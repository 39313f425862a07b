"""Segmentation of twelve synthetic scenes whose segments are known: warped Voronoi cells and overlapping shapes, with
gradients, texture, noise and blur. Boundary recall within 1 px and achievable segmentation accuracy want to be high,
undersegmentation error (Neubert and Protzel 2012) low; explained variation, in CIE Lab, is that of the scenes and,
apart, that of photographs. scikit-image's SLIC has compactness 20, which suits it better than its default of 10, and is
asked for 550 regions; the others are then asked for the number that it really made, which is less.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

import vec2art_nb as v2a

Labels = NDArray[np.integer]
Segmenter = Callable[[NDArray[np.uint8], int], Labels]

PEER = "scikit-image SLIC, compactness 20"
PHOTOS = ("astronaut", "coffee", "chelsea", "rocket")
CONDITIONS = ("clean", "textured", "noisy", "blurred")


# --- scenes with known segments ---------------------------------------------------------------------------------------


def scenes(height: int = 240, width: int = 320) -> dict[str, tuple[NDArray[np.uint8], Labels]]:
    """Pictures and their true segments, by name."""
    made = {}
    for number, kind in enumerate(("cells", "shapes", "mixed")):
        for condition in CONDITIONS:
            random = np.random.default_rng([number, CONDITIONS.index(condition)])
            truth = _truth(kind, height, width, random)
            made[f"{kind}, {condition}"] = (_painted(truth, condition, random), truth)
    return made


def _truth(kind: str, height: int, width: int, random: np.random.Generator) -> Labels:
    y, x = np.mgrid[0:height, 0:width].astype(float)
    # A smooth warp, so that borders are no straight lines.
    warp = [ndimage.gaussian_filter(random.normal(0, 1, (height, width)), 25) for _ in range(2)]
    y, x = (axis + field / np.abs(field).max() * 14 for axis, field in zip((y, x), warp, strict=True))
    truth = np.zeros((height, width), np.int64)
    if kind != "shapes":
        centers = random.uniform(0, 1, (26, 2)) * (height, width)
        truth = ((y[..., None] - centers[:, 0]) ** 2 + (x[..., None] - centers[:, 1]) ** 2).argmin(-1)
    if kind != "cells":
        for shape in range(18):
            cy, cx = random.uniform(0, 1, 2) * (height, width)
            ry, rx = random.uniform(8, 45, 2)
            angle = random.uniform(0, np.pi)
            u = (x - cx) * np.cos(angle) + (y - cy) * np.sin(angle)
            v = (y - cy) * np.cos(angle) - (x - cx) * np.sin(angle)
            inside = np.maximum(abs(u / rx), abs(v / ry)) < 1 if shape % 3 == 0 else (u / rx) ** 2 + (v / ry) ** 2 < 1
            truth[inside] = 100 + shape
    return np.asarray(np.unique(truth, return_inverse=True)[1].reshape(truth.shape))


def _painted(truth: Labels, condition: str, random: np.random.Generator) -> NDArray[np.uint8]:
    height, width = truth.shape
    count = truth.max() + 1
    y, x = np.mgrid[0:height, 0:width] / max(height, width)
    colors = random.uniform(30, 225, (count, 3))[truth]
    # Light falls off differently over each segment.
    slope = random.normal(0, 45, (count, 2))[truth]
    picture = colors + (slope[..., 0] * (y - 0.4) + slope[..., 1] * (x - 0.5))[..., None]
    if condition == "textured":
        fine = ndimage.gaussian_filter(random.normal(0, 1, (height, width)), 1.2)
        picture += (fine / fine.std() * random.uniform(4, 16, count)[truth])[..., None]
    picture = ndimage.gaussian_filter(picture, (*[1.8 if condition == "blurred" else 0.5] * 2, 0))
    if condition == "noisy":
        picture += random.normal(0, 16, picture.shape)
    return np.clip(picture, 0, 255).astype(np.uint8)


# --- measures ---------------------------------------------------------------------------------------------------------


def _borders(labels: Labels) -> NDArray[np.bool_]:
    found = np.zeros(labels.shape, np.bool_)
    found[:, :-1] |= labels[:, :-1] != labels[:, 1:]
    found[:-1] |= labels[:-1] != labels[1:]
    return found


def boundary_recall(labels: Labels, truth: Labels, radius: int = 1) -> float:
    """Share of true border pixels with a found one within ``radius``, Chebyshev."""
    near = ndimage.binary_dilation(_borders(labels), np.ones((2 * radius + 1,) * 2, np.bool_))
    return float(near[_borders(truth)].mean())


def _overlaps(labels: Labels, truth: Labels) -> NDArray[np.int64]:
    table = np.zeros((labels.max() + 1, truth.max() + 1), np.int64)
    np.add.at(table, (labels.ravel(), truth.ravel()), 1)
    return table


def undersegmentation_error(labels: Labels, truth: Labels) -> float:
    """What leaks over true borders, the smaller part of each overlap, by pixel."""
    table = _overlaps(labels, truth)
    sizes = table.sum(1, keepdims=True)
    return float(np.minimum(table, sizes - table)[table > 0].sum() / labels.size)


def achievable_accuracy(labels: Labels, truth: Labels) -> float:
    """Share of pixels that are right when each region gets the true segment that it overlaps most."""
    return float(_overlaps(labels, truth).max(1).sum() / labels.size)


def explained_variation(labels: Labels, picture: NDArray[np.uint8]) -> float:
    """Share of the variance of the colours in Lab that lies between regions."""
    from skimage.color import rgb2lab

    lab = rgb2lab(picture).reshape(-1, 3)
    flat = labels.ravel()
    sizes = np.maximum(np.bincount(flat), 1)
    means = np.stack([np.bincount(flat, channel) / sizes for channel in lab.T], axis=1)
    return float(((means[flat] - lab.mean(0)) ** 2).sum() / ((lab - lab.mean(0)) ** 2).sum())


# --- who is measured --------------------------------------------------------------------------------------------------


def ours(**parameters: Any) -> Segmenter:
    """The superpixels of our backend."""

    def segment(picture: NDArray[np.uint8], count: int) -> Labels:
        with v2a.Session(picture, "superpixel", regions=count, **parameters) as session:
            labels: Labels = session.stage("superpixels").labels
            return labels

    return segment


def scikit_image(picture: NDArray[np.uint8], count: int) -> Labels:
    """The peer."""
    from skimage.segmentation import slic

    labels = slic(picture, n_segments=count, compactness=20, start_label=0)
    return np.asarray(np.unique(labels, return_inverse=True)[1].reshape(labels.shape))


def segmenters() -> dict[str, Segmenter]:
    """All that have a row in the table, the peer first."""
    return {
        PEER: scikit_image,
        "vec2art_nb, default": ours(),
        "vec2art_nb, OKLab": ours(color_space="oklab"),
        "vec2art_nb, SLICO": ours(method="slico"),
        "vec2art_nb, SNIC": ours(method="snic"),
    }


def scores(names: Mapping[str, Segmenter], asked: int = 550) -> dict[str, dict[str, NDArray[np.float64]]]:
    """By segmenter and measure, a value for each picture; all have the peer's real number of regions."""
    result: dict[str, dict[str, list[float]]] = {name: {} for name in names}

    def note(name: str, measure: str, value: float) -> None:
        result[name].setdefault(measure, []).append(value)

    for picture, truth in scenes().values():
        peers = scikit_image(picture, asked)
        for name, segment in names.items():
            labels = peers if name == PEER else segment(picture, int(peers.max()) + 1)
            note(name, "regions", float(labels.max() + 1))
            note(name, "boundary recall", boundary_recall(labels, truth))
            note(name, "undersegmentation error", undersegmentation_error(labels, truth))
            note(name, "achievable accuracy", achievable_accuracy(labels, truth))
            note(name, "explained variation", explained_variation(labels, picture))
    for photo in PHOTOS:
        picture = np.ascontiguousarray(v2a.samples.load(photo).pixels[::2, ::2, :3])
        peers = scikit_image(picture, asked)
        for name, segment in names.items():
            labels = peers if name == PEER else segment(picture, int(peers.max()) + 1)
            note(name, "explained variation, photos", explained_variation(labels, picture))
    return {
        name: {measure: np.array(values) for measure, values in measures.items()} for name, measures in result.items()
    }


def rows() -> Sequence[Mapping[str, object]]:
    """The table."""
    return [
        {"segmenter": name, **{measure: float(values.mean()) for measure, values in measures.items()}}
        for name, measures in scores(segmenters()).items()
    ]
