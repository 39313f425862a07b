from __future__ import annotations

import asyncio
import itertools
import threading
import time
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from benchmarks.latency.figures import event_times, figures
from benchmarks.latency.page import Drag
from benchmarks.latency.report import PAGE, load, page

# isort: split
# Of the browser tests; the import above has put their folder on the path.
from slow_link import SlowLink, _Line

MOVES = [(1000.0, 0.1), (1010.0, 0.2), (1020.0, 0.3), (1030.0, 0.2), (1040.0, 0.4)]


def frame(generation: int, time: float, exact: bool = True) -> dict[str, Any]:
    return {"generation": generation, "time": time, "exact": exact}


def test_a_value_belongs_to_the_first_event_that_had_it_since_the_one_before() -> None:
    drag = Drag(MOVES, [(7, 0.1), (8, 0.3), (9, 0.2), (10, 0.4)], [])
    assert event_times(drag) == {7: 1000.0, 8: 1020.0, 9: 1030.0, 10: 1040.0}


def test_the_age_of_a_frame_counts_once_and_from_its_event() -> None:
    frames = [frame(7, 1015.0), frame(9, 1036.0, exact=False), frame(10, 1060.0, exact=False), frame(10, 1160.0)]
    found = figures(Drag(MOVES, [(7, 0.1), (9, 0.2), (10, 0.4)], frames))
    # 15, 26 (0.2 was on the slider at 1010) and 20
    assert (found["p50_ms"], found["p95_ms"]) == (20.0, 26.0)
    assert found["last_ms"] == 120.0
    assert found["frames_per_s"] == 50.0
    assert (found["stale"], found["lost"]) == (0, 0)


@pytest.mark.parametrize(
    ("frames", "stale", "lost"),
    [
        ([frame(8, 1015.0), frame(7, 1020.0), frame(10, 1050.0)], 1, 0),
        ([frame(10, 1050.0), frame(10, 1060.0, exact=False)], 1, 0),
        ([frame(7, 1015.0), frame(10, 1050.0, exact=False)], 0, 1),
        ([frame(7, 1015.0)], 0, 1),
        ([], 0, 1),
    ],
)
def test_what_is_old_or_missing_is_counted(frames: list[dict[str, Any]], stale: int, lost: int) -> None:
    found = figures(Drag(MOVES, [(7, 0.1), (8, 0.3), (10, 0.4)], frames))
    assert (found["stale"], found["lost"]) == (stale, lost)


def test_a_last_value_that_never_reached_the_kernel_is_lost() -> None:
    assert figures(Drag(MOVES, [(7, 0.1)], [frame(7, 1015.0)]))["lost"] == 1


def test_the_page_holds_every_rig_to_its_bars() -> None:
    def row(rig: str, case: str, frames: float, p95: float, stale: int = 0) -> dict[str, Any]:
        known = {"p50_ms": p95 / 2, "p95_ms": p95, "last_ms": 100.0, "stale": stale, "lost": 0, "cold_ms": 20.0}
        return {"rig": rig, "case": case, "round": 1, "frames_per_s": frames, **known}

    rows = [
        row("floor", "", 40, 70),
        row("ours", "edge simplify_px", 36, 80),
        row("ours", "edge detail", 20, 90, stale=1),
        row("svg", "", 5, 460),
    ]
    machine = {"cores": 2, "processor": "x", "memory_gib": 1, "system": "y", "versions": {}, "month": "z", "load": 0.1}
    text = page({"run": {"machine": machine, "rounds": 1}, "rows": rows})
    assert "| ours, edge simplify_px against the floor: frames | ≥ 0.85 × | 0.90 × | met |" in text
    assert "| ours, edge detail against the floor: frames | ≥ 0.7 × | 0.50 × | missed |" in text
    assert "| ours, edge detail against SVG: age p95 | ≤ 0.2 × | 0.20 × | met |" in text
    assert "| ours, stale or out of order | 0 | 1 | missed |" in text


def test_the_page_in_the_docs_is_made_of_the_figures_beside_it() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(load())


# --- the slow link ----------------------------------------------------------------------------------------------------

BODY = bytes(range(256)) * 800


@pytest.fixture
def server() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(BODY)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()
        thread.join()


def test_a_slow_link_hands_on_every_byte_later(server: str) -> None:
    with SlowLink(server) as link:
        assert urllib.request.urlopen(link.address).read() == BODY
        link.slow_down(delay_s=0.05, bytes_per_s=2e6)
        begun = time.monotonic()
        assert urllib.request.urlopen(link.address).read() == BODY
        # Each way once, and the line's own time; how much longer it takes is the machine's matter.
        assert time.monotonic() - begun > 2 * 0.05 + len(BODY) / 2e6 - 0.02


def test_a_full_line_makes_the_sender_wait() -> None:
    line = _Line()
    line.bytes_per_s = 1e5

    async def send() -> list[float]:
        return [await line.admit(10_000) for _ in range(4)]

    due = asyncio.run(send())
    assert [round(after - before, 3) for before, after in itertools.pairwise(due)] == [0.1, 0.1, 0.1]
