from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vec2art_nb.kernels import svg_bytes

MOVETO, LINETO, CURVE4 = 1, 2, 4
HEADS = [b"<0 ", b"<one "]
TAIL = b">"


def write(paths, styles=None, closed=None, precision=2, guard=0):
    """Bytes of the kernel for paths given as lists of (code, x, y)."""
    vertices = [vertex for path in paths for vertex in path]
    styles = [0] * len(paths) if styles is None else styles
    points = np.array([vertex[1:] for vertex in vertices], np.float32).reshape(-1, 2)
    needed = svg_bytes.bytes_needed(len(points), float(np.abs(points).max(initial=0)), precision)
    needed += sum(len(HEADS[style]) + len(TAIL) for style in styles)
    out = np.full(needed + guard, 0xAA, np.uint8)
    written = svg_bytes.svg_paths(
        points,
        np.array([vertex[0] for vertex in vertices], np.uint8),
        np.cumsum([0, *map(len, paths)]).astype(np.int64),
        np.array(styles, np.int32),
        np.array([False] * len(paths) if closed is None else closed, np.bool_).view(np.uint8),
        np.frombuffer(b"".join(HEADS), np.uint8),
        np.cumsum([0, *map(len, HEADS)]).astype(np.int64),
        np.frombuffer(TAIL, np.uint8),
        svg_bytes.number_words(precision),
        10**precision,
        out,
    )
    assert written <= needed
    assert (out[needed:] == 0xAA).all(), "wrote beyond the bound"
    return out[:written].tobytes().decode()


def number_text(steps, precision):
    whole, fraction = divmod(abs(steps), 10**precision)
    decimals = f".{fraction:0{precision}}".rstrip("0") if fraction else ""
    return ("-" if steps < 0 else "") + (str(whole) if whole or not decimals else "") + decimals


def naive_write(paths, styles, closed, precision):
    """The same document, written the slow way with exact fractions."""
    result, previous_style = "", None
    for path, style, closes in zip(paths, styles, closed, strict=True):
        if style != previous_style:
            result += ("" if previous_style is None else TAIL.decode()) + HEADS[style].decode()
            pen, command, last = (0, 0), "", ""
        previous_style = style
        grid = [(code, *(round(Fraction(float(np.float32(v))) * 10**precision) for v in p)) for code, *p in path]
        starts = [index for index, vertex in enumerate(grid) if vertex[0] == MOVETO]
        for begin, end in zip(starts, [*starts[1:], len(grid)], strict=True):
            segments, index = [], begin
            while index < end:
                size = 3 if grid[index][0] == CURVE4 else 1
                segments.append((grid[index][0], [vertex[1:] for vertex in grid[index : index + size]]))
                index += size
            start, mirror, drawn = grid[begin][1:], (0, 0), False
            for place, (code, points) in enumerate(segments):
                moves = [(x - pen[0], y - pen[1]) for x, y in points]
                if code == MOVETO:
                    letter, numbers = "m", [*moves[0]]
                elif code == LINETO:
                    dx, dy = moves[0]
                    redundant = closes and drawn and place == len(segments) - 1 and points[0] == start
                    letter = "h" if dy == 0 else "v" if dx == 0 else "l"
                    numbers = [] if redundant else [value for value in (dx, dy) if value]
                    mirror = (0, 0)
                else:
                    numbers = [value for move in moves for value in move]
                    letter = "s" if moves[0] == mirror else "c"
                    mirror = (moves[2][0] - moves[1][0], moves[2][1] - moves[1][1])
                    numbers = (numbers[2:] if letter == "s" else numbers) if any(numbers) else []
                pen = points[-1]
                if numbers:
                    drawn = code != MOVETO
                    if letter != command or letter == "m":
                        result, last = result + letter, ""
                    command = "l" if letter == "m" else letter
                for number in numbers:
                    text = number_text(number, precision)
                    glued = not last or text[0] == "-" or (text[0] == "." and "." in last)
                    result += text if glued else " " + text
                    last = text
            if not drawn:
                result, command = result + "h0", "?"
            elif closes:
                result, pen, command = result + "z", start, "?"
    return result + (TAIL.decode() if paths else "")


def lines(*points):
    return [(MOVETO if index == 0 else LINETO, x, y) for index, (x, y) in enumerate(points)]


def curves(start, *points):
    return [(MOVETO, *start), *((CURVE4, *point) for point in points)]


COORDINATES = (
    st.sampled_from([0.0, 0.5, 1.0, -1.0, 2.5, 0.005, 0.015, 100.0, -99.995])
    | st.floats(-1100, 1100, width=32)
    | st.floats(-(2.0**24), 2.0**24, width=32)
)
POINTS = st.tuples(COORDINATES, COORDINATES)
SEGMENTS = POINTS.map(lambda p: [(LINETO, *p)]) | st.tuples(POINTS, POINTS, POINTS).map(
    lambda points: [(CURVE4, *p) for p in points]
)
PATHS = st.lists(
    st.tuples(POINTS, st.lists(SEGMENTS, max_size=4)).map(
        lambda parts: [(MOVETO, *parts[0]), *(vertex for segment in parts[1] for vertex in segment)]
    ),
    min_size=1,
    max_size=2,
).map(lambda parts: [vertex for part in parts for vertex in part])
ROWS = st.lists(st.tuples(PATHS, st.integers(0, 1), st.booleans()), min_size=1, max_size=5)


@given(ROWS, st.integers(0, svg_bytes.MAX_PRECISION))
def test_the_kernel_writes_what_a_naive_writer_writes(rows, precision):
    paths, styles, closed = (list(column) for column in zip(*rows, strict=True))
    assert write(paths, styles, closed, precision) == naive_write(paths, styles, closed, precision)


@given(
    st.lists(
        st.tuples(*[st.sampled_from([2.0**24, -(2.0**24), 2.0**24 - 1, 0.0, 9.9999])] * 2), min_size=1, max_size=7
    ),
    st.sampled_from([LINETO, CURVE4, MOVETO]),
    st.booleans(),
    st.integers(0, svg_bytes.MAX_PRECISION),
)
def test_the_bound_of_the_buffer_holds_for_extreme_coordinates(points, code, closes, precision):
    if code == CURVE4:
        points = points[: len(points) - (len(points) - 1) % 3]
    path = [(MOVETO if index == 0 else code, *point) for index, point in enumerate(points)]
    write([path], closed=[closes], precision=precision, guard=64)


@pytest.mark.parametrize(
    ("path", "closes", "expected"),
    [
        (lines((1, 2), (4, 6)), False, "m1 2 3 4"),
        (lines((1, 2), (4, 2), (4, 9), (6, 9)), False, "m1 2h3v7h2"),
        (lines((1, 1), (2, 1), (4, 1), (4, 2)), False, "m1 1h1 2v1"),
        (lines((0, 0), (0.5, 0.25), (1.75, 0.75)), False, "m0 0 .5.25 1.25.5"),
        (lines((0, 0), (3, 0.5), (3.5, 1.5)), False, "m0 0 3 .5.5 1"),
        (lines((0, 0), (-1.5, -0.5)), False, "m0 0-1.5-.5"),
        (lines((10.1, 20.25), (1010.35, 21.25)), False, "m10.1 20.25 1000.25 1"),
        (lines((1000, 1000), (0, 0)), False, "m1000 1000-1000-1000"),
        (lines((0, 0), (5, 5), (9, 0)), True, "m0 0 5 5 4-5z"),
        (lines((0, 0), (5, 5), (9, 0), (0, 0)), True, "m0 0 5 5 4-5z"),
        (lines((0, 0), (5, 5), (9, 0), (0, 0)), False, "m0 0 5 5 4-5h-9"),
        (lines((3, 4), (3.001, 4.001), (3.004, 4)), False, "m3 4h0"),
        (lines((3, 4)), True, "m3 4h0"),
        (lines((3, 4), (3.001, 4), (5, 5)), False, "m3 4 2 1"),
        (lines((0, 0), (4, 4)) + lines((5, 4), (5, 9)), True, "m0 0 4 4zm5 4v5z"),
        (curves((0, 0), (1, 2), (3, 4), (5, 6)), False, "m0 0c1 2 3 4 5 6"),
        (curves((0, 0), (1, 2), (3, 4), (5, 6), (7, 8), (1, 1), (9, 9)), False, "m0 0c1 2 3 4 5 6s-4-5 4 3"),
        (curves((1, 1), (1, 1), (3, 4), (5, 6), (7, 9), (1, 1), (9, 9)), False, "m1 1s2 3 4 5c2 3-4-5 4 3"),
        (curves((1, 1), (1, 1), (1, 1), (1.001, 1)), False, "m1 1h0"),
    ],
)
def test_commands_are_as_short_as_the_grammar_allows(path, closes, expected):
    assert write([path], closed=[closes]) == f"<0 {expected}>"


def test_consecutive_paths_of_one_style_share_an_element_and_order_is_kept():
    paths = [lines((x, 0), (x, 1)) for x in range(1, 6)]
    assert write(paths, [0, 0, 1, 0, 0]) == "<0 m1 0v1m1-1v1><one m3 0v1><0 m4 0v1m1-1v1>"


def test_halves_go_to_the_even_step():
    assert write([lines((0.125, 0.375), (0.625, 0.875))]) == "<0 m.12.38.5.5>"


def test_relative_moves_do_not_drift():
    # Every step alone rounds to nothing.
    text = write([lines(*((0.004 * step, 0) for step in range(1001)))])
    head, _, moves = text.partition("h")
    assert head == "<0 m0 0"
    assert moves == ".01" * 400 + ">"


def test_nothing_is_written_for_no_paths():
    assert write([]) == ""


@pytest.mark.parametrize("precision", range(svg_bytes.MAX_PRECISION + 1))
def test_every_word_of_the_number_table_is_its_number(precision):
    for steps, word in enumerate(svg_bytes.number_words(precision).tolist()):
        text = number_text(steps, precision)
        assert word.to_bytes(8, "little")[: word >> 56 & 15].decode() == text
        assert (word >> 60 & 1, word >> 61 & 1) == (text.startswith("."), "." in text)
