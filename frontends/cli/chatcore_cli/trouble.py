"""What went wrong, as a sentence for the person at the terminal."""

from __future__ import annotations

from chatcore import ChatError, Unreachable
from chatcore.view.language import Language
from chatcore.view.sentences import error_text, sentence


def trouble(error: ChatError, language: Language) -> str:
    """Say what is wrong. Why a server cannot be reached is told in the words of the one who tried."""
    return sentence(error.message, language) if isinstance(error, Unreachable) else error_text(error, language)
