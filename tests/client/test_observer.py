"""An observer that does nothing."""

from chatcore import (
    GENERAL,
    ClientId,
    ConnectionPhase,
    ConnectionState,
    Message,
    Observer,
    Reset,
    User,
    UserId,
)


def test_an_observer_that_overrides_nothing_does_nothing() -> None:
    observer, user = Observer(), User(UserId("a" * 16), "alice", 1, 1)
    message = Message(GENERAL, 1, user.id, ClientId("c"), "hi", 0, 1, 1, 1)

    observer.connection_changed(ConnectionState(ConnectionPhase.ONLINE))
    observer.rows_changed([Reset(())])
    observer.synced()
    observer.timeline_changed(GENERAL, [Reset(())])
    observer.message_received(message)
    observer.messages_read(GENERAL, {1: 1})
    observer.skipped(GENERAL, 1, 2)
    observer.user_registered(user)
    observer.presence_changed(user, True)
