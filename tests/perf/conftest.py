"""A log with known events and nothing else."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from vec2art_nb.perf.log import EventLog, log

sys.path.insert(0, str(Path(__file__).parent))

from known_events import fill


@pytest.fixture
def filled() -> Iterator[EventLog]:
    """The log of the process, with nothing else in it."""
    log.clear()
    fill(log)
    yield log
    log.clear()
