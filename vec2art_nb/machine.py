"""What this machine, or the container around it, allows."""

from __future__ import annotations

import math
import os
from functools import cache
from pathlib import Path

import platformdirs

_CGROUP = Path("/sys/fs/cgroup")


def _first_line(path: Path) -> str | None:
    try:
        return path.read_text().split("\n", 1)[0].strip()
    except OSError:
        return None


def _cpu_quota(root: Path) -> float | None:
    """Cores that the control group (v2, then v1) grants, or None when it sets no limit."""
    line = _first_line(root / "cpu.max")
    if line is not None:
        quota, _, period = line.partition(" ")
        return None if quota == "max" else int(quota) / int(period or 100_000)
    old_quota = _first_line(root / "cpu" / "cpu.cfs_quota_us")
    old_period = _first_line(root / "cpu" / "cpu.cfs_period_us")
    if old_quota is None or old_period is None or int(old_quota) <= 0:
        return None
    return int(old_quota) / int(old_period)


def _memory_limit(root: Path) -> int | None:
    """Bytes that the control group (v2, then v1) grants, or None when it sets no limit."""
    for name in ("memory.max", "memory/memory.limit_in_bytes"):
        line = _first_line(root / name)
        if line is not None and line != "max" and int(line) < 1 << 60:
            return int(line)
    return None


def cache_folder() -> Path:
    """Where results and costs are kept for later processes: ``$VEC2ART_NB_CACHE_DIR``, else the user's cache folder."""
    return Path(os.environ.get("VEC2ART_NB_CACHE_DIR") or platformdirs.user_cache_dir("vec2art_nb"))


@cache
def cores() -> int:
    """How many threads can run at once: the CPU affinity, cut down to the container's quota."""
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = _cpu_quota(_CGROUP)
    return available if quota is None else max(1, min(available, math.ceil(quota)))


@cache
def memory_bytes() -> int:
    """How much memory the container, else the host, has."""
    host = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 4 << 30
    limit = _memory_limit(_CGROUP)
    return host if limit is None else min(host, limit)
