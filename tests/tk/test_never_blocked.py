"""The window goes on whatever the network does: a heart beats in its event loop, and how late it is is measured."""

# ruff: noqa: N802 - a test is named after its requirement

import asyncio
import signal
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from chatcore.testing.server_process import ServerProcess
from tests.tk.conftest import Open
from tests.tk.crowd import fill
from tests.tk.desktop import BUSY, window

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb"), pytest.mark.needs("xdotool")]


async def test_T6_a_stalled_server_and_a_cut_network_stop_nothing(open_window: Open, server: ServerProcess) -> None:
    alice = await open_window("alice")
    await alice.find("General")
    await alice.beat()

    server.send(signal.SIGSTOP)
    await alice.write("into the stall")
    await alice.until(lambda seen: seen["lines"] and seen["lines"][-1]["foot"].endswith("◷"))
    server.send(signal.SIGCONT)
    await alice.until(lambda seen: seen["lines"][-1]["foot"].endswith(" ✓"))
    await server.kill()
    await alice.until(lambda seen: "trying again in" in seen["banner"])
    await alice.write("written offline")
    await alice.until(lambda seen: "text" in seen["lines"][-1] and seen["lines"][-1]["foot"].endswith("◷"))
    await server.start()
    await alice.until(lambda seen: seen["status"] == "online" and seen["lines"][-1]["foot"].endswith(" ✓"), 40)

    await alice.assert_beating()


async def test_dialogs_and_menus_do_not_stop_the_chat(open_window: Open, server: ServerProcess) -> None:
    alice = await open_window("alice")
    bob = await open_window("bob")
    await alice.focus()
    await alice.find("General")
    await alice.beat()
    await alice.keys("F1")
    await alice.until(lambda seen: seen["help"])
    await bob.focus()
    await bob.find("General")
    await bob.write("while the help is open")
    await alice.until(lambda seen: any(line.get("text") == "while the help is open" for line in seen["lines"]))
    await alice.focus()
    await alice.keys("F10")
    await alice.until(lambda seen: seen["keyboard"] == "menu")

    await bob.ask("post while a menu is open")

    await alice.until(lambda seen: any(line.get("text") == "while a menu is open" for line in seen["lines"]))
    await alice.assert_beating()


async def test_twenty_thousand_messages_and_five_hundred_users_stop_nothing(display: str, tmp_path: Path) -> None:
    await fill(tmp_path / "chat.db", users=500, messages=20_000)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(ServerProcess(tmp_path / "chat.db"))
        alice = await stack.enter_async_context(window(display, tmp_path / "alice", server.url))
        await alice.enter("alice", register=False)
        await alice.until(lambda seen: len(seen["rows"]) > 5)
        await alice.beat()
        await alice.find("General")
        await alice.until(lambda seen: seen["count"] >= 50)

        async with asyncio.timeout(50):
            while await alice.ask("oldest") < 20_000:
                pass

        await alice.ask("oldest")
        await alice.until(lambda seen: any(str(line.get("text")).startswith("message 1 ") for line in seen["lines"]))
        await alice.assert_beating()
        assert max(await alice.ask("time scroll")) < BUSY
