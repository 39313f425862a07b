"""What tests of kernels share."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from vec2art_nb.kernels import _jit


@pytest.fixture
def in_bands(monkeypatch: pytest.MonkeyPatch) -> Callable[[object, int], None]:
    """Make a module's functions take their parallel kernels, with so many bands, whatever the image's size."""

    def switch(module: object, bands: int) -> None:
        for name in vars(module):
            if name.startswith("_PARALLEL_"):
                monkeypatch.setattr(module, name, 0)
        monkeypatch.setattr(_jit, "threads", lambda: bands)

    return switch


@pytest.fixture(scope="session")
def photograph() -> NDArray[np.uint8]:
    """512×512 sRGB pixels."""
    from skimage import data

    return np.ascontiguousarray(data.astronaut())
