"""What the window hears of its client, and when."""

from collections.abc import Callable

from chatcore_tk.relay import Relay, SessionObserver

from chatcore import GENERAL, ChatClient, ChatError, ConnectionPhase, ConnectionState, StorageFull, Token, User
from chatcore.testing import ChatWorld


class Heard(SessionObserver):
    """Notes what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def logged_in(self, user: User, token: Token | None) -> None:
        self.told.append(f"{user.name} is logged in, with a token: {bool(token)}")

    def connection_changed(self, state: ConnectionState) -> None:
        self.told.append(state.phase.value)

    def presence_changed(self, user: User, active: bool) -> None:
        self.told.append(f"{user.name} is {'here' if active else 'away'}")

    def not_kept(self, error: ChatError) -> None:
        self.told.append(error.code)


class Hall:
    """Holds calls until the window's thread has time for them."""

    def __init__(self, client: ChatClient) -> None:
        self.calls: list[Callable[[], None]] = []
        self.heard = Heard()
        self.relay = Relay(client, self.heard, self.calls.append)

    @property
    def told(self) -> list[str]:
        """What is told now that the window's thread has time."""
        for call in self.calls:
            call()
        self.calls.clear()
        return self.heard.told


async def test_who_is_logged_in_is_told_before_that_the_connection_is_up_and_all_of_it_in_the_window_s_thread() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        hall = Hall(alice)

        hall.relay.connection_changed(ConnectionState(ConnectionPhase.CONNECTING))
        hall.relay.connection_changed(ConnectionState(ConnectionPhase.ONLINE))
        hall.relay.presence_changed(alice.me, True)
        hall.relay.not_kept(StorageFull("full"))
        before = list(hall.heard.told)

        assert before == []
        assert hall.told == ["connecting", "alice is logged in, with a token: True", "online", "alice is here",
                             "storage_full"]  # fmt: skip


async def test_that_there_is_no_session_is_news_only_where_there_was_one() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        hall = Hall(alice)
        for phase in (ConnectionPhase.LOGGED_OUT, ConnectionPhase.CONNECTING, ConnectionPhase.LOGGED_OUT):
            hall.relay.connection_changed(ConnectionState(phase))

        assert hall.told == ["connecting", "logged_out"]


async def test_nothing_is_heard_of_a_client_that_was_hung_up_not_even_what_is_on_its_way() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        hall = Hall(alice)
        hall.relay.presence_changed(alice.me, True)

        hall.relay.is_current = False

        assert hall.told == []


async def test_a_client_s_own_changes_reach_the_window(  # and none of them is left out
) -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        hall, names = Hall(alice), []
        every = [name for name in vars(type(hall.relay)) if name in dir(SessionObserver) and not name.startswith("_")]
        for name in every:
            setattr(hall.heard, name, lambda *_arguments, name=name: names.append(name))
        alice.subscribe(hall.relay)
        alice.opened(GENERAL)
        await bob.post(GENERAL, "hello")
        await world.settle()
        _ = hall.told

        assert {"rows_changed", "timeline_changed", "message_received"} <= set(names)


async def test_calls_wait_until_the_client_is_open_and_are_made_in_order() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        relay, made = Hall(alice).relay, []
        relay.when_open(lambda: made.append("one"))
        relay.when_open(lambda: made.append("two"))
        before = list(made)

        relay.opened()
        relay.when_open(lambda: made.append("three"))

        assert (before, made) == ([], ["one", "two", "three"])
