"""Pictures in, drawings out, and never a mess."""

from __future__ import annotations

import gzip
import io
import os
import sys
from pathlib import Path

import pytest
from PIL import Image

from vec2art_nb import open_recipe, vectorize
from vec2art_nb.cli import main
from vec2art_nb.runtime.session import Session

pytestmark = pytest.mark.usefixtures("frame")


def convert(*words: str) -> int:
    return main(["convert", "--backend", "frame", *words])


# --- outputs ----------------------------------------------------------------------------------------------------------


def test_a_picture_becomes_the_drawing_that_vectorize_gives(photo, capsys):
    assert convert("photo.png", "-o", "out.svg") == 0
    assert Path("out.svg").read_bytes() == vectorize(photo, "frame").to_svg_bytes()
    assert capsys.readouterr() == ("", "")


def test_the_suffix_says_the_format(photo):
    assert convert("photo.png", "-o", "out.svgz") == 0
    assert convert("photo.png", "--output", "out.PNG") == 0
    assert gzip.decompress(Path("out.svgz").read_bytes()) == vectorize(photo, "frame").to_svg_bytes()
    with Image.open("out.PNG") as picture:
        assert (picture.format, picture.size) == ("PNG", (40, 30))


def test_several_pictures_go_into_a_folder_that_is_made(photo):
    Path("other.png").write_bytes(photo.read_bytes())
    assert convert("photo.png", "other.png", "--out-dir", "a/b") == 0
    assert sorted(os.listdir("a/b")) == ["other.svg", "photo.svg"]
    assert convert("photo.png", "--out-dir", "a/b", "--format", "svgz") == 0
    assert sorted(os.listdir("a/b")) == ["other.svg", "photo.svg", "photo.svgz"]


def test_options_and_pictures_may_be_mixed(photo):
    Path("other.png").write_bytes(photo.read_bytes())
    assert convert("photo.png", "--margin", "3", "other.png", "--no-closed", "--out-dir", "out") == 0
    assert sorted(os.listdir("out")) == ["other.svg", "photo.svg"]


def test_a_dash_is_standard_input_and_standard_output(photo, standard_input, capsysbinary):
    standard_input(photo.read_bytes())
    assert convert("-", "-o", "-") == 0
    expected = vectorize(photo, "frame").to_svg_bytes()
    assert capsysbinary.readouterr().out == expected
    standard_input(photo.read_bytes())
    assert convert("-") == 0
    assert capsysbinary.readouterr().out == expected
    assert convert("photo.png", "-o", "-", "--format", "svgz") == 0
    assert gzip.decompress(capsysbinary.readouterr().out) == expected
    assert convert("photo.png", "-o", "-", "--format", "png") == 0
    assert capsysbinary.readouterr().out.startswith(b"\x89PNG")
    standard_input(photo.read_bytes())
    assert convert("-", "--out-dir", "out") == 0
    assert os.listdir("out") == ["stdin.svg"]


def test_a_drawing_that_was_there_is_replaced(photo):
    Path("out.svg").write_text("old")
    assert convert("photo.png", "-o", "out.svg") == 0
    assert Path("out.svg").read_bytes().startswith(b"<svg")


def test_a_name_that_begins_with_a_dash_can_be_given(photo):
    photo.rename("-odd.png")
    assert convert("-o", "out.svg", "--", "-odd.png") == 0
    assert Path("out.svg").exists()


def test_a_sample_is_a_picture_too(photo):
    assert convert("shapes", "--out-dir", "out") == 0
    assert os.listdir("out") == ["shapes.svg"]


def test_notes_of_a_drawing_are_told(photo, capsys):
    assert convert("photo.png", "--margin", "9", "-o", "out.svg") == 0
    assert capsys.readouterr().err == "vec2art-nb: photo.png: The frame has no width.\n"


# --- parameters -------------------------------------------------------------------------------------------------------


def test_options_are_the_parameters(photo):
    words = "--margin 3 --width 2.5 --no-closed --ink FFF --ink red --colors inks --inks #0f0,blue --repeats 2"
    words = words.replace("--ink FFF ", "")
    assert convert("photo.png", "-o", "out.svg", *words.split()) == 0
    assert open_recipe("out.svg").params == {
        "margin": 3,
        "width": 2.5,
        "closed": False,
        "ink": "#ff0000",
        "colors": "inks",
        "inks": ["#00ff00", "#0000ff"],
        "repeats": 2,
    }


def test_a_preset_comes_first_and_options_override_it(photo):
    assert convert("photo.png", "-o", "out.svg", "--preset", "thick", "--margin", "1") == 0
    params = open_recipe("out.svg").params
    assert (params["width"], params["margin"]) == (4, 1)


def test_a_recipe_makes_the_same_drawing_again_and_options_override_it(photo):
    assert convert("photo.png", "-o", "first.svg", "--margin", "4", "--width", "3") == 0
    assert main(["convert", "photo.png", "--recipe", "first.svg", "-o", "again.svg"]) == 0
    assert Path("again.svg").read_bytes() == Path("first.svg").read_bytes()
    assert main(["convert", "photo.png", "--recipe", "first.svg", "-o", "other.svg", "--width", "1"]) == 0
    params = open_recipe("other.svg").params
    assert (params["margin"], params["width"]) == (4, 1)
    assert convert("photo.png", "--recipe", "first.svg", "-o", "first.svg") == 0


# --- what makes no sense: code 2, and nothing is done -----------------------------------------------------------------

USAGE = [
    (["photo.png"], "say where to: -o FILE, -o - for standard output, or --out-dir FOLDER"),
    (["photo.png", "other.png", "-o", "out.svg"], "2 pictures need --out-dir FOLDER"),
    (["photo.png", "-o", "out.svg", "--out-dir", "out"], "-o and --out-dir both say where to; keep one"),
    (["-", "-", "--out-dir", "out"], "standard input can be read once only"),
    (["photo.png", "a/photo.jpg", "--out-dir", "out"], "would both become out/photo.svg"),
    (["photo.png", "-o", "out.gif"], "argument -o: 'out.gif' must end in one of .svg, .svgz, .png"),
    (["photo.png", "-o", "out"], "argument -o: 'out' must end in one of .svg, .svgz, .png"),
    (["photo.png", "-o", "out.svg", "--format", "png"], "-o out.svg and --format png do not agree"),
    (["photo.png", "-o", "out.svg", "--format", "gif"], "argument --format: invalid choice: 'gif'"),
    (["-o", "out.svg"], "the following arguments are required: IMAGE"),
    (["photo.png", "-o", "out.svg", "--widht", "2"], "there is no option --widht; did you mean --width?"),
    (["photo.png", "-o", "out.svg", "--wid", "2"], "there is no option --wid; did you mean --width?"),
    (["photo.png", "-o", "out.svg", "--widht=2"], "there is no option --widht; did you mean --width?"),
    (["photo.png", "-o", "out.svg", "--width"], "argument --width: expected one argument"),
    (
        ["photo.png", "-o", "out.svg", "--width", "0"],
        "argument --width: it must be above 0 px, got 0; leave it out for the default 1.5",
    ),
    (["photo.png", "-o", "out.svg", "--width", "nan"], "argument --width: it must be a finite number above 0 px"),
    (["photo.png", "-o", "out.svg", "--width", "wide"], "argument --width: it must be a number above 0 px, got 'wide'"),
    (["photo.png", "-o", "out.svg", "--margin", "1.5"], "argument --margin: it must be a whole number between 0 and 9"),
    (["photo.png", "-o", "out.svg", "--margin", "-1"], "argument --margin: it must be between 0 and 9 px, got -1"),
    (["photo.png", "-o", "out.svg", "--ink", "inky"], "argument --ink: it must be a colour"),
    (["photo.png", "-o", "out.svg", "--inks", "red,inky"], "argument --inks: it must be a sequence of at least one"),
    (["photo.png", "-o", "out.svg", "--colors", "no"], "argument --colors: it must be one of 'ink', 'inks', got 'no'"),
    (["photo.png", "-o", "out.svg", "--repeats", "3"], "argument --repeats: it must be one of 1, 2, got '3'"),
    (["photo.png", "-o", "out.svg", "--preset", "thik"], "argument --preset: frame has no preset 'thik'; did you mean"),
    (
        ["photo.png", "-o", "out.svg", "--backend", "frmae"],
        "argument --backend: there is no backend 'frmae'; did you mean 'frame'?",
    ),
    (["photo.png", "-o", "out.svg", "--backend"], "argument --backend: expected one argument"),
]


@pytest.mark.parametrize(("words", "message"), USAGE)
def test_a_command_line_without_sense_is_refused_before_anything_is_done(photo, capsys, words, message):
    Path("other.png").write_bytes(photo.read_bytes())
    before = sorted(os.listdir("."))
    assert convert(*words) == 2
    out, err = capsys.readouterr()
    told, hint = err.splitlines()
    assert told.startswith("vec2art-nb convert: ")
    assert message in told
    assert hint == "Try 'vec2art-nb convert --help'."
    assert out == ""
    assert sorted(os.listdir(".")) == before


def test_a_recipe_and_another_beginning_do_not_go_together(photo, capsys):
    assert convert("photo.png", "-o", "first.svg") == 0
    assert main(["convert", "photo.png", "--recipe", "first.svg", "--preset", "thick", "-o", "o.svg"]) == 2
    assert "--recipe and --preset both say what to begin with" in capsys.readouterr().err
    assert main(["convert", "photo.png", "--recipe", "first.svg", "--backend", "edge", "-o", "o.svg"]) == 2
    assert "first.svg is a recipe for the backend 'frame'; leave --backend out" in capsys.readouterr().err


# --- what fails: code 1, one line, and the rest is done ---------------------------------------------------------------


def test_a_picture_that_fails_does_not_stop_the_others(photo, capsys):
    Path("text.png").write_text("no picture")
    Path("other.png").write_bytes(photo.read_bytes())
    assert convert("nothere.png", "photo.png", "text.png", "other.png", "--out-dir", "out") == 1
    assert sorted(os.listdir("out")) == ["other.svg", "photo.svg"]
    out, err = capsys.readouterr()
    first, second = err.splitlines()
    assert first.startswith("vec2art-nb: nothere.png: no such file")
    assert second.startswith("vec2art-nb: text.png: ")
    assert out == ""


def test_nothing_is_written_when_every_picture_fails(photo, capsys):
    assert convert("nothere.png", "--out-dir", "out") == 1
    assert convert("nothere.png", "-o", "out.svg") == 1
    assert os.listdir(".") == ["photo.png"]


@pytest.mark.parametrize("link", [os.symlink, os.link], ids=["symbolic", "hard"])
def test_an_output_that_is_the_picture_itself_is_refused_also_through_links(photo, capsys, link):
    content = photo.read_bytes()
    link("photo.png", "link.png")
    for output in ("photo.png", "./photo.png", "../pictures/photo.png", "link.png"):
        assert convert("photo.png", "-o", output) == 1
        assert "is the picture photo.png itself; choose another name" in capsys.readouterr().err
    assert photo.read_bytes() == content


def test_an_output_that_is_a_later_picture_is_refused(photo, capsys):
    Path("sub").mkdir()
    later = Path("sub/photo.png")
    later.write_bytes(photo.read_bytes())
    Path("x.png").write_bytes(photo.read_bytes())
    assert convert("photo.png", "x.png", "--out-dir", "sub", "--format", "png") == 0
    later.write_bytes(photo.read_bytes())
    Path("sub/x.png").unlink()
    later.rename("sub/x.png")
    assert convert("x.png", "photo.png", "sub/x.png", "--out-dir", "sub", "--format", "png") == 2
    os.symlink("sub/x.png", "y.png")
    capsys.readouterr()
    assert convert("x.png", "y.png", "--out-dir", "sub", "--format", "png") == 1
    assert "x.png: sub/x.png is the picture y.png itself" in capsys.readouterr().err
    assert Path("sub/x.png").read_bytes() == photo.read_bytes()


def test_an_output_that_cannot_be_written_is_told(photo, capsys):
    assert convert("photo.png", "-o", "nowhere/out.svg") == 1
    assert "photo.png: there is no folder nowhere to write out.svg in; make it first" in capsys.readouterr().err
    assert convert("photo.png", "--out-dir", "photo.png") == 1
    assert "photo.png is a file, not a folder" in capsys.readouterr().err
    assert convert("photo.png", "--out-dir", "photo.png/sub") == 1
    assert "the folder photo.png/sub cannot be made: Not a directory" in capsys.readouterr().err
    Path("folder.svg").mkdir()
    assert convert("photo.png", "-o", "folder.svg") == 1
    assert "folder.svg: it is a folder" in capsys.readouterr().err


def test_no_work_is_done_for_an_output_without_a_folder(photo, monkeypatch):
    def work(*_, **__):
        raise AssertionError("worked")

    monkeypatch.setattr("vec2art_nb.runtime.session.Session", work)
    assert convert("photo.png", "-o", "nowhere/out.svg") == 1
    assert convert("photo.png", "-o", "photo.png") == 1


def test_a_recipe_that_cannot_be_read_is_told(photo, capsys):
    assert main(["convert", "photo.png", "--recipe", "no.svg", "-o", "out.svg"]) == 1
    assert capsys.readouterr().err.startswith("vec2art-nb: cannot read a recipe from no.svg")
    assert convert("photo.png", "--recipe", "photo.png", "-o", "out.svg") == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_a_recipe_for_an_unknown_backend_is_told(photo, capsys):
    assert convert("photo.png", "-o", "first.svg") == 0
    text = Path("first.svg").read_text().replace('"backend":"frame"', '"backend":"fresco"')
    Path("first.svg").write_text(text)
    assert main(["convert", "photo.png", "--recipe", "first.svg", "-o", "out.svg"]) == 1
    assert "vec2art-nb: first.svg: there is no backend 'fresco'" in capsys.readouterr().err


def test_a_recipe_that_does_not_fit_is_told_for_each_picture(photo, capsys):
    assert convert("photo.png", "-o", "first.svg", "--margin", "4") == 0
    Path("first.svg").write_text(Path("first.svg").read_text().replace('"margin":4', '"margin":44'))
    assert main(["convert", "photo.png", "shapes", "--recipe", "first.svg", "--out-dir", "out"]) == 1
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("vec2art-nb: photo.png: the recipe was made with vec2art_nb")
    assert second.startswith("vec2art-nb: shapes: the recipe")
    assert "margin must be between 0 and 9 px, got 44" in first


def test_a_machine_without_memory_enough_is_told(photo, capsys, monkeypatch):
    monkeypatch.setattr(Session, "drawing", property(lambda self: (_ for _ in ()).throw(MemoryError())))
    assert convert("photo.png", "-o", "out.svg") == 1
    assert capsys.readouterr().err == "vec2art-nb: photo.png: MemoryError\n"


def test_a_terminal_gets_no_binary_and_gives_no_picture(photo, capsys, monkeypatch):
    monkeypatch.setattr(type(sys.stdout), "isatty", lambda self: True, raising=False)
    assert convert("photo.png", "-o", "-", "--format", "png") == 1
    assert "photo.png: .png is not for a terminal" in capsys.readouterr().err
    monkeypatch.setattr(sys, "stdin", type("Keyboard", (io.StringIO,), {"isatty": lambda self: True})())
    assert convert("-", "-o", "out.svg") == 1
    assert "standard input: it is a terminal" in capsys.readouterr().err


def test_an_interrupt_ends_it_with_the_shells_code(photo, monkeypatch, capsys):
    def interrupt(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Session, "drawing", property(interrupt))
    assert convert("photo.png", "-o", "out.svg") == 130
    assert capsys.readouterr() == ("", "")
    assert os.listdir(".") == ["photo.png"]


# --- on a terminal ----------------------------------------------------------------------------------------------------


def test_a_terminal_is_told_what_is_going_on_and_left_clean(photo, terminal):
    assert convert("photo.png", "-o", "out.svg") == 0
    shown = terminal.getvalue().split("\r\x1b[K")
    assert shown[1] == "starting"
    assert "photo.png" in shown
    assert shown[-1] == ""


def test_a_terminal_sees_which_of_several_is_at_work_and_errors_on_their_own_line(photo, terminal):
    assert convert("nothere.png", "photo.png", "--out-dir", "out") == 1
    shown = terminal.getvalue()
    assert "\r\x1b[K[2/2] photo.png" in shown
    assert "\r\x1b[Kvec2art-nb: nothere.png: no such file" in shown


def test_progress_of_the_session_is_shown(photo, terminal, monkeypatch):
    from vec2art_nb.runtime.engine import Progress

    def tell_at_once(self, callback):
        callback(Progress("preparing lightness", 2, 9))
        callback(Progress(""))

    monkeypatch.setattr(Session, "on_progress", tell_at_once)
    assert convert("photo.png", "-o", "out.svg") == 0
    assert "photo.png: preparing lightness (2/9)" in terminal.getvalue()
