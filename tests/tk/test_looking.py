"""What counts as looked at in the window: messages are read only there and then."""

import pytest

from chatcore import ChatClient
from chatcore.testing.server_process import ServerProcess
from tests.tk.conftest import Open
from tests.tk.desktop import Window
from tests.tk.test_requirements import person, row, say, texts

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb"), pytest.mark.needs("xdotool")]


async def three_come_unread(alice: Window, bob: ChatClient) -> None:
    """Bob writes one after the other, so that a mark of the first would have come back by the third."""
    for number in (1, 2, 3):
        await say(bob, "alice", str(number))
        await alice.until(lambda seen, number=number: row(seen, "bob")["badge"] == str(number))  # type: ignore[misc]
    assert texts(await alice.see()) == ["1", "2", "3"]


async def test_what_another_window_covers_as_a_whole_is_not_read_though_the_keyboard_is_there(
    open_window: Open, server: ServerProcess
) -> None:
    async with person(server, "bob") as bob:
        alice, cover = await open_window("alice"), await open_window("carol")
        await alice.focus()
        await alice.find("bob")
        await alice.do("windowraise", str(cover.id))

        await three_come_unread(alice, bob)

        assert (await alice.see())["focused"]
        await alice.do("windowraise", str(alice.id))
        await alice.until(lambda seen: row(seen, "bob")["badge"] == "")


async def test_while_the_help_has_the_keyboard_nothing_is_read(open_window: Open, server: ServerProcess) -> None:
    async with person(server, "bob") as bob:
        alice = await open_window("alice")
        await alice.find("bob")
        await alice.keys("F1")
        await alice.until(lambda seen: seen["help"])

        await three_come_unread(alice, bob)

        await alice.keys("Escape")
        await alice.until(lambda seen: row(seen, "bob")["badge"] == "")
        await alice.type("back in the field")
        await alice.until(lambda seen: seen["written"] == "back in the field")
