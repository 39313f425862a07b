"""Events as pandas tables: all that the log holds, or those of a block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vec2art_nb.perf.log import EventLog, log
from vec2art_nb.perf.ring import Packed

if TYPE_CHECKING:
    import os

    import pandas as pd

    from vec2art_nb.perf.rows import AllRows

_UNITS = {"megapixels": "MP", "scale": "share of the full size"}
_ENDINGS = {"_ms": "ms", "_s": "s since 1970", "bytes": "bytes"}


class Events:
    """What an event log holds, as tables. The unit of each number is in ``table.attrs["units"]``.

    Times in milliseconds end in ``ms``, times in seconds since 1970 in ``_s``, sizes in ``bytes``.
    """

    def __init__(self, source: EventLog) -> None:
        self._source = source

    def frames(self) -> pd.DataFrame:
        """One row per rendering: `vec2art_nb.perf.log.FrameEvent` has the columns.

        ``time_s`` [s since 1970] is when it ended, ``wait_ms`` [ms] how long it stood before the lane took it, ``ms``
        [ms] how long it took; ``stages_run``, ``stages_hit``, ``paths`` and ``points`` are numbers of them; ``scale``
        is the share of the picture's size, below 1 for a preview.
        """
        return self._table("frames")

    def stages(self) -> pd.DataFrame:
        """One row per stage visited in a frame: `vec2art_nb.perf.log.StageEvent` has the columns.

        ``time_s`` [s since 1970] is when it ended, ``ms`` [ms] how long it took, ``expected_ms`` [ms] what the cost
        model had said of it, ``bytes`` [bytes] what its result holds, ``megapixels`` [MP] the size of the picture that
        it ran on, ``threads`` how many it could use.
        """
        return self._table("stages")

    def cache(self) -> pd.DataFrame:
        """One row per look into a cache of results, and per result kept, refused or evicted.

        ``time_s`` [s since 1970]; ``bytes`` [bytes] of the result and ``held_bytes`` [bytes] of all; ``ms`` [ms] is
        what the result took to make; ``entries`` is a number: `vec2art_nb.perf.log.CacheEvent`.
        """
        return self._table("cache")

    def buffers(self) -> pd.DataFrame:
        """One row per array that the buffer pool gave, and per time that it gave memory back to the system.

        All sizes are bytes, ``time_s`` is seconds since 1970: see `vec2art_nb.perf.log.BufferEvent` for the columns.
        Arrays below 256 KiB do not come from the pool.
        """
        return self._table("buffers")

    def threads(self) -> pd.DataFrame:
        """One row per thread of each launch of a parallel kernel: `vec2art_nb.perf.log.ThreadEvent` has the columns.

        ``time_s`` [s since 1970]; ``busy_ms`` [ms] is how long the thread worked, ``wall_ms`` [ms] how long the launch
        took; ``launch`` and ``bands`` are numbers.
        """
        return self._table("threads")

    def validation(self) -> pd.DataFrame:
        """One row per look into the validation cache: `vec2art_nb.perf.log.ValidationEvent` has the columns.

        ``time_s`` [s since 1970]; ``ms`` [ms] is what the look took, ``saved_ms`` [ms] what a hit saved.
        """
        return self._table("validation")

    def edits(self) -> pd.DataFrame:
        """One row per change of parameters: `vec2art_nb.perf.log.EditEvent` has the columns.

        ``time_s`` [s since 1970]; ``ms`` [ms] is from the call until a frame is scheduled; ``parameters`` is a number.
        """
        return self._table("edits")

    def batches(self) -> pd.DataFrame:
        """One row per frame that answers edits: `vec2art_nb.perf.log.BatchEvent` has the columns.

        ``time_s`` [s since 1970]; ``waited_ms`` [ms] is from the first edit until the frame was begun; ``edits`` is a
        number.
        """
        return self._table("batches")

    def transfers(self) -> pd.DataFrame:
        """One row per frame sent to a page: `vec2art_nb.perf.log.TransferEvent` has the columns.

        ``time_s`` [s since 1970]; ``bytes`` [bytes] went over the wire, ``plain_bytes`` [bytes] would have without
        deltas and compression; ``encode_ms``, ``painting_ms`` and ``round_trip_ms`` [ms].
        """
        return self._table("transfers")

    def summary(self) -> pd.DataFrame:
        """One row per mechanism, every number from the events.

        ``counts`` says what ``total`` and ``hits`` are, ``hit_ratio`` is the share; ``saved_ms`` [ms] and
        ``saved_bytes`` [bytes] are what hits saved; ``bytes`` [bytes] is what is held now, for transfers what was sent;
        ``ms_median`` and ``ms_p95`` [ms] are of what is counted, for ``batches`` of their waiting, for ``prerender`` of
        the drawings made ahead, for ``invalidation`` of the stages that ran. What was not measured is not a number.
        """
        import pandas as pd

        from vec2art_nb.perf.mechanisms import Mechanism, mechanisms

        table = pd.DataFrame(mechanisms(self.rows()), columns=Mechanism._fields).set_index("mechanism")
        table.attrs["units"] = _units(table.columns) | {"ms_median": "ms", "ms_p95": "ms"}
        return table

    def explain(self, frame: Any = None) -> str:
        """Say in words why a frame was slow, as far as the events show it.

        Parameters
        ----------
        frame
            The number of a frame, a row of `frames`, or None for the slowest of the last hundred.

        Raises
        ------
        ValueError
            When there is no such frame in the log.
        """
        from vec2art_nb.perf.explanation import explanation

        return explanation(self.rows(), frame)

    def plot(self) -> Any:
        """Everything as one matplotlib figure, for reports; it shows itself in a notebook."""
        from vec2art_nb.perf.figure import figure

        return figure(self.rows())

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Write all tables into one CSV file.

        Events are in the order of time. The column ``table`` says which table a row is of; it has the columns of all
        tables, and a row leaves those empty that its table has not. The file is written whole or not at all.

        Raises
        ------
        OutputError
        """
        from vec2art_nb.perf.files import write_csv

        write_csv(self, path)

    def to_parquet(self, path: str | os.PathLike[str]) -> None:
        """Write all tables into one Parquet file, as `to_csv` does; this needs pyarrow.

        Raises
        ------
        OutputError
        """
        from vec2art_nb.perf.files import write_parquet

        write_parquet(self, path)

    def rows(self) -> AllRows:
        """The events of every kind as NumPy columns."""
        from vec2art_nb.perf.rows import KINDS, Rows

        return {kind: Rows(self._packed(kind)) for kind in KINDS}

    def _table(self, kind: str) -> pd.DataFrame:
        import pandas as pd

        from vec2art_nb.perf.rows import Rows

        rows = Rows(self._packed(kind))
        table = pd.DataFrame({name: rows[name] for name in rows.columns})
        table.attrs["units"] = _units(rows.columns)
        return table

    def _packed(self, kind: str) -> Packed:
        packed: Packed = getattr(self._source, kind).packed()
        return packed


class Recording(Events):
    """The events of a ``with`` block: while it runs those so far, afterwards those that there were."""

    def __init__(self, source: EventLog) -> None:
        super().__init__(source)
        self._since: dict[str, int] = {}
        self._kept: dict[str, Packed] | None = None

    def __enter__(self) -> Recording:
        self._since = {kind: ring.written for kind, ring in vars(self._source).items()}
        self._kept = None
        return self

    def __exit__(self, *_: object) -> None:
        self._kept = {kind: self._packed(kind) for kind in self._since}

    def _packed(self, kind: str) -> Packed:
        if self._kept is not None:
            return self._kept[kind]
        packed: Packed = getattr(self._source, kind).packed(self._since.get(kind, 0))
        return packed


def _units(columns: Any) -> dict[str, str]:
    units = {}
    for name in columns:
        ending = next((unit for end, unit in _ENDINGS.items() if f"_{name}".endswith(end)), None)
        unit = _UNITS.get(name, ending)
        if unit is not None:
            units[name] = unit
    return units


everything = Events(log)
