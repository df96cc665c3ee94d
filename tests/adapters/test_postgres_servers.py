"""Several storage objects on one PostgreSQL, as several servers have them."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from random import Random  # noqa: TID251 - of a given seed

import asyncpg
import pytest

from chatcore.adapters.postgres import PostgresStorage
from chatcore.adapters.postgres.past import BEGIN_EPOCH
from chatcore.domain.conversations import GENERAL, direct
from chatcore.domain.generations import Point
from chatcore.domain.ids import ConversationId, UserId
from chatcore.domain.messages import Message, NewMessage
from chatcore.domain.sessions import Ages
from chatcore.domain.users import AccountName, NewUser, UserChange
from chatcore.errors import NameTaken, StorageError
from chatcore.ports.commits import Commit, Marked, Repeated, Stored
from chatcore.ports.recent_marks import MOST_KEPT
from chatcore.testing.contracts.storage_base import (
    ALICE,
    ALICE_BOB,
    ALICE_CAROL,
    BOB,
    BOB_CAROL,
    CAROL,
    NOON,
    append_one,
    enrol,
    log_of,
    marks,
    message_of,
    post,
    read,
    send,
    told_by,
)
from tests.postgres import Cluster

KILLER = """
select pg_terminate_backend(pid) from pg_stat_activity
where datname = 'chat' and application_name = 'chatcore' and query ~ 'add_messages|commit|begin|advisory'
"""


@pytest.fixture
async def servers(database: str) -> AsyncIterator[tuple[PostgresStorage, PostgresStorage]]:
    async with PostgresStorage(database) as one, PostgresStorage(database) as other:
        yield one, other


Two = tuple[PostgresStorage, PostgresStorage]


async def test_what_one_server_has_committed_the_other_reads_and_goes_on_from(servers: Two) -> None:
    one, other = servers
    (first,) = await send(one, ALICE, ALICE_BOB, "hello")

    (second,) = await send(other, BOB, ALICE_BOB, "and you")

    assert [(m.seq, m.live, m.own) for m in (first, second)] == [(1, 1, 1), (2, 2, 1)]
    assert second.number > first.number
    assert list(await log_of(one)) == [first, second]


async def test_an_object_tells_its_own_commits_and_no_others(servers: Two) -> None:
    one, other = servers
    told = told_by(other)

    await send(one, ALICE, ALICE_BOB, "hello")
    outcome = await append_one(other, post(BOB, ALICE_BOB, "mine"))

    assert [list(commit) for commit in told] == [[outcome]]


async def test_a_message_sent_to_both_servers_is_stored_once(servers: Two) -> None:
    outcomes = await asyncio.gather(*(append_one(s, post(ALICE, ALICE_BOB, "same")) for s in servers for _ in range(5)))

    assert Counter(type(outcome) for outcome in outcomes) == {Stored: 1, Repeated: 9}
    assert len({message_of(outcome).number for outcome in outcomes}) == 1
    assert [m.seq for m in await log_of(servers[0])] == [1]


async def test_a_client_id_in_two_conversations_at_once_is_stored_in_one_of_them(servers: Two) -> None:
    one, other = servers
    changes = [[post(ALICE, ALICE_BOB, f"{n}"), post(ALICE, ALICE_CAROL, f"{n}")] for n in range(20)]

    for first, second in changes:
        await asyncio.gather(append_one(one, first), append_one(other, second))

    both = [await log_of(one, conversation) for conversation in (ALICE_BOB, ALICE_CAROL)]
    assert sum(map(len, both)) == 20
    assert [[m.seq for m in log] for log in both] == [list(range(1, len(log) + 1)) for log in both]


async def test_a_name_asked_for_at_both_servers_at_once_goes_to_one(servers: Two) -> None:
    one, other = servers
    asked = [
        s.add_user(NewUser(UserId(f"{n:016x}"), AccountName("same", "same"), "hash"), NOON)
        for n, s in enumerate((one, other) * 5)
    ]

    answers = await asyncio.gather(*asked, return_exceptions=True)

    assert Counter(type(answer).__name__ for answer in answers) == {NameTaken.__name__: 9, "User": 1}
    assert [user.number for user in await one.users(0, 20)] == [1]


async def test_who_is_disabled_at_one_server_while_they_log_in_at_the_other_has_no_session(servers: Two) -> None:
    one, other = servers
    for n in range(10):
        user = UserId(f"{n:04x}{'0' * 12}")
        await enrol(one, user)

        await asyncio.gather(
            one.change_user(user, UserChange(disabled=True), NOON),
            other.add_session(f"{n}", user, NOON),
            return_exceptions=True,
        )

        assert list(await one.sessions_of(user, Ages(NOON, 0, 0))) == []


async def test_the_list_has_the_newest_first_whichever_server_took_the_message(servers: Two) -> None:
    one, other = servers
    await send(one, ALICE, ALICE_BOB, "first")
    await send(other, ALICE, ALICE_CAROL, "second")

    await send(one, ALICE, ALICE_BOB, "third")  # this server has seen nothing but its own

    newest = (await other.overview(ALICE, 5)).tallies
    assert [tally.conversation for tally in newest] == [ALICE_BOB, ALICE_CAROL]


async def test_readers_at_two_servers_are_all_counted(servers: Two) -> None:
    one, other = servers
    users = [UserId(f"{n:04x}{'0' * 12}") for n in range(40)]
    await enrol(one, ALICE, *users)
    await send(one, ALICE, GENERAL, *(f"{n}" for n in range(5)))

    await asyncio.gather(
        *(
            s.append([marks(user, GENERAL, *range(1, 6))], NOON)
            for at, user in enumerate(users)
            for s in [servers[at % 2]]
        )
    )

    page = await other.page(ALICE, GENERAL, after=0, before=None, limit=10)
    assert page.receipts == tuple((seq, 40) for seq in range(1, 6))


async def test_a_generation_begins_only_where_no_other_server_is_at_work(database: str) -> None:
    async with PostgresStorage(database) as one:
        await one.begin("one")
        async with PostgresStorage(database) as other:
            await other.begin("other")
            present = [(await s.overview(ALICE, 0)).point.generation for s in (one, other)]
    async with PostgresStorage(database) as later:
        await later.begin("later")
        overview = await later.overview(ALICE, 0, Point("one", 0, 0))

    assert present == ["one", "one"]
    assert (overview.point.generation, overview.is_same) == ("later", True)


async def test_servers_that_start_at_once_on_an_empty_database_make_its_tables_once(cluster: Cluster) -> None:
    cluster.make("empty")
    try:
        async with AsyncExitStack() as stack:
            storages = [PostgresStorage(cluster.address("empty")) for _ in range(4)]

            opened = await asyncio.gather(*map(stack.enter_async_context, storages))

            epochs = {(await storage.overview(ALICE, 0)).epoch for storage in opened}
    finally:
        cluster.drop("empty")
    assert len(epochs) == 1


async def test_under_load_nothing_is_lost_doubled_or_out_of_order_though_connections_are_cut_in_mid_commit(
    cluster: Cluster, servers: Two
) -> None:
    chance, cuts = Random(7), 0
    told = [told_by(server) for server in servers]
    places = [GENERAL, ALICE_BOB, ALICE_CAROL, BOB_CAROL]

    async def client(number: int) -> list[NewMessage]:
        posts = list[NewMessage]()
        for n in range(30):
            conversation = places[(number + n) % len(places)]
            sender = {ALICE_BOB: BOB, ALICE_CAROL: ALICE, BOB_CAROL: CAROL, GENERAL: (ALICE, BOB, CAROL)[number % 3]}
            posts.append(post(sender[conversation], conversation, f"{number}-{n}"))
            targets = servers if chance.random() < 0.3 else [chance.choice(servers)]
            batches = [target.append([posts[-1]], NOON) for target in targets]
            await asyncio.gather(*batches)
            await servers[n % 2].append([marks(BOB, GENERAL, 1)], NOON)
        return posts

    clients = [asyncio.create_task(client(number)) for number in range(12)]
    while not all(task.done() for task in clients):
        await asyncio.wait(clients, timeout=0.15, return_when=asyncio.ALL_COMPLETED)
        killed = await asyncio.to_thread(cluster.run, KILLER)
        cuts += killed.count("t")
    posted = [change for task in clients for change in task.result()]

    logs = {
        place: (await servers[0].page(BOB, place, after=0, before=None, limit=10_000)).messages
        for place in (GENERAL, ALICE_BOB, BOB_CAROL)
    }
    logs[ALICE_CAROL] = (await servers[1].page(ALICE, ALICE_CAROL, after=0, before=None, limit=10_000)).messages
    stored = Counter((m.sender, m.client_id) for log in logs.values() for m in log)
    assert cuts > 0
    assert stored == {(change.sender, change.client_id): 1 for change in posted}
    for log in logs.values():
        assert [m.seq for m in log] == list(range(1, len(log) + 1))
        assert [m.live for m in log] == [m.seq for m in log]
        assert [m.number for m in log] == sorted(m.number for m in log)
    assert _told(told) == {m.number for log in logs.values() for m in log}
    happened = (await servers[0].happenings(None, 10_000)).happened
    assert [h.number for h in happened] == sorted(_told(told))


async def test_where_one_server_has_begun_another_epoch_the_other_says_so_and_writes_nothing_more(
    servers: Two, database: str
) -> None:
    """The one has noticed that something is missing, and what the other's clients hold may be just that."""
    one, other = servers
    await send(one, ALICE, ALICE_BOB, "hello")
    await other.happenings(None, 10)

    connection = await asyncpg.connect(database)
    await connection.execute(BEGIN_EPOCH, other.installation)
    await connection.close()

    with pytest.raises(StorageError, match="A new epoch has begun"):
        await other.happenings(None, 10)
    with pytest.raises(StorageError, match="A new epoch has begun"):
        await send(other, BOB, ALICE_BOB, "and you")
    assert [message.text for message in await log_of(one)] == ["hello"]


async def test_who_reads_on_from_the_last_number_misses_nothing_while_others_write(servers: Two) -> None:
    one, other = servers
    await one.begin("g")
    seen = list[Message]()
    writers = [asyncio.create_task(_write(server, f"{at}-{n}")) for at, server in enumerate(servers) for n in range(3)]
    at = Point("g", 0, 0)
    while True:
        is_last = all(task.done() for task in writers)
        for h in (await other.happenings(at, 50)).happened:
            assert h.message is not None
            seen.append(h.message)
            at = Point("g", h.number, h.fact)
        if is_last and (await other.overview(ALICE, 0)).point.number == at.number:
            break

    assert Counter(m.client_id for m in seen) == {
        f"{w}-{n}-{i}": 1 for w in range(2) for n in range(3) for i in range(40)
    }


async def test_who_reads_on_from_the_last_mark_misses_none_while_others_mark(servers: Two) -> None:
    one, other = servers
    places = [direct(ALICE, UserId(f"{n:016x}")) for n in range(6)]
    for place in places:
        await send(one, ALICE, place, *(str(n) for n in range(40)))
    at = (await other.marks_after(None, 10)).place
    seen = Counter[tuple[str, tuple[int, ...]]]()
    writers = [asyncio.create_task(_mark(servers[n % 2], UserId(f"{n:016x}"), place)) for n, place in enumerate(places)]
    while True:
        is_last = all(task.done() for task in writers)
        made = await other.marks_after(at, 50)
        seen.update((event.conversation, event.seqs) for event in made.made)
        at = made.place
        if is_last and (await other.marks_after(None, 1)).place == at:
            break

    assert seen == {(place, (seq,)): 1 for place in places for seq in range(1, 41)}


async def _mark(server: PostgresStorage, reader: UserId, place: ConversationId) -> None:
    for seq in range(1, 41):
        await append_one(server, marks(reader, place, seq))


async def test_of_marks_the_newest_are_kept_and_the_table_does_not_grow(database: str, servers: Two) -> None:
    one, other = servers
    await send(one, ALICE, ALICE_BOB, *"12345")
    begin = (await other.marks_after(None, 10)).place
    await read(one, BOB, ALICE_BOB, 1)
    connection = await asyncpg.connect(database)
    try:
        await connection.execute("select setval('mark_number', $1)", begin + MOST_KEPT)
        for seq in (2, 3):
            await read(one, BOB, ALICE_BOB, seq)
        kept = await connection.fetchval("select count(*) from mark")
    finally:
        await connection.close()

    made = await other.marks_after(begin, 10)

    assert [event.seqs for event in made.made] == [(2,), (3,)]
    assert made.place == begin + MOST_KEPT + 2
    assert kept == 2  # the second one stands where the first one stood


async def _write(server: PostgresStorage, name: str) -> None:
    for i in range(40):
        await append_one(server, post(ALICE, (ALICE_BOB, ALICE_CAROL, GENERAL)[i % 3], f"{name}-{i}"))


def _told(servers: list[list[Commit]]) -> set[int]:
    return {o.message.number for told in servers for commit in told for o in commit if isinstance(o, Stored)}


async def test_a_mark_at_one_server_is_seen_by_the_next_one_at_the_other(servers: Two) -> None:
    one, other = servers
    await send(one, ALICE, ALICE_BOB, "1", "2", "3")
    await read(one, BOB, ALICE_BOB, 1)

    again = await append_one(other, marks(BOB, ALICE_BOB, 1, 2))

    assert isinstance(again, Marked)
    assert again.event is not None
    assert (again.event.seqs, again.tally.version, again.tally.unread) == ((2,), 2, 1)
