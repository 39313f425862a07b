"""Tables, their sums and their files, against counts made in another way."""

from __future__ import annotations

import io
import math
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from known_events import START, fill

import vec2art_nb as v2a
from vec2art_nb import perf
from vec2art_nb.errors import OutputError
from vec2art_nb.perf.log import EventLog, log
from vec2art_nb.perf.mechanisms import FRAME_MS
from vec2art_nb.perf.rows import KINDS

TABLES = ("frames", "stages", "cache", "buffers", "threads", "validation", "edits", "batches", "transfers")


@pytest.mark.parametrize("kind", TABLES)
def test_a_table_has_the_events_and_says_their_units(filled: EventLog, kind: str) -> None:
    table = getattr(perf, kind)()
    events = list(getattr(filled, kind))
    assert len(table) == len(events) > 0
    for row, event in zip(table.itertuples(index=False), events, strict=True):
        assert list(row._fields) == list(event._fields)
        assert all(mine == its or (mine != mine and its != its) for mine, its in zip(row, event, strict=True))
    units = table.attrs["units"]
    assert units["time_s"] == "s since 1970"
    assert all(units[name] == "ms" for name in table.columns if name.split("_")[-1] == "ms")
    assert all(units[name] == "bytes" for name in table.columns if name.endswith("bytes"))


def test_every_kind_of_event_has_its_table() -> None:
    assert set(vars(log)) == set(KINDS) == set(TABLES)


def test_the_summary_counts_what_plain_python_counts(filled: EventLog) -> None:
    summary = perf.summary()
    shown = [one for one in filled.frames if one.purpose in ("live", "exact") and one.outcome == "drawn"]
    times = [one.wait_ms + one.ms for one in shown]
    assert_row(summary, "frames", len(shown), sum(time <= FRAME_MS for time in times), times)
    live = [one for one in filled.frames if one.purpose == "live" and one.outcome == "drawn"]
    assert_row(summary, "adaptive", len(live), sum(one.scale < 1 for one in live), [o.ms for o in live if o.scale < 1])
    outcomes = Counter(one.outcome for one in filled.stages)
    ran = [one.ms for one in filled.stages if one.outcome == "run"]
    assert_row(summary, "invalidation", outcomes["run"] + outcomes["hit"], outcomes["hit"], ran)
    looks = Counter(one.event for one in filled.cache)
    hits = [one for one in filled.cache if one.event == "hit"]
    assert_row(summary, "stage cache", looks["hit"] + looks["miss"], looks["hit"])
    assert summary.loc["stage cache", "saved_ms"] == pytest.approx(sum(one.ms for one in hits))
    assert summary.loc["stage cache", "saved_bytes"] == sum(one.bytes for one in hits)
    assert summary.loc["stage cache", "bytes"] == list(filled.cache)[-1].held_bytes
    assert summary.loc["disk cache", "total"] == 0
    assert math.isnan(summary.loc["disk cache", "hit_ratio"])
    leases = [one for one in filled.buffers if one.event == "lease"]
    assert_row(summary, "buffers", len(leases), sum(one.reused for one in leases))
    assert summary.loc["buffers", "saved_bytes"] == sum(one.class_bytes for one in leases if one.reused)
    looks = Counter(one.event for one in filled.validation)
    assert_row(summary, "validation", looks.total(), looks["hit"], [one.ms for one in filled.validation])
    assert summary.loc["validation", "saved_ms"] == pytest.approx(sum(one.saved_ms for one in filled.validation))
    edits = sum(one.edits for one in filled.batches)
    assert_row(summary, "batches", edits, edits - len(filled.batches), [one.waited_ms for one in filled.batches])
    painted = [one.round_trip_ms for one in filled.transfers if one.outcome == "painted"]
    assert_row(summary, "transfers", len(filled.transfers), len(painted), painted)
    assert summary.loc["transfers", "bytes"] == sum(one.bytes for one in filled.transfers)
    left_out = sum(one.plain_bytes - one.bytes for one in filled.transfers)
    assert summary.loc["transfers", "saved_bytes"] == left_out
    ahead = [one.ms for one in filled.frames if one.purpose == "prerender" and one.outcome == "drawn"]
    assert_row(summary, "prerender", len(shown), sum(one.foreseen for one in shown), ahead)
    errors = [abs(one.expected_ms / one.ms - 1) for one in filled.stages if one.outcome == "run"]
    assert_row(summary, "cost model", len(errors), sum(error <= 0.2 for error in errors))
    assert summary.loc["edits", "ms_p95"] == pytest.approx(np.quantile([one.ms for one in filled.edits], 0.95))


def assert_row(summary: pd.DataFrame, name: str, total: int, hits: int, times: list[float] | None = None) -> None:
    row = summary.loc[name]
    assert (row["total"], row["hits"]) == (total, hits)
    assert row["hit_ratio"] == pytest.approx(hits / total)
    assert 0 < hits < total, "else nothing is tested"
    if times is not None:
        assert row["ms_median"] == pytest.approx(np.quantile(times, 0.5))
        assert row["ms_p95"] == pytest.approx(np.quantile(times, 0.95))


def test_threads_are_as_busy_as_their_share_of_launches(filled: EventLog) -> None:
    row = perf.summary().loc["threads"]
    launches = {one.launch for one in filled.threads}
    assert row["total"] == len(launches)
    assert row["hit_ratio"] == pytest.approx(0.7)


def test_one_launch_of_two_threads_saves_what_the_other_worked() -> None:
    log.clear()
    fill(log, 1)
    threads = list(log.threads)[:2]
    log.threads.clear()
    for thread in threads:
        log.threads.append(thread)
    row = perf.summary().loc["threads"]
    assert (row["total"], row["saved_ms"]) == (1, pytest.approx(0.6 + 0.8 - 1.0))


def test_an_empty_log_has_empty_tables_and_no_ratio() -> None:
    perf.clear()
    summary = perf.summary()
    assert (summary["total"] == 0).all()
    assert summary["hit_ratio"].isna().all()
    assert summary["counts"].str.len().min() > 10


# --- blocks ---------------------------------------------------------------------------------------------------------


def test_a_block_has_its_own_events_only_and_keeps_them(filled: EventLog) -> None:
    with perf.record() as block:
        assert all(getattr(block, kind)().empty for kind in TABLES)
        fill(filled, 3, session=8)
        assert len(block.frames()) == 3
    fill(filled, 2, session=9)
    perf.clear()
    assert block.frames()["session"].tolist() == [8, 8, 8]
    assert block.summary().loc["edits", "total"] == 3
    assert len(block.transfers()) == 3


def test_a_block_that_fails_has_its_events_too() -> None:
    log.clear()
    block = perf.record()

    def fail() -> None:
        with block:
            fill(log, 2)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    fill(log, 4)
    assert len(block.frames()) == 2


def test_a_real_session_is_counted_as_it_was() -> None:
    with perf.record() as block, v2a.Session(np.full((40, 60), 200, np.uint8), "dots") as session:
        for value in (0.3, 0.4, 0.3):
            session.set(opacity=value)
            session.drawing
    frames, stages = block.frames(), block.stages()
    visited = stages[stages["frame"].isin(frames["frame"])]
    per_frame = visited.groupby("frame")["outcome"].value_counts().unstack(fill_value=0)
    for row in frames.itertuples():
        assert row.stages_run == per_frame.loc[row.frame].get("run", 0)
        assert row.stages_hit == per_frame.loc[row.frame].get("hit", 0)
    counted = block.summary().loc["invalidation"]
    assert counted["total"] == stages["outcome"].isin(["run", "hit"]).sum()
    assert counted["hits"] == (stages["outcome"] == "hit").sum()


# --- files ----------------------------------------------------------------------------------------------------------


def test_a_file_has_all_tables_in_the_order_of_time(filled: EventLog, tmp_path: Path) -> None:
    path = tmp_path / "perf.csv"
    perf.to_csv(path)
    everything = pd.read_csv(path, low_memory=False)
    assert everything["time_s"].is_monotonic_increasing
    assert set(everything["table"]) == set(TABLES)
    for kind in TABLES:
        mine = getattr(perf, kind)()
        read = everything[everything["table"] == kind][list(mine.columns)].reset_index(drop=True)
        expected = pd.read_csv(io.StringIO(mine.sort_values("time_s", kind="stable").to_csv(index=False)))
        pd.testing.assert_frame_equal(read.astype(expected.dtypes.to_dict()), expected)
    assert ",40" in path.read_text() and ".0,1.0,True" not in path.read_text(), "whole numbers stay whole"
    assert [file.name for file in tmp_path.iterdir()] == ["perf.csv"]


def test_the_file_of_an_empty_log_has_its_columns(tmp_path: Path) -> None:
    perf.clear()
    perf.to_csv(tmp_path / "none.csv")
    assert list(pd.read_csv(tmp_path / "none.csv").columns)[:3] == ["table", "time_s", "session"]


def test_what_cannot_be_written_is_said_and_nothing_is_left(filled: EventLog, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="there is no folder"):
        perf.to_csv(tmp_path / "nowhere" / "perf.csv")
    with pytest.raises(OutputError, match="it is a folder"):
        perf.to_csv(tmp_path)
    with pytest.raises(OutputError, match="cannot write"):
        perf.to_csv(3)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_without_pyarrow_the_error_names_the_command(
    filled: EventLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(OutputError, match="pip install pyarrow"):
        perf.to_parquet(tmp_path / "perf.parquet")
    assert list(tmp_path.iterdir()) == []


def test_parquet_has_what_csv_has(filled: EventLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether pyarrow is there or not: it is pandas' own way of writing that is called, with one table of all."""
    given: list[pd.DataFrame] = []

    def write(table: pd.DataFrame, target: io.BytesIO, index: bool) -> None:
        given.append(table)
        target.write(b"PAR1")

    monkeypatch.setitem(sys.modules, "pyarrow", math)
    monkeypatch.setattr(pd.DataFrame, "to_parquet", write)
    perf.to_parquet(tmp_path / "perf.parquet")
    assert (tmp_path / "perf.parquet").read_bytes() == b"PAR1"
    assert given[0]["table"].value_counts().to_dict() == {kind: len(getattr(filled, kind)) for kind in TABLES}
    assert given[0]["time_s"].iloc[0] == START
    assert str(given[0]["frame"].dtype) == "Int64"


# --- the figure -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("frames", [0, 1, 40])
def test_the_figure_shows_itself_without_pyplot(frames: int) -> None:
    log.clear()
    fill(log, frames)
    figure = perf.plot()
    assert figure._repr_png_().startswith(b"\x89PNG")
    titles = {ax.get_title(loc="left") for ax in figure.axes}
    assert {"Frame times", "Stages of the last frames", "Cache by stage", "Buffers", "Threads"} <= titles
    from matplotlib import _pylab_helpers

    assert not _pylab_helpers.Gcf.figs


def test_the_figure_draws_the_frames_of_the_table(filled: EventLog) -> None:
    ax = next(ax for ax in perf.plot().axes if ax.get_title(loc="left") == "Frame times")
    table = perf.frames().query("purpose != 'prerender'")
    tops = [patch.get_y() + patch.get_height() for patch in ax.patches]
    assert tops[len(table) :] == pytest.approx((table["wait_ms"] + table["ms"]).tolist())
