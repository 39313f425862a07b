"""The viewer: source and drawing on one canvas in the browser."""

from __future__ import annotations

import io
import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import traitlets

from vec2art_nb.drawing.held import HeldBuffers
from vec2art_nb.drawing.wire import FINEST_GRID, FrameEncoder, screen_grid
from vec2art_nb.perf.log import TransferEvent, log
from vec2art_nb.ui.flow import FrameFlow, Outcome
from vec2art_nb.ui.part import Part
from vec2art_nb.ui.waiting import Waiting

if TYPE_CHECKING:
    from vec2art_nb.image import Source
    from vec2art_nb.runtime.scheduler import Frame

_HERE = Path(__file__).parent
_LARGEST_SIDE = 2048
# Up to here PNG is quick and small enough, and shows the pixels as they are.
_LOSSLESS_PIXELS = 512 * 512


@dataclass(frozen=True, slots=True)
class _Sent:
    """Of a frame on its way, what the log will have when its way has ended."""

    generation: int
    exact: bool
    plain_bytes: int
    deflated: bool
    encode_ms: float


class Viewer(Part):
    """Shows frames; asks for nothing but the newest one.

    Drawings go out as binary custom messages, so nothing of them is saved in a notebook or kept twice. What a view does
    with them (zoom, pan, wipe) stays in the browser.

    Parameters
    ----------
    source : Source
        The picture beside the drawing.
    on_room
        Called when a frame that is not yet made could be sent at once.
    session
        Number of the session whose frames it shows, for the log.
    """

    _esm = _HERE / "viewer.js"
    _css = _HERE / "viewer.css"

    name = traitlets.Unicode().tag(sync=True)
    width = traitlets.Int().tag(sync=True)
    height = traitlets.Int().tag(sync=True)

    def __init__(self, source: Source, on_room: Callable[[], None] = lambda: None, session: int = 0) -> None:
        super().__init__(name=source.name, width=source.width, height=source.height)
        self._source = source
        self._source_lock = threading.Lock()
        self._source_bytes: tuple[str, bytes] | None = None
        self._failed: tuple[int, str] | None = None
        self._encoder = FrameEncoder()
        self._held = HeldBuffers()
        self._held_lock = threading.Lock()
        self._pixels_per_px = 0.0
        # The coarsest of the last frame.
        self._sent_grid = FINEST_GRID
        self._session = session
        self._sent: dict[int, _Sent] = {}
        self._flow: FrameFlow[Frame] = FrameFlow(self._send_frame, on_room=on_room, on_end=self._log_transfer)
        self._waiting = Waiting(lambda generation: self.send({"type": "working", "generation": generation}))
        self.on_msg(self._receive)

    def __repr__(self) -> str:
        return f"Viewer({self.name})"

    def show(self, frame: Frame) -> None:
        """Have a frame painted, unless a newer one comes first."""
        self._failed = None
        self._flow.offer(frame)

    def pace(self, seconds: float) -> float:
        """How long to wait before a frame is begun that takes ``seconds`` to make."""
        return self._flow.pace(seconds)

    def expect(self, generation: int) -> None:
        """A frame of this generation, or of a later one, will come; the page is told when that takes a while."""
        self._waiting.expect(generation)

    def painted(self, number: int, seconds: float) -> None:
        """A page has painted the frame with this number, so many seconds after it came."""
        self._waiting.painted(number)
        self._flow.acknowledge(number, seconds)

    def tell_failed(self, generation: int, text: str = "") -> None:
        """There will be no drawing of this generation; ``text`` says why, unless it is said elsewhere."""
        self._failed = (generation, text)
        self._waiting.failed(generation)
        self.send({"type": "failed", "generation": generation, "text": text})

    def close(self) -> None:
        """Let go of the frames and of the browser's side."""
        self._flow.close()
        super().close()

    def _receive(self, _: object, content: dict[str, Any], buffers: object) -> None:
        if content["type"] == "ack":
            if content.get("missing"):
                self._count_on(())
                self._flow.repeat()
            self.painted(content["number"], content["milliseconds"] / 1e3)
        elif content["type"] == "view":
            self._pixels_per_px = content["pixels_per_px"]
            if screen_grid(self._pixels_per_px) > self._sent_grid:
                self._flow.repeat()
        elif content["type"] == "ready":
            self._count_on(content["held"])
            self._flow.repeat()
            if self._failed is not None:
                self.tell_failed(*self._failed)
            if content["source"] != self._source.digest:
                # Scaling down a large picture takes a while, and messages of all widgets come through this thread.
                threading.Thread(target=self._send_source, name="vec2art-nb-source", daemon=True).start()

    def _count_on(self, digests: Iterable[str]) -> None:
        with self._held_lock:
            self._held.keep(digests)

    def _send_frame(self, frame: Frame, number: int) -> int | None:
        try:
            return self._send_drawing(frame, number)
        except Exception as error:  # on whatever thread made room for it, where nobody would see it
            logging.getLogger("vec2art_nb").exception("a frame could not be sent")
            self._count_on(())
            self.tell_failed(
                frame.generation, f"the drawing could not be sent to the page: {type(error).__name__}: {error}"
            )
            return None

    def _send_drawing(self, frame: Frame, number: int) -> int:
        assert frame.drawing is not None
        # Previews are replaced soon: no finer than the screen. The exact drawing may be looked at closely.
        scale = self._pixels_per_px
        grid = FINEST_GRID if frame.exact or not scale else screen_grid(scale)
        started = time.perf_counter()
        encoded = self._encoder.encode(frame.drawing, grid=grid, pixels_per_px=scale)
        deflates = self._flow.link.deflates
        with self._held_lock:
            header, buffers = self._held.pack(encoded, deflate=deflates)
        milliseconds = (time.perf_counter() - started) * 1e3
        plain_bytes = sum(len(buffer.data) for buffer in encoded.buffers)
        size = sum(map(len, buffers))
        content = {
            "type": "frame",
            "number": number,
            "generation": frame.generation,
            "scale": frame.scale,
            "exact": frame.exact,
            "milliseconds": frame.milliseconds,
            "stages": [[run.stage, run.outcome, run.milliseconds] for run in frame.stages],
            "bytes": size,
            "digest": encoded.digest,
            "notes": list(frame.drawing.notes),
            "header": header,
        }
        self._waiting.sent(number, frame.generation)
        self.send(content, buffers=buffers)
        self._sent[number] = _Sent(frame.generation, frame.exact, plain_bytes, deflates, milliseconds)
        self._sent_grid = min((layer["grid"] for layer in header["layers"]), default=FINEST_GRID)
        return size

    def _log_transfer(self, outcome: Outcome) -> None:
        sent = self._sent.pop(outcome.number)
        log.transfers.append(
            TransferEvent(
                log.now(), self._session, outcome.number, sent.generation,
                "painted" if outcome.is_painted else "given up", sent.exact, outcome.size, sent.plain_bytes,
                sent.deflated, sent.encode_ms, outcome.painting_s * 1e3, outcome.round_trip_s * 1e3,
            )
        )  # fmt: skip

    def _send_source(self) -> None:
        try:
            with self._source_lock:
                if self._source_bytes is None:
                    self._source_bytes = encode_picture(self._source)
                mime, data = self._source_bytes
            self.send({"type": "source", "mime": mime, "digest": self._source.digest}, buffers=[data])
        except Exception:  # the drawing can be worked on without its source beside it
            logging.getLogger("vec2art_nb").exception("the source picture could not be sent to the viewer")


def encode_picture(source: Source) -> tuple[str, bytes]:
    """A picture for the browser: its type and its bytes, no larger than a screen has use for."""
    from PIL import Image

    picture = Image.fromarray(source.thumbnail(_LARGEST_SIDE))
    encoded = io.BytesIO()
    if source.has_alpha or picture.width * picture.height <= _LOSSLESS_PIXELS:
        picture.save(encoded, "PNG", compress_level=1)
        return "image/png", encoded.getvalue()
    picture.save(encoded, "JPEG", quality=92)
    return "image/jpeg", encoded.getvalue()
