"""The viewer: source and drawing on one canvas in the browser."""

from __future__ import annotations

import io
import logging
import threading
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from vec2art_nb.drawing.wire import encode_frame
from vec2art_nb.ui.flow import FrameFlow

if TYPE_CHECKING:
    from vec2art_nb.image import Source
    from vec2art_nb.runtime.scheduler import Frame

_HERE = Path(__file__).parent
_LARGEST_SIDE = 2048
# Up to here PNG is quick and small enough, and shows the pixels as they are.
_LOSSLESS_PIXELS = 512 * 512


class Viewer(anywidget.AnyWidget):
    """Shows frames; asks for nothing but the newest one.

    Drawings go out as binary custom messages, so nothing of them is saved in a notebook or kept twice. What a view does
    with them (zoom, pan, wipe) stays in the browser.

    Parameters
    ----------
    source : Source
        The picture beside the drawing.
    """

    _esm = _HERE / "viewer.js"
    _css = _HERE / "viewer.css"

    name = traitlets.Unicode().tag(sync=True)
    width = traitlets.Int().tag(sync=True)
    height = traitlets.Int().tag(sync=True)

    def __init__(self, source: Source) -> None:
        super().__init__(name=source.name, width=source.width, height=source.height)
        self._source = source
        self._source_lock = threading.Lock()
        self._source_bytes: tuple[str, bytes] | None = None
        self._failed = -1
        self._flow: FrameFlow[Frame] = FrameFlow(self._send_frame)
        self.on_msg(self._receive)

    def __repr__(self) -> str:
        return f"Viewer({self.name})"

    def show(self, frame: Frame) -> None:
        """Have a frame painted, unless a newer one comes first."""
        self._flow.offer(frame)

    def tell_working(self, generation: int) -> None:
        """What is shown is no longer what is wanted."""
        self.send({"type": "working", "generation": generation})

    def tell_failed(self, generation: int) -> None:
        """There will be no drawing of this generation."""
        self._failed = generation
        self.send({"type": "failed", "generation": generation})

    def close(self) -> None:
        """Let go of the frames and of the browser's side."""
        self._flow.close()
        super().close()

    def _receive(self, _: object, content: dict[str, Any], buffers: object) -> None:
        if content["type"] == "ack":
            self._flow.acknowledge(content["generation"])
        elif content["type"] == "ready":
            self._flow.repeat()
            if self._failed >= 0:
                self.send({"type": "failed", "generation": self._failed})
            if content["source"] != self._source.digest:
                # Scaling down a large picture takes a while, and messages of all widgets come through this thread.
                threading.Thread(target=self._send_source, name="vec2art-nb-source", daemon=True).start()

    def _send_frame(self, frame: Frame) -> None:
        assert frame.drawing is not None
        header, buffers = encode_frame(frame.drawing)
        digest = 0
        for buffer in buffers:
            digest = zlib.crc32(buffer, digest)
        content = {
            "type": "frame",
            "generation": frame.generation,
            "exact": frame.exact,
            "milliseconds": frame.milliseconds,
            "bytes": sum(memoryview(buffer).nbytes for buffer in buffers),
            "digest": f"{digest:08x}",
            "notes": list(frame.drawing.notes),
            "header": header,
        }
        self.send(content, buffers=buffers)

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
