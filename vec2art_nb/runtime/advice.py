"""What a drawing will cost, said before it is made: time, paths, bytes, memory."""

from __future__ import annotations

import itertools
import math
import threading
import time
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from vec2art_nb.drawing import Drawing
from vec2art_nb.drawing.layers import MarkLayer, PathLayer
from vec2art_nb.drawing.model import SVG_DISPLAY_BYTES
from vec2art_nb.params import Parameter
from vec2art_nb.params.parameter import number_text
from vec2art_nb.params.validation import ValidationCache
from vec2art_nb.runtime.costs import CostModel
from vec2art_nb.runtime.engine import Engine, Request, shared_engine
from vec2art_nb.runtime.warmup import is_warm

# From here on people notice that they wait, and think of something else (Nielsen, "Usability Engineering", chapter 5).
SLOW_S = 1.0

# Ten times what a notebook is given to show: browsers and drawing programs begin to drag.
HEAVY_SVG_BYTES = 10 * SVG_DISPLAY_BYTES

# A mark that is to show something of its own needs so many pixels below it: two a side for a dot, and four for a
# region, which has an inside and borders.
_PIXELS_A_DOT, _PIXELS_A_REGION = 4, 16

# Advice that nobody has asked for lately is forgotten, and other runs have taught more since.
_CAPACITY, _LIFETIME_S = 512, 60.0


# To measure an SVG so many paths and marks of it are written, in so many pieces from all over the drawing.
_WRITTEN, _PIECES = 2000, 8


class _Amount(NamedTuple):
    """What says how many marks there are to be, what they are called, and how many pixels each needs."""

    parameter: str
    noun: str
    pixels: int


_AMOUNTS = {
    "dots": _Amount("count", "dots", _PIXELS_A_DOT),
    "superpixel": _Amount("regions", "regions", _PIXELS_A_REGION),
}


@dataclass(frozen=True, slots=True)
class Advice:
    """What a drawing will cost; None for what is not known yet.

    Attributes
    ----------
    seconds
        Until it is drawn, with what stands in the cache.
    paths
        Paths and marks in it.
    svg_bytes
        Its SVG.
    memory_bytes
        The results of all of its stages.
    sentences
        What a person should know of that; nothing when nothing is unusual.
    """

    seconds: float | None
    paths: int | None
    svg_bytes: int | None
    memory_bytes: int | None
    sentences: tuple[str, ...]


class Advisor:
    """Learns how large drawings get, as the engine learns what their stages take. Safe to use from several threads.

    Parameters
    ----------
    engine
        Whose drawings these are.
    """

    def __init__(self, engine: Engine) -> None:
        self.cache = ValidationCache("advice", _CAPACITY, _LIFETIME_S)
        self._engine = engine
        self._sizes = CostModel()
        self._lock = threading.Lock()
        self._noted: Counter[str] = Counter()

    def note(
        self, request: Request, drawing: Drawing, *, stage_bytes: Mapping[str, int], svg_bytes: int | None = None
    ) -> None:
        """A drawing was made.

        Parameters
        ----------
        request
            What was asked for, at full scale.
        drawing
        stage_bytes
            What the results of the stages that ran hold.
        svg_bytes
            What its SVG holds, when somebody wrote it; else it is measured on a part, once kernels are warm.
        """
        if svg_bytes is None and is_warm():
            svg_bytes = measured_svg_bytes(drawing)
        nominal = _nominal(request)
        sizes = {"paths": len(drawing) / nominal, "held": self._held_bytes(request, stage_bytes)}
        if svg_bytes is not None:
            sizes["bytes"] = svg_bytes / nominal
        traits = _traits(request)
        for what, size in sizes.items():
            if size is not None:
                for task in _tasks(request):
                    self._sizes.note((*task, what), *_where(request), traits, size)
        with self._lock:
            key = self._key(request)
            self._noted[request.backend] += 1
        self.cache.forget(key)

    def advise(self, request: Request) -> Advice:
        """What a drawing will cost, and what should be known of it."""
        outlook = self._engine.outlook(request)
        seconds = None if None in outlook else sum(taken or 0.0 for taken in outlook) / 1e3
        sizes = self._sizes_of(request)
        advice = replace(sizes, seconds=seconds)
        return replace(advice, sentences=(*self._cost_sentences(request, advice), *sizes.sentences))

    # --- within ---

    def _key(self, request: Request) -> Hashable:
        """What the sizes depend on: with the state, how much was learned, of which later lessons teach ever less."""
        learned = self._noted[request.backend].bit_length()
        return request.backend, request.params, request.source.digest, learned

    def _sizes_of(self, request: Request) -> Advice:
        if not self.cache.enabled:
            return self._make_sizes(request)
        started = time.perf_counter()
        return self.cache.find(
            self._key(request), lambda: self._make_sizes(request), backend=request.backend, started=started
        )

    def _held_bytes(self, request: Request, stage_bytes: Mapping[str, int]) -> float | None:
        """What the results of all stages hold; of those that did not run, as they held when they did."""
        held: list[float | None] = []
        for name, stage in request.graph.stages.items():
            task, picture, megapixels, traits = request.run(stage)
            if name in stage_bytes:
                self._sizes.note((task, "held"), picture, megapixels, traits, stage_bytes[name])
                held.append(stage_bytes[name])
            else:
                held.append(self._sizes.expected((task, "held"), picture, megapixels, traits))
        return None if None in held else sum(size or 0.0 for size in held)

    def _make_sizes(self, request: Request) -> Advice:
        traits, nominal = _traits(request), _nominal(request)
        return Advice(
            seconds=None,
            paths=self._expected(request, traits, "paths", nominal),
            svg_bytes=self._expected(request, traits, "bytes", nominal),
            memory_bytes=self._expected(request, traits, "held", 1.0),
            sentences=tuple(_picture_sentences(request)),
        )

    def _expected(self, request: Request, traits: list[float], what: str, times: float) -> int | None:
        for task in _tasks(request):
            expected = self._sizes.expected((*task, what), *_where(request), traits)
            if expected is not None:
                return round(expected * times)
        return None

    def _cost_sentences(self, request: Request, advice: Advice) -> Iterator[str]:
        is_slow = advice.seconds is not None and advice.seconds >= SLOW_S
        is_heavy = advice.svg_bytes is not None and advice.svg_bytes >= HEAVY_SVG_BYTES
        amount = _amount(request)
        if is_slow or is_heavy:
            costs = []
            if advice.paths is not None:
                costs.append(f"{_about(advice.paths)} {amount.noun if amount else 'paths'}")
            if advice.svg_bytes is not None:
                costs.append(f"{_size_text(advice.svg_bytes)} of SVG")
            if advice.seconds is not None and advice.seconds >= 0.1:
                costs.append(f"some {_about(advice.seconds)} s")
            way_out = f"lower {amount.parameter}" if amount else "take a smaller picture"
            yield f"About {', '.join(costs)}: {way_out} for {'a quick look' if is_slow else 'a lighter file'}."
        cache = self._engine.cache
        if cache is not None and advice.memory_bytes is not None and advice.memory_bytes > cache.budget_bytes:
            yield (
                f"Its stages hold about {_size_text(advice.memory_bytes)}, and {_size_text(cache.budget_bytes)} are "
                "kept: every edit will run most of them again. Raise the option memory, or take a smaller picture."
            )


shared_advisor = Advisor(shared_engine)


def measured_svg_bytes(drawing: Drawing) -> int:
    """About what the SVG of a drawing holds, from that of a part of it."""
    if len(drawing) <= _WRITTEN:
        return len(drawing.to_svg().encode())
    share = _WRITTEN / len(drawing)
    part = replace(drawing, layers=tuple(_part(layer, share) for layer in drawing.layers), recipe=None)
    empty = len(replace(drawing, layers=(), styles=(), recipe=None).to_svg().encode())
    return empty + round((len(part.to_svg().encode()) - empty) * len(drawing) / max(1, len(part)))


def _part(layer: PathLayer | MarkLayer, share: float) -> PathLayer | MarkLayer:
    """Some pieces of a layer, each of consecutive paths: how far it is from one to the next is part of the size."""
    ends = np.linspace(0, len(layer), _PIECES + 1)
    pieces = [np.arange(int(low), int(low + (high - low) * share)) for low, high in itertools.pairwise(ends)]
    kept = np.concatenate(pieces)
    if isinstance(layer, MarkLayer):
        return MarkLayer(
            layer.name, layer.shapes[kept], layer.centers[kept], layer.radii[kept], layer.angles[kept],
            layer.styles[kept],
        )  # fmt: skip
    lengths = np.diff(layer.offsets)[kept]
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    points = np.repeat(layer.offsets[kept] - offsets[:-1], lengths) + np.arange(offsets[-1])
    widths = None if layer.widths is None else layer.widths[points]
    return PathLayer(
        layer.name, layer.points[points], layer.codes[points], offsets, layer.styles[kept], layer.closed[kept], widths
    )


# --- what sizes depend on ---------------------------------------------------------------------------------------------


def _amount(request: Request) -> _Amount | None:
    """What says how many marks there are, where a parameter does."""
    amount = _AMOUNTS.get(request.backend)
    if amount is None or amount.parameter not in request.params.parameters():
        return None
    return None if amount.parameter in request.params.inactive() else amount


def _nominal(request: Request) -> float:
    """How many marks were asked for; sizes are learned as multiples of it."""
    amount = _amount(request)
    return 1.0 if amount is None else float(request.params.__dict__[amount.parameter])


def _where(request: Request) -> tuple[str, float]:
    return request.source.digest, request.source.megapixels


def _tasks(request: Request) -> tuple[tuple[Hashable, ...], tuple[Hashable, ...]]:
    """What drawings have in common, for `CostModel`: first all switches and choices, then the class alone."""
    values, inactive = request.params.__dict__, request.params.inactive()
    modes = tuple(
        None if name in inactive else values[name]
        for name, parameter in request.params.parameters().items()
        if parameter.kind in ("bool", "choice")
    )
    schema = type(request.params)
    return (schema, *modes), (schema,)


def _traits(request: Request) -> list[float]:
    """Where all numbers lie on their sliders; one that has no effect stands where its default is."""
    values, inactive = request.params.__dict__, request.params.inactive()
    return [
        parameter.place(parameter.default if name in inactive else values[name])
        for name, parameter in request.params.parameters().items()
        if parameter.soft is not None
    ]


# --- sentences --------------------------------------------------------------------------------------------------------


def _picture_sentences(request: Request) -> Iterator[str]:
    """What a picture of this size cannot carry."""
    params, source = request.params, request.source
    size = f"{source.width} × {source.height} px"
    amount = _amount(request)
    if amount is not None:
        most = max(1, source.width * source.height // amount.pixels)
        asked = params.__dict__[amount.parameter]
        if asked > most:
            yield (
                f"{amount.parameter} asks for {asked:,} {amount.noun}, but a picture of {size} has detail for about "
                f"{_about(most)}."
            )
    inactive = params.inactive()
    for name, power in params.__powers__.items():
        parameter, value = params.parameters()[name], params.__dict__[name]
        largest = math.hypot(source.width, source.height) if power == 1 else source.width * source.height
        if value > largest and value != parameter.default and name not in inactive:
            yield _too_large(parameter, value, size)


def _too_large(parameter: Parameter, value: float, size: str) -> str:
    what = "longer" if parameter.unit == "px" else "larger"
    return (
        f"{parameter.name}, {number_text(value)} {parameter.unit}, is {what} than the picture ({size}): "
        "raising it further changes nothing."
    )


def _about(number: float) -> str:
    """One digit that counts, two where the first is 1: nothing is known more exactly."""
    if number <= 0:
        return "0"
    exponent = math.floor(math.log10(number))
    digits = 1 if number < 2 * 10**exponent else 0
    rounded = round(number, digits - exponent)
    return f"{rounded:,.0f}" if rounded >= 10 or rounded == int(rounded) else f"{rounded:g}"


def _size_text(size: float) -> str:
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= factor:
            return f"{_about(size / factor)} {unit}"
    return f"{_about(size)} bytes"
