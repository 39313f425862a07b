"""Other people's code for the same jobs. Each is loaded only when it is measured, and may be missing.

What is installed, and how, is in ``requirements.txt`` and ``install.py``. Autotrace is under the GPL: it is run, as a
person would run it, and nothing of it is in this package.
"""

from __future__ import annotations

import importlib
import json
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.jobs import Maker


# What `install.py` could not build, package by package, with the reasons.
UNBUILT = Path(sys.prefix) / "unbuilt.json"


@dataclass(frozen=True)
class Peer:
    """Somebody else's code for a job or for a part of it.

    Attributes
    ----------
    name : str
        For the tables.
    does : str
        What is timed, and what is not done.
    maker : str
        ``module.function`` below this package: from pixels and threads to the job.
    packages : tuple of str
        What must be installed.
    """

    name: str
    does: str
    maker: str
    packages: tuple[str, ...]


class PeerMissingError(Exception):
    """A peer that cannot be measured here; the message says why."""


_CONTRIB = "opencv-contrib-python-headless"

PEERS = {
    "opencv_edges": Peer(
        "OpenCV",
        "`GaussianBlur`, `Canny`, `findContours`, `approxPolyDP`, a string joined in Python; both sides begin with "
        "equally many edge pixels",
        "opencv.edges",
        (_CONTRIB,),
    ),
    "opencv_thinning": Peer(
        "OpenCV-contrib thinning",
        "Otsu, `ximgproc.thinning` (Guo–Hall), `findContours`, `approxPolyDP`, a string joined in Python; every line "
        "twice, no graph, no widths, no curves",
        "opencv.thinned_contours",
        (_CONTRIB,),
    ),
    "sknw": Peer(
        "scikit-image + sknw + simplification",
        "Otsu, `skeletonize`, `sknw.build_sknw`, `simplify_coords`, a string joined in Python; no widths, no curves, "
        "branches not joined to strokes",
        "skeletons.graph",
        ("scikit-image", "sknw", "simplification"),
    ),
    "autotrace": Peer(
        "autotrace",
        "Otsu with OpenCV, then autotrace's centerline mode and its own SVG writer; no widths",
        "autotracing.centerline",
        ("pyautotrace",),
    ),
    "fast_slic": Peer(
        "fast-slic",
        "segmentation alone, AVX2 where the machine has it; no shapes, no SVG",
        "superpixels.fast",
        ("fast-slic",),
    ),
    "skimage_slic": Peer(
        "scikit-image `slic`", "segmentation alone; no shapes, no SVG", "superpixels.slow", ("scikit-image",)
    ),
    "lloyd": Peer(
        "SciPy Lloyd",
        "weighted Lloyd relaxation, each pixel to its nearest dot by `cKDTree`; no SVG",
        "stippling.lloyd",
        ("scipy",),
    ),
    "join": Peer("Python f-strings", "numbers with two digits, joined", "writing.joined", ()),
    "skeletonize": Peer("scikit-image `skeletonize`", "the same mask", "skeletons.skeletonized", ("scikit-image",)),
    "opencv_sauvola": Peer(
        "OpenCV-contrib `niBlackThreshold`",
        "Sauvola's threshold, the same window and k, on grey of 8 bits where ours has lightness of 16",
        "opencv.sauvola",
        (_CONTRIB,),
    ),
}


def maker_of(name: str) -> Maker:
    """What makes a peer's job.

    Raises
    ------
    PeerMissingError
        It is not installed, or could not be built.
    """
    peer = PEERS[name]
    unbuilt = json.loads(UNBUILT.read_text(encoding="utf-8")) if UNBUILT.exists() else {}
    for package in peer.packages:
        if package in unbuilt:
            raise PeerMissingError(f"could not be built: {unbuilt[package]}")
        try:
            metadata.version(package)
        except metadata.PackageNotFoundError as reason:
            raise PeerMissingError(f"{package} is not installed") from reason
    module, function = peer.maker.split(".")
    try:
        maker: Maker = getattr(importlib.import_module(f"benchmarks.peers.{module}"), function)
    except ImportError as reason:
        raise PeerMissingError(f"cannot be loaded: {reason}") from reason
    return maker
