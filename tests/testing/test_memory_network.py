"""The network of the worlds in one process."""

from __future__ import annotations

import pytest

from chatcore import Unreachable
from chatcore.adapters.memory_link import MemoryLink
from chatcore.testing.memory_network import MemoryNetwork
from tests.memory_links import end_of, receive, send
from tests.turns import turns


async def test_where_nobody_listens_nothing_can_be_dialled() -> None:
    network = MemoryNetwork()

    with pytest.raises(Unreachable, match="nothing listens on memory://nowhere"):
        await network.dial("memory://nowhere")


async def test_each_dialled_link_is_served_until_it_ends() -> None:
    network, served = MemoryNetwork(), list[str]()

    async def serve(link: MemoryLink) -> None:
        served.extend(await receive(link, 1))
        await end_of(link)

    network.listen(serve)
    one, other = await network.dial("memory://"), await network.dial("memory://")
    send(one, "1")
    send(other, "2")
    await turns()
    open_links = len(network.links)

    one.abort()
    await turns()

    assert served == ["1", "2"]
    assert (open_links, len(network.links)) == (2, 1)
    await network.close()


async def test_closing_drops_all_links_and_waits_for_those_who_serve_them() -> None:
    network, ended = MemoryNetwork(), list[bool]()

    async def serve(link: MemoryLink) -> None:
        ended.append((await end_of(link)).clean)

    network.listen(serve)
    link = await network.dial("memory://")

    await network.close()

    assert ended == [False]
    assert not (await end_of(link)).clean
    with pytest.raises(Unreachable):
        await network.dial("memory://")


async def test_activity_is_counted() -> None:
    network = MemoryNetwork()

    async def serve(link: MemoryLink) -> None:
        await end_of(link)

    network.listen(serve)
    link = await network.dial("memory://")
    seen = [network.activity]
    send(link, "1")
    seen.append(network.activity)
    link.abort()
    seen.append(network.activity)

    assert seen[0] < seen[1] < seen[2]
    await network.close()
