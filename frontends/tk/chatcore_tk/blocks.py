"""The messages of a conversation as blocks of shapes, each made once for as long as nothing about it changes."""

from __future__ import annotations

from chatcore.view.conversation_view import ConversationView
from chatcore.view.laid_out import LaidOut, Part
from chatcore.view.viewer import Viewer

from .bubbles import Block, lay_out
from .look import Look


class Blocks:
    """Gives the block of each message."""

    def __init__(self, viewer: Viewer, look: Look) -> None:
        self._language, self._look = viewer.language, look
        self._laid_out: LaidOut[Block] = LaidOut(viewer, self._lay_out)

    def forget(self) -> None:
        """Colours or fonts have changed."""
        self._laid_out.forget()

    def block(self, view: ConversationView, index: int, width: int) -> Block:
        """Return the message at `index`, laid out for a conversation this many pixels wide."""
        return self._laid_out.message(view, index, width)

    def _lay_out(self, part: Part) -> Block:
        return lay_out(
            part.item,
            part.words,
            part.before,
            width=part.width,
            picked=part.is_picked,
            language=self._language,
            look=self._look,
        )
