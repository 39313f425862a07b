"""The studio: one picture and its drawing, live in a notebook."""

from __future__ import annotations

import base64
import io
import itertools
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

import ipywidgets

from vec2art_nb.backends import registry
from vec2art_nb.errors import Vec2ArtError
from vec2art_nb.runtime.session import Session
from vec2art_nb.ui.code import code_for
from vec2art_nb.ui.controls import Controls
from vec2art_nb.ui.performance import PerfPanel
from vec2art_nb.ui.toolbar import Toolbar
from vec2art_nb.ui.viewer import Viewer

if TYPE_CHECKING:
    import os

    from vec2art_nb.backends import Backend
    from vec2art_nb.drawing import Drawing, Recipe
    from vec2art_nb.image import Source
    from vec2art_nb.params import Delta, ParamModel, Params
    from vec2art_nb.runtime.engine import Progress
    from vec2art_nb.runtime.scheduler import Frame

_studio_numbers = itertools.count(1)
# In the menu, what `reset` gives.
_DEFAULT = "default"
# What a cell waits for the picture that the notebook keeps; only a first drawing, with kernels to compile, is slower.
_CELL_PATIENCE_S = 0.5
_MIME_TYPES = {"svg": "image/svg+xml", "png": "image/png"}


class Studio(ipywidgets.VBox):
    """A picture and its drawing side by side, with a control for every parameter.

    ``studio.params.detail = 0.6`` and moving the slider are the same act; either shows in the other.

    Parameters
    ----------
    image
        A path, bytes, file object, NumPy array, PIL image or the name of a sample.
    backend
        Name of a backend.
    recipe
        Where backend and parameters come from instead; further ``parameters`` override it.
    parameters
        Values that differ from the backend's defaults.

    Attributes
    ----------
    session : Session
        The same thing without a widget.

    Raises
    ------
    ImageError, ParameterError, RecipeError
    """

    def __init__(
        self, image: object, backend: str = "edge", *, recipe: Recipe | None = None, **parameters: object
    ) -> None:
        # Before anything else: ipywidgets closes what is thrown away, also when it never came to be.
        self._is_open = False
        self.session = Session(image, backend, recipe=recipe, **parameters)
        self._image = image
        self._kept_id = f"vec2art-nb-{next(_studio_numbers)}-{id(self):x}"
        self._is_kept_somewhere = False
        self._preset_names: dict[Params, str] = {}
        self._viewer = Viewer(self.session.source, on_room=self.session.resume, session=self.session.number)
        self._toolbar = Toolbar(
            {
                "backend": lambda message: self._do(self.session.set, backend=message["name"]),
                "preset": lambda message: self._do(self._go_to_preset, message["name"]),
                "undo": lambda _: self._do(self.session.undo),
                "redo": lambda _: self._do(self.session.redo),
                "reset": lambda message: self._do(self.params.reset, *message["names"]),
                "save": self._save,
                "code": lambda message: self._toolbar.send({**message, "text": self.code()}),
            },
            self._show_error,
        )
        self._controls = Controls(self.params, self._show_error, self._viewer.painted)
        self._grid = ipywidgets.Box([self._toolbar, self._viewer, self._controls], _dom_classes=("v2a-grid",))
        # Folded, the charts are not on the screen, and so cost nothing.
        self._performance = PerfPanel(self.session, folded=True)
        super().__init__([self._grid, self._performance], _dom_classes=("v2a-studio",))
        self._refresh()
        # A person's own observer fails on whatever thread an edit came in by, where nobody would see it.
        self.params.on_observer_error = self._show_error
        self._stops: list[Callable[[], None]] = [
            self.params.observe(self._edited),
            self.session.on_progress(self._show_progress),
            self.session.on_frame(self._show_frame, pace=self._viewer.pace),
        ]
        self._is_open = True

    @classmethod
    def from_svg(cls, svg: str | bytes | os.PathLike[str], image: object) -> Studio:
        """Open a studio in the state that an SVG was saved in.

        Parameters
        ----------
        svg
            Path, text or bytes of an SVG that vec2art_nb made.
        image
            The picture that it was made from. Another one is taken too; the error line says so then.

        Raises
        ------
        RecipeError
            When there is no recipe in it, or one that does not fit this version.
        """
        from vec2art_nb.drawing import open_recipe

        recipe = open_recipe(svg)
        studio = cls(image, recipe=recipe)
        if studio.session.source.digest != recipe.image_digest:
            width, height = recipe.image_size
            studio._toolbar.error = (
                f"this is not the picture that the SVG was made from (that one was {width}×{height} px, other pixels): "
                "the parameters are the same, the drawing is not"
            )
        return studio

    def __repr__(self) -> str:
        return f"Studio({self.session.source.name}, {self.session.backend})"

    # --- state and results ---

    @property
    def params(self) -> ParamModel:
        """The parameters, live: get, set, observe."""
        return self.session.params

    @property
    def drawing(self) -> Drawing:
        """The exact drawing of the present state; waits for it."""
        return self.session.drawing

    def recipe(self) -> Recipe:
        """Everything needed to make the present drawing again."""
        return self.session.recipe()

    def code(self) -> str:
        """The present drawing as the Python that makes it."""
        return code_for(self._image, self.session.source.name, self.session.backend, self.params.values)

    def undo(self) -> Delta | None:
        """Take the last change back."""
        return self.session.undo()

    def redo(self) -> Delta | None:
        """Make the change again that was last taken back."""
        return self.session.redo()

    def close(self) -> None:
        """Stop the session; on the page, the picture that is kept takes the widget's place. Safe to call twice."""
        if not self._is_open:
            return
        self._is_open = False
        for stop in self._stops:
            stop()
        self.session.close()
        for part in (self._viewer, self._toolbar, self._controls, self._grid, self._performance):
            part.close()
            part.layout.close()
        super().close()
        self.layout.close()

    # --- display ---

    def keep(self) -> None:
        """Make the present drawing the picture that the saved notebook shows.

        The picture is an output of its own, so the live view stays as it is. Where the studio is live, it is hidden.
        """
        from IPython.display import display, update_display

        from vec2art_nb.ui.kept import kept_bundle

        publish = update_display if self._is_kept_somewhere else display
        publish(kept_bundle(self.drawing), raw=True, display_id=self._kept_id)
        self._is_kept_somewhere = True

    def _ipython_display_(self) -> None:
        from IPython.display import display

        from vec2art_nb.ui.kept import kept_bundle

        display(self._repr_mimebundle_(), raw=True)
        self._is_kept_somewhere = False
        making = _in_thread(lambda: kept_bundle(self.drawing))
        try:
            bundle = making.result(_CELL_PATIENCE_S if _somebody_is_there() else None)
        except TimeoutError:
            # While the cell runs, nothing that the live view asks for is answered, not even for its source. So the cell
            # ends, and what it keeps is a blank page until the drawing is there.
            bundle = _blank_page(self.session.source)
        except Vec2ArtError as error:
            # The live view is there, and says what is wrong.
            self._show_error(error)
            return
        display(bundle, raw=True, display_id=self._kept_id)
        self._is_kept_somewhere = True
        if not making.done() or making.result() is not bundle:
            making.add_done_callback(self._keep_late)

    def _keep_late(self, making: Future[dict[str, Any]]) -> None:
        from IPython.display import update_display

        if making.exception() is None:  # else the live view says what is wrong
            update_display(making.result(), raw=True, display_id=self._kept_id)

    # --- from the model and the session, on whatever thread ---

    def _edited(self, delta: Delta) -> None:
        self._toolbar.error = ""
        self._viewer.expect(self.session.generation)
        self._controls.refresh(delta)
        self._refresh()

    def _refresh(self) -> None:
        state = self.params.state
        toolbar = self._toolbar
        if toolbar.backend != state.backend:
            # Not at each edit: the list looks through all installed packages, which takes milliseconds.
            toolbar.backends = list(registry)
            backend = registry[state.backend]
            toolbar.presets = [_DEFAULT, *backend.presets]
            self._preset_names = _preset_names(backend)
            toolbar.backend = state.backend
        toolbar.preset = self._preset_names.get(state.values, "")
        toolbar.can_undo = self.params.can_undo
        toolbar.can_redo = self.params.can_redo

    def _show_frame(self, frame: Frame) -> None:
        error = frame.error
        if error is None:
            try:
                self._viewer.show(frame)
            except Exception as failure:  # on the session's thread, where nobody would see it
                error = failure
        if error is not None:
            self._viewer.tell_failed(frame.generation)
            self._show_error(error)

    def _show_progress(self, progress: Progress) -> None:
        self._toolbar.progress = {"text": progress.text, "done": progress.done, "total": progress.total}

    def _show_error(self, error: Exception) -> None:
        expected = isinstance(error, Vec2ArtError)
        self._toolbar.error = str(error) if expected else f"{type(error).__name__}: {error}"

    # --- from the browser ---

    def _do(self, command: Callable[..., object], /, *arguments: object, **named: object) -> None:
        self._toolbar.error = ""
        command(*arguments, **named)

    def _go_to_preset(self, name: str) -> None:
        if name == _DEFAULT:
            self.params.reset()
        else:
            self.session.preset(name)

    def _save(self, message: dict[str, Any]) -> None:
        # The exact drawing may take a while, and the messages of all widgets come through this thread.
        threading.Thread(target=self._send_file, args=(message,), name="vec2art-nb-save", daemon=True).start()

    def _send_file(self, message: dict[str, Any]) -> None:
        ending = message["format"]
        try:
            drawing = self.drawing
            data = drawing.to_svg_bytes() if ending == "svg" else drawing.to_png()
        except Exception as error:
            self._show_error(error)
            self._toolbar.send({"type": "refused", "request": message["request"]})
            return
        name = f"{self.session.source.name}.{ending}"
        reply = {"type": "file", "request": message["request"], "name": name, "mime": _MIME_TYPES[ending]}
        self._toolbar.send(reply, buffers=[data])


def _preset_names(backend: Backend) -> dict[Params, str]:
    """What the menu calls a state: by its values, so that no edit compares them one by one."""
    default = backend.Params()
    names = {default: _DEFAULT}
    for name, values in backend.presets.items():
        names.setdefault(default.replaced(**values), name)
    return names


def _blank_page(source: Source) -> dict[str, Any]:
    """What a notebook keeps that is saved before its first drawing is there. Matplotlib would take a second to load."""
    from PIL import Image

    from vec2art_nb.ui.kept import marked

    page = io.BytesIO()
    Image.new("1", (source.width, source.height), 1).save(page, "PNG")
    png = base64.b64encode(marked(page.getvalue())).decode("ascii")
    return {"text/plain": f"Drawing({source.width}×{source.height} px, not there yet)", "image/png": png}


def _in_thread(make: Callable[[], dict[str, Any]]) -> Future[dict[str, Any]]:
    made: Future[dict[str, Any]] = Future()

    def run() -> None:
        try:
            made.set_result(make())
        except BaseException as error:  # it belongs to whoever asks for the result
            made.set_exception(error)

    threading.Thread(target=run, name="vec2art-nb-keep", daemon=True).start()
    return made


def _somebody_is_there() -> bool:
    """Whether this cell was run by a front end with a person before it, and not by nbconvert, nbval or a script.

    Those save what a cell shows when it ends, so it must not end before the drawing is there.
    """
    from IPython.core.getipython import get_ipython

    kernel = getattr(get_ipython(), "kernel", None)
    return bool(kernel is not None and kernel.get_parent("shell").get("content", {}).get("allow_stdin"))
