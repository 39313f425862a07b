"""How large a preview may be."""

from vec2art_nb.runtime.previews import SCALES, PreviewScale


def test_the_scale_is_the_largest_that_fits():
    preview = PreviewScale(20.0)
    assert preview.choose(lambda scale: 10 * scale**2) == (1.0, 10)
    assert preview.choose(lambda scale: 76 * scale**2) == (0.5, 19)
    assert preview.choose(lambda scale: 5000 * scale**2)[0] == SCALES[-1]


def test_a_scale_is_kept_until_the_next_larger_one_fits_with_room_to_spare():
    preview = PreviewScale(20.0)
    preview.choose(lambda scale: 39 * scale**2)
    # Now the whole would just fit; so it did for a moment between two frames, and two scales would take turns.
    assert preview.choose(lambda scale: 19 * scale**2)[0] == SCALES[1]
    assert preview.choose(lambda scale: 14 * scale**2)[0] == 1.0
    assert preview.choose(lambda scale: 19 * scale**2)[0] == 1.0


def test_where_no_scale_fits_none_is_coarser_for_nothing():
    preview = PreviewScale(20.0)
    # Most of it does not depend on the size of the picture.
    assert preview.choose(lambda scale: 23 + 2 * scale**2)[0] == 1.0
    scale, expected = preview.choose(lambda scale: 23 + 40 * scale**2)
    assert SCALES[-1] < scale < 1.0
    assert expected < 1.34 * (23 + 40 * SCALES[-1] ** 2)
