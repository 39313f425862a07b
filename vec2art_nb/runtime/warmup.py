"""Make all kernels ready ahead of time, so that the first slider moves at once."""

from __future__ import annotations

from collections.abc import Callable


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
    return len(wanted)
