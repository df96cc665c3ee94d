"""Short ways to use a link inside one process."""

import pytest

from chatcore.adapters.memory_link import MemoryLink
from chatcore.ports.transport import LinkDown, OutFrame


def send(link: MemoryLink, *texts: str) -> None:
    link.write([OutFrame(text.encode()) for text in texts])


async def receive(link: MemoryLink, count: int) -> list[str]:
    return [(await link.receive()).decode() for _ in range(count)]


async def end_of(link: MemoryLink) -> LinkDown:
    with pytest.raises(LinkDown) as caught:
        await link.receive()
    return caught.value
