from __future__ import annotations

import logging
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vec2art_nb.backends import registry
from vec2art_nb.backends.dots import Dots
from vec2art_nb.drawing import Drawing, PathLayer, Style
from vec2art_nb.graph import Key, Stage
from vec2art_nb.perf.log import log
from vec2art_nb.runtime import digests, disk, disk_store
from vec2art_nb.runtime.digests import key_digest
from vec2art_nb.runtime.disk import DiskTier
from vec2art_nb.runtime.disk_store import FILE_NAME, Store

SLOW_MS = 1e4


@pytest.fixture(autouse=True)
def nobody_edits_the_source(monkeypatch: pytest.MonkeyPatch) -> None:
    """Though somebody may while the tests run."""
    monkeypatch.setattr(digests, "_LOADED_AT_S", float("inf"))


def stage_named(name: str) -> Stage:
    return registry["dots"].graph.stages[name]


def key_of(value: int, name: str = "dots") -> Key:
    return Key(stage_named(name), (value,), (("0" * 32, 1.0),))


def result_of(value: int, dots: int = 1000) -> Dots:
    """What stands under a key: no two are alike."""
    chance = np.random.default_rng(value)
    return Dots(chance.random((dots, 2), np.float32), chance.random(dots, np.float32))


def is_result_of(value: int, found: tuple[Any, int]) -> bool:
    """Whether what was found is what was kept, to the last bit."""
    result, size = found
    wanted = result_of(value, len(result.radii))
    return (
        type(result) is Dots
        and size == result.centers.nbytes + result.radii.nbytes
        and result.centers.tobytes() == wanted.centers.tobytes()
        and result.radii.tobytes() == wanted.radii.tobytes()
    )


def drawing_of(count: int) -> Drawing:
    points = np.random.default_rng(count).random((2 * count, 2), np.float32)
    offsets = np.arange(0, 2 * count + 1, 2, dtype=np.int64)
    codes = np.tile(np.array([1, 2], np.uint8), count)
    layer = PathLayer("lines", points, codes, offsets, np.zeros(count, np.int32), np.zeros(count, np.bool_))
    return Drawing((10, 10), (layer,), (Style("#000000"),))


@pytest.fixture
def new_tier(tmp_path: Path) -> Iterator[Callable[..., DiskTier]]:
    made: list[DiskTier] = []

    def new(**arguments: Any) -> DiskTier:
        made.append(DiskTier(**{"folder": tmp_path / "kept", "budget_bytes": 64 << 20, **arguments}))
        return made[-1]

    yield new
    for tier in made:
        tier.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "kept" / FILE_NAME


def fill(tier: DiskTier, values: range, dots: int = 1000) -> None:
    for value in values:
        tier.put(key_of(value), result_of(value, dots), SLOW_MS)
        tier.flush()


# --- what is kept -----------------------------------------------------------------------------------------------------


def test_what_one_kernel_kept_the_next_one_finds(new_tier: Callable[..., DiskTier]) -> None:
    first = new_tier()
    assert first.get(key_of(1)) is None
    fill(first, range(3))
    first.close()
    second = new_tier()
    for value in range(3):
        found = second.get(key_of(value))
        assert found is not None and is_result_of(value, found)
        assert not found[0].centers.flags.writeable
    assert second.get(key_of(3)) is None
    seen = second.statistics()
    assert (seen.hits, seen.misses, seen.written, seen.entries) == (3, 1, 0, 3)
    assert seen.saved_ms > 0 and not seen.off
    assert first.statistics().written == 3 and first.statistics().misses == 1


def test_the_event_log_tells_of_it(new_tier: Callable[..., DiskTier]) -> None:
    log.cache.clear()
    tier = new_tier(budget_bytes=1 << 20)
    tier.get(key_of(1))
    fill(tier, range(1, 2))
    tier.get(key_of(1))
    tier.put(key_of(2), result_of(2, 100_000), SLOW_MS)
    tier.flush()
    events = [event for event in log.cache if event.tier == "disk"]
    assert [event.event for event in events] == ["miss", "keep", "hit", "refuse"]
    assert {event.stage for event in events} == {"dots"}
    _, keep, hit, refuse = events
    assert keep.bytes == hit.bytes == 12_000 and refuse.bytes == 1_200_000
    assert keep.entries == hit.entries == 1 and hit.held_bytes >= 12_000
    assert keep.ms == SLOW_MS and 0 < hit.ms < SLOW_MS


def test_only_what_takes_longer_to_make_than_to_read_is_kept_but_drawings_always(
    new_tier: Callable[..., DiskTier],
) -> None:
    tier = new_tier()
    tier.put(key_of(1), result_of(1), 0.5)
    tier.put(key_of(2), result_of(2, 300_000), 5.0)
    tier.put(key_of(3), result_of(3), 5.0)
    tier.put(key_of(4, "drawing"), drawing_of(9), 0.01)
    tier.flush()
    assert [tier.get(key_of(value)) is not None for value in (1, 2, 3)] == [False, False, True]
    assert tier.get(key_of(4, "drawing")) is not None


def test_what_cannot_be_packed_or_is_not_ours_is_not_kept(new_tier: Callable[..., DiskTier]) -> None:
    tier = new_tier()
    tier.put(key_of(1), Dots(np.array([object()]), np.zeros(1, np.float32)), SLOW_MS)
    tier.put("no key", result_of(1), SLOW_MS)
    foreign = Key(Stage.of(result_of), (1,), (("0" * 32, 1.0),))
    tier.put(foreign, result_of(1), SLOW_MS)
    assert tier.get(foreign) is None
    tier.flush()
    assert tier.statistics().refused == 1
    assert tier.get(key_of(1)) is None and tier.get("no key") is None
    assert not tier.statistics().off


def test_another_version_of_the_source_is_a_miss(
    new_tier: Callable[..., DiskTier], monkeypatch: pytest.MonkeyPatch
) -> None:
    tier = new_tier()
    fill(tier, range(1))
    monkeypatch.setattr(digests, "source_digest", lambda: b"another version!")
    assert tier.get(key_of(0)) is None
    monkeypatch.undo()
    assert tier.get(key_of(0)) is not None


def test_after_a_change_of_the_source_nothing_is_written(
    new_tier: Callable[..., DiskTier], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tier = new_tier()
    fill(tier, range(1))
    monkeypatch.setattr(disk, "source_is_as_loaded", lambda: False)
    fill(tier, range(1, 3))
    assert "changed since it was loaded" in tier.statistics().off
    assert len(caplog.records) == 1
    assert new_tier().get(key_of(1)) is None


def test_the_folder_comes_from_the_environment_and_is_the_users_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VEC2ART_NB_CACHE_DIR", str(tmp_path / "mine"))
    tier = DiskTier()
    assert not (tmp_path / "mine").exists()  # only when it is used
    fill(tier, range(1))
    assert (tmp_path / "mine" / FILE_NAME).exists()
    if os.name == "posix":
        assert (tmp_path / "mine").stat().st_mode & 0o077 == 0
    tier.close()


# --- bounds -----------------------------------------------------------------------------------------------------------


def test_the_budget_is_kept(new_tier: Callable[..., DiskTier], file: Path) -> None:
    log.cache.clear()
    budget = 32 << 20
    tier = new_tier(budget_bytes=budget)
    largest = 0
    for value in range(60):
        fill(tier, range(value, value + 1), dots=100_000)
        largest = max(largest, sum(path.stat().st_size for path in file.parent.iterdir()))
    seen = tier.statistics()
    assert seen.written == 60 and seen.evicted == 60 - seen.entries
    assert 0.6 * budget < seen.held_bytes < largest <= budget
    gone = [event for event in log.cache if event.tier == "disk" and event.event == "evict"]
    assert len(gone) == seen.evicted
    assert {(event.stage, event.ms) for event in gone} == {("dots", SLOW_MS)}
    tier.close()

    smaller = new_tier(budget_bytes=8 << 20)
    fill(smaller, range(60, 61))
    smaller.close()
    assert file.stat().st_size <= 8 << 20


def test_what_is_asked_for_and_what_is_costly_stays_longest(new_tier: Callable[..., DiskTier]) -> None:
    tier = new_tier(budget_bytes=16 << 20)
    tier.put(key_of(0), result_of(0, 100_000), SLOW_MS * 100)
    fill(tier, range(1, 3), dots=100_000)
    for value in range(3, 30):
        fill(tier, range(value, value + 1), dots=100_000)
        assert tier.get(key_of(1)) is not None
        tier.flush()
    assert tier.get(key_of(0)) is not None and tier.get(key_of(2)) is None and tier.get(key_of(29)) is not None


def test_what_cost_much_once_does_not_stay_for_ever(new_tier: Callable[..., DiskTier]) -> None:
    tier = new_tier(budget_bytes=16 << 20)
    tier.put(key_of(0), result_of(0, 100_000), SLOW_MS * 3)
    fill(tier, range(1, 60), dots=100_000)
    assert tier.get(key_of(0)) is None


def test_no_caller_waits_for_the_disk_and_too_much_at_once_is_dropped(
    new_tier: Callable[..., DiskTier], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, gate = threading.Event(), threading.Event()
    write = Store.write

    def held_up(self: Store, *arguments: Any) -> list[disk_store.Evicted]:
        begun.set()
        assert gate.wait(60)
        return write(self, *arguments)

    monkeypatch.setattr(Store, "write", held_up)
    monkeypatch.setattr(disk, "_WAITING_BYTES", 40_000)
    tier = new_tier()
    tier.put(key_of(0), result_of(0), SLOW_MS)
    assert begun.wait(60)
    for value in range(1, 10):
        tier.put(key_of(value), result_of(value), SLOW_MS)  # returns though nothing can be written
    assert tier.get(key_of(1)) is None  # nor does reading wait
    assert tier.statistics().refused == 7
    assert not tier.flush(timeout_s=0.01)
    gate.set()
    assert tier.flush(timeout_s=60)
    assert [tier.get(key_of(value)) is not None for value in range(10)] == [True] * 3 + [False] * 7


def test_a_tier_that_was_closed_finds_and_keeps_nothing(new_tier: Callable[..., DiskTier]) -> None:
    tier = new_tier()
    fill(tier, range(1))
    tier.close()
    tier.close()
    tier.put(key_of(1), result_of(1), SLOW_MS)
    assert tier.get(key_of(0)) is None and tier.flush()
    assert not tier.statistics().off


def test_what_waits_when_the_process_ends_is_written(tmp_path: Path, new_tier: Callable[..., DiskTier]) -> None:
    _told(_process(tmp_path / "kept", "for value in range(20): tier.put(key_of(value), result_of(value), SLOW_MS)"))
    tier = new_tier()
    assert all(tier.get(key_of(value)) for value in range(20))


# --- damage -----------------------------------------------------------------------------------------------------------


def test_a_result_with_any_changed_byte_is_a_miss_and_goes(new_tier: Callable[..., DiskTier], file: Path) -> None:
    chance = random.Random(1)
    for _ in range(25):
        tier = new_tier()
        fill(tier, range(1))
        tier.close()
        with sqlite3.connect(file) as connection:
            (data,) = connection.execute("select data from results").fetchone()
            at = chance.randrange(len(data))
            damaged = data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]
            connection.execute("update results set data = ?", (damaged,))
        connection.close()
        tier = new_tier()
        assert tier.get(key_of(0)) is None
        assert tier.statistics().damaged == 1
        tier.flush()
        fill(tier, range(1))  # there is room for the true one again
        found = tier.get(key_of(0))
        assert found is not None and is_result_of(0, found)
        tier.close()


def test_a_result_that_stands_under_anothers_key_is_a_miss(new_tier: Callable[..., DiskTier], file: Path) -> None:
    tier = new_tier()
    fill(tier, range(2))
    tier.close()
    one, other = key_digest(key_of(0)), key_digest(key_of(1))
    with sqlite3.connect(file) as connection:
        connection.execute("update results set digest = x'00' where digest = ?", (one,))
        connection.execute("update results set digest = ? where digest = ?", (one, other))
    connection.close()
    assert new_tier().get(key_of(0)) is None


@pytest.mark.parametrize("seed", range(30))
def test_changed_bytes_anywhere_in_the_file_never_give_a_wrong_result(
    new_tier: Callable[..., DiskTier], file: Path, seed: int
) -> None:
    chance = random.Random(seed)
    tier = new_tier()
    fill(tier, range(12), dots=chance.choice((50, 3_000)))
    tier.close()
    content = bytearray(file.read_bytes())
    for _ in range(chance.choice((1, 20, 400))):
        # The beginnings of pages, where SQLite keeps its books, as often as the rest.
        page = chance.randrange(len(content) // 16_384) * 16_384
        content[page + chance.randrange(chance.choice((100, 16_384)))] = chance.randrange(256)
    file.write_bytes(content[: len(content) - chance.choice((0, 0, 0, 10_000))])
    tier = new_tier()
    for value in range(12):
        found = tier.get(key_of(value))
        assert found is None or is_result_of(value, found)
    fill(tier, range(12, 24))
    for value in range(24):
        found = tier.get(key_of(value))
        assert found is None or is_result_of(value, found)


def test_a_file_without_our_tables_is_begun_anew(new_tier: Callable[..., DiskTier], file: Path) -> None:
    fill(tier := new_tier(), range(1))
    tier.close()
    with sqlite3.connect(file) as connection:
        connection.execute("drop table results")
    connection.close()
    tier = new_tier()
    assert tier.get(key_of(0)) is None
    fill(tier, range(1))
    assert tier.get(key_of(0)) is not None


@pytest.mark.parametrize("content", [b"", b"no database " * 10_000, bytes(100_000)], ids=["empty", "text", "zeros"])
def test_a_file_that_is_no_database_is_begun_anew(
    new_tier: Callable[..., DiskTier], file: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    tier = new_tier()
    assert tier.get(key_of(0)) is None
    fill(tier, range(1))
    assert tier.get(key_of(0)) is not None
    assert not caplog.records


def test_damage_that_comes_back_turns_it_off(
    new_tier: Callable[..., DiskTier], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def damaged(self: Store, digest: bytes) -> None:
        error = sqlite3.DatabaseError("malformed")
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error

    monkeypatch.setattr(Store, "read", damaged)
    tier = new_tier()
    assert [tier.get(key_of(0)) for _ in range(10)] == [None] * 10
    assert "malformed" in tier.statistics().off
    assert len(caplog.records) == 1


# --- a disk that does not do ------------------------------------------------------------------------------------------


def _is_off_after_one_warning(tier: DiskTier, caplog: pytest.LogCaptureFixture) -> bool:
    for value in range(3):
        assert tier.get(key_of(value)) is None
        tier.put(key_of(value), result_of(value), SLOW_MS)
        tier.flush()
    said = [record for record in caplog.records if record.levelno == logging.WARNING]
    return bool(tier.statistics().off) and len(said) == 1 and "drawings are not affected" in said[0].getMessage()


def test_a_folder_that_cannot_be_made_turns_it_off(
    new_tier: Callable[..., DiskTier], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "a file").write_bytes(b"")
    assert _is_off_after_one_warning(new_tier(folder=tmp_path / "a file" / "below"), caplog)


def test_a_folder_that_is_deleted_turns_it_off(
    new_tier: Callable[..., DiskTier], file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    tier = new_tier()
    fill(tier, range(5, 6))
    for path in file.parent.iterdir():
        path.unlink()
    file.parent.rmdir()
    assert _is_off_after_one_warning(tier, caplog)
    assert not file.parent.exists()


@pytest.mark.parametrize("code", [sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY])
def test_a_disk_that_is_full_fails_or_is_read_only_turns_it_off(
    new_tier: Callable[..., DiskTier],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    code: int,
) -> None:
    def fail(self: Store, *_: object) -> None:
        error = sqlite3.OperationalError("no")
        error.sqlite_errorcode = code
        raise error

    monkeypatch.setattr(Store, "_write", fail)
    assert _is_off_after_one_warning(new_tier(), caplog)


def test_a_file_that_may_only_be_read_turns_it_off(
    tmp_path: Path, new_tier: Callable[..., DiskTier], file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fill(tier := new_tier(), range(7, 8))
    tier.close()
    file.chmod(0o444)
    file.parent.chmod(0o555)
    if os.access(file, os.W_OK):  # root may write to everything; SQLite is told what others are told
        uri = f"file:{file}?mode=ro"
        connect = sqlite3.connect
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sqlite3, "connect", lambda _, **settings: connect(uri, uri=True, **settings))
            assert _is_off_after_one_warning(new_tier(), caplog)
    else:
        assert _is_off_after_one_warning(new_tier(), caplog)
    file.parent.chmod(0o755)


def test_another_process_that_is_in_the_way_costs_a_result_and_no_more(
    new_tier: Callable[..., DiskTier], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(disk_store._PATIENCE_S, "write", 0.01)
    tier = new_tier()
    fill(tier, range(1))
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("begin immediate")
    fill(tier, range(1, 2))
    assert tier.get(key_of(0)) is not None  # readers do not mind
    other.execute("rollback")
    other.close()
    fill(tier, range(2, 3))
    assert [tier.get(key_of(value)) is not None for value in range(3)] == [True, False, True]
    assert not tier.statistics().off


# --- several processes ------------------------------------------------------------------------------------------------

_PRELUDE = f"""
import importlib.util, sys
spec = importlib.util.spec_from_file_location("test_disk", {__file__!r})
module = importlib.util.module_from_spec(spec)
sys.modules["test_disk"] = module
spec.loader.exec_module(module)
from test_disk import *
from pathlib import Path
"""


def _process(folder: Path, script: str) -> subprocess.Popen[str]:
    start = f"{_PRELUDE}\ntier = DiskTier(Path({str(folder)!r}), 32 << 20)\n{script}"
    return subprocess.Popen([sys.executable, "-c", start], stdout=subprocess.PIPE, text=True)


def _told(process: subprocess.Popen[str]) -> str:
    try:
        told, _ = process.communicate(timeout=60)
    finally:
        process.kill()  # one that hangs must not outlive the test
    assert process.returncode == 0
    return told


_BOTH_WAYS = """
import random
chance = random.Random({seed})
found = 0
for _ in range(300):
    value = chance.randrange(60)
    hit = tier.get(key_of(value))
    if hit is None:
        tier.put(key_of(value), result_of(value, 20_000), SLOW_MS)
        tier.flush()
    else:
        found += 1
        assert is_result_of(value, hit)
tier.close()
seen = tier.statistics()
assert not seen.off and not seen.damaged, seen
print(found)
"""


def test_processes_write_and_read_at_once(tmp_path: Path) -> None:
    processes = [_process(tmp_path / "kept", _BOTH_WAYS.format(seed=seed)) for seed in range(2)]
    assert sum(int(_told(process)) for process in processes) > 450  # of 600: what one has written the other finds


@pytest.mark.parametrize("writes", [1, 3, 10])
def test_a_process_that_is_killed_while_it_writes_harms_nobody(
    tmp_path: Path, new_tier: Callable[..., DiskTier], writes: int
) -> None:
    tier = new_tier()
    fill(tier, range(3))
    # In the middle of a transaction: the bytes are in the file's log, the commit is not.
    script = f"""
import os
count = 0
make_room = module.Store._make_room
def held_up(self, size):
    global count
    count += 1
    if count == {writes}:
        row = [bytes(16), "", 1, 1, 1, 1, 1, bytes(16), bytes(8_000_000)]
        self._writer.execute("insert into results values (null, " + ", ".join("?" * 9) + ")", row)
        print("writing", flush=True)
        import time; time.sleep(600)
    return make_room(self, size)
module.Store._make_room = held_up
for value in range(100, 120):
    tier.put(key_of(value), result_of(value, 20_000), SLOW_MS)
tier.flush()
"""
    process = _process(tmp_path / "kept", script)
    assert process.stdout is not None and process.stdout.readline() == "writing\n"
    process.send_signal(signal.SIGKILL)
    process.wait(60)
    process.stdout.close()
    for reader in (tier, new_tier()):
        for value in (*range(3), *range(100, 120)):
            found = reader.get(key_of(value))
            assert (found is not None) == (value < 100 + writes - 1)
            assert found is None or is_result_of(value, found)
    fill(tier, range(200, 203))
    assert new_tier().get(key_of(202)) is not None
    assert not tier.statistics().off and tier.statistics().entries == 6 + writes - 1


def test_a_forked_child_goes_without_and_its_parent_goes_on(tmp_path: Path) -> None:
    script = """
import os, threading
module.fill(tier, range(5))
stop = threading.Event()
def write():
    value = 1000
    while not stop.is_set():
        tier.put(key_of(value), result_of(value), SLOW_MS)
        value += 1
        tier.get(key_of(3))
thread = threading.Thread(target=write)
thread.start()
for _ in range(20):
    child = os.fork()
    if not child:
        assert tier.get(key_of(1)) is None
        tier.put(key_of(1), result_of(1), SLOW_MS)
        assert tier.flush()
        tier.close()
        os._exit(7)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    assert is_result_of(2, tier.get(key_of(2)))
stop.set()
thread.join()
tier.close()
assert not tier.statistics().off and not tier.statistics().damaged, tier.statistics()
print("well")
"""
    assert _told(_process(tmp_path / "kept", script)) == "well\n"


def test_several_threads_ask_and_keep_at_once(new_tier: Callable[..., DiskTier]) -> None:
    tier = new_tier()
    wrong: list[int] = []

    def work(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(100):
            value = chance.randrange(30)
            found = tier.get(key_of(value))
            if found is None:
                tier.put(key_of(value), result_of(value), SLOW_MS)
                tier.flush()
            elif not is_result_of(value, found):
                wrong.append(value)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seen = tier.statistics()
    assert not wrong and seen.hits > 200 and seen.hits + seen.misses == 400 and not seen.off


# --- what it is for ---------------------------------------------------------------------------------------------------


def test_a_drawing_comes_from_disk_without_the_compiler(tmp_path: Path) -> None:
    keep = "tier.put(key_of(1, 'drawing'), drawing_of(500), 1.0)"
    ask = "found = tier.get(key_of(1, 'drawing')); print(found[0]); assert 'numba' not in sys.modules"
    _told(_process(tmp_path / "kept", keep))
    assert "500 paths, 1000 points" in _told(_process(tmp_path / "kept", ask))
