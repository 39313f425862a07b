"""What every test may use."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import hypothesis
import pytest

# What other runs have learned or kept must not show.
_cache = tempfile.TemporaryDirectory(prefix="vec2art-nb-tests-")
os.environ["VEC2ART_NB_CACHE_DIR"] = _cache.name

# Two threads at least, also on a machine of one core; numba reads this when it is first imported.
os.environ.setdefault("NUMBA_NUM_THREADS", str(max(2, os.cpu_count() or 1)))

# The same examples on every machine, and no clock: a machine that is busy is not a fault.
hypothesis.settings.register_profile("vec2art_nb", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("vec2art_nb")


@pytest.fixture(scope="session")
def repository() -> Path:
    """The checkout's own folder."""
    return Path(__file__).parent.parent
