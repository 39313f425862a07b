"""The main job: a photograph, the default backend, a hand on the slider."""

from __future__ import annotations

from typing import Any


def test_a_photograph_is_drawn_and_follows_the_slider(lab: Any) -> None:
    # Kernels may have to be compiled first.
    lab.page.set_default_timeout(110_000)
    lab.open("photo.ipynb", ["import vec2art_nb as v2a", "studio = v2a.Studio('coffee')\nstudio"])
    studio = lab.studio()
    studio.wait_for_exact("studio")
    before, paths = studio.pixels(), int(studio.root.get_attribute("data-paths"))
    assert paths > 100
    value = studio.drag_slider("detail", 0.4, 0.9)
    lab.wait_for_python("studio.params.detail", f"{value:.10g}")
    studio.wait_for_exact("studio")
    assert studio.pixels() != before
    assert int(studio.root.get_attribute("data-paths")) > paths
    lab.python("studio.params.detail = 0.4")
    studio.wait_for("paths", str(paths))
    assert studio.pixels() == before
