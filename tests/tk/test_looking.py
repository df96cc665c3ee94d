"""What counts as looked at in the window: messages are read only there and then."""

import tkinter as tk

import pytest
from chatcore_tk.look import Look
from chatcore_tk.looking import Looking

from chatcore import ChatClient
from chatcore.testing.server_process import ServerProcess
from tests.tk.at_screen import AtScreen
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


# ---- as far as Tk can tell


def looks(at: AtScreen) -> bool:
    """Return whether somebody is taken to look, once Tk has told of everything."""
    at.root.update()
    at.root.update()
    return at.desk.window_active


def test_somebody_looks_while_the_keyboard_is_in_the_window_and_the_chat_can_be_seen(root: tk.Tk, look: Look) -> None:
    at = AtScreen(root, look)
    Looking(root, at.desk).soon()
    seen = [looks(at)]
    help_ = tk.Toplevel(root)
    help_.update()
    help_.focus_force()
    seen.append(looks(at))
    root.focus_force()
    seen.append(looks(at))
    at.screen.pack_forget()  # the log-in takes its place
    root.after_idle(lambda: root.event_generate("<FocusIn>"))
    seen.append(looks(at))

    assert seen == [True, False, True, False]
    assert [call for call in at.asked.take() if call[0] == "active"][-1] == ("active", False)


def test_messages_that_other_windows_cover_as_a_whole_are_not_looked_at(root: tk.Tk, look: Look) -> None:
    at = AtScreen(root, look)
    Looking(root, at.desk).soon()
    before = looks(at)
    cover = tk.Toplevel(root)
    cover.overrideredirect(boolean=True)
    cover.geometry(f"1000x500+{root.winfo_rootx()}+{root.winfo_rooty()}")
    cover.update()
    covered = looks(at)

    cover.destroy()

    assert (before, covered, looks(at)) == (True, False, True)
