"""What a look at a server has found, in sentences."""

from __future__ import annotations

from enum import StrEnum

import attrs


class Level(StrEnum):
    """How a finding is to be taken."""

    OK = "ok"
    WARNING = "warning"
    "It works, and may not for long, or not as people expect."
    FAULT = "fault"
    "It does not work, or somebody can read what is not for them."


@attrs.frozen
class Finding:
    """One thing that was looked at."""

    level: Level
    topic: str
    "What was looked at, in a word or two."
    told: str
    "How it is."
    advice: str = ""
    "What to do; empty where all is well."

    def __str__(self) -> str:
        return f"{self.level:<8} {self.topic}: {self.told}{f' - {self.advice}' if self.advice else ''}"


def ok(topic: str, told: str) -> Finding:
    """It is as it should be."""
    return Finding(Level.OK, topic, told)


def warning(topic: str, told: str, advice: str) -> Finding:
    """Somebody should look at it."""
    return Finding(Level.WARNING, topic, told, advice)


def fault(topic: str, told: str, advice: str) -> Finding:
    """Somebody has to mend it."""
    return Finding(Level.FAULT, topic, told, advice)
