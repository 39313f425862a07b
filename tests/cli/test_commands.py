"""The commands besides convert, and what all have in common."""

from __future__ import annotations

import json

import pytest

import vec2art_nb
from vec2art_nb import backends
from vec2art_nb.cli import COMMANDS, main
from vec2art_nb.cli.terminal import bar, columns
from vec2art_nb.errors import ImageError


def test_the_version_is_told(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"vec2art-nb {vec2art_nb.__version__}\n"


@pytest.mark.parametrize("words", [["--help"], ["-h"]])
def test_help_lists_the_commands(capsys, words):
    assert main(words) == 0
    out = capsys.readouterr().out
    assert all(f"  {name} " in out for name in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(capsys, command):
    assert main([command, "--help"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith(f"usage: vec2art-nb {command}")
    assert err == ""


@pytest.mark.usefixtures("frame")
def test_the_help_of_convert_shows_the_parameters_of_the_backend(capsys):
    assert main(["convert", "--help", "--backend=frame"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "--margin NUMBER Distance from the border, 100 % sure. (0 … 9 px; default 2)" in text
    assert "--closed, --no-closed Close the frame. (default --closed)" in text
    assert "--colors {ink,inks} Where the colour comes from. (default ink)" in text
    assert "--ink COLOUR Colour of the line. (default #123456; needs --colors ink)" in text
    assert "The pens. (default #ff0000,#0000ff; needs --colors inks; needs --closed)" in text
    assert "Frame: --margin" in text
    assert "Ink: --ink" in text
    assert "whose presets are thick" in text


def test_the_help_of_convert_shows_edge_when_nothing_else_is_asked_for(capsys):
    assert main(["convert", "--help"]) == 0
    out = capsys.readouterr().out
    assert all("--" + name.replace("_", "-") in out for name in backends["edge"].Params.parameters())


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "vec2art-nb: say what to do: convert, backends"),
        (["conver"], "vec2art-nb: there is no command 'conver'; did you mean 'convert'?"),
        (["photo.jpg"], "vec2art-nb: there is no command 'photo.jpg'; there are: convert, backends"),
        (["--verison"], "vec2art-nb: there is no option --verison; did you mean --version?"),
        (["warmup", "now"], "vec2art-nb warmup: there is nothing to be done with 'now' here"),
        (["params"], "vec2art-nb params: the following arguments are required: BACKEND"),
        (["params", "edg"], "vec2art-nb params: argument BACKEND: there is no backend 'edg'; did you mean 'edge'?"),
        (["doctor", "--jsno"], "vec2art-nb doctor: there is no option --jsno; did you mean --json?"),
    ],
)
def test_a_command_line_without_sense_is_refused(capsys, words, message):
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert err.startswith(message)
    assert "Try 'vec2art-nb" in err
    assert out == ""


def test_arguments_come_from_the_command_line_when_none_are_given(capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["vec2art-nb", "--version"])
    assert main() == 0
    assert "vec2art-nb" in capsys.readouterr().out


# --- backends and params ----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("frame")
def test_backends_are_listed_in_columns(capsys):
    assert main(["backends"]) == 0
    header, *lines = capsys.readouterr().out.splitlines()
    assert header.split() == ["NAME", "PRESETS", "TITLE"]
    assert [line.split()[0] for line in lines] == list(backends)
    assert lines[-1].split() == ["frame", "thick", "A", "frame"]


@pytest.mark.usefixtures("frame")
def test_backends_are_listed_as_json(capsys):
    assert main(["backends", "--json"]) == 0
    described = json.loads(capsys.readouterr().out)
    assert described[-1] == {"name": "frame", "title": "A frame", "presets": {"thick": {"width": 4, "margin": 5}}}


def test_a_backend_that_cannot_be_loaded_is_told_and_the_others_are_listed(capsys, monkeypatch):
    class Broken:
        value = "broken.package:BACKEND"

        def load(self):
            raise ImportError("no module named broken")

    monkeypatch.setattr(backends, "_third_party", lambda: {"broken": Broken()})
    assert main(["backends"]) == 1
    out, err = capsys.readouterr()
    assert "edge" in out
    assert err.startswith("vec2art-nb: backend 'broken' comes from broken.package:BACKEND, which cannot be loaded")


@pytest.mark.usefixtures("frame")
def test_params_are_listed_in_columns(capsys):
    assert main(["params", "frame"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["NAME", "DEFAULT", "RANGE", "UNIT", "HELP"]
    assert " ".join(lines[1].split()) == "margin 2 0 … 9 px Distance from the border, 100 % sure."
    assert lines[3].split("  ")[0] == "closed"
    starts = {line.index(word) for line, word in zip(lines[:4], ("HELP", "Distance", "Width", "Close"), strict=True)}
    assert len(starts) == 1


@pytest.mark.usefixtures("frame")
def test_params_are_listed_as_json(capsys):
    assert main(["params", "frame", "--json"]) == 0
    described = {one["name"]: one for one in json.loads(capsys.readouterr().out)}
    assert described["margin"]["flag"] == "--margin"
    assert (described["margin"]["ge"], described["margin"]["le"], described["margin"]["soft"]) == (0, 9, [0, 9])
    assert described["inks"]["needs"] == {"colors": ["inks"], "closed": [True]}
    assert described["repeats"]["choices"] == [1, 2]


# --- warmup -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def two_kernels(monkeypatch):
    def warmup(progress):
        for done, name in enumerate(("blur", "trace strokes")):
            progress(done, 2, name)
            progress(done + 1, 2, name)
        progress(2, 2, "")
        return 2

    monkeypatch.setattr("vec2art_nb.runtime.warmup.warmup", warmup)


@pytest.mark.usefixtures("two_kernels")
def test_warmup_draws_a_bar_on_a_terminal(terminal):
    assert main(["warmup"]) == 0
    shown = terminal.getvalue().split("\r\x1b[K")
    assert "loading the compiler" in shown
    assert f"{bar(1, 2)} trace strokes" in shown
    assert shown[-1].startswith("2 kernels are ready (")


@pytest.mark.usefixtures("two_kernels")
def test_warmup_prints_plain_lines_elsewhere(capsys):
    assert main(["warmup"]) == 0
    out, err = capsys.readouterr()
    assert err.splitlines()[:-1] == ["loading the compiler", "1/2 blur", "2/2 trace strokes"]
    assert err.splitlines()[-1].startswith("2 kernels are ready (")
    assert "\x1b" not in err
    assert out == ""


def test_a_failure_is_one_line(capsys, monkeypatch):
    def warmup(progress):
        raise ImageError("first line\nsecond line")

    monkeypatch.setattr("vec2art_nb.runtime.warmup.warmup", warmup)
    assert main(["warmup"]) == 1
    assert capsys.readouterr().err.splitlines()[-1] == "vec2art-nb: first line; second line"


# --- what they print with ---------------------------------------------------------------------------------------------


def test_columns_are_aligned_and_can_be_counted():
    assert columns([("A", "B"), ("long", ""), ("", "x y")]) == "A     B\nlong  -\n-     x y"


def test_a_bar_is_empty_at_the_beginning_and_full_at_the_end():
    assert bar(0, 4, 8) == "[--------] 0/4"
    assert bar(1, 4, 8) == "[##------] 1/4"
    assert bar(4, 4, 8) == "[########] 4/4"


def test_a_status_line_never_wraps(terminal, monkeypatch):
    from vec2art_nb.cli.terminal import status_line

    monkeypatch.setenv("COLUMNS", "20")
    with status_line() as line:
        line.show("x" * 100)
    assert terminal.getvalue() == "\r\x1b[K" + "x" * 19 + "\r\x1b[K"
