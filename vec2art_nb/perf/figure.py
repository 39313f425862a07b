"""The charts of the panel as one matplotlib figure, for reports."""

from __future__ import annotations

import io
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from vec2art_nb.perf.charts import MANY_EDITS, Charts, charts
from vec2art_nb.perf.mechanisms import FRAME_MS, RIGHT_SHARE, Mechanism, mechanisms
from vec2art_nb.perf.rows import AllRows

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LIVE, _EXACT, _WAIT, _GONE, _BAD, _GHOST = "#1976d2", "#00897b", "#f0a030", "#a8a8a8", "#d32f2f", "#c7d9ec"
_HUES = ("#1976d2", "#ef8a17", "#00897b", "#8e4ec6", "#d6336c", "#6a9f1f", "#4db6d0", "#8d6e4a")
_OTHER, _INK, _SOFT, _LINE, _TRACK = "#9aa0a6", "#222222", "#616161", "#d8d8d8", "#ececec"

Numbers = dict[str, Mechanism]


def figure(rows: AllRows) -> Figure:
    """Draw everything that there are events of."""
    found = charts(rows)
    numbers = {one.mechanism: one for one in mechanisms(rows)}
    sheet: Figure = _figure_class()(figsize=(12, 11.5), dpi=110, facecolor="white")
    sheet.set_layout_engine("constrained", w_pad=0.1, h_pad=0.1)
    axes = sheet.subplot_mosaic(
        [
            ["frames"] * 6,
            ["timeline"] * 6,
            ["stages", "stages", "wire", "wire", "trip", "trip"],
            ["pool", "pool", "predictions", "predictions", "batches", "batches"],
            ["threads", "threads", "validation", "validation", "foresight", "foresight"],
        ],
        height_ratios=[1, 1.35, 1.35, 1.35, 0.7],
    )
    for ax in axes.values():
        _dress(ax)
    _frames(axes["frames"], found, numbers)
    _timeline(axes["timeline"], found, numbers)
    _stages(axes["stages"], found, numbers)
    _wire(axes["wire"], axes["trip"], found, numbers)
    _pool(axes["pool"], found, numbers)
    _predictions(axes["predictions"], found, numbers)
    _batches(axes["batches"], found, numbers)
    _threads(axes["threads"], found, numbers)
    _ratios(axes["validation"], "Validation", [("values", numbers["validation"]), ("advice", numbers["advice"])])
    _ratios(
        axes["foresight"],
        "Drawn ahead, and previews",
        [("drawn ahead", numbers["prerender"]), ("previews", numbers["adaptive"])],
    )
    return sheet


@cache
def _figure_class() -> Any:
    """A figure that shows itself in a notebook, without pyplot; made when matplotlib is first needed."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    class Report(Figure):
        """Figure of a report."""

        def _repr_png_(self) -> bytes:
            content = io.BytesIO()
            FigureCanvasAgg(self)  # it becomes the canvas of the figure
            self.savefig(content, format="png")
            return content.getvalue()

    return Report


# --- charts -----------------------------------------------------------------------------------------------------------


def _frames(ax: Axes, found: Charts, numbers: Numbers) -> None:
    frames = found["frames"]
    one = numbers["frames"]
    _title(ax, "Frame times", f"median {_ms(one.ms_median)}, {_share(one.hit_ratio)} within 16.7 ms" * bool(one.total))
    waits, times = np.array(frames["wait_ms"]), np.array(frames["ms"])
    if not len(times):
        return _nothing(ax)
    colors = [
        {"cancelled": _GONE, "failed": _BAD}.get(outcome, _LIVE if purpose == "live" else _EXACT)
        for purpose, outcome in zip(frames["purpose"], frames["outcome"], strict=True)
    ]
    places = np.arange(len(times)) - len(times) + 1
    ax.bar(places, waits, 0.85, color=_WAIT)
    ax.bar(places, times, 0.85, bottom=waits, color=colors)
    totals = waits + times
    top = max(2 * FRAME_MS, min(totals.max(), float(np.quantile(totals, 0.95)) * 1.25))
    ax.set_ylim(0, top)
    ax.set_xlim(min(-39.5, places[0] - 0.7), 0.7)
    for place in places[totals > top]:
        ax.plot(place, top * 0.97, "^", color=_INK, markersize=4)
    ax.axhline(FRAME_MS, color=_BAD, linewidth=1, linestyle=(0, (4, 3)))
    ax.set_ylabel("ms")
    _ticks(ax, "frames before the last")
    _legend(ax, {"live": _LIVE, "exact": _EXACT, "waited before": _WAIT, "cancelled": _GONE, "16.7 ms": _BAD}, "above")
    return None


def _timeline(ax: Axes, found: Charts, numbers: Numbers) -> None:
    rows = found["timeline"]
    one = numbers["invalidation"]
    _title(ax, "Stages of the last frames", f"{_share(one.hit_ratio)} looked at did not run" * bool(one.total))
    if not rows:
        return _nothing(ax)
    hues = dict(zip((stage["stage"] for stage in found["stages"]), _HUES, strict=False))
    times = np.array([row["ms"] for row in rows])
    span = max(FRAME_MS / 4, min(times.max(), max(3 * float(np.median(times)), 1.5 * FRAME_MS))) * 1.02
    ax.set_xlim(0, span * 1.28)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    for place, row in enumerate(rows):
        ax.barh(place, min(row["ms"], span), 0.5, color=_TRACK)
        for part in row["parts"]:
            if part["outcome"] == "cancelled":
                ax.plot(min(part["start"], span), place, "x", color=_BAD, markersize=7, markeredgewidth=2)
            elif part["start"] < span:
                wide = min(part["start"] + part["ms"], span) - part["start"]
                ax.barh(place, wide, 0.62, left=part["start"], color=hues.get(part["stage"], _OTHER))
        end = "" if row["outcome"] == "drawn" else f", {row['outcome']}"
        on = "▸ " if row["ms"] > span else ""
        ax.text(
            min(row["ms"], span) + span * 0.01,
            place,
            f"{on}{_ms(row['ms'])} · {row['run']} run · {row['hit']} hit{end}",
            va="center",
            color=_SOFT,
            fontsize=8,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
        )
    if span > FRAME_MS:
        ax.axvline(FRAME_MS, color=_BAD, linewidth=1, linestyle=(0, (4, 3)))
    ax.set_yticks(range(len(rows)), [row["purpose"] for row in rows])
    ax.set_xlabel("ms from the start of the frame")
    _legend(ax, {stage.replace("_", " "): color for stage, color in hues.items()} | {"others": _OTHER}, "beside")
    return None


def _stages(ax: Axes, found: Charts, numbers: Numbers) -> None:
    stages = found["stages"]
    one = numbers["stage cache"]
    _title(ax, "Cache by stage", f"{_share(one.hit_ratio)} hits, {_bytes(one.bytes)}" * bool(one.total))
    if not stages:
        return _nothing(ax)
    names = [stage["stage"].replace("_", " ") for stage in stages]
    shares = [stage["hit"] / (stage["hit"] + stage["run"]) for stage in stages]
    labels = [f"{_share(share)}, {_bytes(stage['bytes'])}" for share, stage in zip(shares, stages, strict=True)]
    _bars(ax, names, shares, labels, _EXACT)
    return None


def _wire(sizes: Axes, trips: Axes, found: Charts, numbers: Numbers) -> None:
    wire = found["wire"]
    one = numbers["transfers"]
    _title(sizes, "Bytes on the wire", f"{_bytes(one.bytes)} in {one.total:,} frames" * bool(one.total))
    _title(trips, "Round trip", f"median {_ms(one.ms_median)}" * bool(one.total))
    if not wire["bytes"]:
        _nothing(sizes)
        _nothing(trips)
        return
    places = np.arange(len(wire["bytes"])) - len(wire["bytes"]) + 1
    sizes.bar(places, np.array(wire["plain_bytes"]) / 1e3, 0.85, color=_GHOST)
    sizes.bar(places, np.array(wire["bytes"]) / 1e3, 0.85, color=_LIVE)
    sizes.set_ylabel("kB")
    _legend(sizes, {"sent": _LIVE, "left out": _GHOST})
    trips.plot(places, wire["round_trip_ms"], color=_EXACT, linewidth=1.4)
    trips.plot(places, wire["painting_ms"], color=_WAIT, linewidth=1.4)
    trips.set_ylim(0, None)
    trips.set_ylabel("ms")
    _legend(trips, {"round trip": _EXACT, "painting": _WAIT})
    for ax in (sizes, trips):
        _ticks(ax, "frames before the last")


def _pool(ax: Axes, found: Charts, numbers: Numbers) -> None:
    pool = found["pool"]
    one = numbers["buffers"]
    _title(ax, "Buffers", f"{_share(one.hit_ratio)} of {one.total:,} leases reused" * bool(one.total))
    if not pool["leased_bytes"]:
        return _nothing(ax)
    leased = np.array(pool["leased_bytes"]) / 1e6
    places = np.arange(len(leased)) - len(leased) + 1
    ax.fill_between(places, 0, leased, step="mid", color=_LIVE, linewidth=0)
    ax.fill_between(places, leased, leased + np.array(pool["idle_bytes"]) / 1e6, step="mid", color=_GHOST, linewidth=0)
    ax.set_ylim(0, None)
    ax.set_ylabel("MB")
    _ticks(ax, "leases before the last")
    _legend(ax, {"in use": _LIVE, "for the next": _GHOST})
    return None


def _predictions(ax: Axes, found: Charts, numbers: Numbers) -> None:
    one = numbers["cost model"]
    _title(ax, "Predicted stage times", f"{_share(one.hit_ratio)} within 20 %" * bool(one.total))
    expected, taken = found["predictions"]["expected_ms"], found["predictions"]["ms"]
    if not expected:
        return _nothing(ax)
    both = np.array(expected + taken)
    ends = np.array([both.min() / 1.5, both.max() * 1.5])
    ax.fill_between(ends, ends * (1 - RIGHT_SHARE), ends * (1 + RIGHT_SHARE), color=_GHOST, linewidth=0)
    ax.plot(expected, taken, "o", color=_LIVE, alpha=0.5, markersize=3.5, markeredgewidth=0)
    ax.set(xscale="log", yscale="log", xlim=ends, ylim=ends, xlabel="ms expected", ylabel="ms taken")
    return None


def _batches(ax: Axes, found: Charts, numbers: Numbers) -> None:
    one, counts = numbers["batches"], found["batches"]
    frames = sum(counts)
    _title(ax, "Edits per frame", f"{one.total:,} edits in {frames:,} frames" * bool(frames))
    if not frames:
        return _nothing(ax)
    names = [*map(str, range(1, MANY_EDITS)), f"{MANY_EDITS} or more"]
    _bars(ax, names, [count / frames for count in counts], [f"{count:,}" for count in counts], _LIVE)
    return None


def _threads(ax: Axes, found: Charts, numbers: Numbers) -> None:
    threads = [one for one in found["threads"] if one["busy"] is not None]
    one = numbers["threads"]
    _title(ax, "Threads", f"{_share(one.hit_ratio)} busy in {one.total:,} parallel launches" * bool(one.total))
    if not threads:
        return _nothing(ax)
    shares = [thread["busy"] for thread in threads]
    _bars(ax, [f"thread {thread['thread']}" for thread in threads], shares, [*map(_share, shares)], _LIVE)
    return None


def _ratios(ax: Axes, title: str, named: list[tuple[str, Mechanism]]) -> None:
    known = [(name, one) for name, one in named if one.total]
    _title(ax, title, "")
    if not known:
        return _nothing(ax)
    labels = [f"{_share(one.hit_ratio)} of {one.total:,}" for _, one in known]
    _bars(ax, [name for name, _ in known], [one.hit_ratio for _, one in known], labels, _EXACT)
    return None


# --- their dress ------------------------------------------------------------------------------------------------------


def _dress(ax: Axes) -> None:
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set_color(_LINE)
    ax.tick_params(colors=_SOFT, labelsize=8, length=0)
    ax.xaxis.label.set(color=_SOFT, fontsize=8)
    ax.yaxis.label.set(color=_SOFT, fontsize=8)


def _title(ax: Axes, title: str, words: str) -> None:
    ax.set_title(title, loc="left", fontsize=10, fontweight="bold", color=_INK)
    ax.set_title(words, loc="right", fontsize=8.5, color=_SOFT)


def _nothing(ax: Axes) -> None:
    ax.set(xticks=[], yticks=[])
    ax.text(0.5, 0.5, "nothing yet", transform=ax.transAxes, ha="center", va="center", color=_SOFT)


def _ticks(ax: Axes, words: str) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    ax.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda place, _: f"{abs(place):.0f}"))
    ax.set_xlabel(words)


def _bars(ax: Axes, names: list[str], shares: list[float], labels: list[str], color: str) -> None:
    places = np.arange(len(names))
    ax.barh(places, 1, 0.55, color=_TRACK)
    ax.barh(places, shares, 0.55, color=color)
    for place, label in enumerate(labels):
        ax.text(1.03, place, label, va="center", fontsize=8, color=_SOFT)
    ax.set(xlim=(0, 1.5), ylim=(max(len(names), 2) - 0.4, -0.6), xticks=[])
    ax.set_yticks(places, names)
    ax.spines[["left", "bottom"]].set_visible(False)


def _legend(ax: Axes, names: dict[str, str], where: str = "inside") -> None:
    """What the colours are: beside a wide chart, in its line of titles, or inside, with room made for it."""
    from matplotlib.patches import Patch

    handles = [Patch(color=color, label=name) for name, color in names.items()]
    places: dict[str, dict[str, Any]] = {
        "inside": {"loc": "upper left", "ncols": len(handles)},
        "above": {"loc": "lower center", "bbox_to_anchor": (0.5, 0.99), "ncols": len(handles)},
        "beside": {"loc": "upper left", "bbox_to_anchor": (1.0, 1.03)},
    }
    if where == "inside":
        ax.set_ylim(0, ax.get_ylim()[1] * 1.2)
    ax.legend(
        handles=handles, **places[where], fontsize=7.5, frameon=False, handlelength=1, handleheight=1, labelcolor=_SOFT
    )


def _ms(value: float) -> str:
    if not np.isfinite(value):
        return "–"
    return f"{value / 1e3:.1f} s" if value >= 1000 else f"{value:.3g} ms"


def _share(value: float) -> str:
    return f"{value * 100:.0f} %" if np.isfinite(value) else "–"


def _bytes(value: float) -> str:
    if not np.isfinite(value):
        return "–"
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if abs(value) >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value:.0f} B"
