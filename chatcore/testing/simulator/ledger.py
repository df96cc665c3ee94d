"""What was posted in a run, and whether the log can be its outcome. Linear in the number of posts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from enum import Enum

import attrs

from ...domain.ids import ClientId, ConversationId, UserId
from ...domain.messages import Message
from ...errors import RuleError


class Fate(Enum):
    """What a poster knows of a post."""

    UNKNOWN = "unknown"
    "No answer came: it may be stored, or not."
    ACKED = "acked"
    REFUSED = "refused"


@attrs.define(eq=False)
class Entry:
    """One post."""

    client: str
    "Which client object wrote it."
    sender: UserId
    conversation: ConversationId
    client_id: ClientId
    text: str
    written: int
    "When it was written: a number that rises with everything that happens."
    fate: Fate = Fate.UNKNOWN
    acked: int = 0
    "When its answer came."
    message: Message | None = None
    "The answer."
    error: RuleError | None = None
    "The answer where it was refused."

    @property
    def devices(self) -> Sequence[str]:
        """The labels in the name of the client: two devices may write one post."""
        return self.client.partition(",")[0].split(" and ")


class Ledger:
    """Writes down posts and their answers."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._now = 0

    def wrote(self, client: str, sender: UserId, conversation: ConversationId, client_id: ClientId, text: str) -> Entry:
        """A client was asked to post."""
        entry = Entry(client, sender, conversation, client_id, text, self._tick())
        self.entries.append(entry)
        return entry

    def acked(self, entry: Entry, message: Message) -> None:
        """The post was answered with a message."""
        entry.fate, entry.message, entry.acked = Fate.ACKED, message, self._tick()

    def refused(self, entry: Entry, error: RuleError) -> None:
        """The post was refused for good."""
        entry.fate, entry.error = Fate.REFUSED, error

    def _tick(self) -> int:
        self._now += 1
        return self._now

    def faults(
        self,
        logs: Mapping[ConversationId, Sequence[Message]],
        gone: Collection[Message] = frozenset(),
        forgotten: Collection[Entry] = frozenset(),
        texts: Callable[[str], Collection[str]] = lambda text: (text,),
    ) -> list[str]:
        """Tell where the logs cannot be the outcome of what was written down.

        `gone` was stored in a database that is no more: what was acked so may be missing, or be stored anew; and
        what was refused there, `forgotten`, may be stored. `texts` says what may be stored where a text was asked for.
        """
        stored: dict[tuple[UserId, ClientId], list[Message]] = {}
        for log in logs.values():
            for message in log:
                stored.setdefault((message.sender, message.client_id), []).append(message)
        faults: list[str] = []
        for entry in self.entries:
            found = stored.pop((entry.sender, entry.client_id), [])
            faults += _faults_of_text(entry, found, texts(entry.text))
            if entry not in forgotten:
                faults += _faults_of_fate(entry, found, gone)
        faults += [f"nobody wrote {messages}" for messages in stored.values()]
        return [*faults, *self._order_of_clients(logs), *self._order_in_time(gone)]

    def _order_of_clients(self, logs: Mapping[ConversationId, Sequence[Message]]) -> Iterable[str]:
        """Posts of one client to one conversation stand in the order in which they were written."""
        written = {(e.sender, e.client_id): e for e in self.entries}
        for conversation, log in logs.items():
            last: dict[str, int] = {}
            for message in log:
                entry = written.get((message.sender, message.client_id))
                if entry is not None:
                    if entry.written < last.get(entry.client, 0):
                        yield f"{conversation}: {entry.text!r} of {entry.client} came behind a later one"
                    last[entry.client] = entry.written

    def _order_in_time(self, gone: Collection[Message]) -> Iterable[str]:
        """What was acked before another was written stands before it."""
        acked = [e for e in self.entries if e.fate is Fate.ACKED and e.message not in gone]
        moments = sorted(
            [(e.acked, 0, e) for e in acked] + [(e.written, 1, e) for e in acked],
            key=lambda moment: moment[:2],
        )
        highest: dict[ConversationId, int] = {}
        for _, is_writing, entry in moments:
            seq = entry.message.seq if entry.message else 0
            before = highest.get(entry.conversation, 0)
            if is_writing and seq <= before:
                yield f"{entry.conversation}: {entry.text!r} got {seq}, but {before} was acked before it was written"
            elif not is_writing:
                highest[entry.conversation] = max(before, seq)


def _faults_of_text(entry: Entry, found: Sequence[Message], texts: Collection[str]) -> Iterable[str]:
    if len(found) > 1:
        yield f"{entry.text!r} is stored {len(found)} times"
    if any(message.text not in texts or message.conversation != entry.conversation for message in found):
        yield f"{entry.text!r} is stored as {found}, though it could be only {texts}"


def _faults_of_fate(entry: Entry, found: Sequence[Message], gone: Collection[Message]) -> Iterable[str]:
    match entry.fate:
        case Fate.ACKED if entry.message in gone:
            pass
        case Fate.ACKED if entry.message is None or list(found) != [entry.message]:
            yield f"{entry.text!r} was acked as {entry.message}, stored is {found}"
        case Fate.REFUSED if found:
            yield f"{entry.text!r} was refused and is stored"
        case Fate.ACKED | Fate.REFUSED | Fate.UNKNOWN:
            pass  # it is as it was told
