"""Results in one SQLite file: bytes by digest, with a bound, for several processes at once.

SQLite, because it is in the standard library, and because it holds together when processes are killed and notices when
bytes were changed. Of 5 MB it reads a result in 1.5 to 4 ms; LMDB took 0.5, which is worth no dependency.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path
from typing import NamedTuple

import xxhash

# Another layout is another file, so that no version reads what it does not know.
FILE_NAME = "results-1.sqlite3"

# Larger pages are read faster, and waste more behind the last byte of a result.
_PAGE_BYTES = 16_384

# The log of what is not yet in the file proper is folded in when it has so many pages.
_LOG_PAGES = 256

# Of the budget, what results may take; the rest is for that log and for how SQLite keeps its books.
_SHARE_FOR_RESULTS = 0.8

# Of the budget, what a single result may take.
_SHARE_FOR_ONE = 0.1

# How long another process is waited for: a render must not wait, the writing thread may.
_PATIENCE_S = {"read": 0.05, "write": 5.0}

_LAYOUT = """
create table if not exists results (
    number integer primary key, digest blob not null unique, stage text not null, size integer not null,
    milliseconds real not null, cost real not null, worth real not null, asked_s real not null,
    checksum blob not null, data blob not null
);
create index if not exists by_worth on results (worth, asked_s, size);
create table if not exists clock (only integer primary key check (only = 1), worth real not null);
insert or ignore into clock values (1, 0);
"""


class Found(NamedTuple):
    """A result as it was written: its bytes, and the milliseconds that it took to make."""

    data: bytes
    milliseconds: float


class Evicted(NamedTuple):
    """A result that had to go: whose it was, the bytes that it took, the milliseconds that it had taken to make."""

    stage: str
    bytes: int
    milliseconds: float


class Totals(NamedTuple):
    """What the file holds: bytes of results, rounded up to pages, and how many there are."""

    bytes: int
    entries: int


class DamagedError(Exception):
    """A result that is no longer what was written."""


class Store:
    """Reads and writes on two connections, each with a lock of its own, so that a reader never waits for the writer.

    When there is no room, the results go whose making cost least for the bytes that they hold and that were not asked
    for in a long time: GreedyDual-Size (Cao, Irani 1997, USENIX Symposium on Internet Technologies and Systems).

    Raises
    ------
    sqlite3.Error, OSError
        Whatever goes wrong, from here and from every method.
    """

    def __init__(self, folder: Path, budget_bytes: int) -> None:
        self.path = folder / FILE_NAME
        self._budget = budget_bytes
        self._is_shrunk = False
        self.reading, self.writing = threading.Lock(), threading.Lock()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._writer = self._connection("write")
        try:
            # Only a new file is written to, which could mean waiting for another process.
            if not self._writer.execute("select 1 from sqlite_master where name = 'clock'").fetchone():
                self._writer.executescript(_LAYOUT)
            self._reader = self._connection("read")
        except BaseException:
            self._writer.close()
            raise

    def _connection(self, purpose: str) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=_PATIENCE_S[purpose], isolation_level=None, check_same_thread=False
        )
        try:
            for setting in (
                f"page_size = {_PAGE_BYTES}",
                "auto_vacuum = incremental",
                "journal_mode = wal",
                # What the system had not written when the power went is lost, but nothing else is.
                "synchronous = normal",
                f"wal_autocheckpoint = {_LOG_PAGES}",
                f"journal_size_limit = {_LOG_PAGES * _PAGE_BYTES}",
            ):
                connection.execute(f"pragma {setting}").fetchall()
        except BaseException:
            connection.close()
            raise
        return connection

    def read(self, digest: bytes) -> Found | None:
        """What was written under a digest.

        Raises
        ------
        DamagedError
            When it is not what was written.
        """
        with self.reading:
            row = self._reader.execute(
                "select data, milliseconds, checksum from results where digest = ?", (digest,)
            ).fetchone()
        if row is None:
            return None
        data, milliseconds, checksum = row
        if type(data) is not bytes or type(milliseconds) is not float or checksum != _checksum(digest, data):
            raise DamagedError
        return Found(data, milliseconds)

    def has_room_for(self, size: int) -> bool:
        """Whether so many bytes are no larger part of the budget than one result may be."""
        return size <= self._budget * _SHARE_FOR_ONE

    def write(
        self, digest: bytes, stage: str, data: bytes | bytearray, milliseconds: float, cost: float
    ) -> list[Evicted]:
        """Keep bytes under a digest; returns what had to go for it.

        ``milliseconds`` is what they took to make; ``cost`` is what it would be to be without them.
        """
        if not self.path.exists():  # SQLite would go on in a file that no longer has a name
            raise FileNotFoundError(f"{self.path} is gone")
        with self.writing:
            self._writer.execute("begin immediate")
            try:
                evicted = self._write(digest, stage, data, milliseconds, cost)
                self._writer.execute("commit")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("rollback")
                raise
            if not self._is_shrunk:
                self._shrink()
                self._is_shrunk = True
            return evicted

    def _write(
        self, digest: bytes, stage: str, data: bytes | bytearray, milliseconds: float, cost: float
    ) -> list[Evicted]:
        if self._writer.execute("select 1 from results where digest = ?", (digest,)).fetchone():
            return []
        size = -(-len(data) // _PAGE_BYTES) * _PAGE_BYTES
        evicted = self._make_room(size)
        self._writer.execute(
            "insert into results (digest, stage, size, milliseconds, cost, worth, asked_s, checksum, data)"
            " values (?1, ?2, ?3, ?4, ?5, (select worth from clock) + ?5 / ?3, ?6, ?7, ?8)",
            (digest, stage, size, milliseconds, cost, time.time(), _checksum(digest, data), data),
        )
        return evicted

    def _make_room(self, size: int) -> list[Evicted]:
        held, _ = self._totals()
        gone: list[int] = []
        evicted: list[Evicted] = []
        least = 0.0
        for number, worth, *told in self._writer.execute(
            "select number, worth, stage, size, milliseconds from results order by worth, asked_s"
        ):
            if held + size <= self._budget * _SHARE_FOR_RESULTS:
                break
            least = worth
            gone.append(number)
            evicted.append(Evicted(*told))
            held -= evicted[-1].bytes
        if gone:
            self._writer.executemany("delete from results where number = ?", [(number,) for number in gone])
            # What is asked for or written from now on is worth more than what just went.
            self._writer.execute("update clock set worth = ?", (least,))
        return evicted

    def _shrink(self) -> None:
        """Give back what an earlier, larger budget had taken."""
        (pages,) = self._writer.execute("pragma page_count").fetchone()
        if pages * _PAGE_BYTES > self._budget:
            # As a script, since `execute` would do one step of many: a page.
            self._writer.executescript("pragma incremental_vacuum; pragma wal_checkpoint(truncate)")

    def touch(self, digest: bytes) -> None:
        """It was asked for, so it counts as if it had been written now."""
        with self.writing:
            self._writer.execute(
                "update results set worth = (select worth from clock) + cost / size, asked_s = ? where digest = ?",
                (time.time(), digest),
            )

    def remove(self, digest: bytes) -> None:
        with self.writing:
            self._writer.execute("delete from results where digest = ?", (digest,))

    def totals(self) -> Totals:
        with self.writing:
            return self._totals()

    def _totals(self) -> Totals:
        return Totals(*self._writer.execute("select coalesce(sum(size), 0), count(*) from results").fetchone())

    def close(self) -> None:
        with self.writing, self.reading:
            self._reader.close()
            self._writer.close()


def remove_store(folder: Path) -> None:
    """Delete the file and its log."""
    for ending in ("", "-wal", "-shm"):
        (folder / f"{FILE_NAME}{ending}").unlink(missing_ok=True)


def is_damage(error: Exception) -> bool:
    """Whether SQLite says that the file is not what it wrote, or our tables are not in it."""
    code = getattr(error, "sqlite_errorcode", None) or 0
    return code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)


def is_contention(error: Exception) -> bool:
    """Whether another process was in the way for too long."""
    code = getattr(error, "sqlite_errorcode", None) or 0
    return code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _checksum(digest: bytes, data: bytes | bytearray) -> bytes:
    # With the digest, so that no damage to the index passes off one result for another.
    hashing = xxhash.xxh3_128(digest)
    hashing.update(data)
    return hashing.digest()
