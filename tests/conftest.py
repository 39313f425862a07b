"""What every test may use."""

from __future__ import annotations

from pathlib import Path

import hypothesis
import pytest

# The same examples on every machine, and no clock: a machine that is busy is not a fault.
hypothesis.settings.register_profile("vec2art_nb", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("vec2art_nb")


@pytest.fixture(scope="session")
def repository() -> Path:
    """The checkout's own folder."""
    return Path(__file__).parent.parent
