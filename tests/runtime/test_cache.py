from __future__ import annotations

from dataclasses import dataclass

import numpy as np

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
