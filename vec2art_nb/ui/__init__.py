"""What is seen in a notebook: the studio, its viewer, its controls. It shows and passes on; it decides nothing."""

from __future__ import annotations

from vec2art_nb.ui.studio import Studio

__all__ = ["Studio"]
