from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np
import pytest

import vec2art_nb as v2a
from vec2art_nb.errors import Cancelled, LaneError, ParameterError, RecipeError, SessionClosedError
from vec2art_nb.params import ParamModel
from vec2art_nb.perf.log import log
from vec2art_nb.runtime.advice import Advisor
from vec2art_nb.runtime.alarm import Timer
from vec2art_nb.runtime.cache import StageCache
from vec2art_nb.runtime.engine import shared_engine
from vec2art_nb.runtime.lane import Purpose, lane
from vec2art_nb.runtime.scheduler import Frame
from vec2art_nb.runtime.session import Session


class Viewer:
    """Collects frames and lets a test wait for the one of a generation."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self._arrived = threading.Condition()

    def __call__(self, frame: Frame) -> None:
        with self._arrived:
            self.frames.append(frame)
            self._arrived.notify_all()

    def wait_for(self, generation: int) -> Frame:
        with self._arrived:
            arrived = self._arrived.wait_for(
                lambda: any(frame.generation >= generation for frame in self.frames), timeout=30
            )
            assert arrived, f"no frame of generation {generation}"
            return self.frames[-1]

    def wait_until(self, condition: Callable[[list[Frame]], bool]) -> list[Frame]:
        with self._arrived:
            assert self._arrived.wait_for(lambda: self.frames and condition(self.frames), timeout=30)
            return list(self.frames)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_the_drawing_follows_the_parameters(toy, picture) -> None:
    with Session(picture, "toy", level=4) as session:
        assert len(session.drawing) == 4
        session.params.level = 7
        assert len(session.drawing) == 7
        session.undo()
        assert len(session.drawing) == 4
        session.redo()
        assert len(session.drawing) == 7


def test_a_change_reruns_only_what_it_invalidated(toy, picture, runs) -> None:
    with Session(picture, "toy") as session:
        session.drawing
        runs.counts.clear()
        session.set(width=3.0)
        session.drawing
        assert runs.counts == {"drawn": 1}
        session.set(shift=3.0)
        session.drawing
        assert runs.counts == {"drawn": 2, "shifted": 1}


def test_going_back_to_an_earlier_value_runs_nothing(toy, picture, runs) -> None:
    with Session(picture, "toy") as session:
        session.drawing
        session.set(level=9)
        session.drawing
        runs.counts.clear()
        session.undo()
        session.drawing
        assert runs.counts == {}


def test_a_parameter_without_effect_runs_nothing(toy, picture, runs) -> None:
    with Session(picture, "toy") as session:
        session.drawing
        runs.counts.clear()
        session.set(gap=7.0)
        session.drawing
        assert runs.counts == {}


def test_two_sessions_on_one_picture_share_results(toy, picture, runs) -> None:
    with Session(picture, "toy") as one, Session(picture.pixels, "toy") as two:
        assert one.source is two.source
        one.drawing
        runs.counts.clear()
        two.drawing
        assert runs.counts == {}


def test_an_invalid_value_leaves_everything_as_it_was(toy, picture) -> None:
    with Session(picture, "toy", level=4) as session:
        before = session.drawing.to_svg()
        with pytest.raises(ParameterError, match="level"):
            session.set(shift=2.0, level=-1)
        assert session.params.shift == 0.5
        assert session.drawing.to_svg() == before


def test_the_last_of_many_quick_edits_gets_its_frame_and_old_ones_are_replaced(toy, picture, runs) -> None:
    with Session(picture, "toy") as session:
        viewer = Viewer()
        session.on_frame(viewer)
        viewer.wait_for(0)
        runs.gate.clear()
        runs.entered.clear()
        session.params.level = 10
        assert runs.entered.wait(30)
        for level in range(11, 40):
            session.params.level = level
        runs.gate.set()
        frame = viewer.wait_for(session.generation)
        assert len(frame.drawing) == 39
        assert [f.generation for f in viewer.frames] == sorted({f.generation for f in viewer.frames})
        assert len(viewer.frames) <= 4, "edits that were not begun must be replaced, not queued"


def test_a_slow_listener_gets_the_newest_frame_not_a_queue(toy, picture) -> None:
    with Session(picture, "toy") as session:
        viewer, held, go = Viewer(), threading.Event(), threading.Event()

        def slow(frame: Frame) -> None:
            viewer(frame)
            held.set()
            assert go.wait(30)

        session.on_frame(slow)
        assert held.wait(30)
        for level in range(10, 20):
            session.params.level = level
            assert len(session.drawing) == level
        lane().wait(lane().submit(lambda _: None, Purpose.EXACT))
        go.set()
        viewer.wait_for(session.generation)
        assert [len(frame.drawing) for frame in viewer.frames] == [3, 19]


def test_a_stage_that_fails_becomes_an_error_frame_and_the_session_lives(toy, picture) -> None:
    with Session(picture, "toy") as session:
        viewer = Viewer()
        session.on_frame(viewer)
        session.params.broken = True
        assert "broken" in str(viewer.wait_for(1).error)
        with pytest.raises(ValueError, match="the toy is broken"):
            session.drawing
        session.params.broken = False
        frame = viewer.wait_for(2)
        assert frame.error is None
        assert len(frame.drawing) == 3


def preview_after_the_first_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    """Long enough before the exact drawing that a listener is told of both."""
    scales = iter([1.0, 0.5])
    monkeypatch.setattr("vec2art_nb.runtime.previews.PreviewScale.choose", lambda *_: (next(scales), 1.0))
    monkeypatch.setattr(ParamModel, "settle_s", 0.5)


def test_a_preview_is_the_same_drawing_from_a_smaller_copy_and_the_exact_one_follows(toy, picture, monkeypatch) -> None:
    preview_after_the_first_frame(monkeypatch)
    with Session(picture, "toy", mode="double", width=2.0) as session:
        viewer = Viewer()
        session.on_frame(viewer)
        viewer.wait_for(0)
        session.params.shift = 3.0
        _, preview, exact = viewer.wait_until(lambda frames: frames[-1].exact and frames[-1].generation == 1)
        assert (preview.scale, preview.generation) == (0.5, exact.generation)
        assert preview.drawing.size == exact.drawing.size
        np.testing.assert_allclose(preview.drawing.paths.points, exact.drawing.paths.points, atol=1e-5)
        assert preview.drawing.styles == exact.drawing.styles
    stages = v2a.perf.stages()
    assert list(stages[stages.purpose == "live"].megapixels.tail(3)) == [10 * 15 / 1e6] * 3
    assert list(stages[stages.purpose == "exact"].megapixels.tail(3)) == [20 * 30 / 1e6] * 3


def test_what_takes_too_long_for_a_frame_is_shown_smaller_while_the_hand_moves(toy, picture, monkeypatch) -> None:
    monkeypatch.setattr(ParamModel, "settle_s", 0.5)
    with Session(picture, "toy") as session:
        viewer = Viewer()
        session.on_frame(viewer)
        # Nothing is known of these stages, so the first frame is the drawing itself.
        assert viewer.wait_for(0).exact
        monkeypatch.setattr(shared_engine.costs, "expected", lambda stage, picture, size, traits: 1e6 * size)
        session.params.level = 9
        frames = viewer.wait_until(lambda frames: frames[-1].exact and frames[-1].generation == 1)
        assert [frame.exact for frame in frames] == [True, False, True]
        assert len(frames[-1].drawing) == 9
        # What stands in the cache takes no time at all, so it is exact at once.
        session.undo()
        frames = viewer.wait_until(lambda frames: frames[-1].generation == 2)
        assert [frame.exact for frame in frames[3:]] == [True]


def test_a_preview_that_fails_is_followed_by_the_exact_drawing(toy, picture, monkeypatch) -> None:
    preview_after_the_first_frame(monkeypatch)
    monkeypatch.setattr("vec2art_nb.drawing.Drawing.resized", lambda *_: 1 / 0)
    with Session(picture, "toy") as session:
        viewer = Viewer()
        session.on_frame(viewer)
        viewer.wait_for(0)
        session.params.level = 9
        _, preview, exact = viewer.wait_until(lambda frames: len(frames) == 3)
        assert isinstance(preview.error, ZeroDivisionError)
        assert exact.error is None
        assert len(exact.drawing) == 9


def test_what_the_hand_may_ask_for_next_is_drawn_while_it_rests(toy, picture, runs) -> None:
    log.clear()
    with Session(picture, "toy") as session:
        viewer, foreseen = Viewer(), []
        session.on_frame(viewer)
        viewer.wait_for(0)
        session.params.level = 10
        viewer.wait_for(1)
        wait_until(lambda: session._foresight.drawn >= 4)
        runs.counts.clear()
        session.params.level = 11
        assert len(viewer.wait_for(2).drawing) == 11
        assert runs.counts.get("rows", 0) == 0
        foreseen = [frame.foreseen for frame in log.frames if frame.purpose == "live"]
    assert foreseen == [False, False, True]
    # An edit may have come while one was drawn.
    ahead = v2a.perf.frames().query("purpose == 'prerender'").outcome.value_counts()
    assert ahead["drawn"] >= 4
    assert set(ahead.index) <= {"drawn", "cancelled"}


def test_nothing_is_drawn_ahead_that_there_is_no_room_for(toy, picture, runs, monkeypatch) -> None:
    monkeypatch.setattr(shared_engine, "cache", StageCache(0))
    log.clear()
    with Session(picture, "toy") as session:
        viewer = Viewer()
        session.on_frame(viewer)
        viewer.wait_for(0)
        session.params.level = 10
        viewer.wait_for(1)
        wait_until(lambda: any(frame.purpose == "prerender" for frame in log.frames))
        lane().wait(lane().submit(lambda _: None, Purpose.PRERENDER))
        assert session._foresight.drawn == 0
        assert [frame.purpose for frame in log.frames].count("prerender") == 1


def test_a_listener_that_fails_does_not_silence_the_others(toy, picture, caplog) -> None:
    with Session(picture, "toy") as session:
        viewer = Viewer()
        session.on_frame(lambda _: 1 / 0)
        session.on_frame(viewer)
        session.params.level = 8
        assert len(viewer.wait_for(1).drawing) == 8
        assert "a frame listener failed" in caplog.text


def test_a_listener_that_left_hears_nothing(toy, picture) -> None:
    with Session(picture, "toy") as session:
        left, stayed = Viewer(), Viewer()
        stop = session.on_frame(left)
        session.on_frame(stayed)
        stayed.wait_for(0)
        stop()
        heard = len(left.frames)
        session.params.level = 8
        stayed.wait_for(1)
        assert len(left.frames) == heard


def test_cancelling_gives_up_the_render_and_the_next_request_works(toy, picture, runs) -> None:
    with Session(picture, "toy") as session:
        runs.gate.clear()
        failures = []

        def ask() -> None:
            try:
                session.drawing
            except Cancelled as error:
                failures.append(error)

        asker = threading.Thread(target=ask)
        asker.start()
        assert runs.entered.wait(30)
        session.cancel()
        runs.gate.set()
        asker.join(30)
        assert len(failures) == 1
        assert len(session.drawing) == 3


def test_after_a_cancelled_frame_the_next_edit_still_gets_one(toy, picture, runs) -> None:
    with Session(picture, "toy") as session:
        viewer = Viewer()
        runs.gate.clear()
        session.on_frame(viewer)
        assert runs.entered.wait(30)
        session.cancel()
        runs.gate.set()
        session.params.level = 9
        assert len(viewer.wait_for(1).drawing) == 9


def test_an_edit_after_a_frame_that_was_cancelled_before_it_began_gets_its_frame(toy, picture) -> None:
    with Session(picture, "toy") as session:
        viewer, begun, go = Viewer(), threading.Event(), threading.Event()

        def block(_: object) -> None:
            begun.set()
            assert go.wait(30)

        blocker = lane().submit(block, Purpose.LIVE)
        assert begun.wait(30)
        session.on_frame(viewer)
        session.cancel()
        go.set()
        lane().wait(blocker)
        session.params.level = 9
        assert len(viewer.wait_for(1).drawing) == 9


def test_closing_stops_what_is_being_rendered(toy, picture, runs) -> None:
    session = Session(picture, "toy")
    failures = []

    def ask() -> None:
        try:
            session.drawing
        except SessionClosedError as error:
            failures.append(error)

    runs.gate.clear()
    asker = threading.Thread(target=ask)
    asker.start()
    assert runs.entered.wait(30)
    session.close()
    runs.gate.set()
    asker.join(30)
    assert len(failures) == 1
    assert runs.counts == {"rows": 1}


def test_asking_for_the_drawing_on_the_lane_is_refused(toy, picture) -> None:
    with Session(picture, "toy") as session, pytest.raises(LaneError):
        lane().wait(lane().submit(lambda _: session.drawing, Purpose.EXACT))


def test_a_closed_session_says_so_and_closing_twice_is_fine(toy, picture) -> None:
    session = Session(picture, "toy")
    session.close()
    session.close()
    assert session.closed
    for act in (lambda: session.drawing, lambda: session.set(level=1), session.undo, lambda: session.on_frame(print)):
        with pytest.raises(SessionClosedError, match="open a new one"):
            act()


def test_a_stage_can_be_looked_at(toy, picture) -> None:
    with Session(picture, "toy", level=3, shift=1.0) as session:
        np.testing.assert_allclose(session.stage("shifted").y, [1, 11, 21])
        with pytest.raises(ParameterError, match="rows, shifted, drawn"):
            session.stage("row")


def test_presets_start_from_the_defaults_and_are_one_step_of_undo(toy, picture) -> None:
    with Session(picture, "toy", level=5) as session:
        session.preset("wide")
        assert (session.params.level, session.params.width, session.params.shift) == (3, 5.0, 1.0)
        session.undo()
        assert (session.params.level, session.params.width) == (5, 1.0)
        with pytest.raises(ParameterError, match="did you mean 'wide'"):
            session.preset("wid")


def test_a_recipe_makes_the_same_drawing_again(toy, picture) -> None:
    with Session(picture, "toy", level=6, width=2.5) as session:
        svg = session.drawing.to_svg()
    recipe = v2a.open_recipe(svg)
    assert v2a.vectorize(picture, recipe=recipe).to_svg() == svg
    with Session(picture, recipe=recipe, level=2) as again:
        assert again.backend == "toy"
        assert (again.params.level, again.params.width) == (2, 2.5)


def test_a_recipe_of_another_version_says_so(toy, picture) -> None:
    recipe = v2a.Recipe(
        backend="toy", params={"hairiness": 2}, image_digest="0" * 32, image_size=(1, 1), version="99.0"
    )
    with pytest.raises(RecipeError, match=r"vec2art_nb 99\.0.*hairiness"):
        v2a.vectorize(picture, recipe=recipe)


def test_unknown_backends_and_parameters_suggest_the_nearest(picture, toy) -> None:
    with pytest.raises(ParameterError, match="did you mean 'edge'"):
        v2a.vectorize(picture, "egde")
    with pytest.raises(ParameterError, match="level"):
        v2a.vectorize(picture, "toy", levle=3)


def test_every_stage_and_frame_is_in_the_log(toy, picture) -> None:
    log.clear()
    with Session(picture, "toy") as session:
        session.drawing
        session.set(width=2.0)
        session.drawing
    stages, frames = v2a.perf.stages(), v2a.perf.frames()
    assert list(stages.stage) == ["rows", "shifted", "drawn", "shifted", "drawn"]
    assert list(stages.outcome) == ["run", "run", "run", "hit", "run"]
    assert set(stages.purpose) == {"exact"}
    assert (stages.megapixels == 20 * 30 / 1e6).all()
    assert stages.bytes.iloc[0] == 12
    assert list(frames.outcome) == ["drawn", "drawn"]
    assert list(frames.stages_run) == [3, 1]
    assert list(frames.stages_hit) == [0, 1]
    assert list(frames.paths) == [3, 3]


def test_a_listener_hears_of_a_slow_stage_while_it_runs_and_of_the_end(toy, picture, runs, monkeypatch) -> None:
    monkeypatch.setattr("vec2art_nb.runtime.engine._QUIET_S", 0.01)
    runs.gate.clear()
    heard, first = [], threading.Event()
    with Session(picture, "toy") as session:
        session.on_progress(lambda progress: (heard.append(progress), first.set()))
        drawing = threading.Thread(target=lambda: session.drawing)
        drawing.start()
        assert first.wait(30)
        assert [(progress.text, progress.done, progress.total) for progress in heard] == [("rows", 0, 3)]
        runs.gate.set()
        drawing.join(30)
    assert [progress.text for progress in heard] == ["rows", "shifted", "drawn", ""]


def test_a_listener_hears_nothing_of_a_quick_render(toy, picture, monkeypatch) -> None:
    timers = []
    monkeypatch.setattr("vec2art_nb.runtime.engine.after", lambda seconds, call: timers.append(call) or Timer(call))
    heard = []
    with Session(picture, "toy") as session:
        session.on_progress(heard.append)
        session.drawing
        # One that was past cancelling when the render ended.
        timers[0]()
    assert heard == []


def test_vectorize_frees_each_result_after_its_last_reader(toy, picture, runs) -> None:
    v2a.vectorize(picture, "toy")
    assert runs.alive_when_drawn == {"rows": False, "shifted": True}


def test_vectorize_keeps_no_intermediate_result(toy, picture, monkeypatch) -> None:
    from vec2art_nb.runtime.engine import shared_engine

    before = len(shared_engine.cache)
    v2a.vectorize(picture, "toy")
    assert len(shared_engine.cache) == before


def test_the_log_has_how_many_edits_each_frame_answers(toy, picture) -> None:
    with Session(picture, "toy") as session:
        viewer = Viewer()
        session.on_frame(viewer)
        viewer.wait_for(0)
        v2a.perf.clear()
        go = threading.Event()
        held = lane().submit(lambda job: go.wait(), Purpose.LIVE)
        for level in (11, 12, 13):
            session.params.level = level
        go.set()
        viewer.wait_for(3)
        session.params.level = 14
        viewer.wait_for(4)
        assert [(event.session, event.generation, event.edits) for event in log.batches] == [
            (session.number, 3, 3),
            (session.number, 4, 1),
        ]
        assert all(event.waited_ms >= 0 for event in log.batches)
        held.future.result()


@pytest.mark.parametrize("adaptive", [True, False])
def test_without_adaptive_resolution_every_frame_is_exact(adaptive: bool, toy, picture, monkeypatch) -> None:
    monkeypatch.setattr(shared_engine.costs, "expected", lambda stage, picture, size, traits: 1e6 * size)
    with v2a.options(adaptive=adaptive), Session(picture, "toy") as session:
        viewer = Viewer()
        session.on_frame(viewer)
        session.params.level = 9
        frames = viewer.wait_until(lambda frames: frames[-1].exact and frames[-1].generation == 1)
        assert all(frame.exact for frame in frames) is not adaptive


@pytest.mark.parametrize("prerender", [True, False])
def test_drawing_ahead_can_be_switched_off(prerender: bool, toy, picture, monkeypatch) -> None:
    monkeypatch.setattr("vec2art_nb.runtime.scheduler.FORESEE_S", 0.0)
    with v2a.options(prerender=prerender), Session(picture, "toy") as session:
        viewer = Viewer()
        session.on_frame(viewer)
        session.params.level = 9
        viewer.wait_for(1)
        v2a.perf.clear()
        session.params.level = 10
        viewer.wait_for(2)
        if prerender:
            wait_until(lambda: any(frame.purpose == "prerender" for frame in log.frames))
        else:
            time.sleep(0.1)
            assert {frame.purpose for frame in log.frames} <= {"live", "exact"}


def test_a_result_is_worth_what_all_that_was_run_for_it_took(toy, picture) -> None:
    log.clear()
    with Session(picture, "toy") as session:
        session.drawing
        session.params.shift = 5.0
        session.drawing
    runs = [(event.stage, event.ms) for event in log.stages if event.outcome == "run"]
    kept = [(event.stage, event.ms) for event in log.cache if event.event == "keep"]
    assert [stage for stage, _ in kept] == ["rows", "shifted", "drawn", "shifted", "drawn"]
    rows, shifted, drawn, shifted_again, drawn_again = (milliseconds for _, milliseconds in runs)
    assert [milliseconds for _, milliseconds in kept] == pytest.approx(
        [rows, rows + shifted, rows + shifted + drawn, shifted_again, shifted_again + drawn_again]
    )


def test_advice_says_what_a_drawing_will_cost_before_it_is_made(toy, picture, monkeypatch) -> None:
    monkeypatch.setattr("vec2art_nb.runtime.scheduler.FORESEE_S", 0.0)
    monkeypatch.setattr("vec2art_nb.runtime.session.shared_advisor", Advisor(shared_engine))
    with v2a.options(prerender=False), Session(picture, "toy") as session:
        assert session.advice().paths is None
        viewer = Viewer()
        session.on_frame(viewer)
        wait_until(lambda: session.advice().paths == len(session.drawing))
        session.params.level = 2 * len(session.drawing)
        viewer.wait_for(1)
        wait_until(lambda: session.advice().paths == pytest.approx(len(session.drawing), rel=0.4))
