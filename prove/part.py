"""What a part of the proof comes to: one line with its figures, and what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import attrs


@attrs.frozen
class Outcome:
    """The end of one part."""

    figure: str
    "One line for people."
    faults: Sequence[str] = ()
    "Empty where all promises were kept."


def in_memory() -> Path | None:
    """Return a folder for files that need no disk, None where there is only the usual one for temporary files."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of a random name is made in it
    return memory if memory.is_dir() else None
