"""Messages that were not taken, for now or for good, and what cannot be kept, as a person at the window meets them."""

from functools import partial
from pathlib import Path

import pytest

import chatcore
from chatcore import GENERAL, ClientId
from chatcore.adapters.outbox_file import OutboxFile
from chatcore.home.accounts import outbox_path
from chatcore.ports.outbox import KeptPost
from chatcore.testing.server_process import ServerProcess
from tests.small_disk import fill
from tests.tk.conftest import Open
from tests.tk.desktop import PASSWORD, Seen, Window, window
from tests.tk.test_requirements import leaves, messages, person, texts
from tests.waiting import until

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb"), pytest.mark.needs("xdotool")]

REASON = "Refused: another message was sent under the same id."


def ends(seen: Seen) -> list[tuple[str, str]]:
    """Return the text of each message and the last sign of its status."""
    return [(text, foot[-1]) for _, text, foot in messages(seen)]


def below(seen: Seen, text: str) -> dict[str, tuple[float, float]]:
    """Return what stands below the text of a message, and where in the window."""
    line = next(line for line in seen["lines"] if line.get("text") == text)
    left, top = seen["talk"]
    return {str(words).replace("\n", " "): (left + x + 5, top + y + 5) for words, x, y in line.get("more", [])}


async def leave_in_outbox(server: ServerProcess, home: Path) -> None:
    """Leave two messages of Alice to Bob in her outbox: one that was refused, one that the server will refuse.

    The server has changed its mind about the first one; the other one has an id that was used for another message.
    """
    async with person(server, "bob"), person(server, "alice") as alice:
        await alice.post(GENERAL, "stored", client_id=ClientId("used"))
        bob, me = await alice.conversation_with("bob"), alice.me.id
    outbox = OutboxFile(outbox_path(home / "chatcore", server.url, "alice"))
    outbox.open()
    outbox.keep(KeptPost(me, bob, ClientId("new"), "take me", 0, refusal="not_found"))
    outbox.keep(KeptPost(me, bob, ClientId("used"), "never", 0))
    outbox.close()


async def with_refused(open_window: Open, server: ServerProcess, tmp_path: Path) -> Window:
    await leave_in_outbox(server, tmp_path / "alice")
    alice = await open_window("alice", register=False)
    await alice.find("bob")
    await alice.until(lambda seen: ends(seen) == [("take me", "!"), ("never", "!")])
    return alice


async def test_a_refused_message_says_why_and_a_press_tries_it_again_or_throws_it_away(
    open_window: Open, server: ServerProcess, tmp_path: Path
) -> None:
    alice = await with_refused(open_window, server, tmp_path)
    seen = await alice.see()
    assert list(below(seen, "never")) == [REASON, "Try again", "Discard"]

    await alice.press(*below(seen, "take me")["Try again"])
    seen = await alice.until(lambda seen: ends(seen) == [("take me", "✓"), ("never", "!")])
    await alice.press(*below(seen, "never")["Discard"])
    await alice.until(lambda seen: texts(seen) == ["take me"])

    async with person(server, "bob") as bob:
        log = await bob.history(await bob.conversation_with("alice"))
        assert [message.text for message in log] == ["take me"]


async def test_keys_and_the_menu_of_a_message_do_the_same(
    open_window: Open, server: ServerProcess, tmp_path: Path
) -> None:
    alice = await with_refused(open_window, server, tmp_path)

    await alice.keys("alt+x")  # the newest
    seen = await alice.until(lambda seen: texts(seen) == ["take me"])
    await alice.press(*below(seen, "take me")["Discard"], button=3)
    await alice.until(lambda seen: seen["keyboard"] == "menu")
    await alice.keys("Down", "Down", "Return")
    await alice.until(lambda seen: ends(seen) == [("take me", "✓")])
    await alice.keys("alt+r")

    await alice.until(lambda seen: seen["notice"] == "There is no refused message here.")


async def test_what_was_thrown_away_does_not_come_back(
    open_window: Open, display: str, server: ServerProcess, tmp_path: Path
) -> None:
    alice = await with_refused(open_window, server, tmp_path)
    await alice.keys("alt+x")
    await alice.until(lambda seen: texts(seen) == ["take me"])
    await leaves(alice)

    async with window(display, tmp_path / "alice", server.url) as again:
        await again.until(lambda seen: ends(seen) == [("take me", "!")])


async def test_a_full_disk_of_the_server_is_told_and_the_messages_go_out_when_there_is_room(
    display: str, small_disk: Path, tmp_path: Path
) -> None:
    async with ServerProcess(small_disk / "chat.db") as server, window(display, tmp_path / "a", server.url) as alice:
        await alice.enter("alice", register=True)
        await alice.until(lambda seen: seen["status"] == "online")
        await alice.find("General")
        filler = fill(small_disk)

        seen = await write_until_it_waits(alice)
        assert seen["lines"][-1]["more"][0][0] == "Waiting: the server's disk is full."
        await alice.write("written meanwhile")
        await alice.until(lambda seen: ends(seen)[-1:] == [("written meanwhile", "◷")])
        filler.unlink()

        await alice.until(lambda seen: [end for _, end in ends(seen)][-2:] == ["✓", "✓"], 30)
        assert "disk" not in str((await alice.see())["lines"])


def has_come_far(number: int, seen: Seen) -> bool:
    """Return whether a message is stored, or known to have to wait."""
    last: Seen = seen["lines"][-1] if seen["lines"] else {}
    is_it = str(last.get("text")).split()[0] == str(number)
    return is_it and ("more" in last or last["foot"].endswith("✓"))


async def write_until_it_waits(alice: Window) -> Seen:
    """Write messages until one has to wait with a reason: the database has some room left in its files."""
    for number in range(100):
        await alice.ask(f"post {number} " + "y" * 200)
        seen = await alice.until(partial(has_come_far, number))
        if "more" in seen["lines"][-1]:
            return seen
    pytest.fail("the disk does not get full")


async def test_a_full_disk_of_ones_own_is_told_and_nothing_typed_is_lost(
    display: str, server: ServerProcess, small_disk: Path
) -> None:
    async with window(display, small_disk / "home", server.url) as alice:
        await alice.enter("alice", register=True)
        await alice.until(lambda seen: seen["status"] == "online")
        await alice.find("General")
        filler = fill(small_disk)

        await server.kill()
        await alice.until(lambda seen: seen["status"].startswith("offline"))

        await alice.write("do not lose me")

        said = "Waiting, and lost when you leave: there is no room on this computer's disk for messages that wait."
        await alice.until(lambda seen: seen["lines"] and list(below(seen, "do not lose me")) == [said])
        filler.unlink()
        await alice.until(lambda seen: ends(seen) == [("do not lose me", "◷")])  # kept after all
        await server.start()
        await alice.until(lambda seen: ends(seen) == [("do not lose me", "✓")], 30)


async def test_where_nothing_can_be_kept_sentences_say_so_and_the_chat_goes_on(
    display: str, server: ServerProcess, tmp_path: Path
) -> None:
    nowhere = {"XDG_STATE_HOME": "/proc/nowhere", "XDG_CONFIG_HOME": "/proc/nowhere"}  # no folder can be made there
    async with (
        window(display, tmp_path / "home", server.url, places=nowhere) as alice,
        chatcore.connect(server.url) as bob,
    ):
        await bob.register("bob", PASSWORD)
        await alice.enter("alice", register=True)
        await alice.resize(480, 640)  # only the list is shown

        seen = await alice.until(lambda seen: seen["notice"].count("/proc/nowhere") >= 2)

        assert "What is not sent when you leave is lost: " in seen["notice"]
        assert "This log-in is not remembered: " in seen["notice"]
        await alice.find("General")
        await alice.write("all the same")
        await until(lambda: bob.replica.rows[0].last and bob.replica.rows[0].last.text == "all the same")


async def test_an_outbox_that_cannot_be_used_is_told_when_the_session_goes_on(
    open_window: Open, display: str, server: ServerProcess, tmp_path: Path
) -> None:
    alice = await open_window("alice")
    await alice.find("General")  # opens again by itself, which is no reason to take the sentence away
    await alice.write("hello")
    await alice.until(lambda seen: ends(seen) == [("hello", "✓")])
    await leaves(alice)
    (tmp_path / "no folder").touch()
    nowhere = {"XDG_STATE_HOME": str(tmp_path / "no folder")}

    async with window(display, tmp_path / "alice", server.url, places=nowhere) as again:
        seen = await again.until(lambda seen: texts(seen) == ["hello"] and seen["notice"])

        assert seen["notice"].startswith("What is not sent when you leave is lost: ")
        assert "/no folder/" in seen["notice"]
