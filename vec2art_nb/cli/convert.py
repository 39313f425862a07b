"""``vec2art-nb convert``: pictures in, drawings out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vec2art_nb.backends import registry
from vec2art_nb.cli import FAILED, OK, one_line
from vec2art_nb.cli.flags import add_parameter_flags, given_parameters
from vec2art_nb.cli.parsing import PROGRAM, Parser
from vec2art_nb.cli.terminal import StatusLine, status_line
from vec2art_nb.drawing import Drawing, open_recipe
from vec2art_nb.drawing.output import SUFFIXES, compressed
from vec2art_nb.errors import OutputError, ParameterError, RecipeError, Vec2ArtError

if TYPE_CHECKING:
    from vec2art_nb.drawing import Recipe
    from vec2art_nb.runtime.engine import Progress

_STANDARD = "-"
_FORMATS = tuple(suffix.removeprefix(".") for suffix in SUFFIXES)
_DEFAULT_BACKEND = "edge"


@dataclass(frozen=True)
class _Job:
    """One picture and where its drawing goes; ``output`` is None for standard output."""

    image: str
    output: Path | None


# --- the command line -------------------------------------------------------------------------------------------------


def parser(argv: Sequence[str]) -> Parser:
    """The command's options, with those of the backend that ``argv`` asks for."""
    first = _without_parameters(add_help=False)
    # What is wrong with the rest is told by the whole parser, which knows all options.
    known, _ = first.parse_known_args(_options_only(argv))
    recipe = None if known.recipe is None else open_recipe(known.recipe)
    backend = known.backend or (recipe.backend if recipe else _DEFAULT_BACKEND)
    made = _without_parameters(add_help=True)
    made.set_defaults(recipe_found=recipe)
    try:
        loaded = registry[backend]
    except ParameterError as error:
        if known.backend is None and recipe is not None:
            raise RecipeError(f"{known.recipe}: {error}") from None
        made.error(f"argument --backend: {one_line(error)}")
    made.description = (
        f"Turn pictures into drawings. A picture is a file, '{_STANDARD}' for standard input, or the name of a sample. "
        f"The options below the first are the parameters of the backend {backend!r}"
        + (f", whose presets are {', '.join(loaded.presets)}." if loaded.presets else ".")
    )
    made.set_defaults(backend_found=backend)
    add_parameter_flags(made, loaded.Params)
    return made


def _options_only(argv: Sequence[str]) -> list[str]:
    """The command line up to the word after which nothing is an option."""
    words = list(argv)
    return words[: words.index("--")] if "--" in words else words


def _without_parameters(*, add_help: bool) -> Parser:
    made = Parser(
        prog=f"{PROGRAM} convert",
        usage=f"{PROGRAM} convert IMAGE… (-o FILE | --out-dir FOLDER) [OPTIONS]",
        add_help=add_help,
    )
    if add_help:
        made.add_argument("images", nargs="+", metavar="IMAGE", help="a picture")
        made.add_argument(
            "-o", "--output", metavar="FILE", help="for one picture: .svg, .svgz or .png; - for standard output"
        )
        made.add_argument(
            "--out-dir", metavar="FOLDER", type=Path, help="for any number: the folder, made when missing"
        )
        made.add_argument(
            "--format",
            choices=_FORMATS,
            help="in the folder and on standard output; elsewhere FILE says it (default svg)",
        )
        made.add_argument("--preset", metavar="NAME", help="begin with the values of a preset")
    made.add_argument("--backend", metavar="NAME", help=f"way of drawing (default {_DEFAULT_BACKEND})")
    made.add_argument("--recipe", metavar="SVG", help="begin with backend and parameters of a drawing that was saved")
    return made


def run(arguments: argparse.Namespace) -> int:
    """Convert the pictures one after the other; one that fails does not stop the others."""
    usage = _without_parameters(add_help=True)
    jobs = _jobs(arguments, usage)
    values = _values(arguments, usage)
    code = OK
    with status_line() as line:
        for number, job in enumerate(jobs, 1):
            count = f"[{number}/{len(jobs)}] " if len(jobs) > 1 else ""
            try:
                _convert(job, arguments, values, line, count)
            except BrokenPipeError:
                raise
            except (Vec2ArtError, OSError, MemoryError) as error:
                line.say(f"{PROGRAM}: {_name(job.image)}: {one_line(error)}")
                code = FAILED
    return code


def _jobs(arguments: argparse.Namespace, usage: Parser) -> list[_Job]:
    """Where each drawing goes; what could only end in a mess is refused before anything is done."""
    images: list[str] = arguments.images
    if arguments.output is not None and arguments.out_dir is not None:
        usage.error("-o and --out-dir both say where to; keep one")
    if images.count(_STANDARD) > 1:
        usage.error("standard input can be read once only")
    if arguments.out_dir is not None:
        return _jobs_in_folder(images, arguments.out_dir, arguments.format or _FORMATS[0], usage)
    if len(images) > 1:
        usage.error(f"{len(images)} pictures need --out-dir FOLDER")
    output = arguments.output
    if output is None:
        if images != [_STANDARD]:
            usage.error("say where to: -o FILE, -o - for standard output, or --out-dir FOLDER")
        output = _STANDARD
    if output == _STANDARD:
        return [_Job(images[0], None)]
    path = Path(output)
    if path.suffix.lower() not in SUFFIXES:
        usage.error(f"argument -o: {output!r} must end in one of {', '.join(SUFFIXES)}; or -o - with --format")
    if arguments.format is not None and path.suffix.lower() != f".{arguments.format}":
        usage.error(f"-o {output} and --format {arguments.format} do not agree; leave --format out")
    return [_Job(images[0], path)]


def _jobs_in_folder(images: list[str], folder: Path, suffix: str, usage: Parser) -> list[_Job]:
    taken: dict[Path, str] = {}
    for image in images:
        stem = "stdin" if image == _STANDARD else Path(image).stem
        output = folder / f"{stem}.{suffix}"
        if output in taken:
            usage.error(f"{taken[output]} and {image} would both become {output}; convert them into two folders")
        taken[output] = image
    return [_Job(image, output) for output, image in taken.items()]


def _values(arguments: argparse.Namespace, usage: Parser) -> dict[str, object]:
    """The parameters that the preset and the options give."""
    recipe: Recipe | None = arguments.recipe_found
    if recipe is not None and arguments.preset is not None:
        usage.error("--recipe and --preset both say what to begin with; keep one")
    if recipe is not None and recipe.backend != arguments.backend_found:
        usage.error(f"{arguments.recipe} is a recipe for the backend {recipe.backend!r}; leave --backend out")
    preset = {}
    if arguments.preset is not None:
        try:
            preset = dict(registry[arguments.backend_found].preset(arguments.preset))
        except ParameterError as error:
            usage.error(f"argument --preset: {one_line(error)}")
    return {**preset, **given_parameters(arguments)}


# --- one picture ------------------------------------------------------------------------------------------------------


def _convert(job: _Job, arguments: argparse.Namespace, values: dict[str, object], line: StatusLine, count: str) -> None:
    line.show(f"{count}{_name(job.image)}")
    suffix = f".{arguments.format or _FORMATS[0]}"
    if job.output is None:
        if suffix != ".svg" and sys.stdout.isatty():
            raise OutputError(f"{suffix} is not for a terminal; send it to a file with > or -o")
    else:
        _check_output(job.output, arguments)
    drawing = _drawing(job, arguments, values, line, count)
    line.show(f"{count}{_name(job.image)}: writing")
    if job.output is None:
        content = _encoded(drawing, suffix)
        line.show("")
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        if arguments.out_dir is not None:
            _make_folder(arguments.out_dir)
        drawing.save(job.output)
    for note in drawing.notes:
        line.say(f"{PROGRAM}: {_name(job.image)}: {note}")


def _drawing(
    job: _Job, arguments: argparse.Namespace, values: dict[str, object], line: StatusLine, count: str
) -> Drawing:
    from vec2art_nb.runtime.session import Session

    def tell(progress: Progress) -> None:
        stages = f" ({progress.done}/{progress.total})" if progress.total else ""
        line.show(f"{count}{_name(job.image)}: {progress.text}{stages}" if progress.text else "")

    image: object = job.image
    if job.image == _STANDARD:
        if sys.stdin.isatty():
            raise OSError("it is a terminal; send a picture into it with < or |")
        image = sys.stdin.buffer
    with Session(image, arguments.backend_found, recipe=arguments.recipe_found, **values) as session:
        session.on_progress(tell)
        return session.drawing


def _check_output(output: Path, arguments: argparse.Namespace) -> None:
    """Refuse what would fail after all the work, and an output that is one of the inputs, links included."""
    if arguments.out_dir is None and not output.parent.is_dir():
        raise OutputError(f"there is no folder {output.parent} to write {output.name} in; make it first")
    images: list[str] = arguments.images
    for image in images:
        try:
            same = image != _STANDARD and output.samefile(image)
        except (OSError, ValueError):  # one of them is not there, so they are not the same
            continue
        if same:
            raise OutputError(f"{output} is the picture {image} itself; choose another name")


def _encoded(drawing: Drawing, suffix: str) -> bytes:
    if suffix == ".png":
        return drawing.to_png()
    content = drawing.to_svg_bytes()
    return compressed(content) if suffix == ".svgz" else content


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise OutputError(f"{folder} is a file, not a folder; choose another name") from None
    except OSError as error:
        raise OutputError(f"the folder {folder} cannot be made: {error.strerror or error}") from error


def _name(image: str) -> str:
    return "standard input" if image == _STANDARD else image
