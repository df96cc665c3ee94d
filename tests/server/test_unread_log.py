"""A server whose log nobody reads: it serves on, and ends when it is told to."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import attrs
from websockets.asyncio.client import connect

import chatcore
from chatcore.adapters.system import SystemClock
from chatcore_server.logs import MOST


@attrs.frozen
class Unheard:
    """A server with a standard error that is a pipe from which nobody reads."""

    url: str
    process: asyncio.subprocess.Process


@asynccontextmanager
async def unheard(db: Path, *, is_full: bool = False) -> AsyncIterator[Unheard]:
    reading, writing = os.pipe()
    if is_full:
        os.set_blocking(writing, False)
        while _writes(writing, b"x" * 1024):
            pass
        os.set_blocking(writing, True)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "chatcore_server", "--db", str(db), "--port", "0", "--password-cost", "low"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=writing,
    )
    os.close(writing)
    assert process.stdout is not None
    try:
        said = (await process.stdout.readline()).decode()
        yield Unheard(said.removeprefix("listening on ").strip(), process)
    finally:
        os.close(reading)
        if process.returncode is None:
            process.kill()
        await process.wait()


def _writes(descriptor: int, data: bytes) -> bool:
    try:
        return os.write(descriptor, data) > 0
    except BlockingIOError:
        return False


async def rubbish(url: str) -> None:
    """Send a bad frame, as anybody can who has no account."""
    async with connect(url) as stranger:
        await stranger.send("x" * 200)
        await stranger.wait_closed()


async def test_strangers_who_fill_a_log_that_nobody_reads_stop_neither_the_chat_nor_the_end_of_the_server(
    tmp_path: Path,
) -> None:
    async with unheard(tmp_path / "chat.db", is_full=True) as server:
        for _ in range(20):
            await asyncio.gather(*(rubbish(server.url) for _ in range(20)))
        async with chatcore.connect(server.url) as alice:
            await alice.register("alice", "correct horse battery")
            assert (await alice.post(chatcore.GENERAL, "hello")).seq == 1

        start = SystemClock().monotonic()
        server.process.terminate()

        assert await server.process.wait() == 0
        assert SystemClock().monotonic() - start < 10


async def test_a_server_that_cannot_go_on_ends_though_nobody_reads_why(tmp_path: Path) -> None:
    (tmp_path / "chat.db").write_bytes(b"rubbish" * 1000)

    async with unheard(tmp_path / "chat.db", is_full=True) as server:
        assert await server.process.wait() == 1


async def test_strangers_who_take_all_the_files_there_are_do_not_fill_the_log(tmp_path: Path) -> None:
    (tmp_path / "uvloop.py").write_text("raise ImportError")  # which is silent about it
    log = tmp_path / "log"
    with log.open("wb") as written:
        process = await asyncio.create_subprocess_exec(
            *("sh", "-c", 'ulimit -n 64; exec "$@"', "sh", sys.executable, "-m", "chatcore_server"),
            *("--db", str(tmp_path / "chat.db"), "--port", "0"),
            env=os.environ | {"PYTHONPATH": str(tmp_path)},
            stdout=asyncio.subprocess.PIPE,
            stderr=written,
        )
    assert process.stdout is not None
    port = int((await process.stdout.readline()).decode().rpartition(":")[2])
    async with AsyncExitStack() as stack:
        readers = []
        for _ in range(100):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            stack.callback(writer.close)
            readers.append(reader)
        # The oldest goes, to make room or for saying nothing: until then the server has met them all.
        with suppress(ConnectionError):
            assert await readers[0].read() == b""
        process.terminate()

        assert await process.wait() == 0

    assert len(log.read_text().splitlines()) < MOST + 10
