"""What a desk hears of its client, and when."""

from collections.abc import Callable
from pathlib import Path

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
    Token,
    User,
)
from chatcore.home.desk_observer import DeskObserver
from chatcore.home.entry import Entry
from chatcore.home.profiles import Profile
from chatcore.service import account_changes
from chatcore.testing import ChatWorld


class Heard:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def logged_in(self, user: User, token: Token | None) -> None:
        self.told.append(f"{user.name} is logged in, with a token: {bool(token)}")

    def recognised(self, user: User) -> None:
        self.told.append(f"recognised {user.name}")

    def not_kept(self, error: ChatError) -> None:
        self.told.append(f"not kept: {error.code}")

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


async def test_who_is_logged_in_is_told_whenever_the_connection_is_up_and_before_that_it_is() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        heard = Heard()
        observer = DeskObserver(alice, heard)

        for phase in (ConnectionPhase.CONNECTING, ConnectionPhase.ONLINE, ConnectionPhase.OFFLINE):
            observer.connection_changed(ConnectionState(phase))

        assert heard.told == ["connecting", "alice is logged in, with a token: True", "online", "offline"]


async def test_what_changes_at_the_client_reaches_the_desk() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        heard = Heard()
        DeskObserver(alice, heard).begin()
        alice.opened(GENERAL)

        await bob.post(GENERAL, "hello")
        await world.settle()

        assert {"rows", f"timeline of {GENERAL}", "hello"} <= set(heard.told)


async def test_what_was_skipped_is_told_with_its_ends() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        heard = Heard()

        DeskObserver(alice, heard).skipped(GENERAL, 1, 2)

        assert heard.told == [f"skipped 1 to 2 of {GENERAL}"]


async def test_a_desk_in_another_thread_is_told_all_of_it_there_and_in_order() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        heard, calls = Heard(), list[Callable[[], None]]()
        observer = DeskObserver(alice, heard, calls.append)

        observer.connection_changed(ConnectionState(ConnectionPhase.ONLINE))
        observer.skipped(GENERAL, 1, 2)
        before = list(heard.told)
        for call in calls:
            call()

        assert before == []
        assert heard.told[-2:] == ["online", f"skipped 1 to 2 of {GENERAL}"]


async def test_nothing_more_is_told_after_the_end() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        heard = Heard()
        DeskObserver(alice, heard).begin()()
        heard.told.clear()

        await alice.post(GENERAL, "hello")
        await world.settle()

        assert heard.told == []


async def test_what_may_be_lost_is_told_before_all_else(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    client: ChatClient
    entry = Entry(config=lambda: tmp_path, state=lambda: tmp_path / "file" / "no folder")
    async with entry.client(Profile("ws://127.0.0.1:1", "alice")) as client:
        heard = Heard()

        DeskObserver(client, heard).begin()

        assert heard.told[0] == "not kept: storage_error"


async def test_a_desk_hears_that_its_user_has_another_name_and_of_others_by_their_rows() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        heard = Heard()
        DeskObserver(alice, heard).begin()
        heard.told.clear()

        await bob.set_display_name("Robert")
        await world.settle()
        of_bob = list(heard.told)
        await account_changes.rename(world.host.ctx, alice.me.id, "alicja")
        await world.settle()

    assert of_bob == ["rows"]
    assert heard.told[1:2] == ["alicja is logged in, with a token: True"]


async def test_a_desk_hears_nothing_of_a_name_where_its_user_is_erased() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        heard = Heard()
        DeskObserver(alice, heard).begin()
        heard.told.clear()

        await account_changes.erase(world.host.ctx, alice.me.id)
        await world.settle()

    assert [each for each in heard.told if "logged in" in each] == []
