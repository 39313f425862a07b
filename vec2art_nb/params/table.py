"""The parameters of a backend as a table, for the docs and the command line."""

from __future__ import annotations

from dataclasses import dataclass

from vec2art_nb.params.declaration import Params
from vec2art_nb.params.parameter import Parameter, number_text


@dataclass(frozen=True, slots=True)
class Row:
    """What a table says about one parameter, as text."""

    group: str
    name: str
    default: str
    range: str
    unit: str
    help: str


def rows(params: type[Params]) -> list[Row]:
    """One row for each parameter, those of a group together, groups in the order in which they first appear."""
    parameters = list(params.parameters().values())
    groups = list(dict.fromkeys(parameter.group for parameter in parameters))
    return [_row(parameter) for group in groups for parameter in parameters if parameter.group == group]


def markdown_table(params: type[Params]) -> str:
    """The table of the docs in Markdown, ending with a newline."""
    lines = ["| group | parameter | default | range | unit | what it does |", "|---|---|---|---|---|---|"]
    previous = None
    for row in rows(params):
        cells = (
            "" if row.group == previous else row.group,
            f"`{row.name}`",
            f"`{row.default}`",
            row.range,
            row.unit,
            row.help,
        )
        lines.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
        previous = row.group
    return "\n".join(lines) + "\n"


def range_text(parameter: Parameter) -> str:
    """What can be given, in a few characters: "0 … 20", "≥ 0", "none, bilateral"."""
    if parameter.kind == "choice":
        return ", ".join(map(str, parameter.choices))
    if not parameter.is_number:
        return {"bool": "True, False", "color": "a colour", "palette": "colours"}[parameter.kind]
    if parameter.ge is not None and parameter.le is not None:
        return f"{number_text(parameter.ge)} … {number_text(parameter.le)}"
    bounds = {"≥": parameter.ge, ">": parameter.gt, "≤": parameter.le, "<": parameter.lt}
    return ", ".join(f"{sign} {number_text(bound)}" for sign, bound in bounds.items() if bound is not None) or "any"


def _row(parameter: Parameter) -> Row:
    needs = parameter.needs_text()
    help = f"{parameter.help} ({needs})" if needs else parameter.help
    return Row(
        parameter.group,
        parameter.name,
        ",".join(parameter.default) if parameter.kind == "palette" else str(parameter.default),
        range_text(parameter),
        parameter.unit or "",
        help.replace("\n", " "),
    )


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
