"""How far statements go in a PostgreSQL storage: no further in a large database than in a small one."""

from collections import Counter

import asyncpg

from chatcore.adapters.postgres import PostgresStorage
from chatcore.domain.conversations import GENERAL, direct
from chatcore.domain.former_names import KEPT_MS
from chatcore.domain.generations import Point
from chatcore.domain.ids import UserId
from chatcore.domain.refusals import NewRefusal
from chatcore.domain.sessions import Ages
from chatcore.domain.users import AccountName, NewUser, UserChange
from chatcore.errors import Refused
from chatcore.testing.contracts.storage_base import ALICE, ALICE_BOB, BOB, NOON, append_one, marks, post
from tests.postgres import Cluster

SMALL, LARGE = 300, 3_000
"""Of everything: users, sessions, messages of a conversation, conversations of a user, runs of read messages."""

MARGIN = 10
"""Rows by which it may differ in each."""

FILL = f"""
insert into account (number, id, name, folded, name_look, display_name, look, key, password_hash, created_at_ms, fact,
  born, changed) select n, lpad(to_hex(n), 16, '0'), 'user ' || n, 'user ' || n, 'user ' || n, 'user', 'user',
  'key ' || n, 'hash', 0, n, 0, 0 from generate_series(3, $1) n;
insert into former_name select decode(md5(n::text), 'hex'), 0 from generate_series(1, $1) n;
insert into session select 'digest ' || n, '{ALICE}', '', {NOON}, {NOON} from generate_series(1, $1) n;
insert into message select n, '{GENERAL}', n, case when n % 2 = 0 then '{ALICE}' else '{BOB}' end, 'g' || n, '', 0, n,
  (n + 1) / 2 from generate_series(1, $1) n;
insert into message select $1 + n, '{ALICE_BOB}', n, case when n % 2 = 0 then '{ALICE}' else '{BOB}' end, 'd' || n, '',
  0, n, (n + 1) / 2 from generate_series(1, $1) n;
insert into message select 2 * $1 + n, 'd.{ALICE}.c' || lpad(to_hex(n), 15, '0'), 1, '{ALICE}', 'o' || n, '', 0, 1, 1
  from generate_series(1, $1) n;
insert into line select '{ALICE}', 'd.{ALICE}.c' || lpad(to_hex(n), 15, '0'), 2 * $1 + n
  from generate_series(1, $1) n;
insert into line select '{ALICE}', '{ALICE_BOB}', 1;
insert into run select '{ALICE}', '{ALICE_BOB}', 4 * n + 1, 4 * n + 1 from generate_series(1, $1 / 4 - 2) n;
insert into reading values ('{ALICE}', '{ALICE_BOB}', 0, 2, $1 / 4, 1), ('{BOB}', '{GENERAL}', 0, 0, 0, 0);
insert into refusal (sender, client_id, code, message, at_ms)
  select '{BOB}', 'r' || n, 'refused', '', {NOON} from generate_series(1, $1) n;
insert into mark select n, n, '{ALICE}', '{ALICE_BOB}', 1, n, '{{1}}' from generate_series(1, $1) n;
select setval('log_number', 3 * $1);
select setval('mark_number', $1);
"""  # noqa: S608 - only constants


COUNTS = """
select relname, seq_tup_read from pg_stat_user_tables union all select indexrelname, idx_tup_read
from pg_stat_user_indexes
"""


OTHERS = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"


async def rows_read(url: str, size: int) -> Counter[str]:
    """Return how many rows and entries of each table and index a storage reads for all it does."""
    connection = await asyncpg.connect(url)
    try:
        async with PostgresStorage(url) as storage:
            for name, user in (("alice", ALICE), ("bob", BOB)):
                await storage.add_user(NewUser(user, AccountName(name, name), "hash"), NOON)
            await storage.begin("g1")
        async with PostgresStorage(url, readers=1) as storage:
            for _ in range(8):  # from the sixth time on a plan is kept
                await _read(storage, size)
            await connection.execute(FILL.replace("$1", str(size)))
            await connection.execute("select pg_stat_force_next_flush()")
            before = await _counts(connection)
            await _write(storage, size)
            await _read(storage, size)
        while await connection.fetchval(OTHERS):  # they tell what they have read when they end
            await connection.execute("select pg_sleep(0.02)")
        return await _counts(connection) - before
    finally:
        await connection.close()


async def _counts(connection: asyncpg.Connection) -> Counter[str]:
    return Counter({name: int(count or 0) for name, count in await connection.fetch(COUNTS)})


async def _write(storage: PostgresStorage, size: int) -> None:
    await storage.begin("g2")
    await append_one(storage, post(ALICE, GENERAL, "new-1"))
    await append_one(storage, post(BOB, ALICE_BOB, "new-2"))
    await append_one(storage, post(ALICE, direct(ALICE, UserId("f" * 16)), "new-3"))
    await append_one(storage, post(BOB, ALICE_BOB, "new-2"))
    await append_one(storage, NewRefusal(post(ALICE, ALICE_BOB, "refused"), Refused("no")))
    await append_one(storage, marks(ALICE, ALICE_BOB, size - 1, size - 3))
    await append_one(storage, marks(BOB, GENERAL, size - 2))
    await storage.add_user(NewUser(UserId("e" * 16), AccountName("eve", "eve"), "hash"), NOON)
    await storage.set_password(UserId("e" * 16), "other")  # whose sessions, all of which end, are not many
    await storage.renew_hash(ALICE, "hash", "other")
    await storage.change_user(ALICE, UserChange(name=AccountName("alicia", "alicia"), is_own=True), KEPT_MS - 1)
    await storage.change_user(UserId("e" * 16), UserChange(erased=True), KEPT_MS - 1)
    await storage.add_session("new", BOB, NOON)
    await storage.session("new", Ages(NOON, 0, 0))
    await storage.add_session_like("another", "new", Ages(NOON, 0, 0), "another")
    await storage.end_session("new")
    await storage.add_session("short", BOB, NOON, lasts_ms=60_000)
    await storage.use_sessions(["short"], NOON + 60_000)
    for _ in range(2):
        await storage.enter_session("entered", BOB, Ages(NOON, 0, 0), lasts_ms=None, host="host", address="")
    await storage.end_sessions_of_host("host")
    await storage.end_sessions_of(BOB)


async def _read(storage: PostgresStorage, size: int) -> None:
    await storage.account("alice")
    await storage.account_of(ALICE)
    await storage.account_with_key("key 9")
    await storage.user(ALICE)
    await storage.users(size - 10, 5)
    await storage.sessions_of(BOB, Ages(NOON, 0, 0))
    await storage.session("digest", Ages(NOON, 0, 0))
    await storage.is_settled(ALICE, post(ALICE, GENERAL, "g9").client_id, NOON)
    for told in (None, Point("g1", 1, 1)):
        await storage.overview(ALICE, 5, told)
        await storage.happenings(Point("g2", size, 0), 5)
    await storage.marks_after(max(0, size - 10), 5)
    await storage.tallies(ALICE, "", 5)
    await storage.tally(ALICE, GENERAL)
    for conversation in (GENERAL, ALICE_BOB):
        for after, before in ((None, None), (size // 2, None), (None, size // 2)):
            await storage.page(ALICE, conversation, after=after, before=before, limit=10)
        await storage.stretch(ALICE, conversation, size // 2, size // 2 + 10)


async def test_nothing_reads_more_in_a_large_database_though_its_plans_were_made_without_statistics(
    cluster: Cluster, template: str
) -> None:
    read = list[Counter[str]]()
    for size in (SMALL, LARGE):
        cluster.make("chat", template)
        try:
            read.append(await rows_read(cluster.address("chat"), size))
        finally:
            cluster.drop("chat")
    small, large = read

    assert small.total() > 100  # something was counted
    assert {name: (small[name], large[name]) for name in large if large[name] - small[name] > MARGIN} == {}
