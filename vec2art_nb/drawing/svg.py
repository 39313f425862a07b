"""A drawing as SVG: one path element per run of consecutive paths of one style, bytes from a kernel."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from vec2art_nb.buffers import empty
from vec2art_nb.drawing.recipe import NAMESPACE
from vec2art_nb.errors import ParameterError

if TYPE_CHECKING:
    from vec2art_nb.drawing.layers import PathLayer, Style
    from vec2art_nb.drawing.model import Drawing

_INKSCAPE = "http://www.inkscape.org/namespaces/inkscape"
_TAIL = b'"/>\n'

# What XML 1.0 has no way to write, lone surrogates included.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def document(drawing: Drawing, precision: int) -> bytes:
    """The whole SVG, UTF-8."""
    width, height = drawing.size
    inkscape = f' xmlns:inkscape="{_INKSCAPE}"' if len(drawing.layers) > 1 else ""
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg"{inkscape} width="{width}" height="{height}"',
        f' viewBox="0 0 {width} {height}" overflow="hidden" role="img">\n',
        f"<title>{_text(_title(drawing))}</title>\n",
        f"<desc>{_text(_description(drawing))}</desc>\n",
    ]
    if drawing.recipe is not None:
        head.append(f'<metadata><recipe xmlns="{NAMESPACE}">{drawing.recipe.to_json()}</recipe></metadata>\n')
    return b"".join(["".join(head).encode(), *body(drawing, precision), b"</svg>\n"])


def body(drawing: Drawing, precision: int) -> list[bytes | memoryview]:
    """What is painted: the page and the paths, without the root element and what is said about them.

    In parts, so that megabytes are copied only once.
    """
    if not (isinstance(precision, int) and 0 <= precision <= 4):
        raise ParameterError(f"precision must be 0 … 4 digits after the point, got {precision!r}; leave it out for 2")
    width, height = drawing.size
    parts: list[bytes | memoryview] = []
    if drawing.background is not None:
        parts.append(f'<rect width="{width}" height="{height}" fill="{drawing.background}"/>\n'.encode())
    if len(drawing):
        painted = drawing.painted
        shared, heads = _style_attributes(painted.styles)
        parts.append(f'<g{shared} stroke-linecap="round" stroke-linejoin="round">\n'.encode())
        for layer in painted.layers:
            if len(drawing.layers) > 1:
                # Inkscape shows these as layers; everything else reads plain groups.
                label = quoteattr(_NOT_XML.sub("\ufffd", layer.name))
                parts.append(f'<g inkscape:groupmode="layer" inkscape:label={label}>\n'.encode())
            parts.append(_path_elements(layer, heads, precision))
            if len(drawing.layers) > 1:
                parts.append(b"</g>\n")
        parts.append(b"</g>\n")
    return parts


def _path_elements(layer: PathLayer, heads: list[bytes], precision: int) -> memoryview:
    from vec2art_nb.kernels import svg_bytes

    head_offsets = np.zeros(len(heads) + 1, np.int64)
    np.cumsum([len(head) for head in heads], out=head_offsets[1:])
    run_styles = layer.styles[layer.runs()[:-1]]
    room = int(np.diff(head_offsets)[run_styles].sum()) + len(_TAIL) * len(run_styles)
    largest = float(np.abs(layer.points).max(initial=0))
    out = empty(svg_bytes.bytes_needed(len(layer.points), largest, precision) + room, np.uint8)
    written = svg_bytes.svg_paths(
        layer.points,
        layer.codes,
        layer.offsets,
        layer.styles,
        layer.closed.view(np.uint8),
        np.frombuffer(b"".join(heads), np.uint8),
        head_offsets,
        np.frombuffer(_TAIL, np.uint8),
        svg_bytes.number_words(precision),
        10**precision,
        out,
    )
    return out[:written].data


def _style_attributes(styles: tuple[Style, ...]) -> tuple[str, list[bytes]]:
    """Attributes that all styles share, for the group, and the head of a path element for each style."""
    table = [_attributes(style) for style in styles]
    # Opacity stays where it is: on a group it would mean the group as a whole.
    shared = {
        name: value
        for name, value in table[0].items()
        if name != "opacity" and all(attributes.get(name) == value for attributes in table)
    }
    heads = [
        '<path{} d="'.format("".join(f' {name}="{value}"' for name, value in attributes.items() if name not in shared))
        for attributes in table
    ]
    return "".join(f' {name}="{value}"' for name, value in shared.items()), [head.encode() for head in heads]


def _attributes(style: Style) -> dict[str, str]:
    attributes = {"fill": style.fill or "none", "stroke": style.stroke or "none"}
    if style.stroke is not None:
        attributes["stroke-width"] = _number(style.width)
    if style.opacity < 1:
        attributes["opacity"] = _number(style.opacity)
    return attributes


def _number(value: float) -> str:
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return text.removeprefix("0") if text != "0" else text


def _title(drawing: Drawing) -> str:
    return f"{drawing.recipe.backend} drawing" if drawing.recipe is not None else "Drawing"


def _description(drawing: Drawing) -> str:
    width, height = drawing.size
    facts = f"{width} x {height} px, {drawing.contents()}."
    return " ".join([facts, *drawing.notes])


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", text))
