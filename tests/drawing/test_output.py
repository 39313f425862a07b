import errno
import gzip
import io
import os
import stat
from pathlib import Path

import pytest
from PIL import Image

from vec2art_nb.drawing import Drawing
from vec2art_nb.errors import OutputError, ParameterError


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def picture_size(path):
    with Image.open(path) as picture:
        return picture.size


def test_each_suffix_gets_its_format(tmp_path, showcase):
    for name in ("a.svg", "a.svgz", "a.png", "A.SVG"):
        showcase.save(tmp_path / name)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "A.SVG").read_bytes() == showcase.to_svg_bytes()
    assert gzip.decompress((tmp_path / "a.svgz").read_bytes()) == showcase.to_svg_bytes()
    assert picture_size(tmp_path / "a.png") == showcase.size
    assert names(tmp_path) == ["A.SVG", "a.png", "a.svg", "a.svgz"]


def test_precision_and_scale_reach_the_file(tmp_path, showcase):
    showcase.save(str(tmp_path / "a.svg"), precision=0)
    showcase.save(str(tmp_path / "a.png"), scale=0.5)
    assert (tmp_path / "a.svg").read_text() == showcase.to_svg(0)
    assert picture_size(tmp_path / "a.png") == (180, 150)


def test_compressed_files_carry_no_time_and_no_name(tmp_path, showcase):
    showcase.save(tmp_path / "one.svgz")
    showcase.save(tmp_path / "two.svgz")
    content = (tmp_path / "one.svgz").read_bytes()
    assert content == (tmp_path / "two.svgz").read_bytes()
    assert content[:10] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("drawing", "it has no suffix; end the name in one of .svg, .svgz, .png"),
        ("drawing.jpg", "it has the suffix .jpg; end the name in one of .svg, .svgz, .png"),
        ("missing/drawing.svg", "there is no folder .*missing; make it first, or choose another place"),
        ("file.txt/drawing.svg", "file.txt is not a folder; choose another place"),
        ("folder.svg", "it is a folder; add a file name"),
        ("pipe.svg", "it is not a regular file; choose another name"),
        ("loop.svg", "choose another place or name"),
        ("x" * 300 + ".svg", "choose another place or name"),
        ("nul\0.svg", "null byte; choose another place or name"),
    ],
)
def test_where_nothing_can_be_written_the_error_names_path_reason_and_way_out(tmp_path, showcase, name, message):
    (tmp_path / "file.txt").write_text("text")
    (tmp_path / "folder.svg").mkdir()
    os.mkfifo(tmp_path / "pipe.svg")
    (tmp_path / "loop.svg").symlink_to(tmp_path / "loop.svg")
    before = names(tmp_path)
    with pytest.raises(OutputError, match=f"(?s)cannot write .*{name[:5]}.*{message}") as caught:
        showcase.save(tmp_path / name)
    assert isinstance(caught.value, OSError)
    assert names(tmp_path) == before


def test_a_system_folder_refuses_clearly(showcase):
    with pytest.raises(OutputError, match=r"cannot write /proc/drawing\.svg: "):
        showcase.save("/proc/drawing.svg")


@pytest.mark.parametrize("path", [None, 3, object()])
def test_what_is_no_path_is_refused(showcase, path):
    with pytest.raises(OutputError, match="cannot write to"):
        showcase.save(path)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device; choose another place"),
        (PermissionError(errno.EACCES, "Permission denied"), "is not allowed; choose another place, or change"),
        (KeyboardInterrupt(), None),
    ],
)
@pytest.mark.parametrize("step", ["open", "replace", "chmod"])
def test_a_failure_on_the_way_leaves_the_old_file_and_nothing_else(
    tmp_path, showcase, monkeypatch, step, error, message
):
    target = tmp_path / "drawing.svg"
    target.write_text("before")

    def fail(*arguments, **options):
        raise error

    monkeypatch.setattr(Path, step, fail)
    with pytest.raises(OutputError if message else KeyboardInterrupt, match=message):
        showcase.save(target)
    monkeypatch.undo()
    assert names(tmp_path) == ["drawing.svg"]
    assert target.read_text() == "before"


def test_a_failure_while_writing_leaves_nothing(tmp_path, showcase, monkeypatch):
    class FullDisk(io.FileIO):
        def write(self, content):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "open", lambda path, mode: FullDisk(path, mode.replace("b", "")))
    with pytest.raises(OutputError, match="No space left"):
        showcase.save(tmp_path / "drawing.svg")
    monkeypatch.undo()
    assert names(tmp_path) == []


def test_bad_options_are_found_before_anything_is_written(tmp_path, showcase):
    for name in ("a.svg", "a.png"):
        with pytest.raises(ParameterError):
            showcase.save(tmp_path / name, precision=9, scale=-1)
    assert names(tmp_path) == []


def test_a_new_file_obeys_the_umask_and_an_old_one_keeps_its_permissions(tmp_path, showcase):
    old = tmp_path / "old.svg"
    old.write_text("before")
    old.chmod(0o604)
    previous = os.umask(0o027)
    try:
        showcase.save(tmp_path / "new.svg")
        showcase.save(old)
    finally:
        os.umask(previous)
    assert stat.S_IMODE((tmp_path / "new.svg").stat().st_mode) == 0o640
    assert stat.S_IMODE(old.stat().st_mode) == 0o604


def test_a_link_stays_a_link(tmp_path, showcase):
    real = tmp_path / "real.svg"
    real.write_text("before")
    (tmp_path / "link.svg").symlink_to(real)
    showcase.save(tmp_path / "link.svg")
    assert (tmp_path / "link.svg").is_symlink()
    assert real.read_bytes() == showcase.to_svg_bytes()


def test_a_path_below_home_may_begin_with_a_tilde(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    Drawing((3, 3)).save("~/drawing.svg")
    assert names(tmp_path) == ["drawing.svg"]
