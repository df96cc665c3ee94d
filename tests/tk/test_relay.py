"""What the window hears of its client, and when."""

from collections.abc import Callable

from chatcore_tk.relay import Relay

from chatcore import GENERAL, ChatClient
from chatcore.client.calls import Calls
from chatcore.testing import ChatWorld
from tests.home.test_desk_observer import Heard
from tests.tk.here import Here


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


async def test_what_changes_at_an_open_client_is_heard_in_the_window_s_thread() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        hall = Hall(alice)
        hall.relay.opened()

        await bob.post(GENERAL, "hello")
        await world.settle()
        before = list(hall.heard.told)

        assert before == []
        assert "hello" in hall.told


async def test_nothing_is_heard_of_a_client_that_was_hung_up_not_even_what_is_on_its_way() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        hall = Hall(alice)
        hall.relay.opened()
        await bob.post(GENERAL, "hello")
        await world.settle()

        hall.relay.is_current = False

        assert (bool(hall.calls), hall.told) == (True, [])


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
