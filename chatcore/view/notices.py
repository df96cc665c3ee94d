"""What a desk has to say to the person, until they do something else."""

from __future__ import annotations

from collections.abc import Callable

from ..errors import ChatError
from .language import Language
from .sentences import error_text


class Notices:
    """The sentences that are said at the moment, each once."""

    def __init__(self, language: Language, changed: Callable[[], None]) -> None:
        """`changed` is called whenever there is something else to show."""
        self._language, self._changed = language, changed
        self.sentences: list[str] = []
        self.is_trouble: bool = False
        "Whether something of that went wrong: else it is news."

    @property
    def text(self) -> str:
        """All that is said, a sentence on each line; empty for nothing."""
        return "\n".join(self.sentences)

    def say(self, sentence: str) -> None:
        """Say this, and nothing else any more."""
        self.sentences, self.is_trouble = [sentence] if sentence else [], False
        self._changed()

    def complain(self, sentence: str) -> None:
        """Say this of what went wrong, and nothing else any more."""
        self.sentences, self.is_trouble = [sentence], True
        self._changed()

    def add(self, sentence: str) -> None:
        """Say this beside what is said already."""
        self._put(sentence, len(self.sentences))

    def warn(self, sentence: str) -> None:
        """Say this before what is said already: where there is room for little, it is this that is seen."""
        self.is_trouble = self.is_trouble or bool(sentence)
        self._put(sentence, 0)

    def failed(self, error: ChatError | None) -> None:
        """Say why something did not work, if it did not."""
        if error is not None:
            self.complain(error_text(error, self._language))

    def clear(self) -> None:
        """Say nothing more."""
        if self.sentences:
            self.say("")

    def _put(self, sentence: str, place: int) -> None:
        if sentence and sentence not in self.sentences:
            self.sentences.insert(place, sentence)
            self._changed()
