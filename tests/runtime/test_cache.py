from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
import pytest

from vec2art_nb.perf.log import log
from vec2art_nb.runtime.cache import StageCache, result_bytes


@dataclass
class Pair:
    one: np.ndarray
    two: np.ndarray
    name: str = "x"


def test_bytes_count_each_array_once() -> None:
    array = np.zeros(1000, np.float32)
    assert result_bytes(Pair(array, np.zeros(10, np.uint8))) == 4010
    assert result_bytes((array, [Pair(array, array)])) == 4000
    assert result_bytes("no arrays") == 0


def test_the_budget_is_never_exceeded_and_the_least_recently_used_goes_first() -> None:
    cache = StageCache(budget_bytes=10_000)
    for name in ("a", "b"):
        cache.put(name, name, 3000)
    assert cache.get("a") == ("a", 3000)
    cache.release(["a"])
    cache.put("c", "c", 3000)
    assert cache.get("b") is None
    assert cache.get("a") is not None
    assert cache.get("c") is not None
    assert cache.bytes <= cache.budget_bytes


def test_a_result_larger_than_the_budget_is_not_kept_and_evicts_nothing() -> None:
    cache = StageCache(budget_bytes=10_000)
    cache.put("small", 1, 100)
    cache.put("huge", 2, 50_000)
    assert cache.get("huge") is None
    assert cache.get("small") == (1, 100)


def test_what_may_evict_nothing_is_kept_only_while_there_is_room() -> None:
    cache = StageCache(budget_bytes=10_000)
    cache.put("wanted", 1, 5000)
    cache.put("guess", 2, 2000, may_evict=False)
    cache.put("another", 3, 2000, may_evict=False)
    assert "wanted" in cache
    assert "guess" in cache
    assert "another" not in cache


def test_asking_whether_a_result_is_there_keeps_it_no_longer() -> None:
    cache = StageCache(budget_bytes=10_000)
    cache.put("old", 1, 3000)
    cache.put("new", 2, 3000)
    assert "old" in cache
    cache.put("newest", 3, 3000)
    assert "old" not in cache
    assert "new" in cache


def test_clear_forgets_everything() -> None:
    cache = StageCache(budget_bytes=10_000)
    cache.put("small", 1, 100)
    cache.clear()
    assert len(cache) == 0
    assert cache.bytes == 0


def test_what_is_cheap_to_make_again_for_its_room_goes_first() -> None:
    cache = StageCache(budget_bytes=10_000)
    cache.put("dear", 1, 3000, milliseconds=100)
    cache.put("cheap", 2, 3000, milliseconds=1)
    cache.put("small", 3, 100, milliseconds=1)
    cache.put("newest", 4, 3000, milliseconds=2)
    assert [name for name in ("dear", "cheap", "small", "newest") if name in cache] == ["dear", "small", "newest"]


def test_what_was_dear_is_not_kept_for_ever_when_nobody_asks_for_it() -> None:
    cache = StageCache(budget_bytes=10_000)
    cache.put("dear", 1, 3000, milliseconds=100)
    for number in range(200):
        cache.put(number, number, 3000, milliseconds=10)
    assert "dear" not in cache


def test_what_is_asked_for_again_and_again_stays() -> None:
    cache = StageCache(budget_bytes=10_000)
    cache.put("asked", 1, 3000, milliseconds=10)
    for number in range(200):
        cache.put(number, number, 3000, milliseconds=10)
        assert cache.get("asked") == (1, 3000)
        cache.release(["asked"])


def test_what_is_in_use_does_not_go_and_what_then_finds_no_room_is_not_kept() -> None:
    cache = StageCache(budget_bytes=10_000)
    for name in ("a", "b"):
        cache.put(name, name, 3000)
        cache.get(name)
    cache.put("c", "c", 3000)
    assert "c" not in cache
    cache.release(["a"])
    cache.put("c", "c", 3000)
    assert [name for name in "abc" if name in cache] == ["b", "c"]
    cache.release(["b", "b", "never"])
    cache.put("d", "d", 6000)
    assert cache.bytes <= cache.budget_bytes
    assert "d" in cache


def test_a_smaller_budget_holds_at_once() -> None:
    cache = StageCache(budget_bytes=100_000)
    for number in range(20):
        cache.put(number, number, 3000, milliseconds=number)
    cache.budget_bytes = 9_000
    assert cache.bytes <= 9_000
    assert [number for number in range(20) if number in cache] == [18, 19]


def test_the_log_says_what_became_of_each_result() -> None:
    log.clear()
    cache = StageCache(budget_bytes=10_000)
    cache.get("a", "edges")
    cache.put("a", 1, 3000, stage="edges", milliseconds=2)
    cache.get("a", "edges")
    cache.release("a")
    cache.put("b", 2, 3000, stage="lines", milliseconds=5)
    cache.put("guess", 3, 6000, stage="lines", milliseconds=5, may_evict=False)
    cache.put("c", 3, 4900, stage="drawing", milliseconds=9)
    events = list(log.cache)
    assert [(event.event, event.stage, event.bytes, event.ms) for event in events] == [
        ("miss", "edges", 0, 0),
        ("keep", "edges", 3000, 2),
        ("hit", "edges", 3000, 2),
        ("keep", "lines", 3000, 5),
        ("refuse", "lines", 6000, 5),
        ("evict", "edges", 3000, 2),
        ("keep", "drawing", 4900, 9),
    ]
    assert [event.entries for event in events] == [0, 1, 1, 2, 2, 1, 2]
    assert [event.held_bytes // 1000 for event in events] == [0, 4, 4, 8, 8, 4, 9]
    assert {event.tier for event in events} == {"memory"}


@pytest.mark.parametrize("seed", range(5))
def test_whatever_happens_the_books_are_right(seed: int) -> None:
    """Random use, against what is really there."""
    chance = random.Random(seed)
    cache = StageCache(budget_bytes=50_000)
    held: list[int] = []
    sizes: dict[int, int] = {}
    for _ in range(3000):
        key = chance.randrange(60)
        action = chance.random()
        if action < 0.5:
            size = sizes.get(key, chance.randrange(1, 20_000)) if key in cache else chance.randrange(1, 20_000)
            if key not in cache:
                sizes[key] = size
            cache.put(key, key, size, milliseconds=chance.random() * 100, may_evict=chance.random() < 0.8)
        elif action < 0.8:
            if cache.get(key) is not None:
                held.append(key)
        elif action < 0.99 and held:
            cache.release([held.pop(chance.randrange(len(held)))])
        elif action >= 0.99:
            cache.budget_bytes = chance.choice([20_000, 50_000, 80_000])
        there = [key for key in range(60) if key in cache]
        assert len(there) == len(cache)
        assert cache.bytes == sum(sizes[key] + 1024 for key in there)
        assert set(held) <= set(there), "what is in use stays"
        in_use = sum(sizes[key] + 1024 for key in set(held))
        assert cache.bytes <= max(cache.budget_bytes, in_use)
