"""The fan-out: who hears of what, each thing encoded once, all that belongs to one commit in one write."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from ..domain.conversations import Members
from ..domain.events import Event, MessagesRead, UserRegistered
from ..domain.ids import ConversationId, UserId
from ..domain.messages import Message
from ..domain.read_states import runs_of
from ..ports.commits import Commit, Enrolled, Marked, Outcome, Refused, Repeated, Stored
from ..ports.transport import OutFrame
from ..wire import frames as f

Encode = Callable[[f.ServerFrame], bytes]


class Listener(Protocol):
    """A connection, as the hub sees it."""

    def put(self, frames: Sequence[OutFrame]) -> None:
        """Send frames in one write."""


class Waiter(Protocol):
    """Who waits for the outcome of a change: the `origin` of a change that came over a connection."""

    @property
    def listener(self) -> Listener:
        """The connection to answer on."""

    def answer(self, outcome: Outcome) -> f.ServerFrame:
        """Return the answer; called once."""


class Hub:
    """Knows the connections that are logged in, and tells them what was committed."""

    def __init__(self, encode: Encode, hearers: Callable[[ConversationId], Members]) -> None:
        self._encode = encode
        self._hearers = hearers
        self._by_user: dict[UserId, dict[Listener, None]] = {}
        self._everybody: dict[Listener, None] = {}
        self._receipts: dict[tuple[UserId, ConversationId], dict[int, int]] = {}

    def __len__(self) -> int:
        return len(self._everybody)

    @property
    def has_receipts(self) -> bool:
        """Whether receipts wait for the next tick."""
        return bool(self._receipts)

    def join(self, user: UserId, listener: Listener) -> None:
        """Tell this connection, from now on."""
        self._by_user.setdefault(user, {})[listener] = None
        self._everybody[listener] = None

    def leave(self, user: UserId, listener: Listener) -> None:
        """Tell this connection no more."""
        self._everybody.pop(listener, None)
        of_user = self._by_user.get(user, {})
        of_user.pop(listener, None)
        if not of_user:
            self._by_user.pop(user, None)

    def deliver(self, commit: Commit) -> None:
        """Answer those who asked for a commit and tell everybody whom it concerns, in the commit's order."""
        mail = _Mail()
        for outcome in commit:
            if isinstance(outcome, Enrolled):
                self._user(mail, UserRegistered(outcome.user))
                continue
            waiter: Waiter | None = outcome.change.origin  # type: ignore[assignment]
            # The connection that asked hears of it by its answer, which stands at the same place in the stream.
            asker = waiter.listener if waiter else None
            match outcome:
                case Stored(_, message):
                    self._message(mail, message, asker)
                case Marked(_, _, event) if event is not None:
                    self._read(mail, event, asker)
                case _:
                    pass
            if waiter is not None:
                self._answer(mail, outcome, waiter)
        mail.send()

    def tell(self, events: Iterable[Event]) -> None:
        """Tell what another host committed."""
        mail = _Mail()
        for event in events:
            match event:
                case MessagesRead():
                    self._read(mail, event, None)
                case UserRegistered():
                    self._user(mail, event)
                case _:
                    self._message(mail, event.message, None)
        mail.send()

    def tick(self, presence: f.PresenceEvent | None) -> None:
        """Tell what only the latest counts of: presence and receipts, one frame each."""
        mail = _Mail()
        if presence is not None:
            mail.add(self._everybody, self._frame(presence))
        waiting, self._receipts = self._receipts, {}
        for (author, conversation), readers in waiting.items():
            if author in self._by_user:
                frame = f.ReceiptsEvent(conversation, tuple(sorted(readers.items())))
                mail.add(self._by_user[author], self._frame(frame))
        mail.send()

    def _message(self, mail: _Mail, message: Message, asker: Listener | None) -> None:
        frame: OutFrame | None = None
        for listeners in self._audience(message.conversation):
            for listener in listeners:
                if listener is not asker:
                    frame = frame or self._frame(f.MessageEvent(message))
                    mail.put(listener, frame)

    def _audience(self, conversation: ConversationId) -> list[Mapping[Listener, None]]:
        hearers = self._hearers(conversation)
        if hearers.is_everybody:
            return [self._everybody]
        return [self._by_user[user] for user in hearers.users if user in self._by_user]

    def _read(self, mail: _Mail, event: MessagesRead, asker: Listener | None) -> None:
        others = [listener for listener in self._by_user.get(event.reader, ()) if listener is not asker]
        if others:
            mail.add(others, self._frame(f.ReadEvent(event.tally, runs_of(event.seqs))))
        for author, readers in event.receipts.items():
            if author in self._by_user:
                self._receipts.setdefault((author, event.conversation), {}).update(readers)

    def _user(self, mail: _Mail, event: UserRegistered) -> None:
        mail.add(self._everybody, self._frame(f.UserEvent(event.user)))

    def _answer(self, mail: _Mail, outcome: Stored | Repeated | Marked | Refused, waiter: Waiter) -> None:
        mail.put(waiter.listener, self._frame(waiter.answer(outcome)))

    def _frame(self, frame: f.ServerFrame) -> OutFrame:
        return OutFrame(self._encode(frame))


class _Mail:
    """Frames on their way out, sorted by connection."""

    def __init__(self) -> None:
        self._by_listener: dict[Listener, list[OutFrame]] = {}

    def put(self, listener: Listener, frame: OutFrame) -> None:
        """Add a frame for one connection."""
        frames = self._by_listener.get(listener)
        if frames is None:
            self._by_listener[listener] = [frame]
        else:
            frames.append(frame)

    def add(self, listeners: Iterable[Listener], frame: OutFrame) -> None:
        """Add a frame for several connections."""
        for listener in listeners:
            self.put(listener, frame)

    def send(self) -> None:
        """Send everything, one write for each connection."""
        for listener, frames in self._by_listener.items():
            listener.put(frames)
