"""Faults of what is read: read states that are not in their normal form, and numbers that a recount does not give."""
# ruff: noqa: S608 - only constants of ours are put together

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Iterator
from itertools import accumulate, groupby, pairwise
from operator import itemgetter

import attrs

from ....domain.read_states import ReadState, Run
from ...sql.kinds import described, has_partner, own
from ...sql.standing import read_state

_STATES = """
select r.user, r.conversation, r.cursor,
  (select json_group_array(json_array(first, last)) from run where user = r.user and conversation = r.conversation),
  r.read, r.version, r.base,
  coalesce((select max(seq) from message where conversation = r.conversation), 0)
from reading r order by r.conversation, r.user
"""

_STRAYS = """
select distinct user, conversation from run where (user, conversation) not in (select user, conversation from reading)
"""

# How many of the messages up to a seq are others': their counters have been counted again before.
_OTHERS = f"""
select case
  when sender = :user then live - own
  when {has_partner("conversation")} then own
  else live - {own(":user", ":conversation", "seq <= :seq")} end
from message where conversation = :conversation and seq = :seq
"""

_WRITTEN = "select distinct conversation from message order by 1"


@attrs.frozen
class _Member:
    """What is stored of one member."""

    user: str
    conversation: str
    state: ReadState
    base: int
    "The last message that was there when the user joined."
    end: int
    "The seq of the conversation's last message."

    @property
    def is_for_all(self) -> bool:
        known = described(self.conversation)
        return known is not None and known.kind.is_for_all


def faults_of_reading(connection: sqlite3.Connection) -> Iterator[str]:
    """Tell the faults of all read states, and of the numbers of readers where they are counted."""
    written = [conversation for (conversation,) in connection.execute(_WRITTEN)]
    known = ((conversation, described(conversation)) for conversation in written)
    counted = {conversation for conversation, found in known if found and found.kind.counts_readers}
    for conversation, records in groupby(connection.execute(_STATES), key=itemgetter(1)):
        readers = _Readers(connection, conversation) if conversation in counted else None
        counted.discard(conversation)
        for user, _, cursor, runs, read, version, base, end in records:
            member = _Member(user, conversation, read_state(cursor, runs, read, version), base, end)
            found = list(_faults_of(connection, member))
            yield from (f"{conversation}: the read state of user {user} {fault}" for fault in found)
            if readers and not found:
                readers.add(member)
        if readers:
            yield from readers.faults()
    for conversation in sorted(counted):  # nobody has read anything there
        yield from _Readers(connection, conversation).faults()
    for user, conversation in connection.execute(_STRAYS):
        yield f"{conversation}: the read state of user {user} is missing, there are runs of it"


def _faults_of(connection: sqlite3.Connection, member: _Member) -> Iterator[str]:
    state = member.state
    covered = [(1, state.cursor), *state.runs] if state.cursor else [(0, 0), *state.runs]
    if any(first > end for first, end in state.runs) or any(a[1] >= b[0] for a, b in pairwise(covered)):
        yield "has runs that are not in order"
        return
    if member.base > state.cursor or (member.base and not member.is_for_all):
        yield f"says that everything up to message {member.base} is history"
    if covered[-1][1] > member.end:
        yield f"goes to message {covered[-1][1]}, the last one is {member.end}"
        return
    if any(_others(connection, member, a[1] + 1, b[0] - 1) == 0 for a, b in pairwise(covered)):
        yield "has runs with nothing unread between them"
    if state.version < 1 and (state.runs or not member.is_for_all):
        yield "has marks and no version"
    counted = sum(_others(connection, member, *run) for run in covered)
    if counted != state.read:
        yield f"counts {state.read} as read, a recount gives {counted}"


def _others(connection: sqlite3.Connection, member: _Member, first: int, end: int) -> int:
    """Count the messages of others between two seqs, both included."""

    def up_to(seq: int) -> int:
        named = {"user": member.user, "conversation": member.conversation, "seq": seq}
        found = connection.execute(_OTHERS, named).fetchone()
        return int(found[0]) if found else 0

    return up_to(end) - up_to(first - 1)


class _Readers:
    """Counts again who has read what in a conversation: what was there when somebody joined is history for them."""

    def __init__(self, connection: sqlite3.Connection, conversation: str) -> None:
        self._connection = connection
        self._conversation = conversation
        query = "select coalesce(max(seq), 0), count(*) from message where conversation = ?"
        ((end, count),) = connection.execute(query, (conversation,))
        self._is_whole = end == count  # else it makes no sense to count; it is told already
        # How the number of readers changes from each seq to the next.
        self._changes = array("q", bytes(8 * (count + 2)))
        self._states: dict[str, _Member] = {}

    def add(self, member: _Member) -> None:
        """Take in what one user has read."""
        if not self._is_whole:
            return
        self._states[member.user] = member
        for first, end in ((1, member.state.cursor), *member.state.runs):
            _raise(self._changes, (max(first, member.base + 1), end))

    def faults(self) -> Iterator[str]:
        """Tell which messages have too few or too many readers."""
        if not self._is_whole:
            return
        query = "select seq, sender, readers from message where conversation = ? order by seq"
        messages = self._connection.execute(query, (self._conversation,))
        for (seq, sender, readers), count in zip(messages, accumulate(self._changes[1:-1]), strict=True):
            own = self._states.get(sender)
            counted = count - int(own is not None and seq > own.base and own.state.has(seq))
            if readers != counted:
                yield f"{self._conversation}: message {seq} has {readers} readers, a recount gives {counted}"


def _raise(changes: array[int], run: Run) -> None:
    """Count one more from the first of two seqs to the second."""
    first, end = run
    if first <= end:
        changes[first] += 1
        changes[end + 1] -= 1
