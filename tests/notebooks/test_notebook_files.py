"""What a notebook in the repository must be, looked at without running it; ``pytest --nbval`` runs them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
LARGEST_OUTPUT = 200_000  # bytes; a picture of a drawing, not a hundred of them

pytestmark = pytest.mark.notebook


def faults(notebook: Any) -> list[str]:
    """What is wrong with a notebook, in sentences."""
    wrong = []
    kernel = notebook.metadata.get("kernelspec", {}).get("name")
    if kernel != "python3":
        wrong.append(f"its kernel is {kernel}: JupyterLab would ask which one to use")
    if "widgets" in notebook.metadata:
        wrong.append("it holds the state of widgets: clear it before saving")
    code = [(number, cell) for number, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    for number, cell in code:
        size = len(nbformat.writes(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(outputs=cell.outputs)])))
        if size > LARGEST_OUTPUT:
            wrong.append(f"the output of cell {number} has {size} bytes, more than {LARGEST_OUTPUT}")
        if any(output.output_type == "error" for output in cell.outputs):
            wrong.append(f"cell {number} shows an error")
        if cell.execution_count is None:
            wrong.append(f"cell {number} was not run")
    if [cell.execution_count for _, cell in code] != list(range(1, len(code) + 1)):
        wrong.append("its cells were not run once each from top to bottom")
    for heading, cells in _sections(notebook):
        # Widgets and pictures are not compared, so a section of nothing else would test nothing.
        if cells and not _comparable(cells[-1]):
            wrong.append(f"section {heading!r} does not end with a cell whose output nbval compares")
    return wrong


def _sections(notebook: Any) -> list[tuple[str, list[Any]]]:
    """Code cells below each heading."""
    sections: list[tuple[str, list[Any]]] = [("", [])]
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.source.startswith("#"):
            sections.append((cell.source.splitlines()[0].lstrip("# "), []))
        elif cell.cell_type == "code":
            sections[-1][1].append(cell)
    return sections


def _comparable(cell: Any) -> bool:
    ignored = {"nbval-ignore-output", "nbval-skip"} & set(cell.metadata.get("tags", []))
    texts = [
        output for output in cell.outputs if output.output_type == "stream" or "text/plain" in output.get("data", {})
    ]
    return bool(texts) and not ignored


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_can_be_opened_run_and_compared(path: Path) -> None:
    assert faults(nbformat.read(path, as_version=4)) == []


def test_there_is_a_quickstart() -> None:
    assert "01_quickstart.ipynb" in [path.name for path in NOTEBOOKS]


def sound() -> Any:
    text = nbformat.v4.new_output("execute_result", {"text/plain": "12 paths"}, execution_count=1)
    cells = [nbformat.v4.new_markdown_cell("# One"), nbformat.v4.new_code_cell("1", outputs=[text], execution_count=1)]
    return nbformat.v4.new_notebook(
        cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    )


def _without_kernel(notebook: Any) -> None:
    del notebook.metadata["kernelspec"]


def _with_widgets(notebook: Any) -> None:
    notebook.metadata["widgets"] = {}


def _heavy(notebook: Any) -> None:
    notebook.cells[1].outputs[0].data["text/plain"] = "x" * LARGEST_OUTPUT


def _failing(notebook: Any) -> None:
    notebook.cells[1].outputs.append(nbformat.v4.new_output("error", ename="ValueError", evalue="", traceback=[]))


def _not_run(notebook: Any) -> None:
    notebook.cells[1].execution_count = None


def _run_out_of_order(notebook: Any) -> None:
    notebook.cells[1].execution_count = 7


def _incomparable(notebook: Any) -> None:
    notebook.cells[1].metadata["tags"] = ["nbval-ignore-output"]


@pytest.mark.parametrize(
    ("break_it", "complaint"),
    [
        (_without_kernel, "its kernel is None"),
        (_with_widgets, "state of widgets"),
        (_heavy, "more than 200000"),
        (_failing, "cell 1 shows an error"),
        (_not_run, "cell 1 was not run"),
        (_run_out_of_order, "top to bottom"),
        (_incomparable, "section 'One' does not end"),
    ],
)
def test_a_notebook_that_is_not_is_told(break_it: Any, complaint: str) -> None:
    notebook = sound()
    assert faults(notebook) == []
    break_it(notebook)
    assert complaint in "\n".join(faults(notebook))
