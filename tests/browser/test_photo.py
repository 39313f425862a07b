"""The main job: a photograph, the default backend, a hand on the slider."""

from __future__ import annotations

from typing import Any

import pytest


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


@pytest.mark.parametrize(
    ("backend", "parameter", "default", "counted"),
    [
        ("centerline", "simplify_px", 0.4, "paths"),
        ("superpixel", "regions", 1200, "paths"),
        ("dots", "count", 10_000, "marks"),
    ],
)
@pytest.mark.timeout(300)
def test_every_backend_follows_its_sliders(
    lab: Any, backend: str, parameter: str, default: float, counted: str
) -> None:
    lab.page.set_default_timeout(280_000)  # kernels may have to be compiled first
    picture = "lettering" if backend == "centerline" else "coffee"
    lab.open(f"{backend}.ipynb", ["import vec2art_nb as v2a", f"studio = v2a.Studio({picture!r}, {backend!r})\nstudio"])
    studio = lab.studio()
    studio.wait_for_exact("studio")
    studio.button("Compare").click()  # the photograph beside it may come later than the drawing
    before, count = studio.pixels(), int(studio.root.get_attribute(f"data-{counted}"))
    assert count > 50
    value = studio.drag_slider(parameter, 0.2, 0.5)
    lab.wait_for_python(f"abs(studio.params.{parameter} - {value!r}) < 1e-9", "True")
    studio.wait_for_exact("studio")
    assert studio.pixels() != before
    lab.python(f"studio.params.{parameter} = {default}")
    studio.wait_for_exact("studio")
    assert studio.root.get_attribute(f"data-{counted}") == str(count)
    assert studio.pixels() == before
