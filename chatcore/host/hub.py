"""The fan-out: who hears of what, each thing encoded once, all that belongs to one commit in one write."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Protocol, assert_never

from ..domain.conversations import Members
from ..domain.events import Event, MessagePosted, MessagesRead, UserChanged, UserRegistered
from ..domain.ids import ConversationId
from ..domain.messages import Message
from ..domain.read_states import runs_of
from ..domain.users import User
from ..ports.commits import AboutUser, Commit, Marked, Outcome, Refused, Repeated, Stored
from ..ports.transport import OutFrame
from ..wire import frames as f
from .mail import Audience, Encode, Listener, Mail


class Waiter(Protocol):
    """Who waits for the outcome of a change: the `origin` of a change that came over a connection."""

    @property
    def listener(self) -> Listener:
        """The connection to answer on."""

    def answer(self, outcome: Outcome) -> f.ServerFrame:
        """Return the answer; called once."""


class Hub:
    """Tells the connections of `audience` what was committed; what authors are told of readers is `has_read`'s."""

    def __init__(
        self,
        encode: Encode,
        hearers: Callable[[ConversationId], Members],
        audience: Audience,
        has_read: Callable[[MessagesRead], None],
    ) -> None:
        self._encode = encode
        self._hearers = hearers
        self._audience = audience
        self._has_read = has_read

    def deliver(self, commit: Commit) -> None:
        """Answer those who asked for a commit and tell everybody whom it concerns, in the commit's order."""
        mail = Mail()
        for outcome in commit:
            if isinstance(outcome, AboutUser):
                self._user(mail, outcome.user)
                continue
            waiter: Waiter | None = outcome.change.origin  # type: ignore[assignment]
            # The connection that asked hears of it by its answer, which stands at the same place in the stream.
            asker = waiter.listener if waiter else None
            match outcome:
                case Stored(_, message):
                    self._message(mail, message, asker)
                case Marked(_, _, event):
                    if event is not None:
                        self._read(mail, event, asker)
                case Repeated() | Refused():
                    pass  # nothing has happened: only who asked is told
                case _:
                    assert_never(outcome)
            if waiter is not None:
                self._answer(mail, outcome, waiter)
        mail.send()

    def tell(self, events: Iterable[Event]) -> None:
        """Tell what another host committed."""
        mail = Mail()
        for event in events:
            match event:
                case MessagePosted(message):
                    self._message(mail, message, None)
                case MessagesRead():
                    self._read(mail, event, None)
                case UserRegistered(user) | UserChanged(user):
                    self._user(mail, user)
                case _:
                    assert_never(event)
        mail.send()

    def _message(self, mail: Mail, message: Message, asker: Listener | None) -> None:
        frame: OutFrame | None = None
        for listeners in self._listeners(message.conversation):
            if len(listeners) > (asker in listeners):
                frame = frame or self._frame(f.MessageEvent(message))
                mail.add(listeners, frame, asker)

    def _listeners(self, conversation: ConversationId) -> list[Collection[Listener]]:
        hearers = self._hearers(conversation)
        if hearers.is_everybody:
            return [self._audience.everybody]
        by_user = self._audience.by_user
        return [by_user[user] for user in hearers.users if user in by_user]

    def _read(self, mail: Mail, event: MessagesRead, asker: Listener | None) -> None:
        others = [listener for listener in self._audience.by_user.get(event.reader, ()) if listener is not asker]
        if others:
            mail.add(others, self._frame(f.ReadEvent(event.tally, runs_of(event.seqs))))
        self._has_read(event)

    def _user(self, mail: Mail, user: User) -> None:
        mail.add(self._audience.everybody, self._frame(f.UserEvent(user)))

    def _answer(self, mail: Mail, outcome: Stored | Repeated | Marked | Refused, waiter: Waiter) -> None:
        mail.put(waiter.listener, self._frame(waiter.answer(outcome)))

    def _frame(self, frame: f.ServerFrame) -> OutFrame:
        return OutFrame(self._encode(frame))
