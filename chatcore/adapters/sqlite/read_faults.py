"""Faults of what is read: read states that are not in their normal form, and numbers that a recount does not give."""

from __future__ import annotations

import sqlite3
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate, pairwise

import attrs

from ...domain.conversations import GENERAL
from ...domain.reading import ReadState, Run
from .pages import read_state

_STATES = """
select r.user, r.conversation, r.cursor,
  (select json_group_array(json_array(first, last)) from run where user = r.user and conversation = r.conversation),
  r.read, r.version,
  coalesce((select max(seq) from message where conversation = r.conversation), 0),
  coalesce((select created_at_ms from user where id = r.user), 0)
from reading r order by r.conversation, r.user
"""

_STRAYS = """
select distinct user, conversation from run where (user, conversation) not in (select user, conversation from reading)
"""

# How many of the messages up to a seq are others': their counters have been counted again before.
_OTHERS = """
select case
  when conversation = 'general' then live - coalesce((select own from message
    where conversation = 'general' and sender = :user and seq <= :seq order by seq desc limit 1), 0)
  when sender = :user then live - own
  else own end
from message where conversation = :conversation and seq = :seq
"""


@attrs.frozen
class _Member:
    """What is stored of one member."""

    user: str
    conversation: str
    state: ReadState
    end: int
    "The seq of the conversation's last message."
    joined_ms: int


def faults_of_reading(connection: sqlite3.Connection) -> Iterator[str]:
    """Tell the faults of all read states, and of the numbers of readers in the general chat."""
    readers = _Readers(connection)
    for *record, end, joined_ms in connection.execute(_STATES):
        user, conversation, cursor, runs, read, version = record
        where = f"{conversation}: the read state of user {user}"
        state = read_state(cursor, runs, read, version)
        member = _Member(user, conversation, state, end, joined_ms)
        found = list(_faults_of(connection, member))
        yield from (f"{where} {fault}" for fault in found)
        if conversation == GENERAL and not found:
            readers.add(member)
    yield from readers.faults()
    for user, conversation in connection.execute(_STRAYS):
        yield f"{conversation}: the read state of user {user} is missing, there are runs of it"


def _faults_of(connection: sqlite3.Connection, member: _Member) -> Iterator[str]:
    state = member.state
    covered = [(1, state.cursor), *state.runs] if state.cursor else [(0, 0), *state.runs]
    if any(first > end for first, end in state.runs) or any(a[1] >= b[0] for a, b in pairwise(covered)):
        yield "has runs that are not in order"
        return
    if covered[-1][1] > member.end:
        yield f"goes to message {covered[-1][1]}, the last one is {member.end}"
        return
    if any(_others(connection, member, a[1] + 1, b[0] - 1) == 0 for a, b in pairwise(covered)):
        yield "has runs with nothing unread between them"
    if state.version < 1 and (member.conversation != GENERAL or state.runs):
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
    """Counts again who has read what in the general chat.

    Who joined when a message was there already has it as history, and is not counted as its reader. At which message
    somebody joined is not stored, only when: a registration is never dated before a message that was there. So whoever
    covers a message that is younger than their registration has read it: these are the fewest readers it can have. All
    who cover it and have marked something are the most.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        query = "select sent_at_ms from message where conversation = 'general' order by seq"
        self._sent = array("q", (sent for (sent,) in connection.execute(query)))
        ((end,),) = connection.execute("select coalesce(max(seq), 0) from message where conversation = 'general'")
        self._is_whole = end == len(self._sent)  # else it makes no sense to count; it is told already
        # How the number of readers changes from each seq to the next.
        self._fewest, self._most = (array("q", bytes(8 * (len(self._sent) + 2))) for _ in range(2))
        self._states: dict[str, _Member] = {}

    def add(self, member: _Member) -> None:
        """Take in what one user has read."""
        if not self._is_whole or member.state.version < 1:
            return
        self._states[member.user] = member
        since = self._first_after(member.joined_ms)
        for first, end in ((1, member.state.cursor), *member.state.runs):
            _raise(self._most, (first, end))
            _raise(self._fewest, (max(first, since), end))

    def faults(self) -> Iterator[str]:
        """Tell which messages have too few or too many readers."""
        if not self._is_whole:
            return
        query = "select seq, sender, readers from message where conversation = 'general' order by seq"
        bounds = zip(accumulate(self._fewest[1:-1]), accumulate(self._most[1:-1]), strict=True)
        for (seq, sender, readers), (fewest, most) in zip(self._connection.execute(query), bounds, strict=True):
            own = self._states.get(sender)
            itself = int(own is not None and own.state.has(seq))
            low, high = fewest - itself, most - itself
            if not low <= readers <= high:
                counted = str(low) if low == high else f"{low} to {high}"
                yield f"general: message {seq} has {readers} readers, a recount gives {counted}"

    def _first_after(self, moment_ms: int) -> int:
        """Give the first seq whose message is younger."""
        return bisect_right(self._sent, moment_ms) + 1


def _raise(changes: array[int], run: Run) -> None:
    """Count one more from the first of two seqs to the second."""
    first, end = run
    if first <= end:
        changes[first] += 1
        changes[end + 1] -= 1
