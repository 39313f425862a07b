"""A slow network between a browser and a server on this machine."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from types import TracebackType
from urllib.parse import urlsplit

_CHUNK = 16 * 1024

# What a router on the way keeps for a line that is full, as seconds of that line; more must wait at the sender.
_ROUTER_S = 0.25


class _Line:
    """One direction of the link: all connections share it."""

    def __init__(self) -> None:
        self.delay_s = 0.0
        self.bytes_per_s: float | None = None
        self._free_at = 0.0

    async def admit(self, count: int) -> float:
        """Wait until the line takes ``count`` bytes; gives when they are at its other end."""
        clock = asyncio.get_running_loop().time
        while (full := self._free_at - clock()) > _ROUTER_S:
            await asyncio.sleep(full - _ROUTER_S)
        if self.bytes_per_s:
            self._free_at = max(self._free_at, clock()) + count / self.bytes_per_s
        return max(self._free_at, clock()) + self.delay_s


class SlowLink:
    """Stands between a browser and a server: what passes is delayed, each way, and no quicker than the line.

    Bytes are handed on as they are, so web sockets pass too, and nothing is lost or reordered.

    Parameters
    ----------
    server
        The address that it stands before, like ``http://127.0.0.1:8888``.

    Examples
    --------
    >>> with SlowLink("http://127.0.0.1:8888") as link:  # doctest: +SKIP
    ...     page.goto(link.address)
    ...     link.slow_down(delay_s=0.2, bytes_per_s=1e6)
    """

    def __init__(self, server: str) -> None:
        parts = urlsplit(server)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._upwards, self._downwards = _Line(), _Line()
        self._up = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, name="slow-link", daemon=True)
        self._own_port = 0

    @property
    def address(self) -> str:
        """Where browsers find the server through this link."""
        return f"http://127.0.0.1:{self._own_port}"

    def slow_down(self, delay_s: float = 0.0, bytes_per_s: float | None = None) -> None:
        """From now on; without arguments, at full speed again."""
        for line in (self._upwards, self._downwards):
            line.delay_s, line.bytes_per_s = delay_s, bytes_per_s

    def __enter__(self) -> SlowLink:
        self._thread.start()
        if not self._up.wait(20):
            raise RuntimeError("the slow link did not come up")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(20)

    # --- on the link's own thread ---

    def _serve(self) -> None:
        listener = self._loop.run_until_complete(asyncio.start_server(self._connect, "127.0.0.1", 0))
        self._own_port = listener.sockets[0].getsockname()[1]
        self._up.set()
        self._loop.run_forever()
        listener.close()
        self._loop.run_until_complete(_cancel_others())
        self._loop.close()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            beyond_reader, beyond_writer = await asyncio.open_connection(self._host, self._port)
        except OSError:
            writer.close()
            return
        both = (
            _relay(reader, beyond_writer, self._upwards),
            _relay(beyond_reader, writer, self._downwards),
        )
        try:
            with contextlib.suppress(OSError):
                await asyncio.gather(*both)
        except asyncio.CancelledError:
            pass  # the link is taken down; asyncio would log the task as failed
        finally:
            for end in (writer, beyond_writer):
                end.close()


async def _cancel_others() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


async def _relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: _Line) -> None:
    clock = asyncio.get_running_loop().time
    under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def receive() -> None:
        while data := await reader.read(_CHUNK):
            await under_way.put((await line.admit(len(data)), data))
        await under_way.put((0.0, b""))

    async def deliver() -> None:
        while True:
            due, data = await under_way.get()
            if not data:
                writer.write_eof()
                return
            await asyncio.sleep(max(0.0, due - clock()))
            writer.write(data)
            await writer.drain()

    await asyncio.gather(receive(), deliver())
