"""The buffer pool: nothing is handed out twice, nothing leaks, and drawings do not notice."""

from __future__ import annotations

import gc
import itertools
import json
import os
import queue
import random
import subprocess
import sys
import threading
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from numpy.typing import NDArray

import vec2art_nb as v2a
from vec2art_nb import buffers
from vec2art_nb.backends import registry
from vec2art_nb.buffers import MEMORY_S, SMALLEST_BYTES, Pool, class_bytes
from vec2art_nb.perf.log import log
from vec2art_nb.runtime.cache import StageCache, result_bytes
from vec2art_nb.runtime.engine import shared_engine
from vec2art_nb.runtime.lane import Purpose, lane

MEBIBYTE = 1 << 20
SIZE = 512 * 1024


@pytest.fixture
def pool() -> Pool:
    return Pool(64 * MEBIBYTE, 32 * MEBIBYTE)


class Clock:
    """Time that passes when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def address(array: NDArray[Any]) -> tuple[int, int]:
    """Where an array begins and ends."""
    begin = array.ctypes.data
    return begin, begin + array.nbytes


def is_leased(array: NDArray[Any]) -> bool:
    return array.base is not None


# --- what an array from the pool is -----------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.bool_, np.uint8, np.int16, np.float32, np.float64, np.uint64])
@pytest.mark.parametrize("shape", [SIZE, (SIZE,), (3, 70_001), (2, 300, 300, 1), np.int64(SIZE)])
def test_an_array_is_an_ordinary_one(pool: Pool, dtype: type[np.generic], shape: Any) -> None:
    array = pool.empty(shape, dtype)
    plain = np.empty(shape, dtype)
    assert is_leased(array) == (array.nbytes >= SMALLEST_BYTES)
    assert type(array) is np.ndarray
    assert (array.shape, array.dtype, array.strides) == (plain.shape, plain.dtype, plain.strides)
    assert array.flags.c_contiguous
    assert array.flags.writeable
    assert array.ctypes.data % 64 == 0 or not is_leased(array)


def test_the_stand_ins_do_what_numpy_does() -> None:
    rng = np.random.default_rng(1)
    values = rng.integers(0, 1000, (300, 400), dtype=np.int32)
    for _ in range(2):  # the second time in memory that held something
        assert not buffers.zeros((300, 400), np.int32).any()
        assert (buffers.full((300, 400), -7, np.int32) == -7).all()
        assert (buffers.copied(values.T) == values.T).all()
        assert buffers.copied(values.T).flags.c_contiguous
        like = buffers.empty_like(values)
        assert (like.shape, like.dtype) == (values.shape, values.dtype)


def test_small_arrays_come_from_numpy(pool: Pool) -> None:
    assert not is_leased(pool.empty(SMALLEST_BYTES - 1, np.uint8))
    assert not is_leased(pool.empty((0, 5), np.float32))
    assert not is_leased(pool.empty((), np.float32))
    assert pool.statistics().leases == 0


def test_little_is_lost_by_rounding_up() -> None:
    sizes = [*range(SMALLEST_BYTES, 4 * SMALLEST_BYTES, 997), *np.geomspace(SMALLEST_BYTES, 1e10, 5000).astype(int)]
    for size in map(int, sizes):
        assert size <= class_bytes(size) <= size * 9 / 8
        assert class_bytes(class_bytes(size)) == class_bytes(size)
    assert len({class_bytes(size) for size in range(1 << 20, (1 << 21) + 1, 1024)}) == 9


def test_a_result_weighs_what_its_arrays_hold(pool: Pool) -> None:
    array = pool.empty((300, 301), np.float32)
    assert result_bytes((array, [array])) == 300 * 301 * 4


# --- when memory comes back -------------------------------------------------------------------------------------------


def test_memory_comes_back_when_the_last_view_is_gone(pool: Pool) -> None:
    array = pool.empty((512, 1024), np.uint8)
    begin, _ = address(array)
    view = array[5:].reshape(-1)[1::2].view(np.int8)[:100].T
    del array
    assert pool.statistics().leased_bytes == SIZE
    assert address(pool.empty(SIZE, np.uint8))[0] != begin
    keeper = view.data
    del view
    assert pool.statistics().leased_bytes == SIZE
    keeper.release()
    assert pool.statistics()[:6] == (2, 0, 2, 0, 0, 2 * SIZE)
    assert address(pool.empty(SIZE, np.uint8))[0] == begin
    assert pool.statistics().reused == 1


@pytest.mark.parametrize("first", [0, -1])
def test_memory_of_another_size_is_reused(pool: Pool, first: int) -> None:
    arrays = [pool.empty(SIZE, np.uint8) for _ in range(8)]
    while arrays:
        del arrays[first]
    kept = [pool.empty(4 * SIZE, np.uint8), pool.empty(SIZE, np.uint8), pool.empty(SIZE + SIZE // 2, np.uint8)]
    statistics = pool.statistics()
    assert (statistics.reused, statistics.idle_bytes) == (3, 8 * SIZE - sum(array.nbytes for array in kept))


def test_scratch_comes_back_at_the_end_of_the_block(pool: Pool) -> None:
    with pool.scratch(SIZE, np.uint8) as array:
        array.fill(1)
        assert pool.statistics().leased_bytes == SIZE
    assert pool.statistics().leased_bytes == 0
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 1
    following = pool.empty(SIZE, np.uint8)
    assert address(following) == address(array)
    del array  # nor does it come back a second time
    assert pool.statistics()[:5] == (2, 1, 1, 0, SIZE)


def test_scratch_that_somebody_still_holds_stays(pool: Pool) -> None:
    with pool.scratch(SIZE, np.uint8) as array:
        view = array[:10]
    array[:10] = 7
    assert pool.statistics().leased_bytes == SIZE
    del array
    assert (view == 7).all()
    assert pool.statistics().leased_bytes == SIZE
    del view
    assert pool.statistics().leased_bytes == 0


def test_scratch_comes_back_after_an_error(pool: Pool) -> None:
    with pytest.raises(KeyError), pool.scratch(SIZE, np.uint8):
        raise KeyError
    gc.collect()
    assert pool.statistics().leased_bytes == 0


def test_an_array_may_die_while_the_pool_is_at_work(pool: Pool) -> None:
    array = pool.empty(SIZE, np.uint8)
    with pool._lock:  # a collection of garbage may begin anywhere
        del array
    assert pool.statistics().leased_bytes == 0


# --- how much is kept -------------------------------------------------------------------------------------------------


def test_idle_memory_stays_within_its_budget() -> None:
    pool = Pool(64 * MEBIBYTE, 2 * MEBIBYTE)
    arrays = [pool.empty(MEBIBYTE, np.uint8) for _ in range(6)]
    arrays.clear()
    statistics = pool.statistics()
    assert (statistics.idle_bytes, statistics.given_back_bytes) == (2 * MEBIBYTE, 4 * MEBIBYTE)


def test_what_went_back_to_the_system_holds_zeros(pool: Pool) -> None:
    array = pool.empty(MEBIBYTE, np.uint8)
    array.fill(9)
    del array
    assert pool.trim(keep_bytes=MEBIBYTE // 2) == MEBIBYTE // 2
    assert pool.statistics().idle_bytes == MEBIBYTE // 2
    again = pool.empty(MEBIBYTE, np.uint8)
    assert pool.statistics().reused == 0
    assert (again[: MEBIBYTE // 2] == 9).all()
    assert not again[MEBIBYTE // 2 :].any()


def test_what_is_needed_no_more_goes_back_after_a_while() -> None:
    clock = Clock()
    pool = Pool(64 * MEBIBYTE, 32 * MEBIBYTE, clock)
    large = [pool.empty(MEBIBYTE, np.uint8) for _ in range(16)]
    large.clear()
    for seconds in (0.0, MEMORY_S - 1, 1.0, MEMORY_S - 1):
        clock.now += seconds
        pool.empty(2 * MEBIBYTE, np.uint8)
        pool.empty(2 * MEBIBYTE, np.uint8)
        assert pool.statistics().idle_bytes == 16 * MEBIBYTE
    clock.now += MEMORY_S
    pool.empty(2 * MEBIBYTE, np.uint8)
    clock.now += MEMORY_S
    assert pool.statistics().idle_bytes == 2.5 * MEBIBYTE


def test_a_pause_costs_nothing() -> None:
    clock = Clock()
    pool = Pool(64 * MEBIBYTE, 32 * MEBIBYTE, clock)
    for _ in range(5):
        arrays = [pool.empty(MEBIBYTE, np.uint8) for _ in range(6)]
        arrays.clear()
        clock.now += 100 * MEMORY_S
    assert pool.statistics()[:2] == (30, 24)


def test_when_all_addresses_are_leased_arrays_come_from_numpy() -> None:
    pool = Pool(4 * MEBIBYTE, MEBIBYTE)
    arrays = [pool.empty(MEBIBYTE, np.uint8) for _ in range(6)]
    assert [is_leased(array) for array in arrays] == [True] * 4 + [False] * 2
    assert pool.statistics().refused == 2
    del arrays[1]
    assert is_leased(pool.empty(MEBIBYTE, np.uint8))


def test_switched_off_it_gives_nothing_and_takes_back_what_is_out(pool: Pool) -> None:
    array = pool.empty(SIZE, np.uint8)
    pool.enabled = False
    assert not is_leased(pool.empty(SIZE, np.uint8))
    del array
    assert pool.statistics()[:3] == (1, 0, 1)


# --- whatever happens -------------------------------------------------------------------------------------------------


@dataclass
class Held:
    """An array that is alive, by itself or by views of it, and what was written into all of it."""

    tag: int
    leased: int
    place: tuple[int, int]
    arrays: list[NDArray[np.uint8]]


class Leases(RuleBasedStateMachine):
    """Leases, views, garbage, threads and time in any order, against a list of what should be alive."""

    RESERVED, BUDGET = 8 * MEBIBYTE, 3 * MEBIBYTE

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.pool = Pool(self.RESERVED, self.BUDGET, self.clock)
        self.alive: list[Held] = []
        self.tags = itertools.count(1)
        self.refused = 0
        self.classes: Counter[int] = Counter()
        log.buffers.clear()

    def hold(self, array: NDArray[np.uint8]) -> Held:
        leased = class_bytes(array.nbytes) if is_leased(array) else 0
        if leased:
            self.classes[leased] += 1
        else:
            self.refused += 1
        tag = next(self.tags) % 251
        array.fill(tag)
        return Held(tag, leased, address(array), [array])

    @rule(size=st.integers(SMALLEST_BYTES, 2 * MEBIBYTE))
    def lease(self, size: int) -> None:
        self.alive.append(self.hold(self.pool.empty(size, np.uint8)))

    @precondition(lambda self: self.alive)
    @rule(which=st.integers(0), source=st.integers(0), begin=st.integers(0))
    def look(self, which: int, source: int, begin: int) -> None:
        arrays = self.alive[which % len(self.alive)].arrays
        seen = arrays[source % len(arrays)]
        arrays.append(seen[begin % seen.size :][:1000:3])

    @precondition(lambda self: self.alive)
    @rule(which=st.integers(0), source=st.integers(0))
    def look_away(self, which: int, source: int) -> None:
        arrays = self.alive[which % len(self.alive)].arrays
        if len(arrays) > 1:
            del arrays[source % len(arrays)]

    @precondition(lambda self: self.alive)
    @rule(which=st.integers(0), how=st.sampled_from(["here", "on a thread", "in a cycle", "under the lock"]))
    def forget(self, which: int, how: str) -> None:
        last: list[Any] = [self.alive.pop(which % len(self.alive))]
        if how == "on a thread":
            thread = threading.Thread(target=last.clear)
            thread.start()
            thread.join()
        elif how == "in a cycle":
            last.append(last)
            del last
            gc.collect()
        elif how == "under the lock":
            with self.pool._lock:
                last.clear()

    @rule(size=st.integers(SMALLEST_BYTES, MEBIBYTE), keeps=st.booleans())
    def scratch(self, size: int, keeps: bool) -> None:
        with self.pool.scratch(size, np.uint8) as array:
            held = self.hold(array)
            if keeps:
                self.alive.append(held)
            del held

    @rule(keep=st.integers(0, MEBIBYTE))
    def trim(self, keep: int) -> None:
        self.pool.trim(keep)
        assert self.pool.statistics().idle_bytes <= keep

    @rule(seconds=st.floats(0, 3 * MEMORY_S))
    def wait(self, seconds: float) -> None:
        self.clock.now += seconds

    @invariant()
    def nothing_was_written_over(self) -> None:
        assert all((array == held.tag).all() for held in self.alive for array in held.arrays)

    @invariant()
    def nothing_was_handed_out_twice(self) -> None:
        places = sorted(held.place for held in self.alive)
        assert all(end <= begin for (_, end), (begin, _) in itertools.pairwise(places))

    @invariant()
    def counts_add_up(self) -> None:
        statistics = self.pool.statistics()
        out = [held.leased for held in self.alive if held.leased]
        assert statistics.leased_bytes == sum(out)
        assert statistics.leases - statistics.returned == len(out)
        assert statistics.leases == self.classes.total()
        assert statistics.refused == self.refused
        assert {size: counts[0] for size, counts in statistics.classes.items()} == self.classes
        assert statistics.idle_bytes <= self.BUDGET
        cold = self.pool._cold.total
        assert statistics.leased_bytes + statistics.idle_bytes + cold in (0, self.RESERVED)
        given = [event for event in log.buffers if event.event == "lease"]
        assert len(given) == statistics.leases
        assert sum(event.reused for event in given) == statistics.reused


TestLeases = Leases.TestCase
TestLeases.settings = settings(max_examples=60, stateful_step_count=40)


def test_threads_share_a_pool(pool: Pool) -> None:
    """Arrays are made by some threads and let go by others; each must hold what was written into it."""
    handed: queue.Queue[tuple[int, NDArray[np.int32]] | None] = queue.Queue(maxsize=20)
    wrong: list[int] = []

    def make(seed: int) -> None:
        rng = random.Random(seed)
        for number in range(300):
            array = pool.empty(rng.randrange(SMALLEST_BYTES, 4 * SMALLEST_BYTES) // 4, np.int32)
            tag = seed * 1000 + number
            array.fill(tag)
            handed.put((tag, array[::2]))
            del array
        handed.put(None)

    def check() -> None:
        while (item := handed.get()) is not None:
            tag, array = item
            if not (array == tag).all():
                wrong.append(tag)
            del item, array

    threads = [threading.Thread(target=make, args=(seed,)) for seed in range(1, 4)]
    threads += [threading.Thread(target=check) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    statistics = pool.statistics()
    assert (statistics.leases, statistics.returned, statistics.leased_bytes) == (900, 900, 0)


# --- what is told -----------------------------------------------------------------------------------------------------


def test_the_table_tells_what_happened(pool: Pool) -> None:
    v2a.perf.clear()
    asked = [300_000, SIZE, 300_000, 3 * SIZE]
    for size in asked:
        pool.empty(size, np.uint8)
    pool.trim()
    table = v2a.perf.buffers()
    assert table.event.tolist() == ["lease"] * 4 + ["give back"]
    assert table.bytes.tolist()[:4] == asked
    assert table.class_bytes.tolist()[:4] == [327_680, SIZE, 327_680, 3 * SIZE]
    assert table.reused.tolist() == [False, False, True, False, False]
    assert table.leased_bytes.tolist() == [327_680, SIZE, 327_680, 3 * SIZE, 0]
    assert table.idle_bytes.tolist()[-1] == 0
    assert table.time_s.is_monotonic_increasing


def test_the_table_agrees_with_who_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    lease = buffers.pool._lease

    def counted(shape: Any, dtype: Any, size: int) -> Any:
        array = lease(shape, dtype, size)
        asked.append(0 if array is None else array.nbytes)
        return array

    v2a.perf.clear()
    monkeypatch.setattr(buffers.pool, "_lease", counted)
    v2a.vectorize("coffee", blur_sigma=1.7)
    table = v2a.perf.buffers()
    assert len(asked) > 3
    assert table[table.event == "lease"].bytes.tolist() == asked


# --- drawings ---------------------------------------------------------------------------------------------------------

BACKENDS = ("edge", "centerline", "superpixel", "dots")


@pytest.mark.parametrize("backend", BACKENDS)
def test_no_drawing_relies_on_what_memory_holds(backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = "lettering" if backend == "centerline" else "shapes"
    choices: dict[str, Any] = {"default": {}, **registry[backend].presets}

    def drawings() -> dict[str, bytes]:
        return {name: v2a.vectorize(picture, backend, **values).to_svg_bytes() for name, values in choices.items()}

    expected = drawings()
    monkeypatch.setattr(buffers.pool, "fills_with_garbage", True)
    assert drawings() == expected


def test_no_lease_leaks_from_a_session(monkeypatch: pytest.MonkeyPatch) -> None:
    cache = StageCache(budget_bytes=6 * MEBIBYTE)
    monkeypatch.setattr(shared_engine, "cache", cache)
    gc.collect()
    before = buffers.pool.statistics()
    with v2a.Session("coffee") as session:
        frames: queue.Queue[Any] = queue.Queue()
        session.on_frame(frames.put)
        for step in range(12):
            session.set(detail=0.2 + 0.05 * step)
            if step % 3 == 0:
                session.set(blur_sigma=1 + 0.1 * step)
                session.cancel()
            if step % 4 == 0:
                assert len(session.drawing)
        session.undo()
        session.set(backend="superpixel")
        assert len(session.drawing)
        assert 0 < cache.bytes <= cache.budget_bytes
    assert buffers.pool.statistics().leases > before.leases + 10
    lane().wait(lane().submit(lambda job: None, Purpose.PRERENDER))  # what was cancelled has ended too
    while not frames.empty():
        frames.get()
    cache.clear()
    del session
    gc.collect()
    after = buffers.pool.statistics()
    assert after.leased_bytes == before.leased_bytes
    assert after.leases - before.leases == after.returned - before.returned


# --- processes --------------------------------------------------------------------------------------------------------

STEADY = """
import json, resource
import numpy as np
import vec2art_nb as v2a
from vec2art_nb import buffers

coffee = np.tile(v2a.samples.load("coffee").pixels, (6, 4, 1))
small, large = (coffee[:side, :side].copy() for side in (1024, 2048))


def draw():
    for picture, regions in ((small, 800), (large, 3200)):
        v2a.vectorize(picture)
        v2a.vectorize(picture, "superpixel", regions=regions)


for _ in range(3):
    draw()
leases, reused, *_ = buffers.pool.statistics()
faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
draw()
faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - faults
print(json.dumps([faults, *np.subtract(buffers.pool.statistics()[:2], (leases, reused)).tolist()]))
"""

FORKED = """
import os
import numpy as np
from vec2art_nb import buffers

array = buffers.full(1 << 20, 1, np.uint8)
idle = buffers.full(1 << 20, 2, np.uint8)
del idle
child = os.fork()
if not child:
    array.fill(3)
    del array
    others = [buffers.full(1 << 20, 4, np.uint8) for _ in range(3)]
    counted = buffers.pool.statistics()
    os._exit(0 if (counted.leases, counted.reused, counted.returned) == (5, 2, 2) else 1)
assert os.waitpid(child, 0)[1] == 0
assert (array == 1).all()
assert (buffers.empty(1 << 20, np.uint8) == 2).all()
assert buffers.pool.statistics()[:3] == (3, 1, 2)
"""

AT_EXIT = """
import numpy as np
import vec2art_nb.buffers

class Late:
    def __del__(self):
        self.array.fill(2)
        del self.array

late = Late()
late.array = vec2art_nb.buffers.zeros(1 << 20, np.uint8)
late.self = late
"""


def run(script: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, **environment}, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    return done.stdout


def test_a_drawing_gets_its_memory_from_the_one_before() -> None:
    without, leases, _ = json.loads(run(STEADY, VEC2ART_NB_BUFFERS="0"))
    assert leases == 0
    faults, leases, reused = json.loads(run(STEADY, VEC2ART_NB_BUFFERS="1"))
    assert reused >= 0.9 * leases > 0
    assert without >= 5 * max(faults, 1)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_has_a_pool_of_its_own() -> None:
    run(FORKED)


def test_arrays_may_outlive_the_interpreter() -> None:
    run(AT_EXIT)


@pytest.mark.parametrize(("value", "enabled"), [("0", False), ("off", False), ("1", True), ("", True)])
def test_the_environment_switches_it_off(value: str, enabled: bool) -> None:
    script = "from vec2art_nb import buffers; print(buffers.pool.enabled)"
    assert run(script, VEC2ART_NB_BUFFERS=value).strip() == str(enabled)
