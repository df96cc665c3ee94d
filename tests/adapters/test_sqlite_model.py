"""Whatever is done to it, the storage in a SQLite file answers as the one in memory does."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatcore.adapters.memory import MemoryStorage
from chatcore.adapters.sqlite import SqliteStorage, database
from chatcore.domain.conversations import GENERAL, Conversation
from chatcore.domain.ids import ConversationId, UserId
from chatcore.domain.marks import NewMarks
from chatcore.domain.messages import NewMessage
from chatcore.domain.refusals import NewRefusal
from chatcore.domain.users import AccountName, NewUser
from chatcore.errors import ChatError
from chatcore.errors import Refused as RefusedByApplication
from chatcore.ports.commits import Change, Refused
from chatcore.ports.storage import Storage
from chatcore.testing.contracts.storage_base import ALICE, ALICE_BOB, ALICE_CAROL, BOB, BOB_CAROL, CAROL, marks, post
from tests.third_kind import circle, with_circles

PEOPLE = (ALICE, BOB, CAROL)
CIRCLE, OTHER_CIRCLE = circle(ALICE, BOB, CAROL), circle(ALICE, BOB, UserId("d" * 16))
CONVERSATIONS = (GENERAL, ALICE_BOB, ALICE_CAROL, BOB_CAROL, CIRCLE, OTHER_CIRCLE)


@pytest.fixture(scope="module", autouse=True)
def _circles() -> Iterator[None]:
    with with_circles():
        yield


@st.composite
def places(draw: st.DrawFn) -> tuple[UserId, ConversationId]:
    """A member and a conversation of theirs."""
    conversation = draw(st.sampled_from(CONVERSATIONS))
    members = Conversation.of(conversation).members
    return draw(st.sampled_from([user for user in PEOPLE if user in members])), conversation


@st.composite
def posts(draw: st.DrawFn) -> Change:
    """A post; few client ids and texts, so that repetitions and conflicts are common."""
    sender, conversation = draw(places())
    return post(sender, conversation, draw(st.sampled_from("abcdefghijklmnop")), draw(st.sampled_from(["hi", "ho"])))


@st.composite
def some_marks(draw: st.DrawFn) -> Change:
    """Marks, some of them beyond the last message."""
    reader, conversation = draw(places())
    return marks(reader, conversation, *draw(st.lists(st.integers(1, 6), min_size=1, max_size=4)))


@st.composite
def refusals(draw: st.DrawFn) -> Change:
    """A refusal of a post, or the post with another text."""
    asked = draw(posts())
    assert isinstance(asked, NewMessage)
    if draw(st.booleans()):
        return NewRefusal(asked, RefusedByApplication("no"))
    return attrs.evolve(asked, text="changed", asked=asked.text)


@attrs.frozen
class Append:
    changes: Sequence[Change]
    now_ms: int


@attrs.frozen
class Register:
    user: UserId


@attrs.frozen
class Reopen:
    pass


appends = st.builds(Append, st.lists(posts() | some_marks() | refusals(), min_size=1, max_size=6), st.integers(0, 9))
commands = st.lists(appends | st.builds(Register, st.sampled_from(PEOPLE)) | st.just(Reopen()), max_size=12).map(
    lambda some: [Register(ALICE), *some]
)


def who(change: Change) -> UserId:
    """Say who asks for it."""
    match change:
        case NewMarks(reader):
            return reader
        case NewRefusal(asked):
            return asked.sender
        case NewMessage(sender):
            return sender


def plain(value: object) -> object:
    """Make errors comparable."""
    match value:
        case Refused(change, error):
            return change, type(error), error.field
        case ChatError():
            return type(value), value.field
        case tuple() | list():
            return [plain(item) for item in value]
        case _:
            return value


async def obey(storage: Storage, command: Append | Register) -> object:
    """Do what is asked, as far as it is asked by registered people; give what came of it."""
    if isinstance(command, Append):
        changes = [change for change in command.changes if await storage.user(who(change))]
        return plain(await storage.append(changes, command.now_ms))
    try:
        return await storage.add_user(NewUser(command.user, AccountName(command.user[0], command.user[0]), "hash"), 0)
    except ChatError as error:
        return plain(error)


async def everything(storage: Storage) -> list[Any]:
    """Read all that can be read."""
    seen: list[Any] = [await storage.users(0, 9)]
    for user in PEOPLE:
        overview = await storage.overview(user, 2)
        seen += [overview.point, overview.general, overview.tallies, list(await storage.tallies(user, "", 9))]
        for conversation in CONVERSATIONS:
            if user in Conversation.of(conversation).members:
                seen += [
                    await storage.page(user, conversation, after=None, before=None, limit=3),
                    await storage.page(user, conversation, after=1, before=None, limit=3),
                    await storage.page(user, conversation, after=None, before=4, limit=2),
                    await storage.stretch(user, conversation, 2, 5),
                    await storage.tally(user, conversation),
                ]
    return seen


async def compare(path: Path, done: Sequence[Append | Register | Reopen]) -> None:
    """Do the same to both, and hold them against each other after each step."""
    memory, sqlite = MemoryStorage(), SqliteStorage(path, heads=2)
    told: tuple[list[Any], list[Any]] = ([], [])
    memory.listen(told[0].append)
    sqlite.listen(told[1].append)
    await sqlite.open()
    try:
        for command in done:
            if isinstance(command, Reopen):
                await sqlite.close()
                await sqlite.open()
            else:
                assert await obey(sqlite, command) == await obey(memory, command)
            assert await everything(sqlite) == await everything(memory)
        assert plain(told[1]) == plain(told[0])
    finally:
        await sqlite.close()


@given(commands)
def test_both_storages_answer_the_same(done: list[Append | Register | Reopen]) -> None:
    # Syncing is not the point here, and takes long on slow disks.
    with TemporaryDirectory() as directory, patch.object(database, "_DURABLE", "synchronous = off"):
        asyncio.run(compare(Path(directory) / "chat.db", done))
