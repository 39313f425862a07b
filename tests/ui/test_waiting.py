"""When a page is told that its drawing takes a while."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from vec2art_nb.ui.waiting import PATIENCE_S, Waiting


class Bench:
    """The timers that were set and what was told."""

    def __init__(self) -> None:
        self.timers: list[tuple[float, Callable[[], None]]] = []
        self.told: list[int] = []
        self.waiting = Waiting(self.told.append, start_timer=lambda seconds, call: self.timers.append((seconds, call)))

    def fire(self) -> None:
        seconds, call = self.timers.pop(0)
        assert seconds == PATIENCE_S
        call()

    def show(self, number: int, generation: int) -> None:
        self.waiting.sent(number, generation)
        self.waiting.painted(number)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_what_is_painted_in_time_is_not_spoken_of(bench: Bench) -> None:
    bench.waiting.expect(1)
    bench.show(1, 1)
    bench.fire()
    assert (bench.told, bench.timers) == ([], [])


def test_what_is_late_is_told_with_the_newest_edit(bench: Bench) -> None:
    bench.waiting.expect(1)
    bench.waiting.expect(2)
    assert len(bench.timers) == 1
    bench.fire()
    assert (bench.told, bench.timers) == ([2], [])
    bench.waiting.expect(3)
    bench.fire()
    assert bench.told == [2, 3]


def test_while_frames_keep_coming_only_the_last_is_waited_for(bench: Bench) -> None:
    bench.waiting.expect(1)
    bench.waiting.expect(2)
    bench.waiting.expect(3)
    bench.show(1, 1)
    bench.fire()  # the one that was looked for is there, but two newer ones are not
    assert (bench.told, len(bench.timers)) == ([], 1)
    bench.fire()
    assert bench.told == [3]


def test_a_frame_that_has_left_is_not_yet_on_the_screen(bench: Bench) -> None:
    bench.waiting.expect(1)
    bench.waiting.sent(1, 1)
    bench.fire()
    assert bench.told == [1]


def test_news_of_a_later_frame_is_news_of_those_before(bench: Bench) -> None:
    bench.waiting.expect(4)
    bench.waiting.sent(1, 3)
    bench.waiting.sent(2, 4)
    bench.waiting.painted(2)
    bench.waiting.painted(1)
    bench.waiting.painted(9)  # of a viewer that was there before
    bench.fire()
    assert bench.told == []
    assert bench.waiting._sent == {}


def test_nothing_is_expected_of_an_edit_that_failed(bench: Bench) -> None:
    bench.waiting.expect(2)
    bench.waiting.failed(2)
    bench.fire()
    assert (bench.told, bench.timers) == ([], [])
