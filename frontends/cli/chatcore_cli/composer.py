"""Where text is written: one draft for each conversation, the lines sent before, completion of names and commands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import InMemoryHistory

from chatcore.client.typed import typed
from chatcore.domain.ids import ConversationId

from .cells import steady


class Composer:
    """The text being written."""

    def __init__(self, names: Callable[[], Iterable[str]], commands: Iterable[str]) -> None:
        """`names` gives the names of users, `commands` are those that begin with a slash."""
        self.buffer = Buffer(
            multiline=True,
            completer=_Words(names, tuple(commands)),
            history=InMemoryHistory(),
            name="composer",
        )
        self._drafts: dict[ConversationId, Document] = {}
        self._conversation: ConversationId | None = None

    @property
    def text(self) -> str:
        """What is written."""
        return self.buffer.text

    def switch(self, conversation: ConversationId | None) -> None:
        """Put the draft away and take up the one of another conversation."""
        if self._conversation is not None:
            self._drafts.pop(self._conversation, None)
            if self.text:
                self._drafts[self._conversation] = self.buffer.document
        self._conversation = conversation
        draft = self._drafts.get(conversation) if conversation is not None else None
        self.buffer.reset(draft or Document())

    def has_draft(self, conversation: ConversationId) -> bool:
        """Tell whether something unsent is written there."""
        return bool(self.text) if conversation == self._conversation else conversation in self._drafts

    def take(self) -> str:
        """Give what is written and begin anew; it can be had again with the Up key."""
        text = typed(self.text)
        self.buffer.append_to_history()
        self.buffer.reset()
        return text

    def clear(self) -> bool:
        """Throw away what is written; tell whether there was anything."""
        had = bool(self.text)
        self.buffer.reset()
        return had

    def paste(self, text: str) -> None:
        """Insert what was pasted, line feeds and all, without sending it."""
        self.buffer.insert_text(typed(text))

    def erase(self) -> None:
        """Delete the character before the cursor, with the marks behind it that are not drawn: each key is seen."""
        before = self.buffer.document.text_before_cursor
        drawn = next((place for place in range(len(before) - 1, -1, -1) if steady(before[place])), 0)
        self.buffer.delete_before_cursor(len(before) - drawn)

    def complete(self) -> None:
        """Complete the word at the cursor; where several suit, walk through them."""
        if self.buffer.complete_state:
            self.buffer.complete_next()
        else:
            self.buffer.start_completion(insert_common_part=True)

    def accept_completion(self) -> bool:
        """Take the completion that is chosen in the menu; tell whether there was one."""
        state = self.buffer.complete_state
        self.buffer.complete_state = None
        return state is not None and state.current_completion is not None

    def cancel_completion(self) -> bool:
        """Close the menu of completions; tell whether it was open."""
        was_open = self.buffer.complete_state is not None
        if was_open:
            self.buffer.cancel_completion()
        return was_open


class _Words(Completer):
    """Completes /commands at the beginning, and the names of users everywhere."""

    def __init__(self, names: Callable[[], Iterable[str]], commands: tuple[str, ...]) -> None:
        self._names = names
        self._commands = commands

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:  # noqa: ARG002
        """Give what the word before the cursor may become."""
        before = document.text_before_cursor
        word = re.split(r"[\s@]", before)[-1]
        for whole in self._candidates(before, word):
            yield Completion(whole, start_position=-len(word), display=whole.rstrip(": "))

    def _candidates(self, before: str, word: str) -> list[str]:
        if before.startswith("/") and before == word:
            return [f"/{name} " for name in self._commands if name.startswith(word[1:].casefold())]
        if not word:
            return []
        names = sorted(name for name in self._names() if name.casefold().startswith(word.casefold()))
        ending = ": " if before == word else " "
        return [name + ending for name in names]
