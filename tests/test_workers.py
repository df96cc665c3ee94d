"""An application with a chat, run by uvicorn in four processes on one PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import attrs
import pytest

import chatcore
from chatcore import GENERAL, ChatClient, ConnectionPhase
from chatcore.domain.leases import LEASE
from chatcore.host.missed import TAKEN_EVERY
from tests.test_frameworks import post
from tests.waiting import until

WORKERS = 4
ROOT = Path(__file__).parent.parent


@attrs.frozen
class Site:
    """The application, while it runs."""

    url: str
    book: Path

    def lines(self, word: str) -> list[list[str]]:
        """Return what was written down of one kind: the process and the rest of each line."""
        lines = self.book.read_text(encoding="utf-8").splitlines() if self.book.exists() else []
        return [rest for first, *rest in map(str.split, lines) if first == word]

    @property
    def told(self) -> list[list[str]]:
        """Which messages were told of, each with the readers who have missed it."""
        return [rest for _, *rest in self.lines("told")]

    def browser(self, name: str) -> ChatClient:
        """Return a client that comes with somebody's cookie."""
        return chatcore.connect(f"{self.url}/chat/", headers={"Cookie": f"sid=cookie-of-{name}"})


@pytest.fixture
async def site(database: str, tmp_path: Path) -> AsyncIterator[Site]:
    """Have the application run until all its processes have the chat open."""
    async with _running(database, tmp_path / "book") as site:
        yield site


@asynccontextmanager
async def _running(database: str, book: Path) -> AsyncIterator[Site]:
    listener = socket.create_server(("127.0.0.1", 0))
    listener.set_inheritable(True)
    with listener, (book.parent / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "uvicorn", "tests.workers_site:application", "--workers", str(WORKERS)),
            *("--fd", str(listener.fileno()), "--log-level", "warning", "--timeout-graceful-shutdown", "1"),
            env={**os.environ, "SITE_DATABASE": database, "SITE_BOOK": str(book)},
            cwd=ROOT,
            stdout=log,
            stderr=log,
            pass_fds=[listener.fileno()],
            start_new_session=True,
        )
        site = Site(f"ws://127.0.0.1:{listener.getsockname()[1]}", book)
        try:
            await until(lambda: len(site.lines("begun")) == WORKERS or process.returncode is not None, 60)
            yield site
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


@pytest.mark.checkout
async def test_who_is_logged_in_to_the_application_chats_at_whichever_worker_until_it_logs_them_out(site: Site) -> None:
    token = (await post(site.url, "/token/phone", "cookie-of-ann"))["token"]
    async with AsyncExitStack() as stack:
        bobs = [await stack.enter_async_context(site.browser("bob")) for _ in range(12)]
        ann = await stack.enter_async_context(site.browser("ann"))
        phone = await stack.enter_async_context(chatcore.connect(f"{site.url}/devices/", token=token))
        await asyncio.gather(*(client.enter() for client in (ann, *bobs)))
        with_ann = await bobs[0].conversation_with("ann")

        posted = [await bob.post(with_ann, f"Hello, Ann, {n}") for n, bob in enumerate(bobs)]

        for client in (ann, phone, *bobs):
            await until(lambda client=client: client.replica.tally(with_ann).seq == len(bobs))  # type: ignore[misc]
        await ann.mark_read(posted[-1])
        await until(lambda: phone.replica.tally(with_ann).read == ann.replica.tally(with_ann).read)
        await post(site.url, "/logout", "cookie-of-ann")
        await until(lambda: ann.connection.phase is ConnectionPhase.LOGGED_OUT)
        await phone.post(GENERAL, "Still on the phone")

        assert [message.seq for message in posted] == list(range(1, 13))
        assert phone.connection.phase is ConnectionPhase.ONLINE
    assert len({process for process, *_ in site.lines("came")}) > 1


@pytest.mark.checkout
async def test_a_message_that_was_missed_is_told_of_once_by_four_workers_and_goes_on_after_a_kill(site: Site) -> None:
    async with site.browser("ann") as ann, site.browser("carol") as carol:
        await ann.enter()
        await carol.enter()
        await post(site.url, "/token/phone", "cookie-of-bob")  # who has an account now, and is not there
        with_bob = await ann.conversation_with("bob")
        for n in range(6):
            await ann.post(with_bob, f"m{n}")
        await until(lambda: len(site.told) >= 3, 60)
        teller = int(site.lines("telling")[-1][0])
        os.kill(teller, signal.SIGKILL)
        await until(
            lambda: {message for message, *_ in site.told} >= {f"m{n}" for n in range(6)}, 90 + LEASE + TAKEN_EVERY
        )
        last = await ann.post(with_bob, "the-last")
        await until(lambda: last.text in {message for message, *_ in site.told}, 60)

    begun = Counter(message for _, message in site.lines("telling"))
    assert all(readers == ["bob"] for _, *readers in site.told)
    assert begun["the-last"] == 1
    assert begun.total() - len(begun) <= 1, begun
    assert len({process for process, _ in site.lines("telling")}) == 2
