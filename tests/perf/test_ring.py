"""The ring of events."""

import threading
from typing import NamedTuple

import pytest

from vec2art_nb import perf
from vec2art_nb.perf.log import FrameEvent, log
from vec2art_nb.perf.ring import Ring


class Event(NamedTuple):
    at: float
    number: int
    name: str
    good: bool
    other: str


def event(number):
    return Event(number / 3, -number * 2**40, f"name {number % 3}", number % 2 == 0, f"other {number % 2}")


@pytest.mark.parametrize("count", [0, 1, 7, 8, 9, 16, 29])
def test_the_newest_events_come_back_as_they_were_the_oldest_first(count):
    ring = Ring(Event, 8)
    for number in range(count):
        ring.append(event(number))
    assert list(ring) == [event(number) for number in range(max(0, count - 8), count)]
    assert len(ring) == min(count, 8)
    assert ring.written == count


def test_the_memory_is_of_fixed_size():
    ring = Ring(Event, 100)
    held = len(ring._memory)
    for number in range(1000):
        ring.append(event(number))
    assert len(ring._memory) == held
    assert held <= 100 * 24


@pytest.mark.parametrize(("since", "first"), [(0, 6), (5, 6), (6, 6), (10, 10), (14, 14), (99, 14)])
def test_events_are_read_from_a_mark_on(since, first):
    ring = Ring(Event, 8)
    for number in range(14):
        ring.append(event(number))
    everything = ring.packed().rows
    size = len(everything) // 8
    assert ring.packed(since).rows == everything[(first - 6) * size :]


def test_what_is_cleared_is_gone_and_the_mark_stays():
    ring = Ring(Event, 8)
    for number in range(12):
        ring.append(event(number))
    ring.clear()
    assert (list(ring), len(ring), ring.written) == ([], 0, 12)
    ring.append(event(12))
    assert list(ring) == [event(12)]


def test_events_of_many_threads_are_all_whole():
    ring = Ring(Event, 1 << 14)

    def write(begin):
        for number in range(begin, begin + 2000):
            ring.append(event(number))

    threads = [threading.Thread(target=write, args=(begin,)) for begin in range(0, 12000, 2000)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ring, key=lambda one: one.at) == [event(number) for number in range(12000)]


def test_the_tables_have_the_events_with_their_types():
    log.clear()
    rows = [
        FrameEvent(float(n), 1, n, ("edge", "dots")[n % 2], "live", "drawn", 0.5, n / 7, 3, 4, 5, 6, 1.0, n == 2)
        for n in range(5)
    ]
    for row in rows:
        log.frames.append(row)
    table = perf.frames()
    assert [tuple(row) for row in table.itertuples(index=False)] == rows
    assert [kind.kind for kind in table.dtypes] == list("fiiOOOffiiiifb")
    perf.clear()
    assert perf.frames().empty
    assert list(perf.frames().columns) == list(FrameEvent._fields)
