from __future__ import annotations

import os
import signal
import threading

import pytest

from vec2art_nb.errors import Cancelled, LaneError
from vec2art_nb.runtime.lane import Job, Lane, Purpose, lane


@pytest.fixture
def own_lane():
    result = Lane()
    yield result
    result.stop()


class Gate:
    """Work that says when it has begun and waits to be let go, then looks at its checkpoint."""

    def __init__(self) -> None:
        self.begun, self.go = threading.Event(), threading.Event()

    def __call__(self, job: Job[str]) -> str:
        self.begun.set()
        assert self.go.wait(timeout=30)
        job.checkpoint()
        return "done"


def test_all_jobs_run_on_one_thread_that_is_not_the_callers(own_lane: Lane) -> None:
    jobs = [own_lane.submit(lambda _: threading.current_thread(), Purpose.EXACT) for _ in range(20)]
    threads = {own_lane.wait(job) for job in jobs}
    assert len(threads) == 1
    assert threading.current_thread() not in threads


def test_the_more_urgent_job_goes_first_and_equals_keep_their_order(own_lane: Lane) -> None:
    gate, order = Gate(), []
    first = own_lane.submit(gate, Purpose.LIVE)
    assert gate.begun.wait(30)
    jobs = [own_lane.submit(lambda _, n=n: order.append(f"exact {n}"), Purpose.EXACT) for n in range(3)]
    jobs.append(own_lane.submit(lambda _: order.append("live"), Purpose.LIVE))
    gate.go.set()
    for job in [first, *jobs]:
        own_lane.wait(job)
    assert order == ["live", "exact 0", "exact 1", "exact 2"]


def test_a_more_urgent_job_overtakes_at_a_checkpoint_and_nothing_is_lost(own_lane: Lane) -> None:
    gate, order = Gate(), []
    slow = own_lane.submit(gate, Purpose.EXACT)
    slow.future.add_done_callback(lambda _: order.append("slow"))
    assert gate.begun.wait(30)
    quick = own_lane.submit(lambda _: order.append("quick"), Purpose.LIVE)
    gate.go.set()
    assert own_lane.wait(slow) == "done"
    own_lane.wait(quick)
    assert order == ["quick", "slow"]


def test_a_cancelled_job_stops_at_its_checkpoint(own_lane: Lane) -> None:
    gate = Gate()
    job = own_lane.submit(gate, Purpose.EXACT)
    assert gate.begun.wait(30)
    job.cancel()
    gate.go.set()
    with pytest.raises(Cancelled):
        own_lane.wait(job)


def test_a_job_cancelled_before_it_began_never_does(own_lane: Lane) -> None:
    gate, ran = Gate(), []
    blocker = own_lane.submit(gate, Purpose.LIVE)
    assert gate.begun.wait(30)
    job = own_lane.submit(lambda _: ran.append(1), Purpose.EXACT)
    job.cancel()
    gate.go.set()
    own_lane.wait(blocker)
    with pytest.raises(Cancelled):
        own_lane.wait(job)
    assert ran == []


def test_waiting_on_the_lane_for_the_lane_is_refused(own_lane: Lane) -> None:
    def inner(_: Job[None]) -> None:
        own_lane.wait(own_lane.submit(lambda _: None, Purpose.EXACT))

    with pytest.raises(LaneError, match="cannot wait for itself"):
        own_lane.wait(own_lane.submit(inner, Purpose.EXACT))


def test_an_error_reaches_who_waits_and_the_lane_goes_on(own_lane: Lane) -> None:
    def fail(_: Job[None]) -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        own_lane.wait(own_lane.submit(fail, Purpose.EXACT))
    assert own_lane.wait(own_lane.submit(lambda _: 7, Purpose.EXACT)) == 7


def test_stopping_ends_the_thread_and_cancels_what_waits() -> None:
    stopped = Lane()
    gate = Gate()
    running = stopped.submit(gate, Purpose.LIVE)
    assert gate.begun.wait(30)
    waiting = stopped.submit(lambda _: 1, Purpose.EXACT)
    gate.go.set()
    stopped.stop()
    assert running.future.done()
    assert isinstance(waiting.future.exception(timeout=30), Cancelled)
    assert isinstance(stopped.submit(lambda _: 1, Purpose.EXACT).future.exception(timeout=1), Cancelled)


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # from Python 3.12 on, and meant here
def test_a_forked_child_has_a_lane_of_its_own() -> None:
    assert lane().wait(lane().submit(lambda _: 1, Purpose.EXACT)) == 1
    child = os.fork()
    if child == 0:
        signal.alarm(20)  # a child that waits for ever must not outlive the test
        os._exit(0 if lane().wait(lane().submit(lambda _: 41, Purpose.EXACT)) == 41 else 1)
    assert os.waitpid(child, 0)[1] == 0
