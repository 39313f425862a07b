"""Colours: many spellings in, one out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import colors as oracle

from vec2art_nb.params.colors import as_color, as_palette


@pytest.mark.parametrize("name", sorted(oracle.CSS4_COLORS))
def test_every_css_name_is_known(name):
    assert as_color(name.upper()) == oracle.CSS4_COLORS[name].lower()


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_three_numbers_are_what_matplotlib_makes_of_them(channels):
    assert as_color(channels) == oracle.to_hex([channel / 255 for channel in channels])


@given(st.text(alphabet="0123456789abcdefABCDEF", min_size=3, max_size=3))
def test_three_digits_are_each_doubled(digits):
    assert as_color("#" + digits) == oracle.to_hex("#" + digits)


@given(st.text())
def test_any_text_is_a_colour_or_refused(text):
    try:
        color = as_color(text)
    except ValueError:
        return
    assert oracle.is_color_like(color)
    assert len(color) == 7


def test_a_palette_is_any_sequence_of_colours():
    assert as_palette(["red", (0, 0, 255), "#0f0"]) == ("#ff0000", "#0000ff", "#00ff00")
    assert as_palette(color for color in ("red", "blue")) == ("#ff0000", "#0000ff")
