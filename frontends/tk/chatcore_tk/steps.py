"""The former states of a field of one line, for taking back what was typed, step by step."""

from __future__ import annotations

MAX_STEPS = 100


class Steps:
    """What a field held before each step: a word typed, a stretch deleted, a text pasted."""

    def __init__(self) -> None:
        self._before: list[str] = []
        self._after: list[str] = []
        self._kind = ""

    def begin(self, text: str, kind: str) -> None:
        """Something is about to change the text; another kind of change than the last one is another step."""
        if kind != self._kind:
            self.cut(text)
        self._kind = kind

    def cut(self, text: str) -> None:
        """What comes now is another step, whatever it is."""
        self._kind = ""
        self._after.clear()
        if self._before[-1:] != [text]:
            self._before.append(text)
            del self._before[:-MAX_STEPS]

    def back(self, text: str) -> str:
        """Return what the field is to hold instead of the present text, one step back."""
        return self._move(self._before, self._after, text)

    def forth(self, text: str) -> str:
        """Return the same for one step that was taken back."""
        return self._move(self._after, self._before, text)

    def _move(self, source: list[str], target: list[str], text: str) -> str:
        self._kind = ""
        while source and source[-1] == text:
            source.pop()
        if not source:
            return text
        target.append(text)
        return source.pop()
