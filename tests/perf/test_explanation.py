"""What is said of a slow frame: causes that the events show, and no others."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest
from known_events import START

from vec2art_nb import perf
from vec2art_nb.perf.log import (
    BatchEvent,
    CacheEvent,
    FrameEvent,
    StageEvent,
    ThreadEvent,
    TransferEvent,
    log,
)


@pytest.fixture(autouse=True)
def _clear() -> Iterator[None]:
    log.clear()
    yield
    log.clear()


def frame(
    number: int, begin: float, ms: float, *, wait: float = 0.0, purpose: str = "live", outcome: str = "drawn"
) -> None:
    at = START + (begin + ms) / 1e3
    log.frames.append(FrameEvent(at, 1, number, "edge", purpose, outcome, wait, ms, 1, 3, 9, 99, 1.0, False))


def stage(
    number: int, begin: float, ms: float, *, expected: float = math.nan, outcome: str = "run", threads: int = 2
) -> None:
    at = START + (begin + ms) / 1e3
    log.stages.append(StageEvent(at, 1, number, "edge", "gradient", outcome, ms, 4000, 0.25, threads, "live", expected))


def test_a_first_run_is_named_with_what_later_ones_took() -> None:
    stage(1, 0, 500)
    frame(1, 0, 501)
    stage(2, 600, 3)
    frame(2, 600, 3)
    words = perf.explain(1)
    assert "took 501.0 ms" in words
    assert "gradient took 500.0 ms, 100% of the drawing; it was its first run in the log" in words
    assert "(later runs at this size took 3.0 ms)" in words
    assert "first run" not in perf.explain(2)


def test_waiting_names_what_the_lane_was_at() -> None:
    frame(1, 0, 40, purpose="exact")
    frame(2, 40, 5, wait=30)
    assert "It waited 30.0 ms for the lane, which was drawing frame 1 (edge, exact)." in perf.explain(2)
    assert "waited" not in perf.explain(1)
    frame(3, 100, 5, wait=30)
    assert "in which the log has no other frame" in perf.explain(3)


@pytest.mark.parametrize(
    ("expected", "said"), [(4.0, "4.0 ms had been expected"), (9.0, "as expected"), (30.0, "less than the 30.0 ms")]
)
def test_a_prediction_is_compared(expected: float, said: str) -> None:
    stage(1, 0, 10, expected=expected)
    frame(1, 0, 10)
    assert said in perf.explain(1)


def test_an_eviction_before_is_named_and_one_after_is_not() -> None:
    for begin in (0, 1000):
        stage(begin + 1, begin, 10, expected=10)
        frame(begin + 1, begin, 10)
    log.cache.append(CacheEvent(START + 0.5, "memory", "evict", "gradient", 4000, 9.0, 1, 1))
    assert "evict" not in perf.explain(1)
    assert "the cache had missed it, and had evicted a result of this stage 0.5 s before" in perf.explain(1001)


def test_how_threads_were_used_is_said_only_where_launches_are_known() -> None:
    stage(1, 0, 10, expected=10)
    frame(1, 0, 10)
    stage(2, 20, 10, expected=10, threads=1)
    frame(2, 20, 10)
    for thread, busy in ((0, 6.0), (1, 4.0)):
        log.threads.append(ThreadEvent(START + 0.048, 1, "blur", thread, 3, busy, 8.0, False))
    stage(3, 40, 10, expected=10)
    frame(3, 40, 10)
    stage(4, 60, 10, expected=10)
    frame(4, 60, 10)
    assert "thread" not in perf.explain(1)
    assert "it had one thread" in perf.explain(2)
    assert "1 parallel launch kept its threads busy 62% of their time" in perf.explain(3)
    assert "it ran serial, with no parallel launch, though 2 threads were there" in perf.explain(4)


def test_more_urgent_frames_in_between_are_named() -> None:
    frame(2, 10, 20)
    frame(1, 0, 50, purpose="exact")
    assert "Between its stages the lane drew 1 more urgent frame, which took 20.0 ms." in perf.explain(1)


def test_a_cancelled_frame_says_where_it_was_given_up() -> None:
    stage(1, 5, 0, outcome="cancelled")
    frame(1, 0, 5, outcome="cancelled")
    words = perf.explain(1)
    assert "was cancelled after 5.0 ms" in words
    assert "given up before the stage gradient" in words


def test_edits_and_the_page_are_named_where_it_is_certain_which() -> None:
    frame(1, 0, 5)
    log.batches.append(BatchEvent(START, 1, 4, 3, 12.0))
    log.transfers.append(TransferEvent(START + 0.056, 1, 1, 4, "painted", True, 40_000, 90_000, False, 1.0, 45.0, 50.0))
    words = perf.explain(1)
    assert "It answered 3 edits, the first of which had waited 12.0 ms." in words
    assert "40 kB went to the page and were painted 50.0 ms later, most of it the page: 45.0 ms for painting" in words
    # It may have been this one's as well.
    log.transfers.append(TransferEvent(START + 0.060, 1, 2, 4, "painted", True, 1, 1, False, 1.0, 1.0, 50.0))
    assert "page" not in perf.explain(1)


def test_the_slowest_is_found_and_a_row_is_taken() -> None:
    for number, ms in enumerate((5, 40, 7), 1):
        frame(number, number * 100, ms, wait=0)
    frame(4, 500, 900, purpose="prerender")
    assert str(perf.explain()).startswith("Frame 2 ")
    assert repr(perf.explain(perf.frames().iloc[2])) == perf.explain(3)


def test_what_is_no_frame_is_said() -> None:
    with pytest.raises(ValueError, match="no frame in the log yet"):
        perf.explain()
    frame(5, 0, 1)
    with pytest.raises(ValueError, match=r"no frame 9 in the log: it holds 5 to 5"):
        perf.explain(9)
    with pytest.raises(ValueError, match=r"frame must be the number"):
        perf.explain("fast")
