"""Pages of a conversation: the numbers, the messages, what is read of them and by how many, in one query."""
# ruff: noqa: S608 - only constants of ours are put together

from __future__ import annotations

import json
from typing import Any

from ...domain.conversations import Conversation
from ...domain.ids import ConversationId, UserId
from ...ports.storage import Page
from ..sql.standing import WIDTH, Standing, read_state, tally_of
from .database import Database
from .tallies import select

_ANY = 2**62
"""No seq is greater."""


def _query(columns: str, first: str, last: str, which: str = "true") -> str:
    """Return the query for the tally, both read states, and columns of some messages between two seqs.

    Runs and messages come as JSON within the one record: measured, this costs a third of a record for each, and the
    other thread takes the interpreter's lock once.
    """
    messages = (
        f"(select json_group_array(json_array({columns})) from message"
        f" where conversation = w.conversation and seq between {first} and {last} and {which})"
    )
    return select(
        "values (:user, :conversation, 0)",
        f", r.cursor, {_runs(':user', first, last)}, other.cursor, {_runs(':partner', first, last)}, {messages}",
        "left join reading other on other.user = :partner and other.conversation = w.conversation",
    )


def _runs(user: str, first: str, last: str) -> str:
    """Return the query for the runs of a user that cover something between two seqs; one before may be among them."""
    runs = f"from run where user = {user} and conversation = w.conversation"
    begin = f"coalesce((select max(first) {runs} and first <= {first}), {first})"
    return f"(select json_group_array(json_array(first, last)) {runs} and first between {begin} and {last})"


# Seqs have no holes, so a page of so many messages is a range of so many seqs.
_COLUMNS = "seq, sender, client_id, text, sent_at_ms, live, own, number, readers"
_AFTER = _query(_COLUMNS, ":bound + 1", ":bound + :limit")
_BEFORE = _query(_COLUMNS, "min(:bound - 1, m.seq) - :limit + 1", ":bound - 1")
_OWN = _query("seq, readers", ":first", ":last", "sender = :user")


async def page(
    database: Database, user: UserId, conversation: ConversationId, after: int | None, before: int | None, limit: int
) -> Page:
    """Read the first messages after a seq, or the last ones before one."""
    newest_below = _ANY if before is None else before
    query, bound = (_BEFORE, newest_below) if after is None else (_AFTER, max(0, after))
    standing, entries = await _ask(database, query, user, conversation, bound=bound, limit=limit)
    return standing.page(user, entries, is_backward=after is None)


async def stretch(database: Database, user: UserId, conversation: ConversationId, first: int, last: int) -> Page:
    """Read what is read between two seqs, by the member and of the member's own messages."""
    standing, own = await _ask(database, _OWN, user, conversation, first=first, last=last)
    return standing.stretch(own, first, last)


async def _ask(
    database: Database, query: str, user: UserId, conversation: ConversationId, **bounds: int
) -> tuple[Standing, list[list[Any]]]:
    """Run a query; give the standing, and the messages by seq."""
    partner = Conversation.of(conversation).partner(user)
    named = {"user": user, "conversation": conversation, "partner": partner, **bounds}
    (record,) = await database.read(query, named)
    cursor, runs, others_cursor, others_runs, messages = record[WIDTH:]
    standing = Standing(tally_of(record), read_state(cursor, runs), read_state(others_cursor, others_runs))
    return standing, sorted(json.loads(messages))
