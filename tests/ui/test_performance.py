"""The panel's side in the kernel: what it counts, and when it says so."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import vec2art_nb.ui.performance as performance_module
from vec2art_nb import perf
from vec2art_nb.perf.charts import MANY_EDITS
from vec2art_nb.perf.log import EditEvent, log
from vec2art_nb.runtime.alarm import Timer
from vec2art_nb.ui.performance import PATIENCE_S, PERIOD_S, RECENT, PerfPanel

sys.path.insert(0, str(Path(__file__).parents[1] / "perf"))

from known_events import fill


class Clock:
    """Time that stands still until it is moved, with the timers that are due by it."""

    def __init__(self) -> None:
        self.now = 0.0
        self.timers: list[tuple[float, Timer]] = []

    def monotonic(self) -> float:
        return self.now

    def after(self, seconds: float, callback: Callable[[], None]) -> Timer:
        timer = Timer(callback)
        self.timers.append((self.now + seconds, timer))
        return timer

    def move(self, seconds: float) -> None:
        end = self.now + seconds
        while due := [one for one in self.timers if one[0] <= end]:
            first = min(due, key=lambda one: one[0])
            self.timers.remove(first)
            self.now = max(self.now, first[0])
            if first[1].callback is not None:
                first[1].callback()
        self.now = end

    @property
    def pending(self) -> int:
        return sum(timer.callback is not None for _, timer in self.timers)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(performance_module, "after", clock.after)
    monkeypatch.setattr(performance_module.time, "monotonic", clock.monotonic)
    return clock


@pytest.fixture(autouse=True)
def _known_log() -> Iterator[None]:
    log.clear()
    fill(log)
    yield
    log.clear()


class Told:
    """A panel, and what it sent."""

    def __init__(self, panel: PerfPanel, monkeypatch: pytest.MonkeyPatch) -> None:
        self.panel = panel
        self.messages: list[dict[str, Any]] = []
        monkeypatch.setattr(panel, "send", self.messages.append)

    def watch(self, view: str, shown: bool) -> None:
        self.panel._handle_custom_msg({"type": "watch", "view": view, "shown": shown}, [])


@pytest.fixture
def told(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Told:
    return Told(PerfPanel(), monkeypatch)


# --- what it counts -------------------------------------------------------------------------------------------------


def test_the_mechanisms_are_those_of_the_summary() -> None:
    report = PerfPanel().report()
    summary = perf.summary()
    assert list(report["mechanisms"]) == list(summary.index)
    for name, found in report["mechanisms"].items():
        for column, value in found.items():
            expected = summary.loc[name, column]
            assert (value is None and expected != expected) or value == expected, (name, column)
    json.dumps(report, allow_nan=False)


def test_the_charts_show_what_the_tables_have() -> None:
    charts = PerfPanel().report()["charts"]
    frames = perf.frames().query("purpose != 'prerender'")
    assert charts["frames"] == {
        name: (frames[name].round(3) if name.endswith("ms") else frames[name]).tolist()
        for name in ("frame", "wait_ms", "ms", "purpose", "outcome")
    }
    stages = perf.stages()
    for row in charts["stages"]:
        mine = stages[stages["stage"] == row["stage"]]
        assert row["run"] == (mine["outcome"] == "run").sum()
        assert row["hit"] == (mine["outcome"] == "hit").sum()
        assert row["ms"] == pytest.approx(mine["ms"].sum(), abs=1e-3)
        assert row["bytes"] == mine[mine["outcome"] != "cancelled"]["bytes"].iloc[-1]
    assert {row["stage"] for row in charts["stages"]} == set(stages["stage"])
    threads = perf.threads().groupby("thread")
    assert {row["thread"]: row["busy"] for row in charts["threads"]} == pytest.approx(
        (threads["busy_ms"].sum() / threads["wall_ms"].sum()).to_dict()
    )
    edits = perf.batches()["edits"].clip(1, MANY_EDITS).value_counts()
    assert charts["batches"] == [edits.get(count, 0) for count in range(1, MANY_EDITS + 1)]
    transfers = perf.transfers()
    assert charts["wire"]["bytes"] == transfers["bytes"].tolist()
    assert charts["wire"]["round_trip_ms"] == transfers["round_trip_ms"].tolist()
    assert charts["pool"]["leased_bytes"] == perf.buffers()["leased_bytes"].tail(80).tolist()
    ran = stages.query("outcome == 'run'")
    assert charts["predictions"]["ms"] == ran["ms"].tail(160).round(4).tolist()
    assert charts["predictions"]["expected_ms"] == ran["expected_ms"].tail(160).round(4).tolist()


def test_the_timeline_puts_stages_where_they_ran() -> None:
    charts = PerfPanel().report()["charts"]
    frames = perf.frames().query("purpose != 'prerender'").tail(8)
    assert [row["frame"] for row in charts["timeline"]] == frames["frame"].tolist()
    for row in charts["timeline"]:
        stages = perf.stages().query(f"frame == {row['frame']}")
        assert (row["run"], row["hit"]) == ((stages["outcome"] == "run").sum(), (stages["outcome"] == "hit").sum())
        at = 0.0
        for part in row["parts"]:
            assert part["start"] == pytest.approx(at, abs=0.01)
            at += part["ms"]
        assert at == pytest.approx(row["ms"], abs=0.01)
    assert "cancelled" in {part["outcome"] for row in charts["timeline"] for part in row["parts"]}


def test_a_studio_has_its_own_frames(make_studio: Callable[..., Any]) -> None:
    log.clear()
    studios = [make_studio(), make_studio()]
    for studio in studios:
        studio.drawing
    panels = [PerfPanel(studio) for studio in studios]
    for studio, panel in zip(studios, panels, strict=True):
        number = studio.session.number
        expected = perf.frames().query(f"session == {number} and purpose != 'prerender'")["frame"].tolist()
        assert panel.report()["charts"]["frames"]["frame"] == expected != []
    assert PerfPanel(studios[0].session).report()["charts"]["frames"] == panels[0].report()["charts"]["frames"]


def test_only_the_newest_are_counted_so_that_it_takes_no_longer() -> None:
    for number in range(RECENT + 5):
        log.edits.append(EditEvent(float(number), "edge", 1, 1.0))
    assert PerfPanel().report()["mechanisms"]["edits"]["total"] == RECENT


# --- when it says so ------------------------------------------------------------------------------------------------


def test_nothing_is_sent_while_nobody_looks(told: Told, clock: Clock) -> None:
    fill(log)
    clock.move(60)
    assert (told.messages, clock.pending) == ([], 0)


def test_who_looks_is_told_at_once_and_then_what_is_new(told: Told, clock: Clock) -> None:
    told.watch("a", True)
    clock.move(0)
    assert len(told.messages) == 1
    clock.move(10 * PERIOD_S)
    assert len(told.messages) == 1, "nothing was new"
    fill(log, 1)
    clock.move(PERIOD_S)
    assert len(told.messages) == 2
    assert told.messages[-1]["mechanisms"]["batches"]["total"] == perf.summary().loc["batches", "total"]
    log.clear()
    clock.move(PERIOD_S)
    assert len(told.messages) == 3, "a log that is empty is news as well"
    assert told.messages[-1]["mechanisms"]["frames"]["total"] == 0


def test_a_drag_is_told_of_a_few_times_a_second(told: Told, clock: Clock) -> None:
    told.watch("a", True)
    clock.move(0)
    for _ in range(500):
        log.edits.append(EditEvent(0.0, "edge", 1, 1.0))
        clock.move(0.01)
    assert 5 * 2 <= len(told.messages) <= 5 * 4


def test_nothing_is_sent_when_nobody_looks_any_more(told: Told, clock: Clock) -> None:
    told.watch("a", True)
    told.watch("b", True)
    clock.move(0)
    told.watch("a", False)
    fill(log, 1)
    clock.move(PERIOD_S)
    count = len(told.messages)
    assert count == 2
    told.watch("b", False)
    assert clock.pending == 0
    fill(log, 1)
    clock.move(60)
    assert len(told.messages) == count


def test_a_page_that_was_closed_is_forgotten(told: Told, clock: Clock) -> None:
    told.watch("closed", True)
    told.watch("open", True)
    for _ in range(4):
        clock.move(PATIENCE_S * 0.4)
        told.watch("open", True)
    assert set(told.panel._seen) == {"open"}
    clock.move(PATIENCE_S + PERIOD_S)
    assert (told.panel._seen, clock.pending) == ({}, 0)


def test_a_second_view_is_told_what_the_first_knows(told: Told, clock: Clock) -> None:
    for view in "ab":
        told.watch(view, True)
        clock.move(PERIOD_S)
    assert len(told.messages) == 2
    told.watch("b", True)  # only says that it is still there
    clock.move(PERIOD_S)
    assert len(told.messages) == 2


def test_a_closed_panel_is_silent(told: Told, clock: Clock) -> None:
    told.watch("a", True)
    clock.move(0)
    told.panel.close()
    fill(log, 1)
    clock.move(60)
    assert (len(told.messages), clock.pending) == (1, 0)


def test_a_panel_reads_the_same_every_time(make_studio: Callable[..., Any]) -> None:
    studio = make_studio()
    assert repr(PerfPanel()) == "PerfPanel()"
    assert repr(PerfPanel(studio)) == f"PerfPanel(session {studio.session.number})"
