"""The viewer's side of the wire, with a browser played by the test."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from vec2art_nb.drawing import Drawing, PathLayer, Style
from vec2art_nb.drawing.wire import FrameEncoder
from vec2art_nb.image import open_image
from vec2art_nb.perf.log import log
from vec2art_nb.runtime.engine import StageRun
from vec2art_nb.runtime.scheduler import Frame
from vec2art_nb.ui.viewer import Viewer

SIDE = 900


def stroke(color: str = "#101010", *, far: float = 800.0, points: int = 2000, layers: int = 1) -> Drawing:
    """One long line that wanders to a corner."""
    random = np.random.default_rng(3)
    line = (np.linspace(0, far - 9, points)[:, None] + random.uniform(0, 9, (points, 2))).astype(np.float32)
    codes = np.array([1] + [2] * (points - 1), np.uint8)
    ends = np.array([0, points], np.int64)
    layer = PathLayer("stroke", line, codes, ends, np.zeros(1, np.int32), np.zeros(1, np.bool_))
    return Drawing((SIDE, SIDE), (layer,) * layers, (Style(color),))


def frame(generation: int, drawing: Drawing, scale: float = 1.0) -> Frame:
    return Frame(generation, drawing, None, scale, 12.5, (StageRun("lines", "run", 12.0), StageRun("ink", "hit", 0.5)))


class Page:
    """A browser that keeps what it is sent and answers when told to."""

    def __init__(self, viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
        self.viewer = viewer
        self.messages: list[tuple[dict[str, Any], list[Any]]] = []
        monkeypatch.setattr(viewer, "send", self._take)

    def _take(self, content: dict[str, Any], buffers: Any = None) -> None:
        # Whatever cannot be JSON fails here, as it would in Jupyter.
        self.messages.append((json.loads(json.dumps(content)), list(buffers or [])))

    def tell(self, kind: str, **content: Any) -> None:
        self.viewer._handle_custom_msg({"type": kind, **content}, [])

    def ready(self, *held: str) -> None:
        self.tell("ready", source=self.viewer._source.digest, held=list(held))

    def acknowledge(self, **more: Any) -> None:
        self.tell("ack", number=self.newest["number"], milliseconds=3.5, **more)

    @property
    def newest(self) -> dict[str, Any]:
        return self.frames[-1]

    @property
    def frames(self) -> list[dict[str, Any]]:
        return [content for content, _ in self.messages if content["type"] == "frame"]

    @property
    def grid(self) -> float:
        return self.newest["header"]["layers"][0]["grid"]


@pytest.fixture
def rooms() -> list[None]:
    """One for each time that there was room for a frame."""
    return []


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, rooms: list[None]) -> Page:
    viewer = Viewer(open_image(np.zeros((SIDE, SIDE, 3), np.uint8)), on_room=lambda: rooms.append(None))
    return Page(viewer, monkeypatch)


@pytest.fixture
def show(page: Page) -> Callable[..., dict[str, Any]]:
    """Show a frame, paint it, and give its message."""

    def show(*arguments: Any, **more: Any) -> dict[str, Any]:
        page.viewer.show(frame(*arguments, **more))
        page.acknowledge()
        return page.newest

    page.ready()
    return show


def test_a_message_says_what_the_frame_is(page: Page, rooms: list[None]) -> None:
    drawing = stroke()
    page.ready()
    page.viewer.show(frame(4, drawing, 0.5))
    message, buffers = page.messages[-1]
    assert {key: message[key] for key in ("number", "generation", "scale", "exact", "milliseconds", "stages")} == {
        "number": 1,
        "generation": 4,
        "scale": 0.5,
        "exact": False,
        "milliseconds": 12.5,
        "stages": [["lines", "run", 12.0], ["ink", "hit", 0.5]],
    }
    assert message["bytes"] == sum(map(len, buffers)) > 8000
    assert message["digest"] == FrameEncoder().encode(drawing).digest
    assert rooms == []
    page.acknowledge()
    assert len(rooms) == 1


def test_only_the_styles_are_sent_when_only_they_changed(show: Callable[..., dict[str, Any]]) -> None:
    first = show(1, stroke())
    second = show(2, stroke("#aa0000"))
    assert second["bytes"] == 16
    assert first["bytes"] > 100 * second["bytes"]
    assert first["digest"] != second["digest"]


def test_the_log_has_what_each_frame_cost_on_its_way(show: Callable[..., dict[str, Any]]) -> None:
    log.clear()
    first = show(1, stroke())
    second = show(2, stroke("#aa0000"), scale=0.5)
    transfers = list(log.transfers)
    assert [(event.number, event.generation, event.exact, event.outcome) for event in transfers] == [
        (first["number"], 1, True, "painted"),
        (second["number"], 2, False, "painted"),
    ]
    assert [event.bytes for event in transfers] == [first["bytes"], 16]
    # Only the colour changed, so that much is saved; all of the points would have gone otherwise.
    assert transfers[1].plain_bytes == pytest.approx(transfers[0].plain_bytes, rel=0.5)
    assert transfers[1].plain_bytes > 100 * transfers[1].bytes
    assert all(event.painting_ms == 3.5 and event.encode_ms > 0 for event in transfers)
    assert all(event.round_trip_ms > 0 for event in transfers)


def test_a_drawing_that_comes_back_is_not_sent_again(show: Callable[..., dict[str, Any]]) -> None:
    for generation, far in enumerate([700.0, 800.0, 700.0, 800.0]):
        message = show(generation, stroke(far=far))
    assert message["bytes"] == 0


def test_a_page_that_lacks_a_buffer_gets_everything(page: Page, show: Callable[..., dict[str, Any]]) -> None:
    first = show(1, stroke())
    page.viewer.show(frame(2, stroke("#aa0000")))
    page.acknowledge(missing=True)
    assert [message["bytes"] for message in page.frames[1:]] == [16, first["bytes"]]
    assert page.newest["generation"] == 2


def test_a_page_that_was_reloaded_gets_the_newest_frame_whole(page: Page, show: Callable[..., dict[str, Any]]) -> None:
    first = show(1, stroke())
    page.ready()
    assert (page.newest["number"], page.newest["bytes"]) == (2, first["bytes"])


def test_a_view_of_the_same_page_gets_only_what_the_page_lacks(page: Page, show: Callable[..., dict[str, Any]]) -> None:
    first = show(1, stroke())
    held = [entry["digest"] for entry in first["header"]["buffers"]]
    page.ready(*held)
    assert (page.newest["number"], page.newest["bytes"]) == (2, 0)
    page.ready(*held[1:])
    assert page.newest["bytes"] == first["header"]["buffers"][0]["bytes"]


def test_previews_are_as_fine_as_the_screen_and_the_exact_drawing_as_fine_as_can_be(
    page: Page, show: Callable[..., dict[str, Any]]
) -> None:
    show(1, stroke(far=400.0), 0.5)
    assert page.grid == 64
    page.tell("view", pixels_per_px=0.5)
    show(2, stroke(far=400.0), 0.5)
    assert page.grid == 4
    show(2, stroke(far=400.0))
    assert page.grid == 64


def test_zooming_past_the_grid_brings_a_finer_one_and_zooming_within_it_nothing(
    page: Page, show: Callable[..., dict[str, Any]]
) -> None:
    page.tell("view", pixels_per_px=1)
    show(1, stroke())
    assert page.grid == 32
    page.tell("view", pixels_per_px=4)
    assert len(page.frames) == 1
    page.tell("view", pixels_per_px=8)
    assert (len(page.frames), page.grid, page.newest["header"]["layers"][0]["wide"]) == (2, 64, True)
    page.tell("view", pixels_per_px=1)
    assert len(page.frames) == 2


def test_why_there_is_no_drawing_is_told_also_to_views_that_come_later(page: Page) -> None:
    page.ready()
    page.viewer.tell_failed(3, "too steep")
    page.ready()
    failed = {"type": "failed", "generation": 3, "text": "too steep"}
    assert [content for content, _ in page.messages] == [failed, failed]
    page.viewer.show(frame(4, stroke()))
    page.messages.clear()
    page.ready()
    assert [content["type"] for content, _ in page.messages] == ["frame"]


def test_a_frame_that_cannot_be_encoded_is_told_in_words_on_whatever_thread_and_holds_nothing_up(
    page: Page, show: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    page.viewer.show(frame(1, stroke()))
    page.viewer.show(frame(2, stroke("#aa0000")))
    with monkeypatch.context() as broken:
        broken.setattr(page.viewer._encoder, "encode", lambda *_, **__: 1 / 0)
        page.acknowledge()
    assert page.messages[-1][0] == {
        "type": "failed",
        "generation": 2,
        "text": "the drawing could not be sent to the page: ZeroDivisionError: division by zero",
    }
    assert "could not be sent" in caplog.text
    assert show(3, stroke("#aa0000"))["bytes"] > 8000


def test_on_a_slow_link_frames_are_deflated_and_stay_the_same(page: Page, show: Callable[..., dict[str, Any]]) -> None:
    raw = show(1, stroke(far=700.0))
    for size in (1_000, 50_000, 100_000) * 4:
        page.viewer._flow.link.note(size, size / 1e6)
    packed = show(2, stroke(far=800.0))
    assert packed["bytes"] < 0.8 * raw["bytes"]
    codings = {entry["coding"] for entry in packed["header"]["buffers"] if entry["at"] is not None}
    assert "deflate" in codings
    assert packed["digest"] == FrameEncoder().encode(stroke(far=800.0)).digest


def test_two_layers_with_the_same_arrays_send_them_once(show: Callable[..., dict[str, Any]]) -> None:
    single = show(1, stroke())
    assert show(2, stroke(far=801.0, layers=2))["bytes"] < 1.2 * single["bytes"]
