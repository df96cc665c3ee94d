"""Accounts from a time before looks: two whose names look alike, of which one alone has the look."""

from pathlib import Path

import pytest

from chatcore.adapters.sqlite import SqliteStorage
from chatcore.domain.ids import UserId
from chatcore.domain.looks import look_of
from chatcore.domain.users import AccountName, NewUser, UserChange
from chatcore.errors import NameTaken

ALICE, TWIN, THIRD = UserId("a" * 16), UserId("b" * 16), UserId("c" * 16)
OLDER = "update user set name = 'aIice', folded = 'aiice', display_name = 'aIice', name_look = null where id = ?"


@pytest.mark.parametrize(
    "goes", [UserChange(name=AccountName("carol", "carol")), UserChange(erased=True)], ids=["renamed", "erased"]
)
async def test_who_has_the_look_gives_it_on_to_the_other_one_when_they_go(goes: UserChange, tmp_path: Path) -> None:
    async with SqliteStorage(tmp_path / "chat.db") as storage:
        await storage.add_user(NewUser(ALICE, AccountName("alice", "alice"), "hash"), 1)
        await storage.add_user(NewUser(TWIN, AccountName("twin", "twin"), "hash"), 1)
        await storage._opened.database.write(OLDER, (TWIN,))

        await storage.change_user(ALICE, goes, 1)

        ((look,),) = await storage._opened.database.read("select name_look from user where id = ?", (TWIN,))
        assert look == look_of("alice")
        with pytest.raises(NameTaken, match="looks like one that is taken"):
            await storage.add_user(NewUser(THIRD, AccountName("alice", "alice"), "hash"), 1)


async def test_a_twin_that_goes_takes_the_look_from_nobody(tmp_path: Path) -> None:
    async with SqliteStorage(tmp_path / "chat.db") as storage:
        await storage.add_user(NewUser(ALICE, AccountName("alice", "alice"), "hash"), 1)
        await storage.add_user(NewUser(TWIN, AccountName("twin", "twin"), "hash"), 1)
        await storage._opened.database.write(OLDER, (TWIN,))

        await storage.change_user(TWIN, UserChange(name=AccountName("dora", "dora")), 1)

        found = await storage._opened.database.read("select id, name_look from user order by id")
        assert [tuple(record) for record in found] == [(ALICE, look_of("alice")), (TWIN, look_of("dora"))]
