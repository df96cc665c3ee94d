"""What stands above the open conversation: whose it is, and who of them is active."""

from __future__ import annotations

from chatcore.domain.roster import Row
from chatcore.view.language import Language
from chatcore.view.lines import row_name
from chatcore.view.list_view import ListView
from chatcore.view.sentences import attendance

from .screen import Screen


def show_head(screen: Screen, row: Row | None, people: ListView, language: Language) -> None:
    """Show the head of a row's conversation, or none."""
    screen.name.show(row_name(row, language) if row else "")
    screen.presence.configure(text=attendance(row, people.active, language) if row else "")
