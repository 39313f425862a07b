from __future__ import annotations

import base64
import io
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ipywidgets.widgets import widget as registry_of_widgets
from PIL import Image

import vec2art_nb.ui
import vec2art_nb.ui.studio as studio_module
from vec2art_nb.errors import ParameterError, RecipeError
from vec2art_nb.image import open_image
from vec2art_nb.params import Params
from vec2art_nb.ui import Studio
from vec2art_nb.ui.kept import MARK_IN_BASE64, kept_bundle
from vec2art_nb.ui.viewer import Viewer, encode_picture

UI = Path(vec2art_nb.ui.__file__).parent


class Wire:
    """What a widget sends, and a way to wait for it."""

    def __init__(self, widget: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.messages: list[tuple[dict[str, Any], list[Any]]] = []
        self._changed = threading.Condition()
        monkeypatch.setattr(widget, "send", self._take)

    def _take(self, content: dict[str, Any], buffers: Any = None) -> None:
        with self._changed:
            self.messages.append((content, list(buffers or [])))
            self._changed.notify_all()

    def next(self, kind: str, **wanted: Any) -> tuple[dict[str, Any], list[Any]]:
        """The first message of a kind with these contents, waited for."""

        def found() -> list[tuple[dict[str, Any], list[Any]]]:
            return [
                message
                for message in self.messages
                if message[0]["type"] == kind and all(message[0][key] == value for key, value in wanted.items())
            ]

        with self._changed:
            assert self._changed.wait_for(found, 30), (kind, wanted, self.messages)
            return found()[0]


def press(widget: Any, **message: Any) -> None:
    """What a browser sends."""
    widget._handle_custom_msg(message, [])


def wait_until(true: Callable[[], bool]) -> None:
    done = threading.Event()
    for _ in range(3000):
        if true():
            return
        done.wait(0.01)
    raise AssertionError("it did not happen")


def test_a_view_that_is_ready_gets_the_source_and_the_exact_frame(
    make_studio: Callable[..., Studio], monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = make_studio()
    wire = Wire(studio._viewer, monkeypatch)
    press(studio._viewer, type="ready", source="", held=[])
    frame, buffers = wire.next("frame", generation=0)
    assert frame["exact"] and frame["header"]["size"] == [12, 8]
    assert frame["bytes"] == sum(memoryview(buffer).nbytes for buffer in buffers)
    source, (data,) = wire.next("source")
    assert source["mime"] == "image/png"
    assert Image.open(io.BytesIO(data)).size == (12, 8)


def test_a_view_that_has_the_source_does_not_get_it_again(
    make_studio: Callable[..., Studio], monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = make_studio()
    wire = Wire(studio._viewer, monkeypatch)
    press(studio._viewer, type="ready", source=studio.session.source.digest, held=[])
    wire.next("frame")
    assert all(message["type"] != "source" for message, _ in wire.messages)


def test_an_edit_has_its_frame_and_is_announced_when_that_takes_a_while(
    make_studio: Callable[..., Studio], monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = make_studio()
    wire = Wire(studio._viewer, monkeypatch)
    press(studio._viewer, type="ready", source="", held=[])
    wire.next("frame", generation=0)
    press(studio._viewer, type="ack", number=1, milliseconds=5.0)
    studio.params.count = 7
    frame, _ = wire.next("frame", generation=1)
    assert frame["header"]["layers"][0]["paths"] == 7
    # This page never says that it has painted it.
    wire.next("working", generation=1)


def test_a_stage_that_fails_is_shown_in_words(
    make_studio: Callable[..., Studio], monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = make_studio()
    wire = Wire(studio._viewer, monkeypatch)
    press(studio._viewer, type="ready", source="", held=[])
    wire.next("frame", generation=0)
    studio.params.fails = True
    wire.next("failed", generation=1)
    wait_until(lambda: studio._toolbar.error == "ZeroDivisionError: asked to fail")
    # A view that comes up now must not take the old drawing for the new one.
    wire.messages.clear()
    press(studio._viewer, type="ready", source="", held=[])
    wire.next("failed", generation=1)
    studio.undo()
    assert studio._toolbar.error == ""


def test_a_frame_that_cannot_be_sent_is_shown_in_words(
    make_studio: Callable[..., Studio], monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = make_studio()
    press(studio._viewer, type="ready", source=studio.session.source.digest, held=[])

    def broken(frame: object) -> None:
        raise OverflowError("too large for the wire")

    monkeypatch.setattr(studio._viewer, "show", broken)
    studio.params.count = 4
    wait_until(lambda: studio._toolbar.error == "OverflowError: too large for the wire")


def test_buttons_do_what_they_say(make_studio: Callable[..., Studio]) -> None:
    studio = make_studio()
    toolbar = studio._toolbar
    assert (toolbar.backend, toolbar.preset, toolbar.can_undo) == ("lines", "default", False)
    assert toolbar.presets == ["default", "many", "steep"]
    assert {"edge", "lines", "plain"} <= set(toolbar.backends)
    press(toolbar, type="preset", name="steep")
    assert (studio.params.count, studio.params.slope, toolbar.preset) == (5, 1.0, "steep")
    press(toolbar, type="undo")
    assert (studio.params.count, toolbar.preset, toolbar.can_redo) == (3, "default", True)
    press(toolbar, type="redo")
    assert studio.params.count == 5
    press(toolbar, type="reset", names=[])
    assert studio.params.count == 3
    press(toolbar, type="backend", name="plain")
    assert (studio.session.backend, toolbar.presets, repr(studio)) == ("plain", ["default"], "Studio(array, plain)")
    press(toolbar, type="preset", name="default")
    assert toolbar.preset == "default"


def test_a_command_that_fails_is_shown_in_words_and_the_next_clears_it(make_studio: Callable[..., Studio]) -> None:
    studio = make_studio()
    press(studio._toolbar, type="preset", name="mony")
    assert studio._toolbar.error == "lines has no preset 'mony'; did you mean 'many'?"
    # Also when there is nothing to do: this one was no mistake.
    press(studio._toolbar, type="undo")
    assert studio._toolbar.error == ""


def test_an_observer_of_somebody_else_that_fails_is_shown_in_words(make_studio: Callable[..., Studio]) -> None:
    studio = make_studio()
    stop = studio.params.observe(lambda _: 1 / 0)
    studio.params.count = 6
    assert studio._toolbar.error == "ZeroDivisionError: division by zero"
    stop()
    studio.params.count = 7
    assert studio._toolbar.error == ""


@pytest.mark.parametrize(
    ("ending", "mime", "start"), [("svg", "image/svg+xml", b"<"), ("png", "image/png", b"\x89PNG")]
)
def test_saving_answers_with_the_file(
    make_studio: Callable[..., Studio], monkeypatch: pytest.MonkeyPatch, ending: str, mime: str, start: bytes
) -> None:
    studio = make_studio()
    wire = Wire(studio._toolbar, monkeypatch)
    press(studio._toolbar, type="save", format=ending, request="r1")
    reply, (data,) = wire.next("file", request="r1")
    assert (reply["name"], reply["mime"]) == (f"array.{ending}", mime)
    assert bytes(data).startswith(start)


def test_saving_what_cannot_be_drawn_is_refused_in_words(
    make_studio: Callable[..., Studio], monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = make_studio(fails=True)
    wire = Wire(studio._toolbar, monkeypatch)
    press(studio._toolbar, type="save", format="svg", request="r2")
    wire.next("refused", request="r2")
    assert studio._toolbar.error == "ZeroDivisionError: asked to fail"


def test_slow_work_is_told_in_the_progress_line(make_studio: Callable[..., Studio]) -> None:
    from vec2art_nb.runtime.engine import Progress

    studio = make_studio()
    studio._show_progress(Progress("compiling", 2, 9))
    assert studio._toolbar.progress == {"text": "compiling", "done": 2, "total": 9}


def test_the_code_makes_the_same_drawing(make_studio: Callable[..., Studio], picture: np.ndarray) -> None:
    studio = make_studio(count=6, ink="#aa0000", inks=["red"])
    code = studio.code()
    assert 'v2a.vectorize(image, backend="lines", count=6, ink="#aa0000", inks=("#ff0000",))' in code.replace(
        ",\n    ", ", "
    ).replace("(\n    ", "(").replace(",\n)", ")")
    names: dict[str, Any] = {"image": picture}
    exec(code.replace('drawing.save("array.svg")', ""), names)
    assert names["drawing"].digest() == studio.drawing.digest()


def test_code_names_the_file_that_was_opened(picture: np.ndarray, tmp_path: Path) -> None:
    path = tmp_path / "it's here.png"
    Image.fromarray(picture).save(path)
    studio = Studio(path, "plain")
    try:
        assert f'"{path}", backend="plain"' in studio.code().replace(",\n    ", ", ")
    finally:
        studio.close()


def test_a_studio_is_opened_from_an_svg_in_the_same_state(
    make_studio: Callable[..., Studio], picture: np.ndarray
) -> None:
    svg = make_studio(count=8, mode="wave").drawing.to_svg()
    studio = Studio.from_svg(svg, picture)
    try:
        assert (studio.session.backend, studio.params.count, studio.params.mode) == ("lines", 8, "wave")
        assert studio.drawing.to_svg() == svg
        assert studio._toolbar.error == ""
    finally:
        studio.close()


def test_from_svg_warns_when_the_picture_is_another(make_studio: Callable[..., Studio], picture: np.ndarray) -> None:
    svg = make_studio(count=8).drawing.to_svg()
    studio = Studio.from_svg(svg, picture[:, ::-1] // 2)
    try:
        assert studio.params.count == 8
        assert "not the picture that the SVG was made from" in studio._toolbar.error
    finally:
        studio.close()


def test_from_svg_without_a_recipe_says_so(picture: np.ndarray) -> None:
    with pytest.raises(RecipeError):
        Studio.from_svg('<svg xmlns="http://www.w3.org/2000/svg"/>', picture)


def test_a_wrong_parameter_is_an_error_where_the_studio_is_made(picture: np.ndarray) -> None:
    with pytest.raises(ParameterError, match="count must be between 0 and 100"):
        Studio(picture, "lines", count=-1)


def test_displaying_gives_a_live_view_and_a_picture_of_its_own(
    make_studio: Callable[..., Studio], monkeypatch: pytest.MonkeyPatch
) -> None:
    published: list[tuple[str, dict[str, Any], str | None]] = []
    for name in ("display", "update_display"):

        def take(bundle: dict[str, Any], *, raw: bool, display_id: str | None = None, name: str = name) -> None:
            published.append((name, bundle, display_id))

        monkeypatch.setattr(f"IPython.display.{name}", take)
    studio = make_studio()
    studio._ipython_display_()
    studio.params.count = 5
    studio.keep()
    (_, live, no_id), (first, kept, kept_id), (second, newer, same_id) = published
    assert live["text/plain"] == "Studio(array, lines)"
    assert "application/vnd.jupyter.widget-view+json" in live
    assert (no_id, first, second) == (None, "display", "update_display")
    assert kept_id == same_id
    # Only what nbval skips or what is the same on every machine.
    assert set(kept) == {"text/plain", "image/png"}
    assert kept["text/plain"] == "Drawing(12×8 px, 3 paths, 6 points)"
    assert newer["text/plain"] == "Drawing(12×8 px, 5 paths, 10 points)"


def test_a_slow_first_drawing_does_not_hold_up_the_cell(
    make_studio: Callable[..., Studio], monkeypatch: pytest.MonkeyPatch
) -> None:
    published: list[tuple[str, str]] = []
    arrived = threading.Event()
    gate = threading.Event()

    def keep(bundle: dict[str, Any], *, raw: bool, display_id: str | None = None) -> None:
        published.append(("display", bundle["text/plain"]))

    def replace(bundle: dict[str, Any], *, raw: bool, display_id: str) -> None:
        published.append(("update", bundle["text/plain"]))
        arrived.set()

    monkeypatch.setattr("IPython.display.display", keep)
    monkeypatch.setattr("IPython.display.update_display", replace)
    monkeypatch.setattr("vec2art_nb.ui.studio._somebody_is_there", lambda: True)
    monkeypatch.setattr("vec2art_nb.ui.studio._CELL_PATIENCE_S", 0.01)
    studio = make_studio()
    drawing = studio.drawing
    monkeypatch.setattr(Studio, "drawing", property(lambda studio: gate.wait(30) and drawing))
    studio._ipython_display_()
    assert published == [("display", "Studio(array, lines)"), ("display", "Drawing(12×8 px, not there yet)")]
    gate.set()
    assert arrived.wait(30)
    assert published[2:] == [("update", "Drawing(12×8 px, 3 paths, 6 points)")]


@pytest.mark.parametrize(
    ("asked", "there"), [({"allow_stdin": True}, True), ({"allow_stdin": False}, False), ({}, False)]
)
def test_a_cell_run_without_a_person_waits_for_the_drawing(
    monkeypatch: pytest.MonkeyPatch, asked: dict[str, bool], there: bool
) -> None:
    class Kernel:
        def get_parent(self, channel: str) -> dict[str, Any]:
            return {"content": asked} if channel == "shell" else {}

    class Shell:
        kernel = Kernel()

    assert not studio_module._somebody_is_there()
    monkeypatch.setattr("IPython.core.getipython.get_ipython", Shell)
    assert studio_module._somebody_is_there() is there


def test_the_style_sheet_finds_every_kept_picture(make_studio: Callable[..., Studio]) -> None:
    css = (UI / "viewer.css").read_text()
    assert re.findall(r'img\[src\*="([^"]+)"\]', css) == [MARK_IN_BASE64]
    for count in (1, 40):
        bundle = kept_bundle(make_studio(count=count).drawing)
        assert MARK_IN_BASE64 in bundle["image/png"]
        with Image.open(io.BytesIO(base64.b64decode(bundle["image/png"]))) as image:
            image.load()
            assert image.size == (12, 8)


def test_a_moved_control_sets_its_parameter_and_brings_what_was_painted(
    make_studio: Callable[..., Studio], monkeypatch: pytest.MonkeyPatch
) -> None:
    painted: list[tuple[int, float, int]] = []
    monkeypatch.setattr(
        Viewer, "painted", lambda _, number, seconds: painted.append((number, seconds, studio.params.count))
    )
    studio = make_studio()
    press(studio._controls, type="ready", page="page")
    move = {"type": "set", "page": "page", "gesture": 1, "backend": "lines"}
    press(studio._controls, **move, serial=1, values={"count": 6}, painted={"number": 4, "milliseconds": 5.0})
    assert painted == [(4, 0.005, 6)]
    press(studio._controls, **move, serial=2, values={"count": 600}, painted=None)
    assert studio._toolbar.error.startswith("count must be between 0 and 100")


def test_one_parameter_is_reset_by_name(make_studio: Callable[..., Studio]) -> None:
    studio = make_studio(count=9, slope=1.0)
    press(studio._toolbar, type="reset", names=["count"])
    assert (studio.params.count, studio.params.slope) == (3, 1.0)


def test_no_edit_compares_presets(make_studio: Callable[..., Studio], monkeypatch: pytest.MonkeyPatch) -> None:
    studio = make_studio()
    made: list[object] = []
    make = Params.__init__

    def count(params: Any, **values: Any) -> None:
        made.append(params)
        make(params, **values)

    monkeypatch.setattr(Params, "__init__", count)
    studio.params.count = 9
    assert studio._toolbar.preset == "many"
    assert len(made) <= 1  # the new state's own, unless it is known


def test_closing_leaves_no_widget_behind(make_studio: Callable[..., Studio]) -> None:
    before = set(registry_of_widgets._instances)
    studio = make_studio()
    press(studio._controls, type="ready", page="page")
    studio.close()
    assert set(registry_of_widgets._instances) == before


def test_a_closed_studio_renders_no_more(make_studio: Callable[..., Studio]) -> None:
    studio = make_studio()
    studio.close()
    assert studio.session.closed
    studio.close()


@pytest.mark.parametrize(
    ("shape", "kind", "size"),
    [((30, 20, 3), "png", (20, 30)), ((900, 900, 3), "jpeg", (900, 900)), ((900, 900, 4), "png", (900, 900))],
)
def test_the_source_goes_out_without_loss_when_small_or_transparent(
    shape: tuple[int, int, int], kind: str, size: tuple[int, int]
) -> None:
    mime, data = encode_picture(open_image(np.full(shape, 90, np.uint8)))
    assert mime == f"image/{kind}"
    assert Image.open(io.BytesIO(data)).size == size


def test_a_large_source_is_sent_no_larger_than_screens_are() -> None:
    _, data = encode_picture(open_image(np.zeros((100, 4096, 1), np.uint8)))
    assert Image.open(io.BytesIO(data)).size == (2048, 50)
