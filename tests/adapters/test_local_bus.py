"""The bus between hosts of one process."""

import asyncio
from collections.abc import Sequence

from chatcore.adapters.local_bus import LocalBus
from chatcore.domain.events import UserRegistered
from chatcore.domain.ids import UserId
from chatcore.domain.users import User
from chatcore.ports.bus import Hint

ALICE = UserRegistered(User(UserId("a" * 16), "alice", 1, 1))
BOB = UserRegistered(User(UserId("b" * 16), "bob", 2, 2))


async def delivered() -> None:
    """Return when everything published so far is delivered."""
    done = asyncio.Event()
    asyncio.get_running_loop().call_soon(done.set)
    await done.wait()


async def test_others_hear_in_order_what_is_published_and_the_publisher_does_not() -> None:
    bus, one, other, third = LocalBus(), object(), object(), object()
    heard: list[tuple[str, Sequence[Hint]]] = []
    bus.subscribe(one, lambda events: heard.append(("one", events)))
    bus.subscribe(other, lambda events: heard.append(("other", events)))
    bus.subscribe(third, lambda events: heard.append(("third", events)))

    bus.publish([ALICE], one)
    bus.publish([BOB], one)
    await delivered()

    assert heard == [("other", [ALICE]), ("third", [ALICE]), ("other", [BOB]), ("third", [BOB])]


async def test_a_listener_is_not_called_within_publish() -> None:
    bus = LocalBus()
    heard: list[Sequence[Hint]] = []
    bus.subscribe(object(), heard.append)

    bus.publish([ALICE], object())
    heard_at_once = heard.copy()
    await delivered()

    assert (heard_at_once, heard) == ([], [[ALICE]])


async def test_who_has_left_hears_nothing_more_not_even_what_was_on_its_way() -> None:
    bus = LocalBus()
    heard: list[Sequence[Hint]] = []
    leave = bus.subscribe(object(), heard.append)
    bus.publish([ALICE], object())

    leave()
    leave()
    bus.publish([BOB], object())
    await delivered()

    assert heard == []


async def test_a_listener_that_raises_does_not_keep_others_from_hearing() -> None:
    bus = LocalBus()
    heard: list[Sequence[Hint]] = []
    errors: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: errors.append(context))

    def failing(_: Sequence[Hint]) -> None:
        raise RuntimeError

    bus.subscribe(object(), failing)
    bus.subscribe(object(), heard.append)

    bus.publish([ALICE], object())
    await delivered()

    assert heard == [[ALICE]]
    assert [type(error["exception"]) for error in errors] == [RuntimeError]
