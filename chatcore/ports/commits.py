"""What is written in one commit, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..domain.events import MessagesRead
from ..domain.marks import NewMarks
from ..domain.messages import Message, NewMessage
from ..domain.refusals import NewRefusal
from ..domain.tallies import Tally
from ..domain.users import User
from ..domain.value import value
from ..errors import ChatError

Change = NewMessage | NewMarks | NewRefusal


@value
class Stored:
    """A new message is in the log."""

    change: NewMessage
    message: Message


@value
class Repeated:
    """The message was stored before, by an earlier request with the same client id."""

    change: NewMessage | NewRefusal
    message: Message


@value
class Marked:
    """Marks were made. `event` is None where every message was read already."""

    change: NewMarks
    tally: Tally
    event: MessagesRead | None


@value
class Refused:
    """No message or mark was written for this change."""

    change: Change
    error: ChatError


@value
class Enrolled:
    """A user was registered."""

    user: User


@value
class Altered:
    """A user is another one from now on."""

    user: User
    ended: tuple[str, ...] = ()
    "The digests of the sessions that ended with it."


Outcome = Stored | Repeated | Marked | Refused
AboutUser = Enrolled | Altered
Commit = Sequence[Outcome | AboutUser]
"""What one transaction did: messages in seq order first, marks after them."""

CommitListener = Callable[[Commit], None]
