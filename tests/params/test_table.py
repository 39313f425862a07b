"""The table of the docs comes from the declaration."""

from __future__ import annotations

from vec2art_nb.params import Params, markdown_table, param
from vec2art_nb.params.table import rows


def test_there_is_a_row_for_each_parameter(edge_params):
    text = markdown_table(edge_params)
    assert "| Edges | `detail` | `0.4` | 0 … 1 |  | How much is drawn. |" in text
    assert "|  | `blur_sigma` | `1.2` | 0 … 20 | px | Blur first. |" in text
    assert "| `denoise` | `none` | none, bilateral |" in text
    assert "| `denoise_contrast` | `12.0` | > 0, ≤ 100 | L* | What it keeps. (needs denoise = bilateral) |" in text
    assert "| `min_length_px` | `12.0` | ≥ 0 | px |" in text
    assert "| `smooth` | `True` | True, False |" in text
    assert "| `stroke_color` | `#1b1b1f` | a colour |" in text
    assert text.count("\n") == 2 + len(edge_params.parameters())


def test_a_palette_is_written_with_commas(dots_params):
    assert "| `inks` | `#000000,#ff0000` | colours |" in markdown_table(dots_params)


def test_parameters_of_a_group_stand_together():
    class Mixed(Params):
        one: bool = param(True, "One.", group="A")
        two: bool = param(True, "Two.", group="B")
        three: bool = param(True, "Three.", group="A")

    assert [row.name for row in rows(Mixed)] == ["one", "three", "two"]


def test_a_bar_in_the_help_does_not_end_the_cell():
    class Barred(Params):
        one: bool = param(True, "This | that.", group="A")

    assert "This \\| that." in markdown_table(Barred)
