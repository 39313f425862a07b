"""A drawing as the Python that makes it."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vec2art_nb.params import Params


def code_for(image: object, name: str, backend: str, values: Params) -> str:
    """Python code that makes the drawing again.

    Parameters
    ----------
    image
        What the person handed in. A path or sample name is written out; anything else becomes the name ``image``.
    name
        The source's name, for the file that is saved.
    backend, values
        The state. Parameters at their defaults are left out.
    """
    given = _literal(os.fspath(image)) if isinstance(image, (str, os.PathLike)) else "image"
    turned = [
        f"{parameter.name}={_literal(getattr(values, parameter.name))}"
        for parameter in values.parameters().values()
        if getattr(values, parameter.name) != parameter.default
    ]
    arguments = [given, f"backend={_literal(backend)}", *turned]
    call = f"drawing = v2a.vectorize({', '.join(arguments)})"
    if len(call) > 88:
        lines = "".join(f"    {argument},\n" for argument in arguments)
        call = f"drawing = v2a.vectorize(\n{lines})"
    return f"import vec2art_nb as v2a\n\n{call}\ndrawing.save({_literal(name + '.svg')})\n"


def _literal(value: object) -> str:
    # As ruff format would have it: double quotes, which JSON's strings have.
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, tuple):
        return f"({''.join(f'{_literal(item)}, ' for item in value).strip()})"
    return repr(value)
