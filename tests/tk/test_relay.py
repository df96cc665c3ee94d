"""What the window hears of its client, and when."""

from collections.abc import Callable

from chatcore_tk.relay import Relay

from chatcore import (
    GENERAL,
    Change,
    ChatClient,
    ChatError,
    ConnectionPhase,
    ConnectionState,
    ConversationId,
    Item,
    Message,
    Row,
    StorageFull,
    Token,
    User,
)
from chatcore.client.calls import Calls
from chatcore.testing import ChatWorld
from tests.tk.here import Here


class Heard:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def logged_in(self, user: User, token: Token | None) -> None:
        self.told.append(f"{user.name} is logged in, with a token: {bool(token)}")

    def not_kept(self, error: ChatError) -> None:
        self.told.append(error.code)

    def connection_changed(self, state: ConnectionState) -> None:
        self.told.append(state.phase.value)

    def rows_changed(self, changes: list[Change[Row]]) -> None:
        self.told.append("rows" if changes else "no rows")

    def timeline_changed(self, conversation: ConversationId, changes: list[Change[Item]]) -> None:
        self.told.append(f"timeline of {conversation}" if changes else "no timeline")

    def message_received(self, message: Message) -> None:
        self.told.append(message.text)

    def skipped(self, conversation: ConversationId, first: int, last: int) -> None:
        self.told.append(f"skipped {first} to {last} of {conversation}")


class Hall:
    """Holds calls until the window's thread has time for them."""

    def __init__(self, client: ChatClient) -> None:
        self.calls: list[Callable[[], None]] = []
        self.heard = Heard()
        self.relay = Relay(client, Calls(client, Here().spawn), self.heard, self.calls.append)

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
        hall.relay.skipped(GENERAL, 1, 2)
        hall.relay.not_kept(StorageFull("full"))
        before = list(hall.heard.told)

        assert before == []
        assert hall.told == [
            "connecting",
            "alice is logged in, with a token: True",
            "online",
            f"skipped 1 to 2 of {GENERAL}",
            "storage_full",
        ]


async def test_nothing_is_heard_of_a_client_that_was_hung_up_not_even_what_is_on_its_way() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        hall = Hall(alice)
        hall.relay.skipped(GENERAL, 1, 2)

        hall.relay.is_current = False

        assert hall.told == []


async def test_what_changes_at_the_client_reaches_the_window() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        hall = Hall(alice)
        alice.subscribe(hall.relay)
        alice.opened(GENERAL)

        await bob.post(GENERAL, "hello")
        await world.settle()
        hall.relay.skipped(GENERAL, 1, 2)

        assert {"rows", f"timeline of {GENERAL}", "hello", f"skipped 1 to 2 of {GENERAL}"} <= set(hall.told)


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


async def test_an_answer_from_the_network_s_thread_is_told_in_the_window_s_unless_it_was_hung_up() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        hall, answers = Hall(alice), list[int]()
        told = hall.relay.back(answers.append)

        told(1)
        before = list(answers)
        _ = hall.told
        told(2)
        hall.relay.is_current = False
        _ = hall.told

        assert (before, answers) == ([], [1])
