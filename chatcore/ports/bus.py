"""The bus port: tells the hosts of one chat what the others have committed, and who is present there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from ..domain.events import ClientCameBack, Event, SessionEnded
from ..domain.hosts import AboutPresence

Hint = Event | SessionEnded | ClientCameBack | AboutPresence
"""What hosts tell each other: plain values, which a bus carries as they are.

An *event* is told to the users whom it concerns, as the host that committed it told its own. A *session that has ended*
has its connections closed at every host. A *client that came back* at one host has its former connection closed at the
others: nobody may have noticed there that it is dead. Of *presence* each host tells what it alone knows, under a name
that is new with each of its starts: so one that dies is known by its silence, and who was present there is forgotten.
"""

BusListener = Callable[[Sequence[Hint]], None]


class Bus(Protocol):
    """A doorbell between hosts: it makes things fast, nothing relies on it to be right.

    *Loss*: a hint may be lost. *Duplicates*: it may come twice. *Order*: hints of one publisher usually come in the
    order in which they were published; a receiver uses one only if it is exactly the next, and else reads the log, or
    asks the host whose presence it is. *Echo*: a publisher never hears itself. *Cuts*: a bus that works again after it
    was cut calls its listeners with no hint at all, since hints may have been lost until then.

    What a lost hint costs: of a message, of a user who is new, renamed or kept out, and of what somebody has read, a
    host that looks for what others have committed tells some seconds later; presence is right again within seconds, by
    the attendance (`ports.attendance`) or the next beat; the connections of a session that has ended go on for some
    seconds, until the host looks which have.

    The hosts that a bus joins serve one storage, each through an object of its own (`ports.storage.Storage.listen`).
    """

    def publish(self, hints: Sequence[Hint], publisher: object) -> None:
        """Tell the other hosts. Returns at once and does not raise."""

    def subscribe(self, subscriber: object, listener: BusListener) -> Callable[[], None]:
        """Call `listener` on the event loop with what others publish, until the returned function is called."""
