"""The log: adds a batch of messages, and the marks that come with them, in one transaction."""
# ruff: noqa: S608 - only constants of ours are put together

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import asyncpg
import attrs

from ...domain.conversations import Conversation
from ...domain.messages import Message, NewMessage
from ...domain.refusals import KEPT_MS, NewRefusal
from ...errors import from_wire
from ...ports.commits import Outcome, Repeated, Stored
from ..sql.draft import Draft
from ..sql.heads import Head, Heads
from ..sql.kinds import own
from ..sql.known import Key, Known
from . import refusals
from .batch import Batch
from .database import Database, Gone, Transaction
from .marks import mark
from .past import POSITION

_BEFORE_ALL = -(2**62)
"""From here messages are numbered until the log's lock is had: no real number is below zero."""

# Whatever a batch of posts depends on, in one statement: each way to the database and back costs more than all of it.
# It is read after the locks are had, so that it sees what was committed before.
_LOOK = f"""
select (
  select json_agg(json_build_array(w.conversation, m.seq, m.live, m.sent_at_ms, m.sender, m.own))
  from unnest($1::text[]) w (conversation)
  cross join lateral (select * from message where conversation = w.conversation order by seq desc limit 1) m
), (
  select json_agg(json_build_array(w.conversation, w.sender, {own("w.sender", "w.conversation")}))
  from unnest($2::text[], $3::text[]) w (conversation, sender)
), (
  select json_agg(json_build_array(r.sender, r.client_id, r.code, r.message, r.field))
  from unnest($4::text[], $5::text[]) w (sender, client_id)
  join refusal r on r.sender = w.sender and r.client_id = w.client_id and r.at_ms >= $6
), (extract(epoch from clock_timestamp()) * 1000)::bigint, {POSITION}
"""

_ORIGINALS = """
select m.conversation, m.seq, m.sender, m.client_id, m.text, m.sent_at_ms, m.live, m.own, m.number, a.digest
from unnest($1::text[], $2::text[]) w (sender, client_id)
join message m on m.client_id = w.client_id and m.sender = w.sender
left join asked a on a.number = m.number
"""

_ADD = "select add_messages($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"


class Log:
    """Adds to the log. One caller at a time.

    A message has the time of the database's clock, which all servers have in common; with `has_given_times` that of
    the caller.
    """

    def __init__(self, database: Database, secret: bytes, *, has_given_times: bool) -> None:
        self._database = database
        self._secret = secret
        self._has_given_times = has_given_times

    async def append(self, batch: Batch) -> list[Outcome]:
        """Write everything, and give the outcomes of the posts, then of the marks.

        Raises Gone where it is not known whether it is stored, and the driver's errors where it is not.
        """
        has_refusals = any(isinstance(post, NewRefusal) for post in batch.posts)
        try:
            return await self._write(batch, with_posted=has_refusals or batch.doubted is not None)
        except asyncpg.UniqueViolationError:
            # A client id was used before. Rare, so nothing was looked up; now it is, and no seq was used up.
            return await self._write(batch, with_posted=True)

    async def _write(self, batch: Batch, *, with_posted: bool) -> list[Outcome]:
        posts, marks = batch.posts, batch.marks
        conversations = [_post(post).conversation for post in posts] + [change.conversation for change in marks]
        outcomes: list[Outcome] | None = None
        try:
            async with self._database.transaction(self._database.locks.conversations(conversations)) as transaction:
                done = await self._add(transaction, posts, batch.now_ms, with_posted=with_posted) if posts else []
                outcomes = done + (await mark(transaction, marks, self._database.locks.log) if marks else [])
        except Gone:
            batch.doubted = outcomes if batch.doubted is None else batch.doubted
            raise
        for outcome in outcomes:
            if isinstance(outcome, Stored):
                self._database.past.stored(outcome.message)
        return batch.settled(outcomes)

    async def _add(
        self, transaction: Transaction, posts: Sequence[NewMessage | NewRefusal], now_ms: int, *, with_posted: bool
    ) -> list[Outcome]:
        heads, known, time_there = await self._look(transaction, posts, now_ms, with_posted=with_posted)
        draft = Draft(heads, known, now_ms if self._has_given_times else time_there)
        outcomes = [draft.post(c) if isinstance(c, NewMessage) else draft.refuse(c) for c in posts]
        if draft.refused:
            await refusals.add(transaction, draft.refused, now_ms)
        if not draft.messages:
            return outcomes
        numbers = await self._insert(transaction, draft)
        if draft.asked:
            await refusals.add_asked(transaction, {numbers[_place(n)]: digest for n, digest in draft.asked.items()})
        return [_numbered(outcome, numbers) for outcome in outcomes]

    async def _insert(self, transaction: Transaction, draft: Draft) -> list[int]:
        *columns, _ = (list(column) for column in zip(*draft.rows(), strict=True))
        users, conversations = ([key[at] for key in draft.risen] for at in (0, 1))
        places = [_place(number) + 1 for number in draft.risen.values()]
        log = self._database.locks.log
        ((numbers,),) = await transaction.run(_ADD, log, *columns, users, conversations, places)
        return list(numbers)

    async def _look(
        self, transaction: Transaction, posts: Sequence[NewMessage | NewRefusal], now_ms: int, *, with_posted: bool
    ) -> tuple[Heads, Known, int]:
        heads = Heads(len(posts))
        heads.number = _BEFORE_ALL
        conversations, places = heads.missing([post for post in posts if isinstance(post, NewMessage)])
        keys: list[Key] = [(post.sender, post.client_id) for post in map(_post, posts)]
        since = now_ms - KEPT_MS
        ((*found, time_there, position),) = await transaction.run(
            _LOOK, conversations, *_columns(places), *_columns(keys), since
        )
        self._database.past.reach(position)
        ends, owns, refused = (json.loads(part or "[]") for part in found)
        stored = {conversation: end for conversation, *end in ends}
        heads.of.put({c: Head(Conversation.of(c), *stored.get(c, ())) for c in conversations})
        heads.owns.put({(conversation, sender): number for conversation, sender, number in owns})
        errors = {(sender, name): from_wire(code, told, field) for sender, name, code, told, field in refused}
        if not with_posted:
            return heads, Known(self._secret, refused=errors), time_there
        posted, asked = dict[Key, Message](), dict[Key, bytes]()
        for *record, digest in await transaction.run(_ORIGINALS, *_columns(keys)):
            message = Message(*record)
            posted[message.sender, message.client_id] = message
            if digest is not None:
                asked[message.sender, message.client_id] = digest
        return heads, Known(self._secret, posted, asked, errors), time_there


def _post(change: NewMessage | NewRefusal) -> NewMessage:
    return change if isinstance(change, NewMessage) else change.post


def _columns(pairs: Iterable[tuple[str, str]]) -> tuple[list[str], list[str]]:
    pairs = list(pairs)
    return [one for one, _ in pairs], [other for _, other in pairs]


def _place(number: int) -> int:
    """Return which message of the batch has a number of before the lock: 0 for the first one."""
    return number - _BEFORE_ALL - 1


def _numbered(outcome: Outcome, numbers: Sequence[int]) -> Outcome:
    if isinstance(outcome, Stored | Repeated) and outcome.message.number < 0:
        message = attrs.evolve(outcome.message, number=numbers[_place(outcome.message.number)])
        return attrs.evolve(outcome, message=message)
    return outcome
