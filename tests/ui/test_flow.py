from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from vec2art_nb.ui.flow import FrameFlow


@dataclass(frozen=True)
class Frame:
    generation: int


@dataclass
class Link:
    """A wire, a clock and timers that only move when told to."""

    now: float = 0.0
    sent: list[int] = field(default_factory=list)
    timers: list[tuple[float, Callable[[], None]]] = field(default_factory=list)
    cancelled: int = 0

    def flow(self) -> FrameFlow[Frame]:
        return FrameFlow(
            lambda frame: self.sent.append(frame.generation),
            timeout_s=1.5,
            clock=lambda: self.now,
            start_timer=self.start,
        )

    def start(self, seconds: float, callback: Callable[[], None]) -> Link:
        self.timers.append((self.now + seconds, callback))
        return self

    def cancel(self) -> None:
        self.cancelled += 1

    def wait(self, seconds: float) -> None:
        self.now += seconds
        due = [callback for at, callback in self.timers if at <= self.now]
        self.timers = [(at, callback) for at, callback in self.timers if at > self.now]
        for callback in due:
            callback()


@pytest.fixture
def link() -> Link:
    return Link()


@pytest.fixture
def flow(link: Link) -> FrameFlow[Frame]:
    flow = link.flow()
    flow.repeat()
    return flow


def offer(flow: FrameFlow[Frame], *generations: int) -> None:
    for generation in generations:
        flow.offer(Frame(generation))


def test_nothing_is_sent_before_a_view_asks(link: Link) -> None:
    flow = link.flow()
    offer(flow, 1, 2)
    assert link.sent == []
    flow.repeat()
    assert link.sent == [2]


def test_only_one_frame_is_under_way_and_the_newest_follows(link: Link, flow: FrameFlow[Frame]) -> None:
    offer(flow, 1, 2, 3, 4)
    assert link.sent == [1]
    flow.acknowledge(1)
    assert link.sent == [1, 4]


def test_an_acknowledged_link_is_free_for_the_next_frame(link: Link, flow: FrameFlow[Frame]) -> None:
    offer(flow, 1)
    flow.acknowledge(1)
    assert link.sent == [1]
    offer(flow, 2)
    assert link.sent == [1, 2]


def test_an_acknowledgement_of_another_frame_frees_nothing(link: Link, flow: FrameFlow[Frame]) -> None:
    offer(flow, 1, 2)
    flow.acknowledge(0)
    flow.acknowledge(2)
    assert link.sent == [1]


def test_two_views_may_both_acknowledge(link: Link, flow: FrameFlow[Frame]) -> None:
    offer(flow, 1, 2, 3)
    flow.acknowledge(1)
    flow.acknowledge(1)
    assert link.sent == [1, 3]


def test_a_browser_that_does_not_answer_holds_the_last_frame_up_for_the_timeout_only(
    link: Link, flow: FrameFlow[Frame]
) -> None:
    offer(flow, 1, 2, 3)
    link.wait(1.4)
    assert link.sent == [1]
    link.wait(0.2)
    assert link.sent == [1, 3]


def test_a_frame_after_the_timeout_goes_out_at_once(link: Link, flow: FrameFlow[Frame]) -> None:
    offer(flow, 1)
    link.wait(2)
    offer(flow, 2)
    assert link.sent == [1, 2]


def test_a_timer_that_comes_too_late_sends_nothing_twice(link: Link, flow: FrameFlow[Frame]) -> None:
    offer(flow, 1, 2)
    flow.acknowledge(1)
    assert link.cancelled == 1
    # Its thread was already running when it was cancelled.
    link.wait(3)
    assert link.sent == [1, 2]


def test_a_new_view_gets_the_newest_frame_again(link: Link, flow: FrameFlow[Frame]) -> None:
    offer(flow, 1)
    flow.acknowledge(1)
    flow.repeat()
    assert link.sent == [1, 1]


def test_after_closing_nothing_is_sent(link: Link, flow: FrameFlow[Frame]) -> None:
    offer(flow, 1, 2)
    flow.close()
    flow.acknowledge(1)
    offer(flow, 3)
    link.wait(5)
    assert link.sent == [1]
