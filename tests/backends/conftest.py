"""What tests of backends share."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def edge_quality(repository: Path) -> Iterator[ModuleType]:
    """The benchmark of edge detection, as a stranger runs it."""
    sys.path.insert(0, str(repository))
    try:
        from benchmarks.quality import edge

        yield edge
    finally:
        sys.path.remove(str(repository))
