"""What a drawing will cost: learned from drawings, and known from the picture alone."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from vec2art_nb import settings
from vec2art_nb.backends import registry
from vec2art_nb.drawing import Drawing, MarkLayer, PathLayer, Style
from vec2art_nb.image import Source, open_image
from vec2art_nb.perf.log import log
from vec2art_nb.runtime import advice
from vec2art_nb.runtime.advice import Advisor, measured_svg_bytes
from vec2art_nb.runtime.cache import StageCache
from vec2art_nb.runtime.engine import Engine, Request
from vec2art_nb.runtime.lane import Purpose, lane


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    monkeypatch.setattr(settings, "current", replace(settings.current, validation_cache=True))
    # SVG is measured only where a test says so: its kernels take time to make.
    monkeypatch.setattr(advice, "is_warm", lambda: False)


@pytest.fixture
def engine() -> Engine:
    return Engine(StageCache(1 << 24))


@pytest.fixture
def advisor(engine) -> Advisor:
    return Advisor(engine)


@pytest.fixture
def request_for(picture) -> Callable[..., Request]:
    def make(backend: str = "toy", source: Source = picture, **values: Any) -> Request:
        return Request(backend, registry[backend].graph, source, registry[backend].Params(**values))

    return make


def marks(count: int) -> Drawing:
    centers = np.random.default_rng(1).uniform(0, 300, (count, 2)).astype(np.float32)
    layer = MarkLayer(
        "dots", np.zeros(count, np.uint8), centers, np.ones(count, np.float32), np.zeros(count, np.float32),
        np.zeros(count, np.int32),
    )  # fmt: skip
    return Drawing((300, 300), (layer,), (Style(None, "#000000"),))


def drawn(engine: Engine, request: Request) -> tuple[Drawing, dict[str, int], float]:
    """A drawing, the bytes of each stage that ran, and the seconds that it took."""
    before = log.stages.written
    rendering = lane().wait(lane().submit(lambda job: engine.render(request, job), Purpose.EXACT))
    ran = list(log.stages)[before - log.stages.written :] if log.stages.written > before else []
    sizes = {event.stage: event.bytes for event in ran if event.outcome == "run"}
    return rendering.result, sizes, rendering.milliseconds / 1e3


# --- what is learned --------------------------------------------------------------------------------------------------


def test_before_anything_was_drawn_nothing_is_known_and_nothing_said(toy, advisor, request_for):
    assert advisor.advise(request_for()) == advice.Advice(None, None, None, None, ())


def test_sizes_are_learned_from_drawings(toy, engine, advisor, request_for):
    chance = random.Random(5)
    for _ in range(40):
        request = request_for(level=chance.randrange(5, 50), shift=float(chance.randrange(5)))
        drawing, sizes, _ = drawn(engine, request)
        advisor.note(request, drawing, stage_bytes=sizes, svg_bytes=100 + 30 * len(drawing))
    errors: dict[str, list[float]] = {"paths": [], "svg_bytes": [], "memory_bytes": []}
    for level in range(6, 50, 3):
        request = request_for(level=level, shift=2.5)
        found = advisor.advise(request)
        drawing, sizes, _ = drawn(engine, request)
        truth = {"paths": len(drawing), "svg_bytes": 100 + 30 * len(drawing), "memory_bytes": sum(sizes.values())}
        assert {*sizes} >= {"shifted", "drawn"}
        for what, true in truth.items():
            if what == "memory_bytes":
                true += 0 if "rows" in sizes else 4 * level  # it stood in the cache
            errors[what].append(abs(getattr(found, what) / true - 1))
    assert {what: sorted(off)[len(off) // 2] < 0.2 for what, off in errors.items()} == dict.fromkeys(errors, True)


def test_seconds_are_those_of_what_must_run(toy, engine, advisor, request_for):
    request = request_for()
    drawn(engine, request)
    assert advisor.advise(request).seconds == 0.0
    changed = advisor.advise(request_for(width=2.0)).seconds
    everything = advisor.advise(request_for(level=9)).seconds
    assert 0 < changed < everything
    assert everything == pytest.approx(sum(engine.outlook(request_for(level=9))) / 1e3)


def test_switches_have_sizes_of_their_own_and_a_new_one_is_judged_by_the_others(toy, engine, advisor, request_for):
    for mode in ("plain", "double"):
        for _ in range(10):
            request = request_for(level=10, mode=mode)
            advisor.note(request, marks(10 if mode == "plain" else 20), stage_bytes={})
    assert advisor.advise(request_for(level=10)).paths == pytest.approx(10, abs=1)
    assert advisor.advise(request_for(level=10, mode="double")).paths == pytest.approx(20, abs=1)
    assert 8 <= advisor.advise(request_for(level=10, broken=True)).paths <= 22


def test_what_has_no_effect_changes_no_advice(toy, advisor, request_for):
    advisor.note(request_for(level=10, gap=2.0), marks(10), stage_bytes={})
    advisor.note(request_for(level=10, gap=9.0), marks(30), stage_bytes={})
    assert advisor.advise(request_for(level=10, gap=1.0)) == advisor.advise(request_for(level=10, gap=9.0))


@pytest.mark.parametrize(("backend", "name"), [("dots", "count"), ("superpixel", "regions")])
def test_of_marks_that_were_asked_for_by_number_one_drawing_is_enough(advisor, request_for, backend, name):
    source = open_image(np.zeros((300, 400, 3), np.uint8))
    advisor.note(request_for(backend, source, **{name: 1000}), marks(900), stage_bytes={}, svg_bytes=12_000)
    found = advisor.advise(request_for(backend, source, **{name: 4000}))
    assert (found.paths, found.svg_bytes) == (pytest.approx(3600, rel=0.01), pytest.approx(48_000, rel=0.01))


def test_real_drawings_are_foretold(engine, advisor, request_for):
    y, x = np.mgrid[0:60, 0:80]
    source = open_image((128 + 120 * np.sin(x / 9) * np.cos(y / 7)).astype(np.uint8))
    foretold = []
    for count in (100, 400, 150, 700, 300):
        request = request_for("dots", source, pattern="grid", count=count)
        found = advisor.advise(request)
        drawing, sizes, _ = drawn(engine, request)
        size = len(drawing.to_svg())
        if found.paths is not None:
            held = sum(sizes.values())
            foretold.append((found.paths / len(drawing), found.svg_bytes / size, found.memory_bytes / held))
        advisor.note(request, drawing, stage_bytes=sizes, svg_bytes=size)
    assert len(foretold) == 4
    # Another backend may have some of the same stages, and has other parameters.
    other = request_for("superpixel", source)
    advisor.note(other, marks(3), stage_bytes={"subject": 80, "palette": 0})
    assert advisor.advise(other).paths == 3
    for paths, svg, memory in foretold:
        assert paths == pytest.approx(1, abs=0.25)
        assert svg == pytest.approx(1, abs=0.4)
        assert memory > 0.95  # of all stages, also of those that stood in the cache


# --- what is said -----------------------------------------------------------------------------------------------------


def teach(advisor: Advisor, engine: Engine, request: Request, *, paths: int, svg: int, seconds: float) -> None:
    advisor.note(request, marks(paths), stage_bytes={}, svg_bytes=svg)
    stages = list(request.graph.stages.values())
    for stage in stages:
        engine.costs.note(*request.run(stage), seconds * 1e3 / len(stages))


@pytest.mark.parametrize(
    ("paths", "svg", "seconds", "said"),
    [
        (40_000, 9_000_000, 6.0, "About 40,000 dots, 9 MB of SVG, some 6 s: lower count for a quick look."),
        (40_000, 400_000, 1.5, "About 40,000 dots, 400 kB of SVG, some 1.5 s: lower count for a quick look."),
        (40_000, 9_000_000, 0.05, "About 40,000 dots, 9 MB of SVG: lower count for a lighter file."),
        (40_000, 4_900_000, 0.95, None),
    ],
)
def test_what_is_slow_or_heavy_is_said_with_a_way_out(advisor, engine, request_for, paths, svg, seconds, said):
    request = request_for("dots", open_image(np.zeros((500, 600, 3), np.uint8)), count=40_000)
    teach(advisor, engine, request, paths=paths, svg=svg, seconds=seconds)
    assert advisor.advise(request).sentences == (() if said is None else (said,))


def test_where_no_number_of_marks_is_asked_for_the_picture_is_the_way_out(toy, advisor, engine, request_for):
    teach(advisor, engine, request_for(), paths=123, svg=1000, seconds=3.0)
    assert advisor.advise(request_for()).sentences == (
        "About 120 paths, 1 kB of SVG, some 3 s: take a smaller picture for a quick look.",
    )
    teach(advisor, engine, request_for("dots", amount="spacing"), paths=10, svg=10, seconds=3.0)
    assert "take a smaller picture" in advisor.advise(request_for("dots", amount="spacing")).sentences[0]


def test_results_that_cannot_all_be_kept_are_told_of(toy, advisor, engine, request_for):
    request = request_for()
    advisor.note(request, marks(1), stage_bytes={"rows": 20_000_000, "shifted": 20_000_000, "drawn": 1})
    (sentence,) = advisor.advise(request).sentences
    assert sentence.startswith("Its stages hold about 40 MB, and 17 MB are kept")
    advisor.note(request, marks(1), stage_bytes={"rows": 1, "shifted": 1, "drawn": 1})
    for _ in range(20):
        advisor.note(request, marks(1), stage_bytes={"rows": 1, "shifted": 1, "drawn": 1})
    assert advisor.advise(request).sentences == ()


@pytest.mark.parametrize(
    ("backend", "values", "said"),
    [
        (
            "dots",
            {"count": 20_000},
            "count asks for 20,000 dots, but a picture of 300 × 200 px has detail for about 15",
        ),
        ("dots", {"count": 15_000}, None),
        ("dots", {"count": 900_000, "amount": "spacing"}, None),
        ("superpixel", {"regions": 3751}, "regions asks for 3,751 regions, but a picture of 300 × 200 px"),
        ("superpixel", {"regions": 3750}, None),
        ("edge", {"min_length_px": 361}, "min_length_px, 361 px, is longer than the picture (300 × 200 px): raising"),
        ("edge", {"min_length_px": 360}, None),
        ("superpixel", {"min_size_px2": 60_001}, "min_size_px2, 60001 px², is larger than the picture"),
        ("superpixel", {"stroke_width": 900}, None),  # no lines are drawn
        ("superpixel", {"stroke_width": 900, "draw": "both"}, "stroke_width, 900 px, is longer"),
    ],
)
def test_what_the_picture_cannot_carry_is_known_without_learning(advisor, request_for, backend, values, said):
    source = open_image(np.zeros((200, 300, 3), np.uint8))
    sentences = advisor.advise(request_for(backend, source, **values)).sentences
    assert [sentence[: len(said or "")] for sentence in sentences] == ([] if said is None else [said])


def test_the_defaults_of_a_tiny_picture_are_nobodys_fault(advisor, request_for):
    source = open_image(np.zeros((40, 40, 3), np.uint8))
    assert advisor.advise(request_for("dots", source, count=100)).sentences == ()
    assert advisor.advise(request_for("edge", source)).sentences == ()


# --- the cache --------------------------------------------------------------------------------------------------------


def advice_events() -> list[str]:
    return [event.event for event in log.validation if event.about == "advice"]


def test_advice_is_found_again_until_more_is_known_of_it(toy, advisor, request_for):
    log.clear()
    for level in (1, 2, 1, 2):
        advisor.advise(request_for(level=level))
    assert advice_events() == ["miss", "miss", "hit", "hit"]
    assert {event.backend for event in log.validation if event.about == "advice"} == {"toy"}
    advisor.note(request_for(level=1), marks(1), stage_bytes={})
    assert advisor.advise(request_for(level=1)).paths == 1
    assert advice_events()[4:] == ["miss"]


def test_what_one_drawing_taught_is_known_of_others_at_once(toy, advisor, request_for):
    assert advisor.advise(request_for(level=2)).paths is None
    advisor.note(request_for(level=1), marks(1), stage_bytes={})
    assert advisor.advise(request_for(level=2)).paths is not None


def test_pictures_and_backends_are_kept_apart(toy, advisor, request_for):
    large = open_image(np.zeros((500, 600, 3), np.uint8))
    small = open_image(np.zeros((20, 20, 3), np.uint8))
    for _ in range(2):
        assert len(advisor.advise(request_for("dots", small)).sentences) == 1
        assert advisor.advise(request_for("dots", large)).sentences == ()
        assert advisor.advise(request_for("toy", small)).sentences == ()


def test_what_was_just_drawn_is_advised_as_it_was(toy, advisor, request_for):
    for paths in (5, 5, 5, 5, 50, 50, 50, 50, 50):
        advisor.advise(request_for())
        advisor.note(request_for(), marks(paths), stage_bytes={})
        found = advisor.advise(request_for()).paths
    assert found == pytest.approx(50, rel=0.1)


def test_switched_off_it_says_the_same(toy, engine, advisor, request_for):
    requests = [request_for(level=level) for level in (1, 9, 1)]
    teach(advisor, engine, requests[0], paths=10, svg=9_000_000, seconds=2)
    said = [advisor.advise(request) for request in requests]
    settings.current = replace(settings.current, validation_cache=False)
    log.clear()
    assert [advisor.advise(request) for request in requests] == said
    assert advice_events() == []


# --- how large an SVG is ----------------------------------------------------------------------------------------------


def lines(count: int, widths: bool) -> Drawing:
    chance = np.random.default_rng(2)
    codes = [np.array([1, 4, 4, 4] + [2] * extra, np.uint8) for extra in chance.integers(0, 6, count)]
    offsets = np.cumsum([0, *(len(one) for one in codes)])
    points = np.cumsum(chance.normal(0, 3, (offsets[-1], 2)), axis=0) % 2000
    layer = PathLayer(
        "lines", points.astype(np.float32), np.concatenate(codes), offsets,
        (np.arange(count) // 50 % 3).astype(np.int32), np.zeros(count, np.bool_),
        np.full(len(points), 2, np.float32) if widths else None,
    )  # fmt: skip
    return Drawing((2000, 2000), (layer,), tuple(Style(f"#00000{place}") for place in range(3)))


@pytest.mark.parametrize(
    "drawing", [marks(100), marks(9000), lines(7000, widths=False), lines(4000, widths=True)], ids=repr
)
def test_a_part_tells_how_large_the_whole_is(drawing):
    assert measured_svg_bytes(drawing) == pytest.approx(len(drawing.to_svg().encode()), rel=0.05)


def test_an_empty_drawing_has_a_size_too():
    assert measured_svg_bytes(Drawing((3, 3))) == len(Drawing((3, 3)).to_svg())


@pytest.mark.parametrize("is_warm", [True, False])
def test_svg_is_measured_only_when_nothing_has_to_be_compiled_for_it(toy, advisor, request_for, monkeypatch, is_warm):
    monkeypatch.setattr(advice, "is_warm", lambda: is_warm)
    monkeypatch.setattr(advice, "measured_svg_bytes", lambda _: 777)
    advisor.note(request_for(), marks(5), stage_bytes={})
    assert advisor.advise(request_for()).svg_bytes == (777 if is_warm else None)
