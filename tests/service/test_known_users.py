"""What is known of users: bounded, and never wrong."""

from chatcore import UserId
from chatcore.adapters.memory import MemoryStorage
from chatcore.service.known_users import KnownUsers


async def storage_of(count: int) -> MemoryStorage:
    storage = MemoryStorage()
    for number in range(count):
        await storage.add_user(UserId(f"{number:016x}"), f"user{number}", f"user{number}", "hash", 0)
    return storage


async def test_who_is_not_there_is_not_remembered() -> None:
    known = KnownUsers(await storage_of(0))

    assert not await known.look_up(UserId("0" * 16))
    assert len(known) == 0


async def test_as_many_are_remembered_as_the_limit_says_at_most() -> None:
    known = KnownUsers(await storage_of(10), limit=4)

    found = [await known.look_up(UserId(f"{number:016x}")) for number in range(10)]

    assert all(found)
    assert 0 < len(known) <= 4


async def test_who_was_forgotten_is_found_again() -> None:
    known = KnownUsers(await storage_of(2), limit=1)
    await known.look_up(UserId(f"{0:016x}"))
    await known.look_up(UserId(f"{1:016x}"))

    assert UserId(f"{0:016x}") not in known
    assert await known.look_up(UserId(f"{0:016x}"))
