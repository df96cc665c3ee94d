"""A field of one line, which holds no more than such a line ever needs: each key that is pressed draws all of it."""

from __future__ import annotations

from collections.abc import Callable

from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document

MOST = 2_000
"""Characters: more than any address, name or password has, so that what is too long is still told as such."""


def one_line(name: str, on_change: Callable[[str], None]) -> Buffer:
    """Return a field; `on_change` is told what stands there now. Of a long pasted text the beginning is kept."""

    def changed(buffer: Buffer) -> None:
        text = buffer.text
        if len(text) > MOST:
            buffer.document = Document(text[:MOST], min(buffer.cursor_position, MOST))  # which tells of it
        else:
            on_change(text)

    return Buffer(multiline=False, name=name, on_text_changed=changed)
