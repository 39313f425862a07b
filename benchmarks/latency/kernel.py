"""The kernel's side: the rigs that are dragged, each with one slider, and a log of the values that reached them.

Every rig has ``widget`` to display, ``prepare(case, begin)``, which brings it to the value where a drag begins, and
``log``: the values that came, in order, each with the number that the page finds in what it paints of it.
"""

from __future__ import annotations

import statistics
import time
from typing import Any

import cv2
import ipywidgets
import numpy as np
from IPython.display import SVG, display

import vec2art_nb as v2a
from benchmarks import pictures
from benchmarks.latency.cases import Case
from benchmarks.peers import opencv
from vec2art_nb.drawing import Drawing, PathLayer, Style
from vec2art_nb.image import open_image
from vec2art_nb.params import ParamModel, Params, param
from vec2art_nb.runtime.engine import shared_engine
from vec2art_nb.runtime.scheduler import Frame
from vec2art_nb.ui.controls import Controls
from vec2art_nb.ui.viewer import Viewer

# So fine that each event of a drag has a value of its own.
_STEP = 1e-6

FLOOR_BYTES = 50 * 1024
FLOOR_DRAWINGS = 8

# Repetitions of the exact drawing that is made from nothing.
_COLD_RUNS = 3


class StudioRig:
    """A studio; the numbers are those of its generations."""

    def __init__(self, picture: str) -> None:
        self.pixels = pictures.photo(picture, 1)
        self.studio = v2a.Studio(self.pixels)
        self.widget = self.studio
        self.log: list[tuple[int, float]] = []
        self._parameter = ""
        self._values: dict[str, Any] = {}
        self.studio.params.observe(self._note)

    def _note(self, delta: Any) -> None:
        # Called once for each edit, after the session has counted it and before it counts the next.
        if self._parameter:
            value = float(getattr(delta.current.values, self._parameter))
            self.log.append((self.studio.session.generation, value))

    def prepare(self, case: Case, begin: float) -> int:
        """Nothing is in the cache but what the first drawing needs; gives the number that is to be painted."""
        self._parameter = ""
        studio = self.studio
        shared_engine.cache.clear()
        studio.session.set(backend=case.backend)
        studio.params.reset()
        kind = studio.params.values.parameters()[case.parameter].kind
        studio.session.set(**case.given, **{case.parameter: round(begin) if kind == "int" else begin})
        studio.drawing  # noqa: B018  the stages before the parameter are in the cache, as after a hand has rested
        self._parameter = case.parameter
        self.log.clear()
        return studio.session.generation

    def cold_ms(self) -> float:
        """What the exact drawing of the present state takes from nothing."""
        state = self.studio.params.state
        taken = []
        for _ in range(_COLD_RUNS):
            started = time.perf_counter()
            v2a.vectorize(self.studio.session.source, state.backend, **state.values.to_dict())
            taken.append((time.perf_counter() - started) * 1e3)
        return statistics.median(taken)


class FloorParams(Params):
    """Of the rig that makes nothing."""

    level: float = param(0.4, "What is dragged.", group="Floor", ge=0, le=1, soft=(0, 1))


class FloorRig:
    """Controls and viewer of a studio, with nothing between: each value is answered at once with a ready frame."""

    def __init__(self) -> None:
        source = open_image(pictures.photo("coffee", 1))
        self._ready = [_message(source, seed) for seed in range(FLOOR_DRAWINGS)]
        self._viewer = Viewer(source)
        self._model = ParamModel({"floor": FloorParams}, "floor", {})
        self._model.observe(self._moved)
        self._controls = Controls(self._model, on_error=_raise, on_painted=self._viewer.painted)
        self.widget = ipywidgets.VBox([self._viewer, self._controls], _dom_classes=("v2a-studio",))
        self.log: list[tuple[int, float]] = []
        self._number = 0

    def prepare(self, case: Case | None, begin: float) -> int:
        self._model.set(level=begin)
        self.log.clear()
        return self._number

    def _moved(self, delta: Any) -> None:
        self._controls.refresh(delta)
        self._number += 1
        self.log.append((self._number, delta.current.values.level))
        content, buffers = self._ready[self._number % FLOOR_DRAWINGS]
        self._viewer.send({**content, "number": self._number, "generation": self._number}, buffers=buffers)


def _raise(error: Exception) -> None:
    raise error


def _message(source: Any, seed: int) -> tuple[dict[str, Any], list[Any]]:
    """What a viewer that was never shown anything would send for a random walk of about `FLOOR_BYTES`."""
    caught: list[tuple[dict[str, Any], list[Any]]] = []

    class Caught(Viewer):
        def send(self, content: Any, buffers: Any = None) -> None:
            if content["type"] == "frame":
                caught.append((content, list(buffers)))

    viewer = Caught(source)
    viewer.show(Frame(0, _walk(seed), None, 1.0, 0.0, ()))
    viewer._handle_custom_msg({"type": "ready", "source": source.digest, "held": []}, [])
    while not caught:
        time.sleep(0.01)
    viewer.close()
    return caught[0]


def _walk(seed: int) -> Drawing:
    chance = np.random.default_rng(seed)
    count, length = FLOOR_BYTES // (64 * 5), 64  # 2 × int16 and a code for each point
    steps = chance.normal(0, 3, (count, length, 2)).cumsum(axis=1)
    points = (chance.uniform(100, 900, (count, 1, 2)) + steps).clip(0, 1024).astype(np.float32)
    layer = PathLayer(
        "walk",
        points.reshape(-1, 2),
        np.tile(np.array([1] + [2] * (length - 1), np.uint8), count),
        np.arange(count + 1, dtype=np.int64) * length,
        np.zeros(count, np.int32),
        np.zeros(count, np.bool_),
    )
    return Drawing((1024, 1024), (layer,), (Style(stroke="#1b1b1f", width=1.0),), "#ffffff")


class SchemeRig:
    """An ipywidgets slider for edge ``detail``, a session and the viewer: other ways of joining these than ours.

    Parameters
    ----------
    scheme
        ``handler`` draws within the slider's message handler, ``lane`` hands each value to the session's scheduler.
    """

    def __init__(self, scheme: str) -> None:
        self._session = v2a.Session(pictures.photo("coffee", 1))
        self._viewer = Viewer(self._session.source, on_room=self._session.resume)
        self._slider = ipywidgets.FloatSlider(min=0, max=1, step=_STEP, value=0.4)
        self.widget = ipywidgets.VBox([self._slider, self._viewer])
        self.log: list[tuple[int, float]] = []
        if scheme == "lane":
            self._session.on_frame(self._viewer.show, pace=self._viewer.pace)
            self._slider.observe(self._set, "value")
        else:
            self._slider.observe(self._draw, "value")
            self._viewer.show(self._frame())

    def prepare(self, case: Case | None, begin: float) -> int:
        shared_engine.cache.clear()
        self._slider.value = begin
        self._session.drawing  # noqa: B018  what is read before the parameter is in the cache, as with ours
        self.log.clear()
        return self._session.generation

    def _set(self, change: Any) -> None:
        self._session.set(detail=change["new"])
        self.log.append((self._session.generation, change["new"]))

    def _draw(self, change: Any) -> None:
        self._set(change)
        self._viewer.show(self._frame())

    def _frame(self) -> Frame:
        return Frame(self._session.generation, self._session.drawing, None, 1.0, 0.0, ())


class _OpenCVRig:
    """``interact`` with blur, Canny, contours and polygons; in the middle of the slider as many edges as in ours."""

    def __init__(self) -> None:
        self.pixels = pictures.photo("coffee", 1)
        self._high = opencv.equal_detail(self.pixels)[1]
        self.log: list[tuple[int, float]] = []
        self._number = 0
        self._slider = ipywidgets.FloatSlider(min=0, max=1, step=_STEP, value=0.4)
        self.widget = ipywidgets.interactive(self._draw, detail=self._slider)

    def prepare(self, case: Case | None, begin: float) -> int:
        self._slider.value = begin
        self.log.clear()
        return self._number

    def _draw(self, detail: float) -> None:
        self._number += 1
        self.log.append((self._number, detail))
        high = self._high * 4 ** (0.4 - detail)
        self._show(0.4 * high, high)

    def _show(self, low: float, high: float) -> None:
        raise NotImplementedError


class SvgRig(_OpenCVRig):
    """The drawing is shown with ``display(SVG(…))``; its number is the id of the picture."""

    def _show(self, low: float, high: float) -> None:
        text = opencv.edges_svg(self.pixels, low, high).decode()
        display(SVG(text.replace("<svg ", f'<svg id="number-{self._number}" ', 1)))


class PngRig(_OpenCVRig):
    """The drawing is painted by OpenCV into an ``ipywidgets.Image``; its number stands behind the PNG's last byte."""

    def __init__(self) -> None:
        self._image = ipywidgets.Image(format="png", width=800)
        super().__init__()
        self.widget = ipywidgets.VBox([self.widget, self._image])

    def _show(self, low: float, high: float) -> None:
        grey = cv2.GaussianBlur(opencv.grey_of(self.pixels), (0, 0), 1.2)
        contours, _ = cv2.findContours(
            cv2.Canny(grey, low, high, L2gradient=True), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE
        )
        lines = [cv2.approxPolyDP(contour, 0.6, False) for contour in contours if len(contour) >= 12]
        canvas = np.full(grey.shape, 255, np.uint8)
        cv2.polylines(canvas, lines, False, 27, 1, cv2.LINE_AA)
        self._image.value = cv2.imencode(".png", canvas)[1].tobytes() + f"{self._number:012d}".encode()
