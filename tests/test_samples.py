from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from vec2art_nb import samples
from vec2art_nb.errors import ImageError
from vec2art_nb.image import open_image

DRAWN = {
    "landscape": ((768, 1024, 3), "4695d3d9201e4c7ab7cbf27c2bc8bddb"),
    "shapes": ((480, 640, 3), "94771cd6c6c9db19289b0d38fefbdbda"),
    "bicycle": ((540, 800, 1), "bc1c888038641e11fdd24b6ff2f9584a"),
    "logo": ((512, 512, 4), "9a8cfabc428d4c69fb7b35a834a991ee"),
    "noise": ((512, 512, 1), "b6ad0548c1ca19d99d281547c132c8a6"),
    "lettering": ((600, 960, 1), None),  # its font is Pillow's own, and may change with it
}


@pytest.fixture
def no_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)


@pytest.mark.parametrize("name", DRAWN)
def test_a_drawn_picture_is_the_same_on_every_machine(name: str) -> None:
    source = samples.load(name)
    shape, digest = DRAWN[name]
    assert source.name == name
    assert source.pixels.shape == shape
    if digest is not None:
        assert source.digest == digest


@pytest.mark.parametrize("name", DRAWN)
def test_a_drawn_picture_uses_its_range(name: str) -> None:
    pixels = samples.load(name).pixels[..., :3].astype(int)
    assert pixels.max() - pixels.min() > 200
    assert pixels.std() > 20


def test_the_logo_is_transparent_outside_and_in_its_hole() -> None:
    alpha = samples.load("logo").pixels[..., 3]
    assert alpha[0, 0] == alpha[372, 256] == 0
    assert alpha[240, 256] == 255
    assert ((alpha > 0) & (alpha < 255)).mean() > 0.1


def test_every_name_that_is_listed_can_be_loaded() -> None:
    listed = samples.names()
    assert len(set(listed)) == len(listed)
    assert listed[: len(DRAWN)] == [*dict.fromkeys(listed[: len(DRAWN)])]
    assert set(DRAWN) < set(listed)
    for name in listed:
        source = samples.load(name)
        assert source.name == name
        assert min(source.width, source.height) >= 191


def test_photographs_come_from_the_packages_of_the_test_environment() -> None:
    assert {"astronaut", "coffee", "chelsea", "camera", "rocket", "china", "flower", "grace_hopper"} < set(
        samples.names()
    )
    assert samples.load("astronaut").pixels.shape == (512, 512, 3)


@pytest.mark.usefixtures("no_packages")
def test_only_what_can_be_loaded_is_listed() -> None:
    assert set(samples.names()) == set(DRAWN)


@pytest.mark.usefixtures("no_packages")
def test_a_missing_package_is_named() -> None:
    for image in (samples.load, open_image):
        with pytest.raises(ImageError, match=r"'coffee' comes with scikit-image, .* pip install scikit-image"):
            image("coffee")
        with pytest.raises(ImageError, match="pip install scikit-learn"):
            image("china")


def test_a_package_that_lost_its_pictures_counts_as_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "skimage").mkdir()
    (tmp_path / "skimage" / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "skimage", raising=False)
    assert "coffee" not in samples.names()


def test_an_unknown_name_suggests_the_nearest() -> None:
    with pytest.raises(ImageError, match=r"there is no sample 'lanscape'; did you mean 'landscape'\?"):
        samples.load("lanscape")
    with pytest.raises(ImageError, match="there is no sample 'qqq'; there are landscape, shapes, "):
        samples.load("qqq")


def test_a_sample_is_opened_by_its_name_unless_there_is_such_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert open_image("noise") is samples.load("noise")
    with pytest.raises(ImageError, match="max_pixels"):
        open_image("noise", max_pixels=100)
    with pytest.raises(ImageError, match="no such file: 'noise'"):
        open_image(Path("noise"))
    (tmp_path / "noise").write_bytes(b"P5 2 1 255\n\x07\x09")
    assert np.array_equal(open_image("noise").pixels.ravel(), [7, 9])


def test_a_photograph_is_read_without_importing_its_package() -> None:
    script = (
        "import sys; from vec2art_nb import samples; "
        "[samples.load(name) for name in samples.names()]; "
        "print([name for name in ('skimage', 'sklearn', 'matplotlib', 'scipy', 'numba') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
