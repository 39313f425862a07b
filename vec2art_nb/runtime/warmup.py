"""Make all kernels ready ahead of time, so that the first slider moves at once."""

from __future__ import annotations

from collections.abc import Callable

# The file that says so when all kernels are on disk.
_COMPLETE = "complete"


def warmup(progress: Callable[[int, int, str], None] | None = None) -> int:
    """Compile every kernel that this machine can use, or load it from the disk cache.

    Parameters
    ----------
    progress
        Called with (done, total, the kernel that is being made ready), and at the end with (total, total, "").

    Returns
    -------
    int
        How many kernels are ready.
    """
    from vec2art_nb import kernels
    from vec2art_nb.kernels import _jit

    _jit.remove_stale_caches()
    kernels.load_all()
    wanted = [kernel for kernel in _jit.entries() if _jit.threads() > 1 or not kernel.parallel]
    for done, kernel in enumerate(wanted):
        if progress is not None:
            progress(done, len(wanted), kernel.__name__.replace("_", " "))
        kernel.prepare()
    if progress is not None:
        progress(len(wanted), len(wanted), "")
    folder = _jit.cache_folder()
    if folder.exists():  # not where compiling is switched off
        (folder / _COMPLETE).touch()
    return len(wanted)


def is_warm() -> bool:
    """Whether every kernel is on disk, so that nothing that runs for the first time has to be compiled."""
    from vec2art_nb.kernels import _jit

    return (_jit.cache_folder() / _COMPLETE).exists()
