from __future__ import annotations

from typing import Any

import comm
import pytest
import traitlets
from comm.base_comm import BaseComm

from vec2art_nb.ui.part import Part


class KernelComm(BaseComm):
    """Binds what pages send to where the widget last sent something, as ipykernel's does."""

    def publish_msg(self, *given: Any, **named: Any) -> None:
        self._reply_subshell_id = None


class Shown(Part):
    _esm = "export default {}"

    text = traitlets.Unicode().tag(sync=True)


def test_pages_choose_the_thread_whatever_was_sent_from_where(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comm, "create_comm", lambda **named: KernelComm(**named))
    widget = Shown()
    assert "_reply_subshell_id" not in vars(widget.comm)
    widget.send({"type": "show"})
    assert "_reply_subshell_id" not in vars(widget.comm)
    widget.text = "new"
    assert "_reply_subshell_id" not in vars(widget.comm)
    widget.close()
    widget.send({"type": "too late"})
