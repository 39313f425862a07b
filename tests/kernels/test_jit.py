"""What the decorators of kernels promise."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
from numba import prange

from vec2art_nb.kernels import _jit
from vec2art_nb.kernels._jit import ReadI16, WriteF32, jitted, kernel, parallel_kernel


@jitted
def doubled(value):
    return value + value


@kernel
def scale_row(row: ReadI16, factor: float, count: int, backward: bool, out: WriteF32) -> int:
    """Twice the factor times the first values."""
    for i in range(count):
        out[count - 1 - i if backward else i] = doubled(factor) * row[i]
    return count


@parallel_kernel
def fill_in_bands(out: WriteF32, bands: int) -> None:
    """The number of the band that each value belongs to."""
    for band in prange(bands):
        for i in range(band * out.size // bands, (band + 1) * out.size // bands):
            out[i] = band


def in_a_new_process(script, **environment):
    """What the script prints; it runs with the package, and its failure fails the test."""
    root = Path(_jit.__file__).parents[2]
    settings = {**os.environ, "PYTHONPATH": str(root), **environment}
    arguments = [sys.executable, "-c", textwrap.dedent(script)]
    done = subprocess.run(arguments, env=settings, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stderr
    return done.stdout


# --- arguments --------------------------------------------------------------------------------------------------------


def test_one_signature_whatever_is_handed_in():
    row = np.arange(6, dtype=np.int16)
    out = np.zeros((2, 3), np.float32)
    for factor, count, backward in ((1, 6, False), (np.float64(0.5), np.int32(6), np.True_), (2.0, np.uint8(6), 0)):
        assert scale_row(row, factor, count, backward, out) == 6
        row = row.reshape(2, 3)
        row.flags.writeable = False
    assert out.tolist() == [[0, 4, 8], [12, 16, 20]]
    assert len(scale_row.dispatcher.signatures) == 1
    assert scale_row.__doc__ == "Twice the factor times the first values."


def unaligned():
    return np.zeros(13, np.uint8)[1:].view(np.int16)


@pytest.mark.parametrize(
    ("row", "described"),
    [
        (np.zeros(6, np.int32), "int32 array"),
        (np.zeros(6, ">i2"), ">i2 array|int16 array"),
        (np.zeros(12, np.int16)[::2], "int16 array"),
        (unaligned(), "int16 array"),
        ([0, 1, 2], "list"),
    ],
    ids=["another dtype", "another byte order", "with gaps", "unaligned", "a list"],
)
def test_an_array_of_another_kind_is_refused_by_name(row, described):
    with pytest.raises(
        TypeError, match=rf"scale_row: row must be an aligned C-contiguous int16 array, got ({described})"
    ):
        scale_row(row, 1.0, 6, False, np.zeros(6, np.float32))


def test_a_read_only_output_is_refused():
    out = np.zeros(6, np.float32)
    out.flags.writeable = False
    with pytest.raises(TypeError, match="scale_row: out is written to, but the array is read-only"):
        scale_row(np.zeros(6, np.int16), 1.0, 6, False, out)


def test_a_fraction_is_no_count():
    with pytest.raises(TypeError):
        scale_row(np.zeros(6, np.int16), 1.0, 2.5, False, np.zeros(6, np.float32))


def test_an_input_stays_writeable_for_its_owner():
    row = np.zeros(6, np.int16)
    scale_row(row, 1.0, 6, False, np.zeros(6, np.float32))
    assert row.flags.writeable


def test_an_unknown_annotation_is_refused_when_the_kernel_is_made():
    def odd(values: list) -> None:
        pass

    with pytest.raises(TypeError, match="odd: annotate values with"):
        kernel(odd)


@pytest.mark.parametrize("bands", [1, 2, 7])
def test_a_parallel_kernel_runs_all_its_bands(bands):
    out = np.full(70, -1, np.float32)
    fill_in_bands(out, bands)
    assert sorted(set(out)) == list(range(bands))


# --- cache and compilation --------------------------------------------------------------------------------------------


def test_the_cache_folder_changes_with_the_source_of_any_kernel(tmp_path, monkeypatch):
    for source in Path(_jit.__file__).parent.glob("*.py"):
        shutil.copy(source, tmp_path)
    monkeypatch.setattr(_jit, "__file__", str(tmp_path / "_jit.py"))
    before = _jit.cache_folder.__wrapped__()
    assert before.name == _jit.cache_folder().name
    with (tmp_path / "gradient.py").open("a") as source:
        source.write("# another line\n")
    assert _jit.cache_folder.__wrapped__() != before


WATCHED = """
    import numpy as np
    from vec2art_nb.kernels import _jit
    from vec2art_nb.kernels.lightness import lightness

    with _jit.watch_compilation(lambda event: print(event.kernel, event.finished, event.from_disk, event.seconds > 0)):
        for _ in range(2):
            lightness(np.zeros((2, 2, 3), np.uint8), (0, 0, 0))
    lightness(np.zeros((2, 2, 3), np.uint16), (0, 0, 0))
"""


def test_making_a_kernel_ready_is_told_once_and_the_second_process_loads_it_from_disk(tmp_path):
    first, second = (in_a_new_process(WATCHED, NUMBA_CACHE_DIR=str(tmp_path)).splitlines() for _ in range(2))
    assert first == ["lightness_8 False False False", "lightness_8 True False True"]
    assert second == ["lightness_8 False False False", "lightness_8 True True True"]
    assert [folder.name for folder in tmp_path.iterdir()] == [_jit.cache_folder().name]


# --- threads ----------------------------------------------------------------------------------------------------------


def test_the_number_of_threads_can_be_limited():
    try:
        _jit.set_threads(1)
        assert _jit.threads() == 1
        _jit.set_threads(1000)
        assert 1 <= _jit.threads() <= 1000
    finally:
        _jit.set_threads(0)
    assert _jit.threads() >= 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")
def test_a_forked_child_is_serial():
    script = """
        import os
        from vec2art_nb.kernels import _jit

        _jit.set_threads(2)
        before = _jit.threads()
        child = os.fork()
        if child == 0:
            os._exit(_jit.threads())
        print(before, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), _jit.threads())
    """
    assert in_a_new_process(script, NUMBA_NUM_THREADS="2").split() == ["2", "1", "2"]


def test_two_python_threads_may_launch_parallel_kernels_at_once():
    # The workqueue layer aborts the whole process when nobody takes care.
    script = """
        import threading

        import numpy as np
        from vec2art_nb.kernels.edges import gradient_maxima_bands

        dx = np.random.default_rng(0).integers(-9, 9, (300, 300)).astype(np.int16)

        def work():
            strength, offset = np.empty(dx.shape, np.uint16), np.empty(dx.shape, np.int8)
            for _ in range(200):
                gradient_maxima_bands(dx, dx, *dx.shape, strength, offset, 2)

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        print("done")
    """
    settings = {"NUMBA_THREADING_LAYER": "workqueue", "NUMBA_NUM_THREADS": "2"}
    assert in_a_new_process(script, **settings).strip() == "done"


# --- the front's kernels ----------------------------------------------------------------------------------------------

SMALL = """
    import hashlib

    import numpy as np
    from vec2art_nb.kernels.denoise import bilateral
    from vec2art_nb.kernels.edges import edge_points, hysteresis, thresholds
    from vec2art_nb.kernels.gradient import gaussian_gradient
    from vec2art_nb.kernels.lightness import lightness

    digest = hashlib.sha256()
    for shape in {shapes}:
        for dtype in {dtypes}:
            pixels = np.random.default_rng(0).integers(0, 256, (*shape, 4)).astype(dtype)
            for channels in (1, 3, 4):
                light = lightness(np.ascontiguousarray(pixels[..., :channels]), (255, 255, 255))
                digest.update(light)
        for radius in {radii}:
            digest.update(bilateral(light, radius, 40.0))
        for sigma in {sigmas}:
            dx, dy = gaussian_gradient(light, sigma)
            strength, offset = edge_points(dx, dy)
            mask = hysteresis(strength, *thresholds(strength, dx, dy, 1.0))
            for array in (dx, dy, strength, offset, mask, hysteresis(strength, 0, 9)):
                digest.update(array)
    print(digest.hexdigest())
"""


def test_no_kernel_reads_or_writes_outside_its_arrays(tmp_path):
    shapes = [(1, 1), (1, 600), (600, 1), (2, 2), (3, 5), (9, 4), (70, 67)]
    script = SMALL.format(shapes=shapes, dtypes='("u1", "u2")', radii=(1, 4, 9), sigmas=(0, 0.5, 1.2, 5, 20))
    # Not optimised: compiling is the longest part.
    checked = in_a_new_process(script, NUMBA_BOUNDSCHECK="1", NUMBA_OPT="0", NUMBA_CACHE_DIR=str(tmp_path))
    assert checked == in_a_new_process(script)


@pytest.mark.filterwarnings("default")
def test_the_kernels_are_the_same_as_plain_python():
    script = SMALL.format(shapes=[(1, 1), (6, 9)], dtypes='("u1",)', radii=(1, 2), sigmas=(0, 1.2))
    assert in_a_new_process(script, NUMBA_DISABLE_JIT="1") == in_a_new_process(script)


def test_only_old_caches_of_other_versions_are_removed(tmp_path, monkeypatch):
    current = tmp_path / "kernels-current"
    folders = [current, tmp_path / "kernels-old", tmp_path / "kernels-young", tmp_path / "something-else"]
    for folder in folders:
        folder.mkdir()
        (folder / "kernel.nbi").write_bytes(b"x")
        if folder.name != "kernels-young":
            os.utime(folder, (0, 0))
    monkeypatch.setattr(_jit, "cache_folder", lambda: current)
    assert _jit.remove_stale_caches() == [tmp_path / "kernels-old"]
    assert [folder.exists() for folder in folders] == [True, False, True, True]
