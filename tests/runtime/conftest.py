"""A backend of a few NumPy lines, so that the runtime is tested without kernels."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pytest

from vec2art_nb import backends
from vec2art_nb.backends import Backend
from vec2art_nb.drawing import Drawing, PathLayer, Style
from vec2art_nb.image import Source, open_image
from vec2art_nb.params import Params, param
from vec2art_nb.runtime.engine import shared_engine


class ToyParams(Params):
    level: int = param(3, "How many lines.", group="Toy", ge=0, le=50)
    shift: float = param(0.5, "Where they begin.", group="Toy", ge=0, le=10, unit="px")
    width: float = param(1.0, "Pen.", group="Toy", ge=0.1, le=10, unit="px")
    mode: Literal["plain", "double"] = param("plain", "Once or twice.", group="Toy")
    gap: float = param(2.0, "Between doubled lines.", group="Toy", ge=0, le=10, unit="px", needs={"mode": "double"})
    broken: bool = param(False, "Fail.", group="Toy")


@dataclass
class Runs:
    """How often each stage ran, with a gate that holds a stage until a test opens it."""

    counts: dict[str, int] = field(default_factory=dict)
    results: dict[str, weakref.ref[Rows]] = field(default_factory=dict)
    alive_when_drawn: dict[str, bool] = field(default_factory=dict)
    gate: threading.Event = field(default_factory=threading.Event)
    entered: threading.Event = field(default_factory=threading.Event)

    def note(self, name: str) -> None:
        self.counts[name] = self.counts.get(name, 0) + 1
        if name == "rows":
            self.entered.set()
            self.gate.wait(timeout=30)


@dataclass(frozen=True)
class Rows:
    y: np.ndarray


@pytest.fixture
def runs() -> Runs:
    result = Runs()
    result.gate.set()
    return result


@pytest.fixture
def toy(runs: Runs) -> Iterator[Backend]:
    def rows(source: Source, *, level: int, broken: bool) -> Rows:
        runs.note("rows")
        if broken:
            raise ValueError("the toy is broken")
        result = Rows(np.linspace(0, source.height, level, dtype=np.float32))
        runs.results["rows"] = weakref.ref(result)
        return result

    def shifted(rows: Rows, *, shift: float) -> Rows:
        runs.note("shifted")
        result = Rows(rows.y + np.float32(shift))
        runs.results["shifted"] = weakref.ref(result)
        return result

    def drawn(shifted: Rows, source: Source, *, width: float, mode: Literal["plain", "double"], gap: float) -> Drawing:
        runs.note("drawn")
        runs.alive_when_drawn = {name: result() is not None for name, result in runs.results.items()}
        y = shifted.y if mode == "plain" else np.concatenate([shifted.y, shifted.y + np.float32(gap)])
        points = np.zeros((2 * len(y), 2), np.float32)
        points[1::2, 0] = source.width
        points[:, 1] = np.repeat(y, 2)
        codes = np.tile(np.array([1, 2], np.uint8), len(y))
        offsets = np.arange(0, 2 * len(y) + 1, 2, dtype=np.int64)
        layer = PathLayer("rows", points, codes, offsets, np.zeros(len(y), np.int32), np.zeros(len(y), np.bool_))
        return Drawing((source.width, source.height), (layer,), (Style("#000000", None, width),), None)

    backend = Backend(
        "toy", "Lines", ToyParams, (rows, shifted, drawn), {"many": {"level": 20}, "wide": {"width": 5.0, "shift": 1.0}}
    )
    backends.register(backend)
    shared_engine.cache.clear()
    yield backend
    backends._loaded.pop("toy")


@pytest.fixture
def picture() -> Source:
    return open_image(np.full((20, 30, 3), 200, np.uint8))
