"""Other people's code: is it run as meant, and is it said when it is not there."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.spatial import cKDTree

from benchmarks import comparisons, jobs, peers, pictures
from benchmarks.peers import PEERS, PeerMissingError, install, maker_of, opencv, skeletons, stippling, writing

SMALL = 0.06


def test_every_peer_that_is_compared_is_described_and_installed() -> None:
    wanted = {peer for group in comparisons.GROUPS for comparison in group.comparisons for peer in comparison.peers}
    assert wanted == set(PEERS)
    installed = {words[0].partition("==")[0] for words in install.requirements(install._REQUIREMENTS.read_text())}
    assert {package for peer in PEERS.values() for package in peer.packages} <= installed


def test_every_peer_is_pinned_and_no_registry_is_named() -> None:
    text = install._REQUIREMENTS.read_text(encoding="utf-8")
    pinned = re.findall(r"^(\S+)==", install._CONSTRAINTS.read_text(encoding="utf-8"), re.MULTILINE)
    assert [words[0] for words in install.requirements(text) if "==" not in words[0] and words[0] not in pinned] == []
    assert "://" not in text


def test_make_measures_in_an_environment_of_its_own(repository: Path) -> None:
    command = ["make", "--dry-run", "--always-make", "bench", "BENCH_ARGS=--check"]
    environment = {**os.environ, "MAKEFLAGS": ""}
    steps = subprocess.run(command, cwd=repository, env=environment, capture_output=True, text=True, check=True).stdout
    wanted = (
        ".bench/bin/python -m benchmarks.peers.install",
        ".bench/bin/vec2art-nb warmup",
        ".bench/bin/python -m benchmarks --check",
    )
    assert [step for step in steps.splitlines() if step in wanted] == list(wanted)
    assert ".bench/" in (repository / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_a_peer_that_cannot_be_installed_does_not_keep_the_others_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        asked.append(command[-1])
        failed = command[-1].startswith("pyautotrace")
        return subprocess.CompletedProcess(command, int(failed), "", "building\n  error: command 'g++' failed\n")

    monkeypatch.setattr(install, "UNBUILT", tmp_path / "unbuilt.json")
    monkeypatch.setattr(peers, "UNBUILT", tmp_path / "unbuilt.json")
    monkeypatch.setattr(subprocess, "run", run)
    install.main()
    assert asked[-1].startswith("fast-slic")
    assert json.loads(install.UNBUILT.read_text()) == {"pyautotrace": "error: command 'g++' failed"}
    with pytest.raises(PeerMissingError, match=r"could not be built: error: command 'g\+\+' failed"):
        maker_of("autotrace")


def test_a_peer_that_is_not_there_becomes_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = peers.Peer("nobody", "nothing", "nobody.nothing", ("no-such-package",))
    monkeypatch.setitem(PEERS, "opencv_edges", missing)
    group = comparisons.Group("edge", "Edge", comparisons.GROUPS[0].comparisons[:1], ("coffee",), threads=(1,))
    pixels = pictures.photo("coffee", SMALL)
    (row,) = comparisons._rows(group, "coffee", 1, pixels, comparisons.Effort(3, 0))
    assert row["missing"] == "no-such-package is not installed"
    assert len(row["ours"]) == 3


def test_opencv_begins_with_as_many_edge_pixels_as_ours() -> None:
    import vec2art_nb as v2a

    pixels = pictures.photo("astronaut", SMALL)
    with v2a.Session(pixels) as session:
        ours = int(session.stage("edges").values.sum())
    low, high = opencv.equal_detail(pixels)
    grey = opencv.cv2.GaussianBlur(opencv.grey_of(pixels), (0, 0), 1.2)
    theirs = np.count_nonzero(opencv.cv2.Canny(grey, low, high, L2gradient=True))
    assert theirs == pytest.approx(ours, rel=0.02)


def test_ours_and_theirs_write_the_same_vertices() -> None:
    pixels = pictures.photo("lettering", SMALL)
    points, offsets = jobs.polylines(pixels)
    assert (len(points), offsets[0], offsets[-1]) == (jobs.VERTICES, 0, jobs.VERTICES)
    theirs = writing.joined(pixels, 1)().decode()
    numbers = np.array(re.findall(r"\d+\.\d\d", theirs), np.float64).reshape(-1, 2)
    assert np.abs(numbers - points).max() <= 0.0051
    assert theirs.count("M") == len(offsets) - 1


def test_ours_and_theirs_thin_the_same_mask() -> None:
    pixels = pictures.photo("page", SMALL)
    theirs = skeletons.skeletonized(pixels, 1)()
    ours = np.zeros(theirs.size, np.bool_)
    ours[jobs.thinning_alone(pixels, 1)()] = True
    near = [cKDTree(np.argwhere(mask.reshape(theirs.shape))) for mask in (ours, theirs)]
    assert near[0].query(near[1].data)[0].mean() < 0.5


def test_lloyd_gives_dark_places_more_dots(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stippling, "DOTS", 200)
    pixels = np.full((64, 64, 3), 230, np.uint8)
    pixels[:, :32] = 30
    dots = stippling.lloyd(pixels, 1)()
    assert (dots[:, 0] < 32).mean() == pytest.approx(225 / 250, abs=0.05)


def test_files_of_a_photo_hold_the_photo(tmp_path: Path) -> None:
    from benchmarks.files import photo_files

    with photo_files("coffee") as paths:
        pixels = pictures.photo("coffee", 1)
        assert np.array_equal(np.asarray(Image.open(paths["png"])), pixels)
        assert np.array_equal(opencv.read(paths["png"]), pixels)
        assert np.abs(opencv.read(paths["jpg"]).astype(int) - pixels).mean() < 4


@pytest.mark.parametrize("name", [*pictures.NAMES, *pictures.PAGES])
def test_pictures_have_the_size_that_is_asked_for(name: str) -> None:
    assert [pictures.photo(name, size).shape[:2] for size in (0.25, 1)] == [(512, 512), (1024, 1024)]
