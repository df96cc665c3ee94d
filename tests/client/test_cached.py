"""What an earlier program knew: the next start begins with it, and comes to just what a fresh one would."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from random import Random  # noqa: TID251 - from a seed

import pytest

from chatcore import GENERAL, ChatClient, ClientId, ConnectionPhase, ConversationId, Message, Observer, Token
from chatcore.client.cached import KEEP_EVERY
from chatcore.domain.ids import UserId
from chatcore.domain.messages import instant
from chatcore.ports.cache import Known
from chatcore.ports.outbox import KeptPost, NoKeeper, OutboxKeeper
from chatcore.testing import ChatWorld
from chatcore.testing.fakes import SeededIds
from chatcore.testing.world import PASSWORD, URL

SEEDS = 12


class Shelf:
    """A cache in memory, which outlives the programs."""

    def __init__(self) -> None:
        self.known: Known | None = None
        self.kept = 0
        self.is_killed = False

    def open(self) -> Known | None:
        return self.known

    def keep(self, known: Known) -> None:
        if not self.is_killed:
            self.known = known
            self.kept += 1

    def drop(self, user: UserId) -> None:
        if self.known is not None and self.known.me.id == user:
            self.known = None

    def close(self) -> None:
        pass


class Heard(Observer):
    """Notes what is told as news."""

    def __init__(self) -> None:
        self.news: list[str] = []
        self.skipped_some = False

    def message_received(self, message: Message) -> None:
        self.news.append(message.text)

    def skipped(self, conversation: ConversationId, first: int, last: int) -> None:
        self.skipped_some = True


def phase_of(client: ChatClient) -> ConnectionPhase:
    return client.connection.phase


def as_of(client: ChatClient) -> datetime | None:
    return client.connection.as_of


class Box(NoKeeper):
    """An outbox in memory, which outlives the programs."""

    def __init__(self) -> None:
        self.posts: dict[str, KeptPost] = {}

    def open(self) -> Sequence[KeptPost]:
        return tuple(self.posts.values())

    def keep(self, post: KeptPost) -> None:
        self.posts[post.client_id] = post

    def drop(self, client_id: ClientId) -> None:
        self.posts.pop(client_id, None)


def start(
    world: ChatWorld, shelf: Shelf | None, token: str | None, seed: int = 99, keeper: OutboxKeeper | None = None
) -> ChatClient:
    """Make the client of a program that was started, as a frontend's: it does not wait."""
    return ChatClient(
        URL,
        dialer=world.network,
        clock=world.clock,
        ids=SeededIds(seed),
        token=None if token is None else Token(token),
        wait=False,
        cache=shelf,
        keeper=keeper,
    )


def sight(client: ChatClient, *conversations: ConversationId) -> object:
    """Return all that can be seen."""
    for conversation in conversations:
        client.opened(conversation)
    timelines = {
        conversation: [
            (item.seq, item.text, item.state, item.readers) for item in client.replica.timeline(conversation)
        ]
        for conversation in conversations
    }
    return list(client.replica.rows), timelines, list(client.replica.users), client.me


async def known_by_alice(world: ChatWorld, shelf: Shelf) -> tuple[ChatClient, str, ConversationId]:
    """Have Alice's program know a conversation with Bob, and end."""
    bob, alice = await world.users("bob", "alice")
    for number in range(3):
        await bob.post(await bob.conversation_with("alice"), f"hello {number}")
    token = str(alice.token)
    async with start(world, shelf, token) as first:
        await world.settle()
        with_bob = await first.conversation_with("bob")
        first.opened(with_bob)
        await world.settle()
    return bob, token, with_bob


async def test_a_start_offline_shows_what_was_known_and_as_of_when() -> None:
    async with ChatWorld() as world:
        shelf = Shelf()
        _, token, with_bob = await known_by_alice(world, shelf)
        assert shelf.known
        await world.kill()

        async with start(world, shelf, token) as client:
            await world.settle(1)
            client.opened(with_bob)

            assert phase_of(client) is ConnectionPhase.OFFLINE
            assert as_of(client) == instant(shelf.known.at_ms)
            assert {row.name for row in client.replica.rows} == {"general", "bob"}
            assert [item.text for item in client.replica.timeline(with_bob)] == ["hello 0", "hello 1", "hello 2"]
            assert not any(row.active for row in client.replica.rows if row.user)
            client.post_soon(with_bob, "written offline")
            await world.start()
            await world.settle(30)
            assert as_of(client) is None
            assert [item.text for item in client.replica.timeline(with_bob)][-1] == "written offline"
            assert not client.waiting


async def test_what_came_while_no_program_ran_is_there_once_and_is_no_news() -> None:
    async with ChatWorld() as world:
        shelf, heard = Shelf(), Heard()
        bob, token, with_bob = await known_by_alice(world, shelf)
        for number in range(5):
            await bob.post(with_bob, f"missed {number}")
            await bob.post(GENERAL, f"to all {number}")

        async with start(world, shelf, token) as client:
            client.subscribe(heard)
            await world.settle()
            await bob.post(with_bob, "now")
            await bob.post(GENERAL, "now, to all")
            await world.settle()
            client.opened(with_bob)

            texts = [item.text for item in client.replica.timeline(with_bob)]
            assert texts == [f"hello {n}" for n in range(3)] + [f"missed {n}" for n in range(5)] + ["now"]
            assert heard.news == ["now", "now, to all"]


async def test_a_gap_that_is_too_long_is_no_news_either_and_the_newest_page_is_there() -> None:
    async with ChatWorld() as world:
        shelf, heard = Shelf(), Heard()
        bob, token, with_bob = await known_by_alice(world, shelf)
        for number in range(1_100):
            bob.post_soon(with_bob, f"missed {number}")
        await world.settle(600)

        async with start(world, shelf, token) as client:
            client.subscribe(heard)
            client.opened(with_bob)
            await world.settle(30)

            items = client.replica.timeline(with_bob)
            assert items[-1].text == "missed 1099"
            seqs = [item.seq for item in items if item.seq]
            assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))
            assert (heard.news, heard.skipped_some) == ([], False)


async def test_a_new_history_and_another_user_are_shown_nothing_of_it() -> None:
    async with ChatWorld() as world:
        shelf = Shelf()
        _, token, with_bob = await known_by_alice(world, shelf)
        assert shelf.known
        shelf.known = _of_another_epoch(shelf.known)

        async with start(world, shelf, token) as client:
            await world.settle()
            seen = sight(client)
            client.opened(with_bob)
            await world.settle()
            async with start(world, None, token) as fresh:
                await world.settle()
                assert seen == sight(fresh)
        async with start(world, shelf, None) as client:
            assert client.me.name == "alice"
            await client.register("carol", PASSWORD)
            await world.settle()
            assert client.me.name == "carol"
            assert not client.replica.has_timeline(with_bob)


def _of_another_epoch(known: Known) -> Known:
    return type(known)(known.at_ms, known.me, "another", known.told, known.users, known.tallies, known.pages)


async def test_who_logs_out_leaves_nothing() -> None:
    async with ChatWorld() as world:
        shelf = Shelf()
        _, token, _ = await known_by_alice(world, shelf)

        async with start(world, shelf, token) as client:
            await world.settle(1)
            await client.log_out()

        assert shelf.known is None


async def test_a_session_that_has_ended_leaves_nothing_either() -> None:
    async with ChatWorld() as world:
        shelf = Shelf()
        _, token, _ = await known_by_alice(world, shelf)
        async with start(world, None, token) as elsewhere:
            await world.settle(1)
            await elsewhere.log_out()

        async with start(world, shelf, token) as client:
            await world.settle(1)
            assert client.connection.phase is ConnectionPhase.LOGGED_OUT

        assert shelf.known is None


async def test_it_is_kept_now_and_then_and_not_with_each_change() -> None:
    async with ChatWorld() as world:
        shelf = Shelf()
        bob, alice = await world.users("bob", "alice")
        async with start(world, shelf, str(alice.token)):
            await world.settle(1)
            for _ in range(50):
                await bob.post(GENERAL, "again")
            assert shelf.kept == 0
            await world.settle(KEEP_EVERY + 1)
            assert shelf.kept == 1


async def test_a_lost_connection_is_a_last_moment_at_which_nothing_is_missing() -> None:
    async with ChatWorld() as world:
        shelf = Shelf()
        _, alice = await world.users("bob", "alice")
        async with start(world, shelf, str(alice.token)):
            await world.settle(1)
            await world.kill()
            await world.settle(1)
            assert shelf.kept == 1


async def test_what_an_earlier_program_has_left_is_told_and_waits_in_its_conversation() -> None:
    async with ChatWorld() as world:
        shelf, box = Shelf(), Box()
        _, token, with_bob = await known_by_alice(world, shelf)
        await world.kill()
        async with start(world, shelf, token, keeper=box) as program:
            program.post_soon(with_bob, "later")

        async with start(world, shelf, token, keeper=box) as program:
            await world.settle(1)
            program.opened(with_bob)
            assert program.connection.left == 1
            assert [item.text for item in program.replica.timeline(with_bob)][-1] == "later"


async def test_nothing_is_kept_while_something_is_still_missing() -> None:
    async with ChatWorld(latency=1.0) as world:
        shelf = Shelf()
        _, alice = await world.users("bob", "alice")
        async with start(world, shelf, str(alice.token)) as program:
            await program.wait_for(lambda: phase_of(program) is ConnectionPhase.ONLINE)
        assert shelf.known is None

        async with start(world, shelf, str(alice.token)) as program:
            await program.synced()
        assert shelf.known is not None


async def test_what_is_of_no_use_is_passed_over(caplog: pytest.LogCaptureFixture) -> None:
    async with ChatWorld() as world:
        shelf = Shelf()
        _, token, with_bob = await known_by_alice(world, shelf)
        assert shelf.known
        page = shelf.known.pages[-1]
        torn = type(page)(page.tally, page.messages[:1] + page.messages[2:], page.read, page.receipts, page.more)
        shelf.known = _with(shelf.known, (torn, None))

        async with start(world, shelf, token) as client:
            assert client.replica.me is None
            await world.settle()
            client.opened(with_bob)
            await world.settle()
            assert len(client.replica.timeline(with_bob)) == 3
    assert "of no use" in caplog.text


def _with(known: Known, pages: tuple[object, ...]) -> Known:
    return type(known)(known.at_ms, known.me, known.epoch, known.told, known.users, known.tallies, pages)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_what_was_kept_and_what_happened_since_are_a_fresh_snapshot(seed: int) -> None:
    """Programs start and end, with the server there or not, while others write, read, register and are renamed."""
    chance = Random(seed)
    async with ChatWorld(seed=seed) as world:
        shelf = Shelf()
        alice, bob, carol = await world.users("alice", "bob", "carol")
        others, token = [bob, carol], str(alice.token)
        conversations = [GENERAL, await alice.conversation_with("bob"), await alice.conversation_with("carol")]
        for round_number in range(6):
            async with start(world, shelf, token, 100 + round_number) as program:
                await world.settle(chance.choice([0.2, 3]))
                for _ in range(chance.randint(0, 12)):
                    await _something(world, chance, others, alice, program, conversations)
                if chance.random() < 0.5:
                    program._upkeep.connector.drop()
                await world.settle(chance.choice([0, 1, KEEP_EVERY + 1]))
                shelf.is_killed = chance.random() < 0.4  # it keeps nothing more
            shelf.is_killed = False
            for _ in range(chance.randint(0, 8)):
                await _something(world, chance, others, alice, None, conversations)
            if chance.random() < 0.3:
                await world.kill()
                async with start(world, shelf, token, 200 + round_number) as offline:
                    await world.settle(0.1)
                    for conversation in conversations:
                        offline.opened(conversation)
                await world.start()
                await world.settle(30)

        async with start(world, shelf, token, 300) as kept, start(world, None, token, 301) as fresh:
            await world.settle(30)
            for client in (kept, fresh):
                sight(client, *conversations)
            await world.settle(30)
            seen, expected = (sight(client, *conversations) for client in (kept, fresh))
            assert _newest(seen) == _newest(expected)


def _newest(seen: object) -> object:
    """Return what is seen, of each timeline the part that every program has loaded: the newest page."""
    rows, timelines, users, me = seen  # type: ignore[misc]
    return rows, {conversation: items[-50:] for conversation, items in timelines.items()}, users, me  # type: ignore[has-type]


async def _something(
    world: ChatWorld,
    chance: Random,
    others: list[ChatClient],
    alice: ChatClient,
    program: ChatClient | None,
    conversations: list[ConversationId],
) -> None:
    """Let somebody do something."""
    other = chance.choice(others)
    match chance.randrange(6):
        case 0 | 1:
            mine = [GENERAL, await other.conversation_with("alice")]
            await other.post(chance.choice(mine), f"{chance.random()}")
        case 2:
            conversation = chance.choice(conversations)
            if seq := alice.replica.tally(conversation).seq:
                await alice.mark_read(conversation, chance.randint(1, seq))
        case 3:
            await alice.post(chance.choice(conversations), f"{chance.random()}")
        case 4:
            if seq := other.replica.tally(GENERAL).seq:
                await other.mark_read(GENERAL, *range(1, seq + 1))
        case _:
            if program is not None and program.replica.me is not None:
                program.opened(chance.choice(conversations))
            await other.set_display_name(f"Name {chance.randrange(100)}")
    if chance.random() < 0.3:
        await world.settle(1)
