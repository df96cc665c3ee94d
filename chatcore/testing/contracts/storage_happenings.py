"""What every storage promises about what has happened: in the order of commits, from any point on."""
# ruff: noqa: D102 - the name of a test is its sentence

from __future__ import annotations

from ...domain.generations import Point
from ...domain.users import UserChange
from ...ports.storage import Happening, Storage
from .storage_base import ALICE, ALICE_BOB, BOB, CAROL, GENERAL, NOON, StorageBase, enrol, post, send


def named(happened: tuple[Happening, ...]) -> list[str]:
    """Name each by a text or a user."""
    return [h.message.text if h.message else h.user.id[0] if h.user else "" for h in happened]


class HappeningsContract(StorageBase):
    """Messages and registrations."""

    async def test_what_has_happened_is_given_in_the_order_of_commits(self, storage: Storage) -> None:
        await storage.begin("g1")
        await enrol(storage, ALICE, BOB)
        await storage.append([post(ALICE, GENERAL, "1", "one"), post(BOB, ALICE_BOB, "2", "two")], NOON)
        await enrol(storage, CAROL)
        await send(storage, CAROL, GENERAL, "three")
        storage = await self.reopen(storage)

        read = await storage.happenings(None, 10)

        assert named(read.happened) == ["a", "b", "one", "two", "c", "three"]
        assert [h.user for h in read.happened if h.user] == [*await storage.users(0, 10)]
        assert read.is_same

    async def test_it_goes_on_from_any_point(self, storage: Storage) -> None:
        await storage.begin("g1")
        await enrol(storage, ALICE, BOB)
        await send(storage, ALICE, GENERAL, "one", "two")
        await enrol(storage, CAROL)
        whole = (await storage.happenings(None, 10)).happened

        rests = [(await storage.happenings(Point("g1", h.number, h.fact), 10)).happened for h in whole]
        first = (await storage.happenings(None, 2)).happened

        assert rests == [whole[at:] for at in range(1, 6)]
        assert first == whole[:2]

    async def test_a_point_of_another_history_is_told(self, storage: Storage) -> None:
        await storage.begin("g1")
        await send(storage, ALICE, GENERAL, "one")
        await storage.begin("g2")
        await send(storage, ALICE, GENERAL, "two")

        points = [Point("g1", 1, 0), Point("g1", 2, 0), Point("g2", 2, 0), Point("g2", 3, 0), Point("other", 1, 0)]
        read = [await storage.happenings(point, 10) for point in points]

        assert [r.is_same for r in read] == [True, False, True, False, False]
        assert named(read[0].happened) == ["two"]
        assert [r.generation for r in read] == ["g2"] * 5

    async def test_who_was_changed_is_given_as_they_are_now_before_their_messages_and_where_they_were_changed(
        self, storage: Storage
    ) -> None:
        await storage.begin("g1")
        await enrol(storage, ALICE, BOB)
        await send(storage, ALICE, GENERAL, "one")
        before = (await storage.happenings(None, 10)).happened
        changed = await storage.change_user(ALICE, UserChange(display_name="Ann"), NOON)
        await send(storage, BOB, GENERAL, "two")
        storage = await self.reopen(storage)

        whole = (await storage.happenings(None, 10)).happened
        rests = [(await storage.happenings(Point("g1", h.number, h.fact), 10)).happened for h in before]

        assert named(whole) == ["b", "a", "one", "a", "two"]
        assert [h.user for h in whole if h.user and h.user.id == ALICE] == [changed, changed]
        assert [named(rest) for rest in rests] == [
            ["b", "a", "one", "a", "two"],
            ["a", "one", "a", "two"],
            ["a", "two"],
        ]

    async def test_nothing_that_is_superseded_is_given(self, storage: Storage) -> None:
        await storage.begin("g1")
        await enrol(storage, ALICE)
        for name in ("Ann", "Anna"):
            await storage.change_user(ALICE, UserChange(display_name=name), NOON)
        at_first = (await storage.happenings(None, 10)).happened
        await send(storage, ALICE, GENERAL, "one")
        await storage.change_user(ALICE, UserChange(disabled=True, reason="why not"), NOON)
        await send(storage, BOB, GENERAL, "two")
        await storage.change_user(ALICE, UserChange(erased=True), NOON)

        whole = (await storage.happenings(None, 10)).happened

        assert [h.user.display_name for h in at_first if h.user] == ["Anna"]
        assert named(whole) == ["a", "one", "two", "a"]
        assert [h.user for h in whole if h.user] == [await storage.user(ALICE)] * 2
