from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vec2art_nb.ui.flow import SLOW_LINK_S, FrameFlow, Outcome

TIMEOUT_S = 1.5


class Timer:
    cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


@dataclass
class Wire:
    """A wire, a clock and timers that only move when told to. Frames are numbers; numbers of messages begin at 1."""

    now: float = 0.0
    sent: list[int] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    timers: list[tuple[float, Callable[[], None], Timer]] = field(default_factory=list)
    rooms: int = 0
    ended: list[Outcome] = field(default_factory=list)
    breaks: bool = False
    #: also those that were cancelled ring, as one does whose thread was already running
    rings_late: bool = False

    def flow(self) -> FrameFlow[int]:
        return FrameFlow(
            self.send, on_room=self.room, on_end=self.ended.append, timeout_s=TIMEOUT_S, clock=lambda: self.now,
            start_timer=self.start,
        )  # fmt: skip

    def send(self, frame: int, number: int) -> int | None:
        if self.breaks:
            return None
        self.sent.append(frame)
        self.numbers.append(number)
        return 1000

    def room(self) -> None:
        self.rooms += 1

    def start(self, seconds: float, callback: Callable[[], None]) -> Timer:
        self.timers.append((self.now + seconds, callback, Timer()))
        return self.timers[-1][2]

    def wait(self, seconds: float) -> None:
        end = self.now + seconds
        while due := [timer for timer in self.timers if timer[0] <= end]:
            first = min(due, key=lambda timer: timer[0])
            self.timers.remove(first)
            self.now = max(self.now, first[0])
            if self.rings_late or not first[2].cancelled:
                first[1]()
        self.now = end


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def flow(wire: Wire) -> FrameFlow[int]:
    flow = wire.flow()
    flow.repeat()
    return flow


def offer(flow: FrameFlow[int], *frames: int) -> None:
    for frame in frames:
        flow.offer(frame)


def known_round_trip(wire: Wire, flow: FrameFlow[int], seconds: float) -> None:
    """Let one frame go there and back."""
    flow.offer(0)
    wire.wait(seconds)
    flow.acknowledge(wire.numbers[-1])
    assert flow.round_trip_s == pytest.approx(seconds)
    wire.sent.clear()


# --- one under way ----------------------------------------------------------------------------------------------------


def test_nothing_is_sent_before_a_view_asks(wire: Wire) -> None:
    flow = wire.flow()
    offer(flow, 1, 2)
    assert wire.sent == []
    flow.repeat()
    assert wire.sent == [2]


def test_only_one_frame_is_under_way_and_the_newest_follows(wire: Wire, flow: FrameFlow[int]) -> None:
    offer(flow, 1, 2, 3, 4)
    assert wire.sent == [1]
    flow.acknowledge(1)
    assert wire.sent == [1, 4]


def test_an_acknowledged_link_is_free_for_the_next_frame(wire: Wire, flow: FrameFlow[int]) -> None:
    offer(flow, 1)
    flow.acknowledge(1)
    assert wire.sent == [1]
    offer(flow, 2)
    assert wire.sent == [1, 2]


def test_every_message_has_a_number_of_its_own_also_of_the_same_frame(wire: Wire, flow: FrameFlow[int]) -> None:
    offer(flow, 7)
    flow.repeat()
    assert (wire.sent, wire.numbers) == ([7, 7], [1, 2])


def test_an_acknowledgement_of_another_frame_frees_nothing(wire: Wire, flow: FrameFlow[int]) -> None:
    offer(flow, 1, 2)
    flow.acknowledge(0)
    flow.acknowledge(2)
    assert (wire.sent, wire.rooms) == ([1], 0)


def test_two_views_may_both_acknowledge(wire: Wire, flow: FrameFlow[int]) -> None:
    offer(flow, 1, 2, 3)
    flow.acknowledge(1)
    flow.acknowledge(1)
    assert wire.sent == [1, 3]


def test_a_frame_that_was_dropped_on_the_way_is_known_by_the_answer_to_a_later_one(
    wire: Wire, flow: FrameFlow[int]
) -> None:
    offer(flow, 1)
    flow.repeat()
    offer(flow, 3)
    flow.acknowledge(2)
    assert wire.sent == [1, 1, 3]


def test_a_frame_that_cannot_be_sent_holds_nothing_up(wire: Wire, flow: FrameFlow[int]) -> None:
    wire.breaks = True
    offer(flow, 1)
    wire.breaks = False
    offer(flow, 2)
    assert wire.sent == [2]


def test_after_closing_nothing_is_sent(wire: Wire, flow: FrameFlow[int]) -> None:
    offer(flow, 1, 2)
    flow.close()
    flow.acknowledge(1)
    offer(flow, 3)
    wire.wait(5)
    assert wire.sent == [1]


# --- silence ----------------------------------------------------------------------------------------------------------


def test_a_browser_that_does_not_answer_holds_the_last_frame_up_for_the_timeout_only(
    wire: Wire, flow: FrameFlow[int]
) -> None:
    offer(flow, 1, 2, 3)
    wire.wait(TIMEOUT_S - 0.1)
    assert wire.sent == [1]
    wire.wait(0.2)
    assert wire.sent == [1, 3]


def test_a_frame_after_the_timeout_goes_out_at_once(wire: Wire, flow: FrameFlow[int]) -> None:
    offer(flow, 1)
    wire.wait(2)
    offer(flow, 2)
    assert wire.sent == [1, 2]


def test_a_timer_that_comes_too_late_sends_nothing_twice(wire: Wire, flow: FrameFlow[int]) -> None:
    wire.rings_late = True
    offer(flow, 1, 2)
    flow.acknowledge(1)
    wire.wait(3)
    assert wire.sent == [1, 2]


def test_a_link_that_is_slower_than_the_timeout_is_not_filled_up(wire: Wire, flow: FrameFlow[int]) -> None:
    """Each answer takes four seconds: at first frames are given up too early, then none is before it is answered."""
    on_their_way: list[tuple[float, int]] = []
    most = 0
    for step in range(1200):
        offer(flow, step)
        on_their_way += [(wire.now + 4, number) for number in wire.numbers[len(on_their_way) :]]
        answered = [number for at, number in on_their_way if at <= wire.now]
        if answered:
            flow.acknowledge(answered[-1])
        if step > 300:
            most = max(most, len(wire.numbers) - len(answered))
        wire.wait(0.1)
    assert flow.round_trip_s == pytest.approx(4, abs=0.2)
    assert most <= 2


def test_somebody_who_slept_does_not_make_the_link_slow(wire: Wire, flow: FrameFlow[int]) -> None:
    known_round_trip(wire, flow, 0.05)
    cost = flow.link.seconds_per_byte
    offer(flow, 1)
    wire.wait(3600)
    flow.acknowledge(wire.numbers[-1])
    assert flow.round_trip_s == pytest.approx(0.05)
    assert flow.link.seconds_per_byte == cost


def test_the_link_is_measured_without_the_painting_and_not_while_a_page_comes_up(
    wire: Wire, flow: FrameFlow[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[tuple[int, float]] = []
    monkeypatch.setattr(flow.link, "note", lambda size, seconds: noted.append((size, seconds)))
    offer(flow, 1)
    wire.wait(0.5)
    flow.acknowledge(1, painting_s=0.2)
    flow.repeat()
    wire.wait(1)
    flow.acknowledge(2)
    assert noted == [(1000, pytest.approx(0.3))]
    # Two under way: the second stood behind the first.
    offer(flow, 3, 4)
    assert wire.numbers[2:] == [3, 4]
    wire.wait(0.4)
    flow.acknowledge(3)
    wire.wait(0.1)
    flow.acknowledge(4)
    assert noted[1:] == [(1000, pytest.approx(0.4)), (1000, pytest.approx(0.1))]


# --- two under way ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("round_trip_s", "making_s", "under_way"),
    [(0.05, 0.01, 1), (SLOW_LINK_S + 0.1, 0.01, 2), (SLOW_LINK_S + 0.1, SLOW_LINK_S + 0.2, 1)],
)
def test_two_frames_are_under_way_only_on_a_link_slower_than_the_kernel(
    wire: Wire, flow: FrameFlow[int], round_trip_s: float, making_s: float, under_way: int
) -> None:
    known_round_trip(wire, flow, round_trip_s)
    flow.pace(making_s)
    offer(flow, 1, 2, 3, 4)
    assert wire.sent == [1, 2][:under_way]


# --- pace -------------------------------------------------------------------------------------------------------------


def test_a_frame_is_begun_at_once_when_it_could_leave_at_once(wire: Wire, flow: FrameFlow[int]) -> None:
    assert wire.flow().pace(0.01) == 0
    assert flow.pace(0.01) == 0
    known_round_trip(wire, flow, 0.1)
    assert flow.pace(0.01) == 0


def test_a_frame_is_begun_so_that_it_is_done_when_the_one_under_way_is_answered(
    wire: Wire, flow: FrameFlow[int]
) -> None:
    known_round_trip(wire, flow, 0.1)
    offer(flow, 1)
    wire.wait(0.02)
    assert flow.pace(0.03) == pytest.approx(0.05)
    wire.wait(0.06)
    assert flow.pace(0.03) == 0


def test_while_a_finished_frame_waits_the_next_one_is_not_begun(wire: Wire, flow: FrameFlow[int]) -> None:
    known_round_trip(wire, flow, 0.1)
    offer(flow, 1, 2)
    assert flow.pace(0.03) == pytest.approx(TIMEOUT_S)
    flow.acknowledge(wire.numbers[-1])
    assert wire.rooms == 2
    assert flow.pace(0.03) < 0.1


def test_a_browser_that_is_gone_holds_up_no_more_than_the_timeout(wire: Wire, flow: FrameFlow[int]) -> None:
    known_round_trip(wire, flow, 0.1)
    offer(flow, 1)
    wire.wait(2)
    assert flow.pace(0.01) == 0


# --- whatever happens -------------------------------------------------------------------------------------------------


@given(
    st.lists(
        st.sampled_from(["offer", "offer", "answer", "answer an old one", "lose", "wait", "wait long", "repeat"]),
        max_size=60,
    )
)
def test_frames_leave_in_order_and_the_newest_always_does(events: list[str]) -> None:
    wire = Wire()
    flow = wire.flow()
    flow.repeat()
    open_numbers: list[int] = []
    seen = offered = 0
    for event in events:
        if event == "offer":
            offered += 1
            flow.offer(offered)
        elif event in ("answer", "answer an old one", "lose") and open_numbers:
            number = open_numbers.pop(0 if event == "answer" else -1)
            if event != "lose":
                flow.acknowledge(number)
        elif event.startswith("wait"):
            wire.wait(0.05 if event == "wait" else 2)
        elif event == "repeat":
            flow.repeat()
        open_numbers += wire.numbers[seen:]
        seen = len(wire.numbers)
    wire.wait(30)
    assert wire.sent == sorted(wire.sent)
    assert wire.numbers == list(range(1, len(wire.numbers) + 1))
    assert not offered or wire.sent[-1] == offered


# --- what became of them ----------------------------------------------------------------------------------------------


def test_each_frame_that_was_painted_is_told_of_with_its_times(wire: Wire, flow: FrameFlow[int]) -> None:
    flow.offer(1)
    wire.wait(0.5)
    flow.acknowledge(1, 0.2)
    assert wire.ended == [Outcome(1, True, 1000, 0.5, 0.2)]
    flow.acknowledge(1, 0.2)
    assert len(wire.ended) == 1


def test_a_frame_that_nobody_answers_is_told_of_once_even_when_the_answer_comes_after_all(
    wire: Wire, flow: FrameFlow[int]
) -> None:
    flow.offer(1)
    flow.offer(2)
    wire.wait(TIMEOUT_S)
    assert wire.ended == [Outcome(1, False, 1000, TIMEOUT_S, 0.0)]
    flow.acknowledge(1, 0.1)
    flow.acknowledge(2, 0.1)
    assert [(outcome.number, outcome.is_painted) for outcome in wire.ended] == [(1, False), (2, True)]


def test_what_a_later_answer_shows_to_be_dropped_is_told_of(wire: Wire, flow: FrameFlow[int]) -> None:
    flow.offer(1)
    flow.repeat()
    flow.acknowledge(2)
    assert [(outcome.number, outcome.is_painted) for outcome in wire.ended] == [(1, False), (2, True)]
