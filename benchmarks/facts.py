"""What a reader needs to know of the machine to judge the figures."""

from __future__ import annotations

import os
import platform
from datetime import date
from importlib import metadata

from vec2art_nb import machine

# Those whose speed the figures are.
_PACKAGES = (
    "vec2art-nb",
    "numpy",
    "numba",
    "opencv-contrib-python-headless",
    "scikit-image",
    "scipy",
    "sknw",
    "simplification",
    "pyautotrace",
    "fast-slic",
)


def machine_facts() -> dict[str, object]:
    """Processor, cores, load, system, and the versions of what is measured."""
    return {
        "processor": _processor(),
        "cores": machine.cores(),
        "memory_gib": round(machine.memory_bytes() / 2**30),
        "load": round(os.getloadavg()[0], 2),
        "system": f"{platform.system()} {platform.machine()}",
        "month": f"{date.today():%B %Y}",
        "versions": {"python": platform.python_version(), **{name: _version(name) for name in _PACKAGES}},
    }


def sentence(facts: dict) -> str:
    """The same in words."""
    versions = ", ".join(f"{name} {version}" for name, version in facts["versions"].items())
    return (
        f"{facts['cores']} cores of {facts['processor']}, {facts['memory_gib']} GiB, {facts['system']}; {versions}; "
        f"{facts['month']}; load at the start {facts['load']:g}."
    )


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "missing"
