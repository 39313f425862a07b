"""The command as a process among others."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

HEAVY = ("numba", "llvmlite", "pandas", "matplotlib", "ipywidgets", "anywidget")


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["--version"],
        ["convert", "--help"],
        ["convert", "x.png", "-o", "x.gif"],
        ["backends"],
        ["params", "edge"],
        ["warmup", "--help"],
        ["doctor", "--help"],
    ],
    ids=" ".join,
)
def test_what_draws_nothing_loads_nothing_heavy(repository, words):
    script = (
        "import sys; from vec2art_nb.cli import main; main(sys.argv[1:]); "
        f"print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *words],
        env={**os.environ, "PYTHONPATH": str(repository)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr.splitlines()[-1] == "[]"


def test_help_does_not_even_load_numpy(repository):
    script = (
        "import sys; from vec2art_nb.cli import main; main(['--help']); print({'numpy', 'pydantic'} & {*sys.modules})"
    )
    environment = {**os.environ, "PYTHONPATH": str(repository)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.endswith("set()\n")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_an_interrupt_while_reading_ends_the_process_quietly(photo, start):
    os.mkfifo("pipe")
    process = start("convert", "pipe", "-o", "out.svg")
    # Opening waits until the other side has opened it too.
    with open("pipe", "wb") as writer:
        writer.write(b"\x89PNG")
        writer.flush()
        process.send_signal(signal.SIGINT)
    # Closed now, because a signal that comes just before a read begins is seen when the read ends.
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err == b""
    assert sorted(os.listdir(".")) == ["photo.png", "pipe"]


@pytest.mark.parametrize("words", [["params", "edge"], ["convert", "photo.png", "-o", "-"]], ids=" ".join)
def test_a_reader_that_went_away_is_no_error(photo, start, words):
    reading, writing = os.pipe()
    os.close(reading)
    process = start(*words, stdout=writing)
    os.close(writing)
    _, err = process.communicate(timeout=100)
    assert process.returncode == 141
    assert err == b""


def test_a_pipeline_gives_the_same_bytes_as_a_file(photo, start):
    piped = start("convert", "-", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    out, err = piped.communicate(photo.read_bytes(), timeout=100)
    assert piped.returncode == 0, err
    saved = start("convert", "photo.png", "-o", "out.svg")
    _, err = saved.communicate(timeout=100)
    assert saved.returncode == 0, err
    with open("out.svg", "rb") as file:
        assert file.read() == out
    assert out.startswith(b"<svg")


def test_a_terminal_that_lacks_characters_shows_the_others(start, monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    process = start("params", "edge", stdout=subprocess.PIPE)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")
    assert b"detail" in out
