"""The first use ever, with nothing on disk, must not look like a hang."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import textwrap


def test_the_first_use_tells_what_it_waits_for_before_each_wait(tmp_path) -> None:
    script = textwrap.dedent("""
        import json, sys, time
        import numpy as np
        import vec2art_nb as v2a
        events = []
        with v2a.Session(np.eye(16, dtype=np.uint8) * 255) as session:
            session.on_progress(lambda progress: events.append(("progress", progress.text)))
            started = time.perf_counter()
            assert "numba" not in sys.modules, "what follows must be the whole wait"
            session.on_progress(lambda progress: events.append(("seconds", time.perf_counter() - started)))
            session.drawing
            events.append(("seconds", time.perf_counter() - started))
        print(json.dumps(events))
    """)
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    events = json.loads(done.stdout)
    texts = [value for kind, value in events if kind == "progress"]
    seconds = [value for kind, value in events if kind == "seconds"]
    assert texts[0] == "loading the compiler"
    assert [text for text in texts if text.startswith("preparing")][:2] == [
        "preparing lightness 8",
        "preparing narrow gradient",
    ]
    assert texts[-1] == ""
    assert seconds[0] < 0.1 * seconds[-1], "the first word must come long before the end"
    waits = [later - earlier for earlier, later in itertools.pairwise(seconds)]
    assert max(waits) < 0.6 * seconds[-1], "no single wait may be most of it"
