"""Writes docs/parameters.md from the declarations of the parameters; ``make docs`` runs it, a test compares."""

from __future__ import annotations

from pathlib import Path

from vec2art_nb.backends import registry
from vec2art_nb.params.table import markdown_table

PAGE = Path(__file__).parent.parent / "docs" / "parameters.md"

HEAD = """\
# The parameters of every backend

Written by `make docs` from the parameters' own declarations; edit those. Lengths in px are pixels of the source
picture. A parameter that says *needs* has no effect until the one that it names has that value.
"""


def page() -> str:
    """The whole page."""
    return HEAD + "".join(_section(name) for name in registry)


def _section(name: str) -> str:
    backend = registry[name]
    section = f"\n## {name}: {backend.title}\n\n{markdown_table(backend.Params)}"
    if backend.presets:
        section += "\nPresets:\n\n" + "".join(
            f"- **{preset}**: {', '.join(f'`{key}={value!r}`' for key, value in values.items())}\n"
            for preset, values in backend.presets.items()
        )
    return section


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote {PAGE}")
