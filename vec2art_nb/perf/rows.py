"""Events as columns of NumPy arrays, quick enough to count while a hand moves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from vec2art_nb.perf.ring import Packed

# Of each kind of event; the order in which tables are told of.
KINDS = ("frames", "stages", "cache", "buffers", "threads", "validation", "edits", "batches", "transfers")


class Rows:
    """Events of one kind, the oldest first.

    Parameters
    ----------
    packed
        The events as their ring gives them.
    """

    def __init__(self, packed: Packed) -> None:
        kind = np.dtype([(name, f"={letter}") for name, letter in packed.fields])
        self._rows: np.ndarray[Any, Any] = np.frombuffer(packed.rows, kind)
        self._texts = packed.texts
        self._text_columns = {name for name, letter in packed.fields if letter == "H"}

    @property
    def columns(self) -> tuple[str, ...]:
        return self._rows.dtype.names or ()

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, name: str) -> np.ndarray[Any, Any]:
        """A column; texts as Python's."""
        column: np.ndarray[Any, Any] = self._rows[name]
        return np.array(self._texts, object)[column] if name in self._text_columns else column

    def codes(self, name: str) -> tuple[np.ndarray[Any, Any], tuple[str, ...]]:
        """A column of texts as places in a list of them."""
        return self._rows[name], self._texts

    def mask(self, **wanted: object) -> np.ndarray[Any, Any]:
        """Which events have these values; of a tuple of texts, any of them."""
        found = np.ones(len(self), np.bool_)
        for name, value in wanted.items():
            if name in self._text_columns:
                texts = value if isinstance(value, tuple) else (value,)
                codes = [code for code, text in enumerate(self._texts) if text in texts]
                found &= np.isin(self._rows[name], codes)
            else:
                found &= self._rows[name] == value
        return found

    def where(self, **wanted: object) -> Rows:
        """The events that have these values."""
        return self.take(self.mask(**wanted))

    def take(self, chosen: np.ndarray[Any, Any] | slice) -> Rows:
        """Some of the events, by their places or by a mask."""
        part = object.__new__(Rows)
        part._rows, part._texts, part._text_columns = self._rows[chosen], self._texts, self._text_columns
        return part

    def groups(self, name: str) -> list[tuple[Any, Rows]]:
        """For each value of a column, in the order of their first appearance, the events that have it."""
        column = self._rows[name]
        values, first = np.unique(column, return_index=True)
        named = [(value, self.take(column == value)) for value in values[np.argsort(first)]]
        if name in self._text_columns:
            return [(self._texts[value], rows) for value, rows in named]
        return [(value.item(), rows) for value, rows in named]


AllRows = Mapping[str, Rows]
