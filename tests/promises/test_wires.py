"""The wires of the proof over several servers: what goes through, and what does not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from prove.wires import Wire

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture
async def echo() -> AsyncIterator[int]:
    """Give the port of a server that says everything again."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(100):
                writer.write(data)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


async def connected(wire: Wire) -> Streams:
    return await asyncio.open_connection("127.0.0.1", int(wire.url.rpartition(":")[2]))


async def test_what_is_said_goes_there_and_back(echo: int) -> None:
    async with Wire(0, echo) as wire:
        reader, writer = await connected(wire)
        writer.write(b"hello")

        assert await reader.readexactly(5) == b"hello"
        writer.close()


async def test_a_wire_that_is_held_lets_nothing_through_until_it_is_mended(echo: int) -> None:
    async with Wire(0, echo) as wire:
        reader, writer = await connected(wire)
        wire.hold()
        writer.write(b"hello")
        came = asyncio.create_task(reader.readexactly(5))
        done, _ = await asyncio.wait([came], timeout=0.1)
        wire.mend()

        assert not done
        assert await came == b"hello"
        writer.close()


async def test_a_wire_that_is_cut_ends_what_there_is_and_what_comes_until_it_is_mended(echo: int) -> None:
    async with Wire(0, echo) as wire:
        before = await connected(wire)
        before[1].write(b"hello")
        await before[0].readexactly(5)
        wire.cut()
        during = await connected(wire)
        ends = [await _rest(before), await _rest(during)]
        wire.mend()
        reader, writer = await connected(wire)
        writer.write(b"again")

        assert ends == [b"", b""]
        assert await reader.readexactly(5) == b"again"
        writer.close()


async def _rest(streams: Streams) -> bytes:
    reader, writer = streams
    try:
        return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()
