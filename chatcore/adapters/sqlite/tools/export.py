"""The whole chat as plain records, for other programs; without secrets."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import Any, BinaryIO

from ....domain.conversations import EVERYBODY, Members
from ....domain.ids import ConversationId
from ....errors import NotFound
from ...sql.kinds import described
from .snapshot import contents

FORM = 1
"""The version of the form: raised when a program that reads it has to change."""

_LONGEST = 1_000
"""Bytes, more than the first line has."""

Record = dict[str, Any]

_USERS = """
select id, name, number, fact, created_at_ms, display_name, disabled is not null as disabled, erased from user
where :users is null or id in (select value from json_each(:users)) order by number
"""
_MESSAGES = """
select conversation, seq, sender, client_id, text, sent_at_ms, number from message
where :conversation is null or conversation = :conversation order by conversation, seq
"""
_STATES = """
select user, conversation, cursor, (select json_group_array(json_array(first, last)) from run
  where user = reading.user and conversation = reading.conversation) as runs, read, version from reading
where :conversation is null or conversation = :conversation order by conversation, user
"""


def records(connection: sqlite3.Connection, conversation: ConversationId | None = None) -> Iterator[Record]:
    """Return what a snapshot sees, record by record: users by number, messages by conversation and seq, read states.

    With a conversation, only it and those who belong to it; raises NotFound where there is none.
    """
    members = _members(connection, conversation) if conversation else EVERYBODY
    users = None if members.is_everybody else json.dumps(members.users)
    named = {"conversation": conversation, "users": users}
    if conversation is None:
        held = contents(connection)
        yield {"type": "export", "form": FORM, "users": held.users, "messages": held.messages}
    else:
        yield {"type": "export", "form": FORM, "conversation": conversation}
    for record in _of("user", connection.execute(_USERS, named)):
        yield record | {"disabled": bool(record["disabled"]), "erased": bool(record["erased"])}
    yield from _of("message", connection.execute(_MESSAGES, named))
    for record in _of("read_state", connection.execute(_STATES, named)):
        yield record | {"runs": json.loads(record["runs"])}


def is_export(file: BinaryIO) -> bool:
    """Return whether it begins as an export does."""
    return file.readline(_LONGEST).startswith(b'{"type": "export", "form": ')


def _members(connection: sqlite3.Connection, conversation: ConversationId) -> Members:
    """Return who belongs to a conversation; raise NotFound where there is none, or one of them is not registered."""
    known = "select count(*) from user where id in (select value from json_each(?))"
    if found := described(conversation):
        users = found.members.users
        if connection.execute(known, (json.dumps(users),)).fetchone() == (len(users),):
            return found.members
    msg = f"there is no conversation {conversation[:40]}"
    raise NotFound(msg, field="conversation")


def _of(kind: str, cursor: sqlite3.Cursor) -> Iterator[Record]:
    names = [column for column, *_ in cursor.description]
    for values in cursor:
        yield {"type": kind, **dict(zip(names, values, strict=True))}
