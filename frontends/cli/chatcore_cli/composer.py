"""Where text is written: a field with the lines sent before, completion of names and commands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
from prompt_toolkit.history import InMemoryHistory

from chatcore.view.typed import typed

from .cells import steady


class Composer:
    """The text being written."""

    def __init__(self, names: Callable[[], Iterable[tuple[str, str]]], commands: Mapping[str, str]) -> None:
        """`names` gives what each is called and the name of their account; `commands` what each with a slash means."""
        self.buffer = _Buffer(
            multiline=True,
            completer=_Words(names, commands),
            complete_while_typing=Condition(lambda: bool(_is_command(self.buffer.text))),
            history=InMemoryHistory(),
            name="composer",
        )

    @property
    def text(self) -> str:
        """What is written."""
        return self.buffer.text

    @property
    def unsent(self) -> str:
        """Everything that would be missed: what is written, and what was fetched with the Up key and then changed."""
        return self.buffer.all_written

    def show(self, text: str) -> None:
        """Begin with this text, as if nothing had been written before."""
        self.buffer.reset(Document(text))

    def sent(self) -> None:
        """Begin anew; what is written can be had again with the Up key.

        Where it was fetched with that key, the draft from which the user went up is there again.
        """
        self.buffer.append_to_history()
        self._begin_anew()

    def give_back(self, text: str) -> None:
        """Put back what could not be sent, before what was written meanwhile."""
        self.show("\n".join(filter(None, (text, self.unsent))))

    def clear(self) -> bool:
        """Throw away what is written; tell whether there was anything."""
        had = bool(self.text)
        self._begin_anew()
        return had

    def paste(self, text: str) -> None:
        """Insert what was pasted, line feeds and all, without sending it."""
        self.buffer.insert_text(typed(text))

    def normalise(self) -> None:
        """Take what another program has written as if it were pasted."""
        self.buffer.document = Document(typed(self.text).rstrip("\n"))

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

    def _begin_anew(self) -> None:
        self.buffer.reset(Document(self.buffer.left_behind))

    def accept_completion(self) -> bool:
        """Take the completion that is chosen in the menu; tell whether there was one."""
        state = self.buffer.complete_state
        self.buffer.complete_state = None
        return state is not None and state.current_completion is not None

    @property
    def meaning(self) -> str:
        """What the command means that is chosen in the menu, or is the only one there; empty where none is."""
        state = self.buffer.complete_state
        if state is None:
            return ""
        only = state.completions[0] if len(state.completions) == 1 else None
        chosen = state.current_completion or only
        return chosen.display_meta_text if chosen else ""

    def cancel_completion(self) -> bool:
        """Close the menu of completions; tell whether it was open."""
        was_open = self.buffer.complete_state is not None
        if was_open:
            self.buffer.cancel_completion()
        return was_open


_is_command = re.compile(r"/[^/\s]*").fullmatch
"A line that may become a command: while it is written, the menu of those that suit is open."


class _Buffer(Buffer):
    """A text from which no key takes anything as it would in a shell: only Enter sends."""

    def validate_and_handle(self) -> None:
        """Do nothing: the shell's other keys for "accept the line" have no meaning here."""

    @property
    def left_behind(self) -> str:
        """What was being written before the Up key fetched what is seen now; empty where it did not."""
        return self._working_lines[-1] if self.working_index < len(self._working_lines) - 1 else ""

    @property
    def all_written(self) -> str:
        """Everything that would be missed: what is being written, and what was fetched and then changed."""
        if self.working_index == len(self._working_lines) - 1:
            return self.text
        is_changed = self.text not in self.history.get_strings()
        return "\n".join(filter(None, [self.left_behind, self.text if is_changed else ""]))


_opens = re.compile(r"/open\s+@?(.+)").fullmatch


class _Words(Completer):
    """Completes /commands at the beginning, and the names of users everywhere; /open takes the account's."""

    def __init__(self, names: Callable[[], Iterable[tuple[str, str]]], commands: Mapping[str, str]) -> None:
        self._names = names
        self._commands = commands

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:  # noqa: ARG002
        """Return what the word before the cursor may become."""
        before = document.text_before_cursor
        if opening := _opens(before):
            yield from self._accounts(opening[1])
            return
        word = re.split(r"[\s@]", before)[-1]
        for whole in self._candidates(before, word):
            meaning = self._commands.get(whole[1:-1]) if whole.startswith("/") else None
            yield Completion(whole, start_position=-len(word), display=whole.rstrip(": "), display_meta=meaning)

    def _accounts(self, begun: str) -> Iterable[Completion]:
        """Return the accounts of those who are called as was begun, each shown with what people see."""
        for name, account in sorted(self._names(), key=lambda pair: pair[0].casefold()):
            if any(each and each.casefold().startswith(begun.casefold()) for each in (name, account)):
                shown = name if account in {"", name} else f"{name} @{account}"
                yield Completion(f"{account or name} ", start_position=-len(begun), display=shown)

    def _candidates(self, before: str, word: str) -> list[str]:
        if before.startswith("/") and before == word:
            return [f"/{name} " for name in self._commands if name.startswith(word[1:].casefold())]
        if not word:
            return []
        both = {name for pair in self._names() for name in pair if name}
        names = sorted(name for name in both if name.casefold().startswith(word.casefold()))
        ending = ": " if before == word else " "
        return [name + ending for name in names]
