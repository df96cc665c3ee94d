"""Connections that are cut (not closed) at any byte, over real sockets and a real SQLite file."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from chatcore.adapters.local_bus import LocalBus
from chatcore.adapters.sqlite import SqliteStorage
from chatcore.adapters.system import SystemClock, SystemIds
from chatcore.adapters.websocket import WebSocketDialer, WebSocketListener
from chatcore.client.client import ChatClient
from chatcore.domain.conversations import direct
from chatcore.domain.ids import ConversationId, Token
from chatcore.host.host import Host
from chatcore.testing.fakes import QuickHasher
from chatcore.testing.simulator.history import Truth, Witness
from tests.cutting_proxy import CuttingProxy
from tests.waiting import until

POSTS = 25


class Impatient(SystemIds):
    """Comes back at once."""

    def fraction(self) -> float:
        """Leave no time between two tries."""
        return 0.0


def client(url: str, token: Token | None = None) -> ChatClient:
    return ChatClient(url, dialer=WebSocketDialer(), clock=SystemClock(), ids=Impatient(), token=token, wait=False)


async def registered(url: str, name: str) -> Token:
    async with client(url) as newcomer:
        await newcomer.register(name, "correct horse battery")
        assert newcomer.token is not None
        return newcomer.token


async def until_shown(clients: Sequence[ChatClient], conversation: ConversationId, seq: int) -> None:
    await until(lambda: all(c.replica.tally(conversation).seq == seq and c.replica.complete for c in clients))


# Each budget is where one connection is cut. An opening handshake takes some 330 bytes, logging in and a snapshot 900
# more, so that the cuts fall on all of them, and on every place of the frames after.
@pytest.mark.parametrize("offset", range(6))
async def test_a_client_cut_at_any_byte_stores_and_shows_each_message_once_and_in_order(
    tmp_path: Path, offset: int
) -> None:
    async with AsyncExitStack() as stack:
        storage = await stack.enter_async_context(SqliteStorage(tmp_path / "chat.db"))
        host = await stack.enter_async_context(
            Host(storage=storage, bus=LocalBus(), clock=SystemClock(), ids=SystemIds(), hasher=QuickHasher())
        )
        listener = await stack.enter_async_context(WebSocketListener(host.serve, "127.0.0.1", 0))
        tokens = [await registered(listener.url, name) for name in ("alice", "bob")]
        port = urlsplit(listener.url).port or 0
        proxy = await stack.enter_async_context(CuttingProxy(port, range(100 + offset, 9_000, 89)))
        clients = [await stack.enter_async_context(client(proxy.url, token)) for token in tokens]
        witnesses = [Witness(), Witness()]
        for one, witness in zip(clients, witnesses, strict=True):
            one.subscribe(witness)
        await until(lambda: all(c.replica.me for c in clients))
        conversation = direct(clients[0].me.id, clients[1].me.id)
        for one in clients:
            one.opened(conversation)

        texts = [f"message {n}" for n in range(POSTS)]
        stored = await asyncio.gather(
            *(c.post(conversation, f"{c.me.name}: {text}") for c in clients for text in texts)
        )

        await until_shown(clients, conversation, 2 * POSTS)
        for one in clients:
            await one.mark_read(conversation, *[m.seq for m in stored if m.sender != one.me.id][:7])
        truth = Truth(storage)
        await truth.read()
        log = truth.logs[conversation]
        assert [*truth.faults_of_logs()] == []
        assert len(log) == 2 * POSTS
        assert [m.text for m in log if m.sender == clients[0].me.id] == [f"alice: {text}" for text in texts]
        assert [m.text for m in log if m.sender == clients[1].me.id] == [f"bob: {text}" for text in texts]
        await quiet(clients, proxy)
        for one, witness in zip(clients, witnesses, strict=True):
            assert await truth.faults_of(one, witness, host.active()) == []
        assert proxy.cuts > 30


async def quiet(clients: Sequence[ChatClient], proxy: CuttingProxy) -> None:
    """Return when nothing was cut for a while and nothing is to be pulled."""
    calm = [0, proxy.cuts]

    def is_calm() -> bool:
        done = all(c.replica.is_level for c in clients)
        calm[:] = [calm[0] + 1 if done and calm[1] == proxy.cuts else 0, proxy.cuts]
        return calm[0] > 30

    await until(is_calm)
