"""A ring of events: the newest so many of one kind, packed into memory of fixed size. Standard library only."""

from __future__ import annotations

import struct
import threading
from collections.abc import Iterator
from typing import Any, Generic, NamedTuple, TypeVar, get_type_hints

E = TypeVar("E", bound=tuple[Any, ...])

# How a field is packed, in the letters of `struct`; text as its place in a list of all texts that there were.
_LETTERS = {float: "d", int: "q", bool: "?", str: "H"}


class Packed(NamedTuple):
    """Events as they lie in memory, the oldest first.

    ``rows`` has them one after the other without gaps, ``fields`` the name and the `struct` letter of each field, and
    ``texts`` what the fields of letter ``H`` count through.
    """

    rows: bytes
    fields: tuple[tuple[str, str], ...]
    texts: tuple[str, ...]


class Ring(Generic[E]):
    """Keeps the newest ``capacity`` events, each a tuple of numbers, truth values and texts.

    Texts must come from a small set, names of stages for instance: each different one is kept for good.

    Parameters
    ----------
    kind
        A NamedTuple of which all fields are ``float``, ``int`` (64 bits), ``bool`` or ``str``.
    capacity
        How many events.
    """

    def __init__(self, kind: type[E], capacity: int) -> None:
        kinds = get_type_hints(kind)
        self._kind = kind
        self._fields = tuple((name, _LETTERS[of]) for name, of in kinds.items())
        self._layout = struct.Struct("=" + "".join(letter for _, letter in self._fields))
        self._texts_at = tuple(place for place, (_, letter) in enumerate(self._fields) if letter == "H")
        self._codes: dict[str, int] = {}
        self._capacity = capacity
        # The system gives it page by page, when it is written to.
        self._memory = bytearray(capacity * self._layout.size)
        self._lock = threading.Lock()
        self._written = self._cleared = 0

    @property
    def written(self) -> int:
        """How many events there ever were: a mark to read from, see `packed`."""
        return self._written

    def append(self, event: E) -> None:
        values: list[Any] = list(event)
        with self._lock:
            for place in self._texts_at:
                values[place] = self._codes.setdefault(values[place], len(self._codes))
            self._layout.pack_into(self._memory, self._written % self._capacity * self._layout.size, *values)
            self._written += 1

    def packed(self, since: int = 0) -> Packed:
        """The events that are still there, at most those written after ``since`` others."""
        size, whole = self._layout.size, self._capacity
        with self._lock:
            first = max(since, self._cleared, self._written - whole)
            begin, count = first % whole, max(0, self._written - first)
            rows = bytes(self._memory[begin * size : min(begin + count, whole) * size])
            if begin + count > whole:
                rows += bytes(self._memory[: (begin + count - whole) * size])
            return Packed(rows, self._fields, tuple(self._codes))

    def __iter__(self) -> Iterator[E]:
        rows, _, texts = self.packed()
        for row in self._layout.iter_unpack(rows):
            values = list(row)
            for place in self._texts_at:
                values[place] = texts[values[place]]
            yield self._kind._make(values)  # type: ignore[attr-defined]  # what makes a tuple a NamedTuple has no type

    def __len__(self) -> int:
        return self._written - max(self._cleared, self._written - self._capacity)

    def clear(self) -> None:
        """Forget all events; ``written`` counts on."""
        with self._lock:
            self._cleared = self._written
