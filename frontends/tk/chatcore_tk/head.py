"""What stands above the open conversation: whose it is, and who of them is active."""

from __future__ import annotations

from chatcore.client.language import Language
from chatcore.client.list_view import ListView
from chatcore.client.rows import row_name
from chatcore.client.sentences import attendance
from chatcore.domain.roster import Row

from .screen import Screen


def show_head(screen: Screen, row: Row | None, people: ListView, language: Language) -> None:
    """Show the head of a row's conversation, or none."""
    screen.name.show(row_name(row, language) if row else "")
    screen.presence.configure(text=attendance(row, people.active, language) if row else "")
