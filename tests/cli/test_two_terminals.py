"""Two people at real terminals (tmux), with a real server between them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chatcore.testing.server_process import ServerProcess
from tests.cli.seat import Seat, all_leave
from tests.waiting import until

pytestmark = [pytest.mark.checkout, pytest.mark.needs("tmux")]


@pytest.fixture
def seats(tmp_path: Path) -> Iterator[tuple[Seat, Seat]]:
    socket = tmp_path / "tmux"
    yield Seat(socket, "alice", tmp_path / "a"), Seat(socket, "bob", tmp_path / "b")
    all_leave(socket)


async def test_two_people_chat_in_their_terminals(seats: tuple[Seat, Seat], tmp_path: Path) -> None:
    alice, bob = seats
    async with ServerProcess(tmp_path / "chat.db") as server:
        alice.start(server.url)
        await alice.register()
        bob.start(server.url, 100, 30)
        await bob.register()

        # A new user and their status are seen at once; a message raises the count and moves the row.
        await alice.sees("● bob")
        alice.write("bob")
        alice.press("Enter")
        await alice.sees("Write to bob")  # an Enter with text behind it is a pasted one
        alice.write("Zażółć 你好 🎉 gęślą")
        alice.press("Enter")
        await alice.sees("✓", "Zażółć 你好 🎉 gęślą")
        await bob.sees(">● alice", "Zażółć 你好 🎉", " 1 ")

        # Reading it shows at the other end; the answer comes into the open conversation.
        bob.press("Enter")
        await bob.sees("▎ Zażółć 你好 🎉 gęślą")
        await alice.sees("✓✓")
        bob.write("odpowiedź")
        bob.press("Enter")
        await alice.sees("▎ odpowiedź")

        # The server dies and comes back: what was written meanwhile arrives by itself, once.
        await server.kill()
        await alice.sees("offline")
        alice.write("while you were away")
        alice.press("Enter")
        await alice.sees("◷")
        await server.start()
        await bob.sees("▎ while you were away")
        await alice.sees("online", "✓✓")
        assert bob.text.count("▎ while you were away") == 1

        # Resized, in a narrow terminal there is one pane; then the user leaves and comes back logged in.
        alice.resize(50, 20)
        await until(lambda: alice.lines[0].startswith(" ● bob"))
        alice.press("C-q")
        await alice.sees("left with 0")
        await bob.sees("○ alice")
        alice.press("Enter")
        await alice.sees("● bob", "online")
        await bob.sees("● alice")
        assert "Password" not in alice.text
