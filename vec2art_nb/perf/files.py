"""All tables in one file, whole or not at all."""

from __future__ import annotations

import importlib
import io
import os
from pathlib import Path
from typing import TYPE_CHECKING

from vec2art_nb.drawing.output import write_whole
from vec2art_nb.errors import OutputError
from vec2art_nb.perf.rows import KINDS

if TYPE_CHECKING:
    import pandas as pd

    from vec2art_nb.perf.events import Events


def write_csv(events: Events, path: str | os.PathLike[str]) -> None:
    """Write events in the order of time, with the name of their table."""
    target = _target(path)
    write_whole(target, _joined(events).to_csv(index=False, lineterminator="\n").encode())


def write_parquet(events: Events, path: str | os.PathLike[str]) -> None:
    """Write the same as Parquet."""
    target = _target(path)
    try:
        importlib.import_module("pyarrow")
    except ImportError as error:
        raise OutputError(
            f"cannot write {target}: Parquet needs pyarrow, which is not installed; "
            "run `pip install pyarrow`, or use to_csv"
        ) from error
    content = io.BytesIO()
    _joined(events).to_parquet(content, index=False)
    write_whole(target, content.getvalue())


def _target(path: str | os.PathLike[str]) -> Path:
    try:
        return Path(os.fsdecode(path)).expanduser()
    except (TypeError, RuntimeError) as error:
        raise OutputError(f"cannot write to {path!r}: {error}") from error


def _joined(events: Events) -> pd.DataFrame:
    import pandas as pd

    tables: dict[str, pd.DataFrame] = {kind: getattr(events, kind)() for kind in KINDS}
    columns = list(dict.fromkeys(name for table in tables.values() for name in table.columns))
    # Types that know of nothing: else whole numbers would become fractions where another table has no such column.
    typed = [table.convert_dtypes().assign(table=name) for name, table in tables.items()]
    for table in typed:
        table.attrs = {}
    joined = pd.concat([table for table in typed if len(table)] or typed, ignore_index=True)
    return joined.reindex(columns=["table", *columns]).sort_values("time_s", kind="stable", ignore_index=True)
