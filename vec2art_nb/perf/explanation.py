"""Why a frame was slow, in words: only what the events show."""

from __future__ import annotations

from typing import Any

import numpy as np

from vec2art_nb.perf.mechanisms import latencies_ms
from vec2art_nb.perf.rows import AllRows, Rows

# Among so many of the newest frames the slowest is looked for.
RECENT = 100

# A cause is told when it had this share of the time.
_SHARE = 0.1
# A stage took longer than expected when it took so many times as long.
_LONGER = 1.5


class Words(str):
    """Text that a notebook shows in lines."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def explanation(rows: AllRows, frame: Any) -> Words:
    """Say what a frame, by its number or its row, spent its time on."""
    frames = rows["frames"]
    one = _Frame(frames, _place(frames, frame))
    sentences = [_what(one), *_waiting(one, rows), *_stages(one, rows), *_others(one, frames)]
    sentences += [*_batch(one, rows["batches"]), *_transfer(one, rows)]
    return Words("\n".join(sentences))


class _Frame:
    """A row of the table of frames."""

    def __init__(self, frames: Rows, place: int) -> None:
        row = frames.take(slice(place, place + 1))
        self.values: dict[str, Any] = {name: row[name].tolist()[0] for name in row.columns}
        self.number: int = self.values["frame"]
        self.session: int = self.values["session"]
        self.ms: float = self.values["ms"]
        self.wait_ms: float = self.values["wait_ms"]
        self.end: float = self.values["time_s"]
        self.begin = self.end - self.ms / 1e3
        self.asked = self.begin - self.wait_ms / 1e3

    def counts(self, ms: float) -> bool:
        """Whether so long is worth a word."""
        return ms >= _SHARE * (self.ms + self.wait_ms)


def _place(frames: Rows, frame: Any) -> int:
    if frame is None:
        asked_for = np.flatnonzero(~frames.mask(purpose="prerender"))[-RECENT:]
        if not len(asked_for):
            raise ValueError("there is no frame in the log yet: draw something first")
        return int(asked_for[np.argmax(latencies_ms(frames.take(asked_for)))])
    number = frame if isinstance(frame, int | np.integer) else getattr(frame, "frame", None)
    if not isinstance(number, int | np.integer):
        raise ValueError(f"frame must be the number of a frame, a row of v2a.perf.frames() or None, got {frame!r}")
    places = np.flatnonzero(frames["frame"] == number)
    if not len(places):
        known = f"it holds {frames['frame'].min()} to {frames['frame'].max()}" if len(frames) else "it is empty"
        raise ValueError(f"there is no frame {number} in the log: {known}")
    return int(places[-1])


def _what(one: _Frame) -> str:
    values = one.values
    how = {"drawn": "took", "cancelled": "was cancelled after", "failed": "failed after"}[values["outcome"]]
    scale = f" at {values['scale']:.0%} of the size" if values["scale"] < 1 else ""
    return (
        f"Frame {one.number} ({values['backend']}, {values['purpose']}){scale} {how} {_ms(one.ms)}"
        f"{_and_wait(one)}: {_counted(values['stages_run'], 'stage')} ran, {values['stages_hit']} came from the cache."
    )


def _and_wait(one: _Frame) -> str:
    return f" and had waited {_ms(one.wait_ms)}" if one.counts(one.wait_ms) else ""


def _waiting(one: _Frame, rows: AllRows) -> list[str]:
    """Which frames the lane was at while this one waited."""
    if not one.counts(one.wait_ms):
        return []
    frames = rows["frames"]
    begins = frames["time_s"] - frames["ms"] / 1e3
    overlap = np.minimum(frames["time_s"], one.begin) - np.maximum(begins, one.asked)
    overlap[frames["frame"] == one.number] = 0
    busy = np.flatnonzero(overlap > 1e-5)
    if not len(busy):
        return [f"It waited {_ms(one.wait_ms)} for the lane, in which the log has no other frame."]
    first = frames.take(busy[np.argsort(-overlap[busy])])
    longest = _Frame(first, 0)
    others = f" and {_counted(len(busy) - 1, 'other')}" if len(busy) > 1 else ""
    other = f"frame {longest.number} ({longest.values['backend']}, {longest.values['purpose']})"
    return [f"It waited {_ms(one.wait_ms)} for the lane, which was drawing {other}{others}."]


def _stages(one: _Frame, rows: AllRows) -> list[str]:
    stages = rows["stages"]
    here = stages.where(frame=one.number)
    given_up = here.where(outcome="cancelled")
    sentences = [f"It was given up before the stage {name}." for name in given_up["stage"].tolist()]
    runs = here.where(outcome="run")
    times = runs["ms"]
    longest = [place for place in np.argsort(-times, kind="stable")[:3].tolist() if one.counts(float(times[place]))]
    return sentences + [_stage(one, runs.take(slice(place, place + 1)), rows) for place in longest]


def _stage(one: _Frame, run: Rows, rows: AllRows) -> str:
    values: dict[str, Any] = {name: run[name].tolist()[0] for name in run.columns}
    name, ms = values["stage"], values["ms"]
    remarks = [
        *_expectation(values, rows["stages"]),
        *_eviction(values, rows["cache"]),
        *_parallel(values, rows["threads"]),
    ]
    share = f", {ms / one.ms:.0%} of the drawing" if one.ms else ""
    return f"The stage {name} took {_ms(ms)}{share}" + "".join(f"; {remark}" for remark in remarks) + "."


def _expectation(values: dict[str, Any], stages: Rows) -> list[str]:
    """Whether it was a first run, or longer than expected."""
    ms, expected = values["ms"], values["expected_ms"]
    if np.isfinite(expected):
        if ms > _LONGER * expected:
            return [f"{_ms(expected)} had been expected"]
        return ["as expected"] if ms * _LONGER > expected else [f"less than the {_ms(expected)} expected"]
    runs = stages.where(stage=values["stage"], backend=values["backend"], outcome="run")
    if (runs["time_s"] < values["time_s"]).any():
        return ["nothing was known of how long it would take"]
    later = runs.take((runs["time_s"] > values["time_s"]) & (runs["megapixels"] == values["megapixels"]))["ms"]
    remark = "it was its first run in the log, in which kernels are compiled or loaded where they were not yet"
    if len(later):
        remark += f" (later runs at this size took {_ms(float(np.median(later)))})"
    return [remark]


def _eviction(values: dict[str, Any], cache: Rows) -> list[str]:
    begun = values["time_s"] - values["ms"] / 1e3
    before = cache.where(tier="memory", event="evict", stage=values["stage"])
    before = before.take(before["time_s"] <= begun)
    if not len(before):
        return []
    return [
        f"the cache had missed it, and had evicted a result of this stage {begun - before['time_s'][-1]:.1f} s before"
    ]


def _parallel(values: dict[str, Any], threads: Rows) -> list[str]:
    """How it used the threads that it had; nothing where launches are not in the log at all."""
    if values["threads"] == 1:
        return ["it had one thread"]
    end, begin = values["time_s"], values["time_s"] - values["ms"] / 1e3
    if not (threads["time_s"] <= end).any():
        return []
    within = threads.take((threads["time_s"] >= begin) & (threads["time_s"] <= end))
    if not len(within):
        return [f"it ran serial, with no parallel launch, though {values['threads']} threads were there"]
    offered = float(within["wall_ms"].sum())
    busy = float(within["busy_ms"].sum()) / offered if offered else 0.0
    launches = len(np.unique(within["launch"]))
    many = "launches" if launches > 1 else "launch"
    return [f"{launches} parallel {many} kept its threads busy {busy:.0%} of their time"]


def _others(one: _Frame, frames: Rows) -> list[str]:
    """More urgent frames are drawn between the stages of another."""
    begins = frames["time_s"] - frames["ms"] / 1e3
    inside = frames.take((begins >= one.begin) & (frames["time_s"] <= one.end) & (frames["frame"] != one.number))
    took = float(inside["ms"].sum())
    if not len(inside) or not one.counts(took):
        return []
    return [f"Between its stages the lane drew {_counted(len(inside), 'more urgent frame')}, which took {_ms(took)}."]


def _batch(one: _Frame, batches: Rows) -> list[str]:
    """The edits that the frame answers: those of the last batch before it began."""
    begun = batches.where(session=one.session)
    # It is written when the frame begins, by another clock reading than the frame's own.
    near = begun.take((begun["time_s"] >= one.asked - 1e-3) & (begun["time_s"] <= one.end))
    if len(near) != 1 or near["edits"][0] < 2:
        return []
    return [f"It answered {near['edits'][0]} edits, the first of which had waited {_ms(float(near['waited_ms'][0]))}."]


def _transfer(one: _Frame, rows: AllRows) -> list[str]:
    """What became of it on the way to a page, where it is certain which transfer was its."""
    frames = rows["frames"].where(session=one.session, outcome="drawn")
    following = frames["time_s"][frames["time_s"] > one.end]
    until = float(following.min()) if len(following) else np.inf
    transfers = rows["transfers"].where(session=one.session)
    sent_at = transfers["time_s"] - transfers["round_trip_ms"] / 1e3
    mine = transfers.take((sent_at >= one.end) & (sent_at < until))
    if one.values["outcome"] != "drawn" or len(mine) != 1:
        return []
    values = {name: mine[name].tolist()[0] for name in mine.columns}
    if values["outcome"] == "given up":
        return [f"It was sent to a page, which did not answer within {_ms(values['round_trip_ms'])}."]
    link_ms = max(0.0, values["round_trip_ms"] - values["painting_ms"])
    slow = "the page" if values["painting_ms"] > link_ms else "the way"
    much = f", most of it {slow}" if values["round_trip_ms"] > one.ms + one.wait_ms else ""
    parts = f"{_ms(values['painting_ms'])} for painting, {_ms(link_ms)} under way"
    went = f"{values['bytes'] / 1e3:,.0f} kB went to the page and were painted {_ms(values['round_trip_ms'])} later"
    return [f"Then {went}{much}: {parts}."]


def _ms(value: float) -> str:
    if value >= 1000:
        return f"{value / 1000:.2f} s"
    return f"{value:.1f} ms" if value >= 1 else f"{value:.2f} ms"


def _counted(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
