"""What stands above the open conversation: whose it is, and who of them is active."""

from __future__ import annotations

from chatcore import GENERAL
from chatcore.client.language import Language
from chatcore.client.list_view import ListView
from chatcore.client.rows import row_name
from chatcore.client.sentences import presence_text
from chatcore.domain.roster import Row

from .screen import Screen


def show_head(screen: Screen, row: Row | None, people: ListView, language: Language) -> None:
    """Show the head of a row's conversation, or none."""
    screen.name.configure(text=row_name(row, language) if row else "")
    screen.presence.configure(text=_presence(row, people, language) if row else "")


def _presence(row: Row, people: ListView, language: Language) -> str:
    if row.conversation != GENERAL:
        return presence_text(row.active, language)
    active = sum(person.active for person in people.rows if person.user is not None)
    return language.ngettext("{count} active", "{count} active", active).format(count=active)
