"""The log: adds a batch of messages, and the marks that come with them, in one transaction."""
# ruff: noqa: S608 - only constants of ours are put together

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from ...domain.conversations import Conversation
from ...domain.marks import NewMarks
from ...domain.messages import Message, NewMessage
from ...domain.refusals import NewRefusal
from ...ports.commits import Outcome
from ..sql.draft import Draft
from ..sql.heads import Head, Heads
from ..sql.kinds import own
from ..sql.known import Key, Known
from .database import Database, Record
from .marks import mark
from .refusals import Refusals

MAX_ROWS = 1_000
"""How many rows one statement inserts (SQLite takes at most 32,766 parameters)."""

_COLUMNS = "conversation, seq, sender, client_id, text, sent_at_ms, live, own, number"
_INSERT = f"insert into message ({_COLUMNS}) values "
_ROW = "(?, ?, ?, ?, ?, ?, ?, ?, ?)"

_RISE = """
insert into line (user, conversation, risen)
select json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]')
from json_each(?) where true
on conflict (user, conversation) do update set risen = excluded.risen
"""

# A cross join begins with what is wanted: else SQLite might go through the messages and look for each in the list.
_HEADS = """
select m.conversation, m.seq, m.live, m.sent_at_ms, m.sender, m.own from json_each(?) wanted
cross join message m on m.conversation = wanted.value
 and m.seq = (select max(seq) from message where conversation = wanted.value)
"""

_OWNS = f"""
with wanted (conversation, sender) as materialized (
  select json_extract(value, '$[0]'), json_extract(value, '$[1]') from json_each(?)
)
select conversation, sender, {own("wanted.sender", "wanted.conversation")} from wanted
"""

_ORIGINALS = f"""
select {_COLUMNS} from json_each(?) wanted
cross join message on client_id = json_extract(wanted.value, '$[0]') and sender = json_extract(wanted.value, '$[1]')
"""


class Log:
    """Adds to the log. One caller at a time."""

    def __init__(self, database: Database, capacity: int) -> None:
        self._database = database
        self._capacity = capacity
        self._refusals = Refusals(database)
        self._heads = Heads(capacity)

    async def load(self) -> None:
        """Find where the log ends; nothing else is known of it yet."""
        self._heads = Heads(self._capacity)
        ((number,),) = await self._database.find("select coalesce(max(number), 0) from message")
        self._heads.number = number
        await self._refusals.load()

    async def append(
        self, posts: Sequence[NewMessage | NewRefusal], marks: Sequence[NewMarks], now_ms: int
    ) -> list[Outcome]:
        """Write everything or, where it raises, nothing; give the outcomes of the posts, then of the marks."""
        try:
            messages = [change for change in posts if isinstance(change, NewMessage)]
            await self._load_heads(messages)
            has_refusals = len(messages) < len(posts)
            known = await self._known(posts, now_ms, with_posted=has_refusals)
            try:
                return await self._write(posts, marks, now_ms, known)
            except sqlite3.IntegrityError:
                # A client id was used before. Rare, so nothing was looked up; now it is, and no seq was used up.
                known = await self._known(posts, now_ms, with_posted=True)
                return await self._write(posts, marks, now_ms, known)
        except sqlite3.IntegrityError:
            await self.load()  # the log is not what it was: somebody else has written to it
            raise
        finally:
            self._heads.trim()

    async def _write(
        self, posts: Sequence[NewMessage | NewRefusal], marks: Sequence[NewMarks], now_ms: int, known: Known
    ) -> list[Outcome]:
        draft = Draft(self._heads, known, now_ms)
        outcomes = [draft.post(c) if isinstance(c, NewMessage) else draft.refuse(c) for c in posts]
        rows = draft.rows()
        if marks or draft.risen or draft.asked or draft.refused or len(rows) > MAX_ROWS:
            async with self._database.transaction():
                for first in range(0, len(rows), MAX_ROWS):
                    await self._insert(rows[first : first + MAX_ROWS])
                if draft.risen:
                    await self._database.write(_RISE, (json.dumps([[*key, n] for key, n in draft.risen.items()]),))
                if draft.asked:
                    await self._refusals.add_asked(draft.asked)
                if draft.refused:
                    await self._refusals.add(draft.refused, now_ms)
                if marks:
                    outcomes += await mark(self._database, marks)
        elif rows:
            await self._insert(rows)
        draft.keep()
        return outcomes

    async def _insert(self, rows: Sequence[Record]) -> None:
        # Measured: values as parameters cost less than rows in JSON, and the statements are prepared once for each
        # number of rows. One statement for all: the other thread takes the interpreter's lock once.
        await self._database.write(_INSERT + ",".join([_ROW] * len(rows)), [value for row in rows for value in row])

    async def _load_heads(self, posts: Sequence[NewMessage]) -> None:
        conversations, places = self._heads.missing(posts)
        if conversations:
            found = {name: numbers for name, *numbers in await self._read(_HEADS, conversations)}
            self._heads.of.put({c: Head(Conversation.of(c), *found.get(c, ())) for c in conversations})
        if places:
            owns = await self._read(_OWNS, places)
            self._heads.owns.put({(conversation, sender): number for conversation, sender, number in owns})

    async def _known(self, posts: Sequence[NewMessage | NewRefusal], now_ms: int, *, with_posted: bool) -> Known:
        """Read what is kept under client ids of these posts: refusals, and the stored messages where that is asked."""
        keys: list[Key] = [(p.sender, p.client_id) for p in (c if isinstance(c, NewMessage) else c.post for c in posts)]
        refused = await self._refusals.of(keys, now_ms)
        if not with_posted:
            return Known(self._refusals.secret, refused=refused)
        found = [Message(*record) for record in await self._read(_ORIGINALS, [(name, who) for who, name in keys])]
        posted = {(message.sender, message.client_id): message for message in found}
        return Known(self._refusals.secret, posted, await self._refusals.asked(posted), refused)

    async def _read(self, sql: str, wanted: Sequence[object]) -> list[Record]:
        return await self._database.find(sql, (json.dumps(wanted),))
