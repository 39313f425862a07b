"""What a browser holds: buffers that it was sent are not sent again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vec2art_nb.drawing.wire import EncodedFrame

#: Bytes of buffers that a browser is counted on to hold. It keeps twice as many: held.js.
HELD_BYTES = 32 << 20

# Below it nothing is gained: setting a stream up takes the browser longer.
_SMALLEST_DEFLATED = 2_048


class HeldBuffers:
    """Which buffers a browser holds, by digest, those used lately last; and frames without them.

    Parameters
    ----------
    limit
        How many bytes are counted on.
    """

    def __init__(self, limit: int = HELD_BYTES) -> None:
        self._limit = limit
        self._sizes: OrderedDict[str, int] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._sizes)

    def forget(self) -> None:
        """Count on nothing."""
        self.keep(())

    def keep(self, digests: Iterable[str]) -> None:
        """Count on no more than these."""
        held = set(digests)
        self._sizes = OrderedDict((digest, size) for digest, size in self._sizes.items() if digest in held)
        self._bytes = sum(self._sizes.values())

    def pack(self, frame: EncodedFrame, *, deflate: bool) -> tuple[dict[str, Any], list[bytes]]:
        """Header and buffers of a message from which the browser has the whole frame, and holds it then.

        The header gets ``buffers``, an entry for each buffer of the frame: ``digest``; ``bytes``, when not packed;
        ``coding``, "raw" or "deflate", with ``word`` and ``stride`` as in `Buffer`; ``at``, its place in the message,
        or None where the browser holds it.
        """
        entries: list[dict[str, Any]] = []
        message: list[bytes] = []
        for buffer in frame.buffers:
            entry: dict[str, Any] = {"digest": buffer.digest, "bytes": len(buffer.data), "coding": "raw", "at": None}
            entries.append(entry)
            if buffer.digest in self._sizes:
                self._sizes.move_to_end(buffer.digest)
                continue
            self._sizes[buffer.digest] = len(buffer.data)
            self._bytes += len(buffer.data)
            entry["at"] = len(message)
            if deflate and len(buffer.data) >= _SMALLEST_DEFLATED:
                entry |= {"coding": "deflate", "word": buffer.word, "stride": buffer.stride}
                message.append(buffer.deflated())
            else:
                message.append(buffer.data)
        while self._bytes > self._limit and len(self._sizes) > len(entries):
            self._bytes -= self._sizes.popitem(last=False)[1]
        return {**frame.header, "buffers": entries}, message
