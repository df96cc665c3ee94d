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

    User, conversation and partner are its first three parameters. Runs and messages come as JSON within the one record.
    """
    messages = (
        f"(select coalesce(json_agg(json_build_array({columns})), '[]')"
        " from message e left join readers k on k.number = e.number"
        f" where e.conversation = w.conversation and e.seq between {first} and {last} and {which})"
    )
    return select(
        "values ($1::text, $2::text, 0)",
        f", r.cursor, {_runs('$1', first, last)}, other.cursor, {_runs('$3', first, last)}, {messages}",
        "left join reading other on other.user_id = $3::text and other.conversation = w.conversation",
    )


def _runs(user: str, first: str, last: str) -> str:
    """Return the query for the runs of a user that cover something between two seqs; one before may be among them."""
    runs = f"from run where user_id = {user} and conversation = w.conversation"
    begin = f"coalesce((select max(first) {runs} and first <= {first}), {first})"
    return (
        f"(select coalesce(json_agg(json_build_array(first, last)), '[]') {runs} and first between {begin} and {last})"
    )


# Seqs have no holes, so a page of so many messages is a range of so many seqs.
_COLUMNS = "e.seq, e.sender, e.client_id, e.text, e.sent_at_ms, e.live, e.own, e.number, coalesce(k.readers, 0)"
_AFTER = _query(_COLUMNS, "$4::bigint + 1", "$4::bigint + $5::bigint")
_BEFORE = _query(_COLUMNS, "least($4::bigint - 1, m.seq) - $5::bigint + 1", "$4::bigint - 1")
_OWN = _query("e.seq, coalesce(k.readers, 0)", "$4::bigint", "$5::bigint", "e.sender = $1")


async def page(
    database: Database, user: UserId, conversation: ConversationId, after: int | None, before: int | None, limit: int
) -> Page:
    """Read the first messages after a seq, or the last ones before one."""
    newest_below = _ANY if before is None else before
    query, bound = (_BEFORE, newest_below) if after is None else (_AFTER, max(0, after))
    standing, entries = await _ask(database, query, user, conversation, bound, limit)
    return standing.page(user, entries, is_backward=after is None)


async def stretch(database: Database, user: UserId, conversation: ConversationId, first: int, last: int) -> Page:
    """Read what is read between two seqs, by the member and of the member's own messages."""
    standing, own = await _ask(database, _OWN, user, conversation, first, last)
    return standing.stretch(own, first, last)


async def _ask(
    database: Database, query: str, user: UserId, conversation: ConversationId, *bounds: int
) -> tuple[Standing, list[list[Any]]]:
    """Run a query; give the standing, and the messages by seq."""
    partner = Conversation.of(conversation).partner(user)
    (record,) = await database.read(query, user, conversation, partner, *bounds)
    cursor, runs, others_cursor, others_runs, messages = record[WIDTH:]
    standing = Standing(tally_of(record), read_state(cursor, runs), read_state(others_cursor, others_runs))
    return standing, sorted(json.loads(messages))
