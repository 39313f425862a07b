"""The picture that a saved notebook keeps when nothing is live any more."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import TYPE_CHECKING, Any

from vec2art_nb.drawing.raster import display_png

if TYPE_CHECKING:
    from vec2art_nb.drawing import Drawing

_LARGEST_SIDE = 1200
_SIGNATURE_AND_HEADER = 8 + 25
_MARK = b"Comment\0kept by vec2art_nb"


def kept_bundle(drawing: Drawing) -> dict[str, Any]:
    """A drawing as a notebook output: PNG, which every front end, GitHub and nbconvert show, and one line of text.

    No SVG and no HTML: nbval compares these byte for byte, and a heavy drawing would make the notebook heavy.
    """
    png = marked(display_png(drawing, _LARGEST_SIDE))
    return {"text/plain": repr(drawing), "image/png": base64.b64encode(png).decode("ascii")}


def marked(png: bytes) -> bytes:
    """A PNG with a comment by which the style sheet of the viewer knows it, and hides it beside a live studio.

    The comment comes right after the header: 33 bytes in, which is a multiple of three, so that in base64 it reads the
    same in every picture. `MARK_IN_BASE64` is what the style sheet looks for.
    """
    return png[:_SIGNATURE_AND_HEADER] + _chunk() + png[_SIGNATURE_AND_HEADER:]


def _chunk() -> bytes:
    body = b"tEXt" + _MARK
    return struct.pack(">I", len(_MARK)) + body + struct.pack(">I", zlib.crc32(body))


# The last bytes may share their base64 digits with what follows.
MARK_IN_BASE64 = base64.b64encode(_chunk()[: len(_chunk()) // 3 * 3]).decode("ascii")
