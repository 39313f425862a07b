"""The sample pictures: drawn by code, or carried by packages that happen to be installed."""

from __future__ import annotations

import difflib
import importlib.util
from pathlib import Path

from vec2art_nb.errors import ImageError
from vec2art_nb.image.decoding import decode_file
from vec2art_nb.image.drawn import DRAWN
from vec2art_nb.image.source import MAX_PIXELS, Source, source_of

# name -> (top-level package, what to install for it, file in the package)
_CARRIED = {
    "astronaut": ("skimage", "scikit-image", "data/astronaut.png"),
    "camera": ("skimage", "scikit-image", "data/camera.png"),
    "chelsea": ("skimage", "scikit-image", "data/chelsea.png"),
    "coffee": ("skimage", "scikit-image", "data/coffee.png"),
    "coins": ("skimage", "scikit-image", "data/coins.png"),
    "horse": ("skimage", "scikit-image", "data/horse.png"),
    "moon": ("skimage", "scikit-image", "data/moon.png"),
    "page": ("skimage", "scikit-image", "data/page.png"),
    "retina": ("skimage", "scikit-image", "data/retina.jpg"),
    "rocket": ("skimage", "scikit-image", "data/rocket.jpg"),
    "china": ("sklearn", "scikit-learn", "datasets/images/china.jpg"),
    "flower": ("sklearn", "scikit-learn", "datasets/images/flower.jpg"),
    "grace_hopper": ("matplotlib", "matplotlib", "mpl-data/sample_data/grace_hopper.jpg"),
}


def names() -> list[str]:
    """Name the pictures that `load` can give now, the drawn ones first."""
    return [*DRAWN, *(name for name in _CARRIED if _carried_file(name) is not None)]


def is_known(name: str) -> bool:
    """Whether ``name`` is a sample, be its package installed or not."""
    return name in DRAWN or name in _CARRIED


def load(name: str) -> Source:
    """Open a sample.

    Raises
    ------
    ImageError
        There is no sample of this name, or the package that carries it is not installed.
    """
    if name in DRAWN:
        return source_of(DRAWN[name](), name)
    if name not in _CARRIED:
        near = difflib.get_close_matches(str(name), [*DRAWN, *_CARRIED], n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(names())}"
        raise ImageError(f"there is no sample {name!r}; {hint}")
    file = _carried_file(name)
    if file is None:
        package = _CARRIED[name][1]
        raise ImageError(f"the sample {name!r} comes with {package}, which is not installed: pip install {package}")
    with file.open("rb") as opened:
        return source_of(decode_file(opened, repr(name), MAX_PIXELS), name)


def _carried_file(name: str) -> Path | None:
    package, _, file = _CARRIED[name]
    # The file itself, because importing the package that carries it takes up to a second.
    spec = importlib.util.find_spec(package)
    folders = (spec.submodule_search_locations if spec else None) or []
    return next((path for folder in folders if (path := Path(folder, file)).is_file()), None)
