"""A client in JavaScript, on Node: it replays the transcript, chats, and loses and doubles nothing when servers die."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

import chatcore
from chatcore import GENERAL
from chatcore.testing.server_process import ServerProcess

MODULES = Path("/usr/share/nodejs")
"""Where Debian has what its packages give to Node; `make test` installs node-ws."""

pytestmark = [
    pytest.mark.checkout,
    pytest.mark.needs("node"),
    pytest.mark.skipif(not (MODULES / "ws").exists(), reason="needs node-ws"),
]

TRANSCRIPT = Path(__file__).parent.parent.parent / "docs" / "transcript.jsonl"
PASSWORD = "correct horse battery"


class Node:
    """The client in its process, told what to do."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self._number = 0
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._reading = asyncio.create_task(self._read())

    async def do(self, act: str, **given: object) -> Any:  # noqa: ANN401 - JSON
        """Have it do something, and return what it says of it."""
        self._number += 1
        answer = self._answers[self._number] = asyncio.get_running_loop().create_future()
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"number": self._number, "act": act, **given}).encode() + b"\n")
        return await answer

    async def _read(self) -> None:
        assert self.process.stdout is not None
        while line := await self.process.stdout.readline():
            said = json.loads(line)
            answer = self._answers.pop(said["number"])
            if "error" in said:
                answer.set_exception(Refused(said["error"]))
            else:
                answer.set_result(said["result"])

    async def end(self) -> None:
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()
        await self._reading


class Refused(Exception):
    """What the client says went wrong: the frame, or its own error."""


@asynccontextmanager
async def node(url: str) -> AsyncIterator[Node]:
    process = await asyncio.create_subprocess_exec(
        *("node", str(Path(__file__).with_name("client.js")), url),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"NODE_PATH": str(MODULES)},
        limit=2**24,
    )
    client = Node(process)
    try:
        yield client
    finally:
        await client.end()


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    async with ServerProcess(tmp_path / "chat.db") as server:
        yield server


def transcript() -> list[dict[str, Any]]:
    return [json.loads(line) for line in TRANSCRIPT.read_text(encoding="utf-8").splitlines()]


async def test_it_replays_the_transcript(server: ServerProcess) -> None:
    async with node(server.url) as client:
        assert await client.do("replay", lines=transcript()) == len(transcript())


async def test_a_transcript_that_is_not_what_the_server_says_is_told(server: ServerProcess) -> None:
    lines = transcript()
    lines[6]["server"]["seq"] = 2

    async with node(server.url) as client:
        with pytest.raises(Refused, match=r"frame\.seq is not 2"):
            await client.do("replay", lines=lines)


async def test_it_registers_posts_pages_and_marks_one_message_read(server: ServerProcess) -> None:
    async with node(server.url) as alice, chatcore.connect(server.url) as bob:
        entered = await alice.do("enter", credentials={"type": "register", "name": "alice", "password": PASSWORD})
        await bob.register("bob", PASSWORD)
        with_alice = await bob.conversation_with("alice")
        for number in range(450):
            bob.post_soon(with_alice, str(number))
        await bob.wait_for(lambda: not bob.waiting, 30)

        history = await alice.do("history", conversation=with_alice)
        marked = await alice.do("ask", frame={"type": "mark", "conversation": with_alice, "seqs": [7]})
        counted = await alice.do("ask", frame={"type": "count", "conversation": with_alice})
        posted = await alice.do("post", conversation=with_alice, text="Thank you, żółw 🦆")

        assert [message["text"] for message in history] == [str(number) for number in range(450)]
        assert (marked["tally"]["read"], counted["tally"]["read"]) == (1, 1)
        assert (await bob.history(with_alice))[-1].text == "Thank you, żółw 🦆"
        assert (posted["seq"], entered["user"]["name"]) == (451, "alice")
        with pytest.raises(Refused, match="empty"):
            await alice.do("post", conversation=with_alice, text=" ")


async def test_it_logs_in_and_is_told_why_it_may_not(server: ServerProcess) -> None:
    log_in = {"type": "log_in", "name": "alice", "password": PASSWORD, "told": None}
    async with node(server.url) as first, node(server.url) as second, node(server.url) as third:
        registered = await first.do("enter", credentials={"type": "register", "name": "alice", "password": PASSWORD})

        entered = await second.do("enter", credentials=log_in)

        assert (entered["user"], entered["token"] == registered["token"]) == (registered["user"], False)
        with pytest.raises(Refused, match="wrong_credentials"):
            await third.do("enter", credentials=log_in | {"password": "something else"})


async def test_nothing_is_lost_or_doubled_while_the_server_is_killed_again_and_again(server: ServerProcess) -> None:
    async with node(server.url) as alice, chatcore.connect(server.url) as bob:
        entered = await alice.do("enter", credentials={"type": "register", "name": "alice", "password": PASSWORD})
        await bob.register("bob", PASSWORD)
        posts: list[asyncio.Task[Any]] = []
        for texts in ([f"{first}.{number}" for number in range(20)] for first in range(3)):
            newest = [asyncio.create_task(alice.do("post", conversation=GENERAL, text=text)) for text in texts]
            posts += newest
            await asyncio.wait(newest, return_when=asyncio.FIRST_COMPLETED)
            await server.kill()
            await server.start()
        posted = await asyncio.gather(*posts)

        history = await alice.do("history", conversation=GENERAL)
        assert sorted(post["seq"] for post in posted) == list(range(1, 61))
        assert [message["seq"] for message in history] == list(range(1, 61))
        assert sorted(message["text"] for message in history) == sorted(f"{r}.{n}" for r in range(3) for n in range(20))

    async with node(server.url) as again:  # another process goes on with the session
        resumed = await again.do("enter", credentials={"type": "resume", "token": entered["token"], "told": None})
        assert resumed["user"] == entered["user"]
        assert len(await again.do("history", conversation=GENERAL)) == 60
