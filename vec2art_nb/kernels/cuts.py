"""Palettes that cut a histogram up: median cut and octree. Plain NumPy, on some thousand colours."""

from __future__ import annotations

import heapq

import numpy as np
from numpy.typing import NDArray

from vec2art_nb.buffers import zeros
from vec2art_nb.kernels.quantize import BITS, Histogram

# Coordinates as whole numbers, so that sums are the same in whatever order NumPy adds.
_STEPS = 4096

# An octree begins with at most so many leaves.
_LEAVES = 4096


def median_cut(colors: Histogram, count: int) -> NDArray[np.float32]:
    """The mean colours of boxes, of which the one with the largest variance is cut at its median, again and again.

    Parameters
    ----------
    colors : Histogram
    count : int
        How many colours are wanted.

    Returns
    -------
    (K, 3) float32
        OKLab; fewer than ``count`` only when the picture has fewer.

    References
    ----------
    Heckbert (1982), Color image quantization for frame buffer display; in OKLab, and by variance instead of extent, so
    that a few stray pixels do not get a box.
    """
    points = np.rint(colors.lab.astype(np.float64) * _STEPS).astype(np.int64)
    boxes = [_Box.of(points, colors.weights, np.arange(len(points)))]
    while len(boxes) < count:
        number = max(range(len(boxes)), key=lambda i: boxes[i].spread)
        if boxes[number].spread <= 0:
            break
        low, high = boxes[number].halves(points, colors.weights)
        boxes[number] = _Box.of(points, colors.weights, low)
        boxes.append(_Box.of(points, colors.weights, high))
    return (np.array([box.mean for box in boxes]) / _STEPS).astype(np.float32)


class _Box:
    """Some of the colours: their mean, the axis along which they differ most, and how much."""

    def __init__(self, members: NDArray[np.intp], mean: list[float], axis: int, spread: float) -> None:
        self.members = members
        self.mean = mean
        self.axis = axis
        self.spread = spread

    @classmethod
    def of(cls, points: NDArray[np.int64], weights: NDArray[np.int64], members: NDArray[np.intp]) -> _Box:
        weight = weights[members]
        total = int(weight.sum())
        mean, spreads = [], []
        for axis in range(3):
            along = points[members, axis]
            first = int((weight * along).sum())
            second = int((weight * along * along).sum())
            mean.append(first / total)
            spreads.append(second - first * first / total)
        axis = spreads.index(max(spreads))
        return cls(members, mean, axis, spreads[axis] if len(members) > 1 else 0.0)

    def halves(
        self, points: NDArray[np.int64], weights: NDArray[np.int64]
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        ordered = self.members[np.argsort(points[self.members, self.axis], kind="stable")]
        reached = np.cumsum(weights[ordered])
        cut = int(np.searchsorted(reached, int(reached[-1]) // 2, side="right"))
        cut = min(max(cut, 1), len(ordered) - 1)
        return ordered[:cut], ordered[cut:]


def octree(colors: Histogram, count: int) -> NDArray[np.float32]:
    """The mean colours of an octree's leaves, after the children that differ least were taken together.

    Parameters
    ----------
    colors : Histogram
        Its lattice over red, green and blue is the tree's lowest level.
    count : int
        How many colours are wanted.

    Returns
    -------
    (K, 3) float32
        OKLab; fewer than ``count`` only when the picture has fewer.

    References
    ----------
    Gervautz and Purgathofer (1988), A simple method for color quantization. They reduce the deepest node with the
    fewest pixels first; here the one that adds the least error (Ward 1963), and of the last one only as many children
    as needed, so that the number of colours is the one asked for.
    """
    cells = colors.cells.astype(np.int64)
    codes = zeros(cells.shape, cells.dtype)
    for bit in reversed(range(BITS)):
        for channel in (2, 1, 0):
            codes = codes << 1 | (cells >> (channel * BITS + bit) & 1)
    weights = colors.weights
    sums = np.rint(colors.lab.astype(np.float64) * _STEPS).astype(np.int64) * weights[:, None]
    depth = BITS
    while True:
        codes, member = np.unique(codes, return_inverse=True)
        sums = np.stack([_summed(member, sums[:, axis], len(codes)) for axis in range(3)], axis=1)
        weights = _summed(member, weights, len(codes))
        if len(codes) <= _LEAVES:
            break
        codes, depth = codes >> 3, depth - 1
    tree = _Tree(depth)
    for code, weight, point in zip(codes.tolist(), weights.tolist(), (sums / weights[:, None]).tolist(), strict=True):
        tree.add((depth, code), weight, point)
    return (np.array(tree.reduced(count)) / _STEPS).astype(np.float32)


def _summed(member: NDArray[np.intp], values: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    result = zeros(count, np.int64)
    np.add.at(result, member, values)
    return result


_Node = tuple[int, int]


class _Tree:
    """Leaves of an octree by (depth, path); a leaf is a weight and a mean colour."""

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self.leaves: dict[_Node, tuple[int, list[float]]] = {}

    def add(self, node: _Node, weight: int, mean: list[float]) -> None:
        self.leaves[node] = (weight, mean)

    def reduced(self, count: int) -> list[list[float]]:
        children: dict[_Node, list[_Node]] = {}
        for depth, code in self.leaves:
            for up in range(1, depth + 1):
                parent = (depth - up, code >> 3 * up)
                child = (depth - up + 1, code >> 3 * (up - 1))
                known = children.setdefault(parent, [])
                if child not in known:
                    known.append(child)
        waiting = {parent: len(nodes) for parent, nodes in children.items() if parent[0] < self.depth - 1}
        queue = [(self._cost(nodes), parent) for parent, nodes in children.items() if parent[0] == self.depth - 1]
        heapq.heapify(queue)
        while len(self.leaves) > count:
            _, parent = heapq.heappop(queue)
            nodes = children[parent]
            if len(self.leaves) - (len(nodes) - 1) < count:
                self._join_some(nodes, count)
                break
            self.leaves[parent] = self._together(nodes)
            for node in nodes:
                del self.leaves[node]
            if parent[0] > 0:
                above = (parent[0] - 1, parent[1] >> 3)
                waiting[above] -= 1
                if waiting[above] == 0:
                    heapq.heappush(queue, (self._cost(children[above]), above))
        return [mean for _, mean in self.leaves.values()]

    def _together(self, nodes: list[_Node]) -> tuple[int, list[float]]:
        weight = sum(self.leaves[node][0] for node in nodes)
        mean = [sum(self.leaves[node][0] * self.leaves[node][1][axis] for node in nodes) / weight for axis in range(3)]
        return weight, mean

    def _cost(self, nodes: list[_Node]) -> float:
        """The square error that joining these leaves adds."""
        _, mean = self._together(nodes)
        return sum(
            self.leaves[node][0] * sum((self.leaves[node][1][axis] - mean[axis]) ** 2 for axis in range(3))
            for node in nodes
        )

    def _join_some(self, nodes: list[_Node], count: int) -> None:
        nodes = list(nodes)
        while len(self.leaves) > count:
            pairs = [(self._cost([a, b]), a, b) for i, a in enumerate(nodes) for b in nodes[i + 1 :]]
            _, kept, gone = min(pairs)
            self.leaves[kept] = self._together([kept, gone])
            del self.leaves[gone]
            nodes.remove(gone)
