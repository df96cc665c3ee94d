"""The tests that every transport passes: inherit, give a fixture `ends`, get the tests."""
# ruff: noqa: D102 - the name of a test is its sentence

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from ipaddress import ip_address

import pytest

from ...ports.transport import Link, LinkDown, OutFrame
from ...wire.limits import MAX_FRAME

PATIENCE = 10.0
"""Seconds in which everything that was written arrives."""

Ends = tuple[Link, Link]
"""The client's end and the server's."""

A_LOT = 64 * 1024 * 1024
"""Bytes that no network takes in unread."""


def frames(*texts: str) -> list[OutFrame]:
    """Make frames."""
    return [OutFrame(text.encode()) for text in texts]


async def received(link: Link, count: int) -> list[str]:
    """Return the next frames."""
    async with asyncio.timeout(PATIENCE):
        return [(await link.receive()).decode() for _ in range(count)]


async def end_of(link: Link) -> tuple[int, LinkDown]:
    """Read to the end; give how many frames came, and how the link ended."""
    count = 0
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                await link.receive()
            except LinkDown as down:
                return count, down
            count += 1


class TransportContract:
    """What the port `chatcore.ports.transport.Link` promises, as tests for pytest with pytest-asyncio.

    Inherit in a class whose name begins with `Test`, and override the fixture `ends`: it gives the two ends of a link
    that is up. Each test is run in both directions.
    """

    @pytest.fixture
    def ends(self) -> Ends:
        """Return both ends of a link."""
        msg = "override the fixture `ends`"
        raise NotImplementedError(msg)

    @pytest.fixture(params=["to the server", "to the client"])
    def way(self, request: pytest.FixtureRequest, ends: Ends) -> Ends:
        """Return the end that writes and the one that reads."""
        client, server = ends
        return (client, server) if request.param == "to the server" else (server, client)

    async def test_frames_arrive_in_their_order_whatever_writes_they_share(self, way: Ends) -> None:
        writer, reader = way
        texts = [str(number) for number in range(300)]

        for first in range(0, 300, 3):
            writer.write(frames(*texts[first : first + 3]))

        assert await received(reader, 300) == texts

    @pytest.mark.parametrize("size", [1, 125, 126, 65_535, MAX_FRAME])
    async def test_a_frame_of_any_size_arrives_whole(self, way: Ends, *, size: int) -> None:
        writer, reader = way

        writer.write(frames("x" * size, "the next"))

        assert await received(reader, 2) == ["x" * size, "the next"]

    async def test_any_text_arrives_as_it_is(self, way: Ends) -> None:
        writer, reader = way

        writer.write(frames("zażółć\n\t🦆", " "))

        assert await received(reader, 2) == ["zażółć\n\t🦆", " "]

    async def test_a_frame_can_be_written_more_than_once(self, way: Ends) -> None:
        writer, reader = way
        (shared,) = frames("shared")

        writer.write([shared])
        writer.write([shared, shared])

        assert await received(reader, 3) == ["shared"] * 3

    async def test_writing_nothing_is_nothing(self, way: Ends) -> None:
        writer, reader = way

        writer.write([])
        writer.write(frames("something"))

        assert await received(reader, 1) == ["something"]

    async def test_each_end_knows_where_the_other_is_after_the_link_has_ended_too(self, way: Ends) -> None:
        before = [link.address for link in way]

        way[0].abort()
        for link in way:
            await end_of(link)

        assert [link.address for link in way] == before
        assert [address and str(ip_address(address)) for address in before] == before

    async def test_receiving_can_be_cancelled_without_loss(self, way: Ends) -> None:
        writer, reader = way
        waiting = asyncio.ensure_future(reader.receive())
        await asyncio.wait([waiting], timeout=0)

        waiting.cancel()
        await asyncio.wait([waiting])
        writer.write(frames("one", "two"))

        assert await received(reader, 2) == ["one", "two"]

    async def test_a_closed_link_ends_cleanly_after_all_that_was_written(self, way: Ends) -> None:
        writer, reader = way
        writer.write(frames(*map(str, range(50))))

        closing = asyncio.ensure_future(writer.close("good night"))
        count, down = await end_of(reader)
        await closing

        assert (count, down.clean) == (50, True)

    async def test_an_aborted_link_is_broken_at_both_ends(self, way: Ends) -> None:
        one, other = way

        one.abort()
        ends = [await end_of(link) for link in (one, other)]

        assert [(count, down.clean) for count, down in ends] == [(0, False), (0, False)]

    async def test_nothing_is_lost_in_the_middle_when_a_link_is_aborted(self, way: Ends) -> None:
        writer, reader = way
        writer.write(frames(*map(str, range(200))))
        first = await received(reader, 1)

        writer.abort()
        rest = await self._rest(reader)

        assert [*first, *rest] == list(map(str, range(1 + len(rest))))

    async def test_an_end_that_is_down_stays_down(self, way: Ends) -> None:
        writer, reader = way
        writer.abort()
        await end_of(reader)

        again = await end_of(reader)

        assert again[0] == 0

    async def test_what_is_written_on_a_link_that_is_down_is_dropped(self, way: Ends) -> None:
        writer, reader = way
        writer.abort()
        await end_of(writer)

        writer.write(frames("too late"))
        writer.abort()
        await writer.close()

        assert await self._rest(reader) == []

    async def test_the_backlog_tells_of_a_peer_that_does_not_read_and_goes_when_it_does(self, way: Ends) -> None:
        writer, reader = way
        (frame,) = frames("x" * MAX_FRAME)
        written = 0

        while not writer.backlog() and written * MAX_FRAME < A_LOT:
            writer.write([frame])
            written += 1
        unread = writer.backlog()
        await received(reader, written)

        assert unread > 0
        assert writer.backlog() == 0

    async def _rest(self, link: Link) -> Sequence[str]:
        """Read to the end."""
        texts = []
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    texts.append((await link.receive()).decode())
        except LinkDown:
            return texts
