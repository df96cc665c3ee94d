"""The transcript: what happened, line by line, each with the requirements that it shows; a surprise ends it."""

from collections.abc import Iterable

REQUIREMENTS = (
    *("E1", "E2", "E3", "E4", "E5", "E6", "E7", "E8", "E9", "E10", "E11"),
    *("T1", "T2", "T3a", "T3b", "T4", "T5", "T6", "T7a", "T7b", "T7c", "T7d", "T7e", "T8", "T9"),
    *("U1", "U2"),
)
"""What docs/requirements.md asks for, as it stands in brackets behind what shows it."""

WIDTH = 92


class Surprise(Exception):
    """Something is not as it has to be."""


class Transcript:
    """Prints what happens, and remembers which requirements it showed."""

    def __init__(self) -> None:
        self._acts = 0
        self._shown: set[str] = set()

    def act(self, title: str) -> None:
        """Begin another part."""
        self._acts += 1
        print(f"\n{self._acts}. {title}", flush=True)

    def tell(self, text: str, *requirements: str, holds: object = True) -> None:
        """Say that something happened; `holds` is the proof."""
        if not holds:
            msg = f"this does not hold: {text}"
            raise Surprise(msg)
        self._shown.update(requirements)
        marks = f"[{' '.join(requirements)}]" if requirements else ""
        print(f"   {text:{WIDTH}} {marks}".rstrip(), flush=True)

    def show(self, lines: Iterable[str]) -> None:
        """Show what a person would see."""
        for line in lines:
            print(f"   │ {line}".rstrip(), flush=True)

    def end(self) -> None:
        """Check that every requirement was shown."""
        missing = [each for each in REQUIREMENTS if each not in self._shown]
        if missing:
            msg = f"nothing showed {', '.join(missing)}"
            raise Surprise(msg)
        print(f"\nAll of it happened as it should: {', '.join(REQUIREMENTS)}.")
