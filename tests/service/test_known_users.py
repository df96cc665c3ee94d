"""What is known of users: bounded, and never wrong."""

import asyncio

from chatcore import User, UserId
from chatcore.adapters.memory import MemoryStorage
from chatcore.domain.users import AccountName, NewUser, UserChange
from chatcore.service.known_users import KnownUsers


async def storage_of(count: int) -> MemoryStorage:
    storage = MemoryStorage()
    for number in range(count):
        await storage.add_user(
            NewUser(UserId(f"{number:016x}"), AccountName(f"user{number}", f"user{number}"), "hash"), 0
        )
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


async def test_who_was_disabled_is_asked_about_each_time_and_remembered_when_enabled_again() -> None:
    storage, user = await storage_of(1), UserId(f"{0:016x}")
    known = KnownUsers(storage)
    await known.look_up(user)

    await storage.change_user(user, UserChange(disabled=True), 0)
    known.changed(user)
    found = await known.look_up(user)

    assert found is not None
    assert found.disabled
    assert user not in known

    await storage.change_user(user, UserChange(disabled=False), 0)
    await known.look_up(user)

    assert user in known


class Slow(MemoryStorage):
    """Has read a user some time before it answers."""

    async def user(self, user: UserId) -> User | None:
        found = await super().user(user)
        await asyncio.sleep(0)  # noqa: TID251 - a turn of the loop
        return found


async def test_what_was_read_before_somebody_was_disabled_is_not_remembered() -> None:
    storage, user = Slow(), UserId("0" * 16)
    await storage.add_user(NewUser(user, AccountName("ann", "ann"), "hash"), 0)
    known = KnownUsers(storage)
    looking = asyncio.ensure_future(known.look_up(user))
    await asyncio.sleep(0)  # noqa: TID251 - it has read

    await storage.change_user(user, UserChange(disabled=True), 0)
    known.changed(user)
    await looking

    assert user not in known
